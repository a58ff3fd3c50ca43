//! Controls of the form, with the sentences about them.

use leptos::prelude::{event_target_checked, event_target_value};

use super::draft::Field;
use super::problem_of;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el};

/// A text field. Texts stay texts until they parse, so that nothing that is typed is lost.
pub fn text_field(
    store: Store,
    id: &str,
    field: Field,
    value: impl Fn() -> String + 'static,
    change: impl Fn(String) + 'static,
) -> El {
    let attributes = [
        ("id", id),
        ("data-testid", id),
        ("type", "text"),
        ("inputmode", "decimal"),
        ("autocomplete", "off"),
        ("spellcheck", "false"),
    ];
    el("input")
        .attrs(&attributes)
        .attr_of("aria-invalid", move || problem_of(store, &field).map(|_| "true".to_owned()))
        .property("value", move || value().into())
        .on("input", move |event| change(event_target_value(&event)))
}

/// The sentence about a field, empty and hidden while nothing is wrong with it.
pub fn complaint(store: Store, id: &str, field: Field) -> El {
    let same = field.clone();
    el("p")
        .attrs(&[("id", id), ("class", "problem"), ("role", "alert")])
        .flag("hidden", move || problem_of(store, &same).is_none())
        .says(move || problem_of(store, &field).unwrap_or_default())
}

/// A choice among names: what each is called, and which one is chosen.
pub fn chooser(
    id: &str,
    options: impl IntoIterator<Item = (&'static str, String)>,
    chosen: impl Fn() -> &'static str + Copy + 'static,
    choose: impl Fn(&str) + 'static,
) -> El {
    el("select")
        .attrs(&[("id", id), ("data-testid", id)])
        .on("change", move |event| choose(&event_target_value(&event)))
        .children(options.into_iter().map(|(name, text)| option(name, chosen).text(&text)))
}

/// One of the choices.
pub fn option(name: &'static str, chosen: impl Fn() -> &'static str + 'static) -> El {
    el("option").attr("value", name).property("selected", move || (chosen() == name).into())
}

/// A box to be ticked, with what it means beside it.
pub fn tick(id: &str, text: &str, on: impl Fn() -> bool + 'static, change: impl Fn(bool) + 'static) -> El {
    let input = el("input")
        .attrs(&[("type", "checkbox"), ("id", id), ("data-testid", id)])
        .property("checked", move || on().into())
        .on("change", move |event| change(event_target_checked(&event)));
    el("label").attr("class", "check").child(input).child(el("span").text(text))
}

/// A control below its label.
pub fn labelled(id: &str, label: &str, control: El) -> El {
    el("div").attr("class", "field").child(el("label").attr("for", id).text(label)).child(control)
}

/// A line that explains.
pub fn note(text: &str) -> View {
    el("p").attr("class", "note").text(text).into()
}
