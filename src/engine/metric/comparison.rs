//! Whether one model is better than another: a paired bootstrap over users (Efron and Tibshirani 1993, chapter 16).
//!
//! Users are drawn with replacement 1,000 times; every model is measured on the same draws, by the very statistic that
//! is shown, so a difference has the interval of the difference and not the sum of two intervals. Percentile intervals.

use rand::RngExt;

use crate::engine::random::{Purpose, Rng};
use crate::order;
use crate::protocol::{Estimate, UserSums};
use crate::study::{MetricSpec, Seed};

/// Resamples.
const RESAMPLES: usize = 1_000;
/// Below this many users an interval would pretend.
const MIN_USERS: usize = 20;

/// A bootstrap under way, in slices: all models on each resample.
#[derive(Debug)]
pub struct Bootstrap {
    metric: MetricSpec,
    /// The weight of each user: rows, or lists.
    weights: Vec<f64>,
    /// One column of sums per model.
    models: Vec<Vec<f64>>,
    /// The statistic per model and resample.
    drawn: Vec<Vec<f64>>,
    /// How often each user was drawn.
    times: Vec<f64>,
    rng: Rng,
}

impl Bootstrap {
    /// Prepares to compare models that were measured on the same rows, or lists.
    ///
    /// # Panics
    /// If the models were measured on different rows, or not by this metric: a bug of the caller.
    #[must_use]
    pub fn new(metric: MetricSpec, models: &[&UserSums], seed: Seed) -> Self {
        let columns: Vec<(&[f64], &[u32])> =
            models.iter().map(|sums| sums.of(metric).expect("paired models are measured by this metric")).collect();
        let weights = columns.first().map_or(&[][..], |first| first.1);
        let same = models.iter().zip(&columns).all(|(sums, column)| column.1 == weights && sums.user == models[0].user);
        assert!(same, "paired models are measured on the same rows");
        Self {
            metric,
            weights: weights.iter().map(|&weight| f64::from(weight)).collect(),
            models: columns.iter().map(|column| column.0.to_vec()).collect(),
            drawn: vec![Vec::with_capacity(RESAMPLES); models.len()],
            times: vec![0.0; weights.len()],
            rng: seed.stream(Purpose::Bootstrap, 0),
        }
    }

    /// The work of one resample: users x models.
    #[must_use]
    pub fn unit(&self) -> u64 {
        (self.weights.len() * (self.models.len() + 1)).max(1) as u64
    }

    /// Draws at least one and about `work / unit()` resamples; whether all are drawn.
    pub fn advance(&mut self, work: u32) -> bool {
        for _ in 0..(u64::from(work) / self.unit()).max(1) {
            if self.is_done() {
                break;
            }
            self.resample();
        }
        self.is_done()
    }

    fn is_done(&self) -> bool {
        self.weights.iter().filter(|weight| **weight > 0.0).count() < MIN_USERS
            || self.drawn.first().is_none_or(|drawn| drawn.len() == RESAMPLES)
    }

    fn resample(&mut self) {
        self.times.fill(0.0);
        let users = u32::try_from(self.weights.len()).unwrap_or(u32::MAX);
        for _ in 0..users {
            self.times[self.rng.random_range(0..users) as usize] += 1.0;
        }
        let drawn_sum = |column: &[f64]| column.iter().zip(&self.times).map(|(sum, times)| sum * times).sum::<f64>();
        let weight = drawn_sum(&self.weights);
        for (model, drawn) in self.models.iter().zip(&mut self.drawn) {
            drawn.push(self.metric.of_sums(drawn_sum(model), weight));
        }
    }

    /// A model's figure with its own interval.
    #[must_use]
    pub fn estimate(&self, model: usize) -> Estimate {
        interval(self.statistic(model), self.drawn[model].clone())
    }

    /// How much larger a model's figure is than another's, with the interval of that difference.
    #[must_use]
    pub fn difference(&self, model: usize, other: usize) -> Estimate {
        let pairs = self.drawn[model].iter().zip(&self.drawn[other]);
        interval(self.statistic(model) - self.statistic(other), pairs.map(|(a, b)| a - b).collect())
    }

