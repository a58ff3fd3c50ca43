//! The line on top.

use leptos::prelude::*;

use crate::ui::say::{headline, say};
use crate::ui::store::Store;
use crate::ui::view::live;

/// The best figure, what it is worth, and whose it is.
#[component]
pub fn Headline(store: Store) -> impl IntoView {
    let text = store.run(headline);
    let value = store.run(|run| run.best_trial().and_then(|trial| trial.value));
    let waiting = Memo::new(move |_| {
        store.model.with(|model| match (&model.run, &model.data) {
            (Some(_), _) => say("page.headline-running"),
            (None, Some(_)) => say("page.headline-ready"),
            (None, None) => say("page.headline-loading"),
        })
    });
    let shared = store.run(|run| run.shared);
    view! {
        <div class="headline">
            <p id="headline" data-testid="headline" data-value=live(move || value.get().flatten().map(|value| value.to_string()))>
                {live(move || text.get().flatten().unwrap_or_else(|| waiting.get().to_owned()))}
            </p>
            <span class="badge" hidden=live(move || shared.get() != Some(true))>{say("page.shared")}</span>
        </div>
    }
}
