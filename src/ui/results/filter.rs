//! The line above the table that keeps some trials, there and in the charts: conditions as a person writes them, and buttons
//! that write the usual ones.

mod condition;

use leptos::prelude::{event_target_value, untrack};

use self::condition::{Condition, columns, holds, parse};
use crate::protocol::TrialState;
use crate::study::ModelKind;
use crate::ui::chart::selection::keep_up;
use crate::ui::format;
use crate::ui::run::{Run, Trial};
use crate::ui::say::{fill, say, trial_state};
use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{El, View, apart, el, in_turn, problem};

/// The field. What belongs to it comes when somebody turns to it.
pub fn filter(store: Store) -> View {
    let text = store.filter;
    let touched = Signal::new(!text.with_untracked(String::is_empty));
    let field = el("input")
        .attrs(&[("type", "search"), ("id", "filter"), ("autocomplete", "off"), ("spellcheck", "false")])
        .attrs(&[("autocapitalize", "off"), ("data-testid", "filter"), ("placeholder", say("page.filter-example"))])
        .attrs(&[("aria-describedby", "filter-parts"), ("title", say("page.filter-meaning"))])
        .property("value", move || text.get().into())
        .on("focus", move |_| {
            if !touched.get_untracked() {
                touched.set(true);
            }
        })
        .on("input", move |event| text.set(event_target_value(&event)));
    let none = move || store.run(|run| run.trials.is_empty()) != Some(false);
    el("div")
        .attr("class", "filter")
        .flag("hidden", none)
        .child(el("label").attr("for", "filter").text(say("page.filter")))
        .child(field)
        .child(el("div").attr("id", "filter-parts").shows(move || touched.get().then(|| untrack(|| conditions(store)))))
        .into()
}

apart!(fn conditions(store: Store) = parts, in more);

/// What finds the trials that meet the conditions of a text, and says how many they are or what is wrong; with buttons that
/// write the usual conditions.
fn parts(store: Store) -> View {
    keep_up(store);
    let text = store.filter;
    // A key is shown at once, also where ten thousand trials have to be looked through.
    let written = in_turn(text);
    // While names are not known yet nothing is wrong with them.
    let read = move || store.run(|run| written.with(|text| parse(text, run))).unwrap_or(Ok(Vec::new()));
    let read: Memo<Result<Vec<Condition>, String>> = Memo::new(read);
    let found = Memo::new(move || {
        let conditions = read.get().ok().filter(|conditions| !conditions.is_empty())?;
        let meets = |run: &Run, trial: &Trial| conditions.iter().all(|one| holds(one, run, trial));
        store.run(|run| {
            let met = run.trials.values().filter(|trial| meets(run, trial));
            met.map(|trial| trial.number).collect::<Vec<u32>>()
        })
    });
    effect(move || store.met.set(found.get()));
    let count = move || {
        let kept = found.with(|found| found.as_ref().map(Vec::len));
        let all = store.run(|run| run.trials.len()).unwrap_or_default();
        let fields = |kept: usize| [("kept", format::count(kept as u64)), ("all", format::count(all as u64))];
        kept.map(|kept| fill("page.filter-count", &fields(kept))).unwrap_or_default()
    };
    let wrong = move || {
        let found = read.with(|read| read.as_ref().err().cloned())?;
        let allowed = store.run(|run| columns(run).join(", "))?;
        Some(fill("page.filter-unknown", &[("found", found), ("allowed", allowed)]))
    };
    let offers = Memo::new(move || store.run(offers).unwrap_or_default());
    let buttons = move || {
        let buttons = offers.get().into_iter().map(|(words, written)| offer(text, &words, written).into());
        Some(View::group(buttons))
    };
    let status = [("class", "note"), ("role", "status"), ("data-testid", "filter-count")];
    View::group([
        el("div").attr("class", "filter-line").shows(buttons).child(el("span").attrs(&status).says(count)).into(),
        problem(wrong, "filter-error"),
    ])
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
