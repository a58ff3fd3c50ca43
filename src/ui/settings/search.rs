//! How configurations are proposed, and what seldom needs to be touched.

use leptos::prelude::*;

use super::draft::{Draft, Field};
use super::field::NumberField;
use super::problem_of;
use crate::study::{MetricSpec, SamplerKind};
use crate::ui::format::count;
use crate::ui::say::{self, fill, meaning, say, word};
use crate::ui::store::Store;
use crate::ui::view::live;

/// The search's panel.
#[component]
pub fn Search(store: Store) -> impl IntoView {
    let sampler = Memo::new(move |_| store.draft.with(|draft| draft.sampler));
    let pick = move |event| {
        let name = event_target_value(&event);
        if let Some(sampler) = SamplerKind::named(&name) {
            store.draft.update(|draft| draft.sampler = sampler);
        }
    };
    let grid = Memo::new(move |_| {
        let study = store.study.with(|study| study.clone().ok())?;
        (study.search.sampler == SamplerKind::Grid).then(|| study.space().ok()?.grid_count())?
    });
    let grid = move || grid.get().map(|points| fill("page.grid-points", &[("points", count(points))]));
    let about = move || meaning("sampler", sampler.get().name());
    let options = SamplerKind::ALL.map(|one| {
        view! { <option value=one.name() prop:selected=live(move || sampler.get() == one)>{word("sampler", one.name())}</option> }
    });
    view! {
        <fieldset class="panel">
            <legend>{say("page.search")}</legend>
            <div class="field">
                <label for="sampler">{say("page.sampler")}</label>
                <select id="sampler" data-testid="sampler" on:change=pick>
                    {options.collect_view()}
                </select>
            </div>
            <p class="note">{live(about)}</p>
            <p class="note" data-testid="grid-points">{live(grid)}</p>
            <div class="fields">
                {setting(store, "trials", "page.trials", |draft| &mut draft.trials)}
                {setting(store, "seed", "page.seed", |draft| &mut draft.seed)}
            </div>
        </fieldset>
    }
}

/// What seldom needs to be touched.
#[component]
pub fn Advanced(store: Store) -> impl IntoView {
    let objective = Memo::new(move |_| store.draft.with(|draft| draft.objective));
    let early = Memo::new(move |_| store.draft.with(|draft| draft.early));
    let pick = move |event| {
        let name = event_target_value(&event);
        if let Some(metric) = MetricSpec::named(&name) {
            store.draft.update(|draft| draft.objective = metric);
        }
    };
    let options = MetricSpec::ALL.map(|one| {
        view! { <option value=one.name() prop:selected=live(move || objective.get() == one)>{say::metric(one)}</option> }
    });
    view! {
        <details class="panel" id="advanced" data-testid="advanced">
            <summary>{say("page.advanced")}</summary>
            <div class="field">
                <label for="objective">{say("page.objective")}</label>
                <select id="objective" data-testid="objective" on:change=pick>
                    {options.collect_view()}
                </select>
            </div>
            {setting(store, "split", "page.split", |draft| &mut draft.split)}
            <p class="note">{say("page.split-syntax")}</p>
            <label class="check">
                <input type="checkbox" id="early" data-testid="early" prop:checked=early
                    on:change=move |event| store.draft.update(|draft| draft.early = event_target_checked(&event))/>
                <span>{say("page.early")}</span>
            </label>
            <div class="fields">
                {setting(store, "epochs", "page.epochs-limit", |draft| &mut draft.epochs)}
                <div hidden=live(move || !early.get())>
                    {setting(store, "patience", "page.patience", |draft| &mut draft.patience)}
                </div>
                {setting(store, "lag", "page.lag", |draft| &mut draft.lag)}
            </div>
            <p class="note">{say("page.lag-meaning")}</p>
        </details>
    }
}

/// The field of a plain setting.
fn setting(store: Store, name: &'static str, label: &'static str, place: fn(&mut Draft) -> &mut String) -> AnyView {
    // Reading goes through the same function as writing, on a copy: one place says which field is meant.
    let value = Memo::new(move |_| store.draft.with(|draft| place(&mut draft.clone()).clone()));
    let on_input = Callback::new(move |text| store.draft.update(|draft| *place(draft) = text));
    let problem = problem_of(store, Field::Setting(name));
    view! { <NumberField id=name label=say(label).to_owned() value on_input problem/> }.into_any()
}
