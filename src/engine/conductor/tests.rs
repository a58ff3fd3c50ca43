//! The conductor under a simulated pool that delays, reorders, kills and retries: whatever it does, the trials are the
//! same.

mod ending;
mod race;
mod saved;
mod speed;
mod why;

use rand::RngExt;

use super::*;
use crate::engine::random::{Purpose, Rng};
use crate::protocol::{ByMetric, Column, Cut, FitReport, ListCounts, TrialState, UserSums};
use crate::study::{Goal, MetricSpec, ModelKind, ModelSpace, ParamSpec, Range, SamplerKind, SchedulerKind, Seed};

fn data() -> StudyData {
    StudyData {
        hash: "ab".into(),
        n_users: 30,
        n_items: 40,
        split: SplitReport { train: 100, valid: 30, test: 30, folds: 1, ..SplitReport::default() },
        memory_limit_mib: 1024,
        openings: 0,
        genres: false,
    }
}

fn study(sampler: SamplerKind, trials: u32) -> Study {
    let mut study = Study::default();
    study.search.sampler = sampler;
    study.search.trials = trials;
    study
}

fn on_rungs(sampler: SamplerKind, trials: u32) -> Study {
    let mut study = study(sampler, trials);
    study.search.scheduler = SchedulerKind::Halving;
    study
}

/// A made-up but deterministic training: the value depends on the job alone, and a high learning rate diverges.
fn train(job: &Job) -> Outcome {
    let number = |name| job.model.params.get(name).and_then(crate::study::Value::as_number).unwrap_or(0.01);
    if number("learning_rate") > 0.025 {
        return Outcome::Failed { error: Error::Diverged { epoch: 3 } };
    }
    // More factors take longer, and more epochs are better until patience is at its end.
    let (best, most) = (number("n_factors") as u32 + 2, job.stopping.max_epochs());
    let (epochs, last) = (best.min(most), (best + 4).min(most));
    let value = 0.8 + number("learning_rate") + number("regularization_factors") / number("n_factors");
    let value = value + 0.5 / f64::from(epochs) + 0.001 * f64::from(job.replicate);
    let users: Vec<u32> = (0..30).collect();
    let squared = users.iter().map(|user| value * value * (1.0 + f64::from(*user % 7) / 10.0)).collect::<Vec<_>>();
    Outcome::Done(FitReport {
        epochs,
        value,
        metrics: ByMetric(vec![(MetricSpec::Rmse, value), (MetricSpec::Mae, value * 0.8), (MetricSpec::Ndcg, value)]),
        curve: vec![CurvePoint { epoch: last, train: 1.0, valid: Some(value) }],
        users: UserSums {
            rows: vec![1; 30],
            lists: vec![1; 30],
            columns: [MetricSpec::Rmse, MetricSpec::Mae, MetricSpec::Ndcg]
                .map(|metric| Column { metric, sums: squared.clone() })
                .into(),
            user: users,
        },
        fallback: crate::protocol::Fallback::default(),
        lists: ListCounts::default(),
        chosen: (0..job.choose).map(|taken| taken % 2).collect(),
    })
}

/// A pool of `workers` whose jobs end in random order; now and then a worker dies.
struct Pool {
    workers: usize,
    running: Vec<Job>,
    /// Jobs that ended.
    trained: Vec<Job>,
    rng: Rng,
    deaths: f64,
}

impl Pool {
    fn new(workers: usize, chance: u64, deaths: f64) -> Self {
        Self { workers, running: Vec::new(), trained: Vec::new(), rng: Seed(chance).stream(Purpose::Ties, 0), deaths }
    }

    /// Gives out, lets one job end or die, computes; whether anything can still happen.
    fn turn(&mut self, conductor: &mut Conductor) -> bool {
        let dropped = conductor.take_dropped();
        self.running.retain(|job| !dropped.contains(&job.id));
        while self.running.len() < self.workers {
            let Some(job) = conductor.next_job() else { break };
            self.running.push(job);
        }
        let more = conductor.advance(100_000);
        if self.running.is_empty() || conductor.is_held() {
            return more && !conductor.is_held();
        }
        let job = self.running.swap_remove(self.rng.random_range(0..self.running.len() as u32) as usize);
        if self.rng.random::<f64>() < self.deaths {
            conductor.lost(job.id);
            conductor.resume();
        } else {
            conductor.progress(job.id, CurvePoint { epoch: 1, train: 1.0, valid: None });
            conductor.report(Report { job: job.id, seconds: self.rng.random(), outcome: train(&job) });
            self.trained.push(job);
        }
        true
    }

