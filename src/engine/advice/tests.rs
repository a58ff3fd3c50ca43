//! Lists and their reasons, held against brute force.

use super::*;
use crate::engine::data::{Genres, generate};
use crate::engine::fit::{Fit, Step};
use crate::engine::split::split;
use crate::protocol::{Part, Rated};
use crate::study::{ListSpec, MetricSpec, ModelKind, Seed, SplitSpec, SyntheticSpec, Value};

fn parts_of(text: &str) -> Split {
    let spec = SyntheticSpec { users: 60, items: 50, ratings: 900, ..SyntheticSpec::default() };
    let (data, _) = generate::generate(&spec).unwrap();
    let mut split = split(&data.interactions, SplitSpec::parse(text).unwrap(), Seed(3)).unwrap().0;
    split.genres = Arc::new(Genres::from_sets((0..50).map(|item| 1 << (item % 5) | 1 << (item % 3)).collect()));
    split
}

fn job(model: ModelKind) -> Job {
    let settings: &[(&str, Value)] =
        if model.parameter("n_factors").is_ok() { &[("n_factors", 4.0.into())] } else { &[] };
    Job {
        id: 5,
        ..Job::new(
            model.with(settings).unwrap(),
            Stopping::Fixed { epochs: 8 },
            if model.predicts_ratings() { MetricSpec::Rmse } else { MetricSpec::Ndcg },
            ListSpec::default(),
            Part::Test,
            Seed(3),
        )
    }
}

fn adviser(split: &Split, model: ModelKind, work: u32) -> Adviser {
    let mut adviser = Adviser::new(split, &job(model)).unwrap();
    while !adviser.advance(work).unwrap() {}
    adviser
}

const OWN: [(ItemIdx, f32); 4] = [(ItemIdx(3), 5.0), (ItemIdx(7), 4.0), (ItemIdx(20), 1.0), (ItemIdx(11), 4.5)];

fn scores(model: &dyn Recommender, own: &[(ItemIdx, f32)]) -> Vec<f64> {
    let mut out = vec![0.0; model.known().n_items()];
    model.fold_in(own).scores(&mut out);
    out.into_iter().map(f64::from).collect()
}

/// Items that the person does not have.
fn others() -> impl Iterator<Item = ItemIdx> {
    (0..50).map(ItemIdx).filter(|item| OWN.iter().all(|own| own.0 != *item))
}

#[test]
fn the_adviser_is_the_refit_that_the_sealed_test_judges() {
    let split = parts_of("random:0.1,0.2");
    for model in [ModelKind::Svd, ModelKind::Als, ModelKind::Bias, ModelKind::Ease, ModelKind::Ials] {
        let mut fit = Fit::new(&split, &job(model)).unwrap();
        while !matches!(fit.advance(u32::MAX), Step::Ended(_)) {}
        let user = UserIdx(8);
        let (items, ratings) = split.refit.user(user);
        let own: Vec<_> = items.iter().map(|&item| ItemIdx(item)).zip(ratings.iter().copied()).collect();
        let expected = recommend(fit.model(), Some(user), &own, split.test.user(user).0, 10, REASONS);
        let question = Question { user: Some(8), count: 10, ..Question::default() };
        assert_eq!(adviser(&split, model, u32::MAX).advise(&question), expected, "{model:?}");
        assert_eq!(adviser(&split, model, 7).advise(&question), expected, "{model:?}");
    }
}

#[test]
fn what_a_person_has_is_not_recommended() {
    let split = parts_of("random:0.1,0.2");
    let adviser = adviser(&split, ModelKind::Svd, u32::MAX);
    for user in 0..60 {
        let list = adviser.advise(&Question { user: Some(user), count: 50, ..Question::default() });
        let (own, sealed) = (split.refit.user(UserIdx(user)).0, split.test.user(UserIdx(user)).0);
        assert_eq!(list.len() + own.len() + sealed.len(), 50);
        assert!(list.iter().all(|place| !own.contains(&place.item) && !sealed.contains(&place.item)));
        assert!(list.is_sorted_by(|a, b| a.score >= b.score));
    }
    let ratings = OWN.map(|(item, rating)| Rated { item: item.0, rating }).to_vec();
    let list = adviser.advise(&Question { ratings: ratings.clone(), count: 99, ..Question::default() });
    assert!(list.len() == 46 && list.iter().all(|place| ratings.iter().all(|own| own.item != place.item)));
    // An item or user that the split does not know breaks nothing.
    let stray = vec![Rated { item: 999, rating: 3.0 }];
    assert_eq!(adviser.advise(&Question { user: Some(999), ratings: stray, count: 3, ..Question::default() }).len(), 3);
}

