//! The page as a whole: its regions, the keys and what falls on it. The regions themselves are files of their own.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, KeyboardEvent};

use super::banner::Banner;
use super::bar::Bar;
use super::browser;
use super::results::{Results, Side};
use super::say::say;
use super::settings::Settings;
use super::store::Store;
use super::view::live;
use crate::protocol::RunState;
use crate::study::link;

/// The page.
#[component]
pub fn App() -> impl IntoView {
    let store = Store::default();
    store.connect();
    store.open_link(&browser::fragment());
    keep_fragment(store);
    listen_to_keys(store);
    let dragging = listen_to_drops(store);
    view! {
        <Bar store/>
        <Banner store/>
        <main class="page">
            <Settings store/>
            <Results store/>
            <Side store/>
        </main>
        <p class="visually-hidden" role="status" aria-live="polite" data-testid="announcer">{live(move || store.said.get())}</p>
        <div class="drop-cover" class:shown=live(move || dragging.get()) aria-hidden="true">{say("page.drop-here")}</div>
    }
}

/// The address follows the settings, and the settings follow an address that a person edits.
fn keep_fragment(store: Store) {
    Effect::new(move || {
        store.study.with(|study| {
            if let Ok(study) = study
                && link::decode(&browser::fragment()).study != *study
            {
                browser::write_fragment(&link::encode(study));
            }
        });
    });
    let handle = window_event_listener(ev::hashchange, move |_| store.open_link(&browser::fragment()));
    on_cleanup(move || handle.remove());
}

/// Space runs and pauses, S steps, R resets, unless the key belongs to a control.
fn listen_to_keys(store: Store) {
    let main = store.main();
    let act = move |event: KeyboardEvent| {
        let other = event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat();
        if other || event.default_prevented() || takes_keys(&event) {
            return;
        }
        match event.key().as_str() {
            " " => {
                event.prevent_default();
                let running = store.model.with_untracked(|model| model.state() == Some(RunState::Running));
                if running {
                    store.send(&crate::protocol::Command::Pause);
                } else if store.obstacle().get_untracked().is_none() {
                    store.act(main.get_untracked());
                }
            }
            "s" | "S" if store.obstacle().get_untracked().is_none() => store.step(),
            "r" | "R" => store.reset(),
            _ => {}
        }
    };
    let handle = window_event_listener(ev::keydown, act);
    on_cleanup(move || handle.remove());
}

/// Whether the key was meant for the element that has the focus.
fn takes_keys(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let typed = matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA");
    let pressed = matches!(target.tag_name().as_str(), "BUTTON" | "SUMMARY" | "A");
    typed || (pressed && event.key() == " ")
}

/// The whole page takes a file; whether one hovers over it.
fn listen_to_drops(store: Store) -> RwSignal<bool> {
    let dragging = RwSignal::new(false);
    let over = window_event_listener(ev::dragover, move |event: DragEvent| {
        event.prevent_default();
        dragging.set(true);
    });
    let leave = window_event_listener(ev::dragleave, move |event: DragEvent| {
        // Leaving one element for another is not leaving the page.
        if event.related_target().is_none() {
            dragging.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event: DragEvent| {
        event.prevent_default();
        dragging.set(false);
        let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
        if let Some(file) = file {
            store.load_file(&file);
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        drop.remove();
    });
    dragging
}
