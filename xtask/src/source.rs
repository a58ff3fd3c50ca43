//! Looking through the tree: the files of a folder, and the browser tests that stand in the source.

use std::fs;
use std::path::{Path, PathBuf};

/// All files below `folder`, in the order of their names; none if there is no such folder.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    if folder.is_dir() {
        collect(folder, &mut found).map_err(|error| format!("{} can't be read: {error}.", folder.display()))?;
    }
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

/// How many tests for a browser stand in the given files.
pub(crate) fn browser_tests(files: &[PathBuf]) -> Result<usize, String> {
    let mut count = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let text = fs::read_to_string(file).map_err(|error| format!("{} can't be read: {error}.", file.display()))?;
        count += browser_tests_in(&text);
    }
    Ok(count)
}

/// Counts attributes, `#[wasm_bindgen_test]` as well as `#[cfg_attr(.., wasm_bindgen_test)]`, and plain `#[test]` where the
/// file renames the attribute so.
fn browser_tests_in(text: &str) -> usize {
    let renamed = text.lines().any(|line| line.contains("wasm_bindgen_test as test"));
    text.lines()
        .map(str::trim_start)
        .filter(|line| {
            let named = line.starts_with("#[") && line.contains("wasm_bindgen_test");
            named || (renamed && line.starts_with("#[test]"))
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_write_a_browser_test_counts_once() {
        let direct = "use wasm_bindgen_test::wasm_bindgen_test;\nwasm_bindgen_test_configure!(run_in_dedicated_worker);\n\
                      // #[wasm_bindgen_test]\n    #[wasm_bindgen_test]\n#[cfg_attr(target_family = \"wasm\", wasm_bindgen_test)]\n#[test]\n";
        assert_eq!(browser_tests_in(direct), 2);
        let renamed = "use wasm_bindgen_test::wasm_bindgen_test as test;\n#[test]\n#[test]\n";
        assert_eq!(browser_tests_in(renamed), 2);
    }
}
