//! Archives made by hand, whole and damaged.

use std::io::Write as _;

use super::*;
use crate::engine::data::inflate::Inflate;

/// An archive of files, each deflated or, where `stored`, as it is.
pub(in crate::engine::data) fn zip(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (b"a stub before the archive".to_vec(), Vec::new());
    let stub = bytes.len();
    for (name, text, stored) in files {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text).unwrap();
        let data = if *stored { text.to_vec() } else { packer.finish().unwrap() };
        let mut crc = flate2::Crc::new();
        crc.update(text);
        let mut shared = vec![20, 0, 0, 0, if *stored { 0 } else { 8 }, 0, 0, 0, 0, 0];
        shared.extend(crc.sum().to_le_bytes());
        shared.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        shared.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        shared.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&shared);
        directory.extend([0; 12]);
        directory.extend(u32::try_from(bytes.len() - stub).unwrap().to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&shared);
        bytes.extend([3, 0]);
        bytes.extend(name.as_bytes());
        bytes.extend(b"ext");
        bytes.extend(data);
    }
    let start = u32::try_from(bytes.len() - stub).unwrap();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0; 4]);
    bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend(b"\x07\0comment");
    bytes
}

fn range(bytes: &[u8], range: &Range<u64>) -> Vec<u8> {
    let at = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    bytes[at(range.start)..at(range.end.max(range.start))].to_vec()
}

/// Unpacks the ratings of an archive.
fn unpack(bytes: &[u8]) -> Result<(String, Vec<u8>), Error> {
    let total = bytes.len() as u64;
    let (place, shift) = directory("f", &range(bytes, &tail(total)), total)?;
    let members = members("f", &range(bytes, &place), shift)?;
    let member = ratings("f", &members, None)?;
    let data = member.data("f", &range(bytes, &member.header()))?;
    let mut out = Vec::new();
    let mut each = |text: &[u8]| {
        out.extend_from_slice(text);
        Ok(())
    };
    let mut inflate = Inflate::member("f", member);
    inflate.push(&range(bytes, &data), &mut each)?;
    inflate.finish()?;
    Ok((member.name.clone(), out))
}

#[test]
fn the_right_member_is_found_and_unpacked() {
    let ratings = "userId,movieId,rating\n1,2,3\n".repeat(1_000);
    for stored in [true, false] {
        let bytes = zip(&[
            ("ml/README.txt", b"read me first".as_slice(), false),
            ("ml/tags.csv", &vec![b'x'; 90_000], false),
            ("ml/ratings.csv", ratings.as_bytes(), stored),
            ("ml/movies.csv", b"movieId,title\n", true),
        ]);
        assert_eq!(unpack(&bytes), Ok(("ml/ratings.csv".to_owned(), ratings.clone().into_bytes())));
    }
    let sizes = zip(&[
        ("a/users.csv", &[b'x'; 999], false),
        ("a/log.csv", b"1,2\n", false),
        ("a/trips.txt", b"1,2,3\n", false),
    ]);
    assert_eq!(unpack(&sizes).unwrap().0, "a/trips.txt");
}

/// The same archive as if it were too large for 32 bits: its entries and its end refer to wide fields.
fn widened(bytes: &[u8]) -> Vec<u8> {
    let at = |needle: &[u8]| bytes.windows(needle.len()).rposition(|part| part == needle).unwrap();
    let (entry, end) = (at(b"PK\x01\x02"), at(b"PK\x05\x06"));
    let value = |at: usize| number(bytes, at, 4).unwrap();
    let name = number(bytes, entry + 28, 2).unwrap() as usize;
    let mut wide = bytes[..entry + ENTRY + name].to_vec();
    let numbers = [value(entry + 24), value(entry + 20), value(entry + 42)];
    for at in [20, 24, 42] {
        wide[entry + at..entry + at + 4].fill(0xFF);
    }
    wide[entry + 30] = 4 + 6 + 24;
    // Another field stands before it.
    wide.extend(b"UT\x02\0ab\x01\0\x18\0");
    numbers.iter().for_each(|number| wide.extend(number.to_le_bytes()));
    let size = (wide.len() - entry) as u64;
    let start = value(end + 16);
    wide.extend(b"PK\x06\x06");
    wide.extend([0; 36]);
    wide.extend(size.to_le_bytes());
    wide.extend(start.to_le_bytes());
    wide.extend(b"PK\x06\x07");
    wide.extend([0; 16]);
    let locator = wide.len();
    wide.extend(&bytes[end..]);
    wide[locator + 12..locator + 20].fill(0xFF);
    wide
}

#[test]
fn an_archive_too_large_for_32_bits_is_read_by_its_wide_fields() {
    let text = b"userId,movieId,rating\n1,2,3\n";
    let bytes = widened(&zip(&[("ratings.csv", text, false)]));
    assert_eq!(unpack(&bytes), Ok(("ratings.csv".to_owned(), text.to_vec())));
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xFF;
        let _ = unpack(&damaged);
    }
}

#[test]
fn what_is_no_archive_of_tables_is_said() {
    let code = |bytes: &[u8]| unpack(bytes).unwrap_err().code();
    assert_eq!(code(&zip(&[("[Content_Types].xml", b"<", false), ("xl/workbook.xml", b"<", false)])), "not-a-table");
    assert_eq!(code(&zip(&[("photo.jpg", b"x", false)])), "missing-member");
    assert_eq!(code(b"PK\x03\x04"), "damaged-archive");
    let bytes = zip(&[("ratings.csv", &[b'7'; 9_999], false)]);
    assert_eq!(code(&bytes[..bytes.len() - 20]), "damaged-archive");
}

#[test]
fn damaged_bytes_never_panic_and_are_never_taken_for_whole() {
    let text = "userId,movieId,rating\n1,2,3\n".repeat(99);
    let bytes = zip(&[("ratings.csv", text.as_bytes(), false)]);
    let whole = unpack(&bytes).unwrap();
    for at in 0..bytes.len() {
        for flip in [1, 0x80, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            // A name may change; what is unpacked under any name is whole.
            if let Ok((_, text)) = unpack(&damaged) {
                assert_eq!(text, whole.1, "{at}");
            }
        }
        let _ = unpack(&bytes[..at]);
    }
}
