//! Where studies are saved: the browser's IndexedDB. A study, its lines and a person's files lie in a store each, as texts and
//! files; what they mean is [`engine::share::saving`](crate::engine::share::saving)'s to say.
//!
//! A transaction ends by itself as soon as nothing is asked of it, so nothing else is waited for inside of one.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::scope::scope;
use crate::channel::{self, in_its_words};
use crate::engine::share::saving::Line;
use crate::error::Error;
use crate::protocol::FileRole;

const NAME: &str = "rectune";
const VERSION: u32 = 1;

/// Studies by id.
const STUDIES: &str = "studies";
/// Lines by study, trial and rung.
const LINES: &str = "lines";
/// A person's files by study: their roles, and themselves.
const FILES: &str = "files";

/// A browser that has not opened the database by then never does, as is known of some.
const OPEN_MS: i32 = 4_000;
/// Longer than anything else takes.
const ANSWER_MS: i32 = 60_000;

/// The saved studies. The database is opened when somebody first asks.
#[derive(Debug, Default)]
pub struct Shelf {
    database: RefCell<Option<IdbDatabase>>,
}

impl Shelf {
    /// All studies.
    ///
    /// # Errors
    /// [`Error::NotSaved`] where the browser has no database for the page; so for all others.
    pub async fn studies(&self) -> Result<Vec<String>, Error> {
        let store = self.store(STUDIES, IdbTransactionMode::Readonly).await?;
        let all = result(store.get_all().map_err(failed)?).await?;
        Ok(texts(&all))
    }

    /// A study, if there is one of this id.
    ///
    /// # Errors
    /// As [`Self::studies`].
    pub async fn study(&self, id: &str) -> Result<Option<String>, Error> {
        let store = self.store(STUDIES, IdbTransactionMode::Readonly).await?;
        Ok(result(store.get(&id.into()).map_err(failed)?).await?.as_string())
    }

    /// The lines of a study, by trial and rung.
    ///
    /// # Errors
    /// As [`Self::studies`].
    pub async fn lines(&self, id: &str) -> Result<Vec<String>, Error> {
        let store = self.store(LINES, IdbTransactionMode::Readonly).await?;
        let all = result(store.get_all_with_key(&all_of(id)?.into()).map_err(failed)?).await?;
        Ok(texts(&all))
    }

    /// Writes a study and lines of it, all of them or nothing.
    ///
    /// # Errors
    /// As [`Self::studies`], and [`Error::StorageFull`] where there is no room.
    pub async fn write(&self, id: &str, study: &str, lines: &[Line]) -> Result<(), Error> {
        let change = self.change(&[STUDIES, LINES]).await?;
        put(&change, STUDIES, &study.into(), &id.into())?;
        for Line { number, rung, text } in lines {
            put(&change, LINES, &text.into(), &Array::of3(&id.into(), &(*number).into(), &(*rung).into()))?;
        }
        done(&change).await
    }

