//! What ends a search before its budget is used up: the same trials whatever the pool did, and in a replay.

use super::*;

fn ending(mut study: Study, total_epochs: Option<u32>, least_gain: Option<f64>) -> Study {
    (study.search.total_epochs, study.search.least_gain) = (total_epochs, least_gain);
    study
}

/// What was expected before each trial, by number.
fn outlooks(conductor: &mut Conductor) -> Vec<(u32, f64)> {
    let events = conductor.take_events().into_iter();
    let of = |event| if let Event::Outlook { number, gain } = event { Some((number, gain)) } else { None };
    events.filter_map(of).collect()
}

#[test]
fn the_search_ends_at_the_same_trial_whatever_the_pool_did_and_in_a_replay() {
    let studies = [
        ending(study(SamplerKind::Random, 60), Some(300), None),
        ending(study(SamplerKind::Random, 60), None, Some(0.01)),
        ending(study(SamplerKind::Gp, 60), None, Some(0.001)),
        ending(on_rungs(SamplerKind::Tpe, 90), Some(400), None),
    ];
    for study in studies {
        let mut first = run(study.clone(), 1, 0, 0.0, &[]);
        let (trials, told) = (records(&first), outlooks(&mut first));
        assert_eq!(first.state(), RunState::Finished);
        assert!((9..60).contains(&trials.len()), "{} trials of {:?}", trials.len(), study.search);
        let mut other = run(study.clone(), 6, 5, 0.1, &[]);
        assert_eq!(records(&other), trials);
        assert_eq!(outlooks(&mut other), told);
        assert!(first.interventions().is_empty(), "a replay finds it anew");
        let mut known = Known::new();
        first.records().into_iter().for_each(|record| known.insert_trial(&study, record));
        let mut resumed = Conductor::new(study, data(), known, &[]).unwrap();
        Pool::new(3, 1, 0.0).run(&mut resumed);
        assert_eq!(records(&resumed).len(), trials.len());
    }
}

#[test]
fn it_ends_when_so_little_is_expected_and_not_before() {
    let study = ending(study(SamplerKind::Gp, 60), None, Some(0.002));
    let mut conductor = run(study, 2, 0, 0.0, &[]);
    let told = outlooks(&mut conductor);
    let (last, before) = told.split_last().unwrap();
    assert_eq!(last.0, conductor.records().len() as u32);
    assert!(last.1 < 0.002 && before.iter().all(|(_, gain)| *gain >= 0.002), "{told:?}");
}

#[test]
fn epochs_are_counted_as_far_as_they_may_be_seen() {
    let study = ending(study(SamplerKind::Random, 60), Some(200), None);
    let conductor = run(study.clone(), 2, 0, 0.0, &[]);
    let epochs: Vec<u32> = conductor
        .records()
        .into_iter()
        .map(|record| match record.error {
            Some(_) => 3,
            None => record.curve.last().unwrap().epoch,
        })
        .collect();
    let seen = epochs.len() + 1 - study.lag as usize;
    assert!(epochs[..seen].iter().sum::<u32>() >= 200 && epochs[..seen - 1].iter().sum::<u32>() < 200);
}

#[test]
fn the_trials_are_those_of_the_study_without_an_end() {
    for sampler in [SamplerKind::Random, SamplerKind::Gp] {
        let whole = records(&run(study(sampler, 40), 2, 0, 0.0, &[]));
        let ended = records(&run(ending(study(sampler, 40), Some(250), None), 3, 1, 0.0, &[]));
        assert!(ended.len() < 40);
        assert_eq!(ended, whole[..ended.len()]);
    }
}

#[test]
fn who_asks_for_more_gets_more_and_a_replay_too() {
    let study = ending(study(SamplerKind::Random, 60), Some(100), None);
    let mut conductor = run(study.clone(), 2, 0, 0.0, &[]);
    let ended = conductor.records().len() as u32;
    conductor.extend(ended + 5).unwrap();
    Pool::new(2, 3, 0.0).run(&mut conductor);
    let trials = records(&conductor);
    assert_eq!((trials.len() as u32, conductor.state()), (ended + 5, RunState::Finished));
    assert_eq!(conductor.interventions(), [Intervention::Extended { number: ended }]);
    let again = run(conductor.study().clone(), 5, 1, 0.0, conductor.interventions());
    assert_eq!(records(&again), trials);
}

#[test]
fn an_end_that_is_none_is_refused() {
    for (total, gain, setting) in [(Some(0), None, "total"), (None, Some(0.0), "gain"), (None, Some(f64::NAN), "gain")]
    {
        let study = ending(study(SamplerKind::Random, 5), total, gain);
        let error = Conductor::new(study, data(), Known::new(), &[]).unwrap_err();
        assert!(matches!(error, Error::BadSetting { setting: found, .. } if found == setting));
    }
}
