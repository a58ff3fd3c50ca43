//! How a ratings file's text becomes a table: everything that was resolved besides delimiter and columns.

use super::Columns;
use super::settings::{Settings, named_choices, serialize_settings};

/// The form of a file. The default is what most files are: UTF-8, one row a line, seconds, a point before decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The member of the archive that was read; empty for a file that is none.
    pub member: String,
    /// The text's encoding, a label of the WHATWG Encoding Standard in lower case.
    pub encoding: String,
    /// Whether the first line names the columns.
    pub header: Header,
    /// What a line holds.
    pub layout: Layout,
    /// How cells are quoted.
    pub quotes: Quotes,
    /// Whether a comma stands before decimals.
    pub decimal: Decimal,
    /// How times are written.
    pub time: TimeFormat,
}

named_choices! {
    /// Whether the first line names the columns.
    Header {
        /// It does exactly where the columns of user and item have names that are no numbers.
        #[default]
        ByColumns = "by-columns",
        /// It does.
        Yes = "yes",
        /// It does not.
        No = "no",
    } allowed "yes, no, by-columns"
}

impl Header {
    /// Whether there is a header, for a file of these columns.
    #[must_use]
    pub fn is_there(self, columns: &Columns) -> bool {
        let is_number = |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::ByColumns => !(is_number(&columns.user) && is_number(&columns.item)),
            Self::Yes => true,
            Self::No => false,
        }
    }

    /// The setting that says so in the fewest words.
    #[must_use]
    pub fn saying(there: bool, columns: &Columns) -> Self {
        match there {
            _ if Self::ByColumns.is_there(columns) == there => Self::ByColumns,
            true => Self::Yes,
            false => Self::No,
        }
    }
}

named_choices! {
    /// What a line holds.
    Layout {
        /// One rating or interaction.
        #[default]
        Rows = "rows",
        /// A user, and all items of that user in the order of time.
        Sequences = "sequences",
        /// A user, and the ratings of all items: the header names the items, an empty cell is no rating.
        Matrix = "matrix",
        /// An item and a colon alone on a line, and below it rows of user, rating and date, as the Netflix Prize had them.
        Blocks = "blocks",
    } allowed "rows, sequences, matrix, blocks"
}

named_choices! {
    /// How cells are quoted.
    Quotes {
        /// As in RFC 4180: quotes around a cell, doubled within.
        #[default]
        Csv = "csv",
        /// As in RFC 4180, and then once more around most cells: `"""a"""`.
        Doubled = "doubled",
        /// As in RFC 4180, with spaces before the quotes: `1, "a, b", 3`.
        Padded = "padded",
        /// As in RFC 4180, but with a backslash before quotes within: `"a, \\"b\\""`.
        Escaped = "escaped",
        /// Around each line as a whole, and within it as in RFC 4180 once more: `"1,""a, b"",3"`.
        Lines = "lines",
        /// Not at all: quotes are text.
        None = "none",
    } allowed "csv, doubled, padded, escaped, lines, none"
}

named_choices! {
    /// What stands before decimals.
    Decimal {
        /// `4.5`
        #[default]
        Point = "point",
        /// `4,5`
        Comma = "comma",
    } allowed "point, comma"
}

named_choices! {
    /// How times are written.
    TimeFormat {
        /// Seconds since 1970.
        #[default]
        Seconds = "seconds",
        /// Thousandths of a second since 1970.
        Milliseconds = "milliseconds",
        /// Millionths of a second since 1970.
        Microseconds = "microseconds",
        /// Dates that begin with the year, or name the month, perhaps with a time and a zone: ISO 8601 and its relatives.
        Iso = "iso",
        /// Dates that begin with the day: `31.12.2020 23:59`.
        DayFirst = "day-first",
        /// Dates that begin with the month: `12/31/2020`.
        MonthFirst = "month-first",
    } allowed "seconds, milliseconds, microseconds, iso, day-first, month-first"
}

impl Default for Form {
    fn default() -> Self {
        Self {
            member: String::new(),
            encoding: UTF_8.to_owned(),
            header: Header::default(),
            layout: Layout::default(),
            quotes: Quotes::default(),
            decimal: Decimal::default(),
            time: TimeFormat::default(),
        }
    }
}

/// The encoding of nearly all files.
pub const UTF_8: &str = "utf-8";

impl Settings for Form {
    const KEYS: &'static [&'static str] = &["member", "encoding", "header", "layout", "quotes", "decimal", "time"];

    fn get(&self, key: &str) -> String {
        match key {
            "member" => return self.member.clone(),
            "encoding" => return self.encoding.clone(),
            "header" => self.header.name(),
            "layout" => self.layout.name(),
            "quotes" => self.quotes.name(),
            "decimal" => self.decimal.name(),
            _ => self.time.name(),
        }
        .to_owned()
    }

    fn set(&mut self, key: &str, text: &str) -> Option<()> {
        match key {
            "member" => text.clone_into(&mut self.member),
            // What an encoding is called is for its decoder to know.
            "encoding" => self.encoding = Some(text.to_ascii_lowercase()).filter(|text| !text.is_empty())?,
            "header" => self.header = Header::named(text)?,
            "layout" => self.layout = Layout::named(text)?,
            "quotes" => self.quotes = Quotes::named(text)?,
            "decimal" => self.decimal = Decimal::named(text)?,
            "time" => self.time = TimeFormat::named(text)?,
            _ => return None,
        }
        Some(())
    }

    fn allowed(key: &str) -> &'static str {
        match key {
            "member" => "the name of a file in the archive",
            "encoding" => "utf-8, utf-16le, utf-16be, windows-1252, gb18030 or another label of the Encoding Standard",
            "header" => Header::NAMES,
            "layout" => Layout::NAMES,
            "quotes" => Quotes::NAMES,
            "decimal" => Decimal::NAMES,
            _ => TimeFormat::NAMES,
        }
    }
}

serialize_settings!(Form);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written_and_it_is_read_again() {
        assert_eq!(serde_json::to_string(&Form::default()).unwrap(), "{}");
        let form = Form {
            member: "ml/1.csv".into(),
            encoding: "gb18030".into(),
            header: Header::No,
            layout: Layout::Blocks,
            quotes: Quotes::None,
            decimal: Decimal::Comma,
            time: TimeFormat::DayFirst,
        };
        let text = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<Form>(&text).unwrap(), form);
        for bad in [r#"{"layout": "cube"}"#, r#"{"what": 1}"#, r#"{"encoding": ""}"#] {
            assert!(serde_json::from_str::<Form>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn columns_say_whether_there_is_a_header() {
        let columns = |user: &str| Columns { user: user.into(), item: "2".into(), rating: None, time: None };
        assert!(Header::ByColumns.is_there(&columns("user")));
        assert!(!Header::ByColumns.is_there(&columns("1")));
        assert_eq!(Header::saying(true, &columns("1")), Header::Yes);
        assert_eq!(Header::saying(false, &columns("1")), Header::ByColumns);
    }
}
