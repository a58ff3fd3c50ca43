//! What the page knows, fed by events alone: a pure reducer without a browser in it, so that it is tested natively.
//!
//! Commands and signals never live here; `store` holds this model in a signal.

use std::sync::Arc;

use litemap::LiteMap;

use super::run::Run;
use crate::error::Error;
use crate::order;
use crate::protocol::{
    Advice, DataReport, Event, Factors, Forecast, Named, Profile, RunState, SavedStudy, Shared, SplitReport,
    TestReport, Verification,
};

/// Everything that the conductor has told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Whether the conductor can be spoken to.
    pub ready: bool,
    /// Trainers alive, and how many had to be replaced.
    pub workers: (u32, u32),
    /// Trainers for data of any usual size.
    pub most_workers: u32,
    /// Data that is being read: bytes so far, of the whole, rows so far.
    pub loading: Option<(f64, f64, u32)>,
    /// The data that is loaded.
    pub data: Option<Arc<DataReport>>,
    /// How often data has been read.
    pub loads: u32,
    /// What the loaded data looks like, once that was asked for.
    pub profile: Option<Arc<Profile>>,
    /// What the study that the settings say would take.
    pub forecast: Option<Forecast>,
    /// What the split that was tried last would come to.
    pub tried: Option<SplitReport>,
    /// What was found by name last, with the question's number.
    pub found: Option<(u32, Arc<Vec<Named>>)>,
    /// The latest list for a person.
    pub advice: Option<Arc<Advice>>,
    /// The article's factorisation, where that is the data.
    pub factors: Option<Arc<Factors>>,
    /// The run that is shown: this browser's own, or one that a link carries.
    pub run: Option<Run>,
    /// The run before it, on the same data and judged by the same: the charts show it in grey.
    pub ghost: Option<Arc<Run>>,
    /// The result that a link carries.
    pub shared: Option<Arc<Shared>>,
    /// Whether the shared result is being run again.
    pub verifying: bool,
    /// What running it again came to.
    pub verified: Option<Verification>,
    /// The opened test part of this run.
    pub test: Option<Arc<TestReport>>,
    /// How often the test part of this data has been opened, as far as is known here.
    pub openings: u32,
    /// The result key of the link that was asked for last, and how many have been written.
    pub link: Option<(String, u32)>,
    /// The saved studies, the latest first.
    pub saved: Vec<SavedStudy>,
    /// The trials of those that were asked for, by id.
    pub saved_read: LiteMap<String, Arc<Shared>>,
    /// Each worker role's attempt to reach another origin: whether it was refused.
    pub privacy: LiteMap<String, bool>,
    /// The latest error of each place of the page.
    pub problems: LiteMap<Place, Error>,
    /// What was shown before the run that was asked for, until that has begun or was refused.
    before: Option<Box<Shown>>,
}

/// What a run that is refused gives way to again.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    run: Option<Run>,
    shared: Option<Arc<Shared>>,
    verified: Option<Verification>,
    test: Option<Arc<TestReport>>,
    openings: u32,
}

/// Where on the page an error belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Beside the file picker.
    Data,
    /// Beside the run's controls.
    Run,
    /// Beside the sealed test.
    Test,
    /// Below the top bar.
    Link,
    /// Beside the saved studies.
    Saved,
}

impl Place {
    /// All places.
    pub const ALL: [Self; 5] = [Self::Data, Self::Run, Self::Test, Self::Link, Self::Saved];

