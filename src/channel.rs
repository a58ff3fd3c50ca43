//! How page and workers reach each other: starting a worker, and messages as JavaScript values. What is said stands in
//! [`crate::protocol`]; nothing here knows what a message means.
//!
//! Control messages are plain objects: what JSON holds, read by way of serde-wasm-bindgen. Bulk (files, splits, per-user errors) travels beside
//! them as blobs and typed arrays.

pub mod boot;
pub mod privacy;

use js_sys::{Array, Object, Reflect};
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Deserializer;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, Url, Worker};

use crate::error::Error;
use crate::fields::{Content, FromContent, json, whole};
use boot::Boot;

/// A message as a JavaScript value: what JSON would hold, so that both sides read it without knowing each other.
///
/// # Errors
/// [`Error::Browser`] for an integer beyond 2^53, which JavaScript has no number for.
pub fn to_js<T: Serialize + ?Sized>(message: &T) -> Result<JsValue, Error> {
    let text = json::write(message).map_err(|error| Error::Browser { what: error.to_string() })?;
    js_sys::JSON::parse(&text).map_err(|error| thrown(&error))
}

/// Reads a message that [`to_js`] wrote.
///
/// # Errors
/// [`Error::Browser`] for a value of another shape.
pub fn from_js<T: FromContent>(value: JsValue) -> Result<T, Error> {
    let content = Content::deserialize(Deserializer::from(value)).map_err(|error| error.to_string());
    let message = content.and_then(|content| whole(content).map_err(|misfit| misfit.to_string()));
    message.map_err(|what| Error::Browser { what })
}

/// An error that the browser threw.
#[must_use]
pub fn thrown(value: &JsValue) -> Error {
    Error::Browser { what: in_its_words(value) }
}

/// What the browser says of an error that it threw.
#[must_use]
pub fn in_its_words(value: &JsValue) -> String {
    let text = |value: &JsValue| value.as_string();
    let message = Reflect::get(value, &"message".into()).ok().as_ref().and_then(text);
    message.or_else(|| text(value)).unwrap_or_else(|| text(&value.js_typeof()).unwrap_or_default())
}

/// Starts a worker from a blob and tells it what it is. `module` is the compiled WebAssembly, or its address.
///
/// The worker hears nothing else until it has said that it can be spoken to.
///
/// # Errors
/// [`Error::Browser`] when the browser starts no workers.
pub fn start(boot: &Boot, module: &JsValue) -> Result<Worker, Error> {
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let text = Array::of1(&boot.script().into());
    let blob = Blob::new_with_str_sequence_and_options(&text, &kind).map_err(|error| thrown(&error))?;
    let address = Url::create_object_url_with_blob(&blob).map_err(|error| thrown(&error))?;
    // The address is never revoked: when a browser reads it is its own business, and it names a few hundred bytes.
    let worker = Worker::new(&address).map_err(|error| thrown(&error))?;
    let message = Object::new();
    for (key, value) in [("boot", to_js(boot)?), ("module", module.clone())] {
        Reflect::set(&message, &key.into(), &value).map_err(|error| thrown(&error))?;
    }
    worker.post_message(message.unchecked_ref()).map_err(|error| thrown(&error))?;
    Ok(worker)
}
