//! The experiment as plain data. Everything that determines a result is in a [`Study`] or in the log of its run.
//!
//! Nothing here computes or knows a browser; page and engine both see it. Resolved choices are stored, never "auto".

pub mod catalog;
pub mod check;
pub mod cleaning;
pub mod data_spec;
pub mod first;
pub mod form;
pub mod link;
pub mod metric;
pub mod recommend;
pub mod scheduler;
pub mod seed;
pub mod settings;
pub mod space;
pub mod value;

use serde::Serialize;

use crate::fields::{
    Content, Fields, FromContent, FromFields, Misfits, deserialize, read_named, read_struct, read_tagged,
};
use crate::order;

pub use catalog::ModelKind;
pub use cleaning::Cleaning;
pub use data_spec::{Columns, DataSource, DataSpec, SplitSpec, SyntheticSpec};
pub use form::Form;
pub use metric::{Goal, ListSpec, MetricSpec};
pub use scheduler::SchedulerKind;
pub use seed::Seed;
pub use settings::Settings;
pub use space::{Dimension, Range, Space};
pub use value::{Params, Point, Value};

/// The engine's version, which pins the table of defaults and the bits of every result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EngineVersion(pub u32);

/// The version of this engine. Changing a golden study means raising it.
pub const ENGINE: EngineVersion = EngineVersion(1);

/// A whole experiment: run twice on the same data it gives the same trials, bit for bit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Study {
    /// The engine that the study was made for.
    pub engine: EngineVersion,
    /// What is learned from.
    pub data: DataSpec,
    /// What the recommender is for.
    pub goal: Goal,
    /// How validation and test rows are cut off.
    pub split: SplitSpec,
    /// The candidates and their ranges.
    pub models: Vec<ModelSpace>,
    /// What the search improves on the validation rows.
    pub objective: MetricSpec,
    /// What a list is, and what is good in it.
    #[serde(skip_serializing_if = "ListSpec::is_default")]
    pub list: ListSpec,
    /// When a training ends.
    pub stopping: Stopping,
    /// How configurations are proposed, and how many.
    pub search: SearchSpec,
    /// Points that are tried before any is proposed: whole points of the space.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<Point>,
    /// Proposal n sees the results of trials 0 ..= n - lag; those between are pending. At least 1.
    pub lag: u32,
    /// Where all randomness comes from.
    pub seed: Seed,
}

impl FromFields for Study {
    /// What is left out is as in the default study.
    fn from_fields(fields: &mut Fields, misfits: &mut Misfits) -> Self {
        let default = Self::default();
        let goal = fields.take_or("goal", default.goal, misfits);
        let study = Self {
            engine: fields.take_or("engine", default.engine, misfits),
            data: fields.take_or("data", default.data, misfits),
            goal,
            split: fields.take_or("split", default.split, misfits),
            models: fields.take_or("models", default.models, misfits),
            objective: fields.take_or("objective", goal.objectives()[0], misfits),
            list: fields.take_or("list", default.list, misfits),
            stopping: fields.take_or("stopping", default.stopping, misfits),
            search: fields.take_or("search", default.search, misfits),
            first: fields.take_or("first", default.first, misfits),
            lag: fields.take_or("lag", default.lag, misfits),
            seed: fields.take_or("seed", default.seed, misfits),
        };
        fields.nothing_else(misfits);
        study
    }
}

/// A model and what is searched or fixed of it; parameters that are not named have their default.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelSpace {
    /// The model.
    pub model: ModelKind,
    /// Its searched and fixed parameters, in the order in which they are shown.
    pub params: Vec<ParamSpec>,
}

read_struct!(ModelSpace { model } or default { params }, nothing_else);

impl ModelSpace {
    /// The model with the ranges that a search of it starts from: the default study's, or where that has no such model,
    /// the catalog's for each group and each parameter outside a group that is searched by itself.
    #[must_use]
    pub fn starting(model: ModelKind) -> Self {
        if let Some(space) = Study::default().models.into_iter().find(|space| space.model == model) {
            return space;
        }
        let all = model.parameters();
        let is_set = |info: &catalog::ParamInfo| all.iter().any(|group| group.sets.contains(&info.name));
        let free = all.iter().filter(|info| info.is_searched_by_itself() && !is_set(info));
        let param = |info: &catalog::ParamInfo| ParamSpec { name: info.name.to_owned(), range: info.default_range() };
        Self { model, params: free.map(param).collect() }
    }

    /// What this study says of a parameter, if anything.
    #[must_use]
    pub fn range(&self, name: &str) -> Option<&Range> {
        self.params.iter().find(|param| param.name == name).map(|param| &param.range)
    }
}

impl Study {
    /// The same study in the one form that a link reads back exactly: parameters in the catalog's order. It has the
    /// same trials, because the search walks them in that order anyway. The order of models is kept: it means something.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        for space in &mut self.models {
            let place = |name: &str| space.model.parameters().iter().position(|info| info.name == name);
            let place = |param: &ParamSpec| place(&param.name).unwrap_or(usize::MAX);
            order::sort(&mut space.params, |a, b| place(a).cmp(&place(b)));
        }
        self
    }
}

