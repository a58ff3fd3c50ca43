//! The search history: one mark per trial, the best so far, averages alone as a dashed line, and the last run in grey.

use leptos::prelude::untrack;

use super::axes::averages_among;
use super::kind::Kind;
use super::shape::{Mark, Plot, best_so_far};
use super::shell::Chart;
use crate::study::Goal;
use crate::ui::format::{figure, percent};
use crate::ui::model::Model;
use crate::ui::run::Run;
use crate::ui::say::{fill, say, yardstick};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{View, apart, el, shows, svg};

/// Trials of the run before that are drawn, at most.
const SHADOWS: usize = 2_000;

/// The chart with its title.
pub fn history(store: Store) -> View {
    let waiting = move || {
        let alive = store.model.with(Model::is_alive);
        say(if alive { "page.history-soon" } else { "page.history-empty" }).to_owned()
    };
    let chart = Chart {
        store,
        kind: Kind::History,
        name: "history".to_owned(),
        height: 260.0,
        kicker: say("page.history").to_owned(),
        title: Box::new(move || title(store)),
        note: Some(say("page.history-note")),
        empty: Box::new(waiting),
    };
    let has_ghost = Memo::new(move || store.model.with(|model| model.ghost.is_some()));
    let chart = chart.build(
        |plot| {
            let ghost = move || has_ghost.get().then(|| untrack(|| shadow(store, plot)));
            View::group([shows(ghost), best_line(store, plot)])
        },
        |plot| averages_among(store, plot, averages_words, move |plot| places(store, plot)),
    );
    el("div").attr("class", "card").child(chart).into()
}

fn averages_words(goal: Goal, value: f64) -> String {
    fill("page.averages-line", &[("baseline", yardstick(goal)), ("value", figure(value))])
}

fn places(store: Store, plot: &Plot) -> Vec<(f64, f64)> {
    // Among a great many every n-th tells where there is room.
    let some = |run: &Run| {
        let some = run.trials.values().step_by(run.trials.len() / 500 + 1);
        some.map(|trial| Mark::of(trial).place(plot)).collect()
    };
    store.run(some).unwrap_or_default()
}

/// The title says what the chart tells.
fn title(store: Store) -> String {
    match store.run(|run| Some((run.study.goal, run.gain()?))).flatten() {
        Some((goal, gain)) if gain > 0.0 => {
            fill("page.history-wins", &[("percent", percent(gain)), ("baseline", yardstick(goal))])
        }
        Some(_) => say("page.history-loses").to_owned(),
        None => say("page.history-waits").to_owned(),
    }
}

fn best_line(store: Store, plot: Memo<Option<Plot>>) -> View {
    let step = move || {
        let plot = plot.get()?;
        store.run(|run| best_line_of(run, &plot))
    };
    svg("path").attr("class", "best-line").attr_of("d", step).into()
}

fn best_line_of(run: &Run, plot: &Plot) -> String {
    best_so_far(run.steps().map(|trial| Mark::of(trial)), plot)
}

apart!(fn shadow(store: Store, plot: Memo<Option<Plot>>) = ghost, in more);

/// The run before this one, where it was judged by the same.
fn ghost(store: Store, plot: Memo<Option<Plot>>) -> View {
    let last = Memo::new(move || store.model.with(|model| model.ghost.as_ref().map(|run| run.hash.clone())));
    let draw = move |draw: fn(&Run, &Plot) -> String| {
        last.track();
        let plot = plot.get()?;
        store.model.with_untracked(|model| model.ghost.as_ref().map(|run| draw(run, &plot)))
    };
    let dots = |run: &Run, plot: &Plot| {
        // Of a great many every n-th is shadow enough.
        let shown = run.trials.values().step_by(run.trials.len() / SHADOWS + 1).map(|trial| &**trial);
        Kind::History.path(shown.filter(|trial| trial.value.is_some_and(|value| plot.y.shows(value))), &[], plot)
    };
    svg("g")
        .attrs(&[("class", "ghost"), ("data-testid", "ghost")])
        .child(svg("path").attr("class", "dots").attr_of("d", move || draw(dots)))
        .child(svg("path").attr_of("d", move || draw(best_line_of)))
        .into()
}