    fn run(&mut self, conductor: &mut Conductor) {
        while self.turn(conductor) {}
    }
}

/// The records without what timing may change.
fn records(conductor: &Conductor) -> Vec<TrialRecord> {
    conductor.records().into_iter().map(|record| TrialRecord { seconds: 0.0, ..record.clone() }).collect()
}

fn run(study: Study, workers: usize, chance: u64, deaths: f64, interventions: &[Intervention]) -> Conductor {
    let mut conductor = Conductor::new(study, data(), Known::new(), interventions).unwrap();
    Pool::new(workers, chance, deaths).run(&mut conductor);
    conductor
}

#[test]
fn a_study_runs_to_its_budget_and_names_the_best() {
    let mut conductor = run(study(SamplerKind::Random, 30), 1, 0, 0.0, &[]);
    assert_eq!(conductor.state(), RunState::Finished);
    assert!(conductor.is_idle());
    let records = records(&conductor);
    assert_eq!(records.len(), 30);
    let values = || records.iter().filter_map(|record| record.value);
    assert!(values().count() < 30, "some trials diverge, and the search goes on");
    assert_eq!(conductor.best().unwrap().value, values().min_by(f64::total_cmp));
    let events = conductor.take_events();
    assert!(matches!(&events[0], Event::Started(started) if started.budget == 30));
    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
    assert_eq!(count(|event| matches!(event, Event::TrialStarted { .. })), 30);
    assert_eq!(count(|event| matches!(event, Event::TrialEnded(_))), 30);
    assert_eq!(count(|event| matches!(event, Event::BaselineEnded(_))), 2);
    let Some(Event::Compared { comparisons }) = events.iter().find(|event| matches!(event, Event::Compared { .. }))
    else {
        panic!("trials are compared when the run has come to rest")
    };
    assert_eq!(comparisons.len(), values().count());
    let best = comparisons.iter().find(|comparison| comparison.number == conductor.best().unwrap().number).unwrap();
    assert!(best.tied && best.difference.value == 0.0);
}

#[test]
fn an_exhausted_space_ends_the_study() {
    let mut study = study(SamplerKind::Random, 30);
    let k = ParamSpec { name: "n_factors".into(), range: Range::Int { low: 1.0, high: 5.0, log: false, step: None } };
    study.models = vec![ModelSpace { model: ModelKind::Svd, params: vec![k] }];
    let conductor = run(study, 3, 0, 0.0, &[]);
    assert_eq!(conductor.state(), RunState::Exhausted);
    assert_eq!(conductor.records().len(), 5);
}

#[test]
fn known_results_are_not_trained_again() {
    let first = run(study(SamplerKind::Sobol, 12), 2, 0, 0.0, &[]);
    let expected = records(&first);
    let mut again = Conductor::new(study(SamplerKind::Sobol, 12), data(), first.into_known(), &[]).unwrap();
    assert_eq!(again.next_job(), None);
    assert_eq!(records(&again), expected);
    assert_eq!(again.state(), RunState::Finished);
}

#[test]
fn a_recorded_run_resumes_from_its_trials() {
    let whole = run(study(SamplerKind::Random, 12), 2, 0, 0.0, &[]);
    let mut known = Known::new();
    whole.records().iter().take(8).for_each(|record| known.insert_trial(&study(SamplerKind::Random, 12), record));
    let mut resumed = Conductor::new(study(SamplerKind::Random, 12), data(), known, &[]).unwrap();
    let mut trained = 0;
    while let Some(job) = resumed.next_job() {
        trained += u32::from(job.model.model == ModelKind::Svd);
        resumed.report(Report { job: job.id, seconds: 0.0, outcome: train(&job) });
    }
    assert_eq!(trained, 4);
    assert_eq!(records(&resumed), records(&whole));
}

