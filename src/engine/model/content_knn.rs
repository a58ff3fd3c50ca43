//! Neighbourhoods of items by their genres, for lists: an item scores by those of the person's own items that are most like
//! it, whoever has rated it. So items that nobody has rated have their place (Lops, de Gemmis and Semeraro 2011,
//! doi:10.1007/978-0-387-85820-3_3).
//!
//! score = sum over the K most similar own items j of s_ij w_j / min(K, own items): from 0 to 1. Similarity s of two sets of
//! genres: Jaccard's, or the cosine where a genre counts by how rare it is, ln(items / items that have it). The weight w
//! of an own item goes from 1/2 for the lowest rating to 1 for the highest; where all ratings are alike, it is 1.
//!
//! Nothing is learned but genres, weights and what each user has. A person's scores cost (different sets of genres) x (own
//! items). A user without training rows gets the items by popularity.

use std::sync::Arc;

use super::{AtOnce, FoldedUser, Known, Recommender, popular};
use crate::engine::data::{Genres, Interactions, ItemIdx, UserIdx};
use crate::error::Error;
use crate::order;
use crate::study::{ModelKind, ModelSpec};

/// What weights add to similarities to order those that are equal.
const TIE: f64 = 1e-9;

/// How many sets of genres there may be for all their similarities to be laid out once. Data with thousands of items have
/// hundreds of them.
const LAID_OUT: usize = 1024;

/// Bytes of sets, groups and similarities, and of what is known. The ratings are those that there are.
pub(super) fn bytes(n_users: u32, n_items: u32) -> u64 {
    let laid_out = u64::from(n_items).min(LAID_OUT as u64);
    u64::from(n_users) + u64::from(n_items) * (8 + 4 + 4 + 1) + laid_out * laid_out * 8
}

/// Puts items of the same genres together.
///
/// # Errors
/// Without genres there is nothing to go by.
pub(super) fn trainer(spec: &ModelSpec, train: &Arc<Interactions>, genres: &Genres) -> Result<AtOnce, Error> {
    if genres.is_empty() {
        return Err(no_genres(spec.model));
    }
    // Items that no row names have their genres behind those of the others.
    let n_items = train.n_items().max(genres.sets().len() as u32);
    // There are far fewer sets than items.
    let mut sets: Vec<u64> = Vec::new();
    for item in 0..n_items {
        if let Err(at) = sets.binary_search(&genres.set(item)) {
            sets.insert(at, genres.set(item));
        }
    }
    let group_of = (0..n_items).map(|item| sets.partition_point(|set| *set < genres.set(item)) as u32).collect();
    let rarity = (spec.text("similarity") == "cosine").then(|| rarity(genres, train.n_items()));
    let mut shares = popular::shares(train);
    shares.resize(n_items as usize, 0.0);
    Ok(AtOnce::new(
        Box::new(ContentKnn {
            n_neighbors: spec.number("n_neighbors") as usize,
            similarities: Similarities::new(rarity, sets),
            group_of,
            train: Arc::clone(train),
            shares,
            known: Known::new(train),
        }),
        0.0,
    ))
}

/// Why a model of genres can not serve ratings alone.
#[must_use]
pub fn no_genres(model: ModelKind) -> Error {
    Error::NotSupported {
        what: model.name().to_owned(),
        reason: "the genres of the items are not known".to_owned(),
        allowed: "ratings with a file of items and their genres, or another model".to_owned(),
    }
}

/// The square of how rare each genre is.
fn rarity(genres: &Genres, n_items: u32) -> Vec<f64> {
    let square = |bit: u32| {
        let count = (0..n_items).filter(|&item| genres.set(item) >> bit & 1 == 1).count();
        let rarity = if count == 0 { 0.0 } else { libm::log(f64::from(n_items) / count as f64) };
        rarity * rarity
    };
    (0..u64::BITS).map(square).collect()
}

struct ContentKnn {
    n_neighbors: usize,
    similarities: Similarities,
    /// Which set of genres each item has, also those that no row names.
    group_of: Vec<u32>,
    train: Arc<Interactions>,
    shares: Vec<f32>,
    known: Known,
}

/// How similar two sets of genres are.
struct Similarities {
    /// The squared weight of each genre, for cosines.
    rarity: Option<Vec<f64>>,
    /// The different sets of genres, ascending.
    sets: Vec<u64>,
    /// Of each set to each, if there are few enough of them.
    table: Vec<f64>,
}

