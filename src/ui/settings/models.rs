//! The candidates and the ranges of their parameters.

use super::field::{chooser, note, tick};
use super::formula;
use super::param::Mode;
use super::param_view::param_card;
use crate::study::{Goal, ModelKind};
use crate::ui::say::{fill, meaning, say, word};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, Key, View, el, rows};

/// What can be searched, those that rank only and the richest first.
const MODELS: [ModelKind; ModelKind::ALL.len()] = [
    ModelKind::Ials,
    ModelKind::Ease,
    ModelKind::Bpr,
    ModelKind::Svd,
    ModelKind::Svdpp,
    ModelKind::Als,
    ModelKind::ItemKnn,
    ModelKind::UserKnn,
    ModelKind::Nmf,
    ModelKind::SlopeOne,
    ModelKind::ContentKnn,
    ModelKind::Popular,
    ModelKind::Bias,
    ModelKind::Mean,
];

/// What the recommender is for.
pub fn goal(store: Store) -> View {
    let chosen = move || store.draft.with(|draft| draft.goal);
    let pick = move |name: &str| {
        if let Some(goal) = Goal::named(name) {
            store.draft.update(|draft| draft.choose_goal(goal));
        }
    };
    let meaning = move || {
        say(match chosen() {
            Goal::Rating => "page.goal-rating-meaning",
            Goal::Ranking => "page.goal-ranking-meaning",
        })
        .to_owned()
    };
    let options = [(Goal::Rating, "page.goal-rating"), (Goal::Ranking, "page.goal-ranking")];
    let options = options.map(|(goal, key)| (goal.name(), say(key).to_owned()));
    el("fieldset")
        .attr("class", "panel goal")
        .child(el("legend").text(say("page.goal")))
        .child(el("label").attrs(&[("class", "visually-hidden"), ("for", "goal")]).text(say("page.goal")))
        .child(chooser("goal", options, move || chosen().name(), pick))
        .child(el("p").attr("class", "note").says(meaning))
        .into()
}

/// The models' panel.
pub fn models(store: Store) -> View {
    let goal = Memo::new(move || store.draft.with(|draft| draft.goal));
    let keys = move || {
        let goal = goal.get();
        MODELS.iter().zip(0..).filter(|(model, _)| goal.allows(**model)).map(|(_, at)| (at, 0)).collect()
    };
    el("fieldset")
        .attr("class", "panel models")
        .child(el("legend").text(say("page.models")))
        .child(note(say("page.two-searches")))
        .child(rows(keys, move |(at, _)| model_panel(store, MODELS[at as usize])))
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
        .child(el("p").attr("class", "note formula").text(formula::of_model(model)))
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
