//! Against the objective's own gradient, slices, and folding in.

use super::super::tests::interactions;
use super::*;
use crate::engine::data::{ItemIdx, UserIdx};
use crate::study::ModelKind;

const PAIRS: &[(u32, u32, f32)] =
    &[(0, 0, 5.0), (0, 1, 1.0), (1, 0, 4.0), (1, 2, 1.0), (3, 1, 1.0), (3, 2, 5.0), (3, 4, 4.0)];

fn trained(epochs: u32, work: u32) -> IalsTrainer {
    let spec =
        ModelKind::Ials.with(&[("n_factors", 3.0.into()), ("alpha", 0.2.into()), ("regularization", 0.05.into())]);
    let mut trainer = IalsTrainer::new(&spec.unwrap(), &interactions(4, 5, PAIRS), Seed(7), 0);
    let mut done = 0;
    while done < epochs {
        done += u32::from(trainer.advance(work).unwrap().epoch.is_some());
    }
    trainer
}

#[test]
fn the_gradient_of_the_objective_vanishes() {
    let trainer = trained(2000, u32::MAX);
    let model = &trainer.model;
    for user in [0_usize, 1, 3] {
        let p: Vec<f64> = model.users.numbers(user).map(f64::from).collect();
        let own = trainer.by_user.get(user).unwrap();
        let ridge = 0.05 * (own.len() as f64 + 0.2 * 5.0);
        let mut gradient: Vec<f64> = p.iter().map(|number| ridge * number).collect();
        for item in 0..5_u32 {
            let q: Vec<f64> = model.items.numbers(item as usize).map(f64::from).collect();
            let score: f64 = p.iter().zip(&q).map(|(p, q)| p * q).sum();
            let pull = 0.2 * score - if own.contains(&item) { 1.0 - score } else { 0.0 };
            gradient.iter_mut().zip(&q).for_each(|(gradient, q)| *gradient += pull * q);
        }
        assert!(gradient.iter().all(|number| number.abs() < 1e-4), "{gradient:?}");
    }
    let mut unknown = [0.0; 5];
    model.scores(UserIdx(2), &mut unknown);
    assert_eq!(unknown[0], 2.0 / 3.0, "an unknown user gets what is popular");
}

#[test]
fn slices_do_not_change_a_bit() {
    let bits = |trainer: &IalsTrainer| {
        let users = (0..4).flat_map(|row| trainer.model.users.numbers(row)).map(f32::to_bits).collect::<Vec<_>>();
        (users, trainer.model.items.clone())
    };
    assert_eq!(bits(&trained(3, 1)), bits(&trained(3, u32::MAX)));
}

#[test]
fn contributions_add_up_to_the_score_of_a_folded_user() {
    let trainer = trained(2000, u32::MAX);
    let folded = trainer.model().fold_in(&[(ItemIdx(1), 1.0), (ItemIdx(2), 5.0), (ItemIdx(4), 4.0)]);
    let (mut scores, mut own) = ([0.0; 5], [0.0; 5]);
    folded.scores(&mut scores);
    trainer.model().scores(UserIdx(3), &mut own);
    for item in 0..5 {
        let sum: f64 = folded.contributions(ItemIdx(item)).iter().sum();
        assert!((sum - f64::from(scores[item as usize])).abs() < 1e-6);
        assert!((scores[item as usize] - own[item as usize]).abs() < 1e-4, "the same user, folded in again");
    }
}
