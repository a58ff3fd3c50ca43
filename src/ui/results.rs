//! The centre and the right region: what came out.

mod best;
mod factors;
mod headline;
mod order;
mod privacy;
mod sealed;
mod table;
mod window;

use super::advice::advice;
use super::chart::{curves, history};
use super::say::say;
use super::store::Store;
use super::view::{View, el, later};
use crate::ui::signal::Memo;

/// The centre: headline, charts, table; or the article's tables, where that is the data.
pub fn results(store: Store) -> View {
    let factors = Memo::new(move || store.model.with(|model| model.factors.is_some()));
    let part = move || match factors.get() {
        true => factors::factor_tables(store),
        false => View::group([
            headline::headline_of(store),
            later(move || history(store)),
            later(move || curves(store)),
            later(move || table::trials(store)),
        ]),
    };
    el("div").attr("class", "results").shows(move || Some(part())).into()
}

/// The right region.
pub fn side(store: Store) -> View {
    el("aside")
        .attrs(&[("class", "side"), ("aria-label", say("page.outcome"))])
        .child(later(move || advice(store)))
        .child(later(move || View::group([sealed::sealed_test(store), best::best_configuration(store)])))
        .child(later(move || View::group([best::facts(store), privacy::privacy(store)])))
        .into()
}
