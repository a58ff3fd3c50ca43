//! From arguments to a study: the one place where the command's own defaults stand.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::{args, data};
use crate::engine::data::Dataset;
use crate::error::Error;
use crate::study::link::range;
use crate::study::{
    Goal, ListSpec, MetricSpec, ModelKind, ModelSpace, ParamSpec, Range, SamplerKind, SchedulerKind, Seed, Space,
    Study, Value,
};

/// Trials where neither study nor option says how many.
const TRIALS: u32 = 60;
/// The seed where neither study nor option names one.
const SEED: Seed = Seed(1);

/// The name that stands for the recommended sampler.
const AUTO: &str = "auto";

/// Reads a JSON file; what is wrong is named by its line, or by its place among the fields.
pub(super) fn read_json<T: DeserializeOwned>(file: &str) -> Result<T, Error> {
    serde_json::from_str(&text_of(file)?).map_err(|error| {
        let reason = error.to_string();
        if error.line() == 0 {
            return Error::Misfit { file: file.to_owned(), reason };
        }
        // serde_json ends its sentence with the place, which this error has a field for.
        let reason = reason.split(" at line ").next().unwrap_or(&reason).to_owned();
        Error::NotParsed { file: file.to_owned(), line: error.line() as u64, reason }
    })
}

/// A file's text.
fn text_of(file: &str) -> Result<String, Error> {
    let unreadable = |error: std::io::Error| Error::Unreadable { file: file.to_owned(), reason: error.to_string() };
    std::fs::read_to_string(Path::new(file)).map_err(unreadable)
}

/// The study that the arguments ask for, on data that was read: `given`, which came from `--study`, or the command's own
/// with the options applied.
pub(super) fn build(
    args: &args::Tune,
    given: Option<Study>,
    data: &Dataset,
    test: Option<&Dataset>,
) -> Result<Study, Error> {
    let is_given = given.is_some();
    let mut study = given.unwrap_or_else(|| {
        let mut study = Study { seed: SEED, ..Study::default() };
        study.search.trials = TRIALS;
        study
    });
    study.data.source = data.report.source.clone();
    study.data.clean = data.report.clean.clone();
    study.data.items_hash = data.report.catalog.as_ref().map(|items| items.hash.clone());
    if study.data.hash.is_empty() {
        study.data.hash.clone_from(&data.report.hash);
    }
    set_test(&mut study, test)?;
    if !is_given || args.cut.split.is_some() {
        study.split = data::choose_split(args.cut.split.as_deref(), data)?;
    }
    if test.is_some() {
        study.split = study.split.without_test();
    }
    let goal = parse_goal(args.goal.as_deref())?.unwrap_or(study.goal);
    if goal != study.goal {
        (study.goal, study.objective) = (goal, goal.objectives()[0]);
    }
    set_models(&mut study, args)?;
    let chosen = judged_by(args.objective.as_deref(), &args.lists, (study.objective, study.list))?;
    (study.objective, study.list) = chosen;
    study.search.trials = args.trials.unwrap_or(study.search.trials);
    if let Some(name) = &args.sampler {
        study.search.sampler = sampler_for(name, Some(study.search.trials), || study.space())?;
    }
    if let Some(name) = &args.scheduler {
        let allowed = || SchedulerKind::ALL.map(SchedulerKind::name).join(", ");
        let found = SchedulerKind::named(name);
        study.search.scheduler = found.ok_or_else(|| not_there(&format!("--scheduler {name}"), &allowed()))?;
    }
    for text in &args.first {
        let pairs = text.split(',').map(|pair| assignment("--first", pair, "NAME=VALUE,..."));
        let given = pairs.map(|pair| pair.map(|(name, value)| (name.to_owned(), Value::parse(value))));
        let point = study.first_point(&given.collect::<Result<Vec<_>, _>>()?)?;
        study.first.push(point);
    }
    if let Some(file) = &args.first_from {
        for point in study.points_of_table(file, &text_of(file)?)? {
            if !study.first.contains(&point) {
                study.first.push(point);
            }
        }
    }
    study.search.total_epochs = args.total_epochs.or(study.search.total_epochs);
    study.search.least_gain = args.least_gain.or(study.search.least_gain);
    study.lag = args.lag.unwrap_or(study.lag);
    study.seed = args.seed.map_or(study.seed, Seed);
    study.check()?;
    if !study.split.has_validation() {
        return Err(Error::NotSupported {
            what: format!("Tuning with the split {}", study.split),
            reason: "it has no validation part to choose by".to_owned(),
            allowed: "a validation fraction above 0, or kfold".to_owned(),
        });
    }
    Ok(study.canonical())
}

/// The study's test file is the one that it names, or becomes the one that is given.
pub(super) fn set_test(study: &mut Study, test: Option<&Dataset>) -> Result<(), Error> {
    let found = test.map(|test| test.report.hash.clone());
    match (&study.data.test_hash, found) {
        (Some(expected), found) if found.as_ref() != Some(expected) => {
            let found = found.unwrap_or_else(|| "no test file".to_owned());
            Err(Error::OtherData { expected: expected.clone(), found })
        }
        (_, found) => {
            study.data.test_hash = found;
            Ok(())
        }
    }
}

fn not_there(what: &str, allowed: &str) -> Error {
    let reason = "this version does not have it".to_owned();
    Error::NotSupported { what: what.to_owned(), reason, allowed: allowed.to_owned() }
}

