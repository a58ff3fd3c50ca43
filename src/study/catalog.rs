//! Every model with its parameters: domain, default, range worth searching and meaning. Page and engine both read it,
//! and no other place knows a parameter's limits.
//!
//! Defaults are pinned by [`super::ENGINE`]: a study or a link names only what differs from them.

mod parameters;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use parameters::{ALS, BIAS, BPR, CONTENT_KNN, EASE, IALS, KNN, NMF, SVD, SVDPP};

use super::value::{Params, Value};
use super::{ModelSpec, Range};
use crate::error::Error;
use crate::fields::read_named;

/// The models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// The mean of all training ratings.
    Mean,
    /// Damped user and item biases around the mean.
    Bias,
    /// Biased matrix factorisation by stochastic gradient descent (Koren, Bell, Volinsky 2009).
    Svd,
    /// SVD with implicit feedback: what a user has rated describes the user too (Koren 2008).
    Svdpp,
    /// Non-negative matrix factorisation by multiplicative updates.
    Nmf,
    /// Factorisation of bias residuals by alternating least squares (Zhou et al. 2008).
    Als,
    /// Neighbourhoods of items around biases (Koren 2010).
    ItemKnn,
    /// Neighbourhoods of users around biases.
    UserKnn,
    /// Slope One (Lemire and Maclachlan 2005).
    SlopeOne,
    /// Neighbourhoods of items by their genres (Lops, de Gemmis and Semeraro 2011).
    ContentKnn,
    /// The items that most users have.
    Popular,
    /// A linear autoencoder of items in closed form (Steck 2019).
    Ease,
    /// Implicit matrix factorisation by alternating least squares (Hu, Koren, Volinsky 2008; Rendle et al. 2022).
    Ials,
    /// Bayesian personalised ranking: factors from pairs of items (Rendle et al. 2009).
    Bpr,
}

read_named!(ModelKind as "model" or Mean, |name| Self::parse(name).ok());

/// A parameter's place in the catalog.
#[derive(Debug)]
pub struct ParamInfo {
    /// The field's name for it: `n_factors`.
    pub name: &'static str,
    /// Its short name in links: `k`.
    pub key: &'static str,
    /// The values that make sense at all.
    pub domain: Domain,
    /// Its value where a study says nothing. A group has none of its own.
    pub default: Option<Preset>,
    /// The range worth searching.
    pub search: Search,
    /// The parameters that this one sets together, if it is a group.
    pub sets: &'static [&'static str],
}

/// The values that make sense at all.
#[derive(Clone, Copy, Debug)]
pub enum Domain {
    /// Real numbers; the low end is excluded if `above`.
    Float {
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
        /// Whether the lowest itself is excluded.
        above: bool,
    },
    /// Whole numbers.
    Int {
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
    },
    /// One of these names.
    Choice(&'static [&'static str]),
    /// true or false.
    Bool,
}

/// A constant [`Value`].
#[derive(Clone, Copy, Debug)]
pub enum Preset {
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A name.
    Text(&'static str),
}

/// A constant range worth searching.
#[derive(Clone, Copy, Debug)]
pub enum Search {
    /// From low to high.
    Between {
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
        /// On the logarithm.
        log: bool,
    },
    /// One of a few numbers.
    OneOf(&'static [f64]),
    /// All of the domain.
    Domain,
    /// All of the domain, but only where that is asked for.
    Asked,
}

impl From<Preset> for Value {
    fn from(preset: Preset) -> Self {
        match preset {
            Preset::Number(number) => number.into(),
            Preset::Bool(bool) => bool.into(),
            Preset::Text(text) => text.into(),
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float { low, high, above: true } => write!(f, "a number above {low}, at most {high}"),
            Self::Float { low, high, above: false } => write!(f, "a number from {low} to {high}"),
            Self::Int { low, high } => write!(f, "a whole number from {low} to {high}"),
            Self::Choice(names) => f.write_str(&names.join(", ")),
            Self::Bool => f.write_str("true, false"),
        }
    }
}

impl Domain {
    /// Whether the value lies in it.
    #[must_use]
    pub fn contains(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Float { low, high, above }, Value::Number(number)) => {
                number <= high && (number > low || (!above && number == low))
            }
            (Self::Int { low, high }, Value::Number(number)) => {
                number.fract() == 0.0 && number >= low && number <= high
            }
            (Self::Choice(names), Value::Text(text)) => names.contains(&text.as_str()),
            (Self::Bool, Value::Bool(_)) => true,
            _ => false,
        }
    }
}

