//! Cuts chunks of bytes into records of fields (RFC 4180, with what else people and programs write), and knows in which line
//! each record begins.
//!
//! A record without quotes that lies in one chunk, as nearly all do, is cut where it stands. Any other is read by csv-core, which
//! copies it: without its quotes, from as many chunks as it takes. Both end at the same bytes.

use csv_core::ReadRecordResult;
use wide::u8x16;

/// A longer row is a quote that was never closed.
pub const MAX_ROW: usize = 1 << 20;

/// Cuts the chunks of one text.
#[derive(Debug)]
pub struct Records {
    delimiter: u8,
    special: Special,
    core: Box<csv_core::Reader>,
    /// The fields of the record that is copied, and room.
    text: Vec<u8>,
    /// Bytes of them.
    text_len: usize,
    /// Where each field of the record ends; while it is copied, room behind them.
    ends: Vec<usize>,
    /// Fields of the record that is copied.
    ends_len: usize,
    /// Whether the record that is copied is too long to be one: what is left of it is passed over.
    too_long: bool,
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

/// The bytes that are more than text.
#[derive(Clone, Copy, Debug)]
struct Special([u8x16; 4]);

impl Special {
    /// Bytes that are looked at in one step.
    const WIDTH: usize = 16;

    fn new(bytes: [u8; 4]) -> Self {
        Self(bytes.map(u8x16::splat))
    }

    /// Which of the first bytes are special: a bit for each, the first the lowest.
    #[inline(always)]
    fn places(&self, bytes: &[u8]) -> u32 {
        match bytes.first_chunk() {
            Some(block) => self.places_in(*block),
            None => {
                let mut block = [0; Self::WIDTH];
                block[..bytes.len()].copy_from_slice(bytes);
                self.places_in(block) & ((1 << bytes.len()) - 1)
            }
        }
    }

    #[inline(always)]
    fn places_in(&self, block: [u8; Self::WIDTH]) -> u32 {
        let block = u8x16::new(block);
        let [first, second, third, fourth] = self.0.map(|byte| byte.simd_eq(block));
        (first | second | third | fourth).to_bitmask()
    }
}

/// A record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The fields.
    text: &'a [u8],
    /// Where each field ends.
    ends: &'a [usize],
    /// Bytes between two fields: one where the record stands, none where it was copied.
    gap: usize,
    line: u64,
    lines: u64,
    ascii: bool,
}

/// What reading some bytes came to.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// A line without a byte in it.
    Blank {
        /// Which.
        line: u64,
    },
    /// A record is complete.
    Record(Record<'a>),
    /// Nothing is complete.
    Partial,
    /// The record is longer than [`MAX_ROW`].
    TooLong {
        /// The line in which it begins.
        line: u64,
    },
}

