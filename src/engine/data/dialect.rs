//! How a file's text is cut into fields: the delimiter, found in the first line that says anything.

use crate::error::Error;

/// The delimiters that are looked for; where two fit equally well the earlier one is taken.
pub const DELIMITERS: [&str; 5] = [",", ";", "\t", "|", "::"];

/// A first line that is longer than this is none.
pub const MAX_FIRST_LINE: usize = 64 * 1024;

/// Stands for `::` once it has been replaced: a byte that never occurs in UTF-8.
pub const PAIR: u8 = 0xFF;

/// The delimiter of a table, from its first line.
///
/// # Errors
/// [`Error::NotATable`] for bytes that are no text or have no delimiter, [`Error::NotUtf8`] for a table in another encoding.
pub fn sniff(file: &str, line: &[u8], number: u64) -> Result<&'static str, Error> {
    let not_a_table = |found: String| Err(Error::NotATable { file: file.to_owned(), found });
    if let Some(kind) = archive(line) {
        return not_a_table(kind.to_owned());
    }
    if line.starts_with(b"\xFF\xFE") || line.starts_with(b"\xFE\xFF") {
        return Err(Error::NotUtf8 { file: file.to_owned(), line: number });
    }
    if line.iter().any(|&byte| byte < b' ' && byte != b'\t') {
        return not_a_table("it holds bytes that are no text".to_owned());
    }
    let found = DELIMITERS.map(|delimiter| occurrences(line, delimiter.as_bytes()));
    let most = found.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return not_a_table(format!("there is no delimiter in \"{}\"", excerpt(line)));
    }
    if std::str::from_utf8(line).is_err() {
        return Err(Error::NotUtf8 { file: file.to_owned(), line: number });
    }
    let best = found.iter().position(|&count| count == most).unwrap_or(0);
    Ok(DELIMITERS[best])
}

/// Known files that people mistake for tables, by their first bytes.
fn archive(line: &[u8]) -> Option<&'static str> {
    match line {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Some("it is a ZIP archive or a spreadsheet"),
        [0x1F, 0x8B, ..] => Some("it is a gzip archive"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("it is a PDF document"),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] => Some("it is a picture"),
        _ => None,
    }
}

/// How often a delimiter occurs outside quotes, not overlapping.
fn occurrences(line: &[u8], delimiter: &[u8]) -> usize {
    let (mut count, mut quoted, mut at) = (0, false, 0);
    while at < line.len() {
        if line[at] == b'"' {
            quoted = !quoted;
        } else if !quoted && line[at..].starts_with(delimiter) {
            count += 1;
            at += delimiter.len() - 1;
        }
        at += 1;
    }
    count
}

/// The beginning of a text, for a sentence.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    const LONGEST: usize = 60;
    let text = String::from_utf8_lossy(text);
    if text.chars().nth(LONGEST).is_none() {
        return text.into_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// Replaces `::` by [`PAIR`] in chunks of any size, so that what follows knows single bytes only.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// A colon whose successor has not come yet.
    open: bool,
    out: Vec<u8>,
}

impl Pairs {
    /// The chunk with its pairs replaced, together with a colon left over from the chunk before.
    pub fn replace(&mut self, chunk: &[u8]) -> &[u8] {
        self.out.clear();
        for &byte in chunk {
            if byte == b':' {
                if self.open {
                    self.out.push(PAIR);
                }
                self.open = !self.open;
                continue;
            }
            if self.open {
                self.out.push(b':');
                self.open = false;
            }
            // The byte that means a pair is no text; neither is its neighbour, which will be found to be none.
            self.out.push(if byte == PAIR { PAIR - 1 } else { byte });
        }
        &self.out
    }

    /// What is left at the end.
    pub fn finish(&mut self) -> &'static [u8] {
        if std::mem::take(&mut self.open) { b":" } else { b"" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_delimiter_outside_quotes_wins() {
        for (line, delimiter) in [
            ("userId,movieId,rating,timestamp", ","),
            ("user;item;rating", ";"),
            ("196\t242\t3\t881250949", "\t"),
            ("a|b|c", "|"),
            ("1::1193::5::978300760", "::"),
            ("\"a;b;c;d\",e,f", ","),
            ("a,b;c", ","),
        ] {
            assert_eq!(sniff("f", line.as_bytes(), 1), Ok(delimiter), "{line}");
        }
    }

    #[test]
    fn what_is_no_table_is_named() {
        for (line, part) in [
            (&b"PK\x03\x04\x14"[..], "ZIP"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"a\0b,c", "no text"),
            (b"Dear Sir or Madam", "Dear Sir"),
        ] {
            let Err(Error::NotATable { found, .. }) = sniff("f", line, 1) else { panic!("{line:?}") };
            assert!(found.contains(part), "{found}");
        }
        for line in [&b"\xFF\xFEu\0,\0"[..], b"benutzer,f\xFCr,rating"] {
            assert_eq!(sniff("f", line, 3), Err(Error::NotUtf8 { file: "f".into(), line: 3 }));
        }
    }

    #[test]
    fn pairs_are_replaced_across_chunks() {
        let text = b"1::a:b:::c::::\xFF:";
        let mut whole = Pairs::default();
        let mut expected = whole.replace(text).to_vec();
        expected.extend_from_slice(whole.finish());
        assert_eq!(expected, b"1\xFFa:b\xFF:c\xFF\xFF\xFE:");
        let mut pairs = Pairs::default();
        let mut out = Vec::new();
        for byte in text {
            out.extend_from_slice(pairs.replace(&[*byte]));
        }
        out.extend_from_slice(pairs.finish());
        assert_eq!(out, expected);
    }
}
