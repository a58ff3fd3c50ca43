//! ZIP archives: what is in them and where, from their own directory (APPNOTE.TXT 6.3.10, sections 4.3 and 4.4).
//!
//! Nothing here does IO: whoever has the archive reads the ranges that are asked for. That, and the few fields that are
//! needed, make it lighter than a crate that wants to seek by itself.

use std::ops::Range;

use super::files;
use crate::error::Error;

/// How a file begins that is an archive.
#[must_use]
pub fn is_zip(first: &[u8]) -> bool {
    first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06")
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, with the folders that it is in.
    pub name: String,
    /// Its size once it is unpacked.
    pub size: u64,
    pub(super) method: u16,
    pub(super) crc: u32,
    flags: u16,
    packed: u64,
    header: u64,
}

const END: usize = 22;
const ENTRY: usize = 46;
const LOCAL: usize = 30;
/// A field that says "too large for me": the number stands in a wider one elsewhere (section 4.5.3).
const ZIP64: u64 = u32::MAX as u64;
/// The record of an archive that is too large for the usual one, and the one that says where it is; without further fields.
const WIDE_END: usize = 56;
const LOCATOR: usize = 20;

/// The range at an archive's end in which its directory is named: the records and a comment of any length.
#[must_use]
pub fn tail(total: u64) -> Range<u64> {
    total.saturating_sub((END + LOCATOR + WIDE_END) as u64 + 65_535)..total
}

fn damaged(file: &str, reason: &str) -> Error {
    Error::DamagedArchive { file: file.to_owned(), reason: reason.to_owned() }
}

