//! The trainers and the recommenders that they make: one file per model behind two traits.

use std::sync::Arc;

use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::error::Error;
use crate::study::{ModelKind, ModelSpec, Seed};

/// Trains one model on one set of rows. The caller owns early stopping, progress and cancelling.
pub trait Trainer: Send {
    /// Does at most about `work` units (ratings visited), deterministic and never by time, so that the caller can
    /// yield between calls. Returns at the latest when an epoch ends. The result does not depend on how the work is cut.
    ///
    /// # Errors
    /// [`Error::Diverged`] when a number left the finite range.
    fn advance(&mut self, work: u32) -> Result<Progress, Error>;

    /// The model as trained so far.
    fn model(&self) -> &dyn Recommender;
}

/// What a call to [`Trainer::advance`] did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Units of work done.
    pub work: u32,
    /// Set when an epoch ended in this call.
    pub epoch: Option<EpochEnd>,
}

/// The end of an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochEnd {
    /// Its number, from 1.
    pub epoch: u32,
    /// Root mean squared error on the training rows, each as met before its own update.
    pub train: f64,
}

/// Predicts ratings. Every model predicts every row, falling back to what it knows for an unknown user or item.
pub trait Recommender: Send {
    /// The predicted rating, clipped to the training ratings' scale.
    fn predict(&self, user: UserIdx, item: ItemIdx) -> f32;

    /// The unclipped scores of all items for a user: `out` has one place per item.
    fn scores(&self, user: UserIdx, out: &mut [f32]);
}

/// Starts training a model.
///
/// The random streams are keyed by `(seed, stream)`, where `stream` is made of fold and replicate and never of a trial's
/// number: equal points give equal results.
///
/// # Errors
/// A model that can not be trained on these rows.
pub fn start(
    _spec: &ModelSpec,
    _train: &Arc<Interactions>,
    _seed: Seed,
    _stream: u64,
) -> Result<Box<dyn Trainer>, Error> {
    unreachable!()
}

/// About how many bytes training a model takes, so that a study that can not fit is refused before it starts.
#[must_use]
pub fn memory(spec: &ModelSpec, n_users: u32, n_items: u32) -> u64 {
    let rows = u64::from(n_users) + u64::from(n_items);
    match spec.model {
        ModelKind::Mean => 0,
        ModelKind::Bias => rows * 8,
        // Four bytes for each factor, padded to whole lanes, and one bias.
        ModelKind::Svd => rows * 4 * ((spec.number("n_factors") as u64).next_multiple_of(8) + 1),
    }
}
