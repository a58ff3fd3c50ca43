//! Damped user and item biases around the mean: r^ = mu + b_u + b_i.
//!
//! Objective: sum (r - mu - b_u - b_i)^2 + d_u sum b_u^2 + d_i sum b_i^2, with the dampings d in units of ratings. Each
//! sweep sets all item biases to their optimum given the users', b_i = sum (r - mu - b_u) / (d_i + n_i), then all user
//! biases likewise (Koren 2010, doi:10.1145/1644873.1644874, section 2.1, which stops after one sweep). A sweep costs two visits
//! per rating; [`SWEEPS`] of them leave no visible difference from the optimum.
//!
//! An unknown user or item has bias 0.

use std::sync::Arc;

use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::error::Error;
use crate::study::ModelSpec;

/// Alternations of item and user biases.
const SWEEPS: u32 = 10;

/// Bytes of the biases, and of the items' sums and counts.
pub(super) fn bytes(n_users: u32, n_items: u32) -> u64 {
    u64::from(n_users) * (8 + 1) + u64::from(n_items) * (8 + 8 + 4 + 1)
}

/// One epoch is all sweeps; later epochs give the same model. Other models start from these biases.
#[derive(Debug)]
pub(super) struct BiasTrainer {
    train: Arc<Interactions>,
    damping_items: f64,
    model: Biases,
    /// Sweeps that are done.
    sweep: u32,
    /// The next user of the pass over all rows that is under way.
    next_user: u32,
    /// By item: the residuals without the item's bias, summed over the users passed so far.
    sums: Vec<f64>,
    /// By item: training rows.
    counts: Vec<u32>,
    /// Squared errors of the last pass.
    loss: f64,
    /// Whether the last pass is over.
    settled: bool,
    epoch: u32,
}

/// mu + b_u + b_i.
#[derive(Debug)]
pub(super) struct Biases {
    /// Mean of the training ratings.
    pub(super) mean: f64,
    pub(super) damping_users: f64,
    pub(super) users: Vec<f64>,
    pub(super) items: Vec<f64>,
    pub(super) known: Known,
}

impl BiasTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>) -> Self {
        Self::damped(train, spec.number("damping_users"), spec.number("damping_items"))
    }

    /// With the dampings given.
    pub(super) fn damped(train: &Arc<Interactions>, damping_users: f64, damping_items: f64) -> Self {
        let n_items = train.n_items() as usize;
        let model = Biases {
            mean: train.mean(),
            damping_users,
            users: vec![0.0; train.n_users() as usize],
            items: vec![0.0; n_items],
            known: Known::new(train),
        };
        Self {
            train: Arc::clone(train),
            damping_items,
            model,
            sweep: 0,
            next_user: 0,
            sums: vec![0.0; n_items],
            counts: train.item_counts(),
            loss: 0.0,
            settled: false,
            epoch: 0,
        }
    }

    /// Does at most about `work`; the work done. The biases are final when this does nothing.
    pub(super) fn settle(&mut self, work: u32) -> u32 {
        let mut done = 0;
        while !self.settled && done < work {
            if self.next_user == self.train.n_users() {
                self.settled = self.end_pass();
                continue;
            }
            let user = UserIdx(self.next_user);
            self.pass_user(user);
            self.next_user += 1;
            // A user without rows takes a moment too.
            done += 1 + self.train.user(user).0.len() as u32;
        }
        done
    }

    /// Whether the biases are final.
    pub(super) fn is_settled(&self) -> bool {
        self.settled
    }

    pub(super) fn biases(&self) -> &Biases {
        &self.model
    }

    /// Sets the user's bias, then adds the user's residuals to the items' sums and to the loss: one pass serves the end of
    /// one sweep and the start of the next. In the first pass the users still have bias 0.
    fn pass_user(&mut self, user: UserIdx) {
        let (items, ratings) = self.train.user(user);
        let model = &mut self.model;
        if self.sweep > 0 && !items.is_empty() {
            model.users[user.at()] = model.user_bias(items.iter().copied().zip(ratings.iter().copied()));
        }
        let base = model.mean + model.users[user.at()];
        for (&item, &rating) in items.iter().zip(ratings) {
            let residual = f64::from(rating) - base;
            self.sums[item as usize] += residual;
            let error = residual - model.items[item as usize];
            self.loss += error * error;
        }
    }

    /// Ends a pass. True after the last one.
    fn end_pass(&mut self) -> bool {
        self.next_user = 0;
        if self.sweep == SWEEPS {
            return true;
        }
        for ((bias, sum), &count) in self.model.items.iter_mut().zip(&mut self.sums).zip(&self.counts) {
            if count > 0 {
                *bias = *sum / (self.damping_items + f64::from(count));
            }
            *sum = 0.0;
        }
        self.sweep += 1;
        self.loss = 0.0;
        false
    }
}

impl Trainer for BiasTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let done = self.settle(work);
        if !self.settled {
            return Ok(Progress { work: done, epoch: None });
        }
        self.epoch += 1;
        let train = (self.loss / self.train.len() as f64).sqrt();
        Ok(Progress { work: done, epoch: Some(EpochEnd { epoch: self.epoch, train }) })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

impl Biases {
    /// The mean, and the bias of an item.
    pub(super) fn of_item(&self, item: ItemIdx) -> (f64, f64) {
        (self.mean, self.items[item.at()])
    }

