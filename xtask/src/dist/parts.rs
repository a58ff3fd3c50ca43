//! Cuts what the page needs later only off its WebAssembly: the functions that it marks (`apart!` in src/ui/view), and all that
//! only they reach, go to files of their own, each of which is loaded when the first of its functions is called.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wasm_encoder::{ExportSection, Module, RawSection};
use wasm_split_cli_support::{Options, transform};
use wasmparser::{BinaryReaderError, Parser, Payload};

use super::offline::integrity;
use super::{name_by_content, read, read_bytes, write};
use crate::process;
use crate::source;
use crate::{root, tools};

/// What the names of those exports have in common.
const STREAMS: &str = "intounderlying";

const BINDGEN_LIMIT: Duration = Duration::from_secs(5 * 60);

/// The folder of the parts within what is published, until it is named by its content.
pub(super) const PARTS: &str = "parts";

/// The part whose program has a name: `data` for `split_data`. What several parts share has other names.
pub(super) fn named_part(program: &str) -> &str {
    program.strip_prefix("split_").unwrap_or_default()
}

/// The script that loads them, until it is part of the page's.
const LOADER: &str = "load.js";

/// The page's program as the compiler has written it, before trunk has had wasm-bindgen work on it.
fn compiled() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join(tools::WASM_TARGET).join("page/app.wasm")
}

/// Puts the page's program that trunk has built into `folder` anew, in parts. `script` is the name that its script has there.
pub(super) fn cut(folder: &Path, script: &str) -> Result<(), String> {
    let whole = compiled();
    let bytes = without_streams(&read_bytes(&whole)?)
        .map_err(|error| format!("{} can't be read: {error}.", whole.display()))?;
    let (parts, main) = (folder.join(PARTS), folder.join("main.wasm"));
    let (link, page) = (format!("./{PARTS}/{LOADER}"), format!("../{script}"));
    let mut options = Options::new(&bytes);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &link;
    options.main_module = &page;
    fs::create_dir_all(&parts).map_err(|error| format!("{} can't be made: {error}.", parts.display()))?;
    let cut = transform(options).map_err(|error| format!("{} can't be cut: {error:#}.", whole.display()))?;
    for file in &cut.split_modules {
        let name = file.file_name().unwrap_or_default();
        fs::rename(file, parts.join(name)).map_err(|error| format!("{} can't be moved: {error}.", file.display()))?;
    }
    let mut bindgen = tools::command("wasm-bindgen");
    bindgen.arg(&main).args(["--target", "web", "--no-typescript", "--keep-lld-exports"]);
    bindgen.args(["--out-name", script.trim_end_matches(".js"), "--out-dir"]).arg(folder);
    process::run(&mut bindgen, BINDGEN_LIMIT).map_err(|failure| format!("{}\n{}", failure.output, failure.sentence))?;
    fs::remove_file(&main).map_err(|error| format!("{} can't be removed: {error}.", main.display()))
}

/// What Leptos exports for streams of its server functions, which no page without a server has. They go before the program is
/// cut, since whatever is exported is kept, with all that it leads to. Offsets within the other sections are what the cut goes
/// by, so these stay as they are.
fn without_streams(program: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(program) {
        let payload = payload?;
        if let Payload::ExportSection(section) = payload {
            let mut kept = ExportSection::new();
            for export in section {
                let export = export?;
                if !export.name.contains(STREAMS) {
                    kept.export(export.name, export.kind.into(), export.index);
                }
            }
            module.section(&kept);
        } else if let Some((id, range)) = payload.as_section() {
            module.section(&RawSection { id, data: &program[range.start as usize..range.end as usize] });
        }
    }
    Ok(module.finish())
}