impl Similarities {
    fn new(rarity: Option<Vec<f64>>, sets: Vec<u64>) -> Self {
        let mut similarities = Self { rarity, sets, table: Vec::new() };
        let sets = &similarities.sets;
        if sets.len() <= LAID_OUT {
            let mut table = Vec::with_capacity(sets.len() * sets.len());
            for &set in sets {
                table.extend(sets.iter().map(|&other| similarities.between(set, other)));
            }
            similarities.table = table;
        }
        similarities
    }

    /// Of two sets by number.
    fn of(&self, a: u32, b: u32) -> f64 {
        let (a, b) = (a as usize, b as usize);
        self.table.get(a * self.sets.len() + b).copied().unwrap_or_else(|| self.between(self.sets[a], self.sets[b]))
    }

    fn between(&self, a: u64, b: u64) -> f64 {
        let ratio = |common: f64, whole: f64| if whole > 0.0 { common / whole } else { 0.0 };
        match &self.rarity {
            None => ratio((a & b).count_ones().into(), (a | b).count_ones().into()),
            Some(rarity) => {
                // An item has a few of the 64 genres: only those are visited.
                let sum = |mut set: u64| {
                    let bits = std::iter::from_fn(|| {
                        let bit = set.trailing_zeros() as usize;
                        set &= set.wrapping_sub(1);
                        rarity.get(bit)
                    });
                    bits.sum::<f64>()
                };
                ratio(sum(a & b), (sum(a) * sum(b)).sqrt())
            }
        }
    }
}

/// One of a person's own items.
#[derive(Clone, Copy)]
struct Own {
    /// Its set of genres.
    group: u32,
    weight: f64,
}

impl ContentKnn {
    /// A person's own items.
    fn own(&self, ratings: &mut dyn Iterator<Item = (u32, f32)>) -> Vec<Own> {
        let (low, high) = self.known.scale;
        let weight = |rating: f32| {
            // Halved, so that the largest numbers have a difference too.
            let place = if high > low { (rating / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) } else { 1.0 };
            f64::from(1.0 + place.clamp(0.0, 1.0)) / 2.0
        };
        let group = |item: u32| self.group_of[item as usize];
        ratings.map(|(item, rating)| Own { group: group(item), weight: weight(rating) }).collect()
    }

    fn own_of(&self, user: UserIdx) -> Vec<Own> {
        let (items, ratings) = self.train.user(user);
        self.own(&mut items.iter().copied().zip(ratings.iter().copied()))
    }

    /// What own items say of an item of these genres: their part of the score, and their place among `own`. Of equally
    /// similar ones those of the highest weight count.
    fn votes(&self, own: &[Own], group: u32) -> Vec<(f64, u32)> {
        let of = |own: &Own| self.similarities.of(group, own.group);
        let mut similar = (0..).zip(own).map(|(place, own)| (of(own) + TIE * own.weight, place));
        let mut votes = order::highest(self.n_neighbors, &mut similar);
        let n = votes.len() as f64;
        for (vote, place) in &mut votes {
            let own = own[*place as usize];
            *vote = of(&own) * own.weight / n;
        }
        votes
    }

    fn of_group(&self, own: &[Own], group: u32) -> f32 {
        self.votes(own, group).iter().map(|(vote, _)| vote).sum::<f64>() as f32
    }

    fn write_scores(&self, own: &[Own], out: &mut [f32]) {
        if own.is_empty() {
            out.copy_from_slice(&self.shares[..out.len()]);
            return;
        }
        let of_groups: Vec<f32> =
            (0..).take(self.similarities.sets.len()).map(|group| self.of_group(own, group)).collect();
        for (score, &group) in out.iter_mut().zip(&self.group_of) {
            *score = of_groups[group as usize];
        }
    }
}

impl Recommender for ContentKnn {
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let own = self.own_of(user);
        if own.is_empty() {
            return self.shares[item.at()];
        }
        self.of_group(&own, self.group_of[item.at()])
    }

    fn as_prediction(&self, score: f32) -> f32 {
        score
    }

    fn scores(&self, user: UserIdx, out: &mut [f32]) {
        self.write_scores(&self.own_of(user), out);
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn n_offered(&self) -> usize {
        self.group_of.len()
    }

    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        let own = self.own(&mut ratings.iter().map(|&(item, rating)| (item.0, rating)));
        Box::new(FoldedIntoContent { model: self, own })
    }
}

struct FoldedIntoContent<'a> {
    model: &'a ContentKnn,
    own: Vec<Own>,
}

