//! Ratings on another scale for a model that predicts them: fitted on its training rows only, and undone for everything
//! that the model says.
//!
//! A rating r becomes x = (r - shift) / spread:
//!
//! | normalization | shift | spread |
//! |---|---|---|
//! | `min-max` | the lowest training rating | the highest less the lowest: x lies in [0, 1] |
//! | `user-mean` | the mean of the user's training ratings | 1 |
//! | `item-mean` | the mean of the item's training ratings | 1 |
//! | `z-score` | the mean of the user's training ratings | their standard deviation |
//!
//! Whoever has no training rows has the mean of all, and whoever has rated everything alike the deviation of all.

use std::cell::OnceCell;
use std::sync::Arc;

use super::{FoldedUser, Known, Progress, Recommender, Trainer};
use crate::engine::data::interactions::Row;
use crate::engine::data::{Interactions, ItemIdx, UserIdx};

/// Bytes of the scales. The training rows on their scale are a copy of the ratings, which is left out as elsewhere.
pub(super) fn bytes(n_users: u32, n_items: u32) -> u64 {
    u64::from(n_users.max(n_items)) * size_of::<Scale>() as u64
}

/// One rating's way to its scale and back.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    shift: f64,
    /// Above zero.
    spread: f64,
}

/// Whose scale a rating is on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    All,
    User,
    Item,
}

/// The scales of all ratings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Normalization {
    by: By,
    /// Whether a scale has the spread of its own ratings.
    spreads: bool,
    all: Scale,
    /// Of each user or item.
    each: Vec<Scale>,
    /// The root mean square of the training rows' spreads.
    pooled: f64,
}

impl Scale {
    /// Of some ratings, in whose place stand all where they say nothing.
    fn of(ratings: &[f32], spreads: bool, all: Self) -> Self {
        if ratings.is_empty() {
            return all;
        }
        let n = ratings.len() as f64;
        let shift = ratings.iter().map(|&rating| f64::from(rating)).sum::<f64>() / n;
        let squares: f64 =
            ratings.iter().map(|&rating| (f64::from(rating) - shift) * (f64::from(rating) - shift)).sum();
        let spread = (squares / n).sqrt();
        Self { shift, spread: if spreads && spread > 0.0 { spread } else { all.spread } }
    }

    fn apply(self, rating: f32) -> f32 {
        ((f64::from(rating) - self.shift) / self.spread) as f32
    }

    fn undo(self, score: f32) -> f32 {
        (self.shift + self.spread * f64::from(score)) as f32
    }
}

impl Normalization {
    /// Fits the normalisation of a name; `None` for one that does nothing.
    pub(super) fn fit(name: &str, train: &Interactions) -> Option<Self> {
        let one = Scale { shift: 0.0, spread: 1.0 };
        let (by, spreads) = match name {
            "min-max" => (By::All, false),
            "user-mean" => (By::User, false),
            "item-mean" => (By::Item, false),
            "z-score" => (By::User, true),
            _ => return None,
        };
        let (low, high) = train.scale();
        let range = f64::from(high) - f64::from(low);
        let all = match by {
            By::All => Scale { shift: f64::from(low), spread: if range > 0.0 { range } else { 1.0 } },
            By::User | By::Item => Scale::of(train.ratings(), spreads, one),
        };
        let of_each = |rows: &Interactions| {
            (0..rows.n_users()).map(|at| Scale::of(rows.user(UserIdx(at)).1, spreads, all)).collect()
        };
        let each = match by {
            By::All => Vec::new(),
            By::User => of_each(train),
            By::Item => of_each(&train.transposed()),
        };
        let mut fitted = Self { by, spreads, all, each, pooled: 0.0 };
        let square = |row: Row| fitted.scale(UserIdx(row.user), ItemIdx(row.item)).spread;
        let squares: f64 = train.rows().map(square).map(|spread| spread * spread).sum();
        fitted.pooled = (squares / train.len() as f64).sqrt();
        Some(fitted)
    }

    fn of_user(&self, user: UserIdx) -> Scale {
        if self.by == By::User { self.each[user.at()] } else { self.all }
    }

    fn of_item(&self, item: ItemIdx) -> Scale {
        if self.by == By::Item { self.each[item.at()] } else { self.all }
    }

    fn scale(&self, user: UserIdx, item: ItemIdx) -> Scale {
        if self.by == By::Item { self.of_item(item) } else { self.of_user(user) }
    }

    /// The training rows on their scale.
    pub(super) fn apply(&self, train: &Interactions) -> Arc<Interactions> {
        let on_scale = |row: Row| self.scale(UserIdx(row.user), ItemIdx(row.item)).apply(row.rating);
        Arc::new(train.untimed().rerated(&on_scale))
    }

    /// Brings a user's scores of all items back.
    fn undo_all(&self, own: Scale, scores: &mut [f32]) {
        for (item, score) in (0..).map(ItemIdx).zip(scores) {
            *score = if self.by == By::Item { self.of_item(item) } else { own }.undo(*score);
        }
    }
}

