//! What must hold before a change is published: formatting, lints behind each wall, native tests, the tests in real
//! browsers, the release build and its weight. Every step has a time limit, so that nothing ever hangs.

use std::time::Duration;

use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::{browser_tests, dist, tools};

const LINT_LIMIT: Duration = Duration::from_secs(20 * 60);
const TEST_LIMIT: Duration = Duration::from_secs(40 * 60);

/// Inputs that tests draw are the same in every run here, so that the same commit gives the same verdict; `cargo test`
/// draws others each time.
const INPUT_SEED: &str = "1";

/// What the native tests are compiled with. Those in real browsers stand among them, so that everything is compiled once.
const NATIVE: &[&str] = &["--workspace", "--features", "cli,e2e"];
const END_TO_END: &str = "tests: end to end, release build in both browsers";

/// Each side of the package as it is built alone: a name and what cargo is told. An import across a wall fails here.
const WALLS: [(&str, &[&str]); 6] = [
    ("study and protocol alone", &["--no-default-features", "--lib"]),
    ("engine alone", &["--no-default-features", "--features", "engine", "--lib"]),
    (
        "workers alone, WebAssembly",
        &[
            "--no-default-features",
            "--features",
            "reader",
            "--lib",
            "--bin",
            "worker",
            "--bin",
            "reader",
            "--target",
            "wasm32-unknown-unknown",
        ],
    ),
    (
        "page alone, WebAssembly",
        &["--no-default-features", "--features", "ui", "--lib", "--bin", "app", "--target", "wasm32-unknown-unknown"],
    ),
    ("native command alone", &["--no-default-features", "--features", "cli", "--lib", "--bin", "rectune"]),
    ("everything native, tests and benches too", &["--workspace", "--features", "cli,e2e", "--all-targets"]),
];

/// Runs all steps, also after one has failed, and prints the sum.
pub(crate) fn run(steps: &mut Steps) -> Result<(), String> {
    tools::for_checking(steps)?;
    steps.step("format", || quiet("cargo", &["fmt", "--all", "--check"], LINT_LIMIT));
    for (name, arguments) in WALLS {
        steps.step(&format!("lint: {name}"), || {
            let all = [&["clippy", "--quiet", "--locked"], arguments, &["--", "-D", "warnings"]].concat();
            quiet("cargo", &all, LINT_LIMIT)
        });
    }
    steps.step("tests: native, with documentation", || {
        native(&[NATIVE, &["--no-fail-fast", "--", "--skip", "e2e::"]].concat())
    });
    steps.step("tests: page, native", || {
        native(&["--profile", "quick", "--no-default-features", "--features", "ui", "--lib", "--no-fail-fast"])
    });
    let browsers = tools::for_browsers(steps);
    match &browsers {
        Ok(()) => browser_tests::run(steps),
        Err(sentence) => steps.leave_out("tests in browsers", sentence),
    }
    match dist::build(steps, dist::Mode::Release).and(browsers) {
        Ok(()) => {
            steps.step(END_TO_END, end_to_end);
        }
        Err(sentence) => steps.leave_out(END_TO_END, &sentence),
    }
    steps.conclude()
}

fn quiet(program: &str, arguments: &[&str], limit: Duration) -> Result<Tally, Failure> {
    process::run(tools::command(program).args(arguments), limit)?;
    Ok(Tally::done(""))
}

fn native(arguments: &[&str]) -> Result<Tally, Failure> {
    cargo_test(arguments).map(|(tally, _)| tally)
}

/// Real browsers on what is in dist, and what was measured there.
fn end_to_end() -> Result<Tally, Failure> {
    let (mut tally, output) = cargo_test(&[NATIVE, &["--test", "e2e", "--", "--nocapture"]].concat())?;
    let measured = output.lines().filter_map(|line| line.split_once("measured: "));
    for (_, what) in measured {
        tally.note = format!("{}\n  {what}", tally.note);
    }
    Ok(tally)
}

fn cargo_test(arguments: &[&str]) -> Result<(Tally, String), Failure> {
    let mut command = tools::command("cargo");
    command.args(["test", "--locked"]).args(arguments).env("PROPTEST_RNG_SEED", INPUT_SEED);
    let output = process::run(&mut command, TEST_LIMIT)?;
    let tally = Tally::of_tests(&output);
    if tally.passed == 0 {
        return Err(Failure { sentence: "no test ran.".to_owned(), output });
    }
    Ok((tally, output))
}
