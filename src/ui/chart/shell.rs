//! What all charts of a run share: title, room, axes, marks, the card at the pointer, the keys, and the way out to a file.

use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::axes::{averages, axes};
use super::axis::Axis;
use super::kind::Kind;
use super::layer::marks;
use super::save::{Figures, Saved, save};
use super::shape::{Frame, Plot};
use super::tip::{Card, lines, tip};
use super::width::{place, width_of};
use crate::ui::csv;
use crate::ui::format::figure;
use crate::ui::run::{Run, Trial};
use crate::ui::say::{point, say, trial_name};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{El, Live, View, el, svg};

/// A pointer further away from every line, or from every dot of a small chart, means none.
const REACH: f64 = 30.0;

/// A chart in the making.
pub struct Chart {
    /// Where its state comes from.
    pub store: Store,
    /// What it draws.
    pub kind: Kind,
    /// Its name in the page and in the files that are saved.
    pub name: String,
    /// Its height in pixels.
    pub height: f64,
    /// Which kind of chart it is.
    pub kicker: String,
    /// What it tells.
    pub title: Live<String>,
    /// How it is read.
    pub note: Option<&'static str>,
    /// What stands in its place before anything can be drawn.
    pub empty: Live<String>,
}

impl Chart {
    /// The chart, with what only this one draws below and above its marks.
    pub fn build(self, below: impl Fn(Memo<Option<Plot>>) -> View, above: impl Fn(Memo<Option<Plot>>) -> View) -> El {
        let Self { store, kind, name, height, kicker, title, note, empty } = self;
        let canvas = el("div").attr("class", "canvas");
        let width = width_of(canvas.element());
        let plot = Memo::new(move || {
            let frame = Frame { width: width.get(), height };
            store.axes.with(|axes| store.run(|run| kind.plot(run, axes, frame))).flatten()
        });
        let near = Signal::new(kind == Kind::History);
        let (id, room_id) = (format!("{name}-title"), format!("{name}-room"));
        let clip = svg("clipPath").attr("id", &room_id).shows(move || Some(room(&plot.get()?).into()));
        let drawing = drawing(store, kind, plot, near)
            .attrs(&[("height", &height.to_string()), ("data-testid", &name), ("aria-labelledby", &id)])
            .attr_of("width", move || Some(width.get().to_string()))
            .child(clip)
            .child(axes(store, kind, plot))
            .child(below(plot))
            .child(svg("g").attr("clip-path", &format!("url(#{room_id})")).child(marks(store, kind, plot)))
            .child(above(plot));
        let picture = drawing.element().clone();
        let figures: Figures = match kind {
            Kind::Curves => |model| model.run.as_ref().map(csv::curves),
            _ => |model| model.run.as_ref().map(csv::trials),
        };
        let menu = save(store, Saved { figures, name, picture, run: kind == Kind::History }, plot);
        let head =
            el("div").attr("class", "chart-head").child(el("p").attr("class", "kicker").text(&kicker)).child(menu);
        let empty = el("p").attr("class", "empty").flag("hidden", move || plot.with(Option::is_some)).says(empty);
        let mut chart = el("section")
            .attrs(&[("class", "chart"), ("aria-labelledby", &id)])
            .toggle("stale", move || store.is_stale())
            .child(head)
            .child(el("h2").attr("id", &id).says(title));
        if let Some(note) = note {
            chart = chart.child(el("p").attr("class", "note").text(note));
        }
        chart.child(canvas.child(drawing).child(empty).child(tip(card(store, kind, plot, near))))
    }
}

/// The dashed line of averages alone, without its words: where a chart is small, or its neighbour says them.
pub fn plain_averages(store: Store) -> impl Fn(Memo<Option<Plot>>) -> View {
    move |plot| averages(store, plot, |_, _| String::new())
}

