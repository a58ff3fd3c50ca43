//! What is trained: a job for a trainer, and what comes of it.

use serde::Serialize;

use super::{Estimate, is_false, is_zero};
use crate::error::Error;
use crate::fields::{Content, Fields, FromContent, Misfit, Misfits, deserialize, read_named, read_struct, read_tagged};
use crate::study::{ListSpec, MetricSpec, ModelSpec, Seed, SplitSpec, Stopping};

/// Which rows a fit learns from and is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Learns from the training rows, is measured on the validation rows; on all folds where there are several.
    Validation,
    /// Learns from training and validation rows, is measured on the sealed test rows.
    Test,
}

/// One fit for a trainer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Job {
    /// Who asked: reports name it.
    pub id: u32,
    /// What is trained.
    pub model: ModelSpec,
    /// When it ends.
    pub stopping: Stopping,
    /// What decides the best epoch.
    pub objective: MetricSpec,
    /// What a list is, and what is good in it.
    pub list: ListSpec,
    /// On which rows.
    pub part: Part,
    /// The study's seed: never the trial's number, so equal points give equal results.
    pub seed: Seed,
    /// Which re-seeded repetition; 0 for trials.
    pub replicate: u32,
    /// Whether the training may go on from where it ends, so that it is worth keeping. Changes no result.
    pub keep: bool,
    /// Whether the sums by user of every metric are wanted, and not only those that trials are compared by.
    pub all_sums: bool,
    /// Whether a model that is kept for lists says probabilities too, for which it is trained once more without the validation
    /// rows.
    #[serde(skip_serializing_if = "is_false")]
    pub calibrate: bool,
    /// Another cut of the rows that are not test, in place of the study's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// The models whose average is measured in place of `model`, the first of them; none where it is measured itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// Out of how many the average is chosen among the members, each as often as it is taken; 0 where their weights stand.
    #[serde(skip_serializing_if = "is_zero")]
    pub choose: u32,
}

/// A cut of the rows that are not test into training and validation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// How.
    pub split: SplitSpec,
    /// What decides which rows.
    pub seed: Seed,
}

/// One of the models of an average.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// The model.
    pub model: ModelSpec,
    /// Its epochs.
    pub epochs: u32,
    /// How often it counts.
    pub weight: u32,
}

impl Job {
    /// The first training of a model, which nobody has asked for by a number yet: nothing is kept of it, and its errors are
    /// summed as trials are compared by them.
    #[must_use]
    pub fn new(
        model: ModelSpec,
        stopping: Stopping,
        objective: MetricSpec,
        list: ListSpec,
        part: Part,
        seed: Seed,
    ) -> Self {
        Self {
            id: 0,
            model,
            stopping,
            objective,
            list,
            part,
            seed,
            replicate: 0,
            keep: false,
            all_sums: false,
            calibrate: false,
            cut: None,
            members: Vec::new(),
            choose: 0,
        }
    }

    /// Whether what is trained predicts ratings.
    #[must_use]
    pub fn predicts_ratings(&self) -> bool {
        self.model.model.predicts_ratings() && self.members.iter().all(|member| member.model.model.predicts_ratings())
    }
}

/// What a trainer says of its job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The job's id.
    pub job: u32,
    /// How long it took, in seconds of the trainer's time. Says nothing about the result.
    pub seconds: f64,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a fit ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Outcome {
    /// With a result.
    Done(FitReport),
    /// Without: for example it diverged.
    Failed {
        /// Why.
        error: Error,
    },
}

/// The result of a fit. Equal jobs on equal data have equal reports, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FitReport {
    /// The epoch that counts, from 1: the best, or the last of a fixed count.
    pub epochs: u32,
    /// The objective at that epoch.
    pub value: f64,
    /// All metrics at that epoch.
    pub metrics: Metrics,
    /// The learning curve up to where training ended.
    pub curve: Vec<CurvePoint>,
    /// What the objective is made from at that epoch, by user, for paired comparisons; on the test part all metrics.
    pub users: UserSums,
    /// How many measured rows were predicted without a trained user or item.
    pub fallback: Fallback,
    /// How many lists were judged; none where none was.
    pub lists: ListCounts,
    /// The places of the members that an average was chosen from, in the order in which they were taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<u32>,
}

