//! The native command as its users meet it: exit status, the sentence on standard error, the JSON on standard output.

#![expect(clippy::unwrap_used, reason = "a test that can not read or run has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rectune-cli-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.0.join(name), text).unwrap();
        self.path(name)
    }

    /// 1,200 ratings of 60 users and 40 items with something to learn.
    fn ratings(&self) -> String {
        let mut text = "userId,movieId,rating,timestamp\n".to_owned();
        for row in 0..1_200_u32 {
            let (user, item) = (row / 20, (row * 7 + row / 20 * 3) % 40);
            let rating = 1 + (user * 7 + item * 5 + (user % 3) * (item % 4)) % 5;
            text += &format!("u{user},i{item},{rating},{}\n", 1_000_000 + row);
        }
        self.write("ratings.csv", &text)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rectune"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["--json", "-"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("nothing but JSON on standard output")
}

fn read(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Trials without their times.
fn trials(result: &Value) -> Vec<Value> {
    let mut trials = result["trials"].as_array().unwrap().clone();
    trials.iter_mut().for_each(|trial| trial["seconds"] = Value::Null);
    trials
}

const SMALL: [&str; 6] = ["--trials", "6", "--range", "n_factors=2..8", "--set", "learning_rate=0.02"];

#[test]
fn inspect_says_what_is_in_a_file() {
    let folder = Folder::new("inspect");
    let report = json(&["inspect", &folder.ratings()]);
    assert_eq!((&report["rows"], &report["users"], &report["items"]), (&1_200.into(), &60.into(), &40.into()));
    assert_eq!(report["columns"]["time"], "timestamp");
    for key in
        ["used", "skipped", "duplicates", "delimiter", "encoding", "header", "scale", "density", "hash", "seconds"]
    {
        assert!(!report[key].is_null(), "{key}");
    }
    let other = folder.write("other.csv", "a;b;c\n1;x;2\n2;x;3\n1;y;5\n");
    let report = json(&["inspect", &other, "--map", "user=a,item=b,rating=c"]);
    assert_eq!((&report["rows"], &report["delimiter"]), (&3.into(), &";".into()));
}

#[test]
fn gzip_is_seen_through() {
    let folder = Folder::new("gzip");
    let plain = folder.ratings();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&fs::read(&plain).unwrap()).unwrap();
    let packed = folder.path("ratings.csv.gz");
    fs::write(&packed, packer.finish().unwrap()).unwrap();
    assert_eq!(json(&["inspect", &plain])["hash"], json(&["inspect", &packed])["hash"]);
}

