//! How trials and baselines ended, and how they compare.

use serde::Serialize;

use super::{CurvePoint, Fallback, Figures, ListCounts, Metrics, UserSums};
use crate::error::Error;
use crate::fields::{read_named, read_struct};
use crate::study::{ModelKind, ModelSpec, Point};

/// A trial that ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrialRecord {
    /// Its number, from 0.
    pub number: u32,
    /// The model.
    pub model: ModelKind,
    /// The searched parameters.
    pub params: Point,
    /// How it ended.
    pub state: TrialState,
    /// The objective; absent unless done or stopped.
    pub value: Option<f64>,
    /// All metrics; absent unless done or stopped.
    pub metrics: Option<Metrics>,
    /// The epoch that counts; 0 unless done or stopped.
    pub epochs: u32,
    /// The learning curve.
    pub curve: Vec<CurvePoint>,
    /// Why it failed.
    pub error: Option<Error>,
    /// Seconds of the trainer's time; 0 where the result was known already.
    pub seconds: f64,
    /// The sums by user; emptied before it goes to the page.
    pub users: UserSums,
    /// How many measured rows had an unknown user or item.
    pub fallback: Fallback,
    /// How many lists were judged.
    pub lists: ListCounts,
    /// The last rung that it trained on, from 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub rung: u32,
}

/// How a trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialState {
    /// With a result.
    Done,
    /// Without one.
    Failed,
    /// By a person's decision.
    Cancelled,
    /// On a rung from which others went on, with the result that it had there.
    Stopped,
}

/// A baseline at the best of its own points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// The model with its parameters.
    pub model: ModelSpec,
    /// The epoch count of the refit.
    pub epochs: u32,
    /// The objective on the validation rows.
    pub value: f64,
    /// All metrics on the validation rows.
    pub metrics: Metrics,
    /// Points that were tried.
    pub points: u32,
    /// The sums by user; emptied before it goes to the page.
    pub users: UserSums,
}

/// A figure with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure itself.
    pub value: f64,
    /// Lower bound; absent under 20 users.
    pub low: Option<f64>,
    /// Upper bound; absent under 20 users.
    pub high: Option<f64>,
}

impl Estimate {
    /// Whether zero lies in the interval, or there is none: a difference that can not be told from chance.
    #[must_use]
    pub fn holds_zero(self) -> bool {
        self.low.is_none_or(|low| low <= 0.0) && self.high.is_none_or(|high| high >= 0.0)
    }
}

/// A trial against the best one on the validation rows, paired by user.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The trial.
    pub number: u32,
    /// Its objective minus the best trial's.
    pub difference: Estimate,
    /// Whether it can not be told from the best: zero lies in the interval.
    pub tied: bool,
}

/// Two trials against each other on the validation rows, paired by user.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairComparison {
    /// One trial.
    pub one: u32,
    /// The other.
    pub other: u32,
    /// The objective of the one minus that of the other.
    pub difference: Estimate,
}

/// The best trial of a model, or a baseline, on the validation rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The trial; a baseline has none.
    pub number: Option<u32>,
    /// The model with its parameters.
    pub model: ModelSpec,
    /// The epochs that it was trained.
    pub epochs: u32,
    /// All metrics that it has, with their intervals.
    pub figures: Figures,
    /// Its objective minus the best candidate's, paired by user.
    pub difference: Estimate,
    /// Its group, from 1: the first holds all that can not be told from the best, the next all that can not be told from the
    /// best of the others, and so on.
    pub group: u32,
}

/// A candidate on several other cuts of the rows that are not test: whether a lead is one of the cut.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resplit {
    /// The trial; a baseline has none.
    pub number: Option<u32>,
    /// The model with its parameters.
    pub model: ModelSpec,
    /// Its objective on the validation rows of each cut.
    pub values: Vec<f64>,
    /// The mean of its objective minus the winner's, cut by cut, and the standard deviation of these differences.
    pub difference: f64,
    /// See [`Self::difference`].
    pub deviation: f64,
    /// On how many of the cuts the winner was better.
    pub won: u32,
}

