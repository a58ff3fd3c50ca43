//! The line on top.

use crate::ui::say::{headline, say};
use crate::ui::store::Store;
use crate::ui::view::{View, el};

/// The best figure, what it is worth, and whose it is.
pub fn headline_of(store: Store) -> View {
    let waiting = move || {
        store.model.with(|model| match (&model.run, &model.data) {
            (Some(_), _) => say("page.headline-running"),
            (None, Some(_)) => say("page.headline-ready"),
            (None, None) => say("page.headline-loading"),
        })
    };
    let text = move || store.run(headline).flatten().unwrap_or_else(|| waiting().to_owned());
    let value = move || store.run(|run| run.best_trial()?.value.map(|value| value.to_string())).flatten();
    let line =
        el("p").attrs(&[("id", "headline"), ("data-testid", "headline")]).attr_of("data-value", value).says(text);
    let shared = el("span")
        .attr("class", "badge")
        .flag("hidden", move || store.run(|run| run.shared) != Some(true))
        .text(say("page.shared"));
    el("div").attr("class", "headline").child(line).child(shared).into()
}
