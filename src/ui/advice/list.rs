//! The list itself: titles, predicted ratings and reasons; or why there is none yet.

use std::sync::Arc;

use leptos::prelude::untrack;

use super::person::{because, name};
use super::{Output, Panel};
use crate::protocol::{Advice, Parts, Recommended, Scale};
use crate::ui::format::{bound, count, figure, percent, short};
use crate::ui::say::{fill, say, sentence, trial_name, word};
use crate::ui::settings::field::chooser;
use crate::ui::signal::Memo;
use crate::ui::view::{El, View, apart, el};

/// What there is to show.
#[derive(Clone, Debug, PartialEq)]
enum State {
    /// Nobody to ask for.
    Nobody,
    /// No trial that could be asked.
    NoTrial,
    /// No answer yet.
    Training,
    /// The latest answer; it may be one to the question before.
    List(Arc<Advice>),
}

/// The part below the person.
pub(super) fn list(panel: Panel) -> View {
    let store = panel.store;
    let wanted = Memo::new(move || panel.person.with(|person| person.question(None, None).is_some()));
    let state = Memo::new(move || {
        let (advice, best) = store.model.with(|model| {
            let best = model.run.as_ref().is_some_and(|run| !run.shared && run.best.is_some());
            (model.advice.clone(), best)
        });
        match advice {
            _ if !wanted.get() => State::Nobody,
            Some(advice) => State::List(advice),
            None if best => State::Training,
            None => State::NoTrial,
        }
    });
    let of_data = move || panel.person.with(|person| person.of_data);
    let note = |text: &str| Some(el("p").attrs(&[("class", "note"), ("role", "status")]).text(text).into());
    let part = move || match state.get() {
        State::Nobody => note(say(if of_data() { "page.advice-no-user" } else { "page.advice-empty" })),
        State::NoTrial => note(say("page.advice-wait")),
        State::Training => note(say("page.advice-training")),
        State::List(advice) => match &advice.error {
            Some(error) => Some(el("p").attr("class", "problem").text(&sentence(error)).into()),
            None => Some(answer(panel, advice)),
        },
    };
    let predicts = Memo::new(move || match state.get() {
        State::List(advice) if advice.error.is_none() => Some(advice.model.predicts_ratings()),
        _ => None,
    });
    // It stays while lists come and go, and keeps the focus.
    let shown_as = move || predicts.get().map(|predicts| outputs(panel, predicts));
    let behind = move || panel.asked.get() != store.model.with(|model| model.advice.as_ref().map_or(0, |one| one.seq));
    el("div")
        .attr_of("aria-busy", move || (wanted.get() && behind()).then(|| "true".to_owned()))
        .shows(shown_as)
        .shows(part)
        .into()
}

apart!(fn answer(panel: Panel, advice: Arc<Advice>) = |panel, advice: Arc<Advice>| shown(panel, &advice), in more);

fn shown(panel: Panel, advice: &Advice) -> View {
    let scale = panel.store.model.with_untracked(|model| model.data.as_ref().map(|data| data.scale));
    let scale = scale.unwrap_or(Scale { min: 0.0, max: 0.0, step: 0.0 });
    let fields = [("trial", trial_name(advice.trial)), ("model", word("model", advice.model.name()))];
    let attributes = [
        ("class", "places"),
        ("data-testid", "places"),
        ("data-seq", &advice.seq.to_string()),
        ("data-trial", &advice.trial.to_string()),
    ];
    let places = advice.list.iter().map(|one| place(panel, advice, scale, one));
    View::group([
        history(panel, advice).into(),
        el("p").attr("class", "note by").text(&fill("page.advice-by", &fields)).into(),
        el("ol").attrs(&attributes).children(places).into(),
    ])
}

apart!(fn outputs(panel: Panel, predicts: bool) = choice, in more);

/// As what the places are shown, of a model that predicts ratings or only ranks.
fn choice(panel: Panel, predicts: bool) -> View {
    let Some(liked) = untrack(|| panel.liked()) else { return View::group([]) };
    let rating = if predicts { "page.output-rating" } else { "page.output-score" };
    let options = [
        ("rating", say(rating).to_owned()),
        ("probability", fill("page.output-probability", &[("rating", short(liked))])),
        ("ranking", say("page.output-ranking").to_owned()),
    ];
    let chosen = move || match panel.output.get() {
        Output::Rating => "rating",
        Output::Probability => "probability",
        Output::Ranking => "ranking",
    };
    let choose = move |name: &str| {
        panel.output.set(match name {
            "probability" => Output::Probability,
            "ranking" => Output::Ranking,
            _ => Output::Rating,
        });
    };
    chooser("advice-output", options, chosen, choose).attr("aria-label", say("page.output")).into()
}

/// What a user of the data has rated highest.
fn history(panel: Panel, advice: &Advice) -> El {
    let user = panel.person.with_untracked(|person| person.user.clone().filter(|_| person.of_data));
    let Some(user) = user else { return el("div") };
    let line = fill("page.rated-highest", &[("count", count(user.count.into())), ("name", user.name)]);
    let rated = advice.history.iter().map(|rated| {
        let rating = format!("{} ★", short(f64::from(rated.rating)));
        el("li")
            .child(el("span").text(name(advice, rated.item)))
            .child(el("span").attr("class", "number").text(&rating))
    });
    let list = el("ul").attrs(&[("class", "own"), ("data-testid", "theirs")]).children(rated);
    el("div").child(el("p").attr("class", "note").text(&line)).child(list)
}

fn place(panel: Panel, advice: &Advice, scale: Scale, place: &Recommended) -> El {
    let rating = match advice.model.predicts_ratings() {
        true => format!("{:.2}", place.score.clamp(scale.min, scale.max)),
        false => short(place.score),
    };
    let probability = place.probability.map_or_else(|| "–".to_owned(), percent);
    let score = move || match panel.output.get() {
        Output::Rating => rating.clone(),
        Output::Probability => probability.clone(),
        Output::Ranking => String::new(),
    };
    let named = advice.names.iter().find(|named| named.idx == place.item);
    let note = named.map(|named| {
        let unrated = (named.count == 0).then(|| say("page.unrated").to_owned());
        let known = [Some(named.genres.replace('|', ", ")).filter(|genres| !genres.is_empty()), unrated];
        known.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let why = panel.person.with_untracked(|person| because(advice, person, scale, place));
    let title = el("p").attr("class", "title").text(name(advice, place.item));
    let score = el("span").attr("class", "number strong").says(score);
    let line = el("li").child(title).child(score);
    let line = match note {
        Some(note) if !note.is_empty() => line.child(el("p").attr("class", "note").text(&note)),
        _ => line,
    };
    match (why, &place.parts) {
        (None, None) => line,
        (Some(why), None) => line.child(el("p").attr("class", "why").text(&why)),
        (why, Some(parts)) => line.child(
            el("details")
                .attr("class", "why")
                .child(el("summary").text(why.as_deref().unwrap_or(say("page.why"))))
                .child(el("p").text(&sum_of(parts))),
        ),
    }
}

/// What a predicted rating is made of.
fn sum_of(parts: &Parts) -> String {
    let fields = [
        ("mean", figure(parts.mean)),
        ("item", bound(parts.item)),
        ("user", bound(parts.user)),
        ("taste", bound(parts.taste)),
    ];
    fill("page.parts", &fields)
}
