//! Where bytes come from: a person's files. What they mean is [`engine::data`](crate::engine::data)'s to say.

use std::ops::Range;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use super::decode;
use crate::channel::in_its_words;
use crate::engine::data::archive::{self, Member};
use crate::engine::data::builder::clean_made;
use crate::engine::data::inflate::{self, Inflate};
use crate::engine::data::items::{Described, ItemsReader};
use crate::engine::data::{Dataset, Grouped, Ids, Options, Reader};
use crate::error::Error;
use crate::protocol::{DataReport, FileRole, TestFile};
use crate::study::{Cleaning, DataSource};
use crate::worker::made;

/// Bytes of a file that are read at a time, while those before are looked at.
const CHUNK: f64 = 2_097_152.0;

/// How far reading has come: bytes, bytes of the whole, rows.
pub type Progress = (f64, f64, u32);

/// What is to be read.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which data.
    pub source: DataSource,
    /// What is done to it after reading.
    pub clean: Cleaning,
    /// Whether what stands at its default is found in the file anew.
    pub find: bool,
    /// The person's files, with what each of them is.
    pub files: Vec<(FileRole, File)>,
}

/// What was read.
#[derive(Debug)]
pub struct Loaded {
    /// The ratings.
    pub data: Dataset<Grouped>,
    /// The person's own test part.
    pub test: Option<Dataset<Grouped>>,
    /// Why a file beside the ratings is of no use.
    pub problems: Vec<Error>,
}

/// Reads data. `tell` hears of the progress.
///
/// # Errors
/// What the engine says of the bytes; [`Error::Unreadable`] where there are none; [`Error::NotReady`] for a file that
/// was named and not given.
pub async fn load(wanted: &Wanted, base: &str, tell: impl Fn(Progress)) -> Result<Loaded, Error> {
    let Wanted { source, clean, find, files } = wanted;
    let DataSource::File { name, delimiter, columns, form } = source else {
        let data = clean_made(made::make(source, base).await?, clean)?;
        return Ok(Loaded { data, test: None, problems: Vec::new() });
    };
    let ratings = files.iter().find(|(role, _)| *role == FileRole::Ratings);
    let (_, file) = ratings.ok_or_else(|| Error::NotReady { what: name.clone() })?;
    // What neither a person nor a link says of the file is found in it.
    let said = if *find { Options::chosen } else { Options::stored };
    let data = read(file, said(&file.name(), delimiter, columns, form, clean), &tell).await?;
    beside(data, files, &tell).await
}

/// Reads the files beside the ratings.
async fn beside(
    mut data: Dataset<Grouped>,
    files: &[(FileRole, File)],
    tell: &impl Fn(Progress),
) -> Result<Loaded, Error> {
    let (mut test, mut problems) = (None, Vec::new());
    for (role, file) in files {
        match role {
            FileRole::Ratings => {}
            // What a file says of the items is welcome, and no reason to refuse the ratings.
            FileRole::Items => match describe_by(file, &data.items).await {
                Ok(read) => data.describe(read),
                Err(error) => problems.push(error),
            },
            FileRole::Test => {
                let rows = read_test(file, &data.report, tell).await?;
                let (name, hash) = (file.name(), rows.report.hash.clone());
                data.report.test = Some(TestFile { name, rows: rows.report.used, hash });
                test = Some(rows);
            }
        }
    }
    Ok(Loaded { data, test, problems })
}

/// Reads the person's own test file: as the ratings were read where it can be, else for what it is.
async fn read_test(file: &File, ratings: &DataReport, tell: &impl Fn(Progress)) -> Result<Dataset<Grouped>, Error> {
    let (name, clean) = (file.name(), &ratings.clean);
    if let DataSource::File { delimiter, columns, form, .. } = &ratings.source {
        let options = Options::stored(&name, delimiter, columns, form, clean);
        match read(file, options.of_test(clean), tell).await {
            Err(Error::MissingColumn { .. } | Error::NotATable { .. } | Error::RaggedRow { .. }) => {}
            done => return done,
        }
    }
    read(file, Options::guess(&name).of_test(clean), tell).await
}

async fn describe_by(file: &File, known: &Ids) -> Result<Described, Error> {
    let name = file.name();
    let options = Options { foreign: decode::browser, ..Options::guess(&name) };
    let first = bytes(file, &name, 0.0..4.0).await?;
    describe(Source::whole(file, &name, &first), &options, known).await
}

