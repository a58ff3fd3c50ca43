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
    average: Vec<Member>,
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
        average: &[Member],
    ) {
        if self.opening.is_none() {
            let baselines = baselines.map(|baseline| (baseline.model.clone(), baseline.epochs));
            let models: Vec<(ModelSpec, u32)> = std::iter::once(winner).chain(baselines).collect();
            let reports = vec![None; models.len() + usize::from(!average.is_empty())];
            let average = average.to_vec();
            self.opening = Some(Opening { number, models, average, given: 0, reports, bootstraps: None });
        }
    }

    /// What to refit next, and its place.
    pub(super) fn next(&mut self) -> Option<(usize, Refit)> {
        let opening = self.opening.as_mut().filter(|opening| opening.given < opening.reports.len())?;
        let at = opening.given;
        opening.given += 1;
        let model = opening.models.get(at).cloned();
        Some((
            at,
            model
                .map_or_else(|| Refit::Average(opening.average.clone()), |(model, epochs)| Refit::Model(model, epochs)),
        ))
    }

    /// A refit ended. One that fails, which its validation did not, ends the opening with its error.
    pub(super) fn end(&mut self, at: usize, outcome: Outcome, study: &Study, events: &mut Vec<Event>) {
        let Some(opening) = &mut self.opening else { return };
        match outcome {
            Outcome::Done(report) => opening.reports[at] = Some(report),
            Outcome::Failed { error } => {
                events.push(Event::Refused { error });
                self.opening = None;
                return;
            }
        }
        if opening.reports.iter().all(Option::is_some) {
            let sums: Vec<_> = opening.reports.iter().flatten().map(|report| &report.users).collect();
            let bootstrap = |metric| {
                let models = if metric == study.objective { &sums[..] } else { &sums[..1] };
                (metric, Bootstrap::new(metric, models, study.seed))
            };
            opening.bootstraps = Some(sums[0].columns.iter().map(|column| bootstrap(column.metric)).collect());
        }
    }

    /// Works on the intervals; whether there is more to do.
    pub(super) fn advance(
        &mut self,
        work: u32,
        study: &Study,
        average: Option<&AverageReport>,
        events: &mut Vec<Event>,
    ) -> bool {
        let Some(bootstraps) = self.opening.as_mut().and_then(|opening| opening.bootstraps.as_mut()) else {
            return false;
        };
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

/// The winner's figures. Those that are not made of sums by user, such as the coverage, have no interval.
fn figures(winner: &FitReport, bootstraps: &[(MetricSpec, Bootstrap)]) -> Vec<(MetricSpec, Estimate)> {
    let estimate = |metric: MetricSpec, value| {
        let drawn = bootstraps.iter().find(|(own, _)| *own == metric);
        drawn.map_or(Estimate { value, low: None, high: None }, |(_, bootstrap)| bootstrap.estimate(0))
    };
    winner.metrics.0.iter().map(|&(metric, value)| (metric, estimate(metric, value))).collect()
}
