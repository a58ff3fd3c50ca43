//! A step against the objective's own gradient, what is drawn, slices, and folding in.

use super::super::tests::interactions;
use super::*;
use crate::engine::data::ItemIdx;
use crate::study::{ModelKind, Value};

/// Two tastes: even users have even items, odd users odd ones.
fn tastes() -> Arc<Interactions> {
    let pairs = (0..12).flat_map(|user| (0..5).map(move |at| (user, (2 * (at + user / 2) + user) % 12, 1.0)));
    interactions(12, 12, &pairs.collect::<Vec<_>>())
}

fn trained(settings: &[(&str, Value)], train: &Arc<Interactions>, epochs: u32, work: u32) -> BprTrainer {
    let mut trainer = BprTrainer::new(&ModelKind::Bpr.with(settings).unwrap(), train, Seed(7), 0);
    let mut done = 0;
    while done < epochs {
        done += u32::from(trainer.advance(work).unwrap().epoch.is_some());
    }
    trainer
}

#[test]
fn a_step_follows_the_gradient() {
    // One row and one other item: the pair that is drawn is known.
    let train = interactions(1, 2, &[(0, 1, 1.0)]);
    let settings = [
        ("n_factors", 3.0.into()),
        ("learning_rate", 0.01.into()),
        ("init_scale", 1.0.into()),
        ("regularization_users", 0.1.into()),
        ("regularization_positive", 0.2.into()),
        ("regularization_negative", 0.3.into()),
    ];
    let mut trainer = trained(&settings, &train, 0, 1);
    trainer.init.advance(&mut trainer.model.tables(), u32::MAX);
    trainer.model.items.set(0, &[0.3, -0.2, 0.5]);
    trainer.model.item_biases = vec![0.2, -0.1];
    let all = |model: &Latent| -> Vec<f64> {
        let factors = model.users.numbers(0).chain(model.items.numbers(1)).chain(model.items.numbers(0));
        factors.chain([model.item_biases[1], model.item_biases[0]]).map(f64::from).collect()
    };
    let objective = |x: &[f64]| {
        let (p, q_i, q_j) = (&x[..3], &x[3..6], &x[6..9]);
        let margin: f64 = (0..3).map(|at| p[at] * (q_i[at] - q_j[at])).sum::<f64>() + x[9] - x[10];
        let square = |numbers: &[f64]| numbers.iter().map(|number| number * number).sum::<f64>();
        let penalty = 0.1 * square(p) + 0.2 * (square(q_i) + x[9] * x[9]) + 0.3 * (square(q_j) + x[10] * x[10]);
        libm::log1p(libm::exp(-margin)) + penalty / 2.0
    };
    let before = all(&trainer.model);
    trainer.learn();
    for (at, after) in all(&trainer.model).into_iter().enumerate() {
        let moved = |by: f64| {
            let mut x = before.clone();
            x[at] += by;
            objective(&x)
        };
        let gradient = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        assert!(((after - before[at]) / 0.01 + gradient).abs() < 1e-4, "{at}");
    }
}

#[test]
fn tastes_are_learned() {
    let trainer = trained(&[("n_factors", 4.0.into())], &tastes(), 300, 100);
    let mut scores = [0.0; 12];
    trainer.model().scores(crate::engine::data::UserIdx(0), &mut scores);
    let mean = |odd: usize| scores.iter().skip(odd).step_by(2).sum::<f32>() / 6.0;
    assert!(mean(0) > mean(1) + 1.0, "{scores:?}");
}

#[test]
fn whoever_has_everything_teaches_nothing_and_ends_all_the_same() {
    let trainer = trained(&[], &interactions(1, 2, &[(0, 0, 1.0), (0, 1, 1.0)]), 2, 1);
    assert_eq!(trainer.model.item_biases, [0.0, 0.0]);
}

#[test]
fn slices_do_not_change_a_bit() {
    let bits = |work| {
        let trainer = trained(&[("n_factors", 5.0.into())], &tastes(), 3, work);
        (trainer.model.users.clone(), trainer.model.items.clone(), trainer.model.item_biases)
    };
    assert_eq!(bits(1), bits(u32::MAX));
}

#[test]
fn contributions_add_up_to_the_score_of_a_folded_user() {
    let trainer = trained(&[("n_factors", 4.0.into())], &tastes(), 50, 100);
    let folded = trainer.model().fold_in(&[(ItemIdx(0), 1.0), (ItemIdx(4), 1.0)]);
    let mut scores = [0.0; 12];
    folded.scores(&mut scores);
    for item in 0..12 {
        let sum: f64 = folded.contributions(ItemIdx(item)).iter().sum();
        let score = scores[item as usize] - trainer.model.item_biases[item as usize];
        assert!((sum - f64::from(score)).abs() < 1e-5);
    }
    assert!(scores[2] > scores[1]);
}
