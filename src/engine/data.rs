//! From bytes to [`Interactions`]: reading, indexing, hashing, counting. Cleaning comes before the split; nothing is
//! fitted here, nothing does IO and nothing knows a clock.
//!
//! Bytes go to the [`Reader`], which hands each row to the [`builder::Builder`]; samples, generated data and the
//! article's ratings go to the same builder, so that indices, hash and report mean the same for all of them.

pub mod article;
pub mod builder;
pub mod dialect;
pub mod digest;
pub mod generate;
pub mod ids;
pub mod interactions;
pub mod layout;
pub mod number;
pub mod reader;
pub mod records;
pub mod sample;

use std::sync::Arc;

pub use ids::Ids;
pub use interactions::{Interactions, ItemIdx, UserIdx};
pub use reader::{Options, Reader};

use crate::protocol::DataReport;

/// Ratings with their ids and what was found while reading them.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The ratings by dense index. Each pair of user and item occurs once.
    pub interactions: Arc<Interactions>,
    /// The users' ids, by first appearance.
    pub users: Ids,
    /// The items' ids, by first appearance.
    pub items: Ids,
    /// What is known of the items beyond their ids.
    pub catalog: Option<Catalog>,
    /// What was read. Its `seconds` are the caller's to fill: there is no clock here.
    pub report: DataReport,
}

/// What is known of items beyond their ids: one entry for each item of the data set, empty where unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// Titles.
    pub titles: Vec<String>,
    /// Genres, separated by `|`.
    pub genres: Vec<String>,
}
