//! The centre and the right region: what came out.

mod best;
mod factors;
mod headline;
mod order;
mod privacy;
mod sealed;
mod table;
mod window;

use leptos::prelude::*;

use super::chart::{Curves, History};
use super::say::say;
use super::store::Store;
use super::view::later;

/// The centre: headline, charts, table; or the article's tables, where that is the data.
#[component]
pub fn Results(store: Store) -> impl IntoView {
    let factors = Memo::new(move |_| store.model.with(|model| model.factors.is_some()));
    view! {
        <div class="results">
            <Show
                when=move || factors.get()
                fallback=move || view! {
                    <headline::Headline store/>
                    {later(move || view! { <History store/> }.into_any())}
                    {later(move || view! { <Curves store/> }.into_any())}
                    {later(move || view! { <table::Trials store/> }.into_any())}
                }
            >
                <factors::FactorTables store/>
            </Show>
        </div>
    }
}

/// The right region.
#[component]
pub fn Side(store: Store) -> impl IntoView {
    view! {
        <aside class="side" aria-label=say("page.outcome")>
            {later(move || view! { <sealed::SealedTest store/> <best::BestConfiguration store/> }.into_any())}
            {later(move || view! { <best::Facts store/> <privacy::Privacy store/> }.into_any())}
        </aside>
    }
}
