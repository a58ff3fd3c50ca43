//! The worker's own surroundings: its scope, its clock, its turns. The only place where a worker waits.

use std::cell::RefCell;
use std::collections::VecDeque;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessagePort};

/// The scope of this worker.
#[must_use]
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds since the worker started; never runs backwards.
#[must_use]
pub fn now() -> f64 {
    scope().performance().map_or(0.0, |clock| clock.now())
}

/// Calls `beat` every so many milliseconds, for as long as the worker lives.
pub fn every(milliseconds: f64, beat: impl Fn() + 'static) {
    let beat = Closure::<dyn Fn()>::new(beat);
    let period = milliseconds as i32;
    // A scope without timers would be no browser's.
    let _timer = scope().set_interval_with_callback_and_timeout_and_arguments_0(beat.as_ref().unchecked_ref(), period);
    beat.forget();
}

/// Lets the worker hear what was posted meanwhile. By a message to itself: a timer would wait for 4 ms.
pub async fn next_turn() {
    let promise = Promise::new(&mut |resolve, _reject| TURNS.with(|turns| turns.request(resolve)));
    // A promise that is only ever resolved.
    let _turn = JsFuture::from(promise).await;
}

thread_local! {
    static TURNS: Turns = Turns::new();
}

/// A line from the worker to itself.
struct Turns {
    port: Option<MessagePort>,
    waiting: RefCell<VecDeque<Function>>,
}

impl Turns {
    fn new() -> Self {
        let port = MessageChannel::new().ok().map(|channel| {
            let on_turn = Closure::<dyn Fn()>::new(|| {
                if let Some(resolve) = TURNS.with(|turns| turns.waiting.borrow_mut().pop_front()) {
                    let _resolved = resolve.call0(&JsValue::UNDEFINED);
                }
            });
            channel.port2().set_onmessage(Some(on_turn.as_ref().unchecked_ref()));
            on_turn.forget();
            channel.port1()
        });
        Self { port, waiting: RefCell::default() }
    }

    fn request(&self, resolve: Function) {
        self.waiting.borrow_mut().push_back(resolve);
        let posted = self.port.as_ref().map(|port| port.post_message(&JsValue::NULL));
        if !matches!(posted, Some(Ok(()))) {
            // Without a line it goes on at once: it works, and listens only when it is done.
            if let Some(resolve) = self.waiting.borrow_mut().pop_back() {
                let _resolved = resolve.call0(&JsValue::UNDEFINED);
            }
        }
    }
}

/// Hardware threads, as far as the browser says.
#[must_use]
pub fn threads() -> u32 {
    scope().navigator().hardware_concurrency() as u32
}

/// Ends this worker's life with an `error` event that its starter hears: an error in a promise would stay unheard.
pub fn fail(error: String) {
    let scope = js_sys::global();
    let report = Reflect::get(&scope, &"reportError".into()).ok().and_then(|report| report.dyn_into::<Function>().ok());
    if let Some(report) = report {
        let _reported = report.call1(&scope, &error.into());
    }
}
