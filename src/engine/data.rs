//! From bytes to [`Interactions`]: reading, indexing, hashing, counting. Cleaning comes before the split; nothing is
//! fitted here.

pub mod interactions;

pub use interactions::{Interactions, ItemIdx, UserIdx};
