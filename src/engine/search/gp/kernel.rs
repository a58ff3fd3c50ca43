//! The covariance of the objective at two points: Matern 5/2 with a weight for each axis (Rasmussen and Williams 2006,
//! chapter 4), and the posterior of its parameters.
//!
//! Glossary: n observations over d axes; s = sum_m w_m d_m^2 the weighted squared distance, d_m = 0 or 1 along a choice;
//! k(s) = sf2 exp(-sqrt(5 s)) (1 + sqrt(5 s) + 5 s / 3); theta = (ln w_1 .. ln w_d, ln sf2, ln sn2) with sf2 the variance
//! of the objective and sn2 that of its noise.

use crate::engine::linalg::cholesky::{add_multiple, dot, factor, inverse_factor, inverse_from, unwhiten, whiten};
use crate::engine::search::cube::square;

/// Least variance of the noise: what a deterministic objective is fitted with, and what keeps the matrix solvable.
const LEAST_NOISE: f64 = 1e-8;

/// Bounds of theta's parts: weights, variance, noise.
const BOUNDS: [(f64, f64); 3] = [(-9.0, 9.0), (-5.0, 5.0), (-18.420_680_743_952_367, 0.0)];

/// The bounds of theta for `axes` axes.
pub(super) fn bounds(axes: usize) -> Vec<(f64, f64)> {
    let mut bounds = vec![BOUNDS[0]; axes];
    bounds.extend([BOUNDS[1], BOUNDS[2]]);
    bounds
}

/// Where a fit starts that knows nothing: all weights and the variance 1, little noise.
pub(super) fn neutral(axes: usize) -> Vec<f64> {
    let mut theta = vec![0.0; axes + 1];
    theta.push(libm::log(1e-3));
    theta
}

/// The parameters out of their logarithms.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kernel {
    pub weights: Vec<f64>,
    pub variance: f64,
    pub noise: f64,
}

impl Kernel {
    pub fn new(theta: &[f64]) -> Self {
        let (noise, rest) = theta.split_last().expect("theta ends with the noise");
        let (variance, weights) = rest.split_last().expect("theta has a variance");
        Self {
            weights: weights.iter().map(|&log| libm::exp(log)).collect(),
            variance: libm::exp(*variance),
            noise: libm::exp(*noise).max(LEAST_NOISE),
        }
    }

    /// k(s) and its slope.
    pub fn at(&self, s: f64) -> (f64, f64) {
        let root = (5.0 * s).sqrt();
        let decay = self.variance * libm::exp(-root);
        (decay * (1.0 + root + 5.0 / 3.0 * s), -5.0 / 6.0 * decay * (1.0 + root))
    }
}

/// Observations as the fit sees them.
#[derive(Debug)]
pub(super) struct Observations {
    /// For each axis the squared distances of all pairs (i, j < i), i slowest.
    squares: Vec<Vec<f64>>,
    /// The values, of mean 0 and deviation 1.
    values: Vec<f64>,
}

impl Observations {
    /// `points` is n x d.
    pub fn new(points: &[Vec<f64>], is_choice: &[bool], values: Vec<f64>) -> Self {
        let along = |axis: usize| {
            let pairs = points.iter().enumerate().flat_map(|(i, a)| points[..i].iter().map(move |b| (a, b)));
            pairs.map(|(a, b)| square(is_choice[axis], a[axis], b[axis])).collect()
        };
        Self { squares: (0..is_choice.len()).map(along).collect(), values }
    }

    /// Units of work of one evaluation.
    pub fn cost(&self) -> u32 {
        let count = self.values.len() as u32;
        count * count * (count + 2 * self.squares.len() as u32 + 20) / 16
    }

