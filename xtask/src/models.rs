//! How long a fit of each model takes at its defaults, natively, in Chromium and, where a peer has the same model and it is
//! wished, by the peer, in one run and one table. Nothing here passes or fails.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Command;

use crate::bench::{self, BUILD_LIMIT, Parts, figures, in_browser, program};
use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::{root, tools};

/// The figures of one fit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Fit {
    seconds: f64,
    /// On the test ratings: RMSE, or of a model that only ranks NDCG@10.
    test: f64,
}

/// By the fit's name.
type Fits = BTreeMap<String, Fit>;

/// `cargo xtask bench --models [--peers]`.
pub(crate) fn run(steps: &mut Steps, with_peers: bool) -> Result<(), String> {
    tools::for_benches(steps)?;
    let parts = bench::parts();
    let [mut native, mut chromium, mut peers] = [Fits::new(), Fits::new(), Fits::new()];
    if with_peers {
        let parts = parts.as_ref().ok_or(bench::NO_PARTS)?;
        let python = tools::python_with_alternators(steps)?;
        steps.must("LensKit and implicit", || {
            let mut command = Command::new(&python);
            command.arg(root().join("benches/models_peers.py")).args([&parts.train, &parts.test]);
            peers = fits(&process::run(process::on_one_core(&mut command), BUILD_LIMIT)?)?;
            Ok(Tally::done("CPU time"))
        })?;
    }
    steps.must("native", || {
        let mut cargo = tools::command("cargo");
        cargo.args(["run", "--quiet", "--locked", "--release", "--example", "models", "--"]);
        if let Some(parts) = &parts {
            cargo.args([&parts.train, &parts.test, &parts.items]);
        }
        native = fits(&process::run(&mut cargo, BUILD_LIMIT)?)?;
        Ok(Tally::done(""))
    })?;
    steps.must("Chromium", || {
        let mut files = program("models", ("worker", "worker"))?;
        files.append(&mut Parts::files(parts.as_ref())?);
        chromium = fits(&in_browser(&files)?)?;
        Ok(Tally::done(""))
    })?;
    println!("\n{}", table(&native, &chromium, &peers));
    Ok(())
}

/// Reads lines of a name, seconds and the figure of the test ratings.
fn fits(output: &str) -> Result<Fits, Failure> {
    figures(output, |line| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        Some((name, Fit { seconds: words.next()?.parse().ok()?, test: words.next()?.parse().ok()? }))
    })
}

/// One line for each fit; the peer's where there is one, with how often it holds ours.
fn table(native: &Fits, chromium: &Fits, peers: &Fits) -> String {
    let mut text = "milliseconds of a fit at the model's defaults, of ials-100 with 100 factors, one core, least of 5; in brackets \
                    the test RMSE, or NDCG@10 where a model only ranks\n"
        .to_owned();
    let _ = write!(text, "{:12} {:>17} {:>17} {:>16}", "model", "native", "Chromium", "Chromium/native");
    if !peers.is_empty() {
        let _ = write!(text, " {:>17} {:>12} {:>13}", "peer", "peer/native", "peer/Chromium");
    }
    text.push('\n');
    for (name, here) in native {
        let Some(there) = chromium.get(name) else { continue };
        let cell = |fit: &Fit| format!("{:>8.1} ({:.4})", fit.seconds * 1e3, fit.test);
        let ratio = there.seconds / here.seconds;
        let _ = write!(text, "{name:12} {:>17} {:>17} {ratio:>16.2}", cell(here), cell(there));
        if let Some(peer) = peers.get(name) {
            let [to_native, to_chromium] = [here, there].map(|fit| peer.seconds / fit.seconds);
            let _ = write!(text, " {:>17} {to_native:>12.2} {to_chromium:>13.2}", cell(peer));
        }
        text.push('\n');
    }
    if !peers.is_empty() {
        text += "als and ease: LensKit's, of the same objective and settings, of als the epochs alone; ials: implicit's ALS of the \
                 same factors and epochs, but another objective\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_are_set_side_by_side() {
        let [native, chromium, peers] =
            ["als 0.5 0.93\nease 0.1 0.4\n", "als 1.0 0.93\nease 0.12 0.4\n", "als 1.5 0.9305\n"]
                .map(|text| fits(text).expect("lines"));
        let text = table(&native, &chromium, &peers);
        assert!(text.contains("500.0 (0.9300)   1000.0 (0.9300)             2.00"), "{text}");
        assert!(text.contains("1500.0 (0.9305)         3.00          1.50\n"), "{text}");
        assert!(text.contains("ease") && text.contains("1.20\n"), "{text}");
        assert!(!table(&native, &chromium, &Fits::new()).contains("peer"));
        assert!(fits("").is_err() && fits("svd fast 0.9").is_err() && fits("svd 0.1").is_err());
    }
}