#[test]
fn a_raised_budget_gives_what_a_larger_one_would_have_given() {
    let mut conductor = run(study(SamplerKind::Random, 10), 2, 0, 0.0, &[]);
    conductor.extend(25).unwrap();
    assert_eq!(conductor.state(), RunState::Running);
    Pool::new(3, 1, 0.0).run(&mut conductor);
    assert_eq!(records(&conductor), records(&run(study(SamplerKind::Random, 25), 1, 0, 0.0, &[])));
    conductor.step().unwrap();
    Pool::new(3, 1, 0.0).run(&mut conductor);
    assert_eq!((conductor.records().len(), conductor.state()), (26, RunState::Finished));
}

#[test]
fn a_paused_study_stands_still_and_steps_one_trial_at_a_time() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 5), data(), Known::new(), &[]).unwrap();
    conductor.pause();
    assert_eq!((conductor.next_job(), conductor.is_held()), (None, true));
    for steps in 1..=3 {
        conductor.step().unwrap();
        Pool::new(2, 0, 0.0).run(&mut conductor);
        assert_eq!((conductor.records().len(), conductor.is_held()), (steps, true));
    }
    conductor.resume();
    Pool::new(2, 0, 0.0).run(&mut conductor);
    assert_eq!(conductor.state(), RunState::Finished);
    assert_eq!(records(&conductor), records(&run(study(SamplerKind::Random, 5), 1, 0, 0.0, &[])));
}

#[test]
fn decisions_are_recorded_and_replayed() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 30), data(), Known::new(), &[]).unwrap();
    let mut pool = Pool::new(3, 4, 0.0);
    while !conductor.trials.running().any(|number| number == 4) {
        pool.turn(&mut conductor);
    }
    conductor.cancel_trial(4);
    while conductor.records().len() < 9 {
        pool.turn(&mut conductor);
    }
    conductor.stop();
    pool.run(&mut conductor);
    assert_eq!(conductor.state(), RunState::Finished);
    let replay = run(study(SamplerKind::Random, 30), 1, 9, 0.0, conductor.interventions());
    assert_eq!(records(&replay), records(&conductor));
    assert_eq!(replay.records()[4].state, TrialState::Cancelled);
    assert!(replay.records().len() < 30);
}

#[test]
fn cancelling_drops_what_runs() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 30), data(), Known::new(), &[]).unwrap();
    let mut pool = Pool::new(3, 4, 0.0);
    while conductor.records().len() < 9 {
        pool.turn(&mut conductor);
    }
    conductor.cancel();
    assert_eq!((conductor.state(), conductor.next_job()), (RunState::Cancelled, None));
    pool.run(&mut conductor);
    assert!(conductor.is_idle() && pool.running.is_empty());
    let replay = run(study(SamplerKind::Random, 30), 1, 9, 0.0, conductor.interventions());
    assert_eq!(records(&replay), records(&conductor));
}

#[test]
fn the_sealed_test_is_opened_once_asked_and_counted() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 6), data(), Known::new(), &[]).unwrap();
    assert_eq!(conductor.open_test().unwrap_err().code(), "not-ready");
    let mut pool = Pool::new(2, 0, 0.0);
    pool.run(&mut conductor);
    for openings in 1..=2 {
        conductor.open_test().unwrap();
        assert!(!conductor.is_idle());
        pool.run(&mut conductor);
        let events = conductor.take_events();
        let Some(Event::TestOpened(report)) = events.last() else { panic!("{events:?}") };
        assert_eq!((report.openings, report.baselines.len()), (openings, 2));
        assert_eq!(report.number, conductor.best().unwrap().number);
        let rmse = report.figures.get(MetricSpec::Rmse).unwrap();
        assert!(rmse.low.unwrap() <= rmse.value && rmse.value <= rmse.high.unwrap());
        assert!(report.baselines[1].difference.high.is_some());
    }
}