impl ParamInfo {
    /// Whether a search that nobody has set up searches it.
    #[must_use]
    pub fn is_searched_by_itself(&self) -> bool {
        !matches!(self.search, Search::Asked)
    }

    /// The range worth searching.
    #[must_use]
    pub fn default_range(&self) -> Range {
        match (self.search, self.domain) {
            (Search::Between { low, high, log }, Domain::Int { .. }) => Range::Int { low, high, log, step: None },
            (Search::Between { low, high, log }, _) => Range::Float { low, high, log, step: None },
            (Search::OneOf(numbers), _) => Range::Categorical { choices: numbers.iter().map(|&n| n.into()).collect() },
            (Search::Domain | Search::Asked, Domain::Choice(names)) => {
                Range::Categorical { choices: names.iter().map(|&n| n.into()).collect() }
            }
            (Search::Domain | Search::Asked, Domain::Bool) => {
                Range::Categorical { choices: vec![true.into(), false.into()] }
            }
            (Search::Domain | Search::Asked, Domain::Float { low, high, .. }) => {
                Range::Float { low, high, log: false, step: None }
            }
            (Search::Domain | Search::Asked, Domain::Int { low, high }) => {
                Range::Int { low, high, log: false, step: None }
            }
        }
    }

    /// Checks that a value lies in the domain.
    ///
    /// # Errors
    /// Names the parameter, the value and what is allowed.
    pub fn check(&self, value: &Value) -> Result<(), Error> {
        if self.domain.contains(value) {
            return Ok(());
        }
        let allowed = self.domain.to_string();
        Err(Error::OutsideDomain { parameter: self.name.to_owned(), value: value.to_string(), allowed })
    }

    /// Checks that a range is well formed and lies in the domain.
    ///
    /// # Errors
    /// As [`Range::check`] and [`Self::check`].
    pub fn check_range(&self, range: &Range) -> Result<(), Error> {
        range.check(self.name)?;
        match range {
            // Its ends may be whole, what lies between is not.
            Range::Float { low, high, .. } if matches!(self.domain, Domain::Int { .. }) => {
                let allowed = self.domain.to_string();
                let value = format!("real numbers from {low} to {high}");
                Err(Error::OutsideDomain { parameter: self.name.to_owned(), value, allowed })
            }
            Range::Float { low, high, .. } | Range::Int { low, high, .. } => {
                self.check(&(*low).into())?;
                self.check(&(*high).into())
            }
            Range::Categorical { choices } => choices.iter().try_for_each(|choice| self.check(choice)),
            Range::Fixed { value } => self.check(value),
        }
    }
}

impl ModelKind {
    /// All models.
    pub const ALL: [Self; 14] = [
        Self::Mean,
        Self::Bias,
        Self::Svd,
        Self::Svdpp,
        Self::Nmf,
        Self::Als,
        Self::ItemKnn,
        Self::UserKnn,
        Self::SlopeOne,
        Self::ContentKnn,
        Self::Popular,
        Self::Ease,
        Self::Ials,
        Self::Bpr,
    ];

