//! The table of trials: every figure that the charts draw.

use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::untrack;

use super::filter::filter;
use super::order::{Column, Order, Sorted};
use super::pair::pair;
use super::window::Window;
use crate::protocol::{Command, TrialState};
use crate::ui::chart::{clear_brushes, kept};
use crate::ui::format::{bound, fine, seconds, signed};
use crate::ui::run::{Run, Trial};
use crate::ui::say::{fill, metric, param, say, sentence, trial_name, trial_state, value};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{El, Key, View, after_frame, el, rows as rows_of, shows};

/// The table. While it is out of sight it has no rows: trials and brushes come and go without them.
pub fn trials(store: Store, in_sight: Memo<bool>) -> View {
    let order = Signal::new(Order { by: Column::Value, down: false });
    let is_pinned = Memo::new(move || !store.pinned.with(Vec::is_empty));
    let params = Memo::new(move || store.run(Run::searched).unwrap_or_default());
    let objective = move || store.run(|run| metric(run.study.objective)).unwrap_or_default();
    // Rows are told apart by number and revision, so a row is drawn anew only when its trial ends.
    let sorted = Mutex::new(Sorted::default());
    let rows = Memo::new(move || {
        let mut sorted = sorted.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = |run: &Run| {
            order.with(|order| sorted.follow(run, order));
            store.kept.with(|kept| sorted.rows().filter(|(number, _)| kept.holds(*number)).collect::<Vec<_>>())
        };
        if in_sight.get() { store.run(rows).unwrap_or_default() } else { Vec::new() }
    });
    let count = Memo::new(move || rows.with(Vec::len));
    let window = Window::new(count);
    let shown = move || rows.with(|rows| rows[window.range()].to_vec());
    let empty = move || count.get() == 0;
    let row = move |(number, _): Key| {
        let trial = store.run(|run| run.trials.get(&number).cloned()).flatten();
        trial.map_or_else(|| el("tr"), |trial| row(store, &trial, params))
    };
    let sort = (order, window);
    let plain = move |column, key| header(sort, column, move || say(key).to_owned());
    let columns = move || {
        let columns = params.get().into_iter().map(|name| {
            let text = param(&name);
            header(sort, Column::Param(name), move || text.clone()).into()
        });
        Some(View::group(columns))
    };
    let head = el("tr")
        .child(plain(Column::Number, "page.column-number"))
        .shows(columns)
        .child(header(sort, Column::Value, objective))
        .child(el("th").attr("scope", "col").text(say("page.column-difference")))
        .child(plain(Column::Epochs, "page.column-epochs"))
        .child(plain(Column::State, "page.column-state"))
        .child(plain(Column::Seconds, "page.column-seconds"));
    let table = el("table")
        .attrs(&[("class", "trials"), ("data-testid", "trials")])
        .flag("hidden", empty)
        .attr_of("aria-rowcount", move || Some((count.get() + 1).to_string()))
        .child(el("thead").child(head))
        .child(gap(move || window.gaps().0))
        .child(el("tbody").child(rows_of(shown, row)))
        .child(gap(move || window.gaps().1));
    let region = [("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-labelledby", "trials-title")];
    let empty_key = move || match store.brushes.with(Vec::is_empty) {
        _ if store.met.with(Option::is_some) => "page.filter-none",
        true => "page.trials-empty",
        false => "page.none-kept",
    };
    View::group([
        el("h2").attrs(&[("id", "trials-title"), ("class", "visually-hidden")]).text(say("page.trials-table")).into(),
        filter(store),
        filtered(store),
        shows(move || is_pinned.get().then(|| untrack(|| pair(store)))),
        el("p").attr("class", "note").text(say("page.trials-note")).into(),
        el("div")
            .attrs(&region)
            .on("scroll", move |event| window.scrolled(&event))
            .child(table)
            .child(
                el("p")
                    .attr("class", "empty")
                    .flag("hidden", move || !empty())
                    .says(move || say(empty_key()).to_owned()),
            )
            .into(),
    ])
}

