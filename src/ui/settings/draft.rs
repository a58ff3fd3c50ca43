//! The study while a person edits it: fields are texts that need not parse yet. Pure; the gate stays `Study::check`.

use super::param::ParamDraft;
use crate::decimal;
use crate::error::Error;
use crate::study::{
    DataSpec, Goal, ListSpec, MetricSpec, ModelKind, ModelSpace, Point, SamplerKind, SchedulerKind, SearchSpec, Seed,
    SplitSpec, Stopping, Study,
};

/// A study in the making.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The engine that the study was made for.
    pub engine: crate::study::EngineVersion,
    /// What is learned from.
    pub data: DataSpec,
    /// Every model of the catalog: those of the study in its order, which orders the search space, then the others.
    pub models: Vec<ModelDraft>,
    /// What the recommender is for.
    pub goal: Goal,
    /// What trials are judged by.
    pub objective: MetricSpec,
    /// Who proposes.
    pub sampler: SamplerKind,
    /// How much training each trial gets.
    pub scheduler: SchedulerKind,
    /// Points that are tried first, if any are; none named are the defaults.
    pub first: Option<Vec<Point>>,
    /// Whether training ends early.
    pub early: bool,
    /// The plain fields.
    pub trials: String,
    /// Seconds after which no more trials are given out; empty for no bound. No part of the study: how far a run came is in
    /// its log.
    pub seconds: String,
    /// See [`SearchSpec::total_epochs`]; empty for no bound.
    pub total: String,
    /// See [`SearchSpec::least_gain`]; empty for no bound.
    pub gain: String,
    /// See [`Study::seed`].
    pub seed: String,
    /// See [`ListSpec::length`].
    pub top: String,
    /// See [`ListSpec::threshold`]; empty where every held-out row is relevant.
    pub relevant: String,
    /// As [`SplitSpec::parse`] reads it.
    pub split: String,
    /// Most epochs, or the fixed count.
    pub epochs: String,
    /// Epochs without a new best that end a training.
    pub patience: String,
    /// See [`Study::lag`].
    pub lag: String,
}

/// A model in the making.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelDraft {
    /// The model.
    pub model: ModelKind,
    /// Whether it is a candidate.
    pub on: bool,
    /// All its parameters in the catalog's order.
    pub params: Vec<ParamDraft>,
}