async fn read(file: &Blob, options: Options, tell: &impl Fn(Progress)) -> Result<Dataset<Grouped>, Error> {
    let mut options = Options { foreign: decode::browser, ..options };
    let name = &*options.file.clone();
    let first = bytes(file, name, 0.0..4.0).await?;
    let mut items = None;
    options.form.member = options.form.member.filter(|_| archive::is_zip(&first));
    let mut source = if archive::is_zip(&first) {
        let members = members(file, name).await?;
        let ratings = archive::ratings(name, &members, options.form.member.as_deref())?;
        items = archive::items(&members, ratings).cloned();
        options.form.member = Some(ratings.name.clone());
        Source::member(file, name, ratings).await?
    } else {
        Source::whole(file, name, &first)
    };
    let foreign = options.foreign;
    let mut reader = Reader::new(options);
    let mut take = |text: &[u8], (at, end)| {
        reader.feed(text)?;
        tell((at, end, reader.rows()));
        Ok(())
    };
    while source.step(&mut take).await? {}
    let mut data = reader.finish_in_blocks()?;
    if let Some(member) = items {
        let options = Options { foreign, ..Options::guess(&member.name) };
        // What an archive says of its items is welcome, and no reason to refuse its ratings.
        if let Ok(read) = describe(Source::member(file, name, &member).await?, &options, &data.items).await {
            data.describe(read);
        }
    }
    Ok(data)
}

async fn describe(mut source: Source<'_>, options: &Options, known: &Ids) -> Result<Described, Error> {
    let mut reader = ItemsReader::new(options, known);
    while source.step(&mut |text, _| reader.feed(text)).await? {}
    reader.finish()
}

/// The files of an archive.
async fn members(file: &Blob, name: &str) -> Result<Vec<Member>, Error> {
    // A blob's size is a whole number.
    let total = file.size() as u64;
    let tail = bytes(file, name, real(&archive::tail(total))).await?;
    let (place, shift) = archive::directory(name, &tail, total)?;
    archive::members(name, &bytes(file, name, real(&place)).await?, shift)
}

/// A part of a file that is read from its beginning to its end.
struct Source<'a> {
    file: &'a Blob,
    name: &'a str,
    at: f64,
    end: f64,
    packed: Option<Inflate>,
    /// The next bytes, which were asked for already.
    next: Option<JsFuture>,
}

impl<'a> Source<'a> {
    /// All of a file.
    fn whole(file: &'a Blob, name: &'a str, first: &[u8]) -> Self {
        let packed = inflate::is_gzip(first).then(|| Inflate::gzip(name));
        Self { file, name, at: 0.0, end: file.size(), packed, next: None }
    }

    async fn member(file: &'a Blob, name: &'a str, member: &Member) -> Result<Self, Error> {
        let range = member.data(name, &bytes(file, name, real(&member.header())).await?)?;
        let (at, end) = (range.start as f64, (range.end as f64).min(file.size()));
        Ok(Self { file, name, at, end, packed: Some(Inflate::member(name, member)), next: None })
    }

    /// Hands out the next bytes, unpacked, each piece with how far the file is read and how far it goes, since few packed bytes
    /// can be a thousand times as many; whether there may be more.
    async fn step(&mut self, each: &mut impl FnMut(&[u8], (f64, f64)) -> Result<(), Error>) -> Result<bool, Error> {
        if self.at >= self.end {
            return self.packed.take().map_or(Ok(false), |packed| packed.finish().map(|()| false));
        }
        // What is packed becomes several times as much.
        let size = if self.packed.is_some() { CHUNK / 4.0 } else { CHUNK };
        let next = match self.next.take() {
            Some(asked) => asked,
            None => ask(self.file, self.name, self.at..self.end.min(self.at + size))?,
        };
        self.at = self.end.min(self.at + size);
        if self.at < self.end {
            self.next = Some(ask(self.file, self.name, self.at..self.end.min(self.at + size))?);
        }
        let chunk = arrived(next, self.name).await?;
        let far = (self.at, self.end);
        match &mut self.packed {
            Some(packed) => packed.push(&chunk, &mut |text| each(text, far))?,
            None => each(&chunk, far)?,
        }
        Ok(true)
    }
}

fn real(range: &Range<u64>) -> Range<f64> {
    range.start as f64..range.end as f64
}

/// Some of a file's bytes; fewer where it ends before.
async fn bytes(file: &Blob, name: &str, range: Range<f64>) -> Result<Vec<u8>, Error> {
    arrived(ask(file, name, range)?, name).await
}

/// Asks for them. A failure is heard of by who waits for them, however late.
fn ask(file: &Blob, name: &str, range: Range<f64>) -> Result<JsFuture, Error> {
    let slice = file.slice_with_f64_and_f64(range.start, range.end).map_err(|error| unreadable(name, &error))?;
    Ok(JsFuture::from(slice.array_buffer()))
}

/// Waits for them.
async fn arrived(asked: JsFuture, name: &str) -> Result<Vec<u8>, Error> {
    // Fails when the file was changed or removed meanwhile, or is a folder.
    let buffer = asked.await.map_err(|error| unreadable(name, &error))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

fn unreadable(file: &str, error: &JsValue) -> Error {
    Error::Unreadable { file: file.to_owned(), reason: in_its_words(error) }
}
