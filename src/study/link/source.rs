//! Where the ratings come from, as a link says it: `ml-latest-small`, `article`, `synthetic:rank=8`, `file:NAME`.

use super::escape;
use crate::decimal;
use crate::study::{Columns, DataSource, Form, Settings, SyntheticSpec};

/// What [`parse`] reads.
pub(super) const SYNTAX: &str =
    "ml-latest-small, article, synthetic, synthetic:users=N,items=N,ratings=N,rank=N,noise=X,seed=N, file:NAME";

/// The delimiter of a file whose link names none.
pub(super) const DELIMITER: &str = ",";

/// The columns of a file whose link names none.
pub(super) fn columns() -> Columns {
    Columns { user: "user".into(), item: "item".into(), rating: Some("rating".into()), time: None }
}

/// Writes a source, escaped. A file's delimiter and columns have keys of their own.
pub(super) fn format(source: &DataSource) -> String {
    let mut text = String::new();
    match source {
        DataSource::Sample { name } => {
            let taken = ["", "article", "synthetic"].contains(&name.as_str());
            if taken || ["synthetic:", "file:", "sample:"].iter().any(|prefix| name.starts_with(prefix)) {
                text.push_str("sample:");
            }
            escape::push(&mut text, name);
        }
        DataSource::Article => text.push_str("article"),
        DataSource::File { name, .. } => {
            text.push_str("file:");
            escape::push(&mut text, name);
        }
        DataSource::Synthetic(spec) => {
            let default = SyntheticSpec::default();
            let counts = [
                ("users", spec.users, default.users),
                ("items", spec.items, default.items),
                ("ratings", spec.ratings, default.ratings),
                ("rank", spec.rank, default.rank),
            ];
            let counts = counts.iter().filter(|(_, value, default)| value != default);
            let mut parts: Vec<String> = counts.map(|(name, value, _)| format!("{name}={value}")).collect();
            if spec.noise != default.noise {
                parts.push(format!("noise={}", spec.noise));
            }
            if spec.seed != default.seed {
                parts.push(format!("seed={}", spec.seed));
            }
            text.push_str(if parts.is_empty() { "synthetic" } else { "synthetic:" });
            text.push_str(&parts.join(","));
        }
    }
    text
}

/// Reads a source, still escaped: `ml-latest-small`, `article`, `synthetic`, `synthetic:rank=8`, `file:NAME`. `None` for
/// what is none of these.
#[must_use]
pub fn parse(text: &str) -> Option<DataSource> {
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    match kind {
        _ if text.is_empty() => None,
        "article" if rest.is_empty() => Some(DataSource::Article),
        "synthetic" => synthetic(rest).map(DataSource::Synthetic),
        "file" => Some(DataSource::File {
            name: escape::undo(rest),
            delimiter: DELIMITER.to_owned(),
            columns: columns(),
            form: Form::default(),
        }),
        "sample" => Some(DataSource::Sample { name: escape::undo(rest) }),
        _ => Some(DataSource::Sample { name: escape::undo(text) }),
    }
}

fn synthetic(text: &str) -> Option<SyntheticSpec> {
    let mut spec = SyntheticSpec::default();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=')?;
        match name {
            "users" => spec.users = value.parse().ok()?,
            "items" => spec.items = value.parse().ok()?,
            "ratings" => spec.ratings = value.parse().ok()?,
            "rank" => spec.rank = value.parse().ok()?,
            "noise" => spec.noise = decimal::parse(value).filter(|noise| *noise >= 0.0)?,
            "seed" => spec.seed = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(spec)
}

/// Writes column names, each escaped: `userId,movieId,rating,timestamp`. An absent rating before a time is nothing.
pub(super) fn format_columns(columns: &Columns) -> String {
    let mut names = vec![Some(&columns.user), Some(&columns.item), columns.rating.as_ref(), columns.time.as_ref()];
    while names.last().is_some_and(Option::is_none) {
        names.pop();
    }
    let mut text = String::new();
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        escape::push(&mut text, name.map_or("", String::as_str));
    }
    text
}

/// Reads column names, still escaped.
pub(super) fn parse_columns(text: &str) -> Option<Columns> {
    let mut names = text.split(',').map(escape::undo);
    let (user, item) = (names.next()?, names.next()?);
    let mut optional = || names.next().filter(|name| !name.is_empty());
    let columns = Columns { user, item, rating: optional(), time: optional() };
    names.next().is_none().then_some(columns)
}

/// Writes the settings that differ from their default: `encoding:gb18030,header:no`.
pub(super) fn format_settings(settings: &impl Settings) -> String {
    let mut text = String::new();
    for (at, (key, value)) in settings.pairs().into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(key);
        text.push(':');
        escape::push(&mut text, &value);
    }
    text
}

/// Reads settings, still escaped.
pub(super) fn parse_settings<S: Settings>(text: &str) -> Option<S> {
    let mut settings = S::default();
    for pair in text.split(',').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(':')?;
        settings.set(key, &escape::undo(value))?;
    }
    Some(settings)
}

/// What [`parse_settings`] reads.
pub(super) fn settings_syntax<S: Settings>() -> String {
    let texts: Vec<String> = S::KEYS.iter().map(|key| format!("{key}:{}", S::allowed(key))).collect();
    texts.join("; ")
}
