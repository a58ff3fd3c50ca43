//! The Parzen estimator of TPE: a mixture of one kernel for each observation and a wide prior, over the unit cube.
//!
//! Along an ordered axis a kernel is a normal density truncated to [0, 1]; where the axis is stepped, a value has the
//! density's mass over its cell. Along a choice it has 1 / kernels everywhere and 1 at the observed value. All densities
//! are against the uniform one.

use crate::engine::random::{Rng, below, normal_pair, unit};
use crate::engine::search::cube::Axis;
use crate::order;

/// A mixture over some axes of the cube.
#[derive(Debug)]
pub(super) struct Parzen<'a> {
    /// The axes, by their place in the cube.
    axes: Vec<(usize, &'a Axis)>,
    /// Cumulated weights of the kernels, the last 1.
    cumulated: Vec<f64>,
    /// Logarithms of the kernels' weights.
    log_weights: Vec<f64>,
    /// Kernels x axes.
    kernels: Vec<Vec<Kernel>>,
}

/// A kernel along one axis.
#[derive(Clone, Copy, Debug)]
struct Kernel {
    mean: f64,
    /// 0 along a choice.
    deviation: f64,
    /// What the whole normal has of its mass within [0, 1].
    inside: f64,
}

impl Kernel {
    fn new(mean: f64, deviation: f64) -> Self {
        Self { mean, deviation, inside: mass(-mean / deviation, (1.0 - mean) / deviation) }
    }
}

/// How narrow a density's kernels may be, which is [`bandwidths`]' least.
#[derive(Clone, Copy, Debug)]
pub(super) enum Width {
    /// 1 / (2 + count), as Optuna's: of the trials that are not good each keeps others away from a wide surrounding.
    Wide,
    /// 1 / (2 + count)^(1 + 1 / axes): the few good trials close in on the best along one or two axes, which they never do
    /// at the least of the others.
    Narrow,
}

impl Width {
    /// The least bandwidth of so many kernels over so many ordered axes; at least a hundredth.
    fn least(self, count: usize, ordered: usize) -> f64 {
        let exponent = match self {
            Self::Wide => 1.0,
            Self::Narrow => 1.0 + 1.0 / ordered.max(1) as f64,
        };
        libm::pow(2.0 + count as f64, -exponent).max(0.01)
    }
}

/// The prior's kernel stands in the middle and is as wide as the range.
const PRIOR: (f64, f64) = (0.5, 1.0);

/// An only observation has no neighbour to say how far it reaches. This far proposals follow it before there is a second, and
/// with late results there is none for a while.
const LONE: f64 = 0.25;

