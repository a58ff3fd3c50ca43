//! The axes of a run: one for each searched parameter, and the objective's as the last. And the brushes on them: the
//! intervals that keep some trials and let the others fade. Pure.

use libm::{log, pow};

use super::ticks::{log_ticks, ticks};
use crate::study::{Range, Value};
use crate::ui::format::{fine, short};
use crate::ui::run::{Run, Trial};

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The parameter; the objective has none.
    pub param: Option<(String, Range)>,
    /// Its place among the run's axes.
    pub nth: usize,
    /// The coordinates at its ends: 0 and 1 for a parameter, figures for the objective.
    pub domain: (f64, f64),
}

/// An interval on an axis, in the axis' coordinates. Trials outside fade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    /// The axis' place among the run's axes.
    pub axis: usize,
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
}

impl Axis {
    /// The axis of a parameter.
    pub fn of<'a>(axes: &'a [Self], parameter: &str) -> Option<&'a Self> {
        axes.iter().find(|axis| axis.param.as_ref().is_some_and(|(name, _)| name == parameter))
    }

    /// All axes of a run; none before anything is known of its objective.
    #[must_use]
    pub fn all(run: &Run) -> Vec<Self> {
        let Some(domain) = run.extent() else { return Vec::new() };
        let params = run.dimensions.iter().cloned().map(|param| (Some(param), (0.0, 1.0)));
        let all = params.chain([(None, domain)]).enumerate();
        all.map(|(nth, (param, domain))| Self { param, nth, domain }).collect()
    }

    /// Where a trial stands on it, if it does.
    #[must_use]
    pub fn at(&self, trial: &Trial) -> Option<f64> {
        match self.param {
            Some(_) => trial.places.get(self.nth).copied()?,
            None => trial.value,
        }
    }

    /// The same from 0 at the low end to 1 at the high end, and never beyond.
    #[must_use]
    pub fn unit(&self, trial: &Trial) -> Option<f64> {
        let (low, high) = self.domain;
        self.at(trial).map(|at| ((at - low) / (high - low)).clamp(0.0, 1.0))
    }

    /// About so many round values along it: their coordinates and labels.
    #[must_use]
    pub fn ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        let numbers = match &self.param {
            None => ticks(self.domain, wanted, false),
            Some((_, Range::Float { low, high, log: true, .. } | Range::Int { low, high, log: true, .. })) => {
                log_ticks((*low, *high), wanted)
            }
            Some((_, Range::Float { low, high, .. })) => ticks((*low, *high), wanted, false),
            Some((_, Range::Int { low, high, .. })) => ticks((*low, *high), wanted, true),
            Some((_, range @ Range::Categorical { choices })) => {
                let named = |choice: &Value| Some((place(range, choice)?, choice.to_string()));
                return choices.iter().filter_map(named).collect();
            }
            Some((_, Range::Fixed { .. })) => Vec::new(),
        };
        let at = |number: f64| self.param.as_ref().map_or(Some(number), |(_, range)| place(range, &number.into()));
        numbers.into_iter().filter_map(|tick| Some((at(tick.value)?, tick.label))).collect()
    }

    /// What a coordinate means.
    #[must_use]
    pub fn name(&self, at: f64) -> String {
        match &self.param {
            None => fine(at),
            Some((_, Range::Float { low, high, log, .. } | Range::Int { low, high, log, .. })) => {
                short(if *log { low * pow(high / low, at) } else { low + at * (high - low) })
            }
            Some((_, Range::Categorical { choices })) => {
                let last = choices.len().saturating_sub(1);
                choices.get(((at * choices.len() as f64) as usize).min(last)).map(Value::to_string).unwrap_or_default()
            }
            Some((_, Range::Fixed { value })) => value.to_string(),
        }
    }
}

/// Whether every brush holds the trial.
#[must_use]
pub fn keeps(brushes: &[Brush], axes: &[Axis], trial: &Trial) -> bool {
    brushes.iter().all(|brush| {
        let at = axes.get(brush.axis).and_then(|axis| axis.at(trial));
        at.is_some_and(|at| (brush.low..=brush.high).contains(&at))
    })
}

