//! The average of the best trials, chosen on the validation rows alone ([`crate::engine::fit`] says how) and measured there,
//! and on the sealed test rows when those are opened. It is no trial: no search sees it, and the winner stays the winner.

use crate::protocol::{AverageReport, Event, Member, Outcome, TrialRecord};
use crate::study::ModelKind;

/// At most so many trials are averaged.
pub(super) const MOST: u32 = 50;

/// Whom an average may be chosen from: of ranked trials the best of each model, then the second best of each, and so on, up to
/// `most`. Trials of one model err alike, so that those of others are let in before more of it.
pub(super) fn candidates<'a>(ranked: &[(&'a TrialRecord, f64)], most: usize) -> Vec<&'a TrialRecord> {
    let mut before = [0_usize; ModelKind::ALL.len()];
    let place = |&(record, _): &(&'a TrialRecord, f64)| {
        let place = &mut before[record.model as usize];
        *place += 1;
        (*place, record)
    };
    let mut order: Vec<(usize, &TrialRecord)> = ranked.iter().map(place).collect();
    // Stable: of those at the same place in their models the best comes first.
    crate::order::sort(&mut order, |a, b| a.0.cmp(&b.0));
    order.truncate(most);
    order.into_iter().map(|(_, record)| record).collect()
}

/// The average that was asked for last.
#[derive(Debug, Default)]
pub(super) struct Average {
    count: u32,
    /// The candidates, until they were chosen from; then those that were taken, by number as often as they were.
    trials: Vec<u32>,
    members: Vec<Member>,
    waiting: bool,
    running: bool,
    report: Option<AverageReport>,
}

impl Average {
    /// Averages `count` of these trials.
    pub(super) fn ask(&mut self, count: u32, trials: Vec<u32>, members: Vec<Member>) {
        if !self.running {
            *self = Self { count, trials, members, waiting: true, running: false, report: None };
        }
    }

    /// How many are to be averaged.
    pub(super) fn count(&self) -> u32 {
        self.count
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
        // One that was given up meanwhile tells nothing.
        if !std::mem::take(&mut self.running) {
            return;
        }
        match outcome {
            Outcome::Done(report) => {
                for (at, member) in (0_u32..).zip(&mut self.members) {
                    member.weight = report.chosen.iter().filter(|taken| **taken == at).count() as u32;
                }
                self.members.retain(|member| member.weight > 0);
                let trials: Vec<u32> = report.chosen.iter().map(|at| self.trials[*at as usize]).collect();
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

    /// Its models; none where they are not chosen.
    pub(super) fn members(&self) -> &[Member] {
        if self.report.is_some() { &self.members } else { &[] }
    }
}