#[test]
fn inspect_says_what_was_left_out_and_why() {
    let folder = Folder::new("cleaning");
    let text = "user;item;stars\na;x;4,5\na;x;3\nb;x;good\nb;y;\n;y;2\nb;z;1\nc;y;2\nc;z;2\n";
    let file = folder.write("ratings.csv", text);
    let report = json(&["inspect", &file]);
    assert_eq!((&report["rows"], &report["used"], &report["duplicates"]), (&8.into(), &4.into(), &1.into()));
    let skipped = |report: &Value| -> Vec<(String, u64, u64)> {
        let number = |skip: &Value, key: &str| skip[key].as_u64().unwrap();
        let skips = report["skipped"].as_array().unwrap().iter();
        skips
            .map(|skip| {
                (skip["reason"].as_str().unwrap().to_owned(), number(skip, "count"), number(skip, "first_line"))
            })
            .collect()
    };
    let reason = |name: &str, count, line| (name.to_owned(), count, line);
    let mut expected = vec![
        reason("not-a-number", 1, 4),
        reason("missing-rating", 1, 5),
        reason("missing-user", 1, 6),
        reason("repeated-pair", 1, 3),
    ];
    assert_eq!(skipped(&report), expected);
    assert_eq!(report["scale"]["max"], 3.0);
    let first = json(&["inspect", &file, "--repeats", "first", "--constant-users", "skip"]);
    expected.push(reason("constant-user", 2, 8));
    assert_eq!(skipped(&first), expected);
    assert_eq!((&first["scale"]["max"], &first["clean"]["repeats"]), (&4.5.into(), &"first".into()));
    let likes = json(&["inspect", &file, "--threshold", "2"]);
    assert_eq!((&likes["implicit"], &likes["used"]), (&true.into(), &3.into()));
    let refused = run(&["inspect", &file, "--bad-rows", "refuse"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("line 4"));
}

#[test]
fn a_study_remembers_how_its_ratings_were_cleaned() {
    let folder = Folder::new("clean-study");
    let (file, result) = (folder.ratings(), folder.path("result.json"));
    let arguments =
        ["tune", &file, "--model", "bias", "--trials", "3", "--core", "5", "--scale", "2..5", "--json", &result];
    assert!(run(&arguments).status.success());
    let study = &read(&result)["study"];
    assert_eq!(study["data"]["clean"], serde_json::json!({"scale": "2..5", "core_users": 5, "core_items": 5}));
    assert!(run(&["verify", &result, &file]).status.success());
}

#[test]
fn archives_bring_their_items() {
    let folder = Folder::new("zip");
    let plain = folder.ratings();
    let items: String = (0..40).map(|item| format!("i{item},Film {item} ({}),Drama|War\n", 1960 + item)).collect();
    let items = folder.write("movies.csv", &format!("movieId,title,genres\n{items}"));
    let archive = folder.path("ml.zip");
    // Python's own packer: an archive that this project did not write.
    let script = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:\n    for f in sys.argv[2:]: z.write(f, 'ml/' + f.split('/')[-1])";
    let packed = Command::new("python3").args(["-c", script, &archive, &plain, &items]).status();
    if !packed.is_ok_and(|status| status.success()) {
        println!("skipped: there is no python3 to pack an archive");
        return;
    }
    let report = json(&["inspect", &archive]);
    assert_eq!(report["hash"], json(&["inspect", &plain])["hash"]);
    assert_eq!(report["source"]["form"]["member"], "ml/ratings.csv");
    assert_eq!(report["catalog"]["known"], 40);
    assert_eq!(report["profile"]["genres"][0]["count"], 40);
    let list = json(&["recommend", &plain, "--items", &items, "--model", "bias", "--user", "u3", "-n", "1"]);
    assert!(list[0]["title"].as_str().unwrap().starts_with("Film "));
}

#[test]
fn bad_input_gets_one_sentence_and_status_two() {
    let folder = Folder::new("bad");
    let good = folder.ratings();
    let file = |name: &str, text: &str| folder.write(name, text);
    let empty = file("empty.csv", "");
    let picture = file("picture.csv", "\u{0}\u{1}PNG no table");
    let column = file("column.csv", "user,item,stars_given\n1,2,3\n2,2,4\n");
    let word = file("word.csv", "user,item,rating\n1,2,3\n2,3,good\n");
    let lonely = file("lonely.csv", "user,item,rating\n1,2,3\n1,3,4\n");
    let equal = file("equal.csv", "user,item,rating\n1,2,3\n2,3,3\n");
    let pairs = file("pairs.csv", "user,item\n1,2\n2,3\n1,3\n");
    let study = file("study.json", "{\n  \"seed\": \"seven\"\n}");
    let cases: &[(&[&str], &[&str])] = &[
        (&["inspect", &empty], &["empty.csv", "empty"]),
        (&["inspect", &picture], &["picture.csv"]),
        (&["inspect", "no/such/file.csv"], &["no/such/file.csv"]),
        (&["inspect", "no-such-sample"], &["no-such-sample", "ml-latest-small"]),
        (&["inspect", &column, "--map", "rating=stars"], &["column.csv", "stars", "stars_given"]),
        (&["inspect", &good, "--map", "stars=3"], &["--map", "user=COLUMN"]),
        (&["inspect", &word], &["word.csv", "line 3", "rating", "good"]),
        (&["inspect", &good, "--scale", "5..1"], &["--scale", "LOW..HIGH"]),
        (&["inspect", &good, "--encoding", "klingon"], &["klingon", "utf-8"]),
        (&["tune", &pairs], &["pairs.csv", "nothing to predict"]),
        (&["inspect", &good, "--test", &good], &["1200 of 1200", "drop"]),
        (&["tune", &lonely], &["lonely.csv", "one user"]),
        (&["tune", &equal], &["equal.csv", "3"]),
        (&["tune", &good, "--range", "n_factors=9..4"], &["n_factors", "upside down"]),
        (&["tune", &good, "--set", "n_factors=0"], &["n_factors", "from 1"]),
        (&["tune", &good, "--set", "factors=3"], &["factors", "n_factors, learning_rate"]),
        (&["tune", &good, "--model", "svd3"], &["svd3", "svd"]),
        (&["tune", &good, "--sampler", "best"], &["--sampler best", "grid, random, sobol"]),
        (&["tune", &good, "--scheduler", "hyperband"], &["--scheduler hyperband", "none, halving"]),
        (&["tune", &good, "--first", "n_factors=3000"], &["n_factors = 3000", "4 to 32"]),
        (&["tune", &good, "--first", "alpha=1"], &["first = alpha", "n_factors, learning_rate"]),
        (&["tune", &good, "--goal", "luck"], &["--goal luck", "rating, ranking"]),
        (&["tune", &good, "--model", "popular"], &["popular", "no ratings", "mean, bias, svd", "list"]),
        (&["tune", &good, "--objective", "ndcg@10"], &["ndcg", "goal rating", "rmse, mae"]),
        (&["tune", &good, "--goal", "ranking", "--objective", "ndcg@0"], &["ndcg@0", "recall@10"]),
        (&["train", &good, "--model", "popular", "--relevant", "99"], &["relevant"]),
        (&["tune", &good, "--trials", "0"], &["trials = 0", "from 1"]),
        (&["tune", &good, "--split", "random:0,0.1"], &["validation"]),
        (&["tune", &good, "--split", "half"], &["--split", "random:V,T"]),
        (&["tune", &good, "--study", &study], &["study.json", "seed", "whole number"]),
        (&["tune", &good, "--lag"], &["--lag"]),
        (&["train", &good, "--model", "svd", "--set", "learning_rate=0"], &["learning_rate", "above 0"]),
        (&["train", &good, "--model", "svd", "--epochs", "0"], &["epochs", "from 1"]),
        (&["recommend", &good, "--model", "bias", "--user", "nobody"], &["user", "nobody"]),
        (&["link", "decode", "#v=99&n=5"], &["newer version"]),
        (&["verify", "#v=1&n=5"], &["no result"]),
        (&["nonsense"], &["nonsense"]),
    ];
    for (arguments, parts) in cases {
        let output = run(arguments);
        let sentence = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {sentence}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let lines: Vec<&str> = sentence.lines().collect();
        let last = lines.last().copied().unwrap_or_default();
        assert!(parts.iter().all(|part| last.contains(part)), "{arguments:?}: {sentence}");
    }
}

#[test]
fn the_same_trials_whatever_the_number_of_workers() {
    let folder = Folder::new("workers");
    let ratings = folder.ratings();
    let tune = |more: &[&str]| json(&[&["tune", ratings.as_str()], &SMALL[..], more].concat());
    let (one, three) = (tune(&["--workers", "1"]), tune(&["--workers", "3"]));
    assert_eq!(trials(&one), trials(&three));
    assert_eq!(one["digest"], three["digest"]);
    assert_eq!(one["trials"].as_array().unwrap().len(), 6);
    assert!(one["best"]["value"].is_number() && one["test"]["rmse"]["value"].is_number());
    assert_eq!(one["baselines"].as_array().unwrap().len(), 2);
    assert!(one["baselines"][1]["difference"]["low"].is_number());
    assert_ne!(one["digest"], tune(&["--seed", "2"])["digest"]);
    let exhausted = json(&["tune", &ratings, "--range", "n_factors=2..4", "--sampler", "grid"]);
    assert_eq!((exhausted["trials"].as_array().unwrap().len(), &exhausted["state"]), (3, &"exhausted".into()));
}

#[test]
fn a_study_begins_where_it_is_told_to() {
    let folder = Folder::new("first");
    let ratings = folder.ratings();
    let first =
        ["--first", "n_factors=3", "--first", "n_factors=8,regularization=0.1", "--range", "regularization=0.01..0.2"];
    let result = json(&[&["tune", ratings.as_str()], &SMALL[..], &first].concat());
    let params = |at: usize| result["trials"][at]["params"].clone();
    assert_eq!(params(0), serde_json::json!({"n_factors": 3, "regularization": 0.02}));
    assert_eq!(params(1), serde_json::json!({"n_factors": 8, "regularization": 0.1}));
    assert_eq!(result["study"]["first"][1], params(1));
}

#[test]
fn a_study_begins_with_the_points_of_a_table() {
    let folder = Folder::new("first-from");
    let ratings = folder.ratings();
    let (result, table) = (folder.path("result.json"), folder.path("trials.csv"));
    run(&[&["tune", ratings.as_str()], &SMALL[..], &["--json", &result]].concat());
    run(&["export", &result, "--to", "csv", "--out", &table]);
    let again =
        json(&["tune", &ratings, "--study", &result_study(&folder, &result), "--first-from", &table, "--seed", "9"]);
    let points = |result: &Value| -> Vec<Value> {
        result["trials"].as_array().unwrap().iter().map(|trial| trial["params"].clone()).collect()
    };
    assert_eq!(points(&again), points(&read(&result)));
    fs::write(&table, "n_factors\n3000\n").unwrap();
    let refused = run(&["tune", &ratings, "--first-from", &table]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("line 2: n_factors = 3000"), "{said}");
}

/// The study of a result as a file of its own.
fn result_study(folder: &Folder, result: &str) -> String {
    let file = folder.path("study.json");
    fs::write(&file, read(result)["study"].to_string()).unwrap();
    file
}

#[test]
fn the_best_are_repeated_with_other_seeds() {
    let folder = Folder::new("replicates");
    let result = json(&[&["tune", folder.ratings().as_str()], &SMALL[..], &["--replicates", "3"]].concat());
    let finalist = &result["finalists"][0];
    assert_eq!(finalist["values"].as_array().unwrap().len(), 3);
    assert!(finalist["mean"].is_number() && finalist["deviation"].as_f64().unwrap() > 0.0);
    assert_eq!(result["trials"].as_array().unwrap().len(), 6, "replicates are no trials");
}

#[test]
fn on_rungs_trials_are_the_same_with_any_pool_and_after_a_break() {
    let folder = Folder::new("rungs");
    let (ratings, events, result) = (folder.ratings(), folder.path("events.jsonl"), folder.path("result.json"));
    let rungs = ["tune", &ratings, "--range", "n_factors=2..8", "--trials", "11", "--scheduler", "halving"];
    let tune = |more: &[&str]| json(&[&rungs[..], more].concat());
    let (one, three) = (tune(&["--workers", "1"]), tune(&["--workers", "3", "--events", &events]));
    assert_eq!((trials(&one), &one["digest"]), (trials(&three), &three["digest"]));
    let states: Vec<Value> = trials(&one).iter().map(|trial| trial["state"].clone()).collect();
    assert!(states.contains(&"stopped".into()) && states.contains(&"done".into()), "{states:?}");
    // All but the last lines of the log: what waited on a rung is known.
    let text = fs::read_to_string(&events).unwrap();
    assert!(text.contains("trial-waits"));
    fs::write(&events, text.lines().take(60).map(|line| line.to_owned() + "\n").collect::<String>()).unwrap();
    assert_eq!(json(&["tune", &ratings, "--resume", &events])["digest"], one["digest"]);
    fs::write(&result, serde_json::to_string(&one).unwrap()).unwrap();
    assert!(run(&["verify", &result, &ratings]).status.success());
}

#[test]
fn a_result_travels_in_a_link_and_is_verified() {
    let folder = Folder::new("verify");
    let ratings = folder.ratings();
    let (study, result) = (folder.path("study.json"), folder.path("result.json"));
    let tuned = run(&[&["tune", ratings.as_str()], &SMALL[..], &["--study-out", &study, "--json", &result]].concat());
    assert!(tuned.status.success() && !tuned.stdout.is_empty());
    let encoded = run(&["link", "encode", &study, "--result", &result]);
    let link = String::from_utf8(encoded.stdout).unwrap();
    assert!(link.starts_with("#v=1&d=file:ratings.csv&h="), "{link}");
    let decoded = run(&["link", "decode", link.trim()]);
    assert_eq!(serde_json::from_slice::<Value>(&decoded.stdout).unwrap(), read(&study));
    for shared in [link.trim(), &result] {
        let verified = json(&["verify", shared, &ratings]);
        assert_eq!((&verified["same"], &verified["exact"]), (&6.into(), &true.into()));
        assert!(verified["first_difference"].is_null());
    }
    let mut changed = read(&result);
    let value = changed["trials"][4]["value"].as_f64().unwrap();
    changed["trials"][4]["value"] = (value + 1e-3).into();
    let changed = folder.write("changed.json", &changed.to_string());
    let output = run(&["verify", &changed, &ratings, "--json", "-"]);
    assert_eq!(output.status.code(), Some(1));
    let verified: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&verified["same"], &verified["first_difference"]), (&5.into(), &4.into()));
    let other = folder.write("other.csv", &fs::read_to_string(&ratings).unwrap().replace("u0,i0,1", "u0,i0,2"));
    let output = run(&["verify", &result, &other]);
    assert_eq!(output.status.code(), Some(2), "other data is no difference but a mistake");
}

