//! The search history: one mark per trial, the best so far, and averages alone as a dashed line.

use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::axes::{averages_among, axes};
use super::scale::{Scale, extent};
use super::shape::{Frame, Mark, Plot, best_so_far, marks, nearest};
use super::tip::{Card, lines, tip};
use super::width::{place, width_of};
use crate::protocol::TrialState;
use crate::study::Goal;
use crate::ui::format::{figure, percent};
use crate::ui::model::Model;
use crate::ui::say::{fill, new_best, point, say, trial_name, yardstick};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{Key, View, el, rows, svg};

const HEIGHT: f64 = 260.0;
/// Half the size of a mark.
const RADIUS: f64 = 4.5;

/// The chart with its title.
pub fn history(store: Store) -> View {
    let canvas = el("div").attr("class", "canvas");
    let width = width_of(canvas.element());
    let all = Memo::new(move || store.run(marks).unwrap_or_default());
    let plot = Memo::new(move || {
        let frame = Frame { width: width.get(), height: HEIGHT };
        let (budget, averages, high_is_good) =
            store.run(|run| (run.budget, run.baseline(), run.study.objective.higher_is_better()))?;
        let done = |mark: &Mark| mark.state.and(mark.value);
        let values: Vec<f64> = all.with(|all| all.iter().filter_map(done).collect());
        let domain = extent(&values, averages, high_is_good)?;
        (frame.width > 0.0).then(|| Plot {
            frame,
            x: Scale::new((-0.5, f64::from(budget) - 0.5), frame.x()),
            y: Scale::new(domain, frame.y()),
            high_is_good,
        })
    });
    let step = move || plot.get().map(|plot| all.with(|all| best_so_far(all, &plot)));
    let waiting = move || {
        let alive = store.model.with(Model::is_alive);
        say(if alive { "page.history-soon" } else { "page.history-empty" }).to_owned()
    };
    let places = move |plot: &Plot| all.with(|all| all.iter().map(|mark| mark.place(plot)).collect());
    let drawing = svg("svg")
        .attrs(&[("height", &HEIGHT.to_string()), ("role", "img"), ("tabindex", "0"), ("data-testid", "history")])
        .attr_of("width", move || Some(width.get().to_string()))
        .attr_of("aria-label", move || Some(label(store)))
        .on("pointermove", move |event| store.hovered.set(under(&event, all, plot)))
        .on("pointerleave", move |_| store.hovered.set(None))
        .on("pointerup", move |event| choose(store, under(&event, all, plot)))
        .on("keydown", move |event| walk(store, all, event.unchecked_ref()))
        .child(axes(store, plot, say("page.x-history")))
        .child(averages_among(store, plot, averages_words, places))
        .child(svg("path").attr("class", "best-line").attr_of("d", step))
        .child(marks_of(store, all, plot));
    let empty = el("p").attr("class", "empty").flag("hidden", move || plot.with(Option::is_some)).says(waiting);
    el("section")
        .attrs(&[("class", "card chart"), ("aria-labelledby", "history-title")])
        .child(el("p").attr("class", "kicker").text(say("page.history")))
        .child(el("h2").attr("id", "history-title").says(move || title(store)))
        .child(el("p").attr("class", "note").text(say("page.history-note")))
        .child(canvas.child(drawing).child(empty).child(tip(card(store, plot))))
        .into()
}

