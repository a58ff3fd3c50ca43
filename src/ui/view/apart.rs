//! Parts of the page whose code comes in a file of its own, when somebody first wants to see them: so a visitor waits for
//! what the first minute needs and no more. Which parts these are stands where [`apart`](crate::ui::view::apart) is used.
//!
//! Only what is published is cut into files (`cfg(split)`, set by `cargo xtask build`); everywhere else the same parts are
//! in the program itself and arrive at once.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::untrack;
use leptos::reactive::computed::ScopedFuture;
use wasm_bindgen_futures::spawn_local;

use super::{El, View, el, insert};
use crate::error::Error;
use crate::ui::say::say;
use crate::ui::signal::Signal;

/// The file of a part could not be had.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

impl Missing {
    /// What could not be done without it, as an error.
    pub fn of(self, file: String) -> Error {
        Error::Unreadable { file, reason: "no answer".to_owned() }
    }
}

#[cfg(split)]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// What is on its way.
pub type Later<T> = Pin<Box<dyn Future<Output = Result<T, Missing>>>>;

/// A part on its way, and the part itself once it is there; or a sentence where it can not come.
pub fn arrives(part: Later<View>) -> View {
    let mark = View::text("");
    let place = View::group([mark.clone()]);
    // What is built belongs to whoever asked for it, also when it comes later.
    spawn_local(ScopedFuture::new_untracked(async move {
        let view = part.await.unwrap_or_else(|Missing| {
            el("p").attrs(&[("class", "problem"), ("role", "alert")]).text(say("page.part-missing")).into()
        });
        // It may have been closed in the meantime.
        if mark.0.parent_node().is_some() {
            insert(&view.0, &mark.0);
        }
    }));
    place
}

/// Has what is inside an element that opens and closes come when it is first opened.
pub fn opens(details: El, build: impl Fn() -> View + 'static) -> El {
    let opened = Signal::new(false);
    let open = move |_| {
        if !opened.get_untracked() {
            opened.set(true);
        }
    };
    details.on("toggle", open).shows(move || opened.get().then(|| untrack(&build)))
}

/// Has something come in a file of its own: `apart!(fn content(store: Store) = whole, in data)` makes a function `content` that
/// gives the place of the part that `whole` draws, which is filled when the file `data` is there; with a type,
/// `apart!(fn length(text: String) -> usize = measure, in data)` makes one that gives what `measure` does, later. The file also
/// brings the English words that only it says, www/words/en.data.txt.
macro_rules! apart {
    ($(#[$about:meta])* fn $name:ident($($argument:ident: $type:ty),*) = $build:expr, in $file:ident) => {
        $(#[$about])*
        pub fn $name($($argument: $type),*) -> $crate::ui::view::View {
            $crate::ui::view::apart!(fn $name($($argument: $type),*) -> $crate::ui::view::View = $build, in $file);
            $crate::ui::view::arrives($name($($argument),*))
        }
    };
    ($(#[$about:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> $made:ty = $make:expr, in $file:ident) => {
        $(#[$about])*
        pub fn $name($($argument: $type),*) -> $crate::ui::view::Later<$made> {
            #[cfg_attr(split, allow(unsafe_code))]
            #[cfg_attr(split, wasm_split_helpers::wasm_split($file, fallible))]
            fn $name($($argument: $type),*) -> Result<$made, $crate::ui::view::Missing> {
                $crate::ui::language::learn($crate::words::parts::$file());
                let make = $make;
                Ok(make($($argument),*))
            }
            #[cfg(split)]
            let part = $name($($argument),*);
            #[cfg(not(split))]
            let part = std::future::ready($name($($argument),*));
            Box::pin(part)
        }
    };
}
pub(in crate::ui) use apart;