    /// Minus the logarithm of the posterior density of theta, up to a constant, and its gradient. Infinite where the matrix
    /// can not be factorised.
    ///
    /// The likelihood is that of a Gaussian process; the priors are Optuna's: -0.1 / w - 0.1 w for each weight,
    /// ln sf2 - sf2 and 0.1 ln sn2 - 30 sn2.
    pub fn loss(&self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        let kernel = Kernel::new(theta);
        let size = self.values.len();
        let mut distances = vec![0.0; size * size.saturating_sub(1) / 2];
        for (square, &weight) in self.squares.iter().zip(&kernel.weights) {
            add_multiple(&mut distances, weight, square);
        }
        let (mut covariance, mut slopes) = (Vec::with_capacity(distances.len()), Vec::with_capacity(distances.len()));
        for &s in &distances {
            let (k, slope) = kernel.at(s);
            covariance.push(k);
            slopes.push(slope);
        }
        let mut matrix = vec![0.0; size * size];
        let mut from = 0;
        for i in 0..size {
            matrix[i * size..i * size + i].copy_from_slice(&covariance[from..from + i]);
            matrix[i * size + i] = kernel.variance + kernel.noise;
            from += i;
        }
        if !factor(&mut matrix, size) {
            return f64::INFINITY;
        }
        let inverse = inverse_factor(&matrix, size);
        let white = whiten(&inverse, &self.values);
        let alpha = unwhiten(&inverse, &white);
        let logs: f64 = (0..size).map(|i| libm::log(matrix[i * size + i])).sum();
        let whole = inverse_from(&inverse, size);

        // The likelihood's slope along theta is the sum of G_ij dK_ij / 2 with G = alpha alpha^T - K^-1.
        let mut pulls = Vec::with_capacity(distances.len());
        let mut trace = 0.0;
        for i in 0..size {
            let row = &whole[i * size..=i * size + i];
            pulls.extend(alpha[..i].iter().zip(row).map(|(other, inverse)| alpha[i] * other - inverse));
            trace += alpha[i] * alpha[i] - row[i];
        }
        let (along_weights, own) = gradient.split_at_mut(self.squares.len());
        own[0] = -(dot(&pulls, &covariance) + 0.5 * kernel.variance * trace) - (1.0 - kernel.variance);
        own[1] = -0.5 * kernel.noise * trace - (0.1 - 30.0 * kernel.noise);
        pulls.iter_mut().zip(&slopes).for_each(|(pull, slope)| *pull *= slope);
        let mut prior = theta[theta.len() - 2] - kernel.variance + 0.1 * theta[theta.len() - 1] - 30.0 * kernel.noise;
        for ((slope, square), &weight) in along_weights.iter_mut().zip(&self.squares).zip(&kernel.weights) {
            *slope = -weight * dot(&pulls, square) - (0.1 / weight - 0.1 * weight);
            prior -= 0.1 / weight + 0.1 * weight;
        }
        0.5 * dot(&white, &white) + logs - prior
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observations() -> Observations {
        let points: Vec<Vec<f64>> = (0..12)
            .map(|at| {
                let u = f64::from(at) / 11.0;
                vec![u, (u * 7.3).fract(), if at % 3 == 0 { 0.25 } else { 0.75 }]
            })
            .collect();
        let values = points.iter().map(|x| libm::sin(5.0 * x[0]) + x[1] * x[2]).collect();
        Observations::new(&points, &[false, false, true], values)
    }

    #[test]
    fn one_observation_by_hand() {
        let one = Observations::new(&[vec![0.3]], &[false], vec![2.0]);
        let theta = [0.0, 0.0, libm::log(0.5)];
        // K = 1.5: y^2 / (2 K) + ln(K) / 2, less the priors -0.2, -1 and 0.1 ln 0.5 - 15.
        let expected = 4.0 / 3.0 + 0.5 * libm::log(1.5) + 0.2 + 1.0 - 0.1 * libm::log(0.5) + 15.0;
        assert!((one.loss(&theta, &mut [0.0; 3]) - expected).abs() < 1e-12);
    }

    #[test]
    fn the_gradient_is_the_difference_quotient() {
        let observations = observations();
        for theta in [neutral(3), vec![1.5, -2.0, 0.3, 0.7, -4.0], vec![-1.0, 3.0, 2.0, -1.0, -1.0]] {
            let mut gradient = vec![0.0; 5];
            observations.loss(&theta, &mut gradient);
            for at in 0..5 {
                let moved = |step: f64| {
                    let mut theta = theta.clone();
                    theta[at] += step;
                    observations.loss(&theta, &mut [0.0; 5])
                };
                let quotient = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!(
                    (quotient - gradient[at]).abs() < 1e-4 * (1.0 + quotient.abs()),
                    "{at}: {quotient} {gradient:?}"
                );
            }
        }
    }
}
