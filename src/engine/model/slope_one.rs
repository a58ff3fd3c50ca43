//! Slope One (Lemire and Maclachlan 2005, doi:10.1137/1.9781611972757.43): r^_ui = mean of the user's ratings + mean over the
//! user's items j of dev_ij, the mean of r_i - r_j over all who have rated both i and j.
//!
//! Items j without anybody in common with i are left out. There is nothing to be tuned and one epoch: comparing every pair
//! costs the sum over users of their ratings' count squared, and a number is stored for every pair of items. An unknown
//! user, an unknown item, and an item that nothing of the user's has been compared with, are predicted by damped biases.

use std::sync::Arc;

use super::bias::{self, BiasTrainer};
use super::overlap::{Pairs, Sides};
use super::probe::{Probe, share_of_visit};
use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::linalg::overlap::Overlap;
use crate::error::Error;

/// Damping of the biases that are fallen back to.
const DAMPING: f64 = 5.0;

/// Bytes of the differences, of the sums that they are made from, and of the biases.
pub(super) fn bytes(n_users: u32, n_items: u32) -> u64 {
    let items = u64::from(n_items);
    items * items.saturating_sub(1) / 2 * 4 + items * size_of::<Overlap>() as u64 + bias::bytes(n_users, n_items)
}

/// Trains [`SlopeOne`]. Later epochs give the same model.
#[derive(Debug)]
pub(super) struct SlopeOneTrainer {
    model: SlopeOne,
    /// The ratings by item.
    by_item: Interactions,
    pairs: Pairs,
    probe: Probe,
    epoch: u32,
}

#[derive(Debug)]
struct SlopeOne {
    /// The ratings by user, items ascending.
    by_user: Interactions,
    /// dev_ij for j < i, row by row; NaN where nobody has rated both.
    differences: Vec<f32>,
    fallback: BiasTrainer,
}

impl SlopeOneTrainer {
    pub(super) fn new(train: &Arc<Interactions>) -> Self {
        let by_item = train.transposed();
        let by_user = by_item.transposed();
        let items = train.n_items() as usize;
        let differences = Vec::with_capacity(items * items.saturating_sub(1) / 2);
        let fallback = BiasTrainer::damped(train, DAMPING, DAMPING);
        Self {
            pairs: Pairs::new(train.n_items()),
            probe: Probe::new(),
            model: SlopeOne { by_user, differences, fallback },
            by_item,
            epoch: 0,
        }
    }

    /// Compares items with those before them; the work done.
    fn compare(&mut self, work: u32) -> u32 {
        let SlopeOne { by_user, differences, .. } = &mut self.model;
        let sides = Sides {
            by_row: &self.by_item,
            of_rows: self.by_item.ratings(),
            by_column: by_user,
            of_columns: by_user.ratings(),
        };
        let mut done = 0;
        while !self.pairs.are_through() && done < work {
            let added = self.pairs.add(&sides, self.pairs.row(), work - done);
            done = done.saturating_add(added);
            if let Some((item, sums)) = self.pairs.complete(&sides) {
                let earlier = &sums[..item as usize];
                differences.extend(earlier.iter().map(|sums| ((sums.a - sums.b) / sums.n) as f32));
                self.pairs.next();
                done = done.saturating_add(share_of_visit(item as usize));
            }
        }
        done
    }
}

impl Trainer for SlopeOneTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let mut done = self.model.fallback.settle(work);
        if self.model.fallback.is_settled() {
            done = done.saturating_add(self.compare(work.saturating_sub(done)));
        }
        if self.pairs.are_through() {
            let model = &self.model;
            let rest = (work.saturating_sub(done), share_of_visit(100));
            done = done.saturating_add(self.probe.advance(&model.by_user, rest, model));
        }
        if !(self.pairs.are_through() && self.probe.is_done(&self.model.by_user)) {
            return Ok(Progress { work: done, epoch: None });
        }
        self.epoch += 1;
        Ok(Progress { work: done, epoch: Some(EpochEnd::checked(self.epoch, self.probe.rmse(), true)?) })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

impl SlopeOne {
    /// dev_ij; `None` where nobody has rated both, or for an item and itself.
    fn difference(&self, i: u32, j: u32) -> Option<f64> {
        let (high, low) = (i.max(j) as usize, i.min(j) as usize);
        if high == low {
            return None;
        }
        let number = f64::from(self.differences[high * (high - 1) / 2 + low]);
        (!number.is_nan()).then_some(if i > j { number } else { -number })
    }

    /// The differences of an item to some others.
    fn differences(&self, item: ItemIdx, others: impl Iterator<Item = u32>) -> (f64, u32) {
        let (mut sum, mut n) = (0.0, 0);
        for difference in others.filter_map(|other| self.difference(item.0, other)) {
            sum += difference;
            n += 1;
        }
        (sum, n)
    }
}

