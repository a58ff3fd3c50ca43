//! How much sooner more trainers are through, in simulated time: trials whose costs differ by a factor of twenty.

use super::*;

/// From 1 to 20, evenly on the logarithm; baselines are outside of the budget and cost nothing here.
fn cost(job: &Job) -> f64 {
    let rate = job.model.params.get("learning_rate").and_then(crate::study::Value::as_number);
    let Some(rate) = rate.filter(|_| job.model.model == ModelKind::Svd) else { return 0.0 };
    let scattered = rate.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11;
    libm::pow(20.0, scattered as f64 / (1_u64 << 53) as f64)
}

/// Trials that have ended when so much time has gone by.
fn trials_within(time: f64, study: Study, workers: usize) -> usize {
    let mut conductor = Conductor::new(study, data(), Known::new(), &[]).unwrap();
    let mut running: Vec<(f64, Job)> = Vec::new();
    let mut now = 0.0;
    loop {
        while running.len() < workers {
            match conductor.next_job() {
                Some(job) => running.push((now + cost(&job), job)),
                // A proposal takes no time here.
                None if conductor.advance(100_000) => {}
                None => break,
            }
        }
        let first = (0..running.len()).min_by(|&a, &b| running[a].0.total_cmp(&running[b].0));
        let (end, job) = running.swap_remove(first.expect("the budget outlasts the time"));
        if end > time {
            return conductor.records().len();
        }
        now = end;
        conductor.report(Report { job: job.id, seconds: 0.0, outcome: train(&job) });
    }
}

/// By how many times more trials `workers` do than one, over some seeds.
fn speedup(sampler: SamplerKind, workers: usize, lag: u32) -> f64 {
    let sum = |workers| {
        let trials = (1..=4).map(|seed| {
            let study = Study { lag, seed: Seed(seed), ..study(sampler, 1_000) };
            trials_within(150.0, study, workers)
        });
        trials.sum::<usize>() as f64
    };
    sum(workers) / sum(1)
}

#[test]
fn two_trainers_do_almost_twice_the_trials_of_one() {
    for sampler in SamplerKind::ALL {
        // A grid of the default study has 125 points.
        let found = speedup(sampler, 2, Study::default().lag);
        assert!(found >= 1.8, "{sampler:?}: {found:.2}");
    }
}

#[test]
fn with_a_lag_of_four_for_each_more_trainers_are_worth_their_number() {
    for (workers, least) in [(4, 3.5), (8, 6.8)] {
        for sampler in [SamplerKind::Sobol, SamplerKind::Tpe] {
            let found = speedup(sampler, workers, 4 * workers as u32);
            assert!(found >= least, "{sampler:?} with {workers}: {found:.2}");
        }
    }
}
