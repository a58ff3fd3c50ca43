//! A study being run, free of threads and time: a pool (web workers, OS threads or a test) drives it.
//!
//! The pool asks for jobs ([`Conductor::next_job`]) whenever a trainer is free, brings reports in any order, and drains
//! what happened ([`Conductor::take_events`]). Trials, metrics and choices do not depend on the pool's timing:
//! - proposal n of a sampler that uses results waits for trials 0 ..= n - lag and sees exactly those, in order;
//! - a training is keyed by the study's seed and never by trial number or worker, so an equal point has an equal result
//!   and one that is [`Known`] is not trained again;
//! - a job lost with its worker is given out again;
//! - on rungs order is over jobs (trial, rung), and who goes on is a function of the complete rung.

mod average;
mod baselines;
mod candidates;
mod finalists;
mod known;
mod pair;
mod race;
mod rungs;
mod sealed;
mod splits;
mod survey;
mod trials;

use std::collections::{BTreeMap, VecDeque};

pub use known::Known;

use self::average::Average;
use self::baselines::Baselines;
use self::candidates::{Candidates, Entry};
use self::finalists::Finalists;
use self::pair::Pair;
use self::race::Race;
use self::sealed::{Refit, Sealed};
use self::splits::Splits;
use self::survey::Survey;
use self::trials::Trials;
use crate::engine::forecast;
use crate::engine::metric::Bootstrap;
use crate::engine::model;
use crate::engine::search::Search;
use crate::engine::share;
use crate::error::Error;
use crate::fields::Packed;
use crate::order;
use crate::protocol::{
    AverageReport, Comparison, CurvePoint, Event, Finalist, Intervention, Job, Member, Outcome, Part, Report, RunState,
    SplitReport, Started, TrialRecord,
};
use crate::study::{ModelKind, ModelSpec, SamplerKind, Stopping, Study};

/// What the conductor needs to know of the data; it never sees a rating.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyData {
    /// The hash of the ratings.
    pub hash: String,
    /// Number of users.
    pub n_users: u32,
    /// Number of items.
    pub n_items: u32,
    /// The split's sizes.
    pub split: SplitReport,
    /// How much memory a model may take, in MiB.
    pub memory_limit_mib: u64,
    /// How often the test part of this data and split has been opened before.
    pub openings: u32,
    /// Whether the genres of some items are known.
    pub genres: bool,
}

/// A job is given up after being lost with its worker this often: that is no accident.
const MAX_LOSSES: u32 = 3;

