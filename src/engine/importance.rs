//! Which parameter mattered, by PED-ANOVA: where the best trials are, against where all are. Never which value is best.
//!
//! Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces",
//! IJCAI 2023, DOI 10.48550/arXiv.2304.10255. For each parameter alone, over a grid of cells on its own scale (its logarithm
//! where that is searched):
//!
//! ```text
//! score = sum over cells of p_all (p_top / p_all - 1)^2
//! p     = (sum over trials of a normal around the trial's cell + the prior) / (trials + 1)
//! ```
//!
//! The best tenth of the trials makes `p_top`, all make `p_all`. The shares of a model's parameters add up to 1. Several
//! models are judged each on its own trials: a parameter says nothing where it does not exist. Grid, bandwidth (Scott's rule)
//! and prior are those of Optuna 5, whose figures `tests/importance_fixture.json` holds.
//!
//! Cost: cells^2 normal masses for each parameter, however many trials there are.

use crate::engine::search::tpe::mass;
use crate::order;
use crate::protocol::{ModelImportance, ParamImportance, TrialRecord, TrialState};
use crate::study::check::MODEL_DIMENSION;
use crate::study::{Range, Study, Value};

/// The share of the trials that counts as the best.
const TOP: f64 = 0.1;
/// Fewer trials of a model say nothing about its parameters.
pub const LEAST_TRIALS: usize = 10;
/// The most cells of a grid.
const MOST_CELLS: usize = 50;
/// Added to each density, so that nothing is divided by zero.
const TINY: f64 = 1e-12;
/// 90 % of a normal of this deviation lie in a cell. It is the least.
const LEAST_DEVIATION: f64 = 0.5 / 1.64;

/// The importance of the searched parameters of each model that has enough trials, in the study's order.
#[must_use]
pub fn importance(study: &Study, records: &[&TrialRecord]) -> Vec<ModelImportance> {
    let Ok(space) = study.space() else { return Vec::new() };
    let mut models = Vec::new();
    for candidate in &study.models {
        let model = candidate.model;
        // What was stopped early would have become better.
        let done = records.iter().filter(|record| record.model == model && record.state == TrialState::Done);
        let trials: Vec<(&TrialRecord, f64)> =
            done.filter_map(|record| Some((*record, study.objective.loss(record.value?)))).collect();
        let prefix = format!("{}.", model.name());
        let own = space.dimensions().iter().filter(|dimension| {
            dimension.name != MODEL_DIMENSION && (study.models.len() == 1 || dimension.name.starts_with(&prefix))
        });
        if trials.len() < LEAST_TRIALS {
            continue;
        }
        let cutoff = cutoff(&trials);
        let mut params: Vec<ParamImportance> = Vec::new();
        for dimension in own {
            let (mut top, mut all) = (Vec::new(), Vec::new());
            for (trial, loss) in &trials {
                let Some(value) = trial.params.get(&dimension.name) else { continue };
                all.push(value);
                top.extend((*loss <= cutoff).then_some(value));
            }
            let name = dimension.name.trim_start_matches(&prefix).to_owned();
            params.push(ParamImportance { name, share: score(&dimension.range, &top, &all) });
        }
        share_out(&mut params);
        let top = trials.iter().filter(|(_, loss)| *loss <= cutoff).count();
        models.push(ModelImportance { model, trials: trials.len() as u32, top: top as u32, params });
    }
    models
}

/// The loss that the best tenth does not exceed.
fn cutoff(trials: &[(&TrialRecord, f64)]) -> f64 {
    let mut losses: Vec<f64> = trials.iter().map(|(_, loss)| *loss).collect();
    order::sort(&mut losses, f64::total_cmp);
    losses[((TOP * losses.len() as f64).ceil() as usize).max(1) - 1]
}

/// Makes shares of scores. Where nothing mattered, all mattered alike.
fn share_out(params: &mut [ParamImportance]) {
    let sum: f64 = params.iter().map(|param| param.share).sum();
    let count = params.len() as f64;
    for param in params {
        param.share = if sum > 0.0 { param.share / sum } else { 1.0 / count };
    }
}

/// How far the best values' density is from all values', as a Pearson divergence; zero where they are the same.
fn score(range: &Range, top: &[&Value], all: &[&Value]) -> f64 {
    let cells = cells(range);
    if cells < 2 {
        return 0.0;
    }
    let density = |values: &[&Value]| {
        let mut counts = vec![0_u32; cells];
        for value in values {
            counts[cell(range, cells, value)] += 1;
        }
        if matches!(range, Range::Categorical { .. }) { of_names(&counts) } else { of_numbers(&counts) }
    };
    let pairs = density(top).into_iter().zip(density(all));
    pairs
        .map(|(top, all)| {
            let ratio = (top + TINY) / (all + TINY) - 1.0;
            (all + TINY) * ratio * ratio
        })
        .sum()
}

