//! What a run will take, before it starts: time and memory. Time is each model's work, in multiplications, at a pace that is
//! learned from what trainings have taken on the same machine; memory is known from sizes. Nothing of a result depends on
//! this.

use crate::engine::model;
use crate::error::Error;
use crate::protocol::{Forecast, Job, Part, SplitReport};
use crate::study::{MetricSpec, ModelKind, ModelSpace, ModelSpec, Range, Stopping, Study, Value};

/// The data's sizes that work and memory depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Users.
    pub n_users: u32,
    /// Items.
    pub n_items: u32,
    /// Rows of the parts.
    pub split: SplitReport,
}

/// Multiplications a second of one trainer on a usual machine, before anything was measured on this one.
const PACE: f64 = 1e9;

/// Where early stopping may end a training, it does so at about this part of the epochs.
const STOPPED: f64 = 0.4;

/// Under successive halving a trial is trained for this part of its epochs, on average: of nine, all train the first ninth,
/// three the next two and one the rest.
const ON_RUNGS: f64 = (9.0 + 3.0 * 2.0 + 6.0) / 81.0;

/// A user with as many ratings as the mean has fewer pairs of them than users have on average: activity has a long tail.
const TAIL: f64 = 4.0;

/// The places of the ranges that stand for all points of a search.
const PLACES: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];

/// Bytes that a row of the split takes in a trainer, with its index by user and by item.
const ROW_BYTES: u64 = 36;
/// Bytes that it takes in a trainer before anything is trained: in its parts, and in what those were made from.
const SPLIT_ROW_BYTES: u64 = 12;

/// How fast trainings were. What is measured of a model counts for it, all together for those that were not measured.
#[derive(Clone, Debug, Default)]
pub struct Speed {
    /// Expected seconds and seconds taken, by model.
    models: Vec<(ModelKind, f64, f64)>,
}

impl Speed {
    /// A training on the validation part took so long.
    pub fn learn(&mut self, job: &Job, sizes: &Sizes, seconds: f64) {
        let expected = training(&job.model, job.stopping, job.objective, sizes);
        if job.part != Part::Validation || !job.members.is_empty() || seconds <= 0.0 {
            return;
        }
        let model = job.model.model;
        match self.models.iter_mut().find(|known| known.0 == model) {
            Some(known) => (known.1, known.2) = (known.1 + expected, known.2 + seconds),
            None => self.models.push((model, expected, seconds)),
        }
    }

    /// By how much trainings of a model take longer than expected.
    fn factor(&self, model: ModelKind) -> f64 {
        if let Some((_, expected, taken)) = self.models.iter().find(|known| known.0 == model) {
            return taken / expected;
        }
        let (expected, taken) = self.models.iter().fold((0.0, 0.0), |sum, known| (sum.0 + known.1, sum.1 + known.2));
        if expected > 0.0 { taken / expected } else { 1.0 }
    }
}

/// What a study will take with so many trainers, each with a copy of the split.
///
/// # Errors
/// A study whose models can not be made.
pub fn forecast(study: &Study, sizes: &Sizes, trainers: u32, speed: &Speed) -> Result<Forecast, Error> {
    let mut seconds = 0.0;
    let mut bytes = 0;
    for space in &study.models {
        let mut own = 0.0;
        for place in PLACES {
            let spec = at(space, place)?;
            own += training(&spec, study.stopping, study.objective, sizes) * speed.factor(space.model);
        }
        seconds += own / PLACES.len() as f64;
        bytes = bytes.max(model::memory(&largest(space)?, sizes.n_users, sizes.n_items));
    }
    seconds *= f64::from(study.search.trials) / study.models.len().max(1) as f64;
    if study.rung_count() > 1 {
        seconds *= ON_RUNGS;
    }
    let (folds, split, trainers) = (u64::from(sizes.split.folds.max(1)), ROW_BYTES * rows(sizes), trainers.max(1));
    let mib = (u64::from(trainers) * (bytes * folds + split) + split) as f64 / f64::from(1 << 20);
    Ok(Forecast { seconds: seconds / f64::from(trainers.min(study.search.trials.max(1))), mib, trainers })
}

/// About how many bytes a split takes in a trainer before anything is trained.
#[must_use]
pub fn split_bytes(sizes: &Sizes) -> u64 {
    SPLIT_ROW_BYTES * rows(sizes)
}

/// The rows of all parts: each fold holds all but its own twice, to learn from and to be measured on, and the refit all of
/// them once more.
fn rows(sizes: &Sizes) -> u64 {
    let rows = u64::from(sizes.split.train) + u64::from(sizes.split.valid);
    rows * (u64::from(sizes.split.folds.max(1)) + 1) + u64::from(sizes.split.test)
}

/// A model whose searched parameters stand at a place of their ranges, from 0 to 1.
fn at(space: &ModelSpace, place: f64) -> Result<ModelSpec, Error> {
    let values: Vec<(&str, Value)> =
        space.params.iter().map(|param| (param.name.as_str(), param.range.value_at(place))).collect();
    space.model.with(&values)
}

/// The largest model of a space: each parameter at its highest.
///
/// # Errors
/// A space whose model can not be made.
pub fn largest(space: &ModelSpace) -> Result<ModelSpec, Error> {
    let highest = space.params.iter().filter_map(|param| match &param.range {
        Range::Float { high, .. } | Range::Int { high, .. } => Some((param.name.as_str(), (*high).into())),
        Range::Fixed { value } => Some((param.name.as_str(), value.clone())),
        Range::Categorical { choices } => {
            let by_size =
                |a: &&Value, b: &&Value| a.as_number().unwrap_or(0.0).total_cmp(&b.as_number().unwrap_or(0.0));
            choices.iter().max_by(by_size).map(|value| (param.name.as_str(), value.clone()))
        }
    });
    space.model.with(&highest.collect::<Vec<_>>())
}

