//! How fast a ratings file becomes a data set: bytes a second through the reader, hash and indices included.

mod table;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rectune::engine::data::{Options, Reader};

fn read(criterion: &mut Criterion) {
    let text = table::table();
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
