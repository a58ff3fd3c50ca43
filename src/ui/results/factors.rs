//! The article's nine ratings and their factorisation as tables: a fit of what is known, not a prediction.

use leptos::prelude::*;

use crate::protocol::Factors;
use crate::ui::format::figure;
use crate::ui::say::{fill, say};
use crate::ui::store::Store;
use crate::ui::view::live;

/// R, U, V and U V^T.
#[component]
pub fn FactorTables(store: Store) -> impl IntoView {
    let factors = Memo::new(move |_| store.model.with(|model| model.factors.clone()));
    view! {
        <section class="card factors" aria-labelledby="factors-title" data-testid="factors">
            <p class="kicker">{say("page.factors-kicker")}</p>
            <h2 id="factors-title">{say("page.factors-title")}</h2>
            {live(move || factors.get().map(|factors| tables(&factors)))}
        </section>
    }
}

fn tables(factors: &Factors) -> AnyView {
    let rank = factors.user_factors.first().map_or(0, Vec::len);
    let numbers: Vec<String> = (1..=rank).map(|factor| factor.to_string()).collect();
    let known = factors.ratings.iter().map(|row| row.iter().map(|cell| cell.map(f64::from)).collect()).collect();
    let full =
        |rows: &Vec<Vec<f32>>| rows.iter().map(|row| row.iter().map(|&cell| Some(cell.into())).collect()).collect();
    // Cells of the product that stand for a known rating are marked: only those were fitted.
    let fitted = |row: usize, column: usize| {
        factors.ratings.get(row).and_then(|cells| cells.get(column)).is_some_and(Option::is_some)
    };
    view! {
        <p class="note">{fill("page.factors-note", &[("rmse", figure(factors.rmse))])}</p>
        <div class="matrices">
            {matrix("page.matrix-r", &factors.users, &factors.items, known, |_, _| false)}
            {matrix("page.matrix-u", &factors.users, &numbers, full(&factors.user_factors), |_, _| false)}
            {matrix("page.matrix-v", &factors.items, &numbers, full(&factors.item_factors), |_, _| false)}
            {matrix("page.matrix-product", &factors.users, &factors.items, full(&factors.product), fitted)}
        </div>
    }
    .into_any()
}

fn matrix(
    caption: &'static str,
    rows: &[String],
    columns: &[String],
    cells: Vec<Vec<Option<f64>>>,
    marked: impl Fn(usize, usize) -> bool,
) -> AnyView {
    let head = columns.iter().map(|name| view! { <th scope="col">{name.clone()}</th> });
    let body = rows.iter().zip(cells).enumerate().map(|(at, (name, cells))| {
        let cells = cells.into_iter().enumerate().map(|(column, cell)| {
            let text = cell.map_or_else(|| "·".to_owned(), number);
            view! { <td class="number" class:fitted=marked(at, column)>{text}</td> }
        });
        view! { <tr><th scope="row">{name.clone()}</th>{cells.collect_view()}</tr> }
    });
    view! {
        <table class="small">
            <caption>{say(caption)}</caption>
            <thead><tr><td></td>{head.collect_view()}</tr></thead>
            <tbody>{body.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Whole ratings as they were given, everything else with two decimals.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { value.to_string() } else { format!("{value:.2}") }
}
