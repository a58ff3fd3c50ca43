//! Saved studies, in a dialog of their own: open one and go on with it, rename, delete, compare two. What is saved when is the
//! conductor's to say; this shows what it tells.

mod compared;
mod described;
mod offer;
mod open;

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use self::compared::comparison;
use self::described::{facts, key, name, title};
use super::browser;
use super::language::Language;
use super::model::Place;
use super::say::{fill, say};
use super::signal::Signal;
use super::store::Store;
use super::view::{El, View, apart, dialog, el, problem, rows};
use crate::protocol::{Command, SavedStudy};

pub use offer::offer;

/// The dialog. It is built when somebody opens it.
pub fn saved(store: Store) -> View {
    dialog(store.browsing, "saved-title", "saved-studies", move || content(store))
}

apart!(fn content(store: Store) = whole, in more);

fn whole(store: Store) -> View {
    store.send(&Command::ListSaved);
    let chosen = Signal::new(Vec::new());
    let close = el("button")
        .attrs(&[("type", "button"), ("data-testid", "saved-close")])
        .on("click", move |_| store.browsing.set(false))
        .text(say("page.close"));
    let title = el("div")
        .child(el("h2").attr("id", "saved-title").text(say("page.saved")))
        .child(el("p").attr("class", "note").text(say("page.saved-note")));
    let keys = move || store.model.with(|model| model.saved.iter().map(key).collect());
    let row = move |wanted| {
        let study = store.model.with_untracked(|model| model.saved.iter().find(|study| key(study) == wanted).cloned());
        study.map_or_else(|| el("li"), |study| row(store, chosen, &study))
    };
    let empty = move || store.model.with(|model| model.saved.is_empty());
    View::group([
        el("header").child(title).child(close).into(),
        el("div")
            .attr("class", "parts")
            .child(problem(move || store.problem(Place::Saved), "saved-problem"))
            .child(el("p").attr("class", "empty").flag("hidden", move || !empty()).text(say("page.saved-empty")))
            .child(el("ul").attr("class", "saved").child(rows(keys, row)))
            .child(comparison(store, chosen))
            .into(),
    ])
}

fn row(store: Store, chosen: Signal<Vec<String>>, study: &SavedStudy) -> El {
    let named = title(&study.study);
    let label = fill("page.saved-name", &[("name", named.clone())]);
    let (id, own) = (study.id.clone(), study.name.clone());
    let rename = move |event: Event| {
        if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            store.send(&Command::RenameSaved { id: id.clone(), name: input.value().trim().to_owned() });
        }
    };
    let input = el("input")
        .attrs(&[("type", "text"), ("maxlength", "80"), ("data-testid", "saved-name")])
        .attrs(&[("aria-label", &label), ("placeholder", &named)])
        .property("value", move || own.as_str().into())
        .on("change", rename);
    let language = store.language.get_untracked().unwrap_or(Language::English);
    let when = browser::moment(study.saved, language.tag());
    let opened = study.clone();
    let open = el("button")
        .attrs(&[("type", "button"), ("data-testid", "saved-open")])
        .on("click", move |_| store.open_saved(&opened))
        .text(say("page.saved-open"));
    let buttons =
        el("div").attr("class", "group").child(choice(store, chosen, study)).child(open).child(delete(store, study));
    el("li")
        .attrs(&[("data-testid", "saved-study"), ("data-id", &study.id)])
        .child(el("div").child(input).child(el("p").attr("class", "note").text(&facts(study, when))))
        .child(buttons)
}

/// The second of two clicks deletes.
fn delete(store: Store, study: &SavedStudy) -> El {
    let (sure, id) = (Signal::new(false), study.id.clone());
    let act = move |_| {
        if sure.get_untracked() {
            store.send(&Command::DeleteSaved { id: id.clone() });
        }
        sure.set(true);
    };
    el("button")
        .attrs(&[("type", "button"), ("class", "quiet"), ("data-testid", "saved-delete")])
        .on("click", act)
        .on("blur", move |_| sure.set(false))
        .toggle("bad", move || sure.get())
        .says(move || say(if sure.get() { "page.saved-delete-sure" } else { "page.saved-delete" }).to_owned())
}

/// Two are compared: a third takes the place of the first.
fn choice(store: Store, chosen: Signal<Vec<String>>, study: &SavedStudy) -> El {
    let (id, own) = (study.id.clone(), study.id.clone());
    let label = name(study);
    let choose = move |_| {
        chosen.update(|chosen| {
            let before = chosen.len();
            chosen.retain(|other| *other != id);
            if chosen.len() == before {
                chosen.push(id.clone());
                store.send(&Command::ReadSaved { id: id.clone() });
            }
            if chosen.len() > 2 {
                chosen.remove(0);
            }
        });
    };
    let is_chosen = move || chosen.with(|chosen| chosen.contains(&own));
    let input = el("input")
        .attrs(&[("type", "checkbox"), ("data-testid", "saved-compare"), ("aria-label", &label)])
        .property("checked", move || is_chosen().into())
        .on("change", choose);
    el("label").attr("class", "check").child(input).child(el("span").text(say("page.saved-compare")))
}
