//! What page, conductor and trainers say to each other: plain data, serialisable by JSON and to JavaScript.
//!
//! The page sends a [`Command`] to the conductor and hears [`Event`]s; the conductor hands a [`Job`] to a trainer and
//! hears [`Report`]s. The native command speaks the same language, so an event log is the same everywhere.

mod race;
mod read;
mod saved;
mod why;

pub use crate::fields::Packed;
pub use race::{Entrant, RaceReport};
pub use saved::SavedStudy;
pub use why::{Explanation, Origin, Slice, Surface};

use serde::Serialize;

use crate::error::Error;
use crate::study::{
    Cleaning, Columns, DataSource, ListSpec, MetricSpec, ModelKind, ModelSpec, Point, SamplerKind, Seed, SplitSpec,
    Stopping, Study,
};

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

/// How a run's trials are written for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportForm {
    /// The log, from which the native command resumes the run.
    Log,
    /// The journal that Optuna opens.
    Optuna,
}

/// What one of a person's files is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// Ratings or interactions.
    Ratings,
    /// What is known of the items.
    Items,
    /// The person's own test part.
    Test,
}

/// For whom recommendations are wanted, and by which trial's model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Question {
    /// Which question this is.
    pub seq: u32,
    /// A user of the data; `None` for someone with these ratings.
    pub user: Option<u32>,
    /// The ratings of someone who is not in the data, each item once.
    pub ratings: Vec<Rated>,
    /// The trial; the best one where none is named, or this one has no result.
    pub trial: Option<u32>,
    /// How many items are wanted.
    pub count: u32,
}

/// A person's rating.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rated {
    /// The item's dense index.
    pub item: u32,
    /// The rating.
    pub rating: f32,
}

/// A decision taken during a run that changed what was trained. Replay applies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Intervention {
    /// No trial with this number or a later one was given out.
    StopAt {
        /// The first number that was not given out.
        number: u32,
    },
    /// This trial was cancelled while it ran.
    CancelTrial {
        /// Its number.
        number: u32,
    },
    /// This trial was cancelled on its way to the next rung, or while it waited to be chosen for it: it ended with what it
    /// had on this one.
    StopTrial {
        /// Its number.
        number: u32,
        /// The last rung that counts, from 0.
        rung: u32,
    },
    /// The budget was raised when the trials before this number had been given out: they do not wait for others, and nothing
    /// but the raised budget ends the search from there on.
    Extended {
        /// The first number of the raised budget.
        number: u32,
    },
}

/// Which rows a fit learns from and is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Learns from the training rows, is measured on the validation rows; on all folds where there are several.
    Validation,
    /// Learns from training and validation rows, is measured on the sealed test rows.
    Test,
}

/// One fit for a trainer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Job {
    /// Who asked: reports name it.
    pub id: u32,
    /// What is trained.
    pub model: ModelSpec,
    /// When it ends.
    pub stopping: Stopping,
    /// What decides the best epoch.
    pub objective: MetricSpec,
    /// What a list is, and what is good in it.
    pub list: ListSpec,
    /// On which rows.
    pub part: Part,
    /// The study's seed: never the trial's number, so equal points give equal results.
    pub seed: Seed,
    /// Which re-seeded repetition; 0 for trials.
    pub replicate: u32,
    /// Whether the training may go on from where it ends, so that it is worth keeping. Changes no result.
    pub keep: bool,
    /// Whether the sums by user of every metric are wanted, and not only those that trials are compared by.
    pub all_sums: bool,
    /// The models whose average is measured in place of `model`, the first of them; none where it is measured itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

/// One of the models of an average.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// The model.
    pub model: ModelSpec,
    /// Its epochs.
    pub epochs: u32,
}

impl Job {
    /// The first training of a model, which nobody has asked for by a number yet: nothing is kept of it, and its errors are
    /// summed as trials are compared by them.
    #[must_use]
    pub fn new(
        model: ModelSpec,
        stopping: Stopping,
        objective: MetricSpec,
        list: ListSpec,
        part: Part,
        seed: Seed,
    ) -> Self {
        let (id, replicate, keep, all_sums, members) = (0, 0, false, false, Vec::new());
        Self { id, model, stopping, objective, list, part, seed, replicate, keep, all_sums, members }
    }

    /// Whether what is trained predicts ratings.
    #[must_use]
    pub fn predicts_ratings(&self) -> bool {
        self.model.model.predicts_ratings() && self.members.iter().all(|member| member.model.model.predicts_ratings())
    }
}

