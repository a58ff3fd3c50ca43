//! What the page's own lessons claim is true: each of their studies is run as its link says, under twenty seeds, so each on
//! twenty splits of the ratings.

#![cfg(not(target_family = "wasm"))]
#![expect(clippy::unwrap_used, reason = "a test that can not read or run has failed")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rectune::engine::conductor::{Conductor, Known, StudyData};
use rectune::engine::data::{Dataset, sample::Sample};
use rectune::engine::fit::{Fit, Step};
use rectune::engine::split;
use rectune::protocol::{Event, Report, TrialRecord};
use rectune::study::link::{self, LESSONS};
use rectune::study::{ModelKind, Seed, Study};
use rectune::words::Words;

const SEEDS: u64 = 20;

/// What a lesson's study came to.
struct Run {
    /// The error of the mean alone.
    mean: f64,
    /// The error of the tuned averages.
    averages: f64,
    trials: Vec<TrialRecord>,
    /// The errors of the winner and of the averages on the sealed rows, where those were opened.
    test: Option<(f64, f64)>,
}

impl Run {
    fn values(&self) -> impl Iterator<Item = f64> {
        self.trials.iter().filter_map(|trial| trial.value)
    }

    fn best(&self) -> f64 {
        self.values().min_by(f64::total_cmp).unwrap()
    }
}

fn study_of(link: &str) -> Study {
    let decoded = link::decode(link);
    assert_eq!(decoded.problems, [], "{link}");
    decoded.study
}

fn lesson(name: &str) -> Study {
    study_of(LESSONS.iter().find(|(known, _)| *known == name).unwrap().1)
}

/// The other studies that a lesson's text leads to.
fn links_of(name: &str) -> Vec<Study> {
    let table = Words::parse(include_str!("../www/words/lessons.en.txt"));
    let text = table.text(name).to_owned();
    text.split("](").skip(1).map(|rest| study_of(rest.split(')').next().unwrap())).collect()
}

/// Runs studies under all seeds, on two threads; and opens their sealed rows, where that is asked for.
fn under_all_seeds(studies: &[&Study], opens: bool) -> Vec<Vec<Run>> {
    let packed = include_bytes!("../www/data/ml-latest-small.bin");
    let dataset = Sample::named("ml-latest-small").unwrap().unpack(packed).unwrap();
    let next = AtomicU64::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= SEEDS {
                return done;
            }
            let under = |study: &&Study| run(&dataset, &Study { seed: Seed(seed + 1), ..(*study).clone() }, opens);
            done.push(studies.iter().map(under).collect::<Vec<Run>>());
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut all = work();
        all.extend(other.join().unwrap());
        all
    })
}

