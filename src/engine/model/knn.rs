//! Neighbourhoods of items or users around biases: r^ = b_ui + sum s (r - b) / sum s, over the K most similar items that the
//! user has rated, or users who have rated the item (Koren 2010, doi:10.1145/1644873.1644874, section 2.2).
//!
//! b_ui = mu + b_u + b_i are damped biases. Similarities s are of the ratings that two items, or users, have in common;
//! those that are not above zero have no say. Without a neighbour the prediction is b_ui. There is one epoch: comparing
//! every pair costs the sum over users of their ratings' count squared (over items, for user neighbours).
//!
//! Where this differs from the paper and from Surprise: of each item or user only the [`kept`] strongest similarities are
//! stored, so that they fit into a tab; on data with some thousand items that is all of them.

mod folded;
mod neighbours;
mod similarity;

use std::sync::Arc;

use super::bias::{self, BiasTrainer};
use super::overlap::{Pairs, Sides};
use super::probe::{Probe, share_of_visit};
use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::linalg::overlap::{Cut, Overlap};
use crate::error::Error;
use crate::study::{ModelKind, ModelSpec};

use neighbours::{Neighbour, Neighbours};
use similarity::Similarity;

/// Similarities that are stored of all rows together, at least.
const ENTRIES: u32 = 1 << 23;

/// How many similarities are stored of each row.
fn kept(n_neighbors: u32, n_rows: u32) -> u32 {
    n_neighbors.max(ENTRIES / n_rows.max(1))
}

/// Bytes of the similarities, of the sums that they are made from, and of the biases.
pub(super) fn bytes(spec: &ModelSpec, n_users: u32, n_items: u32) -> u64 {
    let n_rows = if spec.model == ModelKind::ItemKnn { n_items } else { n_users };
    let stored = kept(spec.number("n_neighbors") as u32, n_rows).min(n_rows);
    // Lists may have a quarter more room than they need.
    let of_row = u64::from(stored + stored / 4) * size_of::<Neighbour>() as u64 + size_of::<Overlap>() as u64;
    u64::from(n_rows) * of_row + bias::bytes(n_users, n_items)
}

/// Trains [`Knn`]. Later epochs give the same model.
#[derive(Debug)]
pub(super) struct KnnTrainer {
    train: Arc<Interactions>,
    model: Knn,
    /// The ratings by row, and their residuals in that order.
    by_row: Interactions,
    of_rows: Vec<f32>,
    pairs: Pairs,
    probe: Probe,
    epoch: u32,
}

/// Rows are what has neighbours: items or users. Columns are the others.
#[derive(Debug)]
struct Knn {
    /// Whether rows are items.
    of_items: bool,
    n_neighbors: usize,
    similarity: Similarity,
    base: BiasTrainer,
    /// The rows that rated, or were rated by, each column; and by how much above the biases.
    by_column: Interactions,
    of_columns: Vec<f32>,
    neighbours: Neighbours,
}

/// A neighbour that has a say: its place in a column's rows.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Voter {
    at: u32,
    similarity: f32,
}

/// Somebody to predict for.
#[derive(Debug)]
struct Person<'a> {
    bias: f64,
    /// What the person has rated, ascending, and how much above the biases; not needed with neighbours of users.
    items: &'a [u32],
    residuals: &'a [f32],
    /// To every user; not needed with neighbours of items.
    similarities: &'a [f32],
}

impl KnnTrainer {
    pub(super) fn new(spec: &ModelSpec, train: &Arc<Interactions>) -> Self {
        let of_items = spec.model == ModelKind::ItemKnn;
        let by_item = train.transposed();
        // Twice transposed: every list is ascending.
        let by_user = by_item.transposed();
        let (by_row, by_column) = if of_items { (by_item, by_user) } else { (by_user, by_item) };
        let n_rows = by_row.n_users();
        let model = Knn {
            of_items,
            n_neighbors: spec.number("n_neighbors") as usize,
            similarity: Similarity::new(spec),
            base: BiasTrainer::new(spec, train),
            by_column,
            of_columns: Vec::new(),
            neighbours: Neighbours::new(n_rows, of_items),
        };
        Self {
            train: Arc::clone(train),
            model,
            by_row,
            of_rows: Vec::new(),
            pairs: Pairs::new(n_rows),
            probe: Probe::new(),
            epoch: 0,
        }
    }

