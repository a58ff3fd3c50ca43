//! How good tuned lists are: a quarter of each user's ratings of ML-100K is held out, all of it relevant, lists of ten, each model
//! tuned on validation rows alone and measured once, on each of several splits. Nothing here passes or fails.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::{bench, tools};

/// A study of the slowest model takes minutes.
const RUN_LIMIT: Duration = Duration::from_secs(60 * 60);
const SPLITS: u32 = 5;
const TRIALS: &str = "40";

/// What is tuned, and what it is to reach.
const MODELS: [(&str, Option<f64>); 5] =
    [("popular", None), ("content-knn", None), ("ease", Some(0.485)), ("ials", Some(0.475)), ("bpr", Some(0.43))];

/// As recorded, of the same kind of split.
const PEER: (&str, f64) = ("best of eleven in the Recommenders repository's table", 0.475);

/// A study on one split.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Figure {
    /// NDCG@10 of the winner on the validation rows.
    valid: f64,
    /// And on the test rows.
    test: f64,
    /// Of the search.
    seconds: f64,
}

/// `cargo xtask bench --accuracy --lists [MODEL]...`: all models, or those that are named.
pub(crate) fn run(steps: &mut Steps, names: &[&str]) -> Result<(), String> {
    if let Some(name) = names.iter().find(|name| MODELS.iter().all(|(model, _)| model != *name)) {
        let known = MODELS.map(|(model, _)| model).join(", ");
        return Err(format!("`bench --accuracy --lists` knows no {name}. It knows {known}."));
    }
    let folder = super::folder().ok_or(super::NO_SPLITS)?;
    steps.must("compile", || {
        let mut cargo = tools::command("cargo");
        cargo.args(["build", "--quiet", "--locked", "--release", "--no-default-features", "--features", "cli"]);
        process::run(cargo.args(["--bin", "rectune"]), RUN_LIMIT)?;
        Ok(Tally::done(""))
    })?;
    let mut table = heading();
    for (model, goal) in MODELS.into_iter().filter(|(model, _)| names.is_empty() || names.contains(model)) {
        steps.must(model, || {
            let figures: Result<Vec<Figure>, Failure> =
                (1..=SPLITS).map(|seed| measure(&folder, model, seed)).collect();
            table += &line(model, goal, &figures?);
            Ok(Tally::done(""))
        })?;
    }
    println!("\n{table}{:<12} {:>10} {:>7.3}  ({})", "", "", PEER.1, PEER.0);
    Ok(())
}

/// A study whose split and search are those of a seed.
fn measure(folder: &Path, model: &str, seed: u32) -> Result<Figure, Failure> {
    let mut command = tools::command(&bench::target_folder().join("release/rectune").to_string_lossy());
    command.arg("tune").arg(folder.join("u.data")).arg("--items").arg(folder.join("u.item"));
    command.args(["--goal", "ranking", "--model", model, "--split", "user:0.15,0.25", "--seed", &seed.to_string()]);
    match model {
        "popular" => command.args(["--trials", "1"]),
        _ => command.args(["--sampler", "gp", "--lag", "2", "--trials", TRIALS]),
    };
    // In a file, since what is told of the study goes to the other stream of the same output.
    let result = bench::target_folder().join("lists.json");
    let output = process::run(command.arg("--json").arg(&result), RUN_LIMIT)?;
    parse(&bench::read(&result)?).ok_or_else(|| Failure { sentence: "The study gave no figures.".to_owned(), output })
}

fn parse(json: &[u8]) -> Option<Figure> {
    let result: Value = serde_json::from_slice(json).ok()?;
    Some(Figure {
        valid: result["best"]["value"].as_f64()?,
        test: result["test"]["ndcg@10"]["value"].as_f64()?,
        seconds: result["seconds"].as_f64()?,
    })
}

fn heading() -> String {
    format!(
        "mean NDCG@10 on ML-100K, a quarter of each user's ratings held out, {TRIALS} trials of the Gaussian process on rows of the\n\
         others, {SPLITS} splits; seconds of a study\n\
         {:<12} {:>10} {:>7} {:>7} {:>8}  {}\n",
        "model", "validation", "test", "goal", "seconds", "test of each split"
    )
}

fn line(model: &str, goal: Option<f64>, figures: &[Figure]) -> String {
    let mean = |of: fn(&Figure) -> f64| figures.iter().map(of).sum::<f64>() / figures.len() as f64;
    let goal = goal.map_or_else(String::new, |goal| format!("{goal:.3}"));
    let (valid, test, seconds) = (mean(|one| one.valid), mean(|one| one.test), mean(|one| one.seconds));
    let mut text = format!("{model:<12} {valid:>10.4} {test:>7.4} {goal:>7} {seconds:>8.1} ");
    for figure in figures {
        let _ = write!(text, " {:.4}", figure.test);
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_averaged() {
        let json = br#"{"best": {"value": 0.25}, "test": {"ndcg@10": {"value": 0.5, "low": 0.4}}, "seconds": 3.5}"#;
        let figure = parse(json).expect("all figures are there");
        assert_eq!(figure, Figure { valid: 0.25, test: 0.5, seconds: 3.5 });
        assert_eq!(parse(br#"{"best": {"value": 0.25}}"#), None);
        let text = line("ease", Some(0.485), &[figure, Figure { test: 0.4, ..figure }]);
        assert!(text.contains("0.2500  0.4500   0.485      3.5  0.5000 0.4000"), "{text}");
    }
}
