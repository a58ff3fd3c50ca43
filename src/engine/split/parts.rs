//! The parts of a plan, each with its rows.

use std::sync::Arc;

use super::cut::TEST;
use super::{Fold, Plan, Split};
use crate::engine::data::{Genres, Interactions};

/// Rows to choose from, and the part that each goes to. Rows and choices are asked for through pointers: it is the same code
/// for rows that lie in columns and for rows that lie among bytes, and a program that has both should have it once.
pub(super) struct Labelled<'a> {
    /// Users and items of the parts.
    pub(super) counts: (u32, u32),
    /// Where each user's rows start, and where the last user's end. Users of the parts beyond have none.
    pub(super) starts: &'a [u32],
    /// Item and rating of a row.
    pub(super) row: &'a dyn Fn(usize) -> (u32, f32),
    pub(super) labels: &'a [u8],
}

impl Labelled<'_> {
    /// The rows of some parts; `None` for rows that can not be.
    pub(super) fn select(&self, chosen: &dyn Fn(u8) -> bool) -> Option<Interactions> {
        let (n_users, n_items) = self.counts;
        let count = self.labels.iter().filter(|label| chosen(**label)).count();
        let (mut items, mut ratings) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut starts = Vec::with_capacity(n_users as usize + 1);
        starts.push(0);
        for user in 0..n_users as usize {
            if let Some([start, end, ..]) = self.starts.get(user..) {
                for at in *start as usize..*end as usize {
                    if chosen(*self.labels.get(at)?) {
                        let (item, rating) = (self.row)(at);
                        items.push(item);
                        ratings.push(rating);
                    }
                }
            }
            starts.push(u32::try_from(items.len()).ok()?);
        }
        Interactions::from_parts(n_items, starts, items, ratings, Vec::new())
    }

    /// All parts; `None` for rows that can not be. Without a test part of its own the rows bring theirs.
    pub(super) fn parts(&self, folds: u8, test: Option<Interactions>, genres: Genres) -> Option<Split> {
        let test = test.map_or_else(|| self.select(&|label| label == TEST), Some)?;
        let refit = Arc::new(self.select(&|label| label != TEST)?);
        let fold = |fold: u8| {
            let valid = self.select(&|label| label == fold)?;
            let train = if valid.is_empty() {
                Arc::clone(&refit)
            } else {
                Arc::new(self.select(&|label| label != fold && label != TEST)?)
            };
            Some(Fold { train, valid: Arc::new(valid) })
        };
        let folds = (0..folds).map(fold).collect::<Option<Vec<Fold>>>()?;
        Some(Split { folds, refit, test: Arc::new(test), genres: Arc::new(genres) })
    }
}

impl Plan<'_> {
    /// Makes the parts.
    #[must_use]
    pub fn parts(&self) -> Split {
        let (items, ratings) = (self.rows.items(), self.rows.ratings());
        let labelled = Labelled {
            counts: self.counts,
            starts: self.rows.starts(),
            row: &|at| (items[at], ratings[at]),
            labels: &self.labels,
        };
        let test = self.test.as_ref().map(Interactions::untimed);
        labelled.parts(self.folds, test, self.genres.clone()).expect("rows of a data set fit together")
    }
}
