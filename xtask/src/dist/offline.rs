//! What a browser checks the page's files against, and the list of them that it keeps for times without a network.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha384};

use super::{read, read_bytes, write};
use crate::source;

/// The service worker, with two lines that are filled in here.
pub(super) const SERVICE_WORKER: &str = "sw.js";
const NO_BUILD: &str = "const BUILD = \"\";";
const NO_FILES: &str = "const FILES = {};";

/// Says in the page what its start script and what that loads must be. Trunk has done so for the style.
pub(super) fn seal(page: &str, folder: &Path) -> Result<String, String> {
    let script = attribute(page, "data-js=")?;
    let wasm = attribute(page, "data-wasm=")?;
    let digest = |name: &str| read_bytes(&folder.join(name.trim_start_matches("./"))).map(|bytes| integrity(&bytes));
    let start = "src=./boot.js";
    let preload = format!("href={script} rel=modulepreload");
    for part in [start, &preload] {
        if !page.contains(part) {
            return Err(format!("index.html has no {part}, which was to have its digest."));
        }
    }
    Ok(page
        .replace(start, &format!("{start} integrity={} data-integrity={}", digest("boot.js")?, digest(wasm)?))
        .replace(&preload, &format!("{preload} integrity={}", digest(script)?)))
}

/// The value of an attribute as trunk writes it, without quotes.
pub(super) fn attribute<'a>(page: &'a str, name: &str) -> Result<&'a str, String> {
    let value = page.split_once(name).and_then(|(_, rest)| rest.split([' ', '>']).next());
    value.ok_or_else(|| format!("index.html has no {name}."))
}

/// Tells the service worker which files there are, and of which build.
pub(super) fn list(folder: &Path) -> Result<(), String> {
    let path = folder.join(SERVICE_WORKER);
    let mut files = String::new();
    for file in source::files(folder)? {
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if name != SERVICE_WORKER {
            files.push_str(&format!("\n  \"{name}\": \"{}\",", integrity(&read_bytes(&file)?)));
        }
    }
    let worker = read(&path)?;
    if !worker.contains(NO_BUILD) || !worker.contains(NO_FILES) {
        return Err(format!("{SERVICE_WORKER} has no place for the list of files."));
    }
    let build = integrity(files.as_bytes());
    let worker = worker
        .replace(NO_BUILD, &format!("const BUILD = \"{build}\";"))
        .replace(NO_FILES, &format!("const FILES = {{{files}\n}};"));
    write(&path, &worker)
}

/// A digest as browsers check it (Subresource Integrity).
pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_digest_is_what_browsers_expect() {
        // As the specification gives it for this text.
        let text = b"alert('Hello, world.');";
        assert_eq!(integrity(text), "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO");
    }

    #[test]
    fn what_is_sealed_is_named_with_its_digest() {
        let folder = std::env::temp_dir().join(format!("rectune-seal-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        for (name, text) in [("boot.js", "1"), ("app.js", "2"), ("app.wasm", "3"), (SERVICE_WORKER, "")] {
            fs::write(folder.join(name), text).expect("is written");
        }
        let page = "<script data-js=./app.js data-wasm=./app.wasm id=boot src=./boot.js></script><link href=./app.js rel=modulepreload>";
        let sealed = seal(page, &folder).expect("is sealed");
        for text in ["1", "2", "3"] {
            assert!(sealed.contains(&integrity(text.as_bytes())), "{sealed}");
        }
        assert!(list(&folder).is_err(), "a service worker without the two lines");
        fs::write(folder.join(SERVICE_WORKER), format!("{NO_BUILD}\n{NO_FILES}")).expect("is written");
        list(&folder).expect("is listed");
        let worker = read(&folder.join(SERVICE_WORKER)).expect("is read");
        assert!(worker.contains(&format!("\"app.wasm\": \"{}\",", integrity(b"3"))), "{worker}");
        assert!(!worker.contains("\"sw.js\""), "{worker}");
        fs::remove_dir_all(&folder).expect("is removed");
    }
}
