//! A whole fit of each model at its defaults, natively. `cargo xtask bench --accuracy` has the errors of those that predict
//! ratings, `cargo xtask bench --models` the browser, both with the peers beside them.

#[expect(dead_code, reason = "criterion needs no test part")]
mod workload;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rectune::study::ModelKind;
use workload::Workload;

fn fit(criterion: &mut Criterion) {
    let folder = std::env::var("RECTUNE_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let file = |name: &str| std::fs::read(format!("{folder}/ml-100k/{name}")).unwrap_or_default();
    let workload = Workload::new(&file("u1.base.gz"), &file("u1.test.gz")).described(&file("u.item"));
    let mut group = criterion.benchmark_group("fit");
    group.throughput(Throughput::Elements(workload.train.len() as u64)).sample_size(10);
    for model in ModelKind::ALL {
        let spec = model.with(&[]).expect("defaults are allowed");
        group.bench_function(BenchmarkId::from_parameter(model.name()), |bencher| {
            bencher.iter(|| workload.fit(&spec, model.default_epochs()));
        });
    }
    group.finish();
}

criterion_group!(benches, fit);
criterion_main!(benches);
