//! Golden studies: each must give the same trials, bit for bit, natively (x86-64 and aarch64), in Chromium and in Firefox,
//! with one worker or three, whatever the size of the slices.
//!
//! `RECTUNE_UPDATE=1 cargo test --test golden` writes the files anew. A change to one of them changes what old links give:
//! it needs a new engine version (`study::ENGINE`) and a line in CHANGELOG.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use rectune::engine::conductor::{Conductor, Known, StudyData};
use rectune::engine::data::{self, Dataset};
use rectune::engine::fit::{Checkpoints, Fit, Step};
use rectune::engine::{share, split};
use rectune::protocol::{Event, Job, Outcome, Report};
use rectune::study::{DataSource, MetricSpec, Study, link};
#[cfg(target_family = "wasm")]
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// A study as its link, and what it gave when the engine version was fixed.
struct Golden {
    name: &'static str,
    link: &'static str,
    expected: &'static str,
}

macro_rules! golden {
    ($($name:ident: $link:literal;)*) => {
        $(
            #[cfg_attr(target_family = "wasm", wasm_bindgen_test)]
            #[cfg_attr(not(target_family = "wasm"), test)]
            fn $name() {
                check(&Golden {
                    name: stringify!($name),
                    link: $link,
                    expected: include_str!(concat!("golden/", stringify!($name), ".txt")),
                });
            }
        )*
    };
}

golden! {
    the_default_study_with_fewer_trials: "v=1&n=6";
    a_grid_of_initialisations:
        "v=1&d=synthetic:users=120,items=80,ratings=3000&k=2,6&lr=0.02&reg=default&init=constant,gaussian,xavier&sd=0.1&s=grid&n=6&epochs=12&seed=3";
    sobol_over_two_models_with_folds_and_a_decay:
        "v=1&d=synthetic:users=90,items=70,ratings=1500&m=bias,svd&svd.k=3..9&svd.lr=0.005..0.05:log&svd.decay=0.9..1&split=kfold:3,0.2&s=sobol&n=8&epochs=15&metric=mae&seed=11";
    plain_factors_of_the_nine_ratings: "v=1&d=article&k=2&lr=0.01..0.1:log&reg=0.001..0.1:log&sd=0.5&biases=false&split=none&epochs=300&patience=40&n=4";
    tpe_over_two_models:
        "v=1&d=synthetic:users=90,items=70,ratings=1500&m=bias,svd&svd.k=3..9&svd.lr=0.005..0.05:log&svd.init=gaussian,xavier&s=tpe&n=24&lag=4&epochs=12&seed=5";
    a_gaussian_process_with_trials_that_diverge:
        "v=1&d=synthetic:users=90,items=70,ratings=1500&k=2..12:log&lr=0.005..1:log&reg=0.01..0.3:log&s=gp&n=24&lag=4&epochs=10&seed=5";
    a_gaussian_process_that_fills_basins:
        "v=1&d=synthetic:users=90,items=70,ratings=1500&m=bias&bias.dampu=0.1..100:log&bias.dampi=0.1..100:log&s=gp&n=44&lag=2&seed=5";
    every_model_that_predicts_ratings:
        "v=1&d=synthetic:users=90,items=70,ratings=1500&m=svdpp,nmf,als,item-knn,user-knn,slope-one,bias&svdpp.k=3..20&nmf.k=3..20&als.k=3..20&s=sobol&n=24&epochs=12&seed=7";
    lists_of_three_models:
        "v=1&d=synthetic:users=90,items=70,ratings=1500&goal=ranking&top=5&relevant=3&m=ease,ials,bpr&ials.k=3..9&bpr.k=3..9&split=user:0.2,0.2&s=tpe&n=16&lag=4&epochs=10&seed=5";
    lists_by_genres:
        "v=1&goal=ranking&m=content-knn,popular&split=time:0.05,0.05&s=sobol&n=4&seed=5";
    on_rungs_where_some_diverge:
        "v=1&d=synthetic:users=90,items=70,ratings=1500&k=3..9&lr=0.005..0.5:log&s=tpe&sched=halving&n=31&lag=4&epochs=27&patience=9&seed=5";
    some_trials_diverge: "v=1&d=synthetic:users=60,items=50,ratings=900&k=40&lr=0.01..2:log&reg=default&split=user:0.2,0.2&n=8&epochs=8";
}

fn check(golden: &Golden) {
    let decoded = link::decode(golden.link);
    assert_eq!(decoded.problems, [], "{}", golden.name);
    let (one, three) = (run(&decoded.study, 1, 50_000), run(&decoded.study, 3, 777));
    assert_eq!(one, three, "{}: the pool changed a trial", golden.name);
    #[cfg(not(target_family = "wasm"))]
    if std::env::var_os("RECTUNE_UPDATE").is_some() {
        let path = format!("{}/tests/golden/{}.txt", env!("CARGO_MANIFEST_DIR"), golden.name);
        std::fs::write(path, &one).expect("the golden files can be written");
        return;
    }
    assert_eq!(
        one,
        golden.expected,
        "{}: other bits than when engine {} was fixed",
        golden.name,
        rectune::study::ENGINE.0
    );
}

