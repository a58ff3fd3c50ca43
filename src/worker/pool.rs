//! The trainers' workers: started, given jobs, watched, replaced. Which job comes next is the conductor's to say; nothing
//! here depends on what a job computes.

mod member;

use std::fmt;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::Blob;

use self::member::{Doing, Member};
use super::message::{Answer, Order};
use super::pulse::Watch;
use super::scope::now;
use crate::channel::boot::Boot;
use crate::error::Error;
use crate::protocol::{CurvePoint, Job, Question, Recommended, Report};

/// After so many trainers in a row that did not come to hold their split, no more are started: something is wrong with
/// the place, not with them.
const MAX_FAILED_STARTS: u32 = 3;

/// What the pool's owner is called with: a trainer's id and what it said.
pub type OnSaid = Rc<dyn Fn(u32, Said)>;

/// Something came from a trainer.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// It answered.
    Answer(Answer),
    /// Its worker raised an error: it is as good as dead.
    Died {
        /// In the browser's words.
        error: Error,
    },
}

/// What the owner must know of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// Nothing; but a trainer may be free now.
    Nothing,
    /// A job finished an epoch.
    Progress(u32, CurvePoint),
    /// A job ended.
    Report(Report),
    /// The model of a job is kept.
    Kept(u32),
    /// The answer to a question.
    Advice(u32, Vec<Recommended>),
    /// A trainer tried to reach another origin; whether it was refused.
    Privacy(bool),
    /// The trainer is of no use and must be buried.
    Useless(Error),
}

/// The trainers.
pub struct Pool {
    boot: Boot,
    /// The compiled WebAssembly: each trainer makes an instance of it.
    module: JsValue,
    on_said: OnSaid,
    members: Vec<Member>,
    /// How many there should be.
    size: u32,
    split: Option<Blob>,
    resting: bool,
    /// A trainer that can be spoken to is to be asked about its privacy.
    asking: bool,
    born: u32,
    replaced: u32,
    failed_starts: u32,
    watch: Watch,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.members.iter().map(|member| (member.id, member.doing));
        f.debug_list().entries(members).finish()
    }
}

impl Pool {
    /// A pool without trainers. `boot` and `module` are what each starts from.
    #[must_use]
    pub fn new(boot: Boot, module: JsValue, on_said: OnSaid) -> Self {
        Self {
            boot,
            module,
            on_said,
            members: Vec::new(),
            size: 0,
            split: None,
            resting: false,
            asking: false,
            born: 0,
            replaced: 0,
            failed_starts: 0,
            watch: Watch::new(now()),
        }
    }

    /// Brings the pool to `size` trainers.
    ///
    /// # Errors
    /// [`Error::Browser`] when the browser starts no workers.
    pub fn fill(&mut self, size: u32) -> Result<(), Error> {
        self.size = size;
        while self.members.len() > size as usize {
            self.end_last();
        }
        while self.members.len() < size as usize {
            let member = self.start()?;
            self.members.push(member);
        }
        Ok(())
    }

    /// There should be no more than `most` from now on; those that work come to the end of their jobs first.
    pub fn limit(&mut self, most: u32) {
        self.size = self.size.min(most);
    }

    /// Ends trainers that have nothing to do, as far as there are more than there should be.
    pub fn settle(&mut self) {
        while self.members.len() > self.size as usize {
            let Some(at) = self.members.iter().position(|member| member.doing == Doing::Idle) else { return };
            self.members.remove(at).end();
        }
    }

