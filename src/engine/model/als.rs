//! Matrix factorisation of bias residuals by alternating least squares with weighted regularisation, ALS-WR (Zhou et al.
//! 2008, doi:10.1007/978-3-540-68880-8_32): r^ = mu + b_u + b_i + p_u . q_i.
//!
//! The damped biases come first and stay. Objective: sum over ratings of (y - p_u . q_i)^2 + reg_f (|p_u|^2 + |q_i|^2) with
//! the residuals y = r - mu - b_u - b_i. An epoch sets all items' factors to their optimum given the users',
//! (P^T P + reg_f n_i I) q_i = P^T y over the item's n_i ratings, then all users' likewise. Users come last, so a person
//! folded in by the same ratings gets the same factors. A rating costs k^2 products an epoch, and a user or item k^3 / 6.
//!
//! Where this differs from the paper: biases, as in LensKit. An unknown user or item has zero factors.

use std::sync::Arc;

use super::bias::{self, BiasTrainer, Biases};
use super::init::{Init, Table};
use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::linalg::lanes::{FactorTable, dot};
use crate::engine::linalg::normal::{self, Normal};
use crate::engine::linalg::ridge::Ridge;
use crate::error::Error;
use crate::study::seed::Purpose;
use crate::study::{ModelSpec, Seed};

/// Bytes of the factors and biases, and of the system that is solved.
pub(super) fn bytes(spec: &ModelSpec, n_users: u32, n_items: u32) -> u64 {
    let n_factors = spec.number("n_factors") as u64;
    let factors = FactorTable::bytes(u64::from(n_users) + u64::from(n_items) + n_factors, n_factors);
    factors + bias::bytes(n_users, n_items)
}

/// Trains [`Als`].
#[derive(Debug)]
pub(super) struct AlsTrainer {
    train: Arc<Interactions>,
    /// The same ratings by item.
    by_item: Interactions,
    model: Als,
    init: Init,
    normal: Normal,
    /// Residuals of the user or item at hand.
    targets: Vec<f32>,
    /// Items, then users, that the epoch has passed.
    passed: u32,
    loss: f64,
    epoch: u32,
}

#[derive(Debug)]
struct Als {
    users: FactorTable,
    items: FactorTable,
    base: BiasTrainer,
    regularization: f64,
}

impl AlsTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>, seed: Seed, stream: u64) -> Self {
        let n_factors = spec.number("n_factors") as usize;
        let model = Als {
            users: FactorTable::zeros(train.n_users() as usize, n_factors),
            items: FactorTable::zeros(train.n_items() as usize, n_factors),
            base: BiasTrainer::new(spec, train),
            regularization: spec.number("regularization_factors"),
        };
        Self {
            train: Arc::clone(train),
            by_item: train.transposed(),
            model,
            init: Init::new(spec, seed.stream(Purpose::Init, stream)),
            normal: Normal::default(),
            targets: Vec::new(),
            passed: 0,
            loss: 0.0,
            epoch: 0,
        }
    }

    /// Sets the factors of an item to their optimum.
    fn pass_item(&mut self, item: ItemIdx) -> u32 {
        let (users, ratings) = self.by_item.user(UserIdx(item.0));
        let Als { users: from, items: to, base, regularization } = &mut self.model;
        let biases = base.biases();
        self.targets.clear();
        let own = users.iter().zip(ratings);
        self.targets.extend(own.map(|(&user, &rating)| biases.residual(UserIdx(user), item, rating) as f32));
        let penalty = (*regularization * users.len() as f64) as f32;
        self.normal.solve(from, users, &self.targets, penalty, to.row_mut(item.at()));
        work(users.len(), from.n_factors())
    }

    /// Sets the factors of a user to their optimum, and counts the errors that they had before.
    fn pass_user(&mut self, user: UserIdx) -> u32 {
        let (items, ratings) = self.train.user(user);
        let Als { users: to, items: from, base, regularization } = &mut self.model;
        let biases = base.biases();
        self.targets.clear();
        let own = items.iter().zip(ratings);
        self.targets.extend(own.map(|(&item, &rating)| biases.residual(user, ItemIdx(item), rating) as f32));
        let penalty = (*regularization * items.len() as f64) as f32;
        let row = to.row_mut(user.at());
        self.loss += normal::loss(from, items, &self.targets, row);
        self.normal.solve(from, items, &self.targets, penalty, row);
        work(items.len(), from.n_factors())
    }

    fn end_epoch(&mut self) -> Result<EpochEnd, Error> {
        let train = (self.loss / self.train.len() as f64).sqrt();
        (self.passed, self.loss) = (0, 0.0);
        self.epoch += 1;
        EpochEnd::checked(self.epoch, train, self.model.users.is_finite() && self.model.items.is_finite())
    }
}

