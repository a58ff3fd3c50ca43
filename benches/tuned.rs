//! The figures of `cargo xtask bench --accuracy --tuned`: whole studies on MovieLens-100K's official splits. What is searched,
//! stopped and chosen is so on validation rows cut from the split's base alone; its test part is opened once.
//!
//! A line for each split and study: its name, the split, the winner's error on the validation rows and on the test rows, the
//! same of the average of ten of the best trials, the seconds of the search and of all, and the winner.

#[cfg(not(target_family = "wasm"))]
#[expect(dead_code, reason = "a study starts its trainings itself")]
mod workload;

#[cfg(not(target_family = "wasm"))]
mod splits;

/// So many trials are averaged, chosen out of the best of each model.
#[cfg(not(target_family = "wasm"))]
const AVERAGED: u32 = 10;

/// Studies by name, as links. Ranges are those worth searching on ratings of this size, not those that won before.
#[cfg(not(target_family = "wasm"))]
const STUDIES: [(&str, &str); 3] = [
    (
        "svd",
        "v=1&k=20..200:log&lr=0.004..0.02:log&reg=0.03..0.15:log&decay=0.96..1&sd=0.01,0.03&s=gp&n=40&lag=1&epochs=100&split=kfold:5",
    ),
    (
        "svdpp",
        "v=1&m=svdpp&k=10..100:log&lr=0.003..0.015:log&reg=0.03..0.15:log&decay=0.94..1&init=default&sd=0.01,0.03\
         &s=gp&n=40&lag=1&epochs=100&split=kfold:5",
    ),
    (
        "models",
        "v=1&m=svdpp,svd,item-knn,user-knn&svdpp.k=20..100:log&svdpp.lr=0.003..0.015:log&svdpp.reg=0.03..0.15:log\
         &svdpp.decay=0.94..1&svdpp.sd=0.01,0.03&svd.k=20..200:log&svd.lr=0.004..0.02:log&svd.reg=0.03..0.15:log\
         &svd.biases=default&svd.sd=0.01,0.03&item-knn.sim=default&user-knn.sim=default\
         &s=gp&n=80&lag=1&epochs=100&split=kfold:5",
    ),
];

#[cfg(not(target_family = "wasm"))]
mod study {
    use std::sync::Arc;
    use std::time::Instant;

    use rectune::engine::conductor::{Conductor, Known, StudyData};
    use rectune::engine::data::Interactions;
    use rectune::engine::fit::{Fit, Step};
    use rectune::engine::split::{Split, split};
    use rectune::protocol::{AverageReport, Event, Report, TestReport};
    use rectune::study::{MetricSpec, link};

    use super::workload::Workload;

    /// Runs everything that waits, on one core; what the opened test part said.
    fn drive(conductor: &mut Conductor, parts: &Split) -> Option<TestReport> {
        loop {
            if let Some(job) = conductor.next_job() {
                let mut fit = Fit::new(parts, &job).expect("the models can be trained");
                let outcome = loop {
                    if let Step::Ended(outcome) = fit.advance(u32::MAX) {
                        break outcome;
                    }
                };
                conductor.report(Report { job: job.id, seconds: 0.0, outcome });
            } else if !conductor.advance(u32::MAX) && conductor.is_idle() {
                break;
            }
        }
        conductor.take_events().into_iter().find_map(|event| match event {
            Event::TestOpened(report) => Some(*report),
            _ => None,
        })
    }

    /// A line of figures.
    pub fn run(name: &str, text: &str, at: u32, workload: &Workload) -> String {
        let decoded = link::decode(text);
        assert_eq!(decoded.problems, [], "{name}");
        let study = decoded.study;
        let (n_users, n_items) = (workload.train.n_users(), workload.train.n_items());
        let (mut parts, mut report) = split(&workload.train, study.split, study.seed).expect("the base can be cut");
        parts.test = Arc::new(Interactions::from_rows(n_users, n_items, false, &workload.test));
        report.test = workload.test.len() as u32;
        let data = StudyData {
            hash: format!("u{at}"),
            n_users,
            n_items,
            split: report,
            memory_limit_mib: 4096,
            openings: 0,
            genres: false,
        };
        let started = Instant::now();
        let mut conductor = Conductor::new(study, data, Known::new(), &[]).expect("the study runs");
        drive(&mut conductor, &parts);
        let searched = started.elapsed().as_secs_f64();
        conductor.average(super::AVERAGED).expect("there are trials");
        conductor.open_test().expect("there is a test part");
        let test = drive(&mut conductor, &parts).expect("it was opened");
        let best = conductor.best().expect("there is a winner");
        let average = test.average.as_ref();
        let of = |metrics: Option<f64>| metrics.unwrap_or(f64::NAN);
        let averaged = |figures: fn(&AverageReport) -> Option<f64>| of(average.and_then(figures));
        format!(
            "{name} {at} {:.4} {:.4} {:.4} {:.4} {searched:.0} {:.0} {}?{}",
            of(best.value),
            of(test.figures.get(MetricSpec::Rmse).map(|estimate| estimate.value)),
            averaged(|average| average.validation.get(MetricSpec::Rmse)),
            averaged(|average| average.test.as_ref()?.get(MetricSpec::Rmse)),
            started.elapsed().as_secs_f64(),
            best.model.name(),
            best.params.identity(),
        )
    }
}

/// `tuned FOLDER [STUDIES...]`: the folder of the gzipped parts; only the studies of these names.
#[cfg(not(target_family = "wasm"))]
fn main() {
    let (split, is_wanted) = splits::splits();
    for (name, link) in STUDIES.into_iter().filter(|(name, _)| is_wanted(name)) {
        for at in 1..=5 {
            let workload = split(at);
            println!("{}", study::run(name, link, at, &workload));
        }
    }
}

#[cfg(target_family = "wasm")]
fn main() {}
