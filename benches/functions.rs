//! The functions that samplers are measured on, and one search over such a function: what the bench and the tests of the
//! search share. All are minimised; the optimum of none lies in the middle of its domain.

use std::f64::consts::{E, PI};

use rectune::engine::random::{Purpose, normal_pair};
use rectune::engine::search::{History, Search, Told};
use rectune::study::{Dimension, Point, Range, SamplerKind, Seed, Space};

/// A function, its domain (the same along each dimension, but for Branin's) and its least value.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    pub value: fn(&[f64]) -> f64,
    pub domain: &'static [(f64, f64)],
    pub least: f64,
}

pub const FUNCTIONS: [Function; 5] = [
    Function { name: "branin", value: branin, domain: &[(-5.0, 10.0), (0.0, 15.0)], least: 0.397_887_357_729_738_16 },
    Function { name: "hartmann3", value: hartmann3, domain: &[(0.0, 1.0); 3], least: -3.862_779_787_332_7 },
    Function { name: "hartmann6", value: hartmann6, domain: &[(0.0, 1.0); 6], least: -3.322_368_011_415_5 },
    Function { name: "ackley5s", value: ackley, domain: &[(-32.768, 32.768); 5], least: 0.0 },
    Function { name: "levy4", value: levy, domain: &[(-10.0, 10.0); 4], least: 0.0 },
];

fn branin(x: &[f64]) -> f64 {
    let (b, c, t) = (5.1 / (4.0 * PI * PI), 5.0 / PI, 1.0 / (8.0 * PI));
    let inner = x[1] - b * x[0] * x[0] + c * x[0] - 6.0;
    inner * inner + 10.0 * (1.0 - t) * libm::cos(x[0]) + 10.0
}

fn hartmann<const D: usize>(x: &[f64], scale: &[[f64; D]; 4], place: &[[f64; D]; 4]) -> f64 {
    let term = |row: usize| {
        let apart = |at: usize| x[at] - place[row][at] * 1e-4;
        libm::exp(-(0..D).map(|at| scale[row][at] * apart(at) * apart(at)).sum::<f64>())
    };
    -[1.0, 1.2, 3.0, 3.2].iter().enumerate().map(|(row, height)| height * term(row)).sum::<f64>()
}

fn hartmann3(x: &[f64]) -> f64 {
    let scale = [[3.0, 10.0, 30.0], [0.1, 10.0, 35.0], [3.0, 10.0, 30.0], [0.1, 10.0, 35.0]];
    let place = [[3689.0, 1170.0, 2673.0], [4699.0, 4387.0, 7470.0], [1091.0, 8732.0, 5547.0], [381.0, 5743.0, 8828.0]];
    hartmann(x, &scale, &place)
}

fn hartmann6(x: &[f64]) -> f64 {
    let scale = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    let place = [
        [1312.0, 1696.0, 5569.0, 124.0, 8283.0, 5886.0],
        [2329.0, 4135.0, 8307.0, 3736.0, 1004.0, 9991.0],
        [2348.0, 1451.0, 3522.0, 2883.0, 3047.0, 6650.0],
        [4047.0, 8828.0, 8732.0, 5743.0, 1091.0, 381.0],
    ];
    hartmann(x, &scale, &place)
}

/// Ackley's function, moved away from the middle.
fn ackley(x: &[f64]) -> f64 {
    let z: Vec<f64> = x.iter().zip([-7.3, 4.1, 11.9, -13.7, 2.6]).map(|(x, shift)| x - shift).collect();
    let mean = |term: fn(f64) -> f64| z.iter().map(|&z| term(z)).sum::<f64>() / z.len() as f64;
    let (square, wave) = (mean(|z| z * z), mean(|z| libm::cos(2.0 * PI * z)));
    -20.0 * libm::exp(-0.2 * square.sqrt()) - libm::exp(wave) + 20.0 + E
}

fn levy(x: &[f64]) -> f64 {
    let w: Vec<f64> = x.iter().map(|x| 1.0 + (x - 1.0) / 4.0).collect();
    let square = |x: f64| x * x;
    let inner = |w: &f64| square(w - 1.0) * (1.0 + 10.0 * square(libm::sin(PI * w + 1.0)));
    let (last, others) = w.split_last().expect("there are dimensions");
    let end = square(last - 1.0) * (1.0 + square(libm::sin(2.0 * PI * last)));
    square(libm::sin(PI * w[0])) + others.iter().map(inner).sum::<f64>() + end
}

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

/// A search, with its results coming `lag` proposals late; the least value found after each trial, above the optimum.
pub fn regrets(
    function: &Function,
    variant: Variant,
    sampler: SamplerKind,
    lag: usize,
    seed: u64,
    trials: usize,
) -> Vec<f64> {
    let dimension = |(at, &(low, high)): (usize, &(f64, f64))| Dimension {
        name: format!("x{at}"),
        range: Range::Float { low, high, log: false, step: None },
        when: Default::default(),
    };
    let space = Space::new(function.domain.iter().enumerate().map(dimension).collect()).expect("a domain is a space");
    let mut search = Search::new(sampler, space, Seed(seed)).expect("samplers search any space");
    let mut noise = Seed(seed).stream(Purpose::Generate, 0);
    let mut results: Vec<Told> = Vec::new();
    let mut best = f64::INFINITY;
    let regrets = (0..trials).map(|number| {
        let seen = (number + 1).saturating_sub(lag);
        let pending: Vec<Point> = results[seen..].iter().map(|told| told.point.clone()).collect();
        let proposal = search.ask(History { told: &results[..seen], pending: &pending });
        let point = proposal.expect("a continuous space has no end").point;
        let x: Vec<f64> = point.0.iter().filter_map(|(_, value)| value.as_number()).collect();
        let value = (function.value)(&x);
        let failed = variant == Variant::Failing && (number as u64 + seed) % 5 == 4;
        if !failed {
            best = best.min(value);
        }
        let noise = if variant == Variant::Noisy { 0.1 * normal_pair(&mut noise).0 } else { 0.0 };
        results.push(Told { point, value: (!failed).then_some(value + noise) });
        best - function.least
    });
    regrets.collect()
}
