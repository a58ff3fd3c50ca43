//! Cuts interactions into training, validation and test rows. The test part is cut off first.

use std::sync::Arc;

use crate::engine::data::Interactions;

/// The parts of a study's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Training and validation rows: one fold, or several of which each row is validation once.
    pub folds: Vec<Fold>,
    /// All rows that are not test: what the refit learns from.
    pub refit: Arc<Interactions>,
    /// The sealed test rows; without rows where there is no test part.
    pub test: Arc<Interactions>,
}

/// One cut into training and validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// What is learned from.
    pub train: Arc<Interactions>,
    /// What is measured on; without rows where there is no validation part.
    pub valid: Arc<Interactions>,
}
