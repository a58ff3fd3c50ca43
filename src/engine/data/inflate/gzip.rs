//! The frame of gzip (RFC 1952): parts one behind the other, each a header, a deflate stream and its sum.

use flate2::Decompress;

use super::OTHER_BYTES;
use super::crc::Crc;
use crate::engine::deflate::{CORRUPT, inflate};

/// A header that goes on for longer (it may hold a name and a comment) is none.
const LONGEST_HEADER: usize = 256 * 1024;

const NO_GZIP: &str = "what follows its first part is no gzip";

const FIXED: usize = 10;
const TRAILER: usize = 8;

/// A gzip file between two pieces of it.
#[derive(Debug)]
pub(super) struct Gzip {
    stage: Stage,
    /// The bytes of a header or of a trailer that is not whole yet.
    held: Vec<u8>,
    stream: Decompress,
    crc: Crc,
    /// Bytes that came out of this part, modulo 2^32 as its trailer has them.
    len: u32,
    /// Parts that ended.
    parts: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Header,
    /// Behind the last part: some programs fill a file up with zeros.
    Padding,
    Stream,
    Trailer,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            stage: Stage::Header,
            held: Vec::new(),
            stream: Decompress::new(false),
            crc: Crc::new(),
            len: 0,
            parts: 0,
        }
    }

    /// Unpacks the next bytes behind what is in `unpacked`; the reason why not.
    pub(super) fn push(&mut self, bytes: &[u8], unpacked: &mut Vec<u8>) -> Result<(), &'static str> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let is_behind = self.stage == Stage::Header && self.held.is_empty() && self.parts > 0;
            if is_behind && rest[0] == 0 {
                self.stage = Stage::Padding;
            }
            let read = match self.stage {
                Stage::Header => self.hold(rest, header_len)?,
                Stage::Padding if rest.iter().all(|byte| *byte == 0) => rest.len(),
                Stage::Padding => return Err(NO_GZIP),
                Stage::Stream => self.inflate(rest, unpacked)?,
                Stage::Trailer => {
                    let read = self.hold(rest, |_| Ok(Some(TRAILER)))?;
                    self.check()?;
                    read
                }
            };
            rest = &rest[read..];
        }
        Ok(())
    }

    /// Whether no part is cut off.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.stage, Stage::Header | Stage::Padding) && self.held.is_empty()
    }

    /// Collects bytes until there are as many as they say themselves; how many of these belong to them.
    fn hold(
        &mut self,
        bytes: &[u8],
        len: fn(&[u8]) -> Result<Option<usize>, &'static str>,
    ) -> Result<usize, &'static str> {
        let before = self.held.len();
        self.held.extend_from_slice(bytes);
        match len(&self.held)? {
            Some(len) if len <= self.held.len() => {
                self.held.truncate(len);
                if self.stage == Stage::Header {
                    self.held.clear();
                    self.stage = Stage::Stream;
                }
                Ok(len - before)
            }
            _ => Ok(bytes.len()),
        }
    }

    fn inflate(&mut self, bytes: &[u8], unpacked: &mut Vec<u8>) -> Result<usize, &'static str> {
        let before = unpacked.len();
        let (read, ends) = inflate(&mut self.stream, bytes, unpacked)?;
        self.crc.update(&unpacked[before..]);
        self.len = self.len.wrapping_add((unpacked.len() - before) as u32);
        if ends {
            self.stage = Stage::Trailer;
        }
        Ok(read)
    }

    /// Holds the part against its trailer, once that is whole.
    fn check(&mut self) -> Result<(), &'static str> {
        if self.held.len() < TRAILER {
            return Ok(());
        }
        let written = [self.crc.sum().to_le_bytes(), self.len.to_le_bytes()].concat();
        if self.held != written {
            return Err(OTHER_BYTES);
        }
        self.held.clear();
        (self.stage, self.crc, self.len) = (Stage::Header, Crc::new(), 0);
        self.stream.reset(false);
        self.parts = self.parts.saturating_add(1);
        Ok(())
    }
}

/// The length of the header that `bytes` begin with; `None` where they do not tell yet.
fn header_len(bytes: &[u8]) -> Result<Option<usize>, &'static str> {
    if !bytes.starts_with(&[0x1F, 0x8B][..bytes.len().min(2)]) {
        return Err(NO_GZIP);
    }
    let len = told_len(bytes);
    if len.is_none() && bytes.len() > LONGEST_HEADER {
        return Err(CORRUPT);
    }
    Ok(len)
}

/// Ten fixed bytes, then those that the flags name: further fields, a name, a comment, a sum.
fn told_len(bytes: &[u8]) -> Option<usize> {
    let (flags, mut len) = (*bytes.get(3)?, FIXED);
    if flags & 4 != 0 {
        let further = [*bytes.get(len)?, *bytes.get(len + 1)?];
        len += 2 + usize::from(u16::from_le_bytes(further));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            len += bytes.get(len..)?.iter().position(|byte| *byte == 0)? + 1;
        }
    }
    Some(if flags & 2 != 0 { len + 2 } else { len })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, GzBuilder};
    use std::io::Write as _;

    #[test]
    fn a_header_may_hold_fields_a_name_and_a_comment() {
        let builder = GzBuilder::new().extra([7; 300]).filename("ratings.csv").comment("of a person");
        let mut packer = builder.write(Vec::new(), Compression::fast());
        packer.write_all(b"1,2,3\n").unwrap();
        let mut bytes = packer.finish().unwrap();
        // A sum of the header, which is passed over.
        bytes[3] |= 2;
        let end = told_len(&bytes).unwrap() - 2;
        bytes.splice(end..end, [0, 0]);
        for size in [1, 5, 1000] {
            let (mut gzip, mut unpacked) = (Gzip::new(), Vec::new());
            bytes.chunks(size).for_each(|piece| gzip.push(piece, &mut unpacked).unwrap());
            assert!(gzip.is_whole());
            assert_eq!(unpacked, b"1,2,3\n");
        }
    }

    #[test]
    fn zeros_behind_the_last_part_are_passed_over() {
        let mut packer = GzBuilder::new().write(Vec::new(), Compression::fast());
        packer.write_all(b"1,2,3\n").unwrap();
        let bytes = [packer.finish().unwrap(), vec![0; 99]].concat();
        for size in [1, 50, 1000] {
            let (mut gzip, mut unpacked) = (Gzip::new(), Vec::new());
            bytes.chunks(size).for_each(|piece| gzip.push(piece, &mut unpacked).unwrap());
            assert!(gzip.is_whole());
            assert_eq!(unpacked, b"1,2,3\n");
            assert_eq!(gzip.push(b"\x1F\x8B", &mut unpacked), Err(NO_GZIP));
        }
    }

    #[test]
    fn bytes_behind_the_last_part_are_told() {
        let mut packer = GzBuilder::new().write(Vec::new(), Compression::fast());
        packer.write_all(b"1,2,3\n").unwrap();
        let bytes = [packer.finish().unwrap(), b"more".to_vec()].concat();
        assert!(Gzip::new().push(&bytes, &mut Vec::new()).unwrap_err().contains("no gzip"));
    }
}
