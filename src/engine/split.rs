//! Cuts interactions into training, validation and test rows. The test part is cut off first, by its own random stream:
//! which rows it gets does not depend on how the rest is cut.
//!
//! A [`Plan`] says where each row goes, in a byte a row; it can be packed for its way to a trainer. The parts themselves, the
//! [`Split`], are made where something is learned from them. Rows of every part stand as they stand in the data, user by
//! user, without their times: nothing is learned from those.

mod count;
mod cut;
mod overlap;
mod packed;
mod parts;

use std::sync::Arc;

use crate::engine::data::interactions::Row;
use crate::engine::data::{Dataset, Genres, Ids, Interactions};
use crate::error::Error;
use crate::protocol::SplitReport;
use crate::study::cleaning::TestOverlap;
use crate::study::{Seed, SplitSpec};

/// The parts of a study's data. No pair of user and item occurs twice in a part, and only the person's own test rows can
/// repeat a pair of another part.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Training and validation rows: one fold, or several of which each row is validation once.
    pub folds: Vec<Fold>,
    /// All rows that are not test: what the refit learns from.
    pub refit: Arc<Interactions>,
    /// The sealed test rows; without rows where there is no test part.
    pub test: Arc<Interactions>,
    /// The items' genres, where they are known.
    pub genres: Arc<Genres>,
}

/// One cut into training and validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// What is learned from.
    pub train: Arc<Interactions>,
    /// What is measured on; without rows where there is no validation part.
    pub valid: Arc<Interactions>,
}

/// Where each row of some data goes: a split whose parts are not made yet.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    rows: &'a Interactions,
    /// Users and items, those of the test part among them.
    counts: (u32, u32),
    /// The part of each row.
    labels: Vec<u8>,
    folds: u8,
    /// The person's own test part.
    test: Option<Interactions>,
    genres: Genres,
    report: SplitReport,
}

/// Users with fewer ratings are never cut by [`SplitSpec::User`] and [`SplitSpec::Last`].
pub const MIN_CUT: u32 = 5;

/// Plans the split of some data.
///
/// # Errors
/// [`Error::EmptyPart`] where a part that was asked for gets no rows, [`Error::NoTimes`] where the order in time is
/// asked for and unknown.
pub fn plan(data: &Interactions, spec: SplitSpec, seed: Seed) -> Result<Plan<'_>, Error> {
    let cut::Cut { labels, folds, uncut_users } = cut::cut(data, spec, seed)?;
    let counts = (data.n_users(), data.n_items());
    let mut plan = Plan {
        rows: data,
        counts,
        labels,
        folds,
        test: None,
        genres: Genres::default(),
        report: SplitReport { uncut_users, ..SplitReport::default() },
    };
    plan.count(spec)?;
    Ok(plan)
}

/// Plans the split of a data set, with the person's own test file where there is one, and says what the times tell of it.
///
/// # Errors
/// As [`plan`]; [`Error::TestOverlaps`] where rows are in both files and nothing says what becomes of them.
pub fn plan_dataset<'a>(
    data: &'a Dataset,
    test: Option<&Dataset>,
    spec: SplitSpec,
    seed: Seed,
) -> Result<Plan<'a>, Error> {
    // The place in a sequence is an order within a user, and no time that users share.
    if matches!(spec, SplitSpec::Time { .. }) && !data.report.timed {
        return Err(Error::NoTimes { split: spec.to_string() });
    }
    let mut plan = match test {
        Some(test) => plan_with_test(data, test, spec, seed)?,
        None => plan(&data.interactions, spec, seed)?,
    };
    plan.genres = data.genres(&data.behind(test));
    if data.report.timed {
        plan.report.tied = data.interactions.tied();
        plan.report.leaks = plan.older();
    }
    Ok(plan)
}

