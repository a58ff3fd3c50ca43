//! The centre and the right region: what came out.

mod best;
mod factors;
mod headline;
mod order;
mod privacy;
mod sealed;
mod table;

use leptos::prelude::*;

use super::chart::{Curves, History};
use super::say::say;
use super::store::Store;

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
                    <History store/>
                    <Curves store/>
                    <table::Trials store/>
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
            <sealed::SealedTest store/>
            <best::BestConfiguration store/>
            <best::Facts store/>
            <privacy::Privacy store/>
        </aside>
    }
}
