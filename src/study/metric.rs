//! What a study is judged by: its goal, its objective, and what counts as a good list. How a figure is made from sums is the
//! engine's.

use serde::{Serialize, Serializer};

use super::ModelKind;
use crate::error::Error;
use crate::fields::{read_named, read_struct};

/// What the recommender is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// Predict the rating that a user would give.
    Rating,
    /// Recommend a list of items that a user would choose.
    Ranking,
}

/// What trials of the goal "predict ratings" can be judged by.
const RATING_OBJECTIVES: &[MetricSpec] = &[Rmse, Mae];

/// What trials of the goal "recommend a list" can be judged by.
const RANKING_OBJECTIVES: &[MetricSpec] = &[Ndcg, Precision, Recall, F1, Map, Mrr, HitRate, Auc];

impl Goal {
    /// Both goals.
    pub const ALL: [Self; 2] = [Self::Rating, Self::Ranking];

    /// The name in studies, links and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rating => "rating",
            Self::Ranking => "ranking",
        }
    }

    /// The goal of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|goal| goal.name() == name)
    }

    /// The metrics that trials can be judged by; the first is the default.
    #[must_use]
    pub fn objectives(self) -> &'static [MetricSpec] {
        match self {
            Self::Rating => RATING_OBJECTIVES,
            Self::Ranking => RANKING_OBJECTIVES,
        }
    }

    /// The models that every result is held against.
    #[must_use]
    pub fn baselines(self) -> [ModelKind; 2] {
        match self {
            Self::Rating => [ModelKind::Mean, ModelKind::Bias],
            // The most rated, and the best rated: a list by mean ratings shows what a good predictor of ratings is worth as one.
            Self::Ranking => [ModelKind::Popular, ModelKind::Bias],
        }
    }

    /// Whether a model can be chosen under this goal. Rating models can be ranked; ranking models predict no ratings.
    #[must_use]
    pub fn allows(self, model: ModelKind) -> bool {
        self == Self::Ranking || model.predicts_ratings()
    }

    /// Why a model can not be chosen, with those that can.
    #[must_use]
    pub fn refusal(self, model: ModelKind) -> Error {
        let allowed = ModelKind::ALL.into_iter().filter(|model| self.allows(*model)).map(ModelKind::name);
        Error::PredictsNoRatings { model: model.name().to_owned(), allowed: allowed.collect::<Vec<_>>().join(", ") }
    }
}

read_named!(Goal as "goal" or Rating, Self::named);

/// A figure by which a model is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricSpec {
    /// Root mean squared error over rows, in rating units.
    Rmse,
    /// Mean absolute error over rows, in rating units.
    Mae,
    /// The share of rows whose predicted rating, rounded to the nearest that occurs, is the true one.
    Exact,
    /// The share of rows whose predicted and true rating lie on the same side of the threshold.
    Relevance,
    /// What [`Self::Relevance`] would be for whoever always says the commoner side.
    BaseRate,
    /// Normalised discounted cumulative gain at the list's length, binary gain.
    Ndcg,
    /// The share of the list's places that hold something relevant.
    Precision,
    /// The share of what is relevant that is in the list.
    Recall,
    /// The harmonic mean of a user's precision and recall.
    F1,
    /// Average precision, over all that is relevant.
    Map,
    /// One over the place of the first relevant item; 0 where the list has none.
    Mrr,
    /// The share of users whose list holds something relevant.
    HitRate,
    /// How often a relevant item scores above another candidate, over all candidates.
    Auc,
    /// The share of all items that are in anybody's list.
    Coverage,
    /// The mean information of the listed items, in bits: -log2 of the share of users who have the item in training.
    Novelty,
    /// The mean distance between two items of a list: 1 - Jaccard similarity of their genres.
    Diversity,
}