/// A field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A parameter of a model.
    Param(ModelKind, &'static str),
    /// One of the plain fields, by its name in [`Error::BadSetting`].
    Setting(&'static str),
    /// The study as a whole.
    Study,
}

/// The plain fields by name.
const SETTINGS: [&str; 11] =
    ["trials", "seconds", "total", "gain", "seed", "top", "relevant", "split", "epochs", "patience", "lag"];

impl Draft {
    /// The form's fields for a study.
    #[must_use]
    pub fn of(study: &Study) -> Self {
        let (early, epochs, patience) = match study.stopping {
            Stopping::Early { max_epochs, patience } => (true, max_epochs, patience),
            Stopping::Fixed { epochs } => (false, epochs, 4),
        };
        Self {
            engine: study.engine,
            data: study.data.clone(),
            models: models(study),
            goal: study.goal,
            objective: study.objective,
            sampler: study.search.sampler,
            scheduler: study.search.scheduler,
            first: first(study),
            early,
            trials: study.search.trials.to_string(),
            seconds: String::new(),
            total: study.search.total_epochs.map(|total| total.to_string()).unwrap_or_default(),
            gain: study.search.least_gain.map(|gain| gain.to_string()).unwrap_or_default(),
            seed: study.seed.0.to_string(),
            top: study.list.length.to_string(),
            relevant: study.list.threshold.map(|threshold| threshold.to_string()).unwrap_or_default(),
            split: study.split.to_string(),
            epochs: epochs.to_string(),
            patience: patience.to_string(),
            lag: study.lag.to_string(),
        }
    }

    /// Chooses another goal: what can not serve it is switched off, and something that can is a candidate.
    pub fn choose_goal(&mut self, goal: Goal) {
        self.goal = goal;
        self.objective = goal.objectives()[0];
        for draft in &mut self.models {
            draft.on &= goal.allows(draft.model);
        }
        let usual = match goal {
            Goal::Rating => ModelKind::Svd,
            Goal::Ranking => ModelKind::Ials,
        };
        // A model of ratings can be ranked, but on its own it seldom makes good lists.
        let serves = |draft: &ModelDraft| draft.on && (goal == Goal::Rating || !draft.model.predicts_ratings());
        if !self.models.iter().any(serves) {
            for draft in &mut self.models {
                draft.on = draft.model == usual;
            }
        }
    }

    /// A model's part of the form.
    #[must_use]
    pub fn model(&self, model: ModelKind) -> Option<&ModelDraft> {
        self.models.iter().find(|draft| draft.model == model)
    }

    /// A parameter's part of the form.
    #[must_use]
    pub fn param(&self, model: ModelKind, name: &str) -> Option<&ParamDraft> {
        self.model(model)?.params.iter().find(|param| param.info.name == name)
    }

    /// Changes a parameter's part of the form.
    pub fn change(&mut self, model: ModelKind, name: &str, change: impl FnOnce(&mut ParamDraft)) {
        let mut params =
            self.models.iter_mut().filter(|draft| draft.model == model).flat_map(|draft| &mut draft.params);
        if let Some(param) = params.find(|param| param.info.name == name) {
            change(param);
        }
    }

    /// The bound of a run's time, if there is one; the inner `None` where the field does not parse.
    #[must_use]
    pub fn bound(&self) -> Option<Option<f64>> {
        let text = self.seconds.trim();
        let seconds = |text| decimal::parse::<f64>(text).filter(|seconds| *seconds > 0.0 && seconds.is_finite());
        (!text.is_empty()).then(|| seconds(text))
    }

    /// The study, if every field parses and the gate lets it pass.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub fn study(&self) -> Result<Study, Vec<(Field, Error)>> {
        let mut problems = Vec::new();
        let mut models = Vec::new();
        for draft in self.models.iter().filter(|draft| draft.on) {
            let params = draft.space(&mut problems);
            models.push(ModelSpace { model: draft.model, params });
        }
        let mut number = |setting, text: &str| match text.trim().parse::<u64>() {
            Ok(number) => number,
            Err(_) => {
                problems.push((Field::Setting(setting), bad_setting(setting, text, "a whole number")));
                1
            }
        };
        let trials = narrow(number("trials", &self.trials));
        let seed = Seed(number("seed", &self.seed));
        let lag = narrow(number("lag", &self.lag));
        let total_epochs = (!self.total.trim().is_empty()).then(|| narrow(number("total", &self.total)));
        let epochs = narrow(number("epochs", &self.epochs));
        let stopping = if self.early {
            Stopping::Early { max_epochs: epochs, patience: narrow(number("patience", &self.patience)) }
        } else {
            Stopping::Fixed { epochs }
        };
        let length = narrow(number("top", &self.top));
        let mut real = |setting, text: &str, allowed| {
            let real = decimal::parse::<f64>(text.trim());
            if real.is_none() && !text.trim().is_empty() {
                problems.push((Field::Setting(setting), bad_setting(setting, text, allowed)));
            }
            real
        };
        let threshold = real("relevant", &self.relevant, "a number");
        let least_gain = real("gain", &self.gain, "a number above 0");
        if self.bound() == Some(None) {
            problems.push((Field::Setting("seconds"), bad_setting("seconds", &self.seconds, "a number above 0")));
        }
        let split = SplitSpec::parse(self.split.trim()).unwrap_or_else(|| {
            problems.push((Field::Setting("split"), bad_setting("split", &self.split, SplitSpec::SYNTAX)));
            SplitSpec::None
        });
        let mut study = Study {
            engine: self.engine,
            data: self.data.clone(),
            goal: self.goal,
            list: ListSpec { length, threshold },
            split,
            models,
            objective: self.objective,
            stopping,
            search: SearchSpec {
                scheduler: self.scheduler,
                total_epochs,
                least_gain,
                ..SearchSpec::new(self.sampler, trials)
            },
            first: Vec::new(),
            lag,
            seed,
        };
        // The gate reports the first problem only; the fields' own come first, since they say more.
        if problems.is_empty()
            && let Err(error) = self.begin(&mut study).and_then(|()| study.check())
        {
            problems.push((Field::of(&error), error));
        }
        if problems.is_empty() { Ok(study) } else { Err(problems) }
    }
}

