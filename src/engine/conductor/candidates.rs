//! The best trial of each model beside the baselines, by every metric on the validation rows. A trial is judged by its
//! objective alone while the search goes on; here each candidate is trained once more to the epoch that counts, and its
//! lists are judged too, so that good ratings with bad lists are seen.

use crate::engine::metric::Bootstrap;
use crate::protocol::{ByMetric, Candidate, Estimate, Event, FitReport, Outcome};
use crate::study::{MetricSpec, ModelSpec, Study};

/// A model that is to be compared.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The trial; a baseline has none.
    pub(super) number: Option<u32>,
    pub(super) model: ModelSpec,
    pub(super) epochs: u32,
}

/// The comparison that was asked for last.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// Which comparison this is: a training of an earlier one counts no more.
    round: u32,
    entries: Vec<Entry>,
    given: usize,
    /// What each came to; none of it while it trains, and no report where it failed.
    reports: Vec<Option<Option<FitReport>>>,
    /// Once all are trained: the resamples of each metric, and which of the entries it has.
    bootstraps: Vec<(MetricSpec, Vec<usize>, Bootstrap)>,
}

impl Candidates {
    /// Starts to compare, in place of what was being compared.
    pub(super) fn compare(&mut self, entries: Vec<Entry>) {
        *self = Self { round: self.round + 1, reports: vec![None; entries.len()], entries, ..Self::default() };
    }

    /// Forgets what was asked for.
    pub(super) fn forget(&mut self) {
        self.compare(Vec::new());
    }

    /// Whether there is something to train, to wait for or to compute.
    pub(super) fn is_pending(&self) -> bool {
        !self.entries.is_empty()
    }

    /// The next training: of which comparison, its place, its model and its epochs.
    pub(super) fn next(&mut self) -> Option<(u32, usize, ModelSpec, u32)> {
        let entry = self.entries.get(self.given)?;
        self.given += 1;
        Some((self.round, self.given - 1, entry.model.clone(), entry.epochs))
    }

    /// A training ended.
    pub(super) fn end(&mut self, (round, at): (u32, usize), outcome: Outcome, study: &Study) {
        if round != self.round {
            return;
        }
        self.reports[at] = Some(match outcome {
            Outcome::Done(report) => Some(report),
            Outcome::Failed { .. } => None,
        });
        if self.reports.iter().all(Option::is_some) {
            self.bootstraps = bootstraps(&self.trained(), study);
        }
    }

    /// Works on the intervals; whether there is more to do.
    pub(super) fn advance(&mut self, work: u32, study: &Study, events: &mut Vec<Event>) -> bool {
        if !self.is_pending() || self.reports.iter().any(Option::is_none) {
            return false;
        }
        // One metric after the other: each draws for about so much work.
        for (_, _, bootstrap) in &mut self.bootstraps {
            if !bootstrap.advance(work) {
                return true;
            }
        }
        events.push(Event::Candidates { candidates: self.result(study) });
        self.forget();
        false
    }

    /// Those that were trained.
    fn trained(&self) -> Vec<(&Entry, &FitReport)> {
        let reports = self.reports.iter().map(|report| report.as_ref().and_then(Option::as_ref));
        self.entries.iter().zip(reports).filter_map(|(entry, report)| Some((entry, report?))).collect()
    }

    /// All of them, best objective first, in groups.
    fn result(&self, study: &Study) -> Vec<Candidate> {
        let (trained, objective) = (self.trained(), study.objective);
        let mut order: Vec<usize> = (0..trained.len()).collect();
        let loss = |at: &usize| objective.loss(trained[*at].1.value);
        crate::order::sort(&mut order, |a, b| loss(a).total_cmp(&loss(b)));
        let drawn = |metric| self.bootstraps.iter().find(|one| one.0 == metric);
        let difference = |at: usize, other: usize| {
            drawn(objective).map_or(UNKNOWN, |(_, _, bootstrap)| bootstrap.difference(at, other))
        };
        let groups = groups(&order, |at, leader| difference(at, leader).holds_zero());
        let estimate = |at: usize, metric, value| {
            let own = drawn(metric)
                .and_then(|(_, has, bootstrap)| Some(bootstrap.estimate(has.iter().position(|known| *known == at)?)));
            own.unwrap_or(Estimate { value, low: None, high: None })
        };
        let candidate = |(&at, group): (&usize, u32)| {
            let (entry, report) = trained[at];
            let figures = report.metrics.0.iter().map(|&(metric, value)| (metric, estimate(at, metric, value)));
            Candidate {
                number: entry.number,
                model: entry.model.clone(),
                epochs: entry.epochs,
                figures: ByMetric(figures.collect()),
                difference: difference(at, order[0]),
                group,
            }
        };
        order.iter().zip(groups).map(candidate).collect()
    }
}

const UNKNOWN: Estimate = Estimate { value: f64::NAN, low: None, high: None };

/// The resamples of each metric, of all candidates that have it.
fn bootstraps(trained: &[(&Entry, &FitReport)], study: &Study) -> Vec<(MetricSpec, Vec<usize>, Bootstrap)> {
    let bootstrap = |metric: MetricSpec| {
        let has = |at: &usize| trained[*at].1.users.of(metric).is_some();
        let has: Vec<usize> = (0..trained.len()).filter(has).collect();
        let sums: Vec<_> = has.iter().map(|at| &trained[*at].1.users).collect();
        (!has.is_empty()).then(|| (metric, has, Bootstrap::new(metric, &sums, study.seed)))
    };
    MetricSpec::ALL.into_iter().filter_map(bootstrap).collect()
}

/// Numbers of groups, from 1: each begins with the best of those that are left, its leader, and holds all of them that can not
/// be told from it.
fn groups(order: &[usize], tied: impl Fn(usize, usize) -> bool) -> Vec<u32> {
    let mut groups = vec![0; order.len()];
    let mut group = 0;
    while let Some(leader) = groups.iter().position(|group| *group == 0) {
        group += 1;
        for at in leader..order.len() {
            if groups[at] == 0 && (at == leader || tied(order[at], order[leader])) {
                groups[at] = group;
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_what_can_not_be_told_from_its_best() {
        // Told apart by more than 10; the third is tied with the second and not with the first.
        let values = [0_i32, 8, 15, 30, 31];
        let tied = |at: usize, leader: usize| values[at] - values[leader] <= 10;
        assert_eq!(groups(&[0, 1, 2, 3, 4], tied), [1, 1, 2, 3, 3]);
        assert_eq!(groups(&[], tied), [0_u32; 0]);
    }
}
