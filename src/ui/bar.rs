//! The top bar: the run's controls and how far along it is. On a phone its controls stand at the bottom.

use leptos::prelude::*;

use super::actions::Main;
use super::browser;
use super::model::{Model, Place};
use super::say::{fill, progress, say};
use super::store::Store;
use super::view::{live, problem};
use crate::protocol::{Command, RunState};
use crate::study::DataSource;
use crate::study::data_spec::DEFAULT_SAMPLE;

impl Store {
    /// Why nothing can be run now, as a sentence.
    pub fn obstacle(self) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let problem = self.study.with(|study| study.as_ref().err().map(Vec::len));
            if let Some(count) = problem {
                return Some(fill("page.why-settings", &[("count", count.to_string())]));
            }
            let data = self.draft.with(|draft| draft.data.clone());
            self.model.with(|model| match &model.data {
                _ if model.loading.is_some() => Some(say("page.why-loading").to_owned()),
                _ if model.verifying => Some(say("page.why-verifying").to_owned()),
                None => Some(
                    say(if waits_for_file(&data.source) { "page.why-file" } else { "page.why-no-data" }).to_owned(),
                ),
                Some(loaded) if loaded.source == DataSource::Article => Some(say("page.why-article").to_owned()),
                Some(loaded) if waits_for_file(&data.source) && !data.hash.is_empty() && data.hash != loaded.hash => {
                    Some(say("page.why-file").to_owned())
                }
                Some(_) => None,
            })
        })
    }
}

fn waits_for_file(source: &DataSource) -> bool {
    matches!(source, DataSource::File { .. })
}

/// The top bar.
#[component]
pub fn Bar(store: Store) -> impl IntoView {
    let sample = move |_| store.choose(DataSource::Sample { name: DEFAULT_SAMPLE.to_owned() });
    view! {
        <header class="bar">
            <h1 class="brand">"RecTune"</h1>
            <div class="group sources">
                <button type="button" id="example-data" class="quiet" on:click=sample>{say("page.example-data")}</button>
                <button type="button" id="open-file" class="quiet" on:click=move |_| browser::click("file-input")>
                    {say("page.open-file")}
                </button>
            </div>
            <div class="group controls">
                <RunButtons store/>
                <CopyButton store/>
            </div>
            <Progress store/>
        </header>
    }
}

#[component]
fn RunButtons(store: Store) -> impl IntoView {
    let main = store.main();
    let changed = store.is_changed();
    let obstacle = store.obstacle();
    let state = Memo::new(move |_| store.model.with(Model::state));
    let running = move || state.get() == Some(RunState::Running);
    let alive = move || state.get().is_some_and(|state| !state.is_over());
    // While a run is alive the main button starts another one only if the settings say another study.
    let shown = Memo::new(move |_| !running() || changed.get());
    Effect::new(move |before: Option<bool>| {
        let shown = shown.get();
        if before.is_some_and(|before| before != shown) {
            if shown { browser::pass_focus("pause", "run") } else { browser::pass_focus("run", "pause") }
        }
        shown
    });
    let label = live(move || match main.get() {
        Main::Run => say("page.run"),
        Main::Resume => say("page.resume"),
        Main::Extend => say("page.more-trials"),
    });
    let blocked = move || obstacle.with(Option::is_some) && main.get() != Main::Resume;
    view! {
        <button type="button" id="run" data-testid="run" class="main" hidden=live(move || !shown.get()) disabled=live(blocked)
            aria-describedby="why-not" aria-keyshortcuts="Space" title=say("page.key-space")
            on:click=move |_| store.act(main.get_untracked())>
            {label}
        </button>
        <button type="button" id="pause" data-testid="pause" class="main" hidden=live(move || !running())
            aria-keyshortcuts="Space" title=say("page.key-space") on:click=move |_| store.send(&Command::Pause)>
            {say("page.pause")}
        </button>
        <button type="button" id="step" data-testid="step" disabled=live(blocked) aria-describedby="why-not"
            aria-keyshortcuts="S" title=say("page.key-s") on:click=move |_| store.step()>
            {say("page.step")}
        </button>
        <button type="button" id="cancel" data-testid="cancel" class="minor" disabled=live(move || !alive())
            on:click=move |_| store.send(&Command::Cancel)>
            {say("page.cancel")}
        </button>
        <button type="button" id="reset" data-testid="reset" class="minor"
            aria-keyshortcuts="R" title=say("page.key-r")
            disabled=live(move || store.model.with(|model| model.run.is_none())) on:click=move |_| store.reset()>
            {say("page.reset")}
        </button>
    }
}

#[component]
fn CopyButton(store: Store) -> impl IntoView {
    view! {
        <button type="button" id="copy-link" data-testid="copy-link" class="copy"
            disabled=live(move || store.study.with(Result::is_err)) on:click=move |_| store.share()>
            {say("page.copy-link")}
        </button>
    }
}

#[component]
fn Progress(store: Store) -> impl IntoView {
    let obstacle = store.obstacle();
    let text = move || store.model.with(|model| model.run.as_ref().map(|run| progress(run, browser::now())));
    let share = store.run(|run| f64::from(run.done()) / f64::from(run.budget.max(1)));
    view! {
        <div class="progress">
            <progress max="1" prop:value=live(move || share.get().unwrap_or(0.0)) aria-label=say("page.progress")></progress>
            <span id="status" data-testid="status">{live(move || text().unwrap_or_else(|| say("page.no-run").to_owned()))}</span>
            <p id="why-not" hidden=live(move || obstacle.with(Option::is_none))>{live(move || obstacle.get())}</p>
        </div>
        {problem(store.problem(Place::Run), "run-error")}
    }
}