    /// Deletes a study with all that belongs to it.
    ///
    /// # Errors
    /// As [`Self::studies`].
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let change = self.change(&[STUDIES, LINES, FILES]).await?;
        for (name, key) in [(STUDIES, id.into()), (LINES, all_of(id)?.into()), (FILES, JsValue::from(id))] {
            change.object_store(name).and_then(|store| store.delete(&key)).map_err(failed)?;
        }
        done(&change).await
    }

    /// Keeps a person's files with a study.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn keep_files(&self, id: &str, files: &[(FileRole, File)]) -> Result<(), Error> {
        let roles: Vec<FileRole> = files.iter().map(|(role, _)| *role).collect();
        let both = Array::of1(&channel::to_js(&roles)?);
        for (_, file) in files {
            both.push(file);
        }
        let change = self.change(&[FILES]).await?;
        put(&change, FILES, &both, &id.into())?;
        done(&change).await
    }

    /// The files that are kept with a study, with what each of them is.
    ///
    /// # Errors
    /// As [`Self::studies`].
    pub async fn files(&self, id: &str) -> Result<Vec<(FileRole, File)>, Error> {
        let store = self.store(FILES, IdbTransactionMode::Readonly).await?;
        let both = result(store.get(&id.into()).map_err(failed)?).await?;
        if both.is_undefined() {
            return Ok(Vec::new());
        }
        let mut parts = Array::from(&both).into_iter();
        let roles: Vec<FileRole> = channel::from_js(parts.next().unwrap_or_default())?;
        Ok(roles.into_iter().zip(parts.map(JsValue::unchecked_into)).collect())
    }

    async fn store(&self, name: &str, mode: IdbTransactionMode) -> Result<IdbObjectStore, Error> {
        let database = self.open().await?;
        let transaction = database.transaction_with_str_and_mode(name, mode).map_err(failed)?;
        transaction.object_store(name).map_err(failed)
    }

    async fn change(&self, stores: &[&str]) -> Result<IdbTransaction, Error> {
        let names: Array = stores.iter().copied().map(JsValue::from).collect();
        let database = self.open().await?;
        database.transaction_with_str_sequence_and_mode(&names, IdbTransactionMode::Readwrite).map_err(failed)
    }

    async fn open(&self) -> Result<IdbDatabase, Error> {
        if let Some(database) = &*self.database.borrow() {
            return Ok(database.clone());
        }
        let missing = || Error::NotSaved { reason: "no IndexedDB".to_owned() };
        let factory = scope().indexed_db().map_err(failed)?.ok_or_else(missing)?;
        let request = factory.open_with_u32(NAME, VERSION).map_err(failed)?;
        let opened = request.clone();
        let make = Closure::once_into_js(move || {
            let database = opened.result().map(JsCast::unchecked_into::<IdbDatabase>);
            for name in [STUDIES, LINES, FILES] {
                // What can not be made here is missing in every transaction, which says so.
                let _made = database.as_ref().map(|database| database.create_object_store(name));
            }
        });
        request.set_onupgradeneeded(Some(make.unchecked_ref()));
        let database: IdbDatabase = result_within(request.into(), OPEN_MS).await?.unchecked_into();
        *self.database.borrow_mut() = Some(database.clone());
        Ok(database)
    }
}

fn put(change: &IdbTransaction, store: &str, value: &JsValue, key: &JsValue) -> Result<(), Error> {
    change.object_store(store).and_then(|store| store.put_with_key(value, key)).map_err(failed).map(drop)
}

/// The keys of all lines of a study: whatever stands behind its id, a list being greater than any number.
fn all_of(id: &str) -> Result<IdbKeyRange, Error> {
    IdbKeyRange::bound(&Array::of1(&id.into()), &Array::of2(&id.into(), &Array::new())).map_err(failed)
}

fn texts(all: &JsValue) -> Vec<String> {
    // What is no text was not written here, and is damaged to whoever reads it.
    Array::from(all).iter().map(|text| text.as_string().unwrap_or_default()).collect()
}

/// What a request comes to.
async fn result(request: IdbRequest) -> Result<JsValue, Error> {
    result_within(request, ANSWER_MS).await
}

async fn result_within(request: IdbRequest, limit_ms: i32) -> Result<JsValue, Error> {
    let settled = settled(limit_ms, &|resolve, reject| {
        request.set_onsuccess(Some(resolve));
        request.set_onerror(Some(reject));
    });
    settled.await.map_err(|_| reason(&request))?;
    request.result().map_err(failed)
}

/// Waits until a change has been written.
async fn done(change: &IdbTransaction) -> Result<(), Error> {
    let settled = settled(ANSWER_MS, &|resolve, reject| {
        change.set_oncomplete(Some(resolve));
        change.set_onabort(Some(reject));
    });
    settled.await.map_err(|_| reason(change)).map(drop)
}

/// What the handlers of a request make of it, or that nobody called them for long.
fn settled(limit_ms: i32, listen: &dyn Fn(&Function, &Function)) -> JsFuture {
    let promise = Promise::new(&mut |resolve, reject| {
        listen(&resolve, &reject);
        let _timer = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&reject, limit_ms);
    });
    JsFuture::from(promise)
}

/// Why a request or a change has failed.
fn reason(object: &JsValue) -> Error {
    failed(Reflect::get(object, &"error".into()).unwrap_or_default())
}

/// What an error of the database means. Without one it has not answered.
#[allow(clippy::needless_pass_by_value, reason = "as errors are mapped")]
fn failed(error: JsValue) -> Error {
    let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
    if name.as_deref() == Some("QuotaExceededError") {
        return Error::StorageFull { trials: 0 };
    }
    let reason = if error.is_object() { in_its_words(&error) } else { "no answer".to_owned() };
    Error::NotSaved { reason }
}
