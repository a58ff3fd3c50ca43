//! The space as the model-based samplers see it: a unit cube with one axis for each dimension, active or not.
//!
//! A coordinate is the middle of its value's cell (see `study::space`), so equal values have equal coordinates. An inactive
//! dimension stands at [`INACTIVE`]: two points without it do not differ along it. Nothing here knows results.

use std::collections::BTreeSet;

use super::History;
use crate::study::{Point, Range, Space};

/// The coordinate of a dimension that a point does not have.
pub(super) const INACTIVE: f64 = 0.5;

/// A stepped range with more values than this is searched as if it were continuous, and rounded.
const MOST_LEVELS: u64 = 1_000;

/// One axis of the cube.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// The bounds of the cells, ascending from 0 to 1; empty where the axis is continuous.
    pub edges: Vec<f64>,
    /// Whether the values have no order.
    pub is_choice: bool,
    /// The dimension exists where each of these axes lies in one of the cells.
    when: Vec<(usize, Vec<(f64, f64)>)>,
}

impl Axis {
    /// The number of values; 0 where the axis is continuous.
    pub fn levels(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// The coordinate of a level.
    pub fn middle(&self, level: usize) -> f64 {
        (self.edges[level] + self.edges[level + 1]) / 2.0
    }

    /// The level of a coordinate.
    pub fn level(&self, u: f64) -> usize {
        self.edges.partition_point(|&edge| edge <= u).saturating_sub(1).min(self.levels() - 1)
    }

    /// The cell of a coordinate; a single coordinate where the axis is continuous.
    pub fn cell(&self, u: f64) -> (f64, f64) {
        if self.edges.is_empty() {
            return (u, u);
        }
        let level = self.level(u);
        (self.edges[level], self.edges[level + 1])
    }
}

/// The axes of a space.
#[derive(Clone, Debug)]
pub(super) struct Cube {
    pub axes: Vec<Axis>,
}

impl Cube {
    pub fn new(space: &Space) -> Self {
        let dimensions = space.dimensions();
        let place = |name: &str| dimensions.iter().position(|other| other.name == name);
        let axes = dimensions.iter().map(|dimension| {
            let when = dimension.when.iter().filter_map(|(on, values)| {
                let parent = place(on)?;
                let cells = values.iter().filter_map(|value| dimensions[parent].range.cell(value));
                Some((parent, cells.collect()))
            });
            let is_choice = matches!(dimension.range, Range::Categorical { .. });
            Axis { edges: edges(&dimension.range), is_choice, when: when.collect() }
        });
        Self { axes: axes.collect() }
    }

    /// The number of axes.
    pub fn len(&self) -> usize {
        self.axes.len()
    }

    /// Whether a dimension exists at coordinates of which those before it are set.
    pub fn is_active(&self, axis: usize, coordinates: &[f64]) -> bool {
        self.axes[axis].when.iter().all(|(parent, cells)| {
            let u = coordinates[*parent];
            self.is_active(*parent, coordinates) && cells.iter().any(|&(from, to)| from <= u && u <= to)
        })
    }

    /// Moves coordinates to the middles of their cells, and those of inactive dimensions to [`INACTIVE`].
    pub fn snap(&self, coordinates: &mut [f64]) {
        for (at, axis) in self.axes.iter().enumerate() {
            if !axis.when.is_empty() && !self.is_active(at, coordinates) {
                coordinates[at] = INACTIVE;
            } else if !axis.edges.is_empty() {
                coordinates[at] = axis.middle(axis.level(coordinates[at]));
            }
        }
    }

    /// The coordinates of a point of the space.
    pub fn coordinates(&self, space: &Space, point: &Point) -> Vec<f64> {
        let coordinate = |dimension: &crate::study::Dimension| {
            let cell = point.get(&dimension.name).and_then(|value| dimension.range.cell(value));
            cell.map_or(INACTIVE, |(from, to)| (from + to) / 2.0)
        };
        space.dimensions().iter().map(coordinate).collect()
    }
}

/// The bounds of a range's cells.
fn edges(range: &Range) -> Vec<f64> {
    if range.count().is_none_or(|count| count > MOST_LEVELS) {
        return Vec::new();
    }
    let values = range.values().unwrap_or_default();
    let ends = values.iter().filter_map(|value| range.cell(value)).map(|(_, to)| to);
    std::iter::once(0.0).chain(ends).collect()
}

/// The squared distance along one axis.
pub(super) fn square(is_choice: bool, a: f64, b: f64) -> f64 {
    if is_choice { f64::from(u8::from(a != b)) } else { (a - b) * (a - b) }
}

/// The identities of all points that were proposed before.
pub(super) fn proposed(history: History<'_>) -> BTreeSet<String> {
    let told = history.told.iter().map(|told| &told.point);
    told.chain(history.pending).map(Point::identity).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::study::Dimension;

    fn space() -> Space {
        let when = BTreeMap::from([("model".to_owned(), vec!["b".into()])]);
        let dimension = |name: &str, range, when| Dimension { name: name.to_owned(), range, when };
        let choices = vec!["a".into(), "b".into()];
        Space::new(vec![
            dimension("model", Range::Categorical { choices }, BTreeMap::new()),
            dimension("k", Range::Int { low: 1.0, high: 4.0, log: false, step: None }, when.clone()),
            dimension("x", Range::Float { low: 0.0, high: 10.0, log: false, step: None }, when),
        ])
        .unwrap()
    }

    #[test]
    fn coordinates_are_middles_of_cells_and_inactive_ones_stand_in_the_middle() {
        let (space, cube) = (space(), Cube::new(&space()));
        let point = space.point_at(|at| [0.9, 0.3, 0.2][at]);
        assert_eq!(cube.coordinates(&space, &point), [0.75, 0.375, 0.2]);
        let point = space.point_at(|at| [0.1, 0.3, 0.2][at]);
        assert_eq!(cube.coordinates(&space, &point), [0.25, INACTIVE, INACTIVE]);
        let mut snapped = [0.9, 0.3, 0.2];
        cube.snap(&mut snapped);
        assert_eq!(snapped, [0.75, 0.375, 0.2]);
        snapped[0] = 0.1;
        cube.snap(&mut snapped);
        assert_eq!(snapped, [0.25, INACTIVE, INACTIVE]);
    }

    #[test]
    fn cells_end_where_the_next_begins() {
        let cube = Cube::new(&space());
        assert_eq!(cube.axes[1].edges, [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!((cube.axes[1].level(0.25), cube.axes[1].level(1.0), cube.axes[1].cell(0.3)), (1, 3, (0.25, 0.5)));
        assert_eq!((cube.axes[2].levels(), cube.axes[2].cell(0.3)), (0, (0.3, 0.3)));
    }
}
