//! A study as the fragment of a URL: readable, versioned, and only what differs from the defaults of its engine version.
//!
//! `v=1&k=4..64:log&s=sobol&n=60&seed=1` is a whole experiment. Keys, in the order in which they are written:
//!
//! | key | value |
//! |---|---|
//! | `v` | the engine version, which pins the defaults |
//! | `d` | data: `ml-latest-small`, `article`, `synthetic:rank=8`, `file:NAME` |
//! | `h`, `ht`, `hi` | hash of the ratings, of the person's own test file, and of what is known of the items |
//! | `sep`, `cols` | a file's delimiter, and its columns: user, item, perhaps rating and perhaps time |
//! | `form`, `clean` | how a file's text is read and how its ratings are cleaned: `NAME:VALUE,NAME:VALUE` |
//! | `split`, `m` | as on the command line |
//! | `goal`, `metric` | `rating` or `ranking`, and the objective: `rmse`, `ndcg` ...; `ndcg@20` names the list's length too |
//! | `top`, `relevant` | the list's length, and the rating from which a held-out row is relevant |
//! | `k`, `lr`, ... | a parameter's values; with several models `svd.k`. `default` leaves it at the catalog's default |
//! | `epochs`, `patience` | the stopping rule; `patience=off` trains exactly `epochs` |
//! | `s`, `n`, `lag`, `seed` | sampler, trials, lag, seed; `seed=random` has whoever opens the link draw one |
//! | `total`, `gain` | what ends a search earlier: so many epochs in all, less than so much expected of the next trial |
//! | `hide`, `lesson` | for a class: parts of the page that are hidden, and a text or the name of one of the page's own |
//! | `r` | a packed result, which this module passes on unread |
//!
//! A link holds settings and results, never ratings or ids.

mod escape;
mod pairs;
pub mod range;
mod source;
mod teaching;

pub use source::parse as parse_source;
pub use teaching::{LESSONS, Teaching};

use self::pairs::Pairs;
use super::{
    Cleaning, DataSource, ENGINE, Form, Goal, MetricSpec, ModelKind, ModelSpace, ParamSpec, SamplerKind, SchedulerKind,
    Seed, Settings as _, SplitSpec, Stopping, Study, first,
};
use crate::decimal;
use crate::error::Error;

/// The text that leaves a parameter out which a study would otherwise search or fix.
const UNSET: &str = "default";

/// What a link says. That of an empty one is the default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// The study. It passes [`Study::check`] whatever the link held: what was wrong has its default.
    pub study: Study,
    /// Whether the seed is to be drawn; the study has the default one.
    pub draws_seed: bool,
    /// The packed result, unread.
    pub result: Option<String>,
    /// What it says about the page.
    pub teaching: Teaching,
    /// What was passed over, and why.
    pub problems: Vec<Error>,
}

/// The fragment, without `#`, of a study. Exact for a study in canonical form ([`Study::canonical`]).
#[must_use]
pub fn encode(study: &Study) -> String {
    let default = Study::default();
    let mut link = format!("v={}", study.engine.0);
    let mut write = |key: &str, value: &str| {
        link.push('&');
        link.push_str(key);
        link.push('=');
        link.push_str(value);
    };
    encode_data(study, &default, &mut write);
    if study.split != default.split {
        write("split", &study.split.to_string());
    }
    if study.goal != default.goal {
        write("goal", study.goal.name());
    }
    if study.objective != study.goal.objectives()[0] {
        write("metric", study.objective.name());
    }
    if study.list.length != default.list.length {
        write("top", &study.list.length.to_string());
    }
    if let Some(threshold) = study.list.threshold {
        write("relevant", &threshold.to_string());
    }
    encode_models(study, &default, &mut write);
    let (epochs, patience) = stopping_texts(study.stopping);
    let (default_epochs, default_patience) = stopping_texts(default.stopping);
    if epochs != default_epochs {
        write("epochs", &epochs);
    }
    if patience != default_patience {
        write("patience", &patience);
    }
    if study.search.sampler != default.search.sampler {
        write("s", study.search.sampler.name());
    }
    if study.search.scheduler != default.search.scheduler {
        write("sched", study.search.scheduler.name());
    }
    if !study.first.is_empty() {
        write("first", &first::format(&study.first));
    }
    let numbers = [
        ("n", study.search.trials.into(), default.search.trials.into()),
        ("lag", study.lag.into(), default.lag.into()),
        ("seed", study.seed.0, default.seed.0),
    ];
    for (key, value, default) in numbers {
        if value != default {
            write(key, &value.to_string());
        }
    }
    let bounds = [("total", study.search.total_epochs.map(f64::from)), ("gain", study.search.least_gain)];
    for (key, bound) in bounds {
        if let Some(bound) = bound {
            write(key, &bound.to_string());
        }
    }
    link
}

