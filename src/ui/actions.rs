//! What a person can do, and what the page does by itself when something has happened.

use leptos::prelude::untrack;
use wasm_bindgen_futures::spawn_local;

use super::browser;
use super::chart::save_export;
use super::model::{Model, Place};
use super::run::Run;
use super::settings::draft::Draft;
use super::store::{Copied, Next, Store};
use super::view::apart;
use crate::error::Error;
use crate::protocol::{Command, Event, RunState};
use crate::study::link::{self, Decoded, Teaching};
use crate::study::{Cleaning, DataSource, Study};

/// So many trials are added to a finished run.
pub const MORE_TRIALS: u32 = 20;

apart!(
    /// What a link says. Who opens the page without one needs none of it.
    fn read_link(fragment: String) -> Decoded = |fragment: String| link::decode(&fragment), in link
);

apart!(
    /// The fragment of a study on the page, perhaps with a packed result.
    fn write_link(study: Study, teaching: Teaching, result: Option<String>) -> String =
        |study: Study, teaching: Teaching, result: Option<String>| link_of(&study, &teaching, result.as_deref()), in link
);

/// The fragment of a study on the page, perhaps with a packed result.
pub fn link_of(study: &Study, teaching: &Teaching, result: Option<&str>) -> String {
    teaching.add_to(match result {
        Some(payload) => link::encode_with_result(study, payload),
        None => link::encode(study),
    })
}

/// What the main button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Main {
    /// Starts the study from its first trial.
    Run,
    /// Goes on after a pause.
    Resume,
    /// Adds trials to a finished run.
    Extend,
}

impl Store {
    /// Applies a link: settings, result and data. Settings that nothing was wrong with are run at once, unless the
    /// person asked for less motion or data, or a result is there to be looked at first.
    pub fn open_link(self, fragment: &str) {
        self.linked.set(None);
        if fragment.is_empty() {
            return self.apply(Decoded::default());
        }
        let read = read_link(fragment.to_owned());
        let file = fragment.to_owned();
        spawn_local(async move {
            self.apply(match read.await {
                Ok(decoded) => decoded,
                Err(missing) => Decoded { problems: vec![missing.of(file)], ..Decoded::default() },
            });
        });
    }

    fn apply(self, decoded: Decoded) {
        let Decoded { mut study, draws_seed, result, teaching, problems } = decoded;
        self.linked.set(Some(study.clone()));
        let unreadable = problems.iter().any(|problem| matches!(problem, Error::NewerVersion { .. }));
        self.notices.set(problems);
        if unreadable && self.model.with_untracked(|model| model.data.is_some()) {
            return;
        }
        if draws_seed {
            // Written back at once, so that the link which is passed on tells what was seen.
            study.seed = browser::draw_seed();
            self.linked.set(Some(study.clone()));
        }
        self.teaching.set(teaching);
        if draws_seed {
            self.write_address(&study);
        }
        self.draft.set(Draft::of(&study));
        let next = if result.is_some() || browser::is_reserved() { Next::Wait } else { Next::Run };
        if let Some(payload) = result {
            self.offer_no_more();
            if self.model.with_untracked(Model::is_alive) {
                self.send(&Command::Cancel);
            }
            self.send(&Command::ReadShare { payload });
        }
        if next == Next::Wait || matches!(study.data.source, DataSource::File { .. }) {
            self.offer_now();
        }
        self.open(study, next, None);
    }

    /// Does what is `next` with a study on its data, which is read if it is not there: a person's file where it is `saved` with
    /// the study of that id.
    pub(super) fn open(self, study: Study, next: Next, saved: Option<String>) {
        self.awaited.set(None);
        let loaded = self.model.with_untracked(|model| model.data.as_ref().is_some_and(|data| is_of(&study, data)));
        match study.data.source.clone() {
            _ if loaded && next == Next::Run => self.resume(),
            _ if loaded => {}
            source @ DataSource::File { .. } => {
                self.once_loaded.set(next);
                self.awaited.set(Some(study.data.clone()));
                // Without it only the person has the file: the page says so.
                if saved.is_some() {
                    let (clean, roles) = (study.data.clean, Vec::new());
                    self.send(&Command::Load { source, clean, find: false, roles, saved });
                }
            }
            source => self.load(source, study.data.clean, next),
        }
    }

    /// Reads data that ships with the page or is generated.
    pub(super) fn load(self, source: DataSource, clean: Cleaning, next: Next) {
        self.once_loaded.set(next);
        self.send(&Command::Load { source, clean, find: false, roles: Vec::new(), saved: None });
    }

