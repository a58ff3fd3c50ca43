//! The figures of `cargo xtask bench --accuracy`: every rating model on MovieLens-100K's official splits u1 to u5, at the
//! settings of the peers beside it.
//!
//! A line for each model: name, test RMSE averaged over the splits, seconds of the fastest fit, and the RMSE of each split.

#[cfg(not(target_family = "wasm"))]
#[expect(dead_code, reason = "every model has its own settings here")]
mod workload;

#[cfg(not(target_family = "wasm"))]
mod splits;

/// A line's name, the model, and what differs from its defaults.
#[cfg(not(target_family = "wasm"))]
type Entry = (&'static str, rectune::study::ModelKind, Vec<(&'static str, rectune::study::Value)>);

/// The settings are those of Surprise, whose defaults the catalog mostly has.
#[cfg(not(target_family = "wasm"))]
fn entries() -> Vec<Entry> {
    use rectune::study::ModelKind;
    vec![
        ("mean", ModelKind::Mean, vec![]),
        ("bias", ModelKind::Bias, vec![]),
        ("svd", ModelKind::Svd, vec![]),
        ("svdpp", ModelKind::Svdpp, vec![]),
        ("nmf", ModelKind::Nmf, vec![]),
        ("als", ModelKind::Als, vec![]),
        ("item-knn", ModelKind::ItemKnn, vec![]),
        ("user-knn", ModelKind::UserKnn, vec![("similarity", "msd".into()), ("shrinkage", 0.0.into())]),
        ("slope-one", ModelKind::SlopeOne, vec![]),
    ]
}

/// `accuracy FOLDER [NAMES...]`: the folder of the gzipped parts; only the lines of these names.
#[cfg(not(target_family = "wasm"))]
fn main() {
    let (split, is_wanted) = splits::splits();
    let splits: Vec<workload::Workload> = (1..=5).map(split).collect();
    for (name, model, settings) in entries() {
        if !is_wanted(name) {
            continue;
        }
        let spec = model.with(&settings).expect("the settings are allowed");
        let mut least = f64::INFINITY;
        let mut errors = Vec::new();
        for split in &splits {
            let start = std::time::Instant::now();
            let trainer = split.fit(&spec, model.default_epochs());
            least = least.min(start.elapsed().as_secs_f64());
            errors.push(split.test_rmse(trainer.model()));
        }
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let each: Vec<String> = errors.iter().map(|error| format!("{error:.4}")).collect();
        println!("{name} {mean:.4} {least:.4} {}", each.join(" "));
    }
}

#[cfg(target_family = "wasm")]
fn main() {}