/// A study being run.
#[derive(Debug)]
pub struct Conductor {
    study: Study,
    data: StudyData,
    known: Known,
    trials: Trials,
    baselines: Baselines,
    sealed: Sealed,
    finalists: Finalists,
    average: Average,
    candidates: Candidates,
    splits: Splits,
    /// Jobs given out and not reported.
    running: BTreeMap<u32, (Target, Job)>,
    /// Jobs to be given out before any other: those of lost workers.
    again: VecDeque<(Target, Job)>,
    /// How often each job was lost.
    losses: BTreeMap<u32, u32>,
    /// Running jobs that trainers must abandon.
    dropped: Vec<u32>,
    next_id: u32,
    state: RunState,
    /// A step is under way: trials run although the state is paused.
    stepping: Option<Stepping>,
    comparing: Option<(Vec<u32>, Bootstrap)>,
    pair: Pair,
    survey: Survey,
    race: Race,
    /// Trials that can not be told from the best; known once the run has come to rest.
    tied: Vec<u32>,
    events: Vec<Event>,
}

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// A trial, by number.
    Trial(u32),
    /// A point of a baseline's own search.
    Baseline { which: usize, point: usize },
    /// The winner's refit (0) or a baseline's (1 + its index).
    Refit(usize),
    /// A finalist's replicate: its place, and which.
    Replicate(usize, u32),
    /// The average of the best trials, on the validation rows.
    Average,
    /// A trial of a race: the run, and its number there.
    Race(usize, u32),
    /// A candidate of a comparison: which comparison, and its place.
    Candidate(u32, usize),
    /// A training on another cut: of which repetition, and its place.
    Resplit(u32, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stepping {
    /// One more trial is to be given out.
    Due,
    /// It was given out and runs.
    Out,
}

impl Conductor {
    /// Starts a study, or goes on with one whose results are `known`, applying recorded `interventions`.
    ///
    /// # Errors
    /// What [`Study::check`] refuses; data other than the study's; a split without validation; models that need too
    /// much memory; a space that the sampler can not search.
    pub fn new(study: Study, data: StudyData, known: Known, interventions: &[Intervention]) -> Result<Self, Error> {
        let mut study = study;
        let space = study.space()?;
        if study.data.hash.is_empty() {
            study.data.hash.clone_from(&data.hash);
        } else if study.data.hash != data.hash {
            return Err(Error::OtherData { expected: study.data.hash.clone(), found: data.hash.clone() });
        }
        check_models(&study, &data)?;
        let search = Search::new(study.search.sampler, space, study.seed)?.after(&study.first);
        let trials = Trials::new(&study, search, interventions);
        let baselines = Baselines::new(&study)?;
        let sealed = Sealed::new(data.openings);
        let mut conductor = Self {
            known,
            trials,
            baselines,
            sealed,
            running: BTreeMap::new(),
            again: VecDeque::new(),
            losses: BTreeMap::new(),
            dropped: Vec::new(),
            next_id: 0,
            state: RunState::Running,
            stepping: None,
            comparing: None,
            pair: Pair::default(),
            survey: Survey::default(),
            race: Race::default(),
            tied: Vec::new(),
            finalists: Finalists::default(),
            average: Average::default(),
            candidates: Candidates::default(),
            splits: Splits::default(),
            events: Vec::new(),
            study,
            data,
        };
        conductor.events.push(conductor.started());
        conductor.events.push(Event::State { state: RunState::Running });
        Ok(conductor)
    }

    fn started(&self) -> Event {
        Event::Started(Box::new(Started {
            hash: share::study_hash(&self.study),
            budget: self.trials.budget(),
            split: self.data.split,
            study: self.study.clone(),
        }))
    }

    /// The log of the run so far, from which it can be resumed: its start, the decisions, the baselines and trials that have
    /// ended.
    #[must_use]
    pub fn log(&self) -> Vec<Event> {
        let mut events = vec![self.started()];
        events.extend(self.interventions().iter().cloned().map(Event::Intervened));
        events.extend(self.baselines().map(|baseline| Event::BaselineEnded(Box::new(baseline.clone()))));
        events.extend(self.records().into_iter().map(|record| Event::TrialEnded(Box::new(record.clone()))));
        events
    }

    /// The study as resolved, with its budget as raised.
    #[must_use]
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// The run's state.
    #[must_use]
    pub fn state(&self) -> RunState {
        self.state
    }

    /// Whether trainers should stand still: paused, and no step under way.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.state == RunState::Paused && self.stepping.is_none()
    }

    /// Whether nothing runs, nothing waits to be given out and nothing is left to compute.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.state.is_over()
            && self.running.is_empty()
            && self.again.is_empty()
            && self.comparing.is_none()
            && !self.pair.is_pending()
            && !self.survey.is_pending()
            && !self.race.is_pending()
            && !self.sealed.is_open_pending()
            && !self.finalists.is_pending()
            && !self.average.is_pending()
            && !self.candidates.is_pending()
            && !self.splits.is_pending()
    }

    /// The ended trials, by number.
    #[must_use]
    pub fn records(&self) -> Vec<&TrialRecord> {
        self.trials.records().collect()
    }

    /// The best trial so far.
    #[must_use]
    pub fn best(&self) -> Option<&TrialRecord> {
        self.trials.best()
    }

    /// The fit of a trial's model on all rows that are not test, as its number: of this trial, or of the best one where it
    /// has no result. `None` while there is none.
    #[must_use]
    pub fn refit(&self, trial: Option<u32>) -> Option<Job> {
        let done = |record: &&TrialRecord| record.value.is_some() && Some(record.number) == trial;
        let record = self.trials.records().find(done).or(self.trials.best())?;
        let model = self.study.resolve(&record.params).ok()?;
        let (objective, list, seed) = (self.study.objective, self.study.list, self.study.seed);
        let stopping = Stopping::Fixed { epochs: record.epochs };
        Some(Job { id: record.number, ..Job::new(model, stopping, objective, list, Part::Test, seed) })
    }

    /// The baselines whose own search has ended.
    pub fn baselines(&self) -> impl Iterator<Item = &crate::protocol::Baseline> {
        self.baselines.ended()
    }

    /// The finalists whose replicates have ended, best mean first.
    #[must_use]
    pub fn finalists(&self) -> Vec<Finalist> {
        self.finalists.results(self.study.objective)
    }

    /// The average of the best trials, if it was asked for and measured.
    #[must_use]
    pub fn averaged(&self) -> Option<&AverageReport> {
        self.average.report()
    }

    /// The decisions taken so far, which a replay must apply.
    #[must_use]
    pub fn interventions(&self) -> &[Intervention] {
        self.trials.interventions()
    }

    /// How often the test part has been opened.
    #[must_use]
    pub fn openings(&self) -> u32 {
        self.sealed.openings()
    }

    /// What happened since the last call, in order.
    #[must_use]
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Running jobs that trainers must abandon, since the last call. They need no report.
    #[must_use]
    pub fn take_dropped(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.dropped)
    }

    /// All results so far, for another study on the same data and split.
    #[must_use]
    pub fn into_known(self) -> Known {
        self.known
    }

    /// The next job for a free trainer, or `None` when there is none now. Events may have come of asking.
    pub fn next_job(&mut self) -> Option<Job> {
        self.next_job_for(&|_| true)
    }

    /// The next job for a trainer that `holds` what some of them go on from. Those come first, and what others hold comes
    /// last. Who trains what changes no result.
    pub fn next_job_for(&mut self, holds: &dyn Fn(&Job) -> bool) -> Option<Job> {
        if self.is_held() {
            return None;
        }
        while let Some((target, job)) = self.choose(holds) {
            if let Some(outcome) = self.known.get(&job).cloned() {
                self.end(target, &job, outcome, 0.0);
                continue;
            }
            self.running.insert(job.id, (target, job.clone()));
            return Some(job);
        }
        None
    }

    /// What is to be done next, whether its result is known or not.
    fn choose(&mut self, holds: &dyn Fn(&Job) -> bool) -> Option<(Target, Job)> {
        if let Some(again) = self.again.pop_front() {
            return Some(again);
        }
        let stopping = self.study.stopping;
        if let Some((which, point, model)) = self.baselines.next() {
            return Some((Target::Baseline { which, point }, self.job(model, stopping, Part::Validation)));
        }
        if let Some(members) = self.average.next() {
            let choose = self.average.count();
            return Some((Target::Average, Job { choose, ..self.average_job(members, Part::Validation) }));
        }
        if let Some((at, refit)) = self.sealed.next(self.average.members()) {
            let job = match refit {
                Refit::Model(model, epochs) => self.job(model, Stopping::Fixed { epochs }, Part::Test),
                Refit::Average(members) => self.average_job(members, Part::Test),
            };
            return Some((Target::Refit(at), job));
        }
        if let Some((at, model, stopping, replicate)) = self.finalists.next() {
            let job = Job { replicate, ..self.job(model, stopping, Part::Validation) };
            return Some((Target::Replicate(at, replicate), job));
        }
        if let Some((round, at, model, epochs)) = self.candidates.next() {
            let job = Job { all_sums: true, ..self.job(model, Stopping::Fixed { epochs }, Part::Validation) };
            return Some((Target::Candidate(round, at), job));
        }
        if let Some((round, at, Entry { model, epochs, .. }, cut)) = self.splits.next() {
            let job = self.job(model, Stopping::Fixed { epochs }, Part::Validation);
            return Some((Target::Resplit(round, at), Job { cut: Some(cut), ..job }));
        }
        if let Some(raced) = self.raced() {
            return Some(raced);
        }
        if self.state.is_over() || self.stepping == Some(Stepping::Out) {
            return None;
        }
        if let Some(promoted) = self.promoted(holds) {
            return Some(promoted);
        }
        while let Some(proposed) = self.trials.propose(&mut self.events) {
            if self.stepping.is_some() {
                self.stepping = Some(Stepping::Out);
            }
            if let Some((number, point)) = proposed {
                let job = self.climb(number);
                self.events.push(Event::TrialStarted { number, model: job.model.model, params: point });
                return Some((Target::Trial(number), job));
            }
        }
        let promoted = self.promoted(&|_| true);
        if promoted.is_none() {
            self.settle();
        }
        promoted
    }

    /// The next trial of a race whose equal is not being trained.
    fn raced(&mut self) -> Option<(Target, Job)> {
        let running = |running: &BTreeMap<u32, (Target, Job)>, job: &Job| {
            running.values().any(|(_, other)| Job { id: job.id, ..other.clone() } == *job)
        };
        if let Some((lane, number, job)) = self.race.next_held(|job| running(&self.running, job)) {
            return Some((Target::Race(lane, number), job));
        }
        while let Some((lane, number, point)) = self.race.next() {
            let model = self.study.resolve(&point).expect("a checked study resolves its own points");
            let job = self.job(model, self.study.stopping, Part::Validation);
            if !running(&self.running, &job) {
                return Some((Target::Race(lane, number), job));
            }
            self.race.hold(lane, number, job);
        }
        None
    }

    /// A trial that goes on to its next rung, among those that `fits`.
    fn promoted(&mut self, fits: &dyn Fn(&Job) -> bool) -> Option<(Target, Job)> {
        let numbers: Vec<u32> = self.trials.promoted().collect();
        let (number, job) =
            numbers.into_iter().map(|number| (number, self.climb(number))).find(|(_, job)| fits(job))?;
        self.trials.release(number);
        if self.stepping.is_some() {
            self.stepping = Some(Stepping::Out);
        }
        Some((Target::Trial(number), job))
    }

    /// The training of a trial on its next rung.
    fn climb(&mut self, number: u32) -> Job {
        let model = self.study.resolve(self.trials.point(number)).expect("a checked study resolves its own points");
        let rung = self.trials.rung(number);
        let keep = rung + 1 < self.study.rung_count();
        let stopping = self.study.rung(rung, model.model);
        Job { keep, ..self.job(model, stopping, Part::Validation) }
    }

    fn job(&mut self, model: ModelSpec, stopping: Stopping, part: Part) -> Job {
        self.next_id += 1;
        let (objective, list, seed) = (self.study.objective, self.study.list, self.study.seed);
        Job { id: self.next_id, ..Job::new(model, stopping, objective, list, part, seed) }
    }

    /// The training of several models, which is one epoch, and the measuring of their average.
    fn average_job(&mut self, members: Vec<Member>, part: Part) -> Job {
        let first = members[0].model.clone();
        Job { members, ..self.job(first, Stopping::Fixed { epochs: 1 }, part) }
    }

    /// A running job; none where it was dropped or lost meanwhile.
    #[must_use]
    pub fn running_job(&self, job: u32) -> Option<&Job> {
        self.running.get(&job).map(|(_, job)| job)
    }

    /// A running job finished an epoch.
    pub fn progress(&mut self, job: u32, point: CurvePoint) {
        if let Some((Target::Trial(number), _)) = self.running.get(&job) {
            self.events.push(Event::Epoch { number: *number, point });
        }
    }

    /// A job ended. One that was dropped or lost meanwhile is passed over.
    pub fn report(&mut self, report: Report) {
        if let Some((target, job)) = self.running.remove(&report.job) {
            self.known.insert(&job, report.outcome.clone());
            self.end(target, &job, report.outcome, report.seconds);
            self.settle();
        }
    }

    /// A job's worker died: the job will be given out again. It never becomes a result.
    pub fn lost(&mut self, job: u32) {
        let Some(lost) = self.running.remove(&job) else { return };
        self.again.push_back(lost);
        let times = self.losses.entry(job).or_insert(0);
        *times += 1;
        if *times == MAX_LOSSES {
            let error = Error::WorkerLost { times: *times };
            *times = 0;
            self.events.push(Event::Refused { error });
            self.pause();
        }
    }

    fn end(&mut self, target: Target, job: &Job, outcome: Outcome, seconds: f64) {
        match target {
            Target::Trial(number) => {
                self.trials.end(number, job.model.model, outcome, seconds, &mut self.events);
                if self.stepping == Some(Stepping::Out) && !self.is_training() {
                    self.stepping = None;
                }
            }
            Target::Baseline { which, point } => self.baselines.end(which, point, outcome, &mut self.events),
            Target::Refit(at) => self.sealed.end(at, outcome, &mut self.events),
            Target::Race(lane, number) => {
                let (model, best) = (job.model.model, self.best().and_then(|best| best.value));
                let told = self.race.end((lane, number), model, outcome, seconds, &self.study, best);
                self.events.extend(told);
            }
            Target::Candidate(round, at) => self.candidates.end((round, at), outcome, &self.study),
            Target::Replicate(at, replicate) => self.finalists.end((at, replicate), outcome, &mut self.events),
            Target::Resplit(round, at) => self.splits.end((round, at), outcome, self.study.objective, &mut self.events),
            Target::Average => self.average.end(outcome, &mut self.events),
        }
    }

    /// Whether a trial is being trained or waits to be trained again.
    fn is_training(&self) -> bool {
        let trial = |(target, _): &(Target, Job)| matches!(target, Target::Trial(_));
        self.running.values().any(trial) || self.again.iter().any(trial)
    }

    /// Ends the run when its last trial has ended, and starts to compare.
    fn settle(&mut self) {
        if self.state.is_over() || !self.trials.is_over() || !self.trials.have_ended() {
            return;
        }
        let state = if self.trials.is_exhausted() { RunState::Exhausted } else { RunState::Finished };
        self.come_to_rest(state);
    }

    fn come_to_rest(&mut self, state: RunState) {
        self.set_state(state);
        self.stepping = None;
        let done: Vec<&TrialRecord> = self.trials.records().filter(|trial| trial.value.is_some()).collect();
        let numbers = done.iter().map(|trial| trial.number).collect();
        let errors: Vec<_> = done.iter().map(|trial| &trial.users).collect();
        self.comparing = Some((numbers, Bootstrap::new(self.study.objective, &errors, self.study.seed)));
    }

    fn set_state(&mut self, state: RunState) {
        if self.state != state {
            self.state = state;
            self.events.push(Event::State { state });
        }
    }

    /// Does about `work` units of the conductor's own computing (the next proposal, comparing trials); whether there is
    /// more, or a job to be given out has come of it.
    pub fn advance(&mut self, work: u32) -> bool {
        let proposes = !self.state.is_over() && !self.is_held() && self.stepping != Some(Stepping::Out);
        if proposes && self.trials.prepare(work, &mut self.events) {
            return true;
        }
        if let Some((numbers, bootstrap)) = &mut self.comparing {
            if !bootstrap.advance(work) {
                return true;
            }
            let objective = self.study.objective;
            let best = self.trials.best().and_then(|best| numbers.iter().position(|number| *number == best.number));
            let compared = |best: usize| {
                let compare = |(at, &number): (usize, &u32)| {
                    let difference = bootstrap.difference(at, best);
                    // The best is not worse than any other: the interval holds zero unless its near end is on the far side.
                    let near = if objective.higher_is_better() { difference.high } else { difference.low };
                    Comparison { number, difference, tied: near.is_none_or(|near| objective.loss(near) <= 0.0) }
                };
                numbers.iter().enumerate().map(compare).collect()
            };
            let comparisons: Vec<Comparison> = best.map_or_else(Vec::new, compared);
            self.tied.clear();
            self.tied.extend(comparisons.iter().filter(|compared| compared.tied).map(|compared| compared.number));
            self.comparing = None;
            self.events.push(Event::Compared { comparisons });
        }
        if self.race.prepare(work) {
            return true;
        }
        if self.survey.advance(work, self.study.objective, &mut self.events) {
            return true;
        }
        if self.pair.advance(work, &mut self.events) || self.candidates.advance(work, &self.study, &mut self.events) {
            return true;
        }
        // The opened test part also tells what its average had been on the validation rows.
        if self.average.is_pending() {
            return false;
        }
        self.sealed.advance(work, &self.study, self.average.report(), &mut self.events)
    }

    /// Gives out nothing more until resumed.
    pub fn pause(&mut self) {
        if self.state == RunState::Running {
            self.set_state(RunState::Paused);
        }
        self.stepping = None;
    }

    /// Goes on after a pause.
    pub fn resume(&mut self) {
        if self.state == RunState::Paused {
            self.stepping = None;
            self.set_state(RunState::Running);
        }
    }

    /// Gives out one more trial, lets what runs come to its end, and stands paused. On a run that is over the budget is
    /// raised by one.
    ///
    /// # Errors
    /// A budget beyond the largest.
    pub fn step(&mut self) -> Result<(), Error> {
        if self.state.is_over() {
            let next = self.trials.len() + 1;
            return self.extend(next);
        }
        self.set_state(RunState::Paused);
        self.stepping = Some(Stepping::Due);
        Ok(())
    }

    /// Raises the budget to `trials`, which lifts a stop that was recorded.
    ///
    /// # Errors
    /// A budget beyond the largest.
    pub fn extend(&mut self, trials: u32) -> Result<(), Error> {
        let mut study = self.study.clone();
        study.search.trials = trials.max(self.trials.len());
        study.check()?;
        self.study = study;
        self.trials.extend(self.study.search.trials, &mut self.events);
        self.average = Average::default();
        self.comparing = None;
        self.candidates.forget();
        self.splits.forget();
        self.stop_race();
        self.tied.clear();
        if self.state.is_over() {
            self.set_state(RunState::Running);
        }
        self.settle();
        Ok(())
    }

    /// Gives out no more trials but lets the running ones end; the count is recorded.
    pub fn stop(&mut self) {
        if !self.state.is_over() {
            self.resume();
            self.trials.stop(&mut self.events);
            self.settle();
        }
    }

    /// Ends the study now: running trials are cancelled, and both decisions are recorded.
    pub fn cancel(&mut self) {
        if self.state.is_over() {
            return;
        }
        let numbers: Vec<u32> = self.trials.running().collect();
        for number in numbers {
            self.drop_trial(number);
        }
        self.trials.stop(&mut self.events);
        self.come_to_rest(RunState::Cancelled);
    }

    /// Ends one running trial; the decision is recorded.
    pub fn cancel_trial(&mut self, number: u32) {
        self.drop_trial(number);
        self.settle();
    }

    fn drop_trial(&mut self, number: u32) {
        if !self.trials.cancel(number, &mut self.events) {
            return;
        }
        let target = Target::Trial(number);
        let jobs: Vec<u32> = self.running.iter().filter(|(_, (of, _))| *of == target).map(|(job, _)| *job).collect();
        for job in jobs {
            self.running.remove(&job);
            self.dropped.push(job);
        }
        self.again.retain(|(of, _)| *of != target);
        if self.stepping == Some(Stepping::Out) && !self.is_training() {
            self.stepping = None;
        }
    }

    /// The trials that have a result, best first.
    fn ranked(&self) -> Vec<(&TrialRecord, f64)> {
        let objective = self.study.objective;
        let mut ranked: Vec<(&TrialRecord, f64)> =
            self.trials.records().filter_map(|record| Some((record, record.value?))).collect();
        order::sort(&mut ranked, |a, b| objective.loss(a.1).total_cmp(&objective.loss(b.1)));
        ranked
    }

    /// Trains the best trials, which can not be told from each other, again with other seeds, until there are `replicates`
    /// results of each. They come as [`Event::Repeated`].
    ///
    /// # Errors
    /// Fewer than two or more than a hundred replicates; a run that has not come to rest, or has no result.
    pub fn repeat(&mut self, replicates: u32) -> Result<(), Error> {
        if !(2..=100).contains(&replicates) {
            let allowed = "a whole number from 2 to 100".to_owned();
            return Err(Error::BadSetting { setting: "replicates".into(), value: replicates.to_string(), allowed });
        }
        if !self.state.is_over() || self.comparing.is_some() {
            return Err(Error::NotReady { what: "Repeating the best trials".into() });
        }
        let mut best = self.ranked();
        best.retain(|(record, _)| self.tied.contains(&record.number));
        best.truncate(finalists::MOST);
        let finalist = |(record, value): (&TrialRecord, f64)| {
            let model = self.study.resolve(&record.params)?;
            let stopping = self.study.rung(record.rung as usize, model.model);
            Ok((record.number, model, stopping, value))
        };
        let trials = best.into_iter().map(finalist).collect::<Result<Vec<_>, Error>>()?;
        if trials.is_empty() {
            return Err(Error::NoWinner {});
        }
        self.finalists.repeat(trials, replicates);
        Ok(())
    }

    /// Averages `count` of the best trials, chosen on the validation rows: trains twice as many once more, the best of each
    /// model first, and takes one after the other that with which the average is best, the same again where that helps most.
    /// The average is measured on the validation rows, and on the test rows too when those are opened afterwards. Comes as
    /// [`Event::Averaged`].
    ///
    /// # Errors
    /// Fewer than two or more than fifty; a run that has not come to rest, or has no result; more than fits into memory.
    pub fn average(&mut self, count: u32) -> Result<(), Error> {
        if !(2..=average::MOST).contains(&count) {
            let allowed = format!("a whole number from 2 to {}", average::MOST);
            return Err(Error::BadSetting { setting: "ensemble".into(), value: count.to_string(), allowed });
        }
        if !self.state.is_over() {
            return Err(Error::NotReady { what: "Averaging the best trials".into() });
        }
        let (mut trials, mut members, mut bytes) = (Vec::new(), Vec::new(), 0_u64);
        for record in average::candidates(&self.ranked(), 2 * count as usize) {
            let model = self.study.resolve(&record.params)?;
            bytes = bytes.saturating_add(model::memory(&model, self.data.n_users, self.data.n_items));
            trials.push(record.number);
            members.push(Member { model, epochs: record.epochs, weight: 1 });
        }
        if members.is_empty() {
            return Err(Error::NoWinner {});
        }
        let needed_mib = bytes.saturating_mul(self.data.split.folds.max(1).into()) >> 20;
        let limit_mib = self.data.memory_limit_mib;
        if needed_mib > limit_mib {
            return Err(Error::TooLarge {
                parameter: "ensemble".into(),
                value: count.to_string(),
                needed_mib,
                limit_mib,
            });
        }
        self.average.ask(count, trials, members);
        Ok(())
    }

    /// Has several samplers search the study's space with its budget, each with several seeds, beside the run that has come to
    /// rest. How they stand comes as [`Event::Raced`] whenever all of them have one more trial.
    ///
    /// # Errors
    /// A run that has not come to rest; samplers that can not race, or too few or too many seeds.
    pub fn race(&mut self, samplers: &[SamplerKind], seeds: u32) -> Result<(), Error> {
        if !self.state.is_over() || self.comparing.is_some() {
            return Err(Error::NotReady { what: "A race".into() });
        }
        self.stop_race();
        self.race.begin(&self.study, samplers, seeds)
    }

    /// Ends a race. What it has told stays.
    pub fn stop_race(&mut self) {
        self.race.stop();
        let is_race = |(target, _): &(Target, Job)| matches!(target, Target::Race(..));
        let jobs: Vec<u32> = self.running.iter().filter(|(_, job)| is_race(job)).map(|(job, _)| *job).collect();
        for job in jobs {
            self.running.remove(&job);
            self.dropped.push(job);
        }
        self.again.retain(|job| !is_race(job));
    }

    /// Compares two trials. The result comes as [`Event::PairCompared`]; one that is asked for meanwhile takes its place.
    ///
    /// # Errors
    /// A trial without a result.
    pub fn compare_pair(&mut self, one: u32, other: u32) -> Result<(), Error> {
        let done = |number| {
            let mut done = self.trials.records().filter(|record| record.value.is_some());
            let found = done.find(|record| record.number == number);
            found.ok_or_else(|| Error::NotReady { what: "Comparing two trials".into() })
        };
        self.pair.ask(&self.study, done(one)?, done(other)?);
        Ok(())
    }

    /// Says why a trial's point was proposed: told at once as [`Event::Explained`], and made from the trials that its proposal
    /// knew, so that the same run says the same whenever it is asked.
    ///
    /// # Errors
    /// A trial that was not proposed.
    pub fn explain(&mut self, number: u32) -> Result<(), Error> {
        let explained = self.trials.explain(number);
        let explained = explained.ok_or_else(|| Error::NotReady { what: "Saying why a trial was proposed".into() })?;
        self.events.push(Event::Explained { why: Packed::new(&explained) });
        Ok(())
    }

    /// Models what the objective may be over two parameters, by the trials that have ended, whoever proposed them. The result
    /// comes as [`Event::Surveyed`]; what is asked for meanwhile takes its place.
    ///
    /// # Errors
    /// No trial with a result that has both parameters.
    pub fn survey(&mut self, x: String, y: String) -> Result<(), Error> {
        let begun = self.trials.survey((&x, &y));
        let (surrogate, held) = begun.ok_or_else(|| Error::NotReady { what: "Drawing two parameters".into() })?;
        self.survey.ask(surrogate, held, (x, y));
        Ok(())
    }

    /// Measures the best trial of each model and the baselines by every metric on the validation rows. The result comes as
    /// [`Event::Candidates`].
    ///
    /// # Errors
    /// A run that has not come to rest, or has no result.
    pub fn compare_candidates(&mut self) -> Result<(), Error> {
        let entries = self.entries("Comparing the candidates")?;
        self.candidates.compare(entries);
        Ok(())
    }

    /// Trains the best trial of each model and the baselines, each to its epoch, on so many other cuts of the rows that are not
    /// test: their parameters stay, chance cuts again as the study's split does. The test part stays shut. The result comes as
    /// [`Event::Resplit`].
    ///
    /// # Errors
    /// Fewer than two or more than a hundred splits; one in which chance has no part; a run that has not come to rest, or has no
    /// result.
    pub fn resplit(&mut self, splits: u32) -> Result<(), Error> {
        let bad = |value: String, allowed: &str| Error::BadSetting {
            setting: "splits".into(),
            value,
            allowed: allowed.into(),
        };
        if !(2..=100).contains(&splits) {
            return Err(bad(splits.to_string(), "a whole number from 2 to 100"));
        }
        let split = self.study.split;
        let again = split.again().ok_or_else(|| bad(split.to_string(), "random:V,T, user:V,T, kfold:FOLDS,T"))?;
        let mut entries = self.entries("Repeating on other splits")?;
        let winner = self.trials.best().map(|best| best.number);
        // The others are held against the first.
        if let Some(at) = entries.iter().position(|entry| entry.number == winner) {
            entries.swap(0, at);
        }
        self.splits.repeat(entries, again, (1..=splits).map(|number| self.study.seed.ahead(number)).collect());
        Ok(())
    }

    /// The best trial of each model, and the baselines.
    fn entries(&self, what: &str) -> Result<Vec<Entry>, Error> {
        if !self.state.is_over() || self.comparing.is_some() {
            return Err(Error::NotReady { what: what.into() });
        }
        let objective = self.study.objective;
        let mut best: Vec<(&TrialRecord, f64)> = Vec::new();
        for (record, value) in self.trials.records().filter_map(|record| Some((record, record.value?))) {
            match best.iter_mut().find(|(known, _)| known.model == record.model) {
                Some(known) if objective.loss(value) < objective.loss(known.1) => *known = (record, value),
                Some(_) => {}
                None => best.push((record, value)),
            }
        }
        if best.is_empty() {
            return Err(Error::NoWinner {});
        }
        let trial = |(record, _): (&TrialRecord, f64)| {
            let model = self.study.resolve(&record.params)?;
            Ok(Entry { number: Some(record.number), model, epochs: record.epochs })
        };
        let mut entries = best.into_iter().map(trial).collect::<Result<Vec<_>, Error>>()?;
        entries.extend(self.baselines.ended().map(|baseline| Entry {
            number: None,
            model: baseline.model.clone(),
            epochs: baseline.epochs,
        }));
        Ok(entries)
    }

    /// Opens the sealed test part: refits the winner, the average of the best trials if there is one, and the baselines on
    /// training and validation rows and measures them on the test rows. The result comes as [`Event::TestOpened`].
    ///
    /// # Errors
    /// No test part, no winner, or a run that has not come to rest.
    pub fn open_test(&mut self) -> Result<(), Error> {
        if self.data.split.test == 0 {
            return Err(Error::NoTestPart { split: self.study.split.to_string() });
        }
        if !self.state.is_over() {
            return Err(Error::NotReady { what: "Opening the test part".into() });
        }
        let best = self.trials.best().ok_or(Error::NoWinner {})?;
        let winner = (self.study.resolve(&best.params)?, best.epochs);
        let with_average = self.average.is_pending() || self.average.report().is_some();
        self.sealed.open(best.number, winner, self.baselines.ended(), with_average);
        Ok(())
    }
}

/// Refuses a study with a model that can not serve the data, or whose largest does not fit into memory.
fn check_models(study: &Study, data: &StudyData) -> Result<(), Error> {
    for space in &study.models {
        if space.model == ModelKind::ContentKnn && !data.genres {
            return Err(model::no_genres(space.model));
        }
        let folds = data.split.folds.max(1);
        model::check_memory(&forecast::largest(space)?, (data.n_users, data.n_items), folds, data.memory_limit_mib)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
