//! What is saved of a run while it goes on, so that it goes on after a reload to the same bits: the study with the decisions
//! taken, and a line for each trial and rung. Where it is written to is a shell's business.

use litemap::LiteMap;

use super::study_hash;
use crate::fields::{json, read_tagged};
use crate::protocol::{Event, Intervention, SavedStudy, TrialRecord};
use crate::study::{SearchSpec, Study};

/// The id under which a study is saved, which must name its data by the hash: the hash of all that decides its trials. How
/// many there will be does not.
#[must_use]
pub fn saved_id(study: &Study) -> String {
    let mut study = study.clone();
    study.search = study.search.with_budget_of(&SearchSpec::new(study.search.sampler, 1));
    study_hash(&study)
}

/// One event of the log: what a trial came to on a rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The trial.
    pub number: u32,
    /// The rung.
    pub rung: u32,
    /// The event as JSON.
    pub text: String,
}

/// What is to be written: the study as it now stands, and the lines that are new.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsaved {
    /// The study, without the moment.
    pub study: SavedStudy,
    /// In the order in which they came.
    pub lines: Vec<Line>,
}

/// What could be read of a saved study's lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// Trials that ended.
    pub ended: Vec<TrialRecord>,
    /// What trials were on the rungs below their last.
    pub waits: Vec<TrialRecord>,
    /// Lines that are no events of a trial.
    pub damaged: u32,
}

/// The events that are lines. To read all events that there are, as the page does, would be a fiftieth of the worker.
enum Logged {
    Ended(Box<TrialRecord>),
    Waits(Box<TrialRecord>),
}

read_tagged!(Logged by "event" { "trial-ended" => Ended(record), "trial-waits" => Waits(record) });

/// A run that is being saved.
#[derive(Clone, Debug, PartialEq)]
pub struct Saving {
    study: SavedStudy,
    /// What each line says, by trial and rung.
    known: LiteMap<(u32, u32), Said>,
    lines: Vec<Line>,
    changed: bool,
    /// Whether there was no room for what was to be written last.
    waits: bool,
}

/// What a line says, as far as it matters here.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    point: String,
    ended: bool,
    value: Option<f64>,
}

impl Saving {
    /// Goes on with what was saved of a study.
    #[must_use]
    pub fn resume(study: SavedStudy, lines: &[String]) -> (Self, Read) {
        let mut saving = Self { study, known: LiteMap::new(), lines: Vec::new(), changed: false, waits: false };
        let mut read = Read::default();
        for line in lines {
            match json::read(line) {
                Ok(Logged::Ended(record)) => {
                    saving.knows(&record, true);
                    read.ended.push(*record);
                }
                Ok(Logged::Waits(record)) => {
                    saving.knows(&record, false);
                    read.waits.push(*record);
                }
                Err(_) => read.damaged += 1,
            }
        }
        saving.count();
        (saving, read)
    }

    /// The study's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.study.id
    }

    /// Saved trials that ended.
    #[must_use]
    pub fn trials(&self) -> u32 {
        self.study.trials
    }

    /// A person gave it another name, which whoever wrote that has saved.
    pub fn rename(&mut self, name: String) {
        self.study.name = name;
    }

    /// The person's files are kept with it.
    pub fn has_files(&mut self) {
        self.changed |= !self.study.has_files;
        self.study.has_files = true;
    }

    /// There was no room for these lines: they and what comes after them wait until there is.
    pub fn put_back(&mut self, mut lines: Vec<Line>) {
        lines.append(&mut self.lines);
        self.lines = lines;
        (self.changed, self.waits) = (true, true);
    }

    /// There may be room again.
    pub fn try_again(&mut self) {
        self.waits = false;
    }

    /// Takes in what happened, and how the run's study and decisions stand after it.
    pub fn hear(&mut self, events: &[Event], study: &Study, interventions: &[Intervention]) {
        if self.study.study.search.trials != study.search.trials || self.study.interventions != interventions {
            self.study.study.search.trials = study.search.trials;
            self.study.interventions = interventions.to_vec();
            self.changed = true;
        }
        for event in events {
            let (record, ended) = match event {
                Event::TrialEnded(record) => (record, true),
                Event::TrialWaits(record) => (record, false),
                _ => continue,
            };
            // What was read comes again when the run goes on, and then says nothing of how long it took.
            if !self.knows(record, ended) {
                let (number, rung) = (record.number, record.rung);
                let text = json::write(event).expect("events are plain data");
                self.lines.push(Line { number, rung, text });
            }
        }
    }

    /// What is to be written now, if there is something. A study without a trial is not worth it.
    pub fn take(&mut self) -> Option<Unsaved> {
        if !self.lines.is_empty() {
            self.count();
        }
        let due = self.study.trials > 0 && !self.waits && (self.changed || !self.lines.is_empty());
        due.then(|| {
            self.changed = false;
            Unsaved { study: self.study.clone(), lines: std::mem::take(&mut self.lines) }
        })
    }

    /// Takes in what a line says; whether that was known.
    fn knows(&mut self, record: &TrialRecord, ended: bool) -> bool {
        let key = (record.number, record.rung);
        let said = Said { point: record.params.identity(), ended, value: record.value };
        // A trial that ends where it waited has said so already; its end says more.
        let is_known = self.known.get(&key).is_some_and(|known| *known == said || known.ended && !ended);
        if !is_known {
            self.known.insert(key, said);
        }
        is_known
    }

    fn count(&mut self) {
        let objective = self.study.study.objective;
        let ended = self.known.values().filter(|said| said.ended);
        self.study.trials = ended.clone().count() as u32;
        let values = ended.filter_map(|said| said.value);
        self.study.value = values.min_by(|a, b| objective.loss(*a).total_cmp(&objective.loss(*b)));
    }
}
