//! Cleaning: what a study's settings do to rows that could be read. Every step counts what it leaves out.

mod core;
mod repeats;
mod scale;

pub use scale::{find as find_scale, looks_implicit};

use super::lines::Lines;
use super::problem::Skips;
use super::rows::Rows;
use crate::engine::random::{Purpose, below};
use crate::study::cleaning::{ConstantUsers, Counts, Zeros};
use crate::study::{Cleaning, Seed};

/// The rows of one file being cleaned.
#[derive(Debug)]
pub struct Cleaner<'a> {
    /// What is left.
    pub rows: Rows,
    /// Users and items of the file.
    pub counts: (u32, u32),
    /// Where the rows stand.
    pub lines: &'a Lines,
    /// What is left out.
    pub skips: Skips,
}

impl Cleaner<'_> {
    /// All steps in their order. `repeated` says that a pair of user and item occurs twice.
    pub fn clean(&mut self, clean: &Cleaning, repeated: bool) {
        if clean.zeros == Zeros::Implicit {
            self.keep("implicit-zero", |rows, at| rows.rating[at] != 0.0);
        }
        if let Some(scale) = clean.scale {
            self.keep("outside-scale", |rows, at| scale.holds(f64::from(rows.rating[at])));
        }
        if repeated {
            let (users, items) = self.counts;
            if let Some((count, first)) = repeats::merge(&mut self.rows, users, items, clean.repeats) {
                self.skips.add("repeated-pair", count, self.lines.of(first));
            }
        }
        self.counts_to_ratings(clean.counts);
        if let Some(threshold) = clean.threshold {
            self.keep("below-threshold", |rows, at| f64::from(rows.rating[at]) >= threshold);
            self.rows.rating.change(|_| 1.0);
        }
        if clean.constant_users == ConstantUsers::Skip {
            let constant = constant_users(&self.rows, self.counts.0);
            self.keep("constant-user", |rows, at| !constant[rows.user[at] as usize]);
        }
        if clean.sample_users > 0 {
            self.sample_users(clean.sample_users, clean.sample_seed);
        }
        if clean.core_users > 0 || clean.core_items > 0 {
            let (users, items) = core::few(&self.rows, self.counts, (clean.core_users, clean.core_items));
            self.keep("few-of-user", |rows, at| !users[rows.user[at] as usize]);
            self.keep("few-of-item", |rows, at| !items[rows.item[at] as usize]);
        }
    }

    fn keep(&mut self, reason: &str, keep: impl Fn(&Rows, usize) -> bool) {
        if let Some((count, first)) = self.rows.retain(keep) {
            self.skips.add(reason, count, self.lines.of(first));
        }
    }

    fn counts_to_ratings(&mut self, counts: Counts) {
        if counts == Counts::Keep {
            return;
        }
        self.keep("not-a-count", |rows, at| rows.rating[at] > 0.0);
        let binary = counts == Counts::Binary;
        self.rows.rating.change(|rating| if binary { 1.0 } else { libm::log1p(f64::from(rating)) as f32 });
    }

    /// Draws users among those that are left, each equally likely (Fisher and Yates).
    fn sample_users(&mut self, most: u32, seed: u32) {
        let mut there = vec![false; self.counts.0 as usize];
        for user in self.rows.user.iter() {
            there[user as usize] = true;
        }
        let mut users: Vec<u32> = (0..self.counts.0).filter(|&user| there[user as usize]).collect();
        if users.len() <= most as usize {
            return;
        }
        let mut rng = Seed(seed.into()).stream(Purpose::Sample, 0);
        for at in 0..most as usize {
            let left = u32::try_from(users.len() - at).unwrap_or(u32::MAX);
            users.swap(at, at + below(&mut rng, left) as usize);
        }
        there.fill(false);
        for &user in &users[..most as usize] {
            there[user as usize] = true;
        }
        self.keep("user-sample", |rows, at| there[rows.user[at] as usize]);
    }
}