fn dataset(study: &Study) -> Dataset {
    match &study.data.source {
        DataSource::Sample { name } => {
            let packed = include_bytes!("../www/data/ml-latest-small.bin");
            data::sample::Sample::named(name).and_then(|sample| sample.unpack(packed))
        }
        DataSource::Synthetic(spec) => data::generate::generate(spec).map(|(dataset, _)| dataset),
        DataSource::Article => Ok(data::article::dataset()),
        DataSource::File { .. } => panic!("a golden study uses data that everybody has"),
    }
    .expect("the data of a golden study is sound")
}

/// Runs a study with so many jobs at a time, each advanced by `slice` units in turn, and opens the test part if there is
/// one. Returns all that must not change, floating-point numbers by their bits.
fn run(study: &Study, workers: usize, slice: u32) -> String {
    let dataset = dataset(study);
    let (parts, report) =
        split::split_dataset(&dataset, None, study.split, study.seed).expect("a golden study can be split");
    let data = StudyData {
        hash: dataset.report.hash.clone(),
        n_users: dataset.interactions.n_users(),
        n_items: dataset.interactions.n_items(),
        split: report,
        memory_limit_mib: 1024,
        openings: 0,
        genres: !parts.genres.is_empty(),
    };
    let mut conductor = Conductor::new(study.clone(), data, Known::new(), &[]).expect("a golden study runs");
    let parts = Arc::new(parts);
    drive(&mut conductor, &parts, workers, slice);
    if conductor.best().is_some() && conductor.open_test().is_ok() {
        drive(&mut conductor, &parts, workers, slice);
    }
    describe(&mut conductor)
}

fn drive(conductor: &mut Conductor, parts: &Arc<split::Split>, workers: usize, slice: u32) {
    let mut running: Vec<(Job, Fit)> = Vec::new();
    // One trainer goes on from what it has kept; where there are more, every training begins anew.
    let mut kept = Checkpoints::new(if workers == 1 { u64::MAX } else { 0 });
    loop {
        while running.len() < workers {
            let Some(job) = conductor.next_job() else { break };
            let fit = kept.take(&job).map_or_else(|| Fit::new(parts, &job), Ok);
            let fit = fit.expect("a golden study's models can be trained");
            running.push((job, fit));
        }
        let computing = conductor.advance(slice);
        let mut still: Vec<(Job, Fit)> = Vec::new();
        for (job, mut fit) in running {
            match fit.advance(slice) {
                Step::Ended(outcome) => {
                    if fit.is_kept() && matches!(outcome, Outcome::Done(_)) {
                        kept.keep(fit);
                    }
                    conductor.report(Report { job: job.id, seconds: 0.0, outcome });
                }
                Step::Working | Step::Epoch(_) => still.push((job, fit)),
            }
        }
        running = still;
        if running.is_empty() && !computing && conductor.is_idle() {
            break;
        }
    }
}

fn describe(conductor: &mut Conductor) -> String {
    let bits = |number: f64| format!("{:016x} ({number})", number.to_bits());
    let mut text = format!("study {}\n", share::study_hash(conductor.study()));
    let records: Vec<_> = conductor.records().into_iter().cloned().collect();
    for record in &records {
        let ended =
            record.value.map_or_else(|| record.error.as_ref().map(ToString::to_string).unwrap_or_default(), bits);
        let (number, model, point) = (record.number, record.model.name(), record.params.identity());
        let _ = writeln!(
            text,
            "trial {number} {model} {point}: {ended}, epoch {} of {}",
            record.epochs,
            record.curve.len()
        );
    }
    for baseline in conductor.baselines() {
        let _ = writeln!(text, "baseline {}: {}", baseline.model.model.name(), bits(baseline.value));
    }
    records.iter().for_each(|record| conductor.explain(record.number).expect("the search proposed it"));
    // How often a point came from where.
    let mut origins: BTreeMap<String, u32> = BTreeMap::new();
    for event in conductor.take_events() {
        match event {
            Event::Explained { why } => {
                let why = why.read().expect("what was explained can be read");
                *origins.entry(format!("{:?}", why.origin)).or_default() += 1;
            }
            Event::Compared { comparisons } => {
                let low = comparisons.iter().filter_map(|compared| compared.difference.low);
                let _ = writeln!(text, "compared {}: {}", comparisons.len(), bits(low.sum()));
            }
            Event::TestOpened(test) => {
                let shown = |metric: MetricSpec| {
                    let value = test.figures.get(metric).map_or_else(|| "-".to_owned(), |figure| bits(figure.value));
                    format!("{} {value}", metric.name())
                };
                let objectives = conductor.study().goal.objectives();
                let figures = objectives.iter().map(|metric| shown(*metric)).collect::<Vec<_>>().join(", ");
                let _ = writeln!(text, "test {}: {figures}", test.number);
                for baseline in &test.baselines {
                    let first = baseline.test.get(objectives[0]).expect("a baseline serves the goal");
                    let _ = writeln!(text, "test {}: {}", baseline.model.model.name(), bits(first));
                }
            }
            _ => {}
        }
    }
    let _ = writeln!(text, "origins {origins:?}");
    let _ = writeln!(text, "digest {}", share::digest(&records));
    text
}