#[test]
fn the_candidates_are_trained_on_other_cuts_with_the_winner_in_front() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 12), data(), Known::new(), &[]).unwrap();
    assert_eq!(conductor.resplit(3).unwrap_err().code(), "not-ready");
    let mut pool = Pool::new(2, 0, 0.3);
    pool.run(&mut conductor);
    assert_eq!(conductor.resplit(1).unwrap_err().code(), "bad-setting");
    let before = records(&conductor);
    conductor.resplit(3).unwrap();
    assert!(!conductor.is_idle());
    pool.run(&mut conductor);
    let events = conductor.take_events();
    let Some(Event::Resplit { rows }) = events.last() else { panic!("{events:?}") };
    assert_eq!(rows[0].number, conductor.best().map(|best| best.number));
    // One model and two baselines; what is made up here does not depend on the cut.
    assert_eq!((rows.len(), rows[0].values.len(), rows[0].won), (3, 3, 0));
    assert!(rows[1..].iter().all(|row| row.deviation == 0.0 && (row.won == 3) == (row.difference > 0.0)));
    let cuts: Vec<Cut> = pool.trained.iter().filter_map(|job| job.cut).collect();
    assert!(
        (1..=3).all(|ahead| cuts.iter().filter(|cut| cut.seed == conductor.study().seed.ahead(ahead)).count() == 3)
    );
    assert!(pool.trained.iter().all(|job| job.part == Part::Validation));
    assert_eq!(records(&conductor), before);
}

#[test]
fn the_average_of_the_best_is_chosen_on_validation_and_opened_beside_the_winner() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 12), data(), Known::new(), &[]).unwrap();
    assert_eq!(conductor.average(3).unwrap_err().code(), "not-ready");
    let mut pool = Pool::new(2, 0, 0.3);
    pool.run(&mut conductor);
    assert_eq!(conductor.average(1).unwrap_err().code(), "bad-setting");
    let before = records(&conductor);
    conductor.average(3).unwrap();
    assert!(!conductor.is_idle());
    conductor.open_test().unwrap();
    pool.run(&mut conductor);
    let events = conductor.take_events();
    let Some(Event::TestOpened(report)) = events.last() else { panic!("{events:?}") };
    let average = report.average.as_ref().unwrap();
    let mut values: Vec<(f64, u32)> = before.iter().filter_map(|record| Some((record.value?, record.number))).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    // The made-up choice takes the first of the candidates, the second, and the first again.
    assert_eq!(average.trials, [values[0].1, values[1].1, values[0].1]);
    let opened = pool.trained.iter().filter(|job| job.part == Part::Test && !job.members.is_empty());
    let weights = opened.map(|job| job.members.iter().map(|member| member.weight).collect());
    assert_eq!(weights.collect::<Vec<Vec<u32>>>(), [[2, 1]]);
    assert!(average.test.is_some() && average.difference.is_some() && report.baselines.len() == 2);
    let Some(Event::Averaged(on_validation)) = events.iter().find(|event| matches!(event, Event::Averaged(_))) else {
        panic!("{events:?}")
    };
    assert_eq!((&on_validation.validation, &on_validation.test), (&average.validation, &None));
    assert_eq!(records(&conductor), before);
    // Other trials may be better: the average is forgotten with the budget.
    conductor.extend(14).unwrap();
    pool.run(&mut conductor);
    assert_eq!(conductor.averaged(), None);
    conductor.average(50).unwrap();
    pool.run(&mut conductor);
    assert!(conductor.averaged().is_some_and(|average| average.trials.len() > 3));
}

#[test]
fn any_two_trials_compare_as_each_does_with_the_best() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 8), data(), Known::new(), &[]).unwrap();
    assert_eq!(conductor.compare_pair(0, 1).unwrap_err().code(), "not-ready");
    let mut pool = Pool::new(2, 0, 0.0);
    pool.run(&mut conductor);
    let Some(Event::Compared { comparisons }) = conductor.take_events().pop() else { panic!() };
    let best = conductor.best().unwrap().number;
    let compared = comparisons.iter().find(|compared| compared.number != best).unwrap();
    let mut compare = |one, other| {
        conductor.compare_pair(one, other).unwrap();
        assert!(!conductor.is_idle());
        pool.run(&mut conductor);
        match conductor.take_events().pop() {
            Some(Event::PairCompared(pair)) => pair.difference,
            event => panic!("{event:?}"),
        }
    };
    assert_eq!(compare(compared.number, best), compared.difference);
    // Told the other way round it is the same with the other sign.
    let turned = compare(best, compared.number);
    assert_eq!((turned.value, turned.low), (-compared.difference.value, compared.difference.high.map(|high| -high)));
}

