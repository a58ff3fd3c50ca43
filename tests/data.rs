//! Reading and splitting under generated input, and on published data where it is present.
//!
//! The data is looked for in the folder that `RECTUNE_DATA` names, and else in ../shared/data. Where there is none, the
//! tests that need it say so and pass.
#![cfg(all(feature = "engine", not(target_family = "wasm")))]

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use rectune::engine::data::interactions::Row;
use rectune::engine::data::{Dataset, Interactions, Options, Reader, sample};
use rectune::engine::split::{Split, split};
use rectune::error::Error;
use rectune::study::{Seed, SplitSpec};

/// Reads bytes cut at some places.
fn read(bytes: &[u8], cuts: &[usize]) -> Result<Dataset, Error> {
    let mut reader = Reader::new(Options::guess("f"));
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([0, bytes.len()]).collect();
    cuts.sort_unstable();
    for pair in cuts.windows(2) {
        reader.feed(&bytes[pair[0]..pair[1]])?;
    }
    reader.finish()
}

/// User, item, rating, time.
type Table = Vec<(String, String, f32, i64)>;

fn table_of(data: &Dataset) -> Table {
    let (users, items) = (&data.users, &data.items);
    let text = |row: Row| (users.text(row.user).to_owned(), items.text(row.item).to_owned(), row.rating, row.time);
    data.interactions.rows().map(text).collect()
}

/// Users in order of first appearance, their rows in order; of equal pairs the last.
fn cleaned(table: &Table) -> Table {
    let mut users: Vec<&String> = Vec::new();
    let mut last = BTreeMap::new();
    for (at, (user, item, ..)) in table.iter().enumerate() {
        if !users.contains(&user) {
            users.push(user);
        }
        last.insert((user, item), at);
    }
    let mut rows = Table::new();
    for user in users {
        let own = table.iter().enumerate().filter(|(at, row)| row.0 == *user && last[&(&row.0, &row.1)] == *at);
        rows.extend(own.map(|(_, row)| row.clone()));
    }
    rows
}

/// Ids with everything in them that a format could stumble over.
fn id() -> impl Strategy<Value = String> {
    let text = "[a-c0-2éü中,;|:\t\"'\n\r ]{1,6}".prop_map(|id| id.trim_ascii().to_owned());
    text.prop_filter("an id is not empty", |id| !id.is_empty())
}

fn table() -> impl Strategy<Value = Table> {
    let row = (id(), id(), (1..=10_u8).prop_map(|half| f32::from(half) / 2.0), -5_i64..2_000_000_000);
    // Two fixed rows, so that there is something to learn.
    prop::collection::vec(row, 0..20).prop_map(|mut rows| {
        rows.push(("first".into(), "x".into(), 1.0, 0));
        rows.push(("second".into(), "y".into(), 2.0, 1));
        rows
    })
}

