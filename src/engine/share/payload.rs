//! The packed result of a link: columns as JSON, deflated (RFC 1951), base64url without padding (RFC 4648).
//!
//! Columns, because like things beside each other deflate well: a trial of three parameters takes about 15 characters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::decimal;
use crate::engine::deflate;
use crate::error::Error;
use crate::fields::{json, read_struct};
use crate::protocol::{Intervention, Shared, SharedTrial, TrialState};
use crate::study::{ENGINE, Point, Value, link};

/// The version of this form.
const FORM: u32 = 1;

/// A payload never inflates beyond this: a few kilobytes of link could otherwise fill the memory.
const MAX_INFLATED: usize = 16 << 20;

/// [`Shared`] by columns, one entry per trial in each.
#[derive(Serialize)]
struct Packed {
    form: u32,
    /// The study as a link.
    study: String,
    interventions: Vec<Intervention>,
    /// How many numbers were left out before each trial.
    gaps: Vec<u32>,
    /// A letter for each state.
    states: String,
    /// The f32 values, separated by commas and empty where there is none: text is read back exactly, JSON's numbers are
    /// read as f64 and would be rounded twice.
    values: String,
    epochs: Vec<u32>,
    /// For each dimension of the study's space, its values in the trials where it is active.
    params: Vec<Vec<Value>>,
    baseline: Option<f32>,
    digest: String,
    openings: u32,
}

read_struct!(Packed { form, study, interventions, gaps, states, values, epochs, params, baseline, digest, openings });

/// Packs a result for a link. Trials stand by number; their points are of the study's space.
///
/// # Errors
/// A study that does not pass [`crate::study::Study::check`], or a point that is not of its space.
pub fn pack(shared: &Shared) -> Result<String, Error> {
    let space = shared.study.space()?;
    let mut params: Vec<Vec<Value>> = vec![Vec::new(); space.dimensions().len()];
    let mut next = 0;
    let mut gaps = Vec::with_capacity(shared.trials.len());
    for trial in &shared.trials {
        for (dimension, column) in space.dimensions().iter().zip(&mut params) {
            if dimension.is_active(&trial.params) {
                let value = trial.params.get(&dimension.name);
                column.push(value.cloned().ok_or_else(|| damaged("a trial is not of the study's space"))?);
            }
        }
        gaps.push(trial.number.checked_sub(next).ok_or_else(|| damaged("the trials are not in order"))?);
        next = trial.number + 1;
    }
    let text =
        |value: Option<f32>| value.map_or_else(String::new, |value| decimal::of_fewest_digits(value).to_string());
    let values: Vec<String> = shared.trials.iter().map(|trial| text(trial.value)).collect();
    let packed = Packed {
        form: FORM,
        study: link::encode(&shared.study),
        interventions: shared.interventions.clone(),
        gaps,
        states: shared.trials.iter().map(|trial| letter(trial.state)).collect(),
        values: values.join(","),
        epochs: shared.trials.iter().map(|trial| trial.epochs).collect(),
        params,
        baseline: shared.baseline,
        digest: shared.digest.clone(),
        openings: shared.openings,
    };
    let json = json::write(&packed).map_err(|misfit| damaged(&misfit.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(deflate::pack(json.as_bytes())))
}

/// Reads what [`pack`] wrote.
///
/// # Errors
/// [`Error::NewerVersion`] for a result of a newer engine, [`Error::DamagedLink`] for anything else that is wrong.
pub fn unpack(payload: &str) -> Result<Shared, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim()).map_err(|_| damaged("it is not base64url"))?;
    let json = deflate::unpack(&bytes, MAX_INFLATED).map_err(damaged)?;
    let json = String::from_utf8(json).map_err(|_| damaged("it holds no text"))?;
    let packed: Packed = json::read(&json).map_err(|misfit| damaged(&misfit.to_string()))?;
    if packed.form > FORM {
        return Err(Error::NewerVersion { found: packed.form, known: ENGINE.0 });
    }
    let decoded = link::decode(&packed.study);
    if let Some(problem) = decoded.problems.into_iter().next() {
        return Err(problem);
    }
    let study = decoded.study;
    let space = study.space()?;
    if packed.params.len() != space.dimensions().len() {
        return Err(damaged("its parameters are not the study's"));
    }
    let mut columns: Vec<_> = packed.params.into_iter().map(Vec::into_iter).collect();
    let mut trials = rows(&packed.gaps, &packed.states, &packed.values, &packed.epochs)?;
    for trial in &mut trials {
        for (dimension, column) in space.dimensions().iter().zip(&mut columns) {
            if dimension.is_active(&trial.params) {
                let value = column.next().ok_or_else(|| damaged("a trial lacks a parameter"))?;
                trial.params.0.push((dimension.name.clone(), value));
            }
        }
    }
    Ok(Shared {
        study,
        interventions: packed.interventions,
        trials,
        baseline: packed.baseline,
        digest: packed.digest,
        openings: packed.openings,
    })
}

/// The trials of a payload, still without their points.
fn rows(gaps: &[u32], states: &str, values: &str, epochs: &[u32]) -> Result<Vec<SharedTrial>, Error> {
    let values: Vec<&str> = if gaps.is_empty() { Vec::new() } else { values.split(',').collect() };
    if states.len() != gaps.len() || values.len() != gaps.len() || epochs.len() != gaps.len() {
        return Err(damaged("its columns differ in length"));
    }
    let mut next = 0_u32;
    let mut trials = Vec::with_capacity(gaps.len());
    for (((gap, letter), value), &epochs) in gaps.iter().zip(states.chars()).zip(values).zip(epochs) {
        let number = next.checked_add(*gap).filter(|number| *number < u32::MAX);
        let number = number.ok_or_else(|| damaged("a trial's number is too large"))?;
        next = number + 1;
        let value = match value {
            "" => None,
            text => Some(decimal::parse(text).ok_or_else(|| damaged("a value is no number"))?),
        };
        trials.push(SharedTrial { number, params: Point::default(), state: state(letter)?, value, epochs });
    }
    Ok(trials)
}