/// How many trials are kept where axes are marked, and a way back to all. What the filter alone keeps it says itself.
fn filtered(store: Store) -> View {
    el("p")
        .attrs(&[("class", "flag filtered"), ("data-testid", "filtered")])
        .flag("hidden", move || store.brushes.with(Vec::is_empty))
        .says(move || kept(store).unwrap_or_default())
        .child(clear_brushes(store, "show-all"))
        .into()
}

/// The height of the rows that are not on the page.
fn gap(height: impl Fn() -> f64 + 'static) -> El {
    let row = el("tr").attr("class", "gap").style("height", move || format!("{}px", height()));
    el("tbody").attr("aria-hidden", "true").child(row)
}

fn header((order, window): (Signal<Order>, Window), column: Column, text: impl Fn() -> String + 'static) -> El {
    let own = column.clone();
    let sort = move || {
        let sort = order.with(|order| match (order.by == own, order.down) {
            (false, _) => None,
            (true, false) => Some("ascending"),
            (true, true) => Some("descending"),
        });
        sort.map(str::to_owned)
    };
    let button = el("button")
        .attr("type", "button")
        .on("click", move |_| {
            // Rows that go and rows that come have a turn each.
            window.narrow();
            let column = column.clone();
            after_frame(move || order.update(|order| *order = order.clicked(&column)));
        })
        .says(text);
    el("th").attr("scope", "col").attr_of("aria-sort", sort).child(button)
}

fn row(store: Store, trial: &Arc<Trial>, params: Memo<Vec<String>>) -> El {
    let number = trial.number;
    let best = Memo::new(move || store.best.get() == Some(number));
    let tied = Memo::new(move || {
        let tied = standing(store, |run| run.comparisons.get(&number).is_some_and(|entry| entry.tied));
        tied == Some(true) && !best.get()
    });
    let lit = move || store.selected.get() == Some(number);
    let own = Arc::clone(trial);
    let cells = move || {
        let cell = |name: &String| {
            let text = own.params.get(name).map(value).unwrap_or_default();
            // A card says its model already.
            figure(&text).attr("data-label", &param(name.rsplit('.').next().unwrap_or_default())).into()
        };
        Some(params.with(|params| View::group(params.iter().map(cell))))
    };
    let objective = store.run(|run| metric(run.study.objective)).unwrap_or_default();
    let time = if trial.seconds > 0.0 { seconds(trial.seconds) } else { String::new() };
    let choice = el("button")
        .attrs(&[("type", "button"), ("aria-label", &trial_name(number))])
        .attr_of("aria-pressed", move || Some(lit().to_string()))
        .text(&number.to_string());
    let row = el("tr")
        .toggle("best", move || best.get())
        .toggle("tied", move || tied.get())
        .toggle("lit", lit)
        .attrs(&[("data-trial", &number.to_string()), ("data-state", trial_state(trial))])
        .on("pointerenter", move |_| store.hovered.set(Some(number)))
        .on("pointerleave", move |_| store.hovered.set(None))
        .on("click", move |_| store.choose_trial(Some(number)))
        .child(
            el("th")
                .attrs(&[("scope", "row"), ("data-label", say("page.column-number"))])
                .child(pin(store, number))
                .child(choice),
        )
        .shows(cells)
        .child(
            figure(&trial.value.map(fine).unwrap_or_default())
                .attrs(&[("class", "number value"), ("data-label", &objective)]),
        )
        .child(difference_of(store, Arc::clone(trial)).attr("data-label", say("page.column-difference")))
        .child(epochs_of(store, trial).attr("data-label", say("page.column-epochs")))
        .child(
            el("td")
                .attrs(&[("data-testid", "state"), ("data-label", say("page.column-state"))])
                .child(state(store, trial, best, tied)),
        )
        .child(figure(&time).attr("data-label", say("page.column-seconds")));
    match trial.value {
        Some(value) => row.attr("data-value", &value.to_string()),
        None => row,
    }
}

