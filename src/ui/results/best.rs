//! The best configuration, and the facts about the data.

use leptos::prelude::untrack;
use wasm_bindgen_futures::spawn_local;

use super::keywords::keywords;
use crate::protocol::{Command, DataReport, Finalist, SplitReport};
use crate::study::Point;
use crate::ui::browser;
use crate::ui::format::{count, fine, percent, seconds, short};
use crate::ui::run::Run;
use crate::ui::say::{fill, metric, param, say, trial_name, value, word};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{El, View, apart, el, opens};

/// Results of each of the best trials, its own included.
const REPLICATES: u32 = 5;

/// Names, what they are, and whether they stand out.
type Pairs = Vec<(String, String, bool)>;

/// The best configuration with all its parameters: those that were searched stand out from the others.
pub fn best_configuration(store: Store) -> View {
    let best = Memo::new(move || store.run(best_of).flatten());
    let repeated = Memo::new(move || store.run(finalists_of).flatten());
    let may_repeat = |run: &Run| run.state.is_over() && !run.comparisons.is_empty() && run.finalists.is_empty();
    let repeat = el("button")
        .attrs(&[
            ("type", "button"),
            ("class", "quiet"),
            ("data-testid", "repeat"),
            ("title", say("page.repeat-meaning")),
        ])
        .flag("hidden", move || store.run(may_repeat) != Some(true))
        .on("click", move |_| store.send(&Command::Repeat { replicates: REPLICATES }))
        .text(say("page.repeat"));
    el("section")
        .attrs(&[("class", "card"), ("aria-labelledby", "best-title"), ("data-testid", "best")])
        .child(el("h2").attr("id", "best-title").text(say("page.best-configuration")))
        .shows(move || {
            Some(match best.get() {
                Some((title, pairs)) => View::group([
                    el("p").attr("class", "strong").text(&title).into(),
                    list(&pairs).into(),
                    elsewhere(store),
                ]),
                None => el("p").attr("class", "note").text(say("page.best-empty")).into(),
            })
        })
        .shows(move || repeated.get().map(|pairs| list(&pairs).attr("data-testid", "finalists").into()))
        .child(repeat)
        .into()
}

/// The best configuration as other libraries call it, to be copied: looked up when somebody wants to see it.
fn elsewhere(store: Store) -> View {
    let details = el("details")
        .attrs(&[("class", "more keywords"), ("data-testid", "keywords")])
        .child(el("summary").text(say("page.copy-parameters")));
    opens(details, move || in_libraries(store)).into()
}

apart!(fn in_libraries(store: Store) = calls, in more);

fn calls(store: Store) -> View {
    let best = |run: &Run| {
        let trial = run.best_trial()?;
        Some(keywords(&run.study.resolve(&trial.params).ok()?, trial.epochs))
    };
    let found = untrack(|| store.run(best)).flatten().unwrap_or_default();
    if found.is_empty() {
        return el("p").attr("class", "note").text(say("page.no-keywords")).into();
    }
    View::group(found.into_iter().flat_map(|(library, code)| {
        let done = Signal::new(false);
        let text = code.clone();
        let copy = move |_| {
            let text = text.clone();
            spawn_local(async move { done.set(browser::copy(&text).await) });
        };
        let said = move || say(if done.get() { "page.copied-parameters" } else { "page.copy" }).to_owned();
        let copy = el("button").attrs(&[("type", "button"), ("class", "quiet")]).on("click", copy).says(said);
        [el("p").attr("class", "note").text(library).child(copy).into(), el("pre").text(&code).into()]
    }))
}

/// The best trials with several seeds.
fn finalists_of(run: &Run) -> Option<Pairs> {
    let one = |one: &Finalist| {
        let fields = [
            ("mean", fine(one.mean)),
            ("deviation", fine(one.deviation.unwrap_or_default())),
            ("count", one.values.len().to_string()),
        ];
        (trial_name(one.number), fill("page.finalist", &fields), run.best == Some(one.number))
    };
    (!run.finalists.is_empty()).then(|| run.finalists.iter().map(one).collect())
}

