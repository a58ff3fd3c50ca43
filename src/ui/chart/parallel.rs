//! Parallel coordinates: an axis for each parameter and one for the objective, and a line across them for each trial. What is
//! marked on an axis keeps the trials that pass there, in all charts and in the table.

use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, PointerEvent};

use super::axes::{axis_name, text};
use super::axis::{Axis, Brush, best_tenth};
use super::kind::Kind;
use super::selection::{Selection, keep_up};
use super::shape::Plot;
use super::shell::Chart;
use super::width::place;
use crate::ui::format::count;
use crate::ui::run::Run;
use crate::ui::say::{fill, say};
use crate::ui::signal::{Kept, Memo};
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, shows, svg};

/// Pixels to either side of an axis where it can be marked.
const GRIP: f64 = 16.0;
/// A mark shorter than so many pixels is a click, which takes the mark away.
const CLICK: f64 = 4.0;
/// The part of an axis by which an arrow key moves a mark.
const STEP: f64 = 0.05;

/// The chart, and what is kept.
pub fn parallel(store: Store) -> View {
    keep_up(store);
    let chart = Chart {
        store,
        kind: Kind::Parallel,
        name: "parallel".to_owned(),
        height: 260.0,
        kicker: say("page.parallel").to_owned(),
        title: Box::new(move || kept(store).unwrap_or_else(|| say("page.parallel-title").to_owned())),
        note: Some(say("page.parallel-note")),
        empty: Box::new(|| say("page.history-empty").to_owned()),
    };
    let chart = chart.build(|_| View::group([]), move |plot| brushed_axes(store, plot));
    let tenth = move |_| {
        let brush = store.model.with_untracked(|model| {
            model.run.as_ref().and_then(|run| store.axes.with_untracked(|axes| best_tenth(run, axes)))
        });
        store.brushes.set(brush.into_iter().collect());
    };
    let button = |id| el("button").attrs(&[("type", "button"), ("id", id), ("data-testid", id)]);
    let buttons = el("div")
        .attr("class", "group")
        .child(button("best-tenth").on("click", tenth).text(say("page.best-tenth")))
        .child(clear_brushes(store, "clear-brushes"));
    View::group([chart.into(), buttons.into()])
}

/// How many trials are kept, where not every one is.
pub fn kept(store: Store) -> Option<String> {
    let kept = store.kept.with(Selection::count)?;
    let fields = |run: &Run| [("kept", count(kept.into())), ("all", count(run.trials.len() as u64))];
    store.run(|run| fill("page.brushed", &fields(run)))
}

/// The button that takes all marks and conditions away.
pub fn clear_brushes(store: Store, id: &str) -> El {
    el("button")
        .attrs(&[("type", "button"), ("id", id), ("data-testid", id), ("class", "quiet")])
        .flag("hidden", move || store.kept.with(Selection::is_all))
        .on("click", move |_| store.keep_all())
        .text(say("page.clear-brushes"))
}

/// The axes with their names, ends and marks.
fn brushed_axes(store: Store, plot: Memo<Option<Plot>>) -> View {
    // Where a mark was begun, in pixels from the top.
    let began = Kept::new(None::<f64>);
    let names = Memo::new(move || {
        let names = |run: &Run, axes: &[Axis]| axes.iter().map(|axis| axis_name(run, axis)).collect::<Vec<_>>();
        store.axes.with(|axes| store.run(|run| names(run, axes))).unwrap_or_default()
    });
    shows(move || {
        let (plot, names) = (plot.get()?, names.get());
        store.axes.track();
        let axes = names.iter().enumerate().map(|(at, name)| one_axis(store, plot, at, name, began));
        Some(svg("g").attr("class", "axes").children(axes).into())
    })
}

fn one_axis(store: Store, plot: Plot, at: usize, name: &str, began: Kept<Option<f64>>) -> El {
    let x = plot.x.at(at as f64);
    let (bottom, top) = plot.frame.y();
    let ends = [x, bottom, top].map(|number| number.to_string());
    let line =
        svg("line").attrs(&[("class", "base"), ("x1", &ends[0]), ("x2", &ends[0]), ("y1", &ends[1]), ("y2", &ends[2])]);
    let labels = store.axes.with_untracked(|axes| axes.get(at).map(|axis| (axis.ticks(5), axis.domain)));
    let (labels, (low, high)) = labels.unwrap_or_default();
    let labels = labels.iter().map(|(value, label)| {
        let y = plot.y.at((value - low) / (high - low));
        text((x + 5.0, y), "start", label).attr("dy", "0.32em").attr("class", "on-lines")
    });
    // Every second name stands lower, so that long ones do not meet.
    let name_y = bottom + if at.is_multiple_of(2) { 17.0 } else { 33.0 };
    let anchor = if at == 0 { "start" } else { "middle" };
    let title = text((if at == 0 { x - GRIP } else { x }, name_y), anchor, name).attr("class", "axis-title");
    let mark = move || {
        let brush = store.brushes.with(|brushes| brushes.iter().find(|brush| brush.axis == at).copied())?;
        let pixel = |value: f64| plot.y.at(((value - low) / (high - low)).clamp(0.0, 1.0));
        let (from, to) = (pixel(brush.high), pixel(brush.low));
        let place = [x - 6.0, from - 1.0, 12.0, to - from + 2.0].map(|number| number.to_string());
        let [x, y, width, height] = &place;
        Some(
            svg("rect")
                .attrs(&[("class", "brush"), ("x", x), ("y", y), ("width", width), ("height", height), ("rx", "3")])
                .into(),
        )
    };
    svg("g").child(line).children(labels).child(title).shows(mark).child(grip(store, plot, at, name, began))
}

