//! Why trials were proposed: the same whenever it is asked, and however the run went.

use super::*;
use crate::protocol::{Explanation, Origin};

fn why(conductor: &mut Conductor, number: u32) -> Explanation {
    let _before = conductor.take_events();
    conductor.explain(number).unwrap();
    match conductor.take_events().pop() {
        Some(Event::Explained { why }) => why.read().unwrap(),
        other => panic!("{other:?} explains nothing"),
    }
}

fn all(conductor: &mut Conductor) -> Vec<Explanation> {
    (0..conductor.trials.len()).map(|number| why(conductor, number)).collect()
}

#[test]
fn the_same_run_says_the_same_whatever_its_pool_did_and_after_it_was_resumed() {
    for sampler in [SamplerKind::Gp, SamplerKind::Tpe] {
        for study in [study(sampler, 25), on_rungs(sampler, 40)] {
            let mut first = run(study.clone(), 1, 0, 0.0, &[]);
            let told = all(&mut first);
            assert_eq!(all(&mut run(study.clone(), 5, 3, 0.1, &[])), told);
            let mut known = Known::new();
            first.records().into_iter().for_each(|record| known.insert_trial(&study, record));
            let mut resumed = Conductor::new(study, data(), known, &[]).unwrap();
            Pool::new(3, 1, 0.0).run(&mut resumed);
            assert_eq!(all(&mut resumed), told);
            let learned = |why: &&Explanation| why.origin == Origin::Learned;
            assert!(told.iter().filter(learned).count() > 10 && told[0].origin == Origin::Spread);
            assert!(
                told.iter().filter(learned).all(|why| why.slices.len() == 3 && why.known + why.pending == why.number)
            );
            assert!(told.iter().filter(|why| why.number > 8).all(|why| why.pending == 7));
        }
    }
}

#[test]
fn while_a_run_is_under_way_it_says_what_it_says_at_its_end() {
    let study = on_rungs(SamplerKind::Gp, 30);
    let mut conductor = Conductor::new(study, data(), Known::new(), &[]).unwrap();
    let mut pool = Pool::new(3, 2, 0.0);
    let mut told: Vec<Explanation> = Vec::new();
    while pool.turn(&mut conductor) {
        while told.len() < conductor.trials.len() as usize {
            told.push(why(&mut conductor, told.len() as u32));
        }
    }
    assert_eq!(all(&mut conductor), told);
}

#[test]
fn what_no_result_had_a_say_in_says_so() {
    let mut study = study(SamplerKind::Random, 6);
    let first = study.space().unwrap().point_at(|_| 0.5);
    study.first = vec![first];
    let mut conductor = run(study, 2, 0, 0.0, &[]);
    let origins: Vec<Origin> = all(&mut conductor).into_iter().map(|why| why.origin).collect();
    assert_eq!((origins[0], origins[1]), (Origin::Given, Origin::Chance));
    assert_eq!(why(&mut conductor, 3).known, 0);
    assert_eq!(conductor.explain(6).unwrap_err().code(), "not-ready");
}

#[test]
fn two_parameters_are_drawn_from_what_has_ended_whoever_proposed_it() {
    for study in [study(SamplerKind::Random, 20), on_rungs(SamplerKind::Tpe, 27)] {
        let surface = |work: u32| {
            let mut conductor = run(study.clone(), 3, 1, 0.0, &[]);
            let _before = conductor.take_events();
            conductor.survey("n_factors".into(), "learning_rate".into()).unwrap();
            while conductor.advance(work) {}
            match conductor.take_events().pop() {
                Some(Event::Surveyed { surface }) => (conductor.best().unwrap().number, surface.read().unwrap()),
                other => panic!("{other:?} is no surface"),
            }
        };
        let (best, whole) = surface(u32::MAX);
        assert_eq!(whole.mean.len(), whole.across.len() * whole.up.len());
        assert!(whole.known > 5 && whole.mean.iter().all(|value| (0.7..1.5).contains(value)), "{:?}", whole.mean);
        if study.search.scheduler == SchedulerKind::None {
            assert_eq!(whole.held, best);
        }
        assert_eq!(surface(1).1, whole);
    }
    let mut conductor = run(study(SamplerKind::Random, 5), 1, 0, 0.0, &[]);
    let refused = conductor.survey("n_factors".into(), "damping".into()).unwrap_err();
    assert_eq!(refused.code(), "not-ready");
}

#[test]
fn where_higher_is_better_it_speaks_of_the_objective_itself() {
    let mut study = study(SamplerKind::Gp, 20);
    (study.goal, study.objective) = (Goal::Ranking, MetricSpec::Ndcg);
    let mut conductor = run(study, 2, 0, 0.0, &[]);
    let slice = &why(&mut conductor, 19).slices[0];
    let chosen = slice.chosen as usize;
    assert!(slice.low[chosen] <= slice.mean[chosen] && slice.mean[chosen] <= slice.high[chosen]);
    assert!(slice.mean[chosen] > 0.5, "{}", slice.mean[chosen]);
}
