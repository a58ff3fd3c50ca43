//! Which column is what: chosen by a person, or guessed from the header's names, from the values below it, or by position.

mod header;
mod roles;

use super::facts::{self, Facts};
use super::names::Role;
use crate::error::Error;
use crate::protocol::Reason;
use crate::study::Columns;
use crate::study::form::{self, Decimal, TimeFormat};

/// How one column is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pick {
    /// By its usual names, its values or its position.
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
    /// Exactly the columns that a study names: where it names no rating or time, none is guessed. Only what has an empty
    /// name is still to be found.
    fn from(columns: &Columns) -> Self {
        let column = |name: &String| if name.is_empty() { Pick::Guess } else { Pick::Column(name.clone()) };
        Self {
            user: column(&columns.user),
            item: column(&columns.item),
            rating: columns.rating.as_ref().map_or(Pick::Absent, column),
            time: columns.time.as_ref().map_or(Pick::Absent, column),
        }
    }
}

impl Picks {
    fn of(&self, role: Role) -> &Pick {
        match role {
            Role::User => &self.user,
            Role::Item => &self.item,
            Role::Rating => &self.rating,
            Role::Time => &self.time,
        }
    }
}

/// What is known of the form before the columns are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether the first line is a header.
    pub header: Option<bool>,
    /// What a line holds. Only a matrix is found here.
    pub layout: Option<form::Layout>,
    /// What stands before decimals.
    pub decimal: Option<Decimal>,
    /// How times are written.
    pub time: Option<TimeFormat>,
}

/// Where the columns are.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Whether the first line is a header.
    pub header: bool,
    /// What a line holds.
    pub kind: form::Layout,
    /// Fields of a line.
    pub fields: usize,
    /// Position of the user's id.
    pub user: usize,
    /// Position of the item's id; of the first item where a line holds several.
    pub item: usize,
    /// Position of the rating; `None` where rows say only that something happened.
    pub rating: Option<usize>,
    /// Position of the time.
    pub time: Option<usize>,
    /// The last of these positions that a row must reach.
    pub last: usize,
    /// What stands before decimals.
    pub decimal: Decimal,
    /// How times are written.
    pub format: TimeFormat,
    /// The names of these columns: of the header, or their numbers from 1.
    pub columns: Columns,
    /// The names of all columns.
    pub names: Vec<String>,
    /// Whether the rows of a matrix are items.
    pub items_down: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Stands for the items of a matrix, which are columns, and for the item of a block, which stands above its rows.
pub const ELSEWHERE: &str = "*";

impl Layout {
    /// Finds the columns in the first rows.
    ///
    /// # Errors
    /// [`Error::MissingColumn`] where a column that must be there, or that was named, is not.
    pub fn resolve(file: &str, head: &[Vec<String>], picks: &Picks, known: &Known) -> Result<Self, Error> {
        let table = header::Table::of(head, known);
        let decimal = known.decimal.unwrap_or_else(|| facts::decimal(table.rows, table.fields()));
        let all: Vec<Facts> = (0..table.fields()).map(|at| Facts::of(table.rows, at, decimal)).collect();
        let kind = match known.layout {
            Some(kind) => kind,
            None if roles::is_matrix(&table, &all) => form::Layout::Matrix,
            None => form::Layout::Rows,
        };
        let mut found = roles::find(file, &table, &all, kind, picks)?;
        let name = |at: usize| table.names[at].clone();
        let time_format = |at: usize| known.time.or(all[at].time);
        // A column that was chosen is read as what its values are, and where they are nothing known, as seconds.
        let format = found.time.and_then(time_format).unwrap_or_default();
        let items_down = kind == form::Layout::Matrix && found.items_down;
        let elsewhere = || ELSEWHERE.to_owned();
        let columns = match kind {
            form::Layout::Matrix if items_down => {
                Columns { user: elsewhere(), item: name(found.user), rating: Some(elsewhere()), time: None }
            }
            form::Layout::Matrix => {
                Columns { user: name(found.user), item: elsewhere(), rating: Some(elsewhere()), time: None }
            }
            form::Layout::Blocks => Columns {
                user: name(found.user),
                item: elsewhere(),
                rating: found.rating.map(name),
                time: found.time.map(name),
            },
            form::Layout::Rows | form::Layout::Sequences => Columns {
                user: name(found.user),
                item: name(found.item),
                rating: found.rating.map(name),
                time: found.time.map(name),
            },
        };
        let mut reasons = std::mem::take(&mut found.reasons);
        for reason in &mut reasons {
            if let Some(facts) = found.place(&reason.role).and_then(|at| all.get(at)) {
                let numeric = facts.numbers > 0;
                reason.values = u32::try_from(facts.distinct).unwrap_or(u32::MAX);
                reason.min = numeric.then_some(f64::from(facts.min));
                reason.max = numeric.then_some(f64::from(facts.max));
                if reason.why == "values" && !numeric {
                    "texts".clone_into(&mut reason.why);
                }
            }
        }
        let must = [Some(found.user), Some(found.item), found.rating, found.time];
        Ok(Self {
            header: table.header,
            kind,
            fields: table.fields(),
            user: found.user,
            item: found.item,
            rating: found.rating,
            time: found.time,
            last: must.into_iter().flatten().max().unwrap_or(0),
            decimal,
            format,
            columns,
            items_down,
            reasons,
            names: table.names,
        })
    }
}

#[cfg(test)]
mod tests;