fn letter(state: TrialState) -> char {
    match state {
        TrialState::Done => 'd',
        TrialState::Failed => 'f',
        TrialState::Cancelled => 'c',
        TrialState::Stopped => 's',
    }
}

fn state(letter: char) -> Result<TrialState, Error> {
    match letter {
        'd' => Ok(TrialState::Done),
        'f' => Ok(TrialState::Failed),
        'c' => Ok(TrialState::Cancelled),
        's' => Ok(TrialState::Stopped),
        _ => Err(damaged("a trial's state is unknown")),
    }
}

fn damaged(reason: &str) -> Error {
    Error::DamagedLink { reason: reason.to_owned() }
}

#[cfg(test)]
pub(in crate::engine) mod tests {
    use super::*;
    use crate::engine::random::unit;
    use crate::protocol::{CurvePoint, Fallback, ListCounts, TrialRecord, UserSums};
    use crate::study::seed::Purpose;
    use crate::study::{ModelKind, ModelSpace, Seed, Study};

    /// A plausible trial of the default study.
    pub(in crate::engine) fn record(number: u32) -> TrialRecord {
        let mut rng = Seed(1).stream(Purpose::Search, number.into());
        let params = Study::default().space().unwrap().point_at(|_| unit(&mut rng));
        let value = 0.84 + 0.05 * unit(&mut rng);
        TrialRecord {
            number,
            model: ModelKind::Svd,
            params,
            state: TrialState::Done,
            value: Some(value),
            metrics: None,
            epochs: 10 + number % 7,
            curve: vec![CurvePoint { epoch: 1, train: value + 0.1, valid: Some(value) }],
            error: None,
            seconds: 0.1,
            users: UserSums::default(),
            lists: ListCounts::default(),
            fallback: Fallback::default(),
            rung: 0,
        }
    }

    fn shared(trials: u32) -> Shared {
        let records: Vec<TrialRecord> = (0..trials).map(record).collect();
        Shared::of(&Study::default(), &[Intervention::StopAt { number: trials }], &records, Some(0.861), 1)
    }

    #[test]
    fn a_result_survives_its_payload() {
        for trials in [0, 1, 30] {
            let shared = shared(trials);
            assert_eq!(unpack(&pack(&shared).unwrap()).unwrap(), shared);
        }
        let mut odd = shared(5);
        odd.trials.remove(2);
        odd.trials[0].state = TrialState::Failed;
        odd.trials[0].value = None;
        assert_eq!(unpack(&pack(&odd).unwrap()).unwrap(), odd);
    }

    #[test]
    fn trials_of_several_models_keep_their_own_parameters() {
        let mut study = Study::default();
        study.models.push(ModelSpace::starting(ModelKind::Bias));
        let space = study.space().unwrap();
        let mut shared = shared(6);
        for (trial, u) in shared.trials.iter_mut().zip([0.1, 0.9, 0.2, 0.8, 0.7, 0.3]) {
            trial.params = crate::engine::share::at_display_precision(&space.point_at(|_| u));
        }
        shared.study = study;
        assert_eq!(unpack(&pack(&shared).unwrap()).unwrap(), shared);
    }

    #[test]
    fn a_result_of_sixty_trials_fits_in_a_message() {
        let length = pack(&shared(60)).unwrap().len();
        assert!(length < 1_500, "{length} characters");
    }

    #[test]
    fn damage_is_found_and_a_bomb_does_not_go_off() {
        let good = pack(&shared(3)).unwrap();
        for bad in ["", "?", "AAAA", &good[..good.len() / 2], &good[1..]] {
            assert_eq!(unpack(bad).unwrap_err().code(), "damaged-link", "{bad}");
        }
        let bomb = URL_SAFE_NO_PAD.encode(deflate::pack(&vec![b' '; MAX_INFLATED + 1]));
        assert!(bomb.len() < 100_000);
        assert_eq!(unpack(&bomb).unwrap_err(), damaged("it is too large"));
    }

    #[cfg(not(target_family = "wasm"))]
    proptest::proptest! {
        #[test]
        fn any_result_survives_its_payload(
            trials in proptest::collection::vec((0..3_u32, 0..4_usize, proptest::num::f32::NORMAL, 0..99_u32), 0..40),
            baseline in proptest::option::of(proptest::num::f32::NORMAL),
            openings: u32,
        ) {
            let mut next = 0;
            let row = |(gap, state, value, epochs): (u32, usize, f32, u32)| {
                next += gap + 1;
                let state = [TrialState::Done, TrialState::Failed, TrialState::Cancelled, TrialState::Stopped][state];
                let value = matches!(state, TrialState::Done | TrialState::Stopped).then_some(value);
                let params = crate::engine::share::at_display_precision(&record(next).params);
                SharedTrial { number: next - 1, params, state, value, epochs }
            };
            let trials = trials.into_iter().map(row).collect();
            let interventions = vec![Intervention::CancelTrial { number: 1 }, Intervention::StopAt { number: 9 }];
            let digest = "00ff".to_owned();
            let shared = Shared { study: Study::default(), interventions, trials, baseline, digest, openings };
            proptest::prop_assert_eq!(unpack(&pack(&shared).unwrap()).unwrap(), shared);
        }

        #[test]
        fn any_text_is_refused_or_read_without_panic(text in "[A-Za-z0-9_-]{0,200}") {
            let _ = unpack(&text);
        }
    }
}
