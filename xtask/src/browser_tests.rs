//! The suite in real browsers, by wasm-pack without a window. A test that a browser never ran is a failure here: the
//! runner itself calls a program without tests, or one that is set up for another environment, a success.

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
    /// wasm-pack's option; naming the driver alone does not choose the browser.
    option: &'static str,
    /// The driver: the runner reads the variable, wasm-pack has an option of the same name.
    program: &'static str,
    variable: &'static str,
}

const BROWSERS: [Browser; 2] = [
    Browser { name: "Chromium", option: "--chrome", program: "chromedriver", variable: "CHROMEDRIVER" },
    Browser { name: "Firefox", option: "--firefox", program: "geckodriver", variable: "GECKODRIVER" },
];

/// What is run in each browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suite {
    /// The default features, by wasm-pack.
    Engine,
    /// The library with the page's features, by cargo: wasm-pack would compile the engine's tests with them too.
    Page,
}

/// Runs every suite in every browser.
pub(crate) fn run(steps: &mut Steps) {
    for (suite, name) in [(Suite::Engine, "engine and worker"), (Suite::Page, "page")] {
        match tests_in_source(suite) {
            Ok(0) if suite == Suite::Page => {}
            // The engine's suite is never left out: without a test in it, it fails.
            Ok(tests) => {
                for browser in BROWSERS {
                    steps.step(&format!("tests: {name}, in {}", browser.name), || run_in(browser, suite, tests.max(1)));
                }
            }
            Err(sentence) => {
                steps.step(&format!("count the tests: {name}"), || Err(Failure::new(sentence)));
            }
        }
    }
}

fn tests_in_source(suite: Suite) -> Result<usize, String> {
    let page = root().join("src/ui");
    let mut files = source::files(&root().join("src"))?;
    files.extend(source::files(&root().join("tests"))?);
    files.retain(|file| file.starts_with(&page) == (suite == Suite::Page));
    source::browser_tests(&files)
}

fn run_in(browser: Browser, suite: Suite, expected: usize) -> Result<Tally, Failure> {
    let driver = tools::driver(browser.variable, browser.program)
        .ok_or_else(|| Failure::new(format!("{} is not on the path.", browser.program)))?;
    let mut command = match suite {
        Suite::Engine => {
            let mut pack = tools::command("wasm-pack");
            pack.args(["test", "--headless", "--mode", "no-install", browser.option]);
            pack.arg(format!("--{}", browser.program)).arg(&driver).arg(root());
            pack
        }
        Suite::Page => {
            let mut cargo = tools::command("cargo");
            cargo.args(["test", "--locked", "--lib", "--no-default-features", "--features", "ui"]);
            cargo.args(["--target", "wasm32-unknown-unknown"]).env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
            cargo
        }
    };
    // The runner takes the first driver whose variable is set, whatever browser was asked for.
    for other in BROWSERS {
        command.env_remove(other.variable);
    }
    command.env(browser.variable, &driver).env("WASM_BINDGEN_TEST_TIMEOUT", RUNNER_SECONDS);
    let output = process::run(&mut command, LIMIT)?;
    // What the runner says, before it calls it a success, of a program whose tests are not set up for a browser.
    if output.contains("so skipping") {
        let sentence = format!("some tests were left out in {}: set them up for a dedicated worker.", browser.name);
        return Err(Failure { sentence, output });
    }
    let tally = Tally::of_tests(&output);
    if tally.passed < expected {
        let sentence =
            format!("only {} tests passed in {}, {expected} stand in the source.", tally.passed, browser.name);
        return Err(Failure { sentence, output });
    }
    Ok(Tally { note: format!("{} tests, {expected} in the source", tally.passed), ..tally })
}
