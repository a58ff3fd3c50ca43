//! The event log of a run, one JSON object a line, read back into what is known when the run goes on.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::fields::json;
use crate::protocol::{Baseline, Event, Intervention, Started, TrialRecord};

/// What an event log says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventLog {
    /// The last start of a run in it.
    pub started: Option<Started>,
    /// The trials that ended, by number.
    pub trials: BTreeMap<u32, TrialRecord>,
    /// What trials were on the rungs below their last.
    pub waits: Vec<TrialRecord>,
    /// The baselines that ended.
    pub baselines: Vec<Baseline>,
    /// Decisions taken during the run, in order.
    pub interventions: Vec<Intervention>,
}

impl EventLog {
    /// Reads a log. A last line without its end is passed over: that is what a power cut leaves behind. Where a log
    /// holds several runs of one study (it was resumed before), a later result replaces an earlier one.
    ///
    /// # Errors
    /// [`Error::NotParsed`] with the line.
    pub fn read(file: &str, text: &str) -> Result<Self, Error> {
        let mut log = Self::default();
        for (at, line) in text.split_inclusive('\n').enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            match json::read(line) {
                Ok(event) => log.add(event),
                Err(_) if !line.ends_with('\n') => break,
                Err(error) => {
                    let reason = format!("not an event of a run ({error})");
                    return Err(Error::NotParsed { file: file.to_owned(), line: at as u64 + 1, reason });
                }
            }
        }
        Ok(log)
    }

    /// Writes a log, one event a line.
    #[must_use]
    pub fn write(events: &[Event]) -> String {
        let mut text = String::new();
        for event in events {
            text += &json::write(event).expect("events are plain data");
            text.push('\n');
        }
        text
    }

    fn add(&mut self, event: Event) {
        match event {
            Event::Started(started) => self.started = Some(*started),
            Event::TrialWaits(trial) => self.waits.push(*trial),
            Event::TrialEnded(trial) => {
                self.trials.insert(trial.number, *trial);
            }
            Event::BaselineEnded(baseline) => {
                self.baselines.retain(|other| other.model.model != baseline.model.model);
                self.baselines.push(*baseline);
            }
            Event::Intervened(intervention) => self.interventions.push(intervention),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::share::payload::tests::record;

    fn line(event: &Event) -> String {
        EventLog::write(std::slice::from_ref(event))
    }

    #[test]
    fn trials_are_read_back_to_the_bit() {
        let ended = |number| Event::TrialEnded(Box::new(record(number)));
        let text = line(&ended(1)) + "\n" + &line(&ended(0)) + &line(&ended(1)) + "{\"event\":\"trial-en";
        let log = EventLog::read("a.jsonl", &text).unwrap();
        assert_eq!(log.trials.into_values().collect::<Vec<_>>(), [record(0), record(1)]);
    }

    #[test]
    fn a_line_that_is_no_event_is_named() {
        let Err(Error::NotParsed { file, line, .. }) = EventLog::read("a.jsonl", "\nnonsense\n") else { panic!() };
        assert_eq!((file.as_str(), line), ("a.jsonl", 2));
    }
}
