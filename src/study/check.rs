//! The only gate: a study that passes can be run, and everything that is resolved from it is in its domain.

use std::collections::BTreeMap;

use super::scheduler::{ETA, LEAST_EPOCHS};
use super::space::{Dimension, Space};
use super::value::{Point, Value};
use super::{ENGINE, ListSpec, ModelKind, ModelSpec, Range, SchedulerKind, Seed, SplitSpec, Stopping, Study};
use crate::error::Error;

/// The largest budget of a study.
pub const MAX_TRIALS: u32 = 100_000;
/// The largest number of epochs of a training.
pub const MAX_EPOCHS: u32 = 10_000;
/// The largest number of epochs of all trainings together.
pub const MAX_TOTAL_EPOCHS: u32 = 1_000_000_000;
/// The largest grid that is walked.
pub const MAX_GRID: u64 = 1_000_000;

/// The name of the dimension that chooses among several models.
pub const MODEL_DIMENSION: &str = "model";

impl Study {
    /// Checks everything that can be checked without the data.
    ///
    /// # Errors
    /// The first thing that is wrong, with what is allowed.
    pub fn check(&self) -> Result<(), Error> {
        if self.engine > ENGINE {
            return Err(Error::NewerVersion { found: self.engine.0, known: ENGINE.0 });
        }
        self.check_models()?;
        self.check_goal()?;
        self.check_split()?;
        self.check_settings()?;
        let space = Space::new(self.dimensions())?;
        self.check_first(&space)?;
        if self.search.sampler == super::SamplerKind::Grid {
            let points = space.grid_count().unwrap_or(u64::MAX);
            if points > MAX_GRID {
                return Err(Error::GridTooLarge { points: points as f64, allowed: MAX_GRID });
            }
        }
        Ok(())
    }

    fn check_models(&self) -> Result<(), Error> {
        if self.models.is_empty() {
            return Err(Error::NoModel { allowed: ModelKind::names() });
        }
        for (at, space) in self.models.iter().enumerate() {
            if self.models[..at].iter().any(|other| other.model == space.model) {
                return Err(Error::Repeated { parameter: space.model.name().to_owned() });
            }
            for (at, param) in space.params.iter().enumerate() {
                if space.params[..at].iter().any(|other| other.name == param.name) {
                    return Err(Error::Repeated { parameter: param.name.clone() });
                }
                space.model.parameter(&param.name)?.check_range(&param.range)?;
            }
        }
        Ok(())
    }

    fn check_goal(&self) -> Result<(), Error> {
        if let Some(space) = self.models.iter().find(|space| !self.goal.allows(space.model)) {
            return Err(self.goal.refusal(space.model));
        }
        let allowed = self.goal.objectives();
        if !allowed.contains(&self.objective) {
            return Err(Error::OtherGoal {
                goal: self.goal.name().to_owned(),
                objective: self.objective.name().to_owned(),
                allowed: allowed.iter().map(|metric| metric.label(&self.list)).collect::<Vec<_>>().join(", "),
            });
        }
        match self.list.threshold {
            Some(threshold) if !threshold.is_finite() => Err(Error::BadSetting {
                setting: "relevant".into(),
                value: threshold.to_string(),
                allowed: "a finite number".into(),
            }),
            _ => Ok(()),
        }
    }

    fn check_split(&self) -> Result<(), Error> {
        let bad = |allowed: &str| {
            Err(Error::BadSetting { setting: "split".into(), value: self.split.to_string(), allowed: allowed.into() })
        };
        match self.split {
            SplitSpec::Random { valid, test } | SplitSpec::User { valid, test } | SplitSpec::Time { valid, test } => {
                // Written so that NaN fails too.
                if !(valid >= 0.0 && test >= 0.0 && valid + test < 1.0) {
                    return bad("fractions from 0 that sum to less than 1");
                }
            }
            SplitSpec::Kfold { folds, test } => {
                if !((2..=100).contains(&folds) && (0.0..1.0).contains(&test)) {
                    return bad("2 to 100 folds and a test fraction from 0 to less than 1");
                }
            }
            SplitSpec::Last { valid, test } => {
                if valid > 1_000 || test > 1_000 {
                    return bad("at most 1000 rows per user");
                }
            }
            SplitSpec::None => {}
        }
        Ok(())
    }

