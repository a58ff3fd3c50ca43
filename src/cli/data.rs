//! From an argument to split data: files, gzip and what ships with the product.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::time::Instant;

use flate2::read::MultiGzDecoder;

use super::args;
use crate::engine::conductor::StudyData;
use crate::engine::data::digest::Role;
use crate::engine::data::layout::Pick;
use crate::engine::data::sample::Sample;
use crate::engine::data::{Dataset, Options, Reader, article, generate};
use crate::engine::split::{self, Split};
use crate::error::Error;
use crate::protocol::SplitReport;
use crate::study::{Columns, DataSource, Seed, SplitSpec, link};

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;

/// Reads the data that the arguments name: a file if there is one of this name, else what ships with the product.
pub(super) fn load(args: &args::Data) -> Result<Dataset, Error> {
    let mut options = Options::guess(&args.ratings);
    if let Some(map) = &args.map {
        pick_columns(&mut options, map)?;
    }
    if Path::new(&args.ratings).exists() || looks_like_a_file(&args.ratings) {
        return read(&args.ratings, options);
    }
    let source = link::parse_source(&args.ratings).unwrap_or(DataSource::Sample { name: args.ratings.clone() });
    shipped(&source)
}

/// Reads the data that the arguments name as a study says that it was read.
pub(super) fn load_as(source: &DataSource, args: &args::Data) -> Result<Dataset, Error> {
    match source {
        DataSource::File { delimiter, columns, .. } if args.map.is_none() && Path::new(&args.ratings).exists() => {
            read(&args.ratings, Options::stored(&args.ratings, delimiter, columns))
        }
        _ => load(args),
    }
}

/// Reads a study's own data: `file` if given, else what ships with the product.
pub(super) fn load_again(source: &DataSource, file: Option<&str>) -> Result<Dataset, Error> {
    match file {
        Some(file) => load_as(source, &args::Data { ratings: file.to_owned(), map: None }),
        None => shipped(source),
    }
}

/// A name that says what it is: its absence is then a missing file and not an unknown sample.
fn looks_like_a_file(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some() && !name.starts_with("synthetic")
}

/// Data that ships with the product.
fn shipped(source: &DataSource) -> Result<Dataset, Error> {
    let started = Instant::now();
    let mut data = match source {
        DataSource::Sample { name } => {
            let sample = Sample::named(name)?;
            sample.unpack(sample.bytes())?
        }
        DataSource::Synthetic(spec) => generate::generate(spec)?.0,
        DataSource::Article => article::dataset(),
        DataSource::File { name, .. } => {
            let reason = "it does not ship with the product, so give the file itself".to_owned();
            return Err(Error::Unreadable { file: name.clone(), reason });
        }
    };
    data.report.seconds = started.elapsed().as_secs_f64();
    Ok(data)
}

/// Reads the person's own test file.
pub(super) fn load_test(file: &str) -> Result<Dataset, Error> {
    read(file, Options { role: Role::Test, ..Options::guess(file) })
}

fn read(path: &str, options: Options) -> Result<Dataset, Error> {
    let started = Instant::now();
    let unreadable = |error: std::io::Error| Error::Unreadable { file: path.to_owned(), reason: error.to_string() };
    let mut file = BufReader::with_capacity(CHUNK, File::open(path).map_err(unreadable)?);
    // The buffer is looked into without being read, so the file may be a pipe.
    let is_gzip = file.fill_buf().map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
    let mut reader = Reader::new(options);
    if is_gzip {
        feed(&mut reader, MultiGzDecoder::new(file), unreadable)?;
    } else {
        feed(&mut reader, file, unreadable)?;
    }
    let mut data = reader.finish()?;
    // A path is the person's own business; a study or a link tells the file's name only.
    if let (DataSource::File { name, .. }, Some(own)) = (&mut data.report.source, Path::new(path).file_name()) {
        *name = own.to_string_lossy().into_owned();
    }
    data.report.seconds = started.elapsed().as_secs_f64();
    Ok(data)
}

