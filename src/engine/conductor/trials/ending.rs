//! What ends a search before its budget is used up: the epochs of all trials together, or how little the next is expected to
//! gain. Whether trial n begins is a function of the trials that its proposal may see, 0 ..= n - lag, so it is the same
//! whatever the pool does, and is found anew in a replay. Hence a study that may end so lets every sampler wait for results.

use super::Trials;
use crate::engine::search::Told;
use crate::engine::search::gp::Outlook;
use crate::error::Error;
use crate::protocol::{Event, Intervention, TrialRecord};
use crate::study::{SearchSpec, Seed, Space};

/// Whether a search goes on.
#[derive(Debug)]
pub(super) struct Ending {
    total_epochs: Option<u32>,
    least_gain: Option<f64>,
    outlook: Option<Outlook>,
    /// The trial about which it was decided last.
    decided: Option<u32>,
    is_over: bool,
}

impl Ending {
    pub(super) fn new(spec: &SearchSpec, space: &Space, seed: Seed) -> Self {
        let outlook = spec.least_gain.map(|_| Outlook::new(space.clone(), seed));
        let (total_epochs, least_gain) = (spec.total_epochs, spec.least_gain);
        Self { total_epochs, least_gain, outlook, decided: None, is_over: false }
    }

    /// Whether anything but the budget may end the search.
    pub(super) fn is_possible(&self) -> bool {
        self.total_epochs.is_some() || self.least_gain.is_some()
    }

    /// Whether the search has ended so.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// A person asks for more.
    pub(super) fn lift(&mut self) {
        self.is_over = false;
    }
}

impl Trials {
    /// Whether it is known that a trial may begin, or nobody asks.
    pub(super) fn may_begin(&self, number: u32) -> bool {
        let raised = |made: &Intervention| matches!(made, Intervention::Extended { number: from } if *from <= number);
        !self.ending.is_possible() || self.ending.decided == Some(number) || self.interventions.iter().any(raised)
    }

    /// Does about `work` units of what it takes to decide whether a trial begins that sees the first trials.
    pub(super) fn decide_ending(&mut self, number: u32, seen: usize, work: u32, events: &mut Vec<Event>) {
        let mut is_over = self.ending.total_epochs.is_some_and(|most| self.epochs_seen_by(number, seen) >= most.into());
        if let Some(outlook) = self.ending.outlook.take().filter(|_| !is_over) {
            let on_rungs = self.told_on_rungs(number, seen);
            let told = on_rungs.as_deref().unwrap_or_else(|| &self.told[..seen]);
            let (outlook, gain) = look(outlook, told, work);
            self.ending.outlook = Some(outlook);
            match gain {
                Look::More => return,
                Look::Nothing => {}
                Look::Gain(gain) => {
                    events.push(Event::Outlook { number, gain });
                    is_over = self.ending.least_gain.is_some_and(|least| gain < least);
                }
            }
        }
        self.ending.decided = Some(number);
        self.ending.is_over = is_over;
        if is_over {
            self.decide(events);
        }
    }

    /// Epochs that the first trials have been trained for, as far as a proposal sees them.
    fn epochs_seen_by(&self, number: u32, seen: usize) -> u64 {
        let epochs = |at: usize| {
            let trained = &self.trials[at].trained;
            let whole = !self.rungs.is_climbed() || self.is_whole_for(number, at);
            if whole { trained.last() } else { trained.first() }.map_or(0, |epochs| u64::from(*epochs))
        };
        (0..seen).map(epochs).sum()
    }
}

/// What a look came to.
enum Look {
    /// There is more to compute.
    More,
    /// Too little is known yet.
    Nothing,
    /// So much is expected.
    Gain(f64),
}

fn look(mut outlook: Outlook, told: &[Told], work: u32) -> (Outlook, Look) {
    if !outlook.thinks(told) {
        return (outlook, Look::Nothing);
    }
    let more = outlook.prepare(told, work);
    let look = if more { Look::More } else { Look::Gain(outlook.gain()) };
    (outlook, look)
}

/// The epochs that a training took, to its end or until it diverged.
pub(super) fn trained(record: &TrialRecord) -> u32 {
    match record.error {
        Some(Error::Diverged { epoch }) => epoch,
        _ => record.curve.last().map_or(0, |point| point.epoch),
    }
}