    fn check_settings(&self) -> Result<(), Error> {
        let mut whole: Vec<(&str, u64, u64, u64)> = vec![
            ("trials", self.search.trials.into(), 1, MAX_TRIALS.into()),
            ("lag", self.lag.into(), 1, 1_000),
            ("top", self.list.length.into(), 1, ListSpec::MAX_LENGTH.into()),
            ("seed", self.seed.0, 0, Seed::MAX),
            ("epochs", self.stopping.max_epochs().into(), 1, MAX_EPOCHS.into()),
        ];
        if let Some(total) = self.search.total_epochs {
            whole.push(("total", total.into(), 1, MAX_TOTAL_EPOCHS.into()));
        }
        if let Stopping::Early { patience, .. } = self.stopping {
            whole.push(("patience", patience.into(), 1, MAX_EPOCHS.into()));
        }
        if self.search.scheduler == SchedulerKind::Halving && self.rung_count() == 1 {
            // Below that there is no rung to start on.
            whole.push(("epochs", self.stopping.max_epochs().into(), (ETA * LEAST_EPOCHS).into(), MAX_EPOCHS.into()));
        }
        let bad = |setting: &str, value: String, allowed: String| {
            Err(Error::BadSetting { setting: setting.into(), value, allowed })
        };
        if let Some((setting, value, low, high)) =
            whole.into_iter().find(|(_, value, low, high)| !(low..=high).contains(&value))
        {
            return bad(setting, value.to_string(), format!("a whole number from {low} to {high}"));
        }
        match self.search.least_gain.filter(|gain| !(*gain > 0.0 && gain.is_finite())) {
            Some(gain) => bad("gain", gain.to_string(), "a number above 0".into()),
            None => Ok(()),
        }
    }