/// Users with at least two ratings that are all equal.
#[must_use]
pub fn constant_users(rows: &Rows, n_users: u32) -> Vec<bool> {
    let mut first: Vec<Option<f32>> = vec![None; n_users as usize];
    let (mut several, mut differs) = (vec![false; n_users as usize], vec![false; n_users as usize]);
    for (user, rating) in rows.user.iter().zip(rows.rating.iter()) {
        let user = user as usize;
        match first[user] {
            Some(other) => {
                several[user] = true;
                differs[user] |= other != rating;
            }
            None => first[user] = Some(rating),
        }
    }
    several.into_iter().zip(differs).map(|(several, differs)| several && !differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Settings as _;

    /// User, item, rating.
    type Row = (u32, u32, f32);

    /// Cleans rows; row n stands in line n + 2.
    fn cleaned(rows: &[Row], settings: &[(&str, &str)]) -> (Vec<Row>, Vec<(String, u32, u32)>) {
        let mut lines = Lines::default();
        let mut table = Rows::default();
        for (at, &(user, item, rating)) in (0..).zip(rows) {
            lines.push(at, u64::from(at) + 2);
            table.user.push(user);
            table.item.push(item);
            table.rating.push(rating);
        }
        let mut clean = Cleaning::default();
        for (key, value) in settings {
            clean.set(key, value).unwrap();
        }
        let mut cleaner = Cleaner { rows: table, counts: (10, 10), lines: &lines, skips: Skips::default() };
        cleaner.clean(&clean, true);
        let rows = &cleaner.rows;
        let left = (0..rows.len()).map(|at| (rows.user[at], rows.item[at], rows.rating[at])).collect();
        let skips = cleaner.skips.into_vec().into_iter().map(|skip| (skip.reason, skip.count, skip.first_line));
        (left, skips.collect())
    }

    #[test]
    fn each_step_counts_what_it_leaves_out_and_says_where_it_began() {
        let rows = [(0, 0, 0.0), (0, 1, 5.0), (1, 0, 3.0), (1, 1, 3.0), (2, 0, 99.0), (0, 1, 4.0)];
        let reason = |name: &str, count, line| (name.to_owned(), count, line);
        let (left, skips) = cleaned(&rows, &[("zeros", "implicit"), ("scale", "1..5"), ("constant_users", "skip")]);
        assert_eq!(left, [(0, 1, 4.0)]);
        let expected = [
            reason("implicit-zero", 1, 2),
            reason("outside-scale", 1, 6),
            reason("repeated-pair", 1, 7),
            reason("constant-user", 2, 4),
        ];
        assert_eq!(skips, expected);
        assert_eq!(cleaned(&rows, &[]).0.len(), 5);
    }

    #[test]
    fn likes_and_counts() {
        let rows = [(0, 0, 5.0), (0, 1, 3.0), (1, 0, 4.0), (1, 1, 0.0)];
        let (likes, skips) = cleaned(&rows, &[("threshold", "4")]);
        assert_eq!(likes, [(0, 0, 1.0), (1, 0, 1.0)]);
        assert_eq!(skips, [("below-threshold".to_owned(), 2, 3)]);
        let (counts, skips) = cleaned(&rows, &[("counts", "log")]);
        // ln 6, ln 4, ln 5
        assert_eq!(counts.iter().map(|row| row.2).collect::<Vec<_>>(), [1.791_759_5, 1.386_294_4, 1.609_438]);
        assert_eq!(skips, [("not-a-count".to_owned(), 1, 5)]);
        assert_eq!(cleaned(&rows, &[("counts", "binary")]).0.len(), 3);
    }

    #[test]
    fn a_core_has_no_one_with_few() {
        // User 2 has one rating; without it item 2 has one; without that user 1 has one.
        let rows = [(0, 0, 1.0), (0, 1, 2.0), (1, 1, 3.0), (1, 2, 4.0), (2, 2, 5.0), (3, 0, 1.0), (3, 1, 1.0)];
        let (left, skips) = cleaned(&rows, &[("core_users", "2"), ("core_items", "2")]);
        assert_eq!(left, [(0, 0, 1.0), (0, 1, 2.0), (3, 0, 1.0), (3, 1, 1.0)]);
        assert_eq!(skips.iter().map(|skip| skip.1).sum::<u32>(), 3);
    }

    #[test]
    fn a_sample_of_users_has_all_of_their_rows() {
        let rows: Vec<_> = (0..10).flat_map(|user| [(user, 0, 1.0), (user, 1, 2.0)]).collect();
        let (left, skips) = cleaned(&rows, &[("sample_users", "3")]);
        assert_eq!((left.len(), skips[0].1), (6, 14));
        assert_eq!(cleaned(&rows, &[("sample_users", "3")]).0, left);
        assert_ne!(cleaned(&rows, &[("sample_users", "3"), ("sample_seed", "5")]).0, left);
        assert_eq!(cleaned(&rows, &[("sample_users", "10")]).0, rows);
    }
}
