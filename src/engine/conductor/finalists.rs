//! The best trials once more, with other seeds: how much of a lead is luck. Replicates are no trials: no search sees them,
//! and the winner stays the winner.

use std::collections::VecDeque;

use crate::protocol::{Event, Finalist, Outcome};
use crate::study::{MetricSpec, ModelSpec, Stopping};

/// At most so many trials are repeated.
pub(super) const MOST: usize = 3;

/// What is repeated, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Finalists {
    repeated: Vec<Repeated>,
    waiting: VecDeque<(usize, u32)>,
    running: usize,
}

/// One trial.
#[derive(Debug)]
struct Repeated {
    number: u32,
    model: ModelSpec,
    stopping: Stopping,
    /// The objective by replicate, the trial's own first; `None` until it is there, and where it failed.
    values: Vec<Option<f64>>,
    left: u32,
}

impl Finalists {
    /// Repeats trials, given with their own results, until there are so many results of each. One repetition at a time.
    pub(super) fn repeat(&mut self, trials: Vec<(u32, ModelSpec, Stopping, f64)>, replicates: u32) {
        if self.is_pending() {
            return;
        }
        self.repeated.clear();
        for (number, model, stopping, value) in trials {
            let mut values = vec![None; replicates as usize];
            values[0] = Some(value);
            self.waiting.extend((1..replicates).map(|replicate| (self.repeated.len(), replicate)));
            self.repeated.push(Repeated { number, model, stopping, values, left: replicates - 1 });
        }
    }

    /// The next training: the trial's place, its model and stopping, and which replicate.
    pub(super) fn next(&mut self) -> Option<(usize, ModelSpec, Stopping, u32)> {
        let (at, replicate) = self.waiting.pop_front()?;
        self.running += 1;
        let repeated = &self.repeated[at];
        Some((at, repeated.model.clone(), repeated.stopping, replicate))
    }

    /// A training ended; the trial's last tells the result.
    pub(super) fn end(&mut self, (at, replicate): (usize, u32), outcome: Outcome, events: &mut Vec<Event>) {
        self.running -= 1;
        let repeated = &mut self.repeated[at];
        repeated.left -= 1;
        if let Outcome::Done(report) = outcome {
            repeated.values[replicate as usize] = Some(report.value);
        }
        if repeated.left == 0 {
            events.push(Event::Repeated(repeated.result()));
        }
    }

    /// Whether there is something to train or to wait for.
    pub(super) fn is_pending(&self) -> bool {
        !self.waiting.is_empty() || self.running > 0
    }

    /// The results that are complete, best mean first.
    pub(super) fn results(&self, objective: MetricSpec) -> Vec<Finalist> {
        let complete = self.repeated.iter().filter(|repeated| repeated.left == 0);
        let mut results: Vec<Finalist> = complete.map(Repeated::result).collect();
        crate::order::sort(&mut results, |a, b| objective.loss(a.mean).total_cmp(&objective.loss(b.mean)));
        results
    }
}

impl Repeated {
    fn result(&self) -> Finalist {
        let values: Vec<f64> = self.values.iter().copied().flatten().collect();
        let (mean, deviation) = spread(&values);
        let failed = (self.values.len() - values.len()) as u32;
        Finalist { number: self.number, values, failed, mean, deviation }
    }
}

/// The mean and the standard deviation of a sample; one alone has none.
pub(super) fn spread(values: &[f64]) -> (f64, Option<f64>) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::protocol::{Fallback, FitReport, ListCounts, Metrics, UserSums};
    use crate::study::ModelKind;

    fn done(value: f64) -> Outcome {
        let (metrics, users) = (Metrics::default(), UserSums::default());
        let (fallback, lists) = (Fallback::default(), ListCounts::default());
        Outcome::Done(FitReport { epochs: 1, value, metrics, curve: vec![], users, fallback, lists, chosen: vec![] })
    }

    #[test]
    fn mean_and_deviation_are_over_all_that_did_not_fail() {
        let mut finalists = Finalists::default();
        let model = ModelKind::Mean.with(&[]).unwrap();
        finalists.repeat(vec![(4, model, Stopping::Fixed { epochs: 1 }, 1.0)], 4);
        let given: Vec<(usize, u32)> =
            std::iter::from_fn(|| finalists.next()).map(|(at, _, _, replicate)| (at, replicate)).collect();
        assert_eq!(given, [(0, 1), (0, 2), (0, 3)]);
        let mut events = Vec::new();
        finalists.end(given[1], done(3.0), &mut events);
        finalists.end(given[0], done(2.0), &mut events);
        assert!(finalists.is_pending() && events.is_empty());
        finalists.end(given[2], Outcome::Failed { error: Error::Diverged { epoch: 1 } }, &mut events);
        let result = Finalist { number: 4, values: vec![1.0, 2.0, 3.0], failed: 1, mean: 2.0, deviation: Some(1.0) };
        assert_eq!(events, [Event::Repeated(result.clone())]);
        assert_eq!((finalists.is_pending(), finalists.results(MetricSpec::Rmse)), (false, vec![result]));
    }
}
