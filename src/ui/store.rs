//! The page's one store: signals that views read, and the queue that events wait in until the next frame.
//!
//! What a person does is in `actions`; what an event means is in `model`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::set_timeout;
use web_sys::File;

use super::chart::axis::{Axis, Brush};
use super::chart::selection::Selection;
use super::connection::Connection;
use super::language::Language;
use super::model::{Model, Place};
use super::run::Run;
use super::settings::draft::{Draft, Field};
use super::view::after_frame;
use super::{browser, say};
use crate::error::Error;
use crate::protocol::{Command, Event};
use crate::study::link::Teaching;
use crate::study::{DataSpec, Study};
use crate::ui::signal::{Kept, Memo, Signal};

/// At most so many events are taken in with one frame: results that are known already may come by the hundred.
const PER_FRAME: usize = 48;

/// How long the polite region stays silent after it has spoken, in milliseconds.
const SILENCE: f64 = 4_000.0;

/// A conductor that is lost again within so many milliseconds is not started a third time.
const RESPITE: f64 = 20_000.0;

/// All signals of the page. Copies share them.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// What the conductor has told.
    pub model: Signal<Model>,
    /// The settings as they are being edited.
    pub draft: Signal<Draft>,
    /// The study that the settings say, or what is wrong with them.
    pub study: Memo<Result<Study, Vec<(Field, Error)>>>,
    /// The study of the run that is shown, as it was sent or read.
    pub sent: Signal<Option<Study>>,
    /// The trial that the person chose.
    pub selected: Signal<Option<u32>>,
    /// Trials that are laid side by side, at most two, in the order in which they were pinned.
    pub pinned: Signal<Vec<u32>>,
    /// The trial under the pointer.
    pub hovered: Signal<Option<u32>>,
    /// The best trial so far.
    pub best: Memo<Option<u32>>,
    /// Another number whenever trials were compared.
    pub compared: Memo<Option<u32>>,
    /// The axes of the run that is shown.
    pub axes: Memo<Vec<Axis>>,
    /// What is marked on them: charts and table keep what every mark holds.
    pub brushes: Signal<Vec<Brush>>,
    /// The conditions above the table, as they are written.
    pub filter: Signal<String>,
    /// The numbers of the trials that meet those, ascending; nothing while every trial does.
    pub met: Signal<Option<Vec<u32>>>,
    /// The trials that charts and table keep: those that every mark holds and that meet the conditions. What offers either keeps
    /// it up.
    pub kept: Signal<Selection>,
    /// What was wrong with the link.
    pub notices: Signal<Vec<Error>>,
    /// What the link says about the page itself.
    pub teaching: Signal<Teaching>,
    /// What the polite region says.
    pub said: Signal<String>,
    /// Whether a newer build of the page is ready to take over.
    pub newer: Signal<bool>,
    /// The language that is spoken; nothing until its words are there.
    pub language: Signal<Option<Language>>,
    /// What came of copying the link.
    pub copied: Signal<Option<Copied>>,
    /// What was shown before the run that was asked for, until that has begun or was refused.
    pub(super) sent_before: Kept<Option<Option<Study>>>,
    /// The study that the page's address says; nothing while it is being read.
    pub(super) linked: Kept<Option<Study>>,
    /// What is done once the data is there.
    pub(super) once_loaded: Kept<Next>,
    /// The file that a link asks for and how it is read, until data has been read.
    pub(super) awaited: Kept<Option<DataSpec>>,
    /// Whether the person looks at the data in full.
    pub looking: Signal<bool>,
    /// Whether the person looks at the saved studies.
    pub browsing: Signal<bool>,
    /// Whether what was saved last may be offered.
    pub offers: Signal<bool>,
    /// Whether the visit began without settings in the address.
    pub is_plain: Signal<bool>,
    /// Whether the person has chosen what to do, so that nothing is offered any more.
    pub(super) has_chosen: Kept<bool>,
    /// The split that was recommended last, as a text.
    pub(super) recommended: Kept<String>,
    /// The files that are being read.
    pub(super) reading: Kept<Vec<File>>,
    /// The files that are loaded: whoever changes how they are read, or a new conductor, needs them again.
    pub(super) files: Kept<Vec<File>>,
    /// When a conductor was lost last, in milliseconds.
    lost_at: Kept<f64>,
    line: Kept<Option<Connection>>,
}