impl FoldedUser for FoldedIntoContent<'_> {
    fn scores(&self, out: &mut [f32]) {
        self.model.write_scores(&self.own, out);
    }

    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let mut parts = vec![0.0; self.own.len()];
        for (vote, place) in self.model.votes(&self.own, self.model.group_of[item.at()]) {
            parts[place as usize] = vote;
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::super::Trainer;
    use super::super::tests::interactions;
    use super::*;

    /// Genres by bit: items 0 {a}, 1 {a, b}, 2 {b}, 3 {a}, 4 {}, 5 {c}. Items 3 and 5 are rated by nobody.
    fn trained(k: f64, similarity: &str) -> AtOnce {
        let train = interactions(3, 6, &[(0, 0, 5.0), (0, 2, 1.0), (1, 1, 3.0), (1, 4, 5.0)]);
        let spec = ModelKind::ContentKnn.with(&[("n_neighbors", k.into()), ("similarity", similarity.into())]).unwrap();
        trainer(&spec, &train, &Genres::from_sets(vec![1, 3, 2, 1, 0, 4])).unwrap()
    }

    fn scores(trainer: &AtOnce, user: u32) -> [f32; 6] {
        let mut scores = [9.0; 6];
        trainer.model().scores(UserIdx(user), &mut scores);
        assert_eq!(scores.map(f32::to_bits)[1], trainer.model().score(UserIdx(user), ItemIdx(1)).to_bits());
        scores
    }

    #[test]
    fn scores_by_hand() {
        // User 0 has {a} of weight 1 and {b} of weight 1/2.
        assert_eq!(scores(&trained(2.0, "jaccard"), 0), [0.5, (0.5 + 0.25) / 2.0, 0.25, 0.5, 0.0, 0.0]);
        // Of two that are equally similar to {a, b}, the one with the higher weight counts.
        assert_eq!(scores(&trained(1.0, "jaccard"), 0), [1.0, 0.5, 0.5, 1.0, 0.0, 0.0]);
        // Of six items three have a and two b: ln 2 and ln 3. User 1 has {a, b} of weight 3/4, and {} of weight 1.
        let (a, b) = (libm::log(2.0), libm::log(3.0));
        let to_a = (0.75 * a / libm::hypot(a, b)) as f32;
        let found = scores(&trained(1.0, "cosine"), 1);
        assert!((found[3] - to_a).abs() < 1e-6 && (found[1] - 0.75).abs() < 1e-6, "{found:?} {to_a}");
        // Nothing is known of user 2: popularity.
        assert_eq!(scores(&trained(1.0, "cosine"), 2), [0.5, 0.5, 0.5, 0.0, 0.5, 0.0]);
    }

    #[test]
    fn somebody_new_with_the_same_ratings_has_the_same_scores_and_reasons_that_add_up() {
        let trainer = trained(2.0, "cosine");
        let folded = trainer.model().fold_in(&[(ItemIdx(2), 1.0), (ItemIdx(0), 5.0)]);
        let mut folded_scores = [0.0; 6];
        folded.scores(&mut folded_scores);
        assert_eq!(folded_scores, scores(&trainer, 0));
        for item in 0..6 {
            let sum: f64 = folded.contributions(ItemIdx(item)).iter().sum();
            assert!((sum - f64::from(folded_scores[item as usize])).abs() < 1e-6);
        }
        // An item that nobody has rated is there because of the one with its genre.
        assert_eq!(folded.contributions(ItemIdx(3)), [0.0, 0.5]);
    }

    #[test]
    fn items_that_no_row_names_can_be_recommended_and_change_no_score_of_the_others() {
        let train = interactions(3, 6, &[(0, 0, 5.0), (0, 2, 1.0), (1, 1, 3.0), (1, 4, 5.0)]);
        for similarity in ["jaccard", "cosine"] {
            let spec = ModelKind::ContentKnn.with(&[("similarity", similarity.into())]).unwrap();
            let of = |sets| trainer(&spec, &train, &Genres::from_sets(sets)).unwrap();
            let (few, more) = (of(vec![1, 3, 2, 1, 0, 4]), of(vec![1, 3, 2, 1, 0, 4, 8, 1]));
            assert_eq!((few.model().n_offered(), more.model().n_offered()), (6, 8));
            for user in 0..3 {
                assert_eq!(scores(&few, user), scores(&more, user));
                let mut all = [9.0; 8];
                more.model().scores(UserIdx(user), &mut all);
                assert_eq!(
                    (&all[..6], all[6], all[7]),
                    (&scores(&few, user)[..], 0.0, if user == 2 { 0.0 } else { all[3] })
                );
            }
        }
    }

    #[test]
    fn without_genres_there_is_a_sentence() {
        let spec = ModelKind::ContentKnn.with(&[]).unwrap();
        let error = trainer(&spec, &interactions(1, 1, &[(0, 0, 1.0)]), &Genres::default()).err().unwrap();
        assert_eq!(error.code(), "not-supported");
    }
}
