//! One run as the page shows it: trials, baselines, the best so far and how far along it is. Pure, like `model`.

mod ledger;
mod trial;

use std::sync::Arc;

use litemap::LiteMap;

use self::ledger::Ledger;
pub use self::trial::Trial;
use crate::protocol::{
    Baseline, Candidate, Comparison, Event, Explanation, Finalist, ModelImportance, Packed, PairComparison, RaceReport,
    Resplit, RunState, Shared, SplitReport, Started, Surface,
};
use crate::study::{Goal, ModelKind, Range, Study};

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The study, resolved.
    pub study: Study,
    /// The study's hash; empty for a shared run.
    pub hash: String,
    /// How many trials there will be.
    pub budget: u32,
    /// Rows of training, validation and test; unknown for a shared run.
    pub split: Option<SplitReport>,
    /// Where it stands.
    pub state: RunState,
    /// The searched parameters with their ranges, in the study's order.
    pub dimensions: Vec<(String, Range)>,
    /// The trials by number.
    pub trials: LiteMap<u32, Arc<Trial>>,
    /// The baselines that have ended.
    pub baselines: Vec<Arc<Baseline>>,
    /// Each trial against the best.
    pub comparisons: LiteMap<u32, Comparison>,
    /// Counts their changes, from where the run's revisions begin.
    pub compared: u32,
    /// Two trials against each other: those that were asked for last.
    pub pair: Option<PairComparison>,
    /// Why a trial was proposed: the one that was asked for last.
    pub why: Option<Packed<Explanation>>,
    /// What the objective may be over two parameters: those that were asked for last.
    pub surface: Option<Packed<Surface>>,
    /// How samplers stand that race beside it, if they do.
    pub race: Option<Packed<RaceReport>>,
    /// The best trial of each model and the baselines by every metric, best first.
    pub candidates: Vec<Candidate>,
    /// The candidates on other cuts, the winner first; empty until that was asked for.
    pub resplits: Vec<Resplit>,
    /// The best trials with other seeds, in the order in which they came.
    pub finalists: Vec<Finalist>,
    /// Which parameter of each model mattered, as told last.
    pub importance: Vec<ModelImportance>,
    /// How much the next trial is expected to gain, where the study asks for it.
    pub outlook: Option<f64>,
    /// The best trial so far.
    pub best: Option<u32>,
    /// Whether a link carried it: nothing of it was computed here.
    pub shared: bool,
    /// The dashed line of a shared run.
    shared_baseline: Option<f64>,
    /// The revision that trials of this run are counted from, so that they are told from those of the run before.
    pub first_revision: u32,
    /// The seconds that it was expected to take before it began.
    pub expected: Option<f64>,
    clock: Clock,
    revision: u32,
    ledger: Ledger,
}

/// Time spent running, without pauses. Serves the estimate of the time left and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Clock {
    spent: f64,
    since: Option<f64>,
}

impl Clock {
    fn set(&mut self, running: bool, now: f64) {
        self.spent += self.since.map_or(0.0, |since| now - since);
        self.since = running.then_some(now);
    }

    fn spent(&self, now: f64) -> f64 {
        self.spent + self.since.map_or(0.0, |since| now - since)
    }
}

impl Run {
    /// A run that begins now.
    #[must_use]
    pub fn start(started: Started, now: f64) -> Self {
        Self {
            hash: started.hash,
            split: Some(started.split),
            state: RunState::Running,
            clock: Clock { spent: 0.0, since: Some(now) },
            ..Self::of(started.study, started.budget, now)
        }
    }

    /// The run that a link carries.
    #[must_use]
    pub fn from_shared(shared: &Shared, now: f64) -> Self {
        let mut run = Self {
            shared: true,
            shared_baseline: shared.baseline.map(f64::from),
            ..Self::of(shared.study.clone(), shared.trials.len() as u32, now)
        };
        let models = &shared.study.models;
        let only = models.first().map_or(ModelKind::Svd, |space| space.model);
        for trial in &shared.trials {
            let spec = (models.len() > 1).then(|| shared.study.resolve(&trial.params).ok()).flatten();
            run.put(Trial::from_shared(trial, spec.map_or(only, |spec| spec.model)));
        }
        run.measure();
        run
    }

