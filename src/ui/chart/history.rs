//! The search history: one mark per trial, the best so far, and averages alone as a dashed line.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use super::axes::{Averages, Axes};
use super::scale::{Scale, extent};
use super::shape::{Frame, Mark, Plot, best_so_far, marks, nearest};
use super::tip::{Card, Tip, lines};
use super::width::{place, width_of};
use crate::protocol::TrialState;
use crate::ui::format::{figure, percent};
use crate::ui::model::Model;
use crate::ui::run::Run;
use crate::ui::say::{fill, metric, new_best, point, say, trial_name};
use crate::ui::store::Store;
use crate::ui::view::live;

const HEIGHT: f64 = 260.0;
/// Half the size of a mark.
const RADIUS: f64 = 4.5;

/// The chart with its title.
#[component]
pub fn History(store: Store) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let width = width_of(node);
    let all = store.run(marks);
    let all = Memo::new(move |_| all.get().unwrap_or_default());
    let averages = store.run(Run::baseline);
    let averages = Memo::new(move |_| averages.get().flatten());
    let budget = store.run(|run| run.budget);
    let plot = Memo::new(move |_| {
        let frame = Frame { width: width.get(), height: HEIGHT };
        let done = |mark: &Mark| mark.state.and(mark.value);
        let values: Vec<f64> = all.with(|all| all.iter().filter_map(done).collect());
        let last = f64::from(budget.get()?) - 0.5;
        let domain = extent(&values, averages.get())?;
        (frame.width > 0.0).then(|| Plot {
            frame,
            x: Scale::new((-0.5, last), frame.x()),
            y: Scale::new(domain, frame.y()),
        })
    });
    let line = Memo::new(move |_| averages.get().map(|value| (value, averages_words(value))));
    let y_title = store.run(|run| fill("page.y-history", &[("metric", metric(run.study.objective))]));
    let y_title = Signal::derive(move || y_title.get().unwrap_or_default());
    let step = Memo::new(move |_| plot.get().map(|plot| all.with(|all| best_so_far(all, &plot))));
    let empty = move || plot.with(Option::is_none);
    let alive = Memo::new(move |_| store.model.with(Model::is_alive));
    let waiting = move || say(if alive.get() { "page.history-soon" } else { "page.history-empty" });
    view! {
        <section class="card chart" aria-labelledby="history-title">
            <p class="kicker">{say("page.history")}</p>
            <h2 id="history-title">{live(title(store))}</h2>
            <p class="note">{say("page.history-note")}</p>
            <div class="canvas" node_ref=node>
                <svg height=HEIGHT width=live(move || Some(width.get().to_string())) role="img" tabindex="0" data-testid="history"
                    aria-label=live(move || label(store))
                    on:pointermove=move |event| store.hovered.set(under(&event, all, plot))
                    on:pointerleave=move |_| store.hovered.set(None)
                    on:pointerup=move |event| choose(store, under(&event, all, plot))
                    on:keydown=move |event| walk(store, all, &event)>
                    <Axes plot x_title=say("page.x-history") y_title/>
                    <Averages plot line/>
                    <path class="best-line" d=live(move || step.get())/>
                    <Marks store all plot/>
                </svg>
                <p class="empty" hidden=live(move || !empty())>{live(waiting)}</p>
                <Tip tip=tip(store, plot)/>
            </div>
        </section>
    }
}

fn averages_words(value: f64) -> String {
    fill("page.averages-line", &[("value", figure(value))])
}

/// The title says what the chart tells.
fn title(store: Store) -> impl Fn() -> String {
    let gain = store.run(Run::gain);
    move || match gain.get().flatten() {
        Some(gain) if gain > 0.0 => fill("page.history-wins", &[("percent", percent(gain))]),
        Some(_) => say("page.history-loses").to_owned(),
        None => say("page.history-waits").to_owned(),
    }
}

/// The chart in one sentence, for those who do not see it; the table below holds every figure.
fn label(store: Store) -> String {
    let best = store.model.with(|model| model.run.as_ref().and_then(new_best));
    fill("page.history-label", &[("best", best.unwrap_or_default())])
}

fn under(event: &PointerEvent, all: Memo<Vec<Mark>>, plot: Memo<Option<Plot>>) -> Option<u32> {
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
    let at = store.lit_now().and_then(|lit| numbers.iter().position(|&number| number == lit));
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

fn tip(store: Store, plot: Memo<Option<Plot>>) -> Memo<Option<Card>> {
    Memo::new(move |_| {
        let number = store.hovered.get().or_else(|| store.selected.get())?;
        let plot = plot.get()?;
        store.model.with(|model| {
            let run = model.run.as_ref()?;
            let trial = run.trials.get(&number)?;
            Some(Card { number, at: Mark::of(trial).place(&plot), room: plot.frame, lines: lines(run, trial) })
        })
    })
}

#[component]
fn Marks(store: Store, all: Memo<Vec<Mark>>, plot: Memo<Option<Plot>>) -> impl IntoView {
    let best = store.run(|run| run.best);
    let lit = store.lit();
    // A mark is drawn anew when its trial ends; until then it only moves.
    let keys = move || all.with(|all| all.iter().map(|mark| (mark.number, mark.state)).collect::<Vec<_>>());
    let draw = move |(number, state): (u32, Option<TrialState>)| {
        let mark = move || all.with(|all| all.binary_search_by_key(&number, |mark| mark.number).ok().map(|at| all[at]));
        let value = mark().and_then(|mark| state.and(mark.value)).map(|value| value.to_string());
        let transform = move || {
            let (mark, plot) = (mark()?, plot.get()?);
            let (x, y) = mark.place(&plot);
            Some(format!("translate({x:.1} {y:.1})"))
        };
        let d = move || shape(state, mark().zip(plot.get()).is_some_and(|(mark, plot)| mark.is_clipped(&plot)));
        view! {
            <path
                class=format!("mark {}", class(state))
                class:best=live(move || best.get().flatten() == Some(number))
                class:lit=live(move || lit.get() == Some(number))
                data-trial=number.to_string()
                data-value=value
                transform=live(transform)
                d=live(d)
            />
        }
    };
    view! { <For each=keys key=|key| *key children=draw/> }
}

fn class(state: Option<TrialState>) -> &'static str {
    match state {
        None => "running",
        Some(TrialState::Done) => "done",
        Some(TrialState::Failed) => "failed",
        Some(TrialState::Cancelled) => "cancelled",
    }
}

/// A dot; an arrow up where it lies beyond the edge; a cross where there is no result. Shapes, since colours alone are
/// not told apart by everyone.
fn shape(state: Option<TrialState>, clipped: bool) -> String {
    let r = RADIUS;
    match state {
        Some(TrialState::Failed | TrialState::Cancelled) => format!("M-{r} -{r}L{r} {r}M-{r} {r}L{r} -{r}"),
        _ if clipped => format!("M0 -{r}L{r} {r}L-{r} {r}Z"),
        _ => format!("M-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z", d = 2.0 * r),
    }
}
