//! Trials on rungs: who may go on, who does, and what a proposal sees of trials that are on their way.

use super::{Trial, Trials};
use crate::engine::conductor::rungs::Standing;
use crate::engine::search::Told;
use crate::protocol::{Event, Intervention, TrialRecord, TrialState};
use crate::study::Point;

impl Trials {
    /// Whether a training that ended on a rung could go on: there is another, and its patience is not at its end.
    pub(super) fn may_go_on(&self, record: &TrialRecord) -> bool {
        let last = record.curve.last().map_or(0, |point| point.epoch);
        let looks = (last - record.epochs.min(last)) / record.model.look_interval(self.objective);
        let is_whole = self.rungs.is_last(record.rung as usize) || !record.model.is_iterative();
        !is_whole && !self.stopping.is_impatient(looks)
    }

    /// The rung that a trial trains on, or waits to train on.
    pub(in crate::engine::conductor) fn rung(&self, number: u32) -> usize {
        self.trials[number as usize].climbed.len()
    }

    /// The point of a trial.
    pub(in crate::engine::conductor) fn point(&self, number: u32) -> &Point {
        &self.trials[number as usize].point
    }

    /// Trials that go on to their next rung and were not given out yet.
    pub(in crate::engine::conductor) fn promoted(&self) -> impl Iterator<Item = u32> {
        self.rungs.promoted()
    }

    /// A trial that goes on is given out.
    pub(in crate::engine::conductor) fn release(&mut self, number: u32) {
        self.rungs.release(number);
    }

    /// Whether all trials that were proposed have ended.
    pub(in crate::engine::conductor) fn have_ended(&self) -> bool {
        self.trials.iter().all(|trial| trial.record.is_some())
    }

    /// Whether a trial can not stand in a bracket with those before it, because these did not wait for it.
    pub(super) fn begins(&self, number: u32) -> bool {
        self.interventions.contains(&Intervention::Extended { number })
    }

    /// Decides about every rung that is complete: who goes on waits to be given out, the others end.
    pub(super) fn decide(&mut self, events: &mut Vec<Event>) {
        if !self.rungs.is_climbed() {
            return;
        }
        loop {
            let ends = self.exhausted || self.ending.is_over();
            let end = if ends { self.len() } else { self.budget.min(self.stopped_at()) } as usize;
            let trials = &self.trials;
            let standing =
                |trial: usize, rung: usize| trials.get(trial).map_or(Standing::Below, |one| one.standing(rung));
            let Some(decision) = self.rungs.decide(end, standing) else { return };
            for trial in decision.others {
                if let Some(record) = self.trials[trial].waiting.take() {
                    self.record(record, events);
                }
            }
            let goes_on = |trial: &usize| self.trials[*trial].waiting.is_some();
            let promoted: Vec<usize> = decision.best.into_iter().filter(goes_on).collect();
            promoted.into_iter().for_each(|trial| self.rungs.promote(trial as u32));
        }
    }

    /// Whether a proposal may see the whole of an earlier trial, and not only its first rung: where a whole bracket lies
    /// between the two. Else trainers would stand still until the bracket before has climbed all its rungs.
    pub(super) fn is_whole_for(&self, number: u32, trial: usize) -> bool {
        // One that was proposed already stands in the bracket that it began.
        let begins = number == self.len() && self.begins(number);
        let own = self.rungs.bracket_of(number as usize, begins);
        self.rungs.bracket_of(trial, false) + 2 <= own
    }

    /// Whether what a proposal sees of an earlier trial is there.
    pub(super) fn is_seen_by(&self, number: u32, trial: usize) -> bool {
        let one = &self.trials[trial];
        one.record.is_some() || (!one.climbed.is_empty() && !self.is_whole_for(number, trial))
    }

    /// What proposal `number` sees of the first trials where they climb rungs. A training that was not whole counts as what
    /// it had come to, and what those that were whole have gained from that rung on, in their mean.
    pub(super) fn told_on_rungs(&self, number: u32, seen: usize) -> Option<Vec<Told>> {
        if !self.rungs.is_climbed() {
            return None;
        }
        Some(self.told_of(&(0..seen).map(|at| self.is_whole_for(number, at)).collect::<Vec<_>>()))
    }

    /// What is seen of the first trials where they climb rungs, given of which the whole.
    pub(super) fn told_of(&self, whole: &[bool]) -> Vec<Told> {
        let done = || self.trials.iter().zip(whole).filter(|(trial, whole)| **whole && trial.is_done());
        let gain = |rung: usize| {
            let gains: Vec<f64> = done().filter_map(|(trial, _)| trial.gain(rung)).collect();
            if gains.is_empty() { 0.0 } else { gains.iter().sum::<f64>() / gains.len() as f64 }
        };
        let gains: Vec<f64> = (0..self.rungs.count()).map(gain).collect();
        let told = |at: usize| {
            let trial = &self.trials[at];
            let last = trial.climbed.len().saturating_sub(1);
            let rung = if whole[at] { last } else { 0 };
            let is_final = rung == last && trial.is_done();
            let loss = trial.climbed.get(rung).copied().flatten();
            let value = loss.map(|loss| if is_final { loss } else { loss + gains[rung] });
            Told { point: trial.point.clone(), value }
        };
        (0..whole.len()).map(told).collect()
    }
}

impl Trial {
    /// Whether it was trained to its end.
    fn is_done(&self) -> bool {
        self.record.as_ref().is_some_and(|record| record.state == TrialState::Done)
    }

    /// What it is on a rung. One that ended below it stands there as it ended, if it was trained to its end.
    fn standing(&self, rung: usize) -> Standing {
        match self.climbed.get(rung) {
            Some(loss) => Standing::There(*loss),
            None if self.is_done() => Standing::There(self.climbed.last().copied().flatten()),
            None if self.record.is_some() => Standing::There(None),
            None => Standing::Below,
        }
    }

    /// By how much its loss has grown since a rung; none if that was its last.
    fn gain(&self, rung: usize) -> Option<f64> {
        let last = self.climbed.last().copied().flatten()?;
        (rung + 1 < self.climbed.len()).then(|| Some(last - self.climbed[rung]?)).flatten()
    }
}
