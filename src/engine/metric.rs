//! How good a model is: rating errors, and whether a difference between two models is more than chance.

pub mod comparison;
pub mod rating;

pub use comparison::Bootstrap;
pub use rating::ErrorSums;
