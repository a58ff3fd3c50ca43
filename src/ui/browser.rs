//! The few things that the page asks of the browser itself. No state, no words.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlElement};

use super::view;

/// Milliseconds since the page was opened. For estimates and pauses in speech, never for results.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Does something whenever an event reaches the page as a whole.
pub fn listen(event: &str, act: impl FnMut(Event) + 'static) {
    view::listen(&window(), event, Box::new(act));
}

/// Whether nobody sees the page.
pub fn is_hidden() -> bool {
    property(&document(), "hidden").is_truthy()
}

/// Whether the person asked for less motion or less data, so that nothing starts by itself.
pub fn is_reserved() -> bool {
    let still = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    let saving = property(&property(&window().navigator(), "connection"), "saveData").is_truthy();
    still.is_some_and(|query| query.matches()) || saving
}

/// The fragment of the address, with `#`, or nothing.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// The address with another fragment.
pub fn address(fragment: &str) -> String {
    let location = window().location().href().unwrap_or_default();
    let page = location.split('#').next().unwrap_or_default();
    format!("{page}#{fragment}")
}

/// Writes the fragment without a step in the history, and without the event that a person's own edit would raise.
pub fn write_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        // Browsers refuse more than about a hundred a minute; the next change writes it then.
        let _written = history.replace_state_with_url(&JsValue::NULL, "", Some(&address(fragment)));
    }
}

/// Puts a text into the clipboard; whether that worked.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    // Pages without https have no clipboard.
    if property(&navigator, "clipboard").is_undefined() {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Moves the focus from one control to another, if it is there.
pub fn pass_focus(from: &str, to: &str) {
    let focused = document().active_element().is_some_and(|element| element.id() == from);
    if focused && let Some(element) = element(to) {
        let _focused = element.focus();
    }
}

/// A count that was remembered under a name, in this browser and nowhere else; 0 if there is none.
pub fn remembered(name: &str) -> u32 {
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(name).ok()?).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Remembers a count under a name. Where the browser keeps nothing, the count of this visit is all there is.
pub fn remember(name: &str, count: u32) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _kept = storage.set_item(name, &count.to_string());
    }
}

/// Clicks an element, as a person would.
pub fn click(id: &str) {
    if let Some(element) = element(id) {
        element.click();
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn property(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
