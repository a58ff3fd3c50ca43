//! Lists for a person: one more trainer, beside those of the run, that keeps the model of the best trial and is asked. It
//! starts when a person first looks for something, so that a run without lists has nothing to share its time with.

use std::fmt;

use web_sys::Blob;

use super::run::Runs;
use crate::engine::data::finder::Finder;
use crate::engine::data::{Dataset, Ids, Others, UserIdx};
use crate::error::Error;
use crate::order;
use crate::protocol::{Advice, Event, Job, Named, Outcome, Question, Rated, Recommended};
use crate::worker::pool::{Pool, Said, Told};

/// Of a user's own ratings so many are shown.
const HISTORY: usize = 12;

/// After so many trainers that were lost before they kept a model it is not tried again, until there is another one.
const MAX_LOSSES: u32 = 3;

/// Who makes lists.
pub(super) struct Lists {
    pool: Pool,
    /// Whether anyone has looked for something.
    wanted: bool,
    /// What was asked last.
    question: Option<Question>,
    /// Whether the kept model has been asked that.
    asked: bool,
    /// The split that the trainer holds.
    held: Option<Blob>,
    /// Whose model is kept.
    kept: Option<Job>,
    /// Whose model was begun last, whatever came of it.
    begun: Option<Job>,
    losses: u32,
    /// Whether anyone has asked for probabilities.
    calibrates: bool,
    /// By name: items and users.
    finders: Option<[Finder; 2]>,
    /// The items behind those of the data.
    behind: Others,
    events: Vec<Event>,
}

impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lists").field("pool", &self.pool).field("kept", &self.kept).finish_non_exhaustive()
    }
}

impl Lists {
    pub(super) fn new(pool: Pool) -> Self {
        Self {
            pool,
            wanted: false,
            question: None,
            asked: false,
            held: None,
            kept: None,
            begun: None,
            losses: 0,
            calibrates: false,
            finders: None,
            behind: Others::default(),
            events: Vec::new(),
        }
    }

    /// Other data was read, with items `behind` its own: nothing that was known or asked is of it.
    pub(super) fn forget(&mut self, behind: Others) {
        self.pool.retire();
        self.behind = behind;
        (self.question, self.held, self.kept, self.begun, self.finders) = (None, None, None, None, None);
    }

    /// Whether a person has looked for a list.
    pub(super) fn are_wanted(&self) -> bool {
        self.wanted
    }

    /// Looks for items or users by name.
    pub(super) fn find(&mut self, data: &Dataset, users: bool, text: &str, count: u32) -> Vec<Named> {
        self.wanted = true;
        let finder = &finders(&mut self.finders, data)[usize::from(users)];
        let found = finder.find(text, count as usize);
        found
            .into_iter()
            .map(|idx| if users { user(data, finder, idx) } else { item(data, &self.behind, finder, idx) })
            .collect()
    }

    /// A person wants a list from now on.
    pub(super) fn ask(&mut self, question: Question) {
        self.wanted = true;
        if self.losses >= MAX_LOSSES {
            (self.losses, self.begun) = (0, None);
        }
        self.calibrates |= question.relevant.is_some();
        self.question = Some(question);
        self.asked = false;
    }

    /// Takes what the trainer said.
    pub(super) fn heard(&mut self, trainer: u32, said: Said, data: Option<&Dataset>) {
        let told = match said {
            Said::Answer(answer) => self.pool.heard(trainer, answer),
            Said::Died { error } => Told::Useless(error),
        };
        match told {
            Told::Kept(_) => {
                self.kept = self.begun.clone();
                self.losses = 0;
                self.asked = false;
            }
            Told::Advice(seq, list) => self.tell(seq, list, None, data),
            Told::Report(report) => {
                // A list of another trial's model is better than none.
                if let (Outcome::Failed { error }, None, Some(question)) = (report.outcome, &self.kept, &self.question)
                {
                    self.tell(question.seq, Vec::new(), Some(error), data);
                }
            }
            Told::Useless(error) => self.bury(trainer, error),
            Told::Nothing | Told::Progress(..) | Told::Privacy(_) => {}
        }
    }

    /// Replaces the trainer if it is dead.
    pub(super) fn look(&mut self) {
        for trainer in self.pool.look() {
            self.bury(trainer, Error::WorkerLost { times: 1 });
        }
    }

