//! Best values that lie at the end of what was searched: the best there is may lie beyond. Pure.

use crate::study::catalog::Domain;
use crate::study::{ModelKind, Range, Stopping};
use crate::ui::run::Run;

/// A best value at the end of what was searched.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The parameter of a model; none for the epochs.
    pub param: Option<(ModelKind, &'static str)>,
    /// Whether it lies at the high end.
    pub high: bool,
    /// The best value.
    pub value: f64,
    /// The end itself.
    pub end: f64,
    /// A wider end that the catalog allows.
    pub to: f64,
}

/// How near to an end is at the end, as a part of the range: a sampler seldom meets it exactly.
const NEAR: f64 = 0.02;

/// What of the best trial lies at an end that can be widened.
#[must_use]
pub fn edges(run: &Run) -> Vec<Edge> {
    let (Some(best), Ok(space)) = (run.best_trial(), run.study.space()) else { return Vec::new() };
    let mut edges = Vec::new();
    for one in space.dimensions() {
        // With several models in a study the model stands before the parameter's name.
        let name = one.name.rsplit('.').next().unwrap_or_default();
        let value = best.params.get(&one.name).and_then(crate::study::Value::as_number);
        let (Some(value), Ok(info)) = (value, best.model.parameter(name)) else { continue };
        if let Some((high, end, to)) = wider(&one.range, info.domain, value) {
            edges.push(Edge { param: Some((best.model, info.name)), high, value, end, to });
        }
    }
    if let Stopping::Early { max_epochs, .. } = run.study.stopping
        && best.epochs == max_epochs
        && best.model.is_iterative()
    {
        let end = f64::from(max_epochs);
        edges.push(Edge { param: None, high: true, value: end, end, to: 2.0 * end });
    }
    edges
}

/// The end at which a value lies, whether it is the high one, and one beyond it.
fn wider(range: &Range, domain: Domain, value: f64) -> Option<(bool, f64, f64)> {
    let (&Range::Float { low, high, log, step } | &Range::Int { low, high, log, step }) = range else { return None };
    let (least, most) = match domain {
        Domain::Float { low, high, .. } | Domain::Int { low, high } => (low, high),
        Domain::Choice(_) | Domain::Bool => return None,
    };
    let unit =
        |value: f64| if log { libm::log(value / low) / libm::log(high / low) } else { (value - low) / (high - low) };
    if low >= high {
        return None;
    }
    let half = step.map_or((high - low) / 2.0, |step| ((high - low) / 2.0 / step).ceil() * step);
    let whole = |to: f64| if matches!(domain, Domain::Int { .. }) { to.round() } else { to };
    if unit(value) >= 1.0 - NEAR {
        let to = whole(if log { 2.0 * high } else { high + half }).min(most);
        (to > high).then_some((true, high, to))
    } else if unit(value) <= NEAR {
        let to = whole(if log { low / 2.0 } else { low - half }).max(least);
        // A logarithm has no zero, and some parameters have none either.
        let to = if to <= 0.0 && (log || matches!(domain, Domain::Float { above: true, .. })) { low / 2.0 } else { to };
        (to < low).then_some((false, low, to))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Domain = Domain::Float { low: 0.0, high: 10.0, above: true };

    #[test]
    fn an_end_is_widened_as_far_as_the_catalog_allows() {
        let log = Range::Float { low: 0.01, high: 1.0, log: true, step: None };
        assert_eq!(wider(&log, FREE, 0.99), Some((true, 1.0, 2.0)));
        assert_eq!(wider(&log, FREE, 0.0101), Some((false, 0.01, 0.005)));
        assert_eq!(wider(&log, FREE, 0.1), None);
        let linear = Range::Float { low: 1.0, high: 9.0, log: false, step: None };
        assert_eq!(wider(&linear, FREE, 9.0), Some((true, 9.0, 10.0)));
        assert_eq!(wider(&linear, FREE, 1.0), Some((false, 1.0, 0.5)));
        assert_eq!(wider(&Range::Float { low: 1.0, high: 10.0, log: false, step: None }, FREE, 10.0), None);
    }

    #[test]
    fn counts_stay_whole_and_steps_stay_steps() {
        let counts = Domain::Int { low: 1.0, high: 4096.0 };
        let int = |low, high, log, step| Range::Int { low, high, log, step };
        assert_eq!(wider(&int(5.0, 32.0, true, None), counts, 5.0), Some((false, 5.0, 3.0)));
        assert_eq!(wider(&int(1.0, 32.0, true, None), counts, 1.0), None);
        assert_eq!(wider(&int(10.0, 40.0, false, Some(10.0)), counts, 40.0), Some((true, 40.0, 60.0)));
        assert_eq!(wider(&int(7.0, 7.0, false, None), counts, 7.0), None);
    }
}