impl<'a> Parzen<'a> {
    /// A kernel for each observation, with its weight, and the prior with weight 1.
    pub fn new(axes: Vec<(usize, &'a Axis)>, observations: &[(&[f64], f64)], width: Width) -> Self {
        let count = observations.len() + 1;
        let mut kernels = vec![Vec::with_capacity(axes.len()); count];
        let ordered = axes.iter().filter(|(_, axis)| !axis.is_choice).count();
        let least = width.least(observations.len(), ordered);
        for &(at, axis) in &axes {
            let along: Vec<f64> = observations.iter().map(|(coordinates, _)| coordinates[at]).collect();
            let deviations = if axis.is_choice { vec![0.0; along.len()] } else { bandwidths(&along, least) };
            let own = along.into_iter().zip(deviations).chain([PRIOR]);
            kernels
                .iter_mut()
                .zip(own)
                .for_each(|(kernel, (mean, deviation))| kernel.push(Kernel::new(mean, deviation)));
        }
        let weights: Vec<f64> = observations.iter().map(|&(_, weight)| weight).chain([1.0]).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let cumulated = weights.iter().map(|weight| {
            sum += weight / total;
            sum
        });
        let cumulated = cumulated.collect();
        let log_weights = weights.iter().map(|weight| libm::log(weight / total)).collect();
        Self { axes, cumulated, log_weights, kernels }
    }

    /// Draws a point of the mixture into its axes' coordinates.
    pub fn draw(&self, coordinates: &mut [f64], rng: &mut Rng) {
        let lot = unit(rng);
        let kernel = self.cumulated.partition_point(|&sum| sum <= lot).min(self.kernels.len() - 1);
        let is_prior = kernel + 1 == self.kernels.len();
        for (&(at, axis), &Kernel { mean, deviation, .. }) in self.axes.iter().zip(&self.kernels[kernel]) {
            let u = if axis.is_choice {
                let levels = axis.levels() as u32;
                let smoothing = f64::from(levels) / self.kernels.len() as f64;
                if is_prior || unit(rng) * (1.0 + smoothing) >= 1.0 {
                    axis.middle(below(rng, levels) as usize)
                } else {
                    mean
                }
            } else {
                truncated(mean, deviation, rng)
            };
            coordinates[at] = if axis.edges.is_empty() { u } else { axis.middle(axis.level(u)) };
        }
    }

    /// Logarithm of the density at coordinates.
    pub fn log_density(&self, coordinates: &[f64]) -> f64 {
        let log = |kernel: usize| {
            let along = self.axes.iter().enumerate();
            let logs = along.map(|(number, &(at, _))| libm::log(self.kernel(kernel, number, coordinates[at])));
            self.log_weights[kernel] + logs.sum::<f64>()
        };
        let logs: Vec<f64> = (0..self.kernels.len()).map(log).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most + libm::log(logs.iter().map(|log| libm::exp(log - most)).sum())
    }

    /// The density along one axis of the cube, whatever the others; `None` where the mixture does not have it.
    pub fn marginal(&self, at: usize, u: f64) -> Option<f64> {
        let number = self.axes.iter().position(|&(axis, _)| axis == at)?;
        let kernels = 0..self.kernels.len();
        Some(kernels.map(|kernel| libm::exp(self.log_weights[kernel]) * self.kernel(kernel, number, u)).sum())
    }

    /// The density of one kernel along one of its axes; never 0.
    fn kernel(&self, kernel: usize, number: usize, u: f64) -> f64 {
        let axis = self.axes[number].1;
        let Kernel { mean, deviation, inside } = self.kernels[kernel][number];
        if axis.is_choice {
            let levels = axis.levels() as f64;
            if kernel + 1 == self.kernels.len() {
                return 1.0;
            }
            let smoothing = 1.0 / self.kernels.len() as f64;
            let observed = if axis.level(u) == axis.level(mean) { 1.0 } else { 0.0 };
            return levels * (smoothing + observed) / (1.0 + levels * smoothing);
        }
        let (from, to) = axis.cell(u);
        let density = if to > from {
            mass((from - mean) / deviation, (to - mean) / deviation) / (to - from)
        } else {
            let z = (u - mean) / deviation;
            libm::exp(-0.5 * z * z) / (deviation * SQRT_TAU)
        };
        (density / inside).max(f64::MIN_POSITIVE)
    }
}

/// The root of 2 pi.
const SQRT_TAU: f64 = 2.506_628_274_631_000_7;

/// The standard normal probability between two numbers, taken in the tail where both lie in one.
pub(in crate::engine) fn mass(from: f64, to: f64) -> f64 {
    let (from, to) = if from > 0.0 { (-to, -from) } else { (from, to) };
    let below = |z: f64| 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2);
    below(to) - below(from)
}

/// A draw from a normal truncated to [0, 1]. Its mean lies inside, so at least a third of the draws do.
fn truncated(mean: f64, deviation: f64, rng: &mut Rng) -> f64 {
    loop {
        let (a, b) = normal_pair(rng);
        for z in [a, b] {
            let u = mean + deviation * z;
            if (0.0..1.0).contains(&u) {
                return u;
            }
        }
    }
}