    /// A run that is over and of which nothing is known.
    fn of(study: Study, budget: u32, now: f64) -> Self {
        let space = study.space();
        let dimensions =
            space.map(|space| space.dimensions().iter().map(|one| (one.name.clone(), one.range.clone())).collect());
        Self {
            dimensions: dimensions.unwrap_or_default(),
            study,
            hash: String::new(),
            budget,
            split: None,
            state: RunState::Finished,
            trials: LiteMap::new(),
            baselines: Vec::new(),
            comparisons: LiteMap::new(),
            compared: now as u32,
            pair: None,
            why: None,
            surface: None,
            race: None,
            candidates: Vec::new(),
            resplits: Vec::new(),
            finalists: Vec::new(),
            importance: Vec::new(),
            outlook: None,
            best: None,
            shared: false,
            shared_baseline: None,
            first_revision: now as u32,
            expected: None,
            clock: Clock::default(),
            revision: now as u32,
            ledger: Ledger::default(),
        }
    }

    /// Takes in what happened to this run; events that are not about a run pass by.
    pub fn apply(&mut self, event: Event, now: f64) {
        match event {
            Event::State { state } => {
                self.clock.set(state == RunState::Running, now);
                self.state = state;
                if state.is_over() {
                    self.measure();
                }
            }
            Event::TrialStarted { number, model, params } => {
                self.put(Trial::start(number, model, params));
                // A budget that was raised shows by the trials that come.
                self.budget = self.budget.max(number + 1);
            }
            Event::Epoch { number, point } => {
                let Some(trial) = self.trials.get_mut(&number).filter(|trial| trial.state.is_none()) else { return };
                let trial = Arc::make_mut(trial);
                let curve = &mut trial.curve;
                // A job that is run again because its worker was lost reports its epochs again.
                curve.retain(|known| known.epoch < point.epoch);
                curve.push(point);
                if std::mem::take(&mut trial.waits) {
                    let trial = trial.clone();
                    self.put(trial);
                }
                self.met_epoch(point.epoch);
            }
            Event::TrialWaits(record) => {
                self.put(Trial { state: None, waits: true, value: None, ..Trial::end(*record) });
            }
            Event::TrialEnded(record) => {
                self.put(Trial::end(*record));
                self.budget = self.budget.max(self.trials.len() as u32);
                if !self.comparisons.is_empty() {
                    self.comparisons.clear();
                    self.compared += 1;
                }
                self.finalists.clear();
                self.candidates.clear();
                self.resplits.clear();
            }
            Event::BaselineEnded(baseline) => {
                self.baselines.push(Arc::new(*baseline));
                self.measure();
            }
            Event::Outlook { gain, .. } => self.outlook = Some(gain),
            Event::Importance { models } => self.importance = models,
            Event::Repeated(finalist) => {
                self.finalists.retain(|known| known.number != finalist.number);
                self.finalists.push(finalist);
            }
            Event::Candidates { candidates } => self.candidates = candidates,
            Event::Resplit { rows } => self.resplits = rows,
            Event::Raced { report } => self.race = Some(report),
            Event::Surveyed { surface } => self.surface = Some(surface),
            Event::Explained { why } => self.why = Some(why),
            Event::PairCompared(pair) => self.pair = Some(pair),
            // A great many come in several parts.
            Event::Compared { comparisons } => {
                for entry in comparisons {
                    self.comparisons.insert(entry.number, entry);
                }
                self.compared += 1;
            }
            _ => {}
        }
    }

