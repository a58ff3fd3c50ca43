//! The figures of `cargo xtask bench --suggest`: how long a proposal near the hundredth takes, natively, as a program, and in a
//! browser, as a function of a worker. It is cut into slices as the conductor's worker cuts it.
//!
//! A line for each sampler, function and lag: these three, the median and the longest milliseconds of a proposal, and those of
//! the longest slice, before whose end nothing else is heard.

#[expect(dead_code, reason = "how far a search comes is not asked here")]
mod functions;

use std::fmt::Write;

use functions::{FUNCTIONS, Function};
use rectune::engine::search::{History, Search, Told};
use rectune::study::{Point, SamplerKind, Seed};
use rectune::worker::pace::Pace;

const SAMPLERS: [SamplerKind; 2] = [SamplerKind::Gp, SamplerKind::Tpe];
/// A model's mixed parameters, several models, and more axes than a model has.
const SPACES: [&str; 3] = ["factors5", "models3", "hartmann6"];
/// One trial at a time, and a study's default.
const LAGS: [usize; 2] = [1, 8];
/// Proposals with so many points before them are timed.
const TIMED: std::ops::RangeInclusive<usize> = 95..=104;
const SEEDS: u64 = 5;

/// All lines. `now` gives milliseconds.
fn figures(now: impl Fn() -> f64) -> String {
    let mut lines = String::new();
    for sampler in SAMPLERS {
        for name in SPACES {
            let function = FUNCTIONS.iter().find(|function| function.name == name).expect("a function's name");
            for lag in LAGS {
                let mut times: Vec<(f64, f64)> =
                    (0..SEEDS).flat_map(|seed| proposals(function, sampler, lag, seed, &now)).collect();
                let slice = times.iter().map(|&(_, slice)| slice).fold(0.0, f64::max);
                times.sort_by(|a, b| a.0.total_cmp(&b.0));
                let (median, longest) = (times[times.len() / 2].0, times[times.len() - 1].0);
                let _ = writeln!(lines, "{} {name} {lag} {median:.3} {longest:.3} {slice:.3}", sampler.name());
            }
        }
    }
    lines
}

/// The milliseconds of each timed proposal of a search, in all and of its longest slice.
fn proposals(
    function: &Function,
    sampler: SamplerKind,
    lag: usize,
    seed: u64,
    now: &impl Fn() -> f64,
) -> Vec<(f64, f64)> {
    let mut search = Search::new(sampler, (function.space)(), Seed(seed)).expect("samplers search any space");
    let mut pace = Pace::default();
    let mut told: Vec<Told> = Vec::new();
    let mut times = Vec::new();
    for number in 0..=*TIMED.end() {
        let seen = (number + 1).saturating_sub(lag);
        let pending: Vec<Point> = told[seen..].iter().map(|told| told.point.clone()).collect();
        let history = History { told: &told[..seen], pending: &pending };
        let began = now();
        let mut longest: f64 = 0.0;
        while search.thinks(history) && slice(&mut search, history, &mut pace, now, &mut longest) {}
        let asked = now();
        let point = search.ask(history).expect("the space has more points").point;
        let ended = now();
        if TIMED.contains(&number) {
            times.push((ended - began, longest.max(ended - asked)));
        }
        let value = Some((function.value)(&point)).filter(|value| value.is_finite());
        told.push(Told { point, value });
    }
    times
}

/// One slice of thinking; whether there is more.
fn slice(
    search: &mut Search,
    history: History<'_>,
    pace: &mut Pace,
    now: &impl Fn() -> f64,
    longest: &mut f64,
) -> bool {
    let began = now();
    let mut last = began;
    let mut more = true;
    while more && Pace::goes_on(last - began) {
        more = search.prepare(history, pace.work());
        let time = now();
        pace.took(time - last);
        last = time;
    }
    *longest = longest.max(last - began);
    more
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    let start = std::time::Instant::now();
    print!("{}", figures(|| start.elapsed().as_secs_f64() * 1e3));
}

#[cfg(target_family = "wasm")]
fn main() {}

/// Called by the worker of benches/suggest.js.
#[cfg(target_family = "wasm")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn run() -> String {
    use wasm_bindgen::JsCast;
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let clock = scope.performance().expect("a worker has a clock");
    figures(|| clock.now())
}
