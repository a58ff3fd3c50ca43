//! Accuracy against published figures, on the real data where it is present. Nothing here is timed, and nothing is tuned.
#![cfg(not(target_family = "wasm"))]
#![expect(clippy::unwrap_used, reason = "a test that can not read its data has failed")]

#[path = "../benches/workload.rs"]
#[expect(dead_code, reason = "nothing is generated here")]
mod workload;

use std::path::{Path, PathBuf};

use rectune::engine::data::interactions::Row;
use rectune::engine::data::{ItemIdx, UserIdx};
use rectune::engine::online::Online;
use rectune::study::{ModelKind, Value};
use workload::Workload;

/// The folder of the data sets: `RECTUNE_DATA`, or `shared/data` beside the repository.
fn data(set: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("RECTUNE_DATA").map_or_else(beside, PathBuf::from).join(set);
    folder.is_dir().then_some(folder)
}

/// A part of an official split.
fn part(folder: &Path, name: &str) -> Vec<Row> {
    workload::rows(&std::fs::read(folder.join(format!("{name}.gz"))).unwrap())
}

/// An official split.
fn split(folder: &Path, at: u32) -> Workload {
    Workload::of(&part(folder, &format!("u{at}.base")), part(folder, &format!("u{at}.test")))
}

/// The mean over the five official splits of MovieLens-100K, u1 to u5; `None`, with a line that says so, without the data.
fn official_splits(name: &str, model: ModelKind, settings: &[(&str, Value)], epochs: u32) -> Option<f64> {
    let Some(folder) = data("ml-100k") else {
        println!("skipped: ML-100K not present (set RECTUNE_DATA to the folder that holds ml-100k)");
        return None;
    };
    let spec = model.with(settings).unwrap();
    let error = |at| {
        let split = split(&folder, at);
        split.test_rmse(split.fit(&spec, epochs).model())
    };
    let errors: Vec<f64> = (1..=5).map(error).collect();
    let mean = errors.iter().sum::<f64>() / 5.0;
    println!("{name} on ML-100K u1..u5: {mean:.4} {errors:.4?}");
    Some(mean)
}

/// How far ratings that are added to a trained model are from training again with them: nine tenths of u1.base are trained on,
/// and the last tenth comes in hundreds.
#[test]
fn adding_ratings_comes_close_to_training_again() {
    let Some(folder) = data("ml-100k") else {
        println!("skipped: ML-100K not present (set RECTUNE_DATA to the folder that holds ml-100k)");
        return;
    };
    let (all, test) = (part(&folder, "u1.base"), part(&folder, "u1.test"));
    let (later, before): (Vec<_>, Vec<_>) = (0..).zip(&all).partition(|(at, _)| at * 7919 % 10 == 0);
    let rows = |part: Vec<(usize, &Row)>| part.into_iter().map(|(_, row)| *row).collect::<Vec<Row>>();
    let (before, later) = (rows(before), rows(later));
    for (kind, settings, epochs) in [
        (
            ModelKind::Svd,
            &[("n_factors", 20.0.into()), ("regularization", 0.08.into()), ("init_scale", 0.03.into())][..],
            40,
        ),
        (ModelKind::Als, &[("n_factors", 20.0.into())][..], 10),
        (ModelKind::ItemKnn, &[][..], 1),
    ] {
        let spec = kind.with(settings).unwrap();
        let earlier = Workload::of(&before, test.clone());
        let trainer = earlier.fit(&spec, epochs);
        let mut online = Online::new(trainer.model(), &spec, &earlier.train);
        let rmse = |predict: &dyn Fn(&Row) -> f32| {
            let square = |row: &Row| f64::from(row.rating - predict(row)) * f64::from(row.rating - predict(row));
            (test.iter().map(square).sum::<f64>() / test.len() as f64).sqrt()
        };
        let stale = rmse(&|row| trainer.model().predict(UserIdx(row.user), ItemIdx(row.item)));
        let started = std::time::Instant::now();
        later.chunks(100).for_each(|rows| online.add(rows));
        let seconds = started.elapsed().as_secs_f64();
        let added = rmse(&|row| online.predict(UserIdx(row.user), ItemIdx(row.item)));
        let whole = Workload::of(&all, test.clone());
        let again = whole.test_rmse(whole.fit(&spec, epochs).model());
        println!(
            "{}: {stale:.4} without the new ratings, {added:.4} with them added ({seconds:.2} s), {again:.4} trained again",
            kind.name()
        );
        assert!(added < stale && added < again + 0.01, "{stale} {added} {again}");
    }
}

