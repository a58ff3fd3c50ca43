//! `rectune recommend`: a model trained on all ratings, and what it would show one person.

use serde::Serialize;

use super::output::{self, Table};
use super::{Verdict, args, data, probability, study, train};
use crate::engine::advice;
use crate::engine::calibration::Calibration;
use crate::engine::data::{Dataset, Ids, ItemIdx, Others, UserIdx};
use crate::engine::model;
use crate::error::Error;
use crate::protocol::{Job, Part, Parts, Recommended, Share};
use crate::study::{Goal, ListSpec, MetricSpec, ModelKind, ModelSpec, Seed, SplitSpec, Stopping};

#[derive(Serialize)]
struct Recommendation {
    item: String,
    title: Option<String>,
    /// What the model ranks by, exactly.
    score: f32,
    /// The same as a rating, within the scale of the data, where the model predicts ratings.
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<f32>,
    /// Of a rating that is relevant, where a threshold says which are.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    /// What the score is made of, where the model has biases.
    parts: Option<Parts>,
    /// What speaks for it among the person's own ratings, most first; empty where the model does not know the person.
    because: Vec<Reason>,
}

#[derive(Serialize)]
struct Reason {
    item: String,
    title: Option<String>,
    share: f64,
}

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
    data::check_memory(&spec, &data.interactions, 1)?;
    let behind = data.behind(None);
    let genres = data.genres(&behind);
    let epochs = args.epochs.unwrap_or(kind.default_epochs());
    let calibrate = |threshold| calibration(&data, &spec, (epochs, seed), threshold);
    let calibration = args.relevant.map(calibrate).transpose()?;
    let mut trainer = model::start(&spec, &data.interactions, &genres, seed, 0)?;
    for _ in 0..epochs {
        while trainer.advance(SLICE)?.epoch.is_none() {}
    }
    let list = advice::recommend(trainer.model(), user, &ratings, &[], args.n, ratings.len());
    let (low, high) = data.interactions.scale();
    let named = |place: &Recommended| {
        let rating = kind.predicts_ratings().then(|| (place.score as f32).clamp(low, high));
        let probability = calibration.map(|calibration| calibration.probability(place.score));
        named(&data, &behind, place, (rating, probability))
    };
    let list: Vec<Recommendation> = list.iter().map(named).collect();
    output::finish(args.output.json.as_deref(), &list, || table(&list))?;
    Ok(Verdict::Done)
}

/// The model's scores as probabilities of a relevant rating: by a tenth of the ratings, which a first training leaves out.
fn calibration(
    data: &Dataset,
    model: &ModelSpec,
    (epochs, seed): (u32, Seed),
    threshold: f64,
) -> Result<Calibration, Error> {
    let (split, _) = data::cut(data, None, SplitSpec::Random { valid: 0.1, test: 0.0 }, seed)?;
    let objective = if model.model.predicts_ratings() { MetricSpec::Rmse } else { MetricSpec::Ndcg };
    let job =
        Job::new(model.clone(), Stopping::Fixed { epochs }, objective, ListSpec::default(), Part::Validation, seed);
    Ok(probability::calibrate(&split, &job, epochs, threshold)?.0)
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

/// A recommendation as people know the items, with what its score is as a rating and as a probability.
fn named(
    data: &Dataset,
    behind: &Others,
    place: &Recommended,
    (rating, probability): (Option<f32>, Option<f64>),
) -> Recommendation {
    let item = |item| {
        let (id, title, _) = data.item(behind, item);
        (id.to_owned(), Some(title).filter(|title| !title.is_empty()).map(str::to_owned))
    };
    let reason = |reason: &Share| {
        let (item, title) = item(reason.item);
        Reason { item, title, share: reason.share }
    };
    let because = place.because.iter().map(reason).collect();
    let (item, title) = item(place.item);
    Recommendation { item, title, score: place.score as f32, rating, probability, parts: place.parts, because }
}

/// Reasons that the table has room for.
const REASONS: usize = 3;

/// A title, and what stands below it.
type Column<'a> = (&'a str, &'a dyn Fn(&Recommendation) -> String);

/// Columns that no place fills are left out.
fn table(list: &[Recommendation]) -> String {
    let name = |title: &Option<String>, item: &str| title.clone().unwrap_or_else(|| item.to_owned());
    let reason = |reason: &Reason| format!("{} ({:.0} %)", name(&reason.title, &reason.item), 100.0 * reason.share);
    let parts = |parts: Parts| format!("{:.2} {:+.2} {:+.2} {:+.2}", parts.mean, parts.item, parts.user, parts.taste);
    let rated = list.iter().any(|place| place.rating.is_some());
    let columns: [Column<'_>; 6] = [
        ("item", &|place| place.item.clone()),
        (if rated { "rating" } else { "score" }, &|place| format!("{:.3}", place.rating.unwrap_or(place.score))),
        ("probability", &|place| place.probability.map_or_else(String::new, |one| format!("{one:.2}"))),
        ("title", &|place| place.title.clone().unwrap_or_default()),
        ("mean + item + user + match", &|place| place.parts.map_or_else(String::new, parts)),
        ("because of", &|place| place.because.iter().take(REASONS).map(reason).collect::<Vec<_>>().join(", ")),
    ];
    let filled = columns.iter().filter(|(_, text)| list.iter().any(|place| !text(place).is_empty()));
    let filled: Vec<_> = filled.collect();
    let mut table = Table::new(&filled.iter().map(|(title, _)| *title).collect::<Vec<_>>());
    for place in list {
        table.row(filled.iter().map(|(_, text)| text(place)).collect());
    }
    table.text()
}