#[test]
fn candidates_are_the_best_of_each_model_and_the_baselines_with_every_metric() {
    let mut study = study(SamplerKind::Random, 12);
    study.models = [ModelKind::Svd, ModelKind::Als].map(ModelSpace::starting).into();
    let mut conductor = Conductor::new(study, data(), Known::new(), &[]).unwrap();
    assert_eq!(conductor.compare_candidates().unwrap_err().code(), "not-ready");
    let mut pool = Pool::new(2, 0, 0.2);
    pool.run(&mut conductor);
    let before = records(&conductor);
    conductor.compare_candidates().unwrap();
    assert!(!conductor.is_idle());
    pool.run(&mut conductor);
    let Some(Event::Candidates { candidates }) = conductor.take_events().pop() else { panic!() };
    let models: std::collections::BTreeSet<_> = candidates.iter().map(|one| one.model.model.name()).collect();
    assert_eq!(models.into_iter().collect::<Vec<_>>(), ["als", "bias", "mean", "svd"]);
    assert_eq!(candidates.iter().filter(|one| one.number.is_none()).count(), 2);
    assert!(candidates.iter().any(|one| one.number == Some(conductor.best().unwrap().number)));
    assert_eq!((candidates[0].group, candidates[0].difference.value), (1, 0.0));
    assert!(candidates.windows(2).all(|pair| pair[0].difference.value <= pair[1].difference.value));
    let ndcg = candidates.iter().map(|one| one.figures.get(MetricSpec::Ndcg).unwrap());
    assert!(ndcg.into_iter().all(|figure| figure.low.unwrap() < figure.high.unwrap()));
    assert_eq!(records(&conductor), before);
}

#[test]
fn the_best_are_repeated_with_other_seeds_and_stay_what_they_are() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 12), data(), Known::new(), &[]).unwrap();
    assert_eq!(conductor.repeat(5).unwrap_err().code(), "not-ready");
    let mut pool = Pool::new(3, 0, 0.3);
    pool.run(&mut conductor);
    assert_eq!(conductor.repeat(1).unwrap_err().code(), "bad-setting");
    let before = records(&conductor);
    conductor.repeat(5).unwrap();
    assert!(!conductor.is_idle());
    pool.run(&mut conductor);
    let finalists = conductor.finalists();
    assert!((1..=finalists::MOST).contains(&finalists.len()));
    assert_eq!(finalists.iter().map(|one| one.number).min(), Some(conductor.best().unwrap().number));
    assert!(finalists.iter().all(|one| one.values.len() == 5 && one.deviation.unwrap() > 0.0), "{finalists:?}");
    assert_eq!(records(&conductor), before);
}

#[test]
fn where_higher_is_better_the_highest_wins_and_the_search_goes_there() {
    let mut study = study(SamplerKind::Tpe, 20);
    (study.goal, study.objective) = (Goal::Ranking, MetricSpec::Ndcg);
    let mut conductor = Conductor::new(study, data(), Known::new(), &[]).unwrap();
    Pool::new(2, 0, 0.0).run(&mut conductor);
    let values: Vec<f64> = conductor.records().iter().filter_map(|record| record.value).collect();
    let best = conductor.best().unwrap();
    assert!(values.iter().all(|value| *value <= best.value.unwrap()));
    assert_eq!(conductor.baselines().map(|one| one.model.model.name()).collect::<Vec<_>>(), ["popular", "bias"]);
    let number = best.number;
    let Some(Event::Compared { comparisons }) = conductor.take_events().pop() else { panic!() };
    let own = comparisons.iter().find(|compared| compared.number == number).unwrap();
    assert!(own.tied && own.difference.value == 0.0);
    assert!(comparisons.iter().all(|compared| compared.difference.value <= 0.0));
    assert!(comparisons.iter().any(|compared| !compared.tied && compared.difference.high.unwrap() < 0.0));
}

