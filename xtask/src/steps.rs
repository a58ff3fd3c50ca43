//! The steps of a command as the reader sees them: one line each with its time, a sentence and the last words of what
//! failed, and the sum at the end.

use std::io::Write;
use std::time::Instant;

use crate::process::Failure;

/// How much of a failed program's output is shown.
const MOST_LINES: usize = 150;

/// What a step found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed; a step without tests counts as one.
    pub(crate) passed: usize,
    /// Tests that failed.
    pub(crate) failed: usize,
    /// What stands behind the time.
    pub(crate) note: String,
}

impl Tally {
    /// A step without tests of its own, done.
    pub(crate) fn done(note: impl Into<String>) -> Self {
        Self { passed: 1, failed: 0, note: note.into() }
    }

    /// The sum over the "test result:" lines of cargo's output.
    pub(crate) fn of_tests(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines().filter(|line| line.contains("test result:")) {
            tally.passed += count_before(line, " passed");
            tally.failed += count_before(line, " failed");
        }
        tally.note = format!("{} tests", tally.passed);
        tally
    }
}

fn count_before(line: &str, word: &str) -> usize {
    let before = line.split(word).next().unwrap_or_default();
    before.rsplit(|letter: char| !letter.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The account of one command.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    passed: usize,
    failed: usize,
    /// What went wrong, a sentence each.
    failures: Vec<String>,
}

impl Steps {
    /// Does one step and says how it went; returns whether it succeeded.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Tally, Failure>) -> bool {
        let start = Instant::now();
        print!("{name:<58} ");
        // The name shows while the step runs.
        let _ = std::io::stdout().flush();
        let outcome = work();
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok(tally) => {
                self.passed += tally.passed;
                self.failed += tally.failed;
                println!("ok     {seconds:7.1} s  {}", tally.note);
                true
            }
            Err(failure) => {
                let tally = Tally::of_tests(&failure.output);
                self.passed += tally.passed;
                self.failed += tally.failed.max(1);
                println!("FAILED {seconds:7.1} s");
                println!("{}", telling_lines(&failure.output).join("\n"));
                self.note(format!("{name}: {}", failure.sentence));
                false
            }
        }
    }

    /// Like [`Steps::step`], for a command that cannot go on without it.
    pub(crate) fn must(&mut self, name: &str, work: impl FnOnce() -> Result<Tally, Failure>) -> Result<(), String> {
        if self.step(name, work) { Ok(()) } else { Err(format!("Stopped at \"{name}\".")) }
    }

    /// A step that was not done because one it needs had failed.
    pub(crate) fn leave_out(&mut self, name: &str, reason: &str) {
        self.failed += 1;
        self.note(format!("{name:<58} not run: {reason}"));
    }

    fn note(&mut self, sentence: String) {
        println!("{sentence}");
        self.failures.push(sentence);
    }

    /// Prints the sum, under what went wrong: that may stand far above by now; an error if anything did.
    pub(crate) fn conclude(&self) -> Result<(), String> {
        for sentence in &self.failures {
            println!("{sentence}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { Ok(()) } else { Err("Not everything passed.".to_owned()) }
    }
}

/// The lines that tell why a program failed: what its failed tests said, or else the last ones, where the error stands.
fn telling_lines(output: &str) -> Vec<&str> {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    let told = lines.split_inclusive(|line| line.starts_with("test result:"));
    let told = told.filter_map(|program| {
        let start = program.iter().position(|line| line.starts_with("---- ") && line.ends_with(" stdout ----"))?;
        Some(&program[start..])
    });
    let told: Vec<&str> = told.flatten().copied().take(MOST_LINES).collect();
    if told.is_empty() { lines[lines.len().saturating_sub(MOST_LINES)..].to_vec() } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_test_programs_are_summed() {
        let output = "running 2 tests\ntest result: ok. 12 passed; 0 failed; 1 ignored\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored\n";
        let tally = Tally::of_tests(output);
        assert_eq!((tally.passed, tally.failed), (15, 2));
    }

    #[test]
    fn what_failed_tests_said_is_told_whatever_came_after_it() {
        let passed = "test good ... ok\n".repeat(500);
        let failed = "---- bad stdout ----\nwhy\n\nfailures:\n    bad\n\ntest result: FAILED. 1 passed; 1 failed\n";
        let output = format!("{passed}failures:\n\n{failed}\n{passed}test result: ok. 500 passed; 0 failed\n");
        assert_eq!(telling_lines(&output).join("\n"), failed.trim_end());
        assert_eq!(telling_lines(&passed).len(), MOST_LINES);
    }

    #[test]
    fn a_failed_step_without_tests_counts_once() {
        let mut steps = Steps::default();
        assert!(!steps.step("fails", || Err(Failure::new("no"))));
        assert!(steps.step("works", || Ok(Tally::done(""))));
        assert_eq!((steps.passed, steps.failed), (1, 1));
        assert!(steps.conclude().is_err());
    }
}
