//! EASE, a linear autoencoder with an answer in closed form (Steck 2019, doi:10.1145/3308558.3313710), and what has been
//! found to better it: score of item i for row x of X = sum_j x_j B_ji, X users x items, 1 where a user has an item.
//!
//! Objective: |Z - Z B|^2 + reg |B|^2 with each B_ii at most xi (`diagonal`; Moon, Kim, Lee 2023,
//! doi:10.1145/3539618.3591704). With P = (Z^T Z + reg I)^-1 the answer is B = I - P diag(g), g_i = max(reg, (1 - xi) / P_ii).
//! xi = 0 is EASE, where no item may speak for itself; from xi = 1 on it is ridge regression without that constraint.
//!
//! Z is X, but each user weighs n_u^-a (`exponent_users`), each item n_i^-b (`exponent_items`), n over its mean, so that reg
//! means the same; an item's weight is taken out of its scores again (Park et al. 2025, arXiv:2504.05805). And a rating r
//! weighs 1 - w (high - r) / (high - low) in place of 1 (`rating_weight` w), low and high being those of the training rows.
//! By default a, b and w are 0: ratings do not matter then, only who has what.
//!
//! Where there are fewer users than items the same comes from K = (Z Z^T + reg I)^-1, which is users x users: Z P = K Z and
//! P = (I - Z^T K Z) / reg. So memory is 8 min(users, items)^2 bytes and time min(users, items)^3 / 2 products: a Cholesky
//! factor, its inverse and their product, all in place and by rows.
//!
//! A user without training rows gets the items by popularity.

use std::sync::Arc;

use super::popular;
use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::interactions::Row;
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::linalg::cholesky;
use crate::error::Error;
use crate::study::ModelSpec;

/// The side of the table that must be held.
pub(super) fn side(n_users: u32, n_items: u32) -> u32 {
    n_users.min(n_items)
}

/// Bytes of that table, and of what is small beside it.
pub(super) fn bytes(n_users: u32, n_items: u32) -> u64 {
    let side = u64::from(side(n_users, n_items));
    side * side * 8 + u64::from(n_users) * 13 + u64::from(n_items) * 25
}

/// What is done row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// The lower triangle of X X^T or X^T X.
    Gram,
    Factor,
    Invert,
    Multiply,
    /// The upper triangle.
    Mirror,
    /// g_i of each item.
    Gains,
    Done,
}

#[derive(Debug)]
pub(super) struct EaseTrainer {
    model: Ease,
    stage: Stage,
    /// The next row of the stage.
    at: usize,
    epoch: u32,
}

#[derive(Debug)]
struct Ease {
    regularization: f64,
    /// The most that an item may speak for itself.
    diagonal: f64,
    /// Whether `table` is K, users x users, and not P, items x items.
    by_users: bool,
    side: usize,
    table: Vec<f64>,
    /// g_i by item.
    gains: Vec<f64>,
    users: Side,
    items: Side,
    weighing: Weighing,
    shares: Vec<f32>,
    known: Known,
}

/// Some items or users, and z of each.
type Sparse<'a> = (&'a [u32], &'a [f32]);

/// Z by users or by items, ascending.
#[derive(Debug)]
struct Side {
    /// z in place of ratings.
    rows: Interactions,
    /// What each user or item weighs.
    weights: Vec<f64>,
}

impl Side {
    fn new(rows: Interactions, weighing: Weighing, weights: Vec<f64>, others: &[f64]) -> Self {
        let z = |row: Row| (weighing.of(row.rating) * weights[row.user as usize] * others[row.item as usize]) as f32;
        Self { rows: rows.rerated(&z), weights }
    }

    /// A row of Z or of Z^T.
    fn of(&self, at: usize) -> Sparse<'_> {
        self.rows.user(UserIdx(at as u32))
    }
}

/// What each user weighs: (n / the mean n of those with training rows)^-exponent.
fn weights(rows: &Interactions, exponent: f64) -> Vec<f64> {
    let known = rows.user_counts().filter(|&count| count > 0).count();
    let mean = rows.len().max(1) as f64 / known.max(1) as f64;
    rows.user_counts().map(|count| libm::pow(f64::from(count.max(1)) / mean, -exponent)).collect()
}

/// The product of a dense and a sparse vector.
fn product(dense: &[f64], (ids, z): Sparse<'_>) -> f64 {
    ids.iter().zip(z).map(|(&id, &z)| dense[id as usize] * f64::from(z)).sum()
}

