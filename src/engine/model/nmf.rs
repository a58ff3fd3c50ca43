//! Non-negative matrix factorisation of the ratings as they are: r^ = p_u . q_i with p, q >= 0.
//!
//! Objective: sum over ratings of (r - r^)^2 + reg_f (|p_u|^2 + |q_i|^2). An epoch multiplies each factor by the ratio of
//! what its ratings ask for to what they have, p <- p sum(q r) / (sum(q r^) + reg_f n_u p), and q alike, both from the old
//! values (Luo et al. 2014, doi:10.1109/TII.2014.2308433, as Surprise has it; after Lee and Seung 2001). There is no step
//! size, and a factor that is zero stays so. A visit costs 10 operations per factor.
//!
//! Ratings must not be negative. An unknown user or item is predicted by damped biases.

use std::sync::Arc;

use super::bias::{self, BiasTrainer};
use super::init::{Init, Table};
use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::linalg::lanes::{FactorTable, dot};
use crate::engine::linalg::multiplicative::{self, Sums};
use crate::error::Error;
use crate::study::seed::Purpose;
use crate::study::{ModelSpec, Seed};

/// Damping of the biases that are fallen back to.
const DAMPING: f64 = 5.0;
/// Updates of a new user's factors, which all start alike.
const FOLD_SWEEPS: u32 = 50;

/// Bytes of the factors, of the items' sums, and of the biases.
pub(super) fn bytes(spec: &ModelSpec, n_users: u32, n_items: u32) -> u64 {
    let n_factors = spec.number("n_factors") as u64;
    FactorTable::bytes(u64::from(n_users) + 3 * u64::from(n_items), n_factors) + bias::bytes(n_users, n_items)
}

/// Trains [`Nmf`].
#[derive(Debug)]
pub(super) struct NmfTrainer {
    train: Arc<Interactions>,
    model: Nmf,
    init: Init,
    of_user: Sums,
    of_items: Sums,
    /// By item: training rows.
    counts: Vec<u32>,
    /// Users, then items, that the epoch has passed.
    passed: u32,
    loss: f64,
    epoch: u32,
}

#[derive(Debug)]
struct Nmf {
    /// Users x factors; rows of unknown users are zero.
    users: FactorTable,
    /// Items x factors; rows of unknown items are zero.
    items: FactorTable,
    regularization: f32,
    /// For the unknown.
    fallback: BiasTrainer,
}

impl NmfTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>, seed: Seed, stream: u64) -> Result<Self, Error> {
        let lowest = train.scale().0;
        if lowest < 0.0 {
            return Err(Error::NotSupported {
                what: "nmf".to_owned(),
                reason: "a rating is negative".to_owned(),
                allowed: "ratings from 0 up, or another model".to_owned(),
            });
        }
        let n_factors = spec.number("n_factors") as usize;
        let (n_users, n_items) = (train.n_users() as usize, train.n_items() as usize);
        let model = Nmf {
            users: FactorTable::zeros(n_users, n_factors),
            items: FactorTable::zeros(n_items, n_factors),
            regularization: spec.number("regularization_factors") as f32,
            fallback: BiasTrainer::damped(train, DAMPING, DAMPING),
        };
        Ok(Self {
            train: Arc::clone(train),
            model,
            init: Init::new(spec, seed.stream(Purpose::Init, stream)),
            of_user: Sums::zeros(1, n_factors),
            of_items: Sums::zeros(n_items, n_factors),
            counts: train.item_counts(),
            passed: 0,
            loss: 0.0,
            epoch: 0,
        })
    }

    /// Adds a user's ratings to the sums and updates the user's factors, which no other user's ratings depend on.
    fn pass_user(&mut self, user: UserIdx) -> u32 {
        let (items, ratings) = self.train.user(user);
        let p = self.model.users.row_mut(user.at());
        for (&item, &rating) in items.iter().zip(ratings) {
            let sums = (&mut self.of_user, &mut self.of_items);
            let error = multiplicative::visit(p, &self.model.items, sums, item as usize, rating);
            self.loss += f64::from(error) * f64::from(error);
        }
        self.of_user.apply(0, p, items.len() as f32 * self.model.regularization);
        1 + items.len() as u32
    }

    fn end_epoch(&mut self) -> Result<EpochEnd, Error> {
        let train = (self.loss / self.train.len() as f64).sqrt();
        (self.passed, self.loss) = (0, 0.0);
        self.epoch += 1;
        EpochEnd::checked(self.epoch, train, self.model.users.is_finite() && self.model.items.is_finite())
    }
}

