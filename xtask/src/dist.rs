//! The page as it is published: trunk builds it into dist, the finish makes it small and cacheable, and its weight is
//! held against the goals.

mod names;
pub(crate) mod offline;
mod parts;
mod words;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::parts::PARTS;
use self::words::WORDS;
use crate::process::{self, Failure};
use crate::source;
use crate::steps::{Steps, Tally};
use crate::{root, tools};

/// How the page is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Optimised, finished and weighed, with what is needed later only in files of its own.
    Release,
    /// Quick to compile, to try something out.
    Debug,
}

/// From an empty target folder on two cores this takes about six minutes.
const BUILD_LIMIT: Duration = Duration::from_secs(40 * 60);
const FETCH_LIMIT: Duration = Duration::from_secs(10 * 60);
const OPT_LIMIT: Duration = Duration::from_secs(10 * 60);

/// Where trunk puts the workers' programs.
const WORKER: &str = "worker";

/// The program of the worker that reads a person's files, beside that of the others.
const READER: &str = "reader";

/// The WebAssembly features that rustc and the project's SIMD use; wasm-opt must be told each.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

/// What is published is compiled together with its standard library, for size, and ends at once where it would panic: the
/// code that words a panic is a tenth of page and worker, and a browser shows nobody what it says. A trap ends a worker just as
/// a panic does: its end is noticed, and its job is run again. The compiler is pinned, so what it calls unstable stays as
/// it is; all checks and tests but those of `dist` itself do without.
const OWN_STD: [(&str, &str); 4] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    // Takes the place of the flags in .cargo/config.toml, so it repeats them. The last two say which functions of the page come
    // in files of their own, and where what they reach lies.
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "-Ctarget-feature=+simd128 -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none \
         --cfg=split -Clink-arg=--emit-relocs",
    ),
];

/// Where the page is built.
pub(crate) fn folder() -> PathBuf {
    root().join("dist")
}

/// Builds the page, with everything that is needed for it.
pub(crate) fn build(steps: &mut Steps, mode: Mode) -> Result<(), String> {
    tools::for_building(steps)?;
    steps.must("fetch the packages that page and worker are made of", || fetch(mode))?;
    steps.must("build page and worker by trunk", || trunk(mode))?;
    if mode == Mode::Debug {
        return Ok(());
    }
    steps.must("optimise the WebAssembly, name the worker by its content", || {
        finish(&folder())?;
        Ok(Tally::done(""))
    })?;
    steps.must("weigh", || weigh(&folder()))
}

/// Trunk is told to download nothing, which it passes on to cargo: so everything must be there before.
fn fetch(mode: Mode) -> Result<Tally, Failure> {
    let mut cargo = tools::command("cargo");
    cargo.args(["fetch", "--locked", "--quiet", "--target", tools::WASM_TARGET]);
    if mode != Mode::Debug {
        cargo.envs(OWN_STD);
    }
    process::run(&mut cargo, FETCH_LIMIT)?;
    Ok(Tally::done(""))
}

fn trunk(mode: Mode) -> Result<Tally, Failure> {
    let mut trunk = tools::command("trunk");
    trunk.arg("build");
    if mode != Mode::Debug {
        trunk.arg("--release");
    }
    // NO_COLOR=1, which many set, is no value that trunk 0.21 takes.
    trunk.env_remove("NO_COLOR").envs(tools::trunk_environment()?);
    if mode != Mode::Debug {
        trunk.envs(OWN_STD);
    }
    process::run(&mut trunk, BUILD_LIMIT)?;
    Ok(Tally::done("dist"))
}

