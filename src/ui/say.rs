//! The page's access to the table of words, and the sentences that are put together from figures. Pure.

use super::format::{about, bound, count, figure, percent, short, signed};
use super::language::words;
use super::run::{Run, Trial};
use crate::error::Error;
use crate::protocol::{BaselineTest, DataReport, Estimate, RunState, TestReport, TrialState, Verification};
use crate::study::{Goal, MetricSpec, ModelSpec, Point, Value};

/// The text of a key.
#[must_use]
pub fn say(key: &'static str) -> &'static str {
    words().text(key)
}

/// The name of something of the catalog: of a model, a parameter, a sampler, a metric, a mode.
#[must_use]
pub fn word(family: &str, name: &str) -> String {
    words().text(&format!("{family}.{name}")).to_owned()
}

/// What something of the catalog means, in one line.
#[must_use]
pub fn meaning(family: &str, name: &str) -> String {
    words().text(&format!("{family}.{name}.meaning")).to_owned()
}

/// The text of a key with its place-holders filled.
#[must_use]
pub fn fill(key: &str, fields: &[(&str, String)]) -> String {
    words().fill(key, fields)
}

/// The sentence for an error.
#[must_use]
pub fn sentence(error: &Error) -> String {
    words().sentence(error)
}

/// What is allowed, or another phrase that arises in English, in the language that is spoken.
#[must_use]
pub fn phrase(english: &str) -> String {
    words().phrase(english)
}

/// A metric's name.
#[must_use]
pub fn metric(metric: MetricSpec) -> String {
    word("metric", metric.name())
}

/// A parameter's name. With several models in one study its model stands before it.
#[must_use]
pub fn param(name: &str) -> String {
    match name.split_once('.') {
        Some((model, name)) => format!("{} {}", word("model", model), word("param", name)),
        None => word("param", name),
    }
}

/// A parameter's value.
#[must_use]
pub fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => short(*number),
        Value::Bool(yes) => say(if *yes { "page.yes" } else { "page.no" }).to_owned(),
        Value::Text(text) => text.clone(),
    }
}

/// All parameters of a point in one line.
#[must_use]
pub fn point(point: &Point) -> String {
    list(point.0.iter().map(|(name, one)| format!("{} {}", param(name), value(one))))
}

/// Several texts one after the other, as the language separates them.
#[must_use]
pub fn list(texts: impl IntoIterator<Item = String>) -> String {
    texts.into_iter().reduce(|list, next| fill("page.list", &[("list", list), ("next", next)])).unwrap_or_default()
}

/// What a goal's results are held against first.
#[must_use]
pub fn yardstick(goal: Goal) -> String {
    say(match goal {
        Goal::Rating => "page.by-rating",
        Goal::Ranking => "page.by-ranking",
    })
    .to_owned()
}

/// How much better or worse than the baseline alone a fraction is.
#[must_use]
pub fn gain(goal: Goal, gain: f64) -> String {
    let key = if gain >= 0.0 { "page.better" } else { "page.worse" };
    fill(key, &[("percent", percent(gain)), ("baseline", yardstick(goal))])
}

/// The line on top: the best figure, what it is worth, and whose it is.
#[must_use]
pub fn headline(run: &Run) -> Option<String> {
    let best = run.best_trial()?;
    let figure = format!("{} {}", metric(run.study.objective), figure(best.value?));
    let parts = [Some(figure), run.gain().map(|part| gain(run.study.goal, part)), Some(trial_name(best.number))];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// "trial 23".
#[must_use]
pub fn trial_name(number: u32) -> String {
    fill("page.trial", &[("number", number.to_string())])
}

/// "14 of 30, 3 s left".
#[must_use]
pub fn progress(run: &Run, now: f64) -> String {
    let fields = [("done", run.done().to_string()), ("budget", run.budget.to_string())];
    let done = fill("page.done-of", &fields);
    let rest = match run.state {
        _ if run.shared => Some(say("page.shared").to_owned()),
        RunState::Running => run.seconds_left(now).map(|left| fill("page.left", &[("time", about(left))])),
        state => Some(self::state(state).to_owned()),
    };
    let left = run.outlook.map(|gain| fill("page.gain-left", &[("gain", short(gain))]));
    list([done].into_iter().chain(left).chain(rest))
}

fn state(state: RunState) -> &'static str {
    words().text(match state {
        RunState::Running => "state.running",
        RunState::Paused => "state.paused",
        RunState::Finished => "state.finished",
        RunState::Exhausted => "state.exhausted",
        RunState::Cancelled => "state.cancelled",
    })
}

/// A trial's state.
#[must_use]
pub fn trial_state(trial: &Trial) -> &'static str {
    words().text(match trial.state {
        None if trial.waits => "trial.waiting",
        None => "trial.running",
        Some(TrialState::Done) => "trial.done",
        Some(TrialState::Failed) => "trial.failed",
        Some(TrialState::Cancelled) => "trial.cancelled",
        Some(TrialState::Stopped) => "trial.stopped",
    })
}

/// What is heard when there is a new best.
#[must_use]
pub fn new_best(run: &Run) -> Option<String> {
    let best = run.best_trial()?;
    let fields =
        [("number", best.number.to_string()), ("metric", metric(run.study.objective)), ("value", figure(best.value?))];
    Some(fill("page.new-best", &fields))
}

/// "100,836 ratings, 610 users, 9,724 items, 0 rows skipped".
#[must_use]
pub fn data(report: &DataReport) -> String {
    let skipped: u32 = report.skipped.iter().map(|skipped| skipped.count).sum();
    let fields = [
        ("ratings", count(report.used.into())),
        ("users", count(report.users.into())),
        ("items", count(report.items.into())),
        ("skipped", count(skipped.into())),
    ];
    fill("page.data-summary", &fields)
}

