//! Ratings that come after training, without training again.
//!
//! Who has new ratings is folded in anew by all of them, with the items as they are. Factor models around biases (SVD, ALS)
//! also learn of items: bias and factors of each item with new ratings are solved with the users as they then are,
//!
//! sum over its ratings of (r - mu - b_u - b_i - p_u . q_i)^2 + (n_i reg_b or the damping) b_i^2 + n_i reg_f |q_i|^2,
//!
//! what training minimises in them (Rendle and Schmidt-Thieme 2008, doi:10.1145/1454008.1454047, by a closed form). Users come
//! first, then items, then the users once more. A rating costs what the ratings of its user and its item cost: k^2 each.
//!
//! Everything else stays: the mean, other users and items, similarities. So a model that has taken in much is trained anew.

use std::collections::BTreeMap;

use crate::engine::data::interactions::Row;
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::linalg::ridge::Ridge;
use crate::engine::model::Recommender;
use crate::study::{ModelKind, ModelSpec};

/// A trained model that goes on learning.
pub struct Online<'a> {
    model: &'a dyn Recommender,
    /// All ratings: those of training, and those that were added.
    rows: BTreeMap<(u32, u32), f32>,
    /// The same by item.
    by_item: BTreeMap<(u32, u32), f32>,
    scale: (f32, f32),
    learned: Learned,
}

/// What was learned since.
enum Learned {
    /// The scores of each user with new ratings.
    Users(BTreeMap<u32, Vec<f32>>),
    /// Bias and factors of users and of items.
    Factors { penalty: Penalty, users: Vectors, items: Vectors },
}

/// A vector's first number is the bias.
type Vectors = BTreeMap<u32, Vec<f64>>;

/// What holds a vector of n ratings back: its factors `factors` n, its bias by `biases` n and a damping.
#[derive(Clone, Copy, Debug)]
struct Penalty {
    factors: f64,
    biases: f64,
    damping_users: f64,
    damping_items: f64,
}

impl std::fmt::Debug for Online<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Online").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

impl<'a> Online<'a> {
    /// Goes on from a model of `spec` that was trained on `train`.
    #[must_use]
    pub fn new(model: &'a dyn Recommender, spec: &ModelSpec, train: &Interactions) -> Self {
        let penalty = match spec.model {
            // On another scale, factors are not in units of ratings.
            _ if !matches!(spec.text("normalization"), "" | "none") => None,
            ModelKind::Svd if spec.flag("biases") => Some((spec.number("regularization_biases"), 0.0, 0.0)),
            ModelKind::Als => Some((0.0, spec.number("damping_users"), spec.number("damping_items"))),
            _ => None,
        };
        let learned = penalty.map_or_else(
            || Learned::Users(BTreeMap::new()),
            |(biases, damping_users, damping_items)| {
                let factors = spec.number("regularization_factors");
                let penalty = Penalty { factors, biases, damping_users, damping_items };
                Learned::Factors { penalty, users: BTreeMap::new(), items: BTreeMap::new() }
            },
        );
        let scale = if spec.model.predicts_ratings() { train.scale() } else { (f32::MIN, f32::MAX) };
        let mut online = Self { model, rows: BTreeMap::new(), by_item: BTreeMap::new(), scale, learned };
        train.rows().for_each(|row| online.take(row));
        online
    }

    fn take(&mut self, row: Row) {
        self.rows.insert((row.user, row.item), row.rating);
        self.by_item.insert((row.item, row.user), row.rating);
    }

    /// Whether it learns of items as well as of users.
    #[must_use]
    pub fn learns_items(&self) -> bool {
        matches!(self.learned, Learned::Factors { .. })
    }

    /// Takes in ratings; one of a pair that is known takes its place.
    pub fn add(&mut self, rows: &[Row]) {
        rows.iter().for_each(|&row| self.take(row));
        let users: BTreeMap<u32, ()> = rows.iter().map(|row| (row.user, ())).collect();
        let items: BTreeMap<u32, ()> = rows.iter().map(|row| (row.item, ())).collect();
        if let Learned::Users(scores) = &mut self.learned {
            for &user in users.keys() {
                let own: Vec<(ItemIdx, f32)> =
                    ratings(&self.rows, user).map(|(item, rating)| (ItemIdx(item), rating)).collect();
                let folded = scores.entry(user).or_insert_with(|| vec![0.0; self.model.known().n_items()]);
                self.model.fold_in(&own).scores(folded);
            }
            return;
        }
        users.keys().for_each(|&user| self.solve_user(user));
        items.keys().for_each(|&item| self.solve_item(item));
        users.keys().for_each(|&user| self.solve_user(user));
    }

