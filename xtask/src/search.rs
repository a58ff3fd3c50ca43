//! How good the samplers are: the regret of ours and of Optuna's on the same functions with the same failures and noise, in
//! one table, with a bound of their difference. Nothing here passes or fails.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::dist::offline::integrity;
use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::{bench, root, tools};

/// Optuna's Gaussian process takes a quarter of a second a trial, and several times that on a busy machine.
const RUN_LIMIT: Duration = Duration::from_secs(3 * 60 * 60);
const SEEDS: usize = 20;
/// Ours takes seconds where Optuna's takes minutes, and a median of more is known better: where a function has two basins, that of
/// few goes by chance to one or the other.
const OWN_SEEDS: usize = 100;
const RESAMPLES: usize = 2000;

const SAMPLERS: [&str; 2] = ["gp", "tpe"];
const VARIANTS: [&str; 3] = ["plain", "noisy", "failing"];
/// One trial at a time, and a study's default.
const LAGS: [&str; 2] = ["lag1", "lag8"];
/// Those of benches/functions.rs.
const FUNCTIONS: [&str; 11] = [
    "branin",
    "hartmann3",
    "hartmann6",
    "ackley5s",
    "levy4",
    "rosenbrock4",
    "styblinski5",
    "cliff3",
    "factors5",
    "models3",
    "trainings4",
];

/// What one search found: the regret after 25, 50 and 100 trials, and the milliseconds of a proposal at the end.
type Figures = [f64; 4];

/// One line of the table.
#[derive(Debug)]
struct Case {
    sampler: &'static str,
    variant: &'static str,
    lag: &'static str,
    function: &'static str,
}

impl Case {
    /// The arguments after `run`, but for the seeds.
    fn words(&self) -> [&str; 4] {
        [self.sampler, self.variant, self.lag.trim_start_matches("lag"), self.function]
    }
}

/// `cargo xtask bench --search [WORD]...`: all cases, or those of the samplers, variants, lags and functions that are named.
pub(crate) fn run(steps: &mut Steps, words: &[&str]) -> Result<(), String> {
    let cases = cases(words)?;
    let python = tools::python_with_optuna(steps)?;
    let mut program = PathBuf::new();
    steps.must("compile", || {
        let mut cargo = tools::command("cargo");
        cargo.args(["build", "--quiet", "--locked", "--release", "--no-default-features", "--features", "engine"]);
        process::run(cargo.args(["--example", "search"]), RUN_LIMIT)?;
        program = bench::target_folder().join("release/examples/search");
        Ok(Tally::done(""))
    })?;
    let mut table = heading();
    for case in &cases {
        steps.must(&case.words().join(" "), || {
            let ours = run_alone(Command::new(&program).arg("run").args(case.words()).arg(OWN_SEEDS.to_string()))?;
            let peer = run_optuna(&python, &program, case)?;
            table += &line(case, &parse(&ours, OWN_SEEDS)?, &parse(&peer, SEEDS)?);
            Ok(Tally::done(""))
        })?;
    }
    if cases.iter().any(|case| case.function == "trainings4") {
        steps.must("real trainings", || {
            let reached = run_alone(Command::new(&program).args(["reach", "trainings4"]).arg(SEEDS.to_string()))?;
            table += "sampler, what random search reaches in 100 real trainings, and after how many trials the sampler does:\n";
            table += &reached;
            Ok(Tally::done(""))
        })?;
    }
    println!("\n{table}");
    Ok(())
}

/// Each word must name something; without one of a kind all of that kind are meant.
fn cases(words: &[&str]) -> Result<Vec<Case>, String> {
    let kinds: [&[&str]; 4] = [&SAMPLERS, &VARIANTS, &LAGS, &FUNCTIONS];
    if let Some(word) = words.iter().find(|word| kinds.iter().all(|kind| !kind.contains(word))) {
        return Err(format!(
            "`bench --search` knows no {word}. It knows {}.",
            kinds.map(|kind| kind.join(", ")).join("; ")
        ));
    }
    let wanted = |kind: &'static [&'static str]| {
        let named: Vec<&'static str> = kind.iter().copied().filter(|name| words.contains(name)).collect();
        if named.is_empty() { kind.to_vec() } else { named }
    };
    let mut cases = Vec::new();
    for sampler in wanted(&SAMPLERS) {
        for variant in wanted(&VARIANTS) {
            for lag in wanted(&LAGS) {
                cases.extend(wanted(&FUNCTIONS).into_iter().map(|function| Case { sampler, variant, lag, function }));
            }
        }
    }
    Ok(cases)
}

fn run_alone(command: &mut Command) -> Result<String, Failure> {
    process::run(process::on_one_core(command), RUN_LIMIT)
}

