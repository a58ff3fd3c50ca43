//! What holds of any bytes: reading them ends, with data or with an error, and never with a panic. Here and not in a target,
//! since the targets need cargo-fuzz and `tests/fuzz.rs` holds the same without it.
#![allow(dead_code, reason = "each target holds one of these")]

use std::ops::Range;

use rectune::engine::data::archive;
use rectune::engine::data::inflate::{self, Inflate};
use rectune::engine::data::items::ItemsReader;
use rectune::engine::data::profile::profile;
use rectune::engine::data::{Dataset, Ids, Options, Reader, decode};
use rectune::engine::{share, split};
use rectune::error::Error;
use rectune::study::link;
use rectune::study::{Seed, SplitSpec};

/// More rows than this are cleaned and cut as fewer are.
const ROWS: u32 = 4_096;

/// A ratings file, packed or not: found, decoded, cut, mapped, cleaned, split.
pub fn parse(bytes: &[u8]) {
    let whole = read(bytes, bytes.len().max(1));
    // What is read does not depend on how the bytes come.
    let pieces = read(bytes, 1 + bytes.len() / 3);
    assert_eq!(whole, pieces);
    let Ok(data) = whole else { return };
    let report = &data.report;
    let left_out: u32 = report.skipped.iter().filter(|skipped| !is_no_row(&skipped.reason)).map(|one| one.count).sum();
    assert_eq!(report.used + left_out, report.rows, "every row is used or told");
    if report.used <= ROWS {
        let _profile = profile(&data);
        let spec = SplitSpec::recommended(report.used, report.users);
        let _split = split::split_dataset(&data, None, spec, Seed(1));
    }
}

fn is_no_row(reason: &str) -> bool {
    reason == "blank-line" || reason == "before-table"
}

fn read(bytes: &[u8], size: usize) -> Result<Dataset, Error> {
    let mut reader = Reader::new(Options { foreign: decode::native, ..Options::guess("f") });
    let mut packed = inflate::is_gzip(bytes).then(|| Inflate::gzip("f"));
    for piece in bytes.chunks(size) {
        match &mut packed {
            Some(packed) => packed.push(piece, &mut |text| reader.feed(text))?,
            None => reader.feed(piece)?,
        }
    }
    packed.map_or(Ok(()), Inflate::finish)?;
    reader.finish()
}

/// A file of items beside ratings.
pub fn items(bytes: &[u8]) {
    let ids: Ids = ["1", "2", "i1", "a"].iter().collect();
    let mut reader = ItemsReader::new(&Options { foreign: decode::native, ..Options::guess("f") }, &ids);
    let _read = reader.feed(bytes).and_then(|()| reader.finish().map(drop));
}

/// An archive: its directory, and whatever of it can be unpacked.
pub fn zip(bytes: &[u8]) {
    let _unpacked = unpack(bytes);
}

fn unpack(bytes: &[u8]) -> Result<(), Error> {
    let total = bytes.len() as u64;
    let part = |range: Range<u64>| {
        let at = |at: u64| at.min(total) as usize;
        bytes.get(at(range.start)..at(range.end)).unwrap_or_default()
    };
    let (place, shift) = archive::directory("f", part(archive::tail(total)), total)?;
    let members = archive::members("f", part(place), shift)?;
    let ratings = archive::ratings("f", &members, None)?;
    let _items = archive::items(&members, ratings);
    let data = ratings.data("f", part(ratings.header()))?;
    let mut inflate = Inflate::member("f", ratings);
    inflate.push(part(data), &mut |_| Ok(()))?;
    inflate.finish()
}

/// A link: what it says is written as it was read, and a result in it is one or is refused.
pub fn link(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let decoded = link::decode(&text);
    let again = link::decode(&link::encode(&decoded.study));
    assert_eq!(again.study, decoded.study, "a link says what it was read as");
    if let Some(payload) = decoded.result {
        let _shared = share::unpack(&payload);
    }
}
