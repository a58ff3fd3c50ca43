//! How much training a trial gets before it must prove itself: the rungs that it climbs. Who goes on from a rung is decided
//! by the engine's conductor, never here.

use serde::Serialize;

use super::{MetricSpec, ModelKind, Stopping, Study};
use crate::fields::read_named;

/// Of so many trials on a rung one goes on, with so many times the epochs.
pub const ETA: u32 = 3;
/// At most so many rungs: a ninth of the epochs says something about the rest, a 27th does not.
const MAX_RUNGS: usize = 3;
/// A rung has at least so many epochs.
pub(super) const LEAST_EPOCHS: u32 = 2;

/// The schedulers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchedulerKind {
    /// Every trial is trained to its end.
    #[default]
    None,
    /// Successive halving (Jamieson and Talwalkar 2016, arXiv:1502.07943): trials start with few epochs, and of those that
    /// stand on a rung together the best third goes on.
    Halving,
}

read_named!(SchedulerKind as "scheduler" or None, Self::named);

impl SchedulerKind {
    /// All schedulers.
    pub const ALL: [Self; 2] = [Self::None, Self::Halving];

    /// The scheduler of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheduler| scheduler.name() == name)
    }

    /// The name in links, files and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Halving => "halving",
        }
    }

    /// Whether it is the one that studies have unless they say otherwise.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Stopping {
    /// The epoch at which training ends at the latest.
    #[must_use]
    pub fn max_epochs(self) -> u32 {
        match self {
            Self::Early { max_epochs, .. } => max_epochs,
            Self::Fixed { epochs } => epochs,
        }
    }

    /// The same rule with other epochs.
    #[must_use]
    pub fn within(self, epochs: u32) -> Self {
        match self {
            Self::Early { patience, .. } => Self::Early { max_epochs: epochs, patience },
            Self::Fixed { .. } => Self::Fixed { epochs },
        }
    }

    /// Whether so many looks without a new best end the training.
    #[must_use]
    pub fn is_impatient(self, looks: u32) -> bool {
        matches!(self, Self::Early { patience, .. } if looks >= patience)
    }
}

impl ModelKind {
    /// Epochs from one look at the objective to the next.
    #[must_use]
    pub fn look_interval(self, objective: MetricSpec) -> u32 {
        if objective.is_of_lists() { self.list_interval() } else { 1 }
    }
}

impl Study {
    /// How many rungs there are; one without a scheduler.
    #[must_use]
    pub fn rung_count(&self) -> usize {
        let mut epochs = self.stopping.max_epochs();
        let mut count = 1;
        while self.search.scheduler == SchedulerKind::Halving && count < MAX_RUNGS && epochs / ETA >= LEAST_EPOCHS {
            epochs /= ETA;
            count += 1;
        }
        count
    }

    /// Where the training of a model ends on a rung, from 0. The last rung is the whole training. Epochs lie where the
    /// objective is looked at, so that a training meets the same looks with and without its rungs.
    #[must_use]
    pub fn rung(&self, rung: usize, model: ModelKind) -> Stopping {
        let all = self.stopping.max_epochs();
        let mut epochs = all;
        for _ in rung + 1..self.rung_count() {
            epochs = epochs.div_ceil(ETA);
        }
        let interval = model.look_interval(self.objective);
        self.stopping.within(epochs.next_multiple_of(interval).min(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(most: u32, model: ModelKind, objective: MetricSpec) -> Vec<u32> {
        let mut study = Study { objective, stopping: Stopping::Fixed { epochs: most }, ..Study::default() };
        study.search.scheduler = SchedulerKind::Halving;
        (0..study.rung_count()).map(|rung| study.rung(rung, model).max_epochs()).collect()
    }

    #[test]
    fn each_rung_has_a_third_of_the_next() {
        assert_eq!(epochs(60, ModelKind::Svd, MetricSpec::Rmse), [7, 20, 60]);
        assert_eq!(epochs(10, ModelKind::Svd, MetricSpec::Rmse), [4, 10]);
        assert_eq!(epochs(5, ModelKind::Svd, MetricSpec::Rmse), [5]);
        assert_eq!(epochs(60, ModelKind::Bpr, MetricSpec::Ndcg), [10, 20, 60]);
        assert_eq!(epochs(18, ModelKind::Bpr, MetricSpec::Ndcg), [5, 10, 18]);
    }

    #[test]
    fn without_a_scheduler_there_is_one_rung() {
        let study = Study::default();
        assert_eq!((study.rung_count(), study.rung(0, ModelKind::Svd)), (1, study.stopping));
    }
}