/// The fragment of a study with a packed result.
#[must_use]
pub fn encode_with_result(study: &Study, payload: &str) -> String {
    format!("{}&r={payload}", encode(study))
}

fn encode_data(study: &Study, default: &Study, write: &mut impl FnMut(&str, &str)) {
    let escaped = |text: &str| {
        let mut out = String::new();
        escape::push(&mut out, text);
        out
    };
    if study.data.source != default.data.source {
        write("d", &source::format(&study.data.source));
    }
    if !study.data.hash.is_empty() {
        write("h", &escaped(&study.data.hash));
    }
    if let Some(hash) = &study.data.test_hash {
        write("ht", &escaped(hash));
    }
    if let Some(hash) = &study.data.items_hash {
        write("hi", &escaped(hash));
    }
    if study.data.clean != default.data.clean {
        write("clean", &source::format_settings(&study.data.clean));
    }
    if let DataSource::File { delimiter, columns, form, .. } = &study.data.source {
        if delimiter != source::DELIMITER {
            write("sep", &escaped(delimiter));
        }
        if *columns != source::columns() {
            write("cols", &source::format_columns(columns));
        }
        if !form.is_default() {
            write("form", &source::format_settings(form));
        }
    }
}

fn encode_models(study: &Study, default: &Study, write: &mut impl FnMut(&str, &str)) {
    let kinds = |study: &Study| study.models.iter().map(|space| space.model.name()).collect::<Vec<_>>();
    if kinds(study) != kinds(default) {
        write("m", &kinds(study).join(","));
    }
    let several = study.models.len() > 1;
    for space in &study.models {
        let start = ModelSpace::starting(space.model);
        for info in space.model.parameters() {
            let (set, preset) = (space.range(info.name), start.range(info.name));
            if set == preset {
                continue;
            }
            let key = if several { format!("{}.{}", space.model.name(), info.key) } else { info.key.to_owned() };
            write(&key, &set.map_or_else(|| UNSET.to_owned(), |set| range::format(info, set)));
        }
    }
}

fn stopping_texts(stopping: Stopping) -> (String, String) {
    match stopping {
        Stopping::Early { max_epochs, patience } => (max_epochs.to_string(), patience.to_string()),
        Stopping::Fixed { epochs } => (epochs.to_string(), "off".to_owned()),
    }
}

/// Reads a fragment, with or without `#`. Never fails: what is unknown or bad is reported and has its default.
#[must_use]
pub fn decode(fragment: &str) -> Decoded {
    let mut pairs = Pairs::new(fragment);
    let mut study = Study::default();
    let newest = ENGINE.0;
    let version =
        pairs.read("v", &format!("from 1 to {newest}"), |text| text.parse().ok().filter(|version| *version >= 1));
    if let Some(found) = version.filter(|version| *version > newest) {
        // Its keys may mean something else: nothing of it is guessed at.
        let problems = vec![Error::NewerVersion { found, known: newest }];
        return Decoded { study, draws_seed: false, result: None, teaching: Teaching::default(), problems };
    }
    if let Some(version) = version {
        study.engine.0 = version;
    }
    decode_data(&mut pairs, &mut study);
    let split = |text: &str| SplitSpec::parse(text);
    pairs.set(&mut study, "split", SplitSpec::SYNTAX, split, |study, split| study.split = split);
    if let Some(goal) = pairs.read("goal", "rating, ranking", Goal::named) {
        study.goal = goal;
        study.objective = goal.objectives()[0];
    }
    decode_judgement(&mut pairs, &mut study);
    decode_models(&mut pairs, &mut study);
    let draws_seed = pairs.take_exact("seed", "random");
    decode_search(&mut pairs, &mut study);
    let teaching = Teaching::take(&mut pairs);
    let result = pairs.take("r").filter(|payload| !payload.is_empty());
    pairs.report_rest(&study);
    Decoded { study, draws_seed, result, teaching, problems: pairs.problems }
}

