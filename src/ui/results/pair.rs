//! Two trials side by side: what was set differently, how they learned, and whether the difference between them is one.

use super::best::is_searched;
use crate::protocol::{Command, Estimate};
use crate::study::{MetricSpec, ModelSpec, Study};
use crate::ui::chart::pair_of_curves;
use crate::ui::format::{fine, seconds, signed};
use crate::ui::run::{Run, Trial};
use crate::ui::say::{self, fill, metric, param, say, trial_name, value, word};
use crate::ui::signal::{Memo, effect};
use crate::ui::store::Store;
use crate::ui::view::{View, apart, el};

/// A line of the table: its name, what stands below either trial, and what tells the two apart; nothing where they are alike.
type Line = (String, [String; 2], Option<String>);

apart!(
    /// The panel of what is pinned.
    fn pair(store: Store) = panel, in more
);

fn panel(store: Store) -> View {
    let both = Memo::new(move || store.pinned.with(|pinned| <[u32; 2]>::try_from(&pinned[..]).ok()));
    // Only what has a result can be compared, and a link carries no errors by user.
    let asked = Memo::new(move || {
        let [one, other] = both.get()?;
        let has_result = |run: &Run, number| run.trials.get(&number).is_some_and(|trial| trial.value.is_some());
        let can = |run: &Run| !run.shared && has_result(run, one) && has_result(run, other);
        store.run(can).filter(|can| *can).map(|_| (one, other))
    });
    effect(move || {
        if let Some((one, other)) = asked.get() {
            store.send(&Command::ComparePair { one, other });
        }
    });
    let lines = Memo::new(move || both.get().and_then(|both| store.run(|run| lines(run, both))).flatten());
    let verdict = Memo::new(move || both.get().and_then(|both| store.run(|run| verdict(run, both))).flatten());
    let hint = move || {
        let number = store.pinned.with(|pinned| pinned.first().copied())?;
        Some(el("p").attr("class", "note").text(&fill("page.pin-another", &[("trial", trial_name(number))])).into())
    };
    let unpin = el("button")
        .attrs(&[("type", "button"), ("class", "quiet"), ("data-testid", "unpin")])
        .on("click", move |_| store.pinned.set(Vec::new()))
        .text(say("page.unpin"));
    let title = move || {
        let named = |[one, other]: [u32; 2]| [("one", trial_name(one)), ("other", trial_name(other))];
        both.get().map(|both| fill("page.pair-title", &named(both))).unwrap_or_default()
    };
    let compared = move || {
        let (both, lines) = (both.get()?, lines.get()?);
        Some(View::group([
            el("p").attrs(&[("data-testid", "pair-verdict")]).says(move || verdict.get().unwrap_or_default()).into(),
            el("div").attr("class", "pair-parts").child(table(both, lines)).child(pair_of_curves(store, both)).into(),
        ]))
    };
    el("section")
        .attrs(&[("class", "side-by-side"), ("aria-labelledby", "pair-title"), ("data-testid", "pair")])
        .child(el("div").attr("class", "chart-head").child(el("h2").attr("id", "pair-title").says(title)).child(unpin))
        .shows(move || if both.get().is_none() { hint() } else { compared() })
        .into()
}

fn table(both: [u32; 2], lines: Vec<Line>) -> View {
    let names = both.map(trial_name);
    let head = ["", &names[0], &names[1], ""].map(|text| el("th").attr("scope", "col").text(text));
    let rows = lines.into_iter().map(|(name, cells, apart)| {
        let number = |text: &str| el("td").attr("class", "number").text(text);
        el("tr")
            .attr("class", if apart.is_some() { "differs" } else { "" })
            .child(el("th").attr("scope", "row").text(&name))
            .children(cells.iter().map(|text| number(text)))
            .child(number(&apart.unwrap_or_default()))
    });
    let table = el("table")
        .attrs(&[("class", "small"), ("data-testid", "pair-table")])
        .child(el("thead").child(el("tr").children(head)))
        .child(el("tbody").children(rows));
    // A table does not scroll by itself where it is too wide.
    el("div").child(table).into()
}

/// Parameters, figures, epochs and time of both.
fn lines(run: &Run, both: [u32; 2]) -> Option<Vec<Line>> {
    let [one, other] = both.map(|number| run.trials.get(&number));
    let trials = [&**one?, &**other?];
    let mut lines = set(&run.study, trials)?;
    let figure = |trial: &Trial, metric| match trial.value.filter(|_| metric == run.study.objective) {
        Some(value) => Some(value),
        None => trial.metrics.as_ref()?.get(metric),
    };
    for one in MetricSpec::ALL {
        let figures = trials.map(|trial| figure(trial, one));
        if figures != [None, None] {
            let apart = figures[0].zip(figures[1]).map(|(a, b)| signed(a - b)).filter(|text| text != "0");
            lines.push((metric(one), figures.map(|figure| figure.map(fine).unwrap_or_default()), apart));
        }
    }
    lines.push(plain(say("page.column-epochs"), trials.map(|trial| trial.epochs_shown().to_string())));
    let times = trials.map(|trial| if trial.seconds > 0.0 { seconds(trial.seconds) } else { String::new() });
    // How long it took says something of the machine too, so it never counts as a difference.
    lines.push((say("page.column-seconds").to_owned(), times, None));
    Some(lines)
}

