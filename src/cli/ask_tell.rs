//! `rectune ask-tell`: the samplers for a search that someone else runs, over standard input and output.
//!
//! Proposal n is written once the results of trials 0 ..= n - lag are known and sees exactly those, in order, so the
//! proposals do not depend on when results arrive.

use std::io::BufRead as _;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{Verdict, args, output, study};
use crate::engine::search::{History, Search, Told};
use crate::error::Error;
use crate::study::{Dimension, Point, Seed, Space};

const INPUT: &str = "standard input";

#[derive(Serialize)]
struct Ask<'a> {
    trial: u32,
    params: &'a Point,
    /// Time to suggest it, in milliseconds.
    ms: f64,
}

#[derive(Deserialize)]
struct Tell {
    trial: u32,
    /// `null` for a trial that failed. A missing value is a mistake and not a failure.
    #[serde(deserialize_with = "Option::deserialize")]
    value: Option<f64>,
}

pub(super) fn run(args: &args::AskTell) -> Result<Verdict, Error> {
    let dimensions: Vec<Dimension> = study::read_json(&args.space)?;
    if dimensions.is_empty() {
        let allowed = "at least one parameter".to_owned();
        return Err(Error::BadSetting { setting: "--space".to_owned(), value: "[]".to_owned(), allowed });
    }
    let seed = study::checked_seed(args.seed)?;
    let mut asker = Asker::new(args, dimensions, seed)?;
    if asker.ask()? {
        return Ok(Verdict::Done);
    }
    for (at, line) in std::io::stdin().lock().lines().enumerate() {
        let unreadable = |error: std::io::Error| Error::Unreadable { file: INPUT.into(), reason: error.to_string() };
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        asker.tell(&line, at as u64 + 1)?;
        if asker.ask()? {
            break;
        }
    }
    Ok(Verdict::Done)
}

struct Asker {
    search: Search,
    lag: usize,
    points: Vec<Point>,
    /// By trial; the outer `None` while a result is awaited.
    values: Vec<Option<Option<f64>>>,
    /// The results without a gap, in order.
    told: Vec<Told>,
}

impl Asker {
    fn new(args: &args::AskTell, dimensions: Vec<Dimension>, seed: Seed) -> Result<Self, Error> {
        let space = Space::new(dimensions)?;
        let sampler = study::sampler_for(&args.sampler, None, || Ok(space.clone()))?;
        let search = Search::new(sampler, space, seed)?;
        Ok(Self { search, lag: args.lag as usize, points: Vec::new(), values: Vec::new(), told: Vec::new() })
    }

    /// Writes all proposals that can be made now; whether the search has come to its end.
    fn ask(&mut self) -> Result<bool, Error> {
        while self.told.len() + self.lag > self.points.len() {
            let seen = (self.points.len() + 1).saturating_sub(self.lag);
            let started = Instant::now();
            let history = History { told: &self.told[..seen], pending: &self.points[seen..] };
            let Some(proposal) = self.search.ask(history) else {
                // Results of trials under way may still come; nobody needs them.
                output::print("{\"done\":true}\n")?;
                return Ok(true);
            };
            let ms = started.elapsed().as_secs_f64() * 1e3;
            let trial = u32::try_from(self.points.len()).expect("nobody runs four thousand million trials");
            let line = serde_json::to_string(&Ask { trial, params: &proposal.point, ms }).expect("plain data");
            output::print(&(line + "\n"))?;
            self.points.push(proposal.point);
            self.values.push(None);
        }
        Ok(false)
    }

    fn tell(&mut self, line: &str, number: u64) -> Result<(), Error> {
        let bad = |reason: String| Error::NotParsed { file: INPUT.into(), line: number, reason };
        let expected = r#"expected {"trial": 0, "value": 1.5}"#;
        let tell: Tell = serde_json::from_str(line).map_err(|error| bad(format!("{expected} ({error})")))?;
        match self.values.get_mut(tell.trial as usize) {
            None => return Err(bad(format!("trial {} was not proposed", tell.trial))),
            Some(Some(_)) => return Err(bad(format!("trial {} has a result already", tell.trial))),
            Some(value) => *value = Some(tell.value),
        }
        while let Some(Some(value)) = self.values.get(self.told.len()) {
            self.told.push(Told { point: self.points[self.told.len()].clone(), value: *value });
        }
        Ok(())
    }
}
