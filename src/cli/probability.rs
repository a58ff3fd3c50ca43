//! Probabilities of a liked item, calibrated on validation rows: what `train` and `recommend` say of them.

use serde::Serialize;

use super::output::Table;
use crate::engine::calibration::{Calibration, Judged, judged};
use crate::engine::split::Split;
use crate::error::Error;
use crate::protocol::{Job, Part};
use crate::study::Stopping;

/// How probabilities came out on rows that calibration has not seen, where there are such.
#[derive(Serialize)]
pub(super) struct Probability {
    threshold: f64,
    intercept: f64,
    slope: f64,
    /// Validation rows that it was calibrated on.
    rows: usize,
    measured_on: &'static str,
    brier: f64,
    /// Of whoever always says the base rate.
    brier_base: f64,
    log_loss: f64,
    reliability: Vec<Tenth>,
}

/// A tenth of the rows, by their probability.
#[derive(Serialize)]
struct Tenth {
    rows: usize,
    predicted: f64,
    observed: f64,
}

/// The calibration of a job's model for so many epochs, by the validation rows.
pub(super) fn calibrate(
    split: &Split,
    job: &Job,
    epochs: u32,
    threshold: f64,
) -> Result<(Calibration, Vec<Judged>), Error> {
    let job = Job { part: Part::Validation, stopping: Stopping::Fixed { epochs }, ..job.clone() };
    let rows = judged(split, &job, threshold)?;
    let calibration = Calibration::fit(&rows).ok_or_else(|| Error::BadSetting {
        setting: "--relevant".to_owned(),
        value: threshold.to_string(),
        allowed: "a rating that some validation rows reach and others do not".to_owned(),
    })?;
    Ok((calibration, rows))
}

impl Probability {
    /// Calibrates on the validation rows, and judges on the test rows if there are any.
    pub(super) fn of(split: &Split, job: &Job, epochs: u32, threshold: f64) -> Result<Self, Error> {
        let (calibration, mut rows) = calibrate(split, job, epochs, threshold)?;
        let has_test = !split.test.is_empty();
        if has_test {
            let job = Job { part: Part::Test, stopping: Stopping::Fixed { epochs }, ..job.clone() };
            rows = judged(split, &job, threshold)?;
        }
        let found = calibration.reliability(&rows);
        let tenth = |&(rows, predicted, observed): &(usize, f64, f64)| Tenth { rows, predicted, observed };
        Ok(Self {
            threshold,
            intercept: calibration.intercept,
            slope: calibration.slope,
            rows: calibration.rows,
            measured_on: if has_test { "test" } else { "validation" },
            brier: found.brier,
            brier_base: found.base,
            log_loss: found.log_loss,
            reliability: found.tenths.iter().map(tenth).collect(),
        })
    }

    /// For people.
    pub(super) fn table(&self) -> String {
        let mut table = Table::new(&["rows", "predicted", "observed"]);
        for tenth in &self.reliability {
            let share = |share: f64| format!("{share:.3}");
            table.row(vec![tenth.rows.to_string(), share(tenth.predicted), share(tenth.observed)]);
        }
        format!(
            "probability of a rating from {}, calibrated on {} validation rows: on the {} rows Brier score {:.4} (base rate \
             {:.4}), log loss {:.4}; tenths of the rows:\n{}",
            self.threshold,
            self.rows,
            self.measured_on,
            self.brier,
            self.brier_base,
            self.log_loss,
            table.text()
        )
    }
}
