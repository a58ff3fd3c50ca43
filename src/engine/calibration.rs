//! Scores as probabilities: how likely it is that the person would rate at or above a threshold, by logistic calibration on
//! rows that the model has not learned from (Platt 1999; solved as Lin, Lin and Weng 2007, doi:10.1007/s10994-007-5018-6, do).
//!
//! P(relevant | score s) = 1 / (1 + exp(-(a + b s))), a and b by maximum likelihood, with Platt's targets in place of 0 and 1:
//! rows that are all alike do not become certainty.

use crate::engine::data::{ItemIdx, UserIdx};
use crate::engine::fit::{Fit, Step};
use crate::engine::split::Split;
use crate::error::Error;
use crate::order;
use crate::protocol::{Job, Outcome};

/// Newton's method is there after some ten steps.
const STEPS: u32 = 100;

/// A calibrated way from scores to probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// a.
    pub intercept: f64,
    /// b.
    pub slope: f64,
    /// Rows that it was fitted on.
    pub rows: usize,
}

/// A score, and whether its row turned out to be relevant.
pub type Judged = (f64, bool);

/// How probabilities fared on some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// Mean squared difference between probability and outcome (Brier 1950).
    pub brier: f64,
    /// The same for whoever always says the share of relevant rows.
    pub base: f64,
    /// Mean negative logarithm of the probability of what came.
    pub log_loss: f64,
    /// Rows by probability, in tenths of all: how many, their mean probability, and their share of relevant ones.
    pub tenths: Vec<(usize, f64, f64)>,
}

impl Calibration {
    /// Fits on judged rows; `None` where all are relevant or none is.
    #[must_use]
    pub fn fit(rows: &[Judged]) -> Option<Self> {
        let n = rows.len() as f64;
        let relevant = rows.iter().filter(|row| row.1).count() as f64;
        if relevant == 0.0 || relevant == n {
            return None;
        }
        let targets = [1.0 / (n - relevant + 2.0), (relevant + 1.0) / (relevant + 2.0)];
        let mean = rows.iter().map(|row| row.0).sum::<f64>() / n;
        let variance = rows.iter().map(|row| (row.0 - mean) * (row.0 - mean)).sum::<f64>() / n;
        // Around the mean and in deviations the two directions do not depend on each other's size.
        let spread = if variance > 0.0 { variance.sqrt() } else { 1.0 };
        let rows: Vec<(f64, f64)> =
            rows.iter().map(|&(score, relevant)| ((score - mean) / spread, targets[usize::from(relevant)])).collect();
        let loss = |a: f64, b: f64| rows.iter().map(|&(x, target)| cross_entropy(a + b * x, target)).sum::<f64>();
        let (mut a, mut b) = (libm::log(relevant / (n - relevant)), 0.0);
        let mut least = loss(a, b);
        for _ in 0..STEPS {
            let mut gradient = [0.0; 2];
            let mut curvature = [1e-9, 0.0, 1e-9];
            for &(x, target) in &rows {
                let p = logistic(a + b * x);
                let (error, weight) = (p - target, p * (1.0 - p));
                gradient = [gradient[0] + error, gradient[1] + error * x];
                curvature = [curvature[0] + weight, curvature[1] + weight * x, curvature[2] + weight * x * x];
            }
            let determinant = curvature[0] * curvature[2] - curvature[1] * curvature[1];
            let step = [
                (curvature[2] * gradient[0] - curvature[1] * gradient[1]) / determinant,
                (curvature[0] * gradient[1] - curvature[1] * gradient[0]) / determinant,
            ];
            // Half a step, a quarter ... until it is one for the better.
            let sizes = std::iter::successors(Some(1.0), |size| Some(size / 2.0)).take(40);
            let tried = |size: f64| (a - size * step[0], b - size * step[1]);
            let better = sizes.map(tried).find(|&(a, b)| loss(a, b) < least);
            let Some(next) = better else { break };
            (a, b) = next;
            least = loss(a, b);
        }
        Some(Self { intercept: a - b * mean / spread, slope: b / spread, rows: rows.len() })
    }

    /// The probability of a score.
    #[must_use]
    pub fn probability(&self, score: f64) -> f64 {
        logistic(self.intercept + self.slope * score)
    }

    /// How the probabilities fare on judged rows, best others than those of the fit.
    #[must_use]
    pub fn reliability(&self, rows: &[Judged]) -> Reliability {
        let n = rows.len() as f64;
        let mut said: Vec<(f64, f64)> =
            rows.iter().map(|&(score, relevant)| (self.probability(score), f64::from(u8::from(relevant)))).collect();
        order::sort(&mut said, |a, b| a.0.total_cmp(&b.0));
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| said.iter().map(of).sum::<f64>() / n;
        let share = mean(&|row| row.1);
        let tenth = |at: usize| {
            let rows = &said[at * said.len() / 10..(at + 1) * said.len() / 10];
            let mean = |of: fn(&(f64, f64)) -> f64| rows.iter().map(of).sum::<f64>() / rows.len() as f64;
            (rows.len(), mean(|row| row.0), mean(|row| row.1))
        };
        Reliability {
            brier: mean(&|&(p, outcome)| (p - outcome) * (p - outcome)),
            base: share * (1.0 - share),
            log_loss: mean(&|&(p, outcome)| -libm::log(if outcome > 0.5 { p } else { 1.0 - p }.max(1e-15))),
            tenths: (0..10).map(tenth).filter(|tenth| tenth.0 > 0).collect(),
        }
    }
}