fn averages_words(goal: Goal, value: f64) -> String {
    fill("page.averages-line", &[("baseline", yardstick(goal)), ("value", figure(value))])
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

/// The chart in one sentence, for those who do not see it; the table below holds every figure.
fn label(store: Store) -> String {
    fill("page.history-label", &[("best", store.run(new_best).flatten().unwrap_or_default())])
}

fn under(event: &Event, all: Memo<Vec<Mark>>, plot: Memo<Option<Plot>>) -> Option<u32> {
    let (at, plot) = (place(event)?, plot.get_untracked()?);
    all.with_untracked(|all| nearest(all, &plot, at))
}

/// Chooses a trial; choosing it again lets it go.
fn choose(store: Store, number: Option<u32>) {
    store.selected.update(|selected| *selected = if *selected == number { None } else { number });
}

/// Arrow keys walk from trial to trial.
fn walk(store: Store, all: Memo<Vec<Mark>>, event: &KeyboardEvent) {
    let numbers: Vec<u32> = all.with_untracked(|all| all.iter().map(|mark| mark.number).collect());
    let at = untrack(|| store.lit()).and_then(|lit| numbers.iter().position(|&number| number == lit));
    let last = numbers.len().saturating_sub(1);
    let to = match event.key().as_str() {
        "ArrowLeft" => at.map_or(last, |at| at.saturating_sub(1)),
        "ArrowRight" => at.map_or(0, |at| (at + 1).min(last)),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    if let Some(&number) = numbers.get(to) {
        store.selected.set(Some(number));
        let words = store.model.with_untracked(|model| {
            let trial = model.run.as_ref()?.trials.get(&number)?;
            let value = trial.value.map(figure).unwrap_or_default();
            Some(format!("{}: {value}. {}", trial_name(number), point(&trial.params)))
        });
        store.said.set(words.unwrap_or_default());
    }
}

fn card(store: Store, plot: Memo<Option<Plot>>) -> Memo<Option<Card>> {
    Memo::new(move || {
        let number = store.hovered.get().or_else(|| store.selected.get())?;
        let plot = plot.get()?;
        let card = store.run(|run| {
            let trial = run.trials.get(&number)?;
            Some(Card { number, at: Mark::of(trial).place(&plot), room: plot.frame, lines: lines(run, trial) })
        });
        card.flatten()
    })
}

fn marks_of(store: Store, all: Memo<Vec<Mark>>, plot: Memo<Option<Plot>>) -> View {
    let best = Memo::new(move || store.run(|run| run.best).flatten());
    let lit = Memo::new(move || store.lit());
    // A mark is drawn anew when its trial ends; until then it only moves.
    let ended = |mark: &Mark| mark.state.map_or(0, |state| state as u32 + 1);
    let keys = move || all.with(|all| all.iter().map(|mark| (mark.number, ended(mark))).collect());
    let draw = move |(number, _): Key| {
        let mark = move || all.with(|all| all.binary_search_by_key(&number, |mark| mark.number).ok().map(|at| all[at]));
        let state = mark().and_then(|mark| mark.state);
        let transform = move || {
            let (mark, plot) = (mark()?, plot.get()?);
            let (x, y) = mark.place(&plot);
            Some(format!("translate({x:.1} {y:.1})"))
        };
        let clipped = move || mark().zip(plot.get()).is_some_and(|(mark, plot)| mark.is_clipped(&plot));
        let down = move || plot.get().is_some_and(|plot| plot.high_is_good);
        let path = svg("path")
            .attrs(&[("class", class(state)), ("data-trial", &number.to_string())])
            .toggle("best", move || best.get() == Some(number))
            .toggle("lit", move || lit.get() == Some(number))
            .attr_of("transform", transform)
            .attr_of("d", move || Some(shape(state, clipped(), down())));
        match mark().and_then(|mark| state.and(mark.value)) {
            Some(value) => path.attr("data-value", &value.to_string()),
            None => path,
        }
    };
    rows(keys, draw)
}

fn class(state: Option<TrialState>) -> &'static str {
    match state {
        None => "mark running",
        Some(TrialState::Done) => "mark done",
        Some(TrialState::Failed) => "mark failed",
        Some(TrialState::Cancelled) => "mark cancelled",
        Some(TrialState::Stopped) => "mark stopped",
    }
}

/// A dot; an arrow that points beyond the edge where it lies there; a cross where there is no result. Shapes, since colours alone are
/// not told apart by everyone.
fn shape(state: Option<TrialState>, clipped: bool, down: bool) -> String {
    // What was not trained to its end is smaller.
    let r = if state == Some(TrialState::Stopped) { 0.6 * RADIUS } else { RADIUS };
    match state {
        Some(TrialState::Failed | TrialState::Cancelled) => format!("M-{r} -{r}L{r} {r}M-{r} {r}L{r} -{r}"),
        _ if clipped && down => format!("M0 {r}L{r} -{r}L-{r} -{r}Z"),
        _ if clipped => format!("M0 -{r}L{r} {r}L-{r} {r}Z"),
        _ => format!("M-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z", d = 2.0 * r),
    }
}
