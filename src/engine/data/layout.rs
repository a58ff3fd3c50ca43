//! Which column is what: chosen by a person, or guessed from the header's names, or by position where there is no header.

use super::number;
use crate::error::Error;
use crate::study::Columns;

/// How one column is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pick {
    /// By its usual names, or by position in a file without a header.
    #[default]
    Guess,
    /// By its header name, or by its number, counted from 1.
    Column(String),
    /// Not at all: the file is read as if it had no such column.
    Absent,
}

/// How the columns are found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picks {
    /// Who rated.
    pub user: Pick,
    /// What was rated.
    pub item: Pick,
    /// The rating.
    pub rating: Pick,
    /// When.
    pub time: Pick,
}

impl From<&Columns> for Picks {
    /// Exactly the columns that a study names: where it names no time, none is guessed.
    fn from(columns: &Columns) -> Self {
        let column = |name: &String| Pick::Column(name.clone());
        Self {
            user: column(&columns.user),
            item: column(&columns.item),
            rating: column(&columns.rating),
            time: columns.time.as_ref().map_or(Pick::Absent, column),
        }
    }
}

/// Where the columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Whether the first line is a header.
    pub header: bool,
    /// Fields of every line.
    pub fields: usize,
    /// Position of the user's id.
    pub user: usize,
    /// Position of the item's id.
    pub item: usize,
    /// Position of the rating.
    pub rating: usize,
    /// Position of the time.
    pub time: Option<usize>,
    /// The names of these columns: of the header, or their numbers from 1.
    pub columns: Columns,
}

/// A role that a column can have: its own name, its place in a file without a header, its usual names without case,
/// spaces and punctuation.
struct Role {
    name: &'static str,
    place: usize,
    names: &'static [&'static str],
}

const USER: Role = Role {
    name: "user",
    place: 0,
    names: &[
        "user",
        "userid",
        "uid",
        "users",
        "username",
        "userindex",
        "customer",
        "customerid",
        "reviewer",
        "reviewerid",
    ],
};
const ITEM: Role = Role {
    name: "item",
    place: 1,
    names: &[
        "item",
        "itemid",
        "iid",
        "items",
        "itemindex",
        "movie",
        "movieid",
        "film",
        "filmid",
        "book",
        "bookid",
        "isbn",
        "product",
        "productid",
        "asin",
        "artist",
        "artistid",
        "track",
        "trackid",
        "song",
        "songid",
        "game",
        "gameid",
        "business",
        "businessid",
    ],
};
const RATING: Role = Role {
    name: "rating",
    place: 2,
    names: &["rating", "ratings", "score", "stars", "value", "overall", "bookrating", "userrating", "ratingvalue"],
};
const TIME: Role =
    Role { name: "time", place: 3, names: &["timestamp", "time", "ts", "unixtime", "unixreviewtime", "seconds"] };

impl Layout {
    /// Finds the columns in the first line's fields.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] where a column that must be there, or that was named, is not.
    pub fn resolve(file: &str, first: &[&str], picks: &Picks) -> Result<Self, Error> {
        let cells: Vec<&str> = first.iter().map(|cell| cell.trim()).collect();
        // A header's cell is hardly ever a number, and a rating always is.
        let header =
            cells.get(RATING.place.min(cells.len() - 1)).is_none_or(|cell| number::rating(cell.as_bytes()).is_none());
        let names: Vec<String> = (0..cells.len())
            .map(|at| {
                // A name that does not lead back to its column is no name for it.
                let unique =
                    header && !cells[at].is_empty() && cells.iter().position(|cell| *cell == cells[at]) == Some(at);
                if unique { cells[at].to_owned() } else { (at + 1).to_string() }
            })
            .collect();
        let find = |pick: &Pick, role: &Role| match pick {
            Pick::Absent => Ok(None),
            Pick::Guess if header => Ok(guess(&cells, role)),
            Pick::Guess => Ok((role.place < cells.len()).then_some(role.place)),
            Pick::Column(name) => column(&names, name).map(Some).ok_or_else(|| missing(file, name, &names)),
        };
        let must = |pick: &Pick, role: &Role| find(pick, role)?.ok_or_else(|| missing(file, role.name, &names));
        let (user, item, rating) =
            (must(&picks.user, &USER)?, must(&picks.item, &ITEM)?, must(&picks.rating, &RATING)?);
        let time = find(&picks.time, &TIME)?;
        let columns = Columns {
            user: names[user].clone(),
            item: names[item].clone(),
            rating: names[rating].clone(),
            time: time.map(|at| names[at].clone()),
        };
        Ok(Self { header, fields: cells.len(), user, item, rating, time, columns })
    }
}

