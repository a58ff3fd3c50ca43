//! From bytes to records: decodes chunks of any size, and holds the text's first part back until it has told the dialect.
//!
//! What is read does not depend on how the bytes are cut, and the text is never held as a whole.

use super::cutter::{Cutter, Piece};
use super::decode::{Decoder, MakeForeign};
use super::dialect::{self, Dialect, Known};
use super::magic;
use super::records::line_ends;
use crate::error::Error;

/// Takes the records of one file.
pub trait Sink {
    /// The dialect is known; records follow, from the first one on.
    ///
    /// # Errors
    /// A table that is not what is expected.
    fn begin(&mut self, dialect: Dialect) -> Result<(), Error>;

    /// Takes the next piece.
    ///
    /// # Errors
    /// Something that ends the reading.
    fn take(&mut self, piece: &Piece) -> Result<(), Error>;
}

/// Reads one file. After an error it is of no further use.
#[derive(Debug)]
pub struct Intake {
    file: String,
    encoding: Option<String>,
    known: Known,
    foreign: MakeForeign,
    /// Made with the first bytes.
    decoder: Option<Decoder>,
    /// The first bytes, which tell what is no text.
    first: Vec<u8>,
    /// The text that waits for there to be enough of it.
    head: Vec<u8>,
    /// Made when the dialect is known.
    cutter: Option<Cutter>,
}

/// So many bytes of text tell dialect and columns, if they have some lines; else twice as many, and so on.
const HEAD: usize = 64 * 1024;
/// A text that has no lines in its first so many bytes is no table.
pub const MAX_HEAD: usize = 8 * 1024 * 1024;
/// So many line ends are enough.
const LINES: u64 = 3;
/// So many bytes tell what is no text.
const FIRST: usize = 8;

const BOM: &[u8; 3] = b"\xEF\xBB\xBF";

impl Intake {
    /// An intake that has not seen a byte; what is not known is found.
    #[must_use]
    pub fn new(file: &str, encoding: Option<String>, known: Known, foreign: MakeForeign) -> Self {
        Self {
            file: file.to_owned(),
            encoding,
            known,
            foreign,
            decoder: None,
            first: Vec::new(),
            head: Vec::new(),
            cutter: None,
        }
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// [`Error::NotATable`]; [`Error::BadSetting`] for an encoding that nobody decodes; those of the sink.
    pub fn feed(&mut self, chunk: &[u8], sink: &mut impl Sink) -> Result<(), Error> {
        if self.first.len() < FIRST {
            let more = (FIRST - self.first.len()).min(chunk.len());
            self.first.extend_from_slice(&chunk[..more]);
            if self.first.len() == FIRST {
                self.check_first()?;
            }
        }
        let text = decoder(&mut self.decoder, self.encoding.as_deref(), self.foreign)?.decode(chunk, false)?;
        if let Some(cutter) = &mut self.cutter {
            return cutter.feed(text, &mut |piece| sink.take(&piece));
        }
        self.head.extend_from_slice(text);
        let mut window = HEAD;
        while self.head.len() >= window {
            if line_ends(&self.head[..window]) >= LINES || window >= MAX_HEAD {
                return self.begin(window, false, sink);
            }
            window *= 2;
        }
        Ok(())
    }

    /// Reads what is left; the text's encoding.
    ///
    /// # Errors
    /// As [`Self::feed`]; and [`Error::EmptyFile`].
    pub fn finish(mut self, sink: &mut impl Sink) -> Result<String, Error> {
        if self.first.len() < FIRST {
            self.check_first()?;
        }
        let text = decoder(&mut self.decoder, self.encoding.as_deref(), self.foreign)?.decode(b"", true)?;
        if let Some(cutter) = &mut self.cutter {
            cutter.feed(text, &mut |piece| sink.take(&piece))?;
        } else {
            self.head.extend_from_slice(text);
            if self.head.strip_prefix(BOM).unwrap_or(&self.head).trim_ascii().is_empty() {
                return Err(Error::EmptyFile { file: self.file });
            }
            self.begin(self.head.len(), true, sink)?;
        }
        if let Some(cutter) = &mut self.cutter {
            cutter.finish(&mut |piece| sink.take(&piece))?;
        }
        Ok(self.decoder.map_or_else(String::new, |decoder| decoder.encoding().to_owned()))
    }

    fn check_first(&self) -> Result<(), Error> {
        magic::name(&self.first).map_or(Ok(()), |found| Err(self.not_a_table(found.to_owned())))
    }

    fn not_a_table(&self, found: String) -> Error {
        Error::NotATable { file: self.file.clone(), found }
    }

    /// Finds the dialect in the first part of the text, and reads what there is.
    fn begin(&mut self, window: usize, complete: bool, sink: &mut impl Sink) -> Result<(), Error> {
        let head = std::mem::take(&mut self.head);
        let bom = if head.starts_with(BOM) { BOM.len() } else { 0 };
        let part = &head[bom..window];
        if let Some(found) = magic::name_text(part) {
            return Err(self.not_a_table(found.to_owned()));
        }
        if !complete && line_ends(part) == 0 {
            return Err(self.not_a_table(format!("its first {MAX_HEAD} bytes have no line")));
        }
        let dialect = dialect::sniff(&self.file, part, complete, &self.known)?;
        let cutter = self.cutter.insert(Cutter::new(&dialect.delimiter, dialect.quotes)?);
        sink.begin(dialect)?;
        cutter.feed(&head[bom..], &mut |piece| sink.take(&piece))
    }
}

fn decoder<'a>(
    made: &'a mut Option<Decoder>,
    encoding: Option<&str>,
    foreign: MakeForeign,
) -> Result<&'a mut Decoder, Error> {
    let decoder = match (made.take(), encoding) {
        (Some(decoder), _) => decoder,
        (None, Some(label)) => Decoder::known(label, foreign)?,
        (None, None) => Decoder::detect(foreign),
    };
    Ok(made.insert(decoder))
}
