//! Who goes on from a rung: successive halving (Jamieson and Talwalkar 2016, arXiv:1502.07943) over brackets of trials.
//!
//! Trials are taken in brackets of [`ETA`]^(rungs - 1) in the order of their numbers; the last bracket may be smaller. When
//! all of a bracket have come to a rung, the best third of them goes on, the earlier of equals first, and at least one. So a
//! promotion is a function of the complete rung, whatever order its trials ended in. What one bracket waits for keeps no
//! trainer idle: the next bracket's trials are given out meanwhile.

use std::collections::VecDeque;

use crate::order;
use crate::study::Study;
use crate::study::scheduler::ETA;

/// The brackets of a run.
#[derive(Debug)]
pub(super) struct Rungs {
    /// How many rungs there are.
    count: usize,
    brackets: Vec<Bracket>,
    /// Trials that go on and were not given out yet.
    promoted: VecDeque<u32>,
}

/// Trials that stand against each other.
#[derive(Debug)]
struct Bracket {
    /// Its first trial.
    start: usize,
    /// The rung that is not decided yet.
    rung: usize,
    /// Who climbed to that rung; not known before the first is decided.
    members: Vec<usize>,
}

/// A trial on a rung as the others see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Standing {
    /// It is not there yet.
    Below,
    /// It is there, or had ended before, with this loss; with none if it failed or was taken out.
    There(Option<f64>),
}

/// A complete rung.
#[derive(Debug, PartialEq)]
pub(super) struct Decision {
    /// Which, from 0.
    pub(super) rung: usize,
    /// Who goes on.
    pub(super) best: Vec<usize>,
    /// Who does not.
    pub(super) others: Vec<usize>,
}

impl Rungs {
    pub(super) fn new(study: &Study) -> Self {
        Self { count: study.rung_count(), brackets: Vec::new(), promoted: VecDeque::new() }
    }

    /// How many rungs there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether there is anything to climb.
    pub(super) fn is_climbed(&self) -> bool {
        self.count > 1
    }

    /// Whether a rung is the last.
    pub(super) fn is_last(&self, rung: usize) -> bool {
        rung + 1 >= self.count
    }

    /// Trials of a whole bracket.
    fn size(&self) -> usize {
        (1..self.count).fold(1, |size, _| size * ETA as usize)
    }

    /// Takes in the next trial; `begins` says that it can not join those before it.
    pub(super) fn add(&mut self, trial: usize, begins: bool) {
        let (size, last) = (self.size(), self.brackets.last());
        if last.is_none_or(|last| begins || trial - last.start >= size) {
            self.brackets.push(Bracket { start: trial, rung: 0, members: Vec::new() });
        }
    }

    /// The bracket of a trial, or of the next one that will be added.
    pub(super) fn bracket_of(&self, trial: usize, begins: bool) -> usize {
        let at = self.brackets.iter().rposition(|bracket| bracket.start <= trial);
        let joins = |at: usize| !begins && trial - self.brackets[at].start < self.size();
        at.map_or(0, |at| if joins(at) { at } else { at + 1 })
    }

    /// The next rung that is complete, if one is. `end` is where the last bracket ends at the latest.
    pub(super) fn decide(&mut self, end: usize, standing: impl Fn(usize, usize) -> Standing) -> Option<Decision> {
        for at in 0..self.brackets.len() {
            let next = self.brackets.get(at + 1).map_or(end, |next| next.start);
            let size = self.size();
            let bracket = &mut self.brackets[at];
            if bracket.rung + 1 >= self.count {
                continue;
            }
            let rung = bracket.rung;
            if rung == 0 {
                bracket.members = (bracket.start..next.min(bracket.start + size)).collect();
            }
            let mut losses = Vec::with_capacity(bracket.members.len());
            for &member in &bracket.members {
                match standing(member, rung) {
                    Standing::Below => break,
                    Standing::There(loss) => losses.push(loss.unwrap_or(f64::INFINITY)),
                }
            }
            if losses.len() == bracket.members.len() {
                let ranked = order::ranking(losses.len(), &|a, b| losses[a].total_cmp(&losses[b]));
                let count = (losses.len() / ETA as usize).max(1);
                let mut goes = vec![false; losses.len()];
                ranked.iter().take(count).filter(|&&one| losses[one].is_finite()).for_each(|&one| goes[one] = true);
                let picked = |wanted| bracket.members.iter().zip(&goes).filter(move |(_, goes)| **goes == wanted);
                let pick = |wanted| picked(wanted).map(|(member, _)| *member).collect::<Vec<usize>>();
                let (best, others) = (pick(true), pick(false));
                bracket.rung += 1;
                bracket.members.clone_from(&best);
                return Some(Decision { rung, best, others });
            }
        }
        None
    }

