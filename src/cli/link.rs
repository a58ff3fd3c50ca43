//! `rectune link`: a study as a link, and back.

use super::args::{self, Direction};
use super::tune::TuneResult;
use super::{Verdict, output, study};
use crate::engine::share;
use crate::error::Error;
use crate::study::{Study, link};

pub(super) fn run(args: &args::Link) -> Result<Verdict, Error> {
    match &args.direction {
        Direction::Encode { study, result } => encode(study, result.as_deref())?,
        Direction::Decode { link, result } => decode(link, result.as_deref())?,
    }
    Ok(Verdict::Done)
}

fn encode(file: &str, result: Option<&str>) -> Result<(), Error> {
    let study: Study = study::read_json(file)?;
    study.check()?;
    let study = study.canonical();
    let fragment = match result {
        None => link::encode(&study),
        Some(file) => {
            let result: TuneResult = study::read_json(file)?;
            let (expected, found) = (share::study_hash(&study), share::study_hash(&result.study));
            if expected != found {
                let allowed = format!("the result of this study, which has the hash {expected}");
                return Err(Error::BadSetting { setting: "--result".into(), value: found, allowed });
            }
            link::encode_with_result(&study, &share::pack(&result.shared())?)
        }
    };
    output::print(&format!("#{fragment}\n"))
}

fn decode(text: &str, result: Option<&str>) -> Result<(), Error> {
    let decoded = link::decode(text.split_once('#').map_or(text, |(_, fragment)| fragment));
    if let Some(newer) = decoded.problems.iter().find(|problem| matches!(problem, Error::NewerVersion { .. })) {
        return Err(newer.clone());
    }
    for problem in &decoded.problems {
        eprintln!("{problem}");
    }
    if let Some(file) = result {
        let reason = "it holds settings and no result".to_owned();
        let payload = decoded.result.ok_or(Error::DamagedLink { reason })?;
        output::write(file, &(output::pretty(&share::unpack(&payload)?) + "\n"))?;
    }
    output::print(&(output::pretty(&decoded.study) + "\n"))
}
