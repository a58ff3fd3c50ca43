//! EASE, a linear autoencoder with an answer in closed form (Steck 2019, doi:10.1145/3308558.3313710): scores = X B with
//! X users x items, 1 where a user has an item.
//!
//! Objective: |X - X B|^2 + reg |B|^2 with diag B = 0. With P = (X^T X + reg I)^-1 the answer is B_ji = -P_ji / P_ii, off the
//! diagonal. Where there are fewer users than items the same comes from K = (X X^T + reg I)^-1, which is users x users:
//! X P = K X and P = (I - X^T K X) / reg. So memory is 8 min(users, items)^2 bytes and time min(users, items)^3 / 2 products:
//! a Cholesky factor, its inverse and their product, all in place and by rows. Ratings do not matter, only who has what.
//!
//! A user without training rows gets the items by popularity.

use std::sync::Arc;

use super::popular;
use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::lists::Lists;
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
    side * side * 8 + u64::from(n_users) * 9 + u64::from(n_items) * 21
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
    /// P_ii of each item.
    Diagonal,
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
    /// Whether `table` is K, users x users, and not P, items x items.
    by_users: bool,
    side: usize,
    table: Vec<f64>,
    /// P_ii by item.
    diagonal: Vec<f64>,
    /// The items of each user, and the users of each item.
    items_of: Lists,
    users_of: Lists,
    shares: Vec<f32>,
    known: Known,
}

impl EaseTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>) -> Self {
        let (n_users, n_items) = (train.n_users(), train.n_items());
        let side = side(n_users, n_items) as usize;
        let model = Ease {
            regularization: spec.number("regularization"),
            by_users: n_users < n_items,
            side,
            table: vec![0.0; side * side],
            diagonal: vec![0.0; n_items as usize],
            items_of: Lists::by_user(train),
            users_of: Lists::by_item(train),
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
            Stage::Diagonal => self.model.set_diagonal(at),
            Stage::Done => 0,
        };
        self.at += 1;
        let rows = if self.stage == Stage::Diagonal { self.model.diagonal.len() } else { side };
        if self.at == rows {
            self.at = 0;
            self.stage = match self.stage {
                Stage::Gram => Stage::Factor,
                Stage::Factor => Stage::Invert,
                Stage::Invert => Stage::Multiply,
                Stage::Multiply => Stage::Mirror,
                Stage::Mirror => Stage::Diagonal,
                Stage::Diagonal | Stage::Done => Stage::Done,
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
    /// Counts what a row has in common with those up to itself, and adds the regularization; the work done.
    fn gram_row(&mut self, at: usize) -> u32 {
        let (own, back) =
            if self.by_users { (&self.items_of, &self.users_of) } else { (&self.users_of, &self.items_of) };
        let row = &mut self.table[at * self.side..=at * self.side + at];
        let mut done = 1;
        for &id in own.get(at).unwrap_or_default() {
            let others = back.get(id as usize).unwrap_or_default();
            others.iter().take_while(|other| **other as usize <= at).for_each(|&other| row[other as usize] += 1.0);
            done += others.len() as u32 / 16;
        }
        row[at] += self.regularization;
        done
    }

    /// P_ii of an item; the work done.
    fn set_diagonal(&mut self, item: usize) -> u32 {
        if !self.by_users {
            self.diagonal[item] = self.table[item * self.side + item];
            return 1;
        }
        let users = self.users_of.get(item).unwrap_or_default();
        let sum: f64 = users.iter().map(|&user| self.sum_of(user as usize, users)).sum();
        self.diagonal[item] = (1.0 - sum) / self.regularization;
        1 + (users.len() * users.len() / 16) as u32
    }

    /// Some numbers of a row of the table, added up.
    fn sum_of(&self, row: usize, columns: &[u32]) -> f64 {
        let row = &self.table[row * self.side..(row + 1) * self.side];
        columns.iter().map(|&column| row[column as usize]).sum()
    }

    /// x P for someone with these items.
    fn smoothed(&self, own: &[u32]) -> Vec<f64> {
        let mut smoothed = vec![0.0; self.diagonal.len()];
        if !self.by_users {
            for &item in own {
                cholesky::add_multiple(&mut smoothed, 1.0, &self.table[item as usize * self.side..][..self.side]);
            }
            return smoothed;
        }
        // K X x^T, from how many items each user shares.
        let mut common = vec![0.0; self.side];
        for &item in own {
            let users = self.users_of.get(item as usize).unwrap_or_default();
            users.iter().for_each(|&user| common[user as usize] += 1.0);
        }
        let mut image = vec![0.0; self.side];
        for (at, &count) in common.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            cholesky::add_multiple(&mut image, count, &self.table[at * self.side..][..self.side]);
        }
        for (smoothed, users) in smoothed.iter_mut().zip(self.users_of.iter()) {
            *smoothed = -users.iter().map(|&user| image[user as usize]).sum::<f64>() / self.regularization;
        }
        own.iter().for_each(|&item| smoothed[item as usize] += 1.0 / self.regularization);
        smoothed
    }

    /// x - x P / diag P, which has no part of an item in itself.
    fn write_scores(&self, smoothed: impl Iterator<Item = f64>, own: &[u32], out: &mut [f32]) {
        for ((out, smoothed), diagonal) in out.iter_mut().zip(smoothed).zip(&self.diagonal) {
            *out = (-smoothed / diagonal) as f32;
        }
        own.iter().for_each(|&item| out[item as usize] += 1.0);
    }
}

impl Recommender for Ease {
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let mut scores = vec![0.0; self.diagonal.len()];
        self.scores(user, &mut scores);
        scores[item.at()]
    }

