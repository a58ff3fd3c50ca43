//! Who may import whom, read from the source: the walls that features do not build, and the house rules that a compiler
//! does not know.

#![cfg(not(target_family = "wasm"))]
#![expect(clippy::unwrap_used, reason = "a test that can not read or run has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For each part of the crate, the parts that it may import besides itself.
const PARTS: [(&str, &[&str]); 12] = [
    ("decimal", &[]),
    ("order", &[]),
    ("fields", &["decimal", "study"]),
    ("words", &["error"]),
    ("error", &["words", "fields", "study"]),
    ("study", &["decimal", "order", "error", "fields"]),
    ("protocol", &["error", "fields", "study"]),
    ("engine", &["decimal", "order", "error", "fields", "study", "protocol"]),
    ("cli", &["error", "words", "study", "protocol", "engine"]),
    ("channel", &["error", "fields", "study", "protocol"]),
    ("worker", &["order", "error", "fields", "study", "protocol", "engine", "channel"]),
    ("ui", &["decimal", "order", "error", "words", "study", "protocol", "channel"]),
];

/// For each part of the engine, the parts of the engine that it may import besides itself: those that data has passed
/// before it.
const ENGINE: [(&str, &[&str]); 17] = [
    ("random", &[]),
    ("deflate", &[]),
    ("data", &["random", "deflate"]),
    ("split", &["random", "data"]),
    ("linalg", &[]),
    ("metric", &["random", "data"]),
    ("model", &["random", "data", "linalg"]),
    ("fit", &["random", "data", "split", "metric", "model"]),
    ("calibration", &["data", "split", "fit"]),
    ("advice", &["data", "split", "model", "fit", "calibration"]),
    ("online", &["data", "linalg", "model"]),
    ("factors", &["data", "model"]),
    ("search", &["random", "linalg"]),
    ("importance", &["search", "share"]),
    ("share", &["random", "deflate"]),
    ("forecast", &["model"]),
    ("conductor", &["random", "metric", "model", "search", "share", "forecast"]),
];

/// What the engine must not even name: browsers, clocks, threads, files, the system's randomness, and maps whose order
/// is chance.
const NOT_IN_ENGINE: [&str; 17] = [
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "std::time",
    "Instant::",
    "SystemTime",
    "std::thread",
    "std::fs",
    "std::env",
    "std::process",
    "getrandom",
    "rand_distr",
    "SmallRng",
    "rand::rng(",
    "HashMap",
    "HashSet",
    "mul_add",
];

struct Source {
    /// From the repository's root, with `/`.
    path: String,
    /// Without lines that are comments.
    code: String,
    text: String,
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join(folder)];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "{folder} has no sources");
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        Source { path, code, text }
    };
    files.into_iter().map(source).collect()
}

/// The names that follow `prefix` in the code.
fn named_after<'a>(code: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let ends = code.match_indices(prefix).map(|(at, _)| at + prefix.len());
    let name = |start: usize| {
        let rest = &code[start..];
        &rest[..rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len())]
    };
    ends.map(name).collect()
}

/// The module in the given folder that a file belongs to.
fn module_of<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder)?;
    Some(rest.split_once('/').map_or_else(|| rest.trim_end_matches(".rs"), |(module, _)| module))
}

fn check(folder: &str, prefix: &str, table: &[(&str, &[&str])], free: &[&str]) {
    let mut wrong = Vec::new();
    for source in sources(folder) {
        let Some(module) = module_of(&source.path, folder) else { continue };
        if free.contains(&module) {
            continue;
        }
        let Some((_, allowed)) = table.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{}: {module} is not in the table of this test", source.path));
            continue;
        };
        for name in named_after(&source.code, prefix) {
            if name.is_empty() {
                wrong.push(format!("{}: write {prefix}name, so that this test can read it", source.path));
            } else if name != module
                && !allowed.contains(&name)
                && name.starts_with(|letter: char| letter.is_lowercase())
            {
                wrong.push(format!("{}: {module} must not import {prefix}{name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_part_imports_only_what_lies_below_it() {
    check("src/", "crate::", &PARTS, &["lib", "bin"]);
}

#[test]
fn each_part_of_the_engine_imports_only_what_data_has_passed_before() {
    check("src/engine/", "crate::engine::", &ENGINE, &[]);
}

#[test]
fn the_engine_knows_no_browser_no_clock_and_no_chance() {
    let mut wrong = Vec::new();
    for source in sources("src/engine") {
        for name in NOT_IN_ENGINE.iter().filter(|name| source.code.contains(**name)) {
            wrong.push(format!("{}: {name}", source.path));
        }
    }
    assert!(wrong.is_empty(), "the engine must not name\n{}", wrong.join("\n"));
}

#[test]
fn only_page_and_workers_know_a_browser() {
    let mut wrong = Vec::new();
    for folder in ["src/study", "src/cli"] {
        for source in sources(folder) {
            for name in
                ["web_sys", "js_sys", "wasm_bindgen", "leptos"].iter().filter(|name| source.code.contains(**name))
            {
                wrong.push(format!("{}: {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_lives_in_it_and_has_a_name_that_says_something() {
    let mut wrong = Vec::new();
    for source in ["src", "tests", "xtask/src"].iter().flat_map(|folder| sources(folder)) {
        if !source.text.starts_with("//!") {
            wrong.push(format!("{}: opens without //!", source.path));
        }
        let name = source.path.rsplit('/').next().unwrap_or_default();
        if ["mod.rs", "utils.rs", "util.rs", "common.rs", "helpers.rs", "misc.rs"].contains(&name) {
            wrong.push(format!("{}: a name for everything and nothing", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
