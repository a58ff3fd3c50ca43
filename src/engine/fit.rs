//! One job from start to end: trains on each fold, measures after each epoch, stops early. Pure and sliced: the caller
//! decides how much is done at a time, and the result does not depend on it.
//!
//! Folds go through the epochs in step, so that a trial has one epoch count: the one at which the objective over all
//! folds' rows is best.
//!
//! Ranking all candidates of all users takes longer than an epoch of most models. So lists are judged where they are the
//! objective, at each epoch or at every few of them ([`crate::study::ModelKind::list_interval`]); and else once, at the end
//! of a training whose epoch count is fixed beforehand, as that of every refit is.
//!
//! A fit that ended may go on to a later epoch, to what it would have come to at once.

mod checkpoints;
mod choice;

use std::sync::Arc;

pub use checkpoints::{Checkpoints, leads};
use rand::Rng as _;

use self::choice::Choice;
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::metric::{Ranker, RatingJudge, Sums};
use crate::engine::model::{self, Trainer};
use crate::engine::random::Purpose;
use crate::engine::split::{Split, plan};
use crate::error::Error;
use crate::protocol::{CurvePoint, Fallback, FitReport, Job, ListCounts, Metrics, Outcome, Part, UserSums};
use crate::study::{MetricSpec, Stopping};

/// What a call to [`Fit::advance`] came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// There is more to do.
    Working,
    /// An epoch ended; there is more to do.
    Epoch(CurvePoint),
    /// The fit ended. It must not be advanced again, unless it goes on to another job: [`Fit::go_on`].
    Ended(Outcome),
}

/// A fit under way.
pub struct Fit {
    job: Job,
    folds: Vec<Fold>,
    /// Where the next slice goes on.
    stage: Stage,
    sums: Sums,
    /// A place for each item's score.
    scores: Vec<f32>,
    epoch: u32,
    curve: Vec<CurvePoint>,
    best: Option<Best>,
    /// Where an average is chosen among the job's members.
    choice: Option<Choice>,
}

struct Fold {
    trainer: Box<dyn Trainer>,
    train: Arc<Interactions>,
    /// The rows that are measured.
    measured: Arc<Interactions>,
    /// Whether those are held out: without a held-out part the training rows are measured, "fit, not prediction".
    held_out: bool,
    judge: RatingJudge,
    /// Where lists are judged.
    ranker: Option<Ranker>,
    /// What the trainer says of its training rows in the epoch.
    train_error: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Train { fold: usize },
    Choose { fold: usize, user: u32 },
    Measure { fold: usize, user: u32 },
}

#[derive(Clone)]
struct Best {
    epoch: u32,
    metrics: Metrics,
    value: f64,
    users: UserSums,
    lists: ListCounts,
}

/// Items that are scored and placed in the time of one visited rating, about.
const SCORED_PER_UNIT: u32 = 4;

/// The highest stream index of a fold; the refit on training and validation rows is not a fold and has its own.
pub(super) const REFIT_STREAM: u64 = 0xffff_ffff;

