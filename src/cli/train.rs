//! `rectune train`: one model, trained and measured.
//!
//! With a validation part the training stops early on it, and the curve is of that training. With a test part the model
//! is then fitted once more on everything that is not test, for the epochs found, and measured there.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Serialize;

use super::output::{self, Table};
use super::probability::Probability;
use super::{Verdict, args, data, pool, study};
use crate::engine::split::Split;
use crate::error::Error;
use crate::protocol::{CurvePoint, Fallback, FitReport, Job, ListCounts, Outcome, Part};
use crate::study::check::MAX_EPOCHS;
use crate::study::{Goal, ListSpec, MetricSpec, ModelKind, ModelSpace, ModelSpec, Params, Stopping, Study};

#[derive(Serialize)]
struct TrainResult {
    model: ModelKind,
    params: Params,
    epochs: u32,
    /// Of the fit that was measured.
    seconds_fit: f64,
    ns_per_rating_epoch: f64,
    curve: Vec<CurvePoint>,
    /// The rows that were measured: test, validation, or training where there is neither.
    measured_on: &'static str,
    metrics: BTreeMap<String, f64>,
    /// What the lists of the metrics are.
    #[serde(skip)]
    list: ListSpec,
    /// Users whose list was judged, and those with nothing relevant.
    lists: ListCounts,
    fallback: Fallback,
    /// Of a relevant rating, where a threshold says which are and there is a validation part.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<Probability>,
}

/// A fit and how long it took.
struct Timed {
    report: FitReport,
    seconds: f64,
    rows: usize,
    epochs: u32,
}

pub(super) fn run(args: &args::Train) -> Result<Verdict, Error> {
    let kind = ModelKind::parse(&args.model.model)?;
    let model = kind.with(&study::settings(&args.model.set)?)?;
    let seed = study::checked_seed(args.seed)?;
    check_epochs(args.epochs)?;
    let data = data::load(&args.data)?;
    let goal = if kind.predicts_ratings() { Goal::Rating } else { Goal::Ranking };
    data.check_goal(goal)?;
    let usual = (goal.objectives()[0], ListSpec::default());
    let (objective, list) = study::judged_by(args.objective.as_deref(), &args.lists, usual)?;
    let test = args.cut.test.as_deref().map(|file| data::load_test(file, &data)).transpose()?;
    let mut spec = data::choose_split(args.cut.split.as_deref(), &data)?;
    if test.is_some() {
        spec = spec.without_test();
    }
    let goal = if objective.is_of_lists() { Goal::Ranking } else { Goal::Rating };
    let models = vec![ModelSpace { model: kind, params: Vec::new() }];
    Study { split: spec, goal, objective, list, models, ..Study::default() }.check()?;
    let (split, _) = data::cut(&data, test.as_ref(), spec, seed)?;
    data::tell_split(args.cut.split.as_deref(), &data);
    data::check_memory(&model, &split.refit, split.folds.len().max(1))?;
    let is_measured =
        |part| Job::new(model.clone(), stopping(args.epochs, kind, spec.has_validation()), objective, list, part, seed);
    let has_test = !split.test.is_empty();
    let tuned =
        if spec.has_validation() || !has_test { Some(fit(&split, &is_measured(Part::Validation))?) } else { None };
    let curve = tuned.as_ref().map(|tuned| tuned.report.curve.clone());
    let (timed, measured_on) = match tuned {
        // Lists are judged once more at the epoch that was found best: by then the training was past it.
        Some(tuned) if !has_test && spec.has_validation() => {
            let mut job = is_measured(Part::Validation);
            job.stopping = Stopping::Fixed { epochs: tuned.report.epochs };
            (if args.epochs.is_some() { tuned } else { fit(&split, &job)? }, "validation")
        }
        Some(tuned) if !has_test => (tuned, "training"),
        tuned => {
            let mut job = is_measured(Part::Test);
            if let Some(tuned) = tuned {
                job.stopping = Stopping::Fixed { epochs: tuned.report.epochs };
            }
            (fit(&split, &job)?, "test")
        }
    };
    let threshold = list.threshold.filter(|_| spec.has_validation());
    let probability =
        |threshold| Probability::of(&split, &is_measured(Part::Validation), timed.report.epochs, threshold);
    let probability = threshold.map(probability).transpose()?;
    let result = TrainResult { probability, ..result(model.clone(), timed, curve, (measured_on, list)) };
    output::finish(args.output.json.as_deref(), &result, || data::summary(&data) + "\n" + &table(&result))?;
    Ok(Verdict::Done)
}

