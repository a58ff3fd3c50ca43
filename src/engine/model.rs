//! The trainers and the recommenders that they make: one file per model behind two traits. A model sees only the rows that
//! it is trained on, never what it is measured on.

mod als;
mod average;
mod bias;
mod bpr;
mod content_knn;
mod ease;
mod ials;
mod init;
mod knn;
mod latent;
mod mean;
mod nmf;
mod normalized;
mod overlap;
mod popular;
mod probe;
mod slope_one;
mod svd;

use std::sync::Arc;

use crate::engine::data::{Genres, Interactions, ItemIdx, UserIdx};
use crate::error::Error;
use crate::protocol::Job;
use crate::study::{ModelKind, ModelSpec, Seed};

pub use average::Average;
pub use content_knn::no_genres;
use normalized::{Normalization, Normalized};

/// Trains one model on one set of rows. The caller owns early stopping, progress and cancelling.
pub trait Trainer: Send {
    /// Does at most about `work` units (ratings visited), deterministic and never by time, so that the caller can
    /// yield between calls. Returns at the latest when an epoch ends. The result does not depend on how the work is cut.
    ///
    /// # Errors
    /// [`Error::Diverged`] when a number left the finite range.
    fn advance(&mut self, work: u32) -> Result<Progress, Error>;

    /// The model as trained so far.
    fn model(&self) -> &dyn Recommender;

    /// The average that it trains, if that is what it trains.
    fn as_average(&mut self) -> Option<&mut Average> {
        None
    }
}

/// What a call to [`Trainer::advance`] did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Units of work done.
    pub work: u32,
    /// Set when an epoch ended in this call.
    pub epoch: Option<EpochEnd>,
}

/// The end of an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochEnd {
    /// Its number, from 1.
    pub epoch: u32,
    /// Root mean squared error on the training rows, each as met before its own update; of a model that only ranks, what it
    /// says of itself.
    pub train: f64,
}

impl EpochEnd {
    /// The end of an epoch, unless its numbers left the range.
    fn checked(epoch: u32, train: f64, is_finite: bool) -> Result<Self, Error> {
        // The last update of a number may have left the range without an error that shows it.
        if train.is_finite() && is_finite { Ok(Self { epoch, train }) } else { Err(Error::Diverged { epoch }) }
    }
}

/// A model that is done as soon as it starts; each epoch gives the same.
struct AtOnce {
    model: Box<dyn Recommender>,
    epoch: u32,
    train: f64,
}

impl AtOnce {
    fn new(model: Box<dyn Recommender>, train: f64) -> Self {
        Self { model, epoch: 0, train }
    }
}

impl Trainer for AtOnce {
    fn advance(&mut self, _work: u32) -> Result<Progress, Error> {
        self.epoch += 1;
        Ok(Progress { work: 0, epoch: Some(EpochEnd { epoch: self.epoch, train: self.train }) })
    }

    fn model(&self) -> &dyn Recommender {
        &*self.model
    }
}

/// Predicts ratings, or scores that only rank. Every model predicts every row, falling back to what it knows for an unknown
/// user or item.
pub trait Recommender: Send {
    /// What is known of the training rows without fitting anything.
    fn known(&self) -> &Known;

    /// The unclipped score of an item for a user.
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32;

    /// What a score is as a prediction: clipped to the training ratings' scale; of a model that only ranks, as it is.
    fn as_prediction(&self, score: f32) -> f32 {
        self.known().clip(score)
    }

    /// The predicted rating, or the score of a model that only ranks.
    fn predict(&self, user: UserIdx, item: ItemIdx) -> f32 {
        self.as_prediction(self.score(user, item))
    }

    /// How many items can be recommended: those that there are and, if the model knows something of others, those behind them.
    fn n_offered(&self) -> usize {
        self.known().n_items()
    }

    /// The unclipped scores of all items for a user: `out` has one place per item, or per item that can be recommended.
    fn scores(&self, user: UserIdx, out: &mut [f32]) {
        for (item, score) in (0..).map(ItemIdx).zip(out) {
            *score = self.score(user, item);
        }
    }

    /// The scores of some items for a user, if there is a faster way to the same bits than one by one.
    fn scores_together(&self, _user: UserIdx, _items: &[u32]) -> Option<Vec<f32>> {
        None
    }

    /// The predictions of some items for a user, if there is a faster way to the same bits than one by one, and another than by
    /// [`Self::scores_together`].
    fn predictions_together(&self, _user: UserIdx, _items: &[u32]) -> Option<Vec<f32>> {
        None
    }

