//! The reader's role: reads a person's files once, in a program and a memory of its own. Both are gone when the conductor has
//! what was read: WebAssembly's memory never shrinks otherwise.
//!
//! Nobody listens while a chunk is read, and nobody need: who no longer wants the data ends the worker.

pub mod decode;
pub mod load;

use std::cell::Cell;

use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

use self::load::{Loaded, Wanted, load};
use super::message::{self, Reply, Request};
use super::parcel;
use super::scope::{fail, now, scope};
use crate::channel::boot::{Boot, Role};
use crate::channel::{self, privacy, thrown};
use crate::error::Error;

/// A person sees no more than about ten steps of progress a second.
const PROGRESS_MS: f64 = 100.0;

/// Listens for a request from now on.
///
/// # Errors
/// A message that is none or names another role, in short.
pub fn boot(message: JsValue) -> Result<(), JsValue> {
    let in_short = |error: Error| JsValue::from(error.in_short());
    let boot: Boot = channel::from_js(message).map_err(in_short)?;
    if boot.role != Role::Reader {
        return Err(in_short(Error::Browser { what: "another role than the reader's".to_owned() }));
    }
    std::panic::set_hook(Box::new(|panic| fail(panic.to_string())));
    let on_request = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        match message::read_request(&event.data()) {
            Ok((Request::Read { source, clean, find, roles }, files)) => {
                let files = roles.into_iter().zip(files).collect();
                spawn_local(read(Wanted { source, clean, find, files }, boot.base.clone()));
            }
            Ok((Request::CheckPrivacy, _)) => spawn_local(async {
                say(&Reply::Privacy { refused: privacy::refuses_other_origins().await }, &Array::new());
            }),
            // Both sides are of one build: this is a bug, and the conductor must hear of it.
            Err(error) => fail(error.in_short()),
        }
    });
    scope().set_onmessage(Some(on_request.as_ref().unchecked_ref()));
    on_request.forget();
    say(&Reply::Ready, &Array::new());
    Ok(())
}

async fn read(wanted: Wanted, base: String) {
    let told = Cell::new(now());
    let tell = |(bytes, total, rows)| {
        if now() - told.get() >= PROGRESS_MS {
            told.set(now());
            say(&Reply::Loading { bytes, total, rows }, &Array::new());
        }
    };
    let columns = Array::new();
    let reply = match load(&wanted, &base, tell).await {
        Ok(Loaded { data, test, problems }) => {
            let report = Box::new(parcel::pack(data, &columns));
            Reply::Read { report, test: test.map(|test| Box::new(parcel::pack(test, &columns))), problems }
        }
        Err(error) => Reply::Unread { error },
    };
    say(&reply, &columns);
}

fn say(reply: &Reply, columns: &Array) {
    let said = message::reply(reply, columns).and_then(|message| {
        let buffers = message::buffers(columns)?;
        scope().post_message_with_transfer(&message, &buffers).map_err(|error| thrown(&error))
    });
    if let Err(error) = said {
        fail(error.in_short());
    }
}
