//! The best trial of each model beside the baselines, by every metric: which of them can be told apart, and whether good
//! ratings and good lists come from the same one.

use crate::protocol::{Candidate, Command, Estimate, Resplit};
use crate::study::MetricSpec;
use crate::ui::chart::{Figures, Saved, save};
use crate::ui::format::{bound, figure, fine, signed};
use crate::ui::run::Run;
use crate::ui::say::{fill, list, metric, model, say, trial_name, word};
use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, shows};

/// Other cuts of the same rows that candidates are trained on when somebody wants to know.
const SPLITS: u32 = 5;

/// The table. Candidates are trained once more when it first comes in sight after a run has come to rest.
pub fn candidates(store: Store, in_sight: Memo<bool>) -> View {
    let can = |run: &Run| {
        (!run.shared && run.state.is_over() && !run.comparisons.is_empty()).then(|| (run.first_revision, run.done()))
    };
    let due = Memo::new(move || store.run(can).flatten().filter(|_| in_sight.get()));
    effect(move || {
        let known =
            store.model.with_untracked(|model| model.run.as_ref().is_some_and(|run| !run.candidates.is_empty()));
        if due.get().is_some() && !known {
            store.send(&Command::CompareCandidates);
        }
    });
    let all = Memo::new(move || store.run(|run| (run.study.objective, run.candidates.clone(), run.resplits.clone())));
    let told = Memo::new(move || {
        let (objective, all, _) = all.get()?;
        told(objective, &all)
    });
    let ahead = move || told.get().map_or_else(|| say("page.candidates").to_owned(), |told| told.0);
    let other = move || Some(el("p").attr("data-testid", "candidates-other").text(&told.get()?.1?).into());
    let waits = move || {
        let key = if due.get().is_some() { "page.candidates-training" } else { "page.candidates-wait" };
        el("p").attr("class", "empty").text(say(key)).into()
    };
    let saved = Saved { figures: Figures::Candidates, name: "candidates".to_owned(), picture: None, run: false };
    let has_some = move || all.with(|all| all.as_ref().is_some_and(|(_, all, _)| !all.is_empty()));
    View::group([
        el("div")
            .attr("class", "chart-head")
            .child(el("h2").attr("id", "candidates-title").says(ahead))
            .child(save(store, saved, has_some))
            .into(),
        shows(other),
        el("p").attr("class", "note").text(say("page.candidates-note")).into(),
        el("div")
            .attrs(&[
                ("class", "scroll"),
                ("tabindex", "0"),
                ("role", "region"),
                ("aria-labelledby", "candidates-title"),
            ])
            .shows(move || match all.get() {
                Some((objective, all, resplits)) if !all.is_empty() => Some(table(store, objective, &all, &resplits)),
                _ => Some(waits()),
            })
            .into(),
        shows(move || (has_some() && may_resplit(store)).then(|| again(store))),
    ])
}

/// Whether the candidates can be cut for anew: chance has a part in the study's split, and it was not asked for yet.
fn may_resplit(store: Store) -> bool {
    store.run(|run| run.resplits.is_empty() && run.study.split.again().is_some()) == Some(true)
}

/// What has the candidates trained on other cuts.
fn again(store: Store) -> View {
    let pressed = Signal::new(false);
    let press = move |_| {
        pressed.set(true);
        store.send(&Command::Resplit { splits: SPLITS });
    };
    let text = move || {
        let key = if pressed.get() { "page.resplitting" } else { "page.resplit" };
        fill(key, &[("count", SPLITS.to_string())])
    };
    let button = el("button")
        .attrs(&[
            ("type", "button"),
            ("class", "quiet"),
            ("data-testid", "resplit"),
            ("title", say("page.resplit-meaning")),
        ])
        .flag("disabled", move || pressed.get());
    button.on("click", press).says(text).into()
}

