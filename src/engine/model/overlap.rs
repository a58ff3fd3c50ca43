//! All pairs of users, or of items, that have ratings in common: one user or item after the other against all others, in
//! slices. What is made of the sums is the models' own affair.

use super::probe::share_of_visit;
use crate::engine::data::{Interactions, UserIdx};
use crate::engine::linalg::overlap::{self, Overlap};

/// The ratings from both sides. What is compared are rows: users or items. Columns are the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides<'a> {
    /// The columns of each row, ascending.
    pub(super) by_row: &'a Interactions,
    /// What is compared, in the order of `by_row`.
    pub(super) of_rows: &'a [f32],
    /// The rows of each column, ascending.
    pub(super) by_column: &'a Interactions,
    /// The same numbers in the order of `by_column`.
    pub(super) of_columns: &'a [f32],
}

/// How far all pairs have come.
#[derive(Debug)]
pub(super) struct Pairs {
    /// By row: what it has in common with the row at hand.
    sums: Vec<Overlap>,
    row: u32,
    /// Columns of the row at hand that are added.
    added: usize,
}

impl Pairs {
    pub(super) fn new(n_rows: u32) -> Self {
        Self { sums: vec![Overlap::default(); n_rows as usize], row: 0, added: 0 }
    }

    /// Whether all rows are through.
    pub(super) fn are_through(&self) -> bool {
        self.row as usize == self.sums.len()
    }

    /// The row at hand.
    pub(super) fn row(&self) -> u32 {
        self.row
    }

    /// Adds columns of the row at hand for at most about `work`; the work done. Rows from `until` on are left out.
    pub(super) fn add(&mut self, sides: &Sides<'_>, until: u32, work: u32) -> u32 {
        let start = sides.by_row.starts()[self.row as usize] as usize;
        let (columns, _) = sides.by_row.user(UserIdx(self.row));
        let mut done = 0;
        while self.added < columns.len() && done < work {
            let column = UserIdx(columns[self.added]);
            let first = sides.by_column.starts()[column.at()] as usize;
            let rows = sides.by_column.user(column).0;
            let rows = &rows[..rows.partition_point(|&row| row < until)];
            overlap::add(&mut self.sums, rows, &sides.of_columns[first..], sides.of_rows[start + self.added]);
            self.added += 1;
            done = done.saturating_add(share_of_visit(rows.len()));
        }
        done
    }

    /// The row at hand and its sums, if all its columns are added.
    pub(super) fn complete(&self, sides: &Sides<'_>) -> Option<(u32, &[Overlap])> {
        let all = sides.by_row.user(UserIdx(self.row)).0.len();
        (self.added == all).then_some((self.row, &self.sums))
    }

    /// Goes on with the next row.
    pub(super) fn next(&mut self) {
        self.sums.fill(Overlap::default());
        self.row += 1;
        self.added = 0;
    }
}