#[test]
fn a_study_is_run_again_from_its_file() {
    let folder = Folder::new("study");
    let ratings = folder.ratings();
    let study = folder.path("study.json");
    let first = json(&[&["tune", ratings.as_str()], &SMALL[..], &["--study-out", &study]].concat());
    let again = json(&["tune", &ratings, "--study", &study]);
    assert_eq!((&first["digest"], &first["hash"]), (&again["digest"], &again["hash"]));
}

#[test]
fn a_torn_log_is_resumed_to_the_same_result() {
    let folder = Folder::new("resume");
    let ratings = folder.ratings();
    let events = folder.path("events.jsonl");
    let whole = json(&[&["tune", ratings.as_str()], &SMALL[..], &["--events", &events]].concat());
    let text = fs::read_to_string(&events).unwrap();
    let ended = |line: &&str| line.contains("\"event\":\"trial-ended\"");
    let third = text.lines().filter(ended).nth(2).unwrap();
    let torn = &text[..text.find(third).unwrap() + third.len() / 2];
    fs::write(&events, torn).unwrap();
    let resumed = json(&["tune", &ratings, "--resume", &events, "--events", &events]);
    assert_eq!(resumed["digest"], whole["digest"]);
    let known = trials(&resumed);
    assert_eq!(known, trials(&whole));
    let longer = json(&["tune", &ratings, "--resume", &events, "--trials", "7"]);
    assert_eq!(trials(&longer)[..6], known[..]);
}