/// What a rating weighs.
#[derive(Clone, Copy, Debug)]
struct Weighing {
    low: f32,
    high: f32,
    /// What a rating weighs less for each step below the highest.
    slope: f64,
}

impl Weighing {
    fn new(weight: f64, (low, high): (f32, f32)) -> Self {
        Self { low, high, slope: if low < high { weight / f64::from(high - low) } else { 0.0 } }
    }

    fn of(self, rating: f32) -> f64 {
        1.0 - self.slope * f64::from(self.high - rating.clamp(self.low, self.high))
    }
}

impl EaseTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>) -> Self {
        let (n_users, n_items) = (train.n_users(), train.n_items());
        let side = side(n_users, n_items) as usize;
        let by_item = train.transposed();
        // Turned twice, so that a user's items ascend too.
        let by_user = by_item.transposed();
        let of_users = weights(&by_user, spec.number("exponent_users"));
        let of_items = weights(&by_item, spec.number("exponent_items"));
        let weighing = Weighing::new(spec.number("rating_weight"), train.scale());
        let users = Side::new(by_user, weighing, of_users.clone(), &of_items);
        let items = Side::new(by_item, weighing, of_items, &of_users);
        let model = Ease {
            regularization: spec.number("regularization"),
            diagonal: spec.number("diagonal"),
            by_users: n_users < n_items,
            side,
            table: vec![0.0; side * side],
            gains: vec![0.0; n_items as usize],
            users,
            items,
            weighing,
            shares: popular::shares(train),
            known: Known::new(train),
        };
        Self { model, stage: Stage::Gram, at: 0, epoch: 0 }
    }

    /// Does one row of the stage; the work done.
    fn row(&mut self) -> Result<u32, Error> {
        let (side, at) = (self.model.side, self.at);
        // Products of a row of one of the three passes, in the time of a visited rating each 32.
        let products = 1 + (at * at / 64) as u32;
        let done = match self.stage {
            Stage::Gram => self.model.gram_row(at),
            Stage::Factor => {
                if !cholesky::factor_row(&mut self.model.table, side, at) {
                    return Err(Error::Diverged { epoch: 1 });
                }
                products
            }
            Stage::Invert => {
                cholesky::invert_row(&mut self.model.table, side, at);
                products
            }
            Stage::Multiply => {
                cholesky::multiply_row(&mut self.model.table, side, at);
                products
            }
            Stage::Mirror => {
                (0..at).for_each(|other| self.model.table[other * side + at] = self.model.table[at * side + other]);
                1 + at as u32 / 16
            }
            Stage::Gains => self.model.set_gain(at),
            Stage::Done => 0,
        };
        self.at += 1;
        let rows = if self.stage == Stage::Gains { self.model.gains.len() } else { side };
        if self.at == rows {
            self.at = 0;
            self.stage = match self.stage {
                Stage::Gram => Stage::Factor,
                Stage::Factor => Stage::Invert,
                Stage::Invert => Stage::Multiply,
                Stage::Multiply => Stage::Mirror,
                Stage::Mirror => Stage::Gains,
                Stage::Gains | Stage::Done => Stage::Done,
            };
        }
        Ok(done)
    }
}

impl Trainer for EaseTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let mut done = 0;
        while self.stage != Stage::Done && done < work {
            done = done.saturating_add(self.row()?);
        }
        if self.stage != Stage::Done {
            return Ok(Progress { work: done, epoch: None });
        }
        self.epoch += 1;
        Ok(Progress { work: done, epoch: Some(EpochEnd { epoch: self.epoch, train: 0.0 }) })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

impl Ease {
    /// A row of Z Z^T or Z^T Z up to its diagonal, and the regularization there; the work done.
    fn gram_row(&mut self, at: usize) -> u32 {
        let (own, back) = if self.by_users { (&self.users, &self.items) } else { (&self.items, &self.users) };
        let row = &mut self.table[at * self.side..=at * self.side + at];
        let (ids, z) = own.of(at);
        let mut done = 1;
        for (&id, &z) in ids.iter().zip(z) {
            let (others, theirs) = back.of(id as usize);
            for (&other, &their) in others.iter().zip(theirs).take_while(|(other, _)| **other as usize <= at) {
                row[other as usize] += f64::from(z) * f64::from(their);
            }
            done += others.len() as u32 / 16;
        }
        row[at] += self.regularization;
        done
    }

