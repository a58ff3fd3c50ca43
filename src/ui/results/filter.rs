//! The line above the table that keeps some trials: conditions as a person writes them, and buttons that write the usual ones.

mod condition;

use std::sync::Arc;

use leptos::prelude::event_target_value;

use self::condition::{Condition, columns, holds, parse};
use crate::protocol::TrialState;
use crate::study::ModelKind;
use crate::ui::run::{Run, Trial};
use crate::ui::say::{fill, say, trial_state};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, problem};

/// What the table keeps, as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    store: Store,
    text: Signal<String>,
    /// What the text says; or what of it nobody knows.
    read: Memo<Result<Vec<Condition>, String>>,
}

impl Filter {
    /// A filter that keeps every trial.
    pub fn new(store: Store) -> Self {
        let text = Signal::new(String::new());
        // While names are not known yet nothing is wrong with them.
        let read = move || store.run(|run| text.with(|text| parse(text, run))).unwrap_or(Ok(Vec::new()));
        Self { store, text, read: Memo::new(read) }
    }

    /// Keeps the rows that meet every condition; all of them while something is wrong with the text.
    pub fn keep(self, run: &Run, rows: &mut Vec<Arc<Trial>>) {
        self.read.with(|read| {
            if let Ok(conditions) = read {
                rows.retain(|trial| conditions.iter().all(|one| holds(one, run, trial)));
            }
        });
    }

    /// Whether it may keep less than everything.
    pub fn is_on(self) -> bool {
        self.read.with(|read| read.as_ref().is_ok_and(|conditions| !conditions.is_empty()))
    }

    /// The line, which says how many of how many trials are `kept`.
    pub fn view(self, kept: Memo<usize>) -> View {
        let Self { store, text, read } = self;
        let field = el("input")
            .attrs(&[("type", "search"), ("id", "filter"), ("autocomplete", "off"), ("spellcheck", "false")])
            .attrs(&[("autocapitalize", "off"), ("data-testid", "filter"), ("placeholder", say("page.filter-example"))])
            .attrs(&[("aria-describedby", "filter-count filter-problem"), ("title", say("page.filter-meaning"))])
            .attr_of("aria-invalid", move || read.with(Result::is_err).then(|| "true".to_owned()))
            .property("value", move || text.get().into())
            .on("input", move |event| text.set(event_target_value(&event)));
        let all = move || store.run(|run| run.trials.len()).unwrap_or_default();
        let count = move || {
            let fields = [("kept", kept.get().to_string()), ("all", all().to_string())];
            if self.is_on() { fill("page.filter-count", &fields) } else { String::new() }
        };
        let wrong = move || {
            let found = read.with(|read| read.as_ref().err().cloned())?;
            let allowed = store.run(|run| columns(run).join(", "))?;
            Some(fill("page.filter-unknown", &[("found", found), ("allowed", allowed)]))
        };
        let offers = Memo::new(move || store.run(offers).unwrap_or_default());
        let line = el("div")
            .attr("class", "filter")
            .flag("hidden", move || all() == 0)
            .child(el("label").attr("for", "filter").text(say("page.filter")))
            .child(field)
            .shows(move || {
                let buttons = offers.get().into_iter().map(|(words, written)| offer(text, &words, written).into());
                Some(View::group(buttons))
            })
            .child(
                el("span")
                    .attrs(&[("id", "filter-count"), ("class", "note"), ("role", "status")])
                    .attr("data-testid", "filter-count")
                    .says(count),
            );
        View::group([line.into(), el("div").attr("id", "filter-problem").child(problem(wrong, "filter-error")).into()])
    }
}

/// The conditions that a run makes worth a button, as they are called and as they are written.
fn offers(run: &Run) -> Vec<(String, String)> {
    let mut offers = Vec::new();
    if !run.comparisons.is_empty() {
        offers.push((say("page.tied").to_owned(), "tied".to_owned()));
    }
    let failed = run.trials.values().find(|trial| trial.state == Some(TrialState::Failed));
    offers.extend(failed.map(|trial| (trial_state(trial).to_owned(), "failed".to_owned())));
    if run.study.models.len() > 1 {
        let model = |model: ModelKind| (model.name().to_owned(), format!("model={}", model.name()));
        offers.extend(run.study.models.iter().map(|space| model(space.model)));
    }
    offers
}

/// A button that writes a condition, or takes it away again.
fn offer(text: Signal<String>, words: &str, written: String) -> El {
    let stands = |text: &str, written: &str| text.split(' ').any(|word| word == written);
    let own = written.clone();
    let act = move |_| {
        text.update(|text| {
            let is_there = stands(text, &written);
            let others = text.split(' ').filter(|word| !word.is_empty() && *word != written);
            let mut words: Vec<&str> = others.collect();
            if !is_there {
                words.push(&written);
            }
            *text = words.join(" ");
        });
    };
    el("button")
        .attrs(&[("type", "button"), ("class", "quiet")])
        .attr_of("aria-pressed", move || Some(text.with(|text| stands(text, &own)).to_string()))
        .on("click", act)
        .text(words)
}
