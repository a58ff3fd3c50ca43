//! The line on top, and what stands right below it: best values at the end of what was searched.

use super::edge::{Edge, edges};
use crate::ui::format::short;
use crate::ui::say::{fill, headline, say, word};
use crate::ui::settings::draft::Draft;
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el};

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
    View::group([el("div").attr("class", "headline").child(line).child(shared).into(), edges_of(store)])
}

/// What of the best trial lies at an end, once the run is over, until that end is another one in the settings.
fn edges_of(store: Store) -> View {
    let edges = Memo::new(move || {
        let mut edges = store.run(|run| if run.state.is_over() { edges(run) } else { Vec::new() }).unwrap_or_default();
        store.draft.with(|draft| edges.retain(|edge| *end_in(&mut draft.clone(), edge) == edge.end.to_string()));
        edges
    });
    el("div")
        .attr("class", "edges")
        .flag("hidden", move || edges.with(Vec::is_empty))
        .shows(move || Some(View::group(edges.get().into_iter().map(|edge| line(store, edge).into()))))
        .into()
}

fn line(store: Store, edge: Edge) -> El {
    let name = edge.param.map_or_else(|| say("page.column-epochs").to_owned(), |(_, name)| word("param", name));
    let key = match (edge.param, edge.high) {
        (None, _) => "page.edge-epochs",
        (_, true) => "page.edge-high",
        (_, false) => "page.edge-low",
    };
    let text = fill(key, &[("name", name), ("value", short(edge.value))]);
    let button = fill("page.widen", &[("end", short(edge.to))]);
    let widen = move |_| store.draft.update(|draft| *end_in(draft, &edge) = short(edge.to));
    el("p")
        .attrs(&[("class", "flag"), ("data-testid", "edge")])
        .child(el("span").text(&text))
        .child(el("button").attr("type", "button").on("click", widen).text(&button))
}

/// The field of the settings that holds the end.
fn end_in<'a>(draft: &'a mut Draft, edge: &Edge) -> &'a mut String {
    let Some((model, name)) = edge.param else { return &mut draft.epochs };
    let params = draft.models.iter_mut().filter(|draft| draft.model == model).flat_map(|draft| &mut draft.params);
    let param =
        params.into_iter().find(|param| param.info.name == name).expect("every model of the catalog has its draft");
    if edge.high { &mut param.high } else { &mut param.low }
}
