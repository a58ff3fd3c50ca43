//! The average of the best trials, chosen by their validation figures alone: measured on the validation rows, and on the
//! sealed test rows when those are opened. It is no trial: no search sees it, and the winner stays the winner.

use crate::protocol::{AverageReport, Event, Member, Outcome};

/// At most so many trials are averaged.
pub(super) const MOST: u32 = 50;

/// The average that was asked for last.
#[derive(Debug, Default)]
pub(super) struct Average {
    trials: Vec<u32>,
    members: Vec<Member>,
    waiting: bool,
    running: bool,
    report: Option<AverageReport>,
}

impl Average {
    /// Averages these trials, best first.
    pub(super) fn ask(&mut self, trials: Vec<u32>, members: Vec<Member>) {
        if !self.running {
            *self = Self { trials, members, waiting: true, running: false, report: None };
        }
    }

    /// The models to be trained and measured on the validation rows.
    pub(super) fn next(&mut self) -> Option<Vec<Member>> {
        self.waiting.then(|| {
            (self.waiting, self.running) = (false, true);
            self.members.clone()
        })
    }

    /// The training ended.
    pub(super) fn end(&mut self, outcome: Outcome, events: &mut Vec<Event>) {
        self.running = false;
        match outcome {
            Outcome::Done(report) => {
                let trials = self.trials.clone();
                let report = AverageReport { trials, validation: report.metrics, test: None, difference: None };
                events.push(Event::Averaged(Box::new(report.clone())));
                self.report = Some(report);
            }
            Outcome::Failed { error } => events.push(Event::Refused { error }),
        }
    }

    pub(super) fn is_pending(&self) -> bool {
        self.waiting || self.running
    }

    /// What is known of it, once it has been measured.
    pub(super) fn report(&self) -> Option<&AverageReport> {
        self.report.as_ref()
    }

    /// Its models; none where nobody asked, or where it failed.
    pub(super) fn members(&self) -> &[Member] {
        if self.is_pending() || self.report.is_some() { &self.members } else { &[] }
    }
}
