//! Learning curves: validation error by epoch, one faint line per trial, the chosen one lit.

use super::axes::{averages, averages_name};
use super::kind::Kind;
use super::shell::Chart;
use crate::ui::format::fine;
use crate::ui::say::{fill, say};
use crate::ui::store::Store;
use crate::ui::view::{View, el};

/// The chart with its title.
pub fn curves(store: Store) -> View {
    let empty = move || {
        let key = store.run(|run| match (run.has_curves(), run.shared) {
            (false, _) => "page.curves-none",
            (true, true) => "page.curves-shared",
            (true, false) => "page.curves-empty",
        });
        say(key.unwrap_or("page.curves-empty")).to_owned()
    };
    let chart = Chart {
        store,
        kind: Kind::Curves,
        name: "curves".to_owned(),
        height: 220.0,
        kicker: say("page.curves").to_owned(),
        title: Box::new(move || title(store)),
        note: None,
        empty: Box::new(empty),
    };
    let chart = chart.build(|_| View::group([]), |plot| averages(store, plot, averages_name));
    el("div").attr("class", "card").child(chart).into()
}

fn title(store: Store) -> String {
    let lit = store.lit();
    let title = store.run(|run| {
        let trial = run.trials.get(&lit?).filter(|_| run.has_curves())?;
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
