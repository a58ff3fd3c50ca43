//! The global mean: every rating is predicted as the mean of all training ratings. The floor that any model must beat.

use std::sync::Arc;

use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::error::Error;

/// Done as soon as it starts; each epoch gives the same model.
#[derive(Debug)]
pub(super) struct MeanTrainer {
    model: Mean,
    epoch: u32,
    train: f64,
}

#[derive(Debug)]
struct Mean {
    mean: f32,
    known: Known,
}

impl MeanTrainer {
    pub(super) fn new(train: &Arc<Interactions>) -> Self {
        let mean = train.mean();
        let loss: f64 =
            train.ratings().iter().map(|&rating| (f64::from(rating) - mean) * (f64::from(rating) - mean)).sum();
        let model = Mean { mean: mean as f32, known: Known::new(train) };
        Self { model, epoch: 0, train: (loss / train.len() as f64).sqrt() }
    }
}

impl Trainer for MeanTrainer {
    fn advance(&mut self, _work: u32) -> Result<Progress, Error> {
        self.epoch += 1;
        Ok(Progress { work: 0, epoch: Some(EpochEnd { epoch: self.epoch, train: self.train }) })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

impl Recommender for Mean {
    fn predict(&self, _user: UserIdx, _item: ItemIdx) -> f32 {
        // The mean of equal ratings may differ from them in its last bit.
        self.known.clip(self.mean)
    }

    fn scores(&self, _user: UserIdx, out: &mut [f32]) {
        out.fill(self.mean);
    }

    fn knows_user(&self, user: UserIdx) -> bool {
        self.known.user(user)
    }

    fn knows_item(&self, item: ItemIdx) -> bool {
        self.known.item(item)
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
    use super::super::tests::interactions;
    use super::*;

    #[test]
    fn the_mean_by_hand() {
        let mut trainer = MeanTrainer::new(&interactions(3, 2, &[(0, 0, 1.0), (0, 1, 2.0), (1, 0, 6.0)]));
        let end = trainer.advance(1).unwrap().epoch.unwrap();
        assert_eq!((end.epoch, end.train), (1, (14.0_f64 / 3.0).sqrt()));
        let model = trainer.model();
        assert_eq!(model.predict(UserIdx(2), ItemIdx(1)), 3.0);
        assert!(model.knows_user(UserIdx(1)) && !model.knows_user(UserIdx(2)));
        assert_eq!(model.fold_in(&[(ItemIdx(0), 6.0)]).contributions(ItemIdx(1)), [0.0]);
    }
}
