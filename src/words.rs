//! Everything a person reads: one table per language, `key = text` lines with `{field}` place-holders.
//!
//! English is compiled in, so that something can always be said; other languages are fetched by the page on demand.

use std::sync::LazyLock;

use litemap::LiteMap;

use crate::error::Error;

/// The English table, which the other languages must match key for key.
pub static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::parse(include_str!("../www/words/en.txt")));

/// One language's table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    texts: LiteMap<String, String>,
}

impl Words {
    /// Reads a table. Blank lines and lines that start with `#` are passed over, as is a line without ` = `.
    #[must_use]
    pub fn parse(table: &str) -> Self {
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once(" = "));
        // Collecting would sort, and bring the code of a sort into the page.
        let mut texts = LiteMap::new();
        for (key, text) in pairs {
            texts.insert(key.trim().to_owned(), text.trim().to_owned());
        }
        Self { texts }
    }

    /// The text of `key`; a missing key shows itself, so that a hole is seen and nothing breaks.
    #[must_use]
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text of `key` with its place-holders filled.
    #[must_use]
    pub fn fill(&self, key: &str, fields: &[(&str, String)]) -> String {
        let mut text = String::new();
        let mut rest = self.text(key);
        // One pass from left to right: a value that itself contains braces is never filled again.
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}').map(|offset| open + offset) else { break };
            text.push_str(&rest[..open]);
            let name = &rest[open + 1..close];
            match fields.iter().find(|(field, _)| *field == name) {
                Some((_, value)) => text.push_str(value),
                None => text.push_str(&rest[open..=close]),
            }
            rest = &rest[close + 1..];
        }
        text.push_str(rest);
        text
    }

    /// The sentence for an error.
    #[must_use]
    pub fn sentence(&self, error: &Error) -> String {
        self.fill(&format!("error.{}", error.code()), &error.fields())
    }

    /// All keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_sentence_and_every_sentence_an_error() {
        let keys: Vec<&str> = ENGLISH.keys().filter_map(|key| key.strip_prefix("error.")).collect();
        let mut codes = Error::CODES.to_vec();
        codes.sort_unstable();
        assert_eq!(keys, codes);
    }

    #[test]
    fn place_holders_are_filled_once() {
        let words = Words::parse("a = {x} and {y} and {z}");
        let filled = words.fill("a", &[("x", "{y}".into()), ("y", "2".into())]);
        assert_eq!(filled, "{y} and 2 and {z}");
    }

    #[test]
    fn a_sentence_names_the_place() {
        let error = Error::NotANumber { file: "r.csv".into(), line: 7, column: "rating".into(), found: "good".into() };
        let sentence = ENGLISH.sentence(&error);
        for part in ["r.csv", "line 7", "rating", "good"] {
            assert!(sentence.contains(part), "{sentence}");
        }
    }
}
