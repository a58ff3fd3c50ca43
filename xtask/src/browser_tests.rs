//! The suite in real browsers, by wasm-pack without a window. A test that a browser never ran is a failure here: the
//! runner itself calls a program without tests, or one that is set up for another environment, a success.

use std::path::PathBuf;
use std::time::Duration;

use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::{root, source, tools};

/// Compiling comes on top of the tests themselves.
const LIMIT: Duration = Duration::from_secs(30 * 60);
/// Seconds for one test program; the runner's own 20 are short for tests that train.
const RUNNER_SECONDS: &str = "900";

#[derive(Clone, Copy, Debug)]
struct Browser {
    name: &'static str,
    /// wasm-pack's option for the driver; the runner reads the same name in capitals.
    option: &'static str,
    variable: &'static str,
    program: &'static str,
}

const BROWSERS: [Browser; 2] = [
    Browser { name: "Chromium", option: "--chromedriver", variable: "CHROMEDRIVER", program: "chromedriver" },
    Browser { name: "Firefox", option: "--geckodriver", variable: "GECKODRIVER", program: "geckodriver" },
];

/// One wall's tests: the features they are compiled with, and the files they stand in.
struct Suite {
    name: &'static str,
    features: &'static [&'static str],
    tests: usize,
}

/// Runs every suite in every browser.
pub(crate) fn run(steps: &mut Steps) {
    match suites() {
        Ok(suites) => {
            for suite in &suites {
                for browser in BROWSERS {
                    steps.step(&format!("{} tests in {}", suite.name, browser.name), || run_in(browser, suite));
                }
            }
        }
        Err(sentence) => {
            steps.step("count the browser tests", || Err(Failure::new(sentence)));
        }
    }
}

fn suites() -> Result<Vec<Suite>, String> {
    let ui = root().join("src/ui");
    let (page, engine): (Vec<PathBuf>, Vec<PathBuf>) =
        source::files(&root().join("src"))?.into_iter().partition(|file| file.starts_with(&ui));
    let whole: Vec<PathBuf> = source::files(&root().join("tests"))?
        .into_iter()
        .filter(|file| !file.to_string_lossy().contains("e2e"))
        .collect();
    let engine = source::browser_tests(&engine)? + source::browser_tests(&whole)?;
    let page = source::browser_tests(&page)?;
    // The engine's suite is never left out: with no test in it, it fails.
    let mut suites = vec![Suite { name: "engine and worker", features: &[], tests: engine.max(1) }];
    if page > 0 {
        suites.push(Suite {
            name: "page",
            features: &["--lib", "--no-default-features", "--features", "ui"],
            tests: page,
        });
    }
    Ok(suites)
}

fn run_in(browser: Browser, suite: &Suite) -> Result<Tally, Failure> {
    let driver = tools::driver(browser.variable, browser.program)
        .ok_or_else(|| Failure::new(format!("{} is not on the path.", browser.program)))?;
    let mut pack = tools::command("wasm-pack");
    pack.args(["test", "--headless", "--mode", "no-install", browser.option]).arg(&driver).arg(root());
    pack.args(suite.features);
    // The runner takes the first driver whose variable is set, whatever browser was asked for.
    for other in BROWSERS {
        pack.env_remove(other.variable);
    }
    pack.env("WASM_BINDGEN_TEST_TIMEOUT", RUNNER_SECONDS);
    let output = process::run(&mut pack, LIMIT)?;
    let tally = Tally::of_tests(&output);
    if tally.passed < suite.tests {
        let sentence =
            format!("only {} tests ran in {}, {} stand in the source.", tally.passed, browser.name, suite.tests);
        return Err(Failure { sentence, output });
    }
    Ok(Tally { note: format!("{} tests, {} in the source", tally.passed, suite.tests), ..tally })
}
