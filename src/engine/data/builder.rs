//! Collects rows in file order and makes a [`Dataset`] of them: the one place where indices, hash and counts arise.

use super::clean::{self, Cleaner};
use super::digest::{Digest, Role};
use super::histogram::Histogram;
use super::interactions::scale;
use super::lines::Lines;
use super::problem::Skips;
use super::rows::{Grouped, Rows};
use super::short::Key;
use super::{Dataset, Ids, Others};
use crate::error::Error;
use crate::protocol::{DataReport, Note, Preview, Reason, Scale};
use crate::study::cleaning::{Counts, Order};
use crate::study::{Cleaning, Columns, DataSource};

/// Rows so far.
#[derive(Clone, Debug)]
pub struct Builder {
    role: Role,
    users: Ids,
    items: Ids,
    rows: Rows,
    lines: Lines,
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
    /// The text's encoding.
    pub encoding: String,
    /// Whether the first line was a header.
    pub header: bool,
    /// The columns that were used.
    pub columns: Columns,
    /// Why they were.
    pub reasons: Vec<Reason>,
    /// Whether nobody said in which encoding the text is, and it is neither UTF-8 nor UTF-16.
    pub guessed: bool,
    /// The first rows.
    pub preview: Preview,
    /// What was passed over.
    pub skips: Skips,
    /// How the rows are cleaned.
    pub clean: Cleaning,
    /// Whether the rating scale is looked for, where none is set.
    pub find_scale: bool,
    /// Whether the rows of a user follow each other in time.
    pub in_order: bool,
}

