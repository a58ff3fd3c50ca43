//! Where bytes come from: the page's own files, a person's file, the engine's generators. What they mean is
//! [`engine::data`](crate::engine::data)'s to say.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

use super::scope::{next_turn, scope};
use crate::channel::thrown;
use crate::engine::data::sample::Sample;
use crate::engine::data::{Dataset, Options, Reader, article, generate};
use crate::error::Error;
use crate::study::{Columns, DataSource};

/// Bytes of a file that are read at a time: the conductor listens in between, about every ten milliseconds.
const CHUNK: f64 = 1_048_576.0;

/// How far reading has come: bytes, bytes of the whole, rows.
pub type Progress = (f64, f64, u32);

/// Reads data. `go_on` hears of the progress and says whether the data is still wanted; `None` once it is not.
///
/// # Errors
/// What the engine says of the bytes; [`Error::Unreadable`] where there are none; [`Error::NotReady`] for a file that
/// was named and not given.
pub async fn load(
    source: &DataSource,
    file: Option<Blob>,
    base: &str,
    go_on: impl Fn(Progress) -> bool,
) -> Result<Option<Dataset>, Error> {
    match source {
        DataSource::Sample { name } => {
            let sample = Sample::named(name)?;
            let bytes = fetch(&format!("{base}data/{}", sample.file)).await?;
            if !go_on((bytes.len() as f64, bytes.len() as f64, 0)) {
                return Ok(None);
            }
            sample.unpack(&bytes).map(Some)
        }
        DataSource::Synthetic(spec) => {
            next_turn().await;
            generate::generate(spec).map(|(data, _truth)| Some(data))
        }
        DataSource::Article => Ok(Some(article::dataset())),
        DataSource::File { name, delimiter, columns } => {
            let file = file.ok_or_else(|| Error::NotReady { what: name.clone() })?;
            read(&file, name, options(name, delimiter, columns), go_on).await
        }
    }
}

/// What a person or a link says of a file; what neither says is found in it.
fn options(name: &str, delimiter: &str, columns: &Columns) -> Options {
    if delimiter.is_empty() && columns.user.is_empty() {
        Options::guess(name)
    } else {
        Options::stored(name, delimiter, columns)
    }
}

async fn read(
    file: &Blob,
    name: &str,
    options: Options,
    go_on: impl Fn(Progress) -> bool,
) -> Result<Option<Dataset>, Error> {
    let mut reader = Reader::new(options);
    let total = file.size();
    let mut at = 0.0;
    while at < total {
        let end = total.min(at + CHUNK);
        let slice = file.slice_with_f64_and_f64(at, end).map_err(|error| unreadable(name, &error))?;
        // Fails when the file was changed or removed meanwhile, or is a folder.
        let buffer = JsFuture::from(slice.array_buffer()).await.map_err(|error| unreadable(name, &error))?;
        reader.feed(&Uint8Array::new(&buffer).to_vec())?;
        at = end;
        if !go_on((at, total, reader.rows())) {
            return Ok(None);
        }
    }
    reader.finish().map(Some)
}

/// A file of the page's own.
async fn fetch(address: &str) -> Result<Vec<u8>, Error> {
    let name = address.rsplit('/').next().unwrap_or(address);
    let failed = |error: JsValue| unreadable(name, &error);
    let response: Response = JsFuture::from(scope().fetch_with_str(address)).await.map_err(failed)?.unchecked_into();
    if !response.ok() {
        return Err(Error::Unreadable { file: name.to_owned(), reason: response.status().to_string() });
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(failed)?).await.map_err(failed)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

fn unreadable(file: &str, error: &JsValue) -> Error {
    let reason = match thrown(error) {
        Error::Browser { what } => what,
        other => other.to_string(),
    };
    Error::Unreadable { file: file.to_owned(), reason }
}
