//! The quality of the samplers: `cargo run --release --example search -- SAMPLER VARIANT LAG FUNCTION SEEDS`.
//!
//! A line for each seed: sampler, variant, lag, function, seed, the simple regret after 25, 50 and 100 trials, and the
//! milliseconds that a proposal took on average. search_peers.py writes the same of Optuna's samplers.

mod functions;

use functions::{FUNCTIONS, Variant, regrets};
use rectune::study::SamplerKind;

const TRIALS: usize = 100;
const VARIANTS: [(&str, Variant); 3] =
    [("plain", Variant::Plain), ("noisy", Variant::Noisy), ("failing", Variant::Failing)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sampler, variant, lag, function, seeds] = arguments.as_slice() else {
        panic!("expected SAMPLER VARIANT LAG FUNCTION SEEDS, found {arguments:?}")
    };
    let kind = SamplerKind::named(sampler).expect("a sampler's name");
    let (_, which) = VARIANTS.into_iter().find(|(name, _)| name == variant).expect("a variant's name");
    let delay = lag.parse().expect("a lag is a number");
    let found = FUNCTIONS.iter().find(|one| one.name == function).expect("a function's name");
    for seed in 0..seeds.parse().expect("seeds are a number") {
        let started = std::time::Instant::now();
        let regrets = regrets(found, which, kind, delay, seed, TRIALS);
        let milliseconds = started.elapsed().as_secs_f64() * 1e3 / TRIALS as f64;
        let [early, middle, late] = [25, 50, 100].map(|trials| regrets[trials - 1]);
        println!("{sampler} {variant} {lag} {function} {seed} {early:.6e} {middle:.6e} {late:.6e} {milliseconds:.2}");
    }
}
