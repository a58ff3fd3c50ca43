//! A study that the browser keeps: what a list of them shows, and what it takes to go on with one.

use serde::Serialize;

use super::Intervention;
use crate::fields::read_struct;
use crate::study::Study;

/// A saved study. Its trials stand beside it, one line each.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SavedStudy {
    /// The hash of what decides its trials: the same study on the same data is the same saved study, whatever its budget.
    pub id: String,
    /// The name that a person gave it; empty without one.
    pub name: String,
    /// The study, resolved, with its budget as raised.
    pub study: Study,
    /// Decisions taken during its run.
    pub interventions: Vec<Intervention>,
    /// Saved trials that ended.
    pub trials: u32,
    /// The best objective among them.
    pub value: Option<f64>,
    /// When something of it was saved last, in milliseconds since 1970.
    pub saved: f64,
    /// Whether the person's files are kept with it.
    pub has_files: bool,
}

impl SavedStudy {
    /// A study of which nothing is saved yet.
    #[must_use]
    pub fn new(id: String, study: Study) -> Self {
        let (name, interventions) = (String::new(), Vec::new());
        Self { id, name, study, interventions, trials: 0, value: None, saved: 0.0, has_files: false }
    }

    /// Whether it is this study, whatever the budget of either. Both are resolved.
    #[must_use]
    pub fn is_of(&self, study: &Study) -> bool {
        let mut study = study.clone();
        study.search = study.search.with_budget_of(&self.study.search);
        study.canonical() == self.study.clone().canonical()
    }
}

read_struct!(SavedStudy { id, name, study, interventions, trials, value, saved, has_files });
