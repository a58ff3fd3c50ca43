//! Conditions on trials, as a person writes them: `model=svd k>20 rmse<.9 failed`. Pure.

use crate::protocol::TrialState;
use crate::study::{MetricSpec, ModelKind, Value};
use crate::ui::run::{Run, Trial};
use crate::ui::say::{param, trial_state, word};

/// What of a trial is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// Its number.
    Number,
    /// Its model.
    Model,
    /// How it ended.
    State,
    /// The epochs that count.
    Epochs,
    /// The trainer's time.
    Seconds,
    /// By how much its objective is larger than the best trial's.
    Difference,
    /// A figure.
    Metric(MetricSpec),
    /// A parameter, by the names that it has in the run: one for each model that searches it.
    Param(Vec<String>),
}

/// How it is compared. What is ordered is numbers; texts are equal or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    More,
    /// `>=`
    MoreOrEqual,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A field compared with a value.
    Compared {
        /// Which.
        field: Field,
        /// How.
        relation: Relation,
        /// With what.
        value: Value,
    },
    /// A word that is a state or stands in the name of a model.
    Word(String),
}

/// The conditions of a text, each of which must hold; or the word of it that nobody knows. What is not written to its end yet
/// is no condition.
///
/// # Errors
/// The word.
pub fn parse(text: &str, run: &Run) -> Result<Vec<Condition>, String> {
    let text = text.chars().map(plain).collect::<String>().to_lowercase();
    let mut conditions = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == ' ' || "<>=!".contains(c)).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let (relation, behind) = relation(behind);
        let field = field(name, run);
        let Some(relation) = relation else {
            // The name of a column alone waits for what will be said of it, and so does its beginning.
            if field.is_none() && !columns(run).iter().any(|column| column.starts_with(name)) {
                if !is_known_word(name, run) {
                    return Err(name.to_owned());
                }
                conditions.push(Condition::Word(name.to_owned()));
            }
            rest = behind;
            continue;
        };
        let field = field.ok_or(name)?;
        let behind = behind.trim_start();
        let (value, behind) = behind.split_at(behind.find(' ').unwrap_or(behind.len()));
        if !value.is_empty() {
            conditions.push(Condition::Compared { field, relation, value: Value::parse(value) });
        }
        rest = behind.trim_start();
    }
    Ok(conditions)
}

/// Whether a trial meets a condition. What it does not have meets none, but for being unequal.
#[must_use]
pub fn holds(condition: &Condition, run: &Run, trial: &Trial) -> bool {
    match condition {
        Condition::Word(word) => words(run, trial).any(|own| own.contains(word.as_str())),
        Condition::Compared { field, relation, value } => {
            let own = own(field, run, trial);
            match (own.as_ref().and_then(Value::as_number), value.as_number()) {
                (Some(own), Some(value)) => relation.of_numbers(own, value),
                _ => {
                    let is_it = match field {
                        Field::Model => names("model", trial.model.name()).contains(&value.to_string()),
                        Field::State => words(run, trial).skip(2).any(|own| own == value.to_string()),
                        _ => own.is_some_and(|own| own.to_string().to_lowercase() == value.to_string()),
                    };
                    is_it != (*relation == Relation::Unequal) && !relation.is_order()
                }
            }
        }
    }
}

/// The names of all columns that a condition may speak of, in the order of the table.
#[must_use]
pub fn columns(run: &Run) -> Vec<String> {
    let mut names = vec!["trial".to_owned(), "model".to_owned()];
    for name in run.searched() {
        let name = name.rsplit('.').next().unwrap_or_default().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.push(run.study.objective.name().to_owned());
    names.extend(["diff", "epochs", "state", "time"].map(str::to_owned));
    names
}

impl Relation {
    fn of_numbers(self, a: f64, b: f64) -> bool {
        match self {
            Self::Equal => a == b,
            Self::Unequal => a != b,
            Self::Less => a < b,
            Self::LessOrEqual => a <= b,
            Self::More => a > b,
            Self::MoreOrEqual => a >= b,
        }
    }

    fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::Unequal)
    }
}

