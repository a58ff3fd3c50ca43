//! Whole texts packed and unpacked in memory by deflate (RFC 1951).
//!
//! By the streams of flate2 and not its readers and writers: these come with every error that a file system knows,
//! three kilobytes in a worker that has none.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Room for what comes out, in steps of so many bytes.
const ROOM: usize = 32 * 1024;

/// Packs `bytes` as small as they get.
pub(super) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::best(), false);
    let mut packed = Vec::new();
    loop {
        packed.reserve(ROOM);
        let rest = &bytes[stream.total_in() as usize..];
        match stream.compress_vec(rest, &mut packed, FlushCompress::Finish) {
            Ok(Status::Ok) => {}
            // There is always room, and the stream is this function's own: what is left is its end.
            Ok(Status::StreamEnd | Status::BufError) | Err(_) => return packed,
        }
    }
}

/// Unpacks what [`pack`] packed, to no more than `limit` bytes.
///
/// # Errors
/// Why it could not, as the end of a sentence.
pub(super) fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, &'static str> {
    let mut stream = Decompress::new(false);
    let mut bytes = Vec::new();
    loop {
        bytes.reserve(ROOM);
        let rest = &packed[stream.total_in() as usize..];
        let status = stream.decompress_vec(rest, &mut bytes, FlushDecompress::None);
        match status.map_err(|_| "its bytes do not unpack")? {
            _ if bytes.len() > limit => return Err("it is too large"),
            Status::StreamEnd => return Ok(bytes),
            _ if bytes.len() < bytes.capacity() => return Err("it is cut off"),
            Status::Ok | Status::BufError => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let long: Vec<u8> = (0..300_000_u32).map(|at| (at % 251) as u8).collect();
        for bytes in [&b""[..], b"a", &vec![7; 100_000], &long] {
            let packed = pack(bytes);
            assert!(packed.len() < bytes.len() / 2 + 10);
            assert_eq!(unpack(&packed, bytes.len()).unwrap(), bytes);
        }
    }

    #[test]
    fn damage_is_said_and_nothing_grows_beyond_the_limit() {
        let packed = pack(&vec![7; 100_000]);
        assert_eq!(unpack(&packed, 99_999), Err("it is too large"));
        assert_eq!(unpack(&packed[..packed.len() - 1], 100_000), Err("it is cut off"));
        assert_eq!(unpack(&[], 100_000), Err("it is cut off"));
        assert_eq!(unpack(&[0xFF; 9], 100_000), Err("its bytes do not unpack"));
    }
}
