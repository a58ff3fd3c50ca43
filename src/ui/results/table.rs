//! The table of trials: every figure that the charts draw.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;

use super::order::{Column, Order, sorted};
use super::window::Window;
use crate::protocol::Command;
use crate::ui::format::{fine, seconds, signed};
use crate::ui::run::{Run, Trial};
use crate::ui::say::{difference, fill, metric, param, say, sentence, trial_name, trial_state, value};
use crate::ui::store::Store;
use crate::ui::view::live;

/// The table.
#[component]
pub fn Trials(store: Store) -> impl IntoView {
    let order = RwSignal::new(Order { by: Column::Value, down: false });
    let params = store.run(Run::searched);
    let params = Memo::new(move |_| params.get().unwrap_or_default());
    let objective = store.run(|run| metric(run.study.objective));
    // Rows are told apart by number and revision, so a row is drawn anew only when its trial ends.
    let rows = store.run(move |run| {
        let rows = order.with(|order| sorted(run, order));
        rows.iter().map(|trial| (trial.number, trial.revision)).collect::<Vec<_>>()
    });
    let count = Memo::new(move |_| rows.with(|rows| rows.as_ref().map_or(0, Vec::len)));
    let window = Window::new(count);
    let region = NodeRef::<Div>::new();
    let shown = move || rows.with(|rows| rows.as_ref().map(|rows| rows[window.range()].to_vec()).unwrap_or_default());
    let empty = move || count.get() == 0;
    let gap = |height: f64| format!("{height}px");
    let row = move |(number, _): (u32, u32)| {
        let trial = store.model.with_untracked(|model| model.run.as_ref()?.trials.get(&number).cloned());
        trial.map(|trial| view! { <Row store trial params/> })
    };
    let header = move |column: Column, text: String| view! { <Header order column text/> };
    view! {
        <section class="card" aria-labelledby="trials-title">
            <h2 id="trials-title">{say("page.trials-table")}</h2>
            <p class="note">{say("page.trials-note")}</p>
            <div class="scroll" tabindex="0" role="region" aria-labelledby="trials-title" node_ref=region
                on:scroll=move |_| window.scrolled(region)>
                <table class="trials" data-testid="trials" hidden=live(empty) aria-rowcount=live(move || (count.get() + 1).to_string())>
                    <thead>
                        <tr>
                            {header(Column::Number, say("page.column-number").to_owned())}
                            {live(move || params.get().into_iter().map(|name| {
                                let text = param(&name);
                                header(Column::Param(name), text)
                            }).collect_view())}
                            {live(move || header(Column::Value, objective.get().unwrap_or_default()))}
                            <th scope="col">{say("page.column-difference")}</th>
                            {header(Column::Epochs, say("page.column-epochs").to_owned())}
                            {header(Column::State, say("page.column-state").to_owned())}
                            {header(Column::Seconds, say("page.column-seconds").to_owned())}
                        </tr>
                    </thead>
                    <tbody aria-hidden="true"><tr class="gap" style:height=live(move || gap(window.gaps().0))></tr></tbody>
                    <tbody><For each=live(shown) key=|key| *key children=row/></tbody>
                    <tbody aria-hidden="true"><tr class="gap" style:height=live(move || gap(window.gaps().1))></tr></tbody>
                </table>
                <p class="empty" hidden=live(move || !empty())>{say("page.trials-empty")}</p>
            </div>
        </section>
    }
}

#[component]
fn Header(order: RwSignal<Order>, column: Column, text: String) -> impl IntoView {
    let own = column.clone();
    let sort = move || {
        order.with(|order| match (order.by == own, order.down) {
            (false, _) => None,
            (true, false) => Some("ascending"),
            (true, true) => Some("descending"),
        })
    };
    view! {
        <th scope="col" aria-sort=live(sort)>
            <button type="button" on:click=move |_| order.update(|order| *order = order.clicked(&column))>{text}</button>
        </th>
    }
    .into_any()
}

