//! Fits that have ended and may go on: a cache, and nothing but that. What was thrown out or lost with its worker is trained
//! again, to the same bits.

use std::collections::VecDeque;

use super::Fit;
use crate::protocol::Job;

/// Whether a job is the beginning of another: the same training to a later epoch.
#[must_use]
pub fn leads(from: &Job, to: &Job) -> bool {
    let (epochs, most) = (from.stopping.max_epochs(), to.stopping.max_epochs());
    epochs < most && Job { id: to.id, stopping: from.stopping.within(most), keep: to.keep, ..from.clone() } == *to
}

/// Ended fits, the oldest first, within a bound of memory.
#[derive(Debug)]
pub struct Checkpoints {
    fits: VecDeque<Fit>,
    limit: u64,
}

impl Default for Checkpoints {
    /// Room for some dozen fits of a usual size, in a worker that has other things to hold.
    fn default() -> Self {
        Self::new(64 << 20)
    }
}

impl Checkpoints {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self { fits: VecDeque::new(), limit }
    }

    /// Takes the fit that leads furthest towards a job.
    pub fn take(&mut self, job: &Job) -> Option<Fit> {
        let leading = self.fits.iter().enumerate().filter(|(_, fit)| fit.leads_to(job));
        let furthest = leading.max_by_key(|(_, fit)| fit.epoch).map(|(at, _)| at)?;
        let mut fit = self.fits.remove(furthest)?;
        fit.go_on(job);
        Some(fit)
    }

    /// Keeps a fit; the oldest make room for it.
    pub fn keep(&mut self, fit: Fit) {
        self.fits.push_back(fit);
        while self.fits.iter().map(Fit::bytes).sum::<u64>() > self.limit {
            self.fits.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{job, parts};
    use super::*;
    use crate::engine::fit::Step;
    use crate::study::{MetricSpec, ModelKind, Stopping};

    #[test]
    fn the_oldest_make_room_and_what_is_not_there_is_not_found() {
        let split = parts("random:0.2,0.2");
        let to = |model, epochs| job(model, MetricSpec::Rmse, Stopping::Fixed { epochs });
        let ended = |model| {
            let mut fit = Fit::new(&split, &to(model, 2)).unwrap();
            while !matches!(fit.advance(10_000), Step::Ended(_)) {}
            fit
        };
        let one = ended(ModelKind::Svd).bytes();
        let mut kept = Checkpoints::new(2 * one);
        [ModelKind::Svd, ModelKind::Als, ModelKind::Nmf].into_iter().for_each(|model| kept.keep(ended(model)));
        assert!(kept.fits.iter().map(Fit::bytes).sum::<u64>() <= 2 * one);
        assert!(kept.take(&to(ModelKind::Svd, 5)).is_none());
        assert!(kept.take(&to(ModelKind::Nmf, 5)).is_some());
        assert!(kept.take(&to(ModelKind::Nmf, 5)).is_none());
    }
}
