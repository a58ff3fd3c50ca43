//! The trainer against the objective's own gradient, against itself cut into slices, and where it must fail.

use super::super::tests::interactions;
use super::*;
use crate::engine::data::{ItemIdx, UserIdx};
use crate::study::{ModelKind, Value};

fn trainer(settings: &[(&str, Value)], train: &Arc<Interactions>) -> SvdTrainer {
    SvdTrainer::new(&ModelKind::Svd.with(settings).unwrap(), train, Seed(7), 0)
}

/// The article's nine ratings or so: small, with a user and an item that have none.
fn few() -> Arc<Interactions> {
    let triples =
        [(0, 0, 5.0), (0, 1, 3.0), (1, 0, 4.0), (1, 2, 1.0), (3, 1, 1.0), (3, 2, 5.0), (3, 4, 4.0), (3, 0, 2.0)];
    interactions(4, 5, &triples)
}

fn epochs(trainer: &mut SvdTrainer, count: u32, work: u32) -> Vec<EpochEnd> {
    let mut ends = Vec::new();
    while ends.len() < count as usize {
        ends.extend(trainer.advance(work).unwrap().epoch);
    }
    ends
}

/// Everything that training has made, as bits.
#[cfg(not(target_family = "wasm"))]
fn bits(model: &Factors) -> Vec<u32> {
    let users = (0..model.known.users.len()).flat_map(|row| model.users.numbers(row));
    let items = (0..model.known.items.len()).flat_map(|row| model.items.numbers(row));
    let biases = model.user_biases.iter().chain(&model.item_biases).copied();
    let rated = model.implicit.iter().flat_map(|implicit| (0..model.known.items.len()).map(move |row| (implicit, row)));
    let implicit = rated.flat_map(|(implicit, row)| implicit.rated.numbers(row));
    users.chain(items).chain(biases).chain(implicit).map(f32::to_bits).collect()
}

#[test]
fn all_the_work_there_is_ends_an_epoch() {
    // The largest number that a 32-bit usize, as in WebAssembly, can be asked for.
    assert_eq!(trainer(&[], &few()).visit(usize::MAX), 8);
}

#[test]
fn constant_factors_stay_identical() {
    let mut trainer = trainer(&[("init", "constant".into()), ("n_factors", 3.0.into())], &few());
    epochs(&mut trainer, 5, 100);
    for row in 0..5 {
        let numbers: Vec<f32> = trainer.model.items.numbers(row).collect();
        assert!(numbers.iter().all(|&number| number == numbers[0]));
    }
}

#[test]
fn xavier_starts_smaller_with_more_factors() {
    let deviation = |k: f64| {
        let settings = [("init", "xavier".into()), ("init_scale", 1.0.into()), ("n_factors", k.into())];
        let mut trainer = trainer(&settings, &few());
        trainer.init.advance(&mut trainer.model.tables(), u32::MAX);
        let numbers: Vec<f64> = trainer.model.users.numbers(0).map(f64::from).collect();
        (numbers.iter().map(|number| number * number).sum::<f64>() / k).sqrt()
    };
    assert!((deviation(1024.0) * 32.0 - 1.0).abs() < 0.1 && (deviation(4096.0) * 64.0 - 1.0).abs() < 0.1);
}

#[test]
fn unknown_users_and_items_are_predicted_by_biases_or_the_mean() {
    let mut with = trainer(&[], &few());
    epochs(&mut with, 3, 100);
    let model = &with.model;
    assert_eq!(model.predict(UserIdx(2), ItemIdx(0)), model.mean + model.item_biases[0]);
    assert_eq!(model.predict(UserIdx(0), ItemIdx(3)), model.mean + model.user_biases[0]);
    assert!(!model.known.user(UserIdx(2)) && !model.known.item(ItemIdx(3)) && model.known.item(ItemIdx(4)));
    let mut without = trainer(&[("biases", false.into())], &few());
    epochs(&mut without, 3, 100);
    assert_eq!(without.model.predict(UserIdx(2), ItemIdx(0)), without.model.mean);
    assert!(without.model.user_biases.iter().chain(&without.model.item_biases).all(|&bias| bias == 0.0));
}

