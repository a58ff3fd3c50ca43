//! Digests: of a run's log, exact to the last bit, and of a study.

use crate::fields::json;
use crate::order;
use crate::protocol::{TrialRecord, TrialState};
use crate::study::Study;

/// The digest of the exact log, 32 hexadecimal digits: number, model, point, state, value, epochs and learning curve of
/// every trial, by number. Not how long it took, nor how far a cancelled trial had come: those are accidents.
#[must_use]
pub fn digest<'a>(trials: impl IntoIterator<Item = &'a TrialRecord>) -> String {
    let mut ordered: Vec<&TrialRecord> = trials.into_iter().collect();
    order::sort(&mut ordered, |a, b| a.number.cmp(&b.number));
    let mut hasher = blake3::Hasher::new_derive_key("rectune 2026 trial log");
    for trial in ordered {
        hasher.update(&trial.number.to_le_bytes());
        text(&mut hasher, trial.model.name());
        text(&mut hasher, &trial.params.identity());
        hasher.update(&[match trial.state {
            TrialState::Done => 0,
            TrialState::Failed => 1,
            TrialState::Cancelled => 2,
            TrialState::Stopped => 3,
        }]);
        if trial.state == TrialState::Cancelled {
            continue;
        }
        number(&mut hasher, trial.value);
        hasher.update(&trial.epochs.to_le_bytes());
        hasher.update(&(trial.curve.len() as u64).to_le_bytes());
        for point in &trial.curve {
            hasher.update(&point.epoch.to_le_bytes());
            number(&mut hasher, Some(point.train));
            number(&mut hasher, point.valid);
        }
    }
    short(&hasher)
}

/// A study's own hash, 32 hexadecimal digits, over its canonical form as JSON.
///
/// # Panics
/// Never: a study is plain data that JSON can hold.
#[must_use]
pub fn study_hash(study: &Study) -> String {
    let json = json::write(&study.clone().canonical()).expect("a study is plain data");
    let mut hasher = blake3::Hasher::new_derive_key("rectune 2026 study");
    hasher.update(json.as_bytes());
    short(&hasher)
}

/// A text with its length before it, so that two texts never run together.
fn text(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}

fn number(hasher: &mut blake3::Hasher, number: Option<f64>) {
    hasher.update(&[u8::from(number.is_some())]);
    hasher.update(&number.map_or(0, f64::to_bits).to_le_bytes());
}

/// Half of the digest: 128 bits are beyond accident, and a link stays short.
fn short(hasher: &blake3::Hasher) -> String {
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::share::payload::tests::record;

    #[test]
    fn the_digest_sees_every_bit_and_no_clock() {
        let records: Vec<TrialRecord> = (0..3).map(record).collect();
        let base = digest(&records);
        assert_eq!(base.len(), 32);
        let changed = |change: &dyn Fn(&mut TrialRecord)| {
            let mut records = records.clone();
            change(&mut records[1]);
            digest(&records)
        };
        assert_eq!(base, changed(&|trial| trial.seconds += 1.0));
        assert_ne!(base, changed(&|trial| trial.curve[0].train = f64::from_bits(trial.curve[0].train.to_bits() ^ 1)));
        assert_ne!(base, changed(&|trial| trial.curve[0].valid = None));
        assert_ne!(base, changed(&|trial| trial.epochs += 1));
        assert_ne!(base, changed(&|trial| trial.state = TrialState::Failed));
        let mut reversed = records.clone();
        reversed.reverse();
        assert_eq!(base, digest(&reversed));
    }

    #[test]
    fn where_a_trial_was_cancelled_is_an_accident() {
        let cancelled = |points| {
            let mut trial = record(0);
            trial.state = TrialState::Cancelled;
            trial.curve.truncate(points);
            digest(&[trial])
        };
        assert_eq!(cancelled(0), cancelled(1));
    }

    #[test]
    fn a_studys_hash_is_of_its_meaning() {
        let study = Study::default();
        let mut shuffled = study.clone();
        shuffled.models[0].params.reverse();
        assert_eq!(study_hash(&study), study_hash(&shuffled));
        shuffled.lag = 1;
        assert_ne!(study_hash(&study), study_hash(&shuffled));
    }
}