/// The brush on the objective that keeps its best tenth, at least one trial.
#[must_use]
pub fn best_tenth(run: &Run, axes: &[Axis]) -> Option<Brush> {
    let loss = |value: f64| run.study.objective.loss(value);
    let mut losses: Vec<f64> = run.ranked().map(|(_, value)| loss(value)).collect();
    crate::order::sort(&mut losses, f64::total_cmp);
    let (least, last) = (*losses.first()?, losses[losses.len().div_ceil(10) - 1]);
    // The loss is the value or its negative, so the same function leads back.
    let (a, b) = (loss(least), loss(last));
    Some(Brush { axis: axes.len().checked_sub(1)?, low: a.min(b), high: a.max(b) })
}

/// A value's place in its range, from 0 to 1.
#[must_use]
pub fn place(range: &Range, value: &Value) -> Option<f64> {
    match range {
        Range::Float { low, high, log: is_log, .. } | Range::Int { low, high, log: is_log, .. } => {
            let number = value.as_number()?.clamp(*low, *high);
            let between =
                |number: f64, low: f64, high: f64| if low < high { (number - low) / (high - low) } else { 0.5 };
            Some(if *is_log { between(log(number), log(*low), log(*high)) } else { between(number, *low, *high) })
        }
        Range::Categorical { choices } => {
            let at = choices.iter().position(|choice| choice == value)?;
            Some((at as f64 + 0.5) / choices.len() as f64)
        }
        Range::Fixed { .. } => Some(0.5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    fn run() -> Run {
        recorded::shown(20)
    }

    #[test]
    fn values_stand_where_their_range_puts_them() {
        let log = Range::Float { low: 0.01, high: 1.0, log: true, step: None };
        assert!((place(&log, &0.1.into()).unwrap() - 0.5).abs() < 1e-12);
        // A link's figures are rounded, and may lie a hair outside.
        assert_eq!(place(&log, &1.001.into()), Some(1.0));
        assert_eq!(place(&Range::Int { low: 0.0, high: 10.0, log: false, step: None }, &4.0.into()), Some(0.4));
        let names = Range::Categorical { choices: vec!["a".into(), "b".into()] };
        assert_eq!([place(&names, &"a".into()), place(&names, &"c".into())], [Some(0.25), None]);
        let axis = Axis { param: Some(("p".into(), log)), nth: 0, domain: (0.0, 1.0) };
        assert_eq!(axis.ticks(4).iter().map(|tick| tick.1.as_str()).collect::<Vec<_>>(), ["0.01", "0.05", "0.2", "1"]);
        assert_eq!([axis.name(0.0), axis.name(0.5)], ["0.01", "0.1"]);
        let axis = Axis { param: Some(("p".into(), names)), nth: 0, domain: (0.0, 1.0) };
        assert_eq!(axis.ticks(9), [(0.25, "a".to_owned()), (0.75, "b".to_owned())]);
        assert_eq!([axis.name(0.1), axis.name(1.0)], ["a", "b"]);
    }

    #[test]
    fn a_brush_keeps_what_it_holds() {
        let run = run();
        let axes = Axis::all(&run);
        assert_eq!(axes.len(), 4);
        let kept = |brushes: &[Brush]| run.trials.values().filter(|trial| keeps(brushes, &axes, trial)).count();
        assert_eq!(kept(&[]), 20);
        // Values wobble by number x 7 mod 11, so two of twenty are the lowest.
        let best = best_tenth(&run, &axes).unwrap();
        assert_eq!((best.axis, kept(&[best])), (3, 2));
        assert_eq!(kept(&[best, Brush { axis: 0, low: 2.0, high: 3.0 }]), 0);
        assert_eq!(kept(&[Brush { axis: 9, low: 0.0, high: 1.0 }]), 0);
    }
}
