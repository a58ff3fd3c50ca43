//! What the model expects at a point: mean, deviation and what the point is worth, with its gradient.
//!
//! Points whose results are not known (pending ones, and failed ones, which never will be) are given results drawn from
//! the model, several times, and the expected improvement is the mean over these fantasies (Snoek et al. 2012,
//! arXiv:1206.2944, section 3.2). In the space whitened by the Cholesky factor a fantasy is a vector of normal draws, and
//! the deviation is the same in all of them.

use super::acquisition::log_h;
use super::edges::Edges;
use super::kernel::Kernel;
use crate::engine::linalg::cholesky::{add_multiple, dot, factor, inverse_factor, unwhiten, whiten};
use crate::engine::random::{Rng, normal_pair};
use crate::engine::search::cube::square;

/// How many fantasies are drawn; an even number.
const FANTASIES: usize = 8;
/// How far a fate tells of others, as a share of the cube's diagonal.
const FATE_SCALE: f64 = 0.15;
/// What a failed trial costs, on the logarithm, where all others near by failed too.
const CAUTION: f64 = 1.5;

/// What a point is chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// The logarithm of the expected improvement, which weighs what is unknown, less a toll at the edges.
    Improvement,
    /// The expected value alone.
    Mean,
}

/// What became of a modelled point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It has a value.
    Done,
    /// It failed.
    Failed,
    /// It has no result yet.
    Pending,
}

/// What a fitted model expects, without its doubts.
#[derive(Clone, Debug)]
pub(super) struct Mean {
    kernel: Kernel,
    is_choice: Vec<bool>,
    /// n x d; those with a value first.
    points: Vec<Vec<f64>>,
    /// K^-1 times the values, the mean over the fantasies.
    alpha: Vec<f64>,
}

impl Mean {
    /// The expected value at a point.
    pub fn at(&self, x: &[f64]) -> f64 {
        dot(&self.covariances(x).0, &self.alpha)
    }

    /// Whether two points are the same along all choices.
    pub fn has_choices_of(&self, a: &[f64], b: &[f64]) -> bool {
        self.is_choice.iter().zip(a.iter().zip(b)).all(|(is_choice, (a, b))| !is_choice || a == b)
    }

    /// Covariances of a point with those of the model, and their slopes over the squared distance.
    fn covariances(&self, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let at = |point: &Vec<f64>| self.kernel.at(distance(&self.kernel, &self.is_choice, x, point));
        self.points.iter().map(at).unzip()
    }
}

/// A fitted model.
#[derive(Clone, Debug)]
pub(super) struct Posterior {
    mean: Mean,
    fates: Vec<Fate>,
    /// The inverse Cholesky factor of the covariance with its noise.
    inverse: Vec<f64>,
    /// For each fantasy the values of all points, whitened.
    whites: Vec<Vec<f64>>,
    /// For each fantasy K^-1 times the values.
    alphas: Vec<Vec<f64>>,
    /// For each fantasy the least expected value among the points that can be the best.
    bests: Vec<f64>,
    has_failures: bool,
    edges: Edges,
}

