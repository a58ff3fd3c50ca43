//! The trials of a run: proposed in order, ended in any order, cancelled by decision; on rungs, stopped or let go on.

mod climbing;
mod ending;
mod why;

use self::ending::Ending;
use super::rungs::Rungs;
use crate::engine::search::{History, Search, Told};
use crate::protocol::{
    Event, Fallback, FitReport, Intervention, ListCounts, Outcome, TrialRecord, TrialState, UserSums,
};
use crate::study::{MetricSpec, ModelKind, Point, Stopping, Study};

/// All trials of a run and what decides about the next.
#[derive(Debug)]
pub(super) struct Trials {
    search: Search,
    objective: MetricSpec,
    stopping: Stopping,
    lag: u32,
    /// The model of a study that has one.
    first_model: ModelKind,
    /// The study's budget; all points of the space where they are fewer.
    budget: u32,
    /// Proposed trials by number.
    trials: Vec<Trial>,
    rungs: Rungs,
    /// Results of trials 0, 1, ... without gaps: what a sampler may see, in order.
    told: Vec<Told>,
    /// Whether proposals depend on results.
    uses_results: bool,
    /// Whether they wait for those `lag` before them: they depend on results, or on whether the search goes on.
    waits: bool,
    exhausted: bool,
    ending: Ending,
    /// The number of the proposal that nothing is left to be computed for.
    prepared: Option<u32>,
    /// Points of the space, if they can be counted.
    size: Option<u64>,
    interventions: Vec<Intervention>,
    /// Recorded decisions that a replay has not met yet.
    replayed: Vec<Intervention>,
}

#[derive(Debug)]
struct Trial {
    point: Point,
    /// The loss at the end of each rung that it has come to; none where it failed.
    climbed: Vec<Option<f64>>,
    /// The epochs that it had been trained for there.
    trained: Vec<u32>,
    /// What it was on the last of those, while it waits there or is on its way to the next.
    waiting: Option<TrialRecord>,
    record: Option<TrialRecord>,
}

impl Trials {
    pub(super) fn new(study: &Study, search: Search, interventions: &[Intervention]) -> Self {
        let size = search.size(study.search.sampler);
        let mut trials = Self {
            uses_results: search.uses_results(),
            waits: search.uses_results() || study.search.may_end_early(),
            ending: Ending::new(&study.search, search.space(), study.seed),
            search,
            objective: study.objective,
            stopping: study.stopping,
            lag: study.lag,
            first_model: study.models[0].model,
            budget: 0,
            trials: Vec::new(),
            rungs: Rungs::new(study),
            told: Vec::new(),
            exhausted: false,
            prepared: None,
            size,
            interventions: interventions.to_vec(),
            replayed: interventions.to_vec(),
        };
        trials.set_budget(study.search.trials);
        trials
    }

    fn set_budget(&mut self, trials: u32) {
        let all = self.size.map_or(u32::MAX, |size| u32::try_from(size).unwrap_or(u32::MAX));
        self.budget = trials.min(all);
    }

    /// For the test of the lag.
    #[cfg(test)]
    pub(super) fn pretend_results_matter(&mut self) {
        self.waits = true;
    }

    /// How many trials there will be.
    pub(super) fn budget(&self) -> u32 {
        self.budget
    }