/// What is done once the data is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: the person decides.
    Wait,
    /// The study is run.
    Run,
}

/// What came of copying the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The link.
    pub link: String,
    /// Whether it is in the clipboard.
    pub done: bool,
}

impl Default for Store {
    /// The store of a page that has not spoken to its conductor yet.
    fn default() -> Self {
        let draft = Signal::new(Draft::of(&Study::default()));
        let model = Signal::new(Model::default());
        let axes = Memo::new(move || model.with(|model| model.run.as_ref().map(Axis::all)).unwrap_or_default());
        Self {
            model,
            draft,
            study: Memo::new(move || draft.with(Draft::study)),
            sent: Signal::new(None),
            selected: Signal::new(None),
            pinned: Signal::new(Vec::new()),
            hovered: Signal::new(None),
            best: Memo::new(move || model.with(|model| model.run.as_ref().and_then(|run| run.best))),
            compared: Memo::new(move || model.with(|model| model.run.as_ref().map(|run| run.compared))),
            axes,
            brushes: Signal::new(Vec::new()),
            filter: Signal::new(String::new()),
            met: Signal::new(None),
            kept: Signal::new(Selection::default()),
            notices: Signal::new(Vec::new()),
            teaching: Signal::new(Teaching::default()),
            said: Signal::new(String::new()),
            newer: Signal::new(false),
            language: Signal::new(None),
            copied: Signal::new(None),
            sent_before: Kept::new(None),
            linked: Kept::new(None),
            once_loaded: Kept::new(Next::Wait),
            awaited: Kept::new(None),
            looking: Signal::new(false),
            browsing: Signal::new(false),
            offers: Signal::new(false),
            is_plain: Signal::new(false),
            has_chosen: Kept::new(false),
            recommended: Kept::new(Study::default().split.to_string()),
            reading: Kept::new(Vec::new()),
            files: Kept::new(Vec::new()),
            lost_at: Kept::new(f64::NEG_INFINITY),
            line: Kept::new(None),
        }
    }
}

impl Store {
    /// Starts the conductor and listens to it.
    pub fn connect(self) {
        let queue = Queue { events: Rc::default(), scheduled: Rc::default() };
        let on_files = move |files| self.reading.set(files);
        match Connection::start(move |event| queue.push(event, self), on_files) {
            Ok(line) => self.line.set(Some(line)),
            Err(error) => self.refuse(error),
        }
    }

    /// Whether a lost conductor is worth another start: not if the one before was lost a moment ago.
    pub(super) fn may_start_again(self) -> bool {
        let (now, before) = (browser::now(), self.lost_at.get());
        self.lost_at.set(now);
        now - before > RESPITE
    }

    /// Sends a command.
    pub fn send(self, command: &Command) {
        self.send_with(command, &[]);
    }

    /// Sends a command with the person's files that it speaks of.
    pub(super) fn send_with(self, command: &Command, files: &[File]) {
        let sent = self.line.with(|line| line.as_ref().map(|line| line.send(command, files)));
        if let Some(Err(error)) = sent {
            self.refuse(error);
        }
    }

    /// Shows an error at its place.
    pub fn refuse(self, error: Error) {
        self.model.update(|model| model.refuse(error));
    }

    /// The sentence about the latest error of a place.
    pub fn problem(self, place: Place) -> Option<String> {
        self.model.with(|model| model.problems.get(&place).map(say::sentence))
    }

    /// Something of the run that is shown.
    pub fn run<T>(self, read: impl FnOnce(&Run) -> T) -> Option<T> {
        self.model.with(|model| model.run.as_ref().map(read))
    }

    /// Something of the run that is shown, if there is something, without following it.
    pub fn untracked<T>(self, read: impl FnOnce(&Run) -> Option<T>) -> Option<T> {
        self.model.with_untracked(|model| model.run.as_ref().and_then(read))
    }

    /// The trial that charts light up: the one under the pointer, the chosen one, or the best.
    pub fn lit(self) -> Option<u32> {
        self.hovered.get().or_else(|| self.selected.get()).or_else(|| self.best.get())
    }

