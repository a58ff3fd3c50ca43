//! The outside tools: their versions, all of them, and how a missing one is installed. A right version that is already
//! on the path is used; everything else goes to target/tools, so that nothing of the machine's own is overwritten.
//! Only browsers and Node.js come from the system's packages.

use std::ffi::OsString;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::{self, Failure};
use crate::root;
use crate::steps::{Steps, Tally};

const TRUNK: CargoTool<'_> = CargoTool { krate: "trunk", version: "0.21.14", locked: true, opt_level: WAITING };
const WASM_PACK: CargoTool<'_> = CargoTool { krate: "wasm-pack", version: "0.15.0", locked: true, opt_level: WAITING };
const GECKODRIVER: CargoTool<'_> =
    CargoTool { krate: "geckodriver", version: "0.37.1", locked: false, opt_level: WAITING };
/// The optimisation of a tool that waits for others most of its time, and of one that works through megabytes itself: what more
/// of it would gain, compiling costs tenfold.
const WAITING: &str = "0";
const WORKING: &str = "1";
/// The names under which Chrome is installed.
const CHROMIUM: [&str; 3] = ["chromium", "google-chrome", "chromium-browser"];
/// The npm package that holds wasm-opt; its major version is wasm-opt's.
const BINARYEN: &str = "132.0.0";
/// The npm package that makes scripts small.
const TERSER: &str = "5.51.4";
/// The npm package that the end-to-end tests put into the page to look for barriers.
const AXE: &str = "4.14.1";
/// The oldest Node.js that runs the first of them.
const NODE_MAJOR: u32 = 18;
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The peers that `bench --peers` measures, as pip names them, those of `bench --read`, and those of `bench --models --peers`:
/// LensKit takes no pandas as late as the readers', so each of the two commands brings its own back where the other has been.
const PEERS: [&str; 2] = ["cornac==3.0.1", "scikit-surprise==1.1.5"];
const READERS: [&str; 2] = ["pandas==3.1.1", "polars==2.1.0"];
const ALTERNATORS: [&str; 3] = ["lenskit==2025.8.1", "implicit==0.7.3", "pandas==2.3.3"];

/// The peer that `bench --search` measures, and what its Gaussian process needs.
pub(crate) const OPTUNA: [&str; 3] = ["optuna==5.0.0", "scipy==1.17.1", "torch==2.15.0"];

/// Compiling the slowest tool takes four minutes on two cores.
const INSTALL_LIMIT: Duration = Duration::from_secs(30 * 60);

/// A program that is compiled from crates.io.
#[derive(Clone, Copy, Debug)]
struct CargoTool<'a> {
    krate: &'static str,
    version: &'a str,
    locked: bool,
    opt_level: &'static str,
}

/// What building the page needs.
pub(crate) fn for_building(steps: &mut Steps) -> Result<(), String> {
    wasm_target(steps)?;
    std_source(steps)?;
    wasm_bindgen(steps)?;
    cargo_tool(steps, TRUNK)?;
    wasm_opt(steps)?;
    terser(steps)?;
    tidy()
}

/// What a bench's program for the browser needs.
pub(crate) fn for_benches(steps: &mut Steps) -> Result<(), String> {
    wasm_target(steps)?;
    wasm_bindgen(steps)?;
    tidy()
}

/// What formatting and lints need.
pub(crate) fn for_checking(steps: &mut Steps) -> Result<(), String> {
    for component in ["rustfmt", "clippy"] {
        let program = if component == "clippy" { "cargo-clippy" } else { component };
        if process::answer(command(program).arg("--version")).is_none() {
            steps.must(&format!("install {component} by rustup"), || {
                process::run(command("rustup").args(["component", "add", component]), INSTALL_LIMIT)?;
                Ok(Tally::default())
            })?;
        }
    }
    wasm_target(steps)
}

/// What the tests in real browsers need.
pub(crate) fn for_browsers(steps: &mut Steps) -> Result<(), String> {
    chromium(steps)?;
    firefox(steps)?;
    wasm_bindgen(steps)?;
    cargo_tool(steps, WASM_PACK)?;
    if driver("GECKODRIVER", "geckodriver").is_none() {
        cargo_tool(steps, GECKODRIVER)?;
    }
    axe(steps)
}

