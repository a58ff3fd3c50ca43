//! A race: several samplers on the same data and budget, each with several seeds of its search. All trainings have the study's
//! own seed, so an equal point has an equal result whoever proposes it, and is trained once. Runs are kept abreast: who has the
//! fewest trials proposes next. Nothing here changes the study's own run.

mod standing;

use super::trials::Trials;
use crate::engine::random::Purpose;
use crate::engine::search::Search;
use crate::error::Error;
use crate::fields::Packed;
use crate::protocol::{Event, FitReport, Job, Outcome, RaceReport, UserSums};
use crate::study::{ModelKind, Point, SamplerKind, SearchSpec, Study};

/// The fewest and the most runs of each sampler: with fewer a quartile says nothing.
pub(super) const SEEDS: (u32, u32) = (5, 100);

/// The race that was asked for last.
#[derive(Debug, Default)]
pub(super) struct Race {
    lanes: Vec<Lane>,
    samplers: Vec<SamplerKind>,
    budget: u32,
    trained: u32,
    reused: u32,
    /// Trials whose equal is being trained for another run.
    held: Vec<(usize, u32, Job)>,
    /// Rounds that were told.
    told: Option<u32>,
    /// What the trials say of themselves, which nobody hears.
    unheard: Vec<Event>,
}

/// A run of a sampler.
#[derive(Debug)]
struct Lane {
    sampler: SamplerKind,
    trials: Trials,
}

impl Race {
    /// Begins, in place of another.
    ///
    /// # Errors
    /// A sampler that can not search the study's space, or that is named twice or alone; too few or too many seeds.
    pub(super) fn begin(&mut self, study: &Study, samplers: &[SamplerKind], seeds: u32) -> Result<(), Error> {
        let bad = |setting: &str, value: String, allowed: String| {
            Err(Error::BadSetting { setting: setting.into(), value, allowed })
        };
        let repeats = samplers.iter().enumerate().any(|(at, sampler)| samplers[..at].contains(sampler));
        if samplers.len() < 2 || repeats {
            let names: Vec<&str> = samplers.iter().map(|sampler| sampler.name()).collect();
            let all = SamplerKind::ALL.map(SamplerKind::name).join(", ");
            return bad("race", names.join(","), format!("two or more different ones of {all}"));
        }
        if !(SEEDS.0..=SEEDS.1).contains(&seeds) {
            return bad("race seeds", seeds.to_string(), format!("a whole number from {} to {}", SEEDS.0, SEEDS.1));
        }
        let mut lanes = Vec::new();
        for sampler in samplers {
            let mut study = study.clone();
            study.search = SearchSpec::new(*sampler, study.search.trials);
            study.check()?;
            for number in 0..seeds {
                let seed = study.seed.ahead(number);
                let search = Search::with_purpose(*sampler, study.space()?, seed, Purpose::Search)?.after(&study.first);
                lanes.push(Lane { sampler: *sampler, trials: Trials::new(&study, search, &[]) });
            }
        }
        *self = Self { lanes, samplers: samplers.to_vec(), budget: study.search.trials, ..Self::default() };
        Ok(())
    }

    /// Whether something is still to be trained.
    pub(super) fn is_pending(&self) -> bool {
        !self.lanes.iter().all(|lane| lane.trials.is_over() && lane.trials.have_ended())
    }

    /// Ends it; what was told of it stays.
    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    /// A trial that waits for its equal no longer: that has ended, so its result is known, or was lost.
    pub(super) fn next_held(&mut self, is_running: impl Fn(&Job) -> bool) -> Option<(usize, u32, Job)> {
        let at = self.held.iter().position(|(_, _, job)| !is_running(job))?;
        Some(self.held.remove(at))
    }

    /// A trial whose equal is being trained.
    pub(super) fn hold(&mut self, lane: usize, number: u32, job: Job) {
        self.held.push((lane, number, job));
    }

    /// The next point of the run that has the fewest trials, among those that can propose now.
    pub(super) fn next(&mut self) -> Option<(usize, u32, Point)> {
        for at in self.by_progress() {
            let proposed = self.lanes[at].trials.propose(&mut self.unheard);
            self.unheard.clear();
            if let Some(Some((number, point))) = proposed {
                return Some((at, number, point));
            }
        }
        None
    }

    /// Does about `work` units of what proposals need; whether there is more.
    pub(super) fn prepare(&mut self, work: u32) -> bool {
        for at in self.by_progress() {
            if self.lanes[at].trials.prepare(work, &mut self.unheard) {
                return true;
            }
        }
        false
    }

    /// Runs by how many trials they have, the fewest first.
    fn by_progress(&self) -> Vec<usize> {
        let len = |at: usize| self.lanes[at].trials.len();
        crate::order::ranking(self.lanes.len(), &|a, b| len(a).cmp(&len(b)))
    }

    /// A trial ended; `seconds` are none where its result was known.
    pub(super) fn end(
        &mut self,
        (lane, number): (usize, u32),
        model: ModelKind,
        outcome: Outcome,
        seconds: f64,
        study: &Study,
        best: Option<f64>,
    ) -> Option<Event> {
        // A race that was stopped hears no more of its trials.
        let lane = self.lanes.get_mut(lane)?;
        *if seconds > 0.0 { &mut self.trained } else { &mut self.reused } += 1;
        // By user and epoch there is more than fits into memory a hundred times.
        let outcome = match outcome {
            Outcome::Done(report) => {
                Outcome::Done(FitReport { users: UserSums::default(), curve: Vec::new(), ..report })
            }
            failed @ Outcome::Failed { .. } => failed,
        };
        lane.trials.end(number, model, outcome, seconds, &mut self.unheard);
        self.unheard.clear();
        let rounds = self.lanes.iter().map(Lane::rounds).min().unwrap_or(0).min(self.budget);
        // Not every round of a long race is worth a look.
        let due = self.told.map_or(1, |told| told + 1 + told / 16);
        if rounds < due && !(rounds == self.budget && self.told != Some(rounds)) {
            return None;
        }
        self.told = Some(rounds);
        Some(Event::Raced { report: Packed::new(&self.report(rounds, study, best)) })
    }

    fn report(&self, rounds: u32, study: &Study, best: Option<f64>) -> RaceReport {
        let objective = study.objective;
        let curves: Vec<(SamplerKind, Vec<f64>)> =
            self.lanes.iter().map(|lane| (lane.sampler, standing::best_so_far(&lane.trials.losses()))).collect();
        let all =
            curves.iter().filter_map(|(_, curve)| curve.last().copied()).chain(best.map(|best| objective.loss(best)));
        let least = all.filter(|loss| loss.is_finite()).min_by(f64::total_cmp);
        RaceReport {
            rounds,
            budget: self.budget,
            seeds: (self.lanes.len() / self.samplers.len().max(1)) as u32,
            best: least.map(|loss| objective.loss(loss)),
            trained: self.trained,
            reused: self.reused,
            entrants: standing::entrants(&self.samplers, &curves, rounds as usize, least.unwrap_or(0.0)),
        }
    }
}

impl Lane {
    /// Trials that have ended without a gap; as many as it likes where there are no more.
    fn rounds(&self) -> u32 {
        if self.trials.is_over() && self.trials.have_ended() { u32::MAX } else { self.trials.losses().len() as u32 }
    }
}