    /// Reads data and waits for the person to run something.
    pub fn choose(self, source: DataSource) {
        self.load(source, Cleaning::default(), Next::Wait);
    }

    /// The conductor is gone, which only too little memory should do: a new one reads the same data. What the page knows
    /// of the run stays.
    fn start_again(self) {
        self.model.update(Model::lose);
        let Some(source) = self.model.with_untracked(|model| model.data.as_ref().map(|data| data.source.clone()))
        else {
            return;
        };
        if !self.may_start_again() {
            return;
        }
        self.connect();
        if matches!(source, DataSource::File { .. }) && self.files.with(Vec::is_empty) {
            // The person must give the file once more.
            self.model.update(|model| model.data = None);
        } else {
            let clean = self.draft.with_untracked(|draft| draft.data.clean.clone());
            self.reread(source, clean, false);
        }
    }

    /// What the main button does now.
    pub fn main(self) -> Main {
        match self.model.with(Model::state) {
            Some(RunState::Paused) if !self.is_changed() => Main::Resume,
            Some(RunState::Finished) if !self.is_changed() => Main::Extend,
            _ => Main::Run,
        }
    }

    /// Does what the main button does now.
    pub fn act(self) {
        match untrack(|| self.main()) {
            Main::Run => {
                self.offer_no_more();
                self.begin(false, false);
            }
            Main::Resume => self.send(&Command::Resume),
            Main::Extend => self.extend(MORE_TRIALS),
        }
    }

    /// Runs the study that the settings say, going on with what is saved of it.
    fn resume(self) {
        self.begin(false, true);
    }

    /// Starts the study; if `paused`, nothing is given out yet, and if it `resumes`, the decisions that are saved apply.
    fn begin(self, paused: bool, resumes: bool) {
        let Ok(study) = self.study.get_untracked() else { return };
        let before = self.sent.get_untracked();
        self.sent.set(Some(study.clone()));
        self.sent_before.set(Some(before));
        self.let_go();
        self.copied.set(None);
        let openings = self.openings_key().map_or(0, |key| browser::remembered(&key));
        self.model.update(|model| model.begin(openings));
        let seconds = self.draft.with_untracked(|draft| draft.bound().flatten());
        self.send(&Command::Run { study, resumes, interventions: Vec::new(), openings, paused, seconds });
    }

    /// One more trial, from whatever state.
    pub fn step(self) {
        let changed = untrack(|| self.is_changed());
        match self.model.with_untracked(Model::state) {
            Some(RunState::Running | RunState::Paused) if !changed => self.send(&Command::Step),
            Some(RunState::Finished) if !changed => self.extend(1),
            _ => {
                self.offer_no_more();
                self.begin(true, false);
                self.send(&Command::Step);
            }
        }
    }

    /// Raises the budget, in the settings too: the link then says what was run.
    fn extend(self, more: u32) {
        // A run may have ended before its budget was used up: more are more than there are.
        let trials = |run: &Run| if run.state.is_over() { run.trials.len() as u32 } else { run.budget };
        let trials = self.model.with_untracked(|model| model.run.as_ref().map(trials));
        let Some(trials) = trials.map(|trials| trials + more) else { return };
        self.model.update(|model| {
            model.test = None;
            if let Some(run) = &mut model.run {
                run.budget = trials;
            }
        });
        self.draft.update(|draft| draft.trials = trials.to_string());
        self.sent.set(self.study.get_untracked().ok());
        self.send(&Command::Extend { trials });
    }

    /// Ends the run, if one is alive, and clears the charts.
    pub fn reset(self) {
        if self.model.with_untracked(Model::is_alive) {
            self.send(&Command::Cancel);
        }
        self.model.update(Model::reset);
        self.sent.set(None);
        self.let_go();
        self.copied.set(None);
        self.said.set(String::new());
    }

    /// Runs a shared result's study again and compares.
    pub fn verify(self) {
        let Some(shared) = self.model.with_untracked(|model| model.shared.clone()) else { return };
        self.model.update(|model| {
            model.verifying = true;
            model.verified = None;
        });
        self.send(&Command::Verify { shared: Box::new(shared.as_ref().clone()) });
    }