/// Names the folder of the parts by its content, and takes what loads them into the page's script, so that both are one file
/// that is checked as a whole, and which checks each part that it loads. As a module of its own the loader would import the
/// page's script, to learn what the program shares with its parts, and that imports the loader.
pub(super) fn seal(folder: &Path, script: &str) -> Result<(), String> {
    let loader = folder.join(PARTS).join(LOADER);
    let mut text = read(&loader)?;
    fs::remove_file(&loader).map_err(|error| format!("{} can't be removed: {error}.", loader.display()))?;
    let parts = name_by_content(folder, PARTS)?;
    text = replaced(&text, &format!("import {{ initSync }} from \"../{script}\";"), "let shared;")?;
    text = replaced(&text, "initSync(undefined, undefined)", "shared")?;
    for file in &source::files(&folder.join(&parts))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let address = |folder: &str| format!("new URL(\"./{folder}{name}\", import.meta.url)");
        let checked =
            format!("{}, {{ integrity: \"{}\" }}", address(&format!("{parts}/")), integrity(&read_bytes(file)?));
        text = replaced(&text, &address(""), &checked)?;
    }
    let names: Vec<&str> = text.split("export const ").skip(1).filter_map(|rest| rest.split(' ').next()).collect();
    let loads = format!("const loads = {{ {} }};", names.join(", "));
    text = replaced(&text, "export const ", "const ")?;

    let page = folder.join(script);
    let start = "wasm.__wbindgen_start();";
    let program = replaced(&read(&page)?, start, &format!("shared = wasm;\n    {start}"))?;
    write(&page, &format!("{text}{loads}\n{}", without_imports(&program)?))
}

/// The page's script with what loads the parts at hand: under each name by which it imports it.
fn without_imports(program: &str) -> Result<String, String> {
    let mut found = false;
    let lines = program.lines().map(|line| {
        let import = line.strip_prefix("import * as ").and_then(|rest| rest.split_once(" from "));
        match import {
            Some((name, from)) if from.contains(LOADER) => {
                found = true;
                format!("const {name} = loads;\n")
            }
            _ => format!("{line}\n"),
        }
    });
    let text: String = lines.collect();
    if found { Ok(text) } else { Err(format!("the page's script does not import {LOADER}.")) }
}

/// A text with something else in place of what must be in it.
fn replaced(text: &str, old: &str, new: &str) -> Result<String, String> {
    if text.contains(old) { Ok(text.replace(old, new)) } else { Err(format!("a script has no {old}")) }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::ExportKind;

    use super::*;

    #[test]
    fn nothing_is_exported_for_streams() {
        let mut exports = ExportSection::new();
        exports.export("intounderlyingsink_write", ExportKind::Func, 0);
        exports.export("main", ExportKind::Func, 0);
        let mut module = Module::new();
        module.section(&exports).section(&RawSection { id: 0, data: b"\x04kept" });
        let program = without_streams(&module.finish()).expect("is read");
        let text = String::from_utf8_lossy(&program);
        assert!(text.contains("main") && text.contains("kept") && !text.contains(STREAMS), "{text}");
        assert!(without_streams(b"no program").is_err());
    }

    #[test]
    fn the_loader_becomes_part_of_the_script() {
        let folder = std::env::temp_dir().join(format!("rectune-parts-{}", std::process::id()));
        fs::create_dir_all(folder.join(PARTS)).expect("a temporary folder");
        let loader = "import { initSync } from \"../app.js\";\nconst x = initSync(undefined, undefined);\n\
                      export const load_a = () => fetch(new URL(\"./a.wasm\", import.meta.url));\n";
        let script = "import * as star1 from \"./parts/load.js\"\nfunction go() {\n    wasm.__wbindgen_start();\n}\n";
        fs::write(folder.join(PARTS).join(LOADER), loader).expect("is written");
        fs::write(folder.join(PARTS).join("a.wasm"), "1").expect("is written");
        fs::write(folder.join("app.js"), script).expect("is written");
        seal(&folder, "app.js").expect("is sealed");
        let sealed = read(&folder.join("app.js")).expect("is read");
        for text in [
            "let shared;",
            "const x = shared;",
            &integrity(b"1"),
            "const loads = { load_a };\nconst star1 = loads;",
            "shared = wasm;\n    wasm.__wbindgen_start();",
        ] {
            assert!(sealed.contains(text), "{text} in {sealed}");
        }
        assert!(
            !sealed.contains("import ") && !sealed.contains("export ") && !sealed.contains("\"./a.wasm"),
            "{sealed}"
        );
        assert!(seal(&folder, "app.js").is_err(), "nothing is left to seal");
        fs::remove_dir_all(&folder).expect("is removed");
    }
}
