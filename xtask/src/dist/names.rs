//! Short names between a program's WebAssembly and its script. wasm-bindgen ends each name with a hash that tells two versions
//! of it apart, eight bytes in both files that no compression takes away; within one build nothing needs telling apart.

use std::collections::BTreeMap;
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ImportSection, Module};
use wasmparser::{CustomSectionReader, Imports, Parser};

/// WebAssembly whose imports of functions are called by `names`, and which holds no section that only tools read.
struct Renamed<'n> {
    names: &'n BTreeMap<String, String>,
}

impl Reencode for Renamed<'_> {
    type Error = Infallible;

    fn parse_imports(&mut self, section: &mut ImportSection, imports: Imports<'_>) -> Result<(), Error<Infallible>> {
        if let Imports::Single(_, import) = &imports
            && let Some(name) = self.names.get(import.name)
        {
            section.import(import.module, name, self.entity_type(import.ty)?);
            return Ok(());
        }
        wasm_encoder::reencode::utils::parse_imports(self, section, imports)
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}

/// The same script and WebAssembly with short names between them.
pub(super) fn shorten(script: &str, wasm: &[u8]) -> Result<(String, Vec<u8>), String> {
    let names = names_in(script);
    let mut module = Module::new();
    Renamed { names: &names }
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| format!("the imports can't be renamed: {error}."))?;
    let mut shortened = String::with_capacity(script.len());
    for (word, separator) in words(script) {
        shortened.push_str(names.get(word).map_or(word, String::as_str));
        shortened.push_str(separator);
    }
    Ok((shortened, module.finish()))
}

/// Which names of a script are shortened, and to what: those that end with wasm-bindgen's hash.
fn names_in(script: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (word, _) in words(script) {
        let hashed = word.rsplit_once('_').is_some_and(|(_, hash)| {
            hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        });
        if hashed && word.starts_with("__wb") && !names.contains_key(word) {
            names.insert(word.to_owned(), format!("_{}", names.len()));
        }
    }
    names
}

/// A text cut into its words and what stands behind each.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (word, behind) = rest.split_at(rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()));
        let (separator, next) = behind.split_at(behind.find(is_word).unwrap_or(behind.len()));
        rest = next;
        Some((word, separator))
    })
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, TypeSection};

    use super::*;

    #[test]
    fn both_files_are_called_alike() {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("./app_bg.js", "__wbg_now_0123456789abcdef", EntityType::Function(0));
        imports.import("./app_bg.js", "__wbindgen_throw", EntityType::Function(0));
        let mut module = Module::new();
        module.section(&types).section(&imports);
        let script = "const a = { __wbg_now_0123456789abcdef: () => 1, __wbindgen_throw() {} };";
        let (script, wasm) = shorten(script, &module.finish()).expect("is renamed");
        assert_eq!(script, "const a = { _0: () => 1, __wbindgen_throw() {} };");
        let text = String::from_utf8_lossy(&wasm);
        assert!(text.contains("_0") && text.contains("__wbindgen_throw") && !text.contains("__wbg_now"), "{text}");
    }

    #[test]
    fn nothing_of_a_text_is_lost() {
        let text = " a_1$b (é) => x.y; ";
        let again: String = words(text).flat_map(|(word, separator)| [word, separator]).collect();
        assert_eq!(again, text);
    }
}
