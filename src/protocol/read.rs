//! How messages are read: the fields of each. What they mean is declared in [`crate::protocol`].

use super::{
    Advice, AverageReport, Bar, Baseline, BaselineTest, ByMetric, Candidate, Column, Command, Comparison, CurvePoint,
    DataReport, Estimate, Event, ExportForm, Factors, Fallback, Figures, FileRole, Finalist, FitReport, Forecast,
    GenreCount, Intervention, ItemsReport, Job, ListCounts, Member, Metrics, ModelImportance, Named, Note, Outcome,
    PairComparison, ParamImportance, Part, Parts, Preview, Profile, Question, Rated, Reason, Recommended, Report,
    RunState, SavedStudy, Scale, Share, Shared, SharedTrial, Skipped, SplitReport, Started, TestFile, TestReport,
    TrialRecord, TrialState, UserSums, Verification,
};
use crate::fields::{Content, Fields, FromContent, Misfit, Misfits, deserialize, read_named, read_struct, read_tagged};
use crate::study::MetricSpec;

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

read_tagged!(Intervention by "kind" { "stop-at" => StopAt { number }, "cancel-trial" => CancelTrial { number }, "stop-trial" => StopTrial { number, rung }, "extended" => Extended { number } });
read_tagged!(Outcome by "state" { "done" => Done(report), "failed" => Failed { error } });

read_named!(ExportForm as "form" or Log, |name| match name {
    "log" => Some(Self::Log),
    "optuna" => Some(Self::Optuna),
    _ => None,
});

read_named!(FileRole as "role" or Ratings, |name| match name {
    "ratings" => Some(Self::Ratings),
    "items" => Some(Self::Items),
    "test" => Some(Self::Test),
    _ => None,
});

read_named!(Part as "part" or Validation, |name| match name {
    "validation" => Some(Self::Validation),
    "test" => Some(Self::Test),
    _ => None,
});

read_named!(RunState as "state" or Paused, |name| match name {
    "running" => Some(Self::Running),
    "paused" => Some(Self::Paused),
    "finished" => Some(Self::Finished),
    "exhausted" => Some(Self::Exhausted),
    "cancelled" => Some(Self::Cancelled),
    _ => None,
});

read_named!(TrialState as "state" or Cancelled, |name| match name {
    "done" => Some(Self::Done),
    "failed" => Some(Self::Failed),
    "cancelled" => Some(Self::Cancelled),
    "stopped" => Some(Self::Stopped),
    _ => None,
});

read_struct!(Job { id, model, stopping, objective, list, part, seed, replicate, keep } or default { all_sums, members });
read_struct!(Member { model, epochs });
read_struct!(Report { job, seconds, outcome });
read_struct!(FitReport { epochs, value, metrics, curve, users, fallback } or default { lists });
read_struct!(CurvePoint { epoch, train, valid });
read_struct!(UserSums { } or default { user, rows, lists, columns });
read_struct!(Column { metric, sums });
read_struct!(ListCounts { judged, left_out });
read_struct!(Fallback { rows, users, items });
read_struct!(ModelImportance { model, trials, top, params });
read_struct!(ParamImportance { name, share });
read_struct!(Started { study, hash, budget, split });
read_struct!(DataReport {
    source,
    rows,
    used,
    users,
    items,
    skipped,
    duplicates,
    delimiter,
    encoding,
    header,
    columns,
    scale,
    density,
    hash,
    seconds,
    timed
} or default { ordered, implicit, clean, reasons, notes, catalog, test, preview });
read_struct!(Reason { role, column, why, values, min, max });
read_struct!(Note { code, count, of });
read_struct!(ItemsReport { name, rows, known, unknown, id, title, genres, year, hash });
read_struct!(Preview { columns, rows });
read_struct!(TestFile { name, rows, hash });
read_struct!(Profile { ratings, per_user, per_item, times, gaps, tied, years, genres });
read_struct!(Bar { low, high, count });
read_struct!(GenreCount { name, count });
read_struct!(Skipped { reason, count, first_line });
read_struct!(Scale { min, max, step });
read_struct!(SplitReport { train, valid, test, folds, cold_users, cold_items, uncut_users } or default { leaks, tied, overlap });
read_struct!(TrialRecord { number, model, params, state, value, metrics, epochs, curve, error, seconds } or default { users, fallback, lists, rung });
read_struct!(Baseline { model, epochs, value, metrics, points } or default { users });
read_struct!(Estimate { value, low, high });
read_struct!(Comparison { number, difference, tied });
read_struct!(PairComparison { one, other, difference });
read_struct!(Candidate { number, model, epochs, figures, difference, group });
read_struct!(Forecast { seconds, mib, trainers });
read_struct!(Finalist { number, values, failed, mean, deviation });
read_struct!(TestReport { number, model, epochs, figures, fallback, baselines, openings } or default { lists, average });
read_struct!(AverageReport { trials, validation, test, difference });
read_struct!(BaselineTest { model, test, difference });
read_struct!(Shared { study, interventions, trials, baseline, digest, openings });
read_struct!(SavedStudy { id, name, study, interventions, trials, value, saved, has_files });
read_struct!(SharedTrial { number, params, state, value, epochs });
read_struct!(Verification { trials, same, exact, first_difference, engine });
read_struct!(Question { seq, user, ratings, trial, count });
read_struct!(Rated { item, rating });
read_struct!(Named { idx, name, genres, count });
read_struct!(Advice { seq, trial, model, list, history, names, error });
read_struct!(Recommended { item, score, parts, because });
read_struct!(Share { item, share });
read_struct!(Parts { mean, item, user, taste });
read_struct!(Factors { users, items, ratings, user_factors, item_factors, product, rmse });

impl<T: FromContent> FromContent for ByMetric<T> {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        let fields = Fields::read(content, misfits);
        let read = |name: &str, content, misfits: &mut Misfits| {
            let metric = MetricSpec::named(name).unwrap_or_else(|| {
                misfits.add(Misfit::unknown("metric", name));
                MetricSpec::Rmse
            });
            (metric, T::read(content, misfits))
        };
        Self(fields.each(misfits, read))
    }
}

deserialize!(Metrics, Figures);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::fields::whole;
    use crate::protocol::{
        Baseline, ByMetric, DataReport, Entrant, Estimate, Explanation, Factors, Fallback, Finalist, Note, Origin,
        Preview, RaceReport, Scale, Shared, Slice, SplitReport, Started, Surface, TestReport, TrialRecord, TrialState,
        Verification,
    };
    use crate::study::{Cleaning, Columns, DataSource, Form, ModelKind, Point, SamplerKind, Study};

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
            Event::Candidates { .. } => {}
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
        let list = vec![Recommended { item: 3, score: 4.25, parts, because }];
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
            Event::Candidates { candidates: vec![candidate] },
            Event::Found { seq: 1, names: vec![named()] },
            Event::Advice(Box::new(advice())),
            Event::LoadingStopped,
            Event::Profile(Box::new(Profile {
                ratings: vec![Bar { low: 0.5, high: 1.0, count: 3 }],
                genres: vec![GenreCount { name: "Drama".into(), count: 2 }],
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
