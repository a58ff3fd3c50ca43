//! Reads events and interventions. What they hold is declared in [`crate::protocol`].
//!
//! An event's name stands first, because it is written first; the rest is then read straight into its type. serde would
//! buffer the whole message to look for the name, which costs the page more code than it can afford.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::{Comparison, CurvePoint, Event, Intervention, RunState};
use crate::error::Error;
use crate::fields::{Fields, FromFields, deserialize_by_fields, unknown};
use crate::study::{ModelKind, Point};

deserialize_by_fields!(Intervention);

impl FromFields for Intervention {
    fn from_fields(fields: &mut Fields) -> Result<Self, String> {
        let kind: String = fields.take("kind")?;
        let number = fields.take("number")?;
        match kind.as_str() {
            "stop-at" => Ok(Self::StopAt { number }),
            "cancel-trial" => Ok(Self::CancelTrial { number }),
            other => unknown("intervention", other),
        }
    }
}

/// The fields of all events that are no type of their own.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Plain {
    workers: Option<u32>,
    bytes: Option<f64>,
    total: Option<f64>,
    rows: Option<u32>,
    error: Option<Error>,
    state: Option<RunState>,
    number: Option<u32>,
    model: Option<ModelKind>,
    params: Option<Point>,
    point: Option<CurvePoint>,
    comparisons: Option<Vec<Comparison>>,
    payload: Option<String>,
    alive: Option<u32>,
    replaced: Option<u32>,
    role: Option<String>,
    refused: Option<bool>,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor)
    }
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event that says first which one it is")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let first: Option<(String, String)> = map.next_entry()?;
        let Some((_, name)) = first.filter(|(key, _)| key == "event") else {
            return Err(A::Error::missing_field("event"));
        };
        let rest = MapAccessDeserializer::new(map);
        Ok(match name.as_str() {
            "data" => Event::Data(Deserialize::deserialize(rest)?),
            "started" => Event::Started(Deserialize::deserialize(rest)?),
            "trial-ended" => Event::TrialEnded(Deserialize::deserialize(rest)?),
            "baseline-ended" => Event::BaselineEnded(Deserialize::deserialize(rest)?),
            "intervened" => Event::Intervened(Deserialize::deserialize(rest)?),
            "test-opened" => Event::TestOpened(Deserialize::deserialize(rest)?),
            "shared" => Event::Shared(Deserialize::deserialize(rest)?),
            "verified" => Event::Verified(Deserialize::deserialize(rest)?),
            "factors" => Event::Factors(Deserialize::deserialize(rest)?),
            name => plain(name, Plain::deserialize(rest)?).map_err(A::Error::missing_field)?,
        })
    }
}