/// How many cells a range is cut into.
fn cells(range: &Range) -> usize {
    match *range {
        Range::Float { low, high, log, step } if log || step.is_none() => {
            if low < high {
                MOST_CELLS
            } else {
                1
            }
        }
        // Between neighbours on a logarithm whole numbers leave gaps: so few cells that there are none.
        Range::Int { low, high, log: true, .. } if low < high => {
            (libm::ceil(libm::log2(high - low + 1.0)) as usize + 1).min(MOST_CELLS)
        }
        Range::Float { low, high, step, .. } | Range::Int { low, high, step, .. } => {
            (((high - low) / step.unwrap_or(1.0)).round() as usize + 1).min(MOST_CELLS)
        }
        Range::Categorical { ref choices } => choices.len(),
        Range::Fixed { .. } => 1,
    }
}

/// The cell that a value lies in. Between two it is the lower one's.
fn cell(range: &Range, cells: usize, value: &Value) -> usize {
    match range {
        Range::Float { low, high, log, .. } | Range::Int { low, high, log, .. } => {
            let scale = |number: f64| if *log { libm::log(number) } else { number };
            let (low, high) = (scale(*low), scale(*high));
            let width = (high - low) / (cells - 1) as f64;
            let at = (scale(value.as_number().unwrap_or(0.0)) - low) / width - 0.5;
            (at.ceil().max(0.0) as usize).min(cells - 1)
        }
        Range::Categorical { choices } => choices.iter().position(|choice| choice == value).unwrap_or(0),
        Range::Fixed { .. } => 0,
    }
}

/// The density over numbers: normals around the occupied cells, cut off at the ends, and one as wide as the grid.
fn of_numbers(counts: &[u32]) -> Vec<f64> {
    let whole = counts.len() as f64;
    let occupied: Vec<(f64, f64)> = (0_u32..)
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(cell, count)| (f64::from(cell), f64::from(*count)))
        .collect();
    let deviation = deviation(&occupied);
    let prior = ((whole - 1.0) / 2.0, 1.0, whole);
    let mut density = vec![0.0; counts.len()];
    let mut sum = 0.0;
    for (mean, weight, deviation) in occupied.iter().map(|(cell, count)| (*cell, *count, deviation)).chain([prior]) {
        let part = |from: f64, to: f64| mass((from - mean) / deviation, (to - mean) / deviation);
        let inside = part(-0.5, whole - 0.5);
        for (cell, density) in (0_u32..).zip(&mut density) {
            *density += weight * part(f64::from(cell) - 0.5, f64::from(cell) + 0.5) / inside;
        }
        sum += weight;
    }
    density.iter().map(|density| density / sum).collect()
}

/// Scott's rule on the cells and their counts: 1.059 min(interquartile range / 1.34, standard deviation) n^-0.2.
fn deviation(occupied: &[(f64, f64)]) -> f64 {
    let total: f64 = occupied.iter().map(|(_, count)| count).sum();
    let mean = occupied.iter().map(|(cell, count)| cell * count).sum::<f64>() / total;
    let squares: f64 = occupied.iter().map(|(cell, count)| (cell - mean) * (cell - mean) * count).sum();
    let deviation = (squares / (total - 1.0).max(1.0)).sqrt();
    // The first cell at which so many have been counted, or more than so many.
    let counted = |until: &dyn Fn(f64) -> bool| {
        let mut sum = 0.0;
        let cell = occupied.iter().find(|(_, count)| {
            sum += count;
            until(sum)
        });
        cell.or(occupied.last()).map_or(0.0, |(cell, _)| *cell)
    };
    let (quarter, three_quarters) = ((total / 4.0).floor(), (total * 3.0 / 4.0).floor());
    let range = counted(&|sum| sum > three_quarters) - counted(&|sum| sum >= quarter);
    (1.059 * (range / 1.34).min(deviation) * libm::pow(total, -0.2)).max(LEAST_DEVIATION)
}

/// The density over names: what was seen, smoothed by one name for each name that was seen, and an even prior.
fn of_names(counts: &[u32]) -> Vec<f64> {
    let names = counts.len() as f64;
    let seen = counts.iter().filter(|count| **count > 0).count() as f64;
    let smoothing = 1.0 / (seen + 1.0);
    let row = 1.0 + names * smoothing;
    let total: f64 = counts.iter().copied().map(f64::from).sum();
    let density = |count: &u32| (f64::from(*count) + total * smoothing) / row + 1.0 / names;
    counts.iter().map(|count| density(count) / (total + 1.0)).collect()
}

#[cfg(test)]
mod tests;
