//! Files that people take for tables of ratings, known by their first bytes.

/// What a file is that is no text, in words for a sentence, with what to do.
#[must_use]
pub fn name(bytes: &[u8]) -> Option<&'static str> {
    const SAVE: &str = "it is a spreadsheet of old Excel: open it and save it as \"CSV UTF-8\"";
    match bytes {
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Some(SAVE),
        [b'P', b'A', b'R', b'1', ..] => Some("it is a Parquet file: write it as CSV, for example with pandas"),
        [b'7', b'z', 0xBC, 0xAF, ..] => Some("it is a 7z archive: unpack it first"),
        [b'R', b'a', b'r', b'!', ..] => Some("it is a RAR archive: unpack it first"),
        [b'B', b'Z', b'h', ..] => Some("it is a bzip2 archive: unpack it first"),
        [0xFD, b'7', b'z', b'X', b'Z', ..] => Some("it is an xz archive: unpack it first"),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some("it is a Zstandard archive: unpack it first"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("it is a PDF document"),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => Some("it is a picture"),
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => Some("it is a SQLite database: export a table as CSV"),
        [0x89, b'H', b'D', b'F', ..] => Some("it is an HDF5 file: write it as CSV, for example with pandas"),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Some("it is a NumPy file: write it as CSV"),
        [0x80, 2..=5, b'c' | b'}' | b']' | 0x95, ..] => Some("it is a Python pickle: write it as CSV"),
        _ => None,
    }
}

/// What a text is that is no table, by its first character.
#[must_use]
pub fn name_text(text: &[u8]) -> Option<&'static str> {
    match text.trim_ascii_start() {
        _ if text.get(257..262) == Some(b"ustar") => Some("it is a tar archive: unpack it first"),
        [b'{', ..] | [b'[', b'{' | b'\n' | b'\r' | b' ' | b'[', ..] => {
            Some("it is JSON: write it as CSV, for example with pandas")
        }
        [b'<', b'!' | b'?' | b'h' | b'H', ..] => {
            Some("it is a web page or XML, perhaps instead of the file that was to be downloaded")
        }
        text if ["insert into", "create table", "-- mysql", "-- postgres"].iter().any(|start| begins(text, start)) => {
            Some("it is a dump of a database: export a table as CSV")
        }
        _ => None,
    }
}

/// Whether a text begins so, in whatever case.
fn begins(text: &[u8], start: &str) -> bool {
    text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_named() {
        for (bytes, part) in [
            (&b"%PDF-1.4"[..], "PDF"),
            (b"PAR1\x15", "Parquet"),
            (b"\xD0\xCF\x11\xE0\xA1", "CSV UTF-8"),
            (b"SQLite format 3\0", "SQLite"),
        ] {
            assert!(name(bytes).unwrap().contains(part));
        }
        assert_eq!(name(b"user,item"), None);
        assert!(name_text(b"  {\"user\": 1}").unwrap().contains("JSON"));
        assert!(name_text(b"<!DOCTYPE html>").unwrap().contains("web page"));
        assert!(name_text(b"INSERT INTO `r` VALUES\n(1,2,3)").unwrap().contains("database"));
        assert_eq!(name_text(b"user,item"), None);
        let mut tar = [0; 512];
        tar[..5].copy_from_slice(b"a.csv");
        tar[257..262].copy_from_slice(b"ustar");
        assert!(name_text(&tar).unwrap().contains("tar archive"));
    }
}