impl Trainer for NmfTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let Nmf { users, items, fallback, .. } = &mut self.model;
        let known = &fallback.biases().known;
        let mut tables: [Table<'_>; 2] = [(users, &known.users), (items, &known.items)];
        let mut done = self.init.advance(&mut tables, work);
        done = done.saturating_add(self.model.fallback.settle(work.saturating_sub(done)));
        let ready = self.init.is_done() && self.model.fallback.is_settled();
        let (n_users, n_items) = (self.train.n_users(), self.train.n_items());
        while ready && self.passed < n_users + n_items && done < work {
            if let Some(item) = self.passed.checked_sub(n_users) {
                let item = item as usize;
                let penalty = self.counts[item] as f32 * self.model.regularization;
                self.of_items.apply(item, self.model.items.row_mut(item), penalty);
                done += 1;
            } else {
                done += self.pass_user(UserIdx(self.passed));
            }
            self.passed += 1;
        }
        let ended = self.passed == n_users + n_items;
        let epoch = if ended { Some(self.end_epoch()?) } else { None };
        Ok(Progress { work: done, epoch })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

impl Nmf {
    /// What each rating asks of each factor of a new user, ratings x factors, and the factors themselves.
    fn asked(&self, ratings: &[(ItemIdx, f32)]) -> (Vec<f64>, Vec<f64>) {
        let n_factors = self.items.n_factors();
        let design: Vec<f64> = ratings.iter().flat_map(|&(item, _)| self.items.wide(item.at())).collect();
        let mut p = vec![1.0; n_factors];
        let mut asked = vec![0.0; n_factors];
        for (q, &(_, rating)) in design.chunks_exact(n_factors).zip(ratings) {
            asked.iter_mut().zip(q).for_each(|(asked, q)| *asked += q * f64::from(rating));
        }
        let penalty = ratings.len() as f64 * f64::from(self.regularization);
        for _ in 0..FOLD_SWEEPS {
            let mut had: Vec<f64> = p.iter().map(|p| penalty * p).collect();
            for q in design.chunks_exact(n_factors) {
                let estimate: f64 = q.iter().zip(&p).map(|(q, p)| q * p).sum();
                had.iter_mut().zip(q).for_each(|(had, q)| *had += q * estimate);
            }
            for ((p, had), asked) in p.iter_mut().zip(had).zip(&asked) {
                *p = if had > 0.0 { *p * asked / had } else { 0.0 };
            }
        }
        let mut parts = design;
        for (part, &(_, rating)) in parts.chunks_exact_mut(n_factors).zip(ratings) {
            for ((part, asked), p) in part.iter_mut().zip(&asked).zip(&p) {
                *part *= if *asked > 0.0 { f64::from(rating) * p / asked } else { 0.0 };
            }
        }
        (parts, p)
    }
}

impl Recommender for Nmf {
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let biases = self.fallback.biases();
        if biases.known.user(user) && biases.known.item(item) {
            dot(self.users.row(user.at()), self.items.row(item.at()))
        } else {
            biases.of(biases.users[user.at()], item) as f32
        }
    }

    fn user_factors(&self, user: UserIdx) -> Option<Vec<f32>> {
        Some(self.users.numbers(user.at()).collect())
    }

    fn item_factors(&self, item: ItemIdx) -> Option<Vec<f32>> {
        Some(self.items.numbers(item.at()).collect())
    }

    fn known(&self) -> &Known {
        &self.fallback.biases().known
    }

    /// The user's factors by the updates of training, from equal factors and with the items as they are.
    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        let (parts, p) = self.asked(ratings);
        let p = if ratings.is_empty() { vec![0.0; p.len()] } else { p };
        Box::new(FoldedIntoNmf { model: self, n_ratings: ratings.len(), parts, p })
    }
}

/// A new user's factors, each as the sum of what the ratings asked of it: p_f = sum over j of p_f q_jf r_j / sum(q_f r).
struct FoldedIntoNmf<'a> {
    model: &'a Nmf,
    n_ratings: usize,
    /// Own ratings x factors.
    parts: Vec<f64>,
    p: Vec<f64>,
}