/// A line for each metric, a column for each candidate.
fn table(store: Store, objective: MetricSpec, all: &[Candidate], resplits: &[Resplit]) -> View {
    let head = all.iter().map(|one| {
        let name = el("span").text(&word("model", one.model.model.name()));
        let whose = match one.number {
            Some(number) => el("button")
                .attrs(&[("type", "button"), ("class", "quiet")])
                .on("click", move |_| store.selected.set(Some(number)))
                .text(&trial_name(number)),
            None => el("span").attr("class", "note").text(say("page.candidates-baseline")),
        };
        let place = fill("page.candidates-place", &[("place", one.group.to_string())]);
        el("th")
            .attrs(&[("scope", "col"), ("title", &model(&one.model)), ("data-group", &one.group.to_string())])
            .child(el("span").attr("class", if one.group == 1 { "badge best" } else { "badge" }).text(&place))
            .child(name)
            .child(whose)
    });
    let mut body = el("tbody");
    let has = |metric: &MetricSpec| all.iter().any(|one| one.figures.get(*metric).is_some());
    for (key, of_lists) in [("page.candidates-ratings", false), ("page.candidates-lists", true)] {
        let metrics: Vec<MetricSpec> =
            MetricSpec::ALL.into_iter().filter(|metric| metric.is_of_lists() == of_lists && has(metric)).collect();
        if metrics.is_empty() {
            continue;
        }
        let span = (all.len() + 1).to_string();
        let title = el("th").attrs(&[("scope", "rowgroup"), ("colspan", &span), ("class", "part")]).text(say(key));
        body = body.child(el("tr").child(title));
        for one in metrics {
            body = body.child(line(one, one == objective, all));
            if one == objective {
                let cell = |one: &Candidate| {
                    let Estimate { value, low, high } = one.difference;
                    // The best's own is nothing.
                    if value == 0.0 { number("–") } else { estimated(&signed(value), low.zip(high), bound) }
                };
                let title = el("th").attr("scope", "row").text(say("page.column-difference"));
                body = body.child(el("tr").child(title).children(all.iter().map(cell)));
                if let Some(first) = resplits.first() {
                    let count = first.values.len().to_string();
                    let title = fill("page.resplit-difference", &[("count", count.clone())]);
                    let cell = |one: &Candidate| resplit(resplits, one, &count);
                    let row = el("tr").attrs(&[("class", "resplits"), ("data-testid", "resplits")]);
                    let title = el("th").attr("scope", "row").text(&title);
                    body = body.child(row.child(title).children(all.iter().map(cell)));
                }
            }
        }
    }
    el("table")
        .attrs(&[("class", "candidates"), ("data-testid", "candidates")])
        .child(el("thead").child(el("tr").child(el("td")).children(head)))
        .child(body)
        .into()
}

/// By how much a candidate differed from the winner on other cuts, and on how many of them the winner was ahead.
fn resplit(resplits: &[Resplit], one: &Candidate, count: &str) -> El {
    let own = resplits.iter().position(|other| other.number == one.number && other.model == one.model);
    let Some(own) = own.filter(|at| *at > 0).map(|at| &resplits[at]) else { return number("–") };
    let fields = [("deviation", fine(own.deviation)), ("won", own.won.to_string()), ("count", count.to_owned())];
    number("")
        .child(el("span").text(&signed(own.difference)))
        .child(el("span").attr("class", "interval").text(&fill("page.resplit-won", &fields)))
}

fn line(metric_of: MetricSpec, judges: bool, all: &[Candidate]) -> El {
    let best = best_by(metric_of, all);
    let cell = |(at, one): (usize, &Candidate)| {
        let Some(Estimate { value, low, high }) = one.figures.get(metric_of) else { return number("–") };
        let class = if best == Some(at) { "number strong" } else { "number" };
        estimated(&figure(value), low.zip(high), figure).attrs(&[("data-value", &value.to_string()), ("class", class)])
    };
    el("tr")
        .attr("class", if judges { "judges" } else { "" })
        .child(el("th").attr("scope", "row").text(&metric(metric_of)))
        .children(all.iter().enumerate().map(cell))
}

