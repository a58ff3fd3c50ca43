//! The engine in web workers: thin shells that listen, call the engine and tell. Nothing here decides what a result is.
//!
//! One program has two roles. The [`conductor`] drives the run; its [`pool`] of workers, each a [`trainer`], does the fits. A
//! person's files are read by a [`reader`], which is a program of its own. The pure parts ([`pace`], [`pulse`], [`crew`]) know
//! no browser.

pub mod crew;
pub mod pace;
pub mod pulse;

pub mod message;
pub mod scope;

pub mod cut;
pub mod made;
pub mod parcel;
pub mod shelf;

pub mod conductor;
pub mod pool;
pub mod reader;
pub mod trainer;

use wasm_bindgen::JsValue;

use crate::channel;
use crate::channel::boot::{Boot, Role};
use crate::error::Error;

/// Takes up the role that the boot message names.
///
/// # Errors
/// A message that is none, or a browser that starts no workers; in short.
pub fn boot(message: JsValue) -> Result<(), JsValue> {
    let in_short = |error: Error| JsValue::from(error.in_short());
    let boot: Boot = channel::from_js(message).map_err(in_short)?;
    std::panic::set_hook(Box::new(|panic| scope::fail(panic.to_string())));
    match boot.role {
        Role::Conductor => conductor::start(boot).map_err(in_short),
        Role::Trainer => {
            trainer::start();
            Ok(())
        }
        // Not reached from here, so that nothing of it is in this program.
        Role::Reader => Err(in_short(Error::Browser { what: "the reader's role".to_owned() })),
    }
}