/// Makes what trunk has put into `folder` ready to be published. A folder that is finished already stays as it is.
pub(crate) fn finish(folder: &Path) -> Result<(), String> {
    let index = folder.join("index.html");
    let mut page = read(&index)?;
    refuse_inline_scripts(&page)?;
    if !page.contains(&named(WORKER, WORKER)) {
        return Ok(());
    }
    let script = name_in(&page, "data-js=")?.to_owned();
    parts::cut(folder, &script)?;
    optimise(folder)?;
    words::refuse_strays(folder, &program_of(&folder.join(&script)))?;
    words::leave_out_english(folder)?;
    finish_scripts(folder, &script)?;
    for kind in [WORKER, WORDS] {
        page = page.replace(&named(kind, kind), &named(kind, &name_by_content(folder, kind)?));
    }
    write(&index, &offline::seal(&page, folder)?)?;
    offline::list(folder)
}

/// Makes scripts small and ties the page's to its parts.
fn finish_scripts(folder: &Path, script: &str) -> Result<(), String> {
    let programs = [WORKER, READER].map(|program| folder.join(WORKER).join(format!("{program}.js")));
    for script in [folder.join(script)].into_iter().chain(programs) {
        let wasm = program_of(&script);
        let (text, bytes) = names::shorten(&read(&script)?, &read_bytes(&wasm)?)?;
        write(&script, &text)?;
        write_bytes(&wasm, &bytes)?;
    }
    parts::seal(folder, script)?;
    minify(folder)
}

/// The page is small, the worker fast; both were compiled so, and wasm-opt goes on in the same direction.
fn optimise(folder: &Path) -> Result<(), String> {
    for file in source::files(folder)?.iter().filter(|file| has_extension(file, "wasm")) {
        // What -Oz saves over -Os, compression takes back.
        // Loops that are taken apart and put together anew leave a page that is one part in 140 lighter. Nothing lies at the
        // lowest addresses, where the stack would end, so that fields can be found by their distance from a pointer.
        let levels: &[&str] = if file.starts_with(folder.join(WORKER)) {
            &["-O3"]
        } else {
            &["-Os", "--flatten", "--rereloop", "-Os", "--converge", "--low-memory-unused"]
        };
        let mut optimise = tools::command("wasm-opt");
        // Functions of like names are alike, and compress better side by side.
        optimise.args(FEATURES).args(levels).arg("--reorder-functions-by-name").arg(file).arg("-o").arg(file);
        process::run(&mut optimise, OPT_LIMIT)
            .map_err(|failure| format!("{}\n{}", failure.output, failure.sentence))?;
    }
    Ok(())
}

/// Takes blanks, comments and long names out of the scripts. The service worker is left: its list is filled in later.
fn minify(folder: &Path) -> Result<(), String> {
    for file in source::files(folder)?.iter().filter(|file| has_extension(file, "js")) {
        if file.ends_with(offline::SERVICE_WORKER) {
            continue;
        }
        let mut terser = tools::command("terser");
        // The worker's is no module: what stands at its top is seen by the script that starts it.
        if !file.starts_with(folder.join(WORKER)) {
            terser.arg("--module");
        }
        terser.args(["--compress", "passes=2", "--mangle", "--output"]).arg(file).arg("--").arg(file);
        process::run(&mut terser, OPT_LIMIT).map_err(|failure| format!("{}\n{}", failure.output, failure.sentence))?;
    }
    Ok(())
}

/// The program of a script that wasm-bindgen has written.
fn program_of(script: &Path) -> PathBuf {
    script.with_file_name(stem(script) + "_bg.wasm")
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The name of a file that an attribute of index.html holds.
fn name_in<'a>(page: &'a str, attribute: &str) -> Result<&'a str, String> {
    offline::attribute(page, attribute).map(|name| name.trim_start_matches("./"))
}

/// How index.html says where one of the folders is.
fn named(kind: &str, folder: &str) -> String {
    format!("data-{kind}={folder}/")
}

/// Renames one of the folders by its content; returns its name.
fn name_by_content(folder: &Path, kind: &str) -> Result<String, String> {
    let from = folder.join(kind);
    let name = format!("{kind}-{}", digest(&from)?);
    fs::rename(&from, folder.join(&name)).map_err(|error| format!("{} can't be renamed: {error}.", from.display()))?;
    Ok(name)
}

