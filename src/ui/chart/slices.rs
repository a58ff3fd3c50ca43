//! What each parameter alone says of the objective: a small chart for each.

use super::axes::axis_name;
use super::axis::Axis;
use super::kind::Kind;
use super::shell::{Chart, plain_averages};
use crate::ui::say::{fill, say};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, rows};

/// The charts.
pub fn slices(store: Store) -> View {
    // Axes of another run are other axes.
    let keys = Memo::new(move || {
        let count = store.axes.with(Vec::len).saturating_sub(1) as u32;
        let run = store.model.with(|model| model.loads) + store.run(|run| run.first_revision).unwrap_or(0);
        (0..count).map(|at| (at, run)).collect::<Vec<_>>()
    });
    el("div").attr("class", "slices").child(rows(move || keys.get(), move |(at, _)| slice(store, at as usize))).into()
}

fn slice(store: Store, at: usize) -> El {
    let name = store.axes.with_untracked(|axes| Some(axes.get(at)?.param.as_ref()?.0.clone())).unwrap_or_default();
    let called = move || {
        let name = |axis: &Axis| store.run(|run| axis_name(run, axis)).unwrap_or_default();
        store.axes.with(|axes| axes.get(at).map(name)).unwrap_or_default()
    };
    let title = move || {
        let best = store.run(|run| {
            let trial = run.best_trial()?;
            let at = store.axes.with(|axes| axes.get(at).and_then(|axis| Some(axis.name(axis.at(trial)?))))?;
            Some(fill("page.slice-title", &[("name", called()), ("value", at)]))
        });
        best.flatten().unwrap_or_else(called)
    };
    let chart = Chart {
        store,
        kind: Kind::Slice(at),
        name: format!("slice-{}", name.replace('.', "-")),
        height: 190.0,
        kicker: String::new(),
        title: Box::new(title),
        note: None,
        empty: Box::new(|| say("page.history-empty").to_owned()),
    };
    chart.build(|_| View::group([]), plain_averages(store))
}
