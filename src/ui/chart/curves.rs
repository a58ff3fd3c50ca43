//! Learning curves: validation error by epoch, one faint line per trial, the chosen one lit.

use web_sys::Event;

use super::axes::{averages, averages_name, axes};
use super::scale::{Scale, extent};
use super::shape::{Frame, Plot, curve};
use super::width::{place, width_of};
use crate::ui::format::fine;
use crate::ui::run::{Run, Trial};
use crate::ui::say::{fill, say};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, Key, View, el, rows, svg};

const HEIGHT: f64 = 220.0;
/// A pointer further away from every line means none.
const REACH: f64 = 30.0;

/// The chart with its title.
pub fn curves(store: Store) -> View {
    let canvas = el("div").attr("class", "canvas");
    let width = width_of(canvas.element());
    let plot = Memo::new(move || {
        let frame = Frame { width: width.get(), height: HEIGHT };
        let (epochs, values) = store.run(domains).flatten()?;
        let high_is_good = store.run(|run| run.study.objective.higher_is_better())?;
        (frame.width > 0.0).then(|| Plot {
            frame,
            x: Scale::new((1.0, epochs), frame.x()),
            y: Scale::new(values, frame.y()),
            high_is_good,
        })
    });
    let empty = move || {
        let shared = store.run(|run| run.shared) == Some(true);
        say(if shared { "page.curves-shared" } else { "page.curves-empty" }).to_owned()
    };
    let choose = move |event: Event| {
        if let Some(number) = under(&event, store, plot) {
            store.selected.set(Some(number));
        }
    };
    let room = move || {
        let frame = plot.get()?.frame;
        let ((left, right), (bottom, top)) = (frame.x(), frame.y());
        let [x, y, width, height] = [left, top, right - left, bottom - top].map(|number| number.to_string());
        Some(svg("rect").attrs(&[("x", &x), ("y", &y), ("width", &width), ("height", &height)]).into())
    };
    let drawing = svg("svg")
        .attrs(&[("height", &HEIGHT.to_string()), ("role", "img"), ("data-testid", "curves")])
        .attr("aria-labelledby", "curves-title")
        .attr_of("width", move || Some(width.get().to_string()))
        .on("pointermove", move |event| store.hovered.set(under(&event, store, plot)))
        .on("pointerleave", move |_| store.hovered.set(None))
        .on("pointerup", choose)
        .child(svg("clipPath").attr("id", "curves-room").shows(room))
        .child(axes(store, plot, say("page.x-curves")))
        .child(averages(store, plot, averages_name))
        .child(lines(store, plot));
    let empty = el("p").attr("class", "empty").flag("hidden", move || plot.with(Option::is_some)).says(empty);
    el("section")
        .attrs(&[("class", "card chart"), ("aria-labelledby", "curves-title")])
        .child(el("p").attr("class", "kicker").text(say("page.curves")))
        .child(el("h2").attr("id", "curves-title").says(move || title(store)))
        .child(canvas.child(drawing).child(empty))
        .into()
}

/// The last epoch and the extent of what is measured.
fn domains(run: &Run) -> Option<(f64, (f64, f64))> {
    let points = || run.trials.values().flat_map(|trial| &trial.curve);
    let values: Vec<f64> = points().filter_map(|point| point.valid).collect();
    let last = points().map(|point| point.epoch).max()?;
    // Short curves at the start of a run would otherwise fill the chart and then shrink.
    Some((f64::from(last.max(10)), extent(&values, None, run.study.objective.higher_is_better())?))
}

fn title(store: Store) -> String {
    let lit = store.lit();
    let title = store.run(|run| {
        let trial = run.trials.get(&lit?)?;
        let at = trial.curve.iter().find(|point| point.epoch == trial.epochs).or(trial.curve.last())?;
        let fields = [
            ("number", trial.number.to_string()),
            ("epoch", at.epoch.to_string()),
            ("valid", at.valid.map(fine).unwrap_or_default()),
            ("train", fine(at.train)),
        ];
        // What a trainer of lists lowers is no figure that the lists are judged by.
        let key = if run.study.objective.is_of_lists() { "page.curves-title-lists" } else { "page.curves-title" };
        Some(fill(key, &fields))
    });
    title.flatten().unwrap_or_else(|| say("page.curves-waits").to_owned())
}

/// The trial whose line passes nearest to the pointer, at the pointer's epoch.
fn under(event: &Event, store: Store, plot: Memo<Option<Plot>>) -> Option<u32> {
    let ((x, y), plot) = (place(event)?, plot.get_untracked()?);
    let epoch = plot.x.value(x).round();
    let distance = |trial: &Trial| {
        let point = trial.curve.iter().find(|point| f64::from(point.epoch) == epoch)?;
        Some((trial.number, (plot.y.at(point.valid?) - y).abs()))
    };
    store.model.with_untracked(|model| {
        let trials = model.run.as_ref()?.trials.values();
        let nearest = trials.filter_map(|trial| distance(trial)).min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        (nearest.1 <= REACH).then_some(nearest.0)
    })
}

fn lines(store: Store, plot: Memo<Option<Plot>>) -> El {
    let drawn = Memo::new(move || {
        let drawn = store.run(|run| {
            let drawn = run.trials.values().filter(|trial| !trial.curve.is_empty());
            drawn.map(|trial| (trial.number, trial.revision)).collect::<Vec<_>>()
        });
        drawn.unwrap_or_default()
    });
    let points = move |number| store.run(|run| run.trials.get(&number).map(|trial| trial.curve.len())).flatten();
    let line = move |(number, _): Key| {
        // Paths are long: they are written anew only when their curve has grown or the scales have changed.
        let points = Memo::new(move || points(number).unwrap_or(0));
        let d = move || {
            points.track();
            plot.get().map(|plot| path(store, number, &plot))
        };
        svg("path").attrs(&[("class", "curve"), ("data-trial", &number.to_string())]).attr_of("d", d)
    };
    let lit = Memo::new(move || {
        let number = store.lit()?;
        points(number).map(|points| (number, points as u32))
    });
    let lit_path = move || Some(path(store, lit.get()?.0, &plot.get()?));
    let end = move || {
        let ((number, _), plot) = (lit.get()?, plot.get()?);
        let (x, y) = store.model.with_untracked(|model| {
            let trial = model.run.as_ref()?.trials.get(&number)?;
            Some((plot.x.at(f64::from(trial.epochs)), plot.y.at(trial.value?)))
        })?;
        let place = [("class", "counts"), ("cx", &x.to_string()), ("cy", &y.to_string()), ("r", "4")];
        Some(svg("circle").attrs(&place).into())
    };
    svg("g")
        .attr("clip-path", "url(#curves-room)")
        .child(rows(move || drawn.get(), line))
        .child(svg("path").attr("class", "curve lit").attr_of("d", lit_path))
        .shows(end)
}

fn path(store: Store, number: u32, plot: &Plot) -> String {
    store.model.with_untracked(|model| {
        let trial = model.run.as_ref().and_then(|run| run.trials.get(&number));
        trial.map(|trial| curve(&trial.curve, plot)).unwrap_or_default()
    })
}
