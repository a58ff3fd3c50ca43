//! A run's trials as others read them: the journal that Optuna's `JournalStorage` opens, and a table for anybody.
//!
//! The journal is one JSON object a line (Optuna 4 and 5, `optuna/storages/journal`): one that creates the study and one for
//! each trial, with its parameters, its distributions and its result. What Optuna has no place for stands in `user_attrs`.

use std::collections::BTreeMap;
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

const CREATE_STUDY: u8 = 0;
const CREATE_TRIAL: u8 = 4;

#[derive(Serialize)]
struct CreateStudy {
    op_code: u8,
    worker_id: &'static str,
    study_name: String,
    /// 1 minimises, 2 maximises.
    directions: [u8; 1],
}

#[derive(Serialize)]
struct CreateTrial<'a> {
    op_code: u8,
    worker_id: &'static str,
    study_id: u32,
    datetime_start: String,
    datetime_complete: String,
    /// 1 is complete, 2 pruned, 3 failed.
    state: u8,
    value: Option<f64>,
    values: Option<f64>,
    distributions: BTreeMap<&'a str, String>,
    params: BTreeMap<&'a str, f64>,
    user_attrs: Attributes,
    system_attrs: BTreeMap<&'a str, u8>,
    /// The learning curve by epoch.
    intermediate_values: BTreeMap<String, f64>,
}

#[derive(Serialize)]
struct Attributes {
    model: &'static str,
    state: TrialState,
    epochs: u32,
    seconds: f64,
}

#[derive(Serialize)]
struct Distribution<'a> {
    name: &'static str,
    attributes: DistributionAttributes<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum DistributionAttributes<'a> {
    Float { low: f64, high: f64, log: bool, step: Option<f64> },
    Int { low: i64, high: i64, log: bool, step: i64 },
    Categorical { choices: &'a [Value] },
}

/// The journal of a study's trials, by number.
///
/// # Panics
/// Never: trials are plain data that JSON can hold.
#[must_use]
pub fn journal(study: &Study, records: &[&TrialRecord]) -> String {
    let created = CreateStudy {
        op_code: CREATE_STUDY,
        worker_id: WORKER,
        study_name: format!("rectune-{}", &study_hash(study)[..8]),
        directions: [if study.objective.higher_is_better() { 2 } else { 1 }],
    };
    let mut text = json::write(&created).expect("plain data") + "\n";
    let space = study.space().unwrap_or_default();
    for record in by_number(records) {
        text += &json::write(&trial(&space, record)).expect("plain data");
        text.push('\n');
    }
    text
}

fn trial<'a>(space: &'a Space, record: &TrialRecord) -> CreateTrial<'a> {
    let (mut distributions, mut params) = (BTreeMap::new(), BTreeMap::new());
    for dimension in space.dimensions() {
        if let Some(value) = record.params.get(&dimension.name).and_then(|value| internal(dimension, value)) {
            distributions.insert(&*dimension.name, json::write(&distribution(&dimension.range)).unwrap_or_default());
            params.insert(&*dimension.name, value);
        }
    }
    CreateTrial {
        op_code: CREATE_TRIAL,
        worker_id: WORKER,
        study_id: 0,
        datetime_start: moment(0.0),
        datetime_complete: moment(record.seconds),
        state: match record.state {
            TrialState::Done => 1,
            TrialState::Stopped => 2,
            TrialState::Failed | TrialState::Cancelled => 3,
        },
        value: record.value,
        values: None,
        distributions,
        params,
        user_attrs: Attributes {
            model: record.model.name(),
            state: record.state,
            epochs: record.epochs,
            seconds: record.seconds,
        },
        system_attrs: BTreeMap::new(),
        intermediate_values: record
            .curve
            .iter()
            .filter_map(|point| Some((point.epoch.to_string(), point.valid?)))
            .collect(),
    }
}

/// A value as Optuna stores it: a choice by its place.
fn internal(dimension: &Dimension, value: &Value) -> Option<f64> {
    match &dimension.range {
        Range::Categorical { choices } => choices.iter().position(|choice| choice == value).map(|at| at as f64),
        _ => value.as_number(),
    }
}

/// A range as Optuna knows it. It has no steps on a logarithm, so there they are left out.
fn distribution(range: &Range) -> Distribution<'_> {
    let (name, attributes) = match *range {
        Range::Float { low, high, log, step } => {
            ("FloatDistribution", DistributionAttributes::Float { low, high, log, step: step.filter(|_| !log) })
        }
        Range::Int { low, high, log, step } => {
            let step = step.filter(|_| !log).unwrap_or(1.0) as i64;
            let (low, high) = (low as i64, high as i64);
            ("IntDistribution", DistributionAttributes::Int { low, high: high - (high - low) % step, log, step })
        }
        Range::Categorical { ref choices } => {
            ("CategoricalDistribution", DistributionAttributes::Categorical { choices })
        }
        Range::Fixed { ref value } => {
            ("CategoricalDistribution", DistributionAttributes::Categorical { choices: std::slice::from_ref(value) })
        }
    };
    Distribution { name, attributes }
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
        let state = match record.state {
            TrialState::Done => "done",
            TrialState::Failed => "failed",
            TrialState::Cancelled => "cancelled",
            TrialState::Stopped => "stopped",
        };
        let value = record.value.map_or_else(String::new, |value| value.to_string());
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
        let attributes = |range: &Range| json::write(&distribution(range).attributes).unwrap();
        let float = Range::Float { low: 0.1, high: 1.0, log: true, step: Some(0.1) };
        assert_eq!(attributes(&float), r#"{"low":0.1,"high":1.0,"log":true,"step":null}"#);
        // 2, 5, 8: the end that is never reached is no end.
        let int = Range::Int { low: 2.0, high: 10.0, log: false, step: Some(3.0) };
        assert_eq!(attributes(&int), r#"{"low":2,"high":8,"log":false,"step":3}"#);
        let choices = Range::Categorical { choices: vec!["a".into(), true.into()] };
        assert_eq!(attributes(&choices), r#"{"choices":["a",true]}"#);
    }
}
