//! The candidates and the ranges of their parameters.

use super::field::{note, tick};
use super::param::Mode;
use super::param_view::param_card;
use crate::study::ModelKind;
use crate::ui::say::{fill, meaning, say, word};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, Key, View, el, rows};

/// What can be searched, the richest first.
const MODELS: [ModelKind; 3] = [ModelKind::Svd, ModelKind::Bias, ModelKind::Mean];

/// The models' panel.
pub fn models(store: Store) -> View {
    el("fieldset")
        .attr("class", "panel")
        .child(el("legend").text(say("page.models")))
        .child(note(say("page.two-searches")))
        .children(MODELS.map(|model| model_panel(store, model)))
        .into()
}

fn model_panel(store: Store, model: ModelKind) -> El {
    let on = Memo::new(move || store.draft.with(|draft| draft.model(model).is_some_and(|draft| draft.on)));
    let toggle = move |on| {
        store.draft.update(|draft| {
            for draft in draft.models.iter_mut().filter(|draft| draft.model == model) {
                draft.on = on;
            }
        });
    };
    let id = format!("model-{}", model.name());
    el("div")
        .attr("class", "model")
        .child(tick(&id, &word("model", model.name()), move || on.get(), toggle))
        .child(note(&meaning("model", model.name())))
        .shows(move || on.get().then(|| params(store, model)))
}

/// Parameters that the study names stand open; those with their defaults wait below.
fn params(store: Store, model: ModelKind) -> View {
    // The places in the catalog of those that the study names, or does not.
    let part = move |wanted: bool| {
        store.draft.with(|draft| {
            let mode = |name| draft.param(model, name).map_or(Mode::Default, |param| param.mode);
            let infos = model.parameters().iter().zip(0..);
            infos
                .filter(|(info, _)| (mode(info.name) != Mode::Default) == wanted)
                .map(|(_, at)| (at, 0))
                .collect::<Vec<_>>()
        })
    };
    let count = move || part(false).len();
    let card = move |(at, _): Key| param_card(store, model, &model.parameters()[at as usize]);
    View::group([
        rows(move || part(true), card),
        el("details")
            .attr("class", "more")
            .flag("hidden", move || count() == 0)
            .child(el("summary").says(move || fill("page.more-params", &[("count", count().to_string())])))
            .child(rows(move || part(false), card))
            .into(),
    ])
}
