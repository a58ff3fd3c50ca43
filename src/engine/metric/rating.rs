//! Predicted ratings against true ones. Figures are over rows, not averaged over users: RMSE = sqrt(sum of squared errors /
//! rows), MAE likewise; accuracies are shares of rows.
//!
//! Whether a rounded prediction is the true rating, and whether prediction and rating lie on the same side of a threshold,
//! are different questions; the second says nothing without its base rate, what the commoner side alone would give.

use crate::engine::data::{Interactions, UserIdx};
use crate::engine::metric::Sums;
use crate::study::{ListSpec, MetricSpec};

/// With more different ratings than these, rounding to one of them says little.
const MAX_LEVELS: usize = 100;

/// Judges predicted ratings.
#[derive(Clone, Debug)]
pub struct RatingJudge {
    /// The ratings that occur in training, ascending; empty where they are too many.
    levels: Vec<f32>,
    /// Half way between two levels.
    borders: Vec<f32>,
    threshold: Option<f64>,
}

impl RatingJudge {
    /// For models that learn from `train`.
    #[must_use]
    pub fn new(train: &Interactions, list: ListSpec) -> Self {
        let mut levels: Vec<f32> = Vec::new();
        for &rating in train.ratings() {
            if let Err(at) = levels.binary_search_by(|level| level.total_cmp(&rating)) {
                levels.insert(at, rating);
            }
            if levels.len() > MAX_LEVELS {
                levels.clear();
                break;
            }
        }
        let borders = levels.windows(2).map(|pair| pair[0] + (pair[1] - pair[0]) / 2.0).collect();
        Self { levels, borders, threshold: list.threshold }
    }

    /// The metrics that [`Self::judge`] adds up.
    #[must_use]
    pub fn metrics(&self) -> Vec<MetricSpec> {
        let mut metrics = vec![MetricSpec::Rmse, MetricSpec::Mae];
        if !self.levels.is_empty() {
            metrics.push(MetricSpec::Exact);
        }
        if self.threshold.is_some() {
            metrics.extend([MetricSpec::Relevance, MetricSpec::BaseRate]);
        }
        metrics
    }

    /// Adds a user's measured rows, ratings beside predictions.
    pub fn judge(&self, user: UserIdx, ratings: &[f32], predicted: &[f32], sums: &mut Sums) {
        let rows = || ratings.iter().zip(predicted).map(|(&rating, &predicted)| (rating, predicted));
        let error = |(rating, predicted): (f32, f32)| f64::from(rating) - f64::from(predicted);
        let mut add = |metric: MetricSpec, value: &dyn Fn((f32, f32)) -> f64| {
            if let Some(column) = sums.column(metric) {
                // One after the other onto what is there: the order of rows is the order of the sum.
                rows().for_each(|row| column[user.at()] += value(row));
            }
        };
        add(MetricSpec::Rmse, &|row| error(row) * error(row));
        add(MetricSpec::Mae, &|row| error(row).abs());
        add(MetricSpec::Exact, &|(rating, predicted)| f64::from(u8::from(self.rounded(predicted) == rating)));
        let threshold = self.threshold.unwrap_or(f64::MAX);
        let is_relevant = |rating: f32| f64::from(rating) >= threshold;
        add(MetricSpec::Relevance, &|row| f64::from(u8::from(is_relevant(row.0) == is_relevant(row.1))));
        add(MetricSpec::BaseRate, &|row| f64::from(u8::from(is_relevant(row.0))));
    }

