//! Cuts chunks of bytes into records of fields through csv-core (RFC 4180), and knows in which line each record begins.

use csv_core::ReadRecordResult;

/// A longer row is a quote that was never closed.
pub const MAX_ROW: usize = 1 << 20;

/// The record that is being read.
#[derive(Debug)]
pub struct Records {
    core: Box<csv_core::Reader>,
    /// The record's fields behind each other; as large as the largest record so far.
    text: Vec<u8>,
    /// Where each field ends.
    ends: Vec<usize>,
    text_len: usize,
    ends_len: usize,
    /// Bytes that the record has taken.
    taken: usize,
    /// Whether a record has begun and not ended.
    inside: bool,
    /// The line of the next byte, from 1.
    next: u64,
    /// The line in which the record begins.
    line: u64,
    /// Whether the byte before was a carriage return: a line feed then belongs to it.
    after_return: bool,
    /// Whether all bytes so far were ASCII, so that no field need be checked.
    ascii: bool,
}

/// What reading some bytes came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A line without a byte in it.
    Blank {
        /// Which.
        line: u64,
    },
    /// A record is complete.
    Record,
    /// Nothing is complete.
    Partial,
    /// The record is longer than [`MAX_ROW`].
    TooLong,
}

impl Records {
    /// Before the first line.
    #[must_use]
    pub fn new(delimiter: u8, quoting: bool) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).quoting(quoting).build();
        Self {
            core: Box::new(core),
            text: vec![0; 1024],
            ends: vec![0; 32],
            text_len: 0,
            ends_len: 0,
            taken: 0,
            inside: false,
            next: 1,
            line: 1,
            after_return: false,
            ascii: true,
        }
    }

    /// Looks at a chunk before it is read bit by bit.
    pub fn expect(&mut self, chunk: &[u8]) {
        self.ascii = self.ascii && chunk.is_ascii();
    }

    /// Reads from bytes that are not none; how many were used.
    pub fn read(&mut self, bytes: &[u8]) -> (usize, Progress) {
        if !self.inside {
            if let byte @ (b'\r' | b'\n') = bytes[0] {
                return (1, self.line_end(byte));
            }
            (self.inside, self.line) = (true, self.next);
            (self.text_len, self.ends_len, self.taken) = (0, 0, 0);
        }
        let (text, ends) = (&mut self.text[self.text_len..], &mut self.ends[self.ends_len..]);
        let (result, used, text, ends) = self.core.read_record(bytes, text, ends);
        self.text_len += text;
        self.ends_len += ends;
        self.taken += used;
        let progress = match result {
            ReadRecordResult::InputEmpty | ReadRecordResult::End => Progress::Partial,
            ReadRecordResult::OutputFull if self.text.len() >= MAX_ROW => Progress::TooLong,
            ReadRecordResult::OutputFull => {
                self.text.resize(self.text.len() * 2, 0);
                Progress::Partial
            }
            ReadRecordResult::OutputEndsFull if self.ends.len() >= MAX_ROW => Progress::TooLong,
            ReadRecordResult::OutputEndsFull => {
                self.ends.resize(self.ends.len() * 2, 0);
                Progress::Partial
            }
            ReadRecordResult::Record => {
                self.inside = false;
                // Only quotes can hold line ends, and a record with quotes took more than its fields and one byte after each.
                let quoted = self.taken > self.text_len + self.ends_len;
                self.next += 1 + if quoted { line_ends(&self.text[..self.text_len]) } else { 0 };
                self.after_return = bytes[used - 1] == b'\r';
                Progress::Record
            }
        };
        (used, progress)
    }

    /// A line end outside a record: the second half of the last one, or a line without content.
    fn line_end(&mut self, byte: u8) -> Progress {
        let second_half = byte == b'\n' && self.after_return;
        self.after_return = byte == b'\r';
        if second_half {
            return Progress::Partial;
        }
        self.next += 1;
        Progress::Blank { line: self.next - 1 }
    }

    /// Completes the record that the end of the file ends; whether there is one.
    pub fn read_end(&mut self) -> bool {
        while std::mem::take(&mut self.inside) {
            let (result, _, _, ends) = self.core.read_record(&[], &mut [], &mut self.ends[self.ends_len..]);
            self.ends_len += ends;
            match result {
                ReadRecordResult::OutputEndsFull => {
                    self.ends.push(0);
                    self.inside = true;
                }
                other => return other == ReadRecordResult::Record,
            }
        }
        false
    }

    /// Number of fields of the complete record.
    #[must_use]
    pub fn fields(&self) -> usize {
        self.ends_len
    }

    /// The line in which the record begins, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Lines of the complete record: several where quotes hold line ends.
    #[must_use]
    pub fn lines(&self) -> u64 {
        (self.next - self.line).max(1)
    }

    /// A field of the complete record, without white space around it.
    #[must_use]
    pub fn field(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.text[start..self.ends[at]].trim_ascii()
    }

    /// Whether the complete record has nothing but delimiters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text[..self.text_len].trim_ascii().is_empty()
    }

    /// Whether the bytes so far end within a record.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.inside
    }

    /// Whether all fields of the complete record are UTF-8.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        self.ascii || (0..self.fields()).all(|at| std::str::from_utf8(self.field(at)).is_ok())
    }
}

/// Line ends in a text: a carriage return with a line feed is one.
#[must_use]
pub fn line_ends(text: &[u8]) -> u64 {
    let returns = text.iter().filter(|&&byte| byte == b'\r').count();
    let feeds = text.iter().filter(|&&byte| byte == b'\n').count();
    if returns == 0 {
        return feeds as u64;
    }
    let both = text.windows(2).filter(|pair| pair == b"\r\n").count();
    (returns + feeds - both) as u64
}
