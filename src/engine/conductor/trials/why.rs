//! Why a trial was proposed, from what its proposal knew; and what the objective may be, from all that have ended.

use super::Trials;
use crate::engine::search::gp::Surrogate;
use crate::engine::search::{History, Told};
use crate::protocol::{Explanation, Slice};

impl Trials {
    /// Why a trial was proposed; `None` if it was not.
    pub(in crate::engine::conductor) fn explain(&self, number: u32) -> Option<Explanation> {
        let trial = self.trials.get(number as usize)?;
        // What it had to wait for is there still.
        let seen = self.seen_by(number)?;
        let (on_rungs, pending) = (self.told_on_rungs(number, seen), self.pending(number, seen));
        let told = on_rungs.as_deref().unwrap_or_else(|| &self.told[..seen]);
        let (origin, mut slices) = self.search.explain(History { told, pending: &pending }, &trial.point)?;
        slices.iter_mut().for_each(|slice| self.in_own_units(slice));
        let (known, pending) = if self.uses_results { (seen as u32, pending.len() as u32) } else { (0, 0) };
        Some(Explanation { number, known, pending, origin, slices })
    }

    /// Begins to model the trials that have ended over two parameters, and which trial the others are taken from; `None` where
    /// no trial with a result has both.
    pub(in crate::engine::conductor) fn survey(&self, names: (&str, &str)) -> Option<(Surrogate, u32)> {
        let ended: Vec<bool> = self.trials.iter().map(|trial| trial.record.is_some()).collect();
        let whole = self.rungs.is_climbed().then(|| self.told_of(&ended));
        let told = |(at, trial): (usize, &super::Trial)| {
            let record = trial.record.as_ref()?;
            let own =
                || Told { point: trial.point.clone(), value: record.value.map(|value| self.objective.loss(value)) };
            Some((record.number, whole.as_ref().map_or_else(own, |whole| whole[at].clone())))
        };
        let (numbers, told): (Vec<u32>, Vec<Told>) = self.trials.iter().enumerate().filter_map(told).unzip();
        let (surrogate, best) = Surrogate::new(self.search.space(), &told, names)?;
        Some((surrogate, numbers[best]))
    }

    /// A search minimises; a person looks at the objective itself.
    fn in_own_units(&self, slice: &mut Slice) {
        if self.objective.higher_is_better() {
            std::mem::swap(&mut slice.low, &mut slice.high);
        }
        for column in [&mut slice.mean, &mut slice.low, &mut slice.high] {
            column.iter_mut().for_each(|value| *value = self.objective.loss(*value));
        }
    }
}