    /// Where an error is shown.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error {
            Error::DamagedLink { .. }
            | Error::NewerVersion { .. }
            | Error::UnknownKey { .. }
            | Error::BadValue { .. } => Self::Link,
            Error::NoTestPart { .. } | Error::NoWinner {} => Self::Test,
            Error::NotSaved { .. }
            | Error::StorageFull { .. }
            | Error::DamagedStudies { .. }
            | Error::DamagedTrials { .. } => Self::Saved,
            Error::UnknownModel { .. }
            | Error::UnknownParameter { .. }
            | Error::OutsideDomain { .. }
            | Error::UpsideDown { .. }
            | Error::LogOfZero { .. }
            | Error::BadStep { .. }
            | Error::NoChoices { .. }
            | Error::Repeated { .. }
            | Error::BadCondition { .. }
            | Error::NoModel { .. }
            | Error::TooLarge { .. }
            | Error::GridTooLarge { .. }
            | Error::BadSetting { .. }
            | Error::NotSupported { .. }
            | Error::Diverged { .. }
            | Error::NotReady { .. }
            | Error::WorkerLost { .. }
            | Error::ConductorLost {}
            | Error::EmptyPart { .. }
            | Error::NoTimes { .. }
            | Error::Browser { .. } => Self::Run,
            _ => Self::Data,
        }
    }
}

impl Model {
    /// Takes in what happened. `now` is in milliseconds and serves estimates only.
    pub fn apply(&mut self, event: Event, now: f64) {
        match event {
            Event::Ready { workers } => {
                self.ready = true;
                self.workers = (workers, 0);
                self.most_workers = workers;
            }
            Event::Loading { bytes, total, rows } => self.loading = Some((bytes, total, rows)),
            Event::LoadingStopped => self.loading = None,
            Event::Data(report) => self.take_data(*report),
            Event::Forecast(forecast) => self.forecast = Some(forecast),
            Event::Profile(profile) => self.profile = Some(Arc::new(*profile)),
            Event::SplitTried { report } => {
                let of_split = |error: &Error| matches!(error, Error::NoTimes { .. } | Error::EmptyPart { .. });
                if self.problems.get(&Place::Run).is_some_and(of_split) {
                    self.problems.remove(&Place::Run);
                }
                self.tried = Some(report);
            }
            Event::Refused { error } => {
                // What is not saved ends nothing.
                if Place::of(&error) != Place::Saved {
                    self.loading = None;
                    self.verifying = false;
                }
                self.refuse(error);
            }
            Event::Saved { mut studies } => {
                order::sort(&mut studies, |a, b| b.saved.total_cmp(&a.saved));
                self.saved = studies;
            }
            Event::SavedRead { id, shared } => {
                self.saved_read.insert(id, Arc::new(*shared));
            }
            Event::Started(started) => {
                self.problems.remove(&Place::Run);
                self.problems.remove(&Place::Test);
                self.test = None;
                let last = self.before.take().and_then(|before| before.run);
                let is_like = |run: &Run| {
                    let (own, other) = (&started.study, &run.study);
                    own.objective == other.objective && own.data == other.data && own.split == other.split
                };
                self.ghost = last.filter(|run| is_like(run) && run.best.is_some()).map(Arc::new);
                let expected = self.forecast.map(|forecast| forecast.seconds);
                let mut run = Run::start(*started, now);
                run.expected = expected;
                self.run = Some(run);
            }
            Event::Link { payload } => {
                let count = self.link.as_ref().map_or(0, |(_, count)| *count);
                self.link = Some((payload, count + 1));
            }
            Event::Shared(shared) => self.take_shared(*shared, now),
            Event::Verified(verification) => {
                self.verifying = false;
                self.verified = Some(*verification);
            }
            Event::TestOpened(report) => {
                self.problems.remove(&Place::Test);
                self.openings = report.openings;
                self.test = Some(Arc::new(*report));
            }
            Event::Workers { alive, replaced } => self.workers = (alive, replaced),
            Event::Privacy { role, refused } => {
                self.privacy.insert(role, refused);
            }
            // Answers may overtake each other where one question went to a trainer that was lost.
            Event::Found { seq, names } if self.found.as_ref().is_none_or(|found| found.0 <= seq) => {
                self.found = Some((seq, Arc::new(names)));
            }
            Event::Advice(advice) if self.advice.as_ref().is_none_or(|known| known.seq <= advice.seq) => {
                self.advice = Some(Arc::new(*advice));
            }
            Event::Factors(factors) => self.factors = Some(Arc::new(*factors)),
            event => {
                // What a link carried stays as its sender saw it, whatever still runs here.
                if let Some(run) = self.run.as_mut().filter(|run| !run.shared) {
                    run.apply(event, now);
                }
            }
        }
    }

