//! Everything a person reads: one table per language, `key = text` lines with `{field}` place-holders.
//!
//! English is compiled in, so that something can always be said; the page fetches other languages on demand and lays them
//! over it. What only a part of the page says that comes later (`apart!` in src/ui/view) comes with it, in a table of its own.

mod phrases;

use std::sync::LazyLock;

use litemap::LiteMap;

use self::phrases::Phrases;
use crate::error::Error;

/// The English table, which the other languages must match key for key. Only a page that is cut in parts starts without theirs.
pub static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
    let words = Words::parse(include_str!("../www/words/en.txt"));
    #[cfg(not(split))]
    let words = parts::ALL.iter().fold(words, |words, part| words.with(part()));
    words
});

/// What only one part of the page says, in English, by the name of the part. `cargo xtask build` looks that nothing else says it.
pub mod parts {
    /// All of them.
    #[cfg(not(split))]
    pub(super) const ALL: [fn() -> &'static str; 4] = [data, link, more, offer];

    /// The panel of the data.
    #[must_use]
    pub fn data() -> &'static str {
        include_str!("../www/words/en.data.txt")
    }

    /// What a link needs that is opened or made.
    #[must_use]
    pub fn link() -> &'static str {
        include_str!("../www/words/en.link.txt")
    }

    /// Everything else that is seen only on demand.
    #[must_use]
    pub fn more() -> &'static str {
        include_str!("../www/words/en.more.txt")
    }

    /// The offer to go on with a saved study.
    #[must_use]
    pub fn offer() -> &'static str {
        include_str!("../www/words/en.offer.txt")
    }
}

/// What a line with a phrase begins with.
const PHRASE: char = '~';

/// One language's table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    texts: LiteMap<String, String>,
    phrases: Phrases,
}

impl Words {
    /// Reads a table. Blank lines and lines that start with `#` are passed over, as is a line without ` = `. A line that
    /// starts with `~` has an English phrase as its key.
    #[must_use]
    pub fn parse(table: &str) -> Self {
        Self::default().with(table)
    }

    /// This table with the texts of another one in place of its own.
    #[must_use]
    pub fn with(mut self, table: &str) -> Self {
        // Collecting would sort, and bring the code of a sort into the page.
        for (key, text) in pairs(table) {
            match key.strip_prefix(PHRASE) {
                Some(english) => self.phrases.add(english.trim(), text.trim()),
                None => drop(self.texts.insert(key.trim().to_owned(), text.trim().to_owned())),
            }
        }
        self
    }

    /// Whether another table has been laid over this one: whether its first key is known.
    #[must_use]
    pub fn has(&self, table: &str) -> bool {
        pairs(table).next().is_none_or(|(key, _)| self.texts.contains_key(key))
    }

    /// The text of `key`; a missing key shows itself, so that a hole is seen and nothing breaks.
    #[must_use]
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text of `key` with its place-holders filled.
    #[must_use]
    pub fn fill(&self, key: &str, fields: &[(&str, String)]) -> String {
        fill(self.text(key), fields)
    }

    /// The sentence for an error.
    #[must_use]
    pub fn sentence(&self, error: &Error) -> String {
        let mut fields = error.fields();
        for (name, value) in &mut fields {
            // Other fields hold what a person wrote.
            if matches!(*name, "allowed" | "reason" | "what" | "part") || is_of_us(error) {
                *value = self.phrase(value);
            }
        }
        self.fill(&format!("error.{}", error.code()), &fields)
    }

    /// A phrase inside of a sentence, which arises in English.
    #[must_use]
    pub fn phrase(&self, english: &str) -> String {
        self.phrases.say(english)
    }

    /// All keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

/// The keys of a table with their texts.
fn pairs(table: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(" = "))
}

/// Whether what was found, and what was expected, is said by the engine and not by a person's file.
fn is_of_us(error: &Error) -> bool {
    matches!(error, Error::NotATable { .. } | Error::OtherData { .. })
}

