//! What keeps views small. Leptos compiles every closure, component and memo that a view is given anew for each type, so
//! closures of a view are boxed: one type for each kind of result.

use leptos::prelude::*;

use super::say::sentence;
use crate::error::Error;

/// A closure of a view.
pub type Live<T> = Box<dyn Fn() -> T + Send + Sync>;

/// Boxes a closure of a view.
pub fn live<T>(read: impl Fn() -> T + Send + Sync + 'static) -> Live<T> {
    Box::new(read)
}

/// The sentence about an error, where there is one.
pub fn problem(error: Memo<Option<Error>>, hook: &'static str) -> AnyView {
    live(move || {
        let text = error.get().map(|error| sentence(&error));
        text.map(|text| view! { <p class="problem" role="alert" data-testid=hook>{text}</p> }.into_any())
    })
    .into_any()
}
