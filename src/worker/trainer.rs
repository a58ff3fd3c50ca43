//! The trainer's role: holds a copy of the split and runs one fit at a time, in slices. What a fit computes is
//! [`engine::fit`](crate::engine::fit)'s; that it listens between slices is this file's.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, MessageEvent};

use super::message::{self, Answer, Order};
use super::pace::Pace;
use super::pulse::BEAT_MS;
use super::scope::{every, fail, next_turn, now, scope};
use crate::channel::{in_its_words, privacy, thrown};
use crate::engine::advice::Adviser;
use crate::engine::fit::{Checkpoints, Fit, Step};
use crate::engine::split::Split;
use crate::error::Error;
use crate::protocol::{CurvePoint, Job, Outcome, Report};

/// A person sees no more than about ten curve points a second; the report has all of them.
const EPOCH_MS: f64 = 100.0;

/// A trainer between two messages.
#[derive(Debug, Default)]
struct Trainer {
    split: Option<Split>,
    work: Option<Work>,
    /// The model that is asked for lists.
    kept: Option<Adviser>,
    /// Fits that may go on.
    checkpoints: Checkpoints,
    resting: bool,
    /// Whether slices are under way. They end by themselves when there is nothing to do.
    running: bool,
}

/// A job under way.
#[derive(Debug)]
struct Work {
    job: u32,
    task: Task,
    pace: Pace,
    /// Time spent in the task, in milliseconds.
    spent: f64,
    /// When an epoch was last told.
    told: f64,
}

/// What a job comes to: a report, or a model that is kept.
#[derive(Debug)]
enum Task {
    Fit(Box<Fit>),
    Keep(Adviser),
}

/// Listens for orders from now on.
pub fn start() {
    let trainer = Rc::new(RefCell::new(Trainer::default()));
    let beating = Rc::clone(&trainer);
    let on_order = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        match message::read_order(&event.data()) {
            Ok((order, blob)) => obey(&trainer, order, blob),
            // Both sides are one program: this is a bug, and the starter must hear of it.
            Err(error) => fail(error.in_short()),
        }
    });
    scope().set_onmessage(Some(on_order.as_ref().unchecked_ref()));
    on_order.forget();
    every(BEAT_MS, move || {
        // After a trap (out of memory, for example) the trainer stays borrowed for ever, and its heart no longer beats.
        if beating.try_borrow().is_ok() {
            say(Answer::Alive);
        }
    });
    say(Answer::Ready);
}

fn obey(trainer: &Rc<RefCell<Trainer>>, order: Order, blob: JsValue) {
    match order {
        Order::Hold => spawn_local(hold(Rc::clone(trainer), blob.unchecked_into())),
        Order::Work { job } => {
            let kept = trainer.borrow_mut().checkpoints.take(&job);
            let fit = |split: &Split| kept.map_or_else(|| Fit::new(split, &job), Ok);
            trainer.borrow_mut().take(&job, |split| Ok(Task::Fit(Box::new(fit(split)?))));
        }
        Order::Keep { job } => trainer.borrow_mut().take(&job, |split| Ok(Task::Keep(Adviser::new(split, &job)?))),
        Order::Advise { question } => {
            if let Some(kept) = &trainer.borrow().kept {
                say(Answer::Advice { seq: question.seq, list: kept.advise(&question) });
            }
        }
        Order::Drop { job } => {
            trainer.borrow_mut().work.take_if(|work| work.job == job);
        }
        Order::Rest => trainer.borrow_mut().resting = true,
        Order::Go => trainer.borrow_mut().resting = false,
        Order::CheckPrivacy => spawn_local(async {
            say(Answer::Privacy { refused: privacy::refuses_other_origins().await });
        }),
        Order::End => scope().close(),
    }
    if trainer.borrow_mut().is_to_run() {
        spawn_local(run(Rc::clone(trainer)));
    }
}

