//! The checks of `fuzz/`, held on any compiler: the corpus, and what a few thousand random changes make of it. The changes
//! are the same in each run; `RECTUNE_FUZZ_RUNS` asks for more of them.
#![cfg(all(feature = "engine", not(target_family = "wasm")))]
#![expect(clippy::unwrap_used, reason = "a test that can not read has failed")]

#[path = "../fuzz/src/checks.rs"]
mod checks;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rectune::engine::random::{Purpose, below};
use rectune::study::Seed;

/// Changed inputs of each target in an ordinary run.
const RUNS: usize = 1_500;
/// No input of a few kilobytes may take longer, on a machine however busy: it would be a loop without an end.
const HANG: Duration = Duration::from_secs(20);
const LARGEST: usize = 16 * 1024;

/// What a format could stumble over.
const WORDS: [&[u8]; 24] = [
    b",",
    b";",
    b"\t",
    b"::",
    b"\"",
    b"\"\"",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xFF\xFE",
    b"\xEF\xBB\xBF",
    b"\xB0\xA1",
    b"nan",
    b"1e99",
    b"-0",
    b"99999999999999999999",
    b"2020-02-30",
    b"user",
    b"PK\x01\x02",
    b"\x1F\x8B\x08",
    b"=",
    b"&",
    b"%",
];

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn fuzz(target: &str, check: fn(&[u8])) {
    let corpus = corpus(target);
    assert!(!corpus.is_empty(), "{target} has no corpus");
    corpus.iter().for_each(|bytes| check(bytes));
    let runs = std::env::var("RECTUNE_FUZZ_RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    for run in 0..runs {
        let bytes = changed(&corpus, run as u64);
        let (began, kept) = (Instant::now(), bytes.clone());
        if std::panic::catch_unwind(|| check(&bytes)).is_err() {
            panic!("{target}, run {run}: {}", kept.escape_ascii());
        }
        assert!(began.elapsed() < HANG, "{target}, run {run} hangs: {}", kept.escape_ascii());
    }
}

/// One of the corpus with a few changes: bits, words, pieces left out, doubled, or taken from another one.
fn changed(corpus: &[Vec<u8>], run: u64) -> Vec<u8> {
    let mut rng = Seed(run).stream(Purpose::Generate, 0);
    let mut below = |end: usize| below(&mut rng, end.max(1) as u32) as usize;
    let mut bytes = corpus[below(corpus.len())].clone();
    for _ in 0..=below(6) {
        let at = below(bytes.len() + 1);
        let end = (at + below(64)).min(bytes.len());
        match below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << below(8),
            1 => drop(bytes.splice(at..at, WORDS[below(WORDS.len())].iter().copied())),
            2 => drop(bytes.splice(at..end, WORDS[below(WORDS.len())].iter().copied())),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let piece = bytes[at..end].repeat(1 + below(40));
                bytes.splice(at..at, piece);
            }
            _ => {
                let other = &corpus[below(corpus.len())];
                let from = below(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
        }
    }
    bytes.truncate(LARGEST);
    bytes
}

#[test]
fn any_bytes_taken_for_ratings_are_read_or_refused() {
    fuzz("parse", checks::parse);
}

#[test]
fn any_bytes_taken_for_items_are_read_or_refused() {
    fuzz("items", checks::items);
}

#[test]
fn any_bytes_taken_for_an_archive_are_read_or_refused() {
    fuzz("zip", checks::zip);
}

#[test]
fn any_text_taken_for_a_link_is_read_or_passed_over() {
    fuzz("link", checks::link);
}
