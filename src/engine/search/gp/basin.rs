//! Basins in which the search has come to rest, filled up so that it looks for others.
//!
//! Where nothing is left to gain, the model is told that all of the basin is as poor as the worst results elsewhere. What it
//! has learned of the rest stays, and leads into the next basin (Ge 1990, Mathematical Programming 46, fills the objective
//! itself). A point belongs to a basin if no ridge lies between it and the bottom (the hill-valley test of Ursem 1999,
//! Congress on Evolutionary Computation), which the model is asked for in place of the objective.

use super::posterior::{Mean, Posterior};
use crate::order;

/// Places between a point and the bottom at which the model is asked.
const PLACES: u32 = 11;
/// What rises less than this above the point is no ridge, in deviations of the results.
const RIDGE: f64 = 0.05;
/// A basin is filled to where so large a share of the results elsewhere is better: the worst may be of no scale at all.
const LEVEL: f64 = 0.75;

/// A basin.
#[derive(Debug)]
pub(super) struct Basin {
    /// What was expected when the search came to rest in it.
    mean: Mean,
    bottom: Vec<f64>,
    /// To where it is filled, in the objective's units.
    level: f64,
}

impl Basin {
    /// The basin around the point of which the model expects the least. `results` are points with their values, which must
    /// not be empty.
    pub fn new(posterior: Posterior, results: &[(Vec<f64>, f64)]) -> Self {
        let mean = posterior.into_mean();
        let expected: Vec<f64> = results.iter().map(|(x, _)| mean.at(x)).collect();
        let least = order::ranking(results.len(), &|a, b| expected[a].total_cmp(&expected[b]))[0];
        let mut basin = Self { mean, bottom: results[least].0.clone(), level: f64::INFINITY };
        let elsewhere = results.iter().filter(|(x, _)| !basin.contains(x));
        let mut values: Vec<f64> = elsewhere.map(|&(_, value)| value).collect();
        if values.is_empty() {
            values.extend(results.iter().map(|&(_, value)| value));
        }
        order::sort(&mut values, f64::total_cmp);
        basin.level = values[((values.len() - 1) as f64 * LEVEL) as usize];
        basin
    }

    /// What the model is told in place of a value at a point.
    pub fn fill(&self, x: &[f64], value: f64) -> f64 {
        if value < self.level && self.contains(x) { self.level } else { value }
    }

    fn contains(&self, x: &[f64]) -> bool {
        let ridge = self.mean.at(x) + RIDGE;
        let between = |place: u32| {
            let share = f64::from(place) / f64::from(PLACES + 1);
            let at: Vec<f64> = x.iter().zip(&self.bottom).map(|(x, bottom)| x + share * (bottom - x)).collect();
            self.mean.at(&at)
        };
        // Nothing lies between two choices.
        self.mean.has_choices_of(x, &self.bottom) && (1..=PLACES).all(|place| between(place) <= ridge)
    }
}

#[cfg(test)]
mod tests {
    use super::super::kernel::{Kernel, neutral};
    use super::super::posterior::Fate;
    use super::*;
    use crate::engine::random::Purpose;
    use crate::study::Seed;

    /// Two bowls over the first of two axes, the deeper one around 0.2, for each value of a choice.
    fn bowls() -> (Posterior, Vec<(Vec<f64>, f64)>) {
        let bowl = |x: f64, at: f64| libm::exp(-(x - at) * (x - at) / 0.02);
        let value = |x: f64| -1.5 * bowl(x, 0.2) - bowl(x, 0.8);
        let places = (0..=20).map(|place| f64::from(place) / 20.0);
        let results = places.flat_map(|x| [0.25, 0.75].map(|choice| (vec![x, choice], value(x) + choice)));
        let results: Vec<(Vec<f64>, f64)> = results.collect();
        let (points, values): (Vec<Vec<f64>>, Vec<f64>) = results.iter().cloned().unzip();
        let mut theta = neutral(2);
        theta[0] = 3.0;
        let fates = vec![Fate::Done; points.len()];
        let mut rng = Seed(1).stream(Purpose::Search, 0);
        (Posterior::new(Kernel::new(&theta), vec![false, true], points, fates, &values, &mut rng).unwrap(), results)
    }

    #[test]
    fn a_basin_reaches_to_its_ridge_and_is_filled_to_what_is_poor_elsewhere() {
        let (posterior, results) = bowls();
        let basin = Basin::new(posterior, &results);
        assert_eq!(basin.bottom, [0.2, 0.25]);
        for (x, value) in &results {
            let filled = basin.fill(x, *value);
            // Between the bowls lies a plain that may be either's.
            let is_outside = x[0] > 0.6 || x[1] == 0.75;
            assert!(!is_outside || filled == *value, "{x:?} is another basin's");
            if !is_outside && x[0] < 0.4 {
                assert!(filled > 0.0 && filled >= *value, "{x:?}: {value} became {filled}");
            }
        }
    }

    #[test]
    fn where_all_is_one_basin_it_is_filled_to_its_own_poor_results() {
        let (posterior, results) = bowls();
        let inside: Vec<_> = results.into_iter().filter(|(x, _)| x[0] < 0.3 && x[1] == 0.25).collect();
        let basin = Basin::new(posterior, &inside);
        assert!(basin.level <= 0.25 && basin.level > -1.25, "{}", basin.level);
        assert_eq!(basin.fill(&[0.2, 0.25], -1.25), basin.level);
    }
}
