//! How long a sampler thinks about a proposal near the hundredth, natively and in Chromium, in one run.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::bench::{BUILD_LIMIT, figures, in_browser, program};
use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::tools;

/// Milliseconds of a proposal, median and longest, and of the longest slice, by "sampler function lag".
type Times = BTreeMap<String, [f64; 3]>;

/// `cargo xtask bench --suggest`.
pub(crate) fn run(steps: &mut Steps) -> Result<(), String> {
    tools::for_benches(steps)?;
    let mut native = Times::new();
    let mut chromium = Times::new();
    steps.must("native", || {
        let mut cargo = tools::command("cargo");
        cargo.args(["run", "--quiet", "--locked", "--release", "--example", "suggest"]);
        native = times(&process::run(&mut cargo, BUILD_LIMIT)?)?;
        Ok(Tally::done(""))
    })?;
    steps.must("Chromium", || {
        chromium = times(&in_browser(&program("suggest", ("worker", "worker"))?)?)?;
        Ok(Tally::done(""))
    })?;
    println!("\n{}", table(&native, &chromium));
    Ok(())
}

/// Reads lines of sampler, function, lag and three times.
fn times(output: &str) -> Result<Times, Failure> {
    figures(output, |line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (case, numbers) = words.split_at_checked(3)?;
        let numbers: Vec<f64> = numbers.iter().filter_map(|word| word.parse().ok()).collect();
        Some((case.join(" "), numbers.try_into().ok()?))
    })
}

fn table(native: &Times, chromium: &Times) -> String {
    let mut text =
        "milliseconds of a proposal after 95 to 104 trials, 5 seeds: median, longest, and the longest slice\n"
            .to_owned();
    let _ = writeln!(text, "{:20} {:^23} {:^23}", "sampler function lag", "native", "Chromium");
    for (case, here) in native {
        let Some(there) = chromium.get(case) else { continue };
        let _ = write!(text, "{case:20}");
        for time in here.iter().chain(there) {
            let _ = write!(text, " {time:>7.2}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_set_side_by_side() {
        let [native, chromium] =
            ["gp branin 1 2.5 3 1.25\n", "gp branin 1 5 6 4\n"].map(|text| times(text).expect("lines"));
        let text = table(&native, &chromium);
        assert!(text.contains("2.50    3.00    1.25    5.00    6.00    4.00"), "{text}");
        assert!(times("").is_err() && times("gp branin 1 fast 3 1").is_err() && times("gp branin").is_err());
    }
}
