//! Cuts text into records of fields, whatever stands between the fields: one character, `::` or runs of white space.

use super::records::{Progress, Record, Records};
use super::replace::{REPLACED, Replace, Rule};
use crate::error::Error;
use crate::study::form::Quotes;

/// The delimiter that stands for runs of spaces and tabs.
pub const SPACES: &str = " ";

/// Cuts the chunks of one text.
#[derive(Debug)]
pub struct Cutter {
    replace: Option<Replace>,
    records: Records,
}

/// What was cut.
#[derive(Debug)]
pub enum Piece<'a> {
    /// A line without content.
    Blank(u64),
    /// A record.
    Record(Record<'a>),
    /// A record that is longer than any should be; it began in this line.
    TooLong(u64),
}

impl Cutter {
    /// A cutter before the first line.
    ///
    /// # Errors
    /// [`Error::BadSetting`] for a delimiter that can not be one.
    pub fn new(delimiter: &str, quotes: Quotes) -> Result<Self, Error> {
        let quoting = quotes != Quotes::None;
        let (byte, replace) = match delimiter.as_bytes() {
            &[byte] if is_single(byte) && quotes == Quotes::Lines => (byte, Some(Replace::new(Rule::Lines))),
            &[byte] if is_single(byte) && quotes == Quotes::Escaped => (byte, Some(Replace::new(Rule::Escapes))),
            b"::" => (REPLACED, Some(Replace::new(Rule::Pairs))),
            b" " => (REPLACED, Some(Replace::new(Rule::Spaces { quoting }))),
            &[byte] if is_single(byte) => {
                let padded = quotes == Quotes::Padded;
                (byte, padded.then(|| Replace::new(Rule::Padding { delimiter: byte })))
            }
            _ => {
                let allowed = "one character that is no letter, digit or quote, or ::, or a space for runs of them";
                let (setting, value) = ("delimiter".to_owned(), delimiter.to_owned());
                return Err(Error::BadSetting { setting, value, allowed: allowed.to_owned() });
            }
        };
        // Files with `::` know no quotes: their titles hold single ones.
        Ok(Self { replace, records: Records::new(byte, quoting && delimiter != "::") })
    }

    /// Cuts the next bytes. Of a chunk whose pieces end in an error nothing more is cut.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn feed(&mut self, chunk: &[u8], each: &mut impl FnMut(Piece) -> Result<(), Error>) -> Result<(), Error> {
        match &mut self.replace {
            Some(replace) => cut(&mut self.records, replace.replace(chunk), each),
            None => cut(&mut self.records, chunk, each),
        }
    }

    /// Cuts what is left at the end.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn finish(&mut self, each: &mut impl FnMut(Piece) -> Result<(), Error>) -> Result<(), Error> {
        if let Some(replace) = &mut self.replace {
            cut(&mut self.records, replace.finish(), each)?;
        }
        hand(self.records.read_end(), each)
    }

    /// Whether the bytes so far end within a record.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.records.is_inside()
    }
}

/// Whether a byte can be a delimiter.
fn is_single(byte: u8) -> bool {
    byte.is_ascii() && byte != b' ' && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(&byte)
}

fn cut(records: &mut Records, chunk: &[u8], each: &mut impl FnMut(Piece) -> Result<(), Error>) -> Result<(), Error> {
    records.expect(chunk);
    let mut rest = chunk;
    while !rest.is_empty() {
        let (used, progress) = records.read(rest);
        rest = &rest[used..];
        hand(progress, each)?;
    }
    Ok(())
}

fn hand(progress: Progress, each: &mut impl FnMut(Piece) -> Result<(), Error>) -> Result<(), Error> {
    match progress {
        Progress::Blank { line } => each(Piece::Blank(line)),
        Progress::Record(record) if record.is_empty() => each(Piece::Blank(record.line())),
        Progress::Record(record) => each(Piece::Record(record)),
        Progress::Partial => Ok(()),
        Progress::TooLong { line } => each(Piece::TooLong(line)),
    }
}
