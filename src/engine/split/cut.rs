//! Which part each row goes to. Every rule labels the test rows first, from all rows, then the validation rows from the
//! rest; the two draw from different streams.

use std::ops::Range;

use crate::engine::data::Interactions;
use crate::engine::random::{Purpose, Rng, below, unit};
use crate::error::Error;
use crate::study::{Seed, SplitSpec};

/// The label of test rows. Labels below it are the fold in which a row is validation.
pub(super) const TEST: u8 = u8::MAX;
/// The label of rows that are training in every fold.
pub(super) const TRAIN: u8 = u8::MAX - 1;

/// A label for each row, in the order of the rows.
pub(super) struct Cut {
    pub(super) labels: Vec<u8>,
    /// Number of folds; 1 where validation is one part.
    pub(super) folds: u8,
    /// Users who stay in training as a whole.
    pub(super) uncut_users: u32,
}

/// The stream's index for each part.
const TEST_STREAM: u64 = 0;
const VALID_STREAM: u64 = 1;

pub(super) fn cut(data: &Interactions, spec: SplitSpec, seed: Seed) -> Result<Cut, Error> {
    if matches!(spec, SplitSpec::Last { .. } | SplitSpec::Time { .. }) && !data.is_timed() {
        return Err(Error::NoTimes { split: spec.to_string() });
    }
    let n = data.len();
    let mut cut = Cut { labels: vec![TRAIN; n], folds: 1, uncut_users: 0 };
    let mut streams = [TEST_STREAM, VALID_STREAM].map(|part| seed.stream(Purpose::Split, part));
    let [test_rng, valid_rng] = &mut streams;
    match spec {
        SplitSpec::None => {}
        SplitSpec::Random { valid, test } => {
            cut.label_random(TEST, rounded(test, n), test_rng);
            cut.label_random(0, rounded(valid, n), valid_rng);
        }
        SplitSpec::Kfold { folds, test } => {
            cut.label_random(TEST, rounded(test, n), test_rng);
            // The gate allows at most 100.
            cut.folds = u8::try_from(folds).unwrap_or(100);
            cut.label_folds(valid_rng);
        }
        SplitSpec::User { valid, test } => cut.label_users(data, (test, valid), test_rng, valid_rng),
        SplitSpec::Last { valid, test } => cut.label_last(data, (test, valid), test_rng),
        SplitSpec::Time { valid, test } => cut.label_time(data, (rounded(test, n), rounded(valid, n))),
    }
    Ok(cut)
}

fn rounded(fraction: f64, n: usize) -> usize {
    (fraction * n as f64).round() as usize
}

impl Cut {
    /// Positions that have no label yet.
    fn free(&self, range: Range<usize>) -> Vec<u32> {
        // Counted first: a vector that grows takes up to three times as much.
        let count = self.labels[range.clone()].iter().filter(|label| **label == TRAIN).count();
        let mut free = Vec::with_capacity(count);
        let positions = range.filter(|&at| self.labels[at] == TRAIN);
        free.extend(positions.map(|at| u32::try_from(at).expect("rows are counted in u32")));
        free
    }

    fn label(&mut self, label: u8, rows: &[u32]) {
        for &at in rows {
            self.labels[at as usize] = label;
        }
    }

    fn label_random(&mut self, label: u8, count: usize, rng: &mut Rng) {
        let mut free = self.free(0..self.labels.len());
        let count = count.min(free.len());
        draw(&mut free, count, rng);
        self.label(label, &free[..count]);
    }

    /// Deals shuffled rows out like cards: the folds' sizes differ by one row at most.
    fn label_folds(&mut self, rng: &mut Rng) {
        let mut free = self.free(0..self.labels.len());
        let count = free.len();
        draw(&mut free, count, rng);
        for (fold, &at) in (0..self.folds).cycle().zip(&free) {
            self.labels[at as usize] = fold;
        }
    }

    /// A fraction of each user's rows. Where it is no whole number it is rounded up or down at random, so that it holds
    /// on the average even of users with few rows.
    fn label_users(&mut self, data: &Interactions, (test, valid): (f64, f64), test_rng: &mut Rng, valid_rng: &mut Rng) {
        for range in users(data) {
            let n = range.len();
            if n < super::MIN_CUT as usize {
                self.uncut_users += u32::from(n > 0);
                continue;
            }
            let seeded = |fraction: f64, rng: &mut Rng| (fraction * n as f64 + unit(rng)).floor() as usize;
            // Training keeps a row, whatever the rounding.
            let n_test = seeded(test, test_rng).min(n - 1);
            let n_valid = seeded(valid, valid_rng).min(n - 1 - n_test);
            for (label, count, rng) in [(TEST, n_test, &mut *test_rng), (0, n_valid, &mut *valid_rng)] {
                let mut free = self.free(range.clone());
                draw(&mut free, count, rng);
                self.label(label, &free[..count]);
            }
        }
    }

    /// Each user's last rows in time: test from the end, validation before it.
    fn label_last(&mut self, data: &Interactions, (test, valid): (u32, u32), rng: &mut Rng) {
        let (test, valid) = (test as usize, valid as usize);
        for range in users(data) {
            let n = range.len();
            if n < (super::MIN_CUT as usize).max(test + valid + 1) {
                self.uncut_users += u32::from(n > 0);
                continue;
            }
            let mut rows = self.free(range);
            // Equal times are in random order: the file's order is often the items', and would decide.
            draw(&mut rows, n, rng);
            rows.sort_by_key(|&at| data.times()[at as usize]);
            self.label(TEST, &rows[n - test..]);
            self.label(0, &rows[n - test - valid..n - test]);
        }
    }

    /// The last rows in time over all users.
    fn label_time(&mut self, data: &Interactions, (test, valid): (usize, usize)) {
        let times = data.times();
        let mut rows = self.free(0..times.len());
        rows.sort_by_key(|&at| times[at as usize]);
        for (label, count) in [(TEST, test), (0, valid)] {
            let border = border(&rows, times, count);
            self.label(label, &rows[border..]);
            rows.truncate(border);
        }
    }
}

/// Where to cut rows in order of time so that about `count` are behind, and equal times are on one side: at the nearest
/// place where the time changes, the later of two equally near ones.
fn border(rows: &[u32], times: &[i64], count: usize) -> usize {
    let n = rows.len();
    if count == 0 || n == 0 {
        return n;
    }
    let time = |at: usize| times[rows[at] as usize];
    let wanted = n - count.min(n);
    let changes = |at: usize| at > 0 && at < n && time(at - 1) != time(at);
    let nearest = (0..n).find_map(|distance| {
        let later = Some(wanted + distance).filter(|&at| changes(at));
        later.or_else(|| wanted.checked_sub(distance).filter(|&at| changes(at)))
    });
    // All times are equal: nothing is behind.
    nearest.unwrap_or(n)
}

/// The positions of each user's rows.
fn users(data: &Interactions) -> impl Iterator<Item = Range<usize>> {
    data.starts().windows(2).map(|pair| pair[0] as usize..pair[1] as usize)
}

/// Brings `count` of the rows to the front, each choice and each order equally likely (Fisher and Yates).
fn draw(rows: &mut [u32], count: usize, rng: &mut Rng) {
    for at in 0..count {
        let left = u32::try_from(rows.len() - at).expect("rows are counted in u32");
        rows.swap(at, at + below(rng, left) as usize);
    }
}
