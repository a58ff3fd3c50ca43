//! How fast a ratings file becomes a data set, for `cargo xtask bench --read`: natively, as a program that also writes the
//! file for its peers, and in a browser, as a function of a worker.

#[cfg(not(target_family = "wasm"))]
mod table;

use rectune::engine::data::{Options, Reader};

/// The file is read so many times and the least time is taken: what disturbs a measurement only adds to it.
const READS: u32 = 5;

/// Megabytes a second, hash, indices and counts included. `now` gives seconds.
fn megabytes_a_second(text: &[u8], now: impl Fn() -> f64) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..READS {
        let start = now();
        let mut reader = Reader::new(Options::guess("ratings.csv"));
        for chunk in text.chunks(1 << 20) {
            reader.feed(chunk).expect("the table is well-formed");
        }
        let data = reader.finish().expect("there are several users");
        least = least.min(now() - start);
        assert!(data.report.used > 0);
    }
    text.len() as f64 / 1e6 / least
}

/// `reading FILE`: writes the table there and prints the figure.
#[cfg(not(target_family = "wasm"))]
fn main() {
    let text = table::table();
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, &text).expect("the file can be written");
    }
    let start = std::time::Instant::now();
    println!("{:.1}", megabytes_a_second(&text, || start.elapsed().as_secs_f64()));
}

#[cfg(target_family = "wasm")]
fn main() {}

/// Called by the worker of benches/reading.js.
#[cfg(target_family = "wasm")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn run(text: &[u8]) -> f64 {
    use wasm_bindgen::JsCast;
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let clock = scope.performance().expect("a worker has a clock");
    megabytes_a_second(text, || clock.now() / 1e3)
}
