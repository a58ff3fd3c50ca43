//! Data that no file of a person brings: what ships with the page, what the engine makes.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::scope::{next_turn, scope};
use crate::channel::in_its_words;
use crate::engine::data::sample::Sample;
use crate::engine::data::{Dataset, article, generate};
use crate::error::Error;
use crate::study::DataSource;

/// Makes the data of a source, as it is before any cleaning. The page's files lie below `base`.
///
/// # Errors
/// What the engine says of the source; [`Error::Unreadable`] for a sample that does not come; [`Error::NotReady`] for a file,
/// which a reader reads.
pub async fn make(source: &DataSource, base: &str) -> Result<Dataset, Error> {
    match source {
        DataSource::Sample { name } => {
            let sample = Sample::named(name)?;
            sample.unpack(&fetch(&format!("{base}data/{}", sample.file)).await?)
        }
        DataSource::Synthetic(spec) => {
            next_turn().await;
            Ok(generate::generate(spec)?.0)
        }
        DataSource::Article => Ok(article::dataset()),
        DataSource::File { name, .. } => Err(Error::NotReady { what: name.clone() }),
    }
}

/// A file of the page's own.
async fn fetch(address: &str) -> Result<Vec<u8>, Error> {
    let name = address.rsplit('/').next().unwrap_or(address);
    let failed = |error: JsValue| Error::Unreadable { file: name.to_owned(), reason: in_its_words(&error) };
    let response: Response = JsFuture::from(scope().fetch_with_str(address)).await.map_err(failed)?.unchecked_into();
    if !response.ok() {
        return Err(Error::Unreadable { file: name.to_owned(), reason: response.status().to_string() });
    }
    let buffer = JsFuture::from(response.array_buffer().map_err(failed)?).await.map_err(failed)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