    /// The names of the searched parameters, in the study's order: the table's columns.
    #[must_use]
    pub fn searched(&self) -> Vec<String> {
        self.dimensions.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Trials with a result.
    pub fn ranked(&self) -> impl Iterator<Item = (&Arc<Trial>, f64)> {
        self.trials.values().filter_map(|trial| trial.value.map(|value| (trial, value)))
    }

    /// The best trial so far.
    #[must_use]
    pub fn best_trial(&self) -> Option<&Arc<Trial>> {
        self.best.and_then(|number| self.trials.get(&number))
    }

    /// The objective of the baseline alone: of the tuned biases where ratings are predicted and of popularity where lists are
    /// made, or of the best other baseline until those have ended.
    #[must_use]
    pub fn baseline(&self) -> Option<f64> {
        let first = match self.study.goal {
            Goal::Rating => ModelKind::Bias,
            Goal::Ranking => ModelKind::Popular,
        };
        let objective = self.study.objective;
        let main = self.baselines.iter().find(|baseline| baseline.model.model == first);
        let others = self.baselines.iter().map(|baseline| baseline.value);
        let best = others.min_by(|a, b| objective.loss(*a).total_cmp(&objective.loss(*b)));
        main.map(|baseline| baseline.value).or(best).or(self.shared_baseline)
    }

    /// By how much the best is better than averages alone, as a fraction of theirs; negative if it is worse.
    #[must_use]
    pub fn gain(&self) -> Option<f64> {
        let (best, baseline) = (self.best_trial()?.value?, self.baseline()?);
        Some(self.study.objective.loss(best - baseline) / -baseline)
    }

    /// Seconds left: at the pace so far, or before two trials have ended what is left of those that were expected. Unknown
    /// after the last trial.
    #[must_use]
    pub fn seconds_left(&self, now: f64) -> Option<f64> {
        let (done, left) = (self.done(), self.budget.saturating_sub(self.done()));
        let spent = self.clock.spent(now) / 1e3;
        match done {
            _ if left == 0 || self.state.is_over() || self.shared => None,
            0 | 1 => self.expected.map(|expected| expected - spent).filter(|left| *left > 0.0),
            _ => Some(spent / f64::from(done) * f64::from(left)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::CurvePoint;
    use crate::study::Point;
    use crate::ui::recorded;

    fn played(trials: u32) -> Run {
        let mut run = None;
        for event in recorded::run(trials) {
            match event {
                Event::Started(started) => run = Some(Run::start(*started, 0.0)),
                event => {
                    if let Some(run) = &mut run {
                        run.apply(event, 1_000.0);
                    }
                }
            }
        }
        run.unwrap()
    }

    #[test]
    fn the_best_is_the_lowest_value_and_of_equals_the_first() {
        let mut run = played(3);
        let best = run.best.unwrap();
        let twin = Trial { number: 99, ..run.trials[&best].as_ref().clone() };
        run.put(twin);
        assert_eq!(run.best, Some(best));
        let values: Vec<f64> = run.ranked().map(|(_, value)| value).collect();
        assert!(values.iter().all(|&value| value >= run.best_trial().unwrap().value.unwrap()));
    }

    #[test]
    fn time_in_a_pause_is_not_spent() {
        let mut clock = Clock::default();
        clock.set(true, 100.0);
        clock.set(false, 300.0);
        assert_eq!(clock.spent(900.0), 200.0);
        clock.set(true, 1_000.0);
        assert_eq!(clock.spent(1_500.0), 700.0);
    }

    #[test]
    fn the_estimate_is_the_pace_so_far() {
        let mut run = played(4);
        run.state = RunState::Running;
        run.budget = 8;
        run.clock = Clock { spent: 2_000.0, since: None };
        assert_eq!(run.seconds_left(0.0), Some(2.0));
        let none = || (LiteMap::new(), Ledger::default());
        let begun = Run { trials: none().0, ledger: none().1, expected: Some(5.0), ..run.clone() };
        assert_eq!(
            (begun.seconds_left(0.0), Run { expected: Some(1.0), ..begun }.seconds_left(0.0)),
            (Some(3.0), None)
        );
        run.state = RunState::Finished;
        assert_eq!(run.seconds_left(0.0), None);
    }

    #[test]
    fn a_repeated_job_does_not_repeat_its_curve() {
        let mut run = played(1);
        run.apply(Event::TrialStarted { number: 7, model: ModelKind::Svd, params: Point::default() }, 0.0);
        let point = |epoch| CurvePoint { epoch, train: 1.0, valid: Some(1.0) };
        for epoch in [1, 2, 3, 1, 2] {
            run.apply(Event::Epoch { number: 7, point: point(epoch) }, 0.0);
        }
        assert_eq!(run.trials[&7].curve, [point(1), point(2)]);
        assert_eq!(run.trials[&7].epochs_shown(), 2);
    }
}
