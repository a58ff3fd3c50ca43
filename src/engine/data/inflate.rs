//! Unpacks gzip and the members of archives in chunks of any size, and no further than a limit.

mod crc;
mod gzip;

use flate2::Decompress;

use self::crc::Crc;
use self::gzip::Gzip;
use super::archive::Member;
use crate::engine::deflate::{PIECE, inflate};
use crate::error::Error;

/// Nothing is unpacked to more bytes.
pub const LIMIT: u64 = 4 << 30;

/// Unpacks one file.
#[derive(Debug)]
pub struct Inflate {
    file: String,
    packing: Packing,
    out: u64,
    limit: u64,
    crc: Crc,
    /// What the archive says of size and sum.
    expected: Option<(u64, u32)>,
}

#[derive(Debug)]
enum Packing {
    Stored,
    Deflate(Box<Decompress>),
    Gzip(Box<Gzip>),
}

/// How a file begins that is packed by gzip.
#[must_use]
pub fn is_gzip(first: &[u8]) -> bool {
    first.starts_with(&[0x1F, 0x8B])
}

impl Inflate {
    fn new(file: &str, packing: Packing, expected: Option<(u64, u32)>) -> Self {
        Self { file: file.to_owned(), packing, out: 0, limit: LIMIT, crc: Crc::new(), expected }
    }

    /// For a gzip file, also one of several parts.
    #[must_use]
    pub fn gzip(file: &str) -> Self {
        Self::new(file, Packing::Gzip(Box::new(Gzip::new())), None)
    }

    /// For a member of an archive.
    #[must_use]
    pub fn member(file: &str, member: &Member) -> Self {
        let packing = match member.method {
            0 => Packing::Stored,
            _ => Packing::Deflate(Box::new(Decompress::new(false))),
        };
        Self::new(file, packing, Some((member.size, member.crc)))
    }

    /// Unpacks the next bytes.
    ///
    /// # Errors
    /// [`Error::DamagedArchive`], [`Error::TooMuchUnpacked`], and those of `each`.
    pub fn push(&mut self, bytes: &[u8], each: &mut impl FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
        let mut unpacked = Vec::new();
        for piece in bytes.chunks(PIECE) {
            unpacked.clear();
            let result = match &mut self.packing {
                Packing::Stored => {
                    self.count(piece)?;
                    each(piece)?;
                    continue;
                }
                Packing::Deflate(stream) => inflate(stream, piece, &mut unpacked).map(|_| ()),
                Packing::Gzip(gzip) => gzip.push(piece, &mut unpacked),
            };
            result.map_err(|reason| self.damaged(reason))?;
            self.count(&unpacked)?;
            if !unpacked.is_empty() {
                each(&unpacked)?;
            }
        }
        Ok(())
    }

    /// Checks that what was unpacked is all and right.
    ///
    /// # Errors
    /// [`Error::DamagedArchive`].
    pub fn finish(self) -> Result<(), Error> {
        let is_whole = match &self.packing {
            Packing::Gzip(gzip) => gzip.is_whole(),
            Packing::Stored | Packing::Deflate(_) => true,
        };
        if !is_whole {
            return Err(self.damaged("it is cut off"));
        }
        match self.expected {
            Some(expected) if expected != (self.out, self.crc.sum()) => Err(self.damaged(OTHER_BYTES)),
            _ => Ok(()),
        }
    }

    fn count(&mut self, text: &[u8]) -> Result<(), Error> {
        self.out += text.len() as u64;
        if self.out > self.limit {
            return Err(Error::TooMuchUnpacked { file: self.file.clone(), limit_mib: self.limit >> 20 });
        }
        if self.expected.is_some() {
            self.crc.update(text);
        }
        Ok(())
    }

    fn damaged(&self, reason: &str) -> Error {
        Error::DamagedArchive { file: self.file.clone(), reason: reason.to_owned() }
    }
}

const OTHER_BYTES: &str = "its bytes are not those that were packed";

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn unpack(bytes: &[u8], size: usize, limit: u64) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        let mut each = |text: &[u8]| {
            out.extend_from_slice(text);
            Ok(())
        };
        let mut inflate = Inflate { limit, ..Inflate::gzip("f") };
        for chunk in bytes.chunks(size) {
            inflate.push(chunk, &mut each)?;
        }
        inflate.finish()?;
        Ok(out)
    }

    #[test]
    fn gzip_is_unpacked_however_it_is_cut_and_in_several_parts() {
        let bytes = [gzip(b"user,item\n"), gzip(&b"1,2\n".repeat(9_999))].concat();
        let expected = [&b"user,item\n"[..], &b"1,2\n".repeat(9_999)].concat();
        for size in [1, 7, 1 << 20] {
            assert_eq!(unpack(&bytes, size, LIMIT).unwrap(), expected);
        }
    }

    #[test]
    fn a_bomb_is_refused_and_damage_is_told() {
        let bytes = gzip(&vec![b'\n'; 9 << 20]);
        assert_eq!(unpack(&bytes, 999, 8 << 20), Err(Error::TooMuchUnpacked { file: "f".into(), limit_mib: 8 }));
        assert_eq!(unpack(&bytes[..bytes.len() - 9], 999, LIMIT).unwrap_err().code(), "damaged-archive");
        let mut damaged = bytes.clone();
        damaged[bytes.len() - 6] ^= 1;
        assert_eq!(unpack(&damaged, 999, LIMIT).unwrap_err().code(), "damaged-archive");
    }
}
