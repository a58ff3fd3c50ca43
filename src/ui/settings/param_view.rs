//! One parameter's card: how it takes its values, its fields, what it means and what is allowed.

use leptos::prelude::*;

use super::draft::Field;
use super::param::{Mode, ParamDraft, names};
use super::problem_of;
use crate::study::ModelKind;
use crate::study::Value;
use crate::study::catalog::ParamInfo;
use crate::ui::format::short;
use crate::ui::say::{fill, meaning, say, word};
use crate::ui::store::Store;
use crate::ui::view::live;

/// A parameter's place in the form.
#[derive(Clone, Copy, Debug)]
struct At {
    store: Store,
    model: ModelKind,
    info: &'static ParamInfo,
}

impl At {
    fn read<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&ParamDraft) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.store.draft.with(|draft| draft.param(self.model, self.info.name).map(&read)))
    }

    fn text(self, read: impl Fn(&ParamDraft) -> &String + Send + Sync + 'static) -> Signal<String> {
        let memo = self.read(move |draft| read(draft).clone());
        Signal::derive(move || memo.get().unwrap_or_default())
    }

    fn change(self, change: impl FnOnce(&mut ParamDraft)) {
        self.store.draft.update(|draft| draft.change(self.model, self.info.name, change));
    }

    fn id(self, part: &str) -> String {
        format!("{}-{}-{part}", self.model.name(), self.info.name)
    }
}

/// The card.
#[component]
pub fn ParamCard(store: Store, model: ModelKind, info: &'static ParamInfo) -> impl IntoView {
    let at = At { store, model, info };
    let mode = at.read(|draft| draft.mode);
    let mode = Memo::new(move |_| mode.get().unwrap_or(Mode::Default));
    let problem = problem_of(store, Field::Param(model, info.name));
    let set_mode = move |event| {
        let name = event_target_value(&event);
        if let Some(&mode) = Mode::all(info.domain).iter().find(|mode| mode.name() == name) {
            at.change(|draft| draft.mode = mode);
        }
    };
    let id = at.id("mode");
    let error = at.id("error");
    let options = Mode::all(info.domain).iter().map(|&one| {
        view! { <option value=one.name() prop:selected=live(move || mode.get() == one)>{word("mode", one.name())}</option> }
    });
    view! {
        <div class="param" class:idle=live(move || mode.get() == Mode::Default) role="group" aria-labelledby=at.id("name")>
            <div class="param-head">
                <label id=at.id("name") for=id.clone() title=info.name>
                    {word("param", info.name)}
                </label>
                <select id=id.clone() data-testid=id on:change=set_mode>
                    {options.collect_view()}
                </select>
            </div>
            {live(move || fields(at, mode.get()))}
            <p id=error class="problem" role="alert" hidden=live(move || problem.with(Option::is_none))>{live(move || problem.get())}</p>
            <p class="note">
                {meaning("param", info.name)} " "
                {fill("page.allowed", &[("allowed", info.domain.to_string())])}
            </p>
        </div>
    }
    .into_any()
}

fn fields(at: At, mode: Mode) -> AnyView {
    match mode {
        Mode::Default => {
            let default = at.info.default.map(|preset| match Value::from(preset) {
                Value::Number(number) => short(number),
                other => other.to_string(),
            });
            let text = match default {
                Some(value) => fill("page.default-value", &[("value", value)]),
                None => say("page.default-parts").to_owned(),
            };
            view! { <p class="note">{text}</p> }.into_any()
        }
        Mode::Fixed => fixed(at),
        Mode::Between => between(at),
        Mode::OneOf if names(at.info.domain).is_empty() => {
            input(at, "choices", "page.choices", at.text(|draft| &draft.choices), |draft, text| draft.choices = text)
        }
        Mode::OneOf => choices(at),
    }
}

fn fixed(at: At) -> AnyView {
    let value = at.text(|draft| &draft.fixed);
    let known = names(at.info.domain);
    if known.is_empty() {
        return input(at, "fixed", "page.value", value, |draft, text| draft.fixed = text);
    }
    let id = at.id("fixed");
    view! {
        <div class="pair">
            <label class="visually-hidden" for=id.clone()>{say("page.value")}</label>
            <select id=id.clone() data-testid=id
                on:change=move |event| at.change(|draft| draft.fixed = event_target_value(&event))>
                {known.iter().map(|&name| view! {
                    <option value=name prop:selected=live(move || value.get() == name)>{name}</option>
                }).collect_view()}
            </select>
        </div>
    }
    .into_any()
}

fn between(at: At) -> AnyView {
    let log = at.read(|draft| draft.log);
    let step = at.read(|draft| draft.step);
    let id = at.id("log");
    view! {
        <div class="pair">
            {input(at, "low", "page.low", at.text(|draft| &draft.low), |draft, text| draft.low = text)}
            <span aria-hidden="true">"–"</span>
            {input(at, "high", "page.high", at.text(|draft| &draft.high), |draft, text| draft.high = text)}
            <label class="check" title=say("page.log-meaning")>
                <input type="checkbox" id=id.clone() data-testid=id prop:checked=live(move || log.get().unwrap_or(false))
                    on:change=move |event| at.change(|draft| draft.log = event_target_checked(&event))/>
                <span>{say("page.log")}</span>
            </label>
        </div>
        {live(move || step.get().flatten().map(|step| view! {
            <p class="note">{fill("page.in-steps", &[("step", short(step))])}</p>
        }.into_any()))}
    }
    .into_any()
}

fn choices(at: At) -> AnyView {
    let boxes = names(at.info.domain).iter().map(|&name| {
        let on = at.read(move |draft| draft.has_choice(name));
        let id = at.id(name);
        view! {
            <label class="check">
                <input type="checkbox" id=id.clone() data-testid=id prop:checked=live(move || on.get().unwrap_or(false))
                    on:change=move |event| at.change(|draft| draft.set_choice(name, event_target_checked(&event)))/>
                <span>{name}</span>
            </label>
        }
    });
    view! { <div class="pair">{boxes.collect_view()}</div> }.into_any()
}

/// A text field whose label only a screen reader says: its place says it to the eye.
fn input(
    at: At,
    part: &'static str,
    label: &'static str,
    value: Signal<String>,
    set: impl Fn(&mut ParamDraft, String) + Copy + 'static,
) -> AnyView {
    let problem = problem_of(at.store, Field::Param(at.model, at.info.name));
    let id = at.id(part);
    let name = word("param", at.info.name);
    view! {
        <input id=id.clone() data-testid=id type="text" inputmode="decimal" autocomplete="off" spellcheck="false"
            aria-label=fill(label, &[("name", name)]) aria-describedby=at.id("error")
            aria-invalid=live(move || problem.with(Option::is_some).then_some("true")) prop:value=value
            on:input=move |event| at.change(|draft| set(draft, event_target_value(&event)))/>
    }
    .into_any()
}
