//! One parameter while a person edits it. Pure; limits come from the catalog alone.

use crate::decimal;
use crate::error::Error;
use crate::study::catalog::{Domain, ParamInfo};
use crate::study::{ParamSpec, Range, Value};

/// A parameter in the making.
#[derive(Clone, Debug)]
pub struct ParamDraft {
    /// What the catalog says of it.
    pub info: &'static ParamInfo,
    /// How it takes its values.
    pub mode: Mode,
    /// The low end of a range.
    pub low: String,
    /// The high end of a range.
    pub high: String,
    /// Whether the range is searched on the logarithm.
    pub log: bool,
    /// The step of a range that a link gave one.
    pub step: Option<f64>,
    /// The fixed value.
    pub fixed: String,
    /// The choices, separated by commas.
    pub choices: String,
}

impl PartialEq for ParamDraft {
    fn eq(&self, other: &Self) -> bool {
        let key = |draft: &Self| {
            let texts = [&draft.low, &draft.high, &draft.fixed, &draft.choices].map(String::clone);
            (draft.info.name, draft.mode, draft.log, draft.step, texts)
        };
        key(self) == key(other)
    }
}

/// How a parameter takes its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It has its default.
    Default,
    /// It has one given value.
    Fixed,
    /// It is searched between two numbers.
    Between,
    /// It is searched among a few values.
    OneOf,
}

impl Mode {
    /// The name in the form's markup and in the words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Fixed => "fixed",
            Self::Between => "between",
            Self::OneOf => "one-of",
        }
    }

    /// The modes that make sense for a domain.
    #[must_use]
    pub fn all(domain: Domain) -> &'static [Self] {
        match domain {
            Domain::Float { .. } | Domain::Int { .. } => &[Self::Default, Self::Fixed, Self::Between, Self::OneOf],
            Domain::Choice(_) | Domain::Bool => &[Self::Default, Self::Fixed, Self::OneOf],
        }
    }
}

/// The values of a domain that has few: their names.
#[must_use]
pub fn names(domain: Domain) -> &'static [&'static str] {
    match domain {
        Domain::Choice(names) => names,
        Domain::Bool => &["true", "false"],
        Domain::Float { .. } | Domain::Int { .. } => &[],
    }
}

impl ParamDraft {
    /// The form's fields for what a study says of a parameter. Fields of the other modes hold what is worth trying.
    #[must_use]
    pub fn of(info: &'static ParamInfo, spec: Option<&ParamSpec>) -> Self {
        let mut draft = Self {
            info,
            mode: Mode::Default,
            low: String::new(),
            high: String::new(),
            log: false,
            step: None,
            fixed: String::new(),
            choices: String::new(),
        };
        draft.fill(&info.default_range());
        if let Some(default) = info.default {
            draft.fixed = Value::from(default).to_string();
        }
        if draft.fixed.is_empty() {
            draft.fixed.clone_from(&draft.low);
        }
        if let Some(spec) = spec {
            draft.mode = draft.fill(&spec.range);
        } else {
            draft.mode = Mode::Default;
        }
        draft
    }

    /// Writes a range into the fields of its mode.
    fn fill(&mut self, range: &Range) -> Mode {
        match range {
            Range::Float { low, high, log, step } | Range::Int { low, high, log, step } => {
                (self.low, self.high) = (low.to_string(), high.to_string());
                (self.log, self.step) = (*log, *step);
                let middle = range.grid();
                self.choices = join(middle.iter().step_by(2));
                Mode::Between
            }
            Range::Categorical { choices } => {
                self.choices = join(choices.iter());
                if self.low.is_empty() && names(self.info.domain).is_empty() {
                    self.low = choices.first().map(Value::to_string).unwrap_or_default();
                    self.high = choices.last().map(Value::to_string).unwrap_or_default();
                    self.log = true;
                }
                Mode::OneOf
            }
            Range::Fixed { value } => {
                self.fixed = value.to_string();
                Mode::Fixed
            }
        }
    }

    /// What a study says of the parameter; nothing where it has its default.
    ///
    /// # Errors
    /// A text that is no number, or a range that the catalog does not allow.
    pub fn spec(&self) -> Result<Option<ParamSpec>, Error> {
        let range = match self.mode {
            Mode::Default => return Ok(None),
            Mode::Fixed => Range::Fixed { value: Value::parse(self.fixed.trim()) },
            Mode::OneOf => Range::Categorical { choices: self.chosen().map(Value::parse).collect() },
            Mode::Between => {
                let (low, high) = (self.number(&self.low)?, self.number(&self.high)?);
                let (log, step) = (self.log, self.step);
                match self.info.domain {
                    Domain::Int { .. } => Range::Int { low, high, log, step },
                    _ => Range::Float { low, high, log, step },
                }
            }
        };
        self.info.check_range(&range)?;
        Ok(Some(ParamSpec { name: self.info.name.to_owned(), range }))
    }

    /// Whether a choice is among those searched.
    #[must_use]
    pub fn has_choice(&self, name: &str) -> bool {
        self.chosen().any(|chosen| chosen == name)
    }

    /// Adds a choice to those searched, or takes it away; the catalog's order is kept.
    pub fn set_choice(&mut self, name: &str, on: bool) {
        let kept: Vec<&str> = names(self.info.domain)
            .iter()
            .copied()
            .filter(|&known| if known == name { on } else { self.has_choice(known) })
            .collect();
        self.choices = kept.join(", ");
    }

    fn chosen(&self) -> impl Iterator<Item = &str> {
        self.choices.split(',').map(str::trim).filter(|choice| !choice.is_empty())
    }

    fn number(&self, text: &str) -> Result<f64, Error> {
        let number = decimal::parse(text.trim());
        number.ok_or_else(|| Error::OutsideDomain {
            parameter: self.info.name.to_owned(),
            value: text.to_owned(),
            allowed: self.info.domain.to_string(),
        })
    }
}

fn join<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    values.map(Value::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::ModelKind;

    #[test]
    fn whatever_mode_is_chosen_starts_with_something_that_passes() {
        for model in ModelKind::ALL {
            for info in model.parameters() {
                for &mode in Mode::all(info.domain) {
                    let mut draft = ParamDraft::of(info, None);
                    draft.mode = mode;
                    assert!(draft.spec().is_ok(), "{} {mode:?}: {draft:?}", info.name);
                }
            }
        }
    }

    #[test]
    fn ticking_choices_keeps_the_catalog_s_order() {
        let mut draft = ParamDraft::of(ModelKind::Svd.parameter("init").unwrap(), None);
        draft.mode = Mode::OneOf;
        draft.set_choice("constant", false);
        draft.set_choice("xavier", false);
        assert_eq!(draft.choices, "gaussian");
        draft.set_choice("constant", true);
        assert_eq!(draft.choices, "constant, gaussian");
        draft.set_choice("constant", false);
        draft.set_choice("gaussian", false);
        assert_eq!(draft.spec().unwrap_err().code(), "no-choices");
    }

    #[test]
    fn a_bad_field_says_what_is_allowed() {
        let mut draft = ParamDraft::of(ModelKind::Svd.parameter("n_factors").unwrap(), None);
        draft.mode = Mode::Between;
        (draft.low, draft.high) = ("32".into(), "4".into());
        assert_eq!(draft.spec().unwrap_err().code(), "upside-down");
        draft.low = String::new();
        assert_eq!(draft.spec().unwrap_err().code(), "outside-domain");
    }
}
