//! What `cargo xtask bench --search` runs, and what its peers run against.
//!
//! `search run SAMPLER VARIANT LAG FUNCTION SEEDS`, with seeds as 20 or 20..40, writes a line for each seed: the seed, the
//! simple regret after 25, 50 and 100 trials, and the milliseconds that a proposal took on average over the last 10.
//!
//! `search reach FUNCTION SEEDS` writes after how many trials the samplers that learn reach the regret that random search has
//! after 100, the median of the seeds: a line for each sampler, with the median number of trials.
//!
//! `search values FUNCTION VARIANT SEED` is the objective of one such search for someone else's sampler: it writes the space
//! as one line of JSON, then reads a point in each line and writes its regret and the value to tell, `inf null` where the
//! trial fails.
//!
//! `search probe FUNCTION VARIANT` writes some of those values in a line: what was recorded against others is of no use.

mod functions;
mod regrets;

use std::io::BufRead as _;

use functions::{FUNCTIONS, Function};
use rectune::study::{Point, SamplerKind};
use regrets::{Objective, Variant, regrets};

const TRIALS: usize = 100;
const VARIANTS: [(&str, Variant); 3] =
    [("plain", Variant::Plain), ("noisy", Variant::Noisy), ("failing", Variant::Failing)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["run", sampler, variant, lag, function, seeds] => run(
            SamplerKind::named(sampler).expect("a sampler's name"),
            variant_named(variant),
            lag.parse().expect("a lag is a number"),
            function_named(function),
            seeds,
        ),
        ["reach", function, seeds] => reach(function_named(function), seeds.parse().expect("seeds are a number")),
        ["values", function, variant, seed] => {
            let seed = seed.parse().expect("a seed is a number");
            values(function_named(function), Objective::new(*function_named(function), variant_named(variant), seed));
        }
        ["probe", function, variant] => {
            probe(function_named(function), Objective::new(*function_named(function), variant_named(variant), 0));
        }
        _ => panic!("expected run, reach, values or probe with their arguments, found {arguments:?}"),
    }
}

fn function_named(name: &str) -> &'static Function {
    FUNCTIONS.iter().find(|one| one.name == name).expect("a function's name")
}

fn variant_named(name: &str) -> Variant {
    VARIANTS.into_iter().find(|(own, _)| *own == name).expect("a variant's name").1
}

fn run(sampler: SamplerKind, variant: Variant, lag: usize, function: &Function, seeds: &str) {
    let (from, to) = seeds.split_once("..").unwrap_or(("0", seeds));
    let number = |text: &str| text.parse::<u64>().expect("seeds are numbers");
    for seed in number(from)..number(to) {
        let started = std::time::Instant::now();
        let clock = || started.elapsed().as_secs_f64() * 1e3;
        let (regrets, times) = regrets(function, variant, sampler, lag, seed, TRIALS, clock);
        let [early, middle, late] = [25, 50, 100].map(|trials| regrets[trials - 1]);
        println!("{seed} {early:.6e} {middle:.6e} {late:.6e} {:.2}", times[TRIALS - 10..].iter().sum::<f64>() / 10.0);
    }
}

fn reach(function: &Function, seeds: u64) {
    for sampler in [SamplerKind::Gp, SamplerKind::Tpe] {
        let (target, trials) = regrets::reach(function, sampler, seeds);
        println!("{} {target:.6} {trials}", sampler.name());
    }
}

fn values(function: &Function, mut objective: Objective) {
    println!("{}", serde_json::to_string((function.space)().dimensions()).expect("plain data"));
    for line in std::io::stdin().lock().lines() {
        let point: Point = serde_json::from_str(&line.expect("text")).expect("a point");
        let (regret, value) = objective.trial(&point);
        println!("{regret} {}", value.map_or("null".to_owned(), |value| value.to_string()));
    }
}

fn probe(function: &Function, mut objective: Objective) {
    let points = [0.1, 0.3, 0.5, 0.7, 0.9].map(|at| (function.space)().point_at(|_| at));
    let values = points.map(|point| objective.trial(&point).1.map_or("null".to_owned(), |value| value.to_string()));
    println!("{}", values.join(" "));
}
