//! The search space: dimensions with ranges and conditions, and the way from the unit cube to a point.
//!
//! `u` is a coordinate in [0, 1). A range maps equal parts of [0, 1) to equally likely values: on the logarithm where
//! `log` is set, and with integers and steps widened by half a step at either end, so that the end values are as likely
//! as the others.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::value::{Point, Value};
use crate::error::Error;
use crate::fields::{Fields, FromFields, Misfit, Misfits, deserialize};

/// How many values a continuous range contributes to a grid.
pub const GRID_LEVELS: u64 = 5;

/// The values that a parameter may take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Range {
    /// Real numbers from `low` to `high`.
    Float {
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
        /// Search on the logarithm.
        log: bool,
        /// Only `low`, `low + step`, ...
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<f64>,
    },
    /// Whole numbers from `low` to `high`.
    Int {
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
        /// Search on the logarithm.
        log: bool,
        /// Only `low`, `low + step`, ...
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<f64>,
    },
    /// One of several.
    Categorical {
        /// The choices.
        choices: Vec<Value>,
    },
    /// Not searched.
    Fixed {
        /// The one value.
        value: Value,
    },
}

deserialize!(Range);

impl FromFields for Range {
    fn from_fields(fields: &mut Fields, misfits: &mut Misfits) -> Self {
        let kind: String = fields.take("type", misfits);
        let log = fields.take_or("log", false, misfits);
        let step = fields.take("step", misfits);
        match kind.as_str() {
            "float" => Self::Float { low: fields.take("low", misfits), high: fields.take("high", misfits), log, step },
            "int" => Self::Int { low: fields.take("low", misfits), high: fields.take("high", misfits), log, step },
            "categorical" => Self::Categorical { choices: fields.take("choices", misfits) },
            "fixed" => Self::Fixed { value: fields.take("value", misfits) },
            other => {
                misfits.add(Misfit::unknown("type", other));
                Self::Categorical { choices: Vec::new() }
            }
        }
    }
}

impl Range {
    /// Whether there is anything to search.
    #[must_use]
    pub fn is_searched(&self) -> bool {
        !matches!(self, Self::Fixed { .. })
    }

    /// Checks that the range holds at least one value and is what it says.
    ///
    /// # Errors
    /// Upside down, logarithmic from zero, a bad step, or no choices.
    pub fn check(&self, parameter: &str) -> Result<(), Error> {
        let parameter = parameter.to_owned();
        match *self {
            Self::Float { low, high, log, step } | Self::Int { low, high, log, step } => {
                let whole = matches!(self, Self::Int { .. });
                for bound in [low, high] {
                    if !bound.is_finite() || (whole && bound.fract() != 0.0) {
                        let allowed = if whole { "whole numbers" } else { "finite numbers" }.to_owned();
                        return Err(Error::OutsideDomain { parameter, value: bound.to_string(), allowed });
                    }
                }
                if low > high {
                    return Err(Error::UpsideDown { parameter, low, high });
                }
                if log && low <= 0.0 {
                    return Err(Error::LogOfZero { parameter, low });
                }
                match step {
                    Some(step) if !(step.is_finite() && step > 0.0) || (whole && step.fract() != 0.0) => {
                        Err(Error::BadStep { parameter, step })
                    }
                    _ => Ok(()),
                }
            }
            Self::Categorical { ref choices } => {
                if choices.is_empty() {
                    return Err(Error::NoChoices { parameter });
                }
                let repeated = choices.iter().enumerate().find(|(at, choice)| choices[..*at].contains(choice));
                repeated
                    .map_or(Ok(()), |(_, choice)| Err(Error::Repeated { parameter: format!("{parameter}={choice}") }))
            }
            Self::Fixed { .. } => Ok(()),
        }
    }

