//! `rectune export`: the trials of a result for other programs.

use super::args::{self, Format};
use super::tune::TuneResult;
use super::{Verdict, output, study};
use crate::engine::share::journal;
use crate::error::Error;
use crate::protocol::TrialRecord;

pub(super) fn run(args: &args::Export) -> Result<Verdict, Error> {
    let result: TuneResult = study::read_json(&args.result)?;
    let records = result.records();
    let records: Vec<&TrialRecord> = records.iter().collect();
    let text = match args.to {
        Format::Optuna => journal::journal(&result.study, &records),
        Format::Csv => journal::csv(&result.study, &records),
    };
    match &args.out {
        Some(file) => output::write(file, &text)?,
        None => output::print(&text)?,
    }
    Ok(Verdict::Done)
}
