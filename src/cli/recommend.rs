//! `rectune recommend`: a model trained on all ratings, and what it would show one person.

use std::collections::BTreeSet;

use serde::Serialize;

use super::output::{self, Table};
use super::{Verdict, args, data, study, train};
use crate::engine::data::{Dataset, Ids, ItemIdx, UserIdx};
use crate::engine::model::{self, Recommender};
use crate::error::Error;
use crate::study::{Goal, ModelKind};

#[derive(Serialize)]
struct Recommendation {
    item: String,
    title: Option<String>,
    score: f32,
    /// What speaks for it most among the person's own ratings; empty where the model does not know the person.
    because: Vec<Reason>,
}

#[derive(Serialize)]
struct Reason {
    item: String,
    title: Option<String>,
    share: f64,
}

/// Reasons that are named.
const REASONS: usize = 3;

/// Ratings visited at a time; there is nothing to look at between two slices.
const SLICE: u32 = u32::MAX;

pub(super) fn run(args: &args::Recommend) -> Result<Verdict, Error> {
    let kind = ModelKind::parse(&args.model.model)?;
    let spec = kind.with(&study::settings(&args.model.set)?)?;
    let seed = study::checked_seed(args.seed)?;
    train::check_epochs(args.epochs)?;
    let data = data::load(&args.data)?;
    data.check_goal(if kind.predicts_ratings() { Goal::Rating } else { Goal::Ranking })?;
    let (user, ratings) = match (&args.user, &args.like) {
        (Some(id), _) => {
            let user = UserIdx(find(&data.users, "user", id)?);
            let (items, ratings) = data.interactions.user(user);
            (Some(user), items.iter().map(|&item| ItemIdx(item)).zip(ratings.iter().copied()).collect())
        }
        (None, likes) => (None, parse_likes(&data, likes.as_deref().unwrap_or_default())?),
    };
    let mut trainer = model::start(&spec, &data.interactions, seed, 0)?;
    for _ in 0..args.epochs.unwrap_or(kind.default_epochs()) {
        while trainer.advance(SLICE)?.epoch.is_none() {}
    }
    let list = best(&data, trainer.model(), user, &ratings, args.n);
    output::finish(args.output.json.as_deref(), &list, || table(&list))?;
    Ok(Verdict::Done)
}

fn find(ids: &Ids, kind: &str, id: &str) -> Result<u32, Error> {
    ids.find(id.as_bytes()).ok_or_else(|| Error::UnknownId { kind: kind.to_owned(), id: id.to_owned() })
}

/// Reads the ratings of someone new.
fn parse_likes(data: &Dataset, likes: &str) -> Result<Vec<(ItemIdx, f32)>, Error> {
    let mut ratings: Vec<(ItemIdx, f32)> = Vec::new();
    for text in likes.split(',') {
        let (item, rating) = study::assignment("--like", text, "ITEM=RATING,ITEM=RATING")?;
        let item = ItemIdx(find(&data.items, "item", item)?);
        let scale = data.report.scale;
        let bad = || Error::BadSetting {
            setting: "--like".to_owned(),
            value: text.to_owned(),
            allowed: format!("ratings from {} to {}, each item once", scale.min, scale.max),
        };
        let rating: f32 = rating.parse().map_err(|_| bad())?;
        if !(scale.min..=scale.max).contains(&f64::from(rating)) || ratings.iter().any(|(other, _)| *other == item) {
            return Err(bad());
        }
        ratings.push((item, rating));
    }
    Ok(ratings)
}

/// The items with the highest scores that the person has not rated; of equals the one that the data met first. Reasons
/// are those of the person folded in from the same ratings: a trained user does not remember where the score came from.
fn best(
    data: &Dataset,
    model: &dyn Recommender,
    user: Option<UserIdx>,
    ratings: &[(ItemIdx, f32)],
    n: usize,
) -> Vec<Recommendation> {
    let folded = model.fold_in(ratings);
    let mut scores = vec![0.0; data.items.len() as usize];
    match user {
        Some(user) => model.scores(user, &mut scores),
        None => folded.scores(&mut scores),
    }
    let rated: BTreeSet<u32> = ratings.iter().map(|(item, _)| item.0).collect();
    let mut items: Vec<u32> = (0..data.items.len()).filter(|item| !rated.contains(item)).collect();
    items.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    let recommended = items.into_iter().take(n).map(|item| Recommendation {
        item: data.items.text(item).to_owned(),
        title: title(data, item),
        score: scores[item as usize],
        because: reasons(data, &folded.contributions(ItemIdx(item)), ratings),
    });
    recommended.collect()
}

/// The ratings that speak for an item most.
fn reasons(data: &Dataset, contributions: &[f64], ratings: &[(ItemIdx, f32)]) -> Vec<Reason> {
    let shares = model::shares(contributions);
    let mut reasons: Vec<(f64, u32)> = shares.into_iter().zip(ratings.iter().map(|(item, _)| item.0)).collect();
    reasons.retain(|(share, _)| *share > 0.0);
    reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
    let reason = |(share, item)| Reason { item: data.items.text(item).to_owned(), title: title(data, item), share };
    reasons.into_iter().take(REASONS).map(reason).collect()
}

fn title(data: &Dataset, item: u32) -> Option<String> {
    let title = data.catalog.as_ref()?.titles.get(item as usize)?;
    (!title.is_empty()).then(|| title.clone())
}

fn table(list: &[Recommendation]) -> String {
    let mut table = Table::new(&["item", "score", "title", "because of"]);
    let name = |title: &Option<String>, item: &str| title.clone().unwrap_or_else(|| item.to_owned());
    for place in list {
        let reason = place.because.first();
        let reason =
            reason.map(|reason| format!("{} ({:.0} %)", name(&reason.title, &reason.item), reason.share * 1e2));
        table.row(vec![
            place.item.clone(),
            format!("{:.3}", place.score),
            place.title.clone().unwrap_or_default(),
            reason.unwrap_or_default(),
        ]);
    }
    table.text()
}
