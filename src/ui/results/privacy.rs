//! That nothing leaves the tab, and a button that tries.

use leptos::prelude::*;

use crate::protocol::Command;
use crate::ui::say::{fill, say};
use crate::ui::store::Store;
use crate::ui::view::live;

/// The line at the end of the right region.
#[component]
pub fn Privacy(store: Store) -> impl IntoView {
    let results = Memo::new(move |_| store.model.with(|model| model.privacy.clone()));
    let workers = Memo::new(move |_| store.model.with(|model| model.ready.then_some(model.workers)));
    let replaced = move || workers.get().map(|(_, replaced)| replaced.to_string());
    let workers = move || {
        workers.get().map(|(alive, replaced)| {
            let fields = [("alive", alive.to_string()), ("replaced", replaced.to_string())];
            let key = match (alive, replaced) {
                (1, 0) => "page.worker",
                (_, 0) => "page.workers",
                _ => "page.workers-replaced",
            };
            fill(key, &fields)
        })
    };
    let sentences = move || {
        results
            .get()
            .into_iter()
            .map(|(role, refused)| {
                let key = if refused { "page.privacy-refused" } else { "page.privacy-open" };
                let text = fill(key, &[("role", role_name(&role))]);
                view! { <li class:bad=!refused data-role=role data-refused=refused.to_string()>{text}</li> }
            })
            .collect_view()
    };
    view! {
        <section class="privacy" aria-label=say("page.privacy")>
            <p>
                {say("page.privacy-line")} " "
                <button type="button" id="check-privacy" data-testid="check-privacy" class="quiet"
                    on:click=move |_| store.send(&Command::CheckPrivacy)>
                    {say("page.privacy-check")}
                </button>
            </p>
            <ul role="status" data-testid="privacy">{live(sentences)}</ul>
            <p class="note">
                <span data-testid="workers" data-replaced=live(replaced)>{live(workers)}</span> " "
                <button type="button" id="end-worker" data-testid="end-worker" class="quiet"
                    title=say("page.end-worker-meaning") on:click=move |_| store.send(&Command::EndWorker)>
                    {say("page.end-worker")}
                </button>
            </p>
        </section>
    }
}

fn role_name(role: &str) -> String {
    match role {
        "conductor" => say("page.role-conductor").to_owned(),
        "trainer" => say("page.role-trainer").to_owned(),
        other => other.to_owned(),
    }
}