    /// The number of different values, or `None` for a continuous range.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        match *self {
            Self::Float { low, high, .. } if low == high => Some(1),
            Self::Float { step: None, .. } => None,
            Self::Float { low, high, step: Some(step), .. } => Some(steps(low, high, step)),
            Self::Int { low, high, step, .. } => Some(steps(low, high, step.unwrap_or(1.0))),
            Self::Categorical { ref choices } => Some(choices.len() as u64),
            Self::Fixed { .. } => Some(1),
        }
    }

    /// All different values, or `None` for a continuous range.
    #[must_use]
    pub fn values(&self) -> Option<Vec<Value>> {
        let stepped = |low: f64, high: f64, step: f64| {
            (0..steps(low, high, step)).map(|level| Value::from(low + step * level as f64)).collect()
        };
        match *self {
            Self::Float { low, high, .. } if low == high => Some(vec![low.into()]),
            Self::Float { step: None, .. } => None,
            Self::Float { low, high, step: Some(step), .. } => Some(stepped(low, high, step)),
            Self::Int { low, high, step, .. } => Some(stepped(low, high, step.unwrap_or(1.0))),
            Self::Categorical { ref choices } => Some(choices.clone()),
            Self::Fixed { ref value } => Some(vec![value.clone()]),
        }
    }

    /// The value at `u` in [0, 1).
    #[must_use]
    pub fn value_at(&self, u: f64) -> Value {
        match *self {
            Self::Float { low, high, log, step: None } => between(low, high, log, u).clamp(low, high).into(),
            Self::Float { low, high, log, step: Some(step) } => stepped(low, high, log, step, u).into(),
            Self::Int { low, high, log, step } => stepped(low, high, log, step.unwrap_or(1.0), u).into(),
            Self::Categorical { ref choices } => {
                choices[((u * choices.len() as f64) as usize).min(choices.len() - 1)].clone()
            }
            Self::Fixed { ref value } => value.clone(),
        }
    }

    /// The coordinates that [`Self::value_at`] maps to a value, from and to: a single one where the range is continuous,
    /// `None` for a value that the range does not hold.
    #[must_use]
    pub fn cell(&self, value: &Value) -> Option<(f64, f64)> {
        match *self {
            Self::Float { low, high, .. } | Self::Int { low, high, .. } if low == high => {
                (value.as_number() == Some(low)).then_some((0.0, 1.0))
            }
            Self::Float { low, high, log, step: None } => {
                let number = value.as_number().filter(|number| (low..=high).contains(number))?;
                let at = inverse_between(low, high, log, number).clamp(0.0, 1.0);
                Some((at, at))
            }
            Self::Float { low, high, log, step: Some(step) } => stepped_cell(low, high, log, step, value.as_number()?),
            Self::Int { low, high, log, step } => stepped_cell(low, high, log, step.unwrap_or(1.0), value.as_number()?),
            Self::Categorical { ref choices } => {
                let at = choices.iter().position(|choice| choice == value)? as f64;
                let count = choices.len() as f64;
                Some((at / count, (at + 1.0) / count))
            }
            Self::Fixed { value: ref fixed } => (fixed == value).then_some((0.0, 1.0)),
        }
    }

    /// The values that stand for this range in a grid: all of a stepped or categorical one, and [`GRID_LEVELS`] spread
    /// evenly from end to end of the others, on the logarithm where that is searched.
    #[must_use]
    pub fn grid(&self) -> Vec<Value> {
        match *self {
            Self::Float { low, high, log, step: None } => {
                let levels = if low == high { 1 } else { GRID_LEVELS };
                let unit = |level| level as f64 / (levels.max(2) - 1) as f64;
                (0..levels).map(|level| between(low, high, log, unit(level)).clamp(low, high).into()).collect()
            }
            Self::Int { low, high, log, step: None } => {
                let levels = GRID_LEVELS.min(steps(low, high, 1.0));
                let unit = |level| level as f64 / (levels.max(2) - 1) as f64;
                let mut values: Vec<f64> =
                    (0..levels).map(|level| between(low, high, log, unit(level)).round()).collect();
                values.dedup();
                values.into_iter().map(Value::from).collect()
            }
            _ => self.values().unwrap_or_default(),
        }
    }

    /// How many values [`Self::grid`] has. They are not made for it: a step can be so small that no memory would hold them.
    fn grid_len(&self) -> u64 {
        match self {
            Self::Float { step: None, .. } | Self::Int { step: None, .. } => self.grid().len() as u64,
            _ => self.count().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Range {
    /// What is allowed, for a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float { low, high, step: None, .. } => write!(f, "from {low} to {high}"),
            Self::Int { low, high, step: None, .. } => write!(f, "whole numbers from {low} to {high}"),
            Self::Float { low, high, step: Some(step), .. } | Self::Int { low, high, step: Some(step), .. } => {
                write!(f, "from {low} to {high} in steps of {step}")
            }
            Self::Categorical { choices } => {
                f.write_str(&choices.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
            }
            Self::Fixed { value } => write!(f, "{value}"),
        }
    }
}

/// How many of low, low + step, ... are at most high. The tolerance admits a high end that rounding put a hair below.
fn steps(low: f64, high: f64, step: f64) -> u64 {
    ((high - low) / step + 1e-9).floor() as u64 + 1
}

/// The number at `u` between `low` and `high`, on the logarithm if asked.
fn between(low: f64, high: f64, log: bool, u: f64) -> f64 {
    // The ends are exact: exp(log(x)) may miss x by a bit.
    if u <= 0.0 {
        low
    } else if u >= 1.0 {
        high
    } else if log {
        let (low, high) = (libm::log(low), libm::log(high));
        libm::exp(low + u * (high - low))
    } else {
        low + u * (high - low)
    }
}

/// The coordinate of a number between `low` and `high`: undoes [`between`] up to rounding.
fn inverse_between(low: f64, high: f64, log: bool, number: f64) -> f64 {
    if log {
        (libm::log(number) - libm::log(low)) / (libm::log(high) - libm::log(low))
    } else {
        (number - low) / (high - low)
    }
}

/// The ends of a stepped range on the logarithm: half a step wider, the lowest kept above zero.
fn widened(low: f64, last: f64, step: f64) -> (f64, f64) {
    ((low - step / 2.0).max(low / 2.0), low + last * step + step / 2.0)
}

/// The step at `u`: the range is widened by half a step at either end.
fn stepped(low: f64, high: f64, log: bool, step: f64, u: f64) -> f64 {
    let last = (steps(low, high, step) - 1) as f64;
    let level = if log {
        let (from, to) = widened(low, last, step);
        let number = between(from, to, true, u);
        ((number - low) / step).round()
    } else {
        (u * (last + 1.0)).floor()
    };
    low + step * level.clamp(0.0, last)
}

/// The coordinates of a step: undoes [`stepped`].
fn stepped_cell(low: f64, high: f64, log: bool, step: f64, number: f64) -> Option<(f64, f64)> {
    let last = (steps(low, high, step) - 1) as f64;
    let level = ((number - low) / step).round();
    if !(0.0..=last).contains(&level) || low + step * level != number {
        return None;
    }
    if !log {
        return Some((level / (last + 1.0), (level + 1.0) / (last + 1.0)));
    }
    let (from, to) = widened(low, last, step);
    let at = |edge: f64| inverse_between(from, to, true, (low + step * edge).clamp(from, to));
    Some((at(level - 0.5), at(level + 0.5)))
}

/// One dimension of the search.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dimension {
    /// The parameter's name.
    pub name: String,
    /// Its values.
    #[serde(flatten)]
    pub range: Range,
    /// It exists only where each of these earlier parameters has one of the values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Vec<Value>>,
}

