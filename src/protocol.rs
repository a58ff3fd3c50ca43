//! What page, conductor and trainers say to each other: plain data, serialisable by JSON and to JavaScript.
//!
//! The page sends a [`Command`] to the conductor and hears [`Event`]s; the conductor hands a [`Job`] to a trainer and
//! hears [`Report`]s. The native command speaks the same language, so an event log is the same everywhere.

mod advice;
mod data;
mod job;
mod race;
mod read;
mod run;
mod saved;
mod shared;
mod trial;
mod why;

pub use crate::fields::Packed;
pub use advice::{Advice, Factors, Named, Parts, Question, Rated, Recommended, Share};
pub use data::{
    Bar, DataReport, FileRole, GenreCount, ItemsReport, Note, Preview, Profile, Reason, Scale, Sequence, Skipped,
    SplitReport, Step, TestFile,
};
pub use job::{
    ByMetric, Column, CurvePoint, Cut, Fallback, Figures, FitReport, Job, ListCounts, Member, Metrics, Outcome, Part,
    Report, UserSums,
};
pub use race::{Entrant, RaceReport};
pub use run::{ExportForm, Forecast, Intervention, RunState, Started};
pub use saved::SavedStudy;
pub use shared::{Shared, SharedTrial, Verification};
pub use trial::{
    AverageReport, Baseline, BaselineTest, Candidate, Comparison, Estimate, Finalist, ModelImportance, PairComparison,
    ParamImportance, Resplit, TestReport, TrialRecord, TrialState,
};
pub use why::{Explanation, Origin, Slice, Surface};

use serde::Serialize;
use trial::{is_false, is_zero};

use crate::error::Error;
use crate::study::{Cleaning, DataSource, ModelKind, Point, SamplerKind, Seed, SplitSpec, Study};

/// What a person (or a script) wants of the conductor.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
#[allow(
    clippy::large_enum_variant,
    reason = "where pointers have 64 bits; a command is sent now and then, and never kept"
)]
pub enum Command {
    /// Read data. For [`DataSource::File`] the browser's file travels beside this message.
    Load {
        /// Which data.
        source: DataSource,
        /// What is done to it after reading.
        clean: Cleaning,
        /// Whether a person has just chosen something of a file: what stands at its default is then found in it anew.
        find: bool,
        /// What the files that travel beside this message are, in their order; empty where they are to be told apart.
        roles: Vec<FileRole>,
        /// The saved study whose files are read, where none travel beside this message.
        saved: Option<String>,
    },
    /// Read no further; what was there before stays.
    StopLoading,
    /// Say what a study would take. Nothing is run.
    Forecast {
        /// The study.
        study: Study,
    },
    /// Count the loaded data for its charts.
    Profile,
    /// Cut the loaded data to see what becomes of it. Nothing is run.
    TrySplit {
        /// How it is cut.
        split: SplitSpec,
        /// The seed of the cut.
        seed: Seed,
    },
    /// Run a study on the loaded data, from its first trial. What is saved of it is not trained again.
    Run {
        /// The study.
        study: Study,
        /// Whether the decisions apply that are saved with it, so that it goes on where it was left; all but a stop.
        resumes: bool,
        /// Recorded decisions that a replay applies.
        interventions: Vec<Intervention>,
        /// How often the test part of this data and split has been opened in earlier runs: the page remembers it.
        openings: u32,
        /// Whether it waits for [`Command::Step`] or [`Command::Resume`] before it gives anything out.
        paused: bool,
        /// After so many seconds of running it gives out no more trials; the count that was reached is recorded.
        seconds: Option<f64>,
    },
    /// Give out no more trials until [`Command::Resume`]; running ones stand still.
    Pause,
    /// Go on.
    Resume,
    /// Run one more trial, then pause.
    Step,
    /// End the study now; running trials are cancelled.
    Cancel,
    /// End one running trial.
    CancelTrial {
        /// Its number.
        number: u32,
    },
    /// Raise the budget to this many trials.
    Extend {
        /// The new budget.
        trials: u32,
    },
    /// Compare two trials that have results.
    ComparePair {
        /// One trial's number.
        one: u32,
        /// The other's.
        other: u32,
    },
    /// Say why a trial's point was proposed.
    Explain {
        /// Its number.
        number: u32,
    },
    /// Say what the objective may be over two parameters, by the trials that have ended.
    Survey {
        /// The parameter from left to right.
        x: String,
        /// The parameter from bottom to top.
        y: String,
    },
    /// Measure the best trial of each model and the baselines by every metric, once a run has come to rest.
    CompareCandidates,
    /// Have several samplers search on the same data, each with several seeds, once a run has come to rest.
    Race {
        /// Which.
        samplers: Vec<SamplerKind>,
        /// Runs of each.
        seeds: u32,
    },
    /// End a race.
    StopRace,
    /// Train the best trials again with other seeds, once a run has come to rest.
    Repeat {
        /// How many results of each, its own included.
        replicates: u32,
    },
    /// Train the best trial of each model and the baselines on other cuts of the rows that are not test, once a run has come to
    /// rest.
    Resplit {
        /// How many cuts.
        splits: u32,
    },
    /// Train the best trials once more and average what they predict; then it is also measured when the test part is opened.
    Average {
        /// How many of them.
        count: u32,
    },
    /// Open the sealed test part: refit the winner, the average if there is one, and the baselines and measure them there.
    OpenTest,
    /// Write the link that carries the run's result.
    Share,
    /// Write the run's trials for other programs.
    Export {
        /// In which form.
        form: ExportForm,
    },
    /// Read the result that a link carries.
    ReadShare {
        /// The link's result key.
        payload: String,
    },
    /// Run a shared result's study again and compare every trial.
    Verify {
        /// What the sender saw.
        shared: Box<Shared>,
    },
    /// List the saved studies.
    ListSaved,
    /// Give a saved study another name; an empty one takes its name away.
    RenameSaved {
        /// Which.
        id: String,
        /// Its name.
        name: String,
    },
    /// Delete a saved study.
    DeleteSaved {
        /// Which.
        id: String,
    },
    /// Read the trials of a saved study, to be compared.
    ReadSaved {
        /// Which.
        id: String,
    },
    /// Look for items, or users, by name.
    Find {
        /// Which question this is: questions are numbered upwards, and an answer bears its question's number.
        seq: u32,
        /// Whether users are looked for, and not items.
        users: bool,
        /// What has been typed.
        text: String,
        /// How many are wanted.
        count: u32,
    },
    /// Say what a trial's model recommends to a person, now and whenever there is a better trial, until another is asked for.
    Advise(Question),
    /// Have every worker role try to reach another origin, which must be refused.
    CheckPrivacy,
    /// End one trainer without warning, as a crash would: it must be replaced.
    EndWorker,
}