/// One parameter and the values that it may take in this study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParamSpec {
    /// The field's name for it, as in the catalog.
    pub name: String,
    /// Its values.
    #[serde(flatten)]
    pub range: Range,
}

deserialize!(Study, EngineVersion, ParamSpec);

impl FromFields for ParamSpec {
    fn from_fields(fields: &mut Fields, misfits: &mut Misfits) -> Self {
        Self { name: fields.take("name", misfits), range: Range::from_fields(fields, misfits) }
    }
}

impl FromContent for EngineVersion {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        Self(u32::read(content, misfits))
    }
}

read_tagged!(Stopping by "rule" { "early" => Early { max_epochs, patience }, "fixed" => Fixed { epochs } });
read_named!(SamplerKind as "sampler" or Random, Self::named);

/// A model with a value for each of its parameters: what a trainer is made from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelSpec {
    /// The model.
    pub model: ModelKind,
    /// All its parameters, none missing.
    pub params: Params,
}

read_struct!(ModelSpec { model, params });

/// When a training ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum Stopping {
    /// At the epoch after which the objective has not improved for `patience` epochs; the best epoch counts.
    Early {
        /// At most so many epochs.
        max_epochs: u32,
        /// So many epochs without a new best end the training; where lists are judged every few epochs, so many of those.
        patience: u32,
    },
    /// After exactly so many epochs.
    Fixed {
        /// The count.
        epochs: u32,
    },
}

/// How configurations are proposed, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SearchSpec {
    /// Who proposes.
    pub sampler: SamplerKind,
    /// The budget: so many trials, fewer when the space is exhausted.
    pub trials: u32,
    /// How much training each trial gets before it must prove itself.
    #[serde(skip_serializing_if = "SchedulerKind::is_default")]
    pub scheduler: SchedulerKind,
    /// No trial begins once the trials whose results it may see have been trained for so many epochs in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_epochs: Option<u32>,
    /// No trial begins once it is expected to improve the best result that it may see by less than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_gain: Option<f64>,
}

read_struct!(SearchSpec { sampler, trials } or default { scheduler, total_epochs, least_gain }, nothing_else);

impl SearchSpec {
    /// So many trials and nothing else.
    #[must_use]
    pub fn new(sampler: SamplerKind, trials: u32) -> Self {
        Self { sampler, trials, scheduler: SchedulerKind::None, total_epochs: None, least_gain: None }
    }

    /// Whether what has come of earlier trials may end the search before its budget is used up.
    #[must_use]
    pub fn may_end_early(&self) -> bool {
        self.total_epochs.is_some() || self.least_gain.is_some()
    }

    /// The same with another's budget: how many trials there are, and nothing of what they are.
    #[must_use]
    pub fn with_budget_of(self, other: &Self) -> Self {
        Self { sampler: self.sampler, scheduler: self.scheduler, ..*other }
    }
}

/// The samplers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SamplerKind {
    /// Every point of the grid, in a seeded order.
    Grid,
    /// Independent uniform draws.
    Random,
    /// A scrambled Sobol sequence: random, but evenly spread.
    Sobol,
    /// The tree-structured Parzen estimator: where good trials are dense and others are not.
    Tpe,
    /// A Gaussian process: where the largest improvement is expected.
    Gp,
}

impl SamplerKind {
    /// All samplers.
    pub const ALL: [Self; 5] = [Self::Grid, Self::Random, Self::Sobol, Self::Tpe, Self::Gp];

    /// The sampler of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sampler| sampler.name() == name)
    }

    /// The name in links, files and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Random => "random",
            Self::Sobol => "sobol",
            Self::Tpe => "tpe",
            Self::Gp => "gp",
        }
    }
}

impl Default for Study {
    /// The default study of the page: three parameters of SVD on MovieLens latest-small, 30 random trials.
    fn default() -> Self {
        let int = |low, high| Range::Int { low, high, log: true, step: None };
        let float = |low, high| Range::Float { low, high, log: true, step: None };
        let param = |name: &str, range| ParamSpec { name: name.to_owned(), range };
        let params = vec![
            param("n_factors", int(4.0, 32.0)),
            param("learning_rate", float(0.005, 0.03)),
            param("regularization", float(0.02, 0.2)),
            param("init_scale", Range::Fixed { value: 0.05.into() }),
        ];
        Self {
            engine: ENGINE,
            data: DataSpec::default(),
            goal: Goal::Rating,
            split: SplitSpec::Random { valid: 0.1, test: 0.1 },
            models: vec![ModelSpace { model: ModelKind::Svd, params }],
            objective: MetricSpec::Rmse,
            list: ListSpec::default(),
            stopping: Stopping::Early { max_epochs: 60, patience: 4 },
            search: SearchSpec::new(SamplerKind::Random, 30),
            first: Vec::new(),
            lag: 8,
            seed: Seed(7),
        }
    }
}
