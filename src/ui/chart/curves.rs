//! Learning curves: validation error by epoch, one faint line per trial, the chosen one lit.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::PointerEvent;

use super::axes::{Averages, Axes};
use super::scale::{Scale, extent};
use super::shape::{Frame, Plot, curve};
use super::width::{place, width_of};
use crate::ui::format::fine;
use crate::ui::run::{Run, Trial};
use crate::ui::say::{fill, metric, say};
use crate::ui::store::Store;
use crate::ui::view::live;

const HEIGHT: f64 = 220.0;
/// A pointer further away from every line means none.
const REACH: f64 = 30.0;

/// The chart with its title.
#[component]
pub fn Curves(store: Store) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let width = width_of(node);
    let domains = store.run(domains);
    let plot = Memo::new(move |_| {
        let frame = Frame { width: width.get(), height: HEIGHT };
        let (epochs, values) = domains.get().flatten()?;
        (frame.width > 0.0).then(|| Plot {
            frame,
            x: Scale::new((1.0, epochs), frame.x()),
            y: Scale::new(values, frame.y()),
        })
    });
    let line = store.run(Run::baseline);
    let line = Memo::new(move |_| line.get().flatten().map(|value| (value, say("page.averages").to_owned())));
    let y_title = store.run(|run| fill("page.y-history", &[("metric", metric(run.study.objective))]));
    let y_title = Signal::derive(move || y_title.get().unwrap_or_default());
    let empty = move || {
        if store.model.with(|model| model.run.as_ref().is_some_and(|run| run.shared)) {
            say("page.curves-shared")
        } else {
            say("page.curves-empty")
        }
    };
    let hover = move |event| store.hovered.set(under(&event, store, plot));
    let choose = move |event| {
        if let Some(number) = under(&event, store, plot) {
            store.selected.set(Some(number));
        }
    };
    view! {
        <section class="card chart" aria-labelledby="curves-title">
            <p class="kicker">{say("page.curves")}</p>
            <h2 id="curves-title">{live(move || title(store))}</h2>
            <div class="canvas" node_ref=node>
                <svg height=HEIGHT width=live(move || Some(width.get().to_string())) role="img" data-testid="curves"
                    aria-labelledby="curves-title" on:pointermove=hover
                    on:pointerleave=move |_| store.hovered.set(None) on:pointerup=choose>
                    <clipPath id="curves-room">{live(move || plot.get().map(|plot| {
                        let ((left, right), (bottom, top)) = (plot.frame.x(), plot.frame.y());
                        view! { <rect x=left y=top width=right - left height=bottom - top/> }.into_any()
                    }))}</clipPath>
                    <Axes plot x_title=say("page.x-curves") y_title/>
                    <Averages plot line/>
                    <g clip-path="url(#curves-room)"><Lines store plot/></g>
                </svg>
                <p class="empty" hidden=live(move || plot.with(Option::is_some))>{live(empty)}</p>
            </div>
        </section>
    }
}

/// The last epoch and the extent of the errors.
fn domains(run: &Run) -> Option<(f64, (f64, f64))> {
    let points = || run.trials.values().flat_map(|trial| &trial.curve);
    let values: Vec<f64> = points().filter_map(|point| point.valid).collect();
    let last = points().map(|point| point.epoch).max()?;
    // Short curves at the start of a run would otherwise fill the chart and then shrink.
    Some((f64::from(last.max(10)), extent(&values, None)?))
}

fn title(store: Store) -> String {
    let lit = store.lit_tracked();
    store.model.with(|model| {
        let trial = lit.and_then(|lit| model.run.as_ref()?.trials.get(&lit));
        let Some(trial) = trial else { return say("page.curves-waits").to_owned() };
        let at = trial.curve.iter().find(|point| point.epoch == trial.epochs).or(trial.curve.last());
        let Some(at) = at else { return say("page.curves-waits").to_owned() };
        let fields = [
            ("number", trial.number.to_string()),
            ("epoch", at.epoch.to_string()),
            ("valid", at.valid.map(fine).unwrap_or_default()),
            ("train", fine(at.train)),
        ];
        fill("page.curves-title", &fields)
    })
}

/// The trial whose line passes nearest to the pointer, at the pointer's epoch.
fn under(event: &PointerEvent, store: Store, plot: Memo<Option<Plot>>) -> Option<u32> {
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

#[component]
fn Lines(store: Store, plot: Memo<Option<Plot>>) -> impl IntoView {
    let lit = store.lit();
    let drawn = store.run(|run| {
        let drawn = run.trials.values().filter(|trial| !trial.curve.is_empty());
        drawn.map(|trial| (trial.number, trial.revision)).collect::<Vec<_>>()
    });
    let line = move |(number, _): (u32, u32)| {
        // Paths are long: they are written anew only when their curve has grown or the scales have changed.
        let points = store.run(move |run| run.trials.get(&number).map_or(0, |trial| trial.curve.len()));
        let d = move || {
            points.track();
            plot.get().map(|plot| path(store, number, &plot))
        };
        view! { <path class="curve" data-trial=number.to_string() d=live(d)/> }
    };
    let lit_points = Memo::new(move |_| {
        let number = lit.get()?;
        store.model.with(|model| Some((number, model.run.as_ref()?.trials.get(&number)?.curve.len())))
    });
    let lit_path = move || Some(path(store, lit_points.get()?.0, &plot.get()?));
    let end = move || {
        let ((number, _), plot) = (lit_points.get()?, plot.get()?);
        let (x, y) = store.model.with_untracked(|model| {
            let trial = model.run.as_ref()?.trials.get(&number)?;
            Some((plot.x.at(f64::from(trial.epochs)), plot.y.at(trial.value?)))
        })?;
        Some(view! { <circle class="counts" cx=x cy=y r="4"/> }.into_any())
    };
    view! {
        <For each=live(move || drawn.get().unwrap_or_default()) key=|key| *key children=line/>
        <path class="curve lit" d=live(lit_path)/>
        {live(end)}
    }
}

fn path(store: Store, number: u32, plot: &Plot) -> String {
    store.model.with_untracked(|model| {
        let trial = model.run.as_ref().and_then(|run| run.trials.get(&number));
        trial.map(|trial| curve(&trial.curve, plot)).unwrap_or_default()
    })
}
