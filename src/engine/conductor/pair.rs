//! Two trials against each other on the validation rows, paired by user. They are drawn as all trials are when they are
//! compared with the best, so that both say the same of a pair that has the best in it.

use crate::engine::metric::Bootstrap;
use crate::protocol::{Event, PairComparison, TrialRecord};
use crate::study::Study;

/// The pair that is being compared: the one that was asked for last.
#[derive(Debug, Default)]
pub(super) struct Pair {
    asked: Option<((u32, u32), Bootstrap)>,
}

impl Pair {
    /// Starts to compare two trials that have results.
    pub(super) fn ask(&mut self, study: &Study, one: &TrialRecord, other: &TrialRecord) {
        let bootstrap = Bootstrap::new(study.objective, &[&one.users, &other.users], study.seed);
        self.asked = Some(((one.number, other.number), bootstrap));
    }

    /// Whether two are being compared.
    pub(super) fn is_pending(&self) -> bool {
        self.asked.is_some()
    }

    /// Draws for about so much work; whether there is more to do.
    pub(super) fn advance(&mut self, work: u32, events: &mut Vec<Event>) -> bool {
        let Some((_, bootstrap)) = &mut self.asked else { return false };
        if !bootstrap.advance(work) {
            return true;
        }
        if let Some(((one, other), bootstrap)) = self.asked.take() {
            let difference = bootstrap.difference(0, 1);
            events.push(Event::PairCompared(PairComparison { one, other, difference }));
        }
        false
    }
}