/// An event of plain fields, or the name of the field that is missing.
fn plain(name: &str, plain: Plain) -> Result<Event, &'static str> {
    fn there<T>(field: Option<T>, name: &'static str) -> Result<T, &'static str> {
        field.ok_or(name)
    }
    let number = || there(plain.number, "number");
    Ok(match name {
        "ready" => Event::Ready { workers: there(plain.workers, "workers")? },
        "loading" => Event::Loading {
            bytes: there(plain.bytes, "bytes")?,
            total: there(plain.total, "total")?,
            rows: there(plain.rows, "rows")?,
        },
        "refused" => Event::Refused { error: there(plain.error, "error")? },
        "state" => Event::State { state: there(plain.state, "state")? },
        "trial-started" => Event::TrialStarted {
            number: number()?,
            model: there(plain.model, "model")?,
            params: there(plain.params, "params")?,
        },
        "epoch" => Event::Epoch { number: number()?, point: there(plain.point, "point")? },
        "compared" => Event::Compared { comparisons: there(plain.comparisons, "comparisons")? },
        "link" => Event::Link { payload: there(plain.payload, "payload")? },
        "workers" => {
            Event::Workers { alive: there(plain.alive, "alive")?, replaced: there(plain.replaced, "replaced")? }
        }
        "privacy" => Event::Privacy { role: there(plain.role, "role")?, refused: there(plain.refused, "refused")? },
        _ => return Err("a known event"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        Baseline, DataReport, Estimate, Factors, Fallback, RatingMetrics, Scale, Shared, SplitReport, Started,
        TestReport, TrialRecord, TrialState, Verification,
    };
    use crate::study::{Columns, DataSource, Study};

    /// One of each. The match makes a new event stop here until it is read above and listed below.
    fn is_listed(event: &Event) {
        match event {
            Event::Ready { .. } | Event::Loading { .. } | Event::Data(_) | Event::Refused { .. } => {}
            Event::Started(_) | Event::State { .. } | Event::TrialStarted { .. } | Event::Epoch { .. } => {}
            Event::TrialEnded(_) | Event::BaselineEnded(_) | Event::Intervened(_) | Event::Compared { .. } => {}
            Event::TestOpened(_) | Event::Link { .. } | Event::Shared(_) | Event::Verified(_) => {}
            Event::Workers { .. } | Event::Privacy { .. } | Event::Factors(_) => {}
        }
    }

    fn data() -> DataReport {
        let columns = Columns { user: "u".into(), item: "i".into(), rating: "r".into(), time: None };
        DataReport {
            source: DataSource::File { name: "a.csv".into(), delimiter: ",".into(), columns: columns.clone() },
            rows: 1,
            used: 1,
            users: 1,
            items: 1,
            skipped: vec![],
            duplicates: 0,
            delimiter: ",".into(),
            encoding: "UTF-8".into(),
            header: true,
            columns,
            scale: Scale { min: 1.0, max: 5.0, step: 0.5 },
            density: 1.0,
            hash: "a".into(),
            seconds: 0.5,
            timed: false,
        }
    }

    fn results() -> Vec<Event> {
        let study = Study::default();
        let params = study.space().unwrap().point_at(|_| 0.3);
        let model = study.resolve(&params).unwrap();
        let metrics = RatingMetrics { rmse: 0.9, mae: 0.7 };
        let estimate = Estimate { value: 0.1, low: None, high: Some(0.2) };
        let started = Started { study: study.clone(), hash: "h".into(), budget: 3, split: SplitReport::default() };
        let trial = TrialRecord {
            number: 0,
            model: ModelKind::Svd,
            params,
            state: TrialState::Failed,
            value: None,
            metrics: Some(metrics),
            epochs: 3,
            curve: vec![CurvePoint { epoch: 1, train: 1.0, valid: None }],
            error: Some(Error::Diverged { epoch: 2 }),
            seconds: 0.1,
            users: Default::default(),
            fallback: Fallback::default(),
        };
        let users = Default::default();
        let baseline = Baseline { model: model.clone(), epochs: 1, value: 0.9, metrics, points: 10, users };
        let fallback = Fallback::default();
        let (rmse, mae) = (estimate, estimate);
        let test = TestReport { number: 0, model, epochs: 3, rmse, mae, fallback, baselines: vec![], openings: 1 };
        let (trials, interventions) = (vec![], vec![Intervention::StopAt { number: 3 }]);
        let shared = Shared { study, interventions, trials, baseline: None, digest: "d".into(), openings: 0 };
        vec![
            Event::Started(Box::new(started)),
            Event::TrialEnded(Box::new(trial)),
            Event::BaselineEnded(Box::new(baseline)),
            Event::Compared { comparisons: vec![Comparison { number: 0, difference: estimate, tied: true }] },
            Event::TestOpened(Box::new(test)),
            Event::Shared(Box::new(shared)),
        ]
    }

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let point = CurvePoint { epoch: 1, train: 1.0, valid: Some(0.5) };
        let verified = Verification { trials: 1, same: 0, exact: false, first_difference: Some(0), engine: (1, 2) };
        let factors = Factors {
            users: vec!["u".into()],
            items: vec!["i".into()],
            ratings: vec![vec![None, Some(1.5)]],
            user_factors: vec![vec![1.0]],
            item_factors: vec![vec![2.0]],
            product: vec![vec![2.0]],
            rmse: 0.0,
        };
        let mut events = results();
        events.extend([
            Event::Ready { workers: 2 },
            Event::Loading { bytes: 1.5, total: 2.0, rows: 3 },
            Event::Data(Box::new(data())),
            Event::Refused { error: Error::NotReady { what: "run".into() } },
            Event::State { state: RunState::Paused },
            Event::TrialStarted { number: 1, model: ModelKind::Svd, params: Point(vec![("k".into(), 2.0.into())]) },
            Event::Epoch { number: 1, point },
            Event::Intervened(Intervention::CancelTrial { number: 4 }),
            Event::Link { payload: "x".into() },
            Event::Verified(Box::new(verified)),
            Event::Workers { alive: 1, replaced: 2 },
            Event::Privacy { role: "trainer".into(), refused: true },
            Event::Factors(Box::new(factors)),
        ]);
        for event in events {
            is_listed(&event);
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
        }
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for text in [r#"{"number":1}"#, r#"{"event":"nothing"}"#, r#"{"event":"epoch","number":1}"#, "[]", "{}"] {
            assert!(serde_json::from_str::<Event>(text).is_err(), "{text}");
        }
    }
}
