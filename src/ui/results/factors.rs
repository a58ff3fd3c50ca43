//! The article's nine ratings and their factorisation as tables: a fit of what is known, not a prediction.

use crate::protocol::Factors;
use crate::ui::format::figure;
use crate::ui::say::{fill, say};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, apart, el};

apart!(
    /// R, U, V and U V^T.
    fn factor_tables(store: Store) = whole, in more
);

fn whole(store: Store) -> View {
    let factors = Memo::new(move || store.model.with(|model| model.factors.clone()));
    el("section")
        .attrs(&[("class", "card factors"), ("aria-labelledby", "factors-title"), ("data-testid", "factors")])
        .child(el("p").attr("class", "kicker").text(say("page.factors-kicker")))
        .child(el("h2").attr("id", "factors-title").text(say("page.factors-title")))
        .shows(move || factors.get().map(|factors| tables(&factors)))
        .into()
}

fn tables(factors: &Factors) -> View {
    let rank = factors.user_factors.first().map_or(0, Vec::len);
    let numbers: Vec<String> = (1..=rank).map(|factor| factor.to_string()).collect();
    let known = factors.ratings.iter().map(|row| row.iter().map(|cell| cell.map(f64::from)).collect()).collect();
    let full =
        |rows: &Vec<Vec<f32>>| rows.iter().map(|row| row.iter().map(|&cell| Some(cell.into())).collect()).collect();
    // Cells of the product that stand for a known rating are marked: only those were fitted.
    let fitted = |row: usize, column: usize| {
        factors.ratings.get(row).and_then(|cells| cells.get(column)).is_some_and(Option::is_some)
    };
    let note = el("p").attr("class", "note").text(&fill("page.factors-note", &[("rmse", figure(factors.rmse))]));
    let matrices = el("div").attr("class", "matrices").children([
        matrix("page.matrix-r", &factors.users, &factors.items, known, &|_, _| false),
        matrix("page.matrix-u", &factors.users, &numbers, full(&factors.user_factors), &|_, _| false),
        matrix("page.matrix-v", &factors.items, &numbers, full(&factors.item_factors), &|_, _| false),
        matrix("page.matrix-product", &factors.users, &factors.items, full(&factors.product), &fitted),
    ]);
    View::group([note.into(), matrices.into()])
}

fn matrix(
    caption: &'static str,
    rows: &[String],
    columns: &[String],
    cells: Vec<Vec<Option<f64>>>,
    marked: &dyn Fn(usize, usize) -> bool,
) -> El {
    let head = columns.iter().map(|name| el("th").attr("scope", "col").text(name));
    let body = rows.iter().zip(cells).enumerate().map(|(at, (name, cells))| {
        let cells = cells.into_iter().enumerate().map(|(column, cell)| {
            let text = cell.map_or_else(|| "·".to_owned(), number);
            el("td").attr("class", if marked(at, column) { "number fitted" } else { "number" }).text(&text)
        });
        el("tr").child(el("th").attr("scope", "row").text(name)).children(cells)
    });
    el("table")
        .attr("class", "small")
        .child(el("caption").text(say(caption)))
        .child(el("thead").child(el("tr").child(el("td")).children(head)))
        .child(el("tbody").children(body))
}

/// Whole ratings as they were given, everything else with two decimals.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { value.to_string() } else { format!("{value:.2}").replace('-', "−") }
}
