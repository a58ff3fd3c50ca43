//! Collects rows in file order and makes a [`Dataset`] of them: the one place where indices, hash and counts arise.

use std::sync::Arc;

use super::digest::{Digest, Role};
use super::{Dataset, Ids, Interactions};
use crate::error::Error;
use crate::protocol::{DataReport, Scale, Skipped};
use crate::study::{Columns, DataSource};

/// Rows so far, as columns.
#[derive(Clone, Debug)]
pub struct Builder {
    role: Role,
    users: Ids,
    items: Ids,
    user: Vec<u32>,
    item: Vec<u32>,
    rating: Vec<f32>,
    /// As long as the others, or empty where there are no times.
    time: Vec<i64>,
    digest: Digest,
}

/// What the builder can not know of the rows that it was given.
#[derive(Clone, Debug)]
pub struct Origin {
    /// How the data is called in sentences.
    pub file: String,
    /// Where it comes from, resolved.
    pub source: DataSource,
    /// The delimiter; empty where there is no text.
    pub delimiter: String,
    /// Whether the first line was a header.
    pub header: bool,
    /// The columns that were used.
    pub columns: Columns,
    /// What was passed over.
    pub skipped: Vec<Skipped>,
}

/// Rows are counted in u32, and one value is kept free.
const MAX_ROWS: usize = u32::MAX as usize - 1;

impl Builder {
    /// No rows.
    #[must_use]
    pub fn new(role: Role) -> Self {
        Self {
            role,
            users: Ids::default(),
            items: Ids::default(),
            user: Vec::new(),
            item: Vec::new(),
            rating: Vec::new(),
            time: Vec::new(),
            digest: Digest::new(role),
        }
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u32 {
        // `push` keeps the count within u32.
        u32::try_from(self.rating.len()).unwrap_or(u32::MAX)
    }

    /// Adds a row; either all rows have a time or none has. Ids are UTF-8. `None` once 32 bits can not count further.
    pub fn push(&mut self, user: &[u8], item: &[u8], rating: f32, time: Option<i64>) -> Option<()> {
        if self.rating.len() >= MAX_ROWS {
            return None;
        }
        // Files are mostly sorted by user: then the last user is this one, and need not be looked up.
        let user_idx = match self.user.last() {
            Some(&last) if self.users.text(last).as_bytes() == user => last,
            _ => self.users.intern(user)?,
        };
        let item_idx = self.items.intern(item)?;
        self.digest.row(user, item, rating, time);
        self.user.push(user_idx);
        self.item.push(item_idx);
        self.rating.push(rating);
        self.time.extend(time);
        Some(())
    }

    /// The data set. Of repeated pairs of user and item the last one is used.
    ///
    /// # Errors
    /// No rows at all; and, unless the rows are a test part, data that nothing can be learned from: one user, one item
    /// or one value only.
    pub fn finish(self, origin: Origin) -> Result<Dataset, Error> {
        let rows = self.rows();
        let mut interactions = Interactions::from_columns(
            (self.users.len(), self.items.len()),
            &self.user,
            &self.item,
            &self.rating,
            &self.time,
        );
        let duplicates = interactions.keep_last();
        let (low, high) = interactions.scale();
        let (min, max) = (f64::from(low), f64::from(high));
        check(&origin.file, self.role, rows, (self.users.len(), self.items.len()), (min, max))?;
        let cells = f64::from(self.users.len()) * f64::from(self.items.len());
        let report = DataReport {
            source: origin.source,
            rows,
            used: rows - duplicates,
            users: self.users.len(),
            items: self.items.len(),
            skipped: origin.skipped,
            duplicates,
            delimiter: origin.delimiter,
            encoding: "utf-8".to_owned(),
            header: origin.header,
            columns: origin.columns,
            scale: Scale { min, max, step: step(interactions.ratings()) },
            density: f64::from(rows - duplicates) / cells,
            hash: self.digest.finish(),
            seconds: 0.0,
            timed: interactions.is_timed(),
        };
        Ok(Dataset {
            interactions: Arc::new(interactions),
            users: self.users,
            items: self.items,
            catalog: None,
            report,
        })
    }
}

fn check(file: &str, role: Role, rows: u32, (users, items): (u32, u32), (min, max): (f64, f64)) -> Result<(), Error> {
    let file = file.to_owned();
    if rows == 0 {
        return Err(Error::NoRows { file });
    }
    match role {
        Role::Test => Ok(()),
        Role::Ratings if users == 1 => Err(Error::OneUser { file, rows: rows.into() }),
        Role::Ratings if items == 1 => Err(Error::OneItem { file, rows: rows.into() }),
        Role::Ratings if min == max => Err(Error::ConstantRatings { file, value: min }),
        Role::Ratings => Ok(()),
    }
}

/// The smallest distance between two different ratings; 0 where all are equal.
fn step(ratings: &[f32]) -> f64 {
    // Scales have few values: a short sorted list is found faster than millions of ratings are sorted.
    const FEW: usize = 256;
    let mut values: Vec<f32> = Vec::new();
    for &rating in ratings {
        if let Err(at) = values.binary_search_by(|value| value.total_cmp(&rating)) {
            if values.len() == FEW {
                values = ratings.to_vec();
                values.sort_unstable_by(f32::total_cmp);
                values.dedup();
                break;
            }
            values.insert(at, rating);
        }
    }
    let gaps = values.windows(2).map(|pair| f64::from(pair[1]) - f64::from(pair[0]));
    gaps.reduce(f64::min).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        let columns = Columns { user: "u".into(), item: "i".into(), rating: "r".into(), time: None };
        Origin {
            file: "f".into(),
            source: DataSource::Article,
            delimiter: String::new(),
            header: false,
            columns,
            skipped: Vec::new(),
        }
    }

