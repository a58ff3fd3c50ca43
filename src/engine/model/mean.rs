//! The global mean: every rating is predicted as the mean of all training ratings. The floor that any model must beat.

use super::{AtOnce, FoldedUser, Known, Recommender};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};

#[derive(Debug)]
struct Mean {
    mean: f32,
    known: Known,
}

/// Takes the mean.
pub(super) fn trainer(train: &Interactions) -> AtOnce {
    let mean = train.mean();
    let loss: f64 = train.ratings().iter().map(|&rating| (f64::from(rating) - mean) * (f64::from(rating) - mean)).sum();
    let model = Mean { mean: mean as f32, known: Known::new(train) };
    AtOnce::new(Box::new(model), (loss / train.len() as f64).sqrt())
}

impl Recommender for Mean {
    fn score(&self, _user: UserIdx, _item: ItemIdx) -> f32 {
        self.mean
    }

    fn item_bias(&self, _item: ItemIdx) -> Option<(f64, f64)> {
        Some((f64::from(self.mean), 0.0))
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        Box::new(FoldedIntoMean { mean: self.mean, n_ratings: ratings.len() })
    }
}

struct FoldedIntoMean {
    mean: f32,
    n_ratings: usize,
}

impl FoldedUser for FoldedIntoMean {
    fn scores(&self, out: &mut [f32]) {
        out.fill(self.mean);
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
    fn the_mean_by_hand() {
        let mut trainer = trainer(&interactions(3, 2, &[(0, 0, 1.0), (0, 1, 2.0), (1, 0, 6.0)]));
        let end = trainer.advance(1).unwrap().epoch.unwrap();
        assert_eq!((end.epoch, end.train), (1, (14.0_f64 / 3.0).sqrt()));
        let model = trainer.model();
        assert_eq!(model.predict(UserIdx(2), ItemIdx(1)), 3.0);
        assert!(model.known().user(UserIdx(1)) && !model.known().user(UserIdx(2)));
        assert_eq!(model.fold_in(&[(ItemIdx(0), 6.0)]).contributions(ItemIdx(1)), [0.0]);
    }
}
