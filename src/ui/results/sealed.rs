//! The sealed test part: opened by a deliberate act, and no longer untouched from then on.

use std::sync::Arc;

use leptos::prelude::untrack;

use super::candidates::estimated;
use crate::protocol::{Command, Estimate, Metrics, TestReport};
use crate::study::MetricSpec;
use crate::ui::format::{bound, figure, signed};
use crate::ui::model::Place;
use crate::ui::say::{fill, list, metric, model, say, trial_name, verdict, word};
use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{View, apart, el, problem};

/// So many of the best trials are averaged beside the winner.
const AVERAGED: u32 = 5;

/// The panel.
pub fn sealed_test(store: Store) -> View {
    let report = Memo::new(move || store.model.with(|model| model.test.clone()));
    let refused = Memo::new(move || store.problem(Place::Test));
    // A report is of one run, whose objective stays what it is.
    let objective = move || untrack(|| store.run(|run| run.study.objective)).unwrap_or(MetricSpec::Rmse);
    let pressed = Signal::new(false);
    // Whatever comes of it, the button is free again.
    effect(move || {
        report.track();
        refused.track();
        pressed.set(false);
    });
    let openings = Memo::new(move || store.model.with(|model| (model.openings > 0).then_some(model.openings)));
    el("section")
        .attrs(&[("class", "card"), ("aria-labelledby", "test-title"), ("data-testid", "test")])
        .child(el("h2").attr("id", "test-title").text(say("page.test")))
        .shows(move || {
            Some(match report.get() {
                Some(report) => outcome(report, objective()),
                None => sealed(store, pressed),
            })
        })
        .shows(move || {
            let count = openings.get()?;
            let key = if count == 1 { "page.test-opened-once" } else { "page.test-opened-often" };
            let text = fill(key, &[("count", count.to_string())]);
            Some(el("p").attrs(&[("class", "flag"), ("data-testid", "openings")]).text(&text).into())
        })
        .child(problem(move || refused.get(), "test-error"))
        .into()
}

fn sealed(store: Store, pressed: Signal<bool>) -> View {
    let ready = move || {
        store.model.with(|model| {
            let run = model.run.as_ref().filter(|run| !run.shared);
            run.is_some_and(|run| run.state.is_over() && run.best.is_some() && run.study.split.has_test())
        })
    };
    let open = move |_| {
        pressed.set(true);
        // Chosen on validation alone, as the winner was; one trial has no average.
        if store.run(|run| run.ranked().count() > 1) == Some(true) {
            store.send(&Command::Average { count: AVERAGED });
        }
        store.send(&Command::OpenTest);
    };
    let button = el("button")
        .attrs(&[("type", "button"), ("id", "open-test"), ("data-testid", "open-test")])
        .flag("disabled", move || !ready() || pressed.get())
        .on("click", open)
        .says(move || say(if pressed.get() { "page.test-opening" } else { "page.test-open" }).to_owned());
    let note = || el("p").attr("class", "note");
    View::group([
        note().text(say("page.test-sealed")).into(),
        button.into(),
        note().flag("hidden", ready).text(say("page.test-wait")).into(),
    ])
}

apart!(fn outcome(report: Arc<TestReport>, objective: MetricSpec) = |report: Arc<TestReport>, objective| opened(&report, objective), in more);

fn opened(report: &TestReport, objective: MetricSpec) -> View {
    let missing = Estimate { value: f64::NAN, low: None, high: None };
    let own = report.figures.get(objective).unwrap_or(missing);
    let range = match (own.low, own.high) {
        (Some(low), Some(high)) => fill("page.range", &[("low", figure(low)), ("high", figure(high))]),
        _ => String::new(),
    };
    let number = |text: &str| el("td").attr("class", "number").text(text);
    let row = |name: &str, title: &str, test: &Metrics, minus: &Estimate| {
        el("tr")
            .attr("title", title)
            .child(el("th").attr("scope", "row").text(name))
            .child(number(&test.get(objective).map_or_else(String::new, figure)))
            .child(estimated(&signed(minus.value), minus.low.zip(minus.high), bound))
    };
    let average = report.average.as_ref().and_then(|average| {
        let weights = average.weights();
        // One trial may be all of it, where no other makes the average better.
        let name = match weights[..] {
            [(only, _)] => fill("page.average-alone", &[("trial", trial_name(only))]),
            _ => fill("page.average-of-best", &[("count", weights.len().to_string())]),
        };
        let trials = weights.into_iter().map(|(number, weight)| format!("{} × {weight}", trial_name(number)));
        Some(row(&name, &list(trials), average.test.as_ref()?, average.difference.as_ref()?))
    });
    let baselines = report.baselines.iter().map(|baseline| {
        row(&word("model", baseline.model.model.name()), &model(&baseline.model), &baseline.test, &baseline.difference)
    });
    let head = [say("page.baseline").to_owned(), metric(objective), say("page.winner-minus").to_owned()];
    let head = head.map(|text| el("th").attr("scope", "col").text(&text));
    let value = el("p")
        .attrs(&[("class", "strong"), ("data-testid", "test-value"), ("data-value", &own.value.to_string())])
        .text(&format!("{} {} ", metric(objective), figure(own.value)))
        .child(el("span").attr("class", "note").text(&format!(" {range}")));
    let table = el("table")
        .attr("class", "small")
        .child(el("thead").child(el("tr").children(head)))
        .child(el("tbody").children(average.into_iter().chain(baselines)));
    let refit = fill("page.refit", &[("trial", trial_name(report.number)), ("epochs", report.epochs.to_string())]);
    View::group([
        value.into(),
        el("p").attr("data-testid", "verdict").text(&verdict(report, objective)).into(),
        table.into(),
        el("p").attr("class", "note").text(&refit).into(),
    ])
}
