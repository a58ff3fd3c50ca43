//! The tabs below the curves. What is behind one is built when it is first chosen, and stays.

use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::candidates::candidates;
use super::importance::importance;
use super::race::race;
use super::table::trials;
use super::why::why;
use crate::ui::browser;
use crate::ui::chart::{contour, parallel, slices, tested};
use crate::ui::say::say;
use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{View, apart, el};

/// A tab: its name in the page, the key of its words, and what is behind it, which is told whether it is in sight.
type Tab = (&'static str, &'static str, fn(Store, Memo<bool>) -> View);

const TABS: [Tab; 6] = [
    ("trials", "page.trials-table", trials),
    ("candidates", "page.candidates", candidates_of),
    ("parameters", "page.parameters", parameters),
    ("why", "page.why-tab", why_of),
    ("race", "page.race", |store, _| race_of(store)),
    ("tested", "page.tested", |store, _| test_chart(store)),
];

/// The last tab is there once there is something to show.
const TESTED: usize = 5;

/// The tabs with their panels: the results in detail.
pub fn detail(store: Store) -> View {
    let chosen = Signal::new(0_usize);
    let is_there = move |at: usize| at != TESTED || store.model.with(|model| model.test.is_some());
    // A test part that is sealed again takes its tab away.
    effect(move || {
        if !is_there(chosen.get()) {
            chosen.set(0);
        }
    });
    let walk = move |event: web_sys::Event| {
        let step = match event.unchecked_ref::<KeyboardEvent>().key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => TABS.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let mut at = (chosen.get_untracked() + step) % TABS.len();
        if !untrack(|| is_there(at)) {
            at = (at + step) % TABS.len();
        }
        chosen.set(at);
        browser::focus(&format!("tab-{}", TABS[at].0));
    };
    let mut list = el("div")
        .attrs(&[("class", "detail-tabs"), ("role", "tablist"), ("aria-label", say("page.detail"))])
        .on("keydown", walk);
    let mut panels = Vec::new();
    for (at, (name, key, build)) in TABS.into_iter().enumerate() {
        let (tab, panel) = (format!("tab-{name}"), format!("panel-{name}"));
        let in_sight = Memo::new(move || chosen.get() == at);
        let is_chosen = move || in_sight.get();
        list = list.child(
            el("button")
                .attrs(&[("type", "button"), ("role", "tab"), ("id", &tab), ("aria-controls", &panel)])
                .attr("data-testid", &tab)
                .attr_of("aria-selected", move || Some(is_chosen().to_string()))
                .attr_of("tabindex", move || Some(if is_chosen() { "0" } else { "-1" }.to_owned()))
                .flag("hidden", move || !is_there(at))
                .on("click", move |_| chosen.set(at))
                .text(say(key)),
        );
        let opened = Signal::new(at == 0);
        effect(move || {
            if is_chosen() && !opened.get_untracked() {
                opened.set(true);
            }
        });
        panels.push(
            el("div")
                .attrs(&[("role", "tabpanel"), ("id", &panel), ("aria-labelledby", &tab)])
                .flag("hidden", move || !is_chosen())
                .shows(move || opened.get().then(|| untrack(|| build(store, in_sight)))),
        );
    }
    el("section").attr("class", "card tabbed").child(list).children(panels).into()
}

apart!(fn parameters(store: Store, in_sight: Memo<bool>) = parameter_charts, in more);

fn parameter_charts(store: Store, in_sight: Memo<bool>) -> View {
    View::group([importance(store), slices(store), contour(store, in_sight), parallel(store)])
}

apart!(fn test_chart(store: Store) = tested, in more);

apart!(fn why_of(store: Store, in_sight: Memo<bool>) = why, in more);

apart!(fn race_of(store: Store) = race, in more);

apart!(fn candidates_of(store: Store, in_sight: Memo<bool>) = candidates, in more);