    /// Residuals of both sides, row after row and column after column; the work done.
    fn subtract_biases(&mut self, work: u32) -> u32 {
        let Knn { of_items, base, by_column, of_columns, .. } = &mut self.model;
        let mut done = 0;
        for (data, of_items, residuals) in
            [(&self.by_row, *of_items, &mut self.of_rows), (&*by_column, !*of_items, of_columns)]
        {
            while residuals.len() < data.len() && done < work {
                let from = data.starts().partition_point(|&start| start as usize <= residuals.len()) - 1;
                let (others, ratings) = data.user(UserIdx(from as u32));
                for (&other, &rating) in others.iter().zip(ratings) {
                    let (user, item) = if of_items { (other, from as u32) } else { (from as u32, other) };
                    residuals.push(base.biases().residual(UserIdx(user), ItemIdx(item), rating) as f32);
                }
                done = done.saturating_add(share_of_visit(others.len()));
            }
        }
        done
    }

    /// Compares rows with all others; the work done.
    fn compare(&mut self, work: u32) -> u32 {
        let model = &mut self.model;
        let sides = if model.similarity.of_residuals() {
            let (of_rows, of_columns) = (&self.of_rows[..], &model.of_columns[..]);
            Sides { by_row: &self.by_row, of_rows, by_column: &model.by_column, of_columns }
        } else {
            let (of_rows, of_columns) = (self.by_row.ratings(), model.by_column.ratings());
            Sides { by_row: &self.by_row, of_rows, by_column: &model.by_column, of_columns }
        };
        let n_rows = self.by_row.n_users();
        let kept = kept(model.n_neighbors as u32, n_rows) as usize;
        let mut done = 0;
        while !self.pairs.are_through() && done < work {
            done = done.saturating_add(self.pairs.add(&sides, n_rows, work - done));
            if let Some((row, sums)) = self.pairs.complete(&sides) {
                model.neighbours.set(row, strongest(&model.similarity.of_all(row, sums), kept));
                self.pairs.next();
                done = done.saturating_add(share_of_visit(n_rows as usize));
            }
        }
        done
    }
}

/// The `most` strongest of those above zero, in their order.
fn strongest(similarities: &[f32], most: usize) -> Vec<Neighbour> {
    let positive: Vec<Neighbour> = (0..)
        .zip(similarities)
        .filter(|(_, similarity)| **similarity > 0.0)
        .map(|(row, &similarity)| Neighbour { row, similarity })
        .collect();
    let numbers: Vec<f32> = positive.iter().map(|neighbour| neighbour.similarity).collect();
    let mut cut = Cut::after(&numbers, most);
    let mut kept = positive;
    kept.retain(|neighbour| cut.passes(neighbour.similarity));
    kept.shrink_to_fit();
    kept
}

impl Trainer for KnnTrainer {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let mut done = self.model.base.settle(work);
        if self.model.base.is_settled() {
            done = done.saturating_add(self.subtract_biases(work.saturating_sub(done)));
        }
        if self.model.of_columns.len() == self.train.len() {
            done = done.saturating_add(self.compare(work.saturating_sub(done)));
        }
        if self.pairs.are_through() {
            let model = &self.model;
            let rest = (work.saturating_sub(done), share_of_visit(1000));
            done = done.saturating_add(self.probe.advance(&self.train, rest, model));
        }
        if !(self.pairs.are_through() && self.probe.is_done(&self.train)) {
            return Ok(Progress { work: done, epoch: None });
        }
        self.epoch += 1;
        Ok(Progress { work: done, epoch: Some(EpochEnd::checked(self.epoch, self.probe.rmse(), true)?) })
    }

    fn model(&self) -> &dyn Recommender {
        &self.model
    }
}

impl Knn {
    /// The mean of the residuals of the most similar voters, weighted by similarity; `None` without a voter.
    fn mean_vote(&self, voters: &[Voter], residuals: &[f32]) -> Option<f64> {
        let (mut sum, mut weight) = (0.0, 0.0);
        let mut cut = self.cut(voters);
        for voter in voters.iter().filter(|voter| cut.passes(voter.similarity)) {
            let similarity = f64::from(voter.similarity);
            sum += similarity * f64::from(residuals[voter.at as usize]);
            weight += similarity;
        }
        (weight > 0.0).then(|| sum / weight)
    }

    /// After the voters that have a say.
    fn cut(&self, voters: &[Voter]) -> Cut {
        if voters.len() <= self.n_neighbors {
            return Cut::ALL;
        }
        let numbers: Vec<f32> = voters.iter().map(|voter| voter.similarity).collect();
        Cut::after(&numbers, self.n_neighbors)
    }