    /// Shows an error at its place; everything else stays as it is, or becomes again what it was before the run that can not
    /// begin.
    pub fn refuse(&mut self, error: Error) {
        let place = Place::of(&error);
        if place == Place::Run
            && let Some(before) = self.before.take()
        {
            let Shown { run, shared, verified, test, openings } = *before;
            (self.run, self.shared, self.verified, self.test, self.openings) = (run, shared, verified, test, openings);
        }
        self.problems.insert(place, error);
    }

    /// A run is asked for, whose test part was opened so often before: the charts are cleared for it.
    pub fn begin(&mut self, openings: u32) {
        self.before = Some(Box::new(Shown {
            run: self.run.take(),
            shared: self.shared.take(),
            verified: self.verified.take(),
            test: self.test.take(),
            openings: self.openings,
        }));
        self.reset();
        self.openings = openings;
    }

    /// The state of this browser's own run.
    #[must_use]
    pub fn state(&self) -> Option<RunState> {
        self.run.as_ref().filter(|run| !run.shared).map(|run| run.state)
    }

    /// Whether trials are being given out or may be again.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.state().is_some_and(|state| !state.is_over())
    }

    /// The conductor is gone, and with it whatever was running.
    pub fn lose(&mut self) {
        self.ready = false;
        self.loading = None;
        self.verifying = false;
        if let Some(run) = self.run.as_mut().filter(|run| !run.state.is_over()) {
            run.state = RunState::Cancelled;
        }
    }

    /// Clears the charts; data and settings stay.
    pub fn reset(&mut self) {
        self.run = None;
        self.ghost = None;
        self.shared = None;
        self.verified = None;
        self.verifying = false;
        self.test = None;
        self.problems.remove(&Place::Run);
        self.problems.remove(&Place::Test);
    }

    fn take_data(&mut self, report: DataReport) {
        self.loading = None;
        self.problems.remove(&Place::Data);
        let rows = |data: &DataReport| (data.hash.clone(), data.clean.clone(), data.test.clone());
        let other = self.data.as_ref().is_some_and(|data| rows(data) != rows(&report));
        self.loads += 1;
        (self.profile, self.tried) = (None, None);
        if other {
            (self.found, self.advice) = (None, None);
            // A run of other data says nothing about this one. A shared result waits for its data and stays.
            if self.run.as_ref().is_some_and(|run| !run.shared) {
                self.reset();
            }
            self.openings = 0;
        }
        if report.source != crate::study::DataSource::Article {
            self.factors = None;
        }
        self.data = Some(Arc::new(report));
    }

    fn take_shared(&mut self, shared: Shared, now: f64) {
        self.problems.remove(&Place::Link);
        self.verified = None;
        self.verifying = false;
        self.test = None;
        self.openings = shared.openings;
        self.ghost = None;
        self.run = Some(Run::from_shared(&shared, now));
        self.shared = Some(Arc::new(shared));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::ModelKind;
    use crate::ui::recorded;

    #[test]
    fn a_run_is_built_from_its_events() {
        let mut model = Model::default();
        for (at, event) in recorded::run(6).into_iter().enumerate() {
            model.apply(event, 100.0 * at as f64);
        }
        let run = model.run.as_ref().unwrap();
        assert_eq!(model.state(), Some(RunState::Finished));
        assert_eq!(run.trials.len(), 6);
        assert_eq!(run.done(), 6);
        assert!(run.best.is_some() && run.baseline().is_some());
        assert_eq!(run.comparisons.len(), run.ranked().count());
    }

    #[test]
    fn a_refusal_keeps_what_was_there() {
        let mut model = Model::default();
        for event in recorded::run(3) {
            model.apply(event, 0.0);
        }
        let before = model.clone();
        let error = Error::EmptyFile { file: "a.csv".into() };
        model.apply(Event::Refused { error: error.clone() }, 0.0);
        assert_eq!(model.problems.get(&Place::Data), Some(&error));
        assert_eq!((model.run, model.data), (before.run, before.data));
    }

    #[test]
    fn a_run_that_is_refused_gives_way_to_what_was_shown() {
        let mut model = Model::default();
        for event in recorded::run(3) {
            model.apply(event, 0.0);
        }
        let before = model.clone();
        model.begin(2);
        assert_eq!((&model.run, model.openings), (&None, 2));
        let error = Error::TooLarge { parameter: "k".into(), value: "9".into(), needed_mib: 9, limit_mib: 1 };
        model.apply(Event::Refused { error: error.clone() }, 0.0);
        assert_eq!((&model.run, model.openings), (&before.run, before.openings));
        assert_eq!(model.problems.get(&Place::Run), Some(&error));
        // Once it has begun, nothing brings the one before back.
        model.begin(0);
        for event in recorded::run(2) {
            model.apply(event, 0.0);
        }
        model.apply(Event::Refused { error }, 0.0);
        assert_eq!(model.run.map(|run| run.trials.len()), Some(2));
    }

    #[test]
    fn other_data_ends_the_run_that_is_shown_but_not_a_shared_one() {
        let mut model = Model::default();
        for event in recorded::run(3) {
            model.apply(event, 0.0);
        }
        let mut other = model.data.as_deref().unwrap().clone();
        other.hash = "other".into();
        model.apply(Event::Data(Box::new(other.clone())), 0.0);
        assert_eq!(model.run, None);
        model.apply(Event::Shared(Box::new(recorded::shared(4))), 0.0);
        other.hash = "a third".into();
        model.apply(Event::Data(Box::new(other)), 0.0);
        assert!(model.run.unwrap().shared);
    }

    #[test]
    fn the_last_run_stays_as_a_ghost_while_it_can_be_compared() {
        let mut model = Model::default();
        let again = |model: &mut Model, trials| {
            model.begin(0);
            for event in recorded::run(trials).into_iter().skip_while(|event| !matches!(event, Event::Started(_))) {
                model.apply(event, 0.0);
            }
        };
        again(&mut model, 4);
        assert_eq!(model.ghost, None);
        again(&mut model, 3);
        assert_eq!(model.ghost.as_ref().map(|run| run.trials.len()), Some(4));
        // Judged by something else it has no place on the chart.
        model.run.as_mut().unwrap().study.objective = crate::study::MetricSpec::Mae;
        again(&mut model, 3);
        assert_eq!(model.ghost, None);
    }

    #[test]
    fn a_late_answer_never_takes_the_place_of_a_newer_one() {
        let mut model = Model::default();
        let named = |name: &str| Named { idx: 1, name: name.into(), genres: String::new(), count: 2 };
        let found = |seq| Event::Found { seq, names: vec![named(&seq.to_string())] };
        let advice = |seq, trial| {
            let (list, history, names) = (vec![], vec![], vec![]);
            Event::Advice(Box::new(Advice { seq, trial, model: ModelKind::Svd, list, history, names, error: None }))
        };
        for event in [found(2), found(5), found(4), advice(3, 0), advice(3, 7), advice(1, 9)] {
            model.apply(event, 0.0);
        }
        assert_eq!(model.found.as_ref().map(|found| (found.0, found.1[0].name.as_str())), Some((5, "5")));
        assert_eq!(model.advice.as_ref().map(|advice| (advice.seq, advice.trial)), Some((3, 7)));
        for event in recorded::run(1) {
            model.apply(event, 0.0);
        }
        let mut other = model.data.as_deref().unwrap().clone();
        other.hash = "other".into();
        model.apply(advice(4, 0), 0.0);
        model.apply(Event::Data(Box::new(other)), 0.0);
        assert_eq!((model.found, model.advice), (None, None));
    }

    #[test]
    fn a_shared_result_is_shown_at_once() {
        let mut model = Model::default();
        model.apply(Event::Shared(Box::new(recorded::shared(4))), 0.0);
        let run = model.run.as_ref().unwrap();
        assert!(run.shared && run.best.is_some());
        assert_eq!(model.state(), None);
        assert!(!model.is_alive());
        let before = model.run.clone();
        model.apply(Event::State { state: RunState::Cancelled }, 0.0);
        assert_eq!(model.run, before);
    }
}
