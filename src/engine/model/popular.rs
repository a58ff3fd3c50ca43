//! Popularity: the items that most users have, the same list for everybody. The floor that any list must beat.
//!
//! An item's score is the share of users with training rows who have it. Nothing is learned of a user.

use std::sync::Arc;

use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::error::Error;

/// Bytes of the shares, and of what is known.
pub(super) fn bytes(n_users: u32, n_items: u32) -> u64 {
    u64::from(n_users) + u64::from(n_items) * (4 + 1)
}

/// The share of users who have each item.
pub(super) fn shares(train: &Interactions) -> Vec<f32> {
    let mut counts = vec![0_u32; train.n_items() as usize];
    train.items().iter().for_each(|&item| counts[item as usize] += 1);
    let users = train.starts().windows(2).filter(|pair| pair[0] < pair[1]).count() as f64;
    counts.iter().map(|&count| (f64::from(count) / users) as f32).collect()
}

/// Done as soon as it starts; each epoch gives the same model.
#[derive(Debug)]
pub(super) struct PopularTrainer {
    model: Popular,
    epoch: u32,
}

#[derive(Debug)]
struct Popular {
    shares: Vec<f32>,
    known: Known,
}

impl PopularTrainer {
    pub(super) fn new(train: &Arc<Interactions>) -> Self {
        Self { model: Popular { shares: shares(train), known: Known::new(train) }, epoch: 0 }
    }
}

impl Trainer for PopularTrainer {
    fn advance(&mut self, _work: u32) -> Result<Progress, Error> {
        self.epoch += 1;
        Ok(Progress { work: 0, epoch: Some(EpochEnd { epoch: self.epoch, train: 0.0 }) })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

impl Recommender for Popular {
    fn predict(&self, _user: UserIdx, item: ItemIdx) -> f32 {
        self.shares[item.at()]
    }

    fn scores(&self, _user: UserIdx, out: &mut [f32]) {
        out.copy_from_slice(&self.shares);
    }

    fn knows_user(&self, user: UserIdx) -> bool {
        self.known.user(user)
    }

    fn knows_item(&self, item: ItemIdx) -> bool {
        self.known.item(item)
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        Box::new(FoldedIntoPopular { shares: &self.shares, n_ratings: ratings.len() })
    }
}

struct FoldedIntoPopular<'a> {
    shares: &'a [f32],
    n_ratings: usize,
}

impl FoldedUser for FoldedIntoPopular<'_> {
    fn scores(&self, out: &mut [f32]) {
        out.copy_from_slice(self.shares);
    }

    fn contributions(&self, _item: ItemIdx) -> Vec<f64> {
        vec![0.0; self.n_ratings]
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::interactions;
    use super::*;

    #[test]
    fn the_share_of_users_by_hand() {
        let mut trainer = PopularTrainer::new(&interactions(4, 3, &[(0, 0, 1.0), (0, 1, 5.0), (1, 0, 2.0)]));
        assert_eq!(trainer.advance(1).unwrap().epoch.unwrap().epoch, 1);
        let mut scores = [9.0; 3];
        trainer.model().scores(UserIdx(3), &mut scores);
        assert_eq!(scores, [1.0, 0.5, 0.0]);
        assert!(!trainer.model().knows_user(UserIdx(3)) && !trainer.model().knows_item(ItemIdx(2)));
        assert_eq!(trainer.model().fold_in(&[(ItemIdx(0), 1.0)]).contributions(ItemIdx(1)), [0.0]);
    }
}
