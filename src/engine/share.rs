//! What leaves a run and comes back to it: the packed result of a link, the digest that says "to the last bit", and the
//! event log that a run is resumed from, what other programs read. Nothing here trains.

pub mod digest;
pub mod journal;
pub mod log;
pub mod payload;
pub mod saving;

pub use digest::{digest, study_hash};
pub use log::EventLog;
pub use payload::{pack, unpack};
pub use saving::{Line, Read, Saving, Unsaved, saved_id};

use std::collections::BTreeMap;

use crate::decimal;
use crate::order;
use crate::protocol::{Intervention, Shared, SharedTrial, TrialRecord, Verification};
use crate::study::{ENGINE, Point, Study, Value};

/// Significant digits of a parameter as people see it.
const DISPLAY_DIGITS: usize = 4;

impl Shared {
    /// What a link carries of a run. Trials may stand in any order; they are kept by number.
    #[must_use]
    pub fn of<'a>(
        study: &Study,
        interventions: &[Intervention],
        trials: impl IntoIterator<Item = &'a TrialRecord> + Clone,
        baseline: Option<f64>,
        openings: u32,
    ) -> Self {
        let mut shared: Vec<SharedTrial> = trials.clone().into_iter().map(shared_trial).collect();
        order::sort(&mut shared, |a, b| a.number.cmp(&b.number));
        Self {
            study: study.clone().canonical(),
            interventions: interventions.to_vec(),
            trials: shared,
            baseline: baseline.map(|value| value as f32),
            digest: digest(trials),
            openings,
        }
    }

    /// The decisions that running it again applies: those recorded, and a stop after the last trial that was shared, for
    /// a run may be shared before its end. On rungs that stop would change who goes on: there the whole run is run again.
    #[must_use]
    pub fn decisions(&self) -> Vec<Intervention> {
        let number = self.trials.last().map_or(0, |trial| trial.number + 1);
        let mut decisions = self.interventions.clone();
        if number < self.study.search.trials && self.study.rung_count() == 1 {
            decisions.push(Intervention::StopAt { number });
        }
        decisions
    }
}

fn shared_trial(trial: &TrialRecord) -> SharedTrial {
    SharedTrial {
        number: trial.number,
        params: at_display_precision(&trial.params),
        state: trial.state,
        value: trial.value.map(|value| value as f32),
        epochs: trial.epochs,
    }
}

/// The point as people see it: whole numbers, names and flags exactly, other numbers with four significant digits.
fn at_display_precision(point: &Point) -> Point {
    let value = |value: &Value| match value {
        Value::Number(number) if number.fract() != 0.0 => {
            let text = format!("{number:.*e}", DISPLAY_DIGITS - 1);
            decimal::parse::<f64>(&text).map_or_else(|| value.clone(), Value::from)
        }
        Value::Number(_) | Value::Bool(_) | Value::Text(_) => value.clone(),
    };
    Point(point.0.iter().map(|(name, number)| (name.clone(), value(number))).collect())
}

/// Compares what was shared with what running the same study again gave. Trials beyond the shared ones do not count.
#[must_use]
pub fn compare<'a>(shared: &Shared, records: impl IntoIterator<Item = &'a TrialRecord>) -> Verification {
    let mut by_number = BTreeMap::new();
    by_number.extend(records.into_iter().map(|record| (record.number, record)));
    let again = |trial: &SharedTrial| by_number.get(&trial.number).copied();
    let same = |trial: &&SharedTrial| again(trial).is_some_and(|record| shared_trial(record) == **trial);
    let count = shared.trials.iter().filter(same).count();
    Verification {
        trials: shared.trials.len() as u32,
        same: count as u32,
        exact: digest(shared.trials.iter().filter_map(again)) == shared.digest,
        first_difference: shared.trials.iter().find(|trial| !same(trial)).map(|trial| trial.number),
        engine: (shared.study.engine.0, ENGINE.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::share::payload::tests::record;

    #[test]
    fn an_equal_run_is_the_same_and_a_changed_bit_is_found() {
        let mut records: Vec<TrialRecord> = (0..5).map(record).collect();
        let shared = Shared::of(&Study::default(), &[], &records, Some(0.86), 0);
        let verification = compare(&shared, &records);
        assert_eq!(
            (verification.trials, verification.same, verification.exact, verification.first_difference),
            (5, 5, true, None)
        );
        // Far below display precision: only the digest sees it.
        let value = records[3].value.unwrap();
        records[3].value = Some(f64::from_bits(value.to_bits() + 1));
        let verification = compare(&shared, &records);
        assert_eq!((verification.same, verification.exact), (5, false));
        records[3].value = Some(value + 0.1);
        let verification = compare(&shared, &records);
        assert_eq!((verification.same, verification.first_difference), (4, Some(3)));
        records.remove(1);
        assert_eq!(compare(&shared, &records).first_difference, Some(1));
    }

    #[test]
    fn a_run_shared_before_its_end_is_run_again_only_so_far() {
        let mut study = Study::default();
        study.search.trials = 3;
        let shared = |trials: u32| {
            let records: Vec<TrialRecord> = (0..trials).map(record).collect();
            Shared::of(&study, &[], &records, None, 0)
        };
        assert_eq!(shared(2).decisions(), [Intervention::StopAt { number: 2 }]);
        assert_eq!(shared(3).decisions(), []);
    }

    #[test]
    fn people_see_four_digits_and_whole_numbers_exactly() {
        let point = Point(vec![("a".into(), 0.012_345_678.into()), ("b".into(), 123_456.0.into())]);
        assert_eq!(at_display_precision(&point).identity(), "a=0.01235&b=123456");
    }
}
