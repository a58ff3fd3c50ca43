//! A run's trials as others read them: the journal that Optuna's `JournalStorage` opens, and a table for anybody.
//!
//! The journal is one JSON object a line (Optuna 4 and 5, `optuna/storages/journal`): one that creates the study and one for
//! each trial, with its parameters, its distributions and its result. What Optuna has no place for stands in `user_attrs`.

use std::fmt::Write as _;

use serde::Serialize;

use crate::engine::share::study_hash;
use crate::fields::json;
use crate::order;
use crate::protocol::{TrialRecord, TrialState};
use crate::study::check::MODEL_DIMENSION;
use crate::study::{Dimension, Range, Space, Study, Value};

/// Who wrote a line. Optuna gives trials that still run to their writers; none of these does.
const WORKER: &str = "rectune";

const CREATE_STUDY: &str = "0";
const CREATE_TRIAL: &str = "4";

/// An object in the making. Derived, each of a journal's shapes would be code of its own.
struct Object(String);

impl Object {
    fn new() -> Self {
        Self("{".to_owned())
    }

    /// A field that is JSON already.
    fn raw(&mut self, name: &str, text: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0 += &written(name);
        self.0.extend([":", text]);
    }

    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &written(value));
    }

    /// A number, or nothing.
    fn number(&mut self, name: &str, value: Option<f64>) {
        self.raw(name, &written(&value));
    }

    fn end(self) -> String {
        self.0 + "}"
    }
}

fn written<T: Serialize + ?Sized>(value: &T) -> String {
    json::write(value).expect("plain data")
}

fn line(op_code: &str) -> Object {
    let mut line = Object::new();
    line.raw("op_code", op_code);
    line.text("worker_id", WORKER);
    line
}

/// The journal of a study's trials, by number.
///
/// # Panics
/// Never: trials are plain data that JSON can hold.
#[must_use]
pub fn journal(study: &Study, records: &[&TrialRecord]) -> String {
    let mut created = line(CREATE_STUDY);
    created.text("study_name", &format!("rectune-{}", &study_hash(study)[..8]));
    // 1 minimises, 2 maximises.
    created.raw("directions", if study.objective.higher_is_better() { "[2]" } else { "[1]" });
    let mut text = created.end() + "\n";
    let space = study.space().unwrap_or_default();
    for record in by_number(records) {
        text += &trial(&space, record);
        text.push('\n');
    }
    text
}

fn trial(space: &Space, record: &TrialRecord) -> String {
    let (mut distributions, mut params) = (Object::new(), Object::new());
    for dimension in space.dimensions() {
        if let Some(value) = record.params.get(&dimension.name).and_then(|value| internal(dimension, value)) {
            distributions.text(&dimension.name, &distribution(&dimension.range));
            params.number(&dimension.name, Some(value));
        }
    }
    let mut own = Object::new();
    own.text("model", record.model.name());
    own.text("state", state(record.state));
    own.raw("epochs", &record.epochs.to_string());
    own.number("seconds", Some(record.seconds));
    // The learning curve by epoch.
    let mut curve = Object::new();
    for point in record.curve.iter().filter(|point| point.valid.is_some()) {
        curve.number(&point.epoch.to_string(), point.valid);
    }
    let mut line = line(CREATE_TRIAL);
    line.raw("study_id", "0");
    line.text("datetime_start", &moment(0.0));
    line.text("datetime_complete", &moment(record.seconds));
    line.raw(
        "state",
        match record.state {
            TrialState::Done => "1",
            // Pruned.
            TrialState::Stopped => "2",
            // Failed.
            TrialState::Failed | TrialState::Cancelled => "3",
        },
    );
    line.number("value", record.value);
    line.number("values", None);
    line.raw("distributions", &distributions.end());
    line.raw("params", &params.end());
    line.raw("user_attrs", &own.end());
    line.raw("system_attrs", "{}");
    line.raw("intermediate_values", &curve.end());
    line.end()
}

/// A value as Optuna stores it: a choice by its place.
fn internal(dimension: &Dimension, value: &Value) -> Option<f64> {
    match &dimension.range {
        Range::Categorical { choices } => choices.iter().position(|choice| choice == value).map(|at| at as f64),
        _ => value.as_number(),
    }
}

/// A range as Optuna knows it. It has no steps on a logarithm, so there they are left out.
fn distribution(range: &Range) -> String {
    let mut attributes = Object::new();
    let name = match *range {
        Range::Float { low, high, log, step } => {
            attributes.number("low", Some(low));
            attributes.number("high", Some(high));
            attributes.raw("log", if log { "true" } else { "false" });
            attributes.number("step", step.filter(|_| !log));
            "FloatDistribution"
        }
        Range::Int { low, high, log, step } => {
            let step = step.filter(|_| !log).unwrap_or(1.0) as i64;
            let (low, high) = (low as i64, high as i64);
            attributes.raw("low", &low.to_string());
            attributes.raw("high", &(high - (high - low) % step).to_string());
            attributes.raw("log", if log { "true" } else { "false" });
            attributes.raw("step", &step.to_string());
            "IntDistribution"
        }
        Range::Categorical { ref choices } => {
            attributes.raw("choices", &written(choices));
            "CategoricalDistribution"
        }
        Range::Fixed { ref value } => {
            attributes.raw("choices", &written(std::slice::from_ref(value)));
            "CategoricalDistribution"
        }
    };
    let mut distribution = Object::new();
    distribution.text("name", name);
    distribution.raw("attributes", &attributes.end());
    distribution.end()
}