impl Records {
    /// Before the first line.
    #[must_use]
    pub fn new(delimiter: u8, quoting: bool) -> Self {
        let mut core = Box::new(csv_core::ReaderBuilder::new().delimiter(delimiter).quoting(quoting).build());
        // A byte-order mark is only one before the first byte, and is no longer there: what looks like one is text.
        let _blank = core.read_record(b"\n", &mut [0], &mut [0]);
        Self {
            delimiter,
            special: Special::new([delimiter, b'\r', b'\n', if quoting { b'"' } else { b'\n' }]),
            core,
            text: Vec::new(),
            text_len: 0,
            ends: Vec::new(),
            ends_len: 0,
            too_long: false,
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
    pub fn read<'a>(&'a mut self, bytes: &'a [u8]) -> (usize, Progress<'a>) {
        if !self.inside {
            if let byte @ (b'\r' | b'\n') = bytes[0] {
                return (1, self.line_end(byte));
            }
            self.line = self.next;
            self.ends.clear();
            if let Some(end) = self.in_place(bytes) {
                self.next += 1;
                self.after_return = bytes[end] == b'\r';
                return (end + 1, Progress::Record(self.record(&bytes[..end], 1, 1)));
            }
            (self.text_len, self.ends_len) = (0, 0);
            (self.inside, self.too_long) = (true, false);
        }
        let (used, result) = self.copy(bytes);
        if result == ReadRecordResult::Record {
            self.after_return = bytes[used - 1] == b'\r';
        }
        (used, self.copied(&result))
    }

    /// Finds the ends of a record's fields where it stands, and its own; `None` where it has quotes, is long or goes on.
    fn in_place(&mut self, bytes: &[u8]) -> Option<usize> {
        let bytes = &bytes[..bytes.len().min(MAX_ROW)];
        let mut start = 0;
        for base in (0..bytes.len()).step_by(Special::WIDTH) {
            let mut found = self.special.places(&bytes[base..]);
            while found != 0 {
                let at = base + found.trailing_zeros() as usize;
                found &= found - 1;
                let byte = bytes[at];
                if byte == self.delimiter {
                    self.ends.push(at);
                    start = at + 1;
                } else if byte != b'"' {
                    self.ends.push(at);
                    return Some(at);
                } else if at == start {
                    return None;
                }
            }
        }
        None
    }

    /// Copies bytes of a record up to its end or to where it is too long; how many were used, and why it ended there. No bytes are
    /// the end of the text.
    fn copy(&mut self, bytes: &[u8]) -> (usize, ReadRecordResult) {
        let mut at = 0;
        loop {
            make_room(&mut self.text, self.text_len);
            make_room(&mut self.ends, self.ends_len);
            let (text, ends) = (&mut self.text[self.text_len..], &mut self.ends[self.ends_len..]);
            let (result, used, text, ends) = self.core.read_record(&bytes[at..], text, ends);
            at += used;
            self.text_len += text;
            self.ends_len += ends;
            match result {
                ReadRecordResult::OutputFull if self.text_len < MAX_ROW => {}
                ReadRecordResult::OutputEndsFull if self.ends_len < MAX_ROW => {}
                _ => return (at, result),
            }
        }
    }

    /// What copying came to.
    fn copied(&mut self, result: &ReadRecordResult) -> Progress<'_> {
        match result {
            ReadRecordResult::InputEmpty | ReadRecordResult::End => Progress::Partial,
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                (self.text_len, self.ends_len) = (0, 0);
                let is_told = std::mem::replace(&mut self.too_long, true);
                if is_told { Progress::Partial } else { Progress::TooLong { line: self.line } }
            }
            ReadRecordResult::Record => {
                self.inside = false;
                if self.too_long {
                    self.next += 1;
                    return Progress::Partial;
                }
                self.ends.truncate(self.ends_len);
                let record = self.record(&self.text[..self.text_len], 1, 0);
                // Without its quotes a field may hold line ends.
                let lines = 1 + (0..record.fields()).map(|at| line_ends(record.whole(at))).sum::<u64>();
                self.next += lines;
                Progress::Record(self.record(&self.text[..self.text_len], lines, 0))
            }
        }
    }

    fn record<'a>(&'a self, text: &'a [u8], lines: u64, gap: usize) -> Record<'a> {
        Record { text, ends: &self.ends, gap, line: self.line, lines, ascii: self.ascii }
    }

    /// A line end outside a record: the second half of the last one, or a line without content.
    fn line_end(&mut self, byte: u8) -> Progress<'static> {
        let second_half = byte == b'\n' && self.after_return;
        self.after_return = byte == b'\r';
        if second_half {
            return Progress::Partial;
        }
        self.next += 1;
        Progress::Blank { line: self.next - 1 }
    }

    /// Completes the record that the end of the file ends, if there is one.
    pub fn read_end(&mut self) -> Progress<'_> {
        if !self.inside {
            return Progress::Partial;
        }
        let (_, result) = self.copy(&[]);
        self.copied(&result)
    }

    /// Whether the bytes so far end within a record.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.inside
    }
}

impl<'a> Record<'a> {
    /// Number of fields.
    #[must_use]
    pub fn fields(&self) -> usize {
        self.ends.len()
    }

    /// The line in which the record begins, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Its lines: several where quotes hold line ends.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// A field, without white space around it.
    #[must_use]
    #[inline(always)]
    pub fn field(&self, at: usize) -> &'a [u8] {
        match self.whole(at) {
            // What begins and ends with something that is seen needs no look at what is between.
            text @ [b'!'..=u8::MAX, .., b'!'..=u8::MAX] => text,
            text => trimmed(text),
        }
    }

    #[inline(always)]
    fn whole(&self, at: usize) -> &'a [u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] + self.gap };
        &self.text[start..self.ends[at]]
    }

    /// Whether the record has nothing but delimiters.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        (0..self.fields()).all(|at| self.field(at).is_empty())
    }

    /// Whether all fields are UTF-8.
    #[must_use]
    #[inline]
    pub fn is_utf8(&self) -> bool {
        self.ascii || (0..self.fields()).all(|at| std::str::from_utf8(self.field(at)).is_ok())
    }
}

/// Grows what is full, up to what is too long.
fn make_room<T: Clone + Default>(out: &mut Vec<T>, len: usize) {
    if len == out.len() {
        out.resize((2 * len).clamp(64, MAX_ROW), T::default());
    }
}

