//! What stands above everything for a while: what was wrong with a link, a shared result, a copied link.

use leptos::prelude::*;

use super::model::Place;
use super::say::{fill, say, sentence, verification};
use super::store::Store;
use super::view::live;
use crate::study::DataSource;

/// The lines above the page's regions.
#[component]
pub fn Banner(store: Store) -> impl IntoView {
    view! {
        <div class="banners">
            <LinkProblems store/>
            <WaitingForFile store/>
            <SharedResult store/>
            <CopiedLink store/>
        </div>
    }
}

#[component]
fn LinkProblems(store: Store) -> impl IntoView {
    let damaged = store.problem(Place::Link);
    let problems =
        move || store.notices.get().into_iter().chain(damaged.get()).map(|error| sentence(&error)).collect::<Vec<_>>();
    let dismiss = move |_| {
        store.notices.set(Vec::new());
        store.model.update(|model| {
            model.problems.remove(&Place::Link);
        });
    };
    live(move || {
        let sentences = problems();
        (!sentences.is_empty()).then(|| {
            view! {
                <div class="banner bad" role="alert" data-testid="link-error">
                    <div>{sentences.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</div>
                    <button type="button" class="quiet" on:click=dismiss>{say("page.dismiss")}</button>
                </div>
            }
            .into_any()
        })
    })
}

/// A link names a file that only its reader has.
#[component]
fn WaitingForFile(store: Store) -> impl IntoView {
    let wanted = Memo::new(move |_| {
        let data = store.draft.with(|draft| draft.data.clone());
        let DataSource::File { name, .. } = data.source else { return None };
        let there = store.model.with(|model| model.data.as_ref().is_some_and(|loaded| loaded.hash == data.hash));
        (!there && !data.hash.is_empty()).then(|| {
            let hash = data.hash.chars().take(8).collect();
            fill("page.drop-to-continue", &[("name", name), ("hash", hash)])
        })
    });
    live(move || {
        wanted.get().map(|text| view! { <p class="banner" data-testid="waiting-for-file">{text}</p> }.into_any())
    })
}

#[component]
fn SharedResult(store: Store) -> impl IntoView {
    let trials = Memo::new(move |_| store.model.with(|model| model.shared.as_ref().map(|shared| shared.trials.len())));
    let verifying = Memo::new(move |_| store.model.with(|model| model.verifying));
    let verified = Memo::new(move |_| store.model.with(|model| model.verified.clone()));
    let no_data = move || store.model.with(|model| model.data.is_none());
    let outcome = move || {
        let verified = verified.get()?;
        let class = if verified.first_difference.is_none() { "good" } else { "bad" };
        Some(view! { <p class=class data-testid="verified">{verification(&verified)}</p> }.into_any())
    };
    live(move || {
        trials.get().map(|trials| {
            view! {
                <div class="banner" data-testid="shared">
                    <div>
                        <p>{fill("page.shared-banner", &[("trials", trials.to_string())])}</p>
                        <div role="status">{live(outcome)}</div>
                    </div>
                    <button type="button" id="verify" data-testid="verify" disabled=live(move || verifying.get() || no_data())
                        on:click=move |_| store.verify()>
                        {live(move || say(if verifying.get() { "page.verifying" } else { "page.verify" }))}
                    </button>
                </div>
            }
            .into_any()
        })
    })
}

#[component]
fn CopiedLink(store: Store) -> impl IntoView {
    live(move || {
        store.copied.get().map(|copied| {
            let key = if copied.done { "page.copied" } else { "page.copy-by-hand" };
            let text = fill(key, &[("characters", copied.link.chars().count().to_string())]);
            view! {
                <div class="banner good" role="status">
                    <label for="link">{text}</label>
                    <input id="link" data-testid="link" type="text" readonly prop:value=copied.link.clone()/>
                    <button type="button" class="quiet" on:click=move |_| store.copied.set(None)>{say("page.dismiss")}</button>
                </div>
            }
            .into_any()
        })
    })
}
