//! A study's split as the trainers get it: packed once, as a blob that each of them reads.

use js_sys::{Array, Uint8Array};
use web_sys::Blob;

use crate::channel::thrown;
use crate::engine::data::Dataset;
use crate::engine::split;
use crate::error::Error;
use crate::protocol::SplitReport;
use crate::study::{Seed, SplitSpec, Study};

/// A packed split. The blob lies outside of the conductor's own memory.
#[derive(Debug)]
pub struct Cut {
    hash: String,
    spec: SplitSpec,
    seed: Seed,
    /// The sizes of its parts.
    pub report: SplitReport,
    /// Its packed bytes.
    pub blob: Blob,
}

impl Cut {
    /// Splits the data as the study says, and packs the split.
    ///
    /// # Errors
    /// Data that the goal can not be reached with; a part that gets no rows; [`Error::Browser`] when there is no memory left.
    pub fn new(data: &Dataset, study: &Study) -> Result<Self, Error> {
        data.check_goal(study.goal)?;
        let (split, report) = split::split_dataset(data, None, study.split, study.seed)?;
        let bytes = Uint8Array::from(&split.to_bytes()[..]);
        let blob = Blob::new_with_u8_array_sequence(&Array::of1(&bytes)).map_err(|error| thrown(&error))?;
        Ok(Self { hash: data.report.hash.clone(), spec: study.split, seed: study.seed, report, blob })
    }

    /// Whether the study would split the data just so.
    #[must_use]
    pub fn serves(&self, data: &Dataset, study: &Study) -> bool {
        self.hash == data.report.hash && self.spec == study.split && self.seed == study.seed
    }

    /// Its packed size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.blob.size() as u64
    }
}