#[component]
fn Row(store: Store, trial: Arc<Trial>, params: Memo<Vec<String>>) -> impl IntoView {
    let number = trial.number;
    let best = store.run(|run| run.best);
    let best = Memo::new(move |_| best.get().flatten() == Some(number));
    let tied = store.run(move |run| run.comparisons.get(&number).is_some_and(|entry| entry.tied));
    let tied = Memo::new(move |_| tied.get() == Some(true) && !best.get());
    let lit = Memo::new(move |_| store.selected.get() == Some(number));
    let choose = move |_| {
        store.selected.update(|selected| *selected = if *selected == Some(number) { None } else { Some(number) });
    };
    let cells = {
        let trial = Arc::clone(&trial);
        let cell = move |name: String| trial.params.get(&name).map(value).unwrap_or_default();
        move || params.get().into_iter().map(|name| view! { <td class="number">{cell(name)}</td> }).collect_view()
    };
    let group = move || match (best.get(), tied.get()) {
        (true, _) => Some(view! { <span class="badge best">{say("page.best")}</span> }.into_any()),
        (_, true) => Some(view! { <span class="badge">{say("page.tied")}</span> }.into_any()),
        _ => None,
    };
    let exact = trial.value.map(|value| value.to_string());
    let took = if trial.seconds > 0.0 { seconds(trial.seconds) } else { String::new() };
    view! {
        <tr class:best=best class:tied=tied class:lit=lit data-trial=number.to_string() data-value=exact
            data-state=trial_state(&trial)
            on:pointerenter=move |_| store.hovered.set(Some(number)) on:pointerleave=move |_| store.hovered.set(None)
            on:click=choose>
            <th scope="row">
                <button type="button" aria-pressed=live(move || if lit.get() { "true" } else { "false" })
                    aria-label=trial_name(number)>{number}</button>
                {live(group)}
            </th>
            {live(cells)}
            <td class="number">{trial.value.map(fine)}</td>
            <td class="number" data-testid="difference">{live(difference_of(store, trial.clone()))}</td>
            <td class="number">{epochs_of(store, &trial)}</td>
            <td><State store trial=trial.clone()/></td>
            <td class="number">{took}</td>
        </tr>
    }
    .into_any()
}

/// The difference to the best: with its interval once the run has come to rest.
fn difference_of(store: Store, trial: Arc<Trial>) -> impl Fn() -> Option<String> {
    let number = trial.number;
    let found = store.run(move |run| {
        let compared = run.comparisons.get(&number).map(|entry| entry.difference);
        (compared, run.best_trial().and_then(|best| best.value))
    });
    move || {
        let (compared, best) = found.get()?;
        let plain = || Some(signed(trial.value? - best?));
        compared.map(|estimate| difference(&estimate)).or_else(plain)
    }
}

fn epochs_of(store: Store, trial: &Trial) -> AnyView {
    if trial.state.is_some() {
        return trial.epochs_shown().into_any();
    }
    let number = trial.number;
    let epochs = store.run(move |run| run.trials.get(&number).map_or(0, |trial| trial.epochs_shown()));
    live(move || epochs.get()).into_any()
}

/// How it ended, why it failed, or a button that ends it.
#[component]
fn State(store: Store, trial: Arc<Trial>) -> impl IntoView {
    let number = trial.number;
    let why = trial.error.as_ref().map(|error| view! { <span class="note">" " {sentence(error)}</span> });
    let cancel = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        store.send(&Command::CancelTrial { number });
    };
    let button = trial.state.is_none().then(|| {
        let label = fill("page.cancel-trial", &[("number", number.to_string())]);
        view! {
            <button type="button" class="quiet" data-testid="cancel-trial" aria-label=label on:click=cancel>
                {say("page.cancel-short")}
            </button>
        }
    });
    let whole = trial.error.as_ref().map(sentence);
    view! { <span class="state" title=whole>{trial_state(&trial)}{why}</span>{button} }.into_any()
}
