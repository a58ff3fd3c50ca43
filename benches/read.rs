//! How fast a ratings file becomes a data set: bytes a second through the reader, hash and indices included.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rectune::engine::data::generate::generate;
use rectune::engine::data::{Options, Reader};
use rectune::study::SyntheticSpec;

/// A million rows in the form of MovieLens, 24 bytes each.
fn table() -> Vec<u8> {
    let spec = SyntheticSpec { users: 6_000, items: 4_000, ratings: 1_000_000, ..SyntheticSpec::default() };
    let (data, _) = generate(&spec).expect("the sizes are possible");
    let mut text = "userId,movieId,rating,timestamp\n".to_owned();
    for (row, time) in data.interactions.rows().zip(978_300_000..) {
        text += &format!("{},{},{:.1},{time}\n", row.user + 1, row.item * 7 + 1, row.rating);
    }
    text.into_bytes()
}

fn read(criterion: &mut Criterion) {
    let text = table();
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
    group.bench_function("csv", |bencher| {
        bencher.iter(|| {
            let mut reader = Reader::new(Options::guess("ratings.csv"));
            for chunk in text.chunks(1 << 20) {
                reader.feed(chunk).expect("the table is well-formed");
            }
            reader.finish().expect("there are several users")
        });
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
