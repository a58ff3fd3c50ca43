//! The figures of `cargo xtask bench --models`: a whole fit of each model, but that by genres, at its defaults, natively, as a program, and in a
//! browser, as a function of a worker. A line for each model: its name and the seconds of a fit.

#[expect(dead_code, reason = "nothing is measured on a test part")]
mod workload;

use std::fmt::Write;

use rectune::study::ModelKind;
use workload::Workload;

/// A fit is made so many times and the least time is taken: what disturbs a measurement only adds to it.
const FITS: u32 = 3;

/// All lines. `now` gives seconds.
fn figures(workload: &Workload, now: impl Fn() -> f64) -> String {
    let mut lines = String::new();
    // The splits of ML-100K come without genres.
    for model in ModelKind::ALL.into_iter().filter(|&model| model != ModelKind::ContentKnn) {
        let spec = model.with(&[]).expect("defaults are allowed");
        let fit = || {
            let start = now();
            let mut trainer = workload.start(&spec);
            (0..model.default_epochs()).for_each(|_| workload::epoch(&mut *trainer));
            now() - start
        };
        let seconds = (0..FITS).map(|_| fit()).fold(f64::INFINITY, f64::min);
        let _ = writeln!(lines, "{} {seconds:.4}", model.name());
    }
    lines
}

/// `models TRAIN`: a gzipped part. Without it the ratings are generated.
#[cfg(not(target_family = "wasm"))]
fn main() {
    let train = std::env::args().nth(1).map(|path| std::fs::read(path).expect("the file can be read"));
    let workload = Workload::new(&train.unwrap_or_default(), &[]);
    let start = std::time::Instant::now();
    print!("{}", figures(&workload, || start.elapsed().as_secs_f64()));
}

#[cfg(target_family = "wasm")]
fn main() {}

/// Called by the worker of benches/models.js.
#[cfg(target_family = "wasm")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn run(train: &[u8]) -> String {
    use wasm_bindgen::JsCast;
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let clock = scope.performance().expect("a worker has a clock");
    figures(&Workload::new(train, &[]), || clock.now() / 1e3)
}