#[test]
fn a_plain_product_finds_a_matrix_of_rank_one() {
    let triples: Vec<(u32, u32, f32)> = (0..6)
        .flat_map(|user| (0..5).map(move |item| (user, item, (1 + user) as f32 * (1 + item) as f32 / 6.0)))
        .collect();
    let settings = [
        ("biases", false.into()),
        ("n_factors", 2.0.into()),
        ("learning_rate", 0.05.into()),
        ("regularization", 0.0.into()),
    ];
    let mut trainer = trainer(&settings, &interactions(6, 5, &triples));
    let ends = epochs(&mut trainer, 2000, 1000);
    assert!(ends[1999].train < 1e-3, "{}", ends[1999].train);
    assert!((trainer.model.predict(UserIdx(5), ItemIdx(4)) - 5.0).abs() < 1e-2);
}

#[test]
fn the_learning_rate_decays_by_epoch() {
    let mut trainer = trainer(&[("learning_rate_decay", 0.5.into())], &few());
    epochs(&mut trainer, 2, 3);
    assert_eq!(trainer.learning_rate, 0.005 / 4.0);
}

#[test]
fn divergence_names_its_epoch_whatever_the_slices() {
    let settings = [("learning_rate", 10.0.into()), ("regularization", 10.0.into())];
    fails_alike(&|| trainer(&settings, &few()));
}

/// The epoch at which training diverges does not depend on the slices.
fn fails_alike(start: &dyn Fn() -> SvdTrainer) {
    let failed = |work: u32| {
        let mut trainer = start();
        (0..1_000_000).find_map(|_| trainer.advance(work).err()).unwrap()
    };
    let Error::Diverged { epoch } = failed(1) else { panic!() };
    assert_eq!(failed(1000), Error::Diverged { epoch });
}

#[test]
fn an_item_rated_twice_in_a_row_is_updated_twice() {
    let settings = [("n_factors", 5.0.into()), ("regularization", 0.0.into()), ("biases", false.into())];
    let mut trainer = trainer(&settings, &interactions(1, 1, &[(0, 0, 2.0), (0, 0, 2.0)]));
    trainer.init.advance(&mut trainer.model.tables(), u32::MAX);
    let mut p: Vec<f64> = trainer.model.users.numbers(0).map(f64::from).collect();
    let mut q: Vec<f64> = trainer.model.items.numbers(0).map(f64::from).collect();
    epochs(&mut trainer, 1, 10);
    for _ in 0..2 {
        let error = 2.0 - p.iter().zip(&q).map(|(p, q)| p * q).sum::<f64>();
        for (p, q) in p.iter_mut().zip(&mut q) {
            (*p, *q) = (*p + 0.005 * error * *q, *q + 0.005 * error * *p);
        }
    }
    for (trained, by_hand) in trainer.model.items.numbers(0).zip(q) {
        assert!((f64::from(trained) - by_hand).abs() < 1e-7);
    }
}

#[test]
fn contributions_add_up_to_the_score_of_a_folded_user() {
    for biases in [true, false] {
        let mut trainer = trainer(&[("n_factors", 6.0.into()), ("biases", biases.into())], &few());
        epochs(&mut trainer, 50, 100);
        let model = &trainer.model;
        let folded = model.fold_in(&[(ItemIdx(0), 5.0), (ItemIdx(4), 1.0)]);
        let mut scores = [0.0; 5];
        folded.scores(&mut scores);
        for (item, &score) in (0..).map(ItemIdx).zip(&scores) {
            let sum: f64 = folded.contributions(item).iter().sum();
            assert!((f64::from(model.base(item)) + sum - f64::from(score)).abs() < 1e-5);
        }
        // A user without ratings is nobody in particular.
        model.fold_in(&[]).scores(&mut scores);
        assert_eq!(scores[1], model.base(ItemIdx(1)));
    }
}

fn implicit(settings: &[(&str, Value)], train: &Arc<Interactions>) -> SvdTrainer {
    SvdTrainer::new(&ModelKind::Svdpp.with(settings).unwrap(), train, Seed(7), 0)
}