/// Reads the packed split.
async fn hold(trainer: Rc<RefCell<Trainer>>, blob: Blob) {
    let buffer = JsFuture::from(blob.array_buffer()).await;
    let mut trainer = trainer.borrow_mut();
    say(Answer::Absorbed);
    let split = match buffer {
        Ok(buffer) => Split::from_bytes(&Uint8Array::new(&buffer).to_vec()),
        Err(error) => Err(Error::Unreadable { file: "split".to_owned(), reason: in_its_words(&error) }),
    };
    match split {
        Ok(split) => {
            trainer.split = Some(split);
            say(Answer::Held);
        }
        Err(error) => say(Answer::Unheld { error }),
    }
}

/// Runs slices until there is nothing to do, and listens between them.
async fn run(trainer: Rc<RefCell<Trainer>>) {
    while trainer.borrow_mut().slice() {
        next_turn().await;
    }
}

impl Trainer {
    fn take(&mut self, job: &Job, prepare: impl FnOnce(&Split) -> Result<Task, Error>) {
        let split = self.split.as_ref().expect("the pool gives jobs to trainers that hold a split");
        let began = now();
        say(Answer::Absorbed);
        match prepare(split) {
            Ok(task) => {
                say(Answer::Begun { job: job.id });
                let now = now();
                let work = Work { job: job.id, task, pace: Pace::default(), spent: now - began, told: now };
                self.work = Some(work);
            }
            Err(error) => end(job.id, now() - began, Outcome::Failed { error }),
        }
    }

    /// Whether slices must be started.
    fn is_to_run(&mut self) -> bool {
        let starts = !self.running && !self.resting && self.work.is_some();
        self.running |= starts;
        starts
    }

    /// Works for about a slice. Whether there is more.
    fn slice(&mut self) -> bool {
        let ended = match &mut self.work {
            Some(work) if !self.resting => work.slice(),
            _ => {
                self.running = false;
                return false;
            }
        };
        if let Some(outcome) = ended {
            if let Some(work) = self.work.take() {
                match (work.task, outcome) {
                    (task, Some(outcome)) => {
                        if let (Task::Fit(fit), Outcome::Done(_)) = (task, &outcome)
                            && fit.is_kept()
                        {
                            self.checkpoints.keep(*fit);
                        }
                        end(work.job, work.spent, outcome);
                    }
                    (Task::Keep(kept), None) => {
                        self.kept = Some(kept);
                        say(Answer::Kept { job: work.job });
                    }
                    (Task::Fit(_), None) => {}
                }
            }
            self.running = false;
        }
        self.running
    }
}

impl Work {
    /// Works for about a slice. If the task ended its outcome, which a model that is kept has none of.
    fn slice(&mut self) -> Option<Option<Outcome>> {
        let began = now();
        let mut last = began;
        let mut outcome = None;
        while outcome.is_none() && Pace::goes_on(last - began) {
            let step = match &mut self.task {
                Task::Fit(fit) => fit.advance(self.pace.work()),
                Task::Keep(kept) => match kept.advance(self.pace.work()) {
                    Ok(false) => Step::Working,
                    Ok(true) => return Some(None),
                    Err(error) => Step::Ended(Outcome::Failed { error }),
                },
            };
            let time = now();
            match step {
                Step::Working => self.pace.took(time - last),
                Step::Epoch(point) => self.tell(point, time),
                Step::Ended(end) => outcome = Some(Some(end)),
            }
            last = time;
        }
        self.spent += last - began;
        outcome
    }

    fn tell(&mut self, point: CurvePoint, time: f64) {
        if time - self.told >= EPOCH_MS {
            self.told = time;
            say(Answer::Epoch { job: self.job, point });
        }
    }
}

fn end(job: u32, milliseconds: f64, outcome: Outcome) {
    say(Answer::Ended { report: Report { job, seconds: milliseconds / 1_000.0, outcome } });
}

fn say(answer: Answer) {
    let said = message::answer(answer).and_then(|(message, buffers)| {
        scope().post_message_with_transfer(&message, &buffers).map_err(|error| thrown(&error))
    });
    if let Err(error) = said {
        fail(error.in_short());
    }
}
