//! The candidates and the ranges of their parameters.

use leptos::prelude::*;

use super::param::Mode;
use super::param_view::ParamCard;
use crate::study::ModelKind;
use crate::study::catalog::ParamInfo;
use crate::ui::say::{fill, meaning, say, word};
use crate::ui::store::Store;
use crate::ui::view::live;

/// What can be searched, the richest first.
const MODELS: [ModelKind; 3] = [ModelKind::Svd, ModelKind::Bias, ModelKind::Mean];

/// The models' panel.
#[component]
pub fn Models(store: Store) -> impl IntoView {
    view! {
        <fieldset class="panel">
            <legend>{say("page.models")}</legend>
            <p class="note">{say("page.two-searches")}</p>
            {MODELS.map(|model| view! { <ModelPanel store model/> }).collect_view()}
        </fieldset>
    }
}

#[component]
fn ModelPanel(store: Store, model: ModelKind) -> impl IntoView {
    let on = Memo::new(move |_| store.draft.with(|draft| draft.model(model).is_some_and(|draft| draft.on)));
    let toggle = move |event| {
        let on = event_target_checked(&event);
        store.draft.update(|draft| {
            for draft in draft.models.iter_mut().filter(|draft| draft.model == model) {
                draft.on = on;
            }
        });
    };
    let id = format!("model-{}", model.name());
    view! {
        <div class="model">
            <label class="check">
                <input type="checkbox" id=id.clone() data-testid=id prop:checked=on on:change=toggle/>
                <span>{word("model", model.name())}</span>
            </label>
            <p class="note">{meaning("model", model.name())}</p>
            <Show when=live(move || on.get())><Params store model/></Show>
        </div>
    }
    .into_any()
}

/// Parameters that the study names stand open; those with their defaults wait below.
#[component]
fn Params(store: Store, model: ModelKind) -> impl IntoView {
    let infos: Vec<&'static ParamInfo> = model.parameters().iter().collect();
    let named = Memo::new(move |_| {
        let named = |info: &&ParamInfo| {
            let mode = |draft: &super::draft::Draft| draft.param(model, info.name).map(|param| param.mode);
            store.draft.with(|draft| mode(draft).is_some_and(|mode| mode != Mode::Default))
        };
        let infos = model.parameters().iter();
        infos.enumerate().map(|(at, info)| (at, named(&info))).collect::<Vec<_>>()
    });
    let part = move |wanted: bool| {
        let named = named.get();
        named.into_iter().filter(move |(_, named)| *named == wanted).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let count = move || part(false).len();
    let card = move |at: usize, infos: &[&'static ParamInfo]| view! { <ParamCard store model info=infos[at]/> };
    let (open, waiting) = (infos.clone(), infos);
    view! {
        <For each=live(move || part(true)) key=|at| *at children=move |at| card(at, &open)/>
        <details class="more" hidden=live(move || count() == 0)>
            <summary>{live(move || fill("page.more-params", &[("count", count().to_string())]))}</summary>
            <For each=live(move || part(false)) key=|at| *at children=move |at| card(at, &waiting)/>
        </details>
    }
    .into_any()
}
