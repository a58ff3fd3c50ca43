//! Sums by user under way, in f64 and in row order, so that the figures and their intervals come from one sum.

use crate::engine::data::UserIdx;
use crate::protocol::{ByMetric, Column, ListCounts, Metrics, UserSums};
use crate::study::MetricSpec;

/// What has been added up, over one or several folds. Metrics of rows are weighted by rows, those of lists by lists.
#[derive(Clone, Debug)]
pub struct Sums {
    /// Measured rows by user.
    rows: Vec<u32>,
    /// Judged lists by user: one for each fold that has something relevant for the user.
    lists: Vec<u32>,
    /// One sum per user for each metric that is measured.
    columns: Vec<(MetricSpec, Vec<f64>)>,
    /// Items that are in a list.
    shown: Vec<bool>,
    /// Users, by fold, who have measured rows and nothing relevant.
    left_out: u32,
}

impl Sums {
    /// Nothing yet, for so many users and items.
    #[must_use]
    pub fn new(n_users: u32, n_items: u32, metrics: &[MetricSpec]) -> Self {
        let n = n_users as usize;
        let of_lists = metrics.iter().any(|metric| metric.is_of_lists());
        Self {
            rows: vec![0; n],
            lists: vec![0; n],
            columns: metrics.iter().map(|&metric| (metric, vec![0.0; n])).collect(),
            shown: vec![false; if of_lists { n_items as usize } else { 0 }],
            left_out: 0,
        }
    }

    /// Counts measured rows of a user.
    pub fn add_rows(&mut self, user: UserIdx, rows: u32) {
        self.rows[user.at()] += rows;
    }

    /// A metric's sums by user, if it is measured.
    pub fn column(&mut self, metric: MetricSpec) -> Option<&mut [f64]> {
        self.columns.iter_mut().find(|(own, _)| *own == metric).map(|(_, sums)| &mut sums[..])
    }

    /// Adds what a user's list is worth.
    pub(super) fn add_list(&mut self, user: UserIdx, items: &[u32], metrics: &[MetricSpec], figures: &[f64]) {
        self.lists[user.at()] += 1;
        items.iter().for_each(|&item| self.shown[item as usize] = true);
        for (&metric, figure) in metrics.iter().zip(figures) {
            if let Some(column) = self.column(metric) {
                column[user.at()] += figure;
            }
        }
    }

    /// Counts a user who has nothing relevant.
    pub(super) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Forgets everything but what is measured.
    pub fn clear(&mut self) {
        self.rows.fill(0);
        self.lists.fill(0);
        self.columns.iter_mut().for_each(|(_, sums)| sums.fill(0.0));
        self.shown.fill(false);
        self.left_out = 0;
    }

    /// How many lists were judged.
    #[must_use]
    pub fn list_counts(&self) -> ListCounts {
        ListCounts { judged: self.lists.iter().sum(), left_out: self.left_out }
    }

    /// The figures. Metrics without anything measured are left out.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let total = |counts: &[u32]| counts.iter().map(|&count| f64::from(count)).sum::<f64>();
        let (rows, lists) = (total(&self.rows), total(&self.lists));
        let figure = |(metric, sums): &(MetricSpec, Vec<f64>)| {
            let weight = if metric.is_of_lists() { lists } else { rows };
            (weight > 0.0).then(|| (*metric, metric.of_sums(sums.iter().sum(), weight)))
        };
        let mut metrics: Vec<(MetricSpec, f64)> = self.columns.iter().filter_map(figure).collect();
        if lists > 0.0 {
            let shown = self.shown.iter().filter(|shown| **shown).count();
            metrics.push((MetricSpec::Coverage, shown as f64 / self.shown.len() as f64));
        }
        ByMetric(metrics)
    }

    /// The sums of the metrics that are to be kept, of the users that have measured rows.
    #[must_use]
    pub fn by_user(&self, kept: impl Fn(MetricSpec) -> bool) -> UserSums {
        let users: Vec<u32> = (0..).zip(&self.rows).filter(|(_, rows)| **rows > 0).map(|(user, _)| user).collect();
        let at = |user: &u32| *user as usize;
        let kept = self.columns.iter().filter(|(metric, _)| kept(*metric));
        let column = |(metric, sums): &(MetricSpec, Vec<f64>)| Column {
            metric: *metric,
            sums: users.iter().map(|user| sums[at(user)]).collect(),
        };
        UserSums {
            columns: kept.map(column).collect(),
            rows: users.iter().map(|user| self.rows[at(user)]).collect(),
            lists: users.iter().map(|user| self.lists[at(user)]).collect(),
            user: users,
        }
    }
}

impl UserSums {
    /// The sums and the weights by user that a metric is made from; none where it is not measured.
    #[must_use]
    pub fn of(&self, metric: MetricSpec) -> Option<(&[f64], &[u32])> {
        let column = self.columns.iter().find(|column| column.metric == metric)?;
        Some((&column.sums, if metric.is_of_lists() { &self.lists } else { &self.rows }))
    }
}

impl MetricSpec {
    /// The figure from a sum and its weight: rows, or lists.
    #[must_use]
    pub fn of_sums(self, sum: f64, weight: f64) -> f64 {
        let mean = sum / weight;
        match self {
            Self::Rmse => mean.sqrt(),
            // The sum counts the rows on the upper side.
            Self::BaseRate => mean.max(1.0 - mean),
            _ => mean,
        }
    }
}
