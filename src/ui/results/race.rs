//! A race of samplers on the run's data and budget: who takes part, how they stand, and who beats whom.

use leptos::prelude::event_target_value;

use crate::protocol::{Command, Entrant, RaceReport};
use crate::study::{MetricSpec, SamplerKind};
use crate::ui::chart::{race_chart, racer_colour};
use crate::ui::format::{fine, percent};
use crate::ui::say::{fill, metric, say, word};
use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, shows};

/// Who takes part unless a person says otherwise.
const USUAL: [SamplerKind; 3] = [SamplerKind::Grid, SamplerKind::Random, SamplerKind::Gp];
/// Runs of each sampler unless a person says otherwise.
const SEEDS: u32 = 5;

/// The panel.
pub fn race(store: Store) -> View {
    let chosen = Signal::new(USUAL.to_vec());
    let seeds = Signal::new(SEEDS.to_string());
    let runs = Signal::new(false);
    // A link carries no run to race beside, and the conductor has one thing to do at a time.
    let can = Memo::new(move || store.run(|run| !run.shared && run.state.is_over()) == Some(true));
    let told = Memo::new(move || store.run(|run| run.race.clone()).flatten()?.read());
    let is_over = Memo::new(move || told.with(|race| race.as_ref().is_some_and(|race| race.rounds >= race.budget)));
    effect(move || {
        if is_over.get() || !can.get() {
            runs.set(false);
        }
    });
    let act = move |_| {
        if runs.get_untracked() {
            runs.set(false);
            return store.send(&Command::StopRace);
        }
        let seeds = seeds.with_untracked(|seeds| seeds.trim().parse().unwrap_or_default());
        store.model.update(|model| {
            if let Some(run) = &mut model.run {
                run.race = None;
            }
        });
        runs.set(true);
        store.send(&Command::Race { samplers: chosen.get_untracked(), seeds });
    };
    // A race that is refused does not run.
    effect(move || {
        if store.model.with(|model| model.problems.contains_key(&crate::ui::model::Place::Run)) {
            runs.set(false);
        }
    });
    let racer = move |sampler: SamplerKind| {
        let is_chosen = move || chosen.with(|chosen| chosen.contains(&sampler));
        let change = move |_| {
            // In the samplers' own order, whatever order they are ticked in.
            let keeps = |one: &SamplerKind| chosen.with_untracked(|chosen| chosen.contains(one)) != (*one == sampler);
            chosen.set(SamplerKind::ALL.into_iter().filter(keeps).collect());
        };
        let input = el("input")
            .attrs(&[("type", "checkbox"), ("data-testid", &format!("race-{}", sampler.name()))])
            .property("checked", move || is_chosen().into())
            .on("change", change);
        el("label").attr("class", "check").child(input).child(el("span").text(&word("sampler", sampler.name())))
    };
    let runs_of_each = el("input")
        .attrs(&[("type", "text"), ("inputmode", "numeric"), ("id", "race-seeds"), ("data-testid", "race-seeds")])
        .property("value", move || seeds.get().into())
        .on("input", move |event| seeds.set(event_target_value(&event)));
    let button = el("button")
        .attrs(&[("type", "button"), ("data-testid", "race-run")])
        .flag("disabled", move || !can.get() || chosen.with(Vec::len) < 2)
        .on("click", act)
        .says(move || say(if runs.get() { "page.race-stop" } else { "page.race-run" }).to_owned());
    let title = move || told.get().and_then(|race| ahead(&race)).unwrap_or_else(|| say("page.race-title").to_owned());
    let note = move || {
        let objective = store.run(|run| run.study.objective);
        match told.with(|race| Some(progress(objective?, race.as_ref()?))) {
            Some(words) => words,
            None if runs.get() => say("page.race-begins").to_owned(),
            None if can.get() => String::new(),
            None => say("page.race-wait").to_owned(),
        }
    };
    View::group([
        el("h2").attr("id", "race-title").says(title).into(),
        el("p").attr("class", "note").text(say("page.race-note")).into(),
        el("div")
            .attr("class", "race-form")
            .child(el("div").children(SamplerKind::ALL.map(racer)))
            .child(
                el("div")
                    .attr("class", "field")
                    .child(el("label").attr("for", "race-seeds").text(say("page.race-seeds")))
                    .child(runs_of_each),
            )
            .child(button)
            .into(),
        el("p").attrs(&[("data-testid", "race-told")]).says(note).into(),
        race_chart(store, told, "race-title").into(),
        shows(move || Some(table(&told.get()?).into())),
    ])
}