#[cold]
fn trimmed(text: &[u8]) -> &[u8] {
    text.trim_ascii()
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

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The fields of each record and the line in which it begins.
    type Table = Vec<(Vec<Vec<u8>>, u64)>;

    fn cut(text: &[u8], size: usize, delimiter: u8, quoting: bool) -> Table {
        let mut records = Records::new(delimiter, quoting);
        let mut table = Table::new();
        let mut take = |record: Record| {
            table.push(((0..record.fields()).map(|at| record.field(at).to_vec()).collect(), record.line()));
        };
        for mut chunk in text.chunks(size) {
            while !chunk.is_empty() {
                let (used, progress) = records.read(chunk);
                chunk = &chunk[used..];
                if let Progress::Record(record) = progress {
                    take(record);
                }
            }
        }
        if let Progress::Record(record) = records.read_end() {
            take(record);
        }
        table
    }

    /// The same by csv-core, without its lines.
    fn by_csv_core(text: &[u8], delimiter: u8, quoting: bool) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).quoting(quoting).build();
        let (mut table, mut rest) = (Vec::new(), text);
        let (mut out, mut ends) = (vec![0; text.len() + 1], vec![0; text.len() + 1]);
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, used, more, fields) = reader.read_record(rest, &mut out[written..], &mut ends[ended..]);
            (rest, written, ended) = (&rest[used..], written + more, ended + fields);
            match result {
                ReadRecordResult::Record => {
                    let start = |at: usize| if at == 0 { 0 } else { ends[at - 1] };
                    table.push((0..ended).map(|at| out[start(at)..ends[at]].trim_ascii().to_vec()).collect());
                    (written, ended) = (0, 0);
                }
                ReadRecordResult::End => return table,
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn records_are_those_of_csv_core_however_the_bytes_are_cut(
            text in "[ab\",; \r\n]{0,40}", size in 1_usize..9, semicolons in any::<bool>(), quoting in any::<bool>(),
        ) {
            let (text, delimiter) = (text.as_bytes(), if semicolons { b';' } else { b',' });
            let whole = cut(text, usize::MAX, delimiter, quoting);
            prop_assert_eq!(&cut(text, size, delimiter, quoting), &whole);
            let expected = by_csv_core(text, delimiter, quoting);
            prop_assert_eq!(whole.into_iter().map(|(fields, _)| fields).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_looks_like_a_byte_order_mark_within_the_text_is_text() {
        let text = "a\n\u{FEFF}\"b\"\n\u{FEFF}c\n";
        let expected = [&b"a"[..], "\u{FEFF}\"b\"".as_bytes(), "\u{FEFF}c".as_bytes()];
        for size in [1, 3, 6, usize::MAX] {
            let table = cut(text.as_bytes(), size, b',', true);
            assert_eq!(table.iter().map(|(fields, _)| &fields[0][..]).collect::<Vec<_>>(), expected, "{size}");
        }
    }

    #[test]
    fn the_longest_row_is_a_record_and_a_longer_one_is_told() {
        for (len, is_long) in [(MAX_ROW - 1, false), (MAX_ROW, true)] {
            for size in [4_096, usize::MAX] {
                let text = ["a\n", &"x".repeat(len), "\nb\n"].concat();
                let lengths: Vec<_> = cut(text.as_bytes(), size, b',', true)
                    .iter()
                    .map(|(fields, line)| (fields[0].len(), *line))
                    .collect();
                let expected = [(1, 1), (len, 2), (1, 3)];
                let told = if is_long { [expected[0], expected[2]].to_vec() } else { expected.to_vec() };
                assert_eq!(lengths, told, "{len} {size}");
            }
        }
    }

    #[test]
    fn each_record_knows_its_line() {
        let text = b"a,b\r\n\r\n\"c\nd\",\"e\r\nf\"\n\n g \r\rh";
        let lines: Vec<u64> = cut(text, 3, b',', true).into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, [1, 3, 7, 9]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_once_and_never_becomes_a_record() {
        let mut records = Records::new(b',', true);
        let mut too_long = Vec::new();
        let text = [b"a\n\"".to_vec(), vec![b'x'; 3 * MAX_ROW]].concat();
        let mut rest = &text[..];
        while !rest.is_empty() {
            let (used, progress) = records.read(rest);
            rest = &rest[used..];
            if let Progress::TooLong { line } = progress {
                too_long.push(line);
            }
        }
        assert_eq!(too_long, [2]);
        assert!(matches!(records.read_end(), Progress::Partial));
    }
}