/// One of the best trials with several seeds: how much of its figure is luck.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finalist {
    /// The trial.
    pub number: u32,
    /// Its objective on the validation rows, and those of its replicates.
    pub values: Vec<f64>,
    /// Replicates that failed.
    pub failed: u32,
    /// The mean of the values.
    pub mean: f64,
    /// Their standard deviation; absent with one value.
    pub deviation: Option<f64>,
}

/// Which of a model's parameters mattered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelImportance {
    /// The model.
    pub model: ModelKind,
    /// Its trials that have a result.
    pub trials: u32,
    /// Those of them that count as the best.
    pub top: u32,
    /// Its searched parameters.
    pub params: Vec<ParamImportance>,
}

/// How much a parameter mattered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParamImportance {
    /// Its name, without the model's.
    pub name: String,
    /// Its share; those of a model's parameters add up to 1.
    pub share: f64,
}

/// The opened test part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestReport {
    /// The winner's number.
    pub number: u32,
    /// The winner, as refitted.
    pub model: ModelSpec,
    /// The epochs of the refit.
    pub epochs: u32,
    /// Its figures on the test rows with their intervals.
    pub figures: Figures,
    /// How many lists were judged.
    pub lists: ListCounts,
    /// Test rows with an unknown user or item.
    pub fallback: Fallback,
    /// The baselines on the same rows.
    pub baselines: Vec<BaselineTest>,
    /// The average of the best trials on the same rows, if it was asked for.
    pub average: Option<AverageReport>,
    /// How often the test part of this data and split has been opened, this time included.
    pub openings: u32,
}

/// The average of the best trials, chosen on the validation rows alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AverageReport {
    /// The trials in the order in which they were taken. One that was taken again counts once more.
    pub trials: Vec<u32>,
    /// Its figures on the validation rows.
    pub validation: Metrics,
    /// Its figures on the test rows, once those were opened.
    pub test: Option<Metrics>,
    /// There, the winner's objective minus that of the average, paired by user.
    pub difference: Option<Estimate>,
}

/// A baseline on the test rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BaselineTest {
    /// The baseline, as refitted.
    pub model: ModelSpec,
    /// Its figures.
    pub test: Metrics,
    /// The winner's objective minus the baseline's, paired by user: below zero the winner is better where lower is better,
    /// above zero otherwise.
    pub difference: Estimate,
}

read_named!(TrialState as "state" or Cancelled, |name| match name {
    "done" => Some(Self::Done),
    "failed" => Some(Self::Failed),
    "cancelled" => Some(Self::Cancelled),
    "stopped" => Some(Self::Stopped),
    _ => None,
});

read_struct!(ModelImportance { model, trials, top, params });
read_struct!(ParamImportance { name, share });
read_struct!(TrialRecord { number, model, params, state, value, metrics, epochs, curve, error, seconds } or default { users, fallback, lists, rung });
read_struct!(Baseline { model, epochs, value, metrics, points } or default { users });
read_struct!(Estimate { value, low, high });
read_struct!(Comparison { number, difference, tied });
read_struct!(PairComparison { one, other, difference });
read_struct!(Candidate { number, model, epochs, figures, difference, group });
read_struct!(Resplit { number, model, values, difference, deviation, won });
read_struct!(Finalist { number, values, failed, mean, deviation });
read_struct!(TestReport { number, model, epochs, figures, fallback, baselines, openings } or default { lists, average });
impl AverageReport {
    /// The trials and how often each counts, in the order in which they were first taken.
    #[must_use]
    pub fn weights(&self) -> Vec<(u32, u32)> {
        let mut weights: Vec<(u32, u32)> = Vec::new();
        for &trial in &self.trials {
            match weights.iter_mut().find(|(known, _)| *known == trial) {
                Some((_, weight)) => *weight += 1,
                None => weights.push((trial, 1)),
            }
        }
        weights
    }
}

read_struct!(AverageReport { trials, validation, test, difference });
read_struct!(BaselineTest { model, test, difference });

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
pub(super) fn is_false(flag: &bool) -> bool {
    !*flag
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
pub(super) fn is_zero(number: &u32) -> bool {
    *number == 0
}