/// The sampler of a name; the recommended one depends on the space, and on the budget where that is known. A study never
/// holds `auto`: what it stands for is decided now.
pub(super) fn sampler_for(
    name: &str,
    trials: Option<u32>,
    space: impl FnOnce() -> Result<Space, Error>,
) -> Result<SamplerKind, Error> {
    if name == AUTO {
        return Ok(SamplerKind::recommended(&space()?, trials.unwrap_or(TRIALS)));
    }
    let allowed = || format!("{}, {AUTO}", SamplerKind::ALL.map(SamplerKind::name).join(", "));
    SamplerKind::named(name).ok_or_else(|| not_there(&format!("--sampler {name}"), &allowed()))
}

/// The samplers of a race, by their names.
pub(super) fn racers(names: &str) -> Result<Vec<SamplerKind>, Error> {
    let allowed = || SamplerKind::ALL.map(SamplerKind::name).join(", ");
    let racer = |name: &str| SamplerKind::named(name).ok_or_else(|| not_there(&format!("--race {name}"), &allowed()));
    names.split(',').map(racer).collect()
}

/// The goal of a name.
pub(super) fn parse_goal(name: Option<&str>) -> Result<Option<Goal>, Error> {
    let Some(name) = name else { return Ok(None) };
    let found = Goal::named(name);
    found.map(Some).ok_or_else(|| not_there(&format!("--goal {name}"), &Goal::ALL.map(Goal::name).join(", ")))
}

/// The objective and the lists that `--objective`, `--top` and `--relevant` ask for; what they do not say is as it was.
pub(super) fn judged_by(
    objective: Option<&str>,
    lists: &args::Lists,
    (mut metric, mut list): (MetricSpec, ListSpec),
) -> Result<(MetricSpec, ListSpec), Error> {
    if let Some(label) = objective {
        let allowed = || {
            let metrics = Goal::ALL.into_iter().flat_map(Goal::objectives);
            metrics.map(|metric| metric.label(&list)).collect::<Vec<_>>().join(", ")
        };
        let found =
            MetricSpec::labelled(label).ok_or_else(|| not_there(&format!("--objective {label}"), &allowed()))?;
        metric = found.0;
        list.length = found.1.unwrap_or(list.length);
    }
    list.length = lists.top.unwrap_or(list.length);
    list.threshold = lists.relevant.or(list.threshold);
    Ok((metric, list))
}

/// A seed that a link can carry.
pub(super) fn checked_seed(seed: u64) -> Result<Seed, Error> {
    if seed <= Seed::MAX {
        return Ok(Seed(seed));
    }
    let allowed = format!("a whole number from 0 to {}", Seed::MAX);
    Err(Error::BadSetting { setting: "seed".to_owned(), value: seed.to_string(), allowed })
}

/// Applies `--model`, `--range` and `--set`.
fn set_models(study: &mut Study, args: &args::Tune) -> Result<(), Error> {
    if let Some(names) = &args.model {
        let models = names.split(',').map(|name| ModelKind::parse(name).map(ModelSpace::starting));
        study.models = models.collect::<Result<_, _>>()?;
    }
    let mut cleared = Vec::new();
    for text in &args.range {
        let (name, value) = assignment("--range", text, range::SYNTAX)?;
        for (model, info) in targets(study, name)? {
            let space = &mut study.models[model];
            if !cleared.contains(&model) {
                // Whoever names a range means this space, not this one beside the usual ones.
                space.params.retain(|param| !param.range.is_searched());
                cleared.push(model);
            }
            set(space, info, range::parse(info, name, value)?);
        }
    }
    for text in &args.set {
        let (name, value) = assignment("--set", text, "NAME=VALUE")?;
        for (model, info) in targets(study, name)? {
            set(&mut study.models[model], info, Range::Fixed { value: Value::parse(value) });
        }
    }
    Ok(())
}

fn set(space: &mut ModelSpace, info: &crate::study::catalog::ParamInfo, range: Range) {
    space.params.retain(|param| param.name != info.name);
    space.params.push(ParamSpec { name: info.name.to_owned(), range });
}

/// Cuts `name=value`.
pub(super) fn assignment<'a>(option: &str, text: &'a str, allowed: &str) -> Result<(&'a str, &'a str), Error> {
    text.split_once('=').ok_or_else(|| Error::BadSetting {
        setting: option.to_owned(),
        value: text.to_owned(),
        allowed: allowed.to_owned(),
    })
}

/// The models, by place, that a parameter's name means: `svd.n_factors`, or `n_factors` for all that have it.
fn targets(study: &Study, name: &str) -> Result<Vec<(usize, &'static crate::study::catalog::ParamInfo)>, Error> {
    let prefixed = name.split_once('.');
    let mut found = Vec::new();
    let mut refused = None;
    for (at, space) in study.models.iter().enumerate() {
        let own = match prefixed {
            Some((model, own)) if model == space.model.name() => own,
            Some(_) => continue,
            None => name,
        };
        match space.model.parameter(own) {
            Ok(info) => found.push((at, info)),
            Err(error) => refused = Some(error),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let model = |(model, _): (&str, &str)| Error::BadSetting {
        setting: format!("the model of {name}"),
        value: model.to_owned(),
        allowed: study.models.iter().map(|space| space.model.name()).collect::<Vec<_>>().join(", "),
    };
    Err(refused.or(prefixed.map(model)).unwrap_or(Error::NoModel { allowed: ModelKind::names() }))
}

/// The settings of `--set` for a single model.
pub(super) fn settings(texts: &[String]) -> Result<Vec<(&str, Value)>, Error> {
    let pairs = texts.iter().map(|text| {
        let (name, value) = assignment("--set", text, "NAME=VALUE")?;
        Ok((name, Value::parse(value)))
    });
    pairs.collect()
}
