//! A run that is cut off anywhere goes on from what was saved of it, to the same bits.

use super::*;
use crate::engine::share::{Saving, saved_id};
use crate::protocol::SavedStudy;

/// What a browser would hold.
#[derive(Default)]
struct Shelf {
    study: Option<SavedStudy>,
    lines: BTreeMap<(u32, u32), String>,
    /// With so many lines there is no room for more; 0 where there always is.
    room: usize,
}

impl Shelf {
    fn write(&mut self, saving: &mut Saving) {
        if let Some(unsaved) = saving.take() {
            if self.room > 0 && self.lines.len() + unsaved.lines.len() > self.room {
                saving.put_back(unsaved.lines);
                return;
            }
            self.study = Some(unsaved.study);
            self.lines.extend(unsaved.lines.into_iter().map(|line| ((line.number, line.rung), line.text)));
        }
    }

    fn texts(&self) -> Vec<String> {
        self.lines.values().cloned().collect()
    }
}

fn resolved(mut study: Study) -> Study {
    study.data.hash = data().hash;
    study
}

/// Goes on with what the shelf has, as a worker does; with fewer turns than the run needs it is cut off. The baselines take
/// the first eleven.
fn go_on(shelf: &mut Shelf, study: &Study, chance: u64, turns: usize) -> Conductor {
    let study = resolved(study.clone());
    let saved = shelf.study.clone().unwrap_or_else(|| SavedStudy::new(saved_id(&study), study.clone()));
    let decided = saved.interventions.clone();
    let (mut saving, read) = Saving::resume(saved, &shelf.texts());
    let mut known = Known::new();
    read.ended.iter().chain(&read.waits).for_each(|record| known.insert_trial(&study, record));
    let mut conductor = Conductor::new(study, data(), known, &decided).unwrap();
    let mut pool = Pool::new(3, chance, 0.0);
    for turn in 0..turns {
        if turn == 12 && shelf.study.is_none() {
            conductor.cancel_trial(1);
        }
        let more = pool.turn(&mut conductor);
        let events = conductor.take_events();
        saving.hear(&events, conductor.study(), conductor.interventions());
        shelf.write(&mut saving);
        if !more {
            break;
        }
    }
    conductor
}

#[test]
fn a_run_that_is_cut_off_anywhere_goes_on_to_the_same_trials() {
    for study in [study(SamplerKind::Tpe, 24), on_rungs(SamplerKind::Random, 18)] {
        let mut whole = Shelf::default();
        let expected = go_on(&mut whole, &study, 1, 1_000);
        assert_eq!(whole.study.as_ref().map(|study| study.trials), Some(study.search.trials));
        assert_eq!(whole.study.as_ref().and_then(|study| study.value), expected.best().and_then(|best| best.value));
        for turns in [16, 22, 28] {
            let mut shelf = Shelf::default();
            let cut = go_on(&mut shelf, &study, 1, turns);
            assert!(cut.records().len() < expected.records().len());
            let saved = shelf.lines.len();
            let resumed = go_on(&mut shelf, &study, 2, 1_000);
            assert_eq!(records(&resumed), records(&expected), "after {turns} turns");
            assert!(shelf.lines.len() > saved);
            // The log is the same whether it was written in one go or in two, but for how long things took.
            let without_time = |shelf: &Shelf| Saving::resume(shelf.study.clone().unwrap(), &shelf.texts()).0;
            assert_eq!(without_time(&shelf), without_time(&whole));
        }
    }
}

#[test]
fn what_finds_no_room_waits_for_it_in_its_order() {
    let study = resolved(study(SamplerKind::Random, 12));
    let mut whole = Shelf::default();
    let expected = go_on(&mut whole, &study, 1, 1_000);
    let mut saving = Saving::resume(SavedStudy::new(saved_id(&study), study.clone()), &[]).0;
    let mut shelf = Shelf { room: 5, ..Shelf::default() };
    for record in records(&expected) {
        saving.hear(&[Event::TrialEnded(Box::new(record))], &study, &[]);
        shelf.write(&mut saving);
    }
    assert_eq!((shelf.lines.len(), saving.take()), (5, None));
    // Something else was deleted, which was not enough; then enough was.
    for (room, count) in [(7, 5), (0, 12)] {
        shelf.room = room;
        saving.try_again();
        shelf.write(&mut saving);
        assert_eq!(shelf.lines.len(), count);
    }
    assert_eq!(shelf.study.map(|study| study.trials), Some(12));
}

#[test]
fn what_is_saved_is_not_trained_again_and_what_is_damaged_is() {
    let study = study(SamplerKind::Random, 12);
    let mut shelf = Shelf::default();
    let expected = go_on(&mut shelf, &study, 1, 1_000);
    let texts = shelf.texts();
    let (mut saving, read) = Saving::resume(shelf.study.clone().unwrap(), &texts);
    assert_eq!((read.ended.len(), read.damaged, saving.take()), (12, 0, None));
    // A torn line, one of something else, and one that is missing.
    shelf.lines.insert((3, 0), texts[3][..40].to_owned());
    shelf.lines.insert((4, 0), "{}".to_owned());
    shelf.lines.remove(&(5, 0));
    let (_, read) = Saving::resume(shelf.study.clone().unwrap(), &shelf.texts());
    assert_eq!((read.ended.len(), read.damaged), (9, 2));
    let resumed = go_on(&mut shelf, &study, 2, 1_000);
    assert_eq!(records(&resumed), records(&expected));
    let (_, read) = Saving::resume(shelf.study.clone().unwrap(), &shelf.texts());
    assert_eq!((read.ended.len(), read.damaged), (12, 0));
}

#[test]
fn the_same_study_is_saved_once_whatever_its_budget() {
    let id = |study: &Study| saved_id(&resolved(study.clone()));
    let study = study(SamplerKind::Random, 12);
    let mut other = study.clone();
    other.search.trials = 40;
    assert_eq!(id(&study), id(&other));
    let saved = SavedStudy::new(id(&study), resolved(study.clone()));
    assert!(saved.is_of(&resolved(other.clone())));
    other.lag = 3;
    assert_ne!(id(&study), id(&other));
    assert!(!saved.is_of(&resolved(other)));
}

#[test]
fn a_raised_budget_and_a_lifted_stop_are_saved() {
    let mut conductor = Conductor::new(resolved(study(SamplerKind::Random, 12)), data(), Known::new(), &[]).unwrap();
    let saved = SavedStudy::new("id".into(), conductor.study().clone());
    let (mut saving, _) = Saving::resume(saved, &[]);
    let mut shelf = Shelf::default();
    let mut pool = Pool::new(1, 1, 0.0);
    let mut look = |conductor: &mut Conductor, shelf: &mut Shelf| {
        let events = conductor.take_events();
        saving.hear(&events, conductor.study(), conductor.interventions());
        shelf.write(&mut saving);
        shelf.study.clone().map(|study| (study.interventions, study.study.search.trials, study.trials))
    };
    assert_eq!(look(&mut conductor, &mut shelf), None, "a study without a trial is not worth it");
    while conductor.records().len() < 3 {
        pool.turn(&mut conductor);
    }
    conductor.stop();
    pool.run(&mut conductor);
    let (decided, budget, ended) = look(&mut conductor, &mut shelf).unwrap();
    assert!(matches!(decided[..], [Intervention::StopAt { number }] if number == ended && budget == 12));
    conductor.extend(14).unwrap();
    pool.run(&mut conductor);
    assert_eq!(look(&mut conductor, &mut shelf), Some((vec![], 14, 14)));
}