    /// The level that is nearest, the upper one of two.
    fn rounded(&self, predicted: f32) -> f32 {
        self.levels.get(self.borders.partition_point(|border| *border <= predicted)).copied().unwrap_or(f32::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::interactions::Row;

    fn judged(threshold: Option<f64>, rows: &[(u32, f32, f32)]) -> Sums {
        let train: Vec<Row> = (0..5).map(|at| Row { user: 0, item: at, rating: 1.0 + at as f32, time: 0 }).collect();
        let train = Interactions::from_rows(3, 5, false, &train);
        let judge = RatingJudge::new(&train, ListSpec { length: 10, threshold });
        let mut sums = Sums::new(3, 5, &judge.metrics());
        for &(user, rating, predicted) in rows {
            sums.add_rows(UserIdx(user), 1);
            judge.judge(UserIdx(user), &[rating], &[predicted], &mut sums);
        }
        sums
    }

    const ROWS: &[(u32, f32, f32)] = &[(0, 4.0, 3.0), (2, 1.0, 3.0), (2, 5.0, 3.0)];

    #[test]
    fn errors_are_summed_over_rows_not_users() {
        let sums = judged(None, ROWS);
        let users = sums.by_user(|_| true);
        assert_eq!((users.user.as_slice(), users.rows.as_slice()), (&[0, 2][..], &[1, 2][..]));
        let metrics = sums.metrics();
        assert_eq!(metrics.get(MetricSpec::Rmse), Some(3.0_f64.sqrt())); // (1 + 4 + 4) / 3
        assert_eq!(metrics.get(MetricSpec::Mae), Some(5.0 / 3.0));
        assert_eq!(metrics.get(MetricSpec::Relevance), None);
    }

    /// Rows and the figures of scikit-learn, which `tests/rating_fixture.py` asked.
    #[derive(serde::Deserialize)]
    struct Fixture {
        threshold: f64,
        users: Vec<u32>,
        ratings: Vec<f32>,
        predicted: Vec<f32>,
        figures: std::collections::BTreeMap<String, f64>,
    }

    #[test]
    fn a_published_evaluator_gives_the_same_figures() {
        let fixture: Fixture = serde_json::from_str(include_str!("../../../tests/rating_fixture.json")).unwrap();
        let rows: Vec<(u32, f32, f32)> = (0..fixture.users.len())
            .map(|at| (fixture.users[at], fixture.ratings[at], fixture.predicted[at]))
            .collect();
        let train = (0..rows.len() as u32).zip(&rows);
        let train: Vec<Row> = train.map(|(item, row)| Row { user: row.0, item, rating: row.1, time: 0 }).collect();
        let train = Interactions::from_rows(25, rows.len() as u32, false, &train);
        let judge = RatingJudge::new(&train, ListSpec { length: 10, threshold: Some(fixture.threshold) });
        let mut sums = Sums::new(25, rows.len() as u32, &judge.metrics());
        for &(user, rating, predicted) in &rows {
            sums.add_rows(UserIdx(user), 1);
            judge.judge(UserIdx(user), &[rating], &[predicted], &mut sums);
        }
        let metrics = sums.metrics();
        assert_eq!(fixture.figures.len(), 5);
        for (name, figure) in &fixture.figures {
            let own = metrics.get(MetricSpec::named(name).unwrap()).unwrap();
            assert!((own - figure).abs() < 1e-9, "{name}: {own}, published {figure}");
        }
    }

    #[test]
    fn a_rounded_rating_and_a_relevant_one_are_different_questions() {
        // Rounded to 4, 2, 4, 5: two right. Relevant from 4 on: predicted no, no, no, yes, and truly yes, no, no, yes.
        let rows = [(0, 4.0, 3.9), (0, 2.0, 1.5), (1, 3.0, 3.5), (1, 5.0, 6.0)];
        let metrics = judged(Some(4.0), &rows).metrics();
        assert_eq!(metrics.get(MetricSpec::Exact), Some(0.75)); // 4, 2, 5
        assert_eq!(metrics.get(MetricSpec::Relevance), Some(0.75));
        assert_eq!(metrics.get(MetricSpec::BaseRate), Some(0.5));
        // Of these three rows two are relevant: always saying so is right in two of three.
        assert_eq!(judged(Some(4.0), ROWS).metrics().get(MetricSpec::BaseRate), Some(2.0 / 3.0));
    }
}
