//! The cursor of a chart: from trial to trial, in the order of the chart.

use leptos::prelude::untrack;

use super::axis::Axis;
use super::kind::Kind;
use super::shell::read;
use crate::ui::format::figure;
use crate::ui::run::{Run, Trial};
use crate::ui::say::{point, trial_name};
use crate::ui::store::Store;

/// Goes to where a key leads, and says what is there.
pub fn step(store: Store, kind: Kind, key: &str) {
    let lit = untrack(|| store.lit());
    let Some(number) = read(store, |run, axes| next(run, axes, kind, lit, key)).flatten() else { return };
    store.selected.set(Some(number));
    let words = store.untracked(|run| {
        let trial = run.trials.get(&number)?;
        let value = trial.value.map(figure).unwrap_or_default();
        Some(format!("{}: {value}. {}", trial_name(number), point(&trial.params)))
    });
    store.said.set(words.unwrap_or_default());
}

/// The trial that a key leads to from the one that is lit.
fn next(run: &Run, axes: &[Axis], kind: Kind, lit: Option<u32>, key: &str) -> Option<u32> {
    let order = |trial: &Trial| Some((kind.order(trial, axes)?, trial.number));
    let order: Vec<(f64, u32)> = run.trials.values().filter_map(|trial| order(trial)).collect();
    lead(&order, lit, key)
}

/// Where a key leads to from one of several things that stand at some places: to the next one before or behind it, or to the
/// first or last. Of those at one place the lowest number is first.
pub fn lead(order: &[(f64, u32)], from: Option<u32>, key: &str) -> Option<u32> {
    let compare = |a: &&(f64, u32), b: &&(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    let all = || order.iter();
    let (first, last) = (all().min_by(compare), all().max_by(compare));
    let from = from.and_then(|from| all().find(|one| one.1 == from));
    let to = match (key, from) {
        ("Home", _) | ("ArrowRight", None) => first,
        ("End", _) | ("ArrowLeft", None) => last,
        ("ArrowLeft", Some(from)) => all().filter(|one| compare(one, &from).is_lt()).max_by(compare).or(first),
        ("ArrowRight", Some(from)) => all().filter(|one| compare(one, &from).is_gt()).min_by(compare).or(last),
        _ => None,
    };
    to.map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    #[test]
    fn keys_lead_through_the_order_of_the_chart() {
        let run = recorded::shown(5);
        let axes = Axis::all(&run);
        let walk = |kind, lit, key| next(&run, &axes, kind, lit, key).unwrap();
        assert_eq!(walk(Kind::History, Some(2), "ArrowLeft"), 1);
        assert_eq!(walk(Kind::History, Some(4), "ArrowRight"), 4);
        assert_eq!(walk(Kind::History, None, "ArrowRight"), 0);
        assert_eq!(walk(Kind::History, Some(2), "End"), 4);
        // Their first parameter wobbles by number x 7 mod 11, as their values do: 0, 7, 3, 10, 6.
        let order = [0, 2, 4, 1, 3];
        for pair in order.windows(2) {
            assert_eq!(walk(Kind::Slice(0), Some(pair[0]), "ArrowRight"), pair[1]);
            assert_eq!(walk(Kind::Slice(0), Some(pair[1]), "ArrowLeft"), pair[0]);
        }
        assert_eq!(next(&run, &axes, Kind::History, None, "x"), None);
    }
}
