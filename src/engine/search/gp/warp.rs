//! The objective as the model sees it: outliers drawn in, good values drawn apart, then mean 0 and deviation 1.
//!
//! Two steps of Google Vizier's output warping (Song et al. 2024, arXiv:2408.11527): values worse than the median take the
//! place that their rank has in a normal distribution as wide as the better half; then a logarithm that stretches the best.
//!
//! A search that closes in on the best draws the median after it, and the model's scale shrinks to what is left to gain. Where
//! the objective is noisy, that ends in a scale on which there is noise alone: fewer than half then count as worse.

use crate::order;

/// How strongly the best values are drawn apart.
const STRETCH: f64 = 1.5;

/// A monotone map of values, known at those it was made from and straight between and beyond them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Warp {
    /// Values in the objective's units and in the model's, both ascending.
    pairs: Vec<(f64, f64)>,
}

impl Warp {
    /// Learns a map from finite values, which need not be sorted, of which a share counts as worse: a half stands for the
    /// median.
    pub fn new(values: &[f64], worse: f64) -> Self {
        let mut sorted = values.to_vec();
        order::sort(&mut sorted, f64::total_cmp);
        let mut warped = sorted.clone();
        half_rank(&mut warped, worse);
        stretch(&mut warped);
        standardise(&mut warped);
        let mut pairs: Vec<(f64, f64)> = sorted.into_iter().zip(warped).collect();
        pairs.dedup_by(|later, earlier| later.0 == earlier.0);
        Self { pairs }
    }

    /// A value in the model's units.
    pub fn forth(&self, value: f64) -> f64 {
        along(&self.pairs, value, |pair| pair)
    }

    /// A value in the objective's units.
    pub fn back(&self, value: f64) -> f64 {
        along(&self.pairs, value, |(own, warped)| (warped, own))
    }
}

/// Follows the straight pieces between pairs of ascending numbers.
fn along(pairs: &[(f64, f64)], x: f64, turn: fn((f64, f64)) -> (f64, f64)) -> f64 {
    let right = pairs.partition_point(|&pair| turn(pair).0 < x).clamp(1, pairs.len().max(2) - 1);
    let (Some(&left), Some(&right)) = (pairs.get(right - 1), pairs.get(right)) else {
        return pairs.first().map_or(0.0, |&pair| turn(pair).1);
    };
    let ((x0, y0), (x1, y1)) = (turn(left), turn(right));
    if x == x0 {
        return y0;
    }
    if x1 > x0 { y0 + (y1 - y0) * ((x - x0) / (x1 - x0)) } else { y1 }
}

/// Gives the share of sorted values that is worse the distances that their ranks have in a normal distribution.
fn half_rank(sorted: &mut [f64], worse: f64) {
    let count = sorted.len();
    let bound = sorted[((1.0 - worse) * count.saturating_sub(1) as f64) as usize];
    let better: Vec<f64> = sorted.iter().copied().filter(|&value| value <= bound).collect();
    let square = better.iter().map(|value| (bound - value) * (bound - value)).sum::<f64>() / better.len() as f64;
    // The better ones are equal: there is no width to take from them.
    if !(square > 0.0 && square.is_finite()) {
        return;
    }
    let ranked = better.len();
    let mut before = (f64::NAN, f64::NAN);
    for (rank, value) in sorted.iter_mut().enumerate().skip(ranked) {
        // Equal values stay equal.
        if *value != before.0 {
            let share = (rank as f64 + 0.5) / count as f64;
            before = (*value, bound + square.sqrt() * probit(share));
        }
        *value = before.1;
    }
}

/// Draws the best of sorted values apart.
fn stretch(sorted: &mut [f64]) {
    let (Some(&best), Some(&worst)) = (sorted.first(), sorted.last()) else { return };
    let range = worst - best;
    if !(range > 0.0 && range.is_finite()) {
        return;
    }
    for value in sorted {
        *value = libm::log1p((*value - best) / range * (STRETCH - 1.0)) / libm::log(STRETCH);
    }
}

fn standardise(values: &mut [f64]) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    let deviation = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    values.iter_mut().for_each(|value| *value = (*value - mean) / deviation);
}

/// The number below which a standard normal one lies with a probability of at least a half.
fn probit(probability: f64) -> f64 {
    // The distribution is concave here, so Newton's steps from 0 come up from below.
    let mut z = 0.0;
    for _ in 0..30 {
        let below = 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2);
        let density = libm::exp(-0.5 * z * z) / super::acquisition::SQRT_TAU;
        z += (probability - below) / density;
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normal_quantile() {
        assert!((probit(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((probit(0.999) - 3.090_232_306_167_813).abs() < 1e-10);
        assert_eq!(probit(0.5), 0.0);
    }

    #[test]
    fn outliers_are_drawn_in_and_the_order_is_kept() {
        let values = [3.0, 1.0, 1e6, 2.0, 4.0, 5.0, 2.5];
        let warp = Warp::new(&values, 0.5);
        let warped: Vec<f64> = values.iter().map(|&value| warp.forth(value)).collect();
        assert!(warped.iter().all(|value| value.abs() < 2.5), "{warped:?}");
        for (a, wa) in values.iter().zip(&warped) {
            assert!((warp.back(*wa) - a).abs() <= 1e-9 * a.abs(), "{a}");
            assert!(values.iter().zip(&warped).all(|(b, wb)| (a < b) == (wa < wb)));
        }
        assert!(warp.back(warp.forth(1.0) - 0.1) < 1.0);
    }

    #[test]
    fn the_scale_is_that_of_those_that_are_not_worse() {
        // Of ten values eight lie close to each other, and two far off.
        let values = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 5.0, 9.0];
        let apart = |worse: f64| {
            let warp = Warp::new(&values, worse);
            warp.forth(1.5) - warp.forth(1.0)
        };
        assert!(apart(0.5) > 1.0 && apart(0.1) < 0.4, "{} {}", apart(0.5), apart(0.1));
    }

    #[test]
    fn equal_values_make_no_trouble() {
        for values in [&[2.0][..], &[2.0, 2.0, 2.0], &[1.0, 1.0, 1.0, 1.0, 9.0]] {
            let warp = Warp::new(values, 0.5);
            assert!(values.iter().all(|&value| warp.forth(value).is_finite() && warp.back(0.0).is_finite()));
        }
    }
}