/// Who is ahead of the others' runs more often than not, if anybody is by far.
fn ahead(race: &RaceReport) -> Option<String> {
    let mut by_wins: Vec<&Entrant> = race.entrants.iter().collect();
    crate::order::sort(&mut by_wins, |a, b| b.wins.total_cmp(&a.wins));
    let best = by_wins.first()?;
    // With five runs each, two thirds of the pairs are no more than chance may bring.
    let key = if best.wins >= 0.75 { "page.race-ahead" } else { "page.race-close" };
    Some(fill(key, &[("sampler", word("sampler", best.sampler.name())), ("share", percent(best.wins))]))
}

/// How far the race has come.
fn progress(objective: MetricSpec, race: &RaceReport) -> String {
    let fields = [
        ("rounds", race.rounds.to_string()),
        ("budget", race.budget.to_string()),
        ("seeds", race.seeds.to_string()),
        ("metric", metric(objective)),
        ("best", race.best.map(fine).unwrap_or_default()),
        ("trained", race.trained.to_string()),
        ("reused", race.reused.to_string()),
    ];
    fill("page.race-told", &fields)
}

/// A line for each sampler.
fn table(race: &RaceReport) -> El {
    let keys = ["page.sampler", "page.race-median", "page.race-quartiles", "page.race-wins"];
    let head = keys.map(|key| el("th").attr("scope", "col").text(say(key)));
    let rows = race.entrants.iter().enumerate().map(|(at, one)| {
        let last = |column: &[f64]| column.last().copied().map(fine).unwrap_or_default();
        let number = |text: String| el("td").attr("class", "number").text(&text);
        let range = fill("page.difference-range", &[("low", last(&one.low)), ("high", last(&one.high))]);
        let swatch = el("i").attrs(&[("aria-hidden", "true"), ("class", "swatch")]);
        let swatch = swatch.style("--colour", move || racer_colour(at));
        let name = el("th").attr("scope", "row").child(swatch).text(&word("sampler", one.sampler.name()));
        el("tr")
            .attr("data-sampler", one.sampler.name())
            .child(name)
            .child(number(last(&one.median)))
            .child(number(range))
            .child(number(percent(one.wins)))
    });
    let table = el("table")
        .attrs(&[("class", "small"), ("data-testid", "race-table")])
        .child(el("thead").child(el("tr").children(head)))
        .child(el("tbody").children(rows));
    el("div").attr("class", "scroll").child(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entrant(sampler: SamplerKind, wins: f64) -> Entrant {
        Entrant { sampler, median: vec![0.01], low: vec![0.0], high: vec![0.02], wins }
    }

    #[test]
    fn who_is_ahead_is_said_only_where_it_shows() {
        let race = |wins: [f64; 2]| RaceReport {
            entrants: vec![entrant(SamplerKind::Random, wins[0]), entrant(SamplerKind::Gp, wins[1])],
            ..RaceReport::default()
        };
        let clear = ahead(&race([0.1, 0.9])).unwrap();
        assert!(clear.contains("90 %") && clear.contains("Gaussian process"), "{clear}");
        let close = ahead(&race([0.45, 0.55])).unwrap();
        assert!(!close.contains("ahead"), "{close}");
        assert_eq!(ahead(&RaceReport::default()), None);
        let told = progress(MetricSpec::Rmse, &RaceReport { rounds: 3, best: Some(0.85), ..race([0.5, 0.5]) });
        assert!(told.contains("0.8500") && !told.contains('{'), "{told}");
    }
}