/// Surprise 1.1.5's SVD with its default settings reaches .938 here, measured on the same splits.
#[test]
fn svd_with_the_settings_of_surprise_is_as_accurate() {
    let settings = [
        ("n_factors", 100.0.into()),
        ("learning_rate", 0.005.into()),
        ("regularization", 0.02.into()),
        ("init", "gaussian".into()),
        ("init_scale", 0.1.into()),
    ];
    if let Some(rmse) = official_splits("SVD", ModelKind::Svd, &settings, 20) {
        assert!(rmse <= 0.938 + 0.003, "{rmse}");
    }
}

/// The damped biases reach .9457 on these splits (Surprise's baseline, alternating least squares); default damping is 5.
#[test]
fn biases_are_as_accurate_as_the_known_baseline() {
    if let Some(rmse) = official_splits("biases", ModelKind::Bias, &[], 1) {
        assert!(rmse <= 0.9457 + 0.003, "{rmse}");
    }
}

/// Surprise 1.1.5's SVD++ with its default settings reaches .9223 here, measured on the same splits.
#[test]
fn implicit_feedback_with_the_settings_of_surprise_is_as_accurate() {
    if let Some(rmse) = official_splits("SVD++", ModelKind::Svdpp, &[], 20) {
        assert!(rmse <= 0.9223 + 0.003, "{rmse}");
    }
}

/// Surprise 1.1.5's NMF with its default settings reaches .9642 here, measured on the same splits.
#[test]
fn non_negative_factors_with_the_settings_of_surprise_are_as_accurate() {
    if let Some(rmse) = official_splits("NMF", ModelKind::Nmf, &[], 50) {
        assert!(rmse <= 0.9642 + 0.003, "{rmse}");
    }
}

/// LensKit's biased ALS with its default settings, which are these, reaches .9221 here, measured on the same splits.
#[test]
fn alternating_least_squares_with_the_settings_of_lenskit_are_as_accurate() {
    if let Some(rmse) = official_splits("ALS", ModelKind::Als, &[], 10) {
        assert!(rmse <= 0.9221 + 0.003, "{rmse}");
    }
}

/// Surprise 1.1.5's KNNBaseline reaches .9204 with items and Pearson correlations around baselines, and .9323 with its
/// default settings, users and squared differences; measured on the same splits. Its prediction is the same number.
#[test]
fn neighbourhoods_are_those_of_surprise() {
    if let Some(rmse) = official_splits("items' neighbours", ModelKind::ItemKnn, &[], 1) {
        assert!((rmse - 0.9204).abs() < 0.0003, "{rmse}");
    }
    let defaults = [("similarity", "msd".into()), ("shrinkage", 0.0.into())];
    if let Some(rmse) = official_splits("users' neighbours", ModelKind::UserKnn, &defaults, 1) {
        assert!((rmse - 0.9323).abs() < 0.0003, "{rmse}");
    }
}

/// Surprise 1.1.5's Slope One reaches .9470 here, measured on the same splits. It predicts the unknown by the mean.
#[test]
fn slope_one_is_that_of_surprise() {
    if let Some(rmse) = official_splits("Slope One", ModelKind::SlopeOne, &[], 1) {
        assert!(rmse <= 0.947 + 0.0003, "{rmse}");
    }
}

/// NDCG@10 of a model's lists at its defaults, trained on u1.base: out of all items that a user has not rated, with all test
/// rows relevant. `None`, with a line that says so, without the data.
fn list_ndcg(kind: ModelKind) -> Option<f64> {
    let Some(folder) = data("ml-100k") else {
        println!("skipped: ML-100K not present (set RECTUNE_DATA to the folder that holds ml-100k)");
        return None;
    };
    let split = split(&folder, 1);
    let ndcg = split.test_ndcg(split.fit(&kind.with(&[]).unwrap(), kind.default_epochs()).model());
    println!("lists of {} on ML-100K u1: NDCG@10 {ndcg:.4}", kind.name());
    Some(ndcg)
}

/// LensKit 2025.8's EASE with the same regularization reaches .5652 here: its weights are the same numbers. What is popular
/// reaches .3247, up to the order of equally popular items.
#[test]
fn lists_without_randomness_are_those_of_lenskit() {
    for (kind, known, apart) in [(ModelKind::Ease, 0.5652, 0.0001), (ModelKind::Popular, 0.3247, 0.001)] {
        if let Some(ndcg) = list_ndcg(kind) {
            assert!((ndcg - known).abs() < apart, "{ndcg}");
        }
    }
}

/// With the settings that are the defaults here, implicit 0.7's ALS reaches .464, and Cornac 3.0's BPR .501.
#[test]
fn lists_of_factors_are_as_good_as_those_of_peers() {
    for (kind, known) in [(ModelKind::Ials, 0.464), (ModelKind::Bpr, 0.501)] {
        if let Some(ndcg) = list_ndcg(kind) {
            assert!(ndcg > known - 0.01, "{ndcg}");
        }
    }
}
