//! Whether the first row names the columns, and what they are called.

use super::Known;
use crate::engine::data::{names, number};
use crate::order;
use crate::study::form;

/// The first rows as a table with named columns.
#[derive(Debug)]
pub(super) struct Table<'a> {
    /// Whether the first row is a header.
    pub(super) header: bool,
    /// The header's cells as they stand, empty without a header.
    pub(super) cells: Vec<String>,
    /// A name for each column that leads back to it.
    pub(super) names: Vec<String>,
    /// The rows below.
    pub(super) rows: &'a [Vec<String>],
}

impl<'a> Table<'a> {
    pub(super) fn of(head: &'a [Vec<String>], known: &Known) -> Self {
        let empty = Vec::new();
        let first = head.first().unwrap_or(&empty);
        let below = head.get(1..).unwrap_or_default();
        let fixed = match known.layout {
            Some(form::Layout::Blocks) => Some(false),
            Some(form::Layout::Matrix) => Some(known.header.unwrap_or(true)),
            _ => known.header,
        };
        let header = fixed.unwrap_or_else(|| is_header(first, below, known.layout == Some(form::Layout::Sequences)));
        let rows = if header { below } else { head };
        let width = width(first, rows, header);
        let mut cells = if header { first.clone() } else { Vec::new() };
        // R names all columns but that of the rows' own names.
        if header && cells.len() + 1 == width && rows.iter().any(|row| row.last().is_some_and(|cell| !cell.is_empty()))
        {
            cells.insert(0, String::new());
        }
        let name = |at: usize| {
            let cell = cells.get(at).map_or("", |cell| cell.trim());
            // A name that does not lead back to its column is no name for it.
            let unique = !cell.is_empty() && cells.iter().position(|other| other.trim() == cell) == Some(at);
            if unique { cell.to_owned() } else { (at + 1).to_string() }
        };
        let names = (0..width).map(name).collect();
        Self { header, names, rows, cells }
    }

    pub(super) fn fields(&self) -> usize {
        self.names.len()
    }

    /// A column's own name, empty where it has none.
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |cell| cell.trim())
    }
}

/// Fields of a line: those of the header, or of most rows where these agree on one more.
fn width(first: &[String], rows: &[Vec<String>], header: bool) -> usize {
    let more = rows.iter().filter(|row| row.len() == first.len() + 1).count();
    // The names of rows are all different.
    let names = order::distinct(rows.iter().filter_map(|row| row.first()));
    let all_more = header && rows.len() > 1 && more * 10 > rows.len() * 9 && names.len() == rows.len();
    let is_filled = || rows.iter().any(|row| row.len() > first.len() && !row[first.len()].is_empty());
    match () {
        () if all_more && is_filled() => first.len() + 1,
        () if header => first.len(),
        () => rows.iter().map(Vec::len).max().unwrap_or(0),
    }
}

/// Whether the first row names the columns: it has usual names, or words where numbers are below.
fn is_header(first: &[String], below: &[Vec<String>], sequences: bool) -> bool {
    let is_number = |cell: &String| number::rating(cell.trim().as_bytes()).is_some();
    // What stands in the rows too is one of them.
    let again = |at: usize| below.iter().any(|row| row.get(at) == first.get(at));
    let known = (0..first.len()).filter(|&at| names::is_known(&first[at]) && !again(at)).count();
    let numbers = first.iter().filter(|cell| is_number(cell)).count();
    let is_plain = |at: usize| {
        let mut cells =
            below.iter().filter_map(|row| row.get(at)).filter(|cell| !number::is_missing(cell.as_bytes())).peekable();
        cells.peek().is_some() && cells.all(is_number)
    };
    match () {
        () if sequences => known >= 2 && numbers == 0,
        () if numbers == 0 && known > 0 => true,
        // Numbers in a header are the items of a matrix, or years.
        () if numbers > 0 && below.is_empty() => false,
        () if numbers > 0 => {
            let one_name = first.len() > 3 && numbers + 1 == first.len() && !is_number(&first[0]);
            let distinct = order::distinct(first).len() == first.len();
            // The name of the rows' column, where the rows have ids that look otherwise.
            let named = names::Role::User.fit(&first[0]).is_some() || names::Role::Item.fit(&first[0]).is_some();
            known >= 2 || one_name && distinct && (named || first[0].is_empty())
        }
        () if below.is_empty() => first.len() > 2,
        () => (0..first.len()).any(is_plain),
    }
}