    /// Copies the link: with the result, once there is one.
    pub fn share(self) {
        self.copied.set(None);
        let (own, shared) = self.model.with_untracked(|model| {
            let run = model.run.as_ref();
            (run.is_some_and(|run| !run.shared && run.done() > 0), run.is_some_and(|run| run.shared))
        });
        match self.study.get_untracked() {
            _ if own => self.send(&Command::Share),
            // The link that brought the result still stands in the address.
            _ if shared => {
                let link = browser::fragment().trim_start_matches('#').to_owned();
                spawn_local(self.copy(link));
            }
            Ok(study) => self.copy_link(&study, None),
            Err(_) => {}
        }
    }

    /// Writes a study into the address.
    pub fn write_address(self, study: &Study) {
        self.with_link(study, None, Self::readdress);
    }

    fn copy_link(self, study: &Study, result: Option<String>) {
        self.with_link(study, result, Self::copy);
    }

    /// Does something with the link of a study, soon.
    fn with_link<F: Future<Output = ()> + 'static>(
        self,
        study: &Study,
        result: Option<String>,
        act: fn(Self, String) -> F,
    ) {
        let link = write_link(study.clone(), self.teaching.get_untracked(), result);
        spawn_local(async move {
            match link.await {
                Ok(link) => act(self, link).await,
                Err(missing) => self.refuse(missing.of("link".to_owned())),
            }
        });
    }

    async fn readdress(self, fragment: String) {
        browser::write_fragment(&fragment);
    }

    async fn copy(self, fragment: String) {
        let link = browser::address(&fragment);
        let done = browser::copy(&link).await;
        self.copied.set(Some(Copied { link, done }));
    }

    /// What the browser remembers the openings of a test part under: the data and all that decides which rows it has.
    fn openings_key(self) -> Option<String> {
        let hash = self.model.with_untracked(|model| {
            let shared = model.shared.as_ref().map(|shared| shared.study.data.hash.clone());
            shared.or(model.data.as_ref().map(|data| data.hash.clone()))
        })?;
        let study = self.study.get_untracked().ok()?;
        Some(format!("openings {hash} {} {}", study.split, study.seed.0))
    }

    /// Does what an event asks for beyond being shown.
    pub(super) fn react(self, event: Event) {
        match event {
            Event::Refused { error: Error::ConductorLost {} } => self.start_again(),
            Event::Refused { error } if Place::of(&error) == Place::Run => {
                if let Some(before) = self.sent_before.replace(None) {
                    self.sent.set(before);
                }
            }
            Event::Data(report) => {
                self.adopt_data(&report);
                if let DataSource::File { .. } = report.source {
                    self.files.set(self.reading.get());
                }
                let next = self.once_loaded.get();
                self.once_loaded.set(Next::Wait);
                if next == Next::Run && report.source != DataSource::Article {
                    self.resume();
                }
            }
            Event::Started(started) => {
                self.offer_now();
                self.sent_before.set(None);
                self.adopt(started.study);
            }
            Event::Shared(shared) => {
                self.draft.set(Draft::of(&shared.study));
                self.sent.set(self.study.get_untracked().ok());
                self.let_go();
                // The test part that the sender has opened is no longer untouched here either.
                if let Some(key) = self.openings_key() {
                    browser::remember(&key, browser::remembered(&key).max(shared.openings));
                }
            }
            Event::TestOpened(report) => {
                if let Some(key) = self.openings_key() {
                    browser::remember(&key, report.openings);
                }
            }
            Event::Exported { form, text } => {
                let saved = save_export(form, text);
                // The menu that asked came in the same file.
                spawn_local(async move {
                    let _there = saved.await;
                });
            }
            Event::Link { payload } => {
                if let Some(study) = self.sent.get_untracked() {
                    self.copy_link(&study, Some(payload));
                }
            }
            _ => {}
        }
    }

    /// Shows what the conductor resolved, unless the person has changed something since.
    fn adopt(self, mut resolved: Study) {
        let Ok(study) = self.study.get_untracked() else { return };
        if self.sent.with_untracked(|sent| sent.as_ref() != Some(&study)) {
            return;
        }
        resolved.data = study.data;
        let seconds = self.draft.with_untracked(|draft| draft.seconds.clone());
        self.draft.set(Draft { seconds, ..Draft::of(&resolved) });
        self.sent.set(self.study.get_untracked().ok());
    }
}

/// Whether the loaded data is what a study speaks of.
fn is_of(study: &Study, data: &crate::protocol::DataReport) -> bool {
    match &study.data.source {
        _ if study.data.clean != data.clean => false,
        DataSource::File { .. } => study.data.hash == data.hash,
        source => *source == data.source,
    }
}