    /// A trial goes on.
    pub(super) fn promote(&mut self, trial: u32) {
        self.promoted.push_back(trial);
    }

    /// Trials that go on and were not given out yet, in the order in which that was decided.
    pub(super) fn promoted(&self) -> impl Iterator<Item = u32> {
        self.promoted.iter().copied()
    }

    /// A trial that goes on is given out, or taken out.
    pub(super) fn release(&mut self, trial: u32) {
        self.promoted.retain(|&promoted| promoted != trial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::SchedulerKind;

    fn rungs(trials: usize) -> Rungs {
        let mut study = Study::default();
        study.search.scheduler = SchedulerKind::Halving;
        let mut rungs = Rungs::new(&study);
        (0..trials).for_each(|trial| rungs.add(trial, false));
        rungs
    }

    #[test]
    fn the_best_third_of_a_complete_rung_goes_on() {
        let mut rungs = rungs(9);
        // Losses 8, 7, ... 0, but the last has failed, and two are equal.
        let loss = |trial: usize| match trial {
            8 => None,
            5 | 6 => Some(2.0),
            _ => Some(8.0 - trial as f64),
        };
        let there = |missing: usize| {
            move |trial: usize, _| {
                if trial == missing { Standing::Below } else { Standing::There(loss(trial)) }
            }
        };
        assert_eq!(rungs.decide(9, there(3)), None);
        let first = rungs.decide(9, there(99)).unwrap();
        assert_eq!((first.rung, first.best, first.others), (0, vec![5, 6, 7], vec![0, 1, 2, 3, 4, 8]));
        let second = rungs.decide(9, there(99)).unwrap();
        assert_eq!((second.rung, second.best, second.others), (1, vec![7], vec![5, 6]));
        assert_eq!(rungs.decide(9, there(99)), None);
    }

    #[test]
    fn a_small_bracket_is_complete_when_no_more_trials_come() {
        let mut rungs = rungs(11);
        let there = |trial: usize, _| if trial < 9 { Standing::Below } else { Standing::There(Some(trial as f64)) };
        assert_eq!(
            rungs.decide(12, |trial, rung| if trial == 11 { Standing::Below } else { there(trial, rung) }),
            None
        );
        assert_eq!(rungs.decide(11, there).unwrap().best, [9]);
    }

    #[test]
    fn where_all_have_failed_nobody_goes_on() {
        let mut rungs = rungs(9);
        let decision = rungs.decide(9, |_, _| Standing::There(None)).unwrap();
        assert_eq!((decision.best.len(), decision.others.len()), (0, 9));
        assert_eq!(rungs.decide(9, |_, _| Standing::There(None)).unwrap().best, [0_usize; 0]);
    }

    #[test]
    fn a_trial_that_can_not_join_begins_a_bracket() {
        let mut rungs = rungs(11);
        assert_eq!([0, 8, 9, 10, 11].map(|trial| rungs.bracket_of(trial, false)), [0, 0, 1, 1, 1]);
        assert_eq!(rungs.bracket_of(11, true), 2);
        rungs.add(11, true);
        assert_eq!((rungs.bracket_of(11, false), rungs.bracket_of(20, false)), (2, 3));
    }
}
