//! Packs MovieLens latest-small for www/data: `cargo run --release --example pack_sample -- FOLDER OUT`, where FOLDER
//! holds ratings.csv and movies.csv as published. Prints the size and the hash that `engine::data::sample` names.

use std::error::Error;
use std::path::Path;

use rectune::engine::data::items::year_of;
use rectune::engine::data::records::{Progress, Records};
use rectune::engine::data::sample::packed;
use rectune::engine::data::{Catalog, Ids, Options, Reader};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, out] = &arguments[..] else { return Err("usage: pack_sample FOLDER OUT".into()) };
    let mut reader = Reader::new(Options::guess("ratings.csv"));
    reader.feed(&std::fs::read(Path::new(folder).join("ratings.csv"))?)?;
    let mut data = reader.finish()?;
    data.catalog = Some(catalog(&std::fs::read(Path::new(folder).join("movies.csv"))?, &data.items));
    let bytes = packed::pack(&data).ok_or("the data is not sorted, or has other than half stars")?;
    let unpacked = packed::unpack("sample", &bytes).ok_or("it does not unpack")?;
    assert_eq!((unpacked.report.hash, &unpacked.catalog), (data.report.hash.clone(), &data.catalog));
    std::fs::write(out, &bytes)?;
    println!("{} bytes, hash {}", bytes.len(), data.report.hash);
    Ok(())
}

/// Titles, genres and years of the rated items, from lines of id, title and genres.
fn catalog(movies: &[u8], items: &Ids) -> Catalog {
    let empty = || vec![String::new(); items.len() as usize];
    let mut catalog = Catalog { titles: empty(), genres: empty(), years: vec![0; items.len() as usize] };
    let mut records = Records::new(b',', true);
    records.expect(movies);
    let mut rest = movies;
    while !rest.is_empty() {
        let (used, progress) = records.read(rest);
        rest = &rest[used..];
        let Progress::Record(record) = progress else { continue };
        // The header's first cell is no item's id.
        if let Some(item) = items.find(record.field(0)) {
            let text = |at| String::from_utf8_lossy(record.field(at)).into_owned();
            catalog.titles[item as usize] = text(1);
            catalog.years[item as usize] = year_of(&text(1)).unwrap_or(0);
            catalog.genres[item as usize] = text(2);
        }
    }
    catalog
}
