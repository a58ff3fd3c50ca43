//! The left region: the settings in the order of the work. What they say is `draft`, pure and tested.

pub mod draft;
pub mod param;

mod data;
pub mod field;
mod formula;
mod models;
mod param_view;
mod search;
mod slider;

use super::say::{say, sentence};
use super::store::Store;
use super::view::{View, el, later, problem};
use draft::Field;

/// The settings.
pub fn settings(store: Store) -> View {
    el("form")
        .attrs(&[("class", "settings"), ("aria-label", say("page.settings"))])
        .on("submit", |event| event.prevent_default())
        .child(later(move || data::data_panel(store)))
        .child(later(move || View::group([models::goal(store), models::models(store)])))
        .child(later(move || View::group([search::search(store), search::advanced(store)])))
        .child(problem(move || problem_of(store, &Field::Study), "study-error"))
        .into()
}

/// The sentence about a field, if something is wrong with it.
fn problem_of(store: Store, field: &Field) -> Option<String> {
    store.study.with(|study| {
        let problems = study.as_ref().err()?;
        problems.iter().find(|(known, _)| known == field).map(|(_, error)| sentence(error))
    })
}