/// What stands on a Chinese keyboard, and signs of one character, as they are read.
fn plain(c: char) -> char {
    match c {
        '＝' => '=',
        '＜' => '<',
        '＞' => '>',
        '！' => '!',
        ',' | '，' | '\t' | '\u{3000}' => ' ',
        other => other,
    }
}

fn relation(text: &str) -> (Option<Relation>, &str) {
    let signs = [
        ("<=", Relation::LessOrEqual),
        (">=", Relation::MoreOrEqual),
        ("!=", Relation::Unequal),
        ("==", Relation::Equal),
        ("<", Relation::Less),
        (">", Relation::More),
        ("=", Relation::Equal),
        // On its way to become `!=`.
        ("!", Relation::Unequal),
    ];
    let found = signs.into_iter().find_map(|(sign, relation)| Some((Some(relation), text.strip_prefix(sign)?)));
    found.unwrap_or((None, text))
}

/// The column of a name: as studies write it, by its key in links, or as the page calls it.
fn field(name: &str, run: &Run) -> Option<Field> {
    let of_table = match name {
        "trial" | "number" | "#" => Some(Field::Number),
        "model" => Some(Field::Model),
        "state" => Some(Field::State),
        "epochs" => Some(Field::Epochs),
        "time" | "seconds" => Some(Field::Seconds),
        "diff" | "difference" => Some(Field::Difference),
        "value" | "objective" => Some(Field::Metric(run.study.objective)),
        _ => None,
    };
    let is_metric = |metric: &MetricSpec| names("metric", metric.name()).iter().any(|own| own == name);
    of_table.or_else(|| MetricSpec::ALL.into_iter().find(is_metric).map(Field::Metric)).or_else(|| {
        let is_param = |full: &String| {
            let own = full.rsplit('.').next().unwrap_or_default();
            let key = ModelKind::ALL.into_iter().find_map(|model| model.parameter(own).ok()).map(|info| info.key);
            *full == name
                || key == Some(name)
                || names("param", own).iter().any(|own| own == name)
                || shown(full) == name
        };
        let found: Vec<String> = run.searched().into_iter().filter(is_param).collect();
        (!found.is_empty()).then_some(Field::Param(found))
    })
}

fn own(field: &Field, run: &Run, trial: &Trial) -> Option<Value> {
    match field {
        Field::Number => Some(f64::from(trial.number).into()),
        Field::Model | Field::State => None,
        Field::Epochs => Some(f64::from(trial.epochs_shown()).into()),
        Field::Seconds => (trial.seconds > 0.0).then(|| trial.seconds.into()),
        Field::Difference => Some((trial.value? - run.best_trial()?.value?).into()),
        Field::Metric(metric) if *metric == run.study.objective => trial.value.map(Value::from),
        Field::Metric(metric) => trial.metrics.as_ref()?.get(*metric).map(Value::from),
        Field::Param(names) => names.iter().find_map(|name| trial.params.get(name)).cloned(),
    }
}

/// A thing of the catalog as studies and as the page call it.
fn names(family: &str, name: &str) -> [String; 2] {
    [name.to_owned(), word(family, name).replace('\u{ad}', "").to_lowercase()]
}

fn shown(name: &str) -> String {
    param(name).replace('\u{ad}', "").to_lowercase()
}

/// The words that a trial can be found by: the two names of its model, then its state and what that is worth.
fn words<'a>(run: &Run, trial: &'a Trial) -> impl Iterator<Item = String> + use<'a> {
    let state = match trial.state {
        None if trial.waits => "waiting",
        None => "running",
        Some(TrialState::Done) => "done",
        Some(TrialState::Failed) => "failed",
        Some(TrialState::Cancelled) => "cancelled",
        Some(TrialState::Stopped) => "stopped",
    };
    let best = run.best == Some(trial.number);
    // The best can not be told from itself.
    let tied = best || run.comparisons.get(&trial.number).is_some_and(|compared| compared.tied);
    let worth = [(best, "best"), (tied, "tied")].into_iter().filter(|(is_it, _)| *is_it).flat_map(|(_, name)| {
        let key = if name == "best" { "page.best" } else { "page.tied" };
        [name.to_owned(), crate::ui::say::say(key).to_owned()]
    });
    let [name, called] = names("model", trial.model.name());
    [name, called, state.to_owned(), trial_state(trial).to_lowercase()].into_iter().chain(worth)
}

