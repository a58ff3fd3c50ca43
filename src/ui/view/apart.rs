//! Parts of the page whose code comes in a file of its own, when somebody first wants to see them: so a visitor waits for
//! what the first minute needs and no more. Which parts these are stands where [`apart`](crate::ui::view::apart) is used.
//!
//! Only what is published is cut into files (`cfg(split)`, set by `cargo xtask build`); everywhere else the same parts are
//! in the program itself and arrive at once.

use std::future::Future;
use std::pin::Pin;

use leptos::reactive::computed::ScopedFuture;
use wasm_bindgen_futures::spawn_local;

use super::{View, el, insert};
use crate::ui::say::say;

/// The file of a part could not be had.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

#[cfg(split)]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// A part on its way, and the part itself once it is there; or a sentence where it can not come.
pub fn arrives(part: Pin<Box<dyn Future<Output = Result<View, Missing>>>>) -> View {
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

/// Has a part come in a file of its own: `apart! { fn content(store: Store) = data::content in data }` makes a function
/// `content` that gives the part's place at once and fills it when the file `data` is there.
macro_rules! apart {
    ($(#[$about:meta])* fn $name:ident($($argument:ident: $type:ty),*) = $build:expr, in $file:ident) => {
        $(#[$about])*
        pub fn $name($($argument: $type),*) -> $crate::ui::view::View {
            #[cfg_attr(split, allow(unsafe_code))]
            #[cfg_attr(split, wasm_split_helpers::wasm_split($file, fallible))]
            fn $name($($argument: $type),*) -> Result<$crate::ui::view::View, $crate::ui::view::Missing> {
                let build = $build;
                Ok(build($($argument),*))
            }
            #[cfg(split)]
            let part = $name($($argument),*);
            #[cfg(not(split))]
            let part = std::future::ready($name($($argument),*));
            $crate::ui::view::arrives(Box::pin(part))
        }
    };
}
pub(in crate::ui) use apart;
