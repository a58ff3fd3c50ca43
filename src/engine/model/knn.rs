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
    let of_row = u64::from(stored) * size_of::<Neighbour>() as u64 + size_of::<Overlap>() as u64;
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
    /// By row: the others, ascending, that are most similar.
    neighbours: Vec<Vec<Neighbour>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Neighbour {
    row: u32,
    /// Above zero.
    similarity: f32,
}

/// A neighbour that has a say: its place in a column's rows.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Voter {
    at: usize,
    similarity: f32,
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
            neighbours: Vec::with_capacity(n_rows as usize),
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
                model.neighbours.push(strongest(&model.similarity.of_all(row, sums), kept));
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
            let score = |user: UserIdx, item: ItemIdx| model.score(user, item);
            let rest = (work.saturating_sub(done), share_of_visit(1000));
            done = done.saturating_add(self.probe.advance(&self.train, rest, &score));
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
    /// The neighbours of a row among some ascending rows: the most similar.
    fn voters(&self, row: u32, among: &[u32]) -> Vec<Voter> {
        let mut voters = Vec::new();
        let mut neighbours = self.neighbours.get(row as usize).map_or(&[][..], Vec::as_slice).iter().peekable();
        for (at, &other) in among.iter().enumerate() {
            while neighbours.next_if(|neighbour| neighbour.row < other).is_some() {}
            if let Some(Neighbour { similarity, .. }) = neighbours.peek().filter(|neighbour| neighbour.row == other) {
                voters.push(Voter { at, similarity: *similarity });
            }
        }
        self.most_similar(voters)
    }

    fn most_similar(&self, mut voters: Vec<Voter>) -> Vec<Voter> {
        let numbers: Vec<f32> = voters.iter().map(|voter| voter.similarity).collect();
        let mut cut = Cut::after(&numbers, self.n_neighbors);
        voters.retain(|voter| cut.passes(voter.similarity));
        voters
    }

    /// The rows of a column and their residuals.
    fn column(&self, column: u32) -> (&[u32], &[f32]) {
        let start = self.by_column.starts()[column as usize] as usize;
        let rows = self.by_column.user(UserIdx(column)).0;
        (rows, self.of_columns.get(start..start + rows.len()).unwrap_or_default())
    }
}

/// The mean of the voters' residuals, weighted by similarity; `None` without a voter.
fn mean_vote(voters: &[Voter], residuals: &[f32]) -> Option<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for voter in voters {
        let similarity = f64::from(voter.similarity);
        sum += similarity * f64::from(residuals[voter.at]);
        weight += similarity;
    }
    (weight > 0.0).then(|| sum / weight)
}

impl Recommender for Knn {
    /// The unclipped prediction.
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let (row, column) = if self.of_items { (item.0, user.0) } else { (user.0, item.0) };
        let biases = self.base.biases();
        let base = biases.of(biases.users[user.at()], item);
        let (rows, residuals) = self.column(column);
        (base + mean_vote(&self.voters(row, rows), residuals).unwrap_or(0.0)) as f32
    }

    /// As [`Self::score`] item by item, bit for bit; but a user's side is laid out once, and looked up for each item.
    fn scores(&self, user: UserIdx, out: &mut [f32]) {
        let biases = self.base.biases();
        let own = self.column(user.0);
        let neighbours = |row: u32| self.neighbours.get(row as usize).map_or(&[][..], Vec::as_slice);
        // Of each row its place among the user's items, or how similar that user is.
        let n_rows = self.by_column.n_items() as usize;
        let mut places = vec![None; if self.of_items { n_rows } else { 0 }];
        let mut similarities = vec![0.0; if self.of_items { 0 } else { n_rows }];
        if self.of_items {
            (0..).zip(own.0).for_each(|(at, &row)| places[row as usize] = Some(at));
        } else {
            neighbours(user.0).iter().for_each(|one| similarities[one.row as usize] = one.similarity);
        }
        for (item, score) in (0..).map(ItemIdx).zip(out) {
            let (voters, residuals) = if self.of_items {
                let voter = |one: &Neighbour| Some(Voter { at: places[one.row as usize]?, similarity: one.similarity });
                (neighbours(item.0).iter().filter_map(voter).collect(), own.1)
            } else {
                let (rows, residuals) = self.column(item.0);
                let similar = rows.iter().enumerate().map(|(at, &row)| (at, similarities[row as usize]));
                let voters = similar.filter(|(_, similarity)| *similarity > 0.0);
                (voters.map(|(at, similarity)| Voter { at, similarity }).collect(), residuals)
            };
            let vote = mean_vote(&self.most_similar(voters), residuals).unwrap_or(0.0);
            *score = (biases.of(biases.users[user.at()], item) + vote) as f32;
        }
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
