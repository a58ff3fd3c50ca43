//! The result of a study as `tune --json` writes it and `link` and `verify` read it, and as a table.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::cli::output::Table;
use crate::engine::conductor::Conductor;
use crate::engine::importance::importance;
use crate::engine::metric::Bootstrap;
use crate::engine::share;
use crate::error::Error;
use crate::protocol::{
    AverageReport, Baseline, Estimate, Fallback, Finalist, Intervention, ListCounts, Metrics, ModelImportance,
    RaceReport, Resplit, RunState, Shared, TestReport, TrialRecord, TrialState, UserSums,
};
use crate::study::{ListSpec, ModelKind, Params, Point, Study};

/// Trials in the people's table.
const SHOWN: usize = 10;

/// A study's result.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::cli) struct TuneResult {
    pub(in crate::cli) study: Study,
    hash: String,
    state: RunState,
    interventions: Vec<Intervention>,
    trials: Vec<Trial>,
    /// The digest of the exact log, learning curves included.
    digest: String,
    best: Option<Best>,
    /// The best trials with several seeds, best mean first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    finalists: Vec<Finalist>,
    /// The best trial on the validation rows, by metric.
    validation: Option<BTreeMap<String, Estimate>>,
    /// The same configuration, refitted, on the sealed test rows.
    test: Option<BTreeMap<String, Estimate>>,
    /// How often the test part has been opened.
    openings: u32,
    baselines: Vec<BaselineResult>,
    /// The average of the best trials, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ensemble: Option<EnsembleResult>,
    /// Which parameter mattered, by model.
    #[serde(default)]
    importance: Vec<ModelImportance>,
    /// How several samplers came out on the same budget, if they raced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) race: Option<RaceReport>,
    /// The best trial of each model and the baselines on other cuts, if it was asked for; the winner first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) splits: Vec<Resplit>,
    seconds: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trial {
    number: u32,
    model: ModelKind,
    /// The searched parameters.
    params: Point,
    value: Option<f64>,
    epochs: u32,
    state: TrialState,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error>,
    seconds: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Best {
    #[serde(flatten)]
    trial: Trial,
    /// All parameters, searched or not.
    all_params: Params,
}

#[derive(Debug, Serialize, Deserialize)]
struct BaselineResult {
    model: ModelKind,
    params: Params,
    validation: BTreeMap<String, f64>,
    test: Option<BTreeMap<String, f64>>,
    /// The winner's objective minus the baseline's on the test rows: below zero the winner is better where lower is
    /// better, above zero otherwise.
    difference: Option<Estimate>,
}

#[derive(Debug, Serialize, Deserialize)]
struct EnsembleResult {
    /// In the order in which they were taken. One that was taken again counts once more.
    trials: Vec<u32>,
    validation: BTreeMap<String, f64>,
    test: Option<BTreeMap<String, f64>>,
    /// As a baseline's.
    difference: Option<Estimate>,
}

impl TuneResult {
    /// The result of a run that has come to rest.
    pub(super) fn of(conductor: &Conductor, test: Option<&TestReport>, seconds: f64) -> Self {
        let (study, records) = (conductor.study(), conductor.records());
        let best = conductor.best();
        Self {
            study: study.clone(),
            hash: share::study_hash(study),
            state: conductor.state(),
            interventions: conductor.interventions().to_vec(),
            trials: records.iter().map(|record| Trial::of(record)).collect(),
            importance: importance(study, &records),
            digest: share::digest(records),
            best: best.map(|best| Best { trial: Trial::of(best), all_params: all_params(study, &best.params) }),
            finalists: conductor.finalists(),
            validation: best.map(|best| estimates(study, best)),
            test: test.map(|test| {
                test.figures.0.iter().map(|(metric, estimate)| (metric.label(&study.list), *estimate)).collect()
            }),
            openings: conductor.openings(),
            baselines: conductor.baselines().map(|baseline| BaselineResult::of(baseline, test, &study.list)).collect(),
            ensemble: test
                .and_then(|test| test.average.as_ref())
                .or(conductor.averaged())
                .map(|average| EnsembleResult::of(average, &study.list)),
            race: None,
            splits: Vec::new(),
            seconds,
        }
    }

    /// Its trials, without what the file leaves out.
    pub(in crate::cli) fn records(&self) -> Vec<TrialRecord> {
        self.trials.iter().map(Trial::record).collect()
    }

    /// What a link carries of it.
    pub(in crate::cli) fn shared(&self) -> Shared {
        let records = self.records();
        let objective = self.study.objective;
        let values = self.baselines.iter().filter_map(|baseline| baseline.validation.get(&self.objective()).copied());
        let baseline = values.min_by(|a, b| objective.loss(*a).total_cmp(&objective.loss(*b)));
        let shared = Shared::of(&self.study, &self.interventions, &records, baseline, self.openings);
        // The curves are not part of the file; the digest over them is.
        Shared { digest: self.digest.clone(), ..shared }
    }

    /// For people: the best configuration against the baselines, and the best trials.
    pub(super) fn table(&self) -> String {
        let objective = self.objective();
        let mut trials = Table::new(&["trial", &objective, "epochs", "seconds", "model", "parameters"]);
        let mut ordered: Vec<&Trial> = self.trials.iter().filter(|trial| trial.value.is_some()).collect();
        let loss = |trial: &Trial| trial.value.map_or(f64::MAX, |value| self.study.objective.loss(value));
        ordered.sort_by(|a, b| loss(a).total_cmp(&loss(b)));
        for trial in ordered.iter().take(SHOWN) {
            trials.row(vec![
                trial.number.to_string(),
                figure(trial.value),
                trial.epochs.to_string(),
                format!("{:.2}", trial.seconds),
                trial.model.name().to_owned(),
                params_text(&trial.params),
            ]);
        }
        let failed = self.trials.len() - ordered.len();
        let shown = ordered.len().min(SHOWN);
        let mut text = match shown {
            0 => format!("{failed} trials, none with a result.\n"),
            _ => {
                format!("{} trials, {failed} without a result; the best {shown}:\n", self.trials.len()) + &trials.text()
            }
        };
        text += &self.failures();
        text += &self.comparison();
        text += &self.repeated();
        text += &self.resplit();
        text += &self.importance();
        text += &self.raced();
        text + &format!("{:.1} s, study {}, trials {}\n", self.seconds, self.hash, self.digest)
    }

    /// Why trials have no result, and how many for the same reason.
    fn failures(&self) -> String {
        let mut reasons = BTreeMap::<String, usize>::new();
        for error in self.trials.iter().filter_map(|trial| trial.error.as_ref()) {
            *reasons.entry(error.to_string()).or_default() += 1;
        }
        reasons.into_iter().map(|(reason, count)| format!("{count} without a result: {reason}\n")).collect()
    }

    /// The objective's label.
    fn objective(&self) -> String {
        self.study.objective.label(&self.study.list)
    }

    fn importance(&self) -> String {
        let mut table = Table::new(&["what mattered", "share"]);
        for (model, param) in self.importance.iter().flat_map(|one| one.params.iter().map(|param| (one.model, param))) {
            table.row(vec![format!("{} {}", model.name(), param.name), format!("{:.2}", param.share)]);
        }
        if self.importance.is_empty() { String::new() } else { table.text() }
    }

    fn comparison(&self) -> String {
        let Some(best) = &self.best else { return String::new() };
        let objective = &self.objective();
        let mut table = Table::new(&["", "validation", "test", "95 %", "best minus this", "95 %"]);
        let of =
            |part: &Option<BTreeMap<String, Estimate>>| part.as_ref().and_then(|part| part.get(objective).copied());
        let test = of(&self.test);
        table.row(vec![
            format!("best: trial {}", best.trial.number),
            figure(of(&self.validation).map(|estimate| estimate.value)),
            figure(test.map(|estimate| estimate.value)),
            interval(test),
            "-".to_owned(),
            "-".to_owned(),
        ]);
        if let Some(ensemble) = &self.ensemble {
            table.row(vec![
                ensemble.name(),
                figure(ensemble.validation.get(objective).copied()),
                figure(ensemble.test.as_ref().and_then(|test| test.get(objective).copied())),
                "-".to_owned(),
                figure(ensemble.difference.map(|difference| difference.value)),
                interval(ensemble.difference),
            ]);
        }
        for baseline in &self.baselines {
            table.row(vec![
                format!("baseline: {}", baseline.model.name()),
                figure(baseline.validation.get(objective).copied()),
                figure(baseline.test.as_ref().and_then(|test| test.get(objective).copied())),
                "-".to_owned(),
                figure(baseline.difference.map(|difference| difference.value)),
                interval(baseline.difference),
            ]);
        }
        table.text()
    }
}

impl TuneResult {
    fn raced(&self) -> String {
        let Some(race) = &self.race else { return String::new() };
        let mut table = Table::new(&["race", "short of the best, median", "quartiles", "ahead of others"]);
        for one in &race.entrants {
            let last = |column: &[f64]| figure(column.last().copied());
            table.row(vec![
                one.sampler.name().to_owned(),
                last(&one.median),
                format!("{} to {}", last(&one.low), last(&one.high)),
                format!("{:.0} %", 100.0 * one.wins),
            ]);
        }
        let RaceReport { rounds, seeds, trained, reused, .. } = race;
        let best = figure(race.best);
        let head = format!(
            "{seeds} runs of {rounds} trials each; best seen {best}; {trained} points trained, {reused} known:\n"
        );
        head + &table.text()
    }

    fn resplit(&self) -> String {
        let Some(winner) = self.splits.first() else { return String::new() };
        let count = winner.values.len();
        let mut table =
            Table::new(&[&format!("on {count} other splits"), "mean", "minus the winner", "deviation", "winner ahead"]);
        for (at, one) in self.splits.iter().enumerate() {
            let name = one.model.model.name();
            let name = one.number.map_or(format!("baseline: {name}"), |number| format!("trial {number}: {name}"));
            let against = |text: String| if at == 0 { "-".to_owned() } else { text };
            table.row(vec![
                name,
                figure(Some(one.values.iter().sum::<f64>() / count as f64)),
                against(format!("{:+.4}", one.difference)),
                against(format!("{:.4}", one.deviation)),
                against(format!("{} of {count}", one.won)),
            ]);
        }
        table.text()
    }

    fn repeated(&self) -> String {
        if self.finalists.is_empty() {
            return String::new();
        }
        let mut table = Table::new(&["with other seeds", "mean", "deviation", "results", "failed"]);
        for one in &self.finalists {
            table.row(vec![
                format!("trial {}", one.number),
                figure(Some(one.mean)),
                figure(one.deviation),
                one.values.len().to_string(),
                one.failed.to_string(),
            ]);
        }
        table.text()
    }
}

impl Trial {
    fn of(record: &TrialRecord) -> Self {
        Self {
            number: record.number,
            model: record.model,
            params: record.params.clone(),
            value: record.value,
            epochs: record.epochs,
            state: record.state,
            error: record.error.clone(),
            seconds: record.seconds,
        }
    }

    /// As a record of a run, without what the file leaves out.
    fn record(&self) -> TrialRecord {
        TrialRecord {
            number: self.number,
            model: self.model,
            params: self.params.clone(),
            state: self.state,
            value: self.value,
            metrics: None,
            epochs: self.epochs,
            curve: Vec::new(),
            error: self.error.clone(),
            seconds: self.seconds,
            users: UserSums::default(),
            fallback: Fallback::default(),
            lists: ListCounts::default(),
            rung: 0,
        }
    }
}

impl BaselineResult {
    fn of(baseline: &Baseline, test: Option<&TestReport>, list: &ListSpec) -> Self {
        let on_test = test.and_then(|test| test.baselines.iter().find(|other| other.model == baseline.model));
        Self {
            model: baseline.model.model,
            params: baseline.model.params.clone(),
            validation: labelled(&baseline.metrics, list),
            test: on_test.map(|other| labelled(&other.test, list)),
            difference: on_test.map(|other| other.difference),
        }
    }
}

impl EnsembleResult {
    /// One trial may be all of it, where no other makes the average better.
    fn name(&self) -> String {
        let distinct = self.trials.iter().collect::<BTreeSet<_>>().len();
        match (distinct, self.trials.len()) {
            (1, _) => format!("average: trial {} alone", self.trials[0]),
            (distinct, all) if distinct == all => format!("average of {all} of the best"),
            (distinct, _) => format!("weighted average of {distinct} of the best"),
        }
    }

    fn of(average: &AverageReport, list: &ListSpec) -> Self {
        Self {
            trials: average.trials.clone(),
            validation: labelled(&average.validation, list),
            test: average.test.as_ref().map(|test| labelled(test, list)),
            difference: average.difference,
        }
    }
}

fn all_params(study: &Study, point: &Point) -> Params {
    study.resolve(point).map(|model| model.params).unwrap_or_default()
}

fn labelled(metrics: &Metrics, list: &ListSpec) -> BTreeMap<String, f64> {
    metrics.0.iter().map(|(metric, value)| (metric.label(list), *value)).collect()
}

/// The best trial's figures, with their own intervals where its sums by user were kept.
fn estimates(study: &Study, best: &TrialRecord) -> BTreeMap<String, Estimate> {
    let estimate = |&(metric, value)| {
        if best.users.of(metric).is_none() {
            return (metric.label(&study.list), Estimate { value, low: None, high: None });
        }
        let mut bootstrap = Bootstrap::new(metric, &[&best.users], study.seed);
        while !bootstrap.advance(u32::MAX) {}
        (metric.label(&study.list), bootstrap.estimate(0))
    };
    best.metrics.iter().flat_map(|metrics| &metrics.0).map(estimate).collect()
}

fn params_text(point: &Point) -> String {
    let short = |value: &crate::study::Value| match value {
        crate::study::Value::Number(number) if number.fract() != 0.0 => format!("{number:.4}"),
        other => other.to_string(),
    };
    point.0.iter().map(|(name, value)| format!("{name}={}", short(value))).collect::<Vec<_>>().join(" ")
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}

fn interval(estimate: Option<Estimate>) -> String {
    match estimate.map(|estimate| (estimate.low, estimate.high)) {
        Some((Some(low), Some(high))) => format!("{low:.4} to {high:.4}"),
        _ => "-".to_owned(),
    }
}
