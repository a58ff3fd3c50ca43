//! The proof that nothing leaves: an attempt to reach another origin, which the browser must refuse.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, EventTarget};

/// An address of another origin that exists and answers anyone.
const ELSEWHERE: &str = "https://example.com/";

/// Tries to reach another origin from here and tells whether the policy refused it.
///
/// A failed request alone proves nothing (the machine may be offline), so the browser's own report of a violated policy
/// must come with it.
pub async fn refuses_other_origins() -> bool {
    let scope: EventTarget = js_sys::global().unchecked_into();
    let violated = Rc::new(Cell::new(false));
    let flag = Rc::clone(&violated);
    let on_violation = Closure::<dyn FnMut(Event)>::new(move |_| flag.set(true));
    let listener: &Function = on_violation.as_ref().unchecked_ref();
    let listening = scope.add_event_listener_with_callback("securitypolicyviolation", listener).is_ok();
    let refused = fetch(ELSEWHERE).await.is_err();
    // The report is a task of its own, and the order of the two is not promised.
    for _ in 0..20 {
        if violated.get() {
            break;
        }
        sleep(50).await;
    }
    if listening {
        let _gone = scope.remove_event_listener_with_callback("securitypolicyviolation", listener);
    }
    refused && violated.get()
}

/// `fetch` of page and workers alike: the global scopes share no type.
pub(crate) async fn fetch(address: &str) -> Result<JsValue, JsValue> {
    let scope = js_sys::global();
    let fetch: Function = Reflect::get(&scope, &"fetch".into())?.dyn_into()?;
    let promise: Promise = fetch.call1(&scope, &address.into())?.dyn_into()?;
    JsFuture::from(promise).await
}

/// Waits, by the timer of page and workers alike.
async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, reject| {
        let scope = js_sys::global();
        let set = Reflect::get(&scope, &"setTimeout".into()).ok().and_then(|set| set.dyn_into::<Function>().ok());
        let called = set.map(|set| set.call2(&scope, &resolve, &milliseconds.into()));
        if !matches!(called, Some(Ok(_))) {
            let _rejected = reject.call0(&JsValue::UNDEFINED);
        }
    });
    let _passed = JsFuture::from(promise).await;
}
