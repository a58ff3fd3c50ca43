//! Files as they come, and what is read of them.

use super::*;
use crate::engine::data::Ids;
#[cfg(not(target_family = "wasm"))]
use crate::engine::data::decode;
use crate::engine::data::intake::MAX_HEAD;
use crate::engine::data::layout::Pick;
use crate::protocol::Skipped;
use crate::study::DataSource;
use crate::study::cleaning::BadRows;

fn guess() -> Options {
    #[cfg(not(target_family = "wasm"))]
    let foreign = decode::native;
    #[cfg(target_family = "wasm")]
    let foreign = no_foreign;
    Options { foreign, ..Options::guess("r.csv") }
}

/// What can not be read is an error.
fn strict() -> Options {
    Options { clean: Cleaning { bad_rows: BadRows::Refuse, ..Cleaning::default() }, ..guess() }
}

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
    read_with(text, guess())
}

fn read_with(text: impl AsRef<[u8]>, options: Options) -> Result<Dataset, Error> {
    let text = text.as_ref();
    let whole = read_in(text, text.len().max(1), options.clone());
    assert_eq!(read_in(text, 1, options), whole);
    whole
}

fn rows(data: &Dataset) -> Vec<(String, String, f32, i64)> {
    let text = |ids: &Ids, idx| ids.text(idx).to_owned();
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
    let columns = Columns { user: "1".into(), item: "2".into(), rating: Some("3".into()), time: Some("4".into()) };
    assert_eq!(data.report.columns, columns);
}