    /// The mean of all ratings, and what an item adds to it for everybody, if the model has such biases. A score is their sum
    /// with the user's bias and what the two make of each other.
    fn item_bias(&self, _item: ItemIdx) -> Option<(f64, f64)> {
        None
    }

    /// A user's bias; 0 without biases.
    fn user_bias(&self, _user: UserIdx) -> f64 {
        0.0
    }

    /// A user's factors, if the model has factors.
    fn user_factors(&self, _user: UserIdx) -> Option<Vec<f32>> {
        None
    }

    /// An item's factors, if the model has factors.
    fn item_factors(&self, _item: ItemIdx) -> Option<Vec<f32>> {
        None
    }

    /// What the model makes of a user who was not there in training, from the user's ratings; items stay as they are.
    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_>;
}

/// Not among the trait's own: what a trait does by default is compiled anew for each model.
impl dyn Recommender + '_ {
    /// The unclipped scores of some items for a user.
    #[must_use]
    pub fn scores_of(&self, user: UserIdx, items: &[u32]) -> Vec<f32> {
        let one_by_one = || items.iter().map(|&item| self.score(user, ItemIdx(item))).collect();
        self.scores_together(user, items).unwrap_or_else(one_by_one)
    }

    /// The predictions of some items for a user, as [`Recommender::predict`] has them.
    #[must_use]
    pub fn predictions_of(&self, user: UserIdx, items: &[u32]) -> Vec<f32> {
        self.predictions_together(user, items).unwrap_or_else(|| {
            let mut scores = self.scores_of(user, items);
            scores.iter_mut().for_each(|score| *score = self.as_prediction(*score));
            scores
        })
    }
}

/// A user who was folded into a trained model.
pub trait FoldedUser {
    /// The unclipped scores of all items: `out` has one place per item, or per item that can be recommended.
    fn scores(&self, out: &mut [f32]);

    /// The user's bias; 0 without biases.
    fn bias(&self) -> f64 {
        0.0
    }

    /// What each of the user's own ratings adds to the score of an item, in units of the score and in the order in which
    /// they were given. Together they are the score's distance from that of a user without ratings.
    fn contributions(&self, item: ItemIdx) -> Vec<f64>;
}

/// The share of each contribution in what speaks for an item: those above zero add up to 1, the others have none.
#[must_use]
pub fn shares(contributions: &[f64]) -> Vec<f64> {
    let total: f64 = contributions.iter().filter(|&&part| part > 0.0).sum();
    contributions.iter().map(|&part| if part > 0.0 { part / total } else { 0.0 }).collect()
}

/// Starts training a model; only one of contents asks for the genres of the items.
///
/// The random streams are keyed by `(seed, stream)`, where `stream` is made of fold and replicate and never of a trial's
/// number: equal points give equal results.
///
/// # Errors
/// A model that can not be trained on these rows: there are none, or they are not what it is for.
pub fn start(
    spec: &ModelSpec,
    train: &Arc<Interactions>,
    genres: &Genres,
    seed: Seed,
    stream: u64,
) -> Result<Box<dyn Trainer>, Error> {
    if train.is_empty() {
        return Err(Error::EmptyPart { part: "training".to_owned(), split: "none".to_owned(), rows: 0 });
    }
    let Some(scales) = Normalization::fit(spec.text("normalization"), train) else {
        return start_on(spec, train, genres, seed, stream);
    };
    let inner = start_on(spec, &scales.apply(train), genres, seed, stream)?;
    Ok(Box::new(Normalized::new(inner, scales, train)))
}

/// Starts what a job trains: its model, or the average of its members.
///
/// # Errors
/// As [`start`].
pub fn start_job(
    job: &Job,
    train: &Arc<Interactions>,
    genres: &Genres,
    stream: u64,
) -> Result<Box<dyn Trainer>, Error> {
    if job.members.is_empty() {
        return start(&job.model, train, genres, job.seed, stream);
    }
    Ok(Box::new(Average::new(&job.members, train, genres, job.seed, stream)?))
}

