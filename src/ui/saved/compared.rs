//! Two saved studies side by side: how far each came, its best configuration, and how fast it got there.

use std::sync::Arc;

use super::described::{name, trials};
use crate::protocol::{SavedStudy, Shared, SharedTrial};
use crate::ui::format::{count, figure};
use crate::ui::say::{fill, metric, param, say, trial_name, value, word};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{View, el, shows};

/// What each of the two is, and what a row is about.
type Row = (String, [String; 2]);

/// The table, once two have been chosen and read.
pub fn comparison(store: Store, chosen: Signal<Vec<String>>) -> View {
    let both = Memo::new(move || {
        store.model.with(|model| {
            let read = |id: &String| {
                let study = model.saved.iter().find(|study| study.id == *id)?;
                Some((study.clone(), Arc::clone(model.saved_read.get(id)?)))
            };
            let read: Vec<_> = chosen.get().iter().filter_map(read).collect();
            <[(SavedStudy, Arc<Shared>); 2]>::try_from(read).ok()
        })
    });
    let few = move || store.model.with(|model| model.saved.len() < 2);
    shows(move || match both.get() {
        Some([first, second]) => Some(table(&[(&first.0, &*first.1), (&second.0, &*second.1)])),
        None if few() => None,
        None => Some(el("p").attr("class", "note").text(say("page.saved-pick")).into()),
    })
}

fn table(both: &[(&SavedStudy, &Shared); 2]) -> View {
    let head = both.iter().map(|(study, _)| el("th").attr("scope", "col").text(&name(study)));
    let row = |(about, cells): Row| {
        let cells = cells.into_iter().map(|cell| el("td").text(&cell));
        el("tr").child(el("th").attr("scope", "row").text(&about)).children(cells)
    };
    let region =
        [("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", say("page.saved-compare"))];
    let table = el("table")
        .attr("data-testid", "saved-comparison")
        .child(el("thead").child(el("tr").child(el("td")).children(head)))
        .child(el("tbody").children(rows(both).into_iter().map(row)));
    el("div").attrs(&region).child(table).into()
}

/// The rows: the best configurations, then the best value after more and more trials.
fn rows(both: &[(&SavedStudy, &Shared); 2]) -> Vec<Row> {
    let winners = both.map(|(study, shared)| best(study, &shared.trials));
    let of_best =
        |read: &dyn Fn(&SharedTrial) -> Option<String>| winners.map(|winner| winner.and_then(read).unwrap_or_default());
    let figures = |value: f32| figure(value.into());
    let best_of_both = [0, 1].map(|at: usize| {
        let value = winners[at].and_then(|trial| trial.value);
        value.map_or_else(String::new, |value| format!("{} {}", metric(both[at].0.study.objective), figures(value)))
    });
    let mut rows = vec![
        (say("page.trials").to_owned(), both.map(|(study, _)| trials(study))),
        (say("page.best").to_owned(), best_of_both),
        (say("page.column-number").to_owned(), of_best(&|trial| Some(trial_name(trial.number)))),
        (say("page.column-epochs").to_owned(), of_best(&|trial| Some(count(trial.epochs.into())))),
    ];
    let models = [0, 1].map(|at: usize| {
        let model = winners[at].and_then(|trial| both[at].0.study.resolve(&trial.params).ok());
        model.map_or_else(String::new, |spec| word("model", spec.model.name()))
    });
    rows.push((say("page.best-configuration").to_owned(), models));
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in winners.iter().flatten().flat_map(|trial| &trial.params.0) {
        if name != "model" && !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        rows.push((param(name), of_best(&|trial| trial.params.get(name).map(value))));
    }
    let most = both.iter().map(|(_, shared)| shared.trials.len()).max().unwrap_or_default();
    for after in steps(most) {
        let cells = both.map(|(study, shared)| {
            let trials = &shared.trials;
            let best = best(study, &trials[..after.min(trials.len())]).filter(|_| after <= trials.len());
            best.and_then(|trial| trial.value).map_or_else(String::new, figures)
        });
        rows.push((fill("page.saved-after", &[("trials", after.to_string())]), cells));
    }
    rows
}

/// The best trial, the earliest of equals.
fn best<'a>(study: &SavedStudy, trials: &'a [SharedTrial]) -> Option<&'a SharedTrial> {
    let objective = study.study.objective;
    let loss = |trial: &SharedTrial| objective.loss(trial.value.map_or(f64::NAN, f64::from));
    let done = trials.iter().filter(|trial| trial.value.is_some());
    done.min_by(|a, b| loss(a).total_cmp(&loss(b)))
}

/// 1, 2, 5, 10 and so on, up to all.
fn steps(most: usize) -> Vec<usize> {
    let mut steps = Vec::new();
    let mut size = 1;
    while size < most {
        steps.extend([size, 2 * size, 5 * size].into_iter().filter(|step| *step < most));
        size *= 10;
    }
    steps.push(most);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;
    use crate::ui::recorded;

    #[test]
    fn two_studies_stand_side_by_side() {
        let study = |id: &str| SavedStudy { trials: 6, ..SavedStudy::new(id.into(), Study::default()) };
        let (first, second) = (recorded::shared(6), recorded::shared(2));
        let rows = rows(&[(&study("a"), &first), (&study("b"), &second)]);
        let row = |about: &str| rows.iter().find(|row| row.0 == about).map(|row| row.1.clone());
        let best = first.trials[0].value.map(|value| figure(value.into())).unwrap();
        assert_eq!(row("best"), Some([&best, &best].map(|best| format!("RMSE {best}"))));
        assert_eq!(row("Best of the first 5"), Some([best, String::new()]));
        assert!(row("factors").is_some_and(|cells| cells.iter().all(|cell| !cell.is_empty())));
    }

    #[test]
    fn the_history_is_told_in_steps_that_grow() {
        assert_eq!(steps(1), [1]);
        assert_eq!(steps(5), [1, 2, 5]);
        assert_eq!(steps(30), [1, 2, 5, 10, 20, 30]);
    }
}