impl Posterior {
    /// `values` are those of the first points. `None` where the covariance can not be factorised.
    pub fn new(
        kernel: Kernel,
        is_choice: Vec<bool>,
        points: Vec<Vec<f64>>,
        fates: Vec<Fate>,
        values: &[f64],
        rng: &mut Rng,
    ) -> Option<Self> {
        let size = points.len();
        let mut matrix = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..i {
                matrix[i * size + j] = kernel.at(distance(&kernel, &is_choice, &points[i], &points[j])).0;
            }
            matrix[i * size + i] = kernel.variance + kernel.noise;
        }
        if !factor(&mut matrix, size) {
            return None;
        }
        let inverse = inverse_factor(&matrix, size);
        // The known values whiten to the same numbers in all fantasies, because they stand first.
        let mut known = values.to_vec();
        known.resize(size, 0.0);
        let mut known = whiten(&inverse, &known);
        known.truncate(values.len());
        let unknown = size - values.len();
        let mut whites = Vec::new();
        if unknown == 0 {
            whites.push(known);
        } else {
            for _ in 0..FANTASIES / 2 {
                let pairs = (0..unknown.div_ceil(2)).flat_map(|_| <[f64; 2]>::from(normal_pair(rng)));
                let draws: Vec<f64> = pairs.take(unknown).collect();
                // Each draw and its opposite: the mean over fantasies is then the model's own.
                for sign in [1.0, -1.0] {
                    whites.push(known.iter().copied().chain(draws.iter().map(|draw| sign * draw)).collect());
                }
            }
        }
        let alphas: Vec<Vec<f64>> = whites.iter().map(|white| unwhiten(&inverse, white)).collect();
        let mut alpha = vec![0.0; size];
        alphas.iter().for_each(|one| add_multiple(&mut alpha, 1.0 / alphas.len() as f64, one));
        let bests = whites.iter().zip(&alphas).map(|(white, alpha)| {
            let may_be_best = (0..size).filter(|&i| fates[i] != Fate::Failed);
            // (K - noise) alpha: the expected value without the noise.
            let expected =
                may_be_best.map(|i| dot(&matrix[i * size..=i * size + i], &white[..=i]) - kernel.noise * alpha[i]);
            expected.fold(f64::INFINITY, f64::min)
        });
        let bests = bests.collect();
        let has_failures = fates.contains(&Fate::Failed);
        let edges = Edges::new(&is_choice, &points, values);
        let mean = Mean { kernel, is_choice, points, alpha };
        Some(Self { mean, fates, inverse, whites, alphas, bests, has_failures, edges })
    }

    /// Units of work of one evaluation.
    pub fn cost(&self, aim: Aim) -> u32 {
        let count = self.mean.points.len() as u32;
        let whitened = if aim == Aim::Improvement { count } else { 0 };
        count * (whitened + 2 * self.mean.is_choice.len() as u32 + 40) / 8
    }

    /// The least value that is expected at a point of the model, the mean over the fantasies.
    pub fn least(&self) -> f64 {
        self.bests.iter().sum::<f64>() / self.bests.len() as f64
    }

    /// What is expected, without the rest.
    pub fn into_mean(self) -> Mean {
        self.mean
    }

    /// Mean over the fantasies and deviation of the objective at a point.
    pub fn expect(&self, x: &[f64]) -> (f64, f64) {
        let (covariance, _) = self.mean.covariances(x);
        let white = whiten(&self.inverse, &covariance);
        (dot(&covariance, &self.mean.alpha), self.deviation(&white))
    }

    fn deviation(&self, white: &[f64]) -> f64 {
        // Rounding may leave less than nothing; the noise's own size is the scale below which nothing is known.
        (self.mean.kernel.variance - dot(white, white)).max(1e-3 * self.mean.kernel.noise).sqrt()
    }

    /// What a point is worth, less a toll where trials failed.
    pub fn worth(&self, aim: Aim, x: &[f64]) -> f64 {
        let (covariance, _) = self.mean.covariances(x);
        if aim == Aim::Mean {
            return self.toll(aim, x, &mut []) - dot(&covariance, &self.mean.alpha);
        }
        let white = whiten(&self.inverse, &covariance);
        let deviation = self.deviation(&white);
        let logs = self.improvements(&white, deviation).into_iter().map(|(log, _, _)| log);
        mean_exp(logs) + libm::log(deviation) + self.toll(aim, x, &mut []) + self.edges.toll(x, &mut [])
    }

    /// For each fantasy ln h, its slope and z.
    fn improvements(&self, white: &[f64], deviation: f64) -> Vec<(f64, f64, f64)> {
        let of = |(values, best): (&Vec<f64>, &f64)| {
            let z = (best - dot(white, values)) / deviation;
            let (log, slope) = log_h(z);
            (log, slope, z)
        };
        self.whites.iter().zip(&self.bests).map(of).collect()
    }

    /// Minus what a point is worth, and its gradient over the ordered axes; 0 along choices.
    pub fn loss(&self, aim: Aim, x: &[f64], gradient: &mut [f64]) -> f64 {
        let (covariance, slopes) = self.mean.covariances(x);
        gradient.fill(0.0);
        let worth = match aim {
            Aim::Mean => {
                let pulls: Vec<f64> = self.mean.alpha.iter().map(|alpha| -alpha).collect();
                self.slope(x, &slopes, &pulls, gradient);
                -dot(&covariance, &self.mean.alpha)
            }
            Aim::Improvement => self.improvement(x, &covariance, &slopes, gradient),
        };
        let worth = worth + self.toll(aim, x, gradient);
        gradient.iter_mut().for_each(|slope| *slope = -*slope);
        -worth
    }

    /// Adds the gradient of what has the derivatives `pulls` over the covariances, which have `slopes`.
    fn slope(&self, x: &[f64], slopes: &[f64], pulls: &[f64], gradient: &mut [f64]) {
        for ((pull, slope), point) in pulls.iter().zip(slopes).zip(&self.mean.points) {
            let factor = 2.0 * pull * slope;
            for (at, slope) in gradient.iter_mut().enumerate() {
                if !self.mean.is_choice[at] {
                    *slope += factor * self.mean.kernel.weights[at] * (x[at] - point[at]);
                }
            }
        }
    }

    /// Logarithm of the expected improvement less the toll at the edges; adds its gradient.
    fn improvement(&self, x: &[f64], covariance: &[f64], slopes: &[f64], gradient: &mut [f64]) -> f64 {
        let white = whiten(&self.inverse, covariance);
        let deviation = self.deviation(&white);
        let improvements = self.improvements(&white, deviation);
        let value = mean_exp(improvements.iter().map(|&(log, _, _)| log));
        // What a change of each covariance does to it: by the deviation, then by the means.
        let total = value + libm::log(improvements.len() as f64);
        let mut by_deviation = 1.0 / deviation;
        let mut pulls = vec![0.0; self.mean.points.len()];
        for (&(log, slope, z), alpha) in improvements.iter().zip(&self.alphas) {
            let share = libm::exp(log - total);
            by_deviation -= share * slope * z / deviation;
            add_multiple(&mut pulls, -share * slope / deviation, alpha);
        }
        add_multiple(&mut pulls, -by_deviation / deviation, &unwhiten(&self.inverse, &white));
        self.slope(x, slopes, &pulls, gradient);
        value + libm::log(deviation) + self.edges.toll(x, gradient)
    }

    /// What a point loses for trials that failed near by; adds its gradient. It has a scale of its own, since the objective's
    /// says nothing about where trials fail.
    ///
    /// Of what may improve it takes the number of failed trials times their share: a failure among successes hardly counts,
    /// and a region in which all fail is soon left. Of what is expected it takes something only where more failed than did
    /// not: however small, a slope among successes would move the ground that is looked for.
    fn toll(&self, aim: Aim, x: &[f64], gradient: &mut [f64]) -> f64 {
        if !self.has_failures {
            return 0.0;
        }
        let weight = 1.0 / (FATE_SCALE * FATE_SCALE * x.len() as f64);
        let near = Kernel { weights: vec![weight; x.len()], variance: 1.0, noise: 0.0 };
        let known = || self.mean.points.iter().zip(&self.fates).filter(|(_, fate)| **fate != Fate::Pending);
        let (mut done, mut failed) = (1.0, 0.0);
        let mut slopes = Vec::new();
        for (point, fate) in known() {
            let (correlation, slope) = near.at(distance(&near, &self.mean.is_choice, x, point));
            *if *fate == Fate::Done { &mut done } else { &mut failed } += correlation;
            slopes.push(slope);
        }
        // The loss, and how it changes with either sum.
        let (loss, by_done, by_failed) = match aim {
            Aim::Improvement => {
                let share: f64 = failed / (done + failed);
                (failed * share, -share * share, 2.0 * share - share * share)
            }
            Aim::Mean => {
                let excess = f64::max(failed - done, 0.0);
                (excess * excess, -2.0 * excess, 2.0 * excess)
            }
        };
        for ((point, fate), slope) in known().zip(slopes) {
            let change = if *fate == Fate::Done { by_done } else { by_failed };
            for (at, to) in gradient.iter_mut().enumerate().filter(|(at, _)| !self.mean.is_choice[*at]) {
                *to -= CAUTION * change * slope * 2.0 * weight * (x[at] - point[at]);
            }
        }
        -CAUTION * loss
    }
}