/// Optuna's lines. They take hours, so they are kept in benches/optuna, below what they are of: Optuna's version, the digest
/// of the script and some values of the function. Where those are others now, Optuna runs again.
fn run_optuna(python: &Path, program: &Path, case: &Case) -> Result<String, Failure> {
    let values = run_alone(Command::new(program).args(["probe", case.function, case.variant]))?;
    let script = root().join("benches/search_peers.py");
    let digest = integrity(&bench::read(&script)?);
    let head = format!("# {}\n# {digest}\n# {}\n", tools::OPTUNA.join(" "), values.trim());
    let folder = root().join("benches/optuna");
    let kept = folder.join(case.words().join("-") + ".txt");
    if let Some(lines) = fs::read_to_string(&kept).ok().and_then(|text| Some(text.strip_prefix(&head)?.to_owned())) {
        return Ok(lines);
    }
    let mut optuna = Command::new(python);
    optuna.arg(script).arg(program);
    let lines = run_alone(optuna.args(case.words()).arg(SEEDS.to_string()))?;
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&kept, head + &lines));
    written.map_err(|error| format!("{} can't be written: {error}.", kept.display()))?;
    Ok(lines)
}

/// Reads lines of "seed early middle late milliseconds", at least so many: where twenty of Optuna's runs left open which of two
/// basins their median lies in, more are kept.
fn parse(output: &str, seeds: usize) -> Result<Vec<Figures>, Failure> {
    let line = |line: &str| {
        let numbers: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        numbers.get(1..)?.try_into().ok()
    };
    let figures: Vec<Figures> = output.lines().filter_map(line).collect();
    if figures.len() >= seeds {
        Ok(figures)
    } else {
        Err(Failure { sentence: "There are not as many figures as seeds.".to_owned(), output: output.to_owned() })
    }
}

fn heading() -> String {
    format!(
        "median regret after 25, 50 and 100 trials, {OWN_SEEDS} seeds here and {SEEDS} or more of Optuna; bound: upper 95 % of the\n\
         difference of the medians of log10 regret (bootstrap), below 0 where ours is better; ms: of a proposal near the 100th, Optuna's where it was run\n\
         {:<32} {:^26} {:^26} {:^20} {:>6} {:>7}\n",
        "sampler variant lag function", "here", "Optuna", "bound", "ms", "Optuna"
    )
}

fn line(case: &Case, ours: &[Figures], peer: &[Figures]) -> String {
    let mut text = format!("{:<32}", case.words().join(" "));
    for figures in [ours, peer] {
        for at in 0..3 {
            let _ = write!(text, " {:>8.1e}", median(&mut figures.iter().map(|one| one[at]).collect::<Vec<_>>()));
        }
    }
    for at in 0..3 {
        let _ = write!(text, " {:>+6.2}", bound(&logs(ours, at), &logs(peer, at)));
    }
    for figures in [ours, peer] {
        let _ = write!(text, " {:>6.1}", median(&mut figures.iter().map(|one| one[3]).collect::<Vec<_>>()));
    }
    text + "\n"
}

/// Logarithms of a column; what was found exactly counts as found to 1e-9, and a search that found nothing as far off.
#[expect(clippy::disallowed_methods, reason = "the last bit of a figure that is only shown does not matter")]
fn logs(figures: &[Figures], at: usize) -> Vec<f64> {
    figures.iter().map(|one| one[at].clamp(1e-9, 1e9).log10()).collect()
}

/// The upper 95 % of median(ours) - median(peer) when both are drawn again with replacement.
fn bound(ours: &[f64], peer: &[f64]) -> f64 {
    let mut state = 1_u64;
    let mut again = |of: &[f64]| {
        let mut drawn: Vec<f64> = of.iter().map(|_| of[(splitmix(&mut state) % of.len() as u64) as usize]).collect();
        median(&mut drawn)
    };
    let mut differences: Vec<f64> = (0..RESAMPLES).map(|_| again(ours) - again(peer)).collect();
    differences.sort_by(f64::total_cmp);
    differences[RESAMPLES * 95 / 100]
}

/// SplitMix64 (Steele et al. 2014, doi:10.1145/2714064.2660195).
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    if numbers.len().is_multiple_of(2) { (numbers[middle - 1] + numbers[middle]) / 2.0 } else { numbers[middle] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose_cases_and_unknown_ones_are_refused() {
        assert_eq!(cases(&[]).expect("all").len(), 2 * 3 * 2 * 11);
        let few = cases(&["gp", "plain", "branin", "levy4"]).expect("known words");
        assert_eq!(
            few.iter().map(|case| case.words().join(" ")).collect::<Vec<_>>(),
            ["gp plain 1 branin", "gp plain 1 levy4", "gp plain 8 branin", "gp plain 8 levy4"]
        );
        assert!(cases(&["gp", "brannin"]).is_err());
    }

    #[test]
    fn a_bound_is_above_the_difference_and_shrinks_with_the_spread() {
        let around =
            |middle: f64, spread: f64| (0..20).map(|at| middle + spread * f64::from(at - 10)).collect::<Vec<_>>();
        let wide = bound(&around(-3.0, 0.1), &around(-2.0, 0.1));
        let narrow = bound(&around(-3.0, 0.01), &around(-2.0, 0.01));
        assert!(narrow > -1.0 && wide > narrow && wide < -0.2, "{narrow} {wide}");
        assert_eq!(median(&mut [3.0, 1.0, 2.0, 10.0]), 2.5);
    }
}