impl Recommender for SlopeOne {
    /// The unclipped prediction.
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let (items, ratings) = self.by_user.user(user);
        let (sum, n) = self.differences(item, items.iter().copied());
        if n == 0 {
            let biases = self.fallback.biases();
            return biases.of(biases.users[user.at()], item) as f32;
        }
        let mean = ratings.iter().map(|&rating| f64::from(rating)).sum::<f64>() / ratings.len() as f64;
        (mean + sum / f64::from(n)) as f32
    }

    fn known(&self) -> &Known {
        &self.fallback.biases().known
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        Box::new(FoldedIntoSlopeOne { model: self, ratings: ratings.to_vec() })
    }
}

struct FoldedIntoSlopeOne<'a> {
    model: &'a SlopeOne,
    ratings: Vec<(ItemIdx, f32)>,
}

impl FoldedIntoSlopeOne<'_> {
    fn items(&self) -> impl Iterator<Item = u32> + '_ {
        self.ratings.iter().map(|(item, _)| item.0)
    }
}

impl FoldedUser for FoldedIntoSlopeOne<'_> {
    fn scores(&self, out: &mut [f32]) {
        let biases = self.model.fallback.biases();
        for (item, score) in (0..).map(ItemIdx).zip(out) {
            *score = (biases.of(0.0, item) + self.contributions(item).iter().sum::<f64>()) as f32;
        }
    }

    /// Each rating adds its share of the person's mean, and the difference of the item to its own. Someone without ratings
    /// has the biases' prediction, so an equal part of that goes with each.
    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let biases = self.model.fallback.biases();
        let (_, n) = self.model.differences(item, self.items());
        let count = self.ratings.len() as f64;
        if n == 0 {
            let above = biases.above(&self.ratings);
            return above.into_iter().map(|above| above / (biases.damping_users + count)).collect();
        }
        let part = |&(own, rating): &(ItemIdx, f32)| {
            let difference = self.model.difference(item.0, own.0).unwrap_or(0.0);
            (f64::from(rating) - biases.of(0.0, item)) / count + difference / f64::from(n)
        };
        self.ratings.iter().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::interactions;
    use super::*;

    /// Item 3 has no rating, user 3 none either; users 0 and 1 have rated item 0, users 0 and 2 item 1.
    const TRIPLES: [(u32, u32, f32); 6] =
        [(0, 0, 5.0), (0, 1, 3.0), (0, 2, 2.0), (1, 1, 4.0), (1, 0, 3.0), (2, 1, 2.0)];

    fn trained(work: u32) -> (SlopeOneTrainer, f64) {
        let mut trainer = SlopeOneTrainer::new(&interactions(4, 4, &TRIPLES));
        loop {
            if let Some(end) = trainer.advance(work).unwrap().epoch {
                return (trainer, end.train);
            }
        }
    }

    #[test]
    fn the_papers_example_by_hand() {
        let (trainer, _) = trained(100);
        // dev_01 = ((5 - 3) + (3 - 4)) / 2, dev_12 = 3 - 2, dev_02 = 5 - 2.
        assert_eq!(trainer.model.differences[..3], [-0.5, -3.0, -1.0]);
        assert!(trainer.model.differences[3..].iter().all(|difference| difference.is_nan()));
        let model = trainer.model();
        assert_eq!(model.predict(UserIdx(2), ItemIdx(0)), 2.5);
        // Mean 3.5 and (dev_21 + dev_20) / 2 = (-1 - 3) / 2: 1.5, which the scale makes 2.
        let mut scores = [0.0; 4];
        model.scores(UserIdx(1), &mut scores);
        assert_eq!((scores[2], model.predict(UserIdx(1), ItemIdx(2))), (1.5, 2.0));
        let biases = trainer.model.fallback.biases();
        assert_eq!(scores[3], (biases.mean + biases.users[1]) as f32);
        model.scores(UserIdx(3), &mut scores);
        assert_eq!(scores[1], (biases.mean + biases.items[1]) as f32);
    }

    #[test]
    fn the_cut_changes_no_bit() {
        let ((whole, left), (cut, right)) = (trained(u32::MAX), trained(1));
        assert_eq!(left, right);
        let bits = |trainer: &SlopeOneTrainer| -> Vec<u32> {
            trainer.model.differences.iter().map(|difference| difference.to_bits()).collect()
        };
        assert_eq!(bits(&whole), bits(&cut));
    }

    #[test]
    fn a_user_folded_in_again_has_the_same_scores_and_contributions_add_up_to_them() {
        let (trainer, _) = trained(100);
        let model = trainer.model();
        let folded = model.fold_in(&[(ItemIdx(1), 4.0), (ItemIdx(0), 3.0)]);
        let (mut left, mut right) = ([0.0; 4], [0.0; 4]);
        folded.scores(&mut left);
        model.scores(UserIdx(1), &mut right);
        for (left, right) in left.into_iter().zip(right) {
            assert!((left - right).abs() < 1e-5, "{left} {right}");
        }
        model.fold_in(&[]).scores(&mut right);
        let sum: f64 = folded.contributions(ItemIdx(2)).iter().sum();
        assert!((f64::from(right[2]) + sum - f64::from(left[2])).abs() < 1e-6);
    }
}
