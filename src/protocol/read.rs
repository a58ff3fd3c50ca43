//! How commands and events are read: the fields of each. What they mean is declared in [`crate::protocol`].

use super::{Command, Event};
use crate::fields::read_tagged;

read_tagged!(Command by "command" {
    "load" => Load { source, clean, find, roles, saved },
    "stop-loading" => StopLoading,
    "forecast" => Forecast { study },
    "profile" => Profile,
    "try-split" => TrySplit { split, seed },
    "run" => Run { study, resumes, interventions, openings, paused, seconds },
    "pause" => Pause,
    "resume" => Resume,
    "step" => Step,
    "cancel" => Cancel,
    "cancel-trial" => CancelTrial { number },
    "extend" => Extend { trials },
    "compare-pair" => ComparePair { one, other },
    "explain" => Explain { number },
    "survey" => Survey { x, y },
    "compare-candidates" => CompareCandidates,
    "race" => Race { samplers, seeds },
    "stop-race" => StopRace,
    "repeat" => Repeat { replicates },
    "resplit" => Resplit { splits },
    "average" => Average { count },
    "open-test" => OpenTest,
    "share" => Share,
    "export" => Export { form },
    "read-share" => ReadShare { payload },
    "verify" => Verify { shared },
    "list-saved" => ListSaved,
    "rename-saved" => RenameSaved { id, name },
    "delete-saved" => DeleteSaved { id },
    "read-saved" => ReadSaved { id },
    "find" => Find { seq, users, text, count },
    "advise" => Advise(question),
    "check-privacy" => CheckPrivacy,
    "end-worker" => EndWorker,
});

