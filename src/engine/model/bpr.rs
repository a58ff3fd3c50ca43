//! Bayesian personalised ranking (Rendle et al. 2009, arXiv:1205.2618): matrix factorisation that learns from pairs,
//! score = p_u . q_i + b_i.
//!
//! Objective: sum over drawn (u, i, j) of -ln sigma(s_ui - s_uj) + reg_u |p_u|^2 + reg_+ (|q_i|^2 + b_i^2) + reg_- (|q_j|^2 +
//! b_j^2), halved. (u, i) is uniform over the training rows and j uniform over the items that u does not have; many
//! implementations draw users first, or let j be one of the user's own items, and learn something else. A step goes along
//! the gradient with e = 1 - sigma(s_ui - s_uj); an epoch has as many steps as there are training rows, each of about 12
//! operations per four factors. Ratings do not matter, only who has what.

use std::sync::Arc;

use super::init::Init;
use super::latent::{self, FoldIn, Latent};
use super::{EpochEnd, Progress, Recommender, Trainer};
use crate::engine::data::Interactions;
use crate::engine::data::lists::Lists;
use crate::engine::linalg::pairwise::{self, Step};
use crate::engine::random::{self, Rng};
use crate::error::Error;
use crate::study::seed::Purpose;
use crate::study::{ModelSpec, Seed};

pub(super) fn bytes(spec: &ModelSpec, n_users: u32, n_items: u32) -> u64 {
    latent::bytes(spec.number("n_factors"), n_users, n_items)
}

#[derive(Debug)]
pub(super) struct BprTrainer {
    model: Latent,
    /// The items of each user, ascending.
    lists: Lists,
    /// User and item of each training row.
    rows: Vec<(u32, u32)>,
    step: Step,
    learning_rate: f32,
    init: Init,
    rng: Rng,
    /// Steps of this epoch.
    steps: usize,
    /// What the steps of this epoch were wrong by.
    error: f64,
    epoch: u32,
}

impl BprTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>, seed: Seed, stream: u64) -> Self {
        let rate = spec.number("learning_rate");
        let keep = |name| (1.0 - rate * spec.number(name)) as f32;
        let n_factors = spec.number("n_factors") as usize;
        Self {
            model: Latent::zeros(
                train,
                n_factors,
                FoldIn::Balanced { ridge: spec.number("regularization_users").max(0.01) },
            ),
            lists: Lists::by_user(train),
            rows: train.rows().map(|row| (row.user, row.item)).collect(),
            step: Step {
                gain: 0.0,
                keep_user: keep("regularization_users"),
                keep_positive: keep("regularization_positive"),
                keep_negative: keep("regularization_negative"),
            },
            learning_rate: rate as f32,
            init: Init::new(spec, seed.stream(Purpose::Init, stream)),
            rng: seed.stream(Purpose::Order, stream),
            steps: 0,
            error: 0.0,
            epoch: 0,
        }
    }

    /// One drawn pair, and its step.
    fn learn(&mut self) {
        let (user, item) = self.rows[random::below(&mut self.rng, self.rows.len() as u32) as usize];
        let own = self.lists.get(user as usize).unwrap_or_default();
        let n_items = self.model.item_biases.len() as u32;
        // Whoever has everything teaches nothing.
        if own.len() as u32 >= n_items {
            return;
        }
        let other = loop {
            let drawn = random::below(&mut self.rng, n_items);
            if own.binary_search(&drawn).is_err() {
                break drawn as usize;
            }
        };
        let model = &mut self.model;
        let (p, item) = (model.users.row_mut(user as usize), item as usize);
        let biases = &mut model.item_biases;
        let margin = pairwise::margin(p, &model.items, [item, other]) + biases[item] - biases[other];
        let error = 1.0 / (1.0 + libm::expf(margin));
        self.error += f64::from(error);
        self.step.gain = self.learning_rate * error;
        pairwise::widen(p, &mut model.items, [item, other], &self.step);
        biases[item] = biases[item] * self.step.keep_positive + self.step.gain;
        biases[other] = biases[other] * self.step.keep_negative - self.step.gain;
    }
}

impl Trainer for BprTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let mut done = self.init.advance(&mut self.model.tables(), work);
        while self.init.is_done() && done < work && self.steps < self.rows.len() {
            self.learn();
            self.steps += 1;
            done += 1;
        }
        if self.steps < self.rows.len() {
            return Ok(Progress { work: done, epoch: None });
        }
        self.epoch += 1;
        let train = self.error / self.steps as f64;
        (self.steps, self.error) = (0, 0.0);
        Ok(Progress { work: done, epoch: Some(EpochEnd::checked(self.epoch, train, self.model.is_finite())?) })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

#[cfg(test)]
mod tests;
