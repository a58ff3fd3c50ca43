//! Which column of an items file is what.

use super::cell;
use crate::engine::data::names::{self, Role};
use crate::engine::data::records::Record;
use crate::error::Error;

/// The columns of an items file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    pub(super) header: bool,
    pub(super) id: usize,
    pub(super) title: Option<usize>,
    genres: Genres,
    year: Option<usize>,
    pub(super) names: Names,
}

/// What the columns are called, for the report.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Names {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) genres: Option<String>,
    pub(super) year: Option<String>,
}

/// How genres stand in the file.
#[derive(Clone, Debug, PartialEq)]
enum Genres {
    None,
    /// A list in one column.
    List(usize),
    /// A column of 0 and 1 for each.
    Flags(Vec<(usize, String)>),
}

const TITLE: [&str; 22] = [
    "title",
    "titles",
    "movietitle",
    "booktitle",
    "itemtitle",
    "name",
    "itemname",
    "moviename",
    "productname",
    "artistname",
    "songname",
    "gametitle",
    "producttitle",
    "originaltitle",
    "电影名",
    "电影名称",
    "片名",
    "书名",
    "商品名",
    "商品名称",
    "名称",
    "titel",
];
const GENRES: [&str; 12] =
    ["genres", "genre", "category", "categories", "type", "types", "tags", "类型", "类别", "分类", "标签", "题材"];
const YEAR: [&str; 12] = [
    "year",
    "releaseyear",
    "yearofpublication",
    "originalpublicationyear",
    "publicationyear",
    "releasedate",
    "date",
    "published",
    "publisheddate",
    "年份",
    "年",
    "上映时间",
];

/// The flags of MovieLens 100K, whose file has no header (its README, 1998).
const ML_100K: [&str; 19] = [
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
];

impl Columns {
    pub(super) fn find(file: &str, head: &[Vec<String>]) -> Result<Self, Error> {
        let empty = Vec::new();
        let first = head.first().unwrap_or(&empty);
        let plain: Vec<String> = first.iter().map(|cell| names::plain(cell)).collect();
        let named = |known: &[&str]| known.iter().find_map(|name| plain.iter().position(|cell| cell == name));
        let known = [&TITLE[..], &GENRES, &YEAR].iter().filter(|known| named(known).is_some()).count();
        let is_id = |at: &usize| Role::Item.fit(&first[*at]).is_some() && !TITLE.contains(&plain[*at].as_str());
        let id = (0..first.len()).filter(is_id).min_by_key(|at| Role::Item.fit(&first[*at]));
        let header = known > 0 && (id.is_some() || known > 1 || plain[0].ends_with("id"));
        if first.len() < 2 {
            let found = first.join(", ");
            return Err(Error::MissingColumn { file: file.to_owned(), column: "title".to_owned(), found });
        }
        let rows = if header { &head[1..] } else { head };
        let flags = if header { flags(first, rows) } else { ml_100k(rows) };
        let listed = || if header { named(&GENRES) } else { (2..first.len()).find(|&at| is_list(rows, at)) };
        let genres = match flags {
            flags if !flags.is_empty() => Genres::Flags(flags),
            _ => listed().map_or(Genres::None, Genres::List),
        };
        let id = if header { id.unwrap_or(0) } else { 0 };
        let title = if header { named(&TITLE).filter(|at| *at != id) } else { Some(1) };
        let year = if header { named(&YEAR) } else { Some(2).filter(|&at| is_dates(rows, at)) };
        let name = |at: usize| if header { first[at].clone() } else { (at + 1).to_string() };
        let called = match &genres {
            Genres::None => None,
            Genres::List(at) => Some(name(*at)),
            Genres::Flags(flags) => Some(format!("{} columns", flags.len())),
        };
        let names = Names { id: name(id), title: title.map(name), genres: called, year: year.map(name) };
        Ok(Self { header, id, title, genres, year, names })
    }

    /// Writes a row's genres with `|` between them.
    pub(super) fn genres(&self, record: &Record, out: &mut String) {
        out.clear();
        let mut add = |genre: &str| {
            if !genre.is_empty() {
                if !out.is_empty() {
                    out.push('|');
                }
                out.push_str(genre);
            }
        };
        match &self.genres {
            Genres::None => {}
            Genres::List(at) => {
                let text = cell(record, Some(*at));
                let outer = text.trim_matches(['[', ']', '{', '}']);
                // The first that occurs is what stands between them: a name may hold a weaker one.
                let between = ['|', ';', ',', '/', '、'].into_iter().find(|mark| outer.contains(*mark)).unwrap_or('|');
                outer.split(between).for_each(|genre| add(genre.trim().trim_matches(['\'', '"']).trim()));
            }
            Genres::Flags(flags) => {
                for (at, name) in flags {
                    if matches!(&*cell(record, Some(*at)), "1" | "1.0" | "true" | "True") {
                        add(name);
                    }
                }
            }
        }
    }

    /// A row's year: of its own column, else from the end of the title; 0 where there is none.
    pub(super) fn year(&self, record: &Record, title: &str) -> u16 {
        let own = self.year.and_then(|at| four_digits(&cell(record, Some(at))));
        own.or_else(|| year_of(title)).unwrap_or(0)
    }
}

/// The year that a title ends with: `Toy Story (1995)`.
#[must_use]
pub fn year_of(title: &str) -> Option<u16> {
    let (_, year) = title.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    four_digits(year)
}

/// The first number of four digits that can be a year.
fn four_digits(text: &str) -> Option<u16> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    numbers.find_map(|digits| digits.parse().ok().filter(|year| (1000..=2100).contains(year)))
}

fn column(rows: &[Vec<String>], at: usize) -> impl Iterator<Item = &str> {
    rows.iter().filter_map(move |row| row.get(at)).map(String::as_str).filter(|cell| !cell.is_empty())
}

fn is_list(rows: &[Vec<String>], at: usize) -> bool {
    column(rows, at).any(|cell| cell.contains('|')) && !column(rows, at).any(|cell| names::has(cell, "://"))
}

fn is_dates(rows: &[Vec<String>], at: usize) -> bool {
    column(rows, at).next().is_some() && column(rows, at).all(|cell| four_digits(cell).is_some())
}

/// Columns of nothing but 0 and 1, from three on, each named by a genre.
fn flags(header: &[String], rows: &[Vec<String>]) -> Vec<(usize, String)> {
    let is_flag = |at: usize| {
        let mut cells = column(rows, at).peekable();
        cells.peek().is_some() && cells.all(|cell| matches!(cell, "0" | "1" | "0.0" | "1.0"))
    };
    let flags = (1..header.len()).filter(|&at| is_flag(at)).map(|at| (at, header[at].clone()));
    let flags: Vec<(usize, String)> = flags.collect();
    if flags.len() >= 3 { flags } else { Vec::new() }
}

fn ml_100k(rows: &[Vec<String>]) -> Vec<(usize, String)> {
    let is_flag = |cell: &String| cell == "0" || cell == "1";
    let fits = |row: &Vec<String>| row.len() == 24 && row[5..].iter().all(is_flag);
    if rows.is_empty() || !rows.iter().all(fits) {
        return Vec::new();
    }
    (5..).zip(ML_100K).map(|(at, name)| (at, name.to_owned())).collect()
}
