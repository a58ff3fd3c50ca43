//! How accurate tuned models are: whole studies on MovieLens-100K's official splits, tuned on validation rows of each base
//! alone, beside what peers reach so. Nothing here passes or fails.

use std::fmt::Write;
use std::time::Duration;

use crate::process;
use crate::steps::{Steps, Tally};
use crate::tools;

/// On one busy core the studies take more than an hour.
const RUN_LIMIT: Duration = Duration::from_secs(6 * 60 * 60);

/// What was reached on these splits by tools tuned in the same way.
const PEERS: [(&str, f64); 5] = [
    ("LIBMF, tuned", 0.9076),
    ("Cornac MF, tuned", 0.9089),
    ("Surprise SVD, best of 400", 0.9121),
    ("Surprise SVD, tuned", 0.9180),
    ("LensKit biased MF, tuned", 0.9191),
];

/// What is told of the studies: the study, whether it is of the average of its best trials, and the goal.
const ROWS: [(&str, &str, bool, f64); 5] = [
    ("SVD", "svd", false, 0.907),
    ("SVD++", "svdpp", false, 0.903),
    ("ten of its best, averaged", "svdpp", true, 0.900),
    ("best of several models", "models", false, 0.903),
    ("ten of its best, averaged", "models", true, 0.900),
];

/// A study on one split.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    study: String,
    /// The winner on the validation rows and on the test rows, the average on both, seconds of the search and of all.
    figures: [f64; 6],
}

/// `cargo xtask bench --accuracy --tuned`.
pub(crate) fn run(steps: &mut Steps) -> Result<(), String> {
    tools::for_building(steps)?;
    let folder = super::folder().ok_or(super::NO_SPLITS)?;
    let mut lines = Vec::new();
    steps.must("studies", || {
        let mut cargo = tools::command("cargo");
        cargo.args(["run", "--quiet", "--locked", "--release", "--no-default-features", "--features", "engine"]);
        let output = process::run(cargo.args(["--example", "tuned", "--"]).arg(&folder), RUN_LIMIT)?;
        lines = parse(&output);
        Ok(Tally::done(""))
    })?;
    println!("\n{}", table(&lines));
    Ok(())
}

/// Reads lines of "study split figures ... winner".
fn parse(output: &str) -> Vec<Line> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let study = words.next()?.to_owned();
        words.next()?.parse::<u32>().ok()?;
        let figures: Vec<f64> = words.take(6).map_while(|word| word.parse().ok()).collect();
        Some(Line { study, figures: figures.try_into().ok()? })
    };
    output.lines().filter_map(line).collect()
}

/// The means over the splits.
fn table(lines: &[Line]) -> String {
    let mut text = "mean RMSE on ML-100K u1..u5, tuned on rows of each base alone; seconds of a search, one core\n\
                                         validation    test    goal  seconds\n"
        .to_owned();
    let mean = |study: &str, figure: usize| {
        let own: Vec<f64> = lines.iter().filter(|line| line.study == study).map(|line| line.figures[figure]).collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    for (name, study, is_average, goal) in ROWS {
        let from = if is_average { 2 } else { 0 };
        let (valid, test, seconds) = (mean(study, from), mean(study, from + 1), mean(study, 4));
        let _ = writeln!(text, "{name:<28} {valid:>10.4} {test:>7.4} {goal:>7.3} {seconds:>8.0}");
    }
    for (name, test) in PEERS {
        let _ = writeln!(text, "{name:<28} {:>10} {test:>7.4}", "");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_averaged_over_the_splits() {
        let output = "svd 1 0.91 0.95 0.909 0.94 60 70 svd?k=1\nsome words\nsvd 2 0.93 0.93 0.919 0.93 80 90 svd?k=2\n\
                      models 1 0.9 0.92 0.89 0.91 100 120 svdpp?k=1\n";
        let lines = parse(output);
        assert_eq!(lines.len(), 3);
        let text = table(&lines);
        assert!(text.contains("0.9200  0.9400   0.907       70"), "{text}");
        assert!(text.contains("0.8900  0.9100   0.900      100"), "{text}");
    }
}
