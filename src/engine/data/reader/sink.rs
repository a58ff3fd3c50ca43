//! Takes a file's records one by one: what stands before the table, the header, rows of ratings.

use super::Options;
use crate::engine::data::builder::{Builder, Origin};
use crate::engine::data::cutter::Piece;
use crate::engine::data::dialect::Dialect;
use crate::engine::data::layout::Layout;
use crate::engine::data::names::Role;
use crate::engine::data::problem::{Problem, Skips};
use crate::engine::data::records::{self, Record};
use crate::engine::data::{Dataset, Grouped, number};
use crate::error::Error;
use crate::protocol::Preview;
use crate::study::DataSource;
use crate::study::cleaning::BadRows;
use crate::study::form::{self, Decimal, Form, Header, Quotes};

/// What records become.
#[derive(Debug)]
pub(super) struct RowSink {
    file: String,
    refuse: bool,
    layout: Layout,
    delimiter: String,
    quotes: Quotes,
    /// Records that are still to come before the table, and then the header.
    before: usize,
    header: bool,
    /// The item of the rows that follow, in a file of blocks.
    block: Vec<u8>,
    preview: Preview,
    builder: Builder,
    skips: Skips,
    /// What was wrong with the first row that is not used, for a file of which nothing is.
    first: Option<Error>,
}

/// What one record came to.
type Taken<'a> = Result<(), Stop<'a>>;

/// Why a record was not taken.
enum Stop<'a> {
    /// Something is wrong with it.
    Row(Problem<'a>),
    /// No more rows can be counted.
    Full,
}

impl<'a> From<Problem<'a>> for Stop<'a> {
    fn from(problem: Problem<'a>) -> Self {
        Self::Row(problem)
    }
}

impl RowSink {
    pub(super) fn new(options: &Options, dialect: &Dialect, layout: Layout) -> Self {
        Self {
            file: options.file.clone(),
            refuse: options.clean.bad_rows == BadRows::Refuse,
            delimiter: dialect.delimiter.clone(),
            quotes: dialect.quotes,
            before: dialect.preamble,
            header: layout.header,
            block: Vec::new(),
            preview: preview(dialect, &layout),
            layout,
            builder: Builder::new(options.role),
            skips: Skips::default(),
            first: None,
        }
    }

    pub(super) fn rows(&self) -> u32 {
        self.builder.rows()
    }

    pub(super) fn take(&mut self, piece: &Piece) -> Result<(), Error> {
        let record = match *piece {
            Piece::Record(record) => record,
            Piece::Blank(line) => {
                self.skips.add("blank-line", 1, short(line));
                return Ok(());
            }
            Piece::TooLong(line) => {
                let reason = format!("a row of {} bytes or more; probably a quote is not closed", records::MAX_ROW);
                return Err(Error::NotParsed { file: self.file.clone(), line, reason });
            }
        };
        if self.before > 0 {
            self.before -= 1;
            self.skips.add("before-table", 1, short(record.line()));
            return Ok(());
        }
        if std::mem::take(&mut self.header) {
            return Ok(());
        }
        let taken = match self.layout.kind {
            form::Layout::Blocks if is_block(&record) => {
                let item = record.field(0);
                self.block = item[..item.len() - 1].trim_ascii().to_vec();
                return Ok(());
            }
            form::Layout::Rows | form::Layout::Blocks => {
                let block = (self.layout.kind == form::Layout::Blocks).then_some(&self.block[..]);
                row(&self.layout, self.quotes, record, &mut self.builder, block)
            }
            form::Layout::Sequences => sequence(record, self.quotes, &mut self.builder),
            form::Layout::Matrix => matrix(&self.layout, self.quotes, record, &mut self.builder),
        };
        let problem = match taken {
            Ok(()) => return Ok(()),
            Err(Stop::Full) => return Err(Error::TooManyRows { file: self.file.clone(), allowed: u32::MAX.into() }),
            Err(Stop::Row(problem)) => problem,
        };
        let error = |file: &str| problem.error(file, record.line());
        if self.refuse {
            return Err(error(&self.file));
        }
        // A quote that is not closed makes one record of many lines: each of them is lost.
        let lines = if matches!(problem, Problem::Ragged { .. }) { record.lines() } else { 1 };
        if self.first.is_none() {
            self.first = Some(error(&self.file));
        }
        self.skips.add(problem.reason(), short(lines), short(record.line()));
        Ok(())
    }

    pub(super) fn finish(self, options: Options, encoding: String) -> Result<Dataset<Grouped>, Error> {
        // Where little can be read, what is wrong is not that little is left.
        let first = self.first.filter(|_| self.skips.rows() >= self.builder.rows());
        let layout = self.layout;
        let form = Form {
            member: options.form.member.unwrap_or_default(),
            encoding: encoding.clone(),
            header: Header::saying(layout.header, &layout.columns),
            layout: layout.kind,
            quotes: self.quotes,
            decimal: layout.decimal,
            time: layout.format,
        };
        let source = DataSource::File {
            name: options.file.clone(),
            delimiter: self.delimiter.clone(),
            columns: layout.columns.clone(),
            form,
        };
        let guessed = options.form.encoding.is_none() && !encoding.starts_with("utf-");
        let finished = self.builder.finish(Origin {
            guessed,
            file: options.file,
            source,
            delimiter: self.delimiter,
            encoding,
            header: layout.header,
            columns: layout.columns,
            reasons: layout.reasons,
            preview: self.preview,
            skips: self.skips,
            clean: options.clean,
            find_scale: options.find_scale,
            in_order: layout.kind == form::Layout::Sequences,
        });
        finished.map_err(|error| first.unwrap_or(error))
    }
}

