//! What is known of all trials of a run together. It is kept up with each trial that changes, so that nothing looks through
//! ten thousand of them because one has ended. Pure.

use std::sync::Arc;

use super::{Run, Trial};
use crate::ui::chart::axis::place;
use crate::ui::chart::scale::extent;

/// Up to so many trials are measured anew with each of them that ends; more only when an eighth has come.
const FEW: usize = 64;

/// No more curves than about so many decide what a chart shows of them.
const CURVES: usize = 400;

/// What is known of all trials together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// The trials in the order in which something became of them: one for each revision.
    changes: Vec<u32>,
    /// The trials that have not ended, by number.
    running: Vec<u32>,
    /// The trials at which the best so far became better, by number. The last of them is the best.
    steps: Vec<u32>,
    /// The last trial with a result.
    last: Option<u32>,
    /// Points of the curves of those that ended.
    points: usize,
    /// The latest epoch of any curve.
    last_epoch: u32,
    /// Trials that had ended when the extents were measured.
    measured: usize,
    /// What charts show of the objective.
    extent: Option<(f64, f64)>,
    /// What they show of the curves.
    extent_of_curves: Option<(f64, f64)>,
}

impl Run {
    /// Takes a trial in place of what was known of it.
    pub(super) fn put(&mut self, trial: Trial) {
        let (number, is_running) = (trial.number, trial.state.is_none());
        let places = self.dimensions.iter().map(|(name, range)| place(range, trial.params.get(name)?));
        let places = places.collect();
        self.revision += 1;
        let revision = self.revision;
        if let Some(last) = trial.curve.last() {
            self.met_epoch(last.epoch);
        }
        let before = self.trials.insert(number, Arc::new(Trial { places, revision, ..trial }));
        self.ledger.changes.push(number);
        let running = &mut self.ledger.running;
        let at = running.partition_point(|known| *known < number);
        match (is_running, running.get(at) == Some(&number)) {
            (true, false) => running.insert(at, number),
            (false, true) => drop(running.remove(at)),
            _ => {}
        }
        if !is_running {
            let had_ended = before.is_some_and(|before| before.state.is_some());
            self.ended(number, had_ended);
        }
    }

    /// A curve has come to an epoch.
    pub(super) fn met_epoch(&mut self, epoch: u32) {
        self.ledger.last_epoch = self.ledger.last_epoch.max(epoch);
    }

    fn ended(&mut self, number: u32, had_ended: bool) {
        if had_ended {
            self.ledger.steps.clear();
            self.ledger.points = 0;
            let all: Vec<u32> = self.trials.keys().copied().collect();
            all.into_iter().for_each(|number| self.count(number));
        } else {
            self.count(number);
        }
        self.best = self.ledger.steps.last().copied();
        let ended = self.done() as usize;
        if self.best == Some(number) || ended > self.ledger.measured + self.ledger.measured / FEW * (FEW / 8) {
            self.measure();
        }
    }

    /// Takes an ended trial into account.
    fn count(&mut self, number: u32) {
        let objective = self.study.objective;
        let Some(trial) = self.trials.get(&number).filter(|trial| trial.state.is_some()) else { return };
        self.ledger.points += trial.curve.len();
        let Some(own) = trial.value.map(|value| objective.loss(value)) else { return };
        self.ledger.last = self.ledger.last.max(Some(number));
        let loss = |known: &u32| {
            let value = self.trials.get(known).and_then(|trial| trial.value);
            value.map_or(f64::INFINITY, |value| objective.loss(value))
        };
        let steps = &self.ledger.steps;
        let at = steps.partition_point(|known| *known < number);
        // Of equal values the earlier trial stays the best.
        if at == 0 || loss(&steps[at - 1]) > own {
            let behind = steps[at..].iter().take_while(|known| loss(known) >= own).count();
            self.ledger.steps.splice(at..at + behind, [number]);
        }
    }

    /// Measures what charts show, which changes all that they have drawn: for the first trials with each that ends, then
    /// seldom.
    pub(super) fn measure(&mut self) {
        let values: Vec<f64> = self.ranked().map(|(_, value)| value).collect();
        self.ledger.extent = extent(&values, self.baseline(), self.study.objective.higher_is_better());
        self.ledger.extent_of_curves = self.measured_curves();
        self.ledger.measured = self.done() as usize;
    }

    /// What is measured along the curves; of a great many trials that of every n-th and of the best.
    fn measured_curves(&self) -> Option<(f64, f64)> {
        let some = self.trials.values().step_by(self.trials.len() / CURVES + 1).chain(self.best_trial());
        let values: Vec<f64> = some.flat_map(|trial| &trial.curve).filter_map(|point| point.valid).collect();
        extent(&values, None, self.study.objective.higher_is_better())
    }