/// Plans the split of data whose test part is a file of its own: the test part of `spec` is left out.
///
/// Ids of the test file are those of the data; unknown ones get indices beyond, and all parts count them.
fn plan_with_test<'a>(data: &'a Dataset, test: &Dataset, spec: SplitSpec, seed: Seed) -> Result<Plan<'a>, Error> {
    let spec = spec.without_test();
    let (mut users, mut items) = (data.users.clone(), data.items.clone());
    // Both files were counted in u32 while reading; only their sum may not fit.
    let too_many = || Error::TooManyRows { file: "test".to_owned(), allowed: u32::MAX.into() };
    let extend = |ids: &mut Ids, more: &Ids| {
        more.iter().map(|id| ids.intern(id.as_bytes())).collect::<Option<Vec<u32>>>().ok_or_else(too_many)
    };
    let user_idx = extend(&mut users, &test.users)?;
    let item_idx = extend(&mut items, &test.items)?;
    let mut plan = plan(&data.interactions, spec, seed)?;
    let mapped = test.interactions.rows().map(|row| Row {
        user: user_idx[row.user as usize],
        item: item_idx[row.item as usize],
        ..row
    });
    let mut mapped: Vec<Row> = mapped.collect();
    let known = overlap::known(&data.interactions, &mapped);
    let overlap = u32::try_from(known.iter().filter(|known| **known).count()).unwrap_or(u32::MAX);
    match data.report.clean.test_overlap {
        TestOverlap::Refuse if overlap > 0 => {
            let rows = u32::try_from(mapped.len()).unwrap_or(u32::MAX);
            return Err(Error::TestOverlaps { overlap, rows });
        }
        TestOverlap::Drop => {
            let mut known = known.into_iter();
            mapped.retain(|_| known.next() != Some(true));
        }
        TestOverlap::Refuse | TestOverlap::Keep => {}
    }
    if mapped.is_empty() {
        let rows = data.interactions.len() as u64;
        return Err(Error::EmptyPart { part: "test".to_owned(), split: spec.to_string(), rows });
    }
    plan.counts = (users.len(), items.len());
    let test = Interactions::from_rows(users.len(), items.len(), test.interactions.is_timed(), &mapped);
    plan.test = Some(test);
    plan.report.overlap = overlap;
    plan.count(spec)?;
    Ok(plan)
}

/// Splits data.
///
/// # Errors
/// As [`plan`].
pub fn split(data: &Interactions, spec: SplitSpec, seed: Seed) -> Result<(Split, SplitReport), Error> {
    plan(data, spec, seed).map(|plan| (plan.parts(), plan.report))
}

/// Splits a data set, with the person's own test file where there is one.
///
/// # Errors
/// As [`plan_dataset`].
pub fn split_dataset(
    data: &Dataset,
    test: Option<&Dataset>,
    spec: SplitSpec,
    seed: Seed,
) -> Result<(Split, SplitReport), Error> {
    plan_dataset(data, test, spec, seed).map(|plan| (plan.parts(), plan.report))
}