impl Draft {
    /// Says what the study begins with.
    fn begin(&self, study: &mut Study) -> Result<(), Error> {
        study.first = match self.first.as_deref() {
            None => Vec::new(),
            Some([]) => vec![study.first_point(&[])?],
            Some(points) => points.to_vec(),
        };
        Ok(())
    }
}

/// What a study begins with, as [`Draft::first`] says it.
fn first(study: &Study) -> Option<Vec<Point>> {
    let is_usual = || study.first_point(&[]).is_ok_and(|point| study.first == [point]);
    (!study.first.is_empty()).then(|| if is_usual() { Vec::new() } else { study.first.clone() })
}

impl Field {
    fn of(error: &Error) -> Self {
        match error {
            Error::BadSetting { setting, .. } => {
                SETTINGS.into_iter().find(|name| name == setting).map_or(Self::Study, Self::Setting)
            }
            _ => Self::Study,
        }
    }
}

impl ModelDraft {
    fn of(model: ModelKind, study: &Study) -> Self {
        let space = study.models.iter().find(|space| space.model == model);
        // Who ticks a model wants to search it: it begins with the ranges worth searching, as in a link that names it.
        let named = space.cloned().unwrap_or_else(|| ModelSpace::starting(model)).params;
        let draft = |info| ParamDraft::of(info, named.iter().find(|param| param.name == info.name));
        Self { model, on: space.is_some(), params: model.parameters().iter().map(draft).collect() }
    }

    /// The parameters that the study names.
    fn space(&self, problems: &mut Vec<(Field, Error)>) -> Vec<crate::study::ParamSpec> {
        let mut named = Vec::new();
        for draft in &self.params {
            match draft.spec() {
                Ok(Some(spec)) => named.push(spec),
                Ok(None) => {}
                Err(error) => problems.push((Field::Param(self.model, draft.info.name), error)),
            }
        }
        named
    }
}

fn models(study: &Study) -> Vec<ModelDraft> {
    let chosen = study.models.iter().map(|space| space.model);
    let is_other = |model: &ModelKind| study.models.iter().all(|space| space.model != *model);
    let all = chosen.chain(ModelKind::ALL.into_iter().filter(is_other));
    all.map(|model| ModelDraft::of(model, study)).collect()
}

fn bad_setting(setting: &str, value: &str, allowed: &str) -> Error {
    Error::BadSetting { setting: setting.into(), value: value.into(), allowed: allowed.into() }
}

