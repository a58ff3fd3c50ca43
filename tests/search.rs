//! The quality of the samplers on functions whose optimum is known: a quick part of `cargo xtask bench --search`, against
//! figures that were recorded with it, and a margin.

#![cfg(not(target_family = "wasm"))]

#[path = "../benches/functions.rs"]
mod functions;
#[path = "../benches/regrets.rs"]
mod regrets;

use functions::FUNCTIONS;
use rectune::study::{Point, SamplerKind};
use regrets::{Variant, reach, regrets};

const SEEDS: u64 = 5;

/// The median regret of a function after so many trials.
fn median(name: &str, variant: Variant, sampler: SamplerKind, lag: usize, trials: usize) -> f64 {
    let function = FUNCTIONS.iter().find(|function| function.name == name).expect("a function's name");
    let last = |seed| regrets(function, variant, sampler, lag, seed, trials, || 0.0).0.pop().expect("there are trials");
    let mut regrets: Vec<f64> = (0..SEEDS).map(last).collect();
    regrets.sort_by(f64::total_cmp);
    regrets[regrets.len() / 2]
}

fn check(sampler: SamplerKind, limits: &[(&str, Variant, usize, usize, f64)]) {
    for &(name, variant, lag, trials, limit) in limits {
        let found = median(name, variant, sampler, lag, trials);
        assert!(found <= limit, "{} on {name}, {variant:?}, lag {lag}: {found:e} above {limit:e}", sampler.name());
    }
}

#[test]
fn the_functions_have_their_values() {
    // From an implementation of their own, at the middle of each domain and at t = 1/4.
    let expected = [
        (24.129_964_413_622_268, 32.752_796_247_792_29),
        (-0.628_022_015_070_593_7, -0.799_637_804_134_634_6),
        (-0.505_314_991_702_233_3, -0.716_877_273_706_689_3),
    ];
    for (function, (middle, quarter)) in FUNCTIONS.iter().zip(expected) {
        let at = |t: f64| (function.value)(&(function.space)().point_at(|_| t));
        assert!((at(0.5) - middle).abs() < 1e-9 && (at(0.25) - quarter).abs() < 1e-9, "{}", function.name);
    }
    let at_optimum = |name: &str, x: &[f64]| {
        let function = FUNCTIONS.iter().find(|function| function.name == name).expect("a function's name");
        let point = x.iter().enumerate().map(|(at, &x)| (format!("x{at}"), x.into())).collect();
        ((function.value)(&Point(point)) - function.least).abs()
    };
    assert!(at_optimum("ackley5s", &[-7.3, 4.1, 11.9, -13.7, 2.6]) < 1e-9);
    assert!(at_optimum("levy4", &[1.0; 4]) < 1e-9);
    assert!(at_optimum("rosenbrock4", &[1.0; 4]) < 1e-9);
    assert!(at_optimum("styblinski5", &[-2.903_534_027_771_177; 5]) < 1e-9);
    assert!(at_optimum("cliff3", &[0.7, 0.3, 0.8]) < 1e-9);
}

#[test]
fn the_gaussian_process_finds_optima() {
    check(
        SamplerKind::Gp,
        &[
            ("branin", Variant::Plain, 1, 40, 1e-3),
            ("branin", Variant::Plain, 8, 50, 1e-2),
            ("branin", Variant::Plain, 8, 100, 1e-4),
            ("branin", Variant::Noisy, 1, 40, 5e-2),
            ("branin", Variant::Noisy, 1, 100, 5e-3),
            ("branin", Variant::Failing, 8, 50, 5e-2),
            ("branin", Variant::Failing, 8, 100, 5e-4),
            ("hartmann3", Variant::Plain, 8, 50, 1e-3),
        ],
    );
}

#[test]
fn what_random_search_finds_among_real_trainings_is_found_in_a_third_of_the_time() {
    let function = FUNCTIONS.iter().find(|function| function.name == "trainings4").expect("a function's name");
    for sampler in [SamplerKind::Gp, SamplerKind::Tpe] {
        let (target, trials) = reach(function, sampler, SEEDS);
        assert!(trials <= 35, "{}: {target} after {trials} trials", sampler.name());
    }
}

#[test]
fn tpe_comes_near_optima() {
    check(
        SamplerKind::Tpe,
        &[
            ("branin", Variant::Plain, 1, 100, 3e-3),
            ("branin", Variant::Failing, 8, 100, 0.08),
            ("hartmann3", Variant::Plain, 8, 100, 0.03),
            ("hartmann6", Variant::Noisy, 1, 100, 0.3),
            ("levy4", Variant::Plain, 8, 100, 0.9),
            ("factors5", Variant::Plain, 1, 100, 5e-3),
        ],
    );
}
