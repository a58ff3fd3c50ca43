//! The data sets that ship with the product, packed. Where their bytes come from is the caller's business: the page
//! fetches the file, the native command carries it within itself.

pub mod packed;

use super::Dataset;
use crate::error::Error;

/// A data set that ships with the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The name, as in a study.
    pub name: &'static str,
    /// Its file in www/data, where licence and attribution stand beside it.
    pub file: &'static str,
    /// The hash of its ratings.
    pub hash: &'static str,
}

/// All samples.
pub const SAMPLES: [Sample; 1] =
    [Sample { name: "ml-latest-small", file: "ml-latest-small.bin", hash: "78314b40a9101a4cf4851aaaae1cae3c" }];

impl Sample {
    /// A sample by its name.
    ///
    /// # Errors
    /// [`Error::UnknownSample`], with the names that there are.
    pub fn named(name: &str) -> Result<Self, Error> {
        SAMPLES.into_iter().find(|sample| sample.name == name).ok_or_else(|| Error::UnknownSample {
            name: name.to_owned(),
            allowed: SAMPLES.map(|sample| sample.name).join(", "),
        })
    }

    /// The packed bytes, which the native command carries.
    #[cfg(any(feature = "cli", test))]
    #[must_use]
    pub fn bytes(self) -> &'static [u8] {
        include_bytes!("../../../www/data/ml-latest-small.bin")
    }

    /// Unpacks the data set.
    ///
    /// # Errors
    /// [`Error::DamagedSample`] for bytes that are not exactly this sample.
    pub fn unpack(self, bytes: &[u8]) -> Result<Dataset, Error> {
        let damaged = |reason: &str| Error::DamagedSample { name: self.name.to_owned(), reason: reason.to_owned() };
        let data = packed::unpack(self.name, bytes).ok_or_else(|| damaged("it does not unpack"))?;
        if data.report.hash != self.hash {
            return Err(damaged("its ratings are others"));
        }
        Ok(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::data_spec::DEFAULT_SAMPLE;

    #[test]
    fn the_sample_is_what_its_readme_says() {
        let sample = Sample::named(DEFAULT_SAMPLE).unwrap();
        assert!(sample.bytes().len() <= 550_000, "{} bytes", sample.bytes().len());
        let data = sample.unpack(sample.bytes()).unwrap();
        let report = &data.report;
        assert_eq!((report.rows, report.used, report.users, report.items), (100_836, 100_836, 610, 9_724));
        assert_eq!((report.scale.min, report.scale.max, report.scale.step), (0.5, 5.0, 0.5));
        assert_eq!((report.duplicates, report.timed), (0, true));
        let times = data.interactions.times();
        assert_eq!((times.iter().min(), times.iter().max()), (Some(&828_124_615), Some(&1_537_799_250)));
        let catalog = data.catalog.unwrap();
        assert_eq!((data.items.text(0), catalog.titles[0].as_str()), ("1", "Toy Story (1995)"));
        assert_eq!(catalog.genres[0], "Adventure|Animation|Children|Comedy|Fantasy");
        assert_eq!(catalog.titles.len(), 9_724);
    }

    #[test]
    fn damaged_bytes_and_unknown_names_are_errors() {
        let sample = Sample::named(DEFAULT_SAMPLE).unwrap();
        let bytes = sample.bytes();
        for at in (0..bytes.len()).step_by(29_989) {
            assert_eq!(sample.unpack(&bytes[..at]).unwrap_err().code(), "damaged-sample");
        }
        assert_eq!(Sample::named("ml-25m").unwrap_err().code(), "unknown-sample");
    }
}