    /// The name in links, files and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Bias => "bias",
            Self::Svd => "svd",
            Self::Svdpp => "svdpp",
            Self::Nmf => "nmf",
            Self::Als => "als",
            Self::ItemKnn => "item-knn",
            Self::UserKnn => "user-knn",
            Self::SlopeOne => "slope-one",
            Self::ContentKnn => "content-knn",
            Self::Popular => "popular",
            Self::Ease => "ease",
            Self::Ials => "ials",
            Self::Bpr => "bpr",
        }
    }

    /// The model of a name.
    ///
    /// # Errors
    /// Lists the models.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|model| model.name() == name);
        found.ok_or_else(|| Error::UnknownModel { model: name.to_owned(), allowed: Self::names() })
    }

    /// The names of all models, for a sentence.
    #[must_use]
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// The model's parameters, in the order in which they are shown.
    #[must_use]
    pub fn parameters(self) -> &'static [ParamInfo] {
        match self {
            Self::Mean | Self::SlopeOne | Self::Popular => &[],
            Self::Bias => BIAS,
            Self::Svd => SVD,
            Self::Svdpp => SVDPP,
            Self::Nmf => NMF,
            Self::Als => ALS,
            Self::ItemKnn | Self::UserKnn => KNN,
            Self::ContentKnn => CONTENT_KNN,
            Self::Ease => EASE,
            Self::Ials => IALS,
            Self::Bpr => BPR,
        }
    }

    /// The epochs that a training runs where nothing stops it earlier and no count is given.
    #[must_use]
    pub fn default_epochs(self) -> u32 {
        match self {
            Self::Als => 10,
            Self::Ials => 15,
            Self::Svd | Self::Svdpp => 20,
            Self::Nmf => 50,
            Self::Bpr => 60,
            // There is nothing to go through again.
            _ => 1,
        }
    }

    /// Whether training goes through epochs, so that stopping early means something.
    #[must_use]
    pub fn is_iterative(self) -> bool {
        self.default_epochs() > 1
    }

    /// Where lists are the objective, they are judged after every so many epochs: ranking all items takes longer than an
    /// epoch of these models.
    #[must_use]
    pub fn list_interval(self) -> u32 {
        if matches!(self, Self::Svd | Self::Svdpp | Self::Nmf | Self::Bpr) { 5 } else { 1 }
    }

    /// Whether it predicts ratings. The others only rank, and have no error in rating units.
    #[must_use]
    pub fn predicts_ratings(self) -> bool {
        !matches!(self, Self::ContentKnn | Self::Popular | Self::Ease | Self::Ials | Self::Bpr)
    }

    /// A parameter by its name.
    ///
    /// # Errors
    /// Lists the model's parameters.
    pub fn parameter(self, name: &str) -> Result<&'static ParamInfo, Error> {
        self.parameters().iter().find(|info| info.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.parameters().iter().map(|info| info.name).collect();
            let allowed = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            Error::UnknownParameter { model: self.name().to_owned(), parameter: name.to_owned(), allowed }
        })
    }

    /// The model with the given parameters set and all others at their defaults. Groups are applied first, so that a
    /// parameter named itself wins over its group.
    ///
    /// # Errors
    /// An unknown parameter, or a value outside its domain.
    pub fn with(self, settings: &[(&str, Value)]) -> Result<ModelSpec, Error> {
        let mut params: Params = BTreeMap::new();
        for info in self.parameters() {
            if let Some(default) = info.default {
                params.insert(info.name.to_owned(), default.into());
            }
        }
        for groups in [true, false] {
            for (name, value) in settings {
                let info = self.parameter(name)?;
                info.check(value)?;
                if info.sets.is_empty() == groups {
                    continue;
                }
                let names = if groups { info.sets } else { std::slice::from_ref(&info.name) };
                for name in names {
                    params.insert((*name).to_owned(), value.clone());
                }
            }
        }
        Ok(ModelSpec { model: self, params })
    }
}

impl ModelSpec {
    /// A number among the parameters.
    ///
    /// # Panics
    /// If the catalog has no such number for the model: a bug.
    #[must_use]
    pub fn number(&self, name: &str) -> f64 {
        self.params.get(name).and_then(Value::as_number).expect("a checked spec has all the numbers of the catalog")
    }

    /// A yes or no among the parameters.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.params.get(name), Some(Value::Bool(true)))
    }

    /// A name among the parameters.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        match self.params.get(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_search_ranges_lie_in_their_domains() {
        for model in ModelKind::ALL {
            for info in model.parameters() {
                info.check_range(&info.default_range()).unwrap();
                assert_eq!(info.default.is_none(), !info.sets.is_empty(), "{}", info.name);
                if let Some(default) = info.default {
                    info.check(&default.into()).unwrap();
                }
                for set in info.sets {
                    model.parameter(set).unwrap();
                }
            }
            let mut keys: Vec<&str> = model.parameters().iter().map(|info| info.key).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), model.parameters().len());
        }
    }

    #[test]
    fn a_parameter_named_itself_wins_over_its_group() {
        let spec =
            ModelKind::Svd.with(&[("regularization_biases", 0.5.into()), ("regularization", 0.1.into())]).unwrap();
        assert_eq!(spec.number("regularization_factors"), 0.1);
        assert_eq!(spec.number("regularization_biases"), 0.5);
        assert_eq!(spec.number("n_factors"), 100.0);
    }

    #[test]
    fn what_is_not_allowed_says_what_is() {
        let Err(Error::UnknownParameter { allowed, .. }) = ModelKind::Svd.with(&[("factors", 3.0.into())]) else {
            panic!()
        };
        assert!(allowed.contains("n_factors"));
        let Err(Error::OutsideDomain { allowed, .. }) = ModelKind::Svd.with(&[("n_factors", 0.0.into())]) else {
            panic!()
        };
        assert_eq!(allowed, "a whole number from 1 to 4096");
        assert!(ModelKind::Svd.with(&[("learning_rate", 0.0.into())]).is_err());
        assert!(ModelKind::Svd.with(&[("init", "zero".into())]).is_err());
    }
}
