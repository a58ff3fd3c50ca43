//! Reads what is known of items: a file of titles, genres and years beside the ratings.

mod columns;

use std::borrow::Cow;

use self::columns::Columns;
pub use self::columns::year_of;
use super::cutter::Piece;
use super::dialect::{self, Dialect};
use super::digest::ItemsDigest;
use super::intake::{Intake, Sink};
use super::records::Record;
use super::{Catalog, Ids, Options, Others};
use crate::error::Error;
use crate::protocol::ItemsReport;

/// Of the items that no row names so many are kept: a shop's whole list can be far longer than what was ever bought.
const MOST_OTHERS: u32 = 100_000;

/// What was read of the items.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// What is known of those that the ratings name.
    pub catalog: Catalog,
    /// And of others.
    pub others: Others,
    /// The file itself.
    pub report: ItemsReport,
}

/// Reads one file of items. After an error it is of no further use.
#[derive(Debug)]
pub struct ItemsReader<'a> {
    intake: Intake,
    sink: Items<'a>,
}

/// What is read of the items that have ratings, and of others.
#[derive(Debug)]
struct Items<'a> {
    file: String,
    known: &'a Ids,
    /// Made when the dialect is known.
    columns: Option<Columns>,
    before: usize,
    catalog: Catalog,
    described: Vec<bool>,
    others: Others,
    rows: u32,
    digest: ItemsDigest,
    /// Room for a row's genres.
    genres: String,
}

impl<'a> ItemsReader<'a> {
    /// A reader for the items that have ratings, `known`, and for others. Of the options only file, delimiter, encoding and
    /// decoder matter.
    #[must_use]
    pub fn new(options: &Options, known: &'a Ids) -> Self {
        let form = &options.form;
        let dialect = dialect::Known {
            delimiter: options.delimiter.clone(),
            quotes: form.quotes,
            layout: Some(crate::study::form::Layout::Rows),
        };
        let count = known.len() as usize;
        let catalog =
            Catalog { titles: vec![String::new(); count], genres: vec![String::new(); count], years: vec![0; count] };
        let sink = Items {
            file: options.file.clone(),
            known,
            columns: None,
            before: 0,
            catalog,
            described: vec![false; count],
            others: Others::default(),
            rows: 0,
            digest: ItemsDigest::new(),
            genres: String::new(),
        };
        Self { intake: Intake::new(&options.file, form.encoding.clone(), dialect, options.foreign), sink }
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// Bytes that are no table.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.intake.feed(chunk, &mut self.sink)
    }

    /// Reads what is left.
    ///
    /// # Errors
    /// As [`Self::feed`]; and a file that knows none of the items.
    pub fn finish(mut self) -> Result<Described, Error> {
        self.intake.finish(&mut self.sink)?;
        let Items { file, columns, catalog, described, others, rows, digest, .. } = self.sink;
        let count = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
        let known = count(described.iter().filter(|described| **described).count());
        if known == 0 {
            return Err(Error::OtherItems { file, rows: rows.into() });
        }
        let names = columns.map(|columns| columns.names).unwrap_or_default();
        let report = ItemsReport {
            name: file,
            rows,
            known,
            unknown: count(described.len()) - known,
            others: others.ids.len(),
            id: names.id,
            title: names.title,
            genres: names.genres,
            year: names.year,
            hash: digest.finish(),
        };
        Ok(Described { catalog, others, report })
    }
}

impl Sink for Items<'_> {
    fn begin(&mut self, dialect: Dialect) -> Result<(), Error> {
        let columns = Columns::find(&self.file, &dialect.head)?;
        self.before = dialect.preamble + usize::from(columns.header);
        self.columns = Some(columns);
        Ok(())
    }

    fn take(&mut self, piece: &Piece) -> Result<(), Error> {
        let record = match *piece {
            Piece::Record(record) if self.before == 0 => record,
            Piece::Record(_) => {
                self.before -= 1;
                return Ok(());
            }
            Piece::Blank(_) => return Ok(()),
            Piece::TooLong(line) => {
                let reason = "a row without an end; probably a quote is not closed".to_owned();
                return Err(Error::NotParsed { file: self.file.clone(), line, reason });
            }
        };
        if let Some(columns) = &self.columns {
            self.rows = self.rows.saturating_add(1);
            let id = cell(&record, Some(columns.id));
            let known = self.known.find(id.as_bytes());
            if known.is_none() && self.others.ids.len() == MOST_OTHERS {
                return Ok(());
            }
            let title = cell(&record, columns.title);
            columns.genres(&record, &mut self.genres);
            let year = columns.year(&record, &title);
            // The first description of an item counts.
            let described = if let Some(idx) = known {
                self.digest.row(&id, &title, &self.genres, year);
                let described = std::mem::replace(&mut self.described[idx as usize], true);
                (!described).then_some((&mut self.catalog, idx))
            } else {
                let Others { ids, catalog } = &mut self.others;
                let idx = ids.intern(id.as_bytes()).filter(|&idx| idx as usize == catalog.years.len());
                idx.map(|idx| (catalog, idx))
            };
            if let Some((catalog, idx)) = described {
                catalog.put(idx as usize, title.into_owned(), &self.genres, year);
            }
        }
        Ok(())
    }
}

