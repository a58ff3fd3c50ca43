//! Neighbourhoods by hand, against themselves cut into slices, and what each rating contributes.

use super::super::tests::interactions;
use super::*;
use crate::engine::linalg::overlap;
use crate::study::Value;

/// User 3 and item 4 have no rating.
const TRIPLES: [(u32, u32, f32); 9] = [
    (0, 0, 5.0),
    (0, 1, 4.0),
    (0, 2, 1.0),
    (1, 0, 2.0),
    (1, 1, 1.0),
    (1, 3, 5.0),
    (2, 1, 4.0),
    (2, 2, 2.0),
    (2, 3, 3.0),
];

fn trained(model: ModelKind, settings: &[(&str, Value)], work: u32) -> (KnnTrainer, f64) {
    let plain = [("shrinkage", 0.0.into()), ("similarity", "cosine".into())];
    let spec = model.with(&[&plain, settings].concat()).unwrap();
    let mut trainer = KnnTrainer::new(&spec, &interactions(4, 5, &TRIPLES));
    loop {
        if let Some(end) = trainer.advance(work).unwrap().epoch {
            return (trainer, end.train);
        }
    }
}

fn neighbours(model: &Knn, row: u32) -> Vec<(u32, f32)> {
    (0..)
        .take(model.neighbours.n_rows())
        .filter_map(|other| Some((other, model.neighbours.similarity(row, other)?)))
        .collect()
}

fn similarity(name: &str, shrinkage: f64, pairs: &[(f32, f32)]) -> f32 {
    let settings = [("similarity", name.into()), ("shrinkage", shrinkage.into())];
    let mut sums = Overlap::default();
    for &(a, b) in pairs {
        overlap::add(std::slice::from_mut(&mut sums), &[0], &[b], a);
    }
    Similarity::new(&ModelKind::ItemKnn.with(&settings).unwrap()).of(&sums)
}

#[test]
fn similarities_by_hand() {
    let pairs = [(1.0, 2.0), (2.0, 2.0), (3.0, 5.0)];
    let close = |found: f32, expected: f64| assert!((f64::from(found) - expected).abs() < 1e-6, "{found} {expected}");
    close(similarity("cosine", 0.0, &pairs), 21.0 / (14.0_f64 * 33.0).sqrt());
    // Deviations -1, 0, 1 and -1, -1, 2.
    close(similarity("pearson", 0.0, &pairs), 3.0 / (2.0_f64 * 6.0).sqrt());
    close(similarity("msd", 0.0, &pairs), 1.0 / (1.0 + 5.0 / 3.0));
    close(similarity("msd", 2.0, &pairs), 0.5 / (1.0 + 5.0 / 3.0));
    assert_eq!(similarity("cosine", 0.0, &[]), 0.0);
    assert_eq!(similarity("pearson", 0.0, &[(1.0, 3.0), (1.0, 4.0)]), 0.0);
    assert_eq!(similarity("msd", 5.0, &pairs[..1]), 0.0);
}

#[test]
fn all_items_at_once_score_as_one_by_one() {
    for model in [ModelKind::ItemKnn, ModelKind::UserKnn] {
        for n_neighbors in [1.0, 2.0, 9.0] {
            let (trainer, _) = trained(model, &[("n_neighbors", n_neighbors.into())], 100);
            for user in (0..4).map(UserIdx) {
                let mut scores = [0.0; 5];
                trainer.model.scores(user, &mut scores);
                let alone = [0, 1, 2, 3, 4].map(|item| trainer.model.score(user, ItemIdx(item)));
                assert_eq!(scores.map(f32::to_bits), alone.map(f32::to_bits), "{model:?} {n_neighbors}");
                assert_eq!(
                    trainer.model().scores_of(user, &[3, 0, 3]),
                    [alone[3], alone[0], alone[3]],
                    "{model:?} {n_neighbors}"
                );
            }
        }
    }
}

#[test]
fn a_prediction_by_hand() {
    for (n_neighbors, voters) in [(1.0, &[(0, 1)][..]), (2.0, &[(0, 1), (2, 1)])] {
        let (trainer, _) = trained(ModelKind::ItemKnn, &[("n_neighbors", n_neighbors.into())], 100);
        let model = &trainer.model;
        let biases = model.base.biases();
        // Item 0 against item 1, by users 0 and 1: (20 + 2) / sqrt(29 x 17); against item 2, by user 0: 1; 3, by user 1: 1.
        let close = 22.0 / (29.0_f64 * 17.0).sqrt();
        let found: Vec<(u32, f32)> = neighbours(model, 0);
        assert_eq!(found, [(1, close as f32), (2, 1.0), (3, 1.0)]);
        // User 2 has rated items 1, 2 and 3; of the equal ones the first has a say.
        let residual = |item: u32, rating: f32| biases.residual(UserIdx(2), ItemIdx(item), rating);
        let vote = match voters.len() {
            1 => residual(2, 2.0),
            _ => f64::midpoint(residual(2, 2.0), residual(3, 3.0)),
        };
        let expected = biases.of(biases.users[2], ItemIdx(0)) + vote;
        assert!((f64::from(model.score(UserIdx(2), ItemIdx(0))) - expected).abs() < 1e-6);
    }
}