#[test]
fn probabilities_come_of_rows_that_the_model_has_not_learned_from() {
    let split = parts_of("kfold:3,0.2");
    for model in [ModelKind::Svd, ModelKind::Ease] {
        let calibrated = Job { calibrate: true, ..job(model) };
        let trained = |work| {
            let mut adviser = Adviser::new(&split, &calibrated).unwrap();
            while !adviser.advance(work).unwrap() {}
            adviser
        };
        let (adviser, plain) = (trained(9), adviser(&split, model, u32::MAX));
        let question = Question { user: Some(8), count: 10, relevant: Some(3.0), ..Question::default() };
        let list = adviser.advise(&question);
        assert_eq!(list, trained(u32::MAX).advise(&question));
        // By hand: what the same model says of the validation rows of each fold.
        let held_out = Job { part: Part::Validation, ..job(model) };
        let rows = crate::engine::calibration::judged(&split, &held_out, 3.0).unwrap();
        assert_eq!(rows.len(), split.refit.len());
        let calibration = Calibration::fit(&rows).unwrap();
        for (place, without) in list.iter().zip(plain.advise(&question)) {
            assert_eq!(place.probability, Some(calibration.probability(place.score)), "{model:?}");
            assert_eq!(Recommended { probability: None, ..place.clone() }, without);
        }
        // Every rating is high enough, or none is: there is nothing to be learned.
        let all = adviser.advise(&Question { relevant: Some(-9.0), ..question.clone() });
        assert!(all.iter().all(|place| place.probability.is_none()));
    }
}

#[test]
fn contributions_add_up_and_their_shares_to_one() {
    let split = parts_of("random:0.1,0.2");
    for kind in ModelKind::ALL {
        let adviser = adviser(&split, kind, u32::MAX);
        let model = adviser.trainer.model();
        let (with, without) = (scores(model, &OWN), scores(model, &[]));
        let folded = model.fold_in(&OWN);
        for item in others() {
            let contributions = folded.contributions(item);
            let sum: f64 = contributions.iter().sum();
            // A model that only ranks falls back to popularity for someone without ratings, which is no part of a score.
            let base = if kind.predicts_ratings() { without[item.at()] } else { 0.0 };
            if kind != ModelKind::Popular && kind != ModelKind::Bpr {
                assert!(
                    (with[item.at()] - base - sum).abs() < 1e-4,
                    "{kind:?} {item:?}: {} {base} {sum}",
                    with[item.at()]
                );
            }
            let shares = model::shares(&contributions);
            let speaks = contributions.iter().any(|part| *part > 0.0);
            assert!((shares.iter().sum::<f64>() - f64::from(u8::from(speaks))).abs() < 1e-12);
            let because = reasons(&contributions, &OWN, OWN.len());
            assert!(because.is_sorted_by(|a, b| a.share >= b.share));
            assert_eq!(reasons(&contributions, &OWN, REASONS), because[..because.len().min(REASONS)]);
            let sum: f64 = because.iter().map(|reason| reason.share).sum();
            assert!((sum - f64::from(u8::from(speaks))).abs() < 1e-12);
        }
    }
}

/// A rating that says no more than mean and item bias does not speak: the score changes by the part that it had.
#[test]
fn a_rating_that_says_nothing_takes_its_part_away() {
    let split = parts_of("random:0.1,0.2");
    for kind in [ModelKind::Bias, ModelKind::Svd, ModelKind::Als, ModelKind::ItemKnn] {
        let adviser = adviser(&split, kind, u32::MAX);
        let model = adviser.trainer.model();
        let (before, folded) = (scores(model, &OWN), model.fold_in(&OWN));
        for at in 0..OWN.len() {
            let mut own = OWN;
            let (mean, bias) = model.item_bias(own[at].0).unwrap();
            own[at].1 = (mean + bias) as f32;
            let after = scores(model, &own);
            for item in others() {
                let part = folded.contributions(item)[at];
                let change = before[item.at()] - after[item.at()];
                assert!((change - part).abs() < 1e-5, "{kind:?} {at} {item:?}: {change} {part}");
            }
        }
    }
}

/// In EASE an own item adds its weight and nothing else: without it the score is less by just that.
#[test]
fn an_item_that_is_taken_away_takes_its_part_away() {
    let split = parts_of("random:0.1,0.2");
    let adviser = adviser(&split, ModelKind::Ease, u32::MAX);
    let model = adviser.trainer.model();
    let (before, folded) = (scores(model, &OWN), model.fold_in(&OWN));
    for at in 0..OWN.len() {
        let mut own = OWN.to_vec();
        own.remove(at);
        let after = scores(model, &own);
        for item in others() {
            let change = before[item.at()] - after[item.at()];
            assert!((change - folded.contributions(item)[at]).abs() < 1e-6, "{at} {item:?}");
        }
    }
}

#[test]
fn parts_add_up_to_the_score_and_say_who_rates_high() {
    let split = parts_of("random:0.1,0.2");
    for kind in ModelKind::ALL {
        let adviser = adviser(&split, kind, u32::MAX);
        for user in [None, Some(4)] {
            let ratings = OWN.map(|(item, rating)| Rated { item: item.0, rating }).to_vec();
            for place in adviser.advise(&Question { user, ratings, count: 10, ..Question::default() }) {
                let Some(parts) = place.parts else {
                    assert!(!matches!(kind, ModelKind::Svd | ModelKind::Svdpp | ModelKind::Als | ModelKind::ItemKnn));
                    continue;
                };
                assert!((parts.mean + parts.item + parts.user + parts.taste - place.score).abs() < 1e-12);
                if kind == ModelKind::Bias {
                    assert!(parts.taste.abs() < 1e-5);
                }
            }
        }
        // Who gives more to the same items has the higher bias.
        let bias = |by: f32| adviser.trainer.model().fold_in(&OWN.map(|(item, rating)| (item, rating + by))).bias();
        if adviser.trainer.model().item_bias(ItemIdx(0)).is_some() && kind != ModelKind::Mean {
            assert!(bias(0.5) > bias(0.0), "{kind:?}");
        }
    }
}