impl Plan<'_> {
    /// The sizes of the parts, and what else is to be known of them.
    #[must_use]
    pub fn report(&self) -> SplitReport {
        self.report
    }

    /// Users and items, those of the test part among them.
    #[must_use]
    pub fn counts(&self) -> (u32, u32) {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::items::ItemsReader;
    use crate::engine::data::{Options, Reader, UserIdx};

    /// 20 users; user u rates the items 0 ..= u, at the times 100, 100, 101, 101, ...
    pub(super) fn ladder() -> Interactions {
        let mut rows = Vec::new();
        for user in 0..20 {
            for item in 0..=user {
                rows.push(Row { user, item, rating: 1.0 + (item % 5) as f32, time: 100 + i64::from(item / 2) });
            }
        }
        Interactions::from_rows(20, 20, true, &rows)
    }

    /// The time of a row of the ladder, which its parts no longer have.
    fn time(row: Row) -> i64 {
        100 + i64::from(row.item / 2)
    }

    fn cut(text: &str, seed: u64) -> (Split, SplitReport) {
        split(&ladder(), SplitSpec::parse(text).unwrap(), Seed(seed)).unwrap()
    }

    /// All rows of all parts are exactly the rows of the data.
    fn partition(split: &Split) {
        let all: Vec<Row> = ladder().rows().map(|row| Row { time: 0, ..row }).collect();
        let sorted = |parts: &[&Interactions]| {
            let mut rows: Vec<Row> = parts.iter().flat_map(|part| part.rows()).collect();
            rows.sort_by_key(|row| (row.user, row.item));
            rows
        };
        assert_eq!(sorted(&[&split.refit, &split.test]), all);
        for fold in &split.folds {
            assert_eq!(sorted(&[&fold.train, &fold.valid, &split.test]), all);
        }
    }

    #[test]
    fn parts_have_the_asked_sizes_and_leave_nothing_out() {
        // 210 rows.
        let sizes = |text| {
            let (split, report) = cut(text, 1);
            partition(&split);
            (report.train, report.valid, report.test, report.folds)
        };
        assert_eq!(sizes("random:0.1,0.1"), (168, 21, 21, 1));
        assert_eq!(sizes("random:0,0.5"), (105, 0, 105, 1));
        assert_eq!(sizes("kfold:5,0.1"), (151, 38, 21, 5));
        assert_eq!(sizes("none"), (210, 0, 0, 1));
        // Users 4 to 19 have at least 5 rows.
        assert_eq!(sizes("last:1,2"), (210 - 3 * 16, 16, 32, 1));
    }

    #[test]
    fn each_row_is_validation_in_one_fold() {
        let (split, report) = cut("kfold:4,0.2", 1);
        assert_eq!((report.folds, report.test), (4, 42));
        let mut rows: Vec<Row> = split.folds.iter().flat_map(|fold| fold.valid.rows()).collect();
        rows.sort_by_key(|row| (row.user, row.item));
        assert_eq!(rows, split.refit.rows().collect::<Vec<_>>());
    }

    #[test]
    fn the_test_part_depends_on_the_seed_and_not_on_the_validation_part() {
        let test = |text, seed| cut(text, seed).0.test;
        assert_eq!(test("random:0.1,0.1", 1), test("random:0.3,0.1", 1));
        assert_eq!(test("random:0.1,0.1", 1), test("kfold:5,0.1", 1));
        assert_eq!(test("user:0.1,0.2", 1), test("user:0.5,0.2", 1));
        assert_ne!(test("random:0.1,0.1", 1), test("random:0.1,0.1", 2));
    }

    #[test]
    fn users_with_few_ratings_are_not_cut() {
        let (split, report) = cut("user:0.25,0.25", 1);
        partition(&split);
        assert_eq!(report.uncut_users, 4);
        for user in 0..20 {
            let (n, test) = (user as usize + 1, split.test.user(UserIdx(user)).0.len());
            let exact = n as f64 / 4.0;
            let expected = if n < 5 { 0..=0 } else { exact.floor() as usize..=exact.ceil() as usize };
            assert!(expected.contains(&test), "{test} of {n}");
        }
        // Rounding at random keeps the fraction: a quarter of 200 rows, give or take the rounding of 16 users.
        assert!((42..=58).contains(&report.test), "{}", report.test);
    }

    #[test]
    fn the_last_rows_in_time_are_cut_off_and_ties_depend_on_the_seed() {
        let (split, _) = cut("last:1,1", 1);
        for user in 4..20 {
            let last = |part: &Interactions| part.rows().filter(|row| row.user == user).map(time).max();
            assert!(last(&split.test) >= last(&split.folds[0].valid));
            assert!(last(&split.folds[0].valid) >= last(&split.folds[0].train));
        }
        // Users 5, 7, ... have two rows at their last time.
        assert_ne!(split.test, cut("last:1,1", 2).0.test);
    }

    #[test]
    fn equal_times_stay_together() {
        let (split, report) = cut("time:0.1,0.1", 1);
        partition(&split);
        let (valid, train) = (&split.folds[0].valid, &split.folds[0].train);
        let range = |part: &Interactions| {
            let times: Vec<i64> = part.rows().map(time).collect();
            (*times.iter().min().unwrap(), *times.iter().max().unwrap())
        };
        assert!(range(&split.test).0 > range(valid).1 && range(valid).0 > range(train).1);
        // Rows at the times 109, 108, 107, 106: 3, 7, 11, 15; 21 are asked for.
        assert_eq!((report.test, report.valid), (21, 15));
    }

    #[test]
    fn parts_without_rows_and_missing_times_are_errors() {
        let rows: Vec<Row> = ladder().rows().take(3).collect();
        let small = Interactions::from_rows(20, 20, false, &rows);
        let code = |text: &str| split(&small, SplitSpec::parse(text).unwrap(), Seed(1)).unwrap_err().code();
        assert_eq!(code("random:0.1,0.1"), "empty-part");
        assert_eq!(code("user:0.1,0.1"), "empty-part");
        assert_eq!(code("kfold:5"), "empty-part");
        assert_eq!(code("last:1,1"), "no-times");
        let same: Vec<Row> = rows.iter().map(|row| Row { time: 7, ..*row }).collect();
        let timed = Interactions::from_rows(20, 20, true, &same);
        let error = split(&timed, SplitSpec::Time { valid: 0.0, test: 0.3 }, Seed(1)).unwrap_err();
        assert_eq!(error.code(), "empty-part");
    }

    #[test]
    fn a_test_file_of_its_own_shares_ids_and_adds_unknown_ones() {
        let read = |text: &str| {
            let mut reader = Reader::new(Options::guess("f"));
            reader.feed(text.as_bytes()).unwrap();
            reader.finish().unwrap()
        };
        let data = read("user,item,rating\na,x,1\na,y,2\nb,x,3\nb,y,4\nb,z,5\n");
        let test = read("user,item,rating\nb,w,1\nc,x,2\nc,w,3\n");
        let (split, report) =
            split_dataset(&data, Some(&test), SplitSpec::Random { valid: 0.2, test: 0.5 }, Seed(1)).unwrap();
        assert_eq!((report.train, report.valid, report.test, report.cold_users, report.cold_items), (4, 1, 3, 1, 1));
        for part in [&split.refit, &split.test, &split.folds[0].train, &split.folds[0].valid] {
            assert_eq!((part.n_users(), part.n_items()), (3, 4));
        }
        let rows: Vec<_> = split.test.rows().map(|row| (row.user, row.item)).collect();
        assert_eq!(rows, [(1, 3), (2, 0), (2, 3)]);

        // What is known of items that are in the test part alone, or in none, stands where they stand.
        let mut data = data;
        let mut items = ItemsReader::new(&Options::guess("i"), &data.items);
        items.feed(b"item,title,genres\nv,V,War\nw,W,Drama\nx,X,War|Comedy\n").unwrap();
        data.describe(items.finish().unwrap());
        let behind = data.behind(Some(&test));
        assert_eq!(behind.ids.iter().collect::<Vec<_>>(), ["w", "v"]);
        assert_eq!(
            [0, 3, 4].map(|item| data.item(&behind, item)),
            [("x", "X", "War|Comedy"), ("w", "W", "Drama"), ("v", "V", "War")]
        );
        let genres = split_dataset(&data, Some(&test), SplitSpec::None, Seed(1)).unwrap().0.genres;
        assert_eq!(genres.sets(), [0b11, 0, 0, 0b100, 0b1]);
    }

    #[test]
    fn a_test_file_that_repeats_the_ratings_is_refused_unless_a_setting_says_otherwise() {
        let read = |text: &str, overlap: TestOverlap| {
            let mut options = Options::guess("f");
            options.clean.test_overlap = overlap;
            let mut reader = Reader::new(options);
            reader.feed(text.as_bytes()).unwrap();
            reader.finish().unwrap()
        };
        let cut = |overlap| {
            let data = read("user,item,rating\na,x,1\na,y,2\nb,x,3\nb,y,4\nb,z,5\n", overlap);
            let test = read("user,item,rating\nb,z,1\nc,x,2\nc,w,3\n", overlap);
            split_dataset(&data, Some(&test), SplitSpec::Random { valid: 0.2, test: 0.0 }, Seed(1))
        };
        assert_eq!(cut(TestOverlap::Refuse), Err(Error::TestOverlaps { overlap: 1, rows: 3 }));
        let sizes = |overlap| cut(overlap).map(|(split, report)| (split.test.len(), report.overlap)).unwrap();
        assert_eq!(sizes(TestOverlap::Keep), (3, 1));
        assert_eq!(sizes(TestOverlap::Drop), (2, 1));
    }

    #[test]
    fn times_tell_of_leaks_and_ties() {
        let mut reader = Reader::new(Options::guess("f"));
        let mut text = "user,item,rating,time\n".to_owned();
        for row in 0..40 {
            text += &format!("u{},i{row},{},{}\n", row % 4, 1 + row % 3, 1_000_000_000 + row / 8 * 10);
        }
        reader.feed(text.as_bytes()).unwrap();
        let data = reader.finish().unwrap();
        let report = |spec: &str| split_dataset(&data, None, SplitSpec::parse(spec).unwrap(), Seed(1)).unwrap().1;
        // Eight rows share each time, two of each user.
        assert_eq!((report("time:0.2,0.2").leaks, report("time:0.2,0.2").tied), (0, 40));
        assert!(report("random:0.2,0.2").leaks > 0);
    }
}
