//! Why a point was proposed, as plain data that can be drawn. Made only when asked for.

use super::cube::{Axis, Cube};
use crate::order;
use crate::study::{Space, Value};

/// Why a point was proposed.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// By chance, or because it was next in the sampler's own order.
    Chance,
    /// The point lies where good trials are dense and bad ones are not.
    Densities {
        /// Logarithm of the density of good trials at the point, against a uniform one.
        good: f64,
        /// Logarithm of the density of the others.
        bad: f64,
        /// One for each active dimension.
        axes: Vec<Densities>,
    },
    /// A model of the objective expects an improvement there.
    Posterior {
        /// One for each active dimension.
        axes: Vec<Posterior>,
    },
}

/// The densities of good trials and of the others along one dimension, whatever the values of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Densities {
    /// The dimension.
    pub name: String,
    /// Values from end to end.
    pub at: Vec<Value>,
    /// Density of good trials at each, 1 where it is uniform.
    pub good: Vec<f64>,
    /// Density of the others at each.
    pub bad: Vec<f64>,
}

/// What a Gaussian process expects along one dimension, the others as in the point that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    /// The dimension.
    pub name: String,
    /// Values from end to end.
    pub at: Vec<Value>,
    /// The expected objective at each, in its own units.
    pub mean: Vec<f64>,
    /// The objective one standard deviation below.
    pub low: Vec<f64>,
    /// The objective one standard deviation above.
    pub high: Vec<f64>,
    /// Logarithm of the expected improvement, in the model's units.
    pub acquisition: Vec<f64>,
}

/// How many steps a continuous dimension is drawn in.
const STEPS: usize = 32;

/// The coordinates along one axis at which something is drawn, ascending, the chosen one among them.
fn ticks(axis: &Axis, chosen: f64) -> Vec<f64> {
    if (1..=STEPS).contains(&axis.levels()) {
        return (0..axis.levels()).map(|level| axis.middle(level)).collect();
    }
    let even = (0..=STEPS).map(|step| step as f64 / STEPS as f64);
    let mut ticks: Vec<f64> = even.chain([chosen]).collect();
    if !axis.edges.is_empty() {
        ticks.iter_mut().for_each(|u| *u = axis.middle(axis.level(*u)));
    }
    order::sort(&mut ticks, f64::total_cmp);
    ticks.dedup();
    ticks
}

/// For each dimension that is active at `coordinates`: its place, name, the coordinates along it and their values.
pub(super) fn slices<'a>(
    space: &'a Space,
    cube: &'a Cube,
    coordinates: &'a [f64],
) -> impl Iterator<Item = (usize, String, Vec<f64>, Vec<Value>)> + 'a {
    let active = space.dimensions().iter().enumerate().filter(|(at, _)| cube.is_active(*at, coordinates));
    active.map(|(at, dimension)| {
        let ticks = ticks(&cube.axes[at], coordinates[at]);
        let values = ticks.iter().map(|&u| dimension.range.value_at(u)).collect();
        (at, dimension.name.clone(), ticks, values)
    })
}
