//! A person who was not there in training, among the neighbourhoods of those who were, and what each rating contributes:
//! exact, because a prediction is a weighted mean of ratings.

use super::{Knn, Person, Voter};
use crate::engine::data::{ItemIdx, UserIdx};
use crate::engine::linalg::overlap::{self, Overlap};
use crate::engine::model::FoldedUser;
use crate::order;

impl Knn {
    /// The person's bias, and neighbours as in training: of items they are known already, of users they are found now.
    pub(super) fn fold(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        let biases = self.base.biases();
        let order = order::ranking(ratings.len(), &|a, b| ratings[a].0.cmp(&ratings[b].0));
        let sorted: Vec<(ItemIdx, f32)> = order.iter().map(|&at| ratings[at]).collect();
        let above = biases.above(&sorted);
        let weight = 1.0 / (biases.damping_users + ratings.len() as f64).max(1.0);
        let bias = above.iter().sum::<f64>() * weight;
        let similarities = if self.of_items { Vec::new() } else { self.similarities(&sorted, &above, bias) };
        let items: Vec<u32> = sorted.iter().map(|(item, _)| item.0).collect();
        let residuals: Vec<f32> = above.iter().map(|above| (above - bias) as f32).collect();
        Box::new(FoldedIntoKnn { model: self, order, items, above, weight, bias, residuals, similarities })
    }

    /// The similarity of someone new to every user.
    fn similarities(&self, ratings: &[(ItemIdx, f32)], above: &[f64], bias: f64) -> Vec<f32> {
        let mut sums = vec![Overlap::default(); self.neighbours.n_rows()];
        for (&(item, rating), above) in ratings.iter().zip(above) {
            let (users, residuals) = self.column(item.0);
            if self.similarity.of_residuals() {
                overlap::add(&mut sums, users, residuals, (above - bias) as f32);
            } else {
                overlap::add(&mut sums, users, self.by_column.user(UserIdx(item.0)).1, rating);
            }
        }
        sums.iter().map(|sums| self.similarity.of(sums)).collect()
    }
}

struct FoldedIntoKnn<'a> {
    model: &'a Knn,
    /// Where each of the person's ratings, by item, stands among those that were given.
    order: Vec<usize>,
    /// Ascending.
    items: Vec<u32>,
    /// The ratings above mean and item biases.
    above: Vec<f64>,
    /// What the sum of those is multiplied by for the person's bias.
    weight: f64,
    bias: f64,
    /// The ratings above all biases.
    residuals: Vec<f32>,
    /// To every user; empty for neighbours of items.
    similarities: Vec<f32>,
}

impl FoldedIntoKnn<'_> {
    /// Those who vote on an item, and the votes that they stand for.
    fn voters(&self, item: ItemIdx) -> (Vec<Voter>, &[f32]) {
        if self.model.of_items {
            let similarity = |other: u32| self.model.neighbours.similarity(item.0, other);
            let voter = |(at, &other)| Some(Voter { at, similarity: similarity(other)? });
            return ((0..).zip(&self.items).filter_map(voter).collect(), &self.residuals);
        }
        self.model.voters_by_users(item.0, &self.similarities)
    }

    /// Adds to `parts` what a neighbouring user says, in equal parts to the ratings of what both have rated.
    fn credit(&self, user: u32, vote: f64, parts: &mut [f64]) {
        let also = |item: &u32| self.model.column(*item).0.binary_search(&user).is_ok();
        let common: Vec<bool> = self.items.iter().map(also).collect();
        let n = common.iter().filter(|common| **common).count() as f64;
        for (part, _) in parts.iter_mut().zip(common).filter(|(_, common)| *common) {
            *part += vote / n;
        }
    }
}

impl FoldedUser for FoldedIntoKnn<'_> {
    fn scores(&self, out: &mut [f32]) {
        let Self { bias, items, residuals, similarities, .. } = self;
        let all: Vec<u32> = (0..out.len() as u32).collect();
        self.model.write(&Person { bias: *bias, items, residuals, similarities }, &all, out);
    }

    fn bias(&self) -> f64 {
        self.bias
    }

    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let (voters, residuals) = self.voters(item);
        let mut cut = self.model.cut(&voters);
        let voters: Vec<Voter> = voters.into_iter().filter(|voter| cut.passes(voter.similarity)).collect();
        let total: f64 = voters.iter().map(|voter| f64::from(voter.similarity)).sum();
        // The person's bias is subtracted from every vote of an own rating and added again: with such votes it cancels.
        let cancelled = self.model.of_items && !voters.is_empty();
        let mut parts: Vec<f64> =
            self.above.iter().map(|above| if cancelled { 0.0 } else { above * self.weight }).collect();
        for voter in &voters {
            let share = f64::from(voter.similarity) / total;
            if self.model.of_items {
                let at = voter.at as usize;
                parts[at] += share * self.above[at];
            } else {
                let at = voter.at as usize;
                let user = self.model.column(item.0).0[at];
                self.credit(user, share * f64::from(residuals[at]), &mut parts);
            }
        }
        let mut given = vec![0.0; parts.len()];
        for (&at, part) in self.order.iter().zip(parts) {
            given[at] = part;
        }
        given
    }
}
