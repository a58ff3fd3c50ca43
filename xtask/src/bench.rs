//! How fast training is: natively, in Chromium and, if wished, by the peers, in one run and one table. Nothing here passes
//! or fails; a figure that is wanted in a test has no place in one.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use tiny_http::{Header, Method, Response, Server};

use crate::process::{self, Failure};
use crate::steps::{Steps, Tally};
use crate::{root, tools};

pub(crate) const BUILD_LIMIT: Duration = Duration::from_secs(30 * 60);
const RUN_LIMIT: Duration = Duration::from_secs(10 * 60);
const FACTORS: [u32; 4] = [20, 50, 64, 100];
pub(crate) const NO_PARTS: &str = "The peers are measured on ML-100K: set RECTUNE_DATA.";

/// The figures of one implementation at one number of factors.
#[derive(Clone, Copy, Debug)]
struct Figure {
    /// Per rating and epoch.
    nanoseconds: f64,
    /// On the test ratings, after 20 epochs.
    rmse: f64,
    /// Seconds to the peer's test RMSE; of the peer itself, the seconds of its fit.
    seconds: Option<f64>,
}

/// By number of factors.
type Figures = BTreeMap<u32, Figure>;

/// The gzipped parts of the split that is measured on, and what its items are; absent parts mean generated ratings.
pub(crate) struct Parts {
    pub(crate) train: PathBuf,
    pub(crate) test: PathBuf,
    pub(crate) items: PathBuf,
}

impl Parts {
    /// Where a worker finds them; empty without parts.
    pub(crate) fn files(parts: Option<&Self>) -> Result<Files, String> {
        let part = |pick: fn(&Self) -> &PathBuf| parts.map_or(Ok(Vec::new()), |parts| read(pick(parts)));
        let file = |bytes| ("application/octet-stream", bytes);
        Ok(Files::from([
            ("/train".to_owned(), file(part(|parts| &parts.train)?)),
            ("/test".to_owned(), file(part(|parts| &parts.test)?)),
            ("/items".to_owned(), file(part(|parts| &parts.items)?)),
        ]))
    }
}

/// `cargo xtask bench [--peers]`.
pub(crate) fn run(steps: &mut Steps, peers: bool) -> Result<(), String> {
    tools::for_benches(steps)?;
    let parts = parts();
    match &parts {
        Some(parts) => println!("ratings: {}", parts.train.display()),
        None => println!("ratings: generated; RECTUNE_DATA can name the folder that holds ml-100k"),
    }
    let mut peer_figures = BTreeMap::new();
    if peers {
        let parts = parts.as_ref().ok_or(NO_PARTS)?;
        let python = tools::python_with_peers(steps)?;
        steps.must("peers", || {
            peer_figures = run_peers(&python, parts)?;
            Ok(Tally::done("CPU time"))
        })?;
    }
    let targets = targets(peer_figures.get("cornac"));
    let mut native = Figures::new();
    let mut chromium = Figures::new();
    steps.must("native", || {
        native = run_native(parts.as_ref(), &targets)?;
        Ok(Tally::done(""))
    })?;
    steps.must("Chromium", || {
        chromium = run_chromium(parts.as_ref(), &targets)?;
        Ok(Tally::done(""))
    })?;
    println!("\n{}", table(&native, &chromium, &peer_figures));
    Ok(())
}

pub(crate) fn parts() -> Option<Parts> {
    let folder =
        env::var_os("RECTUNE_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from).join("ml-100k");
    let [train, test, items] = ["u1.base.gz", "u1.test.gz", "u.item"].map(|name| folder.join(name));
    let parts = Parts { train, test, items };
    [&parts.train, &parts.test, &parts.items].iter().all(|file| file.is_file()).then_some(parts)
}

/// Lines of factors and the test RMSE that Cornac reached with them.
fn targets(cornac: Option<&Figures>) -> String {
    cornac.into_iter().flatten().map(|(factors, figure)| format!("{factors} {:.4}\n", figure.rmse)).collect()
}

fn run_peers(python: &Path, parts: &Parts) -> Result<BTreeMap<String, Figures>, Failure> {
    let mut command = Command::new(python);
    process::on_one_core(&mut command).arg(root().join("benches/peers.py")).args([&parts.train, &parts.test]);
    let output = process::run(command.args(FACTORS.map(|factors| factors.to_string())), RUN_LIMIT)?;
    let mut peers: BTreeMap<String, Figures> = BTreeMap::new();
    for line in output.lines() {
        if let Some((name, rest)) = line.split_once(' ')
            && let Some((factors, figure)) = parse(rest)
        {
            peers.entry(name.to_owned()).or_default().insert(factors, figure);
        }
    }
    if peers.len() == 2 {
        Ok(peers)
    } else {
        Err(Failure { sentence: "The peers gave no figures.".to_owned(), output })
    }
}

fn run_native(parts: Option<&Parts>, targets: &str) -> Result<Figures, Failure> {
    let folder = folder()?;
    let file = folder.join("targets");
    fs::write(&file, targets).map_err(|error| format!("{} can't be written: {error}.", file.display()))?;
    let mut cargo = tools::command("cargo");
    cargo.args(["run", "--quiet", "--locked", "--release", "--example", "figures", "--"]);
    if let Some(parts) = parts {
        cargo.args([&parts.train, &parts.test, &file]);
    }
    read_figures(&process::run(&mut cargo, BUILD_LIMIT)?)
}

/// What a server has: each file's type and bytes by its address.
pub(crate) type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} can't be read: {error}.", path.display()))
}