/// Whether a word is a state, or stands in the name of a model of the run.
fn is_known_word(text: &str, run: &Run) -> bool {
    let states = ["waiting", "running", "done", "failed", "cancelled", "stopped"];
    let states = states.into_iter().flat_map(|name| [name.to_owned(), word("trial", name)]);
    let worth = ["best", "tied"].into_iter().flat_map(|name| [name.to_owned(), word("page", name)]);
    let models = run.study.models.iter().flat_map(|space| names("model", space.model.name()));
    // A word on its way to its end is known too.
    states.chain(worth).chain(models).any(|known| known.to_lowercase().contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    fn run() -> Run {
        let mut run = recorded::shown(6);
        let failed = std::sync::Arc::make_mut(run.trials.get_mut(&3).unwrap());
        (failed.state, failed.value, failed.metrics) = (Some(TrialState::Failed), None, None);
        run
    }

    fn kept(text: &str) -> Vec<u32> {
        let run = run();
        let conditions = parse(text, &run).unwrap();
        let keeps = |trial: &&std::sync::Arc<Trial>| conditions.iter().all(|one| holds(one, &run, trial));
        run.trials.values().filter(keeps).map(|trial| trial.number).collect()
    }

    #[test]
    fn conditions_hold_together_however_they_are_spaced() {
        // The recorded values are .845 + .05 x (number x 7 mod 11) / 11: 0, 7, 3, 10, 6, 2.
        assert_eq!(kept(""), [0, 1, 2, 3, 4, 5]);
        assert_eq!(kept("rmse<.86"), [0, 2, 5]);
        assert_eq!(kept("RMSE < 0.86 trial>=2"), [2, 5]);
        assert_eq!(kept("rmse＜.86，trial ！＝ 5"), [0, 2]);
        assert_eq!(kept("mae>.665"), [1, 4]);
        assert_eq!(kept("diff=0"), [0]);
        assert_eq!(kept("time<.05"), [0_u32; 0]);
    }

    #[test]
    fn parameters_have_several_names() {
        let run = run();
        let factors = |text: &str| parse(text, &run).unwrap();
        assert_eq!(factors("k>9"), factors("n_factors > 9"));
        assert_eq!(factors("k>9"), factors("factors>9"));
        let number = |trial: &Trial| trial.params.get("n_factors").and_then(Value::as_number).unwrap();
        let more: Vec<u32> = run.trials.values().filter(|one| number(one) > 9.0).map(|one| one.number).collect();
        assert!(!more.is_empty() && more.len() < 6);
        assert_eq!(kept("k>9"), more);
    }

    #[test]
    fn states_and_models_are_words() {
        assert_eq!(kept("failed"), [3]);
        assert_eq!(kept("state=failed"), [3]);
        assert_eq!(kept("state!=failed model=svd"), [0, 1, 2, 4, 5]);
        assert_eq!(kept("best"), [0]);
        assert_eq!(kept("svd done"), [0, 1, 2, 4, 5]);
        assert_eq!(kept("model=als"), [0_u32; 0]);
        assert_eq!(kept("tied"), [0]);
    }

    #[test]
    fn what_is_being_typed_is_no_condition_and_what_nobody_knows_is_said() {
        for text in ["k", "k>", "rmse <", "mod", "fai"] {
            assert!(parse(text, &run()).is_ok(), "{text}");
        }
        assert_eq!(kept("k >"), [0, 1, 2, 3, 4, 5]);
        for (text, word) in [("size>3", "size"), ("k>3 banana", "banana"), ("alpha=1", "alpha")] {
            assert_eq!(parse(text, &run()), Err(word.to_owned()));
        }
        assert!(columns(&run()).iter().all(|name| field(name, &run()).is_some()));
    }
}