/// Starts training a model on ratings as they are.
fn start_on(
    spec: &ModelSpec,
    train: &Arc<Interactions>,
    genres: &Genres,
    seed: Seed,
    stream: u64,
) -> Result<Box<dyn Trainer>, Error> {
    Ok(match spec.model {
        ModelKind::Mean => Box::new(mean::trainer(train)),
        ModelKind::Bias => Box::new(bias::BiasTrainer::new(spec, train)),
        ModelKind::Svd | ModelKind::Svdpp => Box::new(svd::SvdTrainer::new(spec, train, seed, stream)),
        ModelKind::Nmf => Box::new(nmf::NmfTrainer::new(spec, train, seed, stream)?),
        ModelKind::Als => Box::new(als::AlsTrainer::new(spec, train, seed, stream)),
        ModelKind::ItemKnn | ModelKind::UserKnn => Box::new(knn::KnnTrainer::new(spec, train)),
        ModelKind::SlopeOne => Box::new(slope_one::SlopeOneTrainer::new(train)),
        ModelKind::ContentKnn => Box::new(content_knn::trainer(spec, train, genres)?),
        ModelKind::Popular => Box::new(popular::trainer(train)),
        ModelKind::Ease => Box::new(ease::EaseTrainer::new(spec, train)),
        ModelKind::Ials => Box::new(ials::IalsTrainer::new(spec, train, seed, stream)),
        ModelKind::Bpr => Box::new(bpr::BprTrainer::new(spec, train, seed, stream)),
    })
}

/// About how many bytes training a model takes, so that a study that can not fit is refused before it starts. The copy of
/// the ratings that some models shuffle is left out: it is no larger than the ratings themselves.
#[must_use]
pub fn memory(spec: &ModelSpec, n_users: u32, n_items: u32) -> u64 {
    let scales =
        if matches!(spec.text("normalization"), "" | "none") { 0 } else { normalized::bytes(n_users, n_items) };
    let own = match spec.model {
        ModelKind::Mean => u64::from(n_users) + u64::from(n_items),
        ModelKind::Bias => bias::bytes(n_users, n_items),
        ModelKind::Svd | ModelKind::Svdpp => svd::bytes(spec, n_users, n_items),
        ModelKind::Nmf => nmf::bytes(spec, n_users, n_items),
        ModelKind::Als => als::bytes(spec, n_users, n_items),
        ModelKind::ItemKnn | ModelKind::UserKnn => knn::bytes(spec, n_users, n_items),
        ModelKind::SlopeOne => slope_one::bytes(n_users, n_items),
        ModelKind::ContentKnn => content_knn::bytes(n_users, n_items),
        ModelKind::Popular => popular::bytes(n_users, n_items),
        ModelKind::Ease => ease::bytes(n_users, n_items),
        ModelKind::Ials => ials::bytes(spec, n_users, n_items),
        ModelKind::Bpr => bpr::bytes(spec, n_users, n_items),
    };
    own + scales
}

/// Refuses a model that takes more memory than there is, trained so often at once on so many users and items.
///
/// # Errors
/// A sentence with what it takes and what there is.
pub fn check_memory(
    spec: &ModelSpec,
    (n_users, n_items): (u32, u32),
    copies: u32,
    limit_mib: u64,
) -> Result<(), Error> {
    let needed_mib = memory(spec, n_users, n_items).saturating_mul(copies.into()) >> 20;
    if needed_mib <= limit_mib {
        return Ok(());
    }
    let model = spec.model.name().to_owned();
    Err(match spec.params.get("n_factors") {
        _ if spec.model == ModelKind::Ease => {
            Error::TooLargeSquare { model, side: ease::side(n_users, n_items), needed_mib, limit_mib }
        }
        Some(value) => {
            Error::TooLarge { parameter: "n_factors".to_owned(), value: value.to_string(), needed_mib, limit_mib }
        }
        None => Error::TooLarge { parameter: "model".to_owned(), value: model, needed_mib, limit_mib },
    })
}

/// What every model knows of its training rows without fitting anything.
#[derive(Debug)]
pub struct Known {
    users: Vec<bool>,
    items: Vec<bool>,
    /// Lowest and highest training rating.
    scale: (f32, f32),
}

impl Known {
    fn new(train: &Interactions) -> Self {
        let users = train.user_counts().map(|count| count > 0).collect();
        let items = train.item_counts().into_iter().map(|count| count > 0).collect();
        Self { users, items, scale: train.scale() }
    }

    /// Items that there are, known or not.
    #[must_use]
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// Whether the user has training rows.
    #[must_use]
    pub fn user(&self, user: UserIdx) -> bool {
        self.users[user.at()]
    }

    /// Whether the item has training rows.
    #[must_use]
    pub fn item(&self, item: ItemIdx) -> bool {
        self.items[item.at()]
    }