    /// What is predicted of an item for a user with this bias.
    pub(super) fn of(&self, user_bias: f64, item: ItemIdx) -> f64 {
        self.mean + user_bias + self.items[item.at()]
    }

    /// A rating without mean and biases.
    pub(super) fn residual(&self, user: UserIdx, item: ItemIdx, rating: f32) -> f64 {
        f64::from(rating) - self.of(self.users[user.at()], item)
    }

    /// What a new user's ratings are above mean and item biases.
    pub(super) fn above(&self, ratings: &[(ItemIdx, f32)]) -> Vec<f64> {
        ratings.iter().map(|&(item, rating)| f64::from(rating) - self.of(0.0, item)).collect()
    }

    /// The optimal bias of a user with these ratings.
    fn user_bias(&self, ratings: impl ExactSizeIterator<Item = (u32, f32)>) -> f64 {
        let weight = self.damping_users + ratings.len() as f64;
        let sum: f64 = ratings.map(|(item, rating)| f64::from(rating) - self.mean - self.items[item as usize]).sum();
        sum / weight
    }
}

impl Recommender for Biases {
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        self.of(self.users[user.at()], item) as f32
    }

    fn item_bias(&self, item: ItemIdx) -> Option<(f64, f64)> {
        Some(self.of_item(item))
    }

    fn user_bias(&self, user: UserIdx) -> f64 {
        self.users[user.at()]
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        let weight = self.damping_users + ratings.len() as f64;
        let parts = self.above(ratings).into_iter().map(|above| above / weight);
        Box::new(FoldedIntoBiases { model: self, parts: parts.collect() })
    }
}

/// The bias of a folded user as the sum of what each rating adds to it.
struct FoldedIntoBiases<'a> {
    model: &'a Biases,
    parts: Vec<f64>,
}

impl FoldedUser for FoldedIntoBiases<'_> {
    fn scores(&self, out: &mut [f32]) {
        let user_bias = self.bias();
        for (item, score) in (0..).map(ItemIdx).zip(out) {
            *score = self.model.of(user_bias, item) as f32;
        }
    }

    fn bias(&self) -> f64 {
        self.parts.iter().sum()
    }

    fn contributions(&self, _item: ItemIdx) -> Vec<f64> {
        self.parts.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::interactions;
    use super::*;
    use crate::study::ModelKind;

    const RATINGS: &[(u32, u32, f32)] =
        &[(0, 0, 5.0), (0, 1, 3.0), (1, 0, 4.0), (1, 2, 1.0), (2, 1, 2.0), (2, 2, 3.0), (2, 0, 4.0)];

    fn trained(damping: f64, work: u32) -> BiasTrainer {
        let spec = ModelKind::Bias.with(&[("damping", damping.into())]).unwrap();
        let mut trainer = BiasTrainer::new(&spec, &interactions(4, 4, RATINGS));
        while trainer.advance(work).unwrap().epoch.is_none() {}
        trainer
    }

    #[test]
    fn the_gradient_of_the_objective_vanishes() {
        let trainer = trained(2.0, 1000);
        let Biases { mean, users, items, .. } = &trainer.model;
        let residual = |&(user, item, rating): &(u32, u32, f32)| {
            f64::from(rating) - mean - users[user as usize] - items[item as usize]
        };
        for user in 0..4 {
            let sum: f64 = RATINGS.iter().filter(|row| row.0 == user).map(residual).sum();
            assert!((sum - 2.0 * users[user as usize]).abs() < 1e-12);
        }
        for item in 0..4 {
            let sum: f64 = RATINGS.iter().filter(|row| row.1 == item).map(residual).sum();
            assert!((sum - 2.0 * items[item as usize]).abs() < 1e-4, "{sum} {}", items[item as usize]);
        }
        assert_eq!((users[3], items[3]), (0.0, 0.0));
    }

    #[test]
    fn the_error_is_that_of_the_model_and_does_not_depend_on_the_cut() {
        let mut whole = trained(0.5, u32::MAX);
        let mut cut = trained(0.5, 1);
        assert_eq!(whole.model.users, cut.model.users);
        let train = whole.advance(1).unwrap().epoch.unwrap().train;
        assert_eq!(train, cut.advance(1).unwrap().epoch.unwrap().train);
        let mut out = [0.0; 4];
        let loss: f64 = RATINGS
            .iter()
            .map(|&(user, item, rating)| {
                whole.model.scores(UserIdx(user), &mut out);
                let error = f64::from(rating - out[item as usize]);
                error * error
            })
            .sum();
        assert!((train - (loss / 7.0).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn folding_a_user_in_again_gives_the_same_bias() {
        let trainer = trained(2.0, 1000);
        let own = [(ItemIdx(1), 2.0), (ItemIdx(2), 3.0), (ItemIdx(0), 4.0)];
        let folded = trainer.model().fold_in(&own);
        let (mut left, mut right) = ([0.0; 4], [0.0; 4]);
        folded.scores(&mut left);
        trainer.model().scores(UserIdx(2), &mut right);
        assert_eq!(left, right);
        assert!((folded.contributions(ItemIdx(3)).iter().sum::<f64>() - trainer.model.users[2]).abs() < 1e-12);
    }
}
