//! Which data a study learns from and how it is cut into training, validation and test rows.

use std::fmt;

use serde::Serialize;

use super::cleaning::Cleaning;
use super::form::Form;
use super::settings::Settings as _;
use crate::decimal;
use crate::fields::{read_struct, read_tagged};

/// The data of a study, with everything that was resolved when it was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataSpec {
    /// Where the ratings come from.
    pub source: DataSource,
    /// The hash of the ratings, hexadecimal; empty until the data has been read.
    pub hash: String,
    /// The hash of the person's own test file, where there is one. The split then has no test part of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_hash: Option<String>,
    /// The hash of what is known of the items, where there is a file of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items_hash: Option<String>,
    /// What is done to the ratings before they are split.
    #[serde(skip_serializing_if = "Cleaning::is_default")]
    pub clean: Cleaning,
}

read_struct!(DataSpec { source, test_hash, items_hash, clean } or default { hash }, nothing_else);

/// Where ratings come from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum DataSource {
    /// A data set that ships with the product.
    Sample {
        /// Its name.
        name: String,
    },
    /// Generated low-rank ratings with known truth.
    Synthetic(SyntheticSpec),
    /// The article's nine ratings.
    Article,
    /// A person's file.
    File {
        /// Its name, for people; the hash decides.
        name: String,
        /// The delimiter that was found or chosen.
        delimiter: String,
        /// The columns that were found or chosen.
        columns: Columns,
        /// The form that was found or chosen.
        #[serde(skip_serializing_if = "Form::is_default")]
        form: Form,
    },
}

read_tagged!(DataSource by "kind" {
    "sample" => Sample { name },
    "synthetic" => Synthetic(spec),
    "article" => Article,
    "file" => File { name, delimiter, columns, form },
});

/// The header names of the columns that are used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// Who rated.
    pub user: String,
    /// What was rated.
    pub item: String,
    /// The rating; absent where rows say only that something happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<String>,
    /// When, if the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

read_struct!(Columns { user, item, rating, time }, nothing_else);

/// Low-rank data with known truth: ratings = mu + b_u + b_i + p_u . q_i + noise, clipped and rounded to half stars.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SyntheticSpec {
    /// Number of users.
    pub users: u32,
    /// Number of items.
    pub items: u32,
    /// Number of ratings, at most users x items.
    pub ratings: u32,
    /// Rank of the truth.
    pub rank: u32,
    /// Standard deviation of the noise, in rating units: no model can have a lower RMSE.
    pub noise: f64,
    /// The generator's own seed.
    pub seed: u64,
}

read_struct!(SyntheticSpec { users, items, ratings, rank, noise, seed }, nothing_else);

impl Default for SyntheticSpec {
    /// The article's size: 1,000 users and 1,000 items, a tenth of the cells rated.
    fn default() -> Self {
        Self { users: 1_000, items: 1_000, ratings: 100_000, rank: 5, noise: 0.5, seed: 1 }
    }
}

/// The sample that the page opens with.
pub const DEFAULT_SAMPLE: &str = "ml-latest-small";

impl Default for DataSpec {
    fn default() -> Self {
        Self::new(DataSource::Sample { name: DEFAULT_SAMPLE.to_owned() })
    }
}

impl DataSpec {
    /// Data that has not been read yet.
    #[must_use]
    pub fn new(source: DataSource) -> Self {
        Self { source, hash: String::new(), test_hash: None, items_hash: None, clean: Cleaning::default() }
    }
}

/// How rows are cut into training, validation and test. Fractions are of all rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum SplitSpec {
    /// Rows at random.
    Random {
        /// Fraction for validation; 0 means no validation part.
        valid: f64,
        /// Fraction for test; 0 means no test part.
        test: f64,
    },
    /// A fraction of each user's rows at random; users with fewer than 5 ratings stay in training.
    User {
        /// Fraction for validation.
        valid: f64,
        /// Fraction for test.
        test: f64,
    },
    /// Each user's last ratings in time: first the test rows from the end, then the validation rows.
    Last {
        /// Rows per user for validation.
        valid: u32,
        /// Rows per user for test.
        test: u32,
    },
    /// The last rows in time over all users; equal times stay together.
    Time {
        /// Fraction for validation.
        valid: f64,
        /// Fraction for test.
        test: f64,
    },
    /// Every row that is not test is validation once.
    Kfold {
        /// Number of folds, at least 2.
        folds: u32,
        /// Fraction for test.
        test: f64,
    },
    /// Nothing is cut off: for data too small to predict anything. "Fit, not prediction".
    None,
}

read_tagged!(SplitSpec by "by" {
    "random" => Random { valid, test },
    "user" => User { valid, test },
    "last" => Last { valid, test },
    "time" => Time { valid, test },
    "kfold" => Kfold { folds, test },
    "none" => None,
});

