//! Scales by hand, and what a model on another scale says.

use super::super::tests::interactions;
use super::super::{Trainer, start};
use super::*;
use crate::engine::data::Genres;
use crate::study::{ModelKind, ModelSpec, Seed, Value};

const NAMES: [&str; 4] = ["min-max", "user-mean", "item-mean", "z-score"];

/// User 3 and item 3 have no training rows.
const RATINGS: &[(u32, u32, f32)] =
    &[(0, 0, 5.0), (0, 1, 3.0), (0, 2, 4.0), (1, 0, 2.0), (1, 2, 4.0), (2, 1, 3.0), (2, 2, 3.0)];

fn trained(spec: &ModelSpec, epochs: u32) -> Box<dyn Trainer> {
    let mut trainer = start(spec, &interactions(4, 4, RATINGS), &Genres::default(), Seed(1), 0).unwrap();
    (0..epochs).for_each(|_| while trainer.advance(3).unwrap().epoch.is_none() {});
    trainer
}

fn spec(model: ModelKind, name: &str, more: &[(&str, Value)]) -> ModelSpec {
    model.with(&[&[("normalization", name.into())], more].concat()).unwrap()
}

#[test]
fn scales_by_hand() {
    let train = interactions(4, 4, RATINGS);
    let fit = |name| Normalization::fit(name, &train).unwrap();
    assert_eq!(Normalization::fit("none", &train), None);
    assert_eq!(
        fit("min-max").apply(&train).ratings(),
        [1.0, 1.0 / 3.0, 2.0 / 3.0, 0.0, 2.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]
    );
    assert_eq!(fit("user-mean").apply(&train).ratings(), [1.0, -1.0, 0.0, -1.0, 1.0, 0.0, 0.0]);
    assert_eq!(fit("item-mean").apply(&train).ratings()[..5], [1.5, 0.0, 1.0 / 3.0, -1.5, 1.0 / 3.0]);
    let z = fit("z-score");
    // User 0: mean 4, deviation sqrt(2 / 3).
    assert_eq!(z.apply(&train).ratings()[..3], [1.5_f32.sqrt(), -1.5_f32.sqrt(), 0.0]);
    // User 2 rates everything alike, and user 3 nothing: they have the deviation of all, whose mean is 24 / 7.
    let (mean, all) = (24.0_f64 / 7.0, (88.0 / 7.0 - (24.0_f64 / 7.0) * (24.0 / 7.0)).sqrt());
    assert_eq!(z.of_user(UserIdx(2)).shift, 3.0);
    for user in [2, 3] {
        assert!((z.of_user(UserIdx(user)).spread - all).abs() < 1e-12);
    }
    assert_eq!(z.of_user(UserIdx(3)).shift, mean);
    assert_eq!(fit("item-mean").of_item(ItemIdx(3)), Scale { shift: mean, spread: 1.0 });
}

/// Neighbours of users around the users' means, as Resnick et al. (1994) have them: damping leaves nothing of the biases.
#[test]
fn centred_neighbours_by_hand() {
    let damping = [("damping", 10_000.0.into()), ("similarity", "msd".into()), ("shrinkage", 0.0.into())];
    let trainer = trained(&spec(ModelKind::UserKnn, "user-mean", &damping), 1);
    // Of user 1 on item 1. Centred, user 0 has (1, -1, 0), user 1 (-1, ., 1), user 2 (., 0, 0). In common with user 0:
    // squared differences 4 and 1, so 1 / (1 + 2.5); with user 2: 1, so 1 / (1 + 1).
    let (a, b) = (1.0 / 3.5, 1.0 / 2.0);
    let expected = 3.0 + -a / (a + b);
    let score = trainer.model().score(UserIdx(1), ItemIdx(1));
    assert!((f64::from(score) - expected).abs() < 1e-3, "{score} {expected}");
}

#[test]
fn predictions_and_errors_are_on_the_scale_of_the_ratings() {
    for name in NAMES {
        let own = [("n_factors", 3.0.into()), ("learning_rate", 0.05.into()), ("regularization", 0.0.into())];
        let mut trainer = trained(&spec(ModelKind::Svd, name, &own), 1500);
        let end = loop {
            if let Some(end) = trainer.advance(100).unwrap().epoch {
                break end;
            }
        };
        assert!(end.train < 0.1, "{name}: {}", end.train);
        let model = trainer.model();
        for &(user, item, rating) in RATINGS {
            let predicted = model.predict(UserIdx(user), ItemIdx(item));
            assert!((predicted - rating).abs() < 0.2, "{name}: {predicted} for {rating}");
        }
        // Clipped to the scale of the ratings, also for the unknown.
        let unknown = model.predict(UserIdx(3), ItemIdx(3));
        assert!((2.0..=5.0).contains(&unknown), "{name}: {unknown}");
        let mut scores = [0.0; 4];
        model.scores(UserIdx(1), &mut scores);
        assert_eq!(scores[1], model.score(UserIdx(1), ItemIdx(1)));
        assert_eq!(model.scores_of(UserIdx(1), &[2, 1]), [scores[2], scores[1]]);
    }
}

#[test]
fn what_each_rating_adds_is_the_distance_from_a_person_without_ratings() {
    let own: [(ItemIdx, f32); 3] = [(ItemIdx(2), 5.0), (ItemIdx(0), 2.0), (ItemIdx(1), 4.0)];
    for name in NAMES {
        for (model, more) in [
            (ModelKind::Svd, &[("n_factors", Value::from(2.0))][..]),
            (ModelKind::Als, &[("n_factors", Value::from(2.0))][..]),
        ] {
            let trainer = trained(&spec(model, name, more), 20);
            let scores = |ratings: &[(ItemIdx, f32)]| {
                let mut scores = [0.0; 4];
                trainer.model().fold_in(ratings).scores(&mut scores);
                scores
            };
            let (with, without) = (scores(&own), scores(&[]));
            let folded = trainer.model().fold_in(&own);
            for item in 0..4 {
                let sum: f64 = folded.contributions(ItemIdx(item as u32)).iter().sum();
                let distance = f64::from(with[item] - without[item]);
                assert!((sum - distance).abs() < 1e-4, "{name} {}: {sum} {distance}", model.name());
            }
        }
    }
}

#[test]
fn mean_item_and_user_add_up_where_taste_is_nothing() {
    for name in ["min-max", "user-mean", "item-mean"] {
        let trainer = trained(&spec(ModelKind::Als, name, &[("n_factors", 1.0.into())]), 1);
        let model = trainer.model();
        let (mean, item) = model.item_bias(ItemIdx(1)).unwrap();
        // An unknown user has no factors.
        let sum = mean + item + model.user_bias(UserIdx(3));
        assert!((sum - f64::from(model.score(UserIdx(3), ItemIdx(1)))).abs() < 1e-5, "{name}: {sum}");
    }
}
