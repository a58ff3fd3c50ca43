//! What the keys do and how the page is meant, in a dialog that `?` opens.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

use super::say::say;
use super::view::{El, View, el};

/// The dialog, closed.
pub fn help() -> View {
    let keys = [
        (say("page.space"), "page.help-space"),
        ("S", "page.help-s"),
        ("R", "page.help-r"),
        ("← →", "page.help-arrows"),
        ("?", "page.help-help"),
    ];
    let row = |(key, meaning): (&str, &'static str)| {
        el("div").child(el("dt").child(el("kbd").text(key))).child(el("dd").text(say(meaning)))
    };
    let line = |key| -> El { el("p").text(say(key)) };
    let close = el("button").attrs(&[("type", "button"), ("id", "close-help")]).on("click", |_| {
        if let Some(dialog) = dialog() {
            dialog.close();
        }
    });
    el("dialog")
        .attrs(&[("id", "help"), ("class", "card"), ("aria-labelledby", "help-title"), ("data-testid", "help")])
        .child(el("h2").attr("id", "help-title").text(say("page.help")))
        .children(["page.help-what", "page.help-how", "page.help-private"].map(line))
        .child(el("dl").attr("class", "pairs").children(keys.map(row)))
        .child(close.text(say("page.dismiss")))
        .into()
}

/// Opens the dialog. The browser keeps the focus in it, closes it by Escape and gives the focus back.
pub fn open_help() {
    if let Some(dialog) = dialog().filter(|dialog| !dialog.open()) {
        // It stands on the page and is closed.
        let _shown = dialog.show_modal();
    }
}

fn dialog() -> Option<HtmlDialogElement> {
    document().get_element_by_id("help")?.dyn_into().ok()
}
