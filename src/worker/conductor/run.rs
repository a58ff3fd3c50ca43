//! A run and its trainers: every free trainer gets a job, every report reaches the engine, the dead are replaced.

use super::super::crew::Machine;
use super::super::cut::{Cut, Given};
use super::super::pace::Pace;
use super::super::pool::{Pool, Said, Told};
use super::super::scope::now;
use crate::engine::conductor::{Conductor, Known, StudyData};
use crate::engine::data::Catalog;
use crate::engine::forecast::{self, Sizes, Speed};
use crate::engine::importance::{LEAST_TRIALS, importance};
use crate::engine::share::{self, EventLog, Read, Saving, Unsaved, journal};
use crate::error::Error;
use crate::protocol::{Event, ExportForm, Forecast, Intervention, Job, RunState, Shared, SplitReport};
use crate::study::{SplitSpec, Study};

/// Trainers that had nothing to do for so long are ended: their memory never shrinks otherwise.
const RETIRE_MS: f64 = 60_000.0;

/// The run that is there, and what outlives it.
#[derive(Debug)]
pub(super) struct Runs {
    machine: Machine,
    pub(super) pool: Pool,
    current: Option<Conductor>,
    /// The split that the trainers hold.
    cut: Option<Cut>,
    /// Results of earlier runs on that split.
    known: Known,
    /// How fast trainings were on this machine.
    speed: Speed,
    /// What the run is compared with once it is over.
    verifying: Option<Box<Shared>>,
    computing: bool,
    /// The size of a piece of the run's own computing.
    pace: Pace,
    /// What is saved of the run, where it is.
    pub(super) saving: Option<Saving>,
    /// What was not saved yet when its run ended.
    unsaved: Option<Unsaved>,
    /// When the page is told next which parameter mattered: after so many trials, or at the end.
    weighs_after: usize,
    /// Milliseconds of running that are left to the run, where its time is bounded.
    left: Option<f64>,
    /// When the trainers were last looked after.
    looked: f64,
    /// When the trainers last had something to do.
    busy: f64,
    /// The trainers were ended because there was nothing to do.
    retired: bool,
    /// Trainers alive and replaced, as last told.
    told: (u32, u32),
    /// What the engine does not tell.
    events: Vec<Event>,
}

impl Runs {
    pub(super) fn new(machine: Machine, pool: Pool) -> Self {
        Self {
            machine,
            pool,
            current: None,
            cut: None,
            known: Known::new(),
            speed: Speed::default(),
            verifying: None,
            computing: false,
            pace: Pace::default(),
            saving: None,
            unsaved: None,
            weighs_after: LEAST_TRIALS,
            left: None,
            looked: now(),
            busy: now(),
            retired: false,
            told: (0, 0),
            events: Vec::new(),
        }
    }

    /// Starts the trainers before there is anything to do for them.
    pub(super) fn warm_up(&mut self) -> Result<(), Error> {
        self.pool.fill(self.machine.trainers())
    }

    /// Another trainer makes lists from now on, which a phone has to spare one of these for.
    pub(super) fn make_room_for_lists(&mut self) {
        self.machine.lists = true;
        self.pool.limit(self.machine.trainers());
    }

    /// The run; `what` is what can't be done without one.
    pub(super) fn current(&mut self, what: &str) -> Result<&mut Conductor, Error> {
        self.current.as_mut().ok_or_else(|| Error::NotReady { what: what.to_owned() })
    }

    /// Starts a study in place of the run that is there, which stays if the study is refused. What was `read` of it before is
    /// not trained again.
    pub(super) fn start(
        &mut self,
        data: Given,
        study: Study,
        interventions: &[Intervention],
        openings: u32,
        read: &Read,
    ) -> Result<(), Error> {
        self.begin(data, study, interventions, openings, Some(read))
    }