    /// Brings the pool to its size again.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn refill(&mut self) -> Result<(), Error> {
        self.fill(self.size)
    }

    /// Has `size` trainers hold this split, which is new to all of them. A trainer that holds another one is replaced:
    /// memory never shrinks, and a fresh instance starts in a moment.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn hold(&mut self, split: Blob, size: u32) -> Result<(), Error> {
        self.members.retain(|member| {
            let keep = matches!(member.doing, Doing::Starting | Doing::Empty);
            if !keep {
                member.end();
            }
            keep
        });
        self.failed_starts = 0;
        for member in &mut self.members {
            if member.doing == Doing::Empty {
                member.read(&split);
            }
        }
        self.split = Some(split);
        self.fill(size)
    }

    /// Ends all trainers, until [`Self::fill`].
    pub fn retire(&mut self) {
        while !self.members.is_empty() {
            self.end_last();
        }
    }

    fn end_last(&mut self) {
        if let Some(member) = self.members.pop() {
            member.end();
        }
    }

    /// Trainers that can be spoken to, and how many were replaced since the start.
    #[must_use]
    pub fn count(&self) -> (u32, u32) {
        let alive = self.members.iter().filter(|member| member.is_reachable()).count();
        (u32::try_from(alive).unwrap_or(u32::MAX), self.replaced)
    }

    /// Whether a trainer waits for a job.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.members.iter().any(|member| member.doing == Doing::Idle)
    }

    /// Whether a trainer that waits for a job has what this one goes on from.
    #[must_use]
    pub fn holds(&self, job: &Job) -> bool {
        self.members.iter().any(|member| member.doing == Doing::Idle && member.holds(job))
    }

    /// Gives a job to a trainer that waits for one: [`Self::is_free`]. Rather to one that has what it goes on from.
    pub fn give(&mut self, job: Job) {
        if let Some(at) = self.members.iter().position(|member| member.doing == Doing::Idle && member.holds(&job)) {
            self.members.swap(0, at);
        }
        self.order(job.id, &Order::Work { job });
    }

    /// Has a trainer that waits for a job train its model and keep it.
    pub fn keep(&mut self, job: Job) {
        self.order(job.id, &Order::Keep { job });
    }

    fn order(&mut self, job: u32, order: &Order) {
        let member = self.members.iter_mut().find(|member| member.doing == Doing::Idle).expect("a trainer is free");
        member.take(job, order);
    }

    /// Asks the kept models.
    pub fn ask(&self, question: Question) {
        let order = Order::Advise { question };
        self.members.iter().filter(|member| member.is_reachable()).for_each(|member| member.send(&order));
    }

    /// Has a job abandoned, if it still runs.
    pub fn drop_job(&mut self, job: u32) {
        for member in self.members.iter_mut().filter(|member| member.doing == Doing::Job(job)) {
            member.doing = Doing::Idle;
            member.send(&Order::Drop { job });
        }
    }

    /// Has all jobs abandoned.
    pub fn drop_all(&mut self) {
        let jobs: Vec<u32> = self.members.iter().filter_map(Member::job).collect();
        jobs.into_iter().for_each(|job| self.drop_job(job));
    }

    /// Has all trainers stand still, or go on.
    pub fn rest(&mut self, resting: bool) {
        if self.resting != resting {
            self.resting = resting;
            let order = if resting { Order::Rest } else { Order::Go };
            self.members.iter().filter(|member| member.is_reachable()).for_each(|member| member.send(&order));
        }
    }

    /// Has one trainer try to reach another origin, as soon as one can be spoken to.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn check_privacy(&mut self) -> Result<(), Error> {
        if self.members.is_empty() {
            self.fill(1)?;
        }
        match self.members.iter().find(|member| member.is_reachable()) {
            Some(member) => member.send(&Order::CheckPrivacy),
            None => self.asking = true,
        }
        Ok(())
    }

    /// Has one trainer end without a word, rather one that works.
    pub fn end_one(&mut self) {
        let working = self.members.iter().find(|member| member.job().is_some());
        let listening = || self.members.iter().find(|member| member.is_reachable());
        if let Some(member) = working.or_else(listening) {
            member.send(&Order::End);
        }
    }

    /// Takes what a trainer said. One that has been buried meanwhile says nothing any more.
    pub fn heard(&mut self, id: u32, answer: Answer) -> Told {
        let (resting, split) = (self.resting, self.split.clone());
        let Some(member) = self.members.iter_mut().find(|member| member.id == id) else { return Told::Nothing };
        member.heard(&answer);
        match answer {
            Answer::Ready => {
                member.doing = Doing::Empty;
                if resting {
                    member.send(&Order::Rest);
                }
                if std::mem::take(&mut self.asking) {
                    member.send(&Order::CheckPrivacy);
                }
                if let Some(split) = split {
                    member.read(&split);
                }
            }
            Answer::Held => {
                member.doing = Doing::Idle;
                self.failed_starts = 0;
            }
            Answer::Epoch { job, point } if member.job() == Some(job) => return Told::Progress(job, point),
            Answer::Ended { report } if member.job() == Some(report.job) => {
                member.doing = Doing::Idle;
                return Told::Report(report);
            }
            Answer::Kept { job } if member.job() == Some(job) => {
                member.doing = Doing::Idle;
                return Told::Kept(job);
            }
            Answer::Advice { seq, list } => return Told::Advice(seq, list),
            Answer::Privacy { refused } => return Told::Privacy(refused),
            Answer::Unheld { error } => return Told::Useless(error),
            Answer::Alive | Answer::Absorbed | Answer::Begun { .. } => {}
            // Words about a job that was dropped meanwhile.
            Answer::Epoch { .. } | Answer::Ended { .. } | Answer::Kept { .. } => {}
        }
        Told::Nothing
    }

    /// The trainers that have been silent for longer than a living one.
    pub fn look(&mut self) -> Vec<u32> {
        let now = now();
        let late = self.watch.look(now);
        self.members.iter_mut().for_each(|member| member.pulse.forgive(late));
        self.members.iter().filter(|member| member.pulse.is_dead(now)).map(|member| member.id).collect()
    }

    /// Ends a trainer and starts another in its place. Returns the job that is lost with it, and an error if there is no
    /// other: `why`, when too many in a row never came to work, or the browser's.
    pub fn bury(&mut self, id: u32, why: Error) -> (Option<u32>, Option<Error>) {
        let Some(at) = self.members.iter().position(|member| member.id == id) else { return (None, None) };
        let dead = self.members.remove(at);
        dead.end();
        self.replaced += 1;
        if matches!(dead.doing, Doing::Starting | Doing::Reading) {
            self.failed_starts += 1;
        }
        let error = if self.failed_starts < MAX_FAILED_STARTS { self.refill().err() } else { Some(why) };
        (dead.job(), error)
    }

    fn start(&mut self) -> Result<Member, Error> {
        let id = self.born;
        self.born += 1;
        Member::start(id, &self.boot, &self.module, &self.on_said)
    }
}