/// For each observation along an axis the larger gap to a neighbour, the outermost ones having only an inner one, and at least
/// `least`; an only one has [`LONE`].
fn bandwidths(along: &[f64], least: f64) -> Vec<f64> {
    let order = order::ranking(along.len(), &|a, b| along[a].total_cmp(&along[b]));
    let mut deviations = vec![LONE; along.len()];
    for (rank, &which) in order.iter().enumerate() {
        let gap = |a: usize, b: usize| along[order[b]] - along[order[a]];
        let left = (rank > 0).then(|| gap(rank - 1, rank));
        let right = (rank + 1 < along.len()).then(|| gap(rank, rank + 1));
        if let Some(gap) = left.into_iter().chain(right).reduce(f64::max) {
            deviations[which] = gap.max(least);
        }
    }
    deviations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;
    use crate::engine::search::cube::Cube;
    use crate::study::{Dimension, Range, Seed, Space};

    fn cube() -> Cube {
        let dimension = |name: &str, range| Dimension { name: name.to_owned(), range, when: Default::default() };
        let space = Space::new(vec![
            dimension("x", Range::Float { low: 0.0, high: 1.0, log: false, step: None }),
            dimension("k", Range::Int { low: 1.0, high: 5.0, log: false, step: None }),
            dimension("c", Range::Categorical { choices: vec!["a".into(), "b".into(), "c".into()] }),
        ]);
        Cube::new(&space.unwrap())
    }

    #[test]
    fn bandwidths_by_hand() {
        // Gaps .1, .3, .2 in order.
        assert_close(&bandwidths(&[0.5, 0.1, 0.7, 0.2], 0.15), &[0.3, 0.15, 0.2, 0.3]);
        assert_close(&bandwidths(&[0.25], 0.01), &[LONE]);
        assert_close(&[Width::Wide.least(4, 1), Width::Narrow.least(4, 1)], &[1.0 / 6.0, 1.0 / 36.0]);
        assert_close(
            &[Width::Narrow.least(2, 2), Width::Narrow.least(98, 1), Width::Wide.least(200, 3)],
            &[0.125, 0.01, 0.01],
        );
    }

    fn assert_close(found: &[f64], expected: &[f64]) {
        let is_close = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(is_close, "{found:?}, expected {expected:?}");
    }

    #[test]
    fn densities_integrate_to_one_and_draws_follow_them() {
        let cube = cube();
        let axes: Vec<_> = cube.axes.iter().enumerate().collect();
        let (one, two) = ([0.2, 0.3, 1.0 / 6.0], [0.9, 0.9, 0.5]);
        let parzen = Parzen::new(axes, &[(&one, 1.0), (&two, 0.5)], Width::Narrow);
        let mut whole = 0.0;
        let mut low = 0.0;
        for x in 0..200 {
            let u = (f64::from(x) + 0.5) / 200.0;
            for k in [0.1, 0.3, 0.5, 0.7, 0.9] {
                for c in [1.0 / 6.0, 0.5, 5.0 / 6.0] {
                    let share = libm::exp(parzen.log_density(&[u, k, c])) / 3000.0;
                    whole += share;
                    low += if u < 0.25 && k < 0.5 && c < 0.4 { share } else { 0.0 };
                }
            }
        }
        assert!((whole - 1.0).abs() < 1e-4, "{whole}");
        let mut rng = Seed(1).stream(Purpose::Search, 0);
        let mut point = [0.0; 3];
        let mut hits = 0;
        for _ in 0..20_000 {
            parzen.draw(&mut point, &mut rng);
            hits += u32::from(point[0] < 0.25 && point[1] < 0.5 && point[2] < 0.4);
        }
        assert!((f64::from(hits) / 20_000.0 - low).abs() < 0.01, "{hits} {low}");
        let marginal: f64 = (0..200).map(|x| parzen.marginal(0, (f64::from(x) + 0.5) / 200.0).unwrap() / 200.0).sum();
        assert!((marginal - 1.0).abs() < 1e-4);
    }

    #[test]
    fn far_tails_keep_their_mass() {
        assert!(mass(10.0, 11.0) > 0.0 && (mass(10.0, 11.0) - mass(-11.0, -10.0)).abs() < 1e-30);
        assert!((mass(-1.0, 1.0) - 0.682_689_492_137_085_9).abs() < 1e-12);
    }
}
