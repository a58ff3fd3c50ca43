//! Minimisation of a smooth function inside a box, one step at a time: projected L-BFGS (Nocedal 1980,
//! doi:10.1090/S0025-5718-1980-0572855-7) with backtracking. Coordinates that lie at a bound and would leave the box are
//! held for the step; a box without width holds a coordinate for good.

use crate::engine::linalg::cholesky::{add_multiple, dot};

/// A function and its gradient, which it writes. A value that is not finite means that the point is out of bounds.
pub(super) type Objective<'a> = &'a mut dyn FnMut(&[f64], &mut [f64]) -> f64;

/// Steps that the curvature is learned from.
const MEMORY: usize = 8;
/// Halvings of a step, at most.
const BACKTRACKS: usize = 15;

/// A minimisation under way.
#[derive(Clone, Debug)]
pub(super) struct Descent {
    /// The best point.
    pub x: Vec<f64>,
    /// The function there.
    pub value: f64,
    gradient: Vec<f64>,
    /// Lowest and highest value of each coordinate.
    bounds: Vec<(f64, f64)>,
    /// No coordinate moves further in one step.
    reach: f64,
    /// Moves and the changes of the gradient that came of them.
    memory: Vec<(Vec<f64>, Vec<f64>)>,
}

impl Descent {
    /// Starts at a point of the box.
    pub fn new(x: Vec<f64>, bounds: Vec<(f64, f64)>, reach: f64, objective: Objective<'_>) -> Self {
        let mut gradient = vec![0.0; x.len()];
        let value = objective(&x, &mut gradient);
        let value = if value.is_nan() { f64::INFINITY } else { value };
        Self { x, value, gradient, bounds, reach, memory: Vec::new() }
    }

    /// One step; false when there is nothing left to gain.
    pub fn step(&mut self, objective: Objective<'_>) -> bool {
        if !self.value.is_finite() {
            return false;
        }
        let free = self.free_gradient();
        if free.iter().all(|slope| slope.abs() < 1e-9) {
            return false;
        }
        let direction = self.direction(&free);
        let mut length = 1.0;
        let mut gradient = vec![0.0; self.x.len()];
        for _ in 0..BACKTRACKS {
            let moved = self.moved(&direction, length);
            let change: Vec<f64> = moved.iter().zip(&self.x).map(|(to, from)| to - from).collect();
            let slope = dot(&free, &change);
            let value = objective(&moved, &mut gradient);
            if value.is_finite() && value <= self.value + 1e-4 * slope {
                let turn: Vec<f64> = gradient.iter().zip(&self.gradient).map(|(to, from)| to - from).collect();
                self.learn(change, turn);
                let gained = self.value - value;
                (self.x, self.value) = (moved, value);
                self.gradient.copy_from_slice(&gradient);
                return gained > 1e-10 * (1.0 + value.abs());
            }
            // The least of the parabola through both values and the slope, if that is finite.
            let least = -0.5 * slope * length / (value - self.value - slope);
            length = if least.is_finite() { least.clamp(0.1 * length, 0.5 * length) } else { 0.1 * length };
        }
        // What was learned of the curvature may mislead: once more along the gradient.
        let learned = !self.memory.is_empty();
        self.memory.clear();
        learned
    }

    /// The gradient without the coordinates that are held.
    fn free_gradient(&self) -> Vec<f64> {
        let held = |at: usize, slope: f64| {
            let ((low, high), x) = (self.bounds[at], self.x[at]);
            low >= high || (x <= low && slope > 0.0) || (x >= high && slope < 0.0)
        };
        let free = |(at, &slope): (usize, &f64)| if held(at, slope) { 0.0 } else { slope };
        self.gradient.iter().enumerate().map(free).collect()
    }

    /// The two-loop recursion on the free coordinates, cut to the reach; along the gradient where nothing was learned.
    fn direction(&mut self, free: &[f64]) -> Vec<f64> {
        let mut direction: Vec<f64> = free.iter().map(|slope| -slope).collect();
        let mut shares = Vec::with_capacity(self.memory.len());
        for (change, turn) in self.memory.iter().rev() {
            let share = dot(change, &direction) / dot(change, turn);
            add_multiple(&mut direction, -share, turn);
            shares.push(share);
        }
        if let Some((change, turn)) = self.memory.last() {
            let scale = dot(change, turn) / dot(turn, turn);
            direction.iter_mut().for_each(|number| *number *= scale);
        }
        for ((change, turn), share) in self.memory.iter().zip(shares.into_iter().rev()) {
            let back = dot(turn, &direction) / dot(change, turn);
            add_multiple(&mut direction, share - back, change);
        }
        for (number, slope) in direction.iter_mut().zip(free) {
            if *slope == 0.0 {
                *number = 0.0;
            }
        }
        if dot(&direction, free) >= 0.0 {
            self.memory.clear();
            direction = free.iter().map(|slope| -slope).collect();
        }
        let longest = direction.iter().fold(0.0, |most: f64, number| most.max(number.abs()));
        // Without a curvature the gradient's length says nothing about the step's.
        let most = if self.memory.is_empty() { longest.min(0.1 * self.reach) } else { self.reach };
        if longest > most {
            direction.iter_mut().for_each(|number| *number *= most / longest);
        }
        direction
    }

    fn moved(&self, direction: &[f64], length: f64) -> Vec<f64> {
        let along = self.x.iter().zip(direction).zip(&self.bounds);
        along.map(|((x, step), &(low, high))| (x + length * step).clamp(low, high)).collect()
    }

    fn learn(&mut self, change: Vec<f64>, turn: Vec<f64>) {
        // Only a positive curvature keeps the recursion downhill.
        if dot(&change, &turn) > 1e-10 * dot(&turn, &turn) {
            if self.memory.len() == MEMORY {
                self.memory.remove(0);
            }
            self.memory.push((change, turn));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minimise(x: &[f64], bounds: &[(f64, f64)], objective: Objective<'_>) -> (Descent, usize) {
        let mut descent = Descent::new(x.to_vec(), bounds.to_vec(), 1.0, objective);
        let steps = (0..500).take_while(|_| descent.step(objective)).count();
        (descent, steps)
    }

    fn rosenbrock(x: &[f64], gradient: &mut [f64]) -> f64 {
        let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
        gradient[0] = -2.0 * a - 400.0 * x[0] * b;
        gradient[1] = 200.0 * b;
        a * a + 100.0 * b * b
    }

    #[test]
    fn a_curved_valley_is_followed_to_its_end() {
        let (found, steps) = minimise(&[-1.2, 1.0], &[(-2.0, 2.0); 2], &mut rosenbrock);
        assert!(found.value < 1e-8 && steps < 60, "{:?} after {steps}", found.x);
    }

    #[test]
    fn the_box_is_kept() {
        let (found, _) = minimise(&[-1.2, 1.0], &[(-2.0, 0.5), (-2.0, 2.0)], &mut rosenbrock);
        assert!((found.x[0] - 0.5).abs() < 1e-9 && (found.x[1] - 0.25).abs() < 1e-5, "{:?}", found.x);
        let (held, _) = minimise(&[-1.2, 1.0], &[(-1.2, -1.2), (-2.0, 2.0)], &mut rosenbrock);
        assert!((held.x[1] - 1.44).abs() < 1e-4, "{:?}", held.x);
    }

    #[test]
    fn a_function_that_is_nowhere_finite_ends_at_once() {
        let (found, steps) = minimise(&[0.3], &[(0.0, 1.0)], &mut |_, _| f64::NAN);
        assert_eq!((found.x, steps), (vec![0.3], 0));
    }
}
