//! Encodings whose tables the browser has and the worker need not carry.

use js_sys::Uint8Array;
use web_sys::{TextDecodeOptions, TextDecoder};

use crate::engine::data::decode::Foreign;

/// A decoder of the browser's; `None` for a label that it does not know.
#[must_use]
pub fn browser(label: &str) -> Option<Box<dyn Foreign>> {
    Some(Box::new(Browser(TextDecoder::new_with_label(label).ok()?)))
}

struct Browser(TextDecoder);

impl Foreign for Browser {
    fn decode(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
        let options = TextDecodeOptions::new();
        options.set_stream(!last);
        // Without `fatal` decoding does not fail.
        let text = self.0.decode_with_buffer_source_and_options(&Uint8Array::from(bytes), &options);
        out.extend_from_slice(text.unwrap_or_default().as_bytes());
    }
}