/// What a trainer says of its job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The job's id.
    pub job: u32,
    /// How long it took, in seconds of the trainer's time. Says nothing about the result.
    pub seconds: f64,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a fit ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Outcome {
    /// With a result.
    Done(FitReport),
    /// Without: for example it diverged.
    Failed {
        /// Why.
        error: Error,
    },
}

/// The result of a fit. Equal jobs on equal data have equal reports, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FitReport {
    /// The epoch that counts, from 1: the best, or the last of a fixed count.
    pub epochs: u32,
    /// The objective at that epoch.
    pub value: f64,
    /// All metrics at that epoch.
    pub metrics: Metrics,
    /// The learning curve up to where training ended.
    pub curve: Vec<CurvePoint>,
    /// What the objective is made from at that epoch, by user, for paired comparisons; on the test part all metrics.
    pub users: UserSums,
    /// How many measured rows were predicted without a trained user or item.
    pub fallback: Fallback,
    /// How many lists were judged; none where none was.
    pub lists: ListCounts,
}

/// One epoch of a learning curve; the mean over folds where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The epoch, from 1.
    pub epoch: u32,
    /// What the trainer minimises on the training rows, as met during the epoch: the root mean squared error, or for a
    /// model that only ranks an error of its own.
    pub train: f64,
    /// The objective on the measured rows after the epoch; absent where nothing is measured.
    pub valid: Option<f64>,
}

/// Something for each metric. A metric that a model does not have, or that was not measured, is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByMetric<T>(pub Vec<(MetricSpec, T)>);

/// Figures by metric.
pub type Metrics = ByMetric<f64>;

/// Figures with their intervals by metric.
pub type Figures = ByMetric<Estimate>;

impl<T: Copy> ByMetric<T> {
    /// What a metric has.
    #[must_use]
    pub fn get(&self, metric: MetricSpec) -> Option<T> {
        self.0.iter().find(|(own, _)| *own == metric).map(|(_, value)| *value)
    }
}

impl<T: Serialize> Serialize for ByMetric<T> {
    /// An object with a field for each metric.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(metric, value)| (metric.name(), value)))
    }
}

/// Sums by user, users ascending; columns of equal length. Over all folds where there are several.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct UserSums {
    /// Dense indices of the users that have measured rows.
    pub user: Vec<u32>,
    /// Measured rows of the user: the weight of rating metrics.
    pub rows: Vec<u32>,
    /// Judged lists of the user, none without anything relevant: the weight of ranking metrics.
    pub lists: Vec<u32>,
    /// The sums of each metric that is kept.
    pub columns: Vec<Column>,
}

/// One metric's sums by user.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// The metric.
    pub metric: MetricSpec,
    /// A sum for each user.
    pub sums: Vec<f64>,
}

/// How many lists were judged; over all folds where there are several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListCounts {
    /// Users with something relevant.
    pub judged: u32,
    /// Users with measured rows of which nothing is relevant: they are left out.
    pub left_out: u32,
}

/// How many measured rows a model could not know, and was asked all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fallback {
    /// Rows with an unknown user or item.
    pub rows: u32,
    /// Different users without a training row.
    pub users: u32,
    /// Different items without a training row.
    pub items: u32,
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

/// The state of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Trials are given out.
    Running,
    /// Nothing is given out until it is resumed.
    Paused,
    /// The budget is used up.
    Finished,
    /// Every point of the space has been tried.
    Exhausted,
    /// It was cancelled.
    Cancelled,
}

impl RunState {
    /// Whether no more trials come by themselves.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Exhausted | Self::Cancelled)
    }
}

/// The start of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Started {
    /// The study, resolved.
    pub study: Study,
    /// The study's own hash, hexadecimal.
    pub hash: String,
    /// How many trials there will be: the budget, or all points where they are fewer.
    pub budget: u32,
    /// Rows of training, validation and test.
    pub split: SplitReport,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataReport {
    /// Where it came from, resolved.
    pub source: DataSource,
    /// Data rows in the file.
    pub rows: u32,
    /// Rows that are used.
    pub used: u32,
    /// Different users.
    pub users: u32,
    /// Different items.
    pub items: u32,
    /// Rows that are not used, by reason.
    pub skipped: Vec<Skipped>,
    /// Rows that repeat a pair of user and item; they are among the skipped ones.
    pub duplicates: u32,
    /// The delimiter.
    pub delimiter: String,
    /// The text's encoding.
    pub encoding: String,
    /// Whether the first line was a header.
    pub header: bool,
    /// The columns that are used.
    pub columns: Columns,
    /// The rating scale as met.
    pub scale: Scale,
    /// Used rows over users x items.
    pub density: f64,
    /// The hash of the ratings.
    pub hash: String,
    /// How long reading took, in seconds.
    pub seconds: f64,
    /// Whether there are times.
    pub timed: bool,
    /// Whether the rows of a user have an order: by time, or by their place in the file.
    pub ordered: bool,
    /// Whether a row says only that something happened, and all ratings are 1.
    pub implicit: bool,
    /// How the ratings were cleaned, resolved.
    pub clean: Cleaning,
    /// Why each column has its role.
    pub reasons: Vec<Reason>,
    /// What a person should know, and may want to change.
    pub notes: Vec<Note>,
    /// What was read of the items, where there was a file of them.
    pub catalog: Option<ItemsReport>,
    /// What was read of the person's own test file, where there was one.
    pub test: Option<TestFile>,
    /// The first rows.
    pub preview: Preview,
}