/// Builds an example for the browser as one of the workers' programs is built, with a page whose worker is the example's own
/// script.
pub(crate) fn program(example: &str, (profile, features): (&str, &str)) -> Result<Files, Failure> {
    let target = ["--target", "wasm32-unknown-unknown"];
    let mut cargo = tools::command("cargo");
    cargo.args(["build", "--quiet", "--locked", "--example", example]).args(target);
    cargo.args(["--profile", profile, "--features", features]);
    process::run(&mut cargo, BUILD_LIMIT)?;
    let built = target_folder().join(format!("wasm32-unknown-unknown/{profile}/examples/{example}.wasm"));
    let folder = folder()?;
    let mut bindgen = tools::command("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", example, "--out-dir"]).arg(&folder).arg(&built);
    process::run(&mut bindgen, BUILD_LIMIT)?;
    let page = r#"<!doctype html><meta charset="utf-8"><script>new Worker("/worker.js", { type: "module" })</script>"#;
    let script = root().join(format!("benches/{example}.js"));
    let wasm = format!("{example}_bg.wasm");
    Ok(Files::from([
        ("/".to_owned(), ("text/html", page.as_bytes().to_vec())),
        ("/worker.js".to_owned(), ("text/javascript", read(&script)?)),
        (format!("/program/{example}.js"), ("text/javascript", read(&folder.join(format!("{example}.js")))?)),
        (format!("/program/{wasm}"), ("application/wasm", read(&folder.join(wasm))?)),
    ]))
}

/// Has a worker of a page run the same program.
fn run_chromium(parts: Option<&Parts>, targets: &str) -> Result<Figures, Failure> {
    let mut files = program("figures", ("worker", "worker"))?;
    files.append(&mut Parts::files(parts)?);
    files.insert("/targets".to_owned(), ("text/plain", targets.as_bytes().to_vec()));
    read_figures(&in_browser(&files)?)
}

/// Reads figures, each line's by its name.
pub(crate) fn figures<T>(
    output: &str,
    line: impl Fn(&str) -> Option<(String, T)>,
) -> Result<BTreeMap<String, T>, Failure> {
    let figures: Option<BTreeMap<String, T>> = output.lines().map(line).collect();
    figures
        .filter(|figures| !figures.is_empty())
        .ok_or_else(|| Failure { sentence: "There are no figures.".to_owned(), output: output.to_owned() })
}

