//! How accurate every rating model is on MovieLens-100K's official splits, beside the peers: in one table, with the seconds
//! of a fit. Nothing here passes or fails.

pub(crate) mod lists;
pub(crate) mod tuned;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::{root, tools};

/// Surprise's SVD++ takes a minute for the five splits.
const RUN_LIMIT: Duration = Duration::from_secs(30 * 60);

/// What the peers reached on these splits when they were last run, where they are not at hand: Surprise 1.1.5 at its
/// defaults; of items' neighbours, Pearson correlations around baselines.
const RECORDED: [(&str, f64); 7] = [
    ("bias", 0.9457),
    ("svd", 0.9385),
    ("svdpp", 0.9223),
    ("nmf", 0.9642),
    ("item-knn", 0.9204),
    ("user-knn", 0.9323),
    ("slope-one", 0.9470),
];

/// LensKit's biased ALS at its defaults; it is not run here.
const LENSKIT: (&str, f64) = ("als", 0.9221);

const NO_SPLITS: &str = "The splits of ML-100K are not at hand: set RECTUNE_DATA to the folder that holds ml-100k.";

/// The figures of one model.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Figure {
    /// Mean test RMSE over the splits.
    rmse: f64,
    /// Seconds of a fit, if it was run.
    seconds: Option<f64>,
}

/// By the model's name.
type Figures = BTreeMap<String, Figure>;

/// `cargo xtask bench --accuracy`.
pub(crate) fn run(steps: &mut Steps) -> Result<(), String> {
    tools::for_building(steps)?;
    let folder = folder().ok_or(NO_SPLITS)?;
    let mut here = Vec::new();
    steps.must("models", || {
        let mut cargo = tools::command("cargo");
        cargo.args(["run", "--quiet", "--locked", "--release", "--no-default-features", "--features", "engine"]);
        here = parse(&process::run(cargo.args(["--example", "accuracy", "--"]).arg(&folder), RUN_LIMIT)?);
        Ok(Tally::done(""))
    })?;
    let mut peers: Figures =
        RECORDED.into_iter().map(|(name, rmse)| (name.to_owned(), Figure { rmse, seconds: None })).collect();
    let mut note = "Surprise as recorded; with its pinned version in Python it is run anew";
    if let Some(python) = tools::present_python_with_peers() {
        steps.must("Surprise", || {
            peers = run_peers(&python, &folder)?;
            Ok(Tally::done("CPU time"))
        })?;
        note = "Surprise run now";
    }
    peers.insert(LENSKIT.0.to_owned(), Figure { rmse: LENSKIT.1, seconds: None });
    println!("\n{}({note}; ALS: LensKit as recorded)", table(&here, &peers));
    Ok(())
}

fn folder() -> Option<PathBuf> {
    let beside = || root().join("../shared/data");
    let folder = std::env::var_os("RECTUNE_DATA").map_or_else(beside, PathBuf::from).join("ml-100k");
    folder.join("u5.test.gz").is_file().then_some(folder)
}

fn run_peers(python: &Path, folder: &Path) -> Result<Figures, Failure> {
    let mut command = Command::new(python);
    let output = process::run(
        process::on_one_core(&mut command).arg(root().join("benches/accuracy_peers.py")).arg(folder),
        RUN_LIMIT,
    )?;
    let figures: Figures = parse(&output).into_iter().collect();
    if RECORDED.iter().all(|(name, _)| figures.contains_key(*name)) {
        Ok(figures)
    } else {
        Err(Failure { sentence: "The peers did not give all figures.".to_owned(), output })
    }
}

/// Reads lines of "name rmse seconds ...", in their order.
fn parse(output: &str) -> Vec<(String, Figure)> {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        let figure = Figure { rmse: words.next()?.parse().ok()?, seconds: Some(words.next()?.parse().ok()?) };
        Some((name, figure))
    };
    output.lines().filter_map(line).collect()
}

/// One line for each model. The ratio is how often the peer's fit holds ours.
fn table(here: &[(String, Figure)], peers: &Figures) -> String {
    let mut text =
        "mean test RMSE on ML-100K u1..u5 at the peers' defaults; seconds of one fit of 80,000 ratings, one core\n\
                    model         here    peer  difference   here, s   peer, s   ratio\n"
            .to_owned();
    for (name, own) in here {
        let _ = write!(text, "{name:<10} {:>7.4}", own.rmse);
        if let Some(peer) = peers.get(name) {
            let _ = write!(text, " {:>7.4} {:>+11.4}", peer.rmse, own.rmse - peer.rmse);
            if let (Some(here), Some(there)) = (own.seconds, peer.seconds) {
                let _ = write!(text, " {here:>9.3} {there:>9.3} {:>7.1}", there / here);
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_set_against_each_other() {
        let here = parse("svdpp 0.9208 0.0400 0.93 0.92\nmean 1.1256 0.0002\nwarning: some words\n");
        let peers: Figures = parse("svdpp 0.9223 12.0 0.9339").into_iter().collect();
        assert_eq!(here.len(), 2);
        let text = table(&here, &peers);
        assert!(text.contains("-0.0015") && text.contains("300.0") && text.contains("mean"), "{text}");
    }
}
