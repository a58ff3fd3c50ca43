//! What is recommended to whom, and why.

use serde::Serialize;

use crate::error::Error;
use crate::fields::read_struct;
use crate::study::ModelKind;

/// For whom recommendations are wanted, and by which trial's model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Question {
    /// Which question this is.
    pub seq: u32,
    /// A user of the data; `None` for someone with these ratings.
    pub user: Option<u32>,
    /// The ratings of someone who is not in the data, each item once.
    pub ratings: Vec<Rated>,
    /// The trial; the best one where none is named, or this one has no result.
    pub trial: Option<u32>,
    /// How many items are wanted.
    pub count: u32,
    /// Where it is asked how likely a rating from this one on is, that one.
    pub relevant: Option<f64>,
}

/// A person's rating.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rated {
    /// The item's dense index.
    pub item: u32,
    /// The rating.
    pub rating: f32,
}

/// A small factorisation shown as tables, row by row: "fit, not prediction".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Factors {
    /// User ids.
    pub users: Vec<String>,
    /// Item ids.
    pub items: Vec<String>,
    /// The ratings, users x items; absent cells are empty.
    pub ratings: Vec<Vec<Option<f32>>>,
    /// U, users x factors.
    pub user_factors: Vec<Vec<f32>>,
    /// V, items x factors.
    pub item_factors: Vec<Vec<f32>>,
    /// U V^T, users x items, plus mean and biases where the model has them.
    pub product: Vec<Vec<f32>>,
    /// Root mean squared error on the known cells.
    pub rmse: f64,
}

/// An item or a user as people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The dense index.
    pub idx: u32,
    /// The title; the id where there is none.
    pub name: String,
    /// An item's genres, separated by `|`; empty where unknown.
    pub genres: String,
    /// Ratings of the item, or of the user.
    pub count: u32,
}

/// A list that was made for a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// The question's number. A question has a new answer whenever there is a better trial.
    pub seq: u32,
    /// Whose model made it.
    pub trial: u32,
    /// Which model that is.
    pub model: ModelKind,
    /// The best items, best first.
    pub list: Vec<Recommended>,
    /// A user's own ratings, the highest first, as many as are worth a look.
    pub history: Vec<Rated>,
    /// How all items of list, reasons and history are called.
    pub names: Vec<Named>,
    /// Why there is no list: the model could not be trained on all rows that it may see.
    pub error: Option<Error>,
}

/// A recommended item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recommended {
    /// The item's dense index.
    pub item: u32,
    /// Its score: an unclipped rating, or what the model ranks by.
    pub score: f64,
    /// How likely a rating is that is high enough, if that was asked and is known.
    pub probability: Option<f64>,
    /// What the score is made of, where the model has biases.
    pub parts: Option<Parts>,
    /// The person's own items that speak for it most, the strongest first.
    pub because: Vec<Share>,
}

/// How much of what speaks for an item is due to another one. The shares of all of a person's items add up to 1; those that
/// do not speak for it have none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The dense index of the person's own item.
    pub item: u32,
    /// Its share.
    pub share: f64,
}

/// What a predicted rating is made of: their sum is the score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parts {
    /// The mean of all ratings.
    pub mean: f64,
    /// By how much the item is rated above it.
    pub item: f64,
    /// By how much the person rates above it.
    pub user: f64,
    /// What remains: how well the two go together.
    pub taste: f64,
}

read_struct!(Question { seq, user, ratings, trial, count, relevant });

read_struct!(Rated { item, rating });

read_struct!(Named { idx, name, genres, count });

read_struct!(Advice { seq, trial, model, list, history, names, error });

read_struct!(Recommended { item, score, probability, parts, because });

read_struct!(Share { item, share });

read_struct!(Parts { mean, item, user, taste });

read_struct!(Factors { users, items, ratings, user_factors, item_factors, product, rmse });