/// A number beyond u32 becomes its largest, which no setting allows: the gate then says what is.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{ParamSpec, Range};

    #[test]
    fn another_goal_keeps_what_can_serve_it() {
        let mut draft = Draft::of(&Study::default());
        draft.choose_goal(Goal::Ranking);
        let study = draft.study().unwrap();
        assert_eq!((study.goal, study.objective), (Goal::Ranking, MetricSpec::Ndcg));
        assert_eq!(study.models.iter().map(|space| space.model).collect::<Vec<_>>(), [ModelKind::Ials]);
        assert_eq!(Draft::of(&study).study(), Ok(study));
        draft.choose_goal(Goal::Rating);
        let study = draft.study().unwrap();
        assert_eq!(study.objective, MetricSpec::Rmse);
        assert_eq!(study.models.iter().map(|space| space.model).collect::<Vec<_>>(), [ModelKind::Svd]);
    }

    #[test]
    fn links_of_any_models_with_their_default_settings_are_short() {
        let hash = "0123456789abcdef0123456789abcdef";
        let link = |ticked: &[ModelKind], goal| {
            let mut draft = Draft::of(&Study::default());
            draft.choose_goal(goal);
            for model in &mut draft.models {
                model.on = ticked.contains(&model.model);
            }
            draft.data.hash = hash.to_owned();
            let study = draft.study().unwrap();
            let link = crate::study::link::encode(&study);
            assert_eq!(crate::study::link::decode(&link).study, study.canonical());
            link
        };
        for goal in Goal::ALL {
            let all: Vec<ModelKind> = ModelKind::ALL.into_iter().filter(|model| goal.allows(*model)).collect();
            let ones = all.iter().map(|model| link(&[*model], goal));
            let longest = ones.chain([link(&all, goal)]).max_by_key(String::len).unwrap();
            // The address of the page comes before it.
            assert!(longest.len() < 160, "{} {longest}", longest.len());
        }
    }

    #[test]
    fn a_study_survives_the_form() {
        let mut study = Study::default();
        assert_eq!(Draft::of(&study).study(), Ok(study.clone()));
        study.stopping = Stopping::Fixed { epochs: 20 };
        study.split = SplitSpec::Kfold { folds: 5, test: 0.1 };
        study.list = ListSpec { length: 20, threshold: Some(3.5) };
        study.search = SearchSpec {
            scheduler: SchedulerKind::Halving,
            total_epochs: Some(90),
            least_gain: Some(0.001),
            ..SearchSpec::new(SamplerKind::Grid, 9)
        };
        let param = |name: &str, range| ParamSpec { name: name.into(), range };
        study.models[0].params = vec![
            param("n_factors", Range::Categorical { choices: vec![8.0.into(), 16.0.into()] }),
            param("regularization", Range::Float { low: 0.0, high: 0.1, log: false, step: Some(0.05) }),
            param("init", Range::Fixed { value: "constant".into() }),
            param("biases", Range::Categorical { choices: vec![false.into(), true.into()] }),
        ];
        study.models.push(ModelSpace { model: ModelKind::Mean, params: vec![] });
        assert_eq!(Draft::of(&study).study(), Ok(study.clone()));
        let mut draft = Draft::of(&study);
        draft.first = Some(Vec::new());
        let begins = draft.study().unwrap();
        assert_eq!(begins.first, [study.first_point(&[]).unwrap()]);
        assert_eq!(
            (Draft::of(&begins).first.clone(), Draft::of(&begins).study()),
            (Some(Vec::new()), Ok(begins.clone()))
        );
        study.first = vec![study.space().unwrap().point_at(|_| 0.2), begins.first[0].clone()];
        assert_eq!(Draft::of(&study).study(), Ok(study));
    }

    #[test]
    fn every_field_that_does_not_parse_is_named() {
        let mut draft = Draft::of(&Study::default());
        draft.trials = "many".into();
        draft.seconds = "-1".into();
        draft.split = "half".into();
        draft.top = "0.5".into();
        draft.relevant = "all".into();
        draft.change(ModelKind::Svd, "n_factors", |param| param.low = "x".into());
        let fields: Vec<Field> = draft.study().unwrap_err().into_iter().map(|(field, _)| field).collect();
        assert_eq!(
            fields,
            [
                Field::Param(ModelKind::Svd, "n_factors"),
                Field::Setting("trials"),
                Field::Setting("top"),
                Field::Setting("relevant"),
                Field::Setting("seconds"),
                Field::Setting("split")
            ]
        );
    }

    #[test]
    fn the_gate_has_the_last_word() {
        let mut draft = Draft::of(&Study::default());
        draft.lag = "0".into();
        assert_eq!(draft.study().unwrap_err()[0].0, Field::Setting("lag"));
        draft.lag = "99999999999".into();
        assert_eq!(draft.study().unwrap_err()[0].0, Field::Setting("lag"));
        draft.lag = "8".into();
        draft.top = "1001".into();
        assert_eq!(draft.study().unwrap_err()[0].0, Field::Setting("top"));
        draft.top = "5".into();
        for model in &mut draft.models {
            model.on = false;
        }
        let problems = draft.study().unwrap_err();
        assert_eq!((problems[0].0.clone(), problems[0].1.code()), (Field::Study, "no-model"));
    }
}