impl FromFields for Dimension {
    fn from_fields(fields: &mut Fields, misfits: &mut Misfits) -> Self {
        let when = fields.take_or("when", BTreeMap::new(), misfits);
        Self { name: fields.take("name", misfits), range: Range::from_fields(fields, misfits), when }
    }
}

deserialize!(Dimension);

impl Dimension {
    /// Whether it exists, given the parameters chosen so far.
    #[must_use]
    pub fn is_active(&self, point: &Point) -> bool {
        self.when.iter().all(|(on, values)| point.get(on).is_some_and(|value| values.contains(value)))
    }
}

/// A checked search space.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Space {
    dimensions: Vec<Dimension>,
}

impl Space {
    /// Checks ranges, names and conditions.
    ///
    /// # Errors
    /// A bad range, a name given twice, or a condition on a parameter that does not stand before.
    pub fn new(dimensions: Vec<Dimension>) -> Result<Self, Error> {
        for (at, dimension) in dimensions.iter().enumerate() {
            dimension.range.check(&dimension.name)?;
            let earlier = &dimensions[..at];
            if earlier.iter().any(|other| other.name == dimension.name) {
                return Err(Error::Repeated { parameter: dimension.name.clone() });
            }
            for on in dimension.when.keys() {
                if !earlier.iter().any(|other| other.name == *on) {
                    return Err(Error::BadCondition { parameter: dimension.name.clone(), on: on.clone() });
                }
            }
        }
        Ok(Self { dimensions })
    }