/// A score, and the rating that came.
pub type Rated = (f64, f32);

/// Judges rated rows by a threshold.
#[must_use]
pub fn judge(rows: &[Rated], threshold: f64) -> Vec<Judged> {
    rows.iter().map(|&(score, rating)| (score, f64::from(rating) >= threshold)).collect()
}

/// All rows that a fit measures: their unclipped scores beside the ratings, of all folds.
#[must_use]
pub fn rated(fit: &Fit) -> Vec<Rated> {
    let mut rows = Vec::new();
    for (model, measured) in fit.measured() {
        rows.extend(measured.rows().map(|row| {
            let score = model.score(UserIdx(row.user), ItemIdx(row.item));
            (f64::from(score), row.rating)
        }));
    }
    rows
}

/// Trains a job, and judges all rows that it measures by a threshold: their unclipped scores, of all folds.
///
/// # Errors
/// A training that fails.
pub fn judged(split: &Split, job: &Job, threshold: f64) -> Result<Vec<Judged>, Error> {
    let mut fit = Fit::new(split, job)?;
    loop {
        match fit.advance(u32::MAX) {
            Step::Working | Step::Epoch(_) => {}
            Step::Ended(Outcome::Failed { error }) => return Err(error),
            Step::Ended(Outcome::Done(_)) => break,
        }
    }
    Ok(judge(&rated(&fit), threshold))
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// -t ln p - (1 - t) ln(1 - p) of p = logistic(x), without the loss of figures far from zero.
fn cross_entropy(x: f64, target: f64) -> f64 {
    x.max(0.0) - x * target + libm::log1p(libm::exp(-x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores from -2 to 2, of which those at s are relevant as often as the logistic of a + b s says.
    fn rows(a: f64, b: f64) -> Vec<Judged> {
        let at = |score: f64| {
            let relevant = (1000.0 * logistic(a + b * score)).round() as usize;
            (0..1000).map(move |row| (score, row < relevant))
        };
        (-20..=20).flat_map(|tenth| at(f64::from(tenth) / 10.0)).collect()
    }

    #[test]
    fn what_made_the_rows_is_found_again() {
        for (a, b) in [(0.0, 1.0), (-1.0, 2.0), (0.5, 0.0)] {
            let found = Calibration::fit(&rows(a, b)).unwrap();
            assert!((found.intercept - a).abs() < 0.01 && (found.slope - b).abs() < 0.01, "{a} {b}: {found:?}");
            let reliability = found.reliability(&rows(a, b));
            assert!(reliability.brier <= reliability.base + 1e-6);
            assert!(reliability.tenths.iter().all(|(_, said, came)| (said - came).abs() < 0.03), "{reliability:?}");
        }
    }

    #[test]
    fn the_gradient_of_the_likelihood_vanishes() {
        let rows: Vec<Judged> =
            [(3.1, false), (3.5, true), (2.0, false), (4.5, true), (4.0, false), (4.2, true)].into();
        let found = Calibration::fit(&rows).unwrap();
        let targets = [1.0 / 5.0, 4.0 / 5.0];
        let error = |row: &Judged| found.probability(row.0) - targets[usize::from(row.1)];
        assert!(rows.iter().map(error).sum::<f64>().abs() < 1e-6);
        assert!(rows.iter().map(|row| error(row) * row.0).sum::<f64>().abs() < 1e-6);
        assert!(found.slope > 0.0 && found.rows == 6);
    }

    #[test]
    fn a_brier_score_by_hand_and_rows_that_say_nothing() {
        let even = Calibration { intercept: 0.0, slope: 0.0, rows: 0 };
        let found = even.reliability(&[(1.0, true), (2.0, true), (3.0, false), (4.0, true)]);
        assert_eq!((found.brier, found.base), (0.25, 0.1875));
        assert!((found.log_loss - libm::log(2.0)).abs() < 1e-12);
        assert_eq!(Calibration::fit(&[(1.0, true), (2.0, true)]), None);
        assert_eq!(Calibration::fit(&[]), None);
    }

    /// Rows and the figures of scikit-learn, which `tests/rating_fixture.py` asked.
    #[derive(serde::Deserialize)]
    struct Fixture {
        threshold: f64,
        ratings: Vec<f32>,
        predicted: Vec<f32>,
        probability: std::collections::BTreeMap<String, f64>,
    }

    #[test]
    fn a_published_evaluator_gives_the_same_scores() {
        let fixture: Fixture = serde_json::from_str(include_str!("../../tests/rating_fixture.json")).unwrap();
        let rows: Vec<Rated> = fixture.predicted.iter().map(|&score| f64::from(score)).zip(fixture.ratings).collect();
        let found = Calibration { intercept: -8.0, slope: 2.0, rows: 0 }.reliability(&judge(&rows, fixture.threshold));
        for (name, own) in [("brier", found.brier), ("log_loss", found.log_loss)] {
            let figure = fixture.probability[name];
            assert!((own - figure).abs() < 1e-9, "{name}: {own}, published {figure}");
        }
    }

    /// Separable rows would have certainty as their likeliest answer.
    #[test]
    fn what_can_be_told_apart_does_not_become_certain() {
        let found = Calibration::fit(&[(1.0, false), (2.0, false), (3.0, true), (4.0, true)]).unwrap();
        assert!(found.slope.is_finite() && found.probability(4.0) < 0.99, "{found:?}");
    }
}