#[test]
fn users_have_neighbours_as_items_have() {
    let (trainer, _) = trained(ModelKind::UserKnn, &[("n_neighbors", 1.0.into())], 100);
    let model = &trainer.model;
    // User 0 against user 1 by items 0 and 1: 14 / sqrt(41 x 5); against user 2 by items 1 and 2: 18 / sqrt(17 x 20).
    let found: Vec<u32> = neighbours(model, 0).iter().map(|(row, _)| *row).collect();
    assert_eq!(found, [1, 2]);
    let biases = model.base.biases();
    let expected = biases.of(biases.users[0], ItemIdx(3)) + biases.residual(UserIdx(1), ItemIdx(3), 5.0);
    let second = biases.of(biases.users[0], ItemIdx(3)) + biases.residual(UserIdx(2), ItemIdx(3), 3.0);
    let (to_1, to_2) = (14.0 / (41.0_f64 * 5.0).sqrt(), 18.0 / (17.0_f64 * 20.0).sqrt());
    let expected = if to_1 > to_2 { expected } else { second };
    assert!((f64::from(model.score(UserIdx(0), ItemIdx(3))) - expected).abs() < 1e-6);
}

#[test]
fn the_cut_changes_no_bit() {
    for model in [ModelKind::ItemKnn, ModelKind::UserKnn] {
        for name in ["cosine", "pearson-baseline"] {
            let settings = [("similarity", name.into()), ("shrinkage", 1.0.into())];
            let ((whole, left), (cut, right)) = (trained(model, &settings, u32::MAX), trained(model, &settings, 1));
            assert_eq!((left, &whole.model.neighbours), (right, &cut.model.neighbours));
            assert_eq!(whole.model.of_columns, cut.model.of_columns);
        }
    }
}

#[test]
fn the_unknown_is_predicted_by_biases() {
    let (trainer, _) = trained(ModelKind::ItemKnn, &[], 100);
    let biases = trainer.model.base.biases();
    let model = trainer.model();
    assert_eq!(model.predict(UserIdx(3), ItemIdx(0)), (biases.mean + biases.items[0]) as f32);
    assert_eq!(model.predict(UserIdx(1), ItemIdx(4)), (biases.mean + biases.users[1]) as f32);
}

#[test]
fn a_user_folded_in_again_has_the_same_scores_and_contributions_add_up_to_them() {
    for model in [ModelKind::ItemKnn, ModelKind::UserKnn] {
        for name in ["cosine", "pearson", "pearson-baseline", "msd"] {
            let (trainer, _) = trained(model, &[("similarity", name.into())], 100);
            let biases = trainer.model.base.biases();
            let folded = trainer.model().fold_in(&[(ItemIdx(3), 3.0), (ItemIdx(1), 4.0), (ItemIdx(2), 2.0)]);
            let (mut left, mut right) = ([0.0; 5], [0.0; 5]);
            folded.scores(&mut left);
            trainer.model.scores(UserIdx(2), &mut right);
            // What user 2 has rated, a new person is a neighbour's neighbour of: user 2's own ratings.
            for item in [0, 4] {
                assert!((left[item] - right[item]).abs() < 1e-5, "{name} {item}: {left:?} {right:?}");
            }
            for (item, score) in (0..).map(ItemIdx).zip(left) {
                let sum: f64 = folded.contributions(item).iter().sum();
                assert!((biases.of(0.0, item) + sum - f64::from(score)).abs() < 1e-5, "{name} {item:?}");
            }
            trainer.model().fold_in(&[]).scores(&mut left);
            assert_eq!(left[1], (biases.mean + biases.items[1]) as f32);
        }
    }
}

#[test]
fn only_the_strongest_are_kept() {
    assert_eq!((kept(40, 1000), kept(40, 1 << 22)), (ENTRIES / 1000, 40));
    let rows: Vec<u32> = strongest(&[0.2, -1.0, 0.5, 0.0, 0.2, 0.3], 3).iter().map(|neighbour| neighbour.row).collect();
    assert_eq!(rows, [0, 2, 5]);
}
