//! `rectune verify`: runs a shared result's study again and compares every trial.

use std::path::Path;

use serde::Serialize;

use super::tune::TuneResult;
use super::{Verdict, args, data, output, pool, study};
use crate::engine::conductor::{Conductor, Known};
use crate::engine::share;
use crate::error::Error;
use crate::protocol::{Event, Shared, TrialRecord, Verification};
use crate::study::{ENGINE, link};

#[derive(Serialize)]
struct VerifyResult {
    trials: u32,
    same: u32,
    first_difference: Option<u32>,
    /// Whether the digest of the exact log, learning curves included, is the same too.
    exact: bool,
    /// The engine version that the result was made with.
    engine: u32,
    /// The one that ran it again.
    this_engine: u32,
}

pub(super) fn run(args: &args::Verify) -> Result<Verdict, Error> {
    let shared = read(&args.shared)?;
    let mut study = shared.study.clone();
    let data = data::load_again(&study.data, args.ratings.as_deref(), args.items.as_deref())?;
    let test = args.test.as_deref().map(|file| data::load_test(file, &data)).transpose()?;
    study::set_test(&mut study, test.as_ref())?;
    let (split, report) = data::cut(&data, test.as_ref(), study.split, study.seed)?;
    let workers = pool::workers(args.workers);
    let known = data::known(&data, &split, report, workers);
    let mut conductor = Conductor::new(study, known, Known::new(), &shared.decisions())?;
    pool::run(&mut conductor, &split, workers, |conductor| {
        let refused = conductor.take_events().into_iter().find_map(|event| match event {
            Event::Refused { error } => Some(error),
            _ => None,
        });
        refused.map_or(Ok(()), Err)
    })?;
    let records: Vec<&TrialRecord> = conductor.records();
    let verification = share::compare(&shared, records);
    let result = result(&verification);
    output::finish(args.output.json.as_deref(), &result, || sentence(&result))?;
    let reproduced = result.same == result.trials && result.exact;
    Ok(if reproduced { Verdict::Done } else { Verdict::Differs })
}

/// Reads a file that `tune --json` or `link decode --result` wrote, or a link.
fn read(text: &str) -> Result<Shared, Error> {
    if Path::new(text).is_file() {
        let result = study::read_json::<TuneResult>(text).map(|result| result.shared());
        return result.or_else(|error| study::read_json::<Shared>(text).map_err(|_| error));
    }
    let decoded = link::decode(text.split_once('#').map_or(text, |(_, fragment)| fragment));
    if let Some(newer) = decoded.problems.iter().find(|problem| matches!(problem, Error::NewerVersion { .. })) {
        return Err(newer.clone());
    }
    match decoded.result {
        Some(payload) => share::unpack(&payload),
        None if !text.contains('=') => {
            let reason = "there is no such file, and it is no link either".to_owned();
            Err(Error::Unreadable { file: text.to_owned(), reason })
        }
        None => Err(Error::DamagedLink { reason: "it holds settings and no result".to_owned() }),
    }
}

fn result(verification: &Verification) -> VerifyResult {
    VerifyResult {
        trials: verification.trials,
        same: verification.same,
        first_difference: verification.first_difference,
        exact: verification.exact,
        engine: verification.engine.0,
        this_engine: verification.engine.1,
    }
}

fn sentence(result: &VerifyResult) -> String {
    let mut text = format!("{} of {} trials reproduced", result.same, result.trials);
    text += match (result.first_difference, result.exact) {
        (Some(_), _) => "",
        (None, true) => " exactly, learning curves included",
        (None, false) => ", but the exact log differs",
    };
    if let Some(number) = result.first_difference {
        text += &format!("; the first that differs is trial {number}");
    }
    if result.engine != ENGINE.0 {
        text += &format!("; the result was made by engine version {}, this is version {}", result.engine, ENGINE.0);
    }
    text + "\n"
}
