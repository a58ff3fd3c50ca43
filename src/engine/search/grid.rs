//! Grid search in a seeded order, so that a budget smaller than the grid still covers it evenly.

use rand::seq::SliceRandom;

use super::{History, Proposal, Sampler};
use crate::engine::random::Rng;
use crate::error::Error;
use crate::protocol::Origin;
use crate::study::Space;
use crate::study::check::MAX_GRID;

/// Walks all points of the grid.
#[derive(Debug)]
pub struct Grid {
    /// The numbers of the points that are left, the next one last.
    left: Vec<u32>,
}

impl Grid {
    /// Shuffles the numbers of the grid's points.
    ///
    /// # Errors
    /// [`Error::GridTooLarge`].
    pub fn new(space: &Space, rng: &mut Rng) -> Result<Self, Error> {
        let points = space.grid_count().unwrap_or(u64::MAX);
        let Some(count) = u32::try_from(points).ok().filter(|_| points <= MAX_GRID) else {
            return Err(Error::GridTooLarge { points: points as f64, allowed: MAX_GRID });
        };
        let mut left: Vec<u32> = (0..count).collect();
        left.shuffle(rng);
        Ok(Self { left })
    }
}

impl Sampler for Grid {
    fn ask(&mut self, space: &Space, _: History<'_>, _: &mut Rng) -> Option<Proposal> {
        let number = self.left.pop()?;
        Some(Proposal { point: space.grid_point(u64::from(number)), origin: Origin::Order })
    }
}