/// The models, where they differ, and all that was searched in either.
fn set(study: &Study, trials: [&Trial; 2]) -> Option<Vec<Line>> {
    let [one, other] = trials.map(|trial| study.resolve(&trial.params).ok());
    let specs: [ModelSpec; 2] = [one?, other?];
    let mut lines = Vec::new();
    if specs[0].model != specs[1].model {
        lines.push(plain(&word("param", "model"), [0, 1].map(|at| word("model", specs[at].model.name()))));
    }
    let mut names: Vec<&'static str> = Vec::new();
    for spec in &specs {
        for info in spec.model.parameters().iter().filter(|info| info.sets.is_empty()) {
            let group = spec.model.parameters().iter().find(|group| group.sets.contains(&info.name));
            let own = [Some(info.name), group.map(|group| group.name)];
            let searched =
                own.into_iter().flatten().any(|name| trials.iter().any(|one| is_searched(&one.params, name)));
            if searched && !names.contains(&info.name) {
                names.push(info.name);
            }
        }
    }
    for name in names {
        let cell = |spec: &ModelSpec| spec.params.get(name).map(value).unwrap_or_default();
        lines.push(plain(&param(name), [cell(&specs[0]), cell(&specs[1])]));
    }
    Some(lines)
}

/// A line whose cells differ or not.
fn plain(name: &str, cells: [String; 2]) -> Line {
    let apart = (cells[0] != cells[1]).then(|| "≠".to_owned());
    (name.to_owned(), cells, apart)
}

/// Whether one is better, and by how much.
fn verdict(run: &Run, [one, other]: [u32; 2]) -> Option<String> {
    let value = |number: u32| run.trials.get(&number)?.value;
    let (Some(a), Some(b)) = (value(one), value(other)) else {
        return Some(say("page.pair-no-result").to_owned());
    };
    let known = run.pair.filter(|pair| (pair.one, pair.other) == (one, other)).map(|pair| pair.difference);
    let objective = run.study.objective;
    // Below zero the one is better, whichever way the objective goes.
    let is_one = objective.loss(a) <= objective.loss(b);
    let (better, worse) = if is_one { (one, other) } else { (other, one) };
    let difference = known.unwrap_or(Estimate { value: a - b, low: None, high: None });
    let key = match (known, difference.low, difference.high) {
        (None, ..) if run.shared => "page.pair-shared",
        (None, ..) => "page.pair-waits",
        (_, Some(low), Some(high)) if low > 0.0 || high < 0.0 => "page.pair-better",
        (_, Some(_), Some(_)) => "page.pair-tie",
        _ => "page.pair-unknown",
    };
    let fields = [
        ("better", trial_name(better)),
        ("worse", trial_name(worse)),
        ("metric", metric(objective)),
        ("difference", say::difference(&difference)),
    ];
    Some(fill(key, &fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Event, PairComparison};
    use crate::ui::recorded;

    fn run() -> Run {
        recorded::shown(4)
    }

    #[test]
    fn what_differs_is_marked() {
        let run = run();
        let lines = lines(&run, [0, 1]).unwrap();
        let names: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
        assert!(names.contains(&"RMSE") && names.contains(&"Epochs"), "{names:?}");
        let of = |name: &str| lines.iter().find(|line| line.0 == name).unwrap();
        assert_eq!(of("RMSE").1, ["0.8450", "0.8768"]);
        assert_eq!(of("RMSE").2.as_deref(), Some("−0.0318"));
        assert_eq!(of("Epochs").2, None);
        assert_eq!(of("factors").2.as_deref(), Some("≠"));
        assert!(super::lines(&run, [0, 0]).unwrap().iter().all(|line| line.2.is_none()));
    }

    #[test]
    fn a_difference_is_one_when_its_interval_leaves_out_zero() {
        let mut run = run();
        let verdict = |run: &Run| verdict(run, [1, 0]).unwrap();
        assert!(verdict(&run).contains("…"), "{}", verdict(&run));
        let mut compare = |low, high| {
            let difference = Estimate { value: 0.0318, low, high };
            run.apply(Event::PairCompared(PairComparison { one: 1, other: 0, difference }), 0.0);
            verdict(&run)
        };
        let better = compare(Some(0.01), Some(0.05));
        assert!(better.contains("trial 0 is better than trial 1") && better.contains("+0.0318"), "{better}");
        assert!(compare(Some(-0.01), Some(0.05)).contains("cannot be told apart"));
        assert!(compare(None, None).contains("too few users"));
    }
}
