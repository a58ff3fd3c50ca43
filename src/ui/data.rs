//! The data in full, in a dialog of its own: how it was read, what was cleaned, what it looks like, how it is cut. All of it
//! is drawn from what the conductor has told; nothing is counted here.

mod bars;
mod beside;
mod cleaning;
mod cut;
mod form;
mod mapping;
mod preview;

use super::say::{data, say};
use super::signal::{Memo, effect};
use super::store::Store;
use super::view::{El, View, apart, dialog, el, problem, shows};
use crate::protocol::{Command, DataReport};
use crate::study::DataSource;
use crate::ui::model::Place;

/// The dialog. It is built when somebody opens it.
pub fn data_in_full(store: Store) -> View {
    dialog(store.looking, "data-title", "data-in-full", move || content(store))
}

apart!(fn content(store: Store) = whole, in data);

fn whole(store: Store) -> View {
    // Asked for again whenever other data, or the same data read in another way, is there.
    let loads = Memo::new(move || store.model.with(|model| model.loads));
    effect(move || {
        if loads.get() > 0 {
            store.send(&Command::Profile);
        }
    });
    let close = el("button")
        .attrs(&[("type", "button"), ("data-testid", "data-close")])
        .on("click", move |_| store.looking.set(false))
        .text(say("page.close"));
    let summary = move || store.model.with(|model| model.data.as_deref().map(data)).unwrap_or_default();
    let title = el("div")
        .child(el("h2").attr("id", "data-title").says(move || name(store)))
        .child(el("p").attr("class", "note").says(summary));
    View::group([
        el("header").child(title).child(close).into(),
        el("div")
            .attr("class", "parts")
            .child(problem(move || store.problem(Place::Data), "data-problem"))
            .child(form::form(store))
            .child(preview::preview(store))
            .child(beside::beside(store))
            .child(cleaning::cleaning(store))
            .child(bars::charts(store))
            .child(cut::cut(store))
            .into(),
    ])
}

/// How the data is called.
fn name(store: Store) -> String {
    of_report(store, |report| called(&report.source)).unwrap_or_default()
}

/// How data of a source is called.
pub fn called(source: &DataSource) -> String {
    match source {
        DataSource::File { name, .. } => name.clone(),
        DataSource::Sample { .. } => say("page.data-sample").to_owned(),
        DataSource::Synthetic(_) => say("page.data-synthetic").to_owned(),
        DataSource::Article => say("page.data-article").to_owned(),
    }
}

/// Something of what was read.
fn of_report<T>(store: Store, read: impl FnOnce(&DataReport) -> T) -> Option<T> {
    store.model.with(|model| model.data.as_deref().map(read))
}

/// Whether the data is a file of the person's.
fn is_file(store: Store) -> bool {
    of_report(store, |report| matches!(report.source, DataSource::File { .. })).unwrap_or(false)
}

/// A part of the dialog.
fn part(id: &str, title: &'static str) -> El {
    el("section").attrs(&[("aria-labelledby", id)]).child(el("h3").attr("id", id).text(say(title)))
}

/// A part that is there for files only.
fn of_files(store: Store, draw: fn(Store) -> View) -> View {
    let there = Memo::new(move || is_file(store));
    shows(move || there.get().then(|| draw(store)))
}
