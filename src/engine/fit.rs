//! One job from start to end: trains on each fold, measures after each epoch, stops early. Pure and sliced: the caller
//! decides how much is done at a time, and the result does not depend on it.
//!
//! Folds go through the epochs in step, so that a trial has one epoch count: the one at which the objective over all
//! folds' rows is best.

use std::sync::Arc;

use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::metric::ErrorSums;
use crate::engine::model::{self, Trainer};
use crate::engine::split::Split;
use crate::error::Error;
use crate::protocol::{CurvePoint, Fallback, FitReport, Job, Outcome, Part, RatingMetrics, UserErrors};
use crate::study::Stopping;

/// What a call to [`Fit::advance`] came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// There is more to do.
    Working,
    /// An epoch ended; there is more to do.
    Epoch(CurvePoint),
    /// The fit ended. It must not be advanced again.
    Ended(Outcome),
}

/// A fit under way.
pub struct Fit {
    job: Job,
    folds: Vec<Fold>,
    /// Where the next slice goes on.
    stage: Stage,
    sums: ErrorSums,
    epoch: u32,
    curve: Vec<CurvePoint>,
    best: Option<Best>,
}

struct Fold {
    trainer: Box<dyn Trainer>,
    train: Arc<Interactions>,
    /// The rows that are measured.
    measured: Arc<Interactions>,
    /// Whether those are held out: without a held-out part the training rows are measured, "fit, not prediction".
    held_out: bool,
    /// Root mean squared error on the training rows in the epoch.
    train_error: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Train { fold: usize },
    Measure { fold: usize, user: u32 },
}

struct Best {
    epoch: u32,
    metrics: RatingMetrics,
    value: f64,
    users: UserErrors,
}

/// The highest stream index of a fold; the refit on training and validation rows is not a fold and has its own.
const REFIT_STREAM: u64 = 0xffff_ffff;

