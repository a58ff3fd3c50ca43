//! From bytes to [`Interactions`]: reading, indexing, hashing, counting. Cleaning comes before the split; nothing is
//! fitted here, nothing does IO and nothing knows a clock.
//!
//! Bytes go to the [`Reader`], which hands each row to the [`builder::Builder`]; samples, generated data and the
//! article's ratings go to the same builder, so that indices, hash and report mean the same for all of them.

pub mod archive;
pub mod article;
pub mod builder;
pub mod clean;
pub mod column;
pub mod cutter;
pub mod date;
pub mod decode;
pub mod dialect;
pub mod digest;
pub mod facts;
pub mod files;
pub mod finder;
pub mod generate;
pub mod genres;
pub mod histogram;
pub mod ids;
pub mod inflate;
pub mod intake;
pub mod interactions;
pub mod items;
pub mod layout;
pub mod lines;
pub mod lists;
pub mod magic;
pub mod names;
pub mod number;
pub mod problem;
pub mod profile;
pub mod reader;
pub mod records;
pub mod replace;
pub mod rows;
pub mod sample;
pub mod short;

use std::sync::Arc;

pub use genres::Genres;
pub use ids::Ids;
pub use interactions::{Interactions, ItemIdx, UserIdx};
pub use reader::{Options, Reader};
pub use rows::Grouped;

use crate::error::Error;
use crate::protocol::DataReport;
use crate::study::{DataSource, Goal};

/// Ratings with their ids and what was found while reading them.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset<R = Arc<Interactions>> {
    /// The ratings by dense index. Each pair of user and item occurs once. They are in one piece, but where data is on its
    /// way to another memory.
    pub interactions: R,
    /// The users' ids, by first appearance.
    pub users: Ids,
    /// The items' ids, by first appearance.
    pub items: Ids,
    /// What is known of the items beyond their ids.
    pub catalog: Option<Catalog>,
    /// What the file of the items says of others, which no row names.
    pub others: Others,
    /// What was read. Its `seconds` are the caller's to fill: there is no clock here.
    pub report: DataReport,
}

impl From<Dataset<Grouped>> for Dataset {
    fn from(data: Dataset<Grouped>) -> Self {
        let Dataset { interactions, users, items, catalog, others, report } = data;
        Self { interactions: Arc::new(interactions.whole()), users, items, catalog, others, report }
    }
}

impl<R> Dataset<R> {
    /// Takes in what was read of the items.
    pub fn describe(&mut self, read: items::Described) {
        let items::Described { catalog, others, report } = read;
        (self.catalog, self.others, self.report.catalog) = (Some(catalog), others, Some(report));
    }
}

impl Dataset {
    /// The items behind those of the data, in the order in which a split numbers them: what only the test part has, then what
    /// only the file of the items has.
    #[must_use]
    pub fn behind(&self, test: Option<&Self>) -> Others {
        let tested = test.into_iter().flat_map(|test| Ids::iter(&test.items));
        let unknown = |id: &&str| self.items.find(id.as_bytes()).is_none();
        let ids = tested.chain(Ids::iter(&self.others.ids)).filter(unknown).collect();
        Others { catalog: self.others.catalog.of(&self.others.ids, &ids), ids }
    }

    /// The genres of the items, and of those [`Self::behind`] them; none where no file of items was read.
    #[must_use]
    pub fn genres(&self, behind: &Others) -> Genres {
        let known = self.catalog.as_ref().map(|catalog| catalog.genres.iter().chain(&behind.catalog.genres));
        known.map(Genres::of).unwrap_or_default()
    }

    /// Id, title and genres of an item of the data, or of those [`Self::behind`] them.
    ///
    /// # Panics
    /// If there is no such item: a bug of the caller.
    #[must_use]
    pub fn item<'a>(&'a self, behind: &'a Others, item: u32) -> (&'a str, &'a str, &'a str) {
        let (ids, catalog, idx) = match item.checked_sub(self.items.len()) {
            None => (&self.items, self.catalog.as_ref(), item),
            Some(idx) => (&behind.ids, Some(&behind.catalog), idx),
        };
        let text = |pick: fn(&Catalog) -> &Vec<String>| catalog.and_then(|all| pick(all).get(idx as usize));
        let [title, genres] =
            [text(|all| &all.titles), text(|all| &all.genres)].map(|text| text.map_or("", |text| text));
        (ids.text(idx), title, genres)
    }

    /// Whether anything can be learned from the data for a goal.
    ///
    /// # Errors
    /// [`Error::OnePerson`] where nothing says whose the ratings are; [`Error::ConstantRatings`] where ratings are to be
    /// predicted and there are none.
    pub fn check_goal(&self, goal: Goal) -> Result<(), Error> {
        let file = || match &self.report.source {
            DataSource::File { name, .. } | DataSource::Sample { name } => name.clone(),
            DataSource::Synthetic(_) | DataSource::Article => String::new(),
        };
        match goal {
            _ if self.report.notes.iter().any(|note| note.code == builder::ONE_PERSON) => {
                Err(Error::OnePerson { file: file() })
            }
            Goal::Rating if self.report.implicit => Err(Error::ConstantRatings { file: file(), value: 1.0 }),
            Goal::Rating | Goal::Ranking => Ok(()),
        }
    }
}

/// What is known of items beyond their ids: one entry for each item of the data set, empty where unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Titles.
    pub titles: Vec<String>,
    /// Genres, separated by `|`.
    pub genres: Vec<String>,
    /// Years, 0 where unknown.
    pub years: Vec<u16>,
}

/// Items that no row names, as far as a file of items knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// Their ids.
    pub ids: Ids,
    /// One entry for each of them.
    pub catalog: Catalog,
}

impl Catalog {
    /// Describes an item, of those that there are or the next.
    fn put(&mut self, item: usize, title: String, genres: &str, year: u16) {
        if item == self.years.len() {
            self.titles.push(String::new());
            self.genres.push(String::new());
            self.years.push(0);
        }
        self.titles[item] = title;
        genres.clone_into(&mut self.genres[item]);
        self.years[item] = year;
    }

    /// Whether the genres of any item are known.
    #[must_use]
    pub fn has_genres(&self) -> bool {
        self.genres.iter().any(|genres| !genres.is_empty())
    }

    /// The same for other items: what was known of each, found by its id.
    #[must_use]
    pub fn of(&self, known: &Ids, items: &Ids) -> Self {
        let place = |id: &str| known.find(id.as_bytes()).map(|idx| idx as usize);
        let pick = |texts: &[String]| {
            let text = |id| place(id).and_then(|at| texts.get(at)).cloned().unwrap_or_default();
            items.iter().map(text).collect()
        };
        let year = |id: &str| place(id).and_then(|at| self.years.get(at)).copied().unwrap_or(0);
        Self { titles: pick(&self.titles), genres: pick(&self.genres), years: items.iter().map(year).collect() }
    }
}