/// The weighted squared distance of two points.
fn distance(kernel: &Kernel, is_choice: &[bool], a: &[f64], b: &[f64]) -> f64 {
    let along = kernel.weights.iter().zip(is_choice).zip(a.iter().zip(b));
    along.map(|((weight, &is_choice), (&a, &b))| weight * square(is_choice, a, b)).sum()
}

/// ln of the mean of exponentials.
fn mean_exp(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    let (sum, count) = logs.fold((0.0, 0.0), |(sum, count), log| (sum + libm::exp(log - most), count + 1.0));
    most + libm::log(sum / count)
}

#[cfg(test)]
mod tests {
    use super::super::kernel::neutral;
    use super::*;
    use crate::engine::random::Purpose;
    use crate::study::Seed;

    fn posterior(fates: &[Fate]) -> Posterior {
        let points = [[0.1, 0.2, 0.25], [0.8, 0.3, 0.75], [0.4, 0.9, 0.25], [0.6, 0.6, 0.75], [0.2, 0.7, 0.25]];
        let points: Vec<Vec<f64>> = points.iter().take(fates.len()).map(|point| point.to_vec()).collect();
        let values = [0.3, -1.0, 0.8];
        let mut theta = neutral(3);
        (theta[0], theta[1]) = (1.5, 1.0);
        let mut rng = Seed(1).stream(Purpose::Search, 0);
        let done = fates.iter().filter(|fate| **fate == Fate::Done).count();
        let is_choice = vec![false, false, true];
        Posterior::new(Kernel::new(&theta), is_choice, points, fates.to_vec(), &values[..done], &mut rng).unwrap()
    }