impl std::fmt::Debug for Fit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fit").field("job", &self.job).field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl Fit {
    /// Prepares a job.
    ///
    /// # Errors
    /// A model that can not be trained on these rows, or a test part that does not exist.
    pub fn new(split: &Split, job: &Job) -> Result<Self, Error> {
        let parts: Vec<(u64, &Arc<Interactions>, &Arc<Interactions>)> = match job.part {
            Part::Validation => (0..).zip(&split.folds).map(|(at, fold)| (at, &fold.train, &fold.valid)).collect(),
            Part::Test => vec![(REFIT_STREAM, &split.refit, &split.test)],
        };
        let replicate = u64::from(job.replicate) << 32;
        let folds = parts.into_iter().map(|(stream, train, held_out)| {
            Ok(Fold {
                trainer: model::start(&job.model, train, job.seed, replicate | stream)?,
                train: Arc::clone(train),
                measured: Arc::clone(if held_out.is_empty() { train } else { held_out }),
                held_out: !held_out.is_empty(),
                train_error: 0.0,
            })
        });
        Ok(Self {
            job: job.clone(),
            folds: folds.collect::<Result<_, Error>>()?,
            stage: Stage::Train { fold: 0 },
            sums: ErrorSums::new(split.refit.n_users()),
            epoch: 0,
            curve: Vec::new(),
            best: None,
        })
    }

    /// The first fold's model as trained so far.
    #[must_use]
    pub fn model(&self) -> &dyn model::Recommender {
        self.folds[0].trainer.model()
    }

    /// Does at most about `work` units (rows visited or measured).
    pub fn advance(&mut self, work: u32) -> Step {
        match self.try_advance(work) {
            Ok(step) => step,
            Err(error) => Step::Ended(Outcome::Failed { error }),
        }
    }

    fn try_advance(&mut self, work: u32) -> Result<Step, Error> {
        let mut left = work.max(1);
        while left > 0 {
            let done = match self.stage {
                Stage::Train { fold } => self.train(fold, left)?,
                Stage::Measure { fold, user } => {
                    let done = self.measure(fold, user, left);
                    if self.stage == (Stage::Train { fold: 0 }) {
                        return self.end_epoch();
                    }
                    done
                }
            };
            left = left.saturating_sub(done.max(1));
        }
        Ok(Step::Working)
    }

    fn train(&mut self, at: usize, work: u32) -> Result<u32, Error> {
        let progress = self.folds[at].trainer.advance(work)?;
        if let Some(end) = progress.epoch {
            self.folds[at].train_error = end.train;
            self.epoch = end.epoch;
            let last = at + 1 == self.folds.len();
            self.stage = if last { Stage::Measure { fold: 0, user: 0 } } else { Stage::Train { fold: at + 1 } };
        }
        Ok(progress.work)
    }

    /// Measures whole users from `user` on; when the last fold is through, the stage is training again.
    fn measure(&mut self, at: usize, mut user: u32, work: u32) -> u32 {
        let fold = &self.folds[at];
        let model = fold.trainer.model();
        let mut done = 0;
        // The sealed test rows are met once, at the end: a curve on them would be a look at them.
        if self.job.part == Part::Test && self.epoch < self.last_epoch() {
            user = fold.measured.n_users();
        }
        while user < fold.measured.n_users() && done < work {
            let (items, ratings) = fold.measured.user(UserIdx(user));
            for (&item, &rating) in items.iter().zip(ratings) {
                self.sums.add(UserIdx(user), rating, model.predict(UserIdx(user), ItemIdx(item)));
            }
            // Looking at a user without rows is work too.
            done += 1 + u32::try_from(items.len()).unwrap_or(u32::MAX - 1);
            user += 1;
        }
        self.stage = if user < fold.measured.n_users() {
            Stage::Measure { fold: at, user }
        } else if at + 1 < self.folds.len() {
            Stage::Measure { fold: at + 1, user: 0 }
        } else {
            Stage::Train { fold: 0 }
        };
        done
    }

    /// The last epoch that may be trained.
    fn last_epoch(&self) -> u32 {
        match self.job.stopping {
            _ if !self.job.model.model.is_iterative() => 1,
            Stopping::Early { max_epochs, .. } => max_epochs,
            Stopping::Fixed { epochs } => epochs,
        }
    }

    fn end_epoch(&mut self) -> Result<Step, Error> {
        let users = self.sums.by_user();
        self.sums.clear();
        let metrics = users.metrics();
        let value = metrics.get(self.job.objective);
        let measured = !users.user.is_empty();
        if measured && !value.is_finite() {
            return Err(Error::Diverged { epoch: self.epoch });
        }
        let folds = self.folds.len() as f64;
        let train = (self.folds.iter().map(|fold| fold.train_error * fold.train_error).sum::<f64>() / folds).sqrt();
        let held_out = self.folds.iter().all(|fold| fold.held_out);
        let point = CurvePoint { epoch: self.epoch, train, valid: (measured && held_out).then_some(value) };
        self.curve.push(point);
        let fixed = matches!(self.job.stopping, Stopping::Fixed { .. });
        if measured && (fixed || self.best.as_ref().is_none_or(|best| value < best.value)) {
            self.best = Some(Best { epoch: self.epoch, metrics, value, users });
        }
        Ok(if self.is_over() { Step::Ended(Outcome::Done(self.report())) } else { Step::Epoch(point) })
    }

    fn is_over(&self) -> bool {
        let waited = self.best.as_ref().map_or(0, |best| self.epoch - best.epoch);
        let impatient = matches!(self.job.stopping, Stopping::Early { patience, .. } if waited >= patience);
        impatient || self.epoch >= self.last_epoch()
    }

    fn report(&mut self) -> FitReport {
        let fallback = self.fallback();
        let best = self.best.take().expect("the last epoch was measured");
        FitReport {
            epochs: best.epoch,
            value: best.value,
            metrics: best.metrics,
            curve: std::mem::take(&mut self.curve),
            users: best.users,
            fallback,
        }
    }

    /// Counts the measured rows whose user or item had no training row in their fold.
    fn fallback(&self) -> Fallback {
        let first = &self.folds[0].measured;
        let (mut users, mut items) = (vec![false; first.n_users() as usize], vec![false; first.n_items() as usize]);
        let mut rows = 0;
        for fold in &self.folds {
            let mut known = vec![false; items.len()];
            fold.train.items().iter().for_each(|&item| known[item as usize] = true);
            for row in fold.measured.rows() {
                let new_user = fold.train.user(UserIdx(row.user)).0.is_empty();
                let new_item = !known[row.item as usize];
                users[row.user as usize] |= new_user;
                items[row.item as usize] |= new_item;
                rows += u32::from(new_user || new_item);
            }
        }
        let count = |flags: &[bool]| u32::try_from(flags.iter().filter(|flag| **flag).count()).unwrap_or(u32::MAX);
        Fallback { rows, users: count(&users), items: count(&items) }
    }
}