/// The first rows, as many columns of them as can be looked at.
fn preview(dialect: &Dialect, layout: &Layout) -> Preview {
    const ROWS: usize = 8;
    const COLUMNS: usize = 24;
    let few = |cells: &[String]| cells.iter().take(COLUMNS).cloned().collect();
    let rows = dialect.head.iter().skip(usize::from(layout.header)).take(ROWS);
    Preview { columns: few(&layout.names), rows: rows.map(|row| few(row)).collect() }
}

fn short(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// A line of one item and a colon.
fn is_block(record: &Record) -> bool {
    let text = record.field(0);
    text.len() > 1 && text.ends_with(b":") && (1..record.fields()).all(|at| record.field(at).is_empty())
}

/// A cell's text, without the quotes that are left where all were quoted twice.
#[inline(always)]
fn cell<'a>(record: &Record<'a>, quotes: Quotes, at: usize) -> &'a [u8] {
    if quotes == Quotes::Doubled { bared(record.field(at)) } else { record.field(at) }
}

#[cold]
fn bared(text: &[u8]) -> &[u8] {
    if let [b'"', inner @ .., b'"'] = text { inner.trim_ascii() } else { text }
}

/// An id; programs write some words where there is none.
#[inline(always)]
fn id<'a>(text: &'a [u8], role: Role, column: &'a str) -> Result<&'a [u8], Problem<'a>> {
    match text {
        [b'0'..=b'9', ..] => Ok(text),
        text if is_no_id(text) => Err(Problem::Missing { role, column }),
        _ => Ok(text),
    }
}

fn is_no_id(text: &[u8]) -> bool {
    matches!(text, [] | b"nan" | b"NaN" | b"null" | b"NULL" | b"\\N" | b"#N/A")
}

#[inline(always)]
fn rating<'a>(text: &'a [u8], decimal: Decimal, column: &'a str) -> Result<f32, Problem<'a>> {
    number::rating_as(text, decimal).ok_or_else(|| {
        let missing = number::is_missing(text);
        if missing { Problem::Missing { role: Role::Rating, column } } else { Problem::NotANumber { column, text } }
    })
}

/// A row has all the cells that are needed, and none beyond the columns.
#[inline(always)]
fn check_fields<'a>(layout: &Layout, record: &Record) -> Result<(), Problem<'a>> {
    let found = record.fields();
    let beyond = || (layout.fields..found).any(|at| !record.field(at).is_empty());
    if found <= layout.last || found > layout.fields && beyond() {
        return Err(Problem::Ragged { expected: layout.fields, found });
    }
    if !record.is_utf8() {
        return Err(Problem::NoText);
    }
    Ok(())
}

/// One rating or interaction; its item stands in `block`, if not in the row.
fn row<'a>(
    layout: &'a Layout,
    quotes: Quotes,
    record: Record<'a>,
    builder: &mut Builder,
    block: Option<&'a [u8]>,
) -> Taken<'a> {
    check_fields(layout, &record)?;
    let columns = &layout.columns;
    let user = id(cell(&record, quotes, layout.user), Role::User, &columns.user)?;
    let item = id(block.unwrap_or_else(|| cell(&record, quotes, layout.item)), Role::Item, &columns.item)?;
    let value = match (layout.rating, &columns.rating) {
        (Some(at), Some(column)) => rating(cell(&record, quotes, at), layout.decimal, column)?,
        _ => 1.0,
    };
    let time = match (layout.time, &columns.time) {
        (Some(at), Some(column)) => {
            let text = cell(&record, quotes, at);
            let time = number::time(text, layout.format).ok_or_else(|| {
                let missing = number::is_missing(text);
                if missing { Problem::Missing { role: Role::Time, column } } else { Problem::NotATime { column, text } }
            })?;
            Some(time)
        }
        _ => None,
    };
    builder.at_line(record.line());
    builder.push(user, item, value, time).ok_or(Stop::Full)
}

/// A user and the items of that user.
fn sequence<'a>(record: Record<'a>, quotes: Quotes, builder: &mut Builder) -> Taken<'a> {
    if !record.is_utf8() {
        return Err(Problem::NoText.into());
    }
    let user = id(cell(&record, quotes, 0), Role::User, "1")?;
    let mut items = (1..record.fields()).map(|at| cell(&record, quotes, at)).filter(|item| !item.is_empty()).peekable();
    if items.peek().is_none() {
        return Err(Problem::Missing { role: Role::Item, column: "2" }.into());
    }
    for item in items {
        builder.at_line(record.line());
        builder.push(user, item, 1.0, None).ok_or(Stop::Full)?;
    }
    Ok(())
}

/// The ratings of one user, or of one item, in the order of the columns.
fn matrix<'a>(layout: &'a Layout, quotes: Quotes, record: Record<'a>, builder: &mut Builder) -> Taken<'a> {
    check_fields(layout, &record)?;
    let role = if layout.items_down { Role::Item } else { Role::User };
    let own = id(cell(&record, quotes, layout.user), role, &layout.names[layout.user])?;
    for (at, name) in layout.names.iter().enumerate().take(record.fields()).filter(|(at, _)| *at != layout.user) {
        let text = cell(&record, quotes, at);
        if number::is_missing(text) {
            continue;
        }
        let value = rating(text, layout.decimal, name)?;
        builder.at_line(record.line());
        let (user, item) = if layout.items_down { (name.as_bytes(), own) } else { (own, name.as_bytes()) };
        builder.push(user, item, value, None).ok_or(Stop::Full)?;
    }
    Ok(())
}
