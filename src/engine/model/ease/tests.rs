//! By hand, against a dense solution, both sides alike, slices, and folding in.

use nalgebra::DMatrix;

use super::super::tests::interactions;
use super::*;
use crate::study::{ModelKind, Value};

const PAIRS: &[(u32, u32, f32)] = &[
    (0, 0, 5.0),
    (0, 1, 3.0),
    (1, 0, 4.0),
    (1, 1, 1.0),
    (1, 2, 2.0),
    (2, 2, 5.0),
    (2, 3, 4.0),
    (3, 1, 3.0),
    (3, 3, 1.0),
    (4, 0, 2.0),
    (4, 2, 5.0),
    (5, 1, 4.0),
];

/// Parameters that all do something: the diagonal binds some items and not others.
fn settings() -> [(&'static str, Value); 5] {
    let names = ["regularization", "diagonal", "exponent_users", "exponent_items", "rating_weight"];
    let numbers = [0.7, 0.55, 0.4, 0.3, 0.6];
    std::array::from_fn(|at| (names[at], numbers[at].into()))
}

fn trained_with(settings: &[(&str, Value)], train: &Arc<Interactions>, work: u32) -> EaseTrainer {
    let mut trainer = EaseTrainer::new(&ModelKind::Ease.with(settings).unwrap(), train);
    while trainer.advance(work).unwrap().epoch.is_none() {}
    trainer
}

fn trained(n_users: u32, n_items: u32, work: u32) -> EaseTrainer {
    trained_with(&settings(), &interactions(n_users, n_items, PAIRS), work)
}

fn scores(trainer: &EaseTrainer, user: u32) -> Vec<f32> {
    let mut out = vec![0.0; trainer.model.gains.len()];
    trainer.model.scores(UserIdx(user), &mut out);
    out
}

fn assert_close(left: &[f32], right: &[f32]) {
    for (left, right) in left.iter().zip(right) {
        assert!((left - right).abs() < 1e-5, "{left} {right}");
    }
}

#[test]
fn two_items_by_hand() {
    // X^T X + 2 I = [4 1; 1 4] for users {0}, {0, 1}, {1}: P = [4 -1; -1 4] / 15, so B_01 = B_10 = 1/4, whatever the ratings.
    let train = interactions(3, 2, &[(0, 0, 5.0), (1, 0, 1.0), (1, 1, 4.0), (2, 1, 2.0)]);
    let trainer = trained_with(&[("regularization", 2.0.into())], &train, 1);
    assert!(!trainer.model.by_users);
    assert_close(&scores(&trainer, 0), &[0.0, 0.25]);
    assert_close(&scores(&trainer, 1), &[0.25, 0.25]);
    // Without a limit B = I - 2 P = [7 2; 2 7] / 15, and with one of 0.4 its diagonal is that: B_01 = 0.6 / 4.
    for (diagonal, expected) in [(1.0, [7.0 / 15.0, 2.0 / 15.0]), (0.4, [0.4, 0.15])] {
        let settings = [("regularization", 2.0.into()), ("diagonal", diagonal.into())];
        assert_close(&scores(&trained_with(&settings, &train, 1), 0), &expected);
    }
}

#[test]
fn weights_are_those_of_the_formula() {
    let (n_users, n_items) = (7, 9);
    let [reg, diagonal, a, b, w] = settings().map(|(_, value)| value.as_number().unwrap());
    let count = |of: &dyn Fn(&(u32, u32, f32)) -> bool| PAIRS.iter().filter(|row| of(row)).count().max(1) as f64;
    // Six users and four items have ratings.
    let of_user = |user| libm::pow(count(&|row| row.0 as usize == user) / 2.0, -a);
    let of_item = |item| libm::pow(count(&|row| row.1 as usize == item) / 3.0, -b);
    let mut x = DMatrix::<f64>::zeros(n_users, n_items);
    for &(user, item, rating) in PAIRS {
        x[(user as usize, item as usize)] = 1.0 - w * (5.0 - f64::from(rating)) / 4.0;
    }
    let z = DMatrix::from_fn(n_users, n_items, |u, i| x[(u, i)] * of_user(u) * of_item(i));
    let p = (z.transpose() * &z + DMatrix::identity(n_items, n_items) * reg).try_inverse().unwrap();
    let own = |item: usize| 1.0 - reg * p[(item, item)];
    // Each B_ii is at most the limit, and some would be above it.
    assert!((0..4).any(|item| own(item) > diagonal) && (0..4).any(|item| own(item) < diagonal));
    let weights = DMatrix::from_fn(n_items, n_items, |j, i| {
        let gain = if own(i) > diagonal { (1.0 - diagonal) / p[(i, i)] } else { reg };
        let itself = if i == j { 1.0 } else { 0.0 };
        of_item(j) * (itself - gain * p[(j, i)]) / of_item(i)
    });
    let expected = x * weights;
    let trainer = trained(7, 9, 3);
    for user in 0..6 {
        let row: Vec<f32> = expected.row(user as usize).iter().map(|&score| score as f32).collect();
        assert_close(&scores(&trainer, user), &row);
    }
}

#[test]
fn both_sides_give_the_same() {
    // Three more items that nobody has make the users the shorter side; three more users do the opposite.
    let (by_users, by_items) = (trained(6, 9, u32::MAX), trained(9, 4, u32::MAX));
    assert!(by_users.model.by_users && !by_items.model.by_users);
    (0..6).for_each(|user| assert_close(&scores(&by_users, user), &scores(&by_items, user)));
    // Someone unknown gets what is popular.
    assert_eq!(scores(&by_items, 8), [0.5, 4.0 / 6.0, 0.5, 2.0 / 6.0]);
}

#[test]
fn slices_do_not_change_a_bit() {
    for n_items in [4, 9] {
        let (small, whole) = (trained(6, n_items, 1).model, trained(6, n_items, u32::MAX).model);
        assert_eq!((small.table, small.gains), (whole.table, whole.gains));
    }
}

#[test]
fn a_folded_user_scores_as_in_training_and_contributions_add_up() {
    for n_items in [4, 9] {
        let trainer = trained(6, n_items, 7);
        let folded = trainer.model.fold_in(&[(ItemIdx(0), 2.0), (ItemIdx(2), 5.0)]);
        let mut out = vec![0.0; n_items as usize];
        folded.scores(&mut out);
        assert_close(&out, &scores(&trainer, 4));
        for item in 0..n_items {
            let sum: f64 = folded.contributions(ItemIdx(item)).iter().sum();
            assert!((sum - f64::from(out[item as usize])).abs() < 1e-6, "{item}");
        }
    }
}

#[test]
fn ratings_weigh_within_their_scale() {
    let weighing = Weighing::new(0.5, (1.0, 5.0));
    assert_eq!([1.0, 3.0, 5.0, 9.0, -2.0].map(|rating| weighing.of(rating)), [0.5, 0.75, 1.0, 1.0, 0.5]);
    // Where all ratings are alike, none says less than another.
    assert_eq!(Weighing::new(0.5, (1.0, 1.0)).of(1.0), 1.0);
}