/// Units of work of a solution: a rating's k^2 products take as long as k / 8 visits by gradient descent.
fn work(n_rows: usize, n_factors: usize) -> u32 {
    let of_rows = n_rows.saturating_mul(1 + n_factors / 8);
    let of_factor = n_rows.min(n_factors) * n_factors / 48;
    u32::try_from(1 + of_rows + of_factor).unwrap_or(u32::MAX)
}

impl Trainer for AlsTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let Als { users, base, .. } = &mut self.model;
        // Items are computed before they are used.
        let mut tables: [Table<'_>; 1] = [(users, &base.biases().known.users)];
        let mut done = self.init.advance(&mut tables, work);
        done = done.saturating_add(self.model.base.settle(work.saturating_sub(done)));
        let ready = self.init.is_done() && self.model.base.is_settled();
        let (n_users, n_items) = (self.train.n_users(), self.train.n_items());
        while ready && self.passed < n_items + n_users && done < work {
            let spent = match self.passed.checked_sub(n_items) {
                None => self.pass_item(ItemIdx(self.passed)),
                Some(user) => self.pass_user(UserIdx(user)),
            };
            done = done.saturating_add(spent);
            self.passed += 1;
        }
        let ended = self.passed == n_items + n_users;
        let epoch = if ended { Some(self.end_epoch()?) } else { None };
        Ok(Progress { work: done, epoch })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

impl Recommender for Als {
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let biases = self.base.biases();
        let base = biases.of(biases.users[user.at()], item);
        base as f32 + dot(self.users.row(user.at()), self.items.row(item.at()))
    }

    fn item_bias(&self, item: ItemIdx) -> Option<(f64, f64)> {
        Some(self.base.biases().of_item(item))
    }

    fn user_bias(&self, user: UserIdx) -> f64 {
        self.base.biases().users[user.at()]
    }

    fn user_factors(&self, user: UserIdx) -> Option<Vec<f32>> {
        Some(self.users.numbers(user.at()).collect())
    }

    fn item_factors(&self, item: ItemIdx) -> Option<Vec<f32>> {
        Some(self.items.numbers(item.at()).collect())
    }

    fn known(&self) -> &Known {
        &self.base.biases().known
    }

    /// The bias and then the factors of a user, by the equations of training.
    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        let biases = self.base.biases();
        let above = biases.above(ratings);
        let weight = 1.0 / (biases.damping_users + ratings.len() as f64).max(1.0);
        let bias = above.iter().sum::<f64>() * weight;
        let n_factors = self.items.n_factors();
        let design: Vec<f64> = ratings.iter().flat_map(|&(item, _)| self.items.wide(item.at())).collect();
        let mut right = vec![0.0; n_factors];
        for (q, above) in design.chunks_exact(n_factors).zip(&above) {
            right.iter_mut().zip(q).for_each(|(right, q)| *right += q * (above - bias));
        }
        let ridge = Ridge::new(&design, &vec![self.regularization * ratings.len() as f64; n_factors]);
        let p = ridge.as_ref().map_or_else(|| vec![0.0; n_factors], |ridge| ridge.solve(right));
        Box::new(FoldedIntoAls { model: self, biases, above, weight, bias, design, ridge, p })
    }
}

struct FoldedIntoAls<'a> {
    model: &'a Als,
    biases: &'a Biases,
    /// Own ratings above mean and item biases.
    above: Vec<f64>,
    /// What the sum of those is multiplied by for the user's bias.
    weight: f64,
    bias: f64,
    /// Own ratings x factors.
    design: Vec<f64>,
    /// Absent where the numbers left the range: only the bias is then known.
    ridge: Option<Ridge>,
    p: Vec<f64>,
}

