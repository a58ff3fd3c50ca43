//! The average of several models: each is trained as if it were alone, one after the other, and all are asked.
//!
//! A member counts as often as its weight says. Where all predict ratings, so does the average, by the mean of their clipped predictions. Where some only rank, scores have
//! no common unit: each model's scores of all items are brought to mean 0 and deviation 1 for each user before they are added.

use std::sync::Arc;

use super::{EpochEnd, FoldedUser, Known, Progress, Recommender, Trainer, start};
use crate::engine::data::{Genres, Interactions, ItemIdx, UserIdx};
use crate::error::Error;
use crate::protocol::Member;
use crate::study::Seed;

/// Trains its members; a single epoch is all of their epochs.
pub struct Average {
    members: Vec<Box<dyn Trainer>>,
    /// How often each counts.
    weights: Vec<u32>,
    /// The epochs that each has left, and its last training error.
    left: Vec<(u32, f64)>,
    /// Whether all members predict ratings.
    predicts: bool,
    epoch: u32,
}

impl std::fmt::Debug for Average {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Average").field("weights", &self.weights).finish_non_exhaustive()
    }
}

impl Average {
    pub(super) fn new(
        members: &[Member],
        train: &Arc<Interactions>,
        genres: &Genres,
        seed: Seed,
        stream: u64,
    ) -> Result<Self, Error> {
        let trainers = members.iter().map(|member| start(&member.model, train, genres, seed, stream));
        let epochs = |member: &Member| if member.model.model.is_iterative() { member.epochs.max(1) } else { 1 };
        Ok(Self {
            members: trainers.collect::<Result<_, Error>>()?,
            weights: members.iter().map(|member| member.weight).collect(),
            left: members.iter().map(|member| (epochs(member), 0.0)).collect(),
            predicts: members.iter().all(|member| member.model.model.predicts_ratings()),
            epoch: 0,
        })
    }

    /// Counts each member so often from now on.
    pub fn weigh(&mut self, weights: &[u32]) {
        self.weights.copy_from_slice(weights);
    }

    /// Appends what each member predicts for a user's items: of all items by the first, then by the next.
    pub fn members_predict(&self, user: UserIdx, items: &[u32], out: &mut Vec<f32>) {
        for member in &self.members {
            out.extend(member.model().predictions_of(user, items));
        }
    }

    /// The scores of all items by each member, one after the other, in a common unit.
    pub fn members_scores(&self, user: UserIdx, out: &mut [f32]) {
        for (member, out) in self.members.iter().zip(out.chunks_mut(self.known().n_items())) {
            member.model().scores(user, out);
            let (mean, deviation) = self.scale(out);
            out.iter_mut().for_each(|score| *score = (*score - mean) / deviation);
        }
    }

    /// The members that count, and how much.
    fn models(&self) -> impl Iterator<Item = (&dyn Recommender, f32)> {
        let members = self.members.iter().zip(&self.weights).filter(|(_, weight)| **weight > 0);
        members.map(|(member, &weight)| (member.model(), weight as f32))
    }

    fn total(&self) -> f32 {
        self.weights.iter().sum::<u32>() as f32
    }

    /// What is subtracted from a member's scores of all items, and what they are divided by.
    fn scale(&self, scores: &[f32]) -> (f32, f32) {
        if self.predicts {
            return (0.0, 1.0);
        }
        let n = scores.len() as f64;
        let mean = scores.iter().map(|&score| f64::from(score)).sum::<f64>() / n;
        let squares: f64 = scores.iter().map(|&score| (f64::from(score) - mean) * (f64::from(score) - mean)).sum();
        let deviation = (squares / n).sqrt();
        (mean as f32, if deviation > 0.0 { deviation as f32 } else { 1.0 })
    }
}

impl Trainer for Average {
    fn advance(&mut self, work: u32) -> Result<Progress, Error> {
        let Some(at) = self.left.iter().position(|(left, _)| *left > 0) else {
            self.epoch += 1;
            let n = self.left.len() as f64;
            let train = (self.left.iter().map(|(_, train)| train * train).sum::<f64>() / n).sqrt();
            return Ok(Progress { work: 0, epoch: Some(EpochEnd { epoch: self.epoch, train }) });
        };
        let progress = self.members[at].advance(work)?;
        if let Some(end) = progress.epoch {
            self.left[at] = (self.left[at].0 - 1, end.train);
        }
        // A model that is done at once does no work that anybody counts.
        Ok(Progress { work: progress.work.max(1), epoch: None })
    }

    fn model(&self) -> &dyn Recommender {
        self
    }

    fn as_average(&mut self) -> Option<&mut Average> {
        Some(self)
    }
}

