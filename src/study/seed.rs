//! The study's seed and the purposes that randomness is drawn for. The streams themselves are the engine's.

use serde::Serialize;

use crate::fields::{Content, FromContent, Misfits, deserialize};

/// Where all randomness of a study comes from: at most 2^53 - 1, so that it survives JavaScript and JSON as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl FromContent for Seed {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        Self(u64::read(content, misfits))
    }
}

deserialize!(Seed);

impl Seed {
    /// The largest seed.
    pub const MAX: u64 = (1 << 53) - 1;

    /// The seed so many further on; after the largest comes 0.
    #[must_use]
    pub fn ahead(self, by: u32) -> Self {
        Self((self.0 + u64::from(by)) % (Self::MAX + 1))
    }
}

/// What a stream of random numbers is for. One stream per purpose, so that no use of randomness shifts another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Which rows become validation and test.
    Split = 1,
    /// Initial factors of a training.
    Init = 2,
    /// The order of users and ratings within the epochs of a training.
    Order = 3,
    /// Proposals of the search.
    Search = 4,
    /// Proposals for the baselines' own small search.
    Baseline = 5,
    /// Resamples of the bootstrap.
    Bootstrap = 6,
    /// Generated data.
    Generate = 7,
    /// How equal things are ordered.
    Ties = 8,
    /// Where the improvement that is left is looked for.
    Outlook = 9,
    /// Which users of very large data are used.
    Sample = 20,
}