/// The box that lays a trial beside another one.
fn pin(store: Store, number: u32) -> El {
    let label = fill("page.pin", &[("trial", trial_name(number))]);
    el("input")
        .attrs(&[("type", "checkbox"), ("data-testid", "pin"), ("aria-label", &label), ("title", &label)])
        .property("checked", move || store.pinned.with(|pinned| pinned.contains(&number)).into())
        .on("click", |event| event.stop_propagation())
        .on("change", move |_| store.pin(number))
}

/// A cell with a figure.
fn figure(text: &str) -> El {
    el("td").attr("class", "number").text(text)
}

/// Something of how the trials stand to each other: read anew when there is another best, or when they were compared, and not
/// with everything that happens in a run.
fn standing<T>(store: Store, read: impl FnOnce(&Run) -> T) -> Option<T> {
    store.best.track();
    store.compared.track();
    store.model.with_untracked(|model| model.run.as_ref().map(read))
}

/// The difference to the best, and below it the interval, which comes once the run has come to rest.
fn difference_of(store: Store, trial: Arc<Trial>) -> El {
    let own = Arc::clone(&trial);
    let value = move || {
        let value = standing(store, |run| match run.comparisons.get(&own.number) {
            Some(compared) => Some(compared.difference.value),
            None => Some(own.value? - run.best_trial()?.value?),
        });
        value.flatten().map(signed).unwrap_or_default()
    };
    let interval = move || {
        let ends = standing(store, |run| {
            let difference = run.comparisons.get(&trial.number).filter(|_| run.best != Some(trial.number))?.difference;
            Some([("low", bound(difference.low?)), ("high", bound(difference.high?))])
        });
        ends.flatten().map(|ends| fill("page.difference-range", &ends)).unwrap_or_default()
    };
    figure("")
        .attr("data-testid", "difference")
        .child(el("span").says(value))
        .child(el("span").attr("class", "interval").says(interval))
}

fn epochs_of(store: Store, trial: &Trial) -> El {
    if trial.state.is_some() {
        return figure(&trial.epochs_shown().to_string());
    }
    let number = trial.number;
    let epochs = move || store.run(|run| run.trials.get(&number).map_or(0, |trial| trial.epochs_shown()));
    figure("").says(move || epochs().unwrap_or_default().to_string())
}

/// How it ended, and what that is worth; why it failed; or a button that ends it.
fn state(store: Store, trial: &Trial, best: Memo<bool>, tied: Memo<bool>) -> View {
    let number = trial.number;
    let word = trial_state(trial);
    if matches!(trial.state, Some(TrialState::Done | TrialState::Stopped)) {
        return shows(move || {
            let (class, text) = match (best.get(), tied.get()) {
                (true, _) => ("badge best", say("page.best")),
                (_, true) => ("badge", say("page.tied")),
                _ => ("state", word),
            };
            Some(el("span").attr("class", class).text(text).into())
        });
    }
    let mut state = el("span").attr("class", "state").text(word);
    if let Some(error) = &trial.error {
        let why = sentence(error);
        state = state.attr("title", &why).child(el("span").attr("class", "note").text(&format!(" {why}")));
    }
    if trial.state.is_some() {
        return state.into();
    }
    let label = fill("page.cancel-trial", &[("number", number.to_string())]);
    let attributes =
        [("type", "button"), ("class", "quiet"), ("data-testid", "cancel-trial"), ("aria-label", label.as_str())];
    let cancel = move |event: web_sys::Event| {
        event.stop_propagation();
        store.send(&Command::CancelTrial { number });
    };
    let button = el("button").attrs(&attributes).on("click", cancel).text(say("page.cancel-short"));
    View::group([state.into(), button.into()])
}
