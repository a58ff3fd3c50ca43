//! The same bits natively and in a browser: digests of everything whose last bit could depend on the machine. They change
//! only with the engine's version.
#![expect(clippy::unwrap_used, reason = "a model that does not train has failed its test")]

use std::sync::Arc;

use rectune::engine::data::interactions::Row;
use rectune::engine::data::{Genres, Interactions, ItemIdx, UserIdx};
use rectune::engine::linalg::ridge::Ridge;
use rectune::engine::model;
use rectune::engine::random;
use rectune::study::seed::Purpose;
use rectune::study::{ModelKind, Seed, Value};
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_family = "wasm")]
wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// The first eight bytes of the BLAKE3 digest of numbers' bits, hexadecimal.
fn digest(numbers: impl Iterator<Item = f64>) -> String {
    let mut hasher = blake3::Hasher::new();
    for number in numbers {
        hasher.update(&number.to_bits().to_le_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Users and items drawn with a preference for low numbers, ratings 1 to 5.
fn ratings(n_users: u32, n_items: u32, n_rows: usize) -> Arc<Interactions> {
    let mut rng = Seed(5).stream(Purpose::Generate, 0);
    let rows: Vec<Row> = (0..n_rows)
        .map(|_| {
            let mut draw = |n: u32| {
                let unit = random::unit(&mut rng);
                (unit * unit * f64::from(n)) as u32
            };
            Row { user: draw(n_users), item: draw(n_items), rating: 1.0 + draw(5) as f32, time: 0 }
        })
        .collect();
    Arc::new(Interactions::from_rows(n_users, n_items, false, &rows))
}

/// The digest of all predictions of a model after three epochs, and of its training errors.
fn trained(model: ModelKind, settings: &[(&str, Value)]) -> String {
    let train = ratings(60, 90, 1500);
    let mut trainer = model::start(&model.with(settings).unwrap(), &train, &Genres::default(), Seed(9), 3).unwrap();
    let mut numbers = Vec::new();
    while numbers.len() < 3 {
        numbers.extend(trainer.advance(1000).unwrap().epoch.map(|end| end.train));
    }
    let model = trainer.model();
    let pairs = (0..60).flat_map(|user| (0..90).map(move |item| (UserIdx(user), ItemIdx(item))));
    digest(numbers.into_iter().chain(pairs.map(|(user, item)| f64::from(model.predict(user, item)))))
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn factorisations_have_the_same_bits() {
    // Widths with and without padding, compiled and beyond.
    let digests =
        [1.0, 7.0, 20.0, 50.0, 64.0, 100.0, 210.0].map(|k| trained(ModelKind::Svd, &[("n_factors", k.into())]));
    let plain = [("biases", false.into()), ("init", "xavier".into()), ("init_scale", 1.0.into())];
    let digests = [digests.as_slice(), &[trained(ModelKind::Svd, &plain)]].concat();
    assert_eq!(
        digests,
        [
            "92f88825ecb15d0a",
            "995a6c4d9f34981f",
            "90caf60527786257",
            "cfa2b109ac9e509f",
            "a92522053ba9a772",
            "c68c886cc9a6042c",
            "56d84c0bcc084d76",
            "f47c1a513975ced4"
        ]
    );
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn implicit_feedback_has_the_same_bits() {
    let digests = [1.0, 20.0, 210.0].map(|k| trained(ModelKind::Svdpp, &[("n_factors", k.into())]));
    assert_eq!(digests, ["3220c7a80b175405", "1e5cc0dd3c087421", "fcff1e1154b5ec63"]);
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn non_negative_factors_have_the_same_bits() {
    let digests = [1.0, 15.0, 210.0].map(|k| trained(ModelKind::Nmf, &[("n_factors", k.into())]));
    assert_eq!(digests, ["bb883780a7bb4f1e", "4822ce7379f1457e", "8172b5af2f7d31c6"]);
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn alternating_least_squares_have_the_same_bits() {
    // Users and items with more rows than factors, and with fewer.
    let digests = [1.0, 7.0, 20.0, 64.0].map(|k| trained(ModelKind::Als, &[("n_factors", k.into())]));
    assert_eq!(digests, ["24c67cf8724aad63", "31d4e8826d4d3f82", "61605713d4c1b9c4", "a9e322e9072a186a"]);
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn neighbourhoods_have_the_same_bits() {
    let with = |model: ModelKind, similarity: &str| {
        let settings = [("similarity", similarity.into()), ("n_neighbors", 5.0.into()), ("shrinkage", 3.0.into())];
        trained(model, &settings)
    };
    let digests = ["cosine", "pearson", "pearson-baseline", "msd"].map(|name| with(ModelKind::ItemKnn, name));
    assert_eq!(digests, ["fe82e4d80b3fd060", "6de4f1390fc36305", "1b2f5747fdaff020", "7b2f337d0162081b"]);
    let others = [with(ModelKind::UserKnn, "cosine"), trained(ModelKind::SlopeOne, &[])];
    assert_eq!(others, ["23400ee915614084", "03429a11c732f816"]);
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn baselines_have_the_same_bits() {
    let digests = [trained(ModelKind::Mean, &[]), trained(ModelKind::Bias, &[("damping", 3.0.into())])];
    assert_eq!(digests, ["1026bd1ffafb3aa3", "35d3e5b48d827f23"]);
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn lists_have_the_same_bits() {
    let few = [("n_factors", 7.0.into())];
    let digests = [
        trained(ModelKind::Popular, &[]),
        trained(ModelKind::Ease, &[]),
        trained(ModelKind::Ials, &few),
        trained(ModelKind::Bpr, &few),
    ];
    assert_eq!(digests, ["095811b902cbe074", "7630efe8f41ce431", "6c64c3b613f6acf6", "ed4d3b4f8139c576"]);
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn cholesky_has_the_same_bits() {
    let mut rng = Seed(1).stream(Purpose::Generate, 1);
    let columns = 33;
    let design: Vec<f64> = (0..70 * columns).map(|_| random::unit(&mut rng) - 0.5).collect();
    let ridge = Ridge::new(&design, &vec![0.1; columns]).unwrap();
    let solved = ridge.solve((0..columns).map(|_| random::unit(&mut rng)).collect());
    assert_eq!(digest(solved.into_iter()), "1a351735dea4f097");
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn transcendental_functions_have_the_same_bits() {
    let grid = || (1..2000).map(|step| f64::from(step) * 0.0137);
    let functions: [fn(f64) -> f64; 8] =
        [libm::log, libm::exp, libm::sin, libm::cos, libm::log1p, libm::tanh, libm::erf, |x| libm::pow(x, 0.75)];
    assert_eq!(digest(functions.into_iter().flat_map(|function| grid().map(function))), "a8899d7a88feb64b");
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn random_streams_have_the_same_bits() {
    let mut rng = Seed(Seed::MAX).stream(Purpose::Bootstrap, u64::MAX);
    let units: Vec<f64> = (0..1000).map(|_| random::unit(&mut rng)).collect();
    let normals: Vec<f64> = (0..1000).flat_map(|_| <[f64; 2]>::from(random::normal_pair(&mut rng))).collect();
    assert_eq!([units, normals].map(|numbers| digest(numbers.into_iter())), ["fddc8c63103ec8e8", "d424c2c38e363d9f"]);
}