impl FoldedUser for FoldedIntoAls<'_> {
    fn scores(&self, out: &mut [f32]) {
        for (item, score) in (0..).map(ItemIdx).zip(out) {
            *score = (self.biases.of(self.bias, item) + self.model.items.product(item.at(), &self.p)) as f32;
        }
    }

    fn bias(&self) -> f64 {
        self.bias
    }

    /// Exact: p is linear in the residuals, q_i . p = sum_j v_j y_j with v_j = q_j . A^-1 q_i, and y_j = above_j - bias, of which
    /// each rating has its share.
    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let q: Vec<f64> = self.model.items.wide(item.at()).collect();
        let n_factors = q.len();
        let solved = self.ridge.as_ref().map_or_else(|| vec![0.0; n_factors], |ridge| ridge.solve(q));
        let rows = self.design.chunks_exact(n_factors);
        let v: Vec<f64> = rows.map(|row| row.iter().zip(&solved).map(|(q, solved)| q * solved).sum()).collect();
        let of_bias = self.weight * (1.0 - v.iter().sum::<f64>());
        v.iter().zip(&self.above).map(|(v, above)| above * (v + of_bias)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::interactions;
    use super::*;
    use crate::study::{ModelKind, Value};

    const TRIPLES: [(u32, u32, f32); 8] =
        [(0, 0, 5.0), (0, 1, 3.0), (1, 0, 4.0), (1, 2, 1.0), (3, 1, 1.0), (3, 2, 5.0), (3, 4, 4.0), (3, 0, 2.0)];

    fn trained(settings: &[(&str, Value)], epochs: u32, work: u32) -> (AlsTrainer, f64) {
        let spec = ModelKind::Als.with(settings).unwrap();
        let mut trainer = AlsTrainer::new(&spec, &interactions(4, 5, &TRIPLES), Seed(7), 0);
        loop {
            if let Some(end) = trainer.advance(work).unwrap().epoch
                && end.epoch == epochs
            {
                return (trainer, end.train);
            }
        }
    }

    /// The objective, halved, of the users' factors.
    fn objective(model: &Als, p: &[Vec<f64>]) -> f64 {
        let error = |&(user, item, rating): &(u32, u32, f32)| {
            let q = model.items.numbers(item as usize).map(f64::from);
            let product: f64 = q.zip(&p[user as usize]).map(|(q, p)| q * p).sum();
            let error = model.base.biases().residual(UserIdx(user), ItemIdx(item), rating) - product;
            let square: f64 = p[user as usize].iter().map(|p| p * p).sum();
            error * error + model.regularization * square
        };
        TRIPLES.iter().map(error).sum::<f64>() / 2.0
    }

    #[test]
    fn the_users_are_at_the_optimum_given_the_items() {
        let (trainer, _) = trained(&[("n_factors", 3.0.into())], 4, 100);
        let model = &trainer.model;
        let p: Vec<Vec<f64>> = (0..4).map(|user| model.users.numbers(user).map(f64::from).collect()).collect();
        for user in 0..4 {
            for factor in 0..3 {
                let moved = |by: f64| {
                    let mut p = p.clone();
                    p[user][factor] += by;
                    objective(model, &p)
                };
                let gradient = (moved(1e-4) - moved(-1e-4)) / 2e-4;
                assert!(gradient.abs() < 1e-5, "{user} {factor}: {gradient}");
            }
        }
    }

    #[test]
    fn the_error_falls_and_the_cut_changes_no_bit() {
        let settings = [("n_factors", 5.0.into()), ("regularization_factors", 0.01.into())];
        let (whole, late) = trained(&settings, 15, u32::MAX);
        let (cut, same) = trained(&settings, 15, 1);
        let (_, early) = trained(&settings, 2, 100);
        assert!(late < 0.9 * early, "{early} {late}");
        assert_eq!((late, whole.model.users, whole.model.items), (same, cut.model.users, cut.model.items));
    }

    #[test]
    fn a_user_folded_in_again_has_the_same_scores_and_contributions_add_up_to_them() {
        let (trainer, _) = trained(&[("n_factors", 3.0.into()), ("regularization_factors", 0.02.into())], 6, 100);
        let model = trainer.model();
        let own: Vec<(ItemIdx, f32)> =
            TRIPLES.iter().filter(|row| row.0 == 3).map(|row| (ItemIdx(row.1), row.2)).collect();
        let folded = model.fold_in(&own);
        let (mut left, mut right) = ([0.0; 5], [0.0; 5]);
        folded.scores(&mut left);
        model.scores(UserIdx(3), &mut right);
        for (item, (left, right)) in (0..).map(ItemIdx).zip(left.into_iter().zip(right)) {
            assert!((left - right).abs() < 1e-4, "{left} {right}");
            let sum: f64 = folded.contributions(item).iter().sum();
            assert!((trainer.model.base.biases().of(0.0, item) + sum - f64::from(left)).abs() < 1e-5);
        }
        model.fold_in(&[]).scores(&mut left);
        assert_eq!(left[1], trainer.model.base.biases().of(0.0, ItemIdx(1)) as f32);
        assert_eq!(model.predict(UserIdx(2), ItemIdx(3)), trainer.model.base.biases().mean as f32);
    }

    #[test]
    fn numbers_out_of_range_are_divergence() {
        let spec = ModelKind::Als.with(&[]).unwrap();
        let train = interactions(2, 2, &[(0, 0, 3e38), (0, 1, -3e38), (1, 0, -3e38), (1, 1, 3e38)]);
        let mut trainer = AlsTrainer::new(&spec, &train, Seed(7), 0);
        assert_eq!(
            trainer.advance(u32::MAX).and_then(|_| trainer.advance(u32::MAX)),
            Err(Error::Diverged { epoch: 1 })
        );
    }
}
