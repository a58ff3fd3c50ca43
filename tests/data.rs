//! Reading and splitting under generated input, and on published data where it is present.
//!
//! The data is looked for in the folder that `RECTUNE_DATA` names, and else in ../shared/data. Where there is none, the
//! tests that need it say so and pass.
#![cfg(all(feature = "engine", not(target_family = "wasm")))]
#![expect(clippy::unwrap_used, reason = "a test that can not read or run has failed")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use rectune::engine::data::digest::Role;
use rectune::engine::data::inflate::{self, Inflate};
use rectune::engine::data::interactions::Row;
use rectune::engine::data::items::{Described, ItemsReader};
use rectune::engine::data::{Dataset, Interactions, Options, Reader, decode, sample};
use rectune::engine::split::{Split, plan, split_dataset};
use rectune::error::Error;
use rectune::study::cleaning::BadRows;
use rectune::study::{DataSource, Seed, Settings as _, SplitSpec};

/// Reads bytes of which nothing is known, cut at some places.
fn read(bytes: &[u8], cuts: &[usize]) -> Result<Dataset, Error> {
    read_with(bytes, cuts, Options { foreign: decode::native, ..Options::guess("f") })
}

/// Reads bytes cut at some places.
fn read_with(bytes: &[u8], cuts: &[usize], options: Options) -> Result<Dataset, Error> {
    let mut reader = Reader::new(options);
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

/// Users in order of first appearance, their rows in order; of equal pairs the last in time, then in the file.
fn cleaned(table: &Table) -> Table {
    let mut users: Vec<&String> = Vec::new();
    let mut last = BTreeMap::new();
    for (at, (user, item, _, time)) in table.iter().enumerate() {
        if !users.contains(&user) {
            users.push(user);
        }
        let latest = last.entry((user, item)).or_insert(at);
        if *time >= table[*latest].3 {
            *latest = at;
        }
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

#[test]
fn a_cell_may_hold_what_looks_like_rows() {
    let row = |user: &str, item: &str, rating, time| (user.to_owned(), item.to_owned(), rating, time);
    let table = vec![row(";", ";\n;", 0.5, 0), row("first", "x", 1.0, 0), row("second", "y", 2.0, 1)];
    let data = read(&write(&table, ";", "\n", false, false), &[]).unwrap();
    assert_eq!(table_of(&data), table);
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
    fn any_dialect_and_encoding_reads_the_same(
        rows in prop::collection::vec((0..30_u32, 0..30_u32, 1..=10_u8), 8..60),
        (delimiter, header) in prop::sample::select(vec![
            (",", true), (";", true), ("\t", false), ("|", true), ("::", false), ("::", true), (" ", false), ("  ", true),
        ]),
        encoding in prop::sample::select(vec!["utf-8", "bom", "utf-16le", "utf-16be", "windows-1252", "gb18030"]),
        (comma, trailing, timed, end) in (any::<bool>(), any::<bool>(), any::<bool>(), 0..3_usize),
        cuts in prop::collection::vec(any::<usize>(), 0..4),
    ) {
        let names = match encoding {
            "windows-1252" => ["Jürgen", "Änne", "Zoë"],
            "gb18030" => ["张三", "李四", "王五"],
            _ => ["Zoë", "张三", "x"],
        };
        // A comma before decimals needs another one between cells; a delimiter at the end needs one that is not a space.
        let comma = comma && delimiter != ",";
        let mut lines = if header { vec![["userId", "itemId", "rating", "timestamp"][..3 + usize::from(timed)].join(delimiter)] } else { vec![] };
        let mut table = Table::new();
        for (at, (user, item, half)) in rows.into_iter().enumerate() {
            let (user, item) = (format!("{}{user}", names[user as usize % 3]), format!("{}{item}", names[item as usize % 3]));
            let (rating, time) = (f32::from(half) / 2.0, 1_000_000_000 + at as i64 * 100);
            let mut cells = vec![user.clone(), item.clone(), format!("{rating:.1}")];
            if comma {
                cells[2] = cells[2].replace('.', ",");
            }
            if timed {
                cells.push(time.to_string());
            }
            if trailing && !delimiter.starts_with(' ') {
                cells.push(String::new());
            }
            lines.push(cells.join(delimiter));
            table.push((user, item, rating, if timed { time } else { 0 }));
        }
        let text = lines.join(["\n", "\r\n", "\r"][end]);
        let bytes: Vec<u8> = match encoding {
            "bom" => format!("\u{FEFF}{text}").into_bytes(),
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
            label => encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(&text).0.into_owned(),
        };
        match read(&bytes, &cuts) {
            Ok(data) => {
                prop_assert_eq!(table_of(&data), cleaned(&table), "{:?}", text);
                prop_assert_eq!(&data.report.encoding, if encoding == "bom" { "utf-8" } else { encoding });
            }
            // Few rows can be all alike.
            Err(error) => prop_assert!(["one-user", "one-item", "constant-ratings"].contains(&error.code()), "{error}"),
        }
    }

    #[test]
    fn no_input_panics(
        start in prop::sample::select(vec!["", "\u{FEFF}", "sep=;\n", "1:\n", "# x\n", "user,item,rating,time\n", "PK\x03\x04", "\x1F\x08"]),
        body in prop::collection::vec(prop::sample::select(b",,;;::\t\n\n\r\"01a.- 5/#:\xC3\xA9\xFF\0\xB0\xA1\xFE".to_vec()), 0..200),
        cuts in prop::collection::vec(any::<usize>(), 0..3),
    ) {
        let bytes = [start.as_bytes(), &body].concat();
        let whole = read(&bytes, &[]);
        prop_assert_eq!(read(&bytes, &cuts), whole.clone());
        if let Ok(data) = whole {
            let report = &data.report;
            let rows: u32 = report.skipped.iter().filter(|skip| !["blank-line", "before-table"].contains(&skip.reason.as_str())).map(|skip| skip.count).sum();
            prop_assert_eq!(report.used + rows, report.rows);
        }
        let ids = ["0", "1", "a"].iter().collect();
        let mut reader = ItemsReader::new(&Options::guess("f"), &ids);
        let _ = reader.feed(&bytes).and_then(|()| reader.finish().map(|_| ()));
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
        let mut options = Options::guess("f");
        options.clean.bad_rows = BadRows::Refuse;
        prop_assert_eq!(read_with(&bytes, &cuts, options), Err(Error::NotANumber { file, line, column, found }));
        // Left alone it is one row less, whose line is told.
        let skipped = read(&bytes, &cuts).unwrap().report.skipped;
        let bad = skipped.iter().find(|skip| skip.reason == "not-a-number").unwrap();
        prop_assert_eq!((bad.count, u64::from(bad.first_line)), (1, line));
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
        let plan = match plan(&data, SplitSpec::parse(spec).unwrap(), Seed(seed)) {
            Ok(plan) => plan,
            // Where most times are equal, or users have few rows, a part can come out empty.
            Err(error) => {
                prop_assert_eq!(error.code(), "empty-part");
                return Ok(());
            }
        };
        let (whole, report) = (plan.parts(), plan.report());
        let all: Vec<Row> = all.into_iter().map(|row| Row { time: 0, ..row }).collect();
        for fold in &whole.folds {
            let parts = [&fold.train, &fold.valid, &whole.test];
            let mut rows: Vec<Row> = parts.iter().flat_map(|part| part.rows()).collect();
            rows.sort_by_key(|row| (row.user, row.item));
            prop_assert_eq!(&rows, &all);
        }
        prop_assert_eq!((report.train + report.valid + report.test) as usize, all.len());
        let mut bytes = Vec::new();
        plan.pack(&mut |piece| bytes.extend_from_slice(piece));
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

/// Hands on what a file holds, unpacked where it is gzip.
fn unpacked(path: &str, bytes: &[u8], mut feed: impl FnMut(&[u8]) -> Result<(), Error>) {
    if inflate::is_gzip(bytes) {
        let mut inflate = Inflate::gzip(path);
        inflate.push(bytes, &mut feed).unwrap();
        inflate.finish().unwrap();
    } else {
        feed(bytes).unwrap();
    }
}

/// Reads a published file of which nothing is known.
fn read_published(path: &str, options: Options) -> Option<Dataset> {
    let bytes = published(path)?;
    let mut reader = Reader::new(Options { foreign: decode::native, ..options });
    unpacked(path, &bytes, |text| reader.feed(text));
    Some(reader.finish().unwrap())
}

/// Rows used, users, items, delimiter, header, implicit, timed.
type Facts<'a> = (u32, u32, u32, &'a str, bool, bool, bool);

#[test]
fn published_files_are_understood_without_questions() {
    let expected: [(&str, Facts); 8] = [
        ("ml-100k/u.data", (100_000, 943, 1_682, "\t", false, false, true)),
        ("ml-100k/u1.base.gz", (80_000, 943, 1_650, "\t", false, false, true)),
        ("ml-latest-small/ratings.csv", (100_836, 610, 9_724, ",", true, false, true)),
        ("ml-1m/pairs.csv.gz", (1_000_209, 6_040, 3_706, ",", true, true, false)),
        ("lastfm-hetrec2011/user_artists.dat.gz", (92_834, 1_892, 17_632, "\t", true, false, false)),
        ("amazon-beauty-seq/Beauty.txt.gz", (198_502, 22_363, 12_101, " ", false, true, false)),
        ("amazon-beauty-seq/Beauty.pairs.txt.gz", (198_502, 22_363, 12_101, " ", false, true, false)),
        ("amazon-video-sasrec/Video.txt.gz", (287_107, 31_013, 23_715, " ", false, true, false)),
    ];
    for (path, facts) in expected {
        let Some(data) = read_published(path, Options::guess(path)) else { continue };
        let report = &data.report;
        let found = (report.used, report.users, report.items, report.delimiter.as_str(), report.header);
        assert_eq!((found.0, found.1, found.2, found.3, found.4, report.implicit, report.timed), facts, "{path}");
        assert_eq!((report.rows, report.duplicates, report.skipped.len()), (report.used, 0, 0), "{path}");
        // What was resolved reads the same again.
        let DataSource::File { name, delimiter, columns, form } = &report.source else { panic!("{path} is a file") };
        let stored = Options::stored(name, delimiter, columns, form, &report.clean);
        let again = read_published(path, stored).unwrap();
        assert_eq!((&again.report.hash, &again.report.source), (&report.hash, &report.source), "{path}");
        assert_eq!(again.interactions, data.interactions, "{path}");
    }
}

#[test]
fn sequences_and_their_pairs_are_the_same_interactions() {
    let read = |path| read_published(path, Options::guess("f"));
    let sequences = read("amazon-beauty-seq/Beauty.txt.gz");
    let Some((sequences, pairs)) = sequences.zip(read("amazon-beauty-seq/Beauty.pairs.txt.gz")) else { return };
    assert_eq!(sequences.report.hash, pairs.report.hash);
    // A sequence tells the order, so its last item can be left out.
    assert!(sequences.report.ordered && !pairs.report.ordered);
    let spec = SplitSpec::parse("last:1,1").unwrap();
    let (_, report) = split_dataset(&sequences, None, spec, Seed(1)).unwrap();
    assert_eq!((report.valid, report.test, report.tied), (22_363, 22_363, 0));
    assert_eq!(split_dataset(&pairs, None, spec, Seed(1)).unwrap_err().code(), "no-times");
    let by_time = SplitSpec::parse("time:0.1,0.1").unwrap();
    assert_eq!(split_dataset(&sequences, None, by_time, Seed(1)).unwrap_err().code(), "no-times");
}

#[test]
fn official_splits_share_no_row() {
    for fold in ["u1", "u5", "ua", "ub"] {
        let test = Options { role: Role::Test, ..Options::guess("test") };
        let Some(base) = read_published(&format!("ml-100k/{fold}.base.gz"), Options::guess("base")) else { return };
        let test = read_published(&format!("ml-100k/{fold}.test.gz"), test).unwrap();
        let spec = SplitSpec::parse("random:0.1").unwrap();
        let (split, report) = split_dataset(&base, Some(&test), spec, Seed(1)).unwrap();
        assert_eq!(report.train + report.valid + report.test, 100_000, "{fold}");
        assert_eq!((report.overlap, split.test.len()), (0, test.report.used as usize));
        // Against itself every row is known.
        let refused = split_dataset(&base, Some(&base), spec, Seed(1)).unwrap_err();
        assert_eq!(refused, Error::TestOverlaps { overlap: base.report.used, rows: base.report.used });
    }
}

/// Describes the items of published ratings by a published file.
fn describe(data: &Dataset, path: &str) -> Described {
    let bytes = published(path).unwrap();
    let mut reader = ItemsReader::new(&Options::guess(path), &data.items);
    unpacked(path, &bytes, |text| reader.feed(text));
    reader.finish().unwrap()
}

#[test]
fn published_items_are_understood() {
    // Ratings, items, rows, rated items that are described, an id, its title, genres and year.
    let expected = [
        (
            "ml-100k/u.data",
            "ml-100k/u.item",
            1_682,
            1_682,
            "1",
            "Toy Story (1995)",
            "Animation|Children's|Comedy",
            1995,
        ),
        ("ml-1m/pairs.csv.gz", "ml-1m/movies.dat", 3_883, 3_706, "73", "Misérables, Les (1995)", "Drama|Musical", 1995),
        (
            "ml-latest-small/ratings.csv",
            "ml-latest-small/movies.csv",
            9_742,
            9_724,
            "11",
            "American President, The (1995)",
            "Comedy|Drama|Romance",
            1995,
        ),
        (
            "lastfm-hetrec2011/user_artists.dat.gz",
            "lastfm-hetrec2011/artists.dat.gz",
            17_632,
            17_632,
            "1",
            "MALICE MIZER",
            "",
            0,
        ),
    ];
    for (ratings, items, rows, known, id, title, genres, year) in expected {
        let Some(data) = read_published(ratings, Options::guess(ratings)) else { continue };
        let Described { catalog, others, report } = describe(&data, items);
        assert_eq!((report.rows, report.known, others.ids.len()), (rows, known, rows - known), "{items}");
        let at = data.items.find(id.as_bytes()).unwrap() as usize;
        assert_eq!(
            (catalog.titles[at].as_str(), catalog.genres[at].as_str(), catalog.years[at]),
            (title, genres, year)
        );
    }
}

#[test]
fn play_counts_become_a_scale_or_likes() {
    let path = "lastfm-hetrec2011/user_artists.dat.gz";
    let with = |key: &str, value: &str| {
        let mut options = Options::guess(path);
        options.clean.set(key, value).unwrap();
        read_published(path, options)
    };
    let Some(plain) = read_published(path, Options::guess(path)) else { return };
    assert!(plain.report.notes.iter().any(|note| note.code == "looks-like-counts"));
    let log = with("counts", "log").unwrap();
    assert_eq!((log.report.used, log.report.hash.as_str()), (92_834, plain.report.hash.as_str()));
    assert!(log.report.scale.max < 13.0);
    let likes = with("threshold", "100").unwrap();
    let skipped = &likes.report.skipped[0];
    assert_eq!((skipped.reason.as_str(), skipped.count + likes.report.used), ("below-threshold", 92_834));
    assert!(likes.report.implicit);
    let core = with("core_items", "10").unwrap();
    assert!(core.report.items < 3_000 && core.report.used > 40_000, "{} {}", core.report.items, core.report.used);
}