    /// Has the trainer end as a crash would.
    pub(super) fn end_one(&mut self) {
        self.pool.end_one();
    }

    fn bury(&mut self, trainer: u32, why: Error) {
        let (_, error) = self.pool.bury(trainer, why);
        (self.kept, self.asked) = (None, false);
        self.losses += 1;
        if self.losses < MAX_LOSSES {
            self.begun = None;
        }
        self.events.extend(error.map(|error| Event::Refused { error }));
    }

    /// Brings the list up to date as far as that goes now; what happened since the last call.
    pub(super) fn go_on(&mut self, runs: &Runs) -> Vec<Event> {
        let trial = self.question.as_ref().and_then(|question| question.trial);
        if let Some((job, cut)) = runs.refit(trial).filter(|_| self.wanted) {
            let job = Job { calibrate: self.calibrates, ..job };
            if self.held.as_ref() != Some(&cut.blob) {
                self.held = Some(cut.blob.clone());
                (self.kept, self.begun) = (None, None);
                self.events.extend(self.pool.hold(cut.blob.clone(), 1).err().map(|error| Event::Refused { error }));
            }
            // A better trial that ends meanwhile has its turn afterwards: a list that is a little behind is better than none.
            if self.pool.is_free() && self.begun.as_ref() != Some(&job) {
                self.begun = Some(job.clone());
                self.pool.keep(job);
            }
        }
        if let Some(question) = self.question.as_ref().filter(|_| self.kept.is_some() && !self.asked) {
            self.asked = true;
            self.pool.ask(question.clone());
        }
        std::mem::take(&mut self.events)
    }

    /// Tells an answer. One that was overtaken by another question is of no use to anyone.
    fn tell(&mut self, seq: u32, list: Vec<Recommended>, error: Option<Error>, data: Option<&Dataset>) {
        let (Some(question), Some(job), Some(data)) =
            (&self.question, self.kept.as_ref().or(self.begun.as_ref()), data)
        else {
            return;
        };
        if question.seq != seq {
            return;
        }
        let history = question.user.map_or_else(Vec::new, |user| history(data, user));
        let (trial, model, own) = (job.id, job.model.model, question.ratings.clone());
        let because = list.iter().flat_map(|place| place.because.iter().map(|reason| reason.item));
        let items = list.iter().map(|place| place.item).chain(because);
        let items = order::distinct(items.chain(own.iter().chain(&history).map(|rated| rated.item)));
        let finder = &finders(&mut self.finders, data)[0];
        let names = items.into_iter().map(|idx| item(data, &self.behind, finder, idx)).collect();
        self.events.push(Event::Advice(Box::new(Advice { seq, trial, model, list, history, names, error })));
    }
}

/// Made when they are first asked.
fn finders<'a>(finders: &'a mut Option<[Finder; 2]>, data: &Dataset) -> &'a [Finder; 2] {
    finders.get_or_insert_with(|| {
        let rows = &data.interactions;
        let none = Others::default();
        let items = (0..data.items.len()).map(|idx| name(data.item(&none, idx)));
        [Finder::new(items, rows.item_counts()), Finder::new(Ids::iter(&data.users), rows.user_counts().collect())]
    })
}

/// An item's title, or its id.
fn name<'a>((id, title, _): (&'a str, &'a str, &'a str)) -> &'a str {
    if title.is_empty() { id } else { title }
}

fn item(data: &Dataset, behind: &Others, finder: &Finder, idx: u32) -> Named {
    let item = data.item(behind, idx);
    Named { idx, name: name(item).to_owned(), genres: item.2.to_owned(), count: finder.count(idx) }
}

fn user(data: &Dataset, finder: &Finder, idx: u32) -> Named {
    Named { idx, name: data.users.text(idx).to_owned(), genres: String::new(), count: finder.count(idx) }
}

/// A user's highest ratings, the latest first among equals: those tell more about somebody than the first ones.
fn history(data: &Dataset, user: u32) -> Vec<Rated> {
    if user >= data.users.len() {
        return Vec::new();
    }
    let (items, ratings) = data.interactions.user(UserIdx(user));
    let mut rows = (0..items.len() as u32).rev().map(|at| (f64::from(ratings[at as usize]), at));
    let highest = order::highest(HISTORY, &mut rows);
    highest.into_iter().map(|(rating, at)| Rated { item: items[at as usize], rating: rating as f32 }).collect()
}