#[test]
#[cfg(unix)]
fn an_interrupt_still_writes_the_result() {
    let folder = Folder::new("interrupt");
    let ratings = folder.ratings();
    let (events, result) = (folder.path("events.jsonl"), folder.path("result.json"));
    let arguments = ["tune", &ratings, "--trials", "100000", "--events", &events, "--json", &result];
    let mut child = command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let some_ended = || fs::read_to_string(&events).is_ok_and(|text| text.matches("trial-ended").count() > 2);
    for _ in 0..600 {
        if some_ended() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(some_ended());
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let stopped = read(&result);
    assert_eq!(stopped["state"], "cancelled");
    let count = stopped["trials"].as_array().unwrap().len();
    let resumed = json(&["tune", &ratings, "--resume", &events, "--trials", &count.to_string()]);
    let plain = json(&["tune", &ratings, "--trials", &count.to_string()]);
    assert_eq!(resumed["digest"], plain["digest"], "as if it had never been interrupted");
    let verified = json(&["verify", &result, &ratings]);
    assert_eq!(verified["exact"], true);
}

#[test]
fn time_that_is_over_stops_the_run_and_is_recorded() {
    let folder = Folder::new("seconds");
    let ratings = folder.ratings();
    let result = folder.path("result.json");
    let stopped = run(&["tune", &ratings, "--trials", "100000", "--seconds", "0.5", "--json", &result]);
    assert!(stopped.status.success());
    let stopped = read(&result);
    assert_eq!(stopped["interventions"][0]["kind"], "stop-at");
    assert_eq!(json(&["verify", &result, &ratings])["exact"], true);
}

#[test]
fn train_fits_measures_and_counts() {
    let folder = Folder::new("train");
    let ratings = folder.ratings();
    let fixed = json(&["train", &ratings, "--model", "svd", "--set", "n_factors=4", "--epochs", "3"]);
    assert_eq!((&fixed["epochs"], fixed["curve"].as_array().unwrap().len()), (&3.into(), 3));
    assert_eq!((&fixed["model"], &fixed["params"]["n_factors"]), (&"svd".into(), &4.into()));
    assert!(fixed["metrics"]["rmse"].as_f64().unwrap() > fixed["metrics"]["mae"].as_f64().unwrap());
    for key in ["seconds_fit", "ns_per_rating_epoch", "fallback"] {
        assert!(!fixed[key].is_null(), "{key}");
    }
    let twice = ["--test", &ratings, "--test-overlap", "keep", "--split", "random:0"];
    let own = json(&[&["train", &ratings, "--model", "bias"][..], &twice].concat());
    assert_eq!(own["measured_on"], "test");
    let early = json(&["train", &ratings, "--model", "svd", "--split", "random:0.2"]);
    assert_eq!(early["measured_on"], "validation");
}

#[test]
fn recommend_lists_what_was_not_rated() {
    let folder = Folder::new("recommend");
    let ratings = folder.ratings();
    let list = json(&["recommend", &ratings, "--model", "bias", "--user", "u0", "-n", "5"]);
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 5);
    let rated = fs::read_to_string(&ratings).unwrap();
    assert!(list.iter().all(|place| !rated.contains(&format!("u0,{},", place["item"].as_str().unwrap()))));
    let scores: Vec<f64> = list.iter().map(|place| place["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b));
    let newcomer = json(&["recommend", &ratings, "--model", "svd", "--like", "i3=5,i8=1", "-n", "3"]);
    let newcomer = newcomer.as_array().unwrap();
    assert!(newcomer.iter().all(|place| place["item"] != "i3"));
    for place in newcomer {
        let shares = place["because"].as_array().unwrap().iter().map(|reason| reason["share"].as_f64().unwrap());
        assert!(shares.sum::<f64>() <= 1.0 + 1e-9);
    }
    let parts = &newcomer[0]["parts"];
    let sum: f64 = ["mean", "item", "user", "taste"].iter().map(|part| parts[part].as_f64().unwrap()).sum();
    assert!((sum - newcomer[0]["score"].as_f64().unwrap()).abs() < 1e-5);
    let text = run(&["recommend", &ratings, "--model", "svd", "--like", "i3=5,i8=1", "-n", "3"]);
    let text = String::from_utf8(text.stdout).unwrap();
    let because = &newcomer[0]["because"][0];
    let reason = format!("{} ({:.0} %)", because["item"].as_str().unwrap(), 1e2 * because["share"].as_f64().unwrap());
    assert!(text.lines().nth(1).unwrap().contains(&reason), "{text}");
}

#[test]
fn genres_recommend_what_nobody_has_rated() {
    let folder = Folder::new("content");
    let ratings = folder.ratings();
    let genre = |item: u32| ["Comedy|Drama", "Drama", "War", "Comedy"][item as usize % 4];
    let rated: String = (0..40).map(|item| format!("i{item},Title {item},{}\n", genre(item))).collect();
    let items = format!("movieId,title,genres\nfresh,Never seen,War\nother,Nor this,Western\n{rated}");
    let items = folder.write("items.csv", &items);
    let ask = ["recommend", &ratings, "--model", "content-knn", "--like", "i2=5,i6=5,i1=1", "-n", "50"];
    let list = json(&[&ask[..], &["--items", &items]].concat());
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 42 - 3);
    let place = |item: &str| list.iter().position(|place| place["item"] == item).unwrap();
    assert!(place("fresh") < 9 && place("other") > 9, "{list:?}");
    let fresh = &list[place("fresh")];
    assert_eq!((&fresh["title"], &fresh["because"][0]["item"]), (&"Never seen".into(), &"i2".into()));
    let ranked = ["tune", &ratings, "--goal", "ranking", "--model", "content-knn", "--trials", "3"];
    assert!(json(&[&ranked[..], &["--items", &items]].concat())["best"]["value"].as_f64().unwrap() > 0.0);
    for refused in [&ask[..], &ranked] {
        let output = run(refused);
        let sentence = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{sentence}");
        assert!(sentence.contains("content-knn") && sentence.contains("genres"), "{sentence}");
    }
}

#[test]
fn a_model_that_does_not_fit_into_memory_is_refused_before_it_starts() {
    let data = "synthetic:users=200000,items=200000,ratings=400000";
    for command in [&["train", data, "--model", "ease"][..], &["recommend", data, "--model", "ease", "--user", "u1"]] {
        let refused = run(command);
        let text = String::from_utf8_lossy(&refused.stderr);
        assert!(
            refused.status.code() == Some(2) && text.contains("ease needs a table of min(users, items)²"),
            "{text}"
        );
    }
}

#[test]
fn a_search_without_a_result_says_why() {
    let folder = Folder::new("reasons");
    let below =
        folder.write("below.csv", "user,item,rating\na,x,-1\na,y,2\nb,x,1\nb,y,3\nc,x,2\nc,y,-2\nd,x,1\nd,y,2\n");
    let failed =
        run(&["tune", &below, "--model", "nmf", "--trials", "2", "--split", "random:0.3", "--set", "n_factors=2"]);
    let text = String::from_utf8_lossy(&failed.stdout);
    assert!(text.contains("2 without a result: ") && text.contains("a rating is negative"), "{text}");
}

#[test]
fn a_parameter_of_no_model_of_the_study_is_told_so() {
    let folder = Folder::new("strangers");
    let ratings = folder.ratings();
    let said = |arguments: &[&str]| {
        let refused = run(&[&["tune", &ratings, "--trials", "2"], arguments].concat());
        String::from_utf8_lossy(&refused.stderr).into_owned()
    };
    let text = said(&["--model", "svd", "--set", "ease.regularization=3"]);
    assert!(text.contains("the model of ease.regularization = ease is not allowed. Allowed: svd."), "{text}");
    let text = said(&["--model", "mean", "--set", "k=3"]);
    assert!(text.contains("The model mean has no parameter \"k\". Allowed: none."), "{text}");
}

#[test]
fn the_average_of_the_best_stands_beside_the_winner() {
    let folder = Folder::new("ensemble");
    let ratings = folder.ratings();
    let asked = [&["tune", &ratings, "--ensemble", "3"][..], &SMALL].concat();
    let result = json(&asked);
    let ensemble = &result["ensemble"];
    assert_eq!(ensemble["trials"].as_array().unwrap().len(), 3);
    assert_eq!(ensemble["trials"][0], result["best"]["number"]);
    assert!(ensemble["validation"]["rmse"].is_number() && ensemble["test"]["rmse"].is_number());
    assert!(ensemble["difference"]["low"].is_number());
    assert_eq!(trials(&result), trials(&json(&[&["tune", &ratings][..], &SMALL].concat())));
    let text = String::from_utf8(run(&asked).stdout).unwrap();
    assert!(text.contains("weighted average of 2 of the best"), "{text}");
    let unsealed = json(&[&asked[..], &["--split", "random:0.2"]].concat());
    assert!(unsealed["ensemble"]["validation"]["rmse"].is_number() && unsealed["ensemble"]["test"].is_null());
    let refused = run(&["tune", &ratings, "--trials", "2", "--ensemble", "1"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("from 2 to 50"));
}

#[test]
fn the_winner_is_held_against_the_baselines_on_other_splits() {
    let folder = Folder::new("splits");
    let ratings = folder.ratings();
    let asked = [&["tune", &ratings, "--splits", "3"][..], &SMALL].concat();
    let result = json(&asked);
    let rows = result["splits"].as_array().unwrap();
    assert_eq!(rows[0]["number"], result["best"]["number"]);
    assert!(rows.len() == 3 && rows.iter().all(|row| row["values"].as_array().unwrap().len() == 3), "{rows:?}");
    assert!(rows[1]["difference"].is_number() && rows[1]["won"].as_u64().unwrap() <= 3);
    assert_eq!(trials(&result), trials(&json(&[&["tune", &ratings][..], &SMALL].concat())));
    let text = String::from_utf8(run(&asked).stdout).unwrap();
    assert!(text.contains("on 3 other splits"), "{text}");
    let refused = run(&["tune", &ratings, "--trials", "2", "--splits", "3", "--split", "none"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn scores_become_probabilities() {
    let folder = Folder::new("probability");
    let ratings = folder.ratings();
    let asked = ["train", &ratings, "--model", "item-knn", "--relevant", "4", "--split", "random:0.2,0.2"];
    let probability = &json(&asked)["probability"];
    assert_eq!((&probability["threshold"], &probability["measured_on"]), (&4.0.into(), &"test".into()));
    let (brier, base) = (probability["brier"].as_f64().unwrap(), probability["brier_base"].as_f64().unwrap());
    assert!(brier > 0.0 && brier < base + 0.05, "{brier} {base}");
    assert_eq!(probability["reliability"].as_array().unwrap().len(), 10);
    assert!(String::from_utf8(run(&asked).stdout).unwrap().contains("Brier score"));
    let list = json(&["recommend", &ratings, "--model", "bias", "--user", "u0", "-n", "5", "--relevant", "4"]);
    let said: Vec<f64> = list.as_array().unwrap().iter().map(|one| one["probability"].as_f64().unwrap()).collect();
    assert!(said.iter().all(|one| (0.0..=1.0).contains(one)), "{said:?}");
    let refused = run(&["recommend", &ratings, "--model", "bias", "--user", "u0", "--relevant", "9"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--relevant = 9"));
}

#[test]
fn ask_and_tell_talk_in_lines() {
    let folder = Folder::new("ask");
    let space = folder.write(
        "space.json",
        r#"[{"name": "kind", "type": "categorical", "choices": ["a", "b"]},
            {"name": "x", "type": "int", "low": 1, "high": 2, "log": false, "when": {"kind": ["b"]}}]"#,
    );
    let mut child = command(&["ask-tell", "--space", &space, "--sampler", "grid", "--lag", "2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = || serde_json::from_str::<Value>(&output.next().unwrap().unwrap()).unwrap();
    let (first, second) = (line(), line());
    assert_eq!((&first["trial"], &second["trial"]), (&0.into(), &1.into()));
    assert!(first["ms"].is_number());
    writeln!(input, r#"{{"trial": 0, "value": null}}"#).unwrap();
    let third = line();
    let mut points: Vec<String> = [&first, &second, &third].map(|ask| ask["params"].to_string()).into();
    points.sort();
    assert_eq!(points, [r#"{"kind":"a"}"#, r#"{"kind":"b","x":1}"#, r#"{"kind":"b","x":2}"#]);
    writeln!(input, r#"{{"trial": 1, "value": 2.5}}"#).unwrap();
    assert_eq!(line(), serde_json::json!({"done": true}));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn ask_and_tell_end_with_their_input_and_refuse_nonsense() {
    let folder = Folder::new("ask-bad");
    let space = folder.write("space.json", r#"[{"name": "x", "type": "float", "low": 0, "high": 1}]"#);
    let told = |text: &str| {
        let mut child = command(&["ask-tell", "--space", &space, "--sampler", "sobol"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    assert_eq!(told("{\"trial\": 0, \"value\": 1}\n").status.code(), Some(0));
    for (text, part) in
        [("what\n", "line 1"), ("{\"trial\": 3, \"value\": 1}\n", "not proposed"), ("{\"trial\": 0}\n", "value")]
    {
        let output = told(text);
        assert_eq!(output.status.code(), Some(2));
        let sentence = String::from_utf8(output.stderr).unwrap();
        assert!(sentence.contains(part), "{sentence}");
    }
    let upside = folder.write("upside.json", r#"[{"name": "x", "type": "float", "low": 2, "high": 1}]"#);
    let empty = folder.write("empty.json", "[]");
    for (file, part) in [(&upside, "upside down"), (&empty, "at least one parameter")] {
        let output = run(&["ask-tell", "--space", file, "--sampler", "random"]);
        let sentence = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && sentence.contains(part), "{sentence}");
    }
    assert!(Path::new(&space).exists());
}

#[test]
fn lists_are_judged_by_the_objective_that_is_asked_for() {
    let folder = Folder::new("lists");
    let good = folder.ratings();
    let json = |arguments: &[&str]| -> Value {
        let output = run(&[arguments, &["--json", "-"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    // A rating model has both kinds of figures, one that only ranks has no error.
    let svd = json(&["train", &good, "--model", "svd", "--set", "n_factors=4", "--split", "user:0.2,0.2"]);
    for key in ["rmse", "mae", "exact", "precision@10", "recall@10", "ndcg@10", "auc", "coverage@10"] {
        assert!(svd["metrics"][key].is_number(), "{key}");
    }
    let popular = json(&["train", &good, "--model", "popular", "--split", "user:0.2,0.2", "--top", "5"]);
    assert!(popular["metrics"]["ndcg@5"].is_number() && popular["metrics"]["rmse"].is_null());
    assert_eq!(popular["lists"]["judged"], 60);
    let study = ["--goal", "ranking", "--objective", "recall@5", "--relevant", "3", "--model", "svd", "--trials", "3"];
    let tuned = json(&[&["tune", &good, "--set", "n_factors=4", "--split", "user:0.2,0.2"], &study[..]].concat());
    assert_eq!(tuned["study"]["list"], serde_json::json!({"length": 5, "threshold": 3.0}));
    let value = |trial: &Value| trial["value"].as_f64().unwrap();
    let best = value(&tuned["best"]);
    assert!(tuned["trials"].as_array().unwrap().iter().all(|trial| value(trial) <= best));
    assert!(tuned["test"]["recall@5"]["low"].is_number() && tuned["test"]["relevance"]["value"].is_number());
    assert_eq!(tuned["baselines"][0]["model"], "popular");
    assert!(tuned["baselines"][0]["test"]["rmse"].is_null());
}

#[test]
fn a_study_ends_by_itself_and_samplers_race_beside_it() {
    let folder = Folder::new("race");
    let ratings = folder.ratings();
    let wide = ["--trials", "40", "--range", "n_factors=2..60", "--set", "learning_rate=0.02", "--lag", "2"];
    let ended = |workers: &str| {
        json(&[&["tune", ratings.as_str()], &wide[..], &["--total-epochs", "30", "--workers", workers]].concat())
    };
    let (one, three) = (ended("1"), ended("3"));
    assert_eq!(trials(&one), trials(&three));
    assert!(one["trials"].as_array().unwrap().len() < 40 && one["study"]["search"]["total_epochs"] == 30);
    let raced = json(&[&["tune", ratings.as_str()], &SMALL[..], &["--race", "random,sobol,tpe"]].concat());
    let race = &raced["race"];
    assert_eq!((race["rounds"].clone(), race["seeds"].clone()), (6.into(), 5.into()));
    let entrants = race["entrants"].as_array().unwrap();
    assert_eq!(entrants.iter().map(|one| one["sampler"].clone()).collect::<Vec<_>>(), ["random", "sobol", "tpe"]);
    assert!(entrants.iter().all(|one| one["median"].as_array().unwrap().len() == 6));
    // The study's own run is one of the race's, so at least its points are known.
    assert!(race["reused"].as_u64().unwrap() >= 6, "{race}");
    let refused = run(&["tune", &ratings, "--race", "random,fate"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && said.contains("fate") && said.contains("sobol"), "{said}");
}