/// What was read of a person's own test file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TestFile {
    /// Its name.
    pub name: String,
    /// Rows that are used.
    pub rows: u32,
    /// The hash of its rows.
    pub hash: String,
}

/// What a data set looks like, for its charts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Profile {
    /// How often each rating occurs.
    pub ratings: Vec<Bar>,
    /// Users by how many ratings they have.
    pub per_user: Vec<Bar>,
    /// Items by how many ratings they have.
    pub per_item: Vec<Bar>,
    /// Ratings over time, in seconds since 1970; empty without times.
    pub times: Vec<Bar>,
    /// Seconds between a user's ratings; empty without times.
    pub gaps: Vec<Bar>,
    /// Rows that share user and time with another.
    pub tied: u32,
    /// Items by decade.
    pub years: Vec<Bar>,
    /// Items by genre, the most frequent first.
    pub genres: Vec<GenreCount>,
}

/// How many values lie between two, both included where whole numbers are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bar {
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
    /// How many.
    pub count: u32,
}

/// How many items have a genre.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GenreCount {
    /// Which.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// The first rows of a file, as they were cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The names of the columns, or their numbers from 1.
    pub columns: Vec<String>,
    /// The first rows below the header.
    pub rows: Vec<Vec<String>>,
}

/// What was read of the items.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemsReport {
    /// The file's name.
    pub name: String,
    /// Rows in the file.
    pub rows: u32,
    /// Rated items that it describes.
    pub known: u32,
    /// Rated items that it does not describe.
    pub unknown: u32,
    /// The column of the ids.
    pub id: String,
    /// The column of the titles.
    pub title: Option<String>,
    /// The column of the genres, or how many columns there are of them.
    pub genres: Option<String>,
    /// The column of the years. Without it they are taken from the titles.
    pub year: Option<String>,
    /// The hash of what was read of the rated items.
    pub hash: String,
}

/// Why a column has its role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// The role: `user`, `item`, `rating`, `time`.
    pub role: String,
    /// The column's name, or its number from 1.
    pub column: String,
    /// `chosen`, `name`, `values`, `texts`, `position` or `layout`.
    pub why: String,
    /// Different values in the first rows.
    pub values: u32,
    /// The lowest number in the first rows.
    pub min: Option<f64>,
    /// The highest number in the first rows.
    pub max: Option<f64>,
}

/// Something about the data that is no error. The words for its code stand in the word tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// What.
    pub code: String,
    /// How many rows, users or items.
    pub count: u32,
    /// Of how many.
    pub of: u32,
}

/// Rows that were passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: u32,
    /// The first of them.
    pub first_line: u32,
}

/// About what a run takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Forecast {
    /// Seconds until its last trial has ended.
    pub seconds: f64,
    /// Memory of all trainers and their data together, in MiB.
    pub mib: f64,
    /// Trainers.
    pub trainers: u32,
}

/// A rating scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scale {
    /// Lowest rating met.
    pub min: f64,
    /// Highest rating met.
    pub max: f64,
    /// The smallest distance between two different ratings met.
    pub step: f64,
}

/// The sizes of a split's parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SplitReport {
    /// Training rows (of the first fold).
    pub train: u32,
    /// Validation rows (of the first fold).
    pub valid: u32,
    /// Test rows.
    pub test: u32,
    /// Number of folds; 1 where validation is one part.
    pub folds: u32,
    /// Test users without a training or validation row.
    pub cold_users: u32,
    /// Test items without a training or validation row.
    pub cold_items: u32,
    /// Users who stay in training as a whole because they have too few ratings to be cut.
    pub uncut_users: u32,
    /// Test rows that are older than the newest row that is learned from: in life they could not have been predicted so.
    pub leaks: u32,
    /// Rows that share user and time with another, so that their order is drawn.
    pub tied: u32,
    /// Rows of the person's own test file whose user and item are also in the ratings.
    pub overlap: u32,
}

