//! Random search: independent uniform draws (Bergstra and Bengio 2012, JMLR 13:281-305).

use super::{History, Proposal, Sampler};
use crate::engine::random::{Rng, unit};
use crate::protocol::Origin;
use crate::study::Space;

/// Draws every parameter uniformly, on the logarithm where the range says so.
#[derive(Debug)]
pub struct Random;

impl Sampler for Random {
    fn ask(&mut self, space: &Space, _: History<'_>, rng: &mut Rng) -> Option<Proposal> {
        Some(Proposal { point: space.point_at(|_| unit(rng)), origin: Origin::Chance })
    }
}
