//! The fit of the kernel's parameters to what is known, from one or several starts, cut in steps.

use super::descent::Descent;
use super::kernel::{self, Observations};
use super::{Data, is_choice};
use crate::engine::search::cube::Cube;

/// Steps of a fit.
const STEPS: u32 = 50;
/// No parameter moves further in one step.
const REACH: f64 = 2.0;

/// A fit under way.
#[derive(Debug)]
pub(super) struct Fitting {
    observations: Observations,
    axes: usize,
    /// What is taken where nothing was fitted.
    fallback: Vec<f64>,
    /// Where it is still to start, the next one last.
    starts: Vec<Vec<f64>>,
    current: Option<(Descent, u32)>,
    best: Option<Descent>,
}

impl Fitting {
    pub fn new(cube: &Cube, data: &Data, starts: Vec<Vec<f64>>, fallback: Vec<f64>) -> Self {
        let done = data.values.len();
        let observations = Observations::new(&data.points[..done], &is_choice(cube), data.values.clone());
        Self { observations, axes: cube.len(), fallback, starts, current: None, best: None }
    }

    /// One step from the start under way, or the beginning of the next; its cost.
    pub fn step(&mut self) -> u32 {
        let observations = &self.observations;
        let mut evaluations = 0;
        let mut loss = |theta: &[f64], gradient: &mut [f64]| {
            evaluations += 1;
            observations.loss(theta, gradient)
        };
        match self.current.take() {
            None => {
                let Some(start) = self.starts.pop() else { return 1 };
                self.current = Some((Descent::new(start, kernel::bounds(self.axes), REACH, &mut loss), 0));
            }
            Some((mut descent, steps)) => {
                if descent.step(&mut loss) && steps + 1 < STEPS {
                    self.current = Some((descent, steps + 1));
                } else if self.best.as_ref().is_none_or(|best| descent.value < best.value) {
                    self.best = Some(descent);
                }
            }
        }
        observations.cost().saturating_mul(evaluations.max(1))
    }

    /// What it has come to, once there is nothing left to do; the fallback where that came to nothing, or was taken
    /// already and can not be used.
    pub fn take_theta(&mut self) -> Option<Vec<f64>> {
        let is_over = self.current.is_none() && self.starts.is_empty();
        is_over.then(|| self.best.take().map_or_else(|| self.fallback.clone(), |best| best.x))
    }
}