/// One epoch of a learning curve; the mean over folds where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The epoch, from 1.
    pub epoch: u32,
    /// What the trainer minimises on the training rows, as met during the epoch: the root mean squared error, or for a
    /// model that only ranks an error of its own.
    pub train: f64,
    /// The objective on the measured rows after the epoch; absent where nothing is measured.
    pub valid: Option<f64>,
}

/// Something for each metric. A metric that a model does not have, or that was not measured, is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByMetric<T>(pub Vec<(MetricSpec, T)>);

/// Figures by metric.
pub type Metrics = ByMetric<f64>;

/// Figures with their intervals by metric.
pub type Figures = ByMetric<Estimate>;

impl<T: Copy> ByMetric<T> {
    /// What a metric has.
    #[must_use]
    pub fn get(&self, metric: MetricSpec) -> Option<T> {
        self.0.iter().find(|(own, _)| *own == metric).map(|(_, value)| *value)
    }
}

impl<T: Serialize> Serialize for ByMetric<T> {
    /// An object with a field for each metric.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(metric, value)| (metric.name(), value)))
    }
}

/// Sums by user, users ascending; columns of equal length. Over all folds where there are several.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct UserSums {
    /// Dense indices of the users that have measured rows.
    pub user: Vec<u32>,
    /// Measured rows of the user: the weight of rating metrics.
    pub rows: Vec<u32>,
    /// Judged lists of the user, none without anything relevant: the weight of ranking metrics.
    pub lists: Vec<u32>,
    /// The sums of each metric that is kept.
    pub columns: Vec<Column>,
}

/// One metric's sums by user.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// The metric.
    pub metric: MetricSpec,
    /// A sum for each user.
    pub sums: Vec<f64>,
}

/// How many lists were judged; over all folds where there are several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListCounts {
    /// Users with something relevant.
    pub judged: u32,
    /// Users with measured rows of which nothing is relevant: they are left out.
    pub left_out: u32,
}

/// How many measured rows a model could not know, and was asked all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fallback {
    /// Rows with an unknown user or item.
    pub rows: u32,
    /// Different users without a training row.
    pub users: u32,
    /// Different items without a training row.
    pub items: u32,
}

read_tagged!(Outcome by "state" { "done" => Done(report), "failed" => Failed { error } });

read_named!(Part as "part" or Validation, |name| match name {
    "validation" => Some(Self::Validation),
    "test" => Some(Self::Test),
    _ => None,
});

read_struct!(Job { id, model, stopping, objective, list, part, seed, replicate, keep } or default {
    all_sums, calibrate, cut, members, choose
});

read_struct!(Cut { split, seed });

read_struct!(Member { model, epochs, weight });

read_struct!(Report { job, seconds, outcome });

read_struct!(FitReport { epochs, value, metrics, curve, users, fallback } or default { lists, chosen });

read_struct!(CurvePoint { epoch, train, valid });

read_struct!(UserSums { } or default { user, rows, lists, columns });

read_struct!(Column { metric, sums });

read_struct!(ListCounts { judged, left_out });

read_struct!(Fallback { rows, users, items });

impl<T: FromContent> FromContent for ByMetric<T> {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        let fields = Fields::read(content, misfits);
        let read = |name: &str, content, misfits: &mut Misfits| {
            let metric = MetricSpec::named(name).unwrap_or_else(|| {
                misfits.add(Misfit::unknown("metric", name));
                MetricSpec::Rmse
            });
            (metric, T::read(content, misfits))
        };
        Self(fields.each(misfits, read))
    }
}

deserialize!(Metrics, Figures);
