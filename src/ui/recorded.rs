//! A synthetic stream of events for tests: what a conductor would say of a short run. Never part of the shipped page.

use crate::protocol::{
    Baseline, ByMetric, Comparison, CurvePoint, DataReport, Estimate, Event, Preview, RunState, Scale, Shared,
    SharedTrial, SplitReport, Started, TrialRecord, TrialState,
};
use crate::study::{Cleaning, Columns, ENGINE, MetricSpec, ModelKind, Study};
use crate::ui::model::Model;
use crate::ui::run::Run;

/// The report on the sample.
pub fn data() -> DataReport {
    DataReport {
        source: Study::default().data.source,
        rows: 100_836,
        used: 100_836,
        users: 610,
        items: 9_724,
        skipped: vec![],
        duplicates: 0,
        delimiter: ",".into(),
        encoding: "UTF-8".into(),
        header: true,
        columns: Columns { user: "userId".into(), item: "movieId".into(), rating: Some("rating".into()), time: None },
        scale: Scale { min: 0.5, max: 5.0, step: 0.5 },
        density: 0.017,
        hash: "a1b2".into(),
        seconds: 0.1,
        timed: true,
        ordered: true,
        implicit: false,
        clean: Cleaning::default(),
        reasons: vec![],
        notes: vec![],
        catalog: None,
        test: None,
        preview: Preview::default(),
    }
}

/// A number that looks random and is the same each time.
fn wobble(number: u32) -> f64 {
    f64::from(number * 7 % 11) / 11.0
}

fn value(number: u32) -> f64 {
    0.845 + 0.05 * wobble(number)
}

fn curve(number: u32) -> Vec<CurvePoint> {
    let point = |epoch: u32| CurvePoint {
        epoch,
        train: 0.9 - 0.01 * f64::from(epoch),
        valid: Some(value(number) + 0.1 / f64::from(epoch) - 0.1 / 12.0),
    };
    (1..=12).map(point).collect()
}

fn trial(number: u32, study: &Study) -> TrialRecord {
    let value = value(number);
    TrialRecord {
        number,
        model: ModelKind::Svd,
        params: study.space().unwrap().point_at(|at| wobble(number + at as u32)),
        state: TrialState::Done,
        value: Some(value),
        metrics: Some(ByMetric(vec![(MetricSpec::Rmse, value), (MetricSpec::Mae, value - 0.2)])),
        epochs: 12,
        curve: curve(number),
        error: None,
        seconds: 0.1,
        users: Default::default(),
        fallback: Default::default(),
        lists: Default::default(),
        rung: 0,
    }
}

/// What the page knows of a whole run of so many trials.
pub fn shown(trials: u32) -> Run {
    let mut model = Model::default();
    for event in run(trials) {
        model.apply(event, 0.0);
    }
    model.run.expect("a run that has started")
}

/// A whole run of so many trials, from the first word to the comparison.
pub fn run(trials: u32) -> Vec<Event> {
    let mut study = Study::default();
    study.search.trials = trials;
    let split = SplitReport { train: 80_668, valid: 10_084, test: 10_084, folds: 1, ..Default::default() };
    let started = Started { study: study.clone(), hash: "5eed".into(), budget: trials, split };
    let mut events = vec![
        Event::Ready { workers: 2 },
        Event::Loading { bytes: 1e5, total: 5e5, rows: 0 },
        Event::Data(Box::new(data())),
        Event::Started(Box::new(started)),
    ];
    let baseline = Baseline {
        model: ModelKind::Bias.with(&[]).unwrap(),
        epochs: 1,
        value: 0.858,
        metrics: ByMetric(vec![(MetricSpec::Rmse, 0.858), (MetricSpec::Mae, 0.66)]),
        points: 10,
        users: Default::default(),
    };
    events.push(Event::BaselineEnded(Box::new(baseline)));
    for number in 0..trials {
        let record = trial(number, &study);
        events.push(Event::TrialStarted { number, model: record.model, params: record.params.clone() });
        events.extend(record.curve.iter().map(|&point| Event::Epoch { number, point }));
        events.push(Event::TrialEnded(Box::new(record)));
    }
    events.push(Event::State { state: RunState::Finished });
    let best = (0..trials).map(value).min_by(f64::total_cmp).unwrap();
    let compared = |number| Comparison {
        number,
        difference: Estimate { value: value(number) - best, low: Some(-0.001), high: Some(0.02) },
        tied: value(number) - best < 0.005,
    };
    events.push(Event::Compared { comparisons: (0..trials).map(compared).collect() });
    events
}

/// What a link with a result carries.
pub fn shared(trials: u32) -> Shared {
    let study = Study::default();
    let one = |number| {
        let record = trial(number, &study);
        let value = record.value.map(|value| value as f32);
        SharedTrial { number, params: record.params, state: record.state, value, epochs: record.epochs }
    };
    Shared {
        study: study.clone(),
        interventions: vec![],
        trials: (0..trials).map(one).collect(),
        baseline: Some(0.858),
        digest: format!("engine {}", ENGINE.0),
        openings: 1,
    }
}
