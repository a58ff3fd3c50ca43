//! The figures of `cargo xtask bench --models`: a whole fit of each model natively, as a program, and in a browser,
//! as a function of a worker. A line for each fit: its name, its seconds, and what the test ratings say of it: the
//! RMSE, or of a model that only ranks the NDCG@10.

#[expect(dead_code, reason = "every model has its own factors and epochs here")]
mod workload;

use std::fmt::Write;

use rectune::study::{ModelKind, Value};
use workload::Workload;

/// A fit is made so many times and the least time is taken: what disturbs a measurement only adds to it.
const FITS: u32 = 5;

/// A line's name, the model, and what differs from its defaults.
type Entry = (&'static str, ModelKind, Vec<(&'static str, Value)>);

/// Each model at its defaults, and iALS at the number of factors that implicit has by itself.
fn entries() -> Vec<Entry> {
    let mut entries: Vec<Entry> = ModelKind::ALL.into_iter().map(|model| (model.name(), model, vec![])).collect();
    entries.push(("ials-100", ModelKind::Ials, vec![("n_factors", 100.0.into())]));
    entries
}

/// All lines. `now` gives seconds.
fn figures(workload: &Workload, now: impl Fn() -> f64) -> String {
    let mut lines = String::new();
    for (name, model, settings) in entries() {
        let spec = model.with(&settings).expect("the settings are allowed");
        let mut least = f64::INFINITY;
        let mut trained = None;
        for _ in 0..FITS {
            let start = now();
            let trainer = workload.fit(&spec, model.default_epochs());
            least = least.min(now() - start);
            trained = Some(trainer);
        }
        let trainer = trained.expect("there are fits");
        let measure = if model.predicts_ratings() { Workload::test_rmse } else { Workload::test_ndcg };
        let _ = writeln!(lines, "{name} {least:.4} {:.4}", measure(workload, trainer.model()));
    }
    lines
}

/// `models TRAIN TEST ITEMS`: gzipped parts and u.item. Without them ratings and genres are generated.
#[cfg(not(target_family = "wasm"))]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut part =
        || arguments.next().map(|path| std::fs::read(path).expect("the file can be read")).unwrap_or_default();
    let workload = Workload::new(&part(), &part()).described(&part());
    let start = std::time::Instant::now();
    print!("{}", figures(&workload, || start.elapsed().as_secs_f64()));
}

#[cfg(target_family = "wasm")]
fn main() {}

/// Called by the worker of benches/models.js.
#[cfg(target_family = "wasm")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn run(train: &[u8], test: &[u8], items: &[u8]) -> String {
    use wasm_bindgen::JsCast;
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let clock = scope.performance().expect("a worker has a clock");
    figures(&Workload::new(train, test).described(items), || clock.now() / 1e3)
}
