//! The page: draws what the conductor tells and sends what a person wants. It computes nothing, and sees study, protocol,
//! error and words only.
//!
//! Events become a [`model`] (pure), held by the [`store`]; views read the store and call its [`actions`].

pub mod connection;
pub mod model;
pub mod run;
pub mod store;

mod actions;
mod advice;
mod app;
mod banner;
mod bar;
mod browser;
mod data;
mod files;
mod csv;
mod format;
mod help;
mod language;
mod lesson;
mod saved;
mod say;
mod qr;
mod signal;
mod tabs;
mod view;

mod chart;
mod results;
mod settings;

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod words_test;

/// Puts the page into the document.
pub fn mount() {
    // Whether another executor is set already does not matter: there is one page.
    let _set = any_spawner::Executor::init_wasm_bindgen();
    // The page stands until the tab is closed, and so does what it belongs to.
    let owner = Box::leak(Box::new(leptos::prelude::Owner::new()));
    let page = owner.with(app::app);
    if let Some(body) = leptos::prelude::document().body() {
        body.append_child(page.node()).expect("a body takes any part of a page");
    }
}
