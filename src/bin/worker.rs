//! The worker's program, conductor and trainer. Only the way in; what it does is `rectune::worker`.

#[cfg(target_family = "wasm")]
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Called by the start script with the boot message.
///
/// # Errors
/// A boot message that is none, or a browser that lacks something; the start script makes it an `error` event.
#[cfg(target_family = "wasm")]
#[wasm_bindgen]
pub fn boot(message: JsValue) -> Result<(), JsValue> {
    rectune::worker::boot(message)
}

fn main() {}