/// A cell's text; empty where there is none.
fn cell<'a>(record: &Record<'a>, at: Option<usize>) -> Cow<'a, str> {
    let bytes = at.filter(|at| *at < record.fields()).map_or(&b""[..], |at| record.field(at));
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], ids: &[&str]) -> Result<Described, Error> {
        let ids: Ids = ids.iter().collect();
        let mut reader = ItemsReader::new(&Options::guess("i"), &ids);
        for chunk in text.chunks(7) {
            reader.feed(chunk)?;
        }
        reader.finish()
    }

    /// Title, genres and year of each item.
    fn described(text: &str, ids: &[&str]) -> Vec<(String, String, u16)> {
        let Described { catalog, report, .. } = read(text.as_bytes(), ids).unwrap();
        assert_eq!(report.known as usize + report.unknown as usize, ids.len());
        (0..ids.len()).map(|at| (catalog.titles[at].clone(), catalog.genres[at].clone(), catalog.years[at])).collect()
    }

    fn item(title: &str, genres: &str, year: u16) -> (String, String, u16) {
        (title.to_owned(), genres.to_owned(), year)
    }

    #[test]
    fn files_that_people_have_are_understood() {
        let latest =
            "movieId,title,genres\r\n1,Toy Story (1995),Adventure|Children\r\n2,\"Heat, The (1995) \",Crime\r\n";
        assert_eq!(
            described(latest, &["2", "1", "3"]),
            [
                item("Heat, The (1995)", "Crime", 1995),
                item("Toy Story (1995)", "Adventure|Children", 1995),
                item("", "", 0)
            ]
        );
        let ml1m = "1::Toy Story (1995)::Animation|Comedy\n2::Jumanji (1995)::Adventure\n3::Up (2009)::Comedy\n";
        assert_eq!(described(ml1m, &["1"]), [item("Toy Story (1995)", "Animation|Comedy", 1995)]);
        let flags = "0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0";
        let ml100k = format!(
            "1|Toy Story (1995)|01-Jan-1995||http://us.imdb.com/M|{flags}\n267|unknown||||1{}\n",
            &flags[1..].replace('1', "0")
        );
        assert_eq!(
            described(&ml100k, &["1", "267"]),
            [item("Toy Story (1995)", "Animation|Children's|Comedy", 1995), item("unknown", "unknown", 0)]
        );
        let books =
            "ISBN;Book-Title;Book-Author;Year-Of-Publication\n034545104X;Flesh Tones: A Novel;M. J. Rose;2002\n";
        assert_eq!(described(books, &["034545104X"]), [item("Flesh Tones: A Novel", "", 2002)]);
        let artists = "id\tname\turl\tpictureURL\n1\tMALICE MIZER\thttp://x\thttp://y\n2\tDiary\thttp://x\thttp://y\n";
        assert_eq!(described(artists, &["2"]), [item("Diary", "", 0)]);
        let chinese = "电影ID,电影名称,类型,年份\n7,霸王别姬,剧情/爱情,1993\n";
        assert_eq!(described(chinese, &["7"]), [item("霸王别姬", "剧情|爱情", 1993)]);
        let hot = "item_id,name,Action,Comedy,Drama\n5,Heat,1,0,1\n6,Up,0,1,0\n";
        assert_eq!(described(hot, &["5"]), [item("Heat", "Action|Drama", 0)]);
        let lists = "id,title,genres\n5,Heat,\"['Action', 'Drama']\"\n6,Up,[]\n";
        assert_eq!(described(lists, &["5", "6"]), [item("Heat", "Action|Drama", 0), item("Up", "", 0)]);
    }

    #[test]
    fn items_that_no_row_names_are_kept_apart() {
        let text = "movieId,title,genres\n7,Up (2009),Comedy\n1,Toy Story (1995),Comedy|Drama\n7,Down,War\n8,Off,War\n";
        let Described { catalog, others, report } = read(text.as_bytes(), &["1", "9"]).unwrap();
        assert_eq!(catalog.genres, ["Comedy|Drama", ""]);
        assert_eq!(others.ids.iter().collect::<Vec<_>>(), ["7", "8"]);
        assert_eq!(
            (others.catalog.titles, others.catalog.genres, others.catalog.years[0]),
            (vec!["Up (2009)".to_owned(), "Off".to_owned()], vec!["Comedy".to_owned(), "War".to_owned()], 2009)
        );
        assert_eq!((report.known, report.unknown, report.others), (1, 1, 2));
        // The hash is of the rated items alone.
        let rated = "movieId,title,genres\n1,Toy Story (1995),Comedy|Drama\n";
        assert_eq!(report.hash, read(rated.as_bytes(), &["1", "9"]).unwrap().report.hash);
    }

    #[test]
    fn a_file_of_other_items_is_refused() {
        assert_eq!(read(b"movieId,title\n1,Heat\n", &["x"]).unwrap_err().code(), "other-items");
        assert_eq!(read(b"", &["x"]).unwrap_err().code(), "empty-file");
    }
}
