//! What a trained model recommends to one person, and why: the list of the page and of the command. Nothing here trains
//! beyond what the sealed test's refit would, and nothing here measures.

use std::sync::Arc;

use super::calibration::{Calibration, Rated, judge, rated};
use super::fit::{Fit, REFIT_STREAM, Step};
use super::model::{self, Recommender, Trainer};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::split::Split;
use crate::error::Error;
use crate::order;
use crate::protocol::{Job, Outcome, Part, Parts, Question, Recommended, Share};
use crate::study::Stopping;

/// Reasons that the page is told of a place.
const REASONS: usize = 3;

/// A model that is trained once and then asked.
pub struct Adviser {
    trainer: Box<dyn Trainer>,
    /// The epochs that are left.
    left: u32,
    /// What it learns from.
    known: Arc<Interactions>,
    /// What it never sees. A person's list leaves it out all the same: these items are no news to them.
    sealed: Arc<Interactions>,
    /// Where probabilities are wanted, the same model without the validation rows, until it is trained; then what it says of
    /// those.
    fit: Option<Box<Fit>>,
    rated: Vec<Rated>,
}

impl std::fmt::Debug for Adviser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Adviser").field("left", &self.left).finish_non_exhaustive()
    }
}

impl Adviser {
    /// Prepares the training of a job's model on all rows that are not test: bit for bit what the sealed test would judge.
    ///
    /// # Errors
    /// A model that can not be trained on these rows.
    pub fn new(split: &Split, job: &Job) -> Result<Self, Error> {
        let stream = u64::from(job.replicate) << 32 | REFIT_STREAM;
        let epochs = match job.stopping {
            Stopping::Fixed { epochs } if job.model.model.is_iterative() => epochs,
            Stopping::Fixed { .. } | Stopping::Early { .. } => 1,
        };
        // On rows that it has learned from a model would be too sure.
        let has_validation = split.folds.iter().all(|fold| !fold.valid.is_empty());
        let held_out = Job { part: Part::Validation, stopping: Stopping::Fixed { epochs }, ..job.clone() };
        let fit = (job.calibrate && has_validation).then(|| Fit::new(split, &held_out)).transpose()?;
        Ok(Self {
            fit: fit.map(Box::new),
            rated: Vec::new(),
            trainer: model::start_job(job, &split.refit, &split.genres, stream)?,
            left: epochs.max(1),
            known: Arc::clone(&split.refit),
            sealed: Arc::clone(&split.test),
        })
    }

    /// Does at most about `work` units; whether the model is trained.
    ///
    /// # Errors
    /// [`Error::Diverged`].
    pub fn advance(&mut self, work: u32) -> Result<bool, Error> {
        if self.left > 0 {
            self.left -= u32::from(self.trainer.advance(work)?.epoch.is_some());
        } else if let Some(fit) = &mut self.fit
            && let Step::Ended(outcome) = fit.advance(work)
        {
            if let Outcome::Done(_) = outcome {
                self.rated = rated(fit);
            }
            self.fit = None;
        }
        Ok(self.left == 0 && self.fit.is_none())
    }

    /// The best items for a person; with probabilities, if those were asked for and the validation rows tell them.
    #[must_use]
    pub fn advise(&self, question: &Question) -> Vec<Recommended> {
        let mut list = self.list(question);
        let calibrate = |threshold| Calibration::fit(&judge(&self.rated, threshold));
        if let Some(calibration) = question.relevant.and_then(calibrate) {
            list.iter_mut().for_each(|place| place.probability = Some(calibration.probability(place.score)));
        }
        list
    }

    fn list(&self, question: &Question) -> Vec<Recommended> {
        let model = self.trainer.model();
        let count = question.count as usize;
        let Some(user) = question.user.map(UserIdx).filter(|user| user.at() < self.known.n_users() as usize) else {
            let n_items = self.known.n_items();
            let ratings = question.ratings.iter().filter(|rated| rated.item < n_items);
            let ratings: Vec<(ItemIdx, f32)> = ratings.map(|rated| (ItemIdx(rated.item), rated.rating)).collect();
            return recommend(model, None, &ratings, &[], count, REASONS);
        };
        let (items, ratings) = self.known.user(user);
        let ratings: Vec<(ItemIdx, f32)> =
            items.iter().map(|&item| ItemIdx(item)).zip(ratings.iter().copied()).collect();
        recommend(model, Some(user), &ratings, self.sealed.user(user).0, count, REASONS)
    }
}

/// The `count` items with the highest scores that a person has not rated and that are not `hidden`; of equals the one that
/// the data met first.
///
/// `user` is a user of the training rows, `None` someone new, and `ratings` are the person's own. Reasons are those of the
/// person folded in from these ratings: a trained user does not remember where the score came from. Each place has at most
/// `most` of them.
#[must_use]
pub fn recommend(
    model: &dyn Recommender,
    user: Option<UserIdx>,
    ratings: &[(ItemIdx, f32)],
    hidden: &[u32],
    count: usize,
    most: usize,
) -> Vec<Recommended> {
    let folded = model.fold_in(ratings);
    let mut scores = vec![0.0; model.n_offered()];
    let bias = match user {
        Some(user) => {
            model.scores(user, &mut scores);
            model.user_bias(user)
        }
        None => {
            folded.scores(&mut scores);
            folded.bias()
        }
    };
    let mut offered = vec![true; scores.len()];
    ratings.iter().for_each(|(item, _)| offered[item.at()] = false);
    hidden.iter().for_each(|&item| offered[item as usize] = false);
    let mut candidates = (0..).zip(&scores).zip(offered).filter(|(_, offered)| *offered);
    let best = order::highest(count, &mut candidates.by_ref().map(|((item, &score), _)| (f64::from(score), item)));
    let recommended = best.into_iter().map(|(score, item)| Recommended {
        item,
        score,
        probability: None,
        parts: parts(model, ItemIdx(item), score, bias),
        because: reasons(&folded.contributions(ItemIdx(item)), ratings, most),
    });
    recommended.collect()
}

/// What a score is made of, where the model has biases.
fn parts(model: &dyn Recommender, item: ItemIdx, score: f64, user: f64) -> Option<Parts> {
    let (mean, item) = model.item_bias(item)?;
    Some(Parts { mean, item, user, taste: score - mean - item - user })
}

/// The ratings that speak for an item most. The shares of all that speak sum to 1.
fn reasons(contributions: &[f64], ratings: &[(ItemIdx, f32)], most: usize) -> Vec<Share> {
    let shares = model::shares(contributions);
    let mut speaking = shares.into_iter().zip(ratings).filter(|(share, _)| *share > 0.0);
    let strongest = order::highest(most, &mut speaking.by_ref().map(|(share, (item, _))| (share, item.0)));
    strongest.into_iter().map(|(share, item)| Share { item, share }).collect()
}

#[cfg(test)]
mod tests;