fn number(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(len)?)?;
    Some(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

/// Where the directory is, from the bytes of [`tail`], and by how much its positions are short because something stands
/// before the archive.
///
/// # Errors
/// [`Error::DamagedArchive`] where there is none.
pub fn directory(file: &str, bytes: &[u8], total: u64) -> Result<(Range<u64>, u64), Error> {
    let missing = || damaged(file, "its directory is missing; perhaps it was cut off");
    let find = || {
        let at = (0..=bytes.len().checked_sub(END)?).rev().find(|&at| bytes[at..].starts_with(b"PK\x05\x06"))?;
        let (size, start) = (number(bytes, at + 12, 4)?, number(bytes, at + 16, 4)?);
        if size != ZIP64 && start != ZIP64 {
            return Some((size, start, at));
        }
        // Before the record stands the locator, and right before that the wide record: so all archivers write it.
        let at = at.checked_sub(LOCATOR).filter(|&at| bytes[at..].starts_with(b"PK\x06\x07"))?;
        let at = at.checked_sub(WIDE_END).filter(|&at| bytes[at..].starts_with(b"PK\x06\x06"))?;
        Some((number(bytes, at + 40, 8)?, number(bytes, at + 48, 8)?, at))
    };
    let (size, start, at) = find().ok_or_else(missing)?;
    let end = total.checked_sub(bytes.len() as u64).ok_or_else(missing)? + at as u64;
    let begin = end.checked_sub(size).filter(|begin| *begin >= start);
    let begin = begin.ok_or_else(|| damaged(file, "its directory does not fit"))?;
    Ok((begin..end, begin - start))
}

/// The files in an archive, from the bytes of its directory.
///
/// # Errors
/// [`Error::DamagedArchive`] for bytes that are none; [`Error::NotATable`] for spreadsheets, which are archives too.
pub fn members(file: &str, directory: &[u8], shift: u64) -> Result<Vec<Member>, Error> {
    let mut members = Vec::new();
    let mut rest = directory;
    while rest.starts_with(b"PK\x01\x02") {
        let (member, len) = entry(rest, shift).ok_or_else(|| damaged(file, "its directory is cut off"))?;
        rest = rest.get(len..).unwrap_or_default();
        members.push(member);
    }
    let has = |part: &str| members.iter().any(|member| member.name.starts_with(part));
    if has("xl/") || has("[Content_Types].xml") || has("content.xml") {
        let found = "it is a spreadsheet: open it and save it as \"CSV UTF-8\"".to_owned();
        return Err(Error::NotATable { file: file.to_owned(), found });
    }
    Ok(members)
}

fn entry(bytes: &[u8], shift: u64) -> Option<(Member, usize)> {
    let short = |at| number(bytes, at, 2);
    let (name, extra, comment) = (short(28)? as usize, short(30)? as usize, short(32)? as usize);
    let mut wide = wide_fields(bytes.get(ENTRY + name..ENTRY + name + extra)?);
    // The wide field has those numbers, in this order, that the usual one has no room for.
    let mut wide = |at| match number(bytes, at, 4)? {
        ZIP64 => wide.next(),
        number => Some(number),
    };
    let (size, packed, header) = (wide(24)?, wide(20)?, wide(42)?);
    let member = Member {
        name: String::from_utf8_lossy(bytes.get(ENTRY..ENTRY + name)?).into_owned(),
        size,
        method: u16::try_from(short(10)?).ok()?,
        crc: u32::try_from(number(bytes, 16, 4)?).ok()?,
        flags: u16::try_from(short(8)?).ok()?,
        packed,
        header: header.checked_add(shift).filter(|header| *header < 1 << 60)?,
    };
    Some((member, ENTRY + name + extra + comment))
}

/// The numbers of the wide field among an entry's further fields; none where it has none.
fn wide_fields(mut extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut wide = &[][..];
    while let (Some(id), Some(len)) = (number(extra, 0, 2), number(extra, 2, 2)) {
        let field = extra.get(4..4 + len as usize).unwrap_or_default();
        if id == 1 {
            wide = field;
        }
        extra = extra.get(4 + len as usize..).unwrap_or_default();
    }
    wide.chunks_exact(8).filter_map(|bytes| number(bytes, 0, 8))
}

impl Member {
    /// The range of the header that stands before the file's bytes.
    #[must_use]
    pub fn header(&self) -> Range<u64> {
        self.header..self.header + LOCAL as u64
    }

    /// The range of the file's packed bytes, from the bytes of [`Self::header`].
    ///
    /// # Errors
    /// [`Error::DamagedArchive`] where they are elsewhere, or packed in a way that is not known.
    pub fn data(&self, file: &str, header: &[u8]) -> Result<Range<u64>, Error> {
        if self.flags & 1 == 1 {
            return Err(damaged(file, &format!("{} is encrypted", self.name)));
        }
        if !matches!(self.method, 0 | 8) {
            return Err(damaged(file, &format!("{} is packed by a method that is not read: deflate is", self.name)));
        }
        let lengths = || Some(number(header, 26, 2)? + number(header, 28, 2)?);
        let lengths = lengths().filter(|_| header.starts_with(b"PK\x03\x04"));
        let start = lengths.map(|lengths| self.header + LOCAL as u64 + lengths);
        let start = start.ok_or_else(|| damaged(file, &format!("{} is not where it should be", self.name)))?;
        Ok(start..start.saturating_add(self.packed))
    }

    fn is_table(&self) -> bool {
        let name = files::own_name(&self.name);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let text = ["csv", "tsv", "txt", "dat", "data", "item", "inter", "base", "tab", ""].contains(&extension);
        let hidden = name.starts_with('.') || self.name.split(['/', '\\']).any(|folder| folder == "__MACOSX");
        text && !hidden && self.size > 0 && !name.starts_with("readme") && !name.starts_with("license")
    }
}

/// The member that holds the ratings: the one that is wanted, else by its name, else the largest table.
///
/// # Errors
/// [`Error::MissingMember`], with what there is.
pub fn ratings<'a>(file: &str, members: &'a [Member], wanted: Option<&str>) -> Result<&'a Member, Error> {
    let found = match wanted {
        Some(wanted) => members.iter().find(|member| member.name == wanted),
        None => members.iter().filter(|member| member.is_table()).min_by_key(|one| files::rank(&one.name, one.size)),
    };
    found.ok_or_else(|| {
        let names: Vec<&str> = members.iter().take(20).map(|member| member.name.as_str()).collect();
        let (file, member) = (file.to_owned(), wanted.unwrap_or("ratings").to_owned());
        Error::MissingMember { file, member, found: names.join(", ") }
    })
}

/// The member that says what the items are, if there is one beside the ratings.
#[must_use]
pub fn items<'a>(members: &'a [Member], ratings: &Member) -> Option<&'a Member> {
    const KNOWN: [&str; 9] = [
        "movies.csv",
        "movies.dat",
        "u.item",
        "items.csv",
        "books.csv",
        "artists.dat",
        "bx-books.csv",
        "bx_books.csv",
        "anime.csv",
    ];
    let known = |name: &&str| {
        members.iter().find(|member| files::own_name(&member.name) == **name && member.name != ratings.name)
    };
    KNOWN.iter().find_map(known)
}

#[cfg(test)]
pub(super) mod tests;
