//! The left region: the settings in the order of the work. What they say is `draft`, pure and tested.

pub mod draft;
pub mod param;

mod data;
mod field;
mod models;
mod param_view;
mod search;

use leptos::prelude::*;

use super::say::{say, sentence};
use super::store::Store;
use super::view::{later, live};
use draft::Field;

/// The settings.
#[component]
pub fn Settings(store: Store) -> impl IntoView {
    let whole = problem_of(store, Field::Study);
    view! {
        <form class="settings" aria-label=say("page.settings") on:submit=|event| event.prevent_default()>
            {later(move || view! { <data::DataPanel store/> }.into_any())}
            {later(move || view! { <models::Models store/> }.into_any())}
            {later(move || view! { <search::Search store/> <search::Advanced store/> }.into_any())}
            {live(move || whole.get().map(|text| view! { <p class="problem" role="alert" data-testid="study-error">{text}</p> }.into_any()))}
        </form>
    }
}

/// The sentence about a field, if something is wrong with it.
fn problem_of(store: Store, field: Field) -> Memo<Option<String>> {
    Memo::new(move |_| {
        store.study.with(|study| {
            let problems = study.as_ref().err()?;
            problems.iter().find(|(known, _)| *known == field).map(|(_, error)| sentence(error))
        })
    })
}