    /// Without anything `read`, nothing is trusted that is known already.
    fn begin(
        &mut self,
        data: Given,
        study: Study,
        interventions: &[Intervention],
        openings: u32,
        read: Option<&Read>,
    ) -> Result<(), Error> {
        let new_cut = match &self.cut {
            Some(cut) if cut.serves(data, &study) => None,
            _ => Some(Cut::new(data, &study)?),
        };
        let cut = new_cut.as_ref().or(self.cut.as_ref()).expect("there is one or the other");
        let size = self.machine.trainers_for(forecast::split_bytes(&cut.sizes()));
        let study_data = StudyData {
            hash: data.0.report.hash.clone(),
            n_users: cut.counts.0,
            n_items: cut.counts.1,
            split: cut.report,
            memory_limit_mib: self.machine.model_limit_mib(),
            openings,
            genres: data.0.catalog.as_ref().is_some_and(Catalog::has_genres),
        };
        // First without what is known, which a refused study must not take with it.
        Conductor::new(study.clone(), study_data.clone(), Known::new(), interventions)?;
        self.end();
        match new_cut {
            Some(cut) => {
                self.known = Known::new();
                self.pool.hold(cut.blob.clone(), size)?;
                self.cut = Some(cut);
            }
            None => self.pool.fill(size)?,
        }
        self.retired = false;
        self.weighs_after = LEAST_TRIALS;
        let mut known = if read.is_some() { std::mem::take(&mut self.known) } else { Known::new() };
        for record in read.into_iter().flat_map(|read| read.ended.iter().chain(&read.waits)) {
            known.insert_trial(&study, record);
        }
        self.current = Some(Conductor::new(study, study_data, known, interventions)?);
        Ok(())
    }

    /// Bounds the time that the run may take, pauses not counted.
    pub(super) fn end_after(&mut self, seconds: Option<f64>) {
        self.left = seconds.map(|seconds| seconds * 1_000.0);
    }

    /// Runs a shared result's study again, from nothing: what is known already would prove nothing.
    pub(super) fn verify(&mut self, data: Given, shared: Box<Shared>) -> Result<(), Error> {
        self.begin(data, shared.study.clone(), &shared.decisions(), shared.openings, None)?;
        self.verifying = Some(shared);
        Ok(())
    }

    /// Ends the run that is there, for other data or another study. What it found out is kept.
    pub(super) fn end(&mut self) {
        (self.verifying, self.left) = (None, None);
        // That it gives way to another one is no decision about it: it is saved as if the tab had been closed.
        self.unsaved = self.saving.take().and_then(|mut saving| saving.take());
        self.pool.drop_all();
        if let Some(mut run) = self.current.take() {
            run.cancel();
            self.events.extend(run.take_events());
            self.known = run.into_known();
        }
    }

    /// The fit of a trial's model on all rows that are not test, and the split that has them; of the best trial where this one
    /// has no result.
    pub(super) fn refit(&self, trial: Option<u32>) -> Option<(Job, &Cut)> {
        Some((self.current.as_ref()?.refit(trial)?, self.cut.as_ref()?))
    }

    /// What a study will take. Where it is cut otherwise than the run that is there, a tenth each stands for its parts.
    pub(super) fn forecast(&self, data: Given, study: &Study) -> Result<Forecast, Error> {
        let report = &data.0.report;
        let folds = if let SplitSpec::Kfold { folds, .. } = study.split { folds.max(1) } else { 1 };
        let sizes = match &self.cut {
            Some(cut) if cut.serves(data, study) => cut.sizes(),
            _ => {
                let tenth = report.used / 10;
                let (train, valid) = (report.used - 2 * tenth, if folds > 1 { report.used / folds } else { tenth });
                let split = SplitReport { train, valid, test: tenth, folds, ..SplitReport::default() };
                Sizes { n_users: report.users, n_items: report.items, split }
            }
        };
        forecast::forecast(study, &sizes, self.machine.trainers_for(forecast::split_bytes(&sizes)), &self.speed)
    }

    /// The result of the run, packed for a link.
    pub(super) fn payload(&mut self) -> Result<String, Error> {
        let run = &*self.current("Sharing the result")?;
        let averages = run.baselines().map(|baseline| baseline.value).min_by(f64::total_cmp);
        share::pack(&Shared::of(run.study(), run.interventions(), run.records(), averages, run.openings()))
    }

    /// The run's trials for other programs.
    pub(super) fn export(&mut self, form: ExportForm) -> Result<String, Error> {
        let run = &*self.current("Exporting trials")?;
        Ok(match form {
            ExportForm::Log => EventLog::write(&run.log()),
            ExportForm::Optuna => journal::journal(run.study(), &run.records()),
        })
    }

