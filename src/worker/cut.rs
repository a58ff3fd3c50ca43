//! A study's split as the trainers get it: planned and packed once, as a blob that each of them reads.

use js_sys::{Array, Uint8Array};
use web_sys::Blob;

use crate::channel::thrown;
use crate::engine::data::Dataset;
use crate::engine::forecast::Sizes;
use crate::engine::split;
use crate::error::Error;
use crate::protocol::SplitReport;
use crate::study::{DataSpec, Seed, SplitSpec, Study};

/// Ratings, and the person's own test part beside them.
pub type Given<'a> = (&'a Dataset, Option<&'a Dataset>);

/// A packed split. The blob lies outside of the conductor's own memory.
#[derive(Debug)]
pub struct Cut {
    /// Which rows were cut, and how they had been cleaned.
    data: DataSpec,
    spec: SplitSpec,
    seed: Seed,
    /// Users and items, those of the test part among them.
    pub counts: (u32, u32),
    /// The sizes of its parts.
    pub report: SplitReport,
    /// Its packed bytes.
    pub blob: Blob,
}

impl Cut {
    /// Plans the split as the study says, and packs it for those who make its parts.
    ///
    /// # Errors
    /// Data that the goal can not be reached with; a part that gets no rows; [`Error::Browser`] when there is no memory left.
    pub fn new((data, test): Given, study: &Study) -> Result<Self, Error> {
        data.check_goal(study.goal)?;
        let expected = &study.data.test_hash;
        let found = test.map(|test| test.report.hash.clone());
        if *expected != found {
            let name = |hash: Option<String>| hash.unwrap_or_else(|| "no test file".to_owned());
            return Err(Error::OtherData { expected: name(expected.clone()), found: name(found) });
        }
        let plan = split::plan_dataset(data, test, study.split, study.seed)?;
        let pieces = Array::new();
        plan.pack(&mut |piece| {
            pieces.push(&Uint8Array::from(piece));
        });
        let blob = Blob::new_with_u8_array_sequence(&pieces).map_err(|error| thrown(&error))?;
        let (counts, report) = (plan.counts(), plan.report());
        Ok(Self { data: spec((data, test)), spec: study.split, seed: study.seed, counts, report, blob })
    }

    /// Whether the study would split the data just so.
    #[must_use]
    pub fn serves(&self, data: Given, study: &Study) -> bool {
        self.data == spec(data) && self.spec == study.split && self.seed == study.seed
    }

    /// What work and memory depend on.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        Sizes { n_users: self.counts.0, n_items: self.counts.1, split: self.report }
    }
}

fn spec((data, test): Given) -> DataSpec {
    let report = &data.report;
    let hash = |test: &Dataset| test.report.hash.clone();
    let (hash, test_hash, clean) = (report.hash.clone(), test.map(hash), report.clean.clone());
    let items_hash = report.catalog.as_ref().map(|items| items.hash.clone());
    DataSpec { hash, test_hash, items_hash, clean, ..DataSpec::new(report.source.clone()) }
}
