//! The sealed test part: opened by a deliberate act, and no longer untouched from then on.

use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::{Command, TestReport};
use crate::study::MetricSpec;
use crate::ui::format::figure;
use crate::ui::model::Place;
use crate::ui::say::{difference, fill, metric, model, say, trial_name, verdict, word};
use crate::ui::store::Store;
use crate::ui::view::{live, problem};

/// The panel.
#[component]
pub fn SealedTest(store: Store) -> impl IntoView {
    let report = Memo::new(move |_| store.model.with(|model| model.test.clone()));
    let objective = store.run(|run| run.study.objective);
    let refused = store.problem(Place::Test);
    let pressed = RwSignal::new(false);
    // Whatever comes of it, the button is free again.
    Effect::new(move || {
        report.track();
        refused.track();
        pressed.set(false);
    });
    let ready = move || {
        store.model.with(|model| {
            let run = model.run.as_ref().filter(|run| !run.shared);
            run.is_some_and(|run| run.state.is_over() && run.best.is_some() && run.study.split.has_test())
        })
    };
    let openings = Memo::new(move |_| store.model.with(|model| model.openings));
    let open = move |_| {
        pressed.set(true);
        store.send(&Command::OpenTest);
    };
    view! {
        <section class="card" aria-labelledby="test-title" data-testid="test">
            <h2 id="test-title">{say("page.test")}</h2>
            {live(move || match report.get() {
                Some(report) => opened(&report, objective.get().unwrap_or(MetricSpec::Rmse)),
                None => view! {
                    <p class="note">{say("page.test-sealed")}</p>
                    <button type="button" id="open-test" data-testid="open-test" disabled=live(move || !ready() || pressed.get())
                        on:click=open>
                        {live(move || say(if pressed.get() { "page.test-opening" } else { "page.test-open" }))}
                    </button>
                    <p class="note" hidden=live(ready)>{say("page.test-wait")}</p>
                }.into_any(),
            })}
            {live(move || (openings.get() > 0).then(|| {
                let key = if openings.get() == 1 { "page.test-opened-once" } else { "page.test-opened-often" };
                view! { <p class="flag" data-testid="openings">{fill(key, &[("count", openings.get().to_string())])}</p> }.into_any()
            }))}
            {problem(refused, "test-error")}
        </section>
    }
}

fn opened(report: &Arc<TestReport>, objective: MetricSpec) -> AnyView {
    let own = match objective {
        MetricSpec::Rmse => report.rmse,
        MetricSpec::Mae => report.mae,
    };
    let range = match (own.low, own.high) {
        (Some(low), Some(high)) => fill("page.range", &[("low", figure(low)), ("high", figure(high))]),
        _ => String::new(),
    };
    let baselines = report.baselines.iter().map(|baseline| {
        let name = word("model", baseline.model.model.name());
        view! {
            <tr title=model(&baseline.model)>
                <th scope="row">{name}</th>
                <td class="number">{figure(baseline.test.get(objective))}</td>
                <td class="number">{difference(&baseline.difference)}</td>
            </tr>
        }
    });
    view! {
        <p class="strong" data-testid="test-value" data-value=own.value.to_string()>
            {metric(objective)} " " {figure(own.value)} <span class="note">" " {range}</span>
        </p>
        <p data-testid="verdict">{verdict(report)}</p>
        <table class="small">
            <thead>
                <tr>
                    <th scope="col">{say("page.baseline")}</th>
                    <th scope="col">{metric(objective)}</th>
                    <th scope="col">{say("page.winner-minus")}</th>
                </tr>
            </thead>
            <tbody>{baselines.collect_view()}</tbody>
        </table>
        <p class="note">
            {fill("page.refit", &[("trial", trial_name(report.number)), ("epochs", report.epochs.to_string())])}
        </p>
    }
    .into_any()
}