/// Removes what compiling the tools has left: it is far larger than they are. Building the page, or a bench, comes last in
/// every command, so all of them have shared it.
fn tidy() -> Result<(), String> {
    let build = build_folder();
    if !build.is_dir() {
        return Ok(());
    }
    fs::remove_dir_all(&build).map_err(|error| format!("{} can't be removed: {error}.", build.display()))
}

/// A command that finds the project's tools before the machine's.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(find(program).unwrap_or_else(|| program.into()));
    command.current_dir(root()).env("PATH", search_path());
    command
}

/// The WebDriver program that `variable` names, or else the one on the path.
pub(crate) fn driver(variable: &str, program: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file()).or_else(|| find(program))
}

/// Keeps trunk from downloading anything, and from using another wasm-bindgen than the library's.
pub(crate) fn trunk_environment() -> Result<[(&'static str, String); 3], String> {
    Ok([
        ("TRUNK_OFFLINE", "true".to_owned()),
        ("TRUNK_SKIP_VERSION_CHECK", "true".to_owned()),
        ("TRUNK_TOOLS_WASM_BINDGEN", locked_version("wasm-bindgen")?),
    ])
}

/// A Chrome or Chromium that starts.
pub(crate) fn chromium_command() -> Option<Command> {
    CHROMIUM.into_iter().find(|name| process::answer(command(name).arg("--version")).is_some()).map(command)
}

/// A Python that has the peers: the machine's own, or one of the project's, for which they are installed by pip.
pub(crate) fn python_with_peers(steps: &mut Steps) -> Result<PathBuf, String> {
    python_with(steps, &PEERS)
}

/// A Python that has the peers of reading files.
pub(crate) fn python_with_readers(steps: &mut Steps) -> Result<PathBuf, String> {
    python_with(steps, &READERS)
}

/// A Python that has the peers of alternating least squares. What torch, which LensKit imports, brings along takes several
/// gigabytes.
pub(crate) fn python_with_alternators(steps: &mut Steps) -> Result<PathBuf, String> {
    python_with(steps, &ALTERNATORS)
}

/// A Python that has Optuna. What torch brings along takes several gigabytes.
pub(crate) fn python_with_optuna(steps: &mut Steps) -> Result<PathBuf, String> {
    python_with(steps, &OPTUNA)
}

fn python_with(steps: &mut Steps, packages: &[&str]) -> Result<PathBuf, String> {
    if let Some(python) = present_python_with(packages) {
        return Ok(python);
    }
    let python = own_python();
    steps.must(&format!("install {} by pip", packages.join(" and ")), || {
        process::run(command("python3").args(["-m", "venv"]).arg(folder().join("peers")), INSTALL_LIMIT)?;
        process::run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages), INSTALL_LIMIT)?;
        Ok(Tally::default())
    })?;
    Ok(python)
}

/// A Python that has the peers already.
pub(crate) fn present_python_with_peers() -> Option<PathBuf> {
    present_python_with(&PEERS)
}

fn present_python_with(packages: &[&str]) -> Option<PathBuf> {
    let versions = "import importlib.metadata as m, sys; print(*(f'{n}=={m.version(n)}' for n in sys.argv[1:]))";
    let names = packages.iter().filter_map(|package| package.split("==").next());
    let has_peers = |python: &PathBuf| {
        let answer = process::answer(Command::new(python).args(["-c", versions]).args(names.clone()));
        answer.is_some_and(|answer| answer.split_whitespace().eq(packages.iter().copied()))
    };
    find("python3").into_iter().chain([own_python()]).find(has_peers)
}

fn own_python() -> PathBuf {
    folder().join("peers/bin/python")
}

fn folder() -> PathBuf {
    root().join("target/tools")
}

fn build_folder() -> PathBuf {
    folder().join("build")
}

fn search_path() -> OsString {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let own = [folder().join("bin"), folder().join("node_modules/.bin"), terser_folder().join("node_modules/.bin")];
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let all = own.into_iter().chain(std::env::split_paths(&inherited)).chain([home.join("bin")]);
    // A folder whose name holds a colon cannot stand in a path; then the machine's own tools have to do.
    std::env::join_paths(all).unwrap_or(inherited)
}

fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&search_path()).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Whether `program` is there, can be run and gives `version` as one of its words.
fn has_version(program: &str, version: &str) -> bool {
    process::answer(command(program).arg("--version"))
        .is_some_and(|answer| answer.split_whitespace().any(|word| word == version))
}

/// Where the compiler keeps its libraries.
fn rustlib() -> PathBuf {
    let sysroot = process::answer(command("rustc").args(["--print", "sysroot"])).unwrap_or_default();
    Path::new(sysroot.trim()).join("lib/rustlib")
}

/// The standard library's source: what is published is compiled together with it.
fn std_source(steps: &mut Steps) -> Result<(), String> {
    if rustlib().join("src/rust/library/Cargo.lock").is_file() {
        return Ok(());
    }
    steps.must("install the standard library's source by rustup", || {
        process::run(command("rustup").args(["component", "add", "rust-src"]), INSTALL_LIMIT)?;
        Ok(Tally::default())
    })
}

fn wasm_target(steps: &mut Steps) -> Result<(), String> {
    if rustlib().join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    steps.must(&format!("install the target {WASM_TARGET} by rustup"), || {
        process::run(command("rustup").args(["target", "add", WASM_TARGET]), INSTALL_LIMIT)?;
        Ok(Tally::default())
    })
}

/// The CLI must be of the very version of the library, so it follows Cargo.lock.
fn wasm_bindgen(steps: &mut Steps) -> Result<(), String> {
    let version = locked_version("wasm-bindgen")?;
    let present = ["wasm-bindgen", "wasm-bindgen-test-runner"].iter().all(|program| has_version(program, &version));
    if present {
        return Ok(());
    }
    let tool = CargoTool { krate: "wasm-bindgen-cli", version: &version, locked: false, opt_level: WORKING };
    cargo_install(steps, tool)
}

/// Installs a tool whose program bears its name.
fn cargo_tool(steps: &mut Steps, tool: CargoTool<'_>) -> Result<(), String> {
    if has_version(tool.krate, tool.version) { Ok(()) } else { cargo_install(steps, tool) }
}

fn cargo_install(steps: &mut Steps, tool: CargoTool<'_>) -> Result<(), String> {
    let CargoTool { krate, version, locked, opt_level } = tool;
    steps.must(&format!("install {krate} {version} by cargo"), || {
        let mut install = command("cargo");
        install.args(["install", krate, "--version", &format!("={version}"), "--force", "--root"]).arg(folder());
        if locked {
            install.arg("--locked");
        }
        // One target folder lets them share what they have in common.
        install.env("CARGO_TARGET_DIR", build_folder());
        for (key, value) in [("OPT_LEVEL", opt_level), ("LTO", "off"), ("CODEGEN_UNITS", "16"), ("DEBUG", "false")] {
            install.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
        }
        process::run(&mut install, INSTALL_LIMIT)?;
        Ok(Tally::default())
    })
}

/// wasm-opt from npm: the systems' packages are too old to read what the compiler writes.
fn wasm_opt(steps: &mut Steps) -> Result<(), String> {
    node(steps)?;
    if has_version("wasm-opt", binaryen_major()) {
        return Ok(());
    }
    npm_install(steps, &folder(), "binaryen", BINARYEN)
}

/// terser from npm.
fn terser(steps: &mut Steps) -> Result<(), String> {
    node(steps)?;
    if has_version("terser", TERSER) { Ok(()) } else { npm_install(steps, &terser_folder(), "terser", TERSER) }
}

/// In a folder of its own: npm removes what it was not asked for this time.
fn terser_folder() -> PathBuf {
    folder().join("terser")
}

/// axe-core from npm.
fn axe(steps: &mut Steps) -> Result<(), String> {
    let own = folder().join("axe");
    let package = own.join("node_modules/axe-core/package.json");
    let version = format!("\"version\": \"{AXE}\"");
    if fs::read_to_string(package).is_ok_and(|text| text.contains(&version)) {
        return Ok(());
    }
    node(steps)?;
    npm_install(steps, &own, "axe-core", AXE)
}

