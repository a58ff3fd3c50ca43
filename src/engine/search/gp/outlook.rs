//! How much the best result is expected to be improved by one more trial, whoever proposes it: the improvement that a Gaussian
//! process of what has ended expects of the point that promises most.

use super::acquisition::SQRT_TAU;
use super::{Gp, History, Thinking};
use crate::engine::random::Purpose;
use crate::engine::search::{Sampler as _, Told};
use crate::study::{Seed, Space};

/// The expectation is a sum over a normal distribution cut at so many deviations, in steps of so much of one.
const REACH: f64 = 6.0;
const STEP: f64 = 0.125;

/// What is expected of the next trial.
#[derive(Debug)]
pub struct Outlook {
    space: Space,
    seed: Seed,
    gp: Gp,
}

impl Outlook {
    /// An outlook over a space. Its streams are its own.
    #[must_use]
    pub fn new(space: Space, seed: Seed) -> Self {
        let mut gp = Gp::new(&space, &mut seed.stream(Purpose::Outlook, u64::MAX));
        gp.leads = false;
        Self { space, seed, gp }
    }

    /// Whether something can be expected from what was told.
    #[must_use]
    pub fn thinks(&self, told: &[Told]) -> bool {
        self.gp.thinks(History { told, pending: &[] })
    }

    /// Does about `work` units; whether there is more to do.
    pub fn prepare(&mut self, told: &[Told], work: u32) -> bool {
        let rng = self.seed.stream(Purpose::Outlook, told.len() as u64);
        self.gp.prepare(&self.space, History { told, pending: &[] }, &rng, work)
    }

    /// The improvement on the best of what it was prepared with, in the units of that; 0 where the model came to nothing.
    #[must_use]
    pub fn gain(&self) -> f64 {
        self.gp.thinking.as_ref().and_then(gain).unwrap_or(0.0)
    }
}

fn gain(thinking: &Thinking) -> Option<f64> {
    let climb = thinking.climb.as_ref()?;
    let (mean, deviation) = climb.expect(climb.ranked().next()?);
    let warp = &thinking.data.warp;
    let best = warp.back(thinking.data.values.iter().copied().min_by(f64::total_cmp)?);
    let steps = (2.0 * REACH / STEP) as u32;
    let share = |step: u32| {
        let z = STEP * f64::from(step) - REACH;
        let density = libm::exp(-0.5 * z * z) / SQRT_TAU;
        STEP * density * (best - warp.back(mean + z * deviation)).max(0.0)
    };
    Some((0..=steps).map(share).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::search::Search;
    use crate::study::{Dimension, Range, SamplerKind, Value};

    fn space() -> Space {
        let float = || Range::Float { low: 0.0, high: 1.0, log: false, step: None };
        let dimension = |name: &str| Dimension { name: name.to_owned(), range: float(), when: Default::default() };
        Space::new(vec![dimension("x"), dimension("y")]).unwrap()
    }

    fn told(sampler: SamplerKind, trials: usize) -> Vec<Told> {
        let mut search = Search::new(sampler, space(), Seed(5)).unwrap();
        let mut told: Vec<Told> = Vec::new();
        while told.len() < trials {
            let point = search.ask(History { told: &told, pending: &[] }).unwrap().point;
            let number = |name: &str| point.get(name).and_then(Value::as_number).unwrap();
            let (x, y) = (number("x") - 0.4, number("y") - 0.6);
            told.push(Told { value: Some(0.8 + x * x + y * y), point });
        }
        told
    }

    fn expected(told: &[Told], work: u32) -> f64 {
        let mut outlook = Outlook::new(space(), Seed(5));
        assert!(outlook.thinks(told));
        while outlook.prepare(told, work) {}
        outlook.gain()
    }

    #[test]
    fn less_is_expected_the_closer_the_best_is_to_the_least() {
        let random = told(SamplerKind::Random, 12);
        let best = random.iter().filter_map(|told| told.value).fold(f64::INFINITY, f64::min);
        let gain = expected(&random, u32::MAX);
        // No more can be gained than lies between the best and the least, by far.
        assert!(gain > 0.0 && gain < 4.0 * (best - 0.8), "{gain} of {}", best - 0.8);
        // Now and then a fit sees more in a far corner, so it is not lower with each trial.
        let found = told(SamplerKind::Gp, 25);
        let mut left: Vec<f64> = (21..=25).map(|count| expected(&found[..count], u32::MAX)).collect();
        left.sort_by(f64::total_cmp);
        assert!(left[2] < 1e-5, "{left:?}");
        assert_eq!(expected(&random, 1), gain);
    }

    #[test]
    fn with_few_results_nothing_is_expected_yet() {
        let outlook = Outlook::new(space(), Seed(5));
        assert!(!outlook.thinks(&told(SamplerKind::Random, 4)));
        assert_eq!(outlook.gain(), 0.0);
    }
}
