//! RecTune tunes a recommender: it trains rating models under many configurations and finds the best one.
//!
//! The modules stand in the order in which an experiment passes them.
//!
//! 1. [`study`] is the experiment as plain data: what is tuned, on which data, how it is judged.
//! 2. [`protocol`] is what page, conductor and trainers say to each other.
//! 3. [`engine`] does the work: bytes become interactions, interactions a split, points models, models metrics.
//! 4. `cli` is the native command around the engine, `worker` wraps it for web workers; `ui` is the page; `channel` carries
//!    messages between page and workers.
//!
//! [`error`] and [`words`] serve all of them: an error is a code with fields, its words live in one table per language.
//! `fields` reads what says by a field of its own what it is, `order` sorts,
//! `decimal` reads numbers.
//!
//! Features are the walls: `ui` never sees `engine`, and `engine` never sees a browser, a clock or a thread.

mod decimal;
mod fields;
mod order;

pub mod error;
pub mod words;

pub mod study;

pub mod protocol;

#[cfg(feature = "engine")]
pub mod engine;

#[cfg(all(feature = "cli", not(target_family = "wasm")))]
pub mod cli;

#[cfg(any(feature = "ui", feature = "worker"))]
pub mod channel;

#[cfg(feature = "worker")]
pub mod worker;

#[cfg(feature = "ui")]
pub mod ui;