/// A trainer on another scale, and what it makes on the scale of the ratings.
pub(super) struct Normalized {
    inner: Box<dyn Trainer>,
    scales: Normalization,
    known: Known,
}

impl Normalized {
    /// `inner` trains on what [`Normalization::apply`] made of `train`.
    pub(super) fn new(inner: Box<dyn Trainer>, scales: Normalization, train: &Interactions) -> Self {
        Self { inner, scales, known: Known::new(train) }
    }
}

impl Trainer for Normalized {
    fn advance(&mut self, work: u32) -> Result<Progress, crate::error::Error> {
        let mut progress = self.inner.advance(work)?;
        if let Some(end) = &mut progress.epoch {
            // Exact where all spreads are the same, and else what it is if errors are alike on the users' own scales.
            end.train *= self.scales.pooled;
        }
        Ok(progress)
    }

    fn model(&self) -> &dyn Recommender {
        self
    }
}

impl Recommender for Normalized {
    fn known(&self) -> &Known {
        &self.known
    }

    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        self.scales.scale(user, item).undo(self.inner.model().score(user, item))
    }

    fn scores_together(&self, user: UserIdx, items: &[u32]) -> Option<Vec<f32>> {
        let mut scores = self.inner.model().scores_together(user, items)?;
        for (score, &item) in scores.iter_mut().zip(items) {
            *score = self.scales.scale(user, ItemIdx(item)).undo(*score);
        }
        Some(scores)
    }

    fn scores(&self, user: UserIdx, out: &mut [f32]) {
        self.inner.model().scores(user, out);
        self.scales.undo_all(self.scales.of_user(user), out);
    }

    /// With z-scores, what an item adds depends on the user: this is for a user of the usual spread, and the rest is taste.
    fn item_bias(&self, item: ItemIdx) -> Option<(f64, f64)> {
        let (mean, bias) = self.inner.model().item_bias(item)?;
        let all = self.scales.all;
        let own = self.scales.of_item(item).shift - all.shift;
        Some((all.shift + all.spread * mean, own + all.spread * bias))
    }

    fn user_bias(&self, user: UserIdx) -> f64 {
        let own = self.scales.of_user(user);
        own.shift - self.scales.all.shift + own.spread * self.inner.model().user_bias(user)
    }

    fn user_factors(&self, user: UserIdx) -> Option<Vec<f32>> {
        self.inner.model().user_factors(user)
    }

    fn item_factors(&self, item: ItemIdx) -> Option<Vec<f32>> {
        self.inner.model().item_factors(item)
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        let scales = &self.scales;
        let plain: Vec<f32> = ratings.iter().map(|&(_, rating)| rating).collect();
        let is_own = scales.by == By::User;
        let own = if is_own { Scale::of(&plain, scales.spreads, scales.all) } else { scales.all };
        let on_scale = ratings.iter().map(|&(item, rating)| {
            (item, if scales.by == By::Item { scales.of_item(item) } else { own }.apply(rating))
        });
        let part = |&rating: &f32| (f64::from(rating) - scales.all.shift) / plain.len() as f64;
        Box::new(FoldedNormalized {
            inner: self.inner.model().fold_in(&on_scale.collect::<Vec<_>>()),
            scales,
            own,
            of_shift: plain.iter().map(|rating| if is_own { part(rating) } else { 0.0 }).collect(),
            n_items: self.known.n_items(),
            on_scale: OnceCell::new(),
        })
    }
}

struct FoldedNormalized<'a> {
    inner: Box<dyn FoldedUser + 'a>,
    scales: &'a Normalization,
    own: Scale,
    /// What each own rating adds to the person's shift.
    of_shift: Vec<f64>,
    n_items: usize,
    /// The scores on the person's scale, once they are needed.
    on_scale: OnceCell<Vec<f32>>,
}

impl FoldedUser for FoldedNormalized<'_> {
    fn scores(&self, out: &mut [f32]) {
        self.inner.scores(out);
        self.scales.undo_all(self.own, out);
    }

    fn bias(&self) -> f64 {
        self.own.shift - self.scales.all.shift + self.own.spread * self.inner.bias()
    }

    /// The person's mean is due to each own rating in equal parts, and so is what another spread makes of the score that a
    /// person without ratings would have.
    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let inner = self.inner.contributions(item);
        let (own, all) = (self.own.spread, self.scales.all.spread);
        let of_spread = if own == all {
            0.0
        } else {
            let scores = self.on_scale.get_or_init(|| {
                let mut scores = vec![0.0; self.n_items];
                self.inner.scores(&mut scores);
                scores
            });
            let without = f64::from(scores[item.at()]) - inner.iter().sum::<f64>();
            (own - all) * without / inner.len() as f64
        };
        inner.iter().zip(&self.of_shift).map(|(part, shift)| own * part + shift + of_spread).collect()
    }
}

#[cfg(test)]
mod tests;