    /// Chooses a trial; choosing it again lets it go.
    pub fn choose_trial(self, number: Option<u32>) {
        self.selected.update(|selected| *selected = if *selected == number { None } else { number });
    }

    /// Pins a trial, in place of the one that was pinned first where there are two; pinning it again lets it go.
    pub fn pin(self, number: u32) {
        self.pinned.update(|pinned| match pinned.iter().position(|known| *known == number) {
            Some(at) => drop(pinned.remove(at)),
            None => {
                pinned.push(number);
                let more = pinned.len().saturating_sub(2);
                pinned.drain(..more);
            }
        });
    }

    /// Lets go of what was chosen and marked, which was of another run.
    pub(super) fn let_go(self) {
        self.selected.set(None);
        self.hovered.set(None);
        self.pinned.set(Vec::new());
        self.brushes.set(Vec::new());
        self.kept.set(Selection::default());
    }

    /// Takes all marks and conditions away, so that every trial is kept.
    pub fn keep_all(self) {
        self.brushes.set(Vec::new());
        self.filter.set(String::new());
        self.met.set(None);
        self.kept.set(Selection::default());
    }

    /// Whether the run that is shown is over, and the settings have changed since.
    pub fn is_stale(self) -> bool {
        self.run(|run| run.state.is_over()) == Some(true) && self.is_changed()
    }

    /// Whether the settings say another study than the run that is shown.
    pub fn is_changed(self) -> bool {
        self.study.with(|study| self.sent.with(|sent| sent.as_ref() != study.as_ref().ok()))
    }

    /// Takes in the events of a frame with one update of the signal.
    fn take(self, events: Vec<Event>) {
        let now = browser::now();
        let before = self.model.with_untracked(|model| model.run.as_ref().and_then(|run| run.best));
        let reactions: Vec<Event> = events.iter().filter(|event| needs_reaction(event)).cloned().collect();
        self.model.update(|model| {
            for event in events {
                model.apply(event, now);
            }
        });
        for event in reactions {
            self.react(event);
        }
        let (best, over) = self.model.with_untracked(|model| {
            let run = model.run.as_ref();
            (run.and_then(|run| run.best), run.is_some_and(|run| run.state.is_over()))
        });
        if best != before {
            self.announce(over);
        }
    }

    /// Says the best trial, but never so often that a listener hears nothing else.
    fn announce(self, at_once: bool) {
        thread_local! {
            static SPOKEN: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
            static WAITING: Cell<bool> = const { Cell::new(false) };
        }
        let speak = move || {
            SPOKEN.set(browser::now());
            let words = self.model.with_untracked(|model| model.run.as_ref().and_then(say::new_best));
            self.said.set(words.unwrap_or_default());
        };
        let left = SPOKEN.get() + SILENCE - browser::now();
        if at_once || left <= 0.0 {
            speak();
        } else if !WAITING.replace(true) {
            let later = move || {
                WAITING.set(false);
                speak();
            };
            set_timeout(later, Duration::from_millis(left as u64));
        }
    }
}

/// Whether the page does something beyond showing it.
fn needs_reaction(event: &Event) -> bool {
    matches!(
        event,
        Event::Refused { .. }
            | Event::Data(_)
            | Event::Started(_)
            | Event::Shared(_)
            | Event::TestOpened(_)
            | Event::Link { .. }
            | Event::Exported { .. }
    )
}

/// Events that wait for the next frame: they may come faster than anything can be drawn.
#[derive(Clone)]
struct Queue {
    events: Rc<RefCell<Vec<Event>>>,
    scheduled: Rc<Cell<bool>>,
}

impl Queue {
    fn push(&self, event: Event, store: Store) {
        self.events.borrow_mut().push(event);
        if self.scheduled.replace(true) {
            return;
        }
        self.flush_later(store);
    }

    fn flush_later(&self, store: Store) {
        let queue = self.clone();
        let flush = move || {
            let events: Vec<Event> = {
                let mut waiting = queue.events.borrow_mut();
                let portion = waiting.len().min(PER_FRAME);
                waiting.drain(..portion).collect()
            };
            store.take(events);
            if queue.events.borrow().is_empty() {
                queue.scheduled.set(false);
            } else {
                queue.flush_later(store);
            }
        };
        after_frame(flush);
    }
}