use MetricSpec::{
    Auc, BaseRate, Coverage, Diversity, Exact, F1, HitRate, Mae, Map, Mrr, Ndcg, Novelty, Precision, Recall, Relevance,
    Rmse,
};

impl MetricSpec {
    /// All metrics, in the order in which they are shown.
    pub const ALL: [Self; 16] = [
        Rmse, Mae, Exact, Relevance, BaseRate, Ndcg, Precision, Recall, F1, Map, Mrr, HitRate, Auc, Coverage, Novelty,
        Diversity,
    ];

    /// The metric of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// The name in links and studies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Rmse => "rmse",
            Mae => "mae",
            Exact => "exact",
            Relevance => "relevance",
            BaseRate => "base-rate",
            Ndcg => "ndcg",
            Precision => "precision",
            Recall => "recall",
            F1 => "f1",
            Map => "map",
            Mrr => "mrr",
            HitRate => "hit-rate",
            Auc => "auc",
            Coverage => "coverage",
            Novelty => "novelty",
            Diversity => "diversity",
        }
    }

    /// The name with the list's length, where it depends on that: `ndcg@10`.
    #[must_use]
    pub fn label(self, list: &ListSpec) -> String {
        let mut label = self.name().to_owned();
        if self.is_of_lists() && self != Auc {
            label.push('@');
            label.push_str(&list.length.to_string());
        }
        label
    }

    /// The metric of a label, and the list's length that it names.
    #[must_use]
    pub fn labelled(text: &str) -> Option<(Self, Option<u32>)> {
        match text.split_once('@') {
            None => Self::named(text).map(|metric| (metric, None)),
            Some((name, length)) => {
                let metric = Self::named(name).filter(|metric| metric.is_of_lists())?;
                Some((metric, Some(length.parse().ok().filter(|length| *length > 0)?)))
            }
        }
    }

    /// Whether a larger figure is a better one.
    #[must_use]
    pub fn higher_is_better(self) -> bool {
        !matches!(self, Rmse | Mae)
    }

    /// Whether it judges lists, and not predicted ratings.
    #[must_use]
    pub fn is_of_lists(self) -> bool {
        self >= Ndcg
    }

    /// The figure as something to be minimised, which is what a search does.
    #[must_use]
    pub fn loss(self, value: f64) -> f64 {
        if self.higher_is_better() { -value } else { value }
    }
}

impl Serialize for MetricSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

read_named!(MetricSpec as "metric" or Rmse, Self::named);

/// What a list is, and what is good in it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ListSpec {
    /// Places of a list.
    pub length: u32,
    /// Held-out ratings from here on are relevant; without it every held-out row is.
    pub threshold: Option<f64>,
}

read_struct!(ListSpec { length, threshold }, nothing_else);

impl ListSpec {
    /// The longest list.
    pub const MAX_LENGTH: u32 = 1_000;

    /// Whether it is the usual one, which a study does not write down.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for ListSpec {
    fn default() -> Self {
        Self { length: 10, threshold: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_the_list_it_is_of() {
        let list = ListSpec { length: 20, threshold: None };
        assert_eq!([Rmse, Auc, Ndcg].map(|metric| metric.label(&list)), ["rmse", "auc", "ndcg@20"]);
        assert_eq!(MetricSpec::labelled("ndcg@20"), Some((Ndcg, Some(20))));
        assert_eq!(MetricSpec::labelled("recall"), Some((Recall, None)));
        assert!(["rmse@3", "ndcg@0", "ndcg@x", "x"].iter().all(|text| MetricSpec::labelled(text).is_none()));
    }

    #[test]
    fn every_goal_can_be_judged_and_has_baselines_that_serve_it() {
        for goal in Goal::ALL {
            assert!(goal.objectives().iter().all(|metric| metric.is_of_lists() == (goal == Goal::Ranking)));
            assert!(goal.baselines().into_iter().all(|model| goal.allows(model)));
        }
        assert!(MetricSpec::ALL.is_sorted());
    }
}
