//! One trainer's worker as the pool sees it: what it does, and when it was last heard.

use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Event, MessageEvent, Worker};

use super::{OnSaid, Said};
use crate::channel::boot::Boot;
use crate::channel::{self, thrown};
use crate::engine::fit;
use crate::error::Error;
use crate::protocol::Job;
use crate::worker::message::{self, Answer, Order};
use crate::worker::pulse::{ABSORBED, LISTENING, Pulse};
use crate::worker::scope::now;

/// So many jobs are remembered of a trainer: about as many as it has room for.
const KEPT: usize = 24;

/// A trainer's worker.
pub(super) struct Member {
    pub(super) id: u32,
    pub(super) doing: Doing,
    pub(super) pulse: Pulse,
    /// The latest jobs of it that others may go on from.
    kept: VecDeque<Job>,
    worker: Worker,
    /// Called by the worker for as long as it lives.
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(Event)>,
}

/// What a trainer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It can not be spoken to yet.
    Starting,
    /// It holds no split.
    Empty,
    /// It reads its split.
    Reading,
    /// It holds the split and waits for a job.
    Idle,
    /// It has this job.
    Job(u32),
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("id", &self.id).field("doing", &self.doing).finish_non_exhaustive()
    }
}

impl Member {
    /// Starts a trainer; what it says goes to `on_said`.
    pub(super) fn start(id: u32, boot: &Boot, module: &JsValue, on_said: &OnSaid) -> Result<Self, Error> {
        let worker = channel::start(boot, module)?;
        let said = Rc::clone(on_said);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            said(id, message::read_answer(&event.data()).map_or_else(|error| Said::Died { error }, Said::Answer));
        });
        let said = Rc::clone(on_said);
        let on_error = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            // Else the browser would call the conductor itself broken.
            event.prevent_default();
            said(id, Said::Died { error: thrown(&event) });
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let pulse = Pulse::new(now(), ABSORBED);
        Ok(Self {
            id,
            doing: Doing::Starting,
            pulse,
            kept: VecDeque::new(),
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Whether it can be spoken to.
    pub(super) fn is_reachable(&self) -> bool {
        self.doing != Doing::Starting
    }

    /// Whether it has, most likely, what a job goes on from. If it was thrown out, the job is trained from its start.
    pub(super) fn holds(&self, job: &Job) -> bool {
        self.kept.iter().any(|kept| fit::leads(kept, job))
    }

    /// Takes the job with this id.
    pub(super) fn take(&mut self, job: u32, order: &Order) {
        if let Order::Work { job } = order
            && job.keep
        {
            self.kept.truncate(KEPT - 1);
            self.kept.push_front(job.clone());
        }
        self.doing = Doing::Job(job);
        self.pulse = Pulse::new(now(), LISTENING);
        self.send(order);
    }

    /// The job that it has.
    pub(super) fn job(&self) -> Option<u32> {
        match self.doing {
            Doing::Job(job) => Some(job),
            Doing::Starting | Doing::Empty | Doing::Reading | Doing::Idle => None,
        }
    }

    /// Something was heard of it, which says how much silence may follow.
    pub(super) fn heard(&mut self, answer: &Answer) {
        let now = now();
        match answer {
            Answer::Absorbed => self.pulse = Pulse::new(now, ABSORBED),
            Answer::Alive | Answer::Epoch { .. } | Answer::Privacy { .. } | Answer::Advice { .. } => {
                self.pulse.beat(now);
            }
            Answer::Ready
            | Answer::Held
            | Answer::Unheld { .. }
            | Answer::Begun { .. }
            | Answer::Kept { .. }
            | Answer::Ended { .. } => self.pulse = Pulse::new(now, LISTENING),
        }
    }

    /// Has it read a split.
    pub(super) fn read(&mut self, split: &Blob) {
        self.doing = Doing::Reading;
        self.pulse = Pulse::new(now(), LISTENING);
        self.post(&Order::Hold, split);
    }

    /// Sends an order that nothing goes beside.
    pub(super) fn send(&self, order: &Order) {
        self.post(order, &JsValue::UNDEFINED);
    }

    /// Posts an order. One that can not be posted is missed like one to a dead worker: its silence will tell.
    fn post(&self, order: &Order, blob: &JsValue) {
        let posted = message::order(order, blob)
            .and_then(|message| self.worker.post_message(&message).map_err(|error| thrown(&error)));
        if let Err(error) = posted {
            web_sys::console::error_1(&error.in_short().into());
        }
    }

    /// Ends it, whatever it does.
    pub(super) fn end(&self) {
        self.worker.set_onmessage(None);
        self.worker.set_onmessageerror(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