read_tagged!(Event by "event" {
    "ready" => Ready { workers },
    "loading" => Loading { bytes, total, rows },
    "loading-stopped" => LoadingStopped,
    "data" => Data(report),
    "forecast" => Forecast(forecast),
    "profile" => Profile(profile),
    "split-tried" => SplitTried { report },
    "refused" => Refused { error },
    "started" => Started(started),
    "state" => State { state },
    "trial-started" => TrialStarted { number, model, params },
    "epoch" => Epoch { number, point },
    "trial-waits" => TrialWaits(trial),
    "trial-ended" => TrialEnded(trial),
    "baseline-ended" => BaselineEnded(baseline),
    "outlook" => Outlook { number, gain },
    "intervened" => Intervened(intervention),
    "compared" => Compared { comparisons },
    "pair-compared" => PairCompared(pair),
    "explained" => Explained { why },
    "surveyed" => Surveyed { surface },
    "candidates" => Candidates { candidates },
    "resplit" => Resplit { rows },
    "raced" => Raced { report },
    "importance" => Importance { models },
    "repeated" => Repeated(finalist),
    "averaged" => Averaged(report),
    "test-opened" => TestOpened(report),
    "link" => Link { payload },
    "exported" => Exported { form, text },
    "shared" => Shared(shared),
    "verified" => Verified(verification),
    "saved" => Saved { studies },
    "saved-read" => SavedRead { id, shared },
    "workers" => Workers { alive, replaced },
    "privacy" => Privacy { role, refused },
    "factors" => Factors(factors),
    "found" => Found { seq, names },
    "advice" => Advice(advice),
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::fields::{Content, whole};
    use crate::protocol::{
        Advice, AverageReport, Bar, Baseline, ByMetric, Candidate, Comparison, CurvePoint, DataReport, Entrant,
        Estimate, Explanation, ExportForm, Factors, Fallback, Finalist, Forecast, GenreCount, Intervention, ListCounts,
        ModelImportance, Named, Note, Origin, PairComparison, ParamImportance, Parts, Preview, Profile, RaceReport,
        Rated, Recommended, Resplit, RunState, SavedStudy, Scale, Sequence, Share, Shared, Slice, SplitReport, Started,
        Step, Surface, TestFile, TestReport, TrialRecord, TrialState, Verification,
    };
    use crate::study::{Cleaning, Columns, DataSource, Form, MetricSpec, ModelKind, Point, SamplerKind, Study};

    /// One of each. The match makes a new event stop here until it is read above and listed below.
    fn is_listed(event: &Event) {
        match event {
            Event::Ready { .. } | Event::Loading { .. } | Event::Data(_) | Event::Refused { .. } => {}
            Event::Started(_) | Event::State { .. } | Event::TrialStarted { .. } | Event::Epoch { .. } => {}
            Event::TrialWaits(_)
            | Event::TrialEnded(_)
            | Event::BaselineEnded(_)
            | Event::Intervened(_)
            | Event::Compared { .. } => {}
            Event::TestOpened(_) | Event::Link { .. } | Event::Shared(_) | Event::Verified(_) => {}
            Event::Saved { .. } | Event::SavedRead { .. } | Event::Importance { .. } | Event::Exported { .. } => {}
            Event::Workers { .. } | Event::Privacy { .. } | Event::Factors(_) => {}
            Event::Found { .. } | Event::Advice(_) | Event::Repeated(_) | Event::Averaged(_) => {}
            Event::PairCompared(_) | Event::Explained { .. } | Event::Surveyed { .. } => {}
            Event::Candidates { .. } | Event::Resplit { .. } => {}
            Event::Forecast(_) | Event::Outlook { .. } | Event::Raced { .. } => {}
            Event::LoadingStopped | Event::Profile(_) | Event::SplitTried { .. } => {}
        }
    }

    /// Packed as the conductor does it, which the page never does.
    fn packed<T: serde::Serialize>(what: &T) -> crate::protocol::Packed<T> {
        let text = serde_json::to_string(what).unwrap();
        whole(serde_json::from_str::<Content>(&text).unwrap()).unwrap()
    }

    fn data() -> DataReport {
        let columns = Columns { user: "u".into(), item: "i".into(), rating: Some("r".into()), time: None };
        DataReport {
            source: DataSource::File {
                name: "a.csv".into(),
                delimiter: ",".into(),
                columns: columns.clone(),
                form: Form::default(),
            },
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
            ordered: false,
            implicit: false,
            clean: Cleaning::default(),
            reasons: vec![],
            notes: vec![Note { code: "no-times".into(), count: 1, of: 1 }],
            catalog: None,
            test: Some(TestFile { name: "t.csv".into(), rows: 3, hash: "b".into() }),
            preview: Preview::default(),
        }
    }

    fn results() -> Vec<Event> {
        let study = Study::default();
        let params = study.space().unwrap().point_at(|_| 0.3);
        let model = study.resolve(&params).unwrap();
        let metrics = ByMetric(vec![(MetricSpec::Rmse, 0.9), (MetricSpec::Ndcg, 0.7)]);
        let estimate = Estimate { value: 0.1, low: None, high: Some(0.2) };
        let started = Started { study: study.clone(), hash: "h".into(), budget: 3, split: SplitReport::default() };
        let trial = TrialRecord {
            number: 0,
            model: ModelKind::Svd,
            params,
            state: TrialState::Failed,
            value: None,
            metrics: Some(metrics.clone()),
            epochs: 3,
            curve: vec![CurvePoint { epoch: 1, train: 1.0, valid: None }],
            error: Some(Error::Diverged { epoch: 2 }),
            seconds: 0.1,
            users: Default::default(),
            fallback: Fallback::default(),
            lists: ListCounts { judged: 2, left_out: 1 },
            rung: 1,
        };
        let users = Default::default();
        let baseline =
            Baseline { model: model.clone(), epochs: 1, value: 0.9, metrics: metrics.clone(), points: 10, users };
        let fallback = Fallback::default();
        let figures = ByMetric(vec![(MetricSpec::Map, estimate)]);
        let lists = ListCounts::default();
        let average = Some(AverageReport {
            trials: vec![0, 2],
            validation: metrics.clone(),
            test: Some(metrics.clone()),
            difference: Some(estimate),
        });
        let test = TestReport {
            number: 0,
            model,
            epochs: 3,
            figures,
            lists,
            fallback,
            baselines: vec![],
            average,
            openings: 1,
        };
        let (trials, interventions) = (vec![], vec![Intervention::StopAt { number: 3 }]);
        let saved = SavedStudy::new("id".into(), study.clone());
        let shared = Shared { study, interventions, trials, baseline: None, digest: "d".into(), openings: 0 };
        vec![
            Event::Saved { studies: vec![saved] },
            Event::SavedRead { id: "id".into(), shared: Box::new(shared.clone()) },
            Event::Started(Box::new(started)),
            Event::TrialWaits(Box::new(trial.clone())),
            Event::TrialEnded(Box::new(trial)),
            Event::BaselineEnded(Box::new(baseline)),
            Event::Compared { comparisons: vec![Comparison { number: 0, difference: estimate, tied: true }] },
            Event::TestOpened(Box::new(test)),
            Event::Shared(Box::new(shared)),
        ]
    }

    fn named() -> Named {
        Named { idx: 3, name: "A & B".into(), genres: "a|b".into(), count: 4 }
    }

    fn advice() -> Advice {
        let parts = Some(Parts { mean: 3.5, item: 0.25, user: -0.5, taste: 1.0 });
        let because = vec![Share { item: 2, share: 0.75 }];
        let list = vec![Recommended { item: 3, score: 4.25, probability: Some(0.5), parts, because }];
        let history = vec![Rated { item: 2, rating: 4.5 }];
        let error = Some(Error::Diverged { epoch: 2 });
        Advice { seq: 1, trial: 2, model: ModelKind::Svd, list, history, names: vec![named()], error }
    }

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let averaged =
            AverageReport { trials: vec![3, 1], validation: ByMetric(Vec::new()), test: None, difference: None };
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
        let difference = Estimate { value: 0.5, low: None, high: Some(0.75) };
        let candidate = Candidate {
            number: None,
            model: ModelKind::Mean.with(&[]).unwrap(),
            epochs: 1,
            figures: ByMetric(vec![(MetricSpec::Map, difference)]),
            difference,
            group: 2,
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
            Event::Intervened(Intervention::StopTrial { number: 4, rung: 1 }),
            Event::Intervened(Intervention::Extended { number: 9 }),
            Event::Link { payload: "x".into() },
            Event::Verified(Box::new(verified)),
            Event::Workers { alive: 1, replaced: 2 },
            Event::Privacy { role: "trainer".into(), refused: true },
            Event::Factors(Box::new(factors)),
            Event::Averaged(Box::new(averaged)),
            Event::Exported { form: ExportForm::Optuna, text: "{}".into() },
            Event::Importance {
                models: vec![ModelImportance {
                    model: ModelKind::Svd,
                    trials: 20,
                    top: 2,
                    params: vec![ParamImportance { name: "n_factors".into(), share: 1.0 }],
                }],
            },
            Event::Repeated(Finalist { number: 1, values: vec![0.9], failed: 2, mean: 0.9, deviation: None }),
            Event::PairCompared(PairComparison { one: 1, other: 2, difference }),
            Event::Surveyed { surface: packed(&Surface { x: "k".into(), mean: vec![0.5], ..Surface::default() }) },
            Event::Explained {
                why: packed(&Explanation {
                    number: 12,
                    known: 5,
                    pending: 7,
                    origin: Origin::Learned,
                    slices: vec![Slice {
                        name: "k".into(),
                        at: vec![0.0, 1.0],
                        gain: vec![0.5, 1.0],
                        ..Slice::default()
                    }],
                }),
            },
            Event::Outlook { number: 11, gain: 0.25 },
            Event::Raced {
                report: packed(&RaceReport {
                    entrants: vec![Entrant {
                        sampler: SamplerKind::Gp,
                        median: vec![0.5],
                        low: vec![0.25],
                        high: vec![1.0],
                        wins: 0.75,
                    }],
                    ..RaceReport::default()
                }),
            },
            Event::Forecast(Forecast { seconds: 1.5, mib: 2.5, trainers: 3 }),
            Event::Resplit {
                rows: vec![Resplit {
                    number: Some(2),
                    model: candidate.model.clone(),
                    values: vec![0.5, 0.75],
                    difference: 0.25,
                    deviation: 0.125,
                    won: 2,
                }],
            },
            Event::Candidates { candidates: vec![candidate] },
            Event::Found { seq: 1, names: vec![named()] },
            Event::Advice(Box::new(advice())),
            Event::LoadingStopped,
            Event::Profile(Box::new(Profile {
                ratings: vec![Bar { low: 0.5, high: 1.0, count: 3 }],
                genres: vec![GenreCount { name: "Drama".into(), count: 2 }],
                sequence: Some(Sequence {
                    user: "u".into(),
                    of: 3,
                    steps: vec![Step { item: "i".into(), rating: 4.5, time: 7.0 }],
                }),
                ..Profile::default()
            })),
            Event::SplitTried { report: SplitReport { train: 8, ..SplitReport::default() } },
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