/// Opens the page in a browser without a window; returns what its worker posts.
pub(crate) fn in_browser(files: &Files) -> Result<String, Failure> {
    let server = Server::http("127.0.0.1:0").map_err(|error| format!("No port can be listened on: {error}."))?;
    let address = server.server_addr().to_ip().ok_or_else(|| "The server has no address.".to_owned())?;
    let profile = env::temp_dir().join(format!("rectune-bench-{}", std::process::id()));
    let mut browser = tools::chromium_command()
        .ok_or_else(|| "No Chrome or Chromium is on the path.".to_owned())?
        .args(["--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("http://{address}/"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("The browser could not be started: {error}."))?;
    let posted = serve_until_posted(&server, files);
    process::kill_tree(&mut browser);
    let _ = fs::remove_dir_all(profile);
    posted
}

fn serve_until_posted(server: &Server, files: &Files) -> Result<String, Failure> {
    let start = Instant::now();
    while start.elapsed() < RUN_LIMIT {
        let waited =
            server.recv_timeout(Duration::from_secs(1)).map_err(|error| format!("The server failed: {error}."))?;
        let Some(mut request) = waited else { continue };
        if *request.method() == Method::Post {
            let mut body = String::new();
            let read = request.as_reader().read_to_string(&mut body);
            let failed = read.is_err() || request.url() != "/done";
            let _ = request.respond(Response::empty(204));
            return if failed {
                Err(Failure { sentence: "The worker failed.".to_owned(), output: body })
            } else {
                Ok(body)
            };
        }
        // The browser may hang up at any time.
        let _ = match files.get(request.url()) {
            Some((kind, bytes)) => {
                let header = Header::from_bytes("Content-Type", *kind).expect("the type is plain text");
                request.respond(Response::from_data(bytes.clone()).with_header(header))
            }
            None => request.respond(Response::empty(404)),
        };
    }
    Err(Failure::new("The browser gave no figures in time."))
}

fn read_figures(output: &str) -> Result<Figures, Failure> {
    let figures: Figures = output.lines().filter_map(parse).collect();
    if figures.len() == FACTORS.len() {
        Ok(figures)
    } else {
        Err(Failure {
            sentence: "There are not as many figures as there should be.".to_owned(),
            output: output.to_owned(),
        })
    }
}

/// Reads "factors nanoseconds rmse [seconds ...]".
fn parse(line: &str) -> Option<(u32, Figure)> {
    let mut words = line.split_whitespace();
    let factors = words.next()?.parse().ok()?;
    let mut number = || words.next()?.parse::<f64>().ok();
    Some((factors, Figure { nanoseconds: number()?, rmse: number()?, seconds: number() }))
}

/// One line for each number of factors. The first ratio is the share of Cornac's time, the second how often Surprise's holds ours.
fn table(native: &Figures, chromium: &Figures, peers: &BTreeMap<String, Figures>) -> String {
    let mut text =
        "ns per rating and epoch, one core, 20 epochs with their start, best of 10 fits; test RMSE in brackets\n"
            .to_owned();
    let _ = write!(text, "{:>7} {:>16} {:>16}", "factors", "native", "Chromium");
    for name in peers.keys() {
        let _ = write!(text, " {name:>16}");
    }
    if !peers.is_empty() {
        let _ = write!(text, "   Chromium/Cornac  Surprise/Chromium   to Cornac's RMSE: Cornac, native, Chromium");
    }
    text.push('\n');
    for factors in FACTORS {
        let _ = write!(text, "{factors:>7}");
        for figures in [native, chromium].into_iter().chain(peers.values()) {
            if let Some(figure) = figures.get(&factors) {
                let _ = write!(text, " {:>7.1} ({:.4})", figure.nanoseconds, figure.rmse);
            }
        }
        let at = |name: &str| peers.get(name).and_then(|figures| figures.get(&factors));
        if let (Some(here), Some(there)) = (native.get(&factors), chromium.get(&factors))
            && let (Some(cornac), Some(surprise)) = (at("cornac"), at("surprise"))
        {
            let ratio = there.nanoseconds / cornac.nanoseconds;
            let _ = write!(text, "   {ratio:>15.2}  {:>17.1}", surprise.nanoseconds / there.nanoseconds);
            let milliseconds = [cornac, here, there].map(|figure| figure.seconds.unwrap_or(f64::NAN) * 1e3);
            let _ =
                write!(text, "   {:>8.1} ms {:>8.1} ms {:>8.1} ms", milliseconds[0], milliseconds[1], milliseconds[2]);
        }
        text.push('\n');
    }
    text
}

pub(crate) fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where the browser's program is put together.
pub(crate) fn folder() -> Result<PathBuf, String> {
    let folder = target_folder().join("bench");
    fs::create_dir_all(&folder).map_err(|error| format!("{} can't be made: {error}.", folder.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_set_against_each_other() {
        let (factors, figure) = parse("64 25.0 0.9501 0.0459 20").expect("a line of figures");
        assert_eq!((factors, figure.nanoseconds, figure.seconds), (64, 25.0, Some(0.0459)));
        assert!(parse("64 25.0").is_none() && parse("some words").is_none());
        let ours = Figures::from([(64, figure)]);
        let peer = |nanoseconds| Figures::from([(64, Figure { nanoseconds, ..figure })]);
        let peers = BTreeMap::from([("cornac".to_owned(), peer(50.0)), ("surprise".to_owned(), peer(200.0))]);
        let text = table(&ours, &ours, &peers);
        assert!(text.contains("0.50") && text.contains("8.0"), "{text}");
    }
}
