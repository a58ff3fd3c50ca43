//! An epoch of matrix factorisation by number of factors, natively. `cargo xtask bench` compares with Chromium and peers.

#[expect(dead_code, reason = "criterion needs no test part")]
mod workload;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use workload::{FACTORS, Workload};

fn svd(criterion: &mut Criterion) {
    let folder = std::env::var("RECTUNE_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let part = |name: &str| std::fs::read(format!("{folder}/ml-100k/{name}.gz")).unwrap_or_default();
    let workload = Workload::new(&part("u1.base"), &part("u1.test"));
    let mut group = criterion.benchmark_group("svd epoch");
    group.throughput(Throughput::Elements(workload.train.len() as u64)).sample_size(20);
    for n_factors in FACTORS {
        let mut trainer = workload.trainer(n_factors, &[]);
        workload::epoch(&mut *trainer);
        group.bench_function(BenchmarkId::from_parameter(n_factors), |bencher| {
            bencher.iter(|| workload::epoch(&mut *trainer));
        });
    }
    group.finish();
}

criterion_group!(benches, svd);
criterion_main!(benches);