    fn solve_user(&mut self, user: u32) {
        let own = ratings(&self.rows, user).map(|(item, rating)| (self.item(item), rating)).collect();
        let Learned::Factors { penalty, .. } = &self.learned else { return };
        let solved = self.solve(own, penalty.damping_users);
        if let (Some(solved), Learned::Factors { users, .. }) = (solved, &mut self.learned) {
            users.insert(user, solved);
        }
    }

    fn solve_item(&mut self, item: u32) {
        let own = ratings(&self.by_item, item).map(|(user, rating)| (self.user(user), rating)).collect();
        let Learned::Factors { penalty, .. } = &self.learned else { return };
        let solved = self.solve(own, penalty.damping_items);
        if let (Some(solved), Learned::Factors { items, .. }) = (solved, &mut self.learned) {
            items.insert(item, solved);
        }
    }

    /// Bias and factors from the vectors of the other side and the ratings. `None` where the numbers left the range.
    fn solve(&self, own: Vec<(Vec<f64>, f32)>, damping: f64) -> Option<Vec<f64>> {
        let Learned::Factors { penalty, .. } = &self.learned else { return None };
        let (n, columns) = (own.len() as f64, own.first()?.0.len());
        let mut held = vec![penalty.factors * n; columns];
        held[0] = penalty.biases * n + damping;
        let mut right = vec![0.0; columns];
        let mut design = Vec::with_capacity(own.len() * columns);
        for (mut other, rating) in own {
            // What it multiplies the unknown bias by, once its own bias is taken from the rating.
            let residual = f64::from(rating) - self.mean() - std::mem::replace(&mut other[0], 1.0);
            right.iter_mut().zip(&other).for_each(|(right, cell)| *right += cell * residual);
            design.append(&mut other);
        }
        Some(Ridge::new(&design, &held)?.solve(right))
    }

    fn mean(&self) -> f64 {
        self.model.item_bias(ItemIdx(0)).map_or(0.0, |(mean, _)| mean)
    }

    fn user(&self, user: u32) -> Vec<f64> {
        let idx = UserIdx(user);
        let trained = || vector(self.model.user_bias(idx), self.model.user_factors(idx));
        match &self.learned {
            Learned::Factors { users, .. } => users.get(&user).cloned().unwrap_or_else(trained),
            Learned::Users(_) => trained(),
        }
    }

    fn item(&self, item: u32) -> Vec<f64> {
        let idx = ItemIdx(item);
        let bias = || self.model.item_bias(idx).map_or(0.0, |(_, bias)| bias);
        let trained = || vector(bias(), self.model.item_factors(idx));
        match &self.learned {
            Learned::Factors { items, .. } => items.get(&item).cloned().unwrap_or_else(trained),
            Learned::Users(_) => trained(),
        }
    }

    /// The predicted rating, clipped to the scale of the training ratings; of a model that only ranks, its score.
    #[must_use]
    pub fn predict(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let trained = || self.model.predict(user, item);
        let clip = |score: f32| score.clamp(self.scale.0, self.scale.1);
        match &self.learned {
            Learned::Users(scores) => scores.get(&user.0).map_or_else(trained, |scores| clip(scores[item.at()])),
            Learned::Factors { users, items, .. } => {
                if !users.contains_key(&user.0) && !items.contains_key(&item.0) {
                    return trained();
                }
                let (p, q) = (self.user(user.0), self.item(item.0));
                let product: f64 = p[1..].iter().zip(&q[1..]).map(|(p, q)| p * q).sum();
                clip((self.mean() + p[0] + q[0] + product) as f32)
            }
        }
    }
}

/// The ratings of one row, with what they are of.
fn ratings(rows: &BTreeMap<(u32, u32), f32>, of: u32) -> impl Iterator<Item = (u32, f32)> {
    rows.range((of, 0)..=(of, u32::MAX)).map(|(&(_, other), &rating)| (other, rating))
}