    /// The scores of some items for a user, whose side is laid out once.
    fn some(&self, user: UserIdx, items: &[u32]) -> Vec<f32> {
        let (own, residuals) = if self.of_items { self.column(user.0) } else { Default::default() };
        let mut similarities = Vec::new();
        if !self.of_items {
            similarities.resize(self.neighbours.n_rows(), 0.0);
            self.neighbours.list(user.0).iter().for_each(|one| similarities[one.row as usize] = one.similarity);
        }
        let person = Person { bias: self.user_bias(user), items: own, residuals, similarities: &similarities };
        let mut scores = vec![0.0; items.len()];
        self.write(&person, items, &mut scores);
        scores
    }

    /// The scores of some items for somebody: by the items that the person has rated, or by users who are so similar.
    fn write(&self, person: &Person<'_>, items: &[u32], out: &mut [f32]) {
        if !self.of_items {
            for (&item, score) in items.iter().zip(out) {
                let (voters, residuals) = self.voters_by_users(item, person.similarities);
                *score = self.prediction(person.bias, item, &voters, residuals);
            }
            return;
        }
        let nowhere = items.len();
        let mut places = vec![nowhere; self.neighbours.n_rows()];
        (0..).zip(items).for_each(|(place, &item)| places[item as usize] = place);
        // The voters of one item stand behind those of the other: they are counted first, and then put there.
        let mut ends = vec![0; nowhere + 2];
        for &own in person.items {
            self.neighbours.list(own).iter().for_each(|one| ends[places[one.row as usize] + 1] += 1);
        }
        for at in 1..=nowhere {
            ends[at] += ends[at - 1];
        }
        let mut voters = vec![Voter { at: 0, similarity: 0.0 }; ends[nowhere]];
        for (at, &own) in (0..).zip(person.items) {
            for one in self.neighbours.list(own) {
                let place = places[one.row as usize];
                if place != nowhere {
                    voters[ends[place]] = Voter { at, similarity: one.similarity };
                    ends[place] += 1;
                }
            }
        }
        for (&item, score) in items.iter().zip(out) {
            // By its place, since an item may stand there twice.
            let place = places[item as usize];
            let start = if place == 0 { 0 } else { ends[place - 1] };
            *score = self.prediction(person.bias, item, &voters[start..ends[place]], person.residuals);
        }
    }

    /// The users who have rated an item and are similar to somebody, and their residuals.
    fn voters_by_users(&self, item: u32, similarities: &[f32]) -> (Vec<Voter>, &[f32]) {
        let (users, residuals) = self.column(item);
        let similar = (0..).zip(users).map(|(at, &user)| Voter { at, similarity: similarities[user as usize] });
        (similar.filter(|voter| voter.similarity > 0.0).collect(), residuals)
    }

    /// The biases and what the voters say, in the residuals' order.
    fn prediction(&self, bias: f64, item: u32, voters: &[Voter], residuals: &[f32]) -> f32 {
        let vote = self.mean_vote(voters, residuals).unwrap_or(0.0);
        (self.base.biases().of(bias, ItemIdx(item)) + vote) as f32
    }

    /// The rows of a column and their residuals.
    fn column(&self, column: u32) -> (&[u32], &[f32]) {
        let start = self.by_column.starts()[column as usize] as usize;
        let rows = self.by_column.user(UserIdx(column)).0;
        (rows, self.of_columns.get(start..start + rows.len()).unwrap_or_default())
    }
}

impl Recommender for Knn {
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        self.some(user, &[item.0])[0]
    }

    fn scores(&self, user: UserIdx, out: &mut [f32]) {
        let all: Vec<u32> = (0..out.len() as u32).collect();
        out.copy_from_slice(&self.some(user, &all));
    }

    fn scores_together(&self, user: UserIdx, items: &[u32]) -> Option<Vec<f32>> {
        Some(self.some(user, items))
    }

    fn item_bias(&self, item: ItemIdx) -> Option<(f64, f64)> {
        Some(self.base.biases().of_item(item))
    }

    fn user_bias(&self, user: UserIdx) -> f64 {
        self.base.biases().users[user.at()]
    }

    fn known(&self) -> &Known {
        &self.base.biases().known
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        self.fold(ratings)
    }
}

#[cfg(test)]
mod tests;
