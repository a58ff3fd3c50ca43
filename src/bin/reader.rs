//! The reader's program: WebAssembly of its own, so that nobody loads it who brings no file, and compiled for speed. Only the
//! way in; what it does is `rectune::worker::reader`.

#[cfg(target_family = "wasm")]
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Called by the start script with the boot message.
///
/// # Errors
/// A boot message that is none, or one that names another role; the start script makes it an `error` event.
#[cfg(target_family = "wasm")]
#[wasm_bindgen]
pub fn boot(message: JsValue) -> Result<(), JsValue> {
    rectune::worker::reader::boot(message)
}

fn main() {}