/// A text with its place-holders filled, in one pass from left to right: a value that itself contains braces is never filled
/// again.
fn fill(text: &str, fields: &[(&str, String)]) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|offset| open + offset) else { break };
        filled.push_str(&rest[..open]);
        let name = &rest[open + 1..close];
        match fields.iter().find(|(field, _)| *field == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.push_str(&rest[open..=close]),
        }
        rest = &rest[close + 1..];
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHINESE: &str = include_str!("../www/words/zh.txt");

    fn tables() -> [(&'static str, String); 2] {
        let english = [include_str!("../www/words/en.txt")].into_iter().chain(parts::ALL.iter().map(|part| part()));
        [("en.txt", english.collect()), ("zh.txt", CHINESE.to_owned())]
    }

    /// The names in braces, sorted.
    fn place_holders(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn every_language_says_the_same_things() {
        let mut wrong = Vec::new();
        for (name, table) in tables() {
            let words = Words::parse(&table);
            let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
            if lines != words.keys().count() + words.phrases.iter().count() {
                wrong.push(format!("{name}: a key stands twice, or a line is no `key = text`"));
            }
            let missing = ENGLISH.keys().filter(|key| !words.texts.contains_key(*key));
            wrong.extend(missing.map(|key| format!("{name}: {key} is missing (in English: {})", ENGLISH.text(key))));
            for (key, text) in words.texts.iter() {
                let Some(english) = ENGLISH.texts.get(key) else {
                    wrong.push(format!("{name}: {key} is not in the English table"));
                    continue;
                };
                if text.is_empty() || place_holders(text) != place_holders(english) {
                    wrong.push(format!("{name}: {key} has other place-holders than \"{english}\""));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn lessons_are_the_same_in_every_language_and_lead_to_the_same_studies() {
        let tables = [include_str!("../www/words/lessons.en.txt"), include_str!("../www/words/lessons.zh.txt")]
            .map(Words::parse);
        let links = |words: &Words| {
            let links = |text: &str| -> Vec<String> {
                text.split("](")
                    .skip(1)
                    .filter_map(|rest| rest.split_once(')'))
                    .map(|(link, _)| link.to_owned())
                    .collect()
            };
            words.texts.iter().map(|(name, text)| (name.clone(), links(text))).collect::<Vec<_>>()
        };
        assert_eq!(links(&tables[0]), links(&tables[1]));
        let names: Vec<&str> = ENGLISH.keys().filter_map(|key| key.strip_prefix("lesson.")).collect();
        assert_eq!(tables[0].keys().collect::<Vec<_>>(), names);
    }

    /// The sources, without what is said in tests.
    fn sources(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, all);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let source = std::fs::read_to_string(path).unwrap();
                all.push_str(source.split("#[cfg(test)]").next().unwrap());
            }
        }
    }

    #[test]
    fn every_phrase_arises_somewhere() {
        let mut all = String::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
        let chinese = Words::parse(CHINESE);
        assert_eq!(ENGLISH.phrases.iter().count(), 0);
        for (pattern, text) in chinese.phrases.iter() {
            assert_eq!(place_holders(pattern), place_holders(text), "{pattern}");
            // Between gaps, and up to where a line of the source may be broken.
            let pieces = pattern.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, words)| words));
            for piece in pieces.map(str::trim).filter(|piece| piece.len() > 3) {
                let written = piece.replace('"', "\\\"");
                assert!(all.contains(&written), "nobody says \"{piece}\"");
            }
        }
    }

    #[test]
    fn a_language_is_laid_over_english() {
        let words = Words::parse("a = one\nb = two").with("b = 二");
        assert_eq!([words.text("a"), words.text("b"), words.text("c")], ["one", "二", "c"]);
        assert!(words.has("# B.\nb = 2") && words.has("") && !words.has("c = 3\nb = 2"));
    }

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
