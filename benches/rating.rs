//! A whole fit of each model that predicts ratings, at its defaults, natively. `cargo xtask bench --accuracy` has the errors
//! and the peers beside it.

#[expect(dead_code, reason = "criterion needs no test part")]
mod workload;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rectune::study::ModelKind;
use workload::Workload;

fn rating(criterion: &mut Criterion) {
    let folder = std::env::var("RECTUNE_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let part = |name: &str| std::fs::read(format!("{folder}/ml-100k/{name}.gz")).unwrap_or_default();
    let workload = Workload::new(&part("u1.base"), &part("u1.test"));
    let mut group = criterion.benchmark_group("rating fit");
    group.throughput(Throughput::Elements(workload.train.len() as u64)).sample_size(10);
    for model in [
        ModelKind::Bias,
        ModelKind::Svdpp,
        ModelKind::Nmf,
        ModelKind::Als,
        ModelKind::ItemKnn,
        ModelKind::UserKnn,
        ModelKind::SlopeOne,
    ] {
        let spec = model.with(&[]).expect("defaults are allowed");
        group.bench_function(BenchmarkId::from_parameter(model.name()), |bencher| {
            bencher.iter(|| {
                let mut trainer = workload.start(&spec);
                (0..model.default_epochs()).for_each(|_| workload::epoch(&mut *trainer));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, rating);
criterion_main!(benches);
