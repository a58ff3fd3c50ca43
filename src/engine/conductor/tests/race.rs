//! A race of samplers: kept abreast, the same whatever the pool did, every point trained once.

use super::*;
use crate::protocol::RaceReport;

const RACERS: [SamplerKind; 3] = [SamplerKind::Grid, SamplerKind::Random, SamplerKind::Tpe];

fn raced(study: Study, workers: usize, chance: u64, deaths: f64) -> (Vec<RaceReport>, Conductor) {
    let mut conductor = run(study, workers, chance, 0.0, &[]);
    let _before = conductor.take_events();
    conductor.race(&RACERS, 5).unwrap();
    assert!(!conductor.is_idle());
    Pool::new(workers, chance, deaths).run(&mut conductor);
    assert!(conductor.is_idle());
    let events = conductor.take_events().into_iter();
    let reports = events.filter_map(|event| if let Event::Raced { report } = event { report.read() } else { None });
    (reports.collect(), conductor)
}

#[test]
fn all_have_the_same_budget_and_end_the_same_whatever_the_pool_did() {
    let (told, mut conductor) = raced(study(SamplerKind::Random, 20), 1, 0, 0.0);
    let last = told.last().unwrap();
    assert_eq!((last.rounds, last.budget, last.seeds, last.entrants.len()), (20, 20, 5, 3));
    let rounds: Vec<u32> = told.iter().map(|report| report.rounds).collect();
    assert!(rounds.is_sorted() && rounds.len() > 10, "{rounds:?}");
    for one in &last.entrants {
        assert_eq!((one.median.len(), one.low.len(), one.high.len()), (20, 20, 20));
        assert!(one.median.is_sorted_by(|a, b| a >= b) && one.low[19] >= 0.0 && one.low[19] <= one.high[19]);
    }
    let wins: f64 = last.entrants.iter().map(|one| one.wins).sum();
    assert!((wins - 1.5).abs() < 1e-12, "{wins}");
    assert!(last.best.unwrap() <= conductor.best().unwrap().value.unwrap());
    let (again, _) = raced(study(SamplerKind::Random, 20), 6, 4, 0.1);
    assert_eq!(again.last().unwrap().entrants, last.entrants);
    // The study's own run is one of the random ones, and all grids are one: their points are known.
    assert_eq!(last.trained + last.reused, 300);
    assert!(last.reused >= 20, "{} reused", last.reused);
    assert_eq!(conductor.records().len(), 20);
    conductor.extend(22).unwrap();
    Pool::new(2, 0, 0.0).run(&mut conductor);
    assert_eq!(conductor.records().len(), 22);
}

#[test]
fn an_equal_point_is_trained_once_even_while_it_runs() {
    // Nine points in all: every run of every sampler has them.
    let mut study = study(SamplerKind::Random, 9);
    let k = ParamSpec { name: "n_factors".into(), range: Range::Int { low: 1.0, high: 9.0, log: false, step: None } };
    study.models = vec![ModelSpace { model: ModelKind::Svd, params: vec![k] }];
    study.search.trials = 3;
    let mut conductor = run(study, 4, 0, 0.0, &[]);
    let mut pool = Pool::new(4, 1, 0.0);
    conductor.race(&[SamplerKind::Random, SamplerKind::Sobol], 5).unwrap();
    let mut trained: Vec<String> = Vec::new();
    loop {
        while let Some(job) = conductor.next_job() {
            trained.push(format!("{:?}", job.model.params));
            pool.running.push(job);
        }
        let more = conductor.advance(100_000);
        let Some(job) = pool.running.pop() else {
            if more {
                continue;
            }
            break;
        };
        conductor.report(Report { job: job.id, seconds: 1.0, outcome: train(&job) });
    }
    let count = trained.len();
    trained.sort();
    trained.dedup();
    assert_eq!(trained.len(), count);
    assert!(conductor.is_idle() && count < 9);
}

#[test]
fn it_is_stopped_or_refused() {
    let mut conductor = run(study(SamplerKind::Random, 10), 2, 0, 0.0, &[]);
    for (samplers, seeds) in [(&RACERS[..1], 5), (&[SamplerKind::Tpe, SamplerKind::Tpe][..], 5), (&RACERS[..], 4)] {
        assert_eq!(conductor.race(samplers, seeds).unwrap_err().code(), "bad-setting");
    }
    conductor.race(&RACERS, 5).unwrap();
    let job = conductor.next_job().unwrap();
    conductor.stop_race();
    assert!(conductor.is_idle() && conductor.take_dropped() == [job.id]);
    let mut begun = Conductor::new(study(SamplerKind::Random, 10), data(), Known::new(), &[]).unwrap();
    assert_eq!(begun.race(&RACERS, 5).unwrap_err().code(), "not-ready");
}