/// Koren's updates, every y at every rating, in f64 and in the order in which the trainer visits them.
#[test]
fn implicit_feedback_moves_every_item_at_every_rating() {
    let settings = [("n_factors", 3.0.into()), ("learning_rate", 0.05.into()), ("regularization", 0.1.into())];
    let mut trainer = implicit(&settings, &few());
    trainer.init.advance(&mut trainer.model.tables(), u32::MAX);
    let rows = |table: &FactorTable, count: usize| -> Vec<Vec<f64>> {
        (0..count).map(|row| table.numbers(row).map(f64::from).collect()).collect()
    };
    let Some(start) = &trainer.model.implicit else { panic!() };
    let (mut p, mut q, mut y) = (rows(&start.own, 4), rows(&trainer.model.items, 5), rows(&start.rated, 5));
    let (mut of_users, mut of_items) = ([0.0; 4], [0.0; 5]);
    epochs(&mut trainer, 1, 100);
    let model = &trainer.model;
    let mean = f64::from(model.mean);
    let z = |p: &[Vec<f64>], y: &[Vec<f64>], user: usize, rows: &[Rated]| -> Vec<f64> {
        let sum = |f: usize| rows.iter().map(|rated| y[rated.item as usize][f]).sum::<f64>();
        (0..3).map(|f| p[user][f] + sum(f) / (rows.len() as f64).sqrt()).collect()
    };
    let own = |user: usize| trainer.ratings.rows(user);
    for &user in trainer.ratings.order() {
        let (user, rows) = (user as usize, own(user as usize));
        for rated in rows {
            let item = rated.item as usize;
            let (z, q_old) = (z(&p, &y, user, rows), q[item].clone());
            let product: f64 = z.iter().zip(&q_old).map(|(z, q)| z * q).sum();
            let error = f64::from(rated.rating) - mean - of_users[user] - of_items[item] - product;
            of_users[user] += 0.05 * (error - 0.1 * of_users[user]);
            of_items[item] += 0.05 * (error - 0.1 * of_items[item]);
            for f in 0..3 {
                p[user][f] += 0.05 * (error * q_old[f] - 0.1 * p[user][f]);
                q[item][f] += 0.05 * (error * z[f] - 0.1 * q_old[f]);
                for other in rows {
                    let y = &mut y[other.item as usize][f];
                    *y += 0.05 * (error * q_old[f] / (rows.len() as f64).sqrt() - 0.1 * *y);
                }
            }
        }
    }
    for user in [0, 1, 3] {
        let z = z(&p, &y, user, own(user));
        for item in 0..5 {
            let product: f64 = z.iter().zip(&q[item]).map(|(z, q)| z * q).sum();
            let by_hand = mean + of_users[user] + of_items[item] + product;
            let mut scores = [0.0; 5];
            model.scores(UserIdx(user as u32), &mut scores);
            assert!((f64::from(scores[item]) - by_hand).abs() < 1e-5, "{user} {item}: {} {by_hand}", scores[item]);
        }
    }
}

#[test]
fn contributions_with_implicit_feedback_add_up_to_the_score() {
    let mut trainer = implicit(&[("n_factors", 6.0.into()), ("learning_rate", 0.05.into())], &few());
    epochs(&mut trainer, 30, 100);
    let model = &trainer.model;
    let folded = model.fold_in(&[(ItemIdx(0), 5.0), (ItemIdx(4), 1.0), (ItemIdx(2), 3.0)]);
    let mut scores = [0.0; 5];
    folded.scores(&mut scores);
    for (item, &score) in (0..).map(ItemIdx).zip(&scores) {
        let sum: f64 = folded.contributions(item).iter().sum();
        assert!((f64::from(model.base(item)) + sum - f64::from(score)).abs() < 1e-5);
    }
    model.fold_in(&[]).scores(&mut scores);
    assert_eq!(scores[1], model.base(ItemIdx(1)));
    assert_eq!(model.predict(UserIdx(2), ItemIdx(0)), model.mean + model.item_biases[0]);
}

#[test]
fn implicit_feedback_that_diverges_names_its_epoch_whatever_the_slices() {
    let settings = [("learning_rate", 10.0.into()), ("regularization", 10.0.into())];
    fails_alike(&|| implicit(&settings, &few()));
}