impl std::fmt::Debug for Fit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fit").field("job", &self.job).field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl Fit {
    /// Prepares a job.
    ///
    /// # Errors
    /// A model that can not be trained on these rows, or a test part that does not exist.
    pub fn new(split: &Split, job: &Job) -> Result<Self, Error> {
        let again = job.cut.map(|cut| plan(&split.refit, cut.split, cut.seed).map(|plan| plan.parts())).transpose()?;
        let parts: Vec<(u64, &Arc<Interactions>, &Arc<Interactions>)> = match job.part {
            Part::Validation => (0..)
                .zip(&again.as_ref().unwrap_or(split).folds)
                .map(|(at, fold)| (at, &fold.train, &fold.valid))
                .collect(),
            Part::Test => vec![(REFIT_STREAM, &split.refit, &split.test)],
        };
        let replicate = u64::from(job.replicate) << 32;
        let ties = job.seed.stream(Purpose::Ties, 0).next_u64();
        let folds = parts.into_iter().map(|(stream, train, held_out)| {
            Ok(Fold {
                trainer: model::start_job(job, train, &split.genres, replicate | stream)?,
                train: Arc::clone(train),
                measured: Arc::clone(if held_out.is_empty() { train } else { held_out }),
                held_out: !held_out.is_empty(),
                judge: RatingJudge::new(train, job.list),
                ranker: is_ranked(job).then(|| Ranker::new(train, job.list, &split.genres, ties)),
                train_error: 0.0,
            })
        });
        let folds: Vec<Fold> = folds.collect::<Result<_, Error>>()?;
        let (n_users, n_items) = (split.refit.n_users(), split.refit.n_items());
        let mut metrics = if job.predicts_ratings() { folds[0].judge.metrics() } else { Vec::new() };
        if is_ranked(job) {
            metrics.extend(Ranker::metrics(&split.genres));
        }
        let choice = || Choice::new(job.objective, job.choose, job.members.len(), (n_users, n_items), folds.len());
        Ok(Self {
            job: job.clone(),
            choice: (job.choose > 0).then(choice),
            folds,
            stage: Stage::Train { fold: 0 },
            sums: Sums::new(n_users, n_items, &metrics),
            scores: vec![0.0; if is_ranked(job) { n_items as usize } else { 0 }],
            epoch: 0,
            curve: Vec::new(),
            best: None,
        })
    }

    /// The first fold's model as trained so far.
    #[must_use]
    pub fn model(&self) -> &dyn model::Recommender {
        self.folds[0].trainer.model()
    }

    /// Each fold's model as trained so far, and the rows that it is measured on.
    pub fn measured(&self) -> impl Iterator<Item = (&dyn model::Recommender, &Interactions)> {
        self.folds.iter().map(|fold| (fold.trainer.model(), &*fold.measured))
    }

    /// Whether this fit, once it has ended, is the beginning of a job: the same training to a later epoch.
    #[must_use]
    pub fn leads_to(&self, job: &Job) -> bool {
        leads(&self.job, job) && !self.is_impatient()
    }

    /// Goes on to a job that it leads to.
    pub fn go_on(&mut self, job: &Job) {
        self.job = job.clone();
    }

    /// Whether it is worth keeping once it has ended with a result.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.job.keep
    }

    /// About how many bytes it holds beside the split.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let train = &self.folds[0].train;
        model::memory(&self.job.model, train.n_users(), train.n_items()).saturating_mul(self.folds.len() as u64)
    }

    /// Does at most about `work` units (rows visited or measured).
    pub fn advance(&mut self, work: u32) -> Step {
        match self.try_advance(work) {
            Ok(step) => step,
            Err(error) => Step::Ended(Outcome::Failed { error }),
        }
    }

    fn try_advance(&mut self, work: u32) -> Result<Step, Error> {
        let mut left = work.max(1);
        while left > 0 {
            let done = match self.stage {
                Stage::Train { fold } => self.train(fold, left)?,
                Stage::Choose { fold, user } => self.choose(fold, user, left),
                Stage::Measure { fold, user } => {
                    let done = self.measure(fold, user, left);
                    if self.stage == (Stage::Train { fold: 0 }) {
                        return self.end_epoch();
                    }
                    done
                }
            };
            left = left.saturating_sub(done.max(1));
        }
        Ok(Step::Working)
    }

    fn train(&mut self, at: usize, work: u32) -> Result<u32, Error> {
        let progress = self.folds[at].trainer.advance(work)?;
        if let Some(end) = progress.epoch {
            self.folds[at].train_error = end.train;
            self.epoch = end.epoch;
            let last = at + 1 == self.folds.len();
            self.stage = match &self.choice {
                _ if !last => Stage::Train { fold: at + 1 },
                Some(_) => Stage::Choose { fold: 0, user: 0 },
                None => Stage::Measure { fold: 0, user: 0 },
            };
        }
        Ok(progress.work)
    }

    /// Tries the members of an average on whole users from `user` on; when the last fold is through, one is taken.
    fn choose(&mut self, at: usize, mut user: u32, work: u32) -> u32 {
        let Some(choice) = &mut self.choice else { return 0 };
        let fold = &mut self.folds[at];
        let n_users = fold.measured.n_users();
        let mut done = 0;
        while user < n_users && done < work {
            done = done.saturating_add(choice.try_user(at, fold, UserIdx(user)));
            user += 1;
        }
        let last = at + 1 == self.folds.len();
        self.stage = match user < n_users {
            true => Stage::Choose { fold: at, user },
            false if !last => Stage::Choose { fold: at + 1, user: 0 },
            false => {
                choice.take();
                if choice.is_open() {
                    Stage::Choose { fold: 0, user: 0 }
                } else {
                    self.folds.iter_mut().for_each(|fold| fold.weigh(choice.weights()));
                    Stage::Measure { fold: 0, user: 0 }
                }
            }
        };
        done
    }

    /// Measures whole users from `user` on; when the last fold is through, the stage is training again.
    fn measure(&mut self, at: usize, mut user: u32, work: u32) -> u32 {
        let n_users = if self.is_looked_at() { self.folds[at].measured.n_users() } else { 0 };
        let mut done = 0;
        while user < n_users && done < work {
            done += self.measure_user(at, UserIdx(user));
            user += 1;
        }
        self.stage = if user < n_users {
            Stage::Measure { fold: at, user }
        } else if at + 1 < self.folds.len() {
            Stage::Measure { fold: at + 1, user: 0 }
        } else {
            Stage::Train { fold: 0 }
        };
        done
    }

    /// Judges the predictions and the list of a user; the work done.
    fn measure_user(&mut self, at: usize, user: UserIdx) -> u32 {
        let is_ranked = self.is_ranked_now();
        let fold = &mut self.folds[at];
        let model = fold.trainer.model();
        let (items, ratings) = fold.measured.user(user);
        let rows = u32::try_from(items.len()).unwrap_or(u32::MAX - 1);
        self.sums.add_rows(user, rows);
        if self.job.predicts_ratings() {
            fold.judge.judge(user, ratings, &model.predictions_of(user, items), &mut self.sums);
        }
        // Looking at a user without rows is work too.
        let mut done = 1 + rows;
        if let Some(ranker) = fold.ranker.as_mut().filter(|_| is_ranked && rows > 0 && fold.held_out) {
            model.scores(user, &mut self.scores);
            ranker.rank(user, &self.scores, fold.train.user(user).0, (items, ratings), &mut self.sums);
            done += fold.train.n_items() / SCORED_PER_UNIT;
        }
        done
    }

    /// Epochs from one look to the next.
    fn interval(&self) -> u32 {
        self.job.model.model.look_interval(self.job.objective)
    }

    /// Whether anything is measured after this epoch.
    fn is_looked_at(&self) -> bool {
        // The sealed test rows are met once, at the end: a curve on them would be a look at them.
        let in_between = self.job.part == Part::Validation && self.epoch.is_multiple_of(self.interval());
        in_between || self.epoch >= self.last_epoch()
    }

    /// Whether lists are judged after this epoch, if anything is.
    fn is_ranked_now(&self) -> bool {
        self.job.objective.is_of_lists() || (is_ranked(&self.job) && self.epoch >= self.last_epoch())
    }

    /// The last epoch that may be trained.
    fn last_epoch(&self) -> u32 {
        if self.job.model.model.is_iterative() { self.job.stopping.max_epochs() } else { 1 }
    }

    fn end_epoch(&mut self) -> Result<Step, Error> {
        let metrics = self.sums.metrics();
        let value = metrics.get(self.job.objective);
        if value.is_some_and(|value| !value.is_finite()) {
            return Err(Error::Diverged { epoch: self.epoch });
        }
        if value.is_none() && self.is_looked_at() {
            return Err(Error::NothingRelevant { left_out: self.sums.list_counts().left_out });
        }
        let folds = self.folds.len() as f64;
        let train = (self.folds.iter().map(|fold| fold.train_error * fold.train_error).sum::<f64>() / folds).sqrt();
        let held_out = self.folds.iter().all(|fold| fold.held_out);
        let point = CurvePoint { epoch: self.epoch, train, valid: value.filter(|_| held_out) };
        self.curve.push(point);
        if let Some(value) = value {
            self.keep_if_best(value, metrics);
        }
        self.sums.clear();
        Ok(if self.is_over() { Step::Ended(Outcome::Done(self.report())) } else { Step::Epoch(point) })
    }

    /// Keeps the epoch if it is the best so far, or if its count is fixed and it is the last so far.
    fn keep_if_best(&mut self, value: f64, metrics: Metrics) {
        let (objective, part) = (self.job.objective, self.job.part);
        let fixed = matches!(self.job.stopping, Stopping::Fixed { .. });
        if !fixed && self.best.as_ref().is_some_and(|best| objective.loss(value) >= objective.loss(best.value)) {
            return;
        }
        // Errors are small and always wanted; of ten sums for each list only the objective's is worth its memory.
        let is_kept = |metric: MetricSpec| match part {
            _ if self.job.all_sums => true,
            Part::Test => true,
            Part::Validation if objective.is_of_lists() => metric == objective,
            Part::Validation => matches!(metric, MetricSpec::Rmse | MetricSpec::Mae),
        };
        let (users, lists) = (self.sums.by_user(is_kept), self.sums.list_counts());
        self.best = Some(Best { epoch: self.epoch, metrics, value, users, lists });
    }

    fn is_over(&self) -> bool {
        self.is_impatient() || self.epoch >= self.last_epoch()
    }

    fn is_impatient(&self) -> bool {
        // Where lists are judged every few epochs, patience counts these looks.
        let waited = self.best.as_ref().map_or(0, |best| (self.epoch - best.epoch) / self.interval());
        self.job.stopping.is_impatient(waited)
    }

    fn report(&self) -> FitReport {
        let fallback = self.fallback();
        let best = self.best.clone().expect("the last epoch was measured");
        FitReport {
            epochs: best.epoch,
            value: best.value,
            metrics: best.metrics,
            curve: self.curve.clone(),
            users: best.users,
            fallback,
            lists: best.lists,
            chosen: self.choice.as_ref().map_or_else(Vec::new, |choice| choice.taken().to_vec()),
        }
    }

    /// Counts the measured rows whose user or item had no training row in their fold.
    fn fallback(&self) -> Fallback {
        let first = &self.folds[0].measured;
        let (mut users, mut items) = (vec![false; first.n_users() as usize], vec![false; first.n_items() as usize]);
        let mut rows = 0;
        for fold in &self.folds {
            let known = fold.trainer.model().known();
            for row in fold.measured.rows() {
                let new_user = !known.user(UserIdx(row.user));
                let new_item = !known.item(ItemIdx(row.item));
                users[row.user as usize] |= new_user;
                items[row.item as usize] |= new_item;
                rows += u32::from(new_user || new_item);
            }
        }
        let count = |flags: &[bool]| u32::try_from(flags.iter().filter(|flag| **flag).count()).unwrap_or(u32::MAX);
        Fallback { rows, users: count(&users), items: count(&items) }
    }
}

