//! What keeps views small. Leptos compiles every closure, component and memo that a view is given anew for each type, so
//! closures of a view are boxed: one type for each kind of result.

use std::time::Duration;

use leptos::prelude::*;

use super::say::sentence;
use crate::error::Error;

/// A closure of a view.
pub type Live<T> = Box<dyn Fn() -> T + Send + Sync>;

/// Boxes a closure of a view.
pub fn live<T>(read: impl Fn() -> T + Send + Sync + 'static) -> Live<T> {
    Box::new(read)
}

/// A part of the page that is built in a turn of its own. Built all at once, the page would hold the browser up for longer
/// than a person's click may wait.
pub fn later(build: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let turn = RwSignal::new(false);
    set_timeout(move || turn.set(true), Duration::ZERO);
    live(move || turn.get().then(&build)).into_any()
}

/// The sentence about an error, where there is one.
pub fn problem(error: Memo<Option<Error>>, hook: &'static str) -> AnyView {
    live(move || {
        let text = error.get().map(|error| sentence(&error));
        text.map(|text| view! { <p class="problem" role="alert" data-testid=hook>{text}</p> }.into_any())
    })
    .into_any()
}
