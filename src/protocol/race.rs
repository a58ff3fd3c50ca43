//! A race: several samplers on the same data and budget, each with several seeds.

use serde::Serialize;

use crate::fields::read_struct;
use crate::study::SamplerKind;

/// How a race stands, when all of its runs have come equally far.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RaceReport {
    /// Trials of each run so far.
    pub rounds: u32,
    /// Trials of each run at its end.
    pub budget: u32,
    /// Runs of each sampler: the seeds of their searches are the study's and those after it.
    pub seeds: u32,
    /// The best objective that any of them has seen, or the study's own run.
    pub best: Option<f64>,
    /// Points that were trained.
    pub trained: u32,
    /// Points whose result was known already: an equal point is trained once.
    pub reused: u32,
    /// The samplers, as they were named.
    pub entrants: Vec<Entrant>,
}

/// A sampler in a race.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entrant {
    /// Which.
    pub sampler: SamplerKind,
    /// After each trial by how much its best falls short of the best that any has seen: the median over its runs.
    pub median: Vec<f64>,
    /// The lower quartile.
    pub low: Vec<f64>,
    /// The upper quartile.
    pub high: Vec<f64>,
    /// How often one of its runs is ahead of one of another sampler: the share of such pairs, equal ones by half.
    pub wins: f64,
}

read_struct!(RaceReport { rounds, budget, seeds, best, trained, reused, entrants });
read_struct!(Entrant { sampler, median, low, high, wins });
