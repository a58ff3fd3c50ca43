//! Results that need not be trained again, on the same data and split.

use std::collections::BTreeMap;

use crate::fields::json;
use crate::protocol::{FitReport, Job, Outcome, Part, TrialRecord, TrialState};
use crate::study::Study;

/// Outcomes by what determines them: everything of a job but its id and whether it is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    outcomes: BTreeMap<String, Outcome>,
}

impl Known {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of known outcomes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// The outcome of a job.
    #[must_use]
    pub fn get(&self, job: &Job) -> Option<&Outcome> {
        self.outcomes.get(&key(job))
    }

    /// Remembers an outcome.
    pub fn insert(&mut self, job: &Job, outcome: Outcome) {
        self.outcomes.insert(key(job), outcome);
    }

    /// Remembers a trial of a recorded run of `study`, ended or waiting on a rung. A cancelled one has no outcome, and a point that the study does
    /// not resolve is of another study: both are passed over.
    pub fn insert_trial(&mut self, study: &Study, trial: &TrialRecord) {
        let Ok(model) = study.resolve(&trial.params) else { return };
        let stopping = study.rung(trial.rung as usize, model.model);
        let job = Job::new(model, stopping, study.objective, study.list, Part::Validation, study.seed);
        let outcome = match (trial.state, trial.value, &trial.metrics, &trial.error) {
            (TrialState::Done | TrialState::Stopped, Some(value), Some(metrics), _) => Outcome::Done(FitReport {
                epochs: trial.epochs,
                value,
                metrics: metrics.clone(),
                curve: trial.curve.clone(),
                users: trial.users.clone(),
                fallback: trial.fallback,
                lists: trial.lists,
                chosen: Vec::new(),
            }),
            (TrialState::Failed, _, _, Some(error)) => Outcome::Failed { error: error.clone() },
            _ => return,
        };
        self.insert(&job, outcome);
    }
}

/// The exact identity of a job.
fn key(job: &Job) -> String {
    let job = Job { id: 0, keep: false, ..job.clone() };
    json::write(&job).expect("a job is plain data")
}