impl Recommender for Average {
    fn known(&self) -> &Known {
        self.members[0].model().known()
    }

    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        if self.predicts {
            return self.models().map(|(model, weight)| weight * model.score(user, item)).sum::<f32>() / self.total();
        }
        let mut scores = vec![0.0; self.known().n_items()];
        self.scores(user, &mut scores);
        scores[item.at()]
    }

    fn predict(&self, user: UserIdx, item: ItemIdx) -> f32 {
        if !self.predicts {
            return self.score(user, item);
        }
        self.models().map(|(model, weight)| weight * model.predict(user, item)).sum::<f32>() / self.total()
    }

    fn as_prediction(&self, score: f32) -> f32 {
        if self.predicts { self.known().clip(score) } else { score }
    }

    fn predictions_together(&self, user: UserIdx, items: &[u32]) -> Option<Vec<f32>> {
        if !self.predicts {
            return None;
        }
        // What a sum begins with: with zero added to minus zero there would be another bit.
        let mut sums = vec![-0.0; items.len()];
        for (model, weight) in self.models() {
            let predictions = model.predictions_of(user, items);
            sums.iter_mut().zip(predictions).for_each(|(sum, prediction)| *sum += weight * prediction);
        }
        sums.iter_mut().for_each(|sum| *sum /= self.total());
        Some(sums)
    }

    fn scores(&self, user: UserIdx, out: &mut [f32]) {
        out.fill(0.0);
        let mut own = vec![0.0; out.len()];
        let total = self.total();
        for (model, weight) in self.models() {
            model.scores(user, &mut own);
            let (mean, deviation) = self.scale(&own);
            out.iter_mut().zip(&own).for_each(|(out, score)| *out += weight * ((score - mean) / deviation) / total);
        }
    }

    /// Into the first of them alone, which is the best: an average is measured and not asked for lists.
    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        self.members[0].model().fold_in(ratings)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::interactions;
    use super::*;
    use crate::study::ModelKind;

    const RATINGS: &[(u32, u32, f32)] =
        &[(0, 0, 5.0), (0, 1, 3.0), (1, 0, 4.0), (1, 2, 1.0), (2, 1, 2.0), (2, 2, 3.0), (2, 0, 4.0)];

    fn trained(members: &[(ModelKind, u32)], work: u32) -> Average {
        let member = |&(model, epochs): &(ModelKind, u32)| {
            let settings = if model == ModelKind::Svd { &[("n_factors", 2.0.into())][..] } else { &[] };
            Member { model: model.with(settings).unwrap(), epochs, weight: 1 }
        };
        let members: Vec<Member> = members.iter().map(member).collect();
        let train = interactions(4, 4, RATINGS);
        let mut average = Average::new(&members, &train, &Genres::default(), Seed(1), 0).unwrap();
        while average.advance(work).unwrap().epoch.is_none() {}
        average
    }

    #[test]
    fn it_is_the_mean_of_what_its_members_predict_alone() {
        let both = trained(&[(ModelKind::Svd, 7), (ModelKind::Bias, 1)], 2);
        let alone = [trained(&[(ModelKind::Svd, 7)], u32::MAX), trained(&[(ModelKind::Bias, 1)], u32::MAX)];
        for user in (0..4).map(UserIdx) {
            for item in (0..4).map(ItemIdx) {
                let [svd, bias] = alone.each_ref().map(|average| average.predict(user, item));
                assert_eq!(both.predict(user, item), (svd + bias) / 2.0);
            }
            let some = (&both as &dyn Recommender).predictions_of(user, &[2, 0]);
            assert_eq!(some, [2, 0].map(|item| both.predict(user, ItemIdx(item))));
        }
        let mut scores = [0.0; 4];
        both.scores(UserIdx(1), &mut scores);
        assert!((scores[1] - both.score(UserIdx(1), ItemIdx(1))).abs() < 1e-6);
    }

    #[test]
    fn scores_without_a_common_unit_get_one() {
        let mixed = trained(&[(ModelKind::Popular, 1), (ModelKind::Bias, 1)], 5);
        assert!(!mixed.predicts);
        let mut scores = [0.0; 4];
        mixed.scores(UserIdx(0), &mut scores);
        assert!(scores.iter().sum::<f32>().abs() < 1e-5, "{scores:?}");
        // Shares 1, 2/3, 2/3 and 0 have the mean 7/12.
        let alone = trained(&[(ModelKind::Popular, 1)], 5).score(UserIdx(0), ItemIdx(0));
        let deviation = ((25.0 + 1.0 + 1.0 + 49.0) / 144.0 / 4.0_f32).sqrt();
        assert!((alone - 5.0 / 12.0 / deviation).abs() < 1e-5, "{alone}");
    }
}
