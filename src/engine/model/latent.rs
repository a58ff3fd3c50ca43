//! Factors that only rank, as trained by models of lists: score = p_u . q_i + b_i. Nothing here trains.
//!
//! A user without training rows gets the items by popularity. Folding a new user in solves, with the items as they are,
//! sum over own items of (1 - q . x)^2 + weight x sum over all items of (q . x)^2 + ridge |x|^2: what iALS minimises, and for
//! other models a stand-in whose contributions add up.

use std::sync::OnceLock;

use super::init::Table;
use super::popular;
use super::{FoldedUser, Known, Recommender};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::linalg::lanes::{FactorTable, dot};
use crate::engine::linalg::ridge::{self, Ridge};

/// Bytes of factors, biases, shares and what is known.
pub(super) fn bytes(n_factors: f64, n_users: u32, n_items: u32) -> u64 {
    let entities = u64::from(n_users) + u64::from(n_items);
    FactorTable::bytes(entities, n_factors as u64) + entities + u64::from(n_items) * 8
}

#[derive(Debug)]
pub(super) struct Latent {
    /// Users x factors; rows of unknown users are zero.
    pub(super) users: FactorTable,
    /// Items x factors.
    pub(super) items: FactorTable,
    pub(super) item_biases: Vec<f32>,
    pub(super) known: Known,
    shares: Vec<f32>,
    fold: FoldIn,
    /// The products of all items' factors, once somebody was folded in: they are the same for everybody.
    products: OnceLock<Vec<f64>>,
}

/// What folding in weighs a user of n items by.
#[derive(Clone, Copy, Debug)]
pub(super) enum FoldIn {
    /// As iALS does: the weight of all items, and the regularization per row.
    Unobserved { weight: f64, regularization: f64 },
    /// All items together as heavy as the user's own, and this ridge.
    Balanced { ridge: f64 },
}

impl Latent {
    pub(super) fn zeros(train: &Interactions, n_factors: usize, fold: FoldIn) -> Self {
        let known = Known::new(train);
        Self {
            users: FactorTable::zeros(known.users.len(), n_factors),
            items: FactorTable::zeros(known.items.len(), n_factors),
            item_biases: vec![0.0; known.items.len()],
            known,
            shares: popular::shares(train),
            fold,
            products: OnceLock::new(),
        }
    }

    /// What is drawn at the start. Training goes on from here, so what was made of the factors is no longer true.
    pub(super) fn tables(&mut self) -> [Table<'_>; 2] {
        self.products = OnceLock::new();
        [(&mut self.users, &self.known.users), (&mut self.items, &self.known.items)]
    }

    pub(super) fn is_finite(&self) -> bool {
        self.users.is_finite() && self.items.is_finite() && self.item_biases.iter().all(|bias| bias.is_finite())
    }
}

impl Recommender for Latent {
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        if !self.known.user(user) {
            return self.shares[item.at()];
        }
        self.item_biases[item.at()] + dot(self.users.row(user.at()), self.items.row(item.at()))
    }

    fn as_prediction(&self, score: f32) -> f32 {
        score
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn user_factors(&self, user: UserIdx) -> Option<Vec<f32>> {
        Some(self.users.numbers(user.at()).collect())
    }

    fn item_factors(&self, item: ItemIdx) -> Option<Vec<f32>> {
        Some(self.items.numbers(item.at()).collect())
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        let (own, all) = (ratings.len() as f64, self.known.items.len() as f64);
        let (weight, penalty) = match self.fold {
            FoldIn::Unobserved { weight, regularization } => (weight, regularization * (own + weight * all)),
            FoldIn::Balanced { ridge } => (own / all, ridge),
        };
        let n_factors = self.items.n_factors();
        let own: Vec<f64> = ratings.iter().flat_map(|(item, _)| self.items.wide(item.at())).collect();
        let products = self.products.get_or_init(|| {
            let mut products = vec![0.0; n_factors * n_factors];
            for item in 0..self.known.items.len() {
                let row: Vec<f64> = self.items.wide(item).collect();
                ridge::add_products(&mut products, &row, n_factors);
            }
            products
        });
        let weighted = products.iter().map(|product| weight * product).collect();
        let solver = Ridge::with_products(weighted, &own, &vec![penalty; n_factors]);
        Box::new(FoldedIntoLatent { model: self, own, solver })
    }
}

/// A folded user's own items, and the normal equations that they were solved by.
struct FoldedIntoLatent<'a> {
    model: &'a Latent,
    /// Own items x factors.
    own: Vec<f64>,
    /// Absent where the numbers left the range: the user then stays unknown.
    solver: Option<Ridge>,
}

impl FoldedUser for FoldedIntoLatent<'_> {
    fn scores(&self, out: &mut [f32]) {
        let n_factors = self.model.items.n_factors();
        let Some(solver) = self.solver.as_ref().filter(|_| !self.own.is_empty()) else {
            out.copy_from_slice(&self.model.shares);
            return;
        };
        let mut right = vec![0.0; n_factors];
        for row in self.own.chunks_exact(n_factors) {
            right.iter_mut().zip(row).for_each(|(right, cell)| *right += cell);
        }
        let x = solver.solve(right);
        for (item, score) in out.iter_mut().enumerate() {
            *score = (f64::from(self.model.item_biases[item]) + self.model.items.product(item, &x)) as f32;
        }
    }

    /// x is the sum over own items j of A^-1 q_j: q_i . x = sum_j q_j . A^-1 q_i.
    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let n_factors = self.model.items.n_factors();
        let Some(solver) = &self.solver else { return vec![0.0; self.own.len() / n_factors] };
        let solved = solver.solve(self.model.items.wide(item.at()).collect());
        self.own.chunks_exact(n_factors).map(|row| row.iter().zip(&solved).map(|(cell, x)| cell * x).sum()).collect()
    }
}
