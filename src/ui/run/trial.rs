//! A trial as the page shows it. Pure.

use crate::error::Error;
use crate::protocol::{CurvePoint, Metrics, SharedTrial, TrialRecord, TrialState};
use crate::study::{ModelKind, Point};

/// A trial as the page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Its number, from 0.
    pub number: u32,
    /// The model.
    pub model: ModelKind,
    /// The searched parameters.
    pub params: Point,
    /// Where each of them stands in its range, from 0 to 1, in the order of the run's; none where it is not the trial's.
    pub places: Vec<Option<f64>>,
    /// How it ended; `None` while it runs.
    pub state: Option<TrialState>,
    /// Whether it waits on a rung until it is decided who goes on.
    pub waits: bool,
    /// The objective, if it is done.
    pub value: Option<f64>,
    /// All metrics, if it is done.
    pub metrics: Option<Metrics>,
    /// The epoch that counts, if it is done.
    pub epochs: u32,
    /// The learning curve so far.
    pub curve: Vec<CurvePoint>,
    /// Why it failed.
    pub error: Option<Error>,
    /// Seconds of a trainer's time.
    pub seconds: f64,
    /// Rises when it starts and ends, so that a view knows when to draw it anew.
    pub revision: u32,
}

impl Trial {
    /// A trial that begins.
    #[must_use]
    pub fn start(number: u32, model: ModelKind, params: Point) -> Self {
        Self {
            number,
            model,
            params,
            places: Vec::new(),
            state: None,
            waits: false,
            value: None,
            metrics: None,
            epochs: 0,
            curve: Vec::new(),
            error: None,
            seconds: 0.0,
            revision: 0,
        }
    }

    /// A trial that has ended.
    #[must_use]
    pub fn end(record: TrialRecord) -> Self {
        Self {
            state: Some(record.state),
            value: record.value,
            metrics: record.metrics,
            epochs: record.epochs,
            curve: record.curve,
            error: record.error,
            seconds: record.seconds,
            ..Self::start(record.number, record.model, record.params)
        }
    }

    /// A trial that a link carries.
    #[must_use]
    pub fn from_shared(shared: &SharedTrial, model: ModelKind) -> Self {
        Self {
            state: Some(shared.state),
            value: shared.value.map(f64::from),
            epochs: shared.epochs,
            ..Self::start(shared.number, model, shared.params.clone())
        }
    }

    /// The epochs to show: those that count, or those so far.
    #[must_use]
    pub fn epochs_shown(&self) -> u32 {
        match self.state {
            Some(TrialState::Done | TrialState::Stopped) => self.epochs,
            _ => self.curve.last().map_or(0, |point| point.epoch),
        }
    }
}
