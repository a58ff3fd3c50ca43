//! Cuts what the page needs later only off its WebAssembly: the functions that it marks (`apart!` in src/ui/view), and all that
//! only they reach, go to files of their own, each of which is loaded when the first of its functions is called.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wasm_split_cli_support::{Options, transform};

use super::offline::integrity;
use super::{has_extension, read, read_bytes, write};
use crate::process;
use crate::source;
use crate::{root, tools};

const BINDGEN_LIMIT: Duration = Duration::from_secs(5 * 60);

/// The folder of the parts within what is published, until it is named by its content.
pub(super) const PARTS: &str = "parts";

/// The script that loads them.
pub(super) const LOADER: &str = "load.js";

/// The page's program as the compiler has written it, before trunk has had wasm-bindgen work on it.
fn compiled() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join(tools::WASM_TARGET).join("page/app.wasm")
}

/// Puts the page's program that trunk has built into `folder` anew, in parts. `script` is the name that its script has there.
pub(super) fn cut(folder: &Path, script: &str) -> Result<(), String> {
    let whole = compiled();
    let bytes = read_bytes(&whole)?;
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

/// Has the loader check each part that it loads. By itself it would import the page's script to learn what the program shares
/// with its parts, and that imports the loader: each waiting for the other, Chromium now and then starts neither. So the script
/// hands it over, before anything of the program runs.
pub(super) fn seal(folder: &Path, script: &str) -> Result<(), String> {
    let parts = folder.join(PARTS);
    let loader = parts.join(LOADER);
    let mut text = read(&loader)?;
    text = replaced(
        &text,
        &format!("import {{ initSync }} from \"../{script}\";"),
        "let shared;\nexport const share = (exports) => { shared = exports; };",
    )?;
    text = replaced(&text, "initSync(undefined, undefined)", "shared")?;
    for file in source::files(&parts)?.iter().filter(|file| has_extension(file, "wasm")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let address = format!("new URL(\"./{name}\", import.meta.url)");
        let checked = format!("{address}, {{ integrity: \"{}\" }}", integrity(&read_bytes(file)?));
        text = replaced(&text, &address, &checked)?;
    }
    write(&loader, &text)?;
    let page = folder.join(script);
    let start = "wasm.__wbindgen_start();";
    let text = replaced(&read(&page)?, start, &format!("share(wasm);\n    {start}"))?;
    write(&page, &format!("import {{ share }} from \"./{PARTS}/{LOADER}\";\n{text}"))
}

/// A text with something else in place of what must be in it.
fn replaced(text: &str, old: &str, new: &str) -> Result<String, String> {
    if text.contains(old) { Ok(text.replace(old, new)) } else { Err(format!("a script has no {old}")) }
}