#[cfg(not(target_family = "wasm"))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    /// What one rating adds to the objective, halved as the updates are.
    fn objective(rating: f64, mean: f64, parameters: &[f64], reg_biases: f64, reg_factors: f64) -> f64 {
        let (biases, factors) = parameters.split_at(2);
        let (p, q) = factors.split_at(factors.len() / 2);
        let product: f64 = p.iter().zip(q).map(|(p, q)| p * q).sum();
        let error = rating - (mean + biases[0] + biases[1] + product);
        let square = |numbers: &[f64]| numbers.iter().map(|number| number * number).sum::<f64>();
        (error * error + reg_biases * square(biases) + reg_factors * square(factors)) / 2.0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// One rating moves all parameters by -lr times the gradient, which finite differences give too.
        #[test]
        fn an_update_follows_the_gradient(
            rating in -5.0_f32..5.0,
            n_factors in 1_u32..40,
            scale in 0.1_f64..1.0,
            biases in prop::array::uniform2(-1.0_f32..1.0),
            reg_factors in 0.0_f64..2.0,
            reg_biases in 0.0_f64..2.0,
            seed in 0_u64..1000,
        ) {
            let rate = 0.01;
            let spec = ModelKind::Svd.with(&[
                ("n_factors", f64::from(n_factors).into()),
                ("init_scale", scale.into()),
                ("learning_rate", rate.into()),
                ("regularization_factors", reg_factors.into()),
                ("regularization_biases", reg_biases.into()),
            ]).unwrap();
            let mut trainer = SvdTrainer::new(&spec, &interactions(1, 1, &[(0, 0, rating)]), Seed(seed), 0);
            trainer.init.advance(&mut trainer.model.tables(), u32::MAX);
            trainer.model.user_biases[0] = biases[0];
            trainer.model.item_biases[0] = biases[1];
            // The mean of one rating would be the rating.
            trainer.model.mean = 1.0;
            let all = |model: &Factors| -> Vec<f64> {
                let biases = [model.user_biases[0], model.item_biases[0]];
                biases.into_iter().chain(model.users.numbers(0)).chain(model.items.numbers(0)).map(f64::from).collect()
            };
            let before = all(&trainer.model);
            epochs(&mut trainer, 1, 10);
            let after = all(&trainer.model);
            for at in 0..before.len() {
                let moved = |by: f64| {
                    let mut parameters = before.clone();
                    parameters[at] += by;
                    objective(f64::from(rating), 1.0, &parameters, reg_biases, reg_factors)
                };
                let gradient = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                let step = (after[at] - before[at]) / rate;
                prop_assert!((step + gradient).abs() < 2e-3 * (1.0 + gradient.abs()), "{at}: {step} {gradient}");
            }
        }

        /// However the work is cut, also inside a user, the bits are the same.
        #[test]
        fn slices_do_not_change_a_bit(
            rows in prop::collection::vec((0_u32..8, 0_u32..9, 1_u8..6), 1..80),
            n_factors in prop::sample::select(vec![1_u32, 3, 8, 17, 50, 203]),
            works in prop::collection::vec(1_u32..40, 1..20),
            (model, biases) in prop::sample::select(vec![
                (ModelKind::Svd, Some(true)), (ModelKind::Svd, Some(false)), (ModelKind::Svdpp, None),
            ]),
        ) {
            let triples: Vec<_> = rows.iter().map(|&(user, item, rating)| (user, item, f32::from(rating))).collect();
            let train = interactions(8, 9, &triples);
            let biases = biases.map(|biases| ("biases", biases.into()));
            let settings: Vec<_> = biases.into_iter().chain([("n_factors", f64::from(n_factors).into())]).collect();
            let spec = model.with(&settings).unwrap();
            let trainer = || SvdTrainer::new(&spec, &train, Seed(7), 0);
            let mut whole = trainer();
            let expected = epochs(&mut whole, 3, u32::MAX);
            let mut cut = trainer();
            let mut ends = Vec::new();
            for &work in works.iter().cycle() {
                ends.extend(cut.advance(work).unwrap().epoch);
                if ends.len() == 3 {
                    break;
                }
            }
            prop_assert_eq!(ends, expected);
            prop_assert_eq!(bits(&cut.model), bits(&whole.model));
        }
    }
}
