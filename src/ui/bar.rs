//! The top bar: the run's controls and how far along it is. On a phone its controls stand at the bottom.

use super::actions::Main;
use super::browser;
use super::help::open_help;
use super::language::Language;
use super::model::{Model, Place};
use super::say::{fill, progress, say};
use super::store::Store;
use super::view::{El, View, el, problem};
use crate::protocol::{Command, RunState};
use crate::study::DataSource;
use crate::study::data_spec::DEFAULT_SAMPLE;
use crate::ui::signal::{Memo, effect};

impl Store {
    /// Why nothing can be run now, as a sentence.
    pub fn obstacle(self) -> Option<String> {
        let problem = self.study.with(|study| study.as_ref().err().map(Vec::len));
        if let Some(count) = problem {
            return Some(fill("page.why-settings", &[("count", count.to_string())]));
        }
        let data = self.draft.with(|draft| draft.data.clone());
        let waits = waits_for_file(&data.source);
        let key = self.model.with(|model| match &model.data {
            _ if model.loading.is_some() => Some("page.why-loading"),
            _ if model.verifying => Some("page.why-verifying"),
            None => Some(if waits { "page.why-file" } else { "page.why-no-data" }),
            Some(loaded) if loaded.source == DataSource::Article => Some("page.why-article"),
            Some(loaded) if waits && !data.hash.is_empty() && data.hash != loaded.hash => Some("page.why-file"),
            Some(_) => None,
        });
        key.map(|key| say(key).to_owned())
    }
}

fn waits_for_file(source: &DataSource) -> bool {
    matches!(source, DataSource::File { .. })
}

/// The top bar.
pub fn bar(store: Store) -> View {
    let sample = move |_| store.choose(DataSource::Sample { name: DEFAULT_SAMPLE.to_owned() });
    let obstacle = Memo::new(move || store.obstacle());
    let quiet = |id: &str| el("button").attrs(&[("type", "button"), ("id", id), ("class", "quiet")]);
    let sources = el("div")
        .attr("class", "group sources")
        .child(quiet("example-data").on("click", sample).text(say("page.example-data")))
        .child(quiet("open-file").on("click", |_| browser::click("file-input")).text(say("page.open-file")));
    let controls = el("div").attr("class", "controls").children(run_buttons(store, obstacle)).child(
        button("copy-link")
            .attr("class", "copy")
            .on("click", move |_| store.share())
            .flag("disabled", move || store.study.with(Result::is_err))
            .text(say("page.copy-link")),
    );
    el("header")
        .attr("class", "bar")
        .child(el("h1").attr("class", "brand").text("RecTune"))
        .child(sources)
        .child(controls)
        .child(el("div").attr("class", "group ends").children(end_buttons(store)))
        .child(progress_of(store, obstacle))
        .child(
            el("div").attr("class", "group tools").child(language_switch(store)).child(
                quiet("open-help")
                    .attrs(&[("aria-label", say("page.help")), ("aria-keyshortcuts", "?")])
                    .on("click", |_| open_help())
                    .text("?"),
            ),
        )
        .child(problem(move || store.problem(Place::Run), "run-error"))
        .into()
}

/// The switch says the language that it changes to, in that language.
fn language_switch(store: Store) -> El {
    let other = store.language.get().unwrap_or(Language::English).other();
    button("language")
        .attrs(&[("class", "quiet"), ("lang", other.tag()), ("title", say("page.language"))])
        .on("click", move |_| store.switch_language(other))
        .text(other.name())
}

fn button(id: &str) -> El {
    el("button").attrs(&[("type", "button"), ("id", id), ("data-testid", id)])
}

fn run_buttons(store: Store, obstacle: Memo<Option<String>>) -> [El; 3] {
    let changed = Memo::new(move || store.is_changed());
    let running = Memo::new(move || store.model.with(Model::state) == Some(RunState::Running));
    // While a run is alive the main button starts another one only if the settings say another study.
    let shown = Memo::new(move || !running.get() || changed.get());
    let mut before = None;
    effect(move || {
        let shown = shown.get();
        if before.replace(shown).is_some_and(|before| before != shown) {
            if shown { browser::pass_focus("pause", "run") } else { browser::pass_focus("run", "pause") }
        }
    });
    let label = move || {
        let key = match store.main() {
            Main::Run => "page.run",
            Main::Resume => "page.resume",
            Main::Extend => "page.more-trials",
        };
        say(key).to_owned()
    };
    let blocked = move || obstacle.with(Option::is_some);
    let space = [("class", "main"), ("aria-keyshortcuts", "Space"), ("title", say("page.key-space"))];
    [
        button("run")
            .attrs(&space)
            .attr("aria-describedby", "why-not")
            .flag("hidden", move || !shown.get())
            .flag("disabled", move || blocked() && store.main() != Main::Resume)
            .on("click", move |_| store.act())
            .says(label),
        button("pause")
            .attrs(&space)
            .flag("hidden", move || !running.get())
            .on("click", move |_| store.send(&Command::Pause))
            .text(say("page.pause")),
        button("step")
            .attrs(&[("aria-describedby", "why-not"), ("aria-keyshortcuts", "S"), ("title", say("page.key-s"))])
            .flag("disabled", move || blocked() && store.main() != Main::Resume)
            .on("click", move |_| store.step())
            .text(say("page.step")),
    ]
}

/// What ends a run: on a phone these stand on top, out of reach of the thumb.
fn end_buttons(store: Store) -> [El; 2] {
    [
        button("cancel")
            .flag("disabled", move || !store.model.with(Model::is_alive))
            .on("click", move |_| store.send(&Command::Cancel))
            .text(say("page.cancel")),
        button("reset")
            .attrs(&[("aria-keyshortcuts", "R"), ("title", say("page.key-r"))])
            .flag("disabled", move || store.model.with(|model| model.run.is_none()))
            .on("click", move |_| store.reset())
            .text(say("page.reset")),
    ]
}

fn progress_of(store: Store, obstacle: Memo<Option<String>>) -> View {
    let text = move || store.run(|run| progress(run, browser::now())).unwrap_or_else(|| say("page.no-run").to_owned());
    let share = move || store.run(|run| f64::from(run.done()) / f64::from(run.budget.max(1))).unwrap_or(0.0);
    el("div")
        .attr("class", "progress")
        .child(
            el("progress")
                .attrs(&[("max", "1"), ("aria-label", say("page.progress"))])
                .property("value", move || share().into()),
        )
        .child(el("span").attrs(&[("id", "status"), ("data-testid", "status")]).says(text))
        .child(
            el("p")
                .attr("id", "why-not")
                .flag("hidden", move || obstacle.with(Option::is_none))
                .says(move || obstacle.get().unwrap_or_default()),
        )
        .into()
}