    /// g_i of an item; the work done.
    fn set_gain(&mut self, item: usize) -> u32 {
        let (own, work) = if self.by_users {
            let column = self.items.of(item);
            let (users, z) = column;
            let sum: f64 =
                users.iter().zip(z).map(|(&user, &z)| f64::from(z) * product(self.row(user as usize), column)).sum();
            ((1.0 - sum) / self.regularization, 1 + (users.len() * users.len() / 16) as u32)
        } else {
            (self.table[item * self.side + item], 1)
        };
        self.gains[item] = self.regularization.max((1.0 - self.diagonal) / own);
        work
    }

    /// A row of the table.
    fn row(&self, at: usize) -> &[f64] {
        &self.table[at * self.side..][..self.side]
    }

    /// z P for someone with these items.
    fn smoothed(&self, (own, z): Sparse<'_>) -> Vec<f64> {
        let mut smoothed = vec![0.0; self.gains.len()];
        if !self.by_users {
            for (&item, &z) in own.iter().zip(z) {
                cholesky::add_multiple(&mut smoothed, f64::from(z), self.row(item as usize));
            }
            return smoothed;
        }
        // K Z z^T, from what each user has in common.
        let mut common = vec![0.0; self.side];
        for (&item, &z) in own.iter().zip(z) {
            let (users, theirs) = self.items.of(item as usize);
            users
                .iter()
                .zip(theirs)
                .for_each(|(&user, &their)| common[user as usize] += f64::from(z) * f64::from(their));
        }
        let mut image = vec![0.0; self.side];
        for (at, &product) in common.iter().enumerate().filter(|(_, product)| **product > 0.0) {
            cholesky::add_multiple(&mut image, product, self.row(at));
        }
        for (item, smoothed) in smoothed.iter_mut().enumerate() {
            *smoothed = -product(&image, self.items.of(item)) / self.regularization;
        }
        own.iter().zip(z).for_each(|(&item, &z)| smoothed[item as usize] += f64::from(z) / self.regularization);
        smoothed
    }

    /// z - z P diag(g) for someone who weighs this, in the weight of a rating and no longer of its item.
    fn write_scores(&self, smoothed: &[f64], (own, z): Sparse<'_>, user: f64, out: &mut [f32]) {
        let scales = self.gains.iter().zip(&self.items.weights);
        for ((out, smoothed), (gain, item)) in out.iter_mut().zip(smoothed).zip(scales) {
            *out = (-smoothed * gain / (user * item)) as f32;
        }
        for (&item, &z) in own.iter().zip(z) {
            out[item as usize] += (f64::from(z) / (user * self.items.weights[item as usize])) as f32;
        }
    }
}

impl Recommender for Ease {
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let mut scores = vec![0.0; self.gains.len()];
        self.scores(user, &mut scores);
        scores[item.at()]
    }

    fn as_prediction(&self, score: f32) -> f32 {
        score
    }

    fn scores(&self, user: UserIdx, out: &mut [f32]) {
        let own = self.users.of(user.at());
        if own.0.is_empty() {
            out.copy_from_slice(&self.shares);
            return;
        }
        let smoothed = if self.by_users {
            // The user's row of Z P = K Z.
            (0..self.gains.len()).map(|item| product(self.row(user.at()), self.items.of(item))).collect()
        } else {
            self.smoothed(own)
        };
        self.write_scores(&smoothed, own, self.users.weights[user.at()], out);
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        // No score depends on what a user weighs.
        let z = |&(item, rating): &(ItemIdx, f32)| (self.weighing.of(rating) * self.items.weights[item.at()]) as f32;
        let own = ratings.iter().map(|(item, _)| item.0).collect();
        Box::new(FoldedIntoEase { model: self, own, z: ratings.iter().map(z).collect() })
    }
}

struct FoldedIntoEase<'a> {
    model: &'a Ease,
    own: Vec<u32>,
    z: Vec<f32>,
}

impl FoldedUser for FoldedIntoEase<'_> {
    fn scores(&self, out: &mut [f32]) {
        if self.own.is_empty() {
            out.copy_from_slice(&self.model.shares);
        } else {
            let own = (&*self.own, &*self.z);
            self.model.write_scores(&self.model.smoothed(own), own, 1.0, out);
        }
    }

    /// z_j B_ji of each own item j: the score is their sum.
    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let (gain, weight) = (self.model.gains[item.at()], self.model.items.weights[item.at()]);
        let smoothed = self.model.smoothed((&[item.0], &[1.0]));
        let part = |(&own, &z): (&u32, &f32)| {
            let itself = if own == item.0 { 1.0 } else { 0.0 };
            f64::from(z) * (itself - smoothed[own as usize] * gain) / weight
        };
        self.own.iter().zip(&self.z).map(part).collect()
    }
}

#[cfg(test)]
mod tests;
