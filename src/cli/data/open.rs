//! A file's bytes, whatever it is packed in.

use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Read, Seek as _, SeekFrom};
use std::ops::Range;

use crate::engine::data::archive::{self, Member};
use crate::engine::data::inflate::{self, Inflate};
use crate::error::Error;

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;
/// A directory of an archive is never larger.
const MAX_DIRECTORY: u64 = 64 << 20;

/// A file that was opened.
pub(super) struct Opened {
    path: String,
    file: BufReader<File>,
    packed: Packed,
}

enum Packed {
    Plain,
    Gzip,
    Zip { members: Vec<Member>, chosen: Member },
}

impl Opened {
    /// Opens a file; of an archive the member that is wanted, else the one that holds ratings.
    pub(super) fn open(path: &str, member: Option<&str>) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let mut file = BufReader::with_capacity(CHUNK, file);
        // The buffer is looked into without being read, so a file that is no archive may be a pipe.
        let first = file.fill_buf().map_err(|error| unreadable(path, &error))?;
        let (is_gzip, is_zip) = (inflate::is_gzip(first), archive::is_zip(first));
        let mut opened = Self { path: path.to_owned(), file, packed: Packed::Plain };
        if is_gzip {
            opened.packed = Packed::Gzip;
        } else if is_zip {
            let members = opened.members()?;
            let chosen = archive::ratings(path, &members, member)?.clone();
            opened.packed = Packed::Zip { members, chosen };
        }
        Ok(opened)
    }

    /// The name of the archive's member that is read.
    pub(super) fn member(&self) -> Option<String> {
        match &self.packed {
            Packed::Zip { chosen, .. } => Some(chosen.name.clone()),
            Packed::Plain | Packed::Gzip => None,
        }
    }

    /// The name of the archive's member that says what the items are.
    pub(super) fn items(&self) -> Option<String> {
        match &self.packed {
            Packed::Zip { members, chosen } => archive::items(members, chosen).map(|member| member.name.clone()),
            Packed::Plain | Packed::Gzip => None,
        }
    }

    fn members(&mut self) -> Result<Vec<Member>, Error> {
        let total = self.file.seek(SeekFrom::End(0)).map_err(|error| unreadable(&self.path, &error))?;
        let tail = self.range(&archive::tail(total))?;
        let (place, shift) = archive::directory(&self.path, &tail, total)?;
        if place.end - place.start > MAX_DIRECTORY {
            let reason = "it holds too many files".to_owned();
            return Err(Error::DamagedArchive { file: self.path.clone(), reason });
        }
        let directory = self.range(&place)?;
        archive::members(&self.path, &directory, shift)
    }

    /// Some of the file's bytes; fewer where it ends before.
    fn range(&mut self, range: &Range<u64>) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = self.file.seek(SeekFrom::Start(range.start)).and_then(|_| {
            let mut part = self.file.by_ref().take(range.end - range.start);
            part.read_to_end(&mut bytes)
        });
        read.map_err(|error| unreadable(&self.path, &error))?;
        Ok(bytes)
    }

    /// Hands out all bytes, unpacked.
    pub(super) fn each(&mut self, each: &mut impl FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
        let (mut inflate, left) = match &self.packed {
            Packed::Plain => (None, u64::MAX),
            Packed::Gzip => (Some(Inflate::gzip(&self.path)), u64::MAX),
            Packed::Zip { chosen, .. } => {
                let chosen = chosen.clone();
                let header = self.range(&chosen.header())?;
                let data = chosen.data(&self.path, &header)?;
                self.file.seek(SeekFrom::Start(data.start)).map_err(|error| unreadable(&self.path, &error))?;
                (Some(Inflate::member(&self.path, &chosen)), data.end - data.start)
            }
        };
        let mut from = self.file.by_ref().take(left);
        let mut chunk = vec![0; CHUNK];
        loop {
            let bytes = match from.read(&mut chunk) {
                Ok(0) => break,
                Ok(bytes) => &chunk[..bytes],
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(&self.path, &error)),
            };
            match &mut inflate {
                Some(inflate) => inflate.push(bytes, each)?,
                None => each(bytes)?,
            }
        }
        inflate.map_or(Ok(()), Inflate::finish)
    }
}

fn unreadable(path: &str, error: &std::io::Error) -> Error {
    Error::Unreadable { file: path.to_owned(), reason: error.to_string() }
}