fn best_of(run: &Run) -> Option<(String, Pairs)> {
    let trial = run.best_trial()?;
    let spec = run.study.resolve(&trial.params).ok()?;
    let mut pairs = Pairs::new();
    pairs.extend(
        trial.metrics.iter().flat_map(|metrics| &metrics.0).map(|(one, value)| (metric(*one), fine(*value), false)),
    );
    pairs.push((say("page.column-epochs").to_owned(), trial.epochs.to_string(), false));
    // In the catalog's order, which puts what matters most first.
    for info in spec.model.parameters() {
        let group = spec.model.parameters().iter().find(|group| group.sets.contains(&info.name));
        let names = [Some(info.name), group.map(|group| group.name)];
        let searched = names.into_iter().flatten().any(|name| is_searched(&trial.params, name));
        let one = spec.params.get(info.name);
        pairs.extend(one.map(|one| (param(info.name), value(one), searched)));
    }
    let title = format!("{} · {}", word("model", spec.model.name()), trial_name(trial.number));
    Some((title, pairs))
}

/// Whether a point has a value of its own for a parameter, with several models under the model's name.
pub(super) fn is_searched(point: &Point, name: &str) -> bool {
    point.0.iter().any(|(key, _)| key == name || key.rsplit('.').next() == Some(name))
}

/// What was read and how it was cut.
pub fn facts(store: Store) -> View {
    let pairs = Memo::new(move || {
        store.model.with(|model| {
            let mut pairs = of_data(model.data.as_ref()?);
            pairs.extend(model.run.as_ref().and_then(|run| run.split.as_ref()).map(parts).unwrap_or_default());
            Some(pairs)
        })
    });
    el("section")
        .attrs(&[("class", "card"), ("aria-labelledby", "facts-title"), ("data-testid", "facts")])
        .child(el("h2").attr("id", "facts-title").text(say("page.facts")))
        .shows(move || pairs.get().map(|pairs| list(&pairs).into()))
        .into()
}

fn of_data(data: &DataReport) -> Pairs {
    let mut pairs = vec![
        ("page.fact-ratings", count(data.used.into())),
        ("page.fact-users", count(data.users.into())),
        ("page.fact-items", count(data.items.into())),
        ("page.fact-density", percent(data.density)),
        ("page.fact-scale", format!("{} – {}", short(data.scale.min), short(data.scale.max))),
    ];
    if data.duplicates > 0 {
        pairs.push(("page.fact-duplicates", count(data.duplicates.into())));
    }
    pairs.push(("page.fact-read", seconds(data.seconds)));
    pairs.push(("page.fact-hash", data.hash.chars().take(12).collect()));
    pairs.into_iter().map(|(key, text)| (say(key).to_owned(), text, false)).collect()
}

fn parts(split: &SplitReport) -> Pairs {
    let mut pairs = vec![
        ("page.fact-train", count(split.train.into())),
        ("page.fact-valid", count(split.valid.into())),
        ("page.fact-test", count(split.test.into())),
    ];
    if split.folds > 1 {
        pairs.push(("page.fact-folds", fill("page.folds", &[("folds", split.folds.to_string())])));
    }
    if split.cold_users + split.cold_items > 0 {
        let fields = [("users", count(split.cold_users.into())), ("items", count(split.cold_items.into()))];
        pairs.push(("page.fact-cold", fill("page.cold", &fields)));
    }
    if split.uncut_users > 0 {
        pairs.push(("page.fact-uncut", count(split.uncut_users.into())));
    }
    pairs.into_iter().map(|(key, text)| (say(key).to_owned(), text, false)).collect()
}

fn list(pairs: &[(String, String, bool)]) -> El {
    let rows = pairs.iter().map(|(name, text, strong)| {
        el("div")
            .attr("class", if *strong { "strong" } else { "" })
            .child(el("dt").text(name))
            .child(el("dd").text(text))
    });
    el("dl").attr("class", "pairs").children(rows)
}
