//! What all charts of a run share: title, room, axes, marks, the card at the pointer, the keys, and the way out to a file.

use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, KeyboardEvent};

use super::axes::{averages, axes};
use super::axis::Axis;
use super::kind::Kind;
use super::layer::marks;
use super::save::{Figures, Saved, save};
use super::shape::{Frame, Plot};
use super::width::{place, width_of};
use crate::ui::run::{Run, Trial};
use crate::ui::say::say;
use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{El, Live, View, apart, el, svg};

/// A pointer further away from every line, or from every dot of a small chart, means none.
pub(super) const REACH: f64 = 30.0;

/// Corners of all marks beyond which they are drawn on a canvas: so many elements hold the browser up.
const MOST: usize = 5_000;

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
        let crowd = move || store.axes.with(|axes| store.run(|run| kind.crowd(run, axes))).unwrap_or(0);
        let many = Memo::new(move || crowd() > MOST);
        // Until the canvas is there elements show them, if they can.
        let shown = Signal::new(false);
        let here = Memo::new(move || !many.get() || !shown.get() && crowd() < MOST + MOST / 5);
        let (id, room_id) = (format!("{name}-title"), format!("{name}-room"));
        let clip = svg("clipPath").attr("id", &room_id).shows(move || Some(room(&plot.get()?).into()));
        let drawing = drawing(store, kind, plot, near)
            .attrs(&[("height", &height.to_string()), ("data-testid", &name), ("aria-labelledby", &id)])
            .attr_of("width", move || Some(width.get().to_string()))
            .child(clip)
            .child(axes(store, kind, plot))
            .child(below(plot))
            .child(svg("g").attr("clip-path", &format!("url(#{room_id})")).child(marks(store, kind, plot, here)))
            .child(above(plot));
        let picture = drawing.element().clone();
        let figures = if kind == Kind::Curves { Figures::Curves } else { Figures::Trials };
        let saved = Saved { figures, name, picture: Some(picture), run: kind == Kind::History };
        let menu = save(store, saved, move || plot.with(Option::is_some));
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
        let raster = move || {
            shown.set(false);
            many.get().then(|| raster(store, kind, plot, shown))
        };
        // The card comes when there is first something to say.
        let touched = Signal::new(false);
        effect(move || {
            let points = store.hovered.get().or_else(|| store.selected.get());
            if points.is_some() && !touched.get_untracked() {
                touched.set(true);
            }
        });
        let card = move || touched.get().then(|| untrack(|| tip(store, kind, plot, near)));
        chart.child(canvas.shows(raster).child(drawing).child(empty).shows(card))
    }
}

apart!(fn raster(store: Store, kind: Kind, plot: Memo<Option<Plot>>, shown: Signal<bool>) = super::raster::raster, in more);

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
pub(super) fn read<T>(store: Store, read: impl FnOnce(&Run, &[Axis]) -> T) -> Option<T> {
    store.axes.with_untracked(|axes| store.model.with_untracked(|model| Some(read(model.run.as_ref()?, axes))))
}

/// Arrow keys walk from trial to trial in the order of the chart.
fn walk(store: Store, kind: Kind, event: &KeyboardEvent) {
    let key = event.key();
    if matches!(key.as_str(), "ArrowLeft" | "ArrowRight" | "Home" | "End") {
        event.prevent_default();
        let step = step(store, kind, key);
        spawn_local(async move {
            // Where the part can not come, the key leads nowhere.
            let _walked = step.await;
        });
    }
}

apart!(fn step(store: Store, kind: Kind, key: String) -> () = |store, kind, key: String| super::walk::step(store, kind, &key), in more);

apart!(fn tip(store: Store, kind: Kind, plot: Memo<Option<Plot>>, near: Signal<bool>) = super::tip::tip, in more);

/// How a chart is walked by keys, said once for all charts.
pub fn chart_keys() -> View {
    el("p").attrs(&[("id", "chart-keys"), ("class", "visually-hidden")]).text(say("page.chart-keys")).into()
}
