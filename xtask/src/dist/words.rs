//! English words: those that only one part of the page says come with that part, and none is published as a file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::parts::{PARTS, named_part};
use super::{has_extension, read, read_bytes, stem};
use crate::root;
use crate::source;

/// Where trunk puts the tables of words.
pub(super) const WORDS: &str = "words";

/// What the keys of the page begin with. The page's own tests look after all others.
const OF_THE_PAGE: &[u8] = b"page.";

/// Each key of an English table, with the part that it comes with; with nothing where it is there from the start.
type Keys = BTreeMap<Vec<u8>, String>;

/// The part whose English table a file is, by its name: `data` for `en.data.txt`, nothing for `en.txt`.
fn english(file: &Path) -> Option<String> {
    let name = stem(file);
    let part = name.strip_prefix("en")?;
    Some(part.trim_start_matches('.').to_owned())
}

/// English is in the programs, so its tables are not published.
pub(super) fn leave_out_english(folder: &Path) -> Result<(), String> {
    for file in source::files(&folder.join(WORDS))?.iter().filter(|file| english(file).is_some()) {
        fs::remove_file(file).map_err(|error| format!("{} can't be removed: {error}.", file.display()))?;
    }
    Ok(())
}

/// Refuses a page of which one program says what only comes with another one: it would show a key where the other has not come.
pub(super) fn refuse_strays(folder: &Path, page: &Path) -> Result<(), String> {
    let mut keys = Keys::new();
    for file in source::files(&root().join("www").join(WORDS))? {
        if let Some(part) = english(&file) {
            add(&mut keys, &read(&file)?, &part);
        }
    }
    let parts = source::files(&folder.join(PARTS))?;
    for program in parts.iter().map(AsRef::as_ref).chain([page]).filter(|file| has_extension(file, "wasm")) {
        let name = stem(program);
        if let Some((key, part)) = stray(&read_bytes(program)?, named_part(&name), &keys) {
            return Err(format!(
                "the page's {name} says {key}, whose English comes with {part} only: it belongs in www/words/en.txt."
            ));
        }
    }
    Ok(())
}

fn add(keys: &mut Keys, table: &str, part: &str) {
    let lines = table.lines().filter_map(|line| line.split_once(" = "));
    keys.extend(lines.map(|(key, _)| (key.as_bytes().to_vec(), part.to_owned())));
}

/// A key that the program of a part says and that comes with another part, which is named as well.
fn stray(program: &[u8], own: &str, keys: &Keys) -> Option<(String, String)> {
    let at = program.windows(OF_THE_PAGE.len()).enumerate().filter(|(_, window)| *window == OF_THE_PAGE);
    let said = at.filter_map(|(at, _)| {
        // The longest that begins here: nothing stands between the texts of a program.
        let rest = &program[at..];
        keys.range(..=rest.to_vec()).rev().find(|(key, _)| rest.starts_with(key))
    });
    let mut strays = said.filter(|(_, part)| !part.is_empty() && *part != own);
    strays.next().map(|(key, part)| (String::from_utf8_lossy(key).into_owned(), part.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_a_part_is_said_there_only() {
        let mut keys = Keys::new();
        add(&mut keys, "# At first.\npage.data = Data\npage.save-log = Log", "");
        add(&mut keys, "page.data-form = Form\npage.save = Save", "data");
        let found = |program: &[u8], own| stray(program, own, &keys).map(|(key, _)| key);
        assert_eq!(found(b"..page.datapage.save-logpage.unknown", ""), None);
        assert_eq!(found(b"page.data-form page.save", "data"), None);
        assert_eq!(found(b"page.data-formpage.data", ""), Some("page.data-form".to_owned()));
        assert_eq!(found(b"page.data, page.save", "more"), Some("page.save".to_owned()));
    }

    #[test]
    fn english_tables_are_known_by_their_names() {
        let part = |name: &str| english(Path::new(name));
        assert_eq!([part("words/en.txt"), part("en.data.txt")], [Some(String::new()), Some("data".to_owned())]);
        assert_eq!([part("zh.txt"), part("lessons.en.txt")], [None, None]);
    }
}
