//! Biased matrix factorisation by stochastic gradient descent (Koren, Bell, Volinsky 2009, doi:10.1109/MC.2009.263):
//! r^ = mu + b_u + b_i + p_u . q_i.
//!
//! Objective: sum over ratings of (r - r^)^2 + reg_b (b_u^2 + b_i^2) + reg_f (|p_u|^2 + |q_i|^2). With e = r - r^ before any
//! of its updates, each rating moves b_u and b_i by lr (e - reg_b b), p by lr (e q - reg_f p), q by lr (e p - reg_f q); half
//! the negative gradient, as in Surprise and Koren's paper. Training errors are not clipped, predictions are. The learning
//! rate is multiplied by `learning_rate_decay` after each epoch.
//!
//! Users come in an order that is shuffled anew for each epoch, and each user's ratings in a row, shuffled as well: the
//! user's factors stay close to the processor. `biases=false` is plain P Q^T of the ratings themselves, without mu.
//!
//! SVD++ is the same training with more behind a user's factors: see [`implicit`].
//!
//! A visit costs 8 operations per four factors. Where this differs from the paper: f32 factors, and shuffling by user.

mod factors;
mod implicit;

use std::sync::Arc;

use super::{EpochEnd, Known, Progress, Recommender, Trainer};
use crate::engine::data::Interactions;
use crate::engine::linalg::epoch::Epoch;
use crate::engine::linalg::lanes::FactorTable;
use crate::engine::linalg::sweep::{Rated, Rates};
use crate::engine::random::Rng;
use crate::error::Error;
use crate::study::seed::Purpose;
use crate::study::{ModelKind, ModelSpec, Seed};

use super::init::Init;
use factors::Factors;

/// Bytes of the factors and biases, and of the order of users.
pub(super) fn bytes(spec: &ModelSpec, n_users: u32, n_items: u32) -> u64 {
    let n_factors = spec.number("n_factors") as u64;
    let entities = u64::from(n_users) + u64::from(n_items);
    let implicit = if spec.model == ModelKind::Svdpp { FactorTable::bytes(entities, n_factors) } else { 0 };
    implicit + FactorTable::bytes(entities, n_factors) + entities * (4 + 1) + u64::from(n_users) * 4
}

/// Trains [`Factors`].
#[derive(Debug)]
pub(super) struct SvdTrainer {
    model: Factors,
    init: Init,
    ratings: Epoch,
    rng: Rng,
    learning_rate: f64,
    decay: f64,
    regularization_factors: f64,
    regularization_biases: f64,
    /// Epochs that are done.
    epoch: u32,
}

impl SvdTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>, seed: Seed, stream: u64) -> Self {
        let rows = train.items().iter().zip(train.ratings()).map(|(&item, &rating)| Rated { item, rating }).collect();
        let known = Known::new(train);
        let order = (0..train.n_users()).filter(|&user| known.users[user as usize]).collect();
        Self {
            model: Factors::zeros(spec, train, known),
            init: Init::new(spec, seed.stream(Purpose::Init, stream)),
            ratings: Epoch::new(rows, train.starts().to_vec(), order),
            rng: seed.stream(Purpose::Order, stream),
            learning_rate: spec.number("learning_rate"),
            decay: spec.number("learning_rate_decay"),
            regularization_factors: spec.number("regularization_factors"),
            regularization_biases: spec.number("regularization_biases"),
            epoch: 0,
        }
    }

    fn rates(&self) -> Rates {
        let rate = self.learning_rate;
        let biases = self.model.biases;
        Rates {
            mean: if biases { self.model.mean } else { 0.0 },
            factors: rate as f32,
            users: (if self.model.implicit.is_some() { 2.0 * rate } else { rate }) as f32,
            keep_factors: (1.0 - rate * self.regularization_factors) as f32,
            biases: if biases { rate as f32 } else { 0.0 },
            keep_biases: if biases { (1.0 - rate * self.regularization_biases) as f32 } else { 1.0 },
        }
    }

    /// Visits `work` ratings of this epoch, or one more, or those that are left; the number visited.
    fn visit(&mut self, work: usize) -> usize {
        let rates = self.rates();
        self.ratings.visit(&mut self.model.parameters(), &rates, work, &mut self.rng)
    }

    fn end_epoch(&mut self) -> Result<EpochEnd, Error> {
        let loss = self.ratings.end();
        self.epoch += 1;
        self.learning_rate *= self.decay;
        EpochEnd::checked(self.epoch, loss.sqrt(), self.model.is_finite())
    }
}

impl Trainer for SvdTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let drawn = self.init.advance(&mut self.model.tables(), work);
        let visited = if self.init.is_done() { self.visit(work.saturating_sub(drawn) as usize) } else { 0 };
        let mut done = drawn + visited as u32;
        done += self.ratings.describe(&mut self.model.parameters(), work.saturating_sub(done));
        let epoch = if self.ratings.is_over() { Some(self.end_epoch()?) } else { None };
        Ok(Progress { work: done, epoch })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

#[cfg(test)]
mod tests;
