//! A result that travels in a link, and what replaying it came to.

use serde::Serialize;

use super::{Intervention, TrialState};
use crate::fields::read_struct;
use crate::study::{Point, Study};

/// What a link with a result carries. Points are what the sender saw, at display precision; the digest is of the exact log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shared {
    /// The study.
    pub study: Study,
    /// Decisions taken during the run.
    pub interventions: Vec<Intervention>,
    /// The trials as drawn.
    pub trials: Vec<SharedTrial>,
    /// The best baseline's objective: the dashed line.
    pub baseline: Option<f32>,
    /// The digest of the exact log, hexadecimal.
    pub digest: String,
    /// How often the test part had been opened.
    pub openings: u32,
}

/// A trial as a link carries it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SharedTrial {
    /// Its number.
    pub number: u32,
    /// The searched parameters, at display precision.
    pub params: Point,
    /// How it ended.
    pub state: TrialState,
    /// The objective, rounded to f32.
    pub value: Option<f32>,
    /// The epoch that counts.
    pub epochs: u32,
}

/// What running a study again came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verification {
    /// Trials that were run again.
    pub trials: u32,
    /// Trials with the same result.
    pub same: u32,
    /// Whether the digest of the whole log is the same, bit for bit.
    pub exact: bool,
    /// The first trial that differs.
    pub first_difference: Option<u32>,
    /// The engine that the result was made with, and this one.
    pub engine: (u32, u32),
}

read_struct!(Shared { study, interventions, trials, baseline, digest, openings });

read_struct!(SharedTrial { number, params, state, value, epochs });

read_struct!(Verification { trials, same, exact, first_difference, engine });
