//! Which parameter mattered: a bar for each, by model. The conductor weighs them now and then, and at the end of a run.

use crate::protocol::ModelImportance;
use crate::ui::format::percent;
use crate::ui::say::{fill, param, say, word};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el};

/// The bars of each model that has enough trials.
pub fn importance(store: Store) -> View {
    let models = Memo::new(move || store.run(|run| run.importance.clone()).unwrap_or_default());
    let several = move || store.run(|run| run.study.models.len() > 1) == Some(true);
    let bars = move || {
        let models = models.get();
        if models.is_empty() {
            return Some(el("p").attr("class", "note").text(say("page.importance-few")).into());
        }
        let searched = models.iter().filter(|model| !model.params.is_empty());
        Some(View::group(searched.flat_map(|model| bars_of(model, several()))))
    };
    el("section")
        .attrs(&[("class", "importance"), ("aria-labelledby", "importance-title"), ("data-testid", "importance")])
        .child(el("h2").attr("id", "importance-title").text(say("page.importance")))
        .shows(bars)
        .into()
}

/// A model's parameters, the one that mattered most first.
fn bars_of(model: &ModelImportance, is_named: bool) -> Vec<View> {
    let fields = [("top", model.top.to_string()), ("trials", model.trials.to_string())];
    let mut parts = Vec::new();
    if is_named {
        parts.push(el("h3").text(&word("model", model.model.name())).into());
    }
    let mut params: Vec<_> = model.params.iter().map(|param| (param.name.as_str(), param.share)).collect();
    crate::order::sort(&mut params, |a, b| b.1.total_cmp(&a.1));
    parts.push(el("ul").children(params.into_iter().map(bar)).into());
    parts.push(el("p").attr("class", "note").text(&fill("page.importance-note", &fields)).into());
    parts
}

fn bar((name, share): (&str, f64)) -> El {
    let width = format!("{:.1}%", 100.0 * share);
    el("li")
        .child(el("span").text(&param(name)))
        .child(el("i").attr("aria-hidden", "true").style("width", move || width.clone()))
        .child(el("span").attr("class", "number").text(&percent(share)))
}