fn state(state: TrialState) -> &'static str {
    match state {
        TrialState::Done => "done",
        TrialState::Failed => "failed",
        TrialState::Cancelled => "cancelled",
        TrialState::Stopped => "stopped",
    }
}

/// A moment of the first day of 1970: Optuna wants to know when, and all that is known is for how long.
fn moment(seconds: f64) -> String {
    let micros = (seconds * 1e6).clamp(0.0, 86_399_999_999.0) as u64;
    let (whole, micros) = (micros / 1_000_000, micros % 1_000_000);
    format!("1970-01-01T{:02}:{:02}:{:02}.{micros:06}+00:00", whole / 3_600, whole / 60 % 60, whole % 60)
}

/// The trials as comma-separated values, one line each: what every trial has, then each parameter of the space. A parameter
/// that a trial does not have is empty, and so is the value of one without a result.
#[must_use]
pub fn csv(study: &Study, records: &[&TrialRecord]) -> String {
    let space = study.space().unwrap_or_default();
    let params = || space.dimensions().iter().filter(|dimension| dimension.name != MODEL_DIMENSION);
    let mut text = "number,model,state,value,epochs,seconds".to_owned();
    for dimension in params() {
        text.extend([",", &dimension.name]);
    }
    text.push('\n');
    for record in by_number(records) {
        let (state, value) = (state(record.state), record.value);
        let value = value.map_or_else(String::new, |value| value.to_string());
        let (number, model, epochs, seconds) = (record.number, record.model.name(), record.epochs, record.seconds);
        write!(text, "{number},{model},{state},{value},{epochs},{seconds}").expect("a text takes all that is written");
        for dimension in params() {
            let value = record.params.get(&dimension.name).map_or_else(String::new, ToString::to_string);
            text.extend([",", &value]);
        }
        text.push('\n');
    }
    text
}

fn by_number<'a>(records: &[&'a TrialRecord]) -> Vec<&'a TrialRecord> {
    let mut records = records.to_vec();
    order::sort(&mut records, |a, b| a.number.cmp(&b.number));
    records
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::share::payload::tests::record;
    use crate::study::Point;

    fn trial(number: u32, value: Option<f64>) -> TrialRecord {
        let params = Point(vec![
            ("n_factors".into(), 8.0.into()),
            ("learning_rate".into(), 0.01.into()),
            ("regularization".into(), 0.05.into()),
        ]);
        let state = if value.is_some() { TrialState::Done } else { TrialState::Failed };
        TrialRecord { params, value, state, epochs: 3, seconds: 1.5, curve: Vec::new(), ..record(number) }
    }

    #[test]
    fn a_table_has_a_line_for_each_trial() {
        let study = Study::default();
        let (first, second) = (trial(0, Some(0.875)), trial(1, None));
        assert_eq!(
            csv(&study, &[&second, &first]),
            "number,model,state,value,epochs,seconds,n_factors,learning_rate,regularization\n\
             0,svd,done,0.875,3,1.5,8,0.01,0.05\n\
             1,svd,failed,,3,1.5,8,0.01,0.05\n"
        );
    }

    #[test]
    fn the_journal_creates_the_study_and_then_its_trials() {
        let study = Study::default();
        let text = journal(&study, &[&trial(0, Some(0.875)), &trial(1, None)]);
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((lines.len(), &lines[0]["op_code"], &lines[0]["directions"][0]), (3, &0.into(), &1.into()));
        let done = &lines[1];
        assert_eq!((&done["op_code"], &done["state"], &done["value"]), (&4.into(), &1.into(), &0.875.into()));
        assert_eq!(done["params"]["n_factors"], 8.0);
        assert_eq!(
            done["distributions"]["n_factors"],
            r#"{"name":"IntDistribution","attributes":{"low":4,"high":32,"log":true,"step":1}}"#
        );
        assert_eq!(done["datetime_complete"], "1970-01-01T00:00:01.500000+00:00");
        assert_eq!((&lines[2]["state"], &lines[2]["value"]), (&3.into(), &serde_json::Value::Null));
    }

    #[test]
    fn ranges_are_what_optuna_allows() {
        let attributes = |range: &Range| {
            let text = distribution(range);
            text[text.find("attributes\":").unwrap() + 12..text.len() - 1].to_owned()
        };
        let float = Range::Float { low: 0.1, high: 1.0, log: true, step: Some(0.1) };
        assert_eq!(attributes(&float), r#"{"low":0.1,"high":1.0,"log":true,"step":null}"#);
        // 2, 5, 8: the end that is never reached is no end.
        let int = Range::Int { low: 2.0, high: 10.0, log: false, step: Some(3.0) };
        assert_eq!(attributes(&int), r#"{"low":2,"high":8,"log":false,"step":3}"#);
        let choices = Range::Categorical { choices: vec!["a".into(), true.into()] };
        assert_eq!(attributes(&choices), r#"{"choices":["a",true]}"#);
    }
}