/// A trial that ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrialRecord {
    /// Its number, from 0.
    pub number: u32,
    /// The model.
    pub model: ModelKind,
    /// The searched parameters.
    pub params: Point,
    /// How it ended.
    pub state: TrialState,
    /// The objective; absent unless done or stopped.
    pub value: Option<f64>,
    /// All metrics; absent unless done or stopped.
    pub metrics: Option<Metrics>,
    /// The epoch that counts; 0 unless done or stopped.
    pub epochs: u32,
    /// The learning curve.
    pub curve: Vec<CurvePoint>,
    /// Why it failed.
    pub error: Option<Error>,
    /// Seconds of the trainer's time; 0 where the result was known already.
    pub seconds: f64,
    /// The sums by user; emptied before it goes to the page.
    pub users: UserSums,
    /// How many measured rows had an unknown user or item.
    pub fallback: Fallback,
    /// How many lists were judged.
    pub lists: ListCounts,
    /// The last rung that it trained on, from 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub rung: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// How a trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialState {
    /// With a result.
    Done,
    /// Without one.
    Failed,
    /// By a person's decision.
    Cancelled,
    /// On a rung from which others went on, with the result that it had there.
    Stopped,
}

/// A baseline at the best of its own points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// The model with its parameters.
    pub model: ModelSpec,
    /// The epoch count of the refit.
    pub epochs: u32,
    /// The objective on the validation rows.
    pub value: f64,
    /// All metrics on the validation rows.
    pub metrics: Metrics,
    /// Points that were tried.
    pub points: u32,
    /// The sums by user; emptied before it goes to the page.
    pub users: UserSums,
}

/// A figure with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure itself.
    pub value: f64,
    /// Lower bound; absent under 20 users.
    pub low: Option<f64>,
    /// Upper bound; absent under 20 users.
    pub high: Option<f64>,
}

impl Estimate {
    /// Whether zero lies in the interval, or there is none: a difference that can not be told from chance.
    #[must_use]
    pub fn holds_zero(self) -> bool {
        self.low.is_none_or(|low| low <= 0.0) && self.high.is_none_or(|high| high >= 0.0)
    }
}

/// A trial against the best one on the validation rows, paired by user.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The trial.
    pub number: u32,
    /// Its objective minus the best trial's.
    pub difference: Estimate,
    /// Whether it can not be told from the best: zero lies in the interval.
    pub tied: bool,
}

/// Two trials against each other on the validation rows, paired by user.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairComparison {
    /// One trial.
    pub one: u32,
    /// The other.
    pub other: u32,
    /// The objective of the one minus that of the other.
    pub difference: Estimate,
}

/// The best trial of a model, or a baseline, on the validation rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The trial; a baseline has none.
    pub number: Option<u32>,
    /// The model with its parameters.
    pub model: ModelSpec,
    /// The epochs that it was trained.
    pub epochs: u32,
    /// All metrics that it has, with their intervals.
    pub figures: Figures,
    /// Its objective minus the best candidate's, paired by user.
    pub difference: Estimate,
    /// Its group, from 1: the first holds all that can not be told from the best, the next all that can not be told from the
    /// best of the others, and so on.
    pub group: u32,
}

/// One of the best trials with several seeds: how much of its figure is luck.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finalist {
    /// The trial.
    pub number: u32,
    /// Its objective on the validation rows, and those of its replicates.
    pub values: Vec<f64>,
    /// Replicates that failed.
    pub failed: u32,
    /// The mean of the values.
    pub mean: f64,
    /// Their standard deviation; absent with one value.
    pub deviation: Option<f64>,
}

/// Which of a model's parameters mattered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelImportance {
    /// The model.
    pub model: ModelKind,
    /// Its trials that have a result.
    pub trials: u32,
    /// Those of them that count as the best.
    pub top: u32,
    /// Its searched parameters.
    pub params: Vec<ParamImportance>,
}

/// How much a parameter mattered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParamImportance {
    /// Its name, without the model's.
    pub name: String,
    /// Its share; those of a model's parameters add up to 1.
    pub share: f64,
}

/// The opened test part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestReport {
    /// The winner's number.
    pub number: u32,
    /// The winner, as refitted.
    pub model: ModelSpec,
    /// The epochs of the refit.
    pub epochs: u32,
    /// Its figures on the test rows with their intervals.
    pub figures: Figures,
    /// How many lists were judged.
    pub lists: ListCounts,
    /// Test rows with an unknown user or item.
    pub fallback: Fallback,
    /// The baselines on the same rows.
    pub baselines: Vec<BaselineTest>,
    /// The average of the best trials on the same rows, if it was asked for.
    pub average: Option<AverageReport>,
    /// How often the test part of this data and split has been opened, this time included.
    pub openings: u32,
}

