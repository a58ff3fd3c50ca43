//! The figures of `cargo xtask bench`: the same fits natively, as a program, and in a browser, as a function of a worker.
//!
//! A line for each number of factors: factors, nanoseconds per rating and epoch of a whole fit with its start, and test RMSE
//! after it. Where a peer's test RMSE is given: also the seconds and epochs that its settings take to reach it here.

#[expect(dead_code, reason = "factors know no genres")]
mod workload;

use std::fmt::Write;

use rectune::study::Value;
use workload::{EPOCHS, FACTORS, Workload};

/// A fit is made so many times and the least time is taken, as for the peers: what disturbs a measurement only adds to it.
const FITS: u32 = 10;
/// Epochs after which a peer's figure counts as not reached.
const MOST_EPOCHS: u32 = 60;

/// All lines. `targets` holds lines of factors and a peer's test RMSE; `now` gives seconds.
fn figures(workload: &Workload, targets: &str, now: impl Fn() -> f64) -> String {
    let mut lines = String::new();
    for n_factors in FACTORS {
        let (seconds, _, rmse) = fit(workload, n_factors, &[], EPOCHS, f64::NEG_INFINITY, &now);
        let nanoseconds = seconds * 1e9 / workload.train.len() as f64 / f64::from(EPOCHS);
        let _ = write!(lines, "{n_factors} {nanoseconds:.2} {rmse:.4}");
        let target = targets.lines().find_map(|line| {
            let (factors, rmse) = line.split_once(' ')?;
            (factors.parse() == Ok(n_factors)).then(|| rmse.trim().parse::<f64>().ok())?
        });
        if let Some(target) = target {
            // The default settings of Cornac's MF, its starting values included.
            let settings =
                [("learning_rate", 0.01.into()), ("regularization", 0.02.into()), ("init_scale", 0.01.into())];
            let (seconds, epochs, _) = fit(workload, n_factors, &settings, MOST_EPOCHS, target, &now);
            let _ = write!(lines, " {seconds:.4} {epochs}");
        }
        lines.push('\n');
    }
    lines
}

/// Seconds of training until the test RMSE is `target` or less, or to the last epoch; the epochs, and the test RMSE after
/// them. Measuring the test RMSE does not count.
fn fit(
    workload: &Workload,
    n_factors: u32,
    settings: &[(&str, Value)],
    most_epochs: u32,
    target: f64,
    now: &impl Fn() -> f64,
) -> (f64, u32, f64) {
    let mut least = f64::INFINITY;
    let mut epochs = most_epochs;
    let mut rmse = f64::INFINITY;
    for round in 0..FITS {
        let start = now();
        let mut trainer = workload.trainer(n_factors, settings);
        let mut seconds = now() - start;
        for done in 1..=epochs {
            let start = now();
            workload::epoch(&mut *trainer);
            seconds += now() - start;
            // Every fit is the same to the last bit, so the first one tells when the target is reached.
            if round == 0 {
                rmse = workload.test_rmse(trainer.model());
                if rmse <= target {
                    epochs = done;
                    break;
                }
            }
        }
        least = least.min(seconds);
    }
    (least, epochs, rmse)
}

/// `figures TRAIN TEST [TARGETS]`: gzipped parts, and a file of targets. Without arguments the ratings are generated.
#[cfg(not(target_family = "wasm"))]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut file =
        || arguments.next().map(|path| std::fs::read(&path).expect("the file can be read")).unwrap_or_default();
    let workload = Workload::new(&file(), &file());
    let targets = String::from_utf8(file()).expect("targets are text");
    let start = std::time::Instant::now();
    print!("{}", figures(&workload, &targets, || start.elapsed().as_secs_f64()));
}

#[cfg(target_family = "wasm")]
fn main() {}

/// Called by the worker of benches/figures.js.
#[cfg(target_family = "wasm")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn run(train: &[u8], test: &[u8], targets: &str) -> String {
    use wasm_bindgen::JsCast;
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let clock = scope.performance().expect("a worker has a clock");
    figures(&Workload::new(train, test), targets, || clock.now() / 1e3)
}
