//! Results as they are shared: hashes, digests, links and logs.

use crate::study::Study;

/// The study's own hash: BLAKE3 over its JSON, 32 hexadecimal digits.
#[must_use]
pub fn study_hash(study: &Study) -> String {
    let json = serde_json::to_vec(study).expect("a study is plain data");
    blake3::hash(&json).to_hex()[..32].to_owned()
}