    fn statistic(&self, model: usize) -> f64 {
        self.metric.of_sums(self.models[model].iter().sum(), self.weights.iter().sum())
    }
}

/// The central 95 % of the resamples.
fn interval(value: f64, mut drawn: Vec<f64>) -> Estimate {
    if drawn.is_empty() {
        return Estimate { value, low: None, high: None };
    }
    order::sort(&mut drawn, f64::total_cmp);
    let tail = drawn.len() / 40;
    Estimate { value, low: Some(drawn[tail]), high: Some(drawn[drawn.len() - 1 - tail]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Column;

    /// Users with two rows each and the given squared errors.
    fn errors(squared: &[f64]) -> UserSums {
        let absolute = squared.iter().map(|x| x.sqrt()).collect();
        UserSums {
            user: (0..squared.len() as u32).collect(),
            rows: vec![2; squared.len()],
            lists: squared.iter().map(|x| u32::from(*x > 1.0)).collect(),
            columns: vec![
                Column { metric: MetricSpec::Rmse, sums: squared.to_vec() },
                Column { metric: MetricSpec::Mae, sums: absolute },
                Column { metric: MetricSpec::Ndcg, sums: squared.iter().map(|x| x - 1.0).collect() },
            ],
        }
    }

    fn compare(a: &UserSums, b: &UserSums) -> Bootstrap {
        let mut bootstrap = Bootstrap::new(MetricSpec::Rmse, &[a, b], Seed(1));
        while !bootstrap.advance(1_000) {}
        bootstrap
    }

    #[test]
    fn a_small_but_steady_difference_is_told() {
        let a: Vec<f64> = (0..100).map(|user| 1.0 + f64::from(user % 10)).collect();
        let b: Vec<f64> = a.iter().map(|x| x * 1.01).collect();
        let compared = compare(&errors(&b), &errors(&a));
        let (own, difference) = (compared.estimate(1), compared.difference(0, 1));
        assert!(difference.low.unwrap() > 0.0);
        assert!(own.high.unwrap() - own.low.unwrap() > 10.0 * difference.value, "its own interval would not tell it");
    }

    #[test]
    fn chance_is_not_called_a_difference() {
        let a: Vec<f64> = (0..100).map(|user| f64::from(user * 37 % 101)).collect();
        let b: Vec<f64> = (0..100).map(|user| f64::from(user * 53 % 101)).collect();
        let difference = compare(&errors(&a), &errors(&b)).difference(0, 1);
        assert!(difference.low.unwrap() < 0.0 && difference.high.unwrap() > 0.0);
    }

    #[test]
    fn few_users_get_no_interval() {
        let compared = compare(&errors(&[1.0; 19]), &errors(&[2.0; 19]));
        assert_eq!(compared.difference(0, 1).low, None);
        assert_eq!(compared.estimate(1).value, 1.0);
    }

    #[test]
    fn users_without_a_list_weigh_nothing() {
        // 30 users, 10 of them with a list worth 1/2.
        let sums = errors(&[1.0, 1.0, 1.5].repeat(10));
        let mut bootstrap = Bootstrap::new(MetricSpec::Ndcg, &[&sums], Seed(1));
        assert!(bootstrap.advance(1), "ten lists are too few for an interval");
        assert_eq!(bootstrap.estimate(0), Estimate { value: 0.5, low: None, high: None });
    }

    #[test]
    fn slices_do_not_change_the_result() {
        let (a, b) = (errors(&[1.0, 2.0, 3.0, 4.0].repeat(10)), errors(&[2.0, 2.0, 3.0, 3.0].repeat(10)));
        let mut once = Bootstrap::new(MetricSpec::Mae, &[&a, &b], Seed(1));
        assert!(once.advance(u32::MAX));
        let mut sliced = Bootstrap::new(MetricSpec::Mae, &[&a, &b], Seed(1));
        while !sliced.advance(1) {}
        assert_eq!(once.difference(0, 1), sliced.difference(0, 1));
    }
}