impl FoldedUser for FoldedIntoNmf<'_> {
    /// Zero for a user without ratings, as for a plain product; an unknown item is predicted at the mean.
    fn scores(&self, out: &mut [f32]) {
        let biases = self.model.fallback.biases();
        for (item, score) in (0..).map(ItemIdx).zip(out) {
            let known = biases.known.item(item);
            *score = if known { self.model.items.product(item.at(), &self.p) } else { biases.mean } as f32;
        }
    }

    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let q: Vec<f64> = self.model.items.wide(item.at()).collect();
        let parts = self.parts.chunks_exact(q.len()).take(self.n_ratings);
        parts.map(|part| part.iter().zip(&q).map(|(part, q)| part * q).sum()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::interactions;
    use super::*;
    use crate::study::{ModelKind, Value};

    fn few() -> Arc<Interactions> {
        let triples =
            [(0, 0, 5.0), (0, 1, 3.0), (1, 0, 4.0), (1, 2, 1.0), (3, 1, 1.0), (3, 2, 5.0), (3, 4, 4.0), (3, 0, 2.0)];
        interactions(4, 5, &triples)
    }

    fn trained(settings: &[(&str, Value)], train: &Arc<Interactions>, epochs: u32, work: u32) -> (NmfTrainer, f64) {
        let spec = ModelKind::Nmf.with(settings).unwrap();
        let mut trainer = NmfTrainer::new(&spec, train, Seed(7), 0).unwrap();
        loop {
            if let Some(end) = trainer.advance(work).unwrap().epoch
                && end.epoch == epochs
            {
                return (trainer, end.train);
            }
        }
    }

    #[test]
    fn an_epoch_by_hand() {
        let train = interactions(1, 2, &[(0, 0, 4.0), (0, 1, 1.0)]);
        let settings = [("n_factors", 1.0.into()), ("regularization_factors", 0.5.into())];
        let spec = ModelKind::Nmf.with(&settings).unwrap();
        let mut trainer = NmfTrainer::new(&spec, &train, Seed(7), 0).unwrap();
        trainer.advance(1).unwrap();
        while !trainer.init.is_done() {
            trainer.advance(1).unwrap();
        }
        trainer.model.users.set(0, &[2.0]);
        trainer.model.items.set(0, &[1.0]);
        trainer.model.items.set(1, &[3.0]);
        let end = loop {
            if let Some(end) = trainer.advance(100).unwrap().epoch {
                break end;
            }
        };
        let numbers = |table: &FactorTable, row: usize| table.numbers(row).next().unwrap();
        // Estimates 2 and 6. p: 2 (1 x 4 + 3 x 1) / (1 x 2 + 3 x 6 + 2 x 0.5 x 2); q: 1 (2 x 4) / (2 x 2 + 0.5 x 1) and 3 (2 x 1) / (2 x 6 + 0.5 x 3).
        assert!((numbers(&trainer.model.users, 0) - 14.0 / 22.0).abs() < 1e-6);
        assert!((numbers(&trainer.model.items, 0) - 8.0 / 4.5).abs() < 1e-6);
        assert!((numbers(&trainer.model.items, 1) - 6.0 / 13.5).abs() < 1e-6);
        assert!((end.train - (29.0_f64 / 2.0).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn the_error_falls_and_the_cut_changes_no_bit() {
        let (whole, late) = trained(&[], &few(), 60, u32::MAX);
        let (cut, same) = trained(&[], &few(), 60, 1);
        let (_, early) = trained(&[], &few(), 2, 100);
        assert!(late < 0.5 * early, "{early} {late}");
        assert_eq!((late, whole.model.users, whole.model.items), (same, cut.model.users, cut.model.items));
    }

    #[test]
    fn the_unknown_is_predicted_by_biases() {
        let (trainer, _) = trained(&[], &few(), 5, 100);
        let biases = trainer.model.fallback.biases();
        let model = trainer.model();
        assert_eq!(model.predict(UserIdx(2), ItemIdx(0)), (biases.mean + biases.items[0]) as f32);
        assert_eq!(model.predict(UserIdx(0), ItemIdx(3)), (biases.mean + biases.users[0]) as f32);
        let negative = interactions(2, 2, &[(0, 0, -1.0), (1, 1, 2.0)]);
        let refused = NmfTrainer::new(&ModelKind::Nmf.with(&[]).unwrap(), &negative, Seed(1), 0).err();
        assert_eq!(refused.unwrap().code(), "not-supported");
    }

    #[test]
    fn contributions_are_positive_and_add_up_to_the_score() {
        let (trainer, _) = trained(&[], &few(), 60, 100);
        let folded = trainer.model().fold_in(&[(ItemIdx(0), 5.0), (ItemIdx(4), 1.0)]);
        let mut scores = [0.0; 5];
        folded.scores(&mut scores);
        for item in [0, 1, 2, 4] {
            let parts = folded.contributions(ItemIdx(item));
            assert!(parts.iter().all(|&part| part >= 0.0));
            assert!((parts.iter().sum::<f64>() - f64::from(scores[item as usize])).abs() < 1e-6);
        }
        // The ratings themselves are met about as well as factors can.
        assert!((scores[0] - 5.0).abs() < 1.0 && scores[4] < scores[0], "{scores:?}");
        trainer.model().fold_in(&[]).scores(&mut scores);
        assert_eq!(scores[0], 0.0);
    }
}
