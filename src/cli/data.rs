//! From an argument to split data: files, archives and what ships with the product.

mod open;
mod options;

use std::path::Path;
use std::time::Instant;

use self::open::Opened;
pub(super) use self::options::columns_text;
use super::args;
use crate::engine::conductor::StudyData;
use crate::engine::data::builder::clean_made;
use crate::engine::data::decode;
use crate::engine::data::items::ItemsReader;
use crate::engine::data::sample::Sample;
use crate::engine::data::{Dataset, Interactions, Options, Reader, article, generate};
use crate::engine::model;
use crate::engine::split::{self, Split};
use crate::error::Error;
use crate::protocol::SplitReport;
use crate::study::{Cleaning, DataSource, DataSpec, ModelSpec, Seed, SplitSpec, link};

/// Reads the data that the arguments name: a file if there is one of this name, else what ships with the product.
pub(super) fn load(args: &args::Data) -> Result<Dataset, Error> {
    load_with(Options::guess(&args.ratings), args)
}

/// Reads the data that the arguments name as a study says that it was read, unless the arguments say otherwise.
pub(super) fn load_as(spec: &DataSpec, args: &args::Data) -> Result<Dataset, Error> {
    let options = match &spec.source {
        DataSource::File { delimiter, columns, form, .. } if options::keeps_the_form(&args.reading) => {
            Options::stored(&args.ratings, delimiter, columns, form, &spec.clean)
        }
        _ => Options { clean: spec.clean.clone(), ..Options::guess(&args.ratings) },
    };
    let data = load_with(options, args)?;
    let found = data.report.catalog.as_ref().map(|items| &items.hash);
    match (&spec.items_hash, found) {
        (Some(expected), Some(found)) if expected != found => {
            Err(Error::OtherData { expected: expected.clone(), found: found.clone() })
        }
        _ => Ok(data),
    }
}

fn load_with(options: Options, args: &args::Data) -> Result<Dataset, Error> {
    let mut options = Options { foreign: decode::native, ..options };
    options::apply(&args.reading, &mut options)?;
    let mut data = if is_a_file(&args.ratings) {
        read(&args.ratings, options)?
    } else {
        let source = link::parse_source(&args.ratings).unwrap_or(DataSource::Sample { name: args.ratings.clone() });
        shipped(&source, &options.clean)?
    };
    if let Some(items) = &args.items {
        describe(&mut data, items, None)?;
    }
    Ok(data)
}

/// Reads what is known of the items.
fn describe(data: &mut Dataset, path: &str, member: Option<&str>) -> Result<(), Error> {
    let mut file = Opened::open(path, member)?;
    let options = Options { foreign: decode::native, ..Options::guess(path) };
    let mut reader = ItemsReader::new(&options, &data.items);
    file.each(&mut |chunk| reader.feed(chunk))?;
    let mut read = reader.finish()?;
    read.report.name = member.map_or_else(|| own_name(path), str::to_owned);
    data.describe(read);
    Ok(())
}

/// A path is the person's own business; a study, a link or a report tells the file's name only.
fn own_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Reads a study's own data: `file` if given, else what ships with the product; with the items that were known.
pub(super) fn load_again(spec: &DataSpec, file: Option<&str>, items: Option<&str>) -> Result<Dataset, Error> {
    if let Some(file) = file {
        let (ratings, items) = (file.to_owned(), items.map(str::to_owned));
        return load_as(spec, &args::Data { ratings, items, reading: args::Reading::default() });
    }
    let mut data = shipped(&spec.source, &spec.clean)?;
    if let Some(items) = items {
        describe(&mut data, items, None)?;
    }
    Ok(data)
}

fn is_a_file(name: &str) -> bool {
    Path::new(name).exists() || looks_like_a_file(name)
}

/// A name that says what it is: its absence is then a missing file and not an unknown sample.
fn looks_like_a_file(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some() && !name.starts_with("synthetic")
}

/// Data that ships with the product.
fn shipped(source: &DataSource, clean: &Cleaning) -> Result<Dataset, Error> {
    let started = Instant::now();
    let data = match source {
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
    let mut data = if *clean == data.report.clean { data } else { clean_made(data, clean)?.into() };
    data.report.seconds = started.elapsed().as_secs_f64();
    Ok(data)
}

/// Reads the person's own test file: as the ratings were read where it can be, else for what it is. Of the cleaning only
/// what speaks of single rows is done.
pub(super) fn load_test(file: &str, ratings: &Dataset) -> Result<Dataset, Error> {
    let report = &ratings.report;
    let test = |options: Options| Options { foreign: decode::native, ..options.of_test(&report.clean) };
    if let DataSource::File { delimiter, columns, form, .. } = &report.source {
        match read(file, test(Options::stored(file, delimiter, columns, form, &report.clean))) {
            Err(Error::MissingColumn { .. } | Error::NotATable { .. } | Error::RaggedRow { .. }) => {}
            done => return done,
        }
    }
    read(file, test(Options::guess(file)))
}

fn read(path: &str, options: Options) -> Result<Dataset, Error> {
    let started = Instant::now();
    let mut file = Opened::open(path, options.form.member.as_deref())?;
    let mut options = options;
    options.form.member = file.member();
    let mut reader = Reader::new(options);
    file.each(&mut |chunk| reader.feed(chunk))?;
    let mut data = reader.finish()?;
    if let DataSource::File { name, .. } = &mut data.report.source {
        *name = own_name(path);
    }
    // What an archive says of its items is welcome, and no reason to refuse its ratings.
    if let Some(member) = file.items() {
        let _ = describe(&mut data, path, Some(&member));
    }
    data.report.seconds = started.elapsed().as_secs_f64();
    Ok(data)
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
    asked.map_or_else(|| Ok(SplitSpec::recommended(data.report.used, data.report.users)), parse_split)
}

/// Says on standard error where the recommended split is not the usual one.
pub(super) fn tell_split(asked: Option<&str>, data: &Dataset) {
    let (rows, users) = (data.report.used, data.report.users);
    let (chosen, usual) = (SplitSpec::recommended(rows, users), SplitSpec::Random { valid: 0.1, test: 0.1 });
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
    split::split_dataset(data, test, spec, seed)
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
        genres: !split.genres.is_empty(),
    }
}

/// Refuses a model that does not fit into memory beside so many copies of itself.
pub(super) fn check_memory(model: &ModelSpec, data: &Interactions, copies: usize) -> Result<(), Error> {
    model::check_memory(model, (data.n_users(), data.n_items()), copies as u32, free_memory_mib())
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