impl Origin {
    /// Of data that is no file: there is nothing to find and nothing to clean.
    #[must_use]
    pub fn made(name: &str, source: DataSource, columns: Columns) -> Self {
        Self {
            file: name.to_owned(),
            source,
            delimiter: String::new(),
            encoding: crate::study::form::UTF_8.to_owned(),
            header: false,
            columns,
            reasons: Vec::new(),
            guessed: false,
            preview: Preview::default(),
            skips: Skips::default(),
            clean: Cleaning::default(),
            find_scale: false,
            in_order: false,
        }
    }
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
            rows: Rows::default(),
            lines: Lines::default(),
            digest: Digest::new(role),
        }
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u32 {
        // `push` keeps the count within u32.
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Says in which line the next row stands.
    pub fn at_line(&mut self, line: u64) {
        self.lines.push(self.rows(), line);
    }

    /// Adds a row; either all rows have a time or none has. Ids are UTF-8. `None` once 32 bits can not count further.
    pub fn push(&mut self, user: &[u8], item: &[u8], rating: f32, time: Option<i64>) -> Option<()> {
        let rows = &mut self.rows;
        if rows.len() >= MAX_ROWS {
            return None;
        }
        let (user, item) = (Key::from(user), Key::from(item));
        let user_idx = self.users.intern(user)?;
        let item_idx = self.items.intern(item)?;
        self.digest.row(user, item, rating, time);
        rows.user.push(user_idx);
        rows.item.push(item_idx);
        rows.rating.push(rating);
        if let Some(time) = time {
            rows.time.push(time);
        }
        Some(())
    }

    /// The data set.
    ///
    /// # Errors
    /// No rows at all; and, unless the rows are a test part, data that nothing can be learned from: one user, one item
    /// or one value only.
    pub fn finish(mut self, mut origin: Origin) -> Result<Dataset<Grouped>, Error> {
        let read = self.rows();
        let timed = !self.rows.time.is_empty();
        let in_order = origin.in_order || origin.clean.order == Order::File;
        if !timed && in_order {
            self.rows.time = (0..i64::from(read)).collect();
        }
        let lonely = self.role == Role::Ratings && is_lonely(&origin, read, (self.users.len(), self.items.len()));
        let mut histogram = Histogram::of(self.rows.rating.iter());
        if origin.find_scale && origin.clean.scale.is_none() {
            origin.clean.scale = clean::find_scale(&histogram);
        }
        let mut by_user = self.rows.by_user(self.users.len());
        let repeated = self.rows.has_repeats(&by_user, self.items.len());
        let mut skips = std::mem::take(&mut origin.skips);
        let unread = skips.rows();
        if repeated || does_something(&origin.clean) {
            let before = self.rows.len();
            skips = self.clean(&origin.clean, repeated, skips);
            histogram = Histogram::of(self.rows.rating.iter());
            if self.rows.len() < before {
                self.renumber();
            }
            by_user = self.rows.by_user(self.users.len());
        }
        let implicit = origin.columns.rating.is_none()
            || origin.clean.threshold.is_some()
            || origin.clean.counts == Counts::Binary;
        let used = self.rows();
        let (users, items) = (self.users.len(), self.items.len());
        let (min, max) = scale(self.rows.rating.iter());
        // Nothing is learned of a test part, nor of one person's rows until somebody says which column people are in.
        let learned = self.role == Role::Ratings && !lonely;
        check(&origin.file, learned, used, (users, items), (min, max, implicit))?;
        let report = DataReport {
            rows: read.saturating_add(unread),
            used,
            users,
            items,
            duplicates: skips.count("repeated-pair"),
            notes: notes(&self.rows, &origin, &histogram, (timed, users), lonely),
            skipped: skips.into_vec(),
            source: origin.source,
            delimiter: origin.delimiter,
            encoding: origin.encoding,
            header: origin.header,
            columns: origin.columns,
            scale: Scale { min: min.into(), max: max.into(), step: histogram.step(self.rows.rating.iter()) },
            density: f64::from(used) / (f64::from(users) * f64::from(items)),
            hash: self.digest.finish(),
            seconds: 0.0,
            timed,
            ordered: timed || in_order,
            implicit,
            clean: origin.clean,
            reasons: origin.reasons,
            catalog: None,
            test: None,
            preview: origin.preview,
        };
        Ok(Dataset {
            interactions: self.rows.grouped(by_user, items),
            users: self.users,
            items: self.items,
            catalog: None,
            others: Others::default(),
            report,
        })
    }

    fn clean(&mut self, clean: &Cleaning, repeated: bool, skips: Skips) -> Skips {
        let mut cleaner = Cleaner {
            rows: std::mem::take(&mut self.rows),
            counts: (self.users.len(), self.items.len()),
            lines: &self.lines,
            skips,
        };
        cleaner.clean(clean, repeated);
        self.rows = cleaner.rows;
        cleaner.skips
    }

    /// Numbers users and items anew where some have no row any more: by first appearance among the rows that are left.
    fn renumber(&mut self) {
        for (ids, column) in [(&mut self.users, &mut self.rows.user), (&mut self.items, &mut self.rows.item)] {
            let mut there = vec![false; ids.len() as usize];
            for idx in column.iter() {
                there[idx as usize] = true;
            }
            if there.iter().all(|there| *there) {
                continue;
            }
            let mut left = Ids::default();
            for at in 0..column.len() {
                // There are fewer than there were.
                column[at] = left.intern(ids.text(column[at]).as_bytes()).unwrap_or(0);
            }
            *ids = left;
        }
    }
}

/// A data set cleaned after it was made, for data that does not come from a file.
///
/// # Errors
/// As [`Builder::finish`].
pub fn clean_made(data: Dataset, clean: &Cleaning) -> Result<Dataset<Grouped>, Error> {
    let Dataset { interactions, users, items, catalog, others, report } = data;
    let known = items.clone();
    let rows = Rows::from(&*interactions);
    let builder = Builder { users, items, rows, ..Builder::new(Role::Ratings) };
    let (delimiter, encoding, header) = (report.delimiter, report.encoding, report.header);
    let origin = Origin::made("", report.source, report.columns);
    let mut data = builder.finish(Origin { delimiter, encoding, header, clean: clean.clone(), ..origin })?;
    data.report.hash = report.hash;
    data.catalog = catalog.map(|catalog| catalog.of(&known, &data.items));
    data.others = others;
    Ok(data)
}

