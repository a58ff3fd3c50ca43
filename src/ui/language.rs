//! Which language the page speaks: the one that the browser's reader prefers, until the person chooses another, which is
//! remembered. English is there at once, but for what parts say that come later; another table is fetched as a whole when it is
//! wanted, and laid over English.

use std::cell::Cell;

use wasm_bindgen_futures::spawn_local;

use super::browser;
use super::store::Store;
use super::view::{Missing, after_frame};
use crate::words::{ENGLISH, Words};

/// What the choice is remembered under.
const KEPT: &str = "language";

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// As the page's root names it (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// What it calls itself, in short.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "EN",
            Self::Chinese => "中文",
        }
    }

    /// Its part of a file's name: the tag without the region.
    fn short(self) -> &'static str {
        self.tag().split('-').next().unwrap_or_default()
    }

    /// The language of a tag, whatever its region.
    fn of(tag: &str) -> Option<Self> {
        [Self::English, Self::Chinese].into_iter().find(|one| tag.split('-').next() == Some(one.short()))
    }

    /// The one that the switch changes to.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }
}

/// The first of the tags that is a language of the page; English if none is.
fn first<'a>(tags: impl IntoIterator<Item = &'a str>) -> Language {
    tags.into_iter().find_map(Language::of).unwrap_or(Language::English)
}

thread_local! {
    /// The table of a language that is not English.
    static WORDS: Cell<Option<&'static Words>> = const { Cell::new(None) };
    /// English with what parts have brought.
    static LEARNT: Cell<Option<&'static Words>> = const { Cell::new(None) };
}

/// The table of the language that is spoken now.
pub fn words() -> &'static Words {
    WORDS.get().unwrap_or_else(english)
}

fn english() -> &'static Words {
    LEARNT.get().unwrap_or(&ENGLISH)
}

/// Takes in the English words of a part that has come.
pub fn learn(table: &str) {
    if !english().has(table) {
        LEARNT.set(Some(Box::leak(Box::new(english().clone().with(table)))));
    }
}

/// The file of the lessons' texts in a language.
pub fn lessons_file(language: Language) -> String {
    format!("{}lessons.{}.txt", browser::words_folder(), language.short())
}

impl Store {
    /// Speaks the language that was chosen before, or else the browser's.
    pub fn speak(self) {
        let tags: Vec<String> = browser::kept(KEPT).into_iter().chain(browser::languages()).collect();
        self.speak_in(first(tags.iter().map(String::as_str)), false);
    }

    /// Speaks the language that the person chose.
    pub fn switch_language(self, language: Language) {
        browser::keep(KEPT, language.tag());
        self.speak_in(language, true);
    }

    fn speak_in(self, language: Language, chosen: bool) {
        let set = move |words: Option<&'static Words>| {
            WORDS.set(words);
            browser::set_language(language.tag());
            // What was said last was said in the other language.
            self.said.set(String::new());
            self.language.set(Some(language));
            if chosen {
                // The switch was built anew with everything else.
                after_frame(|| browser::focus("language"));
            }
        };
        if language == Language::English {
            return set(None);
        }
        spawn_local(async move {
            let file = format!("{}{}.txt", browser::words_folder(), language.short());
            if let Some(table) = browser::fetch(&file).await {
                set(Some(Box::leak(Box::new(ENGLISH.clone().with(&table)))));
                return;
            }
            // English can always be said.
            self.refuse(Missing.of(file));
            if self.language.get_untracked().is_none() {
                self.speak_in(Language::English, false);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_the_page_knows_is_spoken() {
        assert_eq!(first(["de-DE", "zh-TW", "en"]), Language::Chinese);
        assert_eq!(first(["en-GB", "zh"]), Language::English);
        assert_eq!(first(["zhx", "fr"]), Language::English);
        assert_eq!(first([]), Language::English);
    }

    #[test]
    fn the_switch_goes_there_and_back() {
        for one in [Language::English, Language::Chinese] {
            assert_eq!(one.other().other(), one);
            assert_eq!(Language::of(one.tag()), Some(one));
        }
    }
}