    /// The dimensions, in order.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The point at the unit coordinates that `unit` gives for each active dimension, by its index.
    pub fn point_at(&self, mut unit: impl FnMut(usize) -> f64) -> Point {
        let mut point = Point::default();
        for (at, dimension) in self.dimensions.iter().enumerate() {
            if dimension.is_active(&point) {
                point.0.push((dimension.name.clone(), dimension.range.value_at(unit(at))));
            }
        }
        point
    }

    /// The number of different points, or `None` if it is infinite or beyond u64.
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        self.count_by(Range::count)
    }

    /// The number of points of the grid, or `None` beyond u64.
    #[must_use]
    pub fn grid_count(&self) -> Option<u64> {
        self.count_by(|range| Some(range.grid_len()))
    }

    /// Counts the points by the number of values per range. Dimensions that others depend on are walked value by value.
    fn count_by(&self, count: impl Fn(&Range) -> Option<u64> + Copy) -> Option<u64> {
        self.count_from(0, &Point::default(), count)
    }

    fn count_from(&self, at: usize, point: &Point, count: impl Fn(&Range) -> Option<u64> + Copy) -> Option<u64> {
        let Some(dimension) = self.dimensions.get(at) else { return Some(1) };
        if !dimension.is_active(point) {
            return self.count_from(at + 1, point, count);
        }
        let branches = self.dimensions[at + 1..].iter().any(|later| later.when.contains_key(&dimension.name));
        if branches && let Range::Categorical { choices } = &dimension.range {
            return choices.iter().try_fold(0_u64, |sum, choice| {
                let mut point = point.clone();
                point.0.push((dimension.name.clone(), choice.clone()));
                sum.checked_add(self.count_from(at + 1, &point, count)?)
            });
        }
        count(&dimension.range)?.checked_mul(self.count_from(at + 1, point, count)?)
    }

    /// The grid's point of a number below [`Self::grid_count`].
    #[must_use]
    pub fn grid_point(&self, number: u64) -> Point {
        self.point_by(number, Range::grid)
    }

    /// The point of a number below [`Self::count`], where that is finite.
    #[must_use]
    pub fn nth_point(&self, number: u64) -> Point {
        self.point_by(number, |range| range.values().unwrap_or_default())
    }

    /// The point whose mixed-radix digits over the given values are `number`, first dimension slowest.
    fn point_by(&self, number: u64, values: impl Fn(&Range) -> Vec<Value> + Copy) -> Point {
        let mut point = Point::default();
        let mut rest = number;
        for (at, dimension) in self.dimensions.iter().enumerate() {
            if !dimension.is_active(&point) {
                continue;
            }
            for value in values(&dimension.range) {
                let mut with = point.clone();
                with.0.push((dimension.name.clone(), value));
                let below = self.count_from(at + 1, &with, |range| Some(values(range).len() as u64));
                let below = below.unwrap_or(u64::MAX);
                if rest < below {
                    point = with;
                    break;
                }
                rest -= below;
            }
        }
        point
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(low: f64, high: f64, log: bool) -> Range {
        Range::Int { low, high, log, step: None }
    }

    #[test]
    fn every_integer_is_reached_at_the_ends_of_the_unit_interval() {
        for log in [false, true] {
            let range = int(4.0, 32.0, log);
            assert_eq!(range.value_at(0.0), Value::Number(4.0));
            assert_eq!(range.value_at(1.0 - 1e-12), Value::Number(32.0));
        }
        assert_eq!(int(1.0, 3.0, true).value_at(0.0), Value::Number(1.0));
    }

    #[test]
    fn a_log_range_has_its_geometric_mean_in_the_middle() {
        let range = Range::Float { low: 0.001, high: 0.1, log: true, step: None };
        let middle = range.value_at(0.5).as_number().unwrap();
        assert!((middle - 0.01).abs() < 1e-12);
    }

    #[test]
    fn a_cell_holds_the_coordinates_of_its_value() {
        let float = |low, high, log, step| Range::Float { low, high, log, step };
        let ranges = [
            int(4.0, 32.0, true),
            int(-3.0, 5.0, false),
            int(1.0, 3.0, true),
            float(0.0, 0.3, false, Some(0.1)),
            float(0.1, 0.9, true, Some(0.2)),
            float(0.001, 0.1, true, None),
            float(-5.0, 10.0, false, None),
            float(2.0, 2.0, false, None),
            Range::Categorical { choices: vec!["a".into(), 3.0.into(), true.into()] },
        ];
        for range in ranges {
            for at in 0..100 {
                let u = (f64::from(at) + 0.5) / 100.0;
                let value = range.value_at(u);
                let (from, to) = range.cell(&value).unwrap();
                assert!(from <= u + 1e-12 && u <= to + 1e-12, "{range:?} {value} {u}: {from} {to}");
                if to > from {
                    assert_eq!(range.value_at((from + to) / 2.0), value, "{range:?}");
                }
            }
        }
        assert_eq!(int(4.0, 32.0, true).cell(&33.0.into()), None);
        assert_eq!(int(4.0, 32.0, true).cell(&4.5.into()), None);
        assert_eq!(Range::Categorical { choices: vec!["a".into()] }.cell(&"b".into()), None);
    }

    #[test]
    fn steps_that_do_not_divide_exactly_still_reach_the_end() {
        let range = Range::Float { low: 0.0, high: 0.3, log: false, step: Some(0.1) };
        assert_eq!(range.count(), Some(4));
        assert_eq!(range.grid().len(), 4);
    }

    #[test]
    fn a_grid_is_counted_without_its_values() {
        let tiny = Range::Float { low: 0.0, high: 1.0, log: false, step: Some(1e-12) };
        assert_eq!(tiny.grid_len(), 1_000_000_000_001);
        let float = |low, high, step| Range::Float { low, high, log: false, step };
        let whole = |low, high, step| Range::Int { low, high, log: false, step };
        let ranges =
            [float(0.0, 1.0, None), float(2.0, 2.0, Some(0.5)), float(0.0, 1.0, Some(0.3)), whole(1.0, 9.0, Some(4.0))];
        for range in ranges.iter().chain(&[whole(1.0, 3.0, None), int(4.0, 32.0, true)]) {
            assert_eq!(range.grid_len(), range.grid().len() as u64, "{range}");
        }
    }

    #[test]
    fn grids_of_conditional_spaces_are_counted_and_walked() {
        let when = |value: &str| BTreeMap::from([("model".to_owned(), vec![value.into()])]);
        let space = Space::new(vec![
            Dimension {
                name: "model".into(),
                range: Range::Categorical { choices: vec!["a".into(), "b".into()] },
                when: BTreeMap::new(),
            },
            Dimension { name: "a.k".into(), range: int(1.0, 3.0, false), when: when("a") },
            Dimension {
                name: "b.x".into(),
                range: Range::Float { low: 0.0, high: 1.0, log: false, step: None },
                when: when("b"),
            },
        ])
        .unwrap();
        assert_eq!(space.grid_count(), Some(3 + GRID_LEVELS));
        assert_eq!(space.count(), None);
        let mut points: Vec<String> = (0..8).map(|number| space.grid_point(number).identity()).collect();
        assert_eq!(points[0], "model=a&a.k=1");
        assert_eq!(points[7], "model=b&b.x=1");
        points.sort();
        points.dedup();
        assert_eq!(points.len(), 8);
    }

    #[test]
    fn bad_ranges_are_refused() {
        let refused = |range: Range| range.check("p").unwrap_err().code();
        assert_eq!(refused(int(3.0, 2.0, false)), "upside-down");
        assert_eq!(refused(int(0.0, 2.0, true)), "log-of-zero");
        assert_eq!(refused(int(0.5, 2.0, false)), "outside-domain");
        assert_eq!(refused(Range::Int { low: 1.0, high: 5.0, log: false, step: Some(0.5) }), "bad-step");
        assert_eq!(refused(Range::Float { low: 1.0, high: f64::NAN, log: false, step: None }), "outside-domain");
        assert_eq!(refused(Range::Categorical { choices: vec![] }), "no-choices");
        assert_eq!(refused(Range::Categorical { choices: vec!["a".into(), "a".into()] }), "repeated");
    }
}