/// The content security policy allows no inline script, so one would never run: better to hear of it here.
fn refuse_inline_scripts(page: &str) -> Result<(), String> {
    let inline = page.match_indices("<script").any(|(at, _)| {
        let tag = page[at..].split('>').next().unwrap_or_default();
        !tag.contains(" src=")
    });
    if inline {
        Err("index.html holds an inline script, which its policy refuses: make it a file.".to_owned())
    } else {
        Ok(())
    }
}

/// Changes when any file of `folder` does, so that a browser's cache never mixes two builds.
fn digest(folder: &Path) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    for file in source::files(folder)? {
        file.strip_prefix(folder).unwrap_or(&file).hash(&mut hasher);
        read_bytes(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// One side of what a visitor loads.
struct Side {
    name: &'static str,
    /// Brotli bytes beyond which the build fails.
    most: usize,
    bytes: usize,
    brotli: usize,
}

/// Prints what page and workers weigh; more than a side may is a failure. Sample data, further languages and
/// what is loaded when somebody asks for it are not part of either; the last is weighed, too.
fn weigh(folder: &Path) -> Result<Tally, Failure> {
    let mut sides = [
        Side { name: "page", most: 200_000, bytes: 0, brotli: 0 },
        Side { name: "worker", most: 300_000, bytes: 0, brotli: 0 },
        Side { name: "reader that comes with a file", most: 165_000, bytes: 0, brotli: 0 },
        Side { name: "parts that come when they are asked for", most: 140_000, bytes: 0, brotli: 0 },
    ];
    for file in source::files(folder)? {
        if !["html", "js", "css", "wasm", "svg"].iter().any(|extension| has_extension(&file, extension)) {
            continue;
        }
        let relative = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
        let side = match () {
            () if relative.starts_with(WORKER) => 1 + usize::from(stem(&file).starts_with(READER)),
            () if relative.starts_with(PARTS) => 3,
            () => 0,
        };
        let content = read_bytes(&file)?;
        sides[side].bytes += content.len();
        sides[side].brotli += brotli_len(&content).map_err(|error| format!("brotli failed: {error}."))?;
    }
    let lines = sides
        .each_ref()
        .map(|side| format!("{} {} bytes, {} brotli (at most {})", side.name, side.bytes, side.brotli, side.most));
    match sides.iter().find(|side| side.brotli > side.most || side.bytes == 0) {
        None => Ok(Tally::done(lines.join("; "))),
        Some(side) if side.bytes == 0 => Err(Failure::new(format!("dist holds no {}.", side.name))),
        Some(side) => Err(Failure::new(format!("the {} is too heavy: {}.", side.name, lines.join("; ")))),
    }
}

fn brotli_len(mut content: &[u8]) -> std::io::Result<usize> {
    let mut packed = Vec::new();
    // What static hosts that pack beforehand use.
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut content, &mut packed, &parameters)?;
    Ok(packed.len())
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} can't be read: {error}.", path.display()))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} can't be read: {error}.", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    write_bytes(path, text.as_bytes())
}

fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{} can't be written: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scripts_in_files_pass() {
        assert!(refuse_inline_scripts("<script type=\"module\" src=\"./boot.js\"></script>").is_ok());
        assert!(refuse_inline_scripts("<p><script>let a = 1;</script>").is_err());
    }

    #[test]
    fn the_digest_follows_the_content() {
        let folder = std::env::temp_dir().join(format!("rectune-digest-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        fs::write(folder.join("a"), "1").expect("is written");
        let first = digest(&folder).expect("is read");
        assert_eq!(digest(&folder).expect("is read"), first);
        fs::write(folder.join("a"), "2").expect("is written");
        assert_ne!(digest(&folder).expect("is read"), first);
        fs::remove_dir_all(&folder).expect("is removed");
    }

    #[test]
    fn repetition_packs_well() {
        assert!(brotli_len(&[7; 10_000]).expect("packs") < 100);
    }
}
