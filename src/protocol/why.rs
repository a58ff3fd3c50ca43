//! Why a trial's point was proposed, in figures that can be drawn. Made only when somebody asks.

use serde::Serialize;

use crate::fields::{read_named, read_struct};

/// Why a trial's point was proposed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The trial.
    pub number: u32,
    /// Earlier trials whose results were known then; none where the sampler does not look at results.
    pub known: u32,
    /// Earlier trials that were still under way.
    pub pending: u32,
    /// Where the point came from.
    pub origin: Origin,
    /// What was learned from the results, along each parameter through the point; empty unless the point came from that.
    pub slices: Vec<Slice>,
}

/// Where a proposed point came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The study names it.
    Given,
    /// It was next in an order that was fixed beforehand: of a grid, or of a small space of which little was left.
    Order,
    /// It was next in a sequence that fills the space evenly.
    Spread,
    /// It was drawn by chance.
    Chance,
    /// It was chosen by what had been learned from results.
    Learned,
    /// It was chosen where the least was expected from them, whatever is unknown: the ground of a basin that was found.
    Ground,
    /// It was chosen by a model of them in which the basins that the search has come to rest in are filled up.
    Elsewhere,
}

impl Origin {
    /// Whether results had a say in it.
    #[must_use]
    pub fn is_learned(self) -> bool {
        matches!(self, Self::Learned | Self::Ground | Self::Elsewhere)
    }
}

/// What a sampler had learned along one parameter. All columns that are there are as long as `at`: those of a Gaussian
/// process, with the other parameters as in the point; or those of a Parzen estimator, whatever the others.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Slice {
    /// The parameter.
    pub name: String,
    /// Where along its range, ascending, from 0 at the low end to 1 at the high end, on the logarithm where the range is.
    pub at: Vec<f64>,
    /// Which of these the point has.
    pub chosen: u32,
    /// The objective that the process expected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mean: Vec<f64>,
    /// One standard deviation below it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub low: Vec<f64>,
    /// One standard deviation above it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub high: Vec<f64>,
    /// What the point was chosen by, mostly the improvement that it expected: 1 where that is largest along any of the parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gain: Vec<f64>,
    /// The density of good trials, 1 where it is uniform.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub good: Vec<f64>,
    /// The density of the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bad: Vec<f64>,
}

/// What the objective may be over two parameters: the mean of a Gaussian process of the trials that have ended, whoever
/// proposed them, with the other parameters as in the best of those that have both.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Surface {
    /// The parameter from left to right.
    pub x: String,
    /// The parameter from bottom to top.
    pub y: String,
    /// The trial that the other parameters are taken from.
    pub held: u32,
    /// Trials that it is made from.
    pub known: u32,
    /// Places along `x`, as [`Slice::at`]; the two ends of a piece where the parameter has few values.
    pub across: Vec<f64>,
    /// Places along `y`.
    pub up: Vec<f64>,
    /// The objective that is expected: a row for each of `up`, one after the other.
    pub mean: Vec<f64>,
}

read_named!(Origin as "origin" or Chance, |name| match name {
    "given" => Some(Self::Given),
    "order" => Some(Self::Order),
    "spread" => Some(Self::Spread),
    "chance" => Some(Self::Chance),
    "learned" => Some(Self::Learned),
    "ground" => Some(Self::Ground),
    "elsewhere" => Some(Self::Elsewhere),
    _ => None,
});
read_struct!(Explanation { number, known, pending, origin, slices });
read_struct!(Surface { x, y, held, known, across, up, mean });
read_struct!(Slice { name, at, chosen } or default { mean, low, high, gain, good, bad });
