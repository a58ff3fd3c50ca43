//! What can be wrong with a row, as a reason to count and as an error with its place.

use super::dialect::excerpt;
use super::names::Role;
use crate::error::Error;
use crate::protocol::Skipped;

/// Why a row can not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem<'a> {
    /// It has too few cells, or more than there are columns.
    Ragged {
        /// Cells that it should have.
        expected: usize,
        /// Cells that it has.
        found: usize,
    },
    /// Its bytes are no text.
    NoText,
    /// A cell without a value.
    Missing {
        /// `user`, `item`, `rating` or `time`.
        role: Role,
        /// The column's name.
        column: &'a str,
    },
    /// A rating that is no finite number.
    NotANumber {
        /// The column's name.
        column: &'a str,
        /// What is there.
        text: &'a [u8],
    },
    /// A time that is none.
    NotATime {
        /// The column's name.
        column: &'a str,
        /// What is there.
        text: &'a [u8],
    },
}

impl Problem<'_> {
    /// The reason under which the row is counted.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Ragged { .. } => "ragged-row",
            Self::NoText => "not-text",
            Self::Missing { role: Role::User, .. } => "missing-user",
            Self::Missing { role: Role::Item, .. } => "missing-item",
            Self::Missing { role: Role::Rating, .. } => "missing-rating",
            Self::Missing { role: Role::Time, .. } => "missing-time",
            Self::NotANumber { .. } => "not-a-number",
            Self::NotATime { .. } => "not-a-time",
        }
    }

    /// The error that says where it is.
    #[must_use]
    pub fn error(&self, file: &str, line: u64) -> Error {
        let file = file.to_owned();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match *self {
            Self::Ragged { expected, found } => {
                Error::RaggedRow { file, line, expected: count(expected), found: count(found) }
            }
            Self::NoText => Error::NotUtf8 { file, line },
            Self::Missing { column, .. } => Error::EmptyCell { file, line, column: column.to_owned() },
            Self::NotANumber { column, text } => {
                let found = excerpt(text);
                Error::NotANumber { file, line, column: column.to_owned(), found }
            }
            Self::NotATime { column, text } => {
                let found = excerpt(text);
                Error::NotATime { file, line, column: column.to_owned(), found }
            }
        }
    }
}

/// Counts rows that are not used, by reason, in the order in which the reasons came up.
#[derive(Clone, Debug, Default)]
pub struct Skips(Vec<Skipped>);

impl Skips {
    /// Counts rows that begin in a line.
    pub fn add(&mut self, reason: &str, count: u32, line: u32) {
        match self.0.iter_mut().find(|skipped| skipped.reason == reason) {
            Some(skipped) => {
                skipped.count = skipped.count.saturating_add(count);
                skipped.first_line = skipped.first_line.min(line);
            }
            None => self.0.push(Skipped { reason: reason.to_owned(), count, first_line: line }),
        }
    }

    /// How many rows have this reason.
    #[must_use]
    pub fn count(&self, reason: &str) -> u32 {
        self.0.iter().find(|skipped| skipped.reason == reason).map_or(0, |skipped| skipped.count)
    }

    /// Rows of all reasons, but lines that are no rows.
    #[must_use]
    pub fn rows(&self) -> u32 {
        let rows = self.0.iter().filter(|skipped| !NO_ROWS.contains(&skipped.reason.as_str()));
        rows.map(|skipped| skipped.count).fold(0, u32::saturating_add)
    }

    /// All of them.
    #[must_use]
    pub fn into_vec(self) -> Vec<Skipped> {
        self.0
    }
}

/// Reasons that are given to lines which hold no row.
pub const NO_ROWS: [&str; 2] = ["blank-line", "before-table"];

/// All reasons, for the word tables.
pub const REASONS: [&str; 19] = [
    "blank-line",
    "before-table",
    "ragged-row",
    "not-text",
    "missing-user",
    "missing-item",
    "missing-rating",
    "missing-time",
    "not-a-number",
    "not-a-time",
    "implicit-zero",
    "outside-scale",
    "not-a-count",
    "repeated-pair",
    "below-threshold",
    "constant-user",
    "user-sample",
    "few-of-user",
    "few-of-item",
];