/// The strip along an axis that hears where it is marked: by pointer, or by keys.
fn grip(store: Store, plot: Plot, at: usize, name: &str, began: Kept<Option<f64>>) -> El {
    let (bottom, top) = plot.frame.y();
    let room =
        [plot.x.at(at as f64) - GRIP, top - 6.0, 2.0 * GRIP, bottom - top + 12.0].map(|number| number.to_string());
    let [x, y, width, height] = &room;
    let unit = move |y: f64| plot.y.value(y).clamp(0.0, 1.0);
    let from_top = move |event: &Event| place(event).map(|(_, y)| y + top - 6.0);
    let down = move |event: Event| {
        let element = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(element) = element {
            // A mark may be drawn beyond the strip; where that is refused, it ends there.
            let _captured = element.set_pointer_capture(event.unchecked_ref::<PointerEvent>().pointer_id());
        }
        began.set(from_top(&event));
    };
    let drag = move |event: Event| {
        if let Some((from, to)) = began.get().zip(from_top(&event)) {
            let (a, b) = (unit(from), unit(to));
            set(store, at, ((from - to).abs() >= CLICK).then_some((a.min(b), a.max(b))));
        }
    };
    let label = fill("page.brush-axis", &[("name", name.to_owned())]);
    svg("rect")
        .attrs(&[("class", "grip"), ("x", x), ("y", y), ("width", width), ("height", height)])
        .attrs(&[("tabindex", "0"), ("role", "button"), ("aria-label", &label)])
        .on("pointerdown", down)
        .on("pointermove", drag)
        .on("pointerup", move |event| {
            if let Some((from, to)) = began.replace(None).zip(from_top(&event))
                && (from - to).abs() < CLICK
            {
                set(store, at, None);
            }
        })
        .on("click", |event| event.stop_propagation())
        .on("keydown", move |event| by_key(store, at, event.unchecked_ref()))
}

/// Arrow keys move a mark up and down, and make it longer and shorter; Escape takes it away.
fn by_key(store: Store, at: usize, event: &KeyboardEvent) {
    let (low, high) = match event.key().as_str() {
        "ArrowUp" => (STEP, STEP),
        "ArrowDown" => (-STEP, -STEP),
        "ArrowRight" => (-STEP, STEP),
        "ArrowLeft" => (STEP, -STEP),
        "Escape" => return set(store, at, None),
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    let (from, to) = marked(store, at).unwrap_or((0.25, 0.75));
    let (from, to) = ((from + low).clamp(0.0, 1.0), (to + high).clamp(0.0, 1.0));
    set(store, at, Some((from.min(to), from.max(to))));
    store.said.set(untrack(|| kept(store)).unwrap_or_default());
}

/// The mark on an axis, from 0 to 1 of its length.
fn marked(store: Store, at: usize) -> Option<(f64, f64)> {
    let brush = store.brushes.with_untracked(|brushes| brushes.iter().find(|brush| brush.axis == at).copied())?;
    let (low, high) = store.axes.with_untracked(|axes| axes.get(at).map(|axis| axis.domain))?;
    let unit = |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0);
    Some((unit(brush.low), unit(brush.high)))
}

/// Marks an axis, from 0 to 1 of its length; or takes its mark away.
fn set(store: Store, at: usize, mark: Option<(f64, f64)>) {
    let Some((low, high)) = store.axes.with_untracked(|axes| axes.get(at).map(|axis| axis.domain)) else { return };
    store.brushes.update(|brushes| {
        brushes.retain(|brush| brush.axis != at);
        // Beyond the ends of the objective's axis are those that are drawn at its ends.
        let place = |unit: f64| match unit {
            _ if unit <= 0.0 => f64::NEG_INFINITY,
            _ if unit >= 1.0 => f64::INFINITY,
            unit => low + unit * (high - low),
        };
        brushes.extend(mark.map(|(from, to)| Brush { axis: at, low: place(from), high: place(to) }));
    });
}