    fn as_prediction(&self, score: f32) -> f32 {
        score
    }

    fn scores(&self, user: UserIdx, out: &mut [f32]) {
        let own = self.items_of.get(user.at()).unwrap_or_default();
        match own {
            [] => out.copy_from_slice(&self.shares),
            // The user's row of X P = K X.
            _ if self.by_users => {
                let row = self.users_of.iter().map(|users| self.sum_of(user.at(), users));
                self.write_scores(row, own, out);
            }
            _ => self.write_scores(self.smoothed(own).into_iter(), own, out),
        }
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        Box::new(FoldedIntoEase { model: self, own: ratings.iter().map(|(item, _)| item.0).collect() })
    }
}

struct FoldedIntoEase<'a> {
    model: &'a Ease,
    own: Vec<u32>,
}

impl FoldedUser for FoldedIntoEase<'_> {
    fn scores(&self, out: &mut [f32]) {
        if self.own.is_empty() {
            out.copy_from_slice(&self.model.shares);
        } else {
            self.model.write_scores(self.model.smoothed(&self.own).into_iter(), &self.own, out);
        }
    }

    /// B_ji of each own item j: the score is their sum.
    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let smoothed = self.model.smoothed(&[item.0]);
        let part = |&own: &u32| {
            if own == item.0 { 0.0 } else { -smoothed[own as usize] / self.model.diagonal[item.at()] }
        };
        self.own.iter().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::interactions;
    use super::*;
    use crate::study::ModelKind;

    fn trained(n_users: u32, n_items: u32, pairs: &[(u32, u32)], work: u32) -> EaseTrainer {
        let triples: Vec<_> = pairs.iter().map(|&(user, item)| (user, item, 1.0)).collect();
        let spec = ModelKind::Ease.with(&[("regularization", 2.0.into())]).unwrap();
        let mut trainer = EaseTrainer::new(&spec, &interactions(n_users, n_items, &triples));
        while trainer.advance(work).unwrap().epoch.is_none() {}
        trainer
    }

    fn scores(trainer: &EaseTrainer, user: u32) -> Vec<f32> {
        let mut out = vec![0.0; trainer.model.diagonal.len()];
        trainer.model.scores(UserIdx(user), &mut out);
        out
    }

    const PAIRS: &[(u32, u32)] =
        &[(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 1), (3, 3), (4, 0), (4, 2), (5, 1)];

    #[test]
    fn two_items_by_hand() {
        // X^T X + 2 I = [4 1; 1 4] for users {0}, {0, 1}, {1}: P = [4 -1; -1 4] / 15, so B_01 = B_10 = 1/4.
        let trainer = trained(3, 2, &[(0, 0), (1, 0), (1, 1), (2, 1)], 1);
        assert!(!trainer.model.by_users);
        let close = |left: f32, right: f32| assert!((left - right).abs() < 1e-6, "{left} {right}");
        close(scores(&trainer, 0)[1], 0.25);
        close(scores(&trainer, 0)[0], 0.0);
        close(scores(&trainer, 1)[1], 0.25);
    }

    #[test]
    fn both_sides_give_the_same() {
        // Three more items that nobody has make the users the shorter side; three more users do the opposite.
        let (by_users, by_items) = (trained(6, 9, PAIRS, u32::MAX), trained(9, 4, PAIRS, u32::MAX));
        assert!(by_users.model.by_users && !by_items.model.by_users);
        for user in 0..6 {
            for (left, right) in scores(&by_users, user).iter().zip(&scores(&by_items, user)) {
                assert!((left - right).abs() < 1e-6, "{left} {right}");
            }
        }
        // Someone unknown gets what is popular.
        assert_eq!(scores(&by_items, 8), [0.5, 4.0 / 6.0, 0.5, 2.0 / 6.0]);
    }

    #[test]
    fn slices_do_not_change_a_bit() {
        for n_items in [4, 9] {
            assert_eq!(trained(6, n_items, PAIRS, 1).model.table, trained(6, n_items, PAIRS, u32::MAX).model.table);
        }
    }

    #[test]
    fn a_folded_user_scores_as_in_training_and_contributions_add_up() {
        for n_items in [4, 9] {
            let trainer = trained(6, n_items, PAIRS, 7);
            let folded = trainer.model.fold_in(&[(ItemIdx(0), 5.0), (ItemIdx(2), 1.0)]);
            let (mut out, own) = (vec![0.0; n_items as usize], scores(&trainer, 4));
            folded.scores(&mut out);
            for item in 0..n_items {
                let at = item as usize;
                assert!((out[at] - own[at]).abs() < 1e-6);
                let sum: f64 = folded.contributions(ItemIdx(item)).iter().sum();
                assert!((sum - f64::from(out[at])).abs() < 1e-6, "{item}");
            }
        }
    }
}
