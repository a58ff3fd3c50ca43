//! How fast a ratings file is read: natively, in Chromium, and by pandas and polars, in one run on one file.

use crate::bench::{BUILD_LIMIT, Files, folder, in_browser, program, read};
use crate::process;
use crate::steps::{Steps, Tally};
use crate::tools;

/// `cargo xtask bench --read`.
pub(crate) fn run(steps: &mut Steps) -> Result<(), String> {
    tools::for_benches(steps)?;
    let python = tools::python_with_readers(steps)?;
    let table = folder()?.join("ratings.csv");
    let mut lines = Vec::new();
    steps.must("native", || {
        let mut cargo = tools::command("cargo");
        cargo
            .args(["run", "--quiet", "--locked", "--release", "--features", "reader", "--example", "reading", "--"])
            .arg(&table);
        lines.push(format!("native {}", process::run(&mut cargo, BUILD_LIMIT)?.trim()));
        Ok(Tally::done(""))
    })?;
    steps.must("Chromium", || {
        let mut files: Files = program("reading", ("release", "reader"))?;
        files.insert("/table".to_owned(), ("application/octet-stream", read(&table)?));
        lines.push(format!("Chromium {}", in_browser(&files)?));
        Ok(Tally::done(""))
    })?;
    steps.must("pandas and polars", || {
        let mut command = std::process::Command::new(&python);
        command.arg(crate::root().join("benches/read_peers.py")).arg(&table);
        lines.extend(process::run(&mut command, BUILD_LIMIT)?.lines().map(str::to_owned));
        Ok(Tally::done(""))
    })?;
    println!("\nMB/s of a MovieLens CSV of a million rows, one thread, best of 5; here with hash, indices and counts");
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}
