//! Reads a ratings file that comes as chunks of bytes of any size. What is read does not depend on how the bytes are cut.
//!
//! csv-core cuts the text into fields (RFC 4180, line ends of any kind); everything around it is here: the first line,
//! blank lines, and from fields to a row. No row allocates.

use super::builder::{Builder, Origin};
use super::dialect::{self, Pairs};
use super::digest::Role;
use super::layout::{Layout, Picks};
use super::records::{self, Progress, Records};
use super::{Dataset, number};
use crate::error::Error;
use crate::protocol::Skipped;
use crate::study::{Columns, DataSource};

/// How a file is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its name, for sentences.
    pub file: String,
    /// What it is to the study.
    pub role: Role,
    /// The delimiter: one ASCII character or `::`. `None`: found in the first line.
    pub delimiter: Option<String>,
    /// How the columns are found.
    pub picks: Picks,
}

impl Options {
    /// Everything is found in the file.
    #[must_use]
    pub fn guess(file: &str) -> Self {
        Self { file: file.to_owned(), role: Role::Ratings, delimiter: None, picks: Picks::default() }
    }

    /// As a study says that the file was read when it was made.
    #[must_use]
    pub fn stored(file: &str, delimiter: &str, columns: &Columns) -> Self {
        Self { delimiter: Some(delimiter.to_owned()), picks: columns.into(), ..Self::guess(file) }
    }
}

/// Reads one file. After an error it is of no further use.
#[derive(Debug)]
pub struct Reader {
    options: Options,
    /// The bytes up to the end of the first line that says anything, until that end has come.
    head: Vec<u8>,
    /// Whether the head has more than white space.
    started: bool,
    body: Option<Body>,
}

const BOM: &[u8; 3] = b"\xEF\xBB\xBF";

impl Reader {
    /// A reader that has not seen a byte.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, head: Vec::new(), started: false, body: None }
    }

    /// Data rows read so far.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.body.as_ref().map_or(0, |body| body.builder.rows())
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Error> {
        if let Some(body) = &mut self.body {
            return body.feed(&self.options, chunk);
        }
        for (at, &byte) in chunk.iter().enumerate() {
            let is_break = matches!(byte, b'\r' | b'\n');
            if is_break && self.started {
                self.begin()?;
                return self.feed(&chunk[at..]);
            }
            let is_bom = BOM.get(self.head.len()) == Some(&byte);
            self.started |= !(is_break || is_bom || matches!(byte, b' ' | b'\t'));
            self.head.push(byte);
            if self.head.len() > dialect::MAX_FIRST_LINE {
                let found = format!("its first {} bytes have no line", dialect::MAX_FIRST_LINE);
                return Err(Error::NotATable { file: self.options.file.clone(), found });
            }
        }
        Ok(())
    }

    /// Finds the dialect in the head, and reads the head with it.
    fn begin(&mut self) -> Result<(), Error> {
        let head = std::mem::take(&mut self.head);
        let head = head.strip_prefix(BOM).unwrap_or(&head);
        let start = head.iter().rposition(|byte| matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
        let delimiter = match &self.options.delimiter {
            Some(given) => given.clone(),
            None => {
                dialect::sniff(&self.options.file, &head[start..], 1 + records::line_ends(&head[..start]))?.to_owned()
            }
        };
        let body = self.body.insert(Body::new(delimiter, self.options.role)?);
        body.feed(&self.options, head)
    }

    /// Reads what is left and makes the data set.
    ///
    /// # Errors
    /// As [`Self::feed`]; and a file without rows, or with rows that nothing can be learned from.
    pub fn finish(mut self) -> Result<Dataset, Error> {
        if self.body.is_none() {
            if !self.started {
                return Err(Error::EmptyFile { file: self.options.file });
            }
            self.begin()?;
        }
        match self.body {
            Some(body) => body.finish(self.options),
            None => Err(Error::EmptyFile { file: self.options.file }),
        }
    }
}

/// Reads from the first line on, its dialect known.
#[derive(Debug)]
struct Body {
    delimiter: String,
    pairs: Option<Pairs>,
    records: Records,
    builder: Builder,
    layout: Option<Layout>,
    /// Lines without content.
    blank: u32,
    first_blank: u64,
}

