//! What looks on while a study runs: the event log, the progress bar, the clock and the interrupt.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output::unwritable;
use crate::engine::conductor::Conductor;
use crate::error::Error;
use crate::protocol::{Event, RaceReport, Resplit, TestReport};

/// Looks on, and stops the run when its time is over.
#[derive(Debug)]
pub(super) struct Watch {
    log: Option<(String, File)>,
    bar: ProgressBar,
    deadline: Option<Instant>,
    best: Option<f64>,
    /// What the bar says of the best trial, and of what the next is expected to gain.
    told: [String; 2],
    heard: Told,
}

/// What was told beside the trials.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// By the opened test part.
    pub(super) test: Option<TestReport>,
    /// Of a race.
    pub(super) race: Option<RaceReport>,
    /// Of other cuts.
    pub(super) splits: Vec<Resplit>,
}

impl Watch {
    /// Opens the log and the bar, which is drawn on standard error if that is a terminal.
    pub(super) fn new(events: Option<&str>, trials: u32, deadline: Option<Instant>) -> Result<Self, Error> {
        let log = events.map(|file| Ok((file.to_owned(), open(file)?))).transpose()?;
        let bar = ProgressBar::new(trials.into());
        let style = ProgressStyle::with_template("{bar:32} {pos} of {len} trials  {elapsed}, {eta} left  {msg}");
        bar.set_style(style.expect("a constant template"));
        Ok(Self { log, bar, deadline, best: None, told: Default::default(), heard: Told::default() })
    }

    /// Takes in what happened, and ends the run where it must end.
    pub(super) fn look(&mut self, conductor: &mut Conductor, interrupted: &AtomicBool) -> Result<(), Error> {
        if interrupted.load(Ordering::Relaxed) {
            conductor.cancel();
            conductor.stop_race();
        } else if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            conductor.stop();
        }
        for event in conductor.take_events() {
            self.write(&event)?;
            match event {
                Event::TrialEnded(trial) => {
                    self.bar.inc(1);
                    if let Some(value) = trial.value.filter(|value| self.best.is_none_or(|best| *value < best)) {
                        self.best = Some(value);
                        self.told[0] = format!("best {value:.4} (trial {})", trial.number);
                        self.bar.set_message(self.told.concat());
                    }
                }
                Event::Outlook { gain, .. } => {
                    self.told[1] = format!("  expected gain {gain:.2e}");
                    self.bar.set_message(self.told.concat());
                }
                Event::Raced { report } => {
                    self.heard.race = report.read();
                    let told = self
                        .heard
                        .race
                        .as_ref()
                        .map(|race| format!("  race: {} of {} trials", race.rounds, race.budget));
                    self.told[1] = told.unwrap_or_default();
                    self.bar.set_message(self.told.concat());
                }
                Event::Resplit { rows } => self.heard.splits = rows,
                Event::TestOpened(report) => self.heard.test = Some(*report),
                Event::Refused { error } => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn write(&mut self, event: &Event) -> Result<(), Error> {
        let Some((name, file)) = &mut self.log else { return Ok(()) };
        let line = serde_json::to_string(event).expect("events are plain data") + "\n";
        file.write_all(line.as_bytes()).map_err(|error| unwritable(name, &error))
    }

    /// Takes the bar away; what was told.
    pub(super) fn finish(self) -> Told {
        self.bar.finish_and_clear();
        self.heard
    }
}

/// Opens a log to append to. A torn last line, left by a power cut, is cut off, so that no event is glued to it.
fn open(name: &str) -> Result<File, Error> {
    let opened = || {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(name)?;
        let mut end = file.seek(SeekFrom::End(0))?;
        let mut byte = [0];
        while end > 0 {
            file.seek(SeekFrom::Start(end - 1))?;
            file.read_exact(&mut byte)?;
            if byte[0] == b'\n' {
                break;
            }
            end -= 1;
        }
        file.set_len(end)?;
        Ok(file)
    };
    opened().map_err(|error| unwritable(name, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_cut_off() {
        let path = std::env::temp_dir().join(format!("rectune-watch-{}.jsonl", std::process::id()));
        let name = path.to_str().unwrap();
        for (before, after) in [("", "x\n"), ("a\n", "a\nx\n"), ("a\nbc", "a\nx\n"), ("bc", "x\n")] {
            std::fs::write(&path, before).unwrap();
            open(name).unwrap().write_all(b"x\n").unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
        }
        std::fs::remove_file(&path).unwrap();
    }
}