/// Seconds of a training on a usual machine, over all folds.
fn training(spec: &ModelSpec, stopping: Stopping, objective: MetricSpec, sizes: &Sizes) -> f64 {
    let epochs = match stopping {
        _ if !spec.model.is_iterative() => 1.0,
        Stopping::Fixed { epochs } => f64::from(epochs),
        Stopping::Early { max_epochs, patience } => {
            (STOPPED * f64::from(max_epochs)).max(f64::from(patience.min(max_epochs)))
        }
    };
    let [rows, valid, users, items] =
        [sizes.split.train, sizes.split.valid, sizes.n_users, sizes.n_items].map(f64::from);
    let k = spec.params.get("n_factors").and_then(Value::as_number).unwrap_or(0.0);
    let (once, epoch) = work(spec.model, k, rows, users, items);
    let score = k + 4.0;
    // All items are scored for each user who has something to be found.
    let lists = users.min(valid) * items * score / f64::from(spec.model.list_interval());
    let looks = valid * score + if objective.is_of_lists() { lists } else { 0.0 };
    f64::from(sizes.split.folds.max(1)) * (once + epochs * (epoch + looks)) / PACE
}

/// Multiplications before the first epoch, and in each: by the steps of each trainer, measured on ml-latest-small.
fn work(model: ModelKind, k: f64, rows: f64, users: f64, items: f64) -> (f64, f64) {
    let (solve, overlap) = (k * k * k / 3.0, |owners: f64| TAIL * rows * rows / owners.max(1.0));
    match model {
        ModelKind::Mean | ModelKind::Popular | ModelKind::ContentKnn => (rows, 0.0),
        ModelKind::Bias => (40.0 * rows, 0.0),
        ModelKind::Svd | ModelKind::Bpr => (0.0, rows * (6.0 * k + 20.0)),
        ModelKind::Svdpp => (0.0, rows * (12.0 * k + 20.0)),
        ModelKind::Nmf => (0.0, rows * (8.0 * k + 20.0)),
        ModelKind::Als => (40.0 * rows, rows * k * k + (users + items) * solve),
        ModelKind::Ials => (0.0, rows * k * k + (users + items) * (k * k + solve)),
        ModelKind::ItemKnn | ModelKind::SlopeOne => (2.0 * overlap(users), 0.0),
        ModelKind::UserKnn => (2.0 * overlap(items), 0.0),
        ModelKind::Ease => {
            let side = users.min(items);
            (overlap(users.max(items)) + side * side * side, 0.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes {
        n_users: 610,
        n_items: 9_724,
        split: SplitReport {
            train: 80_668,
            valid: 10_084,
            test: 10_084,
            folds: 1,
            cold_users: 0,
            cold_items: 0,
            uncut_users: 0,
            leaks: 0,
            tied: 0,
            overlap: 0,
        },
    };

    fn of(change: impl FnOnce(&mut Study), trainers: u32) -> Forecast {
        let mut study = Study::default();
        change(&mut study);
        forecast(&study, &SIZES, trainers, &Speed::default()).unwrap()
    }

    #[test]
    fn more_work_takes_longer_and_more_trainers_less() {
        let usual = of(|_| (), 1);
        assert!((0.5..20.0).contains(&usual.seconds), "{usual:?}");
        assert!((usual.seconds / of(|_| (), 4).seconds - 4.0).abs() < 1e-9);
        assert!((of(|study| study.search.trials = 60, 1).seconds / usual.seconds - 2.0).abs() < 1e-9);
        let more = |model| of(move |study| study.models = vec![ModelSpace::starting(model)], 1);
        assert!(more(ModelKind::Svdpp).seconds > usual.seconds && more(ModelKind::Bias).seconds < usual.seconds);
        let halved = of(|study| study.search.scheduler = crate::study::SchedulerKind::Halving, 1);
        assert!(halved.seconds < 0.3 * usual.seconds);
        let lists = of(|study| study.objective = MetricSpec::Ndcg, 1);
        assert!(lists.seconds > 2.0 * usual.seconds);
    }

    #[test]
    fn memory_is_that_of_the_largest_model_in_each_trainer() {
        let (usual, ease) = (of(|_| (), 2), of(|study| study.models = vec![ModelSpace::starting(ModelKind::Ease)], 2));
        assert!(usual.mib > 5.0 && usual.mib < 100.0, "{usual:?}");
        assert!(of(|_| (), 4).mib > 1.5 * usual.mib);
        assert!(ease.mib > usual.mib);
    }

    #[test]
    fn the_pace_is_learned_by_model_and_lent_to_others() {
        let study = Study::default();
        let spec = at(&study.models[0], 0.5).unwrap();
        let expected = training(&spec, study.stopping, study.objective, &SIZES);
        let job = Job::new(spec, study.stopping, study.objective, study.list, Part::Validation, study.seed);
        let mut speed = Speed::default();
        speed.learn(&job, &SIZES, 3.0 * expected);
        let (slow, usual) = (forecast(&study, &SIZES, 1, &speed).unwrap(), of(|_| (), 1));
        assert!((slow.seconds / usual.seconds - 3.0).abs() < 1e-9);
        assert!((speed.factor(ModelKind::Als) - 3.0).abs() < 1e-9);
        // What was known already took no time and says nothing.
        speed.learn(&job, &SIZES, 0.0);
        assert!((speed.factor(ModelKind::Svd) - 3.0).abs() < 1e-9);
    }
}