/// What happened, in order. The log of a run is its events.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The conductor can be spoken to.
    Ready {
        /// Trainer workers that it will use.
        workers: u32,
    },
    /// Data is being read.
    Loading {
        /// Bytes read so far.
        bytes: f64,
        /// Bytes of the whole.
        total: f64,
        /// Rows read so far.
        rows: u32,
    },
    /// Reading was stopped, as asked. Everything is as it was before.
    LoadingStopped,
    /// Data was read; it replaces what was there.
    Data(Box<DataReport>),
    /// What the data looks like.
    Profile(Box<Profile>),
    /// What a study would take.
    Forecast(Forecast),
    /// What a split would come to.
    SplitTried {
        /// The sizes of its parts.
        report: SplitReport,
    },
    /// A command was refused. Everything is as it was before.
    Refused {
        /// Why.
        error: Error,
    },
    /// A study runs.
    Started(Box<Started>),
    /// The run's state changed.
    State {
        /// The new state.
        state: RunState,
    },
    /// A trial was proposed and is given out.
    TrialStarted {
        /// Its number, from 0.
        number: u32,
        /// The model.
        model: ModelKind,
        /// The searched parameters.
        params: Point,
    },
    /// A running trial finished an epoch.
    Epoch {
        /// The trial's number.
        number: u32,
        /// The curve's new point.
        point: CurvePoint,
    },
    /// A trial has come to the end of a rung that is not the last, and waits until it is decided who goes on.
    TrialWaits(Box<TrialRecord>),
    /// A trial ended.
    TrialEnded(Box<TrialRecord>),
    /// A baseline's own search ended.
    BaselineEnded(Box<Baseline>),
    /// How much the next trial is expected to improve the best result so far, where a study asks for it.
    Outlook {
        /// The next trial.
        number: u32,
        /// The improvement, in the objective's units.
        gain: f64,
    },
    /// A decision was taken that replay must apply.
    Intervened(Intervention),
    /// How each trial compares with the best one; sent when a run has come to rest.
    Compared {
        /// One entry for each trial that has a result.
        comparisons: Vec<Comparison>,
    },
    /// How two trials compare.
    PairCompared(PairComparison),
    /// Why a trial's point was proposed.
    Explained {
        /// It.
        why: Packed<Explanation>,
    },
    /// What the objective may be over two parameters.
    Surveyed {
        /// It.
        surface: Packed<Surface>,
    },
    /// The best trial of each model beside the baselines, best objective first.
    Candidates {
        /// One for each.
        candidates: Vec<Candidate>,
    },
    /// How the best trial of each model and the baselines fare on other cuts, the winner first.
    Resplit {
        /// One for each.
        rows: Vec<Resplit>,
    },
    /// How a race stands.
    Raced {
        /// Its report.
        report: Packed<RaceReport>,
    },
    /// Which parameter mattered so far.
    Importance {
        /// Each model that has enough trials.
        models: Vec<ModelImportance>,
    },
    /// One of the best trials was trained again with other seeds.
    Repeated(Finalist),
    /// The average of the best trials was measured on the validation rows.
    Averaged(Box<AverageReport>),
    /// The sealed test part was opened.
    TestOpened(Box<TestReport>),
    /// The link's result key, without the settings.
    Link {
        /// The payload.
        payload: String,
    },
    /// The run's trials in the form that was asked for.
    Exported {
        /// In which form.
        form: ExportForm,
        /// The file's text.
        text: String,
    },
    /// A link's result, read.
    Shared(Box<Shared>),
    /// A shared result was run again.
    Verified(Box<Verification>),
    /// The saved studies.
    Saved {
        /// Those that could be read.
        studies: Vec<SavedStudy>,
    },
    /// The trials of a saved study.
    SavedRead {
        /// Which.
        id: String,
        /// What it came to.
        shared: Box<Shared>,
    },
    /// Trainers that are alive, and how many had to be replaced.
    Workers {
        /// Alive.
        alive: u32,
        /// Replaced since the start.
        replaced: u32,
    },
    /// What a worker role's attempt to reach another origin came to.
    Privacy {
        /// `conductor` or `trainer`.
        role: String,
        /// Whether the browser refused it, as it must.
        refused: bool,
    },
    /// The article's nine ratings were factorised.
    Factors(Box<Factors>),
    /// Items or users were found by name.
    Found {
        /// The question's number.
        seq: u32,
        /// The best matches, best first.
        names: Vec<Named>,
    },
    /// A list was made for a person.
    Advice(Box<Advice>),
}