/// Refuses an epoch count that no study could have.
pub(super) fn check_epochs(epochs: Option<u32>) -> Result<(), Error> {
    epochs.map_or(Ok(()), |epochs| Study { stopping: Stopping::Fixed { epochs }, ..Study::default() }.check())
}

fn stopping(epochs: Option<u32>, model: ModelKind, has_validation: bool) -> Stopping {
    match epochs {
        Some(epochs) => Stopping::Fixed { epochs: epochs.clamp(1, MAX_EPOCHS) },
        None if has_validation => Study::default().stopping,
        None => Stopping::Fixed { epochs: model.default_epochs() },
    }
}

fn fit(split: &Split, job: &Job) -> Result<Timed, Error> {
    let started = Instant::now();
    let mut epochs = 0;
    let outcome = pool::train(split, job, |point| {
        epochs = point.map_or(epochs, |point| point.epoch);
        true
    });
    let seconds = started.elapsed().as_secs_f64();
    let rows = match job.part {
        Part::Test => split.refit.len(),
        Part::Validation => split.folds.iter().map(|fold| fold.train.len()).sum(),
    };
    match outcome.expect("nobody drops it") {
        // The last epoch ends the fit and is not heard of by itself.
        Outcome::Done(report) => Ok(Timed { report, seconds, rows, epochs: epochs + 1 }),
        Outcome::Failed { error } => Err(error),
    }
}

fn result(
    model: ModelSpec,
    timed: Timed,
    curve: Option<Vec<CurvePoint>>,
    (measured_on, list): (&'static str, ListSpec),
) -> TrainResult {
    let report = timed.report;
    let metrics = report.metrics.0.iter().map(|(metric, value)| (metric.label(&list), *value)).collect();
    TrainResult {
        model: model.model,
        params: model.params,
        epochs: report.epochs,
        seconds_fit: timed.seconds,
        ns_per_rating_epoch: timed.seconds * 1e9 / (timed.rows as f64 * f64::from(timed.epochs)),
        curve: curve.unwrap_or(report.curve),
        measured_on,
        metrics,
        list,
        lists: report.lists,
        fallback: report.fallback,
        probability: None,
    }
}

fn table(result: &TrainResult) -> String {
    let mut curve = Table::new(&["epoch", "train", "valid"]);
    let figure = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
    for point in &result.curve {
        // What makes lists and is computed at once lowers nothing.
        let train = Some(point.train).filter(|_| result.model.is_iterative() || result.model.predicts_ratings());
        curve.row(vec![point.epoch.to_string(), figure(train), figure(point.valid)]);
    }
    let params = result.params.iter().map(|(name, value)| format!(" {name}={value}"));
    let mut text = curve.text();
    text += &format!("{}{}\n", result.model.name(), params.collect::<String>());
    // In the order of the metrics, which has together what belongs together.
    let metrics = MetricSpec::ALL.iter().filter_map(|metric| {
        let label = metric.label(&result.list);
        result.metrics.get(&label).map(|value| format!("{label} {value:.4}"))
    });
    let epochs = if result.epochs == 1 { "epoch" } else { "epochs" };
    let metrics = metrics.collect::<Vec<_>>().join(", ");
    text += &format!("on the {} rows, {} {epochs}: {metrics}\n", result.measured_on, result.epochs);
    text += &result.probability.as_ref().map_or_else(String::new, Probability::table);
    text += &format!("{:.3} s, {:.1} ns per rating and epoch\n", result.seconds_fit, result.ns_per_rating_epoch);
    text
}