/// The picture, which hears pointer and keys.
fn drawing(store: Store, kind: Kind, plot: Memo<Option<Plot>>, near: Signal<bool>) -> El {
    let come = move |come: bool| {
        if kind != Kind::History {
            near.set(come);
        }
        if !come {
            store.hovered.set(None);
        }
    };
    // What can be marked inside the picture is hidden where it is an image.
    let role = if kind == Kind::Parallel { "group" } else { "img" };
    svg("svg")
        .attrs(&[("role", role), ("tabindex", "0"), ("aria-describedby", "chart-keys")])
        .on("pointerenter", move |_| come(true))
        .on("pointerleave", move |_| come(false))
        .on("focus", move |_| come(true))
        .on("blur", move |_| come(false))
        .on("pointermove", move |event| {
            let number = under(&event, store, kind, plot);
            if store.hovered.get_untracked() != number {
                store.hovered.set(number);
            }
        })
        .on("click", move |event| store.choose_trial(under(&event, store, kind, plot)))
        .on("keydown", move |event| walk(store, kind, event.unchecked_ref()))
}

fn room(plot: &Plot) -> El {
    let ((left, right), (bottom, top)) = (plot.frame.x(), plot.frame.y());
    // Marks at the very edge are shown whole.
    let [x, y, width, height] =
        [left, top - 6.0, right - left + Frame::RIGHT, bottom - top + 12.0].map(|at| at.to_string());
    svg("rect").attrs(&[("x", &x), ("y", &y), ("width", &width), ("height", &height)])
}

/// The trial nearest to the pointer.
fn under(event: &Event, store: Store, kind: Kind, plot: Memo<Option<Plot>>) -> Option<u32> {
    let (at, plot) = (place(event)?, plot.get_untracked()?);
    let reach = if kind == Kind::History { f64::INFINITY } else { REACH };
    let nearest = |run: &Run, axes: &[Axis]| {
        let distance = |trial: &Trial| Some((trial.number, kind.distance(trial, axes, &plot, at)?));
        let near = run.trials.values().filter_map(|trial| distance(trial)).filter(|(_, distance)| *distance <= reach);
        near.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(number, _)| number)
    };
    read(store, nearest).flatten()
}

/// Something of the run and its axes, without following them.
fn read<T>(store: Store, read: impl FnOnce(&Run, &[Axis]) -> T) -> Option<T> {
    store.axes.with_untracked(|axes| store.model.with_untracked(|model| Some(read(model.run.as_ref()?, axes))))
}

/// Arrow keys walk from trial to trial in the order of the chart.
fn walk(store: Store, kind: Kind, event: &KeyboardEvent) {
    let numbers = |run: &Run, axes: &[Axis]| {
        let order = |trial: &Trial| Some((kind.order(trial, axes)?, trial.number));
        let mut trials: Vec<(f64, u32)> = run.trials.values().filter_map(|trial| order(trial)).collect();
        crate::order::sort(&mut trials, |a, b| a.0.total_cmp(&b.0));
        trials
    };
    let numbers = read(store, numbers).unwrap_or_default();
    let at = untrack(|| store.lit()).and_then(|lit| numbers.iter().position(|&(_, number)| number == lit));
    let last = numbers.len().saturating_sub(1);
    let to = match event.key().as_str() {
        "ArrowLeft" => at.map_or(last, |at| at.saturating_sub(1)),
        "ArrowRight" => at.map_or(0, |at| (at + 1).min(last)),
        "Home" => 0,
        "End" => last,
        _ => return,
    };
    event.prevent_default();
    if let Some(&(_, number)) = numbers.get(to) {
        store.selected.set(Some(number));
        let words = store.model.with_untracked(|model| {
            let trial = model.run.as_ref()?.trials.get(&number)?;
            let value = trial.value.map(figure).unwrap_or_default();
            Some(format!("{}: {value}. {}", trial_name(number), point(&trial.params)))
        });
        store.said.set(words.unwrap_or_default());
    }
}

/// The card of the trial under the pointer or the cursor: in the chart where that is.
fn card(store: Store, kind: Kind, plot: Memo<Option<Plot>>, near: Signal<bool>) -> Memo<Option<Card>> {
    Memo::new(move || {
        let number = store.hovered.get().or_else(|| store.selected.get()).filter(|_| near.get())?;
        let plot = plot.get()?;
        let card = |run: &Run| {
            let trial = run.trials.get(&number)?;
            let at = store.axes.with(|axes| kind.place(trial, axes, &plot))?;
            Some(Card { number, at, room: plot.frame, lines: lines(run, trial) })
        };
        store.run(card).flatten()
    })
}

/// How a chart is walked by keys, said once for all charts.
pub fn chart_keys() -> View {
    el("p").attrs(&[("id", "chart-keys"), ("class", "visually-hidden")]).text(say("page.chart-keys")).into()
}