/// A figure, and below it its interval.
pub(super) fn estimated(text: &str, ends: Option<(f64, f64)>, write: fn(f64) -> String) -> El {
    let cell = number("").child(el("span").text(text));
    let Some((low, high)) = ends else { return cell };
    let ends = fill("page.difference-range", &[("low", write(low)), ("high", write(high))]);
    cell.child(el("span").attr("class", "interval").text(&ends))
}

fn number(text: &str) -> El {
    el("td").attr("class", "number").text(text)
}

/// Who is the best by a metric; nobody where that only describes.
fn best_by(metric: MetricSpec, all: &[Candidate]) -> Option<usize> {
    if matches!(metric, MetricSpec::BaseRate) {
        return None;
    }
    let losses = all.iter().enumerate().filter_map(|(at, one)| Some((at, metric.loss(one.figures.get(metric)?.value))));
    losses.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
}

/// Who is ahead; and who would be by what the other goal is judged by, where that is another one.
fn told(objective: MetricSpec, all: &[Candidate]) -> Option<(String, Option<String>)> {
    let name = |one: &Candidate| word("model", one.model.model.name());
    let first = all.first()?;
    let tied: Vec<&Candidate> = all.iter().filter(|one| one.group == 1).collect();
    let (key, names) = match tied[..] {
        [only] => ("page.candidates-ahead", name(only)),
        _ => ("page.candidates-tied", list(tied.into_iter().map(name))),
    };
    let ahead = fill(key, &[("metric", metric(objective)), ("names", names)]);
    let other_goal = if objective.is_of_lists() { MetricSpec::Rmse } else { MetricSpec::Ndcg };
    let value = |one: &Candidate| one.figures.get(other_goal).map(|figure| figure.value);
    let best = best_by(other_goal, all).map(|at| &all[at]).filter(|best| *best != first);
    let other = best.and_then(|best| {
        let (value, own) = (figure(value(best)?), figure(value(first)?));
        let fields = [("metric", metric(other_goal)), ("name", name(best)), ("value", value), ("own", own)];
        Some(fill("page.candidates-other", &fields))
    });
    Some((ahead, other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ByMetric;
    use crate::study::ModelKind;

    fn candidate(model: ModelKind, rmse: f64, ndcg: f64, group: u32) -> Candidate {
        let figure = |value| Estimate { value, low: Some(value - 0.01), high: Some(value + 0.01) };
        Candidate {
            number: None,
            model: model.with(&[]).unwrap(),
            epochs: 1,
            figures: ByMetric(vec![(MetricSpec::Rmse, figure(rmse)), (MetricSpec::Ndcg, figure(ndcg))]),
            difference: figure(0.0),
            group,
        }
    }

    #[test]
    fn good_ratings_and_a_bad_list_are_seen() {
        let all = [candidate(ModelKind::Svd, 0.85, 0.1, 1), candidate(ModelKind::SlopeOne, 0.87, 0.3, 2)];
        let (ahead, other) = told(MetricSpec::Rmse, &all).unwrap();
        assert_eq!(ahead, "By RMSE, Matrix factorisation (SVD) is ahead.");
        assert_eq!(other.unwrap(), "By NDCG it would be Slope One, with 0.300 against 0.100.");
        assert_eq!((best_by(MetricSpec::Rmse, &all), best_by(MetricSpec::Ndcg, &all)), (Some(0), Some(1)));
        assert_eq!(told(MetricSpec::Rmse, &all[..1]).unwrap().1, None);
        assert_eq!(told(MetricSpec::Rmse, &[]), None);
    }

    #[test]
    fn those_that_can_not_be_told_apart_are_named_together() {
        let all = [candidate(ModelKind::Svd, 0.85, 0.2, 1), candidate(ModelKind::Als, 0.851, 0.1, 1)];
        let sentence = told(MetricSpec::Rmse, &all).unwrap().0;
        assert!(sentence.contains("(SVD), Alternating"), "{sentence}");
    }
}
