//! A toll on the edges of the space.
//!
//! A Gaussian process knows least where it has neighbours on one side only, so that the expected improvement leads into
//! faces and corners, which are most of a space of many dimensions, long before the middle is known (Siivola et al. 2018,
//! doi:10.1109/MLSP.2018.8517034; Oh et al. 2018, arXiv:1806.01619). Near an edge the logarithm of the acquisition
//! therefore pays a toll, less what the best trials went already: an optimum at an edge is approached as soon as results
//! lead there, and is then found as exactly as any other.

use crate::order;

/// How far an edge reaches, as a share of the range: to the middle, so that nothing changes at once.
const REACH: f64 = 0.5;
/// What the edge itself costs along one axis, on the logarithm.
const TOLL: f64 = 1.5;
/// How many of the best trials must have gone near an edge for the way to be free.
const LEADERS: usize = 3;

/// The edges that are not free.
#[derive(Clone, Debug)]
pub(super) struct Edges {
    /// For each axis how near trials have come to its lower and its upper edge, from 0 (beyond its reach) to 1 (at it);
    /// `None` along choices, which have no edges.
    free: Vec<Option<[f64; 2]>>,
}

/// From 0 at the end of an edge's reach to 1 at the edge, by the distance from it.
fn nearness(distance: f64) -> f64 {
    (1.0 - distance / REACH).max(0.0)
}

impl Edges {
    /// The edges of a cube whose axes are choices or not, with those of `points` that have `values` (lower is better).
    pub fn new(is_choice: &[bool], points: &[Vec<f64>], values: &[f64]) -> Self {
        let mut order = order::ranking(values.len(), &|a, b| values[a].total_cmp(&values[b]));
        order.truncate(LEADERS);
        // The one that stands back the furthest tells how far all of them went.
        let along = |(axis, &is_choice): (usize, &bool)| {
            let mut back = [0.0_f64; 2];
            for u in order.iter().map(|&which| points[which][axis]) {
                back = [back[0].max(u), back[1].max(1.0 - u)];
            }
            (!is_choice).then_some(back.map(nearness))
        };
        Self { free: is_choice.iter().enumerate().map(along).collect() }
    }

    /// What is added to the logarithm of the acquisition at `x`, at most 0; adds its gradient, if there is one to add to.
    pub fn toll(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let mut toll = 0.0;
        for (axis, (free, &u)) in self.free.iter().zip(x).enumerate() {
            let Some(free) = free else { continue };
            for (free, distance, inwards) in [(free[0], u, 1.0), (free[1], 1.0 - u, -1.0)] {
                let beyond = nearness(distance) - free;
                if beyond > 0.0 {
                    toll -= TOLL * beyond * beyond;
                    if let Some(slope) = gradient.get_mut(axis) {
                        *slope += inwards * 2.0 * TOLL * beyond / REACH;
                    }
                }
            }
        }
        toll
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges() -> Edges {
        let points = [vec![0.5, 0.0, 0.25], vec![0.6, 0.25, 0.25], vec![0.4, 0.03, 0.75], vec![0.0, 0.9, 0.75]];
        Edges::new(&[false, false, true], &points, &[1.0, 2.0, 1.5, 3.0])
    }

    #[test]
    fn an_edge_is_free_as_far_as_all_of_the_best_went() {
        let toll = |x: f64, y: f64| edges().toll(&[x, y, 0.0], &mut []);
        assert_eq!(toll(0.5, 0.5), 0.0);
        assert_eq!(toll(0.0, 0.5), -TOLL);
        assert_eq!(toll(1.0, 1.0), -2.0 * TOLL);
        // The second best of the three best stands at 0.25, half the reach from the edge.
        assert_eq!(toll(0.5, 0.25), 0.0);
        assert!((toll(0.5, 0.0) + 0.25 * TOLL).abs() < 1e-12);
        assert_eq!(
            Edges::new(&[false], &[], &[]).toll(&[0.0], &mut []),
            0.0,
            "with no trials nothing is known of edges"
        );
    }

    #[test]
    fn the_gradient_is_the_difference_quotient() {
        for x in [[0.02, 0.05, 0.25], [0.9, 0.99, 0.75], [0.29, 0.26, 0.25]] {
            let mut gradient = [0.0; 3];
            edges().toll(&x, &mut gradient);
            for axis in 0..3 {
                let moved = |step: f64| {
                    let mut x = x;
                    x[axis] += step;
                    edges().toll(&x, &mut [])
                };
                assert!((moved(1e-6) - moved(-1e-6) - 2e-6 * gradient[axis]).abs() < 1e-12, "{axis}: {gradient:?}");
            }
        }
    }
}
