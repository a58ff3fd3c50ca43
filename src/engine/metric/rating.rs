//! Rating errors, summed by user in f64 and in row order, so that the figures and their intervals come from one sum.
//!
//! RMSE = sqrt(sum of squared errors / rows) over rows, not averaged over users; MAE likewise.

use crate::engine::data::UserIdx;
use crate::protocol::{RatingMetrics, UserErrors};
use crate::study::MetricSpec;

/// Sums of errors under way, over one or several folds.
#[derive(Clone, Debug)]
pub struct ErrorSums {
    rows: Vec<u32>,
    squared: Vec<f64>,
    absolute: Vec<f64>,
}

impl ErrorSums {
    /// No rows yet, for so many users.
    #[must_use]
    pub fn new(n_users: u32) -> Self {
        let n = n_users as usize;
        Self { rows: vec![0; n], squared: vec![0.0; n], absolute: vec![0.0; n] }
    }

    /// Adds one predicted row.
    pub fn add(&mut self, user: UserIdx, rating: f32, predicted: f32) {
        let error = f64::from(rating) - f64::from(predicted);
        self.rows[user.at()] += 1;
        self.squared[user.at()] += error * error;
        self.absolute[user.at()] += error.abs();
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.rows.fill(0);
        self.squared.fill(0.0);
        self.absolute.fill(0.0);
    }

    /// The sums of the users that have rows.
    #[must_use]
    pub fn by_user(&self) -> UserErrors {
        let mut errors = UserErrors::default();
        for (user, &rows) in (0_u32..).zip(&self.rows).filter(|(_, rows)| **rows > 0) {
            errors.user.push(user);
            errors.rows.push(rows);
            errors.squared.push(self.squared[user as usize]);
            errors.absolute.push(self.absolute[user as usize]);
        }
        errors
    }
}

impl UserErrors {
    /// The metrics over all rows, users in ascending order.
    #[must_use]
    pub fn metrics(&self) -> RatingMetrics {
        let rows = self.rows.iter().map(|&rows| f64::from(rows)).sum::<f64>();
        RatingMetrics {
            rmse: MetricSpec::Rmse.of_sums(self.squared.iter().sum(), rows),
            mae: MetricSpec::Mae.of_sums(self.absolute.iter().sum(), rows),
        }
    }

    /// The column of error sums that a metric is made from.
    #[must_use]
    pub fn sums(&self, metric: MetricSpec) -> &[f64] {
        match metric {
            MetricSpec::Rmse => &self.squared,
            MetricSpec::Mae => &self.absolute,
        }
    }
}

impl MetricSpec {
    /// The figure from a sum of errors and a number of rows.
    #[must_use]
    pub fn of_sums(self, sum: f64, rows: f64) -> f64 {
        match self {
            Self::Rmse => (sum / rows).sqrt(),
            Self::Mae => sum / rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_summed_over_rows_not_users() {
        let mut sums = ErrorSums::new(3);
        sums.add(UserIdx(0), 4.0, 3.0);
        sums.add(UserIdx(2), 1.0, 3.0);
        sums.add(UserIdx(2), 5.0, 3.0);
        let errors = sums.by_user();
        assert_eq!((errors.user.as_slice(), errors.rows.as_slice()), (&[0, 2][..], &[1, 2][..]));
        let metrics = errors.metrics();
        assert_eq!(metrics.rmse, 3.0_f64.sqrt()); // (1 + 4 + 4) / 3
        assert_eq!(metrics.mae, 5.0 / 3.0);
    }
}