#[test]
fn a_job_that_is_lost_again_and_again_pauses_the_run_and_is_kept() {
    let mut conductor = Conductor::new(study(SamplerKind::Random, 2), data(), Known::new(), &[]).unwrap();
    for _ in 0..MAX_LOSSES {
        let job = conductor.next_job().unwrap();
        conductor.lost(job.id);
    }
    assert_eq!(conductor.state(), RunState::Paused);
    assert!(
        conductor.take_events().iter().any(|event| matches!(event, Event::Refused { error: Error::WorkerLost { .. } }))
    );
    conductor.resume();
    Pool::new(1, 0, 0.0).run(&mut conductor);
    assert_eq!(records(&conductor).len(), 2);
}

#[test]
fn a_sampler_that_uses_results_sees_exactly_those_that_lag_behind() {
    let mut with_lag = study(SamplerKind::Random, 12);
    with_lag.lag = 4;
    let mut conductor = Conductor::new(with_lag, data(), Known::new(), &[]).unwrap();
    conductor.trials.pretend_results_matter();
    let mut given = Vec::new();
    while let Some(job) = conductor.next_job() {
        given.push(job);
    }
    let trials = |jobs: &[Job]| jobs.iter().filter(|job| job.model.model == ModelKind::Svd).count();
    assert_eq!(trials(&given), 4, "proposal 4 needs the result of trial 0");
    let svd: Vec<Job> = given.into_iter().filter(|job| job.model.model == ModelKind::Svd).collect();
    // The second trial ends first: proposal 4 still waits for the first.
    conductor.report(Report { job: svd[1].id, seconds: 0.0, outcome: train(&svd[1]) });
    assert_eq!(conductor.next_job(), None);
    conductor.report(Report { job: svd[0].id, seconds: 0.0, outcome: train(&svd[0]) });
    assert!(conductor.next_job().is_some() && conductor.next_job().is_some());
    assert_eq!(conductor.next_job(), None);
}

#[test]
fn on_rungs_few_trials_are_trained_to_their_end() {
    let conductor = run(on_rungs(SamplerKind::Sobol, 30), 3, 0, 0.0, &[]);
    assert_eq!((conductor.state(), conductor.records().len()), (RunState::Finished, 30));
    let count = |state| conductor.records().iter().filter(|record| record.state == state).count();
    assert!(count(TrialState::Stopped) > 15 && count(TrialState::Done) >= 4, "{} stopped", count(TrialState::Stopped));
    for record in conductor.records() {
        let epochs = record.curve.last().map(|point| point.epoch);
        match record.state {
            TrialState::Stopped => assert_eq!(epochs, [Some(7), Some(20)][record.rung as usize]),
            TrialState::Done => assert!(epochs == Some(60) || epochs == Some(record.epochs + 4), "{record:?}"),
            _ => {}
        }
    }
}

#[test]
fn what_waits_on_a_rung_is_known_to_a_resumed_run() {
    let mut whole = Conductor::new(on_rungs(SamplerKind::Random, 18), data(), Known::new(), &[]).unwrap();
    let mut pool = Pool::new(2, 0, 0.0);
    let mut known = Known::new();
    while whole.records().len() < 9 {
        pool.turn(&mut whole);
        for event in whole.take_events() {
            if let Event::TrialWaits(record) | Event::TrialEnded(record) = event {
                known.insert_trial(&on_rungs(SamplerKind::Random, 18), &record);
            }
        }
    }
    let trained = known.len();
    pool.run(&mut whole);
    let mut resumed = Conductor::new(on_rungs(SamplerKind::Random, 18), data(), known, &[]).unwrap();
    let mut again = 0;
    while let Some(job) = resumed.next_job() {
        again += usize::from(job.model.model == ModelKind::Svd);
        resumed.report(Report { job: job.id, seconds: 0.0, outcome: train(&job) });
    }
    assert_eq!(records(&resumed), records(&whole));
    let jobs: usize = whole.records().iter().map(|record| record.rung as usize + 1).sum();
    assert_eq!(trained + again, jobs);
}