    const FAILING: [Fate; 5] = [Fate::Done, Fate::Failed, Fate::Failed, Fate::Failed, Fate::Failed];
    const ALL: [Fate; 5] = [Fate::Done, Fate::Done, Fate::Done, Fate::Failed, Fate::Pending];

    #[test]
    fn known_points_are_expected_where_they_are() {
        let posterior = posterior(&ALL[..3]);
        let (mean, deviation) = posterior.expect(&[0.8, 0.3, 0.75]);
        assert!((mean + 1.0).abs() < 0.01 && deviation < 0.05, "{mean} {deviation}");
        let (mean, deviation) = posterior.expect(&[100.0, 0.0, 0.25]);
        assert!(mean.abs() < 1e-3 && (deviation - 1.0).abs() < 1e-3, "{mean} {deviation}");
    }

    #[test]
    fn fantasies_take_the_doubt_from_a_pending_point_and_leave_the_mean() {
        let (with, without) = (posterior(&ALL), posterior(&ALL[..3]));
        let x = [0.2, 0.7, 0.25];
        assert!(with.expect(&x).1 < 0.05 && without.expect(&x).1 > 0.3);
        assert!((with.expect(&x).0 - without.expect(&x).0).abs() < 1e-6);
        assert!(with.worth(Aim::Improvement, &x) < without.worth(Aim::Improvement, &x));
    }

    #[test]
    fn failures_take_their_toll_near_by() {
        let posterior = posterior(&ALL);
        let toll = |aim: Aim, x: &[f64]| posterior.toll(aim, x, &mut []);
        let failed = [0.6, 0.6, 0.75];
        assert!(toll(Aim::Improvement, &failed) < -0.3, "{}", toll(Aim::Improvement, &failed));
        assert!(toll(Aim::Improvement, &[100.0, 0.0, 0.0]) > -1e-3);
        // Of one failure among successes the ground knows nothing.
        assert_eq!(toll(Aim::Mean, &failed), 0.0);
    }

    #[test]
    fn the_ground_lies_where_no_more_failed_than_not() {
        let toll = posterior(&FAILING).toll(Aim::Mean, &[0.65, 0.5, 0.75], &mut []);
        assert!(toll < -0.02, "{toll}");
    }

    #[test]
    fn the_gradient_is_the_difference_quotient() {
        let cases = [(&ALL[..3], Aim::Improvement), (&ALL, Aim::Improvement), (&ALL, Aim::Mean), (&FAILING, Aim::Mean)];
        for (fates, aim) in cases {
            let posterior = posterior(fates);
            for x in [[0.3, 0.3, 0.25], [0.75, 0.35, 0.75], [0.9, 0.1, 0.25]] {
                let mut gradient = [0.0; 3];
                let loss = posterior.loss(aim, &x, &mut gradient);
                assert!((loss + posterior.worth(aim, &x)).abs() < 1e-12);
                for at in 0..2 {
                    let moved = |step: f64| {
                        let mut x = x;
                        x[at] += step;
                        posterior.loss(aim, &x, &mut [0.0; 3])
                    };
                    let quotient = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                    assert!((quotient - gradient[at]).abs() < 1e-4 * (1.0 + quotient.abs()), "{quotient} {gradient:?}");
                }
                assert_eq!(gradient[2], 0.0);
            }
        }
    }
}
