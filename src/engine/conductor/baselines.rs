//! What every result is held against: the goal's baselines, each tuned on ten Sobol points of its own, outside the study's
//! budget.

use std::collections::BTreeMap;

use crate::engine::random::Purpose;
use crate::engine::search::{History, Search};
use crate::error::Error;
use crate::protocol::{Baseline, Event, FitReport, Outcome};
use crate::study::{Dimension, MetricSpec, ModelKind, ModelSpec, SamplerKind, Space, Study, Value};

/// Points that each may try.
const POINTS: usize = 10;

/// The baselines' own searches.
#[derive(Debug)]
pub(super) struct Baselines {
    objective: MetricSpec,
    searches: Vec<Own>,
}

#[derive(Debug)]
struct Own {
    points: Vec<ModelSpec>,
    /// Points given out.
    given: usize,
    /// Points ended.
    ended: usize,
    /// The best point so far, the earliest of equals.
    best: Option<(usize, FitReport)>,
    baseline: Option<Baseline>,
}

impl Baselines {
    pub(super) fn new(study: &Study) -> Result<Self, Error> {
        let searches = study.goal.baselines().map(|model| {
            let points = points(model, study)?;
            Ok(Own { points, given: 0, ended: 0, best: None, baseline: None })
        });
        Ok(Self { objective: study.objective, searches: searches.into_iter().collect::<Result<_, Error>>()? })
    }

    /// The next point to train: baseline, point and model.
    pub(super) fn next(&mut self) -> Option<(usize, usize, ModelSpec)> {
        let (which, own) = self.searches.iter_mut().enumerate().find(|(_, own)| own.given < own.points.len())?;
        let point = own.given;
        own.given += 1;
        Some((which, point, own.points[point].clone()))
    }

    pub(super) fn end(&mut self, which: usize, point: usize, outcome: Outcome, events: &mut Vec<Event>) {
        let own = &mut self.searches[which];
        own.ended += 1;
        if let Outcome::Done(report) = outcome {
            let loss = |report: &FitReport| self.objective.loss(report.value);
            let better = |(at, best): &(usize, FitReport)| (loss(&report), point) < (loss(best), *at);
            if own.best.as_ref().is_none_or(better) {
                own.best = Some((point, report));
            }
        }
        if own.ended == own.points.len()
            && let Some((point, report)) = own.best.take()
        {
            let model = own.points[point].clone();
            let baseline = Baseline {
                model,
                epochs: report.epochs,
                value: report.value,
                metrics: report.metrics,
                points: u32::try_from(own.points.len()).unwrap_or(u32::MAX),
                users: report.users,
            };
            events.push(Event::BaselineEnded(Box::new(baseline.clone())));
            own.baseline = Some(baseline);
        }
    }

    pub(super) fn ended(&self) -> impl Iterator<Item = &Baseline> {
        self.searches.iter().filter_map(|own| own.baseline.as_ref())
    }
}

/// A model's ten points; one where it has no parameters. A parameter that a group sets is searched itself, the group not.
fn points(model: ModelKind, study: &Study) -> Result<Vec<ModelSpec>, Error> {
    let dimensions = model.parameters().iter().filter(|info| info.sets.is_empty()).map(|info| Dimension {
        name: info.name.to_owned(),
        range: info.default_range(),
        when: BTreeMap::new(),
    });
    let space = Space::new(dimensions.collect())?;
    let mut search = Search::with_purpose(SamplerKind::Sobol, space, study.seed, Purpose::Baseline)?;
    let asked = std::iter::from_fn(|| search.ask(History { told: &[], pending: &[] }));
    let specs = asked.take(POINTS).map(|proposal| {
        let settings: Vec<(&str, Value)> =
            proposal.point.0.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        model.with(&settings)
    });
    specs.collect()
}
