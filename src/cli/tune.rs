//! `rectune tune`: a whole study, from the first trial to the opened test part.

mod result;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub(super) use self::result::TuneResult;
use self::watch::{Told, Watch};
use super::{Verdict, args, data, output, pool, study};
use crate::engine::conductor::{Conductor, Known};
use crate::engine::data::Dataset;
use crate::engine::forecast::{Sizes, Speed, forecast};
use crate::engine::share::EventLog;
use crate::engine::split::Split;
use crate::error::Error;
use crate::protocol::{Forecast, SplitReport};
use crate::study::Study;

pub(super) fn run(args: &args::Tune) -> Result<Verdict, Error> {
    let started = Instant::now();
    let deadline = deadline(args.seconds, started)?;
    let samplers = args.race.as_deref().map(study::racers).transpose()?;
    let log = args.resume.as_deref().map(read_log).transpose()?;
    let given = args.study.as_deref().map(study::read_json::<Study>).transpose()?;
    let before = log.as_ref().map(|(_, study)| study).or(given.as_ref());
    let data = match before {
        Some(study) => data::load_as(&study.data, &args.data)?,
        None => data::load(&args.data)?,
    };
    let goal = study::parse_goal(args.goal.as_deref())?.or(before.map(|study| study.goal));
    data.check_goal(goal.unwrap_or(Study::default().goal))?;
    let test = args.cut.test.as_deref().map(|file| data::load_test(file, &data)).transpose()?;
    let (study, known) = match log {
        Some((log, study)) => resumed(&log, study, args.trials, test.as_ref())?,
        None => (study::build(args, given, &data, test.as_ref())?, Known::new()),
    };
    let (split, report) = data::cut(&data, test.as_ref(), study.split, study.seed)?;
    let workers = pool::workers(args.workers);
    let mut conductor = Conductor::new(study, data::known(&data, &split, report, workers), known, &[])?;
    if args.study.is_none() && args.resume.is_none() {
        data::tell_split(args.cut.split.as_deref(), &data);
    }
    tell_forecast(&conductor, &split, report, workers)?;
    if let Some(file) = &args.study_out {
        output::write(file, &(output::pretty(conductor.study()) + "\n"))?;
    }
    let interrupted = on_interrupt();
    let mut watch = Watch::new(args.events.as_deref(), conductor.study().search.trials, deadline)?;
    pool::run(&mut conductor, &split, workers, |conductor| watch.look(conductor, &interrupted))?;
    let was_interrupted = interrupted.load(Ordering::Relaxed);
    if let Some(replicates) = args.replicates.filter(|_| !was_interrupted && conductor.best().is_some()) {
        conductor.repeat(replicates)?;
        pool::run(&mut conductor, &split, workers, |conductor| watch.look(conductor, &interrupted))?;
    }
    if let Some(splits) = args.splits.filter(|_| !was_interrupted && conductor.best().is_some()) {
        conductor.resplit(splits)?;
        pool::run(&mut conductor, &split, workers, |conductor| watch.look(conductor, &interrupted))?;
    }
    if let Some(samplers) = samplers.filter(|_| !was_interrupted) {
        conductor.race(&samplers, args.race_seeds)?;
        pool::run(&mut conductor, &split, workers, |conductor| watch.look(conductor, &interrupted))?;
    }
    if let Some(count) = args.ensemble.filter(|_| !was_interrupted && conductor.best().is_some()) {
        conductor.average(count)?;
        pool::run(&mut conductor, &split, workers, |conductor| watch.look(conductor, &interrupted))?;
    }
    if !was_interrupted && report.test > 0 && conductor.best().is_some() {
        conductor.open_test()?;
        pool::run(&mut conductor, &split, workers, |conductor| watch.look(conductor, &interrupted))?;
    }
    let Told { test, race, splits } = watch.finish();
    let mut result = TuneResult::of(&conductor, test.as_ref(), started.elapsed().as_secs_f64());
    (result.race, result.splits) = (race, splits);
    output::finish(args.output.json.as_deref(), &result, || data::summary(&data) + "\n" + &result.table())?;
    if conductor.best().is_none() && !was_interrupted {
        return Err(Error::NoWinner {});
    }
    Ok(Verdict::Done)
}

/// Says what the run will take, where somebody may be waiting for it.
fn tell_forecast(conductor: &Conductor, split: &Split, report: SplitReport, workers: usize) -> Result<(), Error> {
    let sizes = Sizes { n_users: split.refit.n_users(), n_items: split.refit.n_items(), split: report };
    let trainers = u32::try_from(workers).unwrap_or(u32::MAX);
    let Forecast { seconds, mib, .. } = forecast(conductor.study(), &sizes, trainers, &Speed::default())?;
    let time = match seconds {
        _ if seconds < 100.0 => format!("{:.0} s", seconds.max(1.0)),
        _ if seconds < 5_400.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3_600.0),
    };
    eprintln!("About {time} and {:.0} MB of memory with {workers} trainers.", mib.max(1.0));
    Ok(())
}

fn deadline(seconds: Option<f64>, started: Instant) -> Result<Option<Instant>, Error> {
    let Some(seconds) = seconds else { return Ok(None) };
    let bad = |_| Error::BadSetting {
        setting: "--seconds".to_owned(),
        value: seconds.to_string(),
        allowed: "a number of seconds from 0".to_owned(),
    };
    Ok(started.checked_add(Duration::try_from_secs_f64(seconds).map_err(bad)?))
}

fn read_log(file: &str) -> Result<(EventLog, Study), Error> {
    let unreadable = |error: std::io::Error| Error::Unreadable { file: file.to_owned(), reason: error.to_string() };
    let mut log = EventLog::read(file, &std::fs::read_to_string(file).map_err(unreadable)?)?;
    let reason = "no run was started in this log".to_owned();
    let started = log.started.take().ok_or(Error::NotParsed { file: file.to_owned(), line: 1, reason })?;
    Ok((log, started.study))
}

/// The logged study and what is known of it. A run that was interrupted goes on as if it had not been: decisions in a
/// native log come from the interruption alone, so its cancelled trials are trained again.
fn resumed(
    log: &EventLog,
    mut study: Study,
    trials: Option<u32>,
    test: Option<&Dataset>,
) -> Result<(Study, Known), Error> {
    study::set_test(&mut study, test)?;
    let mut known = Known::new();
    for trial in log.waits.iter().chain(log.trials.values()) {
        known.insert_trial(&study, trial);
    }
    study.search.trials = trials.unwrap_or(study.search.trials);
    study.check()?;
    Ok((study, known))
}

/// A flag that SIGINT or SIGTERM raises. A second signal ends the process at once.
fn on_interrupt() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    let handler = move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    };
    // Without a handler the signal ends the process as it would any other: no reason not to run.
    let _ = ctrlc::set_handler(handler);
    flag
}
