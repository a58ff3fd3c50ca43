//! Reads a ratings file that comes as chunks of bytes of any size. What is read does not depend on how the bytes are cut.
//!
//! The [`Intake`] makes records of bytes; the first of them tell the columns, and from then on every record goes to the
//! [`RowSink`] as it comes. No row allocates.

mod sink;

use self::sink::RowSink;
use super::cutter::Piece;
use super::decode::{MakeForeign, no_foreign};
use super::dialect::{self, Dialect};
use super::digest::Role;
use super::intake::{Intake, Sink};
use super::layout::{self, Layout, Picks};
use super::{Dataset, Grouped};
use crate::error::Error;
use crate::study::form::{self, Decimal, Header, Quotes, TimeFormat};
use crate::study::{Cleaning, Columns, Form};

/// How a file is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its name, for sentences.
    pub file: String,
    /// What it is to the study.
    pub role: Role,
    /// The delimiter: one ASCII character, `::`, or a space for runs of white space. `None`: found in the file.
    pub delimiter: Option<String>,
    /// How the columns are found.
    pub picks: Picks,
    /// What is known of its form.
    pub form: FormPicks,
    /// How its rows are cleaned.
    pub clean: Cleaning,
    /// Whether ratings far outside of a scale are looked for, where none is set.
    pub find_scale: bool,
    /// Who decodes what is not decoded here.
    pub foreign: MakeForeign,
}

/// What is known of a file's form; what is `None` is found in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormPicks {
    /// The member of an archive.
    pub member: Option<String>,
    /// The text's encoding.
    pub encoding: Option<String>,
    /// Whether the first line names the columns.
    pub header: Option<bool>,
    /// What a line holds.
    pub layout: Option<form::Layout>,
    /// How cells are quoted.
    pub quotes: Option<Quotes>,
    /// What stands before decimals.
    pub decimal: Option<Decimal>,
    /// How times are written.
    pub time: Option<TimeFormat>,
}

impl Options {
    /// Everything is found in the file.
    #[must_use]
    pub fn guess(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            role: Role::Ratings,
            delimiter: None,
            picks: Picks::default(),
            form: FormPicks::default(),
            clean: Cleaning::default(),
            find_scale: true,
            foreign: no_foreign,
        }
    }

    /// The same for the person's own test file beside ratings that were read so: of the cleaning only what speaks of single
    /// rows is done.
    #[must_use]
    pub fn of_test(self, clean: &Cleaning) -> Self {
        Self { role: Role::Test, find_scale: false, clean: clean.of_rows(), ..self }
    }

    /// As a study says that the file was read when it was made. An empty delimiter and columns without names are still to
    /// be found, and then of the form only what differs from the usual one is said.
    #[must_use]
    pub fn stored(file: &str, delimiter: &str, columns: &Columns, form: &Form, clean: &Cleaning) -> Self {
        Self::said(file, (delimiter, columns, form), clean, !delimiter.is_empty())
    }

    /// As a person has just chosen to have the file read: what stands at its default, and the scale, is found anew.
    #[must_use]
    pub fn chosen(file: &str, delimiter: &str, columns: &Columns, form: &Form, clean: &Cleaning) -> Self {
        Self::said(file, (delimiter, columns, form), clean, false)
    }

    fn said(file: &str, (delimiter, columns, form): (&str, &Columns, &Form), clean: &Cleaning, known: bool) -> Self {
        let header = match form.header {
            Header::ByColumns if columns.user.is_empty() => None,
            header => Some(header.is_there(columns)),
        };
        let default = Form::default();
        let said = |differs: bool| known || differs;
        Self {
            delimiter: Some(delimiter.to_owned()).filter(|delimiter| !delimiter.is_empty()),
            picks: if columns.user.is_empty() && !known { Picks::default() } else { columns.into() },
            form: FormPicks {
                member: Some(form.member.clone()).filter(|member| !member.is_empty()),
                encoding: said(form.encoding != default.encoding).then(|| form.encoding.clone()),
                header: header.filter(|_| said(form.header != default.header)),
                layout: said(form.layout != default.layout).then_some(form.layout),
                quotes: said(form.quotes != default.quotes).then_some(form.quotes),
                decimal: said(form.decimal != default.decimal).then_some(form.decimal),
                time: said(form.time != default.time).then_some(form.time),
            },
            clean: clean.clone(),
            find_scale: !known,
            ..Self::guess(file)
        }
    }
}

/// Reads one file. After an error it is of no further use.
#[derive(Debug)]
pub struct Reader {
    intake: Intake,
    sink: Ratings,
}

/// Takes the records once dialect and columns are known.
#[derive(Debug)]
struct Ratings {
    options: Options,
    sink: Option<RowSink>,
}

impl Reader {
    /// A reader that has not seen a byte.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let form = &options.form;
        let known = dialect::Known {
            delimiter: options.delimiter.clone(),
            quotes: form.quotes,
            layout: form.layout.filter(|layout| *layout != form::Layout::Matrix),
        };
        let intake = Intake::new(&options.file, form.encoding.clone(), known, options.foreign);
        Self { intake, sink: Ratings { options, sink: None } }
    }

    /// Data rows read so far.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.sink.sink.as_ref().map_or(0, RowSink::rows)
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line; [`Error::BadSetting`] for an encoding that nobody decodes.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.intake.feed(chunk, &mut self.sink)
    }

    /// Reads what is left and makes the data set.
    ///
    /// # Errors
    /// As [`Self::feed`]; and a file without rows, or with rows that nothing can be learned from.
    pub fn finish(self) -> Result<Dataset, Error> {
        self.finish_in_blocks().map(Dataset::from)
    }

    /// The same without its columns in one piece, for who hands them on.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn finish_in_blocks(self) -> Result<Dataset<Grouped>, Error> {
        let Self { intake, mut sink } = self;
        let encoding = intake.finish(&mut sink)?;
        let Ratings { options, sink } = sink;
        match sink {
            Some(sink) => sink.finish(options, encoding),
            None => Err(Error::EmptyFile { file: options.file }),
        }
    }
}

impl Sink for Ratings {
    fn begin(&mut self, dialect: Dialect) -> Result<(), Error> {
        let form = &self.options.form;
        let layout = match (form.layout, dialect.layout) {
            (None, form::Layout::Rows) => None,
            (None, found) => Some(found),
            (known, _) => known,
        };
        let known = layout::Known { header: form.header, layout, decimal: form.decimal, time: form.time };
        let layout = Layout::resolve(&self.options.file, &dialect.head, &self.options.picks, &known)?;
        self.sink = Some(RowSink::new(&self.options, &dialect, layout));
        Ok(())
    }

    fn take(&mut self, piece: &Piece) -> Result<(), Error> {
        self.sink.as_mut().map_or(Ok(()), |sink| sink.take(piece))
    }
}

#[cfg(test)]
mod tests;
