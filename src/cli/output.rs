//! What a command writes: JSON for programs, tables for people. With `--json -` nothing else reaches standard output.

use std::fs;
use std::io::Write as _;

use serde::Serialize;

use crate::error::Error;

/// Writes a result where `json` says, and the people's table unless standard output is the program's.
pub(super) fn finish(json: Option<&str>, value: &impl Serialize, table: impl FnOnce() -> String) -> Result<(), Error> {
    match json {
        Some("-") => print(&(pretty(value) + "\n")),
        Some(file) => {
            write(file, &(pretty(value) + "\n"))?;
            print(&table())
        }
        None => print(&table()),
    }
}

/// JSON over several lines.
pub(super) fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("results are plain data")
}

/// Writes a whole file.
pub(super) fn write(file: &str, text: &str) -> Result<(), Error> {
    fs::write(file, text).map_err(|error| unwritable(file, &error))
}

/// Writes to standard output, at once.
pub(super) fn print(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| unwritable("standard output", &error))
}

pub(super) fn unwritable(file: &str, error: &std::io::Error) -> Error {
    Error::Unwritable { file: file.to_owned(), reason: error.to_string() }
}

/// A table with a heading: columns of numbers to the right, the others to the left.
#[derive(Debug)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(heading: &[&str]) -> Self {
        Self { rows: vec![heading.iter().map(|&cell| cell.to_owned()).collect()] }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as lines of text.
    pub(super) fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let cells = |column: usize| self.rows.iter().filter_map(move |row| row.get(column));
        let widths: Vec<usize> =
            (0..columns).map(|column| cells(column).map(|cell| cell.chars().count()).max().unwrap_or(0)).collect();
        let is_number = |cell: &String| cell.is_empty() || cell == "-" || cell.parse::<f64>().is_ok();
        let to_right: Vec<bool> = (0..columns).map(|column| cells(column).skip(1).all(is_number)).collect();
        let mut text = String::new();
        for row in &self.rows {
            let padded = row.iter().enumerate().map(|(at, cell)| {
                let gap = " ".repeat(widths[at] - cell.chars().count());
                if to_right[at] { gap + cell } else { cell.clone() + &gap }
            });
            text += padded.collect::<Vec<_>>().join("  ").trim_end();
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(&["model", "rmse", "why"]);
        table.row(vec!["svd".into(), "0.8".into(), "a".into()]);
        table.row(vec!["bäs".into(), "0.8123".into(), "bc".into()]);
        assert_eq!(table.text(), "model    rmse  why\nsvd       0.8  a\nbäs    0.8123  bc\n");
    }
}
