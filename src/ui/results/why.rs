//! Why the chosen trial's point was proposed: one sentence, and for each parameter what the sampler had learned along it.
//! The conductor says it when somebody looks.

use crate::protocol::{Command, Explanation, Origin, Slice};
use crate::study::SamplerKind;
use crate::ui::chart::learned;
use crate::ui::format::fine;
use crate::ui::run::Run;
use crate::ui::say::{fill, metric, say, trial_name};
use crate::ui::signal::{Memo, effect};
use crate::ui::store::Store;
use crate::ui::view::{View, el, rows, shows};

/// The panel of the trial that was chosen, or else of the best.
pub fn why(store: Store, in_sight: Memo<bool>) -> View {
    let number = Memo::new(move || store.selected.get().or_else(|| store.best.get()));
    // A link carries points as they were shown, which no sampler can be asked about.
    let due = Memo::new(move || {
        let number = number.get().filter(|_| in_sight.get())?;
        store.run(|run| (!run.shared && run.trials.contains_key(&number)).then_some((run.first_revision, number)))?
    });
    effect(move || {
        if let Some((_, number)) = due.get() {
            store.send(&Command::Explain { number });
        }
    });
    // What is told of another trial is not shown under this one's name.
    let known = Memo::new(move || {
        let why = store.run(|run| run.why.clone()).flatten()?.read()?;
        (number.get() == Some(why.number)).then_some(why)
    });
    let told = Memo::new(move || known.with(|why| store.run(|run| why.as_ref().map(|why| told(run, why)))).flatten());
    let sentence = move || told.get().unwrap_or_else(|| waits(store).to_owned());
    let keys = Memo::new(move || {
        let run = store.run(|run| run.first_revision).unwrap_or_default();
        let count = known.with(|why| why.as_ref().map_or(0, |why| why.slices.len()));
        (0..count as u32).map(|at| (at, run)).collect::<Vec<_>>()
    });
    let learns = Memo::new(move || known.with(|why| why.as_ref()?.slices.first().map(is_expected)));
    let title = move || match number.get() {
        Some(number) => fill("page.why-title", &[("trial", trial_name(number))]),
        None => say("page.why-tab").to_owned(),
    };
    View::group([
        el("h2").attr("id", "why-title").says(title).into(),
        el("p").attr("data-testid", "why").says(sentence).into(),
        shows(move || learns.get().map(legend)),
        el("div")
            .attr("class", "slices")
            .child(rows(move || keys.get(), move |(at, _)| learned(store, known, at as usize)))
            .into(),
    ])
}

/// Whether a slice is that of a Gaussian process.
fn is_expected(slice: &Slice) -> bool {
    !slice.mean.is_empty()
}

/// What the lines mean.
fn legend(expects: bool) -> View {
    let entries: &[(&str, &str)] = match expects {
        true => &[
            ("mean", "page.why-mean"),
            ("band", "page.why-band"),
            ("gain", "page.why-gain"),
            ("came", "page.why-came"),
        ],
        false => &[("good", "page.why-good"), ("bad", "page.why-bad")],
    };
    let entries = entries.iter().map(|(class, key)| el("span").attr("class", class).text(say(key)));
    el("p").attr("class", "two legend learned").children(entries).into()
}

/// What stands in place of a sentence that is not there.
fn waits(store: Store) -> &'static str {
    say(match store.run(|run| run.shared) {
        Some(true) => "page.why-shared",
        Some(false) => "page.why-asked",
        None => "page.why-none",
    })
}

/// Why it was proposed, and what it came to.
fn told(run: &Run, why: &Explanation) -> String {
    let sampler = run.study.search.sampler;
    let learns = matches!(sampler, SamplerKind::Tpe | SamplerKind::Gp);
    let objective = run.study.objective;
    let chosen = why.slices.first();
    let expected = |column: fn(&Slice) -> &Vec<f64>| {
        let value = chosen.and_then(|slice| column(slice).get(slice.chosen as usize).copied());
        value.map(fine).unwrap_or_default()
    };
    let key = match why.origin {
        Origin::Given => "page.why-given",
        Origin::Order => "page.why-order",
        Origin::Spread if learns => "page.why-start",
        Origin::Spread => "page.why-spread",
        Origin::Chance if learns => "page.why-taken",
        Origin::Chance => "page.why-chance",
        Origin::Learned if chosen.is_some_and(is_expected) => "page.why-expected",
        Origin::Learned => "page.why-dense",
        Origin::Ground => "page.why-ground",
        Origin::Elsewhere => "page.why-elsewhere",
    };
    let fields = [
        ("number", why.number.to_string()),
        ("known", why.known.to_string()),
        ("metric", metric(objective)),
        ("mean", expected(|slice| &slice.mean)),
        ("low", expected(|slice| &slice.low)),
        ("high", expected(|slice| &slice.high)),
    ];
    let mut told = fill(key, &fields);
    if why.origin.is_learned() && why.pending > 0 {
        told = fill("page.why-pending", &[("why", told), ("count", why.pending.to_string())]);
    }
    if let Some(value) = run.trials.get(&why.number).and_then(|trial| trial.value) {
        told = fill("page.why-outcome", &[("why", told), ("metric", metric(objective)), ("value", fine(value))]);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    fn said(sampler: SamplerKind, origin: Origin, slices: Vec<Slice>) -> String {
        let mut run = recorded::shown(4);
        run.study.search.sampler = sampler;
        told(&run, &Explanation { number: 1, known: 12, pending: 3, origin, slices })
    }

    #[test]
    fn the_sentence_says_what_had_a_say() {
        let chance = said(SamplerKind::Random, Origin::Chance, vec![]);
        assert!(chance.contains("by chance") && chance.contains("RMSE 0.8768"), "{chance}");
        let taken = said(SamplerKind::Gp, Origin::Chance, vec![]);
        assert!(taken.contains("before") && taken != chance, "{taken}");
        assert_ne!(said(SamplerKind::Sobol, Origin::Spread, vec![]), said(SamplerKind::Gp, Origin::Spread, vec![]));
        let slice = Slice { at: vec![0.0, 0.5], chosen: 1, ..Slice::default() };
        let (mean, low, high) = (vec![0.9, 0.87], vec![0.88, 0.86], vec![0.92, 0.885]);
        let expected = said(SamplerKind::Gp, Origin::Learned, vec![Slice { mean, low, high, ..slice.clone() }]);
        for part in ["12 results", "0.8700", "0.8600", "0.8850", "under way: 3."] {
            assert!(expected.contains(part), "{part}: {expected}");
        }
        let of = |origin| said(SamplerKind::Gp, origin, vec![Slice { mean: vec![0.9, 0.87], ..slice.clone() }]);
        for (origin, part) in [(Origin::Ground, "0.8700"), (Origin::Elsewhere, "elsewhere")] {
            let told = of(origin);
            assert!(told.contains(part) && told.contains("under way: 3.") && !told.contains('{'), "{told}");
        }
        let dense = said(SamplerKind::Tpe, Origin::Learned, vec![Slice { good: vec![1.0; 2], ..slice }]);
        assert!(dense.contains("12 results") && !dense.contains('{'), "{dense}");
    }
}