impl Body {
    fn new(delimiter: String, role: Role) -> Result<Self, Error> {
        let (byte, pairs) = match delimiter.as_bytes() {
            b"::" => (dialect::PAIR, Some(Pairs::default())),
            &[byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(&byte) => (byte, None),
            _ => {
                let allowed = "one character that is no letter, digit or quote, or ::".to_owned();
                return Err(Error::BadSetting { setting: "delimiter".to_owned(), value: delimiter, allowed });
            }
        };
        // Files with `::` know no quotes: their titles hold single ones.
        let records = Records::new(byte, pairs.is_none());
        Ok(Self { delimiter, pairs, records, builder: Builder::new(role), layout: None, blank: 0, first_blank: 0 })
    }

    fn feed(&mut self, options: &Options, chunk: &[u8]) -> Result<(), Error> {
        // Taken out for the call: the replaced bytes are borrowed from it.
        let Some(mut pairs) = self.pairs.take() else { return self.cut(options, chunk) };
        let done = self.cut(options, pairs.replace(chunk));
        self.pairs = Some(pairs);
        done
    }

    /// Cuts bytes into records and takes each of them.
    fn cut(&mut self, options: &Options, chunk: &[u8]) -> Result<(), Error> {
        self.records.expect(chunk);
        let mut rest = chunk;
        while !rest.is_empty() {
            let (used, progress) = self.records.read(rest);
            rest = &rest[used..];
            match progress {
                Progress::Blank { line } => self.count_blank(line),
                Progress::Record => self.take(options)?,
                Progress::Partial => {}
                Progress::TooLong => {
                    let reason = format!("a row of {} bytes or more; probably a quote is not closed", records::MAX_ROW);
                    return Err(Error::NotParsed { file: options.file.clone(), line: self.records.line(), reason });
                }
            }
        }
        Ok(())
    }

    fn count_blank(&mut self, line: u64) {
        if self.blank == 0 {
            self.first_blank = line;
        }
        self.blank = self.blank.saturating_add(1);
    }

    /// Takes the record that has just been completed: the header, or a row.
    fn take(&mut self, options: &Options) -> Result<(), Error> {
        let record = &self.records;
        let (file, line) = (|| options.file.clone(), record.line());
        if record.fields() == 1 && record.field(0).is_empty() {
            self.count_blank(line);
            return Ok(());
        }
        if !record.is_utf8() {
            return Err(Error::NotUtf8 { file: file(), line });
        }
        let layout = match &self.layout {
            Some(layout) => layout,
            None => {
                let cells: Vec<_> = (0..record.fields()).map(|at| String::from_utf8_lossy(record.field(at))).collect();
                let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
                let layout = self.layout.insert(Layout::resolve(&options.file, &cells, &options.picks)?);
                if layout.header {
                    return Ok(());
                }
                layout
            }
        };
        if record.fields() != layout.fields {
            let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            let (expected, found) = (count(layout.fields), count(record.fields()));
            return Err(Error::RaggedRow { file: file(), line, expected, found });
        }
        let cell = |at: usize, column: &String| match record.field(at) {
            [] => Err(Error::EmptyCell { file: file(), line, column: column.clone() }),
            text => Ok(text),
        };
        let columns = &layout.columns;
        let user = cell(layout.user, &columns.user)?;
        let item = cell(layout.item, &columns.item)?;
        let text = cell(layout.rating, &columns.rating)?;
        let rating = number::rating(text).ok_or_else(|| Error::NotANumber {
            file: file(),
            line,
            column: columns.rating.clone(),
            found: dialect::excerpt(text),
        })?;
        let time = match (layout.time, &columns.time) {
            (Some(at), Some(column)) => {
                let text = cell(at, column)?;
                Some(number::seconds(text).ok_or_else(|| Error::NotATime {
                    file: file(),
                    line,
                    column: column.clone(),
                    found: dialect::excerpt(text),
                })?)
            }
            _ => None,
        };
        let pushed = self.builder.push(user, item, rating, time);
        pushed.ok_or_else(|| Error::TooManyRows { file: file(), allowed: u32::MAX.into() })
    }

    fn finish(mut self, options: Options) -> Result<Dataset, Error> {
        if let Some(mut pairs) = self.pairs.take() {
            self.cut(&options, pairs.finish())?;
        }
        if self.records.read_end() {
            self.take(&options)?;
        }
        let skipped = (self.blank > 0).then(|| Skipped {
            reason: "blank-line".to_owned(),
            count: self.blank,
            first_line: u32::try_from(self.first_blank).unwrap_or(u32::MAX),
        });
        let Some(layout) = self.layout else { return Err(Error::EmptyFile { file: options.file }) };
        let source = DataSource::File {
            name: options.file.clone(),
            delimiter: self.delimiter.clone(),
            columns: layout.columns.clone(),
        };
        self.builder.finish(Origin {
            file: options.file,
            source,
            delimiter: self.delimiter,
            header: layout.header,
            columns: layout.columns,
            skipped: skipped.into_iter().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a text in chunks of `size` bytes.
    fn read_in(text: &[u8], size: usize, options: Options) -> Result<Dataset, Error> {
        let mut reader = Reader::new(options);
        for chunk in text.chunks(size) {
            reader.feed(chunk)?;
        }
        reader.finish()
    }

    /// Reads a text as a whole and byte by byte, which must come to the same.
    fn read(text: impl AsRef<[u8]>) -> Result<Dataset, Error> {
        let text = text.as_ref();
        let whole = read_in(text, text.len().max(1), Options::guess("r.csv"));
        assert_eq!(read_in(text, 1, Options::guess("r.csv")), whole);
        whole
    }

    fn rows(data: &Dataset) -> Vec<(String, String, f32, i64)> {
        let text = |ids: &super::super::Ids, idx| ids.text(idx).to_owned();
        let rows = data.interactions.rows();
        rows.map(|row| (text(&data.users, row.user), text(&data.items, row.item), row.rating, row.time)).collect()
    }

    const PLAIN: &str = "user,item,rating,time\nann,x,4,10\nbob,x,2.5,20\nann,007,3,30\n";

    #[test]
    fn a_table_becomes_rows() {
        let data = read(PLAIN).unwrap();
        let row = |user: &str, item: &str, rating, time| (user.to_owned(), item.to_owned(), rating, time);
        assert_eq!(rows(&data), [row("ann", "x", 4.0, 10), row("ann", "007", 3.0, 30), row("bob", "x", 2.5, 20)]);
        let report = &data.report;
        assert_eq!((report.rows, report.used, report.users, report.items), (3, 3, 2, 2));
        assert_eq!((report.delimiter.as_str(), report.header, report.timed), (",", true, true));
        assert_eq!((report.scale.min, report.scale.max, report.scale.step), (2.5, 4.0, 0.5));
        assert_eq!(report.skipped, []);
    }

    #[test]
    fn the_same_table_in_any_dialect_has_the_same_rows_and_hash() {
        let plain = read(PLAIN).unwrap();
        let lines: Vec<&str> = PLAIN.lines().collect();
        let dialects = [
            PLAIN.replace(',', ";"),
            PLAIN.replace(',', "\t"),
            PLAIN.replace(',', "|"),
            PLAIN.replace(',', "::"),
            PLAIN.replace(',', " , "),
            format!("\u{FEFF}{PLAIN}"),
            lines.join("\r\n"),
            lines.join("\r"),
            lines.join("\n"),
            PLAIN.replace("ann", "\"ann\""),
            PLAIN.replace("4,10", "4.0,10"),
        ];
        for text in dialects {
            let data = read(&text).unwrap();
            assert_eq!((rows(&data), data.report.hash), (rows(&plain), plain.report.hash.clone()), "{text:?}");
        }
    }

    #[test]
    fn a_file_without_a_header_is_read_by_position() {
        let data = read("196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t302\t1\t0\n").unwrap();
        assert_eq!((data.report.rows, data.report.header), (3, false));
        let columns = Columns { user: "1".into(), item: "2".into(), rating: "3".into(), time: Some("4".into()) };
        assert_eq!(data.report.columns, columns);
    }

    #[test]
    fn a_resolved_source_reads_the_same_again() {
        let text = "id;stars;who;what;timestamp\n1;4;ann;x;5\n2;3;bob;y;6\n";
        let options = Options::guess("f");
        assert_eq!(read_in(text.as_bytes(), 7, options).unwrap_err().code(), "missing-column");
        let mut options = Options::guess("f");
        let pick = |name: &str| super::super::layout::Pick::Column(name.into());
        (options.picks.user, options.picks.item) = (pick("who"), pick("4"));
        let data = read_in(text.as_bytes(), 7, options).unwrap();
        let DataSource::File { name, delimiter, columns } = &data.report.source else { panic!() };
        assert_eq!(read_in(text.as_bytes(), 7, Options::stored(name, delimiter, columns)), Ok(data));
    }

    #[test]
    fn blank_lines_are_counted_and_change_no_line_number() {
        let data = read("\n\r\nuser,item,rating\n\n  \na,x,1\r\n\r\nb,y,2\n\n").unwrap();
        assert_eq!(data.report.skipped, [Skipped { reason: "blank-line".into(), count: 6, first_line: 1 }]);
        assert_eq!(data.report.rows, 2);
    }

    #[test]
    fn line_numbers_count_quoted_line_ends() {
        let text = "user,item,rating\n\"a\n\n\",x,1\n\n\"b\r\nc\",y,2\r\nd,z,bad\n";
        let expected =
            Error::NotANumber { file: "r.csv".into(), line: 8, column: "rating".into(), found: "bad".into() };
        assert_eq!(read(text), Err(expected));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let file = || "r.csv".to_owned();
        let column = |name: &str| name.to_owned();
        let wrong: [(&[u8], Error); 13] = [
            (b"", Error::EmptyFile { file: file() }),
            (b" \r\n\t\n", Error::EmptyFile { file: file() }),
            (b"user,item,rating\n\n", Error::NoRows { file: file() }),
            (
                b"user,item\na,b\n",
                Error::MissingColumn { file: file(), column: column("rating"), found: "user, item".into() },
            ),
            (b"user,item,rating\na,x,1\nb,y\n", Error::RaggedRow { file: file(), line: 3, expected: 3, found: 2 }),
            (b"user,item,rating\na,x,1,9\n", Error::RaggedRow { file: file(), line: 2, expected: 3, found: 4 }),
            (
                b"user,item,rating\n\na,x,good\n",
                Error::NotANumber { file: file(), line: 3, column: column("rating"), found: "good".into() },
            ),
            (b"user,item,rating\n,x,1\n", Error::EmptyCell { file: file(), line: 2, column: column("user") }),
            (b"user,item,rating\na,x,\n", Error::EmptyCell { file: file(), line: 2, column: column("rating") }),
            (
                b"user,item,rating,time\na,x,1,noon\n",
                Error::NotATime { file: file(), line: 2, column: column("time"), found: "noon".into() },
            ),
            (b"user,item,rating\na,x,1\nb,\xFCber,2\n", Error::NotUtf8 { file: file(), line: 3 }),
            (b"user,item,rating\na,x,1\na,y,2\n", Error::OneUser { file: file(), rows: 2 }),
            (b"user,item,rating\na,x,3\nb,y,3\n", Error::ConstantRatings { file: file(), value: 3.0 }),
        ];
        for (text, error) in wrong {
            assert_eq!(read(text), Err(error), "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_in_a_sentence() {
        let mut text = b"user,item,rating\na,\"x,1\n".to_vec();
        text.resize(3 << 20, b'\n');
        for size in [4_096, 1 << 16, text.len()] {
            let error = read_in(&text, size, Options::guess("f")).unwrap_err();
            assert!(matches!(error, Error::NotParsed { line: 2, .. }), "{error}");
        }
    }

    #[test]
    fn a_first_line_without_end_is_no_table() {
        let error = read_in(&b",".repeat(100_000), 999, Options::guess("f")).unwrap_err();
        assert_eq!(error.code(), "not-a-table");
    }

    #[test]
    fn the_last_line_needs_no_end_and_rows_are_counted_while_reading() {
        let mut reader = Reader::new(Options::guess("f"));
        reader.feed(b"user,item,rating\na,x,1\nb,y,2").unwrap();
        assert_eq!(reader.rows(), 1);
        assert_eq!(reader.finish().unwrap().report.rows, 2);
    }
}
