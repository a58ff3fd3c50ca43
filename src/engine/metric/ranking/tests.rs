//! Lists by hand, and the figures of published evaluators on a fixture.

use super::*;
use crate::engine::data::interactions::Row;
use crate::protocol::Metrics;

fn interactions(n_users: u32, n_items: u32, pairs: &[(u32, u32)]) -> Interactions {
    let rows: Vec<Row> = pairs.iter().map(|&(user, item)| Row { user, item, rating: 1.0, time: 0 }).collect();
    Interactions::from_rows(n_users, n_items, false, &rows)
}

fn spec(length: u32) -> ListSpec {
    ListSpec { length, threshold: None }
}

fn sums(n_users: u32, n_items: u32, genres: &Genres) -> Sums {
    Sums::new(n_users, n_items, &Ranker::metrics(genres))
}

/// One user with 6 items: item 5 in training, scores descending from item 0, and these held out.
fn one(length: u32, threshold: Option<f64>, held_out: (&[u32], &[f32])) -> Sums {
    let train = interactions(2, 6, &[(0, 5), (1, 5), (1, 0)]);
    let genres = Arc::new(Genres::from_sets(vec![1, 1, 3, 4, 4, 4]));
    let mut ranker = Ranker::new(&train, ListSpec { length, threshold }, &genres, 1);
    let mut sums = sums(2, 6, &genres);
    ranker.rank(UserIdx(0), &[6.0, 5.0, 4.0, 3.0, 2.0, 9.0], &[5], held_out, &mut sums);
    sums
}

fn get(metrics: &Metrics, metric: MetricSpec) -> f64 {
    metrics.get(metric).unwrap()
}

#[test]
fn a_list_by_hand() {
    // The list is 0, 1, 2; relevant are 1 and 4: a hit at place 2, a miss at place 5 of 5 candidates.
    let metrics = one(3, None, (&[4, 1], &[1.0, 1.0])).metrics();
    let log2_3 = libm::log2(3.0);
    assert_eq!(get(&metrics, MetricSpec::Precision), 1.0 / 3.0);
    assert_eq!(get(&metrics, MetricSpec::Recall), 0.5);
    assert!((get(&metrics, MetricSpec::F1) - 0.4).abs() < 1e-15);
    assert!((get(&metrics, MetricSpec::Ndcg) - (1.0 / log2_3) / (1.0 + 1.0 / log2_3)).abs() < 1e-15);
    assert_eq!(get(&metrics, MetricSpec::Map), 0.25);
    assert_eq!((get(&metrics, MetricSpec::Mrr), get(&metrics, MetricSpec::HitRate)), (0.5, 1.0));
    // Of 2 x 3 pairs item 1 wins two, item 4 none.
    assert_eq!(get(&metrics, MetricSpec::Auc), 2.0 / 6.0);
    assert_eq!(get(&metrics, MetricSpec::Coverage), 0.5);
    // Item 0 has one of two users, items 1 and 2 count as if they had one.
    assert_eq!(get(&metrics, MetricSpec::Novelty), 1.0);
    // Genres {a}, {a}, {a, b}: distances 0, 1/2, 1/2.
    assert!((get(&metrics, MetricSpec::Diversity) - 1.0 / 3.0).abs() < 1e-15);
}

#[test]
fn what_is_in_training_is_no_candidate_and_not_relevant() {
    let sums = one(3, None, (&[5], &[1.0]));
    assert_eq!((sums.list_counts().judged, sums.list_counts().left_out), (0, 1));
    assert_eq!(sums.metrics().get(MetricSpec::Ndcg), None);
}

#[test]
fn a_threshold_says_what_is_relevant() {
    let metrics = one(3, Some(4.0), (&[0, 1], &[3.5, 4.0])).metrics();
    assert_eq!(get(&metrics, MetricSpec::Recall), 1.0);
    assert_eq!(get(&metrics, MetricSpec::Mrr), 0.5);
    assert_eq!(one(3, Some(4.0), (&[0], &[3.5])).list_counts().left_out, 1);
}

#[test]
fn a_list_longer_than_the_candidates_keeps_its_length_in_the_precision() {
    let metrics = one(10, None, (&[0, 1, 2, 3, 4], &[1.0; 5])).metrics();
    assert_eq!(get(&metrics, MetricSpec::Precision), 0.5);
    assert_eq!((get(&metrics, MetricSpec::Ndcg), get(&metrics, MetricSpec::Map)), (1.0, 1.0));
    // There is no pair.
    assert_eq!(get(&metrics, MetricSpec::Auc), 0.5);
}

#[test]
fn equal_scores_break_by_seed_and_user_and_count_half_in_the_auc() {
    let genres = Arc::new(Genres::default());
    let train = interactions(500, 100, &[(0, 0)]);
    let places = |key| {
        let mut ranker = Ranker::new(&train, spec(10), &genres, key);
        let mut sums = sums(500, 100, &genres);
        (0..500).for_each(|user| ranker.rank(UserIdx(user), &[1.0; 100], &[], (&[7], &[1.0]), &mut sums));
        sums.metrics()
    };
    let (first, second) = (places(1), places(2));
    assert_eq!(get(&first, MetricSpec::Auc), 0.5);
    // One of 100 equal items is in a list of ten for a tenth of the users, whatever its index.
    assert!((get(&first, MetricSpec::HitRate) - 0.1).abs() < 0.05);
    assert_ne!(get(&first, MetricSpec::Mrr), get(&second, MetricSpec::Mrr));
    assert_eq!(get(&first, MetricSpec::Coverage), 1.0);
}

/// Scores, relevant items and figures of the evaluators that `tests/ranking_fixture.py` asked.
#[derive(serde::Deserialize)]
struct Fixture {
    length: u32,
    scores: Vec<Vec<f32>>,
    relevant: Vec<Vec<u32>>,
    figures: std::collections::BTreeMap<String, f64>,
}

#[test]
fn published_evaluators_give_the_same_figures() {
    let fixture: Fixture = serde_json::from_str(include_str!("../../../../tests/ranking_fixture.json")).unwrap();
    let (n_users, n_items) = (fixture.scores.len() as u32, fixture.scores[0].len() as u32);
    let train = interactions(n_users, n_items, &[(0, 0)]);
    let genres = Arc::new(Genres::default());
    let mut ranker = Ranker::new(&train, spec(fixture.length), &genres, 1);
    let mut sums = sums(n_users, n_items, &genres);
    for (user, (scores, relevant)) in (0..).zip(fixture.scores.iter().zip(&fixture.relevant)) {
        ranker.rank(UserIdx(user), scores, &[], (relevant, &vec![1.0; relevant.len()]), &mut sums);
    }
    let metrics = sums.metrics();
    assert_eq!(fixture.figures.len(), 8);
    for (name, figure) in fixture.figures {
        let own = get(&metrics, MetricSpec::named(&name).unwrap());
        assert!((own - figure).abs() < 1e-9, "{name}: {own}, published {figure}");
    }
}