/// Whether a job's lists are judged at all.
fn is_ranked(job: &Job) -> bool {
    job.objective.is_of_lists() || matches!(job.stopping, Stopping::Fixed { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::generate;
    use crate::engine::split::split;
    use crate::protocol::{Cut, Member};
    use crate::study::{ListSpec, ModelKind, Seed, SplitSpec, SyntheticSpec, Value};

    pub(super) fn parts(text: &str) -> Split {
        let spec = SyntheticSpec { users: 60, items: 50, ratings: 900, ..SyntheticSpec::default() };
        let (data, _) = generate::generate(&spec).unwrap();
        split(&data.interactions, SplitSpec::parse(text).unwrap(), Seed(3)).unwrap().0
    }

    pub(super) fn job(model: ModelKind, objective: MetricSpec, stopping: Stopping) -> Job {
        let settings: &[(&str, Value)] =
            if model.parameter("n_factors").is_ok() { &[("n_factors", 4.0.into())] } else { &[] };
        Job {
            id: 1,
            ..Job::new(
                model.with(settings).unwrap(),
                stopping,
                objective,
                ListSpec::default(),
                Part::Validation,
                Seed(3),
            )
        }
    }

    fn run(split: &Split, job: &Job, work: u32) -> Result<FitReport, Error> {
        let mut fit = Fit::new(split, job).unwrap();
        loop {
            match fit.advance(work) {
                Step::Ended(Outcome::Done(report)) => return Ok(report),
                Step::Ended(Outcome::Failed { error }) => return Err(error),
                Step::Working | Step::Epoch(_) => {}
            }
        }
    }

    const EARLY: Stopping = Stopping::Early { max_epochs: 40, patience: 2 };

    #[test]
    fn lists_are_the_same_however_the_work_is_cut() {
        let split = parts("kfold:3,0.1");
        for model in [ModelKind::Popular, ModelKind::Svd, ModelKind::Ease, ModelKind::Ials, ModelKind::Bpr] {
            let job = job(model, MetricSpec::Ndcg, EARLY);
            let whole = run(&split, &job, u32::MAX).unwrap();
            assert_eq!(whole, run(&split, &job, 1).unwrap());
            assert_eq!(whole.metrics.get(MetricSpec::Ndcg), Some(whole.value));
            assert_eq!(whole.metrics.get(MetricSpec::Rmse).is_some(), model.predicts_ratings());
            assert_eq!(whole.lists.judged, whole.users.lists.iter().sum::<u32>());
        }
    }

    #[test]
    fn the_epoch_with_the_best_list_counts() {
        let split = parts("random:0.2,0.2");
        let report = run(&split, &job(ModelKind::Svd, MetricSpec::Recall, EARLY), 1000).unwrap();
        let looked: Vec<&CurvePoint> = report.curve.iter().filter(|point| point.valid.is_some()).collect();
        assert!(looked.iter().all(|point| point.epoch % 5 == 0 && point.valid.unwrap() <= report.value));
        assert_eq!(report.epochs % 5, 0);
        // Two looks without a better one.
        assert_eq!(report.curve.len() as u32, report.epochs + 10);
        assert_eq!(report.users.columns.len(), 1);
    }

    #[test]
    fn lists_of_rating_models_are_judged_once_at_the_end_of_a_fixed_count() {
        let split = parts("random:0.2,0.2");
        let early = run(&split, &job(ModelKind::Svd, MetricSpec::Rmse, EARLY), 1000).unwrap();
        assert_eq!(early.metrics.get(MetricSpec::Ndcg), None);
        let count = Stopping::Fixed { epochs: early.epochs };
        let fixed = run(&split, &job(ModelKind::Svd, MetricSpec::Rmse, count), 1000).unwrap();
        assert_eq!((fixed.value, fixed.epochs), (early.value, early.epochs));
        assert!(fixed.metrics.get(MetricSpec::Ndcg).is_some_and(|value| value > 0.0));
        let mut refit = job(ModelKind::Svd, MetricSpec::Rmse, count);
        refit.part = Part::Test;
        let refit = run(&split, &refit, 1000).unwrap();
        assert!(refit.curve.iter().all(|point| point.valid.is_none() || point.epoch == early.epochs));
        assert!(refit.users.of(MetricSpec::Map).is_some() && refit.users.of(MetricSpec::Exact).is_some());
    }

    #[test]
    fn a_fit_that_goes_on_comes_to_what_it_would_have_come_to_at_once() {
        let split = parts("kfold:3,0.1");
        let all = |most| Stopping::Early { max_epochs: most, patience: 40 };
        let iterative = ModelKind::ALL.into_iter().filter(|model| model.is_iterative());
        for (at, model) in iterative.enumerate() {
            let objective = match model.predicts_ratings() {
                false => MetricSpec::Ndcg,
                true if at % 2 == 0 => MetricSpec::Rmse,
                true => MetricSpec::Mae,
            };
            let first = job(model, objective, all(10));
            let then = job(model, objective, all(30));
            let mut fit = Fit::new(&split, &first).unwrap();
            assert!(!fit.leads_to(&first));
            let end = |fit: &mut Fit| loop {
                match fit.advance(700) {
                    Step::Ended(Outcome::Done(report)) => return report,
                    Step::Ended(Outcome::Failed { error }) => panic!("{error}"),
                    Step::Working | Step::Epoch(_) => {}
                }
            };
            assert_eq!(end(&mut fit), run(&split, &first, 1000).unwrap());
            assert!(fit.leads_to(&then) && !fit.leads_to(&Job { seed: Seed(4), ..then.clone() }));
            fit.go_on(&then);
            assert_eq!(end(&mut fit), run(&split, &then, 1000).unwrap());
        }
    }

    #[test]
    fn an_average_of_one_is_its_trial_and_of_several_is_measured_like_a_model() {
        let split = parts("kfold:3,0.1");
        let alone = run(&split, &job(ModelKind::Svd, MetricSpec::Rmse, EARLY), 1000).unwrap();
        let member = |model: ModelKind, epochs| member(model, epochs, 1);
        let once = Stopping::Fixed { epochs: 1 };
        let average = |members: &[Member], objective, work| {
            let first = members[0].model.model;
            run(&split, &Job { members: members.to_vec(), ..job(first, objective, once) }, work).unwrap()
        };
        let svd = member(ModelKind::Svd, alone.epochs);
        let one = average(std::slice::from_ref(&svd), MetricSpec::Rmse, 777);
        assert_eq!((one.value, one.epochs), (alone.value, 1));
        let both = [svd.clone(), member(ModelKind::Bias, 1)];
        let two = average(&both, MetricSpec::Rmse, 777);
        assert_eq!(two, average(&both, MetricSpec::Rmse, u32::MAX));
        // Squares are convex: the mean of two predictions is no worse than the worse of them.
        let bias = run(&split, &job(ModelKind::Bias, MetricSpec::Rmse, EARLY), 1000).unwrap();
        assert!(two.value < bias.value.max(alone.value));
        // A model that only ranks takes the ratings with it.
        let mixed = average(&[svd, member(ModelKind::Popular, 1)], MetricSpec::Ndcg, 1000);
        assert!(mixed.metrics.get(MetricSpec::Rmse).is_none() && mixed.value > 0.0);
    }

    #[test]
    fn another_cut_deals_the_rows_anew_and_leaves_the_test_part_shut() {
        let split = parts("kfold:3,0.1");
        let own = job(ModelKind::Bias, MetricSpec::Rmse, EARLY);
        let again = |seed| Job {
            cut: Some(Cut { split: SplitSpec::parse("kfold:3").unwrap(), seed: Seed(seed) }),
            ..own.clone()
        };
        let [here, one, other] = [own.clone(), again(7), again(8)].map(|job| run(&split, &job, 500).unwrap());
        // Each row that is not test is measured once, whatever the cut.
        assert_eq!((&one.users.user, &one.users.rows), (&here.users.user, &here.users.rows));
        assert!(one.value != here.value && one.value != other.value);
        assert_eq!(one, run(&split, &again(7), u32::MAX).unwrap());
        let sealed = Split { test: Arc::new(Interactions::from_rows(60, 50, false, &[])), ..parts("kfold:3,0.1") };
        assert_eq!(one, run(&sealed, &again(7), 500).unwrap());
    }

    fn member(model: ModelKind, epochs: u32, weight: u32) -> Member {
        Member { model: job(model, MetricSpec::Rmse, EARLY).model, epochs, weight }
    }

    #[test]
    fn an_average_takes_whoever_makes_it_better_on_held_out_rows_and_counts_it_as_often() {
        let split = parts("kfold:3,0.1");
        let once = Stopping::Fixed { epochs: 1 };
        let average = |members: Vec<Member>, objective, choose, work| {
            let first = job(members[0].model.model, objective, once);
            run(&split, &Job { members, choose, ..first }, work).unwrap()
        };
        for (objective, models) in [
            (MetricSpec::Rmse, [ModelKind::Mean, ModelKind::Svd, ModelKind::SlopeOne]),
            (MetricSpec::Ndcg, [ModelKind::Bias, ModelKind::Popular, ModelKind::Ease]),
        ] {
            let members = models.map(|model| member(model, 9, 1)).to_vec();
            let chosen = average(members.clone(), objective, 4, 300);
            assert_eq!(chosen, average(members.clone(), objective, 4, u32::MAX));
            // By hand: every candidate once more, each measured as an average of its own.
            let mut weights = [0_u32; 3];
            for taken in &chosen.chosen {
                let with = |at: usize| {
                    let mut with = weights;
                    with[at] += 1;
                    let members = models.iter().zip(with).filter(|(_, weight)| *weight > 0);
                    let members = members.map(|(model, weight)| member(*model, 9, weight)).collect();
                    objective.loss(average(members, objective, 0, u32::MAX).value)
                };
                let losses = [0, 1, 2].map(with);
                assert!(losses.iter().all(|loss| losses[*taken as usize] <= loss + 1e-7), "{taken} {losses:?}");
                weights[*taken as usize] += 1;
            }
            let again = models.iter().zip(weights).filter(|(_, weight)| *weight > 0);
            let again = average(again.map(|(model, weight)| member(*model, 9, weight)).collect(), objective, 0, 300);
            assert_eq!((again.value, &again.metrics), (chosen.value, &chosen.metrics));
            assert_eq!((weights.iter().sum::<u32>(), again.chosen.len()), (4, 0));
        }
    }

    #[test]
    fn without_anything_relevant_there_is_a_sentence() {
        let split = parts("random:0.2,0.2");
        let mut nothing = job(ModelKind::Popular, MetricSpec::Ndcg, EARLY);
        nothing.list.threshold = Some(99.0);
        assert_eq!(run(&split, &nothing, 1000).unwrap_err().code(), "nothing-relevant");
    }
}