    /// How many were proposed.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.trials.len()).unwrap_or(u32::MAX)
    }

    /// The number at which a decision stopped the run.
    fn stopped_at(&self) -> u32 {
        let stops = self.interventions.iter().filter_map(|made| match made {
            Intervention::StopAt { number } => Some(*number),
            _ => None,
        });
        stops.min().unwrap_or(u32::MAX)
    }

    /// Whether no more trials will be proposed.
    pub(super) fn is_over(&self) -> bool {
        self.exhausted || self.ending.is_over() || self.len() >= self.budget.min(self.stopped_at())
    }

    /// Whether all points of the space were proposed before the budget was used up.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted || self.size.is_some_and(|size| u64::from(self.len()) >= size)
    }

    /// The next trial, if one may be proposed now. The inner `None` is a trial that a recorded decision cancels.
    pub(super) fn propose(&mut self, events: &mut Vec<Event>) -> Option<Option<(u32, Point)>> {
        let number = self.len();
        if self.is_over() {
            return None;
        }
        let seen = self.seen_by(number)?;
        if !self.may_begin(number) {
            return None;
        }
        let (on_rungs, pending) = (self.told_on_rungs(number, seen), self.pending(number, seen));
        let told = on_rungs.as_deref().unwrap_or_else(|| &self.told[..seen]);
        let history = History { told, pending: &pending };
        if self.search.thinks(history) && self.prepared != Some(number) {
            return None;
        }
        let Some(proposal) = self.search.ask(history) else {
            self.exhausted = true;
            self.decide(events);
            return None;
        };
        self.rungs.add(number as usize, self.begins(number));
        let point = proposal.point.clone();
        self.trials.push(Trial { point, climbed: Vec::new(), trained: Vec::new(), waiting: None, record: None });
        if self.replayed.contains(&Intervention::CancelTrial { number }) {
            self.record_cancelled(number, events);
            self.decide(events);
            return Some(None);
        }
        Some(Some((number, proposal.point)))
    }

    /// Points proposed before a trial after those whose results it sees.
    fn pending(&self, number: u32, seen: usize) -> Vec<Point> {
        self.trials[seen..number as usize].iter().map(|trial| trial.point.clone()).collect()
    }

    /// Does about `work` units of what the next proposal needs. True while there is more, and once when it can be made.
    pub(super) fn prepare(&mut self, work: u32, events: &mut Vec<Event>) -> bool {
        let number = self.len();
        if self.is_over() || self.prepared == Some(number) {
            return false;
        }
        let Some(seen) = self.seen_by(number) else { return false };
        if !self.may_begin(number) {
            self.decide_ending(number, seen, work, events);
            return true;
        }
        let (on_rungs, pending) = (self.told_on_rungs(number, seen), self.pending(number, seen));
        let told = on_rungs.as_deref().unwrap_or_else(|| &self.told[..seen]);
        let history = History { told, pending: &pending };
        if !self.search.thinks(history) {
            return false;
        }
        if !self.search.prepare(history, work) {
            self.prepared = Some(number);
        }
        true
    }

    /// How many results proposal `number` sees; `None` while it must wait for them.
    fn seen_by(&self, number: u32) -> Option<usize> {
        if !self.waits {
            return Some(0);
        }
        // Trials 0 ..= number - lag, which are number - lag + 1; none before trial `lag`.
        let seen = (number + 1).saturating_sub(self.lag) as usize;
        let is_there = match self.rungs.is_climbed() {
            false => self.told.len() >= seen,
            true => (0..seen).all(|trial| self.is_seen_by(number, trial)),
        };
        is_there.then_some(seen)
    }

    pub(super) fn end(
        &mut self,
        number: u32,
        model: ModelKind,
        outcome: Outcome,
        seconds: f64,
        events: &mut Vec<Event>,
    ) {
        let mut record = self.blank(number, model, seconds);
        match outcome {
            Outcome::Done(report) => fill(&mut record, report),
            Outcome::Failed { error } => record.error = Some(error),
        }
        let loss = record.value.map(|value| self.objective.loss(value));
        let ends = loss.is_none() || !self.may_go_on(&record);
        let trained = ending::trained(&record);
        let trial = &mut self.trials[number as usize];
        record.seconds += trial.waiting.take().map_or(0.0, |before| before.seconds);
        trial.climbed.push(loss);
        trial.trained.push(trained);
        if ends {
            self.record(record, events);
        } else {
            record.state = TrialState::Stopped;
            if self.replayed.contains(&Intervention::StopTrial { number, rung: record.rung }) {
                self.record(record, events);
            } else {
                events.push(Event::TrialWaits(Box::new(record.clone())));
                trial.waiting = Some(record);
            }
        }
        self.decide(events);
    }

    fn blank(&self, number: u32, model: ModelKind, seconds: f64) -> TrialRecord {
        TrialRecord {
            number,
            model,
            params: self.trials[number as usize].point.clone(),
            state: TrialState::Failed,
            value: None,
            metrics: None,
            epochs: 0,
            curve: Vec::new(),
            error: None,
            seconds,
            users: UserSums::default(),
            fallback: Fallback::default(),
            lists: ListCounts::default(),
            rung: u32::try_from(self.rung(number)).unwrap_or(u32::MAX),
        }
    }

    fn record(&mut self, record: TrialRecord, events: &mut Vec<Event>) {
        events.push(Event::TrialEnded(Box::new(record.clone())));
        let number = record.number as usize;
        self.trials[number].record = Some(record);
        while let Some(trial) = self.trials.get(self.told.len()) {
            let Some(record) = &trial.record else { break };
            // A search minimises.
            let value = record.value.map(|value| self.objective.loss(value));
            self.told.push(Told { point: trial.point.clone(), value });
        }
    }

    fn record_cancelled(&mut self, number: u32, events: &mut Vec<Event>) {
        let point = &self.trials[number as usize].point;
        let named = point.get(crate::study::check::MODEL_DIMENSION).map(ToString::to_string);
        let model = named.and_then(|name| ModelKind::parse(&name).ok()).unwrap_or(self.first_model);
        let record = TrialRecord { state: TrialState::Cancelled, ..self.blank(number, model, 0.0) };
        self.record(record, events);
    }

    /// Ends a trial that has not ended, with what it had on its last rung if it has come to one; whether there was such a
    /// trial.
    pub(super) fn cancel(&mut self, number: u32, events: &mut Vec<Event>) -> bool {
        let Some(trial) = self.trials.get_mut(number as usize).filter(|trial| trial.record.is_none()) else {
            return false;
        };
        if let Some(record) = trial.waiting.take() {
            self.intervene(Intervention::StopTrial { number, rung: record.rung }, events);
            self.rungs.release(number);
            self.record(record, events);
        } else {
            self.intervene(Intervention::CancelTrial { number }, events);
            self.record_cancelled(number, events);
        }
        self.decide(events);
        true
    }

    /// Proposes no more trials.
    pub(super) fn stop(&mut self, events: &mut Vec<Event>) {
        if !self.is_over() {
            self.intervene(Intervention::StopAt { number: self.len() }, events);
            self.decide(events);
        }
    }

    fn intervene(&mut self, intervention: Intervention, events: &mut Vec<Event>) {
        self.interventions.push(intervention.clone());
        events.push(Event::Intervened(intervention));
    }

    /// Sets a new budget, which lifts a stop.
    pub(super) fn extend(&mut self, trials: u32, events: &mut Vec<Event>) {
        let number = self.len();
        let waits = self.rungs.is_climbed() && self.is_over();
        if (waits || self.ending.is_over()) && !self.begins(number) {
            self.intervene(Intervention::Extended { number }, events);
        }
        self.ending.lift();
        self.interventions.retain(|made| !matches!(made, Intervention::StopAt { .. }));
        self.set_budget(trials);
    }

    pub(super) fn interventions(&self) -> &[Intervention] {
        &self.interventions
    }

    /// Numbers of trials that have not ended.
    pub(super) fn running(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.trials).filter(|(_, trial)| trial.record.is_none()).map(|(number, _)| number)
    }

    /// The losses of trials 0, 1, ... that have ended without a gap; none where one failed.
    pub(super) fn losses(&self) -> Vec<Option<f64>> {
        self.told.iter().map(Told::result).collect()
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &TrialRecord> {
        self.trials.iter().filter_map(|trial| trial.record.as_ref())
    }

    /// The best trial by the objective, the earliest of equals.
    pub(super) fn best(&self) -> Option<&TrialRecord> {
        let done = self.records().filter_map(|record| Some((self.objective.loss(record.value?), record)));
        done.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, record)| record)
    }
}

fn fill(record: &mut TrialRecord, report: FitReport) {
    record.state = TrialState::Done;
    record.value = Some(report.value);
    record.metrics = Some(report.metrics);
    record.epochs = report.epochs;
    record.curve = report.curve;
    record.users = report.users;
    record.fallback = report.fallback;
    record.lists = report.lists;
}