    /// What charts show of the objective, once there is something.
    #[must_use]
    pub fn extent(&self) -> Option<(f64, f64)> {
        self.ledger.extent
    }

    /// What a chart of the curves shows: the epochs, and what is measured. What is computed at once has no curve.
    #[must_use]
    pub fn extent_of_curves(&self) -> Option<((f64, f64), (f64, f64))> {
        if !self.has_curves() {
            return None;
        }
        // Those of few trials are followed while they train.
        let measured = if self.trials.len() > CURVES { self.ledger.extent_of_curves } else { self.measured_curves() };
        // Short curves at the start of a run would otherwise fill the chart and then shrink.
        Some(((1.0, f64::from(self.ledger.last_epoch.max(10))), measured?))
    }

    /// Whether a model of the study goes through epochs.
    #[must_use]
    pub fn has_curves(&self) -> bool {
        self.study.models.iter().any(|space| space.model.is_iterative())
    }

    /// Trials that ended, whatever way.
    #[must_use]
    pub fn done(&self) -> u32 {
        (self.trials.len() - self.ledger.running.len()) as u32
    }

    /// The trials that have not ended.
    pub fn running(&self) -> impl Iterator<Item = &Arc<Trial>> {
        self.ledger.running.iter().filter_map(|number| self.trials.get(number))
    }

    /// The trials at which the best so far became better, and the last one with a result.
    pub fn steps(&self) -> impl Iterator<Item = &Arc<Trial>> {
        self.ledger.steps.iter().chain(&self.ledger.last).filter_map(|number| self.trials.get(number))
    }

    /// Points of the curves of those that ended.
    #[must_use]
    pub fn points(&self) -> usize {
        self.ledger.points
    }

    /// The trials of which something became since a revision of this run, in that order; some of them several times.
    #[must_use]
    pub fn changed_since(&self, revision: u32) -> &[u32] {
        let from = revision.saturating_sub(self.first_revision) as usize;
        self.ledger.changes.get(from..).unwrap_or_default()
    }

    /// The revision that the last change has led to.
    #[must_use]
    pub fn revision(&self) -> u32 {
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    /// What the ledger should hold, found by looking at all trials.
    fn looked_up(run: &Run) -> (Option<u32>, Vec<u32>, usize) {
        let (mut steps, mut best) = (Vec::new(), f64::INFINITY);
        for (trial, value) in run.ranked() {
            if value < best {
                (best, steps) = (value, [steps, vec![trial.number]].concat());
            }
        }
        let points = run.trials.values().filter(|trial| trial.state.is_some()).map(|trial| trial.curve.len()).sum();
        (steps.last().copied(), steps, points)
    }

    fn held(run: &Run) -> (Option<u32>, Vec<u32>, usize) {
        (run.best, run.ledger.steps.clone(), run.points())
    }

    #[test]
    fn trials_that_end_in_any_order_are_told_as_if_all_were_looked_at() {
        let whole = recorded::shown(200);
        let mut run = Run { trials: litemap::LiteMap::new(), ledger: Ledger::default(), best: None, ..whole.clone() };
        for at in 0..200_u32 {
            // 77 and 200 have no factor in common.
            let trial = whole.trials[&(at * 77 % 200)].as_ref().clone();
            run.put(Trial { state: None, value: None, ..trial.clone() });
            assert_eq!(run.running().map(|trial| trial.number).collect::<Vec<_>>(), [trial.number]);
            run.put(trial);
            assert_eq!((held(&run), run.done()), (looked_up(&run), at + 1));
        }
        assert_eq!(held(&run), held(&whole));
        // And one that ends again, as something else.
        let again = Trial { value: Some(9.0), ..run.best_trial().unwrap().as_ref().clone() };
        run.put(again);
        assert_eq!(held(&run), looked_up(&run));
    }

    #[test]
    fn changes_are_counted_by_revisions() {
        let run = recorded::shown(5);
        let all = run.changed_since(run.first_revision);
        // Each starts and ends.
        assert_eq!(all, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!(run.changed_since(run.revision() - 1), [4]);
        assert!(run.changed_since(run.revision()).is_empty());
        assert!(run.changed_since(run.revision() + 9).is_empty());
    }

    #[test]
    fn what_charts_show_stays_while_a_few_more_come() {
        let mut run = recorded::shown(1_000);
        let shown = run.extent();
        let worse = |number| Trial { number, value: Some(0.9), ..run.trials[&3].as_ref().clone() };
        let (one, many) = (worse(1_000), (1_001..1_400).map(worse).collect::<Vec<_>>());
        run.put(one);
        assert_eq!(run.extent(), shown);
        many.into_iter().for_each(|trial| run.put(trial));
        assert_ne!(run.extent(), shown);
    }
}