/// The average of the best trials, chosen by their figures on the validation rows alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AverageReport {
    /// The trials, best first.
    pub trials: Vec<u32>,
    /// Its figures on the validation rows.
    pub validation: Metrics,
    /// Its figures on the test rows, once those were opened.
    pub test: Option<Metrics>,
    /// There, the winner's objective minus that of the average, paired by user.
    pub difference: Option<Estimate>,
}

/// A baseline on the test rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BaselineTest {
    /// The baseline, as refitted.
    pub model: ModelSpec,
    /// Its figures.
    pub test: Metrics,
    /// The winner's objective minus the baseline's, paired by user: below zero the winner is better where lower is better,
    /// above zero otherwise.
    pub difference: Estimate,
}

/// What a link with a result carries. Points are what the sender saw, at display precision; the digest is of the exact log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shared {
    /// The study.
    pub study: Study,
    /// Decisions taken during the run.
    pub interventions: Vec<Intervention>,
    /// The trials as drawn.
    pub trials: Vec<SharedTrial>,
    /// The best baseline's objective: the dashed line.
    pub baseline: Option<f32>,
    /// The digest of the exact log, hexadecimal.
    pub digest: String,
    /// How often the test part had been opened.
    pub openings: u32,
}

/// A trial as a link carries it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SharedTrial {
    /// Its number.
    pub number: u32,
    /// The searched parameters, at display precision.
    pub params: Point,
    /// How it ended.
    pub state: TrialState,
    /// The objective, rounded to f32.
    pub value: Option<f32>,
    /// The epoch that counts.
    pub epochs: u32,
}

/// What running a study again came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verification {
    /// Trials that were run again.
    pub trials: u32,
    /// Trials with the same result.
    pub same: u32,
    /// Whether the digest of the whole log is the same, bit for bit.
    pub exact: bool,
    /// The first trial that differs.
    pub first_difference: Option<u32>,
    /// The engine that the result was made with, and this one.
    pub engine: (u32, u32),
}

/// A small factorisation shown as tables, row by row: "fit, not prediction".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Factors {
    /// User ids.
    pub users: Vec<String>,
    /// Item ids.
    pub items: Vec<String>,
    /// The ratings, users x items; absent cells are empty.
    pub ratings: Vec<Vec<Option<f32>>>,
    /// U, users x factors.
    pub user_factors: Vec<Vec<f32>>,
    /// V, items x factors.
    pub item_factors: Vec<Vec<f32>>,
    /// U V^T, users x items, plus mean and biases where the model has them.
    pub product: Vec<Vec<f32>>,
    /// Root mean squared error on the known cells.
    pub rmse: f64,
}

/// An item or a user as people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The dense index.
    pub idx: u32,
    /// The title; the id where there is none.
    pub name: String,
    /// An item's genres, separated by `|`; empty where unknown.
    pub genres: String,
    /// Ratings of the item, or of the user.
    pub count: u32,
}

/// A list that was made for a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// The question's number. A question has a new answer whenever there is a better trial.
    pub seq: u32,
    /// Whose model made it.
    pub trial: u32,
    /// Which model that is.
    pub model: ModelKind,
    /// The best items, best first.
    pub list: Vec<Recommended>,
    /// A user's own ratings, the highest first, as many as are worth a look.
    pub history: Vec<Rated>,
    /// How all items of list, reasons and history are called.
    pub names: Vec<Named>,
    /// Why there is no list: the model could not be trained on all rows that it may see.
    pub error: Option<Error>,
}

/// A recommended item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recommended {
    /// The item's dense index.
    pub item: u32,
    /// Its score: an unclipped rating, or what the model ranks by.
    pub score: f64,
    /// What the score is made of, where the model has biases.
    pub parts: Option<Parts>,
    /// The person's own items that speak for it most, the strongest first.
    pub because: Vec<Share>,
}

/// How much of what speaks for an item is due to another one. The shares of all of a person's items add up to 1; those that
/// do not speak for it have none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The dense index of the person's own item.
    pub item: u32,
    /// Its share.
    pub share: f64,
}

/// What a predicted rating is made of: their sum is the score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parts {
    /// The mean of all ratings.
    pub mean: f64,
    /// By how much the item is rated above it.
    pub item: f64,
    /// By how much the person rates above it.
    pub user: f64,
    /// What remains: how well the two go together.
    pub taste: f64,
}