    /// Takes what a trainer said.
    pub(super) fn heard(&mut self, trainer: u32, said: Said) {
        let told = match said {
            Said::Answer(answer) => self.pool.heard(trainer, answer),
            Said::Died { error } => Told::Useless(error),
        };
        let run = self.current.as_mut();
        match told {
            // Who makes lists has a pool of its own.
            Told::Nothing | Told::Kept(_) | Told::Advice(..) => {}
            Told::Progress(job, point) => run.into_iter().for_each(|run| run.progress(job, point)),
            Told::Report(report) => {
                if let Some(run) = run {
                    if let (Some(job), Some(cut)) = (run.running_job(report.job), &self.cut) {
                        self.speed.learn(job, &cut.sizes(), report.seconds);
                    }
                    run.report(report);
                }
            }
            Told::Privacy(refused) => self.events.push(Event::Privacy { role: "trainer".to_owned(), refused }),
            Told::Useless(error) => self.bury(trainer, error),
        }
    }

    /// Looks after the trainers: replaces the dead, ends those that had nothing to do for long. Ends a run whose time is over.
    pub(super) fn look(&mut self) {
        let gone = now() - self.looked;
        self.looked += gone;
        if let (Some(run), Some(left)) = (&mut self.current, &mut self.left)
            && run.state() == RunState::Running
        {
            *left -= gone;
            if *left <= 0.0 {
                self.left = None;
                run.stop();
            }
        }
        for trainer in self.pool.look() {
            self.bury(trainer, Error::WorkerLost { times: 1 });
        }
        if self.current.as_ref().is_some_and(|run| !run.is_idle()) {
            self.busy = now();
        } else if !self.retired && now() - self.busy > RETIRE_MS {
            self.retired = true;
            self.pool.retire();
        }
    }

    fn bury(&mut self, trainer: u32, why: Error) {
        let (lost, error) = self.pool.bury(trainer, why);
        if let (Some(job), Some(run)) = (lost, &mut self.current) {
            run.lost(job);
        }
        self.events.extend(error.map(|error| Event::Refused { error }));
    }

    /// Brings the run forward as far as it goes now; what happened since the last call.
    pub(super) fn go_on(&mut self) -> Vec<Event> {
        if let Some(run) = &mut self.current {
            for job in run.take_dropped() {
                self.pool.drop_job(job);
            }
            if self.retired && !run.is_idle() {
                self.retired = false;
                self.events.extend(self.pool.refill().err().map(|error| Event::Refused { error }));
            }
            self.pool.rest(run.is_held());
            self.pool.settle();
            while self.pool.is_free() {
                let Some(job) = run.next_job_for(&|job| self.pool.holds(job)) else { break };
                self.pool.give(job);
            }
            let events = run.take_events();
            if let Some(saving) = &mut self.saving {
                saving.hear(&events, run.study(), run.interventions());
            }
            let ended = events.iter().any(|event| matches!(event, Event::TrialEnded(_)));
            let at_rest = events.iter().any(|event| matches!(event, Event::Compared { .. }));
            self.events.extend(events);
            if ended || at_rest {
                let records = run.records();
                if at_rest || records.len() >= self.weighs_after {
                    self.weighs_after = records.len() + records.len() / 4;
                    self.events.push(Event::Importance { models: importance(run.study(), &records) });
                }
            }
            if let Some(shared) = self.verifying.take_if(|_| run.is_idle()) {
                self.events.push(Event::Verified(Box::new(share::compare(&shared, run.records()))));
            }
        }
        let (alive, replaced) = self.pool.count();
        if self.told != (alive, replaced) {
            self.told = (alive, replaced);
            self.events.push(Event::Workers { alive, replaced });
        }
        std::mem::take(&mut self.events)
    }

    /// What is to be saved now.
    pub(super) fn take_unsaved(&mut self) -> Option<Unsaved> {
        self.unsaved.take().or_else(|| self.saving.as_mut()?.take())
    }

    /// Whether the run has computing of its own to do that is not under way yet.
    pub(super) fn starts_computing(&mut self) -> bool {
        let starts = !self.computing && self.current.as_mut().is_some_and(|run| run.advance(self.pace.work()));
        self.computing |= starts;
        starts
    }

    /// Does the run's own computing for about a slice; whether there is more.
    pub(super) fn compute(&mut self) -> bool {
        let began = now();
        let mut last = began;
        while Pace::goes_on(last - began) {
            if !self.current.as_mut().is_some_and(|run| run.advance(self.pace.work())) {
                self.computing = false;
                return false;
            }
            let time = now();
            self.pace.took(time - last);
            last = time;
        }
        true
    }
}
