//! Lists: the places that the candidates of a user get, and what the list of the first of them is worth. Over all
//! candidates, never a sample.
//!
//! Candidates are all items outside the user's training rows. Relevant are the held-out candidates, or those of them with
//! a rating from the threshold on; gain is binary. Equal scores break by a seeded hash of user and item, never by the
//! item's index, which often follows popularity. With K the list's length, R relevant items, h of them in the list:
//!
//! | metric | of one user |
//! |---|---|
//! | precision, recall, F1 | h / K, h / R, 2 h / (K + R) |
//! | NDCG | sum of 1 / log2(place + 1) over the hits / the same over the first min(K, R) places (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418) |
//! | MAP | sum over the hits of (hits up to there / place) / R, as trec_eval cuts it |
//! | MRR, hit rate | 1 / place of the first hit, whether there is one |
//! | AUC | share of pairs of a relevant and another candidate that score in this order, equal ones counted half |
//! | novelty | mean of log2(users / users with the item), both in training (Zhou et al. 2010, doi:10.1073/pnas.1000488107) |
//! | diversity | mean over pairs in the list of 1 - Jaccard similarity of genres (Ziegler et al. 2005, doi:10.1145/1060745.1060754) |
//!
//! A figure is the mean over users that have something relevant; the others are left out, and counted.

mod list;

use std::sync::Arc;

use self::list::Scale;
use super::Sums;
use crate::engine::data::{Genres, Interactions, UserIdx};
use crate::order;
use crate::study::{ListSpec, MetricSpec};

/// What an item is to the user at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// A candidate.
    Open,
    /// In the training rows.
    Seen,
    /// A candidate that was held out.
    Relevant,
}

/// Ranks the candidates of one user after the other.
#[derive(Debug)]
pub struct Ranker {
    list: ListSpec,
    /// What the hash of equal scores starts from.
    key: u64,
    scale: Scale,
    marks: Vec<Mark>,
    /// The best candidates so far, the best first.
    top: Vec<(f32, u32)>,
    /// Scores of the relevant items, ascending.
    targets: Vec<f32>,
}

impl Ranker {
    /// For models that learn from `train`. `key` decides between equal scores.
    #[must_use]
    pub fn new(train: &Interactions, list: ListSpec, genres: &Arc<Genres>, key: u64) -> Self {
        let length = list.length.min(train.n_items()) as usize;
        Self {
            list,
            key,
            scale: Scale::new(train, list.length, genres),
            marks: vec![Mark::Open; train.n_items() as usize],
            top: Vec::with_capacity(length + 1),
            targets: Vec::new(),
        }
    }

    /// The metrics that [`Self::rank`] adds up.
    #[must_use]
    pub fn metrics(genres: &Genres) -> Vec<MetricSpec> {
        let mut metrics = list::METRICS.to_vec();
        metrics.retain(|metric| *metric != MetricSpec::Diversity || !genres.is_empty());
        metrics
    }

    /// Ranks a user's candidates by `scores` (one per item) and adds what the list is worth. `own` are the user's training
    /// items, `held_out` the items and ratings that are measured.
    pub fn rank(&mut self, user: UserIdx, scores: &[f32], own: &[u32], held_out: (&[u32], &[f32]), sums: &mut Sums) {
        own.iter().for_each(|&item| self.marks[item as usize] = Mark::Seen);
        self.targets.clear();
        for (&item, &rating) in held_out.0.iter().zip(held_out.1) {
            let enough = self.list.threshold.is_none_or(|threshold| f64::from(rating) >= threshold);
            if enough && self.marks[item as usize] == Mark::Open {
                self.marks[item as usize] = Mark::Relevant;
                self.targets.push(scores[item as usize]);
            }
        }
        if self.targets.is_empty() {
            sums.leave_out();
        } else {
            let auc = self.place(user, scores);
            let hits: Vec<bool> =
                self.top.iter().map(|(_, item)| self.marks[*item as usize] == Mark::Relevant).collect();
            let items: Vec<u32> = self.top.iter().map(|(_, item)| *item).collect();
            let figures = self.scale.judge(&items, &hits, self.targets.len(), auc);
            sums.add_list(user, &items, &list::METRICS, &figures);
        }
        own.iter().chain(held_out.0).for_each(|&item| self.marks[item as usize] = Mark::Open);
    }

    /// Fills the list; the AUC.
    fn place(&mut self, user: UserIdx, scores: &[f32]) -> f64 {
        order::sort(&mut self.targets, f32::total_cmp);
        self.top.clear();
        let lowest = self.targets[0];
        let relevant = self.targets.len() as u64;
        let (mut candidates, mut others) = (0_u64, 0_u64);
        // A score below this one has no place in a full list.
        let mut least = f32::NEG_INFINITY;
        for (item, (&score, &mark)) in (0_u32..).zip(scores.iter().zip(&self.marks)) {
            if mark == Mark::Seen {
                continue;
            }
            candidates += 1;
            if score >= lowest && mark == Mark::Open {
                // Twice the relevant items that do not score above this one: those below it, and half of the equal ones.
                let below = self.targets.partition_point(|target| *target < score);
                let up_to = self.targets.partition_point(|target| *target <= score);
                others += (below + up_to) as u64;
            }
            if score >= least {
                least =
                    insert(&mut self.top, (score, item), self.list.length as usize, |item| tie(self.key, user, item));
            }
        }
        let negatives = candidates - relevant;
        let above = 2 * negatives * relevant - others;
        if negatives == 0 { 0.5 } else { above as f64 / (2 * negatives * relevant) as f64 }
    }
}

/// Puts a candidate into the list of at most `length`, the best first; the score that the next one must have at least.
fn insert(top: &mut Vec<(f32, u32)>, new: (f32, u32), length: usize, hash: impl Fn(u32) -> u64) -> f32 {
    // The hash is asked for only where scores are equal.
    let is_better = |old: &(f32, u32)| old.0 > new.0 || (old.0 == new.0 && hash(old.1) < hash(new.1));
    let at = top.iter().rposition(is_better).map_or(0, |at| at + 1);
    if at < length {
        top.insert(at, new);
        top.truncate(length);
    }
    match top.last() {
        Some(last) if top.len() == length => last.0,
        _ => f32::NEG_INFINITY,
    }
}

/// A hash of user and item (the finaliser of SplitMix64, Steele et al. 2014, doi:10.1145/2660193.2660195).
fn tie(key: u64, user: UserIdx, item: u32) -> u64 {
    let mut bits = key ^ (u64::from(user.0) << 32 | u64::from(item));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests;
