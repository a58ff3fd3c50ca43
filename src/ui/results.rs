//! The centre and the right region: what came out.

mod best;
mod candidates;
mod detail;
mod edge;
mod factors;
mod filter;
mod headline;
mod importance;
mod keywords;
mod order;
mod pair;
mod privacy;
mod race;
mod sealed;
mod table;
mod why;
mod window;

use super::advice::{Panel, advice};
use super::chart::{chart_keys, curves, history};
use super::lesson::lessons;
use super::say::say;
use super::store::Store;
use super::tabs::tabs;
use super::view::{View, el, later};
use crate::ui::signal::Memo;

/// The centre: headline, charts, table; or the article's tables, where that is the data.
pub fn results(store: Store) -> View {
    let factors = Memo::new(move || store.model.with(|model| model.factors.is_some()));
    let part = move || match factors.get() {
        true => View::group([factors::factor_tables(store), tabs()]),
        false => View::group([
            headline::headline_of(store),
            lessons(),
            later(move || history(store)),
            tabs(),
            later(move || curves(store)),
            later(move || detail::detail(store)),
            chart_keys(),
        ]),
    };
    el("div").attr("class", "results").shows(move || Some(part())).into()
}

/// The right region.
pub fn side(store: Store, panel: Panel) -> View {
    el("aside")
        .attrs(&[("class", "side"), ("aria-label", say("page.outcome"))])
        .child(later(move || advice(panel)))
        .child(later(move || View::group([sealed::sealed_test(store), best::best_configuration(store)])))
        .child(later(move || View::group([best::facts(store), privacy::privacy(store)])))
        .into()
}
