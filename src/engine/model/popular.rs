//! Popularity: the items that most users have, the same list for everybody. The floor that any list must beat.
//!
//! An item's score is the share of users with training rows who have it. Nothing is learned of a user.

use super::{AtOnce, FoldedUser, Known, Recommender};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};

/// Bytes of the shares, and of what is known.
pub(super) fn bytes(n_users: u32, n_items: u32) -> u64 {
    u64::from(n_users) + u64::from(n_items) * (4 + 1)
}

/// The share of users who have each item.
pub(super) fn shares(train: &Interactions) -> Vec<f32> {
    let users = train.user_counts().filter(|count| *count > 0).count() as f64;
    train.item_counts().into_iter().map(|count| (f64::from(count) / users) as f32).collect()
}

/// Counts.
pub(super) fn trainer(train: &Interactions) -> AtOnce {
    AtOnce::new(Box::new(Popular { shares: shares(train), known: Known::new(train) }), 0.0)
}

#[derive(Debug)]
struct Popular {
    shares: Vec<f32>,
    known: Known,
}

impl Recommender for Popular {
    fn score(&self, _user: UserIdx, item: ItemIdx) -> f32 {
        self.shares[item.at()]
    }

    fn as_prediction(&self, score: f32) -> f32 {
        score
    }

    fn scores(&self, _user: UserIdx, out: &mut [f32]) {
        out.copy_from_slice(&self.shares);
    }

    fn known(&self) -> &Known {
        &self.known
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
    use super::super::Trainer;
    use super::super::tests::interactions;
    use super::*;

    #[test]
    fn the_share_of_users_by_hand() {
        let mut trainer = trainer(&interactions(4, 3, &[(0, 0, 1.0), (0, 1, 5.0), (1, 0, 2.0)]));
        assert_eq!(trainer.advance(1).unwrap().epoch.unwrap().epoch, 1);
        let mut scores = [9.0; 3];
        trainer.model().scores(UserIdx(3), &mut scores);
        assert_eq!(scores, [1.0, 0.5, 0.0]);
        assert!(!trainer.model().known().user(UserIdx(3)) && !trainer.model().known().item(ItemIdx(2)));
        assert_eq!(trainer.model().fold_in(&[(ItemIdx(0), 1.0)]).contributions(ItemIdx(1)), [0.0]);
    }
}
