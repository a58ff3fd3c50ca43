//! Deflate (RFC 1951): texts packed and unpacked in memory, and streams unpacked piece by piece.
//!
//! By the streams of flate2 and not its readers and writers: these come with every error that a file system knows,
//! three kilobytes in a worker that has none.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// So many packed bytes are unpacked at a time: at most a thousandfold comes out before it is counted.
pub(super) const PIECE: usize = 4 * 1024;

/// Room for what comes out, in steps of so many bytes.
const ROOM: usize = 32 * 1024;

/// What damaged bytes are told by.
pub(super) const CORRUPT: &str = "its bytes do not unpack";

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
/// Why not, as the end of a sentence.
pub(super) fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, &'static str> {
    let mut stream = Decompress::new(false);
    let mut bytes = Vec::new();
    for piece in packed.chunks(PIECE) {
        let (_, ends) = inflate(&mut stream, piece, &mut bytes)?;
        if bytes.len() > limit {
            return Err("it is too large");
        }
        if ends {
            return Ok(bytes);
        }
    }
    Err("it is cut off")
}

/// Unpacks `bytes` behind what is in `unpacked`. How many of them belong to the stream, and whether it ends with them.
///
/// # Errors
/// Why not, as the end of a sentence.
pub(super) fn inflate(
    stream: &mut Decompress,
    bytes: &[u8],
    unpacked: &mut Vec<u8>,
) -> Result<(usize, bool), &'static str> {
    let start = stream.total_in();
    let mut read = 0;
    loop {
        unpacked.reserve(ROOM);
        let status = stream.decompress_vec(&bytes[read..], unpacked, FlushDecompress::None).map_err(|_| CORRUPT)?;
        read = (stream.total_in() - start) as usize;
        let ends = status == Status::StreamEnd;
        // With room left there is nothing more to come of these bytes.
        if ends || read == bytes.len() && unpacked.len() < unpacked.capacity() {
            return Ok((read, ends));
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