/// Whether cleaning can change rows that have no repeated pairs.
fn does_something(clean: &Cleaning) -> bool {
    let only_reading = Cleaning {
        bad_rows: clean.bad_rows,
        repeats: clean.repeats,
        sample_seed: clean.sample_seed,
        order: clean.order,
        test_overlap: clean.test_overlap,
        ..Cleaning::default()
    };
    *clean != only_reading
}

/// What a person should know of the rows that are used.
fn notes(rows: &Rows, origin: &Origin, histogram: &Histogram, (timed, users): (bool, u32), lonely: bool) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut note = |code: &str, count: u32, of: u32| {
        if count > 0 {
            notes.push(Note { code: code.to_owned(), count, of });
        }
    };
    let all = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if matches!(origin.source, DataSource::File { .. }) {
        if let Some([(0.0, zeros), ..]) = histogram.few().filter(|_| clean::looks_implicit(histogram)) {
            note("zeros-look-implicit", *zeros, all);
        }
        let constant = clean::constant_users(rows, users).into_iter().filter(|constant| *constant).count();
        if origin.columns.rating.is_some() {
            note("constant-users", u32::try_from(constant).unwrap_or(u32::MAX), users);
            note("looks-like-counts", u32::from(looks_like_counts(rows)) * all, all);
        }
        note(ONE_PERSON, u32::from(lonely) * all, all);
        note("users-come-once", u32::from(users == all && all > 9 && !lonely) * all, all);
        note("encoding-guessed", u32::from(origin.guessed) * all, all);
        note("no-times", u32::from(!timed) * all, all);
    }
    notes
}

/// The codes of all notes, for the word tables.
pub const NOTES: [&str; 7] = [
    "zeros-look-implicit",
    "constant-users",
    "looks-like-counts",
    ONE_PERSON,
    "users-come-once",
    "encoding-guessed",
    "no-times",
];

/// Rows that do not say whose they are.
pub const ONE_PERSON: &str = "one-person";

/// Whether no column says whose the rows are: what is rated was known by its name and who rates it was not, and hardly any
/// of either comes again. Exports of what one person rated are such, and one of their columns would be taken for people.
fn is_lonely(origin: &Origin, rows: u32, (users, items): (u32, u32)) -> bool {
    let why = |role: &str| origin.reasons.iter().find(|reason| reason.role == role).map(|reason| reason.why.as_str());
    let unnamed = matches!(why("user"), Some("values" | "texts")) && why("item") == Some("name");
    let hardly_again = |different: u32| different / 4 >= rows / 5;
    unnamed && rows > 9 && (users == 1 || hardly_again(users) || hardly_again(items))
}

/// Whole numbers from 1 on without an end that a scale would have.
fn looks_like_counts(rows: &Rows) -> bool {
    let high = rows.rating.iter().any(|rating| rating > 100.0);
    high && rows.rating.iter().all(|rating| rating >= 0.0 && rating.fract() == 0.0)
}

fn check(
    file: &str,
    learned: bool,
    rows: u32,
    (users, items): (u32, u32),
    (min, max, implicit): (f32, f32, bool),
) -> Result<(), Error> {
    let file = file.to_owned();
    if rows == 0 {
        return Err(Error::NoRows { file });
    }
    match () {
        () if !learned => Ok(()),
        () if users == 1 => Err(Error::OneUser { file, rows: rows.into() }),
        () if items == 1 => Err(Error::OneItem { file, rows: rows.into() }),
        () if min == max && !implicit => Err(Error::ConstantRatings { file, value: min.into() }),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        let columns = Columns { user: "u".into(), item: "i".into(), rating: Some("r".into()), time: None };
        Origin::made("f", DataSource::Article, columns)
    }

    fn build(role: Role, rows: &[(&str, &str, f32)]) -> Result<Dataset, Error> {
        let mut builder = Builder::new(role);
        for (user, item, rating) in rows {
            builder.push(user.as_bytes(), item.as_bytes(), *rating, None).unwrap();
        }
        builder.finish(origin()).map(Dataset::from)
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
}
