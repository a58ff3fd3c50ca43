//! One search over a function of functions.rs, with failures, noise and late results, and what came of it.

use rectune::engine::random::{Purpose, Rng, normal_pair};
use rectune::engine::search::{History, Search, Told};
use rectune::study::{Point, SamplerKind, Seed};

use super::functions::Function;

/// What is done to a function's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Nothing.
    Plain,
    /// Normal noise with deviation 0.1 is added; the regret is that of the values without it.
    Noisy,
    /// Each fifth trial fails.
    Failing,
}

/// A function as trials see it.
#[derive(Debug)]
pub struct Objective {
    function: Function,
    variant: Variant,
    seed: u64,
    noise: Rng,
    trials: u64,
}

impl Objective {
    pub fn new(function: Function, variant: Variant, seed: u64) -> Self {
        Self { function, variant, seed, noise: Seed(seed).stream(Purpose::Generate, 0), trials: 0 }
    }

    /// A trial: how far its value lies above the optimum, and the value that is told; neither where it fails.
    pub fn trial(&mut self, point: &Point) -> (f64, Option<f64>) {
        let value = (self.function.value)(point);
        let failed = self.variant == Variant::Failing && (self.trials + self.seed) % 5 == 4;
        self.trials += 1;
        let noise = if self.variant == Variant::Noisy { 0.1 * normal_pair(&mut self.noise).0 } else { 0.0 };
        if failed || !value.is_finite() {
            (f64::INFINITY, None)
        } else {
            (value - self.function.least, Some(value + noise))
        }
    }
}

/// A search with its results coming `lag` proposals late: the least regret after each trial, and how long each proposal
/// took on the clock.
pub fn regrets(
    function: &Function,
    variant: Variant,
    sampler: SamplerKind,
    lag: usize,
    seed: u64,
    trials: usize,
    clock: impl Fn() -> f64,
) -> (Vec<f64>, Vec<f64>) {
    let mut search = Search::new(sampler, (function.space)(), Seed(seed)).expect("samplers search any space");
    let mut objective = Objective::new(*function, variant, seed);
    let mut results: Vec<Told> = Vec::new();
    let mut best = f64::INFINITY;
    let trials = (0..trials).map(|number| {
        let seen = (number + 1).saturating_sub(lag);
        let pending: Vec<Point> = results[seen..].iter().map(|told| told.point.clone()).collect();
        let started = clock();
        let proposal = search.ask(History { told: &results[..seen], pending: &pending });
        let took = clock() - started;
        let point = proposal.expect("the space has more points").point;
        let (regret, value) = objective.trial(&point);
        best = best.min(regret);
        results.push(Told { point, value });
        (best, took)
    });
    trials.unzip()
}

/// The regret that random search has after 100 trials, the median of so many seeds, and the median number of trials after
/// which a sampler reaches it one trial at a time; 101 where it does not.
pub fn reach(function: &Function, sampler: SamplerKind, seeds: u64) -> (f64, usize) {
    let run = |sampler, seed, trials| regrets(function, Variant::Plain, sampler, 1, seed, trials, || 0.0).0;
    let mut targets: Vec<f64> = (0..seeds).map(|seed| run(SamplerKind::Random, seed, 100)[99]).collect();
    targets.sort_by(f64::total_cmp);
    let target = targets[targets.len() / 2];
    let reached = |seed| run(sampler, seed, 100).iter().take_while(|regret| **regret > target).count() + 1;
    let mut reached: Vec<usize> = (0..seeds).map(reached).collect();
    reached.sort_unstable();
    (target, reached[reached.len() / 2])
}
