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
use crate::ui::view::{View, apart, el, later};

/// The tabs: the name in the page, and the key of the words.
const TABS: [(&str, &str); 6] = [
    ("trials", "page.trials-table"),
    ("candidates", "page.candidates"),
    ("parameters", "page.parameters"),
    ("why", "page.why-tab"),
    ("race", "page.race"),
    ("tested", "page.tested-tab"),
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
    for (at, (name, key)) in TABS.into_iter().enumerate() {
        let build = move |in_sight| if at == 0 { trials(store, in_sight) } else { behind(at, store, in_sight) };
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
                .shows(move || opened.get().then(|| untrack(|| build(in_sight)))),
        );
    }
    el("section").attr("class", "card tabbed").child(list).children(panels).into()
}

apart!(
    /// What is behind a tab, which is told whether it is in sight; all but the first, which is seen at once.
    fn behind(at: usize, store: Store, in_sight: Memo<bool>) = panel, in more
);

fn panel(at: usize, store: Store, in_sight: Memo<bool>) -> View {
    match TABS[at].0 {
        "candidates" => candidates(store, in_sight),
        "parameters" => View::group([
            importance(store),
            later(move || slices(store)),
            later(move || contour(store, in_sight)),
            later(move || parallel(store)),
        ]),
        "why" => why(store, in_sight),
        "race" => race(store),
        _ => tested(store),
    }
}
