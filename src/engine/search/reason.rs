//! Along which coordinates it is shown what a sampler had learned when it proposed a point. Made only when asked for.

use super::cube::{Axis, Cube};
use crate::order;
use crate::protocol::Slice;
use crate::study::Space;

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

/// For each dimension that is active at `coordinates`: its axis, and a slice along it without any column yet.
pub(super) fn slices(space: &Space, cube: &Cube, coordinates: &[f64]) -> Vec<(usize, Slice)> {
    let active = space.dimensions().iter().enumerate().filter(|(axis, _)| cube.is_active(*axis, coordinates));
    let slice = |(axis, dimension): (usize, &crate::study::Dimension)| {
        let (name, at) = (dimension.name.clone(), ticks(&cube.axes[axis], coordinates[axis]));
        let chosen = at.partition_point(|&u| u < coordinates[axis]).min(at.len() - 1) as u32;
        (axis, Slice { name, at, chosen, ..Slice::default() })
    };
    active.map(slice).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::study::{Dimension, Range};

    #[test]
    fn the_chosen_coordinate_is_among_those_that_are_drawn() {
        let ranges = [
            Range::Float { low: 0.0, high: 1.0, log: false, step: None },
            Range::Int { low: 1.0, high: 5.0, log: false, step: None },
            Range::Int { low: 1.0, high: 500.0, log: true, step: None },
        ];
        let named = |(at, range): (usize, &Range)| Dimension {
            name: format!("x{at}"),
            range: range.clone(),
            when: BTreeMap::new(),
        };
        let space = Space::new(ranges.iter().enumerate().map(named).collect()).unwrap();
        let cube = Cube::new(&space);
        for u in [0.0, 0.013, 0.5, 0.77, 0.999] {
            let coordinates = cube.coordinates(&space, &space.point_at(|_| u));
            for (axis, slice) in slices(&space, &cube, &coordinates) {
                assert_eq!(slice.at[slice.chosen as usize], coordinates[axis], "{}", slice.name);
                assert!(slice.at.is_sorted() && slice.at.len() <= STEPS + 2);
            }
        }
        assert_eq!(slices(&space, &cube, &[0.5; 3])[1].1.at.len(), 5);
    }
}
