//! Which members an average is made of: greedy selection with replacement (Caruana, Niculescu-Mizil, Crew and Ksikes 2004,
//! doi:10.1145/1015330.1015432). One after the other that candidate is taken with which the average of all that were taken
//! has the best objective on the held-out rows; who is taken again counts once more. So a strong model counts often, and a
//! weaker one that errs elsewhere is let in. Unlike in the paper as many are taken as are asked for, out of all candidates.
//!
//! n candidates and a taking cost n combinations of the measured rows, or n lists of each user. Predictions are asked for once;
//! the scores of all items are too many to be kept, and are asked for at each taking.

use super::Fold;
use crate::engine::data::UserIdx;
use crate::engine::metric::Sums;
use crate::study::MetricSpec;

/// A choice under way.
pub(super) struct Choice {
    objective: MetricSpec,
    /// How many are still to be taken.
    left: u32,
    /// Places of the candidates in the order in which they were taken, and how often each was.
    taken: Vec<u32>,
    weights: Vec<u32>,
    /// For each candidate the objective of the average with it taken once more.
    sums: Vec<Sums>,
    /// Predictions by fold: for each user those of the first candidate, then of the next.
    predictions: Vec<Vec<f32>>,
    /// How far the fold's predictions were read.
    read: usize,
    /// What each candidate says of the user at hand, what those taken say together, and the average with one more.
    answers: Vec<f32>,
    total: Vec<f32>,
    joined: Vec<f32>,
}

impl Choice {
    /// To take `count` of `n` candidates.
    pub(super) fn new(
        objective: MetricSpec,
        count: u32,
        n: usize,
        (n_users, n_items): (u32, u32),
        folds: usize,
    ) -> Self {
        Self {
            objective,
            left: count,
            taken: Vec::new(),
            weights: vec![0; n],
            sums: vec![Sums::new(n_users, n_items, &[objective]); n],
            predictions: vec![Vec::new(); folds],
            read: 0,
            answers: Vec::new(),
            total: Vec::new(),
            joined: Vec::new(),
        }
    }

    /// Whether there is still one to be taken.
    pub(super) fn is_open(&self) -> bool {
        self.left > 0
    }

    /// How often each candidate was taken.
    pub(super) fn weights(&self) -> &[u32] {
        &self.weights
    }

    /// The candidates in the order in which they were taken.
    pub(super) fn taken(&self) -> &[u32] {
        &self.taken
    }

    /// Tries every candidate on a user's rows; the work done. Users come in order, fold after fold.
    pub(super) fn try_user(&mut self, at: usize, fold: &mut Fold, user: UserIdx) -> u32 {
        if user.0 == 0 {
            self.read = 0;
        }
        let (items, ratings) = fold.measured.user(user);
        let of_lists = self.objective.is_of_lists();
        let Some(average) = fold.trainer.as_average().filter(|_| !items.is_empty() && (fold.held_out || !of_lists))
        else {
            return 1;
        };
        let width = if of_lists { fold.train.n_items() as usize } else { items.len() };
        let size = width * self.weights.len();
        self.answers.clear();
        if of_lists {
            self.answers.resize(size, 0.0);
            average.members_scores(user, &mut self.answers);
        } else if self.taken.is_empty() {
            average.members_predict(user, items, &mut self.answers);
            self.predictions[at].extend(&self.answers);
        } else {
            self.answers.extend(&self.predictions[at][self.read..self.read + size]);
        }
        self.read += size;
        self.total.clear();
        self.total.resize(width, 0.0);
        for (answer, &weight) in self.answers.chunks(width).zip(&self.weights).filter(|(_, weight)| **weight > 0) {
            self.total.iter_mut().zip(answer).for_each(|(total, own)| *total += weight as f32 * own);
        }
        let count = self.taken.len() as f32 + 1.0;
        for (answer, sums) in self.answers.chunks(width).zip(&mut self.sums) {
            self.joined.clear();
            self.joined.extend(self.total.iter().zip(answer).map(|(total, own)| (total + own) / count));
            sums.add_rows(user, items.len() as u32);
            match &mut fold.ranker {
                Some(ranker) if of_lists => {
                    ranker.rank(user, &self.joined, fold.train.user(user).0, (items, ratings), sums);
                }
                _ => fold.judge.judge(user, ratings, &self.joined, sums),
            }
        }
        u32::try_from(size).unwrap_or(u32::MAX)
    }

    /// Takes the candidate that came out best, the first of equals.
    pub(super) fn take(&mut self) {
        let losses = self.sums.iter().map(|sums| sums.metrics().get(self.objective)).map(|value| {
            // Nothing is worse than what could not be measured.
            value.map_or(f64::INFINITY, |value| self.objective.loss(value))
        });
        let best = (0_u32..).zip(losses).min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(at, _)| at);
        self.sums.iter_mut().for_each(Sums::clear);
        self.weights[best as usize] += 1;
        self.taken.push(best);
        self.left -= 1;
    }
}

impl Fold {
    /// Has the average count its members so often.
    pub(super) fn weigh(&mut self, weights: &[u32]) {
        if let Some(average) = self.trainer.as_average() {
            average.weigh(weights);
        }
    }
}
