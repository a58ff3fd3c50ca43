//! What the arguments say of reading and cleaning.

use crate::cli::args::Reading;
use crate::engine::data::Options;
use crate::engine::data::layout::Pick;
use crate::error::Error;
use crate::study::form::{Decimal, Header, Layout, Quotes, TimeFormat};
use crate::study::{Cleaning, Columns, Form, Settings};

/// Whether the arguments leave a study's own way of reading its file alone.
pub(super) fn keeps_the_form(reading: &Reading) -> bool {
    let Reading { map, delimiter, encoding, header, layout, quotes, decimal, time, .. } = reading;
    [map, delimiter, encoding, header, layout, quotes, decimal, time].iter().all(|option| option.is_none())
}

/// Applies the arguments.
pub(super) fn apply(reading: &Reading, options: &mut Options) -> Result<(), Error> {
    if let Some(map) = &reading.map {
        pick_columns(options, map)?;
    }
    if let Some(delimiter) = &reading.delimiter {
        options.delimiter = Some(match delimiter.as_str() {
            "\\t" | "tab" => "\t".to_owned(),
            "space" | "spaces" => " ".to_owned(),
            other => other.to_owned(),
        });
    }
    let form = &mut options.form;
    if let Some(label) = &reading.encoding {
        form.encoding = Some(label.to_ascii_lowercase());
    }
    form.header = named::<Form, _>("header", reading.header.as_deref(), |text| match Header::named(text)? {
        Header::ByColumns => None,
        header => Some(header == Header::Yes),
    })?
    .or(form.header);
    form.layout = named::<Form, _>("layout", reading.layout.as_deref(), Layout::named)?.or(form.layout);
    form.quotes = named::<Form, _>("quotes", reading.quotes.as_deref(), Quotes::named)?.or(form.quotes);
    form.decimal = named::<Form, _>("decimal", reading.decimal.as_deref(), Decimal::named)?.or(form.decimal);
    form.time = named::<Form, _>("time", reading.time.as_deref(), TimeFormat::named)?.or(form.time);
    if reading.scale.is_some() {
        options.find_scale = false;
    }
    clean(reading, &mut options.clean)
}

fn named<S: Settings, T>(key: &str, text: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Error> {
    text.map(|text| parse(text).ok_or_else(|| refused::<S>(key, text))).transpose()
}

fn refused<S: Settings>(key: &str, text: &str) -> Error {
    Error::BadSetting {
        setting: format!("--{}", key.replace('_', "-")),
        value: text.to_owned(),
        allowed: S::allowed(key).to_owned(),
    }
}

fn clean(reading: &Reading, clean: &mut Cleaning) -> Result<(), Error> {
    let said = [
        ("bad_rows", &reading.bad_rows),
        ("zeros", &reading.zeros),
        ("scale", &reading.scale),
        ("repeats", &reading.repeats),
        ("counts", &reading.counts),
        ("threshold", &reading.threshold),
        ("constant_users", &reading.constant_users),
        ("sample_users", &reading.sample_users),
        ("sample_seed", &reading.sample_seed),
        ("core_users", &reading.core),
        ("core_items", &reading.core),
        ("core_users", &reading.core_users),
        ("core_items", &reading.core_items),
        ("order", &reading.order),
        ("test_overlap", &reading.test_overlap),
    ];
    for (key, text) in said {
        if let Some(text) = text {
            clean.set(key, text).ok_or_else(|| refused::<Cleaning>(key, text))?;
        }
    }
    Ok(())
}

fn pick_columns(options: &mut Options, map: &str) -> Result<(), Error> {
    for pair in map.split(',') {
        let bad = || Error::BadSetting {
            setting: "--map".to_owned(),
            value: map.to_owned(),
            allowed: "user=COLUMN,item=COLUMN,rating=COLUMN,time=COLUMN, each at most once; rating= and time= for none"
                .to_owned(),
        };
        let (role, column) = pair.split_once('=').ok_or_else(bad)?;
        let optional = matches!(role, "rating" | "time");
        let pick = match role {
            "user" => &mut options.picks.user,
            "item" => &mut options.picks.item,
            "rating" => &mut options.picks.rating,
            "time" => &mut options.picks.time,
            _ => return Err(bad()),
        };
        if column.is_empty() && !optional || *pick != Pick::Guess {
            return Err(bad());
        }
        *pick = if column.is_empty() { Pick::Absent } else { Pick::Column(column.to_owned()) };
    }
    Ok(())
}

/// The columns as a person writes them.
pub(in crate::cli) fn columns_text(columns: &Columns) -> String {
    let mut text = format!("user={},item={}", columns.user, columns.item);
    for (role, column) in [("rating", &columns.rating), ("time", &columns.time)] {
        if let Some(column) = column {
            text += &format!(",{role}={column}");
        }
    }
    text
}