fn feed(reader: &mut Reader, mut from: impl Read, unreadable: impl Fn(std::io::Error) -> Error) -> Result<(), Error> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(bytes) => reader.feed(&chunk[..bytes])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
}

fn pick_columns(options: &mut Options, map: &str) -> Result<(), Error> {
    for pair in map.split(',') {
        let bad = || Error::BadSetting {
            setting: "--map".to_owned(),
            value: map.to_owned(),
            allowed: "user=COLUMN,item=COLUMN,rating=COLUMN,time=COLUMN, each at most once".to_owned(),
        };
        let (role, column) = pair.split_once('=').ok_or_else(bad)?;
        let pick = match role {
            "user" => &mut options.picks.user,
            "item" => &mut options.picks.item,
            "rating" => &mut options.picks.rating,
            "time" => &mut options.picks.time,
            _ => return Err(bad()),
        };
        if column.is_empty() || *pick != Pick::Guess {
            return Err(bad());
        }
        *pick = Pick::Column(column.to_owned());
    }
    Ok(())
}

/// Reads `--split`.
pub(super) fn parse_split(text: &str) -> Result<SplitSpec, Error> {
    SplitSpec::parse(text).ok_or_else(|| Error::BadSetting {
        setting: "--split".to_owned(),
        value: text.to_owned(),
        allowed: SplitSpec::SYNTAX.to_owned(),
    })
}

/// The split as asked, or as is recommended for data of this size.
pub(super) fn choose_split(asked: Option<&str>, data: &Dataset) -> Result<SplitSpec, Error> {
    asked.map_or_else(|| Ok(split::suggest(data.report.used, data.report.users)), parse_split)
}

/// Says on standard error where the recommended split is not the usual one.
pub(super) fn tell_split(asked: Option<&str>, data: &Dataset) {
    let (rows, users) = (data.report.used, data.report.users);
    let (chosen, usual) = (split::suggest(rows, users), SplitSpec::Random { valid: 0.1, test: 0.1 });
    if asked.is_none() && chosen != usual {
        eprintln!("{rows} ratings of {users} users are few, so they are cut by {chosen} instead of {usual}.");
    }
}

/// Splits the data, with the person's own test file where there is one.
pub(super) fn cut(
    data: &Dataset,
    test: Option<&Dataset>,
    spec: SplitSpec,
    seed: Seed,
) -> Result<(Split, SplitReport), Error> {
    match test {
        Some(test) => split::split_with_test(data, test, spec, seed),
        None => split::split(&data.interactions, spec, seed),
    }
}

/// What the conductor needs to know of the data.
pub(super) fn known(data: &Dataset, split: &Split, report: SplitReport, workers: usize) -> StudyData {
    StudyData {
        hash: data.report.hash.clone(),
        n_users: split.refit.n_users(),
        n_items: split.refit.n_items(),
        split: report,
        memory_limit_mib: free_memory_mib() / workers.max(1) as u64,
        openings: 0,
    }
}

/// Memory that can be used, in MiB; a cautious guess where the system does not say.
fn free_memory_mib() -> u64 {
    let available = || {
        let text = std::fs::read_to_string("/proc/meminfo").ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
    };
    available().map_or(4096, |kib| kib / 1024)
}

/// One line on what was read.
pub(super) fn summary(data: &Dataset) -> String {
    let report = &data.report;
    let name = match &report.source {
        DataSource::Sample { name } | DataSource::File { name, .. } => name.as_str(),
        DataSource::Synthetic(_) => "synthetic",
        DataSource::Article => "article",
    };
    format!("{name}: {} ratings, {} users, {} items", report.used, report.users, report.items)
}

/// The columns as a person writes them.
pub(super) fn columns_text(columns: &Columns) -> String {
    let time = columns.time.as_ref().map_or_else(String::new, |time| format!(",time={time}"));
    format!("user={},item={},rating={}{time}", columns.user, columns.item, columns.rating)
}
