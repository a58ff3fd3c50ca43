//! A Gaussian process of what has ended, whoever proposed it: what the objective may be over two dimensions.

use super::fitting::Fitting;
use super::posterior::{Aim, Posterior};
use super::{Cube, Data, History, WORSE, kernel, own_results};
use crate::engine::random::Purpose;
use crate::engine::search::Told;
use crate::study::{Seed, Space};

/// Steps along a dimension that is drawn as a continuous one, and the most values of one that is drawn in flat pieces.
const STEPS: usize = 32;
const PIECES: usize = 12;

/// A model, or the fit of one under way.
#[derive(Debug)]
pub struct Surrogate {
    cube: Cube,
    data: Data,
    fitting: Fitting,
    posterior: Option<Posterior>,
    /// The coordinates of the best trial among those that exist along both dimensions.
    held: Vec<f64>,
    axes: (usize, usize),
}

impl Surrogate {
    /// Begins to model `told` over two dimensions, given by name, the others as in the best trial that has both; that trial's
    /// place in `told` beside it. `None` where no trial with a result has both. What failed says nothing here.
    #[must_use]
    pub fn new(space: &Space, told: &[Told], names: (&str, &str)) -> Option<(Self, usize)> {
        let place = |name: &str| space.dimensions().iter().position(|dimension| dimension.name == name);
        let axes = (place(names.0)?, place(names.1)?);
        let has_both = |told: &Told| told.point.get(names.0).is_some() && told.point.get(names.1).is_some();
        let candidates = told.iter().enumerate().filter(|(_, told)| has_both(told));
        let results = candidates.filter_map(|(at, told)| Some((at, told.result()?)));
        let (best, _) = results.min_by(|a, b| a.1.total_cmp(&b.1))?;
        let cube = Cube::new(space);
        let held = cube.coordinates(space, &told[best].point);
        let told: Vec<Told> = told.iter().filter(|told| told.result().is_some()).cloned().collect();
        let data = Data::new(&cube, space, History { told: &told, pending: &[] }, own_results(&told), WORSE);
        let fitting = Fitting::new(&cube, &data, vec![kernel::neutral(cube.len())], kernel::neutral(cube.len()));
        Some((Self { cube, data, fitting, posterior: None, held, axes }, best))
    }

    /// Does about `work` units of the fit; whether there is more to do.
    pub fn advance(&mut self, mut work: u32) -> bool {
        while self.posterior.is_none() {
            if let Some(theta) = self.fitting.take_theta() {
                // Everything it knows has a result, so nothing is drawn.
                let mut rng = Seed(0).stream(Purpose::Search, 0);
                self.posterior = self.data.posterior(&self.cube, &theta, &mut rng);
                return false;
            }
            work = work.saturating_sub(self.fitting.step());
            if work == 0 {
                return true;
            }
        }
        false
    }

    /// The coordinates along either dimension at which it is worth asking, ascending from 0 to 1. Few values are two each, the
    /// ends of what stands for them.
    #[must_use]
    pub fn places(&self) -> (Vec<f64>, Vec<f64>) {
        let along = |axis: usize| {
            let axis = &self.cube.axes[axis];
            if axis.is_choice || (1..=PIECES).contains(&axis.levels()) {
                let ends = axis.edges.windows(2).flat_map(|ends| [ends[0], ends[1]]);
                return ends.collect();
            }
            (0..=STEPS).map(|step| step as f64 / STEPS as f64).collect()
        };
        (along(self.axes.0), along(self.axes.1))
    }

    /// What is expected all along the first dimension at places of [`Self::places`], the second at the place of this number; in
    /// the units of what was told. Nothing where the fit came to nothing.
    #[must_use]
    pub fn row(&self, up: usize) -> Vec<f64> {
        let Some(posterior) = &self.posterior else { return Vec::new() };
        let (across, ups) = self.places();
        let middle = |axis: usize, places: &[f64], at: usize| match places.len() {
            // Of the two ends of a piece, its middle.
            count if count == 2 * self.cube.axes[axis].levels() => self.cube.axes[axis].middle(at / 2),
            _ => places[at],
        };
        let expected = |at: usize| {
            let mut x = self.held.clone();
            x[self.axes.1] = middle(self.axes.1, &ups, up);
            x[self.axes.0] = middle(self.axes.0, &across, at);
            self.cube.snap(&mut x);
            self.data.warp.back(posterior.expect(&x).0)
        };
        (0..across.len()).map(expected).collect()
    }

