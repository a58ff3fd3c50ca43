//! Fuzzes bytes that are taken for an archive.
#![no_main]

#[path = "../src/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::zip(bytes));
