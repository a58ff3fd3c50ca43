//! What goes to Optuna is opened by Optuna, and the example that runs the native command under it works. Both need a Python
//! that has it (`pip install optuna`; RECTUNE_PYTHON names one), and say so where there is none.

#![expect(clippy::unwrap_used, reason = "a test that can not read or run has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const RECTUNE: &str = env!("CARGO_BIN_EXE_rectune");

/// Reads a journal as anybody would, and prints its trials as JSON.
const READ: &str = r#"
import json, sys, optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
storage = JournalStorage(JournalFileBackend(sys.argv[1]))
study = optuna.load_study(study_name=storage.get_all_studies()[0].study_name, storage=storage)
# A study that takes them up checks them.
optuna.create_study(direction=study.direction).add_trials(study.trials)
print(json.dumps({"best": study.best_trial.number, "trials": [
    {"number": one.number, "params": one.params, "value": one.value, "state": one.state.name} for one in study.trials]}))
"#;

/// A Python that has Optuna.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("RECTUNE_PYTHON").map_or_else(|| "python3".into(), PathBuf::from);
    let found = Command::new(&python).args(["-c", "import optuna"]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: {} has no Optuna", python.display());
    }
    found.then_some(python)
}

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("rectune-optuna-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn ratings(folder: &Path) -> PathBuf {
    let mut text = "userId,movieId,rating\n".to_owned();
    for row in 0..1_200_u32 {
        let (user, item) = (row / 20, (row * 7 + row / 20 * 3) % 40);
        text += &format!("u{user},i{item},{}\n", 1 + (user * 7 + item * 5 + (user % 3) * (item % 4)) % 5);
    }
    let path = folder.join("ratings.csv");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn optuna_opens_the_journal_and_finds_the_same_trials() {
    let Some(python) = python() else { return };
    let folder = folder("journal");
    let (result, journal) = (folder.join("result.json"), folder.join("trials.journal"));
    output(Command::new(RECTUNE).arg("tune").arg(ratings(&folder)).arg("--json").arg(&result).args([
        "--model",
        "svd,bias",
        "--range",
        "svd.n_factors=2..8:log",
        "--range",
        "svd.init=constant,gaussian",
        "--range",
        "bias.damping=1..20:step=1",
        "--trials",
        "12",
    ]));
    output(Command::new(RECTUNE).arg("export").arg(&result).args(["--to", "optuna", "--out"]).arg(&journal));
    let read: Value = serde_json::from_str(&output(Command::new(python).args(["-c", READ]).arg(&journal))).unwrap();
    let ours: Value = serde_json::from_str(&fs::read_to_string(&result).unwrap()).unwrap();
    let (theirs, ours_trials) = (read["trials"].as_array().unwrap(), ours["trials"].as_array().unwrap());
    assert_eq!((theirs.len(), &read["best"]), (12, &ours["best"]["number"]));
    for (theirs, ours) in theirs.iter().zip(ours_trials) {
        assert_eq!((&theirs["number"], &theirs["value"]), (&ours["number"], &ours["value"]));
        let (theirs, ours) = (theirs["params"].as_object().unwrap(), ours["params"].as_object().unwrap());
        assert_eq!(theirs.len(), ours.len());
        for (name, value) in ours {
            let same = theirs[name] == *value || theirs[name].as_f64() == value.as_f64() && value.is_number();
            assert!(same, "{name}: {} is not {value}", theirs[name]);
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_example_shares_a_study_among_processes_and_lets_ask_tell_propose() {
    let Some(python) = python() else { return };
    let folder = folder("objective");
    let ratings = ratings(&folder);
    let run = |name: &str, more: &[&str]| -> Value {
        let mut command = Command::new(&python);
        command.arg("examples/optuna_objective.py").arg(&ratings).args(["--rectune", RECTUNE, "--name", name]);
        command.arg("--journal").arg(folder.join(name)).args(more).current_dir(env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&output(&mut command)).unwrap()
    };
    let shared = run("shared", &["--trials", "5", "--processes", "2"]);
    assert_eq!(shared["trials"], 5);
    // The sampler's proposals and the trainer's results are the same in every run.
    let again = || run("asked", &["--trials", "4", "--ask-tell", "sobol"]);
    let first = again();
    assert_eq!(first["trials"], 4);
    fs::remove_file(folder.join("asked")).unwrap();
    assert_eq!(again(), first);
    fs::remove_dir_all(folder).unwrap();
}
