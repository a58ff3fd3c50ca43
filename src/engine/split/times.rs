//! What times tell of a split: rows that were predicted from their future.

use crate::engine::data::Interactions;

/// Test rows that are older than the newest row that is learned from.
pub(super) fn older(test: &Interactions, learned: &Interactions) -> u32 {
    let Some(newest) = learned.times().iter().max() else { return 0 };
    let older = test.times().iter().filter(|time| *time < newest).count();
    u32::try_from(older).unwrap_or(u32::MAX)
}
