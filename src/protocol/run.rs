//! How a run stands, and what it will take.

use serde::Serialize;

use super::SplitReport;
use crate::fields::{read_named, read_struct, read_tagged};
use crate::study::Study;

/// How a run's trials are written for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportForm {
    /// The log, from which the native command resumes the run.
    Log,
    /// The journal that Optuna opens.
    Optuna,
}

/// A decision taken during a run that changed what was trained. Replay applies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Intervention {
    /// No trial with this number or a later one was given out.
    StopAt {
        /// The first number that was not given out.
        number: u32,
    },
    /// This trial was cancelled while it ran.
    CancelTrial {
        /// Its number.
        number: u32,
    },
    /// This trial was cancelled on its way to the next rung, or while it waited to be chosen for it: it ended with what it
    /// had on this one.
    StopTrial {
        /// Its number.
        number: u32,
        /// The last rung that counts, from 0.
        rung: u32,
    },
    /// The budget was raised when the trials before this number had been given out: they do not wait for others, and nothing
    /// but the raised budget ends the search from there on.
    Extended {
        /// The first number of the raised budget.
        number: u32,
    },
}

/// The state of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Trials are given out.
    Running,
    /// Nothing is given out until it is resumed.
    Paused,
    /// The budget is used up.
    Finished,
    /// Every point of the space has been tried.
    Exhausted,
    /// It was cancelled.
    Cancelled,
}

impl RunState {
    /// Whether no more trials come by themselves.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Exhausted | Self::Cancelled)
    }
}

/// The start of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Started {
    /// The study, resolved.
    pub study: Study,
    /// The study's own hash, hexadecimal.
    pub hash: String,
    /// How many trials there will be: the budget, or all points where they are fewer.
    pub budget: u32,
    /// Rows of training, validation and test.
    pub split: SplitReport,
}

/// About what a run takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Forecast {
    /// Seconds until its last trial has ended.
    pub seconds: f64,
    /// Memory of all trainers and their data together, in MiB.
    pub mib: f64,
    /// Trainers.
    pub trainers: u32,
}

read_tagged!(Intervention by "kind" { "stop-at" => StopAt { number }, "cancel-trial" => CancelTrial { number }, "stop-trial" => StopTrial { number, rung }, "extended" => Extended { number } });

read_named!(ExportForm as "form" or Log, |name| match name {
    "log" => Some(Self::Log),
    "optuna" => Some(Self::Optuna),
    _ => None,
});

read_named!(RunState as "state" or Paused, |name| match name {
    "running" => Some(Self::Running),
    "paused" => Some(Self::Paused),
    "finished" => Some(Self::Finished),
    "exhausted" => Some(Self::Exhausted),
    "cancelled" => Some(Self::Cancelled),
    _ => None,
});

read_struct!(Started { study, hash, budget, split });

read_struct!(Forecast { seconds, mib, trainers });
