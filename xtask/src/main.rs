//! `cargo xtask`: the project's own commands. Each installs what it needs and is missing, does its work and says so,
//! one line per step. Nothing of the product lives here.

mod accuracy;
mod bench;
mod browser_tests;
mod dist;
mod models;
mod process;
mod reading;
mod search;
mod serve;
mod source;
mod steps;
mod suggest;
mod test;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use steps::Steps;

const USAGE: &str = "\
cargo xtask serve [--debug] [--port N]   builds the page and serves it, by default at http://127.0.0.1:8080/rectune/
cargo xtask build [--debug]              builds the page into dist and prints its weight
cargo xtask test                         all checks and tests
cargo xtask bench [--peers]              how fast training is natively, in Chromium and by Cornac and Surprise
cargo xtask bench --accuracy             how accurate each model is on ML-100K's splits, beside Surprise
cargo xtask bench --accuracy --tuned     the same of whole studies, tuned on validation rows alone; takes more than an hour
cargo xtask bench --accuracy --lists [MODEL]...
                                         how good the lists of tuned models are, or of those that are named; takes half an hour
cargo xtask bench --models [--peers]     how long each model takes natively and in Chromium, and ALS by LensKit and implicit
cargo xtask bench --read                 how fast a ratings file is read here, in Chromium, by pandas and by polars
cargo xtask bench --search [WORD]...     how good the samplers are beside Optuna's: all cases, which take hours, or those of
                                         the samplers, variants, lags and functions named, as in `gp plain lag1 branin`
cargo xtask bench --suggest              how long the samplers that learn think about a proposal, natively and in Chromium
cargo xtask ci                           the same: what the workflow runs
cargo xtask static PORT                  serves dist as it is, under /rectune/
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut steps = Steps::default();
    match words.as_slice() {
        ["serve", options @ ..] => {
            let options = ServeOptions::parse(options)?;
            dist::build(&mut steps, options.mode)?;
            serve::forever(&dist::folder(), options.port)
        }
        ["build"] => dist::build(&mut steps, dist::Mode::Release),
        ["build", "--debug"] => dist::build(&mut steps, dist::Mode::Debug),
        ["test" | "ci"] => test::run(&mut steps),
        ["bench"] => bench::run(&mut steps, false),
        ["bench", "--peers"] => bench::run(&mut steps, true),
        ["bench", "--models"] => models::run(&mut steps, false),
        ["bench", "--models", "--peers"] => models::run(&mut steps, true),
        ["bench", "--read"] => reading::run(&mut steps),
        ["bench", "--accuracy"] => accuracy::run(&mut steps),
        ["bench", "--accuracy", "--lists", names @ ..] => accuracy::lists::run(&mut steps, names),
        ["bench", "--accuracy", "--tuned"] => accuracy::tuned::run(&mut steps),
        ["bench", "--search", words @ ..] => search::run(&mut steps, words),
        ["bench", "--suggest"] => suggest::run(&mut steps),
        ["static", port] => serve::forever(&dist::folder(), parse_port(port)?),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("there is no `cargo xtask {}`. There are:\n{USAGE}", words.join(" "))),
    }
}

struct ServeOptions {
    mode: dist::Mode,
    port: u16,
}

impl ServeOptions {
    fn parse(mut words: &[&str]) -> Result<Self, String> {
        let mut options = Self { mode: dist::Mode::Release, port: 8080 };
        loop {
            words = match words {
                [] => return Ok(options),
                ["--debug", rest @ ..] => {
                    options.mode = dist::Mode::Debug;
                    rest
                }
                ["--port", port, rest @ ..] => {
                    options.port = parse_port(port)?;
                    rest
                }
                [other, ..] => return Err(format!("`serve` has no option {other}. There are:\n{USAGE}")),
            }
        }
    }
}

fn parse_port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| format!("{text} is no port: expected a number from 0 to 65535"))
}

/// The folder that holds the workspace's Cargo.toml.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask is a folder of the workspace").to_path_buf()
}
