//! Implicit matrix factorisation by alternating least squares (Hu, Koren, Volinsky 2008, doi:10.1109/ICDM.2008.22, in the
//! form of Rendle et al. 2022, doi:10.1145/3523227.3548486): score = p_u . q_i.
//!
//! Objective: sum over training rows of (1 - p . q)^2 + alpha sum over all pairs of (p . q)^2 + reg (sum_u (n_u + alpha items)
//! |p_u|^2 + sum_i (n_i + alpha users) |q_i|^2): each vector's regularization grows with what it is fitted to. An epoch
//! improves all users with the items as they are, then all items, each by [`STEPS`] steps of conjugate gradients from where it
//! stands (Takács, Pilászy, Tikk 2011, doi:10.1145/2043932.2043987), at a cost of about 2 (STEPS + 1) x factors products per
//! row and side and factors^2 per vector. Where this differs from the paper, which solves exactly: by that, and a row counts
//! once whatever its rating.

use std::sync::Arc;

use super::init::Init;
use super::latent::{self, FoldIn, Latent};
use super::{EpochEnd, Progress, Recommender, Trainer};
use crate::engine::data::Interactions;
use crate::engine::data::lists::Lists;
use crate::engine::linalg::conjugate::{Gram, Scratch, System};
use crate::error::Error;
use crate::study::seed::Purpose;
use crate::study::{ModelSpec, Seed};

/// Steps of conjugate gradients for a vector.
const STEPS: u32 = 3;

pub(super) fn bytes(spec: &ModelSpec, n_users: u32, n_items: u32) -> u64 {
    latent::bytes(spec.number("n_factors"), n_users, n_items)
}

/// Where an epoch stands. An epoch is: the items' Gram matrix, all users, the users' Gram matrix, all items.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Gram { of_items: bool },
    Solve { users: bool },
}

#[derive(Debug)]
pub(super) struct IalsTrainer {
    model: Latent,
    by_user: Lists,
    by_item: Lists,
    alpha: f64,
    regularization: f64,
    init: Init,
    stage: Stage,
    /// The next row of the stage.
    at: usize,
    gram: Gram,
    scratch: Scratch,
    epoch: u32,
}

impl IalsTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>, seed: Seed, stream: u64) -> Self {
        let (alpha, regularization) = (spec.number("alpha"), spec.number("regularization"));
        let n_factors = spec.number("n_factors") as usize;
        let model = Latent::zeros(train, n_factors, FoldIn::Unobserved { weight: alpha, regularization });
        let (gram, scratch) = (Gram::new(&model.items), Scratch::new(model.items.lanes()));
        Self {
            model,
            by_user: Lists::by_user(train),
            by_item: Lists::by_item(train),
            alpha,
            regularization,
            init: Init::new(spec, seed.stream(Purpose::Init, stream)),
            stage: Stage::Gram { of_items: true },
            at: 0,
            gram,
            scratch,
            epoch: 0,
        }
    }

    /// Does one row of the stage; the work done, or nothing at the stage's end.
    fn row(&mut self) -> Option<u32> {
        let n_factors = self.model.items.n_factors() as u32;
        let at = self.at;
        let model = &mut self.model;
        let done = match self.stage {
            Stage::Gram { of_items } => {
                let table = if of_items { &model.items } else { &model.users };
                let known = if of_items { &model.known.items } else { &model.known.users };
                if *known.get(at)? {
                    self.gram.add(table.row(at));
                }
                1 + n_factors * n_factors / 256
            }
            Stage::Solve { users } => {
                let (lists, all) =
                    if users { (&self.by_user, self.by_item.len()) } else { (&self.by_item, self.by_user.len()) };
                let rows = lists.get(at)?;
                if !rows.is_empty() {
                    let (own, table) =
                        if users { (&mut model.users, &model.items) } else { (&mut model.items, &model.users) };
                    let ridge = self.regularization * (rows.len() as f64 + self.alpha * all as f64);
                    let (weight, ridge) = (self.alpha as f32, ridge as f32);
                    let system = System { gram: &self.gram, weight, ridge, table, rows };
                    system.improve(own.row_mut(at), STEPS, &mut self.scratch);
                }
                1 + (rows.len() as u32 * 2 + n_factors) * (1 + n_factors / 16)
            }
        };
        self.at += 1;
        Some(done)
    }

    /// Goes to the next stage; whether an epoch ended.
    fn next_stage(&mut self) -> bool {
        self.at = 0;
        let ended = self.stage == Stage::Solve { users: false };
        self.stage = match self.stage {
            Stage::Gram { of_items } => Stage::Solve { users: of_items },
            Stage::Solve { users } => {
                self.gram.clear();
                Stage::Gram { of_items: !users }
            }
        };
        ended
    }
}

impl Trainer for IalsTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let mut done = self.init.advance(&mut self.model.tables(), work);
        while self.init.is_done() && done < work {
            match self.row() {
                Some(units) => done = done.saturating_add(units),
                None if self.next_stage() => {
                    self.epoch += 1;
                    let end = EpochEnd::checked(self.epoch, 0.0, self.model.is_finite())?;
                    return Ok(Progress { work: done, epoch: Some(end) });
                }
                None => {}
            }
        }
        Ok(Progress { work: done, epoch: None })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

#[cfg(test)]
mod tests;