    /// Units of work of one place of a row.
    #[must_use]
    pub fn cost(&self) -> u32 {
        self.posterior.as_ref().map_or(1, |posterior| posterior.cost(Aim::Improvement))
    }

    /// How many results it is made from.
    #[must_use]
    pub fn known(&self) -> usize {
        self.data.values.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Dimension, Range, Value};

    fn space() -> Space {
        let dimension = |name: &str, range| Dimension { name: name.to_owned(), range, when: Default::default() };
        let float = || Range::Float { low: 0.0, high: 1.0, log: false, step: None };
        let choices = vec!["a".into(), "b".into()];
        Space::new(vec![
            dimension("x", float()),
            dimension("y", float()),
            dimension("c", Range::Categorical { choices }),
        ])
        .unwrap()
    }

    fn told() -> Vec<Told> {
        let number = |told: &crate::study::Point, name: &str| told.get(name).and_then(Value::as_number).unwrap();
        let points = (0..40).map(|at| space().point_at(|axis| f64::from((at * [7, 11, 3][axis] + 3) % 40) / 40.0));
        let value = |point: &crate::study::Point| {
            let (x, y) = (number(point, "x") - 0.3, number(point, "y") - 0.7);
            (number(point, "x") < 0.95)
                .then_some(x * x + 2.0 * y * y + if point.get("c") == Some(&"b".into()) { 0.2 } else { 0.0 })
        };
        points.map(|point| Told { value: value(&point), point }).collect()
    }

    fn least(surrogate: &Surrogate) -> (usize, usize) {
        let rows: Vec<Vec<f64>> = (0..surrogate.places().1.len()).map(|up| surrogate.row(up)).collect();
        let all = rows
            .iter()
            .enumerate()
            .flat_map(|(up, row)| row.iter().enumerate().map(move |(at, value)| (at, up, value)));
        let (at, up, _) = all.min_by(|a, b| a.2.total_cmp(b.2)).unwrap();
        (at, up)
    }

    #[test]
    fn it_is_low_where_the_objective_is_low_however_the_work_is_cut() {
        let (mut whole, best) = Surrogate::new(&space(), &told(), ("x", "y")).unwrap();
        assert!(!whole.advance(u32::MAX));
        let (at, up) = least(&whole);
        let places = whole.places();
        let (x, y) = (places.0[at], places.1[up]);
        assert!((x - 0.3).abs() < 0.08 && (y - 0.7).abs() < 0.08, "{x} {y}");
        assert!(told().iter().all(|told| told.result().is_none_or(|value| value >= told_value(best))));
        assert!(whole.known() < 40, "what failed is left out");
        let mut cut = Surrogate::new(&space(), &told(), ("x", "y")).unwrap().0;
        while cut.advance(1) {}
        assert_eq!(cut.row(5), whole.row(5));
    }

    fn told_value(at: usize) -> f64 {
        told()[at].value.unwrap()
    }

    #[test]
    fn a_choice_is_drawn_in_flat_pieces() {
        let (mut surrogate, _) = Surrogate::new(&space(), &told(), ("c", "y")).unwrap();
        surrogate.advance(u32::MAX);
        assert_eq!(surrogate.places().0, [0.0, 0.5, 0.5, 1.0]);
        let row = surrogate.row(10);
        assert!(row[0] == row[1] && row[2] == row[3] && row[0] < row[2], "{row:?}");
        assert!(Surrogate::new(&space(), &told(), ("x", "nobody")).is_none());
        assert!(Surrogate::new(&space(), &[], ("x", "y")).is_none());
    }
}
