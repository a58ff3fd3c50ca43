//! What is said of data: how it was read, what it holds, how it is split.

use serde::Serialize;

use crate::fields::{read_named, read_struct};
use crate::study::{Cleaning, Columns, DataSource};

/// What one of a person's files is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// Ratings or interactions.
    Ratings,
    /// What is known of the items.
    Items,
    /// The person's own test part.
    Test,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataReport {
    /// Where it came from, resolved.
    pub source: DataSource,
    /// Data rows in the file.
    pub rows: u32,
    /// Rows that are used.
    pub used: u32,
    /// Different users.
    pub users: u32,
    /// Different items.
    pub items: u32,
    /// Rows that are not used, by reason.
    pub skipped: Vec<Skipped>,
    /// Rows that repeat a pair of user and item; they are among the skipped ones.
    pub duplicates: u32,
    /// The delimiter.
    pub delimiter: String,
    /// The text's encoding.
    pub encoding: String,
    /// Whether the first line was a header.
    pub header: bool,
    /// The columns that are used.
    pub columns: Columns,
    /// The rating scale as met.
    pub scale: Scale,
    /// Used rows over users x items.
    pub density: f64,
    /// The hash of the ratings.
    pub hash: String,
    /// How long reading took, in seconds.
    pub seconds: f64,
    /// Whether there are times.
    pub timed: bool,
    /// Whether the rows of a user have an order: by time, or by their place in the file.
    pub ordered: bool,
    /// Whether a row says only that something happened, and all ratings are 1.
    pub implicit: bool,
    /// How the ratings were cleaned, resolved.
    pub clean: Cleaning,
    /// Why each column has its role.
    pub reasons: Vec<Reason>,
    /// What a person should know, and may want to change.
    pub notes: Vec<Note>,
    /// What was read of the items, where there was a file of them.
    pub catalog: Option<ItemsReport>,
    /// What was read of the person's own test file, where there was one.
    pub test: Option<TestFile>,
    /// The first rows.
    pub preview: Preview,
}

/// What was read of a person's own test file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TestFile {
    /// Its name.
    pub name: String,
    /// Rows that are used.
    pub rows: u32,
    /// The hash of its rows.
    pub hash: String,
}

/// What a data set looks like, for its charts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Profile {
    /// How often each rating occurs.
    pub ratings: Vec<Bar>,
    /// Users by how many ratings they have.
    pub per_user: Vec<Bar>,
    /// Items by how many ratings they have.
    pub per_item: Vec<Bar>,
    /// Ratings over time, in seconds since 1970; empty without times.
    pub times: Vec<Bar>,
    /// Seconds between a user's ratings; empty without times.
    pub gaps: Vec<Bar>,
    /// Rows that share user and time with another.
    pub tied: u32,
    /// Items by decade.
    pub years: Vec<Bar>,
    /// Items by genre, the most frequent first.
    pub genres: Vec<GenreCount>,
    /// How one user's rows follow each other; `None` where no order is known.
    pub sequence: Option<Sequence>,
}

/// The first of a user's rows in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sequence {
    /// The user's id.
    pub user: String,
    /// The user's rows in all.
    pub of: u32,
    /// The first of them.
    pub steps: Vec<Step>,
}

/// One row of a sequence.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Step {
    /// The item's title, or its id.
    pub item: String,
    /// The rating.
    pub rating: f64,
    /// Seconds since 1970; without times the row's place in the file.
    pub time: f64,
}

/// How many values lie between two, both included where whole numbers are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bar {
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
    /// How many.
    pub count: u32,
}

/// How many items have a genre.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GenreCount {
    /// Which.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// The first rows of a file, as they were cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The names of the columns, or their numbers from 1.
    pub columns: Vec<String>,
    /// The first rows below the header.
    pub rows: Vec<Vec<String>>,
}

/// What was read of the items.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemsReport {
    /// The file's name.
    pub name: String,
    /// Rows in the file.
    pub rows: u32,
    /// Rated items that it describes.
    pub known: u32,
    /// Rated items that it does not describe.
    pub unknown: u32,
    /// Items that it describes and no row names, as far as they are kept.
    pub others: u32,
    /// The column of the ids.
    pub id: String,
    /// The column of the titles.
    pub title: Option<String>,
    /// The column of the genres, or how many columns there are of them.
    pub genres: Option<String>,
    /// The column of the years. Without it they are taken from the titles.
    pub year: Option<String>,
    /// The hash of what was read of the rated items.
    pub hash: String,
}

/// Why a column has its role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// The role: `user`, `item`, `rating`, `time`.
    pub role: String,
    /// The column's name, or its number from 1.
    pub column: String,
    /// `chosen`, `name`, `values`, `texts`, `position` or `layout`.
    pub why: String,
    /// Different values in the first rows.
    pub values: u32,
    /// The lowest number in the first rows.
    pub min: Option<f64>,
    /// The highest number in the first rows.
    pub max: Option<f64>,
}

/// Something about the data that is no error. The words for its code stand in the word tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// What.
    pub code: String,
    /// How many rows, users or items.
    pub count: u32,
    /// Of how many.
    pub of: u32,
}

/// Rows that were passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: u32,
    /// The first of them.
    pub first_line: u32,
}

/// A rating scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scale {
    /// Lowest rating met.
    pub min: f64,
    /// Highest rating met.
    pub max: f64,
    /// The smallest distance between two different ratings met.
    pub step: f64,
}

/// The sizes of a split's parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SplitReport {
    /// Training rows (of the first fold).
    pub train: u32,
    /// Validation rows (of the first fold).
    pub valid: u32,
    /// Test rows.
    pub test: u32,
    /// Number of folds; 1 where validation is one part.
    pub folds: u32,
    /// Test users without a training or validation row.
    pub cold_users: u32,
    /// Test items without a training or validation row.
    pub cold_items: u32,
    /// Users who stay in training as a whole because they have too few ratings to be cut.
    pub uncut_users: u32,
    /// Test rows that are older than the newest row that is learned from: in life they could not have been predicted so.
    pub leaks: u32,
    /// Rows that share user and time with another, so that their order is drawn.
    pub tied: u32,
    /// Rows of the person's own test file whose user and item are also in the ratings.
    pub overlap: u32,
}

read_named!(FileRole as "role" or Ratings, |name| match name {
    "ratings" => Some(Self::Ratings),
    "items" => Some(Self::Items),
    "test" => Some(Self::Test),
    _ => None,
});

read_struct!(DataReport {
    source,
    rows,
    used,
    users,
    items,
    skipped,
    duplicates,
    delimiter,
    encoding,
    header,
    columns,
    scale,
    density,
    hash,
    seconds,
    timed
} or default { ordered, implicit, clean, reasons, notes, catalog, test, preview });

read_struct!(Reason { role, column, why, values, min, max });

read_struct!(Note { code, count, of });

read_struct!(ItemsReport { name, rows, known, unknown, others, id, title, genres, year, hash });

read_struct!(Preview { columns, rows });

read_struct!(TestFile { name, rows, hash });

read_struct!(Profile { ratings, per_user, per_item, times, gaps, tied, years, genres, sequence });

read_struct!(Sequence { user, of, steps });

read_struct!(Step { item, rating, time });

read_struct!(Bar { low, high, count });

read_struct!(GenreCount { name, count });

read_struct!(Skipped { reason, count, first_line });

read_struct!(Scale { min, max, step });

read_struct!(SplitReport { train, valid, test, folds, cold_users, cold_items, uncut_users } or default { leaks, tied, overlap });
