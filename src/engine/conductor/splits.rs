//! The best trial of each model and the baselines on other cuts of the rows that are not test: whether a lead is one of the
//! cut that was searched on. Parameters and epochs stay, and the test part stays shut.

use super::candidates::Entry;
use super::finalists::spread;
use crate::protocol::{Cut, Event, Outcome, Resplit};
use crate::study::{MetricSpec, Seed, SplitSpec};

/// The repetition that was asked for last.
#[derive(Debug, Default)]
pub(super) struct Splits {
    /// Which repetition this is: a training of an earlier one counts no more.
    round: u32,
    /// The winner first.
    entries: Vec<Entry>,
    cuts: Vec<Cut>,
    given: usize,
    /// The objective by entry and cut; none of it while it trains, and no value where it failed.
    values: Vec<Option<Option<f64>>>,
}

impl Splits {
    /// Starts to repeat on a cut for each of the seeds, in place of what was being repeated.
    pub(super) fn repeat(&mut self, entries: Vec<Entry>, split: SplitSpec, seeds: Vec<Seed>) {
        let cuts: Vec<Cut> = seeds.into_iter().map(|seed| Cut { split, seed }).collect();
        *self = Self { round: self.round + 1, values: vec![None; entries.len() * cuts.len()], entries, cuts, given: 0 };
    }

    /// Forgets what was asked for.
    pub(super) fn forget(&mut self) {
        *self = Self { round: self.round + 1, ..Self::default() };
    }

    /// Whether there is something to train or to wait for.
    pub(super) fn is_pending(&self) -> bool {
        !self.entries.is_empty()
    }

    /// The next training: of which repetition, its place, what is trained and on which cut.
    pub(super) fn next(&mut self) -> Option<(u32, usize, Entry, Cut)> {
        let at = self.given;
        let entry = self.entries.get(at / self.cuts.len().max(1))?;
        self.given += 1;
        Some((self.round, at, entry.clone(), self.cuts[at % self.cuts.len()]))
    }

    /// A training ended; the last one tells the result.
    pub(super) fn end(
        &mut self,
        (round, at): (u32, usize),
        outcome: Outcome,
        objective: MetricSpec,
        events: &mut Vec<Event>,
    ) {
        if round != self.round {
            return;
        }
        self.values[at] = Some(match outcome {
            Outcome::Done(report) => Some(report.value),
            Outcome::Failed { .. } => None,
        });
        if self.values.iter().all(Option::is_some) {
            events.push(Event::Resplit { rows: self.rows(objective) });
            self.forget();
        }
    }

    /// Those that came through on all cuts; nobody without the winner.
    fn rows(&self, objective: MetricSpec) -> Vec<Resplit> {
        let all =
            self.values.chunks(self.cuts.len()).map(|values| values.iter().map(|value| value.flatten()).collect());
        let all: Vec<Option<Vec<f64>>> = all.collect();
        let Some(Some(winner)) = all.first().cloned() else { return Vec::new() };
        let row = |(entry, values): (&Entry, Option<Vec<f64>>)| {
            let values = values?;
            let differences: Vec<f64> = values.iter().zip(&winner).map(|(own, winner)| own - winner).collect();
            // There are two cuts at least.
            let (difference, deviation) = spread(&differences);
            let won =
                values.iter().zip(&winner).filter(|(own, winner)| objective.loss(**own) > objective.loss(**winner));
            Some(Resplit {
                number: entry.number,
                model: entry.model.clone(),
                won: won.count() as u32,
                values,
                difference,
                deviation: deviation.unwrap_or(f64::NAN),
            })
        };
        self.entries.iter().zip(all).filter_map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::protocol::{ByMetric, Fallback, FitReport, ListCounts, UserSums};
    use crate::study::ModelKind;

    #[test]
    fn differences_are_told_cut_by_cut_and_what_fails_once_is_left_out() {
        let entry = |number, model: ModelKind| Entry { number, model: model.with(&[]).unwrap(), epochs: 3 };
        let entries = vec![entry(Some(4), ModelKind::Svd), entry(None, ModelKind::Bias), entry(None, ModelKind::Mean)];
        let mut splits = Splits::default();
        splits.repeat(entries, SplitSpec::Kfold { folds: 5, test: 0.0 }, vec![Seed(2), Seed(3)]);
        let given: Vec<(usize, u64)> =
            std::iter::from_fn(|| splits.next()).map(|(_, at, _, cut)| (at, cut.seed.0)).collect();
        assert_eq!(given, [(0, 2), (1, 3), (2, 2), (3, 3), (4, 2), (5, 3)]);
        let done = |value| {
            let (metrics, users, curve, chosen) = (ByMetric::default(), UserSums::default(), vec![], vec![]);
            let (fallback, lists) = (Fallback::default(), ListCounts::default());
            Outcome::Done(FitReport { epochs: 3, value, metrics, curve, users, fallback, lists, chosen })
        };
        let mut events = Vec::new();
        let failed = Outcome::Failed { error: Error::Diverged { epoch: 1 } };
        let outcomes = [done(0.5), done(0.75), done(1.0), done(0.75), done(2.0), failed];
        for (at, outcome) in outcomes.into_iter().enumerate().rev() {
            assert!(splits.is_pending());
            splits.end((1, at), outcome, MetricSpec::Rmse, &mut events);
        }
        let [Event::Resplit { rows }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].number, rows[0].difference, rows[0].won), (Some(4), 0.0, 0));
        assert_eq!((&rows[1].values[..], rows[1].difference, rows[1].won), (&[1.0, 0.75][..], 0.25, 1));
        assert!((rows[1].deviation - 0.125_f64.sqrt()).abs() < 1e-12);
        assert!(!splits.is_pending());
    }
}
