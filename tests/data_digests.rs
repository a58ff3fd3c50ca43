//! Data and splits have the same bits natively and in a browser. The digests change only with the engine's version, or with
//! the data itself.
#![cfg(feature = "engine")]

use rectune::engine::data::generate::generate;
use rectune::engine::data::sample::Sample;
use rectune::engine::data::{Options, Reader};
use rectune::engine::split::split;
use rectune::study::data_spec::DEFAULT_SAMPLE;
use rectune::study::{Seed, SplitSpec, SyntheticSpec};
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_family = "wasm")]
wasm_bindgen_test_configure!(run_in_dedicated_worker);

const PACKED: &[u8] = include_bytes!("../www/data/ml-latest-small.bin");

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn data_has_the_same_hash() {
    let sample = Sample::named(DEFAULT_SAMPLE).unwrap();
    assert_eq!(sample.unpack(PACKED).unwrap().report.hash, "78314b40a9101a4cf4851aaaae1cae3c");
    assert_eq!(generate(&SyntheticSpec::default()).unwrap().0.report.hash, "b3508fc01ed16322e335bf7d03d87404");
    let mut reader = Reader::new(Options::guess("f"));
    for chunk in b"user::item::rating::time\nann::007::0.1::5\r\nbob::\xC3\xA9t\xC3\xA9::1e-3::-6\n".chunks(7) {
        reader.feed(chunk).unwrap();
    }
    assert_eq!(reader.finish().unwrap().report.hash, "b8a414901844e0ce97c2134716645eaa");
}

#[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
#[cfg_attr(not(target_family = "wasm"), test)]
fn splits_have_the_same_rows() {
    let data = Sample::named(DEFAULT_SAMPLE).unwrap().unpack(PACKED).unwrap();
    let digest = |spec: &str| {
        let (split, _) = split(&data.interactions, SplitSpec::parse(spec).unwrap(), Seed(7)).unwrap();
        let folds = split.folds.iter().flat_map(|fold| [&fold.train, &fold.valid]);
        let mut hasher = blake3::Hasher::new();
        for part in [&split.refit, &split.test].into_iter().chain(folds) {
            hasher.update(&part.len().to_le_bytes()[..4]);
            for row in part.rows() {
                hasher.update(&row.user.to_le_bytes());
                hasher.update(&row.item.to_le_bytes());
                hasher.update(&row.rating.to_le_bytes());
            }
        }
        hasher.finalize().to_hex()[..16].to_owned()
    };
    let specs = ["random:0.1,0.1", "user:0.1,0.1", "last:1,1", "time:0.1,0.1", "kfold:5,0.1", "none"];
    assert_eq!(
        specs.map(digest),
        [
            "efcab37aff048650",
            "3a35538437500f4e",
            "8081f84c05f1b4a2",
            "db710a09c6d98311",
            "a30226a7414587c0",
            "49cdcda942b94b0e"
        ]
    );
}