#[test]
fn a_resolved_source_reads_the_same_again() {
    let text = "id;stars;who;what;timestamp\n1;4;ann;x;5\n2;3;bob;y;6\n";
    let mut options = guess();
    let pick = |name: &str| Pick::Column(name.into());
    (options.picks.user, options.picks.item) = (pick("who"), pick("4"));
    let data = read_in(text.as_bytes(), 7, options).unwrap();
    let DataSource::File { name, delimiter, columns, form } = &data.report.source else { panic!() };
    let stored = Options::stored(name, delimiter, columns, form, &data.report.clean);
    let again = read_in(text.as_bytes(), 7, stored).unwrap();
    assert_eq!((again.report.source, again.interactions), (data.report.source, data.interactions));
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
    let expected = Error::NotANumber { file: "r.csv".into(), line: 8, column: "rating".into(), found: "bad".into() };
    assert_eq!(read_with(text, strict()), Err(expected));
    assert_eq!(read(text).unwrap().report.skipped[1].first_line, 8);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let file = || "r.csv".to_owned();
    let column = |name: &str| name.to_owned();
    let wrong: [(&[u8], Error); 12] = [
        (b"", Error::EmptyFile { file: file() }),
        (b" \r\n\t\n", Error::EmptyFile { file: file() }),
        (b"user,item,rating\n\n", Error::NoRows { file: file() }),
        (
            b"user,rating\na,1\n",
            Error::MissingColumn { file: file(), column: column("item"), found: "user, rating".into() },
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
            b"user,item,rating,time\na,x,1,noon\n1,1,1,900000000\n1,1,1,900000000\n1,1,1,900000000\n\
              1,1,1,900000000\n1,1,1,900000000\n1,1,1,900000000\n1,1,1,900000000\n1,1,1,900000000\n1,1,1,900000000\n",
            Error::NotATime { file: file(), line: 2, column: column("time"), found: "noon".into() },
        ),
        (b"user,item,rating\na,x,1\na,y,2\n", Error::OneUser { file: file(), rows: 2 }),
        (b"user,item,rating\na,x,3\nb,y,3\n", Error::ConstantRatings { file: file(), value: 3.0 }),
    ];
    for (text, error) in wrong {
        assert_eq!(read_with(text, strict()), Err(error), "{:?}", String::from_utf8_lossy(text));
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
    let error = read_in(&b",".repeat(MAX_HEAD + 9), 999_999, guess()).unwrap_err();
    assert_eq!(error.code(), "not-a-table");
}

#[test]
fn rows_are_counted_while_reading_and_the_last_line_needs_no_end() {
    let mut text = "user,item,rating\n".to_owned();
    for row in 0..9_000 {
        text += &format!("{row},x{row},{}\n", row % 5);
    }
    let mut reader = Reader::new(guess());
    reader.feed(text.as_bytes()).unwrap();
    assert_eq!(reader.rows(), 9_000);
    reader.feed(b"b,y,2").unwrap();
    assert_eq!(reader.finish().unwrap().report.rows, 9_001);
}

/// Rows, used, users, items, delimiter, encoding, header.
fn facts(data: &Dataset) -> (u32, u32, u32, u32, &str, &str, bool) {
    let report = &data.report;
    let (delimiter, encoding) = (report.delimiter.as_str(), report.encoding.as_str());
    (report.rows, report.used, report.users, report.items, delimiter, encoding, report.header)
}

fn skipped(data: &Dataset) -> Vec<(&str, u32, u32)> {
    data.report.skipped.iter().map(|skip| (skip.reason.as_str(), skip.count, skip.first_line)).collect()
}

#[test]
fn rows_that_can_not_be_read_are_counted_and_the_others_used() {
    let text = "user,item,rating,time\na,x,4,900000000\n,y,3,900000001\nb,y,,900000001\nb,,2,900000001\n\
                b,x,good,900000001\nc,x\nc,y,3,900000002,more\n,,,\nc,z,2,900000003\nd,z,5,900000003\nd,x,NaN,900000003\n\
                e,x,1,900000000\ne,y,1,900000000\ne,z,1,900000000\nf,x,1,900000000\nf,y,2,900000000\ng,y,2,NA\n";
    let data = read(text).unwrap();
    assert_eq!(facts(&data), (16, 8, 5, 3, ",", "utf-8", true));
    let expected = [
        ("missing-user", 1, 3),
        ("missing-rating", 2, 4),
        ("missing-item", 1, 5),
        ("not-a-number", 1, 6),
        ("ragged-row", 2, 7),
        ("blank-line", 1, 9),
        ("missing-time", 1, 18),
    ];
    assert_eq!(skipped(&data), expected);
}

#[test]
fn spaces_colons_and_sloppy_quotes_are_understood() {
    let spaces = read("196 242   3 881250949 \n 186 302 4 891717742\n22  377 1 878887116\n").unwrap();
    assert_eq!(facts(&spaces), (3, 3, 3, 3, " ", "utf-8", false));
    let colons = read("1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::978301968\n").unwrap();
    assert_eq!(facts(&colons), (3, 3, 2, 2, "::", "utf-8", false));
    let thrice = "\"\"\"user\"\"\",\"\"\"item\"\"\",\"\"\"rating\"\"\"\n\"\"\"a\"\"\",\"\"\"x\"\"\",\"\"\"5\"\"\"\n\"\"\"b\"\"\",\"\"\"x\"\"\",\"\"\"3\"\"\"\n\"\"\"b\"\"\",\"\"\"y\"\"\",\"\"\"3\"\"\"\n";
    let thrice = read(thrice).unwrap();
    assert_eq!((thrice.users.text(0), thrice.items.text(1), thrice.report.used), ("a", "y", 3));
    let open = "user\titem\trating\na\t\"Heroes\t5\na\tLow\t4\nb\t\"Heroes\t3\nb\tLow\t2\n";
    let open = read(open).unwrap();
    assert_eq!((open.items.text(0), open.report.used), ("\"Heroes", 4));
}

#[test]
fn spreadsheets_of_europe_and_china_are_understood() {
    let german = "sep=;\r\nNutzer;Film;Bewertung;Datum\r\nJürgen;Die Blechtrommel;4,5;31.12.2019\r\n\
                  Änne;Die Blechtrommel;3;01.01.2020\r\nÄnne;M;2,5;02.01.2020\r\n;;;\r\n";
    let german: Vec<u8> = german.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let data = read(&german).unwrap();
    assert_eq!(facts(&data), (3, 3, 2, 2, ";", "windows-1252", true));
    assert_eq!((data.users.text(0), data.interactions.times()[0]), ("Jürgen", 1_577_750_400));
    assert_eq!(skipped(&data), [("before-table", 1, 1), ("blank-line", 1, 6)]);
    #[cfg(not(target_family = "wasm"))]
    {
        let text = "用户,电影,评分,时间\n张三,霸王别姬,5,2020年1月2日\n李四,霸王别姬,4,2020年1月3日\n李四,千与千寻,3,2020年1月3日\n";
        let data = read(encoding_rs::GBK.encode(text).0).unwrap();
        assert_eq!(facts(&data), (3, 3, 2, 2, ",", "gb18030", true));
        assert_eq!((data.items.text(1), data.report.timed), ("千与千寻", true));
        let utf16: Vec<u8> = "\u{FEFF}"
            .chars()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let again = read(utf16).unwrap();
        assert_eq!((again.report.hash, again.report.encoding.as_str()), (data.report.hash, "utf-16le"));
    }
}

#[test]
fn comments_ids_and_whole_quoted_lines_are_told_from_headers() {
    let konect = read("% bip weighted\n% 3 2 2\n1 1 5 900000000\n1 2 3 900000001\n2 1 4 900000002\n").unwrap();
    assert_eq!((facts(&konect).0, konect.report.header, skipped(&konect)), (3, false, vec![("before-table", 2, 1)]));
    let listens = read("user_01\tArtist 3\t5\nuser_01\tArtist 4\t3\nuser_02\tArtist 3\t1\n").unwrap();
    assert_eq!((facts(&listens).0, listens.report.header), (3, false));
    let lines = read("\"user,item,rating\"\n\"1,x,4\"\n\"2,x,5\"\n\"2,y,3\"\n").unwrap();
    assert_eq!((facts(&lines), lines.users.text(0)), ((3, 3, 2, 2, ",", "utf-8", true), "1"));
    let padded = read("user, item, rating\n1, \"x, y\", 4\n2, \"x, y\", 5\n2, \"z, a\", 3\n").unwrap();
    assert_eq!((facts(&padded).1, padded.items.text(0)), (3, "x, y"));
    for (yes, no) in [("True", "False"), ("like", "dislike"), ("👍", "👎"), ("喜欢", "不喜欢")] {
        let likes = read(format!("user,item,opinion\n1,x,{yes}\n2,x,{no}\n2,y,{yes}\n")).unwrap();
        assert_eq!((likes.report.implicit, likes.report.scale.min, likes.report.scale.max), (false, 0.0, 1.0));
    }
    let within = read("\"1,\"\"Item, 3\"\",4\"\n\"2,\"\"Item, 3\"\",5\"\n\"2,y,3\"\n").unwrap();
    assert_eq!((facts(&within), within.items.text(0)), ((3, 3, 2, 2, ",", "utf-8", false), "Item, 3"));
    let escaped = read("user;item;rating\n1;\"Say \\\"no\\\"; M\";4\n2;\"Say \\\"no\\\"; M\";5\n2;y;3\n").unwrap();
    assert_eq!((facts(&escaped), escaped.items.text(0)), ((3, 3, 2, 2, ";", "utf-8", true), "Say \"no\"; M"));
}

#[test]
fn interactions_without_ratings_have_ones() {
    let sequences = read("1 10 11 12\n2 10 13\n3 11 12 13 14 15\n4 10 11 14\n").unwrap();
    assert_eq!(facts(&sequences), (13, 13, 4, 6, " ", "utf-8", false));
    assert!(sequences.report.implicit && sequences.report.ordered && !sequences.report.timed);
    assert_eq!(sequences.interactions.times()[..3], [0, 1, 2]);
    let even: String = (1..5).map(|user| format!("{user} 11 12 13 14 15 16 {} 19\n", 20 + user)).collect();
    assert_eq!(facts(&read(even).unwrap()), (32, 32, 4, 11, " ", "utf-8", false));
    let words: String = (0..12).map(|row| format!("{},{row},{}\n", row % 3, ["good", "bad"][row % 2])).collect();
    let words = read(format!("user,item,opinion\n{words}")).unwrap();
    let told: Vec<_> = words.report.reasons.iter().map(|reason| (reason.why.as_str(), reason.values)).collect();
    assert_eq!((words.report.implicit, told.as_slice()), (true, &[("name", 3), ("name", 12), ("words", 2)][..]));
    let pairs = read("1 10\n1 11\n2 10\n").unwrap();
    assert_eq!(facts(&pairs), (3, 3, 2, 2, " ", "utf-8", false));
    assert!(pairs.report.implicit && !pairs.report.ordered);
    assert_eq!(pairs.report.columns.rating, None);
    let mut options = guess();
    options.clean.order = crate::study::cleaning::Order::File;
    assert!(read_with("1 10\n1 11\n2 10\n", options).unwrap().report.ordered);
}

#[test]
fn a_matrix_and_blocks_of_items_are_understood() {
    let matrix = read("user,10,11,12\n1,5,,3\n2,,4,1\n").unwrap();
    let row = |user: &str, item: &str, rating| (user.to_owned(), item.to_owned(), rating, 0);
    assert_eq!(rows(&matrix), [row("1", "10", 5.0), row("1", "12", 3.0), row("2", "11", 4.0), row("2", "12", 1.0)]);
    let blocks = read("8:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n9:\n1488844,4,2005-10-19\n").unwrap();
    assert_eq!(facts(&blocks), (3, 3, 2, 2, ",", "utf-8", false));
    assert_eq!((blocks.items.text(0), blocks.items.text(1), blocks.report.timed), ("8", "9", true));
    for data in [matrix, blocks] {
        let DataSource::File { name, delimiter, columns, form } = &data.report.source else { panic!() };
        let text = if form.layout == form::Layout::Matrix {
            "user,10,11,12\n1,5,,3\n2,,4,1\n"
        } else {
            "8:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n9:\n1488844,4,2005-10-19\n"
        };
        let again = read_with(text, Options::stored(name, delimiter, columns, form, &data.report.clean)).unwrap();
        assert_eq!((&again.report.source, &again.report.hash), (&data.report.source, &data.report.hash));
    }
}

#[test]
fn thousands_of_columns_are_read() {
    let names: Vec<String> = (0..5_000).map(|n| format!("extra_column_{n:05}")).collect();
    let mut text = format!("user,{},item,rating\n", names.join(","));
    for row in 0..5 {
        text += &format!("u{},{}i{row},{}\n", row % 2, "0,".repeat(5_000), 1 + row % 3);
    }
    let data = read_in(text.as_bytes(), 10_000, guess()).unwrap();
    assert_eq!(facts(&data), (5, 5, 2, 5, ",", "utf-8", true));
}

#[test]
fn what_is_no_table_is_named() {
    for (bytes, part) in [
        (&b"a\0b,c\n"[..], "no text"),
        (b"Dear Sir or Madam", "Dear Sir"),
        (b"PAR1\x15\x04\x15", "Parquet"),
        (b"[{\"user\": 1}]", "JSON"),
        (b"<html><body>", "web page"),
        (b"74,-7.82,8.79,-9.66,99,1,2,3,4\n100,4.08,-.29,6.36,99,1,2,3,4\n", "without names"),
        (b"1 5:4 7:3.5\n2 5:1\n3 1:2 9:5 4:1\n", "colon"),
    ] {
        let Err(Error::NotATable { found, .. }) = read(bytes) else { panic!("{:?}", read(bytes)) };
        assert!(found.contains(part), "{found}");
    }
}

#[test]
fn thousands_in_groups_are_whole_numbers() {
    let text = "user,item,plays\na,x,\"1,234\"\na,y,987\nb,x,\"12,345\"\nb,y,5\n";
    assert_eq!(read(text).unwrap().interactions.ratings(), [1_234.0, 987.0, 12_345.0, 5.0]);
    let text = "user;item;plays;price\na;x;1.234;1,5\na;y;987;2,25\nb;x;12.345;3\nb;y;5;4\n";
    assert_eq!(read(text).unwrap().interactions.ratings(), [1_234.0, 987.0, 12_345.0, 5.0]);
}

#[test]
fn what_is_far_outside_the_scale_is_left_out_and_can_be_kept() {
    let mut text = "user,item,rating\n".to_owned();
    for row in 0..60 {
        text += &format!("u{},i{},{}\n", row % 7, row, 1 + row % 5);
    }
    text += "u1,i99,55\nu2,i99,-1\n";
    let data = read(&text).unwrap();
    assert_eq!(skipped(&data), [("outside-scale", 2, 62)]);
    assert_eq!((data.report.scale.max, data.report.used, data.report.items), (5.0, 60, 60));
    let kept = read_with(&text, Options { find_scale: false, ..guess() }).unwrap();
    assert_eq!((kept.report.used, kept.report.hash), (62, data.report.hash));
}

/// What one person rated: each title once, beside columns that come again.
fn export(head: &str, row: impl Fn(usize) -> String) -> String {
    std::iter::once(head.to_owned()).chain((0..40).map(row)).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_one_person_rated_is_told_and_teaches_nothing_until_a_column_of_people_is_chosen() {
    let letterboxd = export("Date,Name,Year,Letterboxd URI,Rating", |n| {
        format!("2024-01-{:02},Film {n},{},https://boxd.it/{n},{}", 1 + n % 28, 1950 + n % 30, n % 5)
    });
    let imdb = export("Const,Your Rating,Date Rated,Title,URL,Title Type,Runtime (mins),Directors", |n| {
        format!("tt{n},{},2024-01-01,Film {n},https://x/{n},Movie,{},Ann {}", n % 10, 90 + n % 7, n % 4)
    });
    let goodreads = export("Book Id,Title,Author,My Rating,Average Rating,Publisher,Date Added", |n| {
        format!("{},Book {n},Ann {},{},3.9,House {},2024/01/{:02}", 7 * n, n % 9, n % 6, n % 4, 1 + n % 28)
    });
    let douban = export("标题,简介,豆瓣评分,链接,创建时间,我的评分,可见性", |n| {
        format!("影片{n},中国,8.{},https://x/{n},2024-01-{:02},{},公开", n % 10, 1 + n % 28, 1 + n % 5)
    });
    let notes = |data: &Dataset| data.report.notes.iter().any(|note| note.code == "one-person");
    for (text, user) in [(&letterboxd, "Year"), (&imdb, "Directors"), (&goodreads, "Publisher"), (&douban, "链接")] {
        let data = read(text).unwrap();
        assert!(notes(&data), "{:?}", data.report);
        assert_eq!(data.check_goal(crate::study::Goal::Rating).unwrap_err().code(), "one-person");
        let mut chosen = guess();
        chosen.picks.user = Pick::Column(user.to_owned());
        match read_with(text, chosen) {
            Ok(data) => assert!(!notes(&data) && data.check_goal(crate::study::Goal::Rating).is_ok(), "{user}"),
            Err(error) => panic!("{user}: {error}"),
        }
    }
    // People without a usual name are people where others rate the same.
    let people = export("kennung,film,note", |n| format!("k{},Film {},{}", n / 8, n % 8 + n / 16, n % 5));
    let data = read(people).unwrap();
    assert_eq!((notes(&data), data.report.users), (false, 5));
}

#[test]
fn an_encoding_that_was_guessed_is_told_until_it_is_chosen() {
    let text = "user,item,rating\nJürgen,x,4\nÄnne,y,3\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let told = |data: Dataset| data.report.notes.iter().any(|note| note.code == "encoding-guessed");
    assert!(told(read(&latin).unwrap()));
    assert!(!told(read(text).unwrap()));
    let mut chosen = guess();
    chosen.form.encoding = Some("windows-1252".to_owned());
    assert!(!told(read_with(&latin, chosen).unwrap()));
}
