//! A data set on its way from the reader to the conductor: its report as a plain value, and columns that are handed over
//! instead of copied. One column at a time leaves the reader's memory and comes into the conductor's.

use std::sync::Arc;

use js_sys::{Array, BigInt64Array, Float32Array, Uint8Array, Uint16Array, Uint32Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::engine::data::column::Column;
use crate::engine::data::{Catalog, Dataset, Grouped, Ids, Interactions, Others};
use crate::error::Error;
use crate::protocol::DataReport;

/// Puts a data set's columns behind those that are there; what is left is its report.
pub fn pack(data: Dataset<Grouped>, columns: &Array) -> DataReport {
    let Dataset { interactions, users, items, catalog, others, report } = data;
    let rows = interactions.items.len() as u32;
    columns.push(&Uint32Array::from(&interactions.starts[..]));
    let own_items = Uint32Array::new_with_length(rows);
    blocks(interactions.items, |block, at| own_items.subarray(at, at + block.len() as u32).copy_from(block));
    columns.push(&own_items);
    let ratings = Float32Array::new_with_length(rows);
    blocks(interactions.ratings, |block, at| ratings.subarray(at, at + block.len() as u32).copy_from(block));
    columns.push(&ratings);
    let times = BigInt64Array::new_with_length(interactions.times.len() as u32);
    blocks(interactions.times, |block, at| times.subarray(at, at + block.len() as u32).copy_from(block));
    columns.push(&times);
    for ids in [users, items, others.ids] {
        let (text, ends) = ids.parts();
        push(columns, text, ends);
    }
    for Catalog { titles, genres, years } in [catalog.unwrap_or_default(), others.catalog] {
        for texts in [titles, genres] {
            let lengths: Vec<u32> = texts.iter().map(|text| text.len() as u32).collect();
            push(columns, &texts.concat(), &lengths);
        }
        columns.push(&Uint16Array::from(&years[..]));
    }
    report
}

/// Copies texts behind each other, and where each ends or how long each is.
#[inline(never)]
fn push(columns: &Array, text: &str, places: &[u32]) {
    columns.push(&Uint8Array::from(text.as_bytes()));
    columns.push(&Uint32Array::from(places));
}

/// Hands out a column's blocks, each with where it begins.
fn blocks<T: Copy>(column: Column<T>, write: impl Fn(&[T], u32)) {
    let mut at = 0;
    for block in column.into_blocks() {
        write(&block, at);
        at += block.len() as u32;
    }
}

/// Puts a data set together again from the next of the columns.
///
/// # Errors
/// [`Error::Unreadable`] for columns that do not fit together.
pub fn unpack(report: DataReport, columns: &mut impl Iterator<Item = JsValue>) -> Result<Dataset, Error> {
    let file = || Error::Unreadable { file: "data".to_owned(), reason: "its columns do not fit".to_owned() };
    decode(report, columns).ok_or_else(file)
}

fn decode(report: DataReport, columns: &mut impl Iterator<Item = JsValue>) -> Option<Dataset> {
    let starts = whole(columns)?;
    let items = whole(columns)?;
    let ratings = columns.next()?.dyn_into::<Float32Array>().ok()?.to_vec();
    let times = columns.next()?.dyn_into::<BigInt64Array>().ok()?.to_vec();
    let interactions = Arc::new(Interactions::from_parts(report.items, starts, items, ratings, times)?);
    let mut ids = || Ids::from_parts(&text(columns)?, &whole(columns)?);
    let (users, items, others) = (ids()?, ids()?, ids()?);
    let mut catalog = || Some(Catalog { titles: texts(columns)?, genres: texts(columns)?, years: years(columns)? });
    let known = Some(catalog()?).filter(|known| !known.titles.is_empty());
    let others = Others { ids: others, catalog: catalog()? };
    Some(Dataset { interactions, users, items, catalog: known, others, report })
}

fn texts(columns: &mut impl Iterator<Item = JsValue>) -> Option<Vec<String>> {
    let (text, mut rest) = (text(columns)?, 0);
    let mut next = |len: u32| {
        let own = text.get(rest..rest + len as usize)?.to_owned();
        rest += own.len();
        Some(own)
    };
    whole(columns)?.into_iter().map(&mut next).collect()
}

fn years(columns: &mut impl Iterator<Item = JsValue>) -> Option<Vec<u16>> {
    Some(columns.next()?.dyn_into::<Uint16Array>().ok()?.to_vec())
}

fn whole(columns: &mut impl Iterator<Item = JsValue>) -> Option<Vec<u32>> {
    Some(columns.next()?.dyn_into::<Uint32Array>().ok()?.to_vec())
}

fn text(columns: &mut impl Iterator<Item = JsValue>) -> Option<String> {
    String::from_utf8(columns.next()?.dyn_into::<Uint8Array>().ok()?.to_vec()).ok()
}
