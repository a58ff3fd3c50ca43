//! By hand, and against Optuna's own evaluator.

use super::*;
use crate::engine::share::payload::tests::record;
use crate::study::{ModelKind, ModelSpace, ParamSpec, Point};

#[test]
fn names_by_hand() {
    // Two of three names were seen, so the smoothing is 1/3 and a row's sum is 2.
    // a: (3 + 4/3) / 2 + 1/3 = 2.5; b: (1 + 4/3) / 2 + 1/3 = 1.5; c: (4/3) / 2 + 1/3 = 1; over 5.
    let density = of_names(&[3, 1, 0]);
    assert!(density.iter().zip([0.5, 0.3, 0.2]).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-15), "{density:?}");
}

#[test]
fn the_bandwidth_by_hand() {
    // Cells 2, 2, 4, 8: mean 4, squares 4 + 4 + 0 + 16 = 24, deviation sqrt(24 / 3) = 2.83. A quarter (1) is reached at 2, more
    // than three quarters (3) at 8: the range 6 / 1.34 = 4.48 is more.
    let found = deviation(&[(2.0, 2.0), (4.0, 1.0), (8.0, 1.0)]);
    assert!((found - 1.059 * libm::sqrt(8.0) * libm::pow(4.0, -0.2)).abs() < 1e-12);
    assert_eq!(deviation(&[(7.0, 1.0)]), LEAST_DEVIATION);
}

#[test]
fn densities_of_numbers_add_up_to_one() {
    for counts in [vec![1, 0, 0, 3], vec![0, 0, 1], vec![5; 50]] {
        assert!((of_numbers(&counts).iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn cells_lie_on_the_parameters_own_scale() {
    let log = Range::Float { low: 0.001, high: 0.1, log: true, step: None };
    assert_eq!((cells(&log), cell(&log, 50, &0.001.into()), cell(&log, 50, &0.1.into())), (50, 0, 49));
    // The middle of the logarithm, between cells 24 and 25: the lower one.
    assert_eq!(cell(&log, 50, &0.009_999.into()), 24);
    let int = |low, high, log| Range::Int { low, high, log, step: None };
    assert_eq!(cells(&int(1.0, 5.0, false)), 5);
    // 29 values need 5 bits.
    assert_eq!(cells(&int(4.0, 32.0, true)), 6);
    assert_eq!(cells(&Range::Float { low: 0.0, high: 0.3, log: false, step: Some(0.1) }), 4);
    assert_eq!(cells(&int(3.0, 3.0, true)), 1);
}

#[test]
fn only_what_the_loss_depends_on_matters_and_few_trials_say_nothing() {
    let study = Study::default();
    let space = study.space().unwrap();
    let mut records: Vec<TrialRecord> = (0..60).map(record).collect();
    for (at, record) in (0_u32..).zip(&mut records) {
        let unit = |dimension: usize| f64::from((at * 37 + 11) * (7 + 4 * dimension as u32) % 60) / 60.0;
        record.params = space.point_at(unit);
        let rate = record.params.get("learning_rate").and_then(Value::as_number).unwrap();
        record.state = TrialState::Done;
        record.value = Some((rate - 0.012).abs());
        record.model = ModelKind::Svd;
    }
    let of = |count: usize| importance(&study, &records[..count].iter().collect::<Vec<_>>());
    let found = of(60);
    assert_eq!((found[0].trials, found[0].top, found[0].params.len()), (60, 6, 3));
    assert!((found[0].params.iter().map(|param| param.share).sum::<f64>() - 1.0).abs() < 1e-12);
    let share = |name: &str| found[0].params.iter().find(|param| param.name == name).unwrap().share;
    assert!(share("learning_rate") > 0.7, "{found:?}");
    assert_eq!(of(LEAST_TRIALS - 1), []);
}

/// What `tests/importance_fixture.py` wrote.
#[derive(serde::Deserialize)]
struct Fixture {
    studies: Vec<FixtureStudy>,
}

#[derive(serde::Deserialize)]
struct FixtureStudy {
    model: ModelKind,
    params: Vec<ParamSpec>,
    trials: Vec<FixtureTrial>,
    importance: std::collections::BTreeMap<String, f64>,
}

#[derive(serde::Deserialize)]
struct FixtureTrial {
    params: Point,
    value: Option<f64>,
}

/// All models of the fixture in one study: each has the figures that Optuna gives to its trials alone.
#[test]
fn optuna_finds_the_same() {
    let fixture: Fixture = serde_json::from_str(include_str!("../../../tests/importance_fixture.json")).unwrap();
    let mut study = Study::default();
    study.models.clear();
    let mut records = Vec::new();
    for one in &fixture.studies {
        study.models.push(ModelSpace { model: one.model, params: one.params.clone() });
        for trial in &one.trials {
            let mut params = vec![(MODEL_DIMENSION.to_owned(), Value::from(one.model.name()))];
            params.extend(
                trial.params.0.iter().map(|(name, value)| (format!("{}.{name}", one.model.name()), value.clone())),
            );
            let (number, model, value) = (records.len() as u32, one.model, trial.value);
            let state = if value.is_some() { TrialState::Done } else { TrialState::Failed };
            records.push(TrialRecord { model, params: Point(params), state, value, ..record(number) });
        }
    }
    let found = importance(&study, &records.iter().collect::<Vec<_>>());
    assert_eq!(found.len(), fixture.studies.len());
    for (found, expected) in found.iter().zip(&fixture.studies) {
        assert_eq!(found.params.len(), expected.importance.len());
        for param in &found.params {
            let theirs = expected.importance[&param.name];
            assert!(
                (param.share - theirs).abs() < 1e-6,
                "{} {}: {} against {theirs}",
                found.model.name(),
                param.name,
                param.share
            );
        }
    }
}
