//! The native pool: OS threads that train what a conductor gives out. Its size and its timing change no result.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::engine::conductor::Conductor;
use crate::engine::fit::{Checkpoints, Fit, Step};
use crate::engine::split::Split;
use crate::error::Error;
use crate::protocol::{CurvePoint, Job, Outcome, Report};

/// Rows that a trainer visits before it looks whether its job was dropped.
const SLICE: u32 = 500_000;
/// Bytes that ended fits may take, of all trainers together.
const CHECKPOINTS: u64 = 256 << 20;
/// Units of the conductor's own computing between two looks at the reports.
const OWN_SLICE: u32 = 200_000;
/// How long nothing needs to happen before the caller is asked again.
const LOOK: Duration = Duration::from_millis(50);

/// The number of trainers: as asked, or one for each hardware thread.
pub(super) fn workers(asked: Option<u16>) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.map_or_else(all, usize::from)
}

enum Message {
    Epoch { job: u32, point: CurvePoint },
    Ended { worker: usize, report: Report },
    Dropped { worker: usize },
}

/// Drives a conductor until it is idle. `watch` is called at least every 50 ms; it may steer the conductor, and an error
/// of it ends the run.
pub(super) fn run(
    conductor: &mut Conductor,
    split: &Split,
    workers: usize,
    mut watch: impl FnMut(&mut Conductor) -> Result<(), Error>,
) -> Result<(), Error> {
    let dropped = Mutex::new(BTreeSet::new());
    let checkpoints = Mutex::new(Checkpoints::new(CHECKPOINTS));
    std::thread::scope(|scope| {
        let (sender, inbox) = mpsc::channel();
        let desks: Vec<Sender<Job>> = (0..workers)
            .map(|worker| {
                let (desk, jobs) = mpsc::channel();
                let (sender, dropped, checkpoints) = (sender.clone(), &dropped, &checkpoints);
                scope.spawn(move || {
                    for job in jobs {
                        // Nobody listens any more when the run was ended by an error.
                        let _ = sender.send(work(worker, split, &job, &sender, (dropped, checkpoints)));
                    }
                });
                desk
            })
            .collect();
        drive(conductor, &desks, &inbox, &dropped, &mut watch)
    })
}

/// Gives out jobs and takes in reports until the conductor is idle.
fn drive(
    conductor: &mut Conductor,
    desks: &[Sender<Job>],
    inbox: &Receiver<Message>,
    dropped: &Mutex<BTreeSet<u32>>,
    watch: &mut impl FnMut(&mut Conductor) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut idle: Vec<usize> = (0..desks.len()).rev().collect();
    let mut running = BTreeSet::new();
    let drop_jobs = |jobs: &mut dyn Iterator<Item = u32>| dropped.lock().expect("no trainer panicked").extend(jobs);
    loop {
        while let Some(&worker) = idle.last() {
            let Some(job) = conductor.next_job() else { break };
            running.insert(job.id);
            idle.pop();
            // A desk is open as long as this function runs.
            let _ = desks[worker].send(job);
        }
        let computing = conductor.advance(OWN_SLICE);
        let watched = watch(conductor);
        drop_jobs(&mut conductor.take_dropped().into_iter());
        if watched.is_err() {
            drop_jobs(&mut running.iter().copied());
            return watched;
        }
        if conductor.is_idle() && idle.len() == desks.len() {
            return Ok(());
        }
        match inbox.recv_timeout(if computing { Duration::ZERO } else { LOOK }) {
            Ok(Message::Epoch { job, point }) => conductor.progress(job, point),
            Ok(Message::Ended { worker, report }) => {
                idle.push(worker);
                running.remove(&report.job);
                conductor.report(report);
            }
            Ok(Message::Dropped { worker }) => idle.push(worker),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => unreachable!("the scope holds a sender"),
        }
    }
}

/// Trains one job, from a checkpoint if there is one, and says what became of it.
fn work(
    worker: usize,
    split: &Split,
    job: &Job,
    sender: &Sender<Message>,
    (dropped, checkpoints): (&Mutex<BTreeSet<u32>>, &Mutex<Checkpoints>),
) -> Message {
    let is_dropped = || dropped.lock().expect("nobody panicked").remove(&job.id);
    let started = Instant::now();
    let kept = checkpoints.lock().expect("nobody panicked").take(job);
    let trained = kept.map_or_else(|| Fit::new(split, job), Ok).map(|mut fit| {
        let outcome = advance(&mut fit, |point| {
            if let Some(point) = point {
                let _ = sender.send(Message::Epoch { job: job.id, point });
            }
            !is_dropped()
        });
        if fit.is_kept() && matches!(outcome, Some(Outcome::Done(_))) {
            checkpoints.lock().expect("nobody panicked").keep(fit);
        }
        outcome
    });
    match trained.unwrap_or_else(|error| Some(Outcome::Failed { error })) {
        Some(outcome) => {
            let seconds = started.elapsed().as_secs_f64();
            Message::Ended { worker, report: Report { job: job.id, seconds, outcome } }
        }
        None => Message::Dropped { worker },
    }
}

/// Trains one job. `go_on` hears each epoch's point, is asked between slices too, and ends the training by `false`.
pub(super) fn train(split: &Split, job: &Job, go_on: impl FnMut(Option<CurvePoint>) -> bool) -> Option<Outcome> {
    match Fit::new(split, job) {
        Ok(mut fit) => advance(&mut fit, go_on),
        Err(error) => Some(Outcome::Failed { error }),
    }
}

fn advance(fit: &mut Fit, mut go_on: impl FnMut(Option<CurvePoint>) -> bool) -> Option<Outcome> {
    loop {
        let point = match fit.advance(SLICE) {
            Step::Working => None,
            Step::Epoch(point) => Some(point),
            Step::Ended(outcome) => return Some(outcome),
        };
        if !go_on(point) {
            return None;
        }
    }
}