    fn build(role: Role, rows: &[(&str, &str, f32)]) -> Result<Dataset, Error> {
        let mut builder = Builder::new(role);
        for (user, item, rating) in rows {
            builder.push(user.as_bytes(), item.as_bytes(), *rating, None).unwrap();
        }
        builder.finish(origin())
    }

    #[test]
    fn the_last_of_a_repeated_pair_is_used() {
        let data = build(Role::Ratings, &[("a", "x", 1.0), ("a", "y", 2.0), ("b", "x", 3.0), ("a", "x", 4.5)]).unwrap();
        let (items, ratings) = data.interactions.user(super::super::UserIdx(0));
        assert_eq!((items, ratings), (&[1, 0][..], &[2.0, 4.5][..]));
        let report = data.report;
        assert_eq!((report.rows, report.used, report.duplicates, report.users, report.items), (4, 3, 1, 2, 2));
        assert_eq!((report.scale.min, report.scale.max, report.scale.step), (2.0, 4.5, 1.0));
        assert_eq!(report.density, 0.75);
    }

    #[test]
    fn data_that_teaches_nothing_is_refused_but_not_as_a_test_part() {
        let refused = |rows: &[_]| build(Role::Ratings, rows).unwrap_err().code();
        assert_eq!(refused(&[]), "no-rows");
        assert_eq!(refused(&[("a", "x", 1.0), ("a", "y", 2.0)]), "one-user");
        assert_eq!(refused(&[("a", "x", 1.0), ("b", "x", 2.0)]), "one-item");
        assert_eq!(refused(&[("a", "x", 2.0), ("b", "y", 2.0)]), "constant-ratings");
        assert!(build(Role::Test, &[("a", "x", 2.0)]).is_ok());
    }

    #[test]
    fn the_step_is_the_smallest_gap() {
        assert_eq!(step(&[3.0, 0.5, 1.0, 3.0]), 0.5);
        assert_eq!(step(&[3.0, 3.0]), 0.0);
        let many: Vec<f32> = (0..1_000).rev().map(|n| n as f32 * 0.25).collect();
        assert_eq!(step(&many), 0.25);
    }
}
