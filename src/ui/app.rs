//! The page as a whole: its regions, the keys and what falls on it. The regions themselves are files of their own.

use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, Event, KeyboardEvent};

use super::advice::Panel;
use super::banner::banner;
use super::bar::bar;
use super::browser;
use super::data;
use super::help::{help, open_help};
use super::model::Model;
use super::results::{results, side};
use super::saved::saved;
use super::say::say;
use super::settings::settings;
use super::store::Store;
use super::view::{View, el, shows};
use crate::protocol::{Command, RunState};
use crate::ui::signal::{Kept, Signal, effect};

/// The page.
pub fn app() -> View {
    let store = Store::default();
    store.connect();
    store.send(&Command::ListSaved);
    store.came_with(&browser::fragment());
    store.open_link(&browser::fragment());
    store.speak();
    keep_fragment(store);
    listen_to_keys(store);
    pause_while_hidden(store);
    browser::listen("rectune-newer", move |_| store.newer.set(true));
    let dragging = listen_to_drops(store);
    let panel = Panel::new(store);
    // Texts are put in place once, so another language builds everything anew. What the page knows is in the store.
    shows(move || store.language.get().map(|_| untrack(|| regions(store, panel, dragging))))
}

fn regions(store: Store, panel: Panel, dragging: Signal<bool>) -> View {
    let announcer = [("role", "status"), ("aria-live", "polite"), ("data-testid", "announcer")];
    // Parts are built in the order in which they ask for their turn: first what a visitor looks at.
    let results = results(store);
    View::group([
        bar(store),
        banner(store),
        el("main")
            .attr("class", "page")
            .attr_of("data-hide", move || Some(store.teaching.with(|teaching| teaching.hidden.join(" "))))
            .child(settings(store))
            .child(results)
            .child(side(store, panel))
            .into(),
        data::data_in_full(store),
        saved(store),
        el("p").attr("class", "visually-hidden").attrs(&announcer).says(move || store.said.get()).into(),
        el("div")
            .attrs(&[("class", "drop-cover"), ("aria-hidden", "true")])
            .toggle("shown", move || dragging.get())
            .text(say("page.drop-here"))
            .into(),
        help(),
    ])
}

/// A tab that nobody sees lets the machine rest: its run is paused, and goes on when the tab is seen again.
fn pause_while_hidden(store: Store) {
    let paused = Kept::new(false);
    browser::listen("visibilitychange", move |_| {
        let state = store.model.with_untracked(Model::state);
        if browser::is_hidden() {
            paused.set(state == Some(RunState::Running));
            if paused.get() {
                store.send(&Command::Pause);
            }
        } else if paused.replace(false) && state == Some(RunState::Paused) {
            store.send(&Command::Resume);
        }
    });
}

/// The address follows the settings, and the settings follow an address that a person edits.
fn keep_fragment(store: Store) {
    effect(move || {
        store.study.with(|study| {
            let Ok(study) = study else { return };
            if store.linked.get().is_some_and(|linked| linked != *study) {
                store.write_address(study);
                store.linked.set(Some(study.clone()));
            }
        });
    });
    browser::listen("hashchange", move |_| {
        store.offer_no_more();
        store.open_link(&browser::fragment());
    });
}

/// Space runs and pauses, S steps, R resets, ? helps, unless the key belongs to a control.
fn listen_to_keys(store: Store) {
    browser::listen("keydown", move |event: Event| {
        let event: KeyboardEvent = event.unchecked_into();
        let other = event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat();
        let looking = store.looking.get_untracked() || store.browsing.get_untracked();
        if other || looking || event.default_prevented() || takes_keys(&event) {
            return;
        }
        let is_free = || untrack(|| store.obstacle()).is_none();
        match event.key().as_str() {
            " " => {
                event.prevent_default();
                let running = store.model.with_untracked(|model| model.state() == Some(RunState::Running));
                if running {
                    store.send(&Command::Pause);
                } else if is_free() {
                    store.act();
                }
            }
            "s" | "S" if is_free() => store.step(),
            "r" | "R" => store.reset(),
            "?" => open_help(),
            _ => {}
        }
    });
}

/// Whether the key was meant for the element that has the focus.
fn takes_keys(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let typed = matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA");
    let pressed = matches!(target.tag_name().as_str(), "BUTTON" | "SUMMARY" | "A");
    // Behind an open dialog nothing is pressed.
    let behind = target.closest("dialog").ok().flatten().is_some();
    typed || behind || (pressed && event.key() == " ")
}

/// The whole page takes a file; whether one hovers over it.
fn listen_to_drops(store: Store) -> Signal<bool> {
    let dragging = Signal::new(false);
    // Also "dragenter": where the element below the pointer is another than a moment ago, browsers ask by that alone, and
    // without this a file that is dropped then is opened in place of the page or beside it.
    for kind in ["dragenter", "dragover"] {
        browser::listen(kind, move |event| {
            event.prevent_default();
            dragging.set(true);
        });
    }
    browser::listen("dragleave", move |event| {
        // Leaving one element for another is not leaving the page.
        if event.unchecked_ref::<DragEvent>().related_target().is_none() {
            dragging.set(false);
        }
    });
    browser::listen("drop", move |event| {
        event.prevent_default();
        dragging.set(false);
        let data = event.unchecked_ref::<DragEvent>().data_transfer();
        store.take_files(data.and_then(|data| data.files()).map(|list| browser::files(&list)).unwrap_or_default());
    });
    dragging
}
