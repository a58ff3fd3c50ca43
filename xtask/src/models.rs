//! How long a fit of each model takes at its defaults, natively and in Chromium, in one run.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::bench::{self, BUILD_LIMIT, figures, in_browser, program, read};
use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::tools;

/// Seconds of a fit by model.
type Fits = BTreeMap<String, f64>;

/// `cargo xtask bench --models`.
pub(crate) fn run(steps: &mut Steps) -> Result<(), String> {
    tools::for_building(steps)?;
    let train = bench::parts().map(|parts| parts.train);
    let mut native = Fits::new();
    let mut chromium = Fits::new();
    steps.must("native", || {
        let mut cargo = tools::command("cargo");
        cargo.args(["run", "--quiet", "--locked", "--release", "--example", "models", "--"]).args(&train);
        native = fits(&process::run(&mut cargo, BUILD_LIMIT)?)?;
        Ok(Tally::done(""))
    })?;
    steps.must("Chromium", || {
        let mut files = program("models", ("worker", "worker"))?;
        let ratings = train.as_ref().map_or(Ok(Vec::new()), |train| read(train))?;
        files.insert("/train".to_owned(), ("application/octet-stream", ratings));
        chromium = fits(&in_browser(&files)?)?;
        Ok(Tally::done(""))
    })?;
    println!("\n{}", table(&native, &chromium));
    Ok(())
}

/// Reads lines of a name and seconds.
fn fits(output: &str) -> Result<Fits, Failure> {
    figures(output, |line| {
        let (name, seconds) = line.split_once(' ')?;
        Some((name.to_owned(), seconds.parse().ok()?))
    })
}

fn table(native: &Fits, chromium: &Fits) -> String {
    let mut text = "milliseconds of a fit at the model's defaults, one core, least of 3\n".to_owned();
    let _ = writeln!(text, "{:12} {:>9} {:>9} {:>16}", "model", "native", "Chromium", "Chromium/native");
    for (model, seconds) in native {
        if let Some(there) = chromium.get(model) {
            let (here, there) = (seconds * 1e3, there * 1e3);
            let _ = writeln!(text, "{model:12} {here:>9.1} {there:>9.1} {:>16.2}", there / here);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_are_set_side_by_side() {
        let [native, chromium] = ["ease 0.5\nsvd 0.1\n", "ease 1.0\nsvd 0.12\n"].map(|text| fits(text).expect("lines"));
        let text = table(&native, &chromium);
        assert!(text.contains("500.0    1000.0             2.00") && text.contains("1.20"), "{text}");
        assert!(fits("").is_err() && fits("svd fast").is_err());
    }
}
