//! How good a model is: predicted ratings, lists, and whether a difference between two models is more than chance.

pub mod comparison;
pub mod ranking;
pub mod rating;
pub mod sums;

pub use comparison::Bootstrap;
pub use ranking::Ranker;
pub use rating::RatingJudge;
pub use sums::Sums;
