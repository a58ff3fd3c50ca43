//! A labelled text field for a number, with the sentence about it.

use leptos::prelude::*;

use crate::ui::view::live;

/// The field. Texts stay texts until they parse, so that nothing that is typed is lost.
#[component]
pub fn NumberField(
    /// Its id, also its test hook.
    #[prop(into)]
    id: String,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(into)]
    value: Signal<String>,
    /// What to do with what is typed.
    on_input: Callback<String>,
    /// What is wrong with it.
    #[prop(into)]
    problem: Signal<Option<String>>,
) -> impl IntoView {
    let error = format!("{id}-error");
    let described = error.clone();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                data-testid=id
                type="text"
                inputmode="decimal"
                autocomplete="off"
                spellcheck="false"
                prop:value=value
                aria-invalid=live(move || problem.with(Option::is_some).then_some("true"))
                aria-describedby=described
                on:input=move |event| on_input.run(event_target_value(&event))
            />
            <p id=error class="problem" role="alert" hidden=live(move || problem.with(Option::is_none))>{live(move || problem.get())}</p>
        </div>
    }
    .into_any()
}