/// A difference with its interval.
#[must_use]
pub fn difference(estimate: &Estimate) -> String {
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => {
            let fields = [("value", signed(estimate.value)), ("low", bound(low)), ("high", bound(high))];
            fill("page.interval", &fields)
        }
        _ => signed(estimate.value),
    }
}

/// A model with the parameters that are worth naming.
#[must_use]
pub fn model(spec: &ModelSpec) -> String {
    let params = list(spec.params.iter().map(|(name, one)| format!("{} {}", param(name), value(one))));
    let name = word("model", spec.model.name());
    if params.is_empty() { name } else { format!("{name} ({params})") }
}

/// What running a shared result again came to.
#[must_use]
pub fn verification(verification: &Verification) -> String {
    let (made, here) = verification.engine;
    let fields = [
        ("same", verification.same.to_string()),
        ("trials", verification.trials.to_string()),
        ("first", verification.first_difference.map_or(String::new(), |number| number.to_string())),
        ("made", made.to_string()),
        ("here", here.to_string()),
    ];
    let key = match verification.first_difference {
        None if verification.exact => "page.verified",
        None => "page.verified-rounded",
        Some(_) => "page.verified-not",
    };
    fill(key, &fields)
}

/// Whether the winner is one: against the baseline that comes closest to it.
#[must_use]
pub fn verdict(report: &TestReport, objective: MetricSpec) -> String {
    let loss = |one: &BaselineTest| objective.loss(one.difference.value);
    let closest = report.baselines.iter().max_by(|a, b| loss(a).total_cmp(&loss(b)));
    let Some(closest) = closest else { return String::new() };
    let Estimate { low, high, .. } = closest.difference;
    let ends = low.zip(high).map(|(low, high)| [low, high].map(|end| objective.loss(end)));
    let key = match ends {
        Some(ends) if ends.iter().all(|end| *end < 0.0) => "page.is-winner",
        Some(ends) if ends.iter().all(|end| *end > 0.0) => "page.is-loser",
        Some(_) => "page.is-tie",
        None if loss(closest) < 0.0 => "page.is-better-unknown",
        None => "page.is-worse-unknown",
    };
    fill(key, &[("baseline", baseline(closest))])
}

fn baseline(baseline: &BaselineTest) -> String {
    word("model", baseline.model.model.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ByMetric, Event, Fallback};
    use crate::study::ModelKind;
    use crate::ui::{model::Model, recorded};

    #[test]
    fn the_headline_says_figure_gain_and_trial() {
        let mut model = Model::default();
        for event in recorded::run(6) {
            model.apply(event, 0.0);
        }
        let run = model.run.unwrap();
        assert_eq!(headline(&run).unwrap(), "RMSE 0.845 · 1.5 % better than averages alone · trial 0");
        assert_eq!(progress(&run, 0.0), "6 of 6, finished");
        assert_eq!(new_best(&run).unwrap(), "Trial 0: RMSE 0.845, new best");
        assert_eq!(data(model.data.as_deref().unwrap()), "100,836 ratings, 610 users, 9,724 items, 0 rows skipped");
    }

    #[test]
    fn a_shared_run_says_so() {
        let mut model = Model::default();
        model.apply(Event::Shared(Box::new(recorded::shared(4))), 0.0);
        assert_eq!(progress(&model.run.unwrap(), 0.0), "4 of 4, shared");
    }

    #[test]
    fn verification_is_exact_or_names_the_first_difference() {
        let exact = Verification { trials: 30, same: 30, exact: true, first_difference: None, engine: (1, 1) };
        assert_eq!(verification(&exact), "30 of 30 trials reproduced exactly.");
        let differs = Verification { same: 12, exact: false, first_difference: Some(12), engine: (1, 2), ..exact };
        let sentence = verification(&differs);
        assert!(["12 of 30", "trial 12", "engine 1", "engine 2"].iter().all(|part| sentence.contains(part)));
    }

    #[test]
    fn a_winner_is_called_when_it_is_one() {
        let estimate = |value, low, high| Estimate { value, low, high };
        let report = |difference| TestReport {
            number: 3,
            model: ModelKind::Svd.with(&[]).unwrap(),
            epochs: 20,
            figures: ByMetric(vec![(MetricSpec::Rmse, estimate(0.86, None, None))]),
            lists: Default::default(),
            fallback: Fallback::default(),
            average: None,
            baselines: vec![BaselineTest {
                model: ModelKind::Bias.with(&[]).unwrap(),
                test: ByMetric(vec![(MetricSpec::Rmse, 0.87), (MetricSpec::Mae, 0.67)]),
                difference,
            }],
            openings: 1,
        };
        let judged = |objective| move |value, low, high| verdict(&report(estimate(value, low, high)), objective);
        let verdict = judged(MetricSpec::Rmse);
        assert!(verdict(-0.01, Some(-0.02), Some(-0.005)).contains("is a winner"));
        assert!(verdict(-0.01, Some(-0.02), Some(0.005)).contains("cannot be told"));
        assert!(verdict(0.01, Some(0.005), Some(0.02)).contains("loses"));
        assert!(verdict(-0.01, None, None).contains("too few users"));
        // Of lists more is better.
        let verdict = judged(MetricSpec::Ndcg);
        assert!(verdict(0.01, Some(0.005), Some(0.02)).contains("is a winner"));
        assert!(verdict(-0.01, Some(-0.02), Some(-0.005)).contains("loses"));
        assert!(verdict(0.01, None, None).contains("is better"));
    }
}