/// The column with one of a role's usual names; of several, the one whose name comes first in the list.
fn guess(cells: &[&str], role: &Role) -> Option<usize> {
    let plain = |cell: &&str| cell.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let cells: Vec<String> = cells.iter().map(plain).collect();
    role.names.iter().find_map(|name| cells.iter().position(|cell| cell == name))
}

/// A column by its name, in any case if need be, or by its number.
fn column(names: &[String], wanted: &str) -> Option<usize> {
    let wanted = wanted.trim();
    let exact = names.iter().position(|name| name == wanted);
    let any_case = || names.iter().position(|name| name.to_lowercase() == wanted.to_lowercase());
    let number =
        || wanted.parse().ok().filter(|number| (1..=names.len()).contains(number)).map(|number: usize| number - 1);
    exact.or_else(any_case).or_else(number)
}

fn missing(file: &str, column: &str, names: &[String]) -> Error {
    Error::MissingColumn { file: file.to_owned(), column: column.to_owned(), found: names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(first: &[&str], picks: &Picks) -> Result<(bool, usize, usize, usize, Option<usize>), Error> {
        Layout::resolve("f", first, picks)
            .map(|layout| (layout.header, layout.user, layout.item, layout.rating, layout.time))
    }

    #[test]
    fn usual_names_are_found_in_any_order_and_case() {
        let guess = Picks::default();
        assert_eq!(places(&["userId", "movieId", "rating", "timestamp"], &guess), Ok((true, 0, 1, 2, Some(3))));
        assert_eq!(places(&["Score", "USER_ID", "note", "Book-ID"], &guess), Ok((true, 1, 3, 0, None)));
        assert_eq!(places(&["User-ID", "ISBN", "Book-Rating"], &guess), Ok((true, 0, 1, 2, None)));
    }

    #[test]
    fn a_first_line_of_numbers_is_no_header() {
        let layout = Layout::resolve("f", &["196", "242", "3", "881250949"], &Picks::default()).unwrap();
        assert!(!layout.header);
        assert_eq!(layout.columns.user, "1");
        assert_eq!(layout.columns.time.as_deref(), Some("4"));
        assert_eq!(places(&["A1", "B0001", "5.0"], &Picks::default()), Ok((false, 0, 1, 2, None)));
    }

    #[test]
    fn named_columns_are_taken_and_missing_ones_are_said() {
        let pick = |name: &str| Pick::Column(name.into());
        let picks = Picks { user: pick("who"), item: pick("2"), rating: pick("STARS"), time: Pick::Absent };
        assert_eq!(places(&["when", "what", "who", "stars"], &picks), Ok((true, 2, 1, 3, None)));
        let error = Error::MissingColumn { file: "f".into(), column: "rating".into(), found: "user, item".into() };
        assert_eq!(places(&["user", "item"], &Picks::default()), Err(error));
    }

    #[test]
    fn resolved_columns_lead_back_to_themselves() {
        let first = ["id", "user", "item", "rating", "rating", "time"];
        let layout =
            Layout::resolve("f", &first, &Picks { rating: Pick::Column("5".into()), ..Picks::default() }).unwrap();
        assert_eq!(layout.columns.rating, "5");
        assert_eq!(Layout::resolve("f", &first, &Picks::from(&layout.columns)), Ok(layout));
    }
}