fn decode_data(pairs: &mut Pairs, study: &mut Study) {
    if let Some(source) = pairs.read("d", source::SYNTAX, source::parse) {
        study.data.source = source;
    }
    if let Some(hash) = pairs.take("h") {
        study.data.hash = escape::undo(&hash);
    }
    study.data.test_hash = pairs.take("ht").map(|hash| escape::undo(&hash));
    study.data.items_hash = pairs.take("hi").map(|hash| escape::undo(&hash));
    if let Some(clean) = pairs.read("clean", &source::settings_syntax::<Cleaning>(), source::parse_settings) {
        study.data.clean = clean;
    }
    if let DataSource::File { delimiter, columns, form, .. } = &mut study.data.source {
        if let Some(text) = pairs.take("sep") {
            *delimiter = escape::undo(&text);
        }
        if let Some(found) = pairs.read("cols", "USER,ITEM,RATING or USER,ITEM,RATING,TIME", source::parse_columns) {
            *columns = found;
        }
        if let Some(found) = pairs.read("form", &source::settings_syntax::<Form>(), source::parse_settings) {
            *form = found;
        }
    } else {
        for key in ["sep", "cols", "form"] {
            pairs.read(key, "only with d=file:NAME", |_| None::<()>);
        }
    }
}

/// What trials are judged by.
fn decode_judgement(pairs: &mut Pairs, study: &mut Study) {
    pairs.set(
        study,
        "top",
        "a whole number from 1",
        |text| text.parse().ok(),
        |study, length| {
            study.list.length = length;
        },
    );
    pairs.set(study, "relevant", "a rating", decimal::parse, |study, threshold| {
        study.list.threshold = Some(threshold);
    });
    let names: Vec<&str> = study.goal.objectives().iter().map(|metric| metric.name()).collect();
    pairs.set(study, "metric", &names.join(", "), MetricSpec::labelled, |study, (metric, length)| {
        study.objective = metric;
        study.list.length = length.unwrap_or(study.list.length);
    });
}

fn decode_models(pairs: &mut Pairs, study: &mut Study) {
    if let Some(names) = pairs.take("m") {
        let mut models: Vec<ModelSpace> = Vec::new();
        for name in names.split(',') {
            match ModelKind::parse(name) {
                Ok(model) if models.iter().any(|space| space.model == model) => {
                    pairs.problems.push(Error::Repeated { parameter: name.to_owned() });
                }
                Ok(model) if !study.goal.allows(model) => {
                    pairs.problems.push(study.goal.refusal(model));
                }
                Ok(model) => models.push(ModelSpace::starting(model)),
                Err(error) => pairs.problems.push(error),
            }
        }
        if !models.is_empty() {
            study.models = models;
        }
    }
    let several = study.models.len() > 1;
    for space in &mut study.models {
        let mut params = Vec::new();
        for info in space.model.parameters() {
            let mut range = space.range(info.name).cloned();
            if let Some((key, text)) = pairs.take_parameter(space.model, info, several) {
                let set = if text == UNSET { Ok(None) } else { range::parse(info, &key, &text).map(Some) };
                match set {
                    Ok(set) => range = set,
                    Err(problem) => pairs.problems.push(problem),
                }
            }
            params.extend(range.map(|range| ParamSpec { name: info.name.to_owned(), range }));
        }
        space.params = params;
    }
}

fn decode_search(pairs: &mut Pairs, study: &mut Study) {
    let whole = |text: &str| text.parse::<u32>().ok();
    let count = "a whole number from 1";
    let off = pairs.take_exact("patience", "off");
    if let (true, Stopping::Early { max_epochs, .. }) = (off, study.stopping) {
        study.stopping = Stopping::Fixed { epochs: max_epochs };
    }
    pairs.set(study, "epochs", count, whole, |study, number| match &mut study.stopping {
        Stopping::Early { max_epochs, .. } => *max_epochs = number,
        Stopping::Fixed { epochs } => *epochs = number,
    });
    pairs.set(study, "patience", "a whole number from 1, off", whole, |study, number| {
        if let Stopping::Early { patience, .. } = &mut study.stopping {
            *patience = number;
        }
    });
    pairs.set(study, "s", "grid, random, sobol, tpe, gp", SamplerKind::named, |study, sampler| {
        study.search.sampler = sampler;
    });
    pairs.set(study, "sched", "none, halving", SchedulerKind::named, |study, scheduler| {
        study.search.scheduler = scheduler;
    });
    pairs.set(study, "first", first::SYNTAX, first::parse, |study, first| study.first = first);
    pairs.set(study, "n", count, whole, |study, number| study.search.trials = number);
    pairs.set(study, "total", count, whole, |study, number| study.search.total_epochs = Some(number));
    pairs.set(study, "gain", "a number above 0", decimal::parse, |study, gain| study.search.least_gain = Some(gain));
    pairs.set(study, "lag", count, whole, |study, number| study.lag = number);
    let seed = |text: &str| text.parse().ok().map(Seed);
    pairs.set(study, "seed", "a whole number from 0, random", seed, |study, seed| study.seed = seed);
}

// Property tests run where proptest does: natively.
#[cfg(all(test, not(target_family = "wasm")))]
mod tests;