fn vector(bias: f64, factors: Option<Vec<f32>>) -> Vec<f64> {
    std::iter::once(bias).chain(factors.unwrap_or_default().into_iter().map(f64::from)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::data::Genres;
    use crate::engine::model::{self, Trainer};
    use crate::study::{Seed, Value};

    const RATINGS: &[(u32, u32, f32)] =
        &[(0, 0, 5.0), (0, 1, 3.0), (1, 0, 4.0), (1, 2, 1.0), (2, 1, 2.0), (2, 2, 3.0), (2, 0, 4.0)];

    fn row(&(user, item, rating): &(u32, u32, f32)) -> Row {
        Row { user, item, rating, time: 0 }
    }

    /// User 3 and item 3 are not known.
    fn trained(spec: &ModelSpec) -> (Box<dyn Trainer>, Arc<Interactions>) {
        let rows: Vec<Row> = RATINGS.iter().map(row).collect();
        let train = Arc::new(Interactions::from_rows(4, 4, false, &rows));
        let mut trainer = model::start(spec, &train, &Genres::default(), Seed(1), 0).unwrap();
        (0..10).for_each(|_| while trainer.advance(100).unwrap().epoch.is_none() {});
        (trainer, train)
    }

    fn spec(model: ModelKind) -> ModelSpec {
        let settings: &[(&str, Value)] =
            if model.parameter("n_factors").is_ok() { &[("n_factors", 2.0.into())] } else { &[] };
        model.with(settings).unwrap()
    }

    fn predictions(online: &Online<'_>) -> Vec<f32> {
        let pairs = (0..4).flat_map(|user| (0..4).map(move |item| (UserIdx(user), ItemIdx(item))));
        pairs.map(|(user, item)| online.predict(user, item)).collect()
    }

    #[test]
    fn nothing_new_changes_nothing_and_others_stay_as_they_are() {
        for kind in [ModelKind::Svd, ModelKind::Als, ModelKind::ItemKnn, ModelKind::Svdpp, ModelKind::Ease] {
            let (trainer, train) = trained(&spec(kind));
            let mut online = Online::new(trainer.model(), &spec(kind), &train);
            let before = predictions(&online);
            let alone = |user, item| trainer.model().predict(UserIdx(user), ItemIdx(item));
            assert_eq!(before[6], alone(1, 2));
            online.add(&[row(&(3, 3, 5.0))]);
            let after = predictions(&online);
            // Users 0, 1, 2 and items 0, 1, 2.
            for at in [0, 1, 2, 4, 5, 6, 8, 9, 10] {
                assert_eq!(before[at], after[at], "{kind:?} {at}");
            }
            assert_eq!(online.learns_items(), [ModelKind::Svd, ModelKind::Als].contains(&kind));
        }
    }

    #[test]
    fn a_person_is_folded_in_where_items_are_not_learned() {
        let (trainer, train) = trained(&spec(ModelKind::ItemKnn));
        let mut online = Online::new(trainer.model(), &spec(ModelKind::ItemKnn), &train);
        online.add(&[row(&(3, 0, 5.0)), row(&(3, 1, 2.0))]);
        let mut scores = [0.0; 4];
        trainer.model().fold_in(&[(ItemIdx(0), 5.0), (ItemIdx(1), 2.0)]).scores(&mut scores);
        assert_eq!(online.predict(UserIdx(3), ItemIdx(2)), scores[2].clamp(1.0, 5.0));
    }

    #[test]
    fn the_gradient_of_whoever_has_new_ratings_vanishes() {
        for kind in [ModelKind::Svd, ModelKind::Als] {
            let (trainer, train) = trained(&spec(kind));
            let mut online = Online::new(trainer.model(), &spec(kind), &train);
            online.add(&[row(&(1, 3, 5.0)), row(&(3, 3, 4.0)), row(&(3, 0, 2.0))]);
            let Learned::Factors { penalty, .. } = &online.learned else { panic!("{kind:?}") };
            let p = online.user(1);
            let own: Vec<(u32, f32)> = ratings(&online.rows, 1).collect();
            assert_eq!(own, [(0, 4.0), (2, 1.0), (3, 5.0)]);
            let mut gradient: Vec<f64> = p.iter().map(|p| -penalty.factors * 3.0 * p).collect();
            gradient[0] = -(penalty.biases * 3.0 + penalty.damping_users) * p[0];
            for (item, rating) in own {
                let mut q = online.item(item);
                let product: f64 = p[1..].iter().zip(&q[1..]).map(|(p, q)| p * q).sum();
                let error = f64::from(rating) - online.mean() - p[0] - std::mem::replace(&mut q[0], 1.0) - product;
                gradient.iter_mut().zip(&q).for_each(|(gradient, q)| *gradient += error * q);
            }
            assert!(gradient.iter().all(|part| part.abs() < 1e-6), "{kind:?} {gradient:?}");
            // The item that nobody had rated is known now.
            assert!(online.item(3)[0] > 0.0);
        }
    }
}