    /// The space that the search walks.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn space(&self) -> Result<Space, Error> {
        self.check()?;
        Space::new(self.dimensions())
    }

    /// The searched parameters. With several models the first dimension chooses one, and each model's parameters, under
    /// its name, exist only where it is chosen.
    fn dimensions(&self) -> Vec<Dimension> {
        let several = self.models.len() > 1;
        let mut dimensions = Vec::new();
        if several {
            let choices = self.models.iter().map(|space| space.model.name().into()).collect();
            dimensions.push(Dimension {
                name: MODEL_DIMENSION.to_owned(),
                range: Range::Categorical { choices },
                when: BTreeMap::new(),
            });
        }
        for space in &self.models {
            let model = space.model.name();
            let when = || BTreeMap::from([(MODEL_DIMENSION.to_owned(), vec![Value::from(model)])]);
            // In the catalog's order, so that a study means the same however its parameters are written down.
            let searched =
                space.model.parameters().iter().filter_map(|info| Some((info.name, space.range(info.name)?)));
            for (name, range) in searched.filter(|(_, range)| range.is_searched()) {
                dimensions.push(Dimension {
                    name: if several { format!("{model}.{name}") } else { name.to_owned() },
                    range: range.clone(),
                    when: if several { when() } else { BTreeMap::new() },
                });
            }
        }
        dimensions
    }

    /// The model that a point of the space stands for: searched parameters from the point, fixed ones from the study,
    /// all others at their defaults.
    ///
    /// # Errors
    /// A point that is not of this space.
    pub fn resolve(&self, point: &Point) -> Result<ModelSpec, Error> {
        let chosen = match point.get(MODEL_DIMENSION) {
            Some(Value::Text(name)) => ModelKind::parse(name)?,
            _ => self.models.first().map(|space| space.model).ok_or(Error::NoModel { allowed: ModelKind::names() })?,
        };
        let space = self.models.iter().find(|space| space.model == chosen);
        let fixed = space.into_iter().flat_map(|space| &space.params).filter_map(|param| match &param.range {
            Range::Fixed { value } => Some((param.name.as_str(), value.clone())),
            _ => None,
        });
        let prefix = format!("{}.", chosen.name());
        let searched = point.0.iter().filter(|(name, _)| name != MODEL_DIMENSION);
        let searched = searched.map(|(name, value)| (name.strip_prefix(&prefix).unwrap_or(name), value.clone()));
        chosen.with(&fixed.chain(searched).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Goal, MetricSpec, ModelSpace, ParamSpec};

    #[test]
    fn the_default_study_passes() {
        let study = Study::default();
        let space = study.space().unwrap();
        assert_eq!(space.dimensions().len(), 3);
        let spec = study.resolve(&space.point_at(|_| 0.0)).unwrap();
        assert_eq!(spec.number("n_factors"), 4.0);
        assert_eq!(spec.number("regularization_biases"), 0.02);
        assert_eq!(spec.number("init_scale"), 0.05);
    }

    #[test]
    fn several_models_are_searched_jointly() {
        let damping =
            ParamSpec { name: "damping".into(), range: ModelKind::Bias.parameter("damping").unwrap().default_range() };
        let mut study = Study::default();
        study.models.push(ModelSpace { model: ModelKind::Bias, params: vec![damping] });
        let space = study.space().unwrap();
        let point = space.point_at(|_| 0.9);
        assert_eq!(point.0.len(), 2);
        let spec = study.resolve(&point).unwrap();
        assert_eq!(spec.model, ModelKind::Bias);
        assert!(spec.number("damping_items") > 5.0);
    }

    #[test]
    fn bad_studies_are_refused() {
        let refused = |change: &dyn Fn(&mut Study)| {
            let mut study = Study::default();
            change(&mut study);
            study.check().unwrap_err().code()
        };
        assert_eq!(refused(&|study| study.models.clear()), "no-model");
        assert_eq!(refused(&|study| study.engine.0 += 1), "newer-version");
        assert_eq!(refused(&|study| study.search.trials = 0), "bad-setting");
        assert_eq!(refused(&|study| study.lag = 0), "bad-setting");
        let few = |study: &mut Study| {
            study.stopping = Stopping::Fixed { epochs: 5 };
            study.search.scheduler = SchedulerKind::Halving;
        };
        assert_eq!(refused(&few), "bad-setting");
        assert_eq!(refused(&|study| study.list.length = 0), "bad-setting");
        assert_eq!(refused(&|study| study.list.threshold = Some(f64::NAN)), "bad-setting");
        assert_eq!(refused(&|study| study.objective = MetricSpec::Ndcg), "other-goal");
        assert_eq!(refused(&|study| study.goal = Goal::Ranking), "other-goal");
        assert_eq!(refused(&|study| study.models[0] = ModelSpace::starting(ModelKind::Popular)), "predicts-no-ratings");
        assert_eq!(refused(&|study| study.seed.0 = 1 << 53), "bad-setting");
        assert_eq!(refused(&|study| study.split = SplitSpec::Random { valid: 0.6, test: 0.5 }), "bad-setting");
        assert_eq!(refused(&|study| study.split = SplitSpec::Kfold { folds: 1, test: 0.1 }), "bad-setting");
        let k = |low, high| Range::Int { low, high, log: true, step: None };
        assert_eq!(refused(&|study| study.models[0].params[0].range = k(0.0, 3.0)), "log-of-zero");
        assert_eq!(refused(&|study| study.models[0].params[0].range = k(5.0, 3.0)), "upside-down");
        assert_eq!(refused(&|study| study.models[0].params[0].range = k(5.0, 5000.0)), "outside-domain");
    }
}
