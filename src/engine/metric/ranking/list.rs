//! What one user's list is worth, from its items and which of them are hits. The formulas stand in [`super`].

use std::sync::Arc;

use crate::engine::data::{Genres, Interactions};
use crate::study::MetricSpec;

/// The metrics of a list, in the order in which [`Scale::judge`] gives them.
pub(super) const METRICS: [MetricSpec; 10] = [
    MetricSpec::Ndcg,
    MetricSpec::Precision,
    MetricSpec::Recall,
    MetricSpec::F1,
    MetricSpec::Map,
    MetricSpec::Mrr,
    MetricSpec::HitRate,
    MetricSpec::Auc,
    MetricSpec::Novelty,
    MetricSpec::Diversity,
];

/// What lists are held against.
#[derive(Debug)]
pub(super) struct Scale {
    length: f64,
    /// 1 / log2(place + 1), and what the first places give together; by place from 0.
    discounts: Vec<(f64, f64)>,
    /// Bits of information by item.
    information: Vec<f64>,
    genres: Arc<Genres>,
}

impl Scale {
    pub(super) fn new(train: &Interactions, length: u32, genres: &Arc<Genres>) -> Self {
        let mut ideal = 0.0;
        let places = length.min(train.n_items());
        let discounts = (0..places).map(|place| {
            let discount = 1.0 / libm::log2(f64::from(place) + 2.0);
            ideal += discount;
            (discount, ideal)
        });
        let discounts = discounts.collect();
        let users = train.user_counts().filter(|count| *count > 0).count() as f64;
        // What nobody has counts as if one had it.
        let information =
            train.item_counts().into_iter().map(|count| libm::log2(users / f64::from(count.max(1)))).collect();
        Self { length: length.into(), discounts, information, genres: Arc::clone(genres) }
    }

    /// The figures of a list, in the order of [`METRICS`]. `relevant` is not 0.
    pub(super) fn judge(&self, items: &[u32], hits: &[bool], relevant: usize, auc: f64) -> [f64; METRICS.len()] {
        let (mut count, mut gain, mut precisions, mut first) = (0.0, 0.0, 0.0, 0.0);
        for (at, _) in hits.iter().enumerate().filter(|(_, hit)| **hit) {
            let place = (at + 1) as f64;
            count += 1.0;
            gain += self.discounts[at].0;
            precisions += count / place;
            if first == 0.0 {
                first = 1.0 / place;
            }
        }
        let ideal = self.discounts[relevant.min(self.discounts.len()) - 1].1;
        let relevant = relevant as f64;
        let information: f64 = items.iter().map(|&item| self.information[item as usize]).sum();
        [
            gain / ideal,
            count / self.length,
            count / relevant,
            2.0 * count / (self.length + relevant),
            precisions / relevant,
            first,
            count.min(1.0),
            auc,
            information / items.len() as f64,
            self.diversity(items),
        ]
    }

    /// The mean distance of two items; 0 for a single one.
    fn diversity(&self, items: &[u32]) -> f64 {
        let mut distance = 0.0;
        let mut pairs = 0.0;
        for (at, &left) in items.iter().enumerate() {
            for &right in &items[..at] {
                distance += 1.0 - self.genres.similarity(left, right);
                pairs += 1.0;
            }
        }
        if pairs > 0.0 { distance / pairs } else { 0.0 }
    }
}