fn npm_install(steps: &mut Steps, folder: &Path, package: &str, version: &str) -> Result<(), String> {
    steps.must(&format!("install {package} {version} by npm"), || {
        fs::create_dir_all(folder).map_err(|error| format!("{} can't be made: {error}.", folder.display()))?;
        let mut install = command("npm");
        install.args(["install", "--no-save", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"]).arg(folder);
        process::run(install.arg(format!("{package}@{version}")), INSTALL_LIMIT)?;
        Ok(Tally::default())
    })
}

fn binaryen_major() -> &'static str {
    BINARYEN.split('.').next().unwrap_or(BINARYEN)
}

fn node(steps: &mut Steps) -> Result<(), String> {
    let answer = process::answer(command("node").arg("--version")).unwrap_or_default();
    let major: Option<u32> =
        answer.trim().trim_start_matches('v').split('.').next().and_then(|digits| digits.parse().ok());
    let npm = process::answer(command("npm").arg("--version")).is_some();
    match major {
        Some(major) if major >= NODE_MAJOR && npm => Ok(()),
        Some(major) if major < NODE_MAJOR => Err(format!(
            "Node.js {major} is on the path; wasm-opt needs {NODE_MAJOR} or later. Install a newer one, or remove it to have the system's."
        )),
        _ => apt_install(steps, &["nodejs", "npm"]),
    }
}

fn chromium(steps: &mut Steps) -> Result<(), String> {
    // Ubuntu's `chromium-browser` is there without a browser behind it; only one that answers counts.
    let runs = || chromium_command().is_some();
    let drives = || driver("CHROMEDRIVER", "chromedriver");
    let answers = |path: PathBuf| process::answer(Command::new(path).arg("--version")).is_some();
    if runs() && drives().is_some_and(answers) {
        return Ok(());
    }
    if is_ubuntu() {
        return Err("No Chrome or Chromium with its chromedriver was found. Ubuntu has Chromium only as a snap, which tests cannot \
                    drive: install Google Chrome and the chromedriver of the same version, put both on the path (or name the \
                    driver in CHROMEDRIVER), and run this again."
            .to_owned());
    }
    apt_install(steps, &["chromium", "chromium-driver"])
}

fn firefox(steps: &mut Steps) -> Result<(), String> {
    if ["firefox", "firefox-esr"].iter().any(|name| process::answer(command(name).arg("--version")).is_some()) {
        return Ok(());
    }
    if is_ubuntu() {
        return Err(
            "No Firefox was found. Ubuntu has it only as a snap, which tests cannot drive: install Mozilla's own \
                    package, put `firefox` on the path, and run this again."
                .to_owned(),
        );
    }
    apt_install(steps, &["firefox-esr"])
}

fn is_ubuntu() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"))
}

fn apt_install(steps: &mut Steps, packages: &[&str]) -> Result<(), String> {
    let names = packages.join(" ");
    if find("apt-get").is_none() {
        return Err(format!("{names} is missing, and this system has no apt-get to install it: install it by hand."));
    }
    steps.must(&format!("install {names} by apt-get"), || {
        apt_get(&["update", "-qq"])?;
        apt_get(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())?;
        Ok(Tally::default())
    })
}

fn apt_get(arguments: &[&str]) -> Result<(), Failure> {
    let root_user = process::answer(command("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if root_user {
        let mut apt = command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        return process::run(&mut apt, INSTALL_LIMIT).map(drop);
    }
    let mut sudo = command("sudo");
    if !std::io::stdin().is_terminal() {
        // Nobody is there to type a password.
        sudo.arg("-n");
    }
    process::run_in_the_open(sudo.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments))
}

/// The version of `package` in Cargo.lock.
fn locked_version(package: &str) -> Result<String, String> {
    let path = root().join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|error| format!("{} can't be read: {error}.", path.display()))?;
    version_in(&text, package).ok_or_else(|| format!("Cargo.lock has no package {package}."))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "wasm"), None);
    }

    #[test]
    fn own_tools_come_before_the_machines() {
        let first = std::env::split_paths(&search_path()).next();
        assert_eq!(first, Some(folder().join("bin")));
    }
}