impl SplitSpec {
    /// Reads `random:0.1,0.1`, `user:V,T`, `last:1,1`, `time:V,T`, `kfold:5,T` or `none`. T may be left out: no test part.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (by, numbers) = text.split_once(':').unwrap_or((text, ""));
        let mut parts = numbers.split(',').filter(|part| !part.is_empty());
        let (first, second) = (parts.next(), parts.next());
        if parts.next().is_some() {
            return None;
        }
        let fraction = |part: Option<&str>, or: f64| part.map_or(Some(or), decimal::parse);
        let count = |part: Option<&str>, or: u32| part.map_or(Some(or), |text| text.parse().ok());
        let test = if first.is_some() { 0.0 } else { 0.1 };
        Some(match by {
            "random" => Self::Random { valid: fraction(first, 0.1)?, test: fraction(second, test)? },
            "user" => Self::User { valid: fraction(first, 0.1)?, test: fraction(second, test)? },
            "time" => Self::Time { valid: fraction(first, 0.1)?, test: fraction(second, test)? },
            "last" => Self::Last { valid: count(first, 1)?, test: count(second, u32::from(first.is_none()))? },
            "kfold" => Self::Kfold { folds: count(first, 5)?, test: fraction(second, test)? },
            "none" if numbers.is_empty() => Self::None,
            _ => return None,
        })
    }

    /// The split that is recommended for data of this size. Nothing can be learned from a validation part of a few rows, so
    /// small data is validated by folds; and under 50 ratings nothing is predicted at all.
    #[must_use]
    pub fn recommended(rows: u32, users: u32) -> Self {
        match (rows, users) {
            (..50, _) => Self::None,
            // A tenth of fewer than 10,000 rows is fewer than 1,000.
            (..10_000, _) | (_, ..50) => Self::Kfold { folds: 5, test: 0.1 },
            _ => Self::Random { valid: 0.1, test: 0.1 },
        }
    }

    /// What [`Self::parse`] reads.
    pub const SYNTAX: &'static str = "random:V,T (fractions for validation and test), user:V,T, last:V,T (rows per user), time:V,T, kfold:FOLDS,T, none";

    /// Whether it cuts off a test part.
    #[must_use]
    pub fn has_test(&self) -> bool {
        match *self {
            Self::Random { test, .. }
            | Self::User { test, .. }
            | Self::Time { test, .. }
            | Self::Kfold { test, .. } => test > 0.0,
            Self::Last { test, .. } => test > 0,
            Self::None => false,
        }
    }

    /// The same without a test part.
    #[must_use]
    pub fn without_test(self) -> Self {
        match self {
            Self::Random { valid, .. } => Self::Random { valid, test: 0.0 },
            Self::User { valid, .. } => Self::User { valid, test: 0.0 },
            Self::Last { valid, .. } => Self::Last { valid, test: 0 },
            Self::Time { valid, .. } => Self::Time { valid, test: 0.0 },
            Self::Kfold { folds, .. } => Self::Kfold { folds, test: 0.0 },
            Self::None => Self::None,
        }
    }

    /// How the rows that are not test are cut into training and validation once more; none where chance has no part in it.
    #[must_use]
    pub fn again(self) -> Option<Self> {
        // Fractions are of all rows, of which the test part takes some away.
        let rest = |valid: f64, test: f64| (valid > 0.0).then_some(valid / (1.0 - test));
        match self {
            Self::Random { valid, test } => rest(valid, test).map(|valid| Self::Random { valid, test: 0.0 }),
            Self::User { valid, test } => rest(valid, test).map(|valid| Self::User { valid, test: 0.0 }),
            Self::Kfold { .. } => Some(self.without_test()),
            Self::Last { .. } | Self::Time { .. } | Self::None => None,
        }
    }

    /// Whether it cuts off a validation part, without which nothing can be tuned.
    #[must_use]
    pub fn has_validation(&self) -> bool {
        match *self {
            Self::Random { valid, .. } | Self::User { valid, .. } | Self::Time { valid, .. } => valid > 0.0,
            Self::Last { valid, .. } => valid > 0,
            Self::Kfold { .. } => true,
            Self::None => false,
        }
    }
}

impl fmt::Display for SplitSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Random { valid, test } => write!(f, "random:{valid},{test}"),
            Self::User { valid, test } => write!(f, "user:{valid},{test}"),
            Self::Last { valid, test } => write!(f, "last:{valid},{test}"),
            Self::Time { valid, test } => write!(f, "time:{valid},{test}"),
            Self::Kfold { folds, test } => write!(f, "kfold:{folds},{test}"),
            Self::None => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_cut_has_as_large_a_part_of_what_is_not_test() {
        let again = |text: &str| SplitSpec::parse(text).unwrap().again().map(|split| split.to_string());
        assert_eq!(again("random:0.1,0.2").as_deref(), Some("random:0.125,0"));
        assert_eq!(again("user:0.25,0.5").as_deref(), Some("user:0.5,0"));
        assert_eq!(again("kfold:4,0.1").as_deref(), Some("kfold:4,0"));
        assert_eq!(
            (again("random:0,0.2"), again("last:1,1"), again("time:0.1,0.1"), again("none")),
            (None, None, None, None)
        );
    }

    #[test]
    fn splits_read_what_they_write() {
        for text in ["random:0.1,0.1", "user:0.2,0", "last:1,1", "time:0.05,0.1", "kfold:5,0.1", "none"] {
            assert_eq!(SplitSpec::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn small_data_is_validated_by_folds_and_tiny_data_not_at_all() {
        let folds = SplitSpec::Kfold { folds: 5, test: 0.1 };
        assert_eq!(SplitSpec::recommended(49, 9), SplitSpec::None);
        assert_eq!(SplitSpec::recommended(9_999, 500), folds);
        assert_eq!(SplitSpec::recommended(100_000, 49), folds);
        assert_eq!(SplitSpec::recommended(100_836, 610), SplitSpec::Random { valid: 0.1, test: 0.1 });
    }

    #[test]
    fn a_left_out_test_part_is_no_test_part() {
        assert_eq!(SplitSpec::parse("random:0.1"), Some(SplitSpec::Random { valid: 0.1, test: 0.0 }));
        assert_eq!(SplitSpec::parse("random"), Some(SplitSpec::Random { valid: 0.1, test: 0.1 }));
        assert_eq!(SplitSpec::parse("random:a"), None);
        assert_eq!(SplitSpec::parse("random:1,2,3"), None);
    }
}