    /// Clips a score to the training ratings' scale.
    fn clip(&self, score: f32) -> f32 {
        score.clamp(self.scale.0, self.scale.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::interactions::Row;

    /// Interactions of `(user, item, rating)` triples.
    pub(super) fn interactions(n_users: u32, n_items: u32, triples: &[(u32, u32, f32)]) -> Arc<Interactions> {
        let rows: Vec<Row> = triples.iter().map(|&(user, item, rating)| Row { user, item, rating, time: 0 }).collect();
        Arc::new(Interactions::from_rows(n_users, n_items, false, &rows))
    }

    #[test]
    fn what_does_not_fit_is_refused_by_what_decides_about_it() {
        let refused = |kind: ModelKind, copies| {
            check_memory(&kind.with(&[]).unwrap(), (20_000, 40_000), copies, 4_000).unwrap_err()
        };
        assert_eq!(check_memory(&ModelKind::Ease.with(&[]).unwrap(), (20_000, 40_000), 1, 4_000), Ok(()));
        assert!(matches!(refused(ModelKind::Ease, 2), Error::TooLargeSquare { side: 20_000, limit_mib: 4_000, .. }));
        assert!(matches!(refused(ModelKind::Svd, 200), Error::TooLarge { parameter, .. } if parameter == "n_factors"));
        assert!(matches!(refused(ModelKind::SlopeOne, 9), Error::TooLarge { value, .. } if value == "slope-one"));
    }

    #[test]
    fn nothing_is_learned_from_nothing() {
        for model in ModelKind::ALL {
            let spec = model.with(&[]).unwrap();
            let error = start(&spec, &interactions(2, 2, &[]), &Genres::default(), Seed(1), 0).err().unwrap();
            assert_eq!(error.code(), "empty-part");
        }
    }

    #[test]
    fn whatever_the_numbers_a_model_is_finite_or_says_that_it_diverged() {
        let huge = [(0, 0, 3e38), (0, 1, -3e38), (1, 0, -3e38), (1, 1, 3e38), (2, 1, 1.0), (2, 2, 3e38)];
        let genres = Genres::from_sets(vec![1, 3, 2, 2]);
        for model in ModelKind::ALL {
            // Non-negative factors refuse ratings below zero by a sentence of their own.
            let positive = |(user, item, rating): (u32, u32, f32)| (user, item, rating.abs());
            let train = interactions(4, 4, &if model == ModelKind::Nmf { huge.map(positive) } else { huge });
            // The largest steps that the catalog allows, where a model takes steps.
            for settings in [&[][..], &[("learning_rate", 10.0.into())]] {
                let Ok(spec) = model.with(settings) else { continue };
                let trained = start(&spec, &train, &genres, Seed(1), 0).and_then(|mut trainer| {
                    let mut epochs = 0;
                    while epochs < 20 {
                        epochs += u32::from(trainer.advance(u32::MAX)?.epoch.is_some());
                    }
                    Ok(trainer)
                });
                match trained {
                    Ok(trainer) => {
                        let mut scores = [0.0; 4];
                        for user in (0..4).map(UserIdx) {
                            trainer.model().scores(user, &mut scores);
                            assert!(scores.iter().all(|score| !score.is_nan()), "{model:?} {scores:?}");
                        }
                    }
                    Err(error) => assert_eq!(error.code(), "diverged", "{model:?}"),
                }
            }
        }
    }

    #[test]
    fn factors_that_start_alike_stay_alike_and_others_do_not() {
        let train = interactions(3, 3, &[(0, 0, 5.0), (0, 1, 1.0), (1, 0, 4.0), (1, 2, 2.0), (2, 1, 3.0), (2, 2, 5.0)]);
        let mut tried = 0;
        for model in ModelKind::ALL {
            for init in ["constant", "uniform", "gaussian", "xavier"] {
                let Ok(spec) = model.with(&[("init", init.into()), ("n_factors", 3.0.into())]) else { continue };
                let mut trainer = start(&spec, &train, &Genres::default(), Seed(1), 0).unwrap();
                let mut epochs = 0;
                while epochs < 3 {
                    epochs += u32::from(trainer.advance(u32::MAX).unwrap().epoch.is_some());
                }
                let factors = trainer.model().user_factors(UserIdx(0)).unwrap();
                let spread = factors.iter().map(|one| (one - factors[0]).abs()).fold(0.0, f32::max);
                assert_eq!(spread < 1e-5 * factors[0].abs(), init == "constant", "{model:?} {init} {factors:?}");
                tried += 1;
            }
        }
        assert_eq!(tried, 19);
    }

    #[test]
    fn shares_are_of_what_speaks_for_an_item() {
        assert_eq!(shares(&[3.0, -1.0, 1.0]), [0.75, 0.0, 0.25]);
        assert_eq!(shares(&[-1.0, 0.0]), [0.0, 0.0]);
    }

    #[test]
    fn more_factors_take_more_memory() {
        let bytes = |k: f64| memory(&ModelKind::Svd.with(&[("n_factors", k.into())]).unwrap(), 1000, 2000);
        assert!(bytes(100.0) > 3000 * 400 && bytes(200.0) >= bytes(100.0) + 3000 * 400);
    }
}