#[test]
fn who_holds_what_others_go_on_from_is_asked_first() {
    let mut conductor = Conductor::new(on_rungs(SamplerKind::Random, 18), data(), Known::new(), &[]).unwrap();
    for _ in 0..9 + 20 {
        let job = conductor.next_job().unwrap();
        conductor.report(Report { job: job.id, seconds: 0.0, outcome: train(&job) });
        if conductor.trials.promoted().count() == 3 {
            break;
        }
    }
    let promoted: Vec<u32> = conductor.trials.promoted().collect();
    let second = conductor.study.resolve(conductor.trials.point(promoted[1])).unwrap();
    assert_eq!(conductor.next_job_for(&|job| job.model == second).unwrap().model, second);
    assert_eq!(conductor.next_job_for(&|_| false).unwrap().stopping.max_epochs(), 7, "what others hold comes last");
}

#[test]
fn studies_that_can_not_run_are_refused() {
    let refused = |change: &dyn Fn(&mut Study, &mut StudyData)| {
        let (mut study, mut data) = (study(SamplerKind::Random, 5), data());
        change(&mut study, &mut data);
        Conductor::new(study, data, Known::new(), &[]).unwrap_err().code()
    };
    assert_eq!(refused(&|study, _| study.data.hash = "cd".into()), "other-data");
    assert_eq!(refused(&|study, _| study.search.trials = 0), "bad-setting");
    assert_eq!(refused(&|_, data| data.n_users = 100_000_000), "too-large");
}

#[cfg(not(target_family = "wasm"))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_pool_never_changes_a_trial(
            study in prop::sample::select(vec![study as fn(SamplerKind, u32) -> Study, on_rungs]),
            kind in prop::sample::select(SamplerKind::ALL.to_vec()),
            trials in 1_u32..40,
            workers in 1_usize..9,
            chance in any::<u64>(),
            deaths in 0.0..0.4_f64,
        ) {
            let expected = run(study(kind, trials), 1, 0, 0.0, &[]);
            let found = run(study(kind, trials), workers, chance >> 11, deaths, &[]);
            prop_assert_eq!(records(&found), records(&expected));
            prop_assert_eq!(found.state(), expected.state());
            let baselines = |conductor: &Conductor| conductor.baselines().cloned().collect::<Vec<_>>();
            prop_assert_eq!(baselines(&found), baselines(&expected));
        }

        #[test]
        fn a_replay_of_any_run_gives_its_trials(
            study in prop::sample::select(vec![study as fn(SamplerKind, u32) -> Study, on_rungs]),
            kind in prop::sample::select(vec![SamplerKind::Random, SamplerKind::Tpe]),
            workers in 1_usize..5,
            chance in any::<u64>(),
            acts in prop::collection::vec((0_u32..30, 0_u32..12), 0..9),
        ) {
            let mut conductor = Conductor::new(study(kind, 12), data(), Known::new(), &[]).unwrap();
            let mut pool = Pool::new(workers, chance >> 11, 0.1);
            let mut acts = acts.into_iter();
            loop {
                match acts.next() {
                    Some((0..3, _)) => conductor.stop(),
                    Some((3..10, trial)) => conductor.cancel_trial(trial),
                    Some((10, _)) => conductor.cancel(),
                    Some((11..14, _)) => conductor.step().unwrap(),
                    Some((14..20, _)) => { conductor.pause(); conductor.resume(); }
                    Some((20, more)) => conductor.extend(12 + more).unwrap(),
                    _ => { conductor.resume(); }
                }
                for _ in 0..5 {
                    pool.turn(&mut conductor);
                }
                if acts.len() == 0 {
                    break;
                }
            }
            conductor.resume();
            pool.run(&mut conductor);
            prop_assert!(conductor.is_idle());
            let replayed = run(conductor.study().clone(), 1, 0, 0.0, conductor.interventions());
            prop_assert_eq!(records(&replayed), records(&conductor));
        }
    }
}