fn write(table: &Table, delimiter: &str, line_end: &str, bom: bool, last_end: bool) -> Vec<u8> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut lines = vec![["userId", "itemId", "rating", "timestamp"].join(delimiter)];
    for (user, item, rating, time) in table {
        lines.push([quoted(user), quoted(item), rating.to_string(), time.to_string()].join(delimiter));
    }
    let (start, end) = (if bom { "\u{FEFF}" } else { "" }, if last_end { line_end } else { "" });
    format!("{start}{}{end}", lines.join(line_end)).into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        table in table(),
        delimiter in prop::sample::select(vec![",", ";", "\t", "|"]),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        bom: bool,
        last_end: bool,
        cuts in prop::collection::vec(any::<usize>(), 0..4),
    ) {
        let data = read(&write(&table, delimiter, line_end, bom, last_end), &cuts).unwrap();
        prop_assert_eq!(table_of(&data), cleaned(&table));
        prop_assert_eq!(data.report.rows as usize, table.len());
        prop_assert_eq!(data.report.used + data.report.duplicates, data.report.rows);
    }

    #[test]
    fn what_is_wrong_has_its_line(
        table in table(),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        cuts in prop::collection::vec(any::<usize>(), 0..4),
    ) {
        let mut bytes = write(&table, ",", line_end, false, true);
        let text = String::from_utf8(bytes.clone()).unwrap().replace("\r\n", "\n").replace('\r', "\n");
        bytes.extend_from_slice(b"a,b,bad,0");
        let line = 1 + text.matches('\n').count() as u64;
        let (file, column, found) = ("f".to_owned(), "rating".to_owned(), "bad".to_owned());
        prop_assert_eq!(read(&bytes, &cuts), Err(Error::NotANumber { file, line, column, found }));
    }

    #[test]
    fn cuts_change_nothing_whatever_the_bytes_are(
        header in prop::sample::select(vec![
            "",
            "user,item,rating\n",
            "\u{FEFF}user::item::rating\r\n",
            "u\titem\trating\ttime\r",
            "user,item,rating\na,x,1\nb,y,2\n",
        ]),
        body in prop::collection::vec(prop::sample::select(b",,::\t\n\n\r\"01a.- \xC3\xA9\xFF\0".to_vec()), 0..60),
        cuts in prop::collection::vec(any::<usize>(), 0..6),
    ) {
        let bytes = [header.as_bytes(), &body].concat();
        prop_assert_eq!(read(&bytes, &cuts), read(&bytes, &[]));
    }

    #[test]
    fn parts_are_a_partition_and_survive_their_journey(
        cells in prop::collection::btree_set((0..12_u32, 0..12_u32), 30..100),
        spec in prop::sample::select(vec![
            "random:0.2,0.2", "user:0.2,0.2", "last:1,1", "time:0.2,0.2", "kfold:3,0.2", "none",
        ]),
        seed in 0..1_000_u64,
        (at, flip) in (any::<usize>(), 1..=255_u8),
    ) {
        let row = |(user, item)| {
            Row { user, item, rating: (1 + (user + item) % 5) as f32, time: i64::from(user * item % 7) }
        };
        let all: Vec<Row> = cells.into_iter().map(row).collect();
        let data = Interactions::from_rows(12, 12, true, &all);
        let (whole, report) = match split(&data, SplitSpec::parse(spec).unwrap(), Seed(seed)) {
            Ok(done) => done,
            // Where most times are equal, or users have few rows, a part can come out empty.
            Err(error) => {
                prop_assert_eq!(error.code(), "empty-part");
                return Ok(());
            }
        };
        for fold in &whole.folds {
            let parts = [&fold.train, &fold.valid, &whole.test];
            let mut rows: Vec<Row> = parts.iter().flat_map(|part| part.rows()).collect();
            rows.sort_by_key(|row| (row.user, row.item));
            prop_assert_eq!(&rows, &all);
        }
        prop_assert_eq!((report.train + report.valid + report.test) as usize, all.len());
        let mut bytes = whole.to_bytes();
        prop_assert_eq!(&Split::from_bytes(&bytes).unwrap(), &whole);
        let at = at % bytes.len();
        bytes[at] ^= flip;
        prop_assert!(Split::from_bytes(&bytes).is_err());
    }
}

/// A published file, if it is here.
fn published(path: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("RECTUNE_DATA").map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let bytes = std::fs::read(folder.join(path)).ok();
    if bytes.is_none() {
        println!("skipped: there is no {path} in {}", folder.display());
    }
    bytes
}

#[test]
fn the_packed_sample_is_the_published_file() {
    let sample = sample::Sample::named("ml-latest-small").unwrap();
    let unpacked = sample.unpack(&std::fs::read(PathBuf::from("www/data").join(sample.file)).unwrap()).unwrap();
    let Some(bytes) = published("ml-latest-small/ratings.csv") else { return };
    let published = read(&bytes, &[1_000, 65_536, 65_537]).unwrap();
    assert_eq!(published.report.hash, sample.hash);
    assert_eq!(unpacked.interactions, published.interactions);
    assert_eq!((unpacked.users, unpacked.items), (published.users, published.items));
}

#[test]
fn movielens_100k_is_read_without_a_header() {
    let Some(bytes) = published("ml-100k/u.data") else { return };
    let report = read(&bytes, &[]).unwrap().report;
    assert_eq!((report.rows, report.used, report.users, report.items), (100_000, 100_000, 943, 1_682));
    assert_eq!((report.delimiter.as_str(), report.header, report.timed), ("\t", false, true));
}
