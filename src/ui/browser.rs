//! The few things that the page asks of the browser itself. No state, no words.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, File, FileList, HtmlElement, Response};

use super::view;
use crate::study::Seed;

/// Milliseconds since the page was opened. For estimates and pauses in speech, never for results.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Does something whenever an event reaches the page as a whole.
pub fn listen(event: &str, act: impl FnMut(Event) + 'static) {
    view::listen(&window(), event, Box::new(act));
}

/// Tells what started the page that something happened.
pub fn tell(event: &str) {
    if let Ok(event) = Event::new(event) {
        // Whether somebody hears it is theirs to say.
        let _heard = window().dispatch_event(&event);
    }
}

/// A moment, in milliseconds since 1970, as people write it where they are.
pub fn moment(milliseconds: f64, tag: &str) -> String {
    let options = js_sys::Object::new();
    for part in ["dateStyle", "timeStyle"] {
        // An object takes any field.
        let _set = js_sys::Reflect::set(&options, &part.into(), &"short".into());
    }
    js_sys::Date::new(&milliseconds.into()).to_locale_string(tag, &options).into()
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

/// A seed by chance, short enough to be read out.
pub fn draw_seed() -> Seed {
    Seed((js_sys::Math::random() * 1e6) as u64)
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
    if document().active_element().is_some_and(|element| element.id() == from) {
        focus(to);
    }
}

/// A count that was remembered under a name; 0 if there is none.
pub fn remembered(name: &str) -> u32 {
    kept(name).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Remembers a count under a name. Where the browser keeps nothing, the count of this visit is all there is.
pub fn remember(name: &str, count: u32) {
    keep(name, &count.to_string());
}

/// A text that was kept under a name, in this browser and nowhere else.
pub fn kept(name: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(name).ok()?
}

/// Keeps a text under a name, if the browser keeps anything.
pub fn keep(name: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _kept = storage.set_item(name, text);
    }
}

/// The languages that the person reads, the best first, as the browser was told.
pub fn languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Says which language the page is in: to what reads it aloud, and to what picks the shapes of its characters.
pub fn set_language(tag: &str) {
    if let Some(root) = document().document_element() {
        let _written = root.set_attribute("lang", tag);
    }
}

/// The folder of the page's words, which has another name whenever they have changed.
pub fn words_folder() -> String {
    let root = document().document_element();
    root.and_then(|root| root.get_attribute("data-words")).unwrap_or_default()
}

/// The text of one of the page's own files.
pub async fn fetch(path: &str) -> Option<String> {
    let response: Response = JsFuture::from(window().fetch_with_str(path)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

/// Gives an element the focus.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _focused = element.focus();
    }
}

/// The text of a file's first bytes.
pub async fn text(file: &File, bytes: f64) -> Option<String> {
    let start = file.slice_with_f64_and_f64(0.0, bytes).ok()?;
    JsFuture::from(start.text()).await.ok()?.as_string()
}

/// The files of a list.
pub fn files(list: &FileList) -> Vec<File> {
    (0..list.length()).filter_map(|at| list.get(at)).collect()
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
