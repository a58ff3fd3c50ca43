//! The sealed test part: opened by a deliberate act, for the winner, the average of the best trials and the baselines only.

use crate::engine::metric::Bootstrap;
use crate::protocol::{
    AverageReport, Baseline, BaselineTest, ByMetric, Estimate, Event, FitReport, Member, Outcome, TestReport,
};
use crate::study::{MetricSpec, ModelSpec, Study};

/// What has been opened, and what is being measured.
#[derive(Debug)]
pub(super) struct Sealed {
    openings: u32,
    opening: Option<Opening>,
}

/// What is fitted once more.
pub(super) enum Refit {
    /// A model for so many epochs.
    Model(ModelSpec, u32),
    /// The average of several.
    Average(Vec<Member>),
}

/// One opening under way. Place 0 is the winner, then come the baselines, and then the average if there is one.
#[derive(Debug)]
struct Opening {
    /// The winner's trial number.
    number: u32,
    models: Vec<(ModelSpec, u32)>,
    given: usize,
    reports: Vec<Option<FitReport>>,
    /// The intervals, once all are measured: of the objective for all models, of the winner's other metrics for it alone.
    bootstraps: Option<Vec<(MetricSpec, Bootstrap)>>,
}

impl Sealed {
    pub(super) fn new(openings: u32) -> Self {
        Self { openings, opening: None }
    }

    pub(super) fn openings(&self) -> u32 {
        self.openings
    }

    pub(super) fn is_open_pending(&self) -> bool {
        self.opening.is_some()
    }

    /// Starts to measure; one opening at a time.
    pub(super) fn open<'a>(
        &mut self,
        number: u32,
        winner: (ModelSpec, u32),
        baselines: impl Iterator<Item = &'a Baseline>,
        with_average: bool,
    ) {
        if self.opening.is_none() {
            let baselines = baselines.map(|baseline| (baseline.model.clone(), baseline.epochs));
            let models: Vec<(ModelSpec, u32)> = std::iter::once(winner).chain(baselines).collect();
            let reports = vec![None; models.len() + usize::from(with_average)];
            self.opening = Some(Opening { number, models, given: 0, reports, bootstraps: None });
        }
    }

    /// What to refit next, and its place. `average` are the members of the average, none until they are chosen.
    pub(super) fn next(&mut self, average: &[Member]) -> Option<(usize, Refit)> {
        let opening = self.opening.as_mut().filter(|opening| opening.given < opening.reports.len())?;
        let at = opening.given;
        let refit = match opening.models.get(at).cloned() {
            Some((model, epochs)) => Refit::Model(model, epochs),
            None if average.is_empty() => return None,
            None => Refit::Average(average.to_vec()),
        };
        opening.given += 1;
        Some((at, refit))
    }

    /// A refit ended. One that fails, which its validation did not, ends the opening with its error.
    pub(super) fn end(&mut self, at: usize, outcome: Outcome, events: &mut Vec<Event>) {
        let Some(opening) = &mut self.opening else { return };
        match outcome {
            Outcome::Done(report) => opening.reports[at] = Some(report),
            Outcome::Failed { error } => {
                events.push(Event::Refused { error });
                self.opening = None;
            }
        }
    }

    /// Works on the intervals, once the average is known or will not be; whether there is more to do.
    pub(super) fn advance(
        &mut self,
        work: u32,
        study: &Study,
        average: Option<&AverageReport>,
        events: &mut Vec<Event>,
    ) -> bool {
        let Some(opening) = &mut self.opening else { return false };
        if average.is_none() {
            opening.reports.truncate(opening.models.len());
        }
        if opening.reports.iter().any(Option::is_none) {
            return false;
        }
        let bootstraps = opening.bootstraps.get_or_insert_with(|| bootstraps(&opening.reports, study));
        if !bootstraps.iter_mut().all(|(_, bootstrap)| bootstrap.advance(work)) {
            return true;
        }
        if let Some(opening) = self.opening.take() {
            self.openings += 1;
            events.extend(
                opening.report(self.openings, study, average).map(|report| Event::TestOpened(Box::new(report))),
            );
        }
        false
    }
}

impl Opening {
    fn report(self, openings: u32, study: &Study, average: Option<&AverageReport>) -> Option<TestReport> {
        let bootstraps = self.bootstraps?;
        let objective =
            bootstraps.iter().find(|(metric, _)| *metric == study.objective).map(|(_, bootstrap)| bootstrap)?;
        let reports: Vec<&FitReport> = self.reports.iter().flatten().collect();
        let last = self.models.len();
        let average = average.zip(reports.get(last)).map(|(average, report)| AverageReport {
            test: Some(report.metrics.clone()),
            difference: Some(objective.difference(0, last)),
            ..average.clone()
        });
        let baselines = (1..last).map(|at| BaselineTest {
            model: self.models[at].0.clone(),
            test: reports[at].metrics.clone(),
            difference: objective.difference(0, at),
        });
        Some(TestReport {
            number: self.number,
            model: self.models[0].0.clone(),
            epochs: self.models[0].1,
            figures: ByMetric(figures(reports[0], &bootstraps)),
            lists: reports[0].lists,
            fallback: reports[0].fallback,
            baselines: baselines.collect(),
            average,
            openings,
        })
    }
}

/// The resamples: of the objective for all that were measured, of the winner's other metrics for it alone.
fn bootstraps(reports: &[Option<FitReport>], study: &Study) -> Vec<(MetricSpec, Bootstrap)> {
    let sums: Vec<_> = reports.iter().flatten().map(|report| &report.users).collect();
    let bootstrap = |metric| {
        let models = if metric == study.objective { &sums[..] } else { &sums[..1] };
        (metric, Bootstrap::new(metric, models, study.seed))
    };
    sums[0].columns.iter().map(|column| bootstrap(column.metric)).collect()
}

/// The winner's figures. Those that are not made of sums by user, such as the coverage, have no interval.
fn figures(winner: &FitReport, bootstraps: &[(MetricSpec, Bootstrap)]) -> Vec<(MetricSpec, Estimate)> {
    let estimate = |metric: MetricSpec, value| {
        let drawn = bootstraps.iter().find(|(own, _)| *own == metric);
        drawn.map_or(Estimate { value, low: None, high: None }, |(_, bootstrap)| bootstrap.estimate(0))
    };
    winner.metrics.0.iter().map(|&(metric, value)| (metric, estimate(metric, value))).collect()
}