fn run(dataset: &Dataset, study: &Study, opens: bool) -> Run {
    let (parts, report) = split::split(&dataset.interactions, study.split, study.seed).unwrap();
    let parts = Arc::new(parts);
    let data = StudyData {
        hash: dataset.report.hash.clone(),
        n_users: dataset.interactions.n_users(),
        n_items: dataset.interactions.n_items(),
        split: report,
        memory_limit_mib: 1024,
        openings: 0,
        genres: false,
    };
    let mut conductor = Conductor::new(study.clone(), data, Known::new(), &[]).unwrap();
    let mut run = Run { mean: f64::NAN, averages: f64::NAN, trials: Vec::new(), test: None };
    loop {
        let computing = conductor.advance(1_000_000);
        if let Some(job) = conductor.next_job() {
            let mut fit = Fit::new(&parts, &job).unwrap();
            let outcome = loop {
                if let Step::Ended(outcome) = fit.advance(1_000_000) {
                    break outcome;
                }
            };
            conductor.report(Report { job: job.id, seconds: 0.0, outcome });
        } else if !computing && conductor.is_idle() {
            if !opens || run.test.is_some() {
                return run;
            }
            conductor.open_test().unwrap();
        }
        for event in conductor.take_events() {
            match event {
                Event::BaselineEnded(baseline) => match baseline.model.model {
                    ModelKind::Mean => run.mean = baseline.value,
                    _ => run.averages = baseline.value,
                },
                Event::TrialEnded(trial) => run.trials.push(*trial),
                Event::TestOpened(report) => {
                    let averages = report.baselines.iter().find(|one| one.model.model == ModelKind::Bias).unwrap();
                    let winner = report.figures.get(study.objective).unwrap().value;
                    run.test = Some((winner, averages.test.get(study.objective).unwrap()));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn without_regularisation_training_goes_on_getting_better_and_validation_turns() {
    let study = lesson("overfitting");
    for runs in under_all_seeds(&[&study], false) {
        let mut trials: Vec<&TrialRecord> = runs[0].trials.iter().collect();
        trials.sort_by(|a, b| strength(a).total_cmp(&strength(b)));
        let [without, .., strongest] = trials[..] else { panic!("a range of strengths") };
        assert_eq!(strength(without), 0.0);
        let valid: Vec<f64> = without.curve.iter().filter_map(|point| point.valid).collect();
        let (turn, lowest) = valid.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        let last = valid.last().unwrap();
        // "Within the first twenty epochs", "a tenth worse at the end".
        assert!(turn < 20, "validation turned only in epoch {}", turn + 1);
        assert!(*last > 1.1 * lowest, "{lowest} became only {last}");
        assert!(without.curve.windows(2).all(|pair| pair[1].train < pair[0].train), "training stopped getting better");
        // "The strongest learns its training rows least and predicts others best."
        let train = |trial: &TrialRecord| trial.curve.last().unwrap().train;
        assert!(trials.windows(2).all(|pair| train(pair[0]) < train(pair[1])));
        assert_eq!(strongest.value, Some(runs[0].best()));
    }
}

fn strength(trial: &TrialRecord) -> f64 {
    number(trial, "regularization")
}

/// A searched parameter of a trial.
fn number(trial: &TrialRecord, name: &str) -> f64 {
    trial.params.0.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.as_number()).unwrap()
}

#[test]
fn random_search_mostly_finds_more_than_a_grid_of_two_values() {
    let (grid, random) = (lesson("grid"), links_of("grid").remove(0));
    assert_eq!(grid.search.trials, random.search.trials);
    let runs = under_all_seeds(&[&grid, &random], false);
    for runs in &runs {
        let values = |run: &Run, name: &str| {
            let mut values: Vec<f64> = run.trials.iter().map(|trial| number(trial, name)).collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            values.len()
        };
        for name in ["learning_rate", "regularization", "init_scale"] {
            assert_eq!([values(&runs[0], name), values(&runs[1], name)], [2, 16], "{name}");
        }
    }
    assert_eq!(runs.iter().filter(|runs| runs[1].best() < runs[0].best()).count(), 16);
}

#[test]
fn averages_are_hard_to_beat() {
    let study = lesson("averages");
    let runs = under_all_seeds(&[&study], false);
    for run in runs.iter().flatten() {
        // "About a sixth" of the mean's error, which is more than a star.
        assert!(run.mean > 1.0);
        let taken = 1.0 - run.averages / run.mean;
        assert!((0.15..0.19).contains(&taken), "averages take away {taken}");
        // "One or two per cent", as one says .9 or 2.0.
        let gain = 100.0 * (1.0 - run.best() / run.averages);
        assert!([1.0, 2.0].contains(&gain.round()), "factors add {gain} per cent");
    }
    let lost = |run: &Run| run.values().any(|value| value > run.averages);
    assert_eq!(runs.iter().flatten().filter(|run| lost(run)).count(), 18);
}

#[test]
fn learning_from_results_mostly_finds_more_than_chance() {
    let (learning, random) = (lesson("bayes"), links_of("bayes").remove(0));
    assert_eq!((learning.search.trials, random.search.trials), (24, 24));
    let ranges = |study: &Study| study.models.clone();
    assert_eq!(ranges(&learning), ranges(&random));
    let runs = under_all_seeds(&[&learning, &random], false);
    assert_eq!(runs.iter().filter(|runs| runs[0].best() < runs[1].best()).count(), 18);
    let early = |run: &Run| {
        let first = run.trials.iter().filter(|trial| trial.number < 14);
        first.filter_map(|trial| trial.value).min_by(f64::total_cmp).unwrap()
    };
    assert_eq!(runs.iter().filter(|runs| early(&runs[0]) < runs[1].best()).count(), 11);
}

#[test]
fn the_figure_that_a_winner_was_chosen_by_flatters_it() {
    let study = lesson("sealed");
    let runs = under_all_seeds(&[&study], true);
    let leads: Vec<(f64, f64)> = runs
        .iter()
        .map(|runs| {
            let run = &runs[0];
            let (winner, averages) = run.test.unwrap();
            (run.averages - run.best(), averages - winner)
        })
        .collect();
    // "Under fifteen of twenty seeds", "on average less than a third of it".
    assert_eq!(leads.iter().filter(|(chosen, sealed)| sealed < chosen).count(), 15);
    let mean = |one: fn(&(f64, f64)) -> f64| leads.iter().map(one).sum::<f64>() / leads.len() as f64;
    let (chosen, sealed) = (mean(|lead| lead.0), mean(|lead| lead.1));
    assert!(sealed > 0.0 && sealed < chosen / 3.0, "{chosen} became {sealed}");
}
