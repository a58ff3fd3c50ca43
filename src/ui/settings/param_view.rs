//! One parameter's card: how it takes its values, its fields, what it means and what is allowed.

use leptos::prelude::event_target_value;

use super::draft::Field;
use super::field::{chooser, complaint, note, text_field, tick};
use super::formula;
use super::param::{Mode, ParamDraft, names};
use super::slider::{STEPS, Slider};
use crate::decimal;
use crate::study::ModelKind;
use crate::study::Value;
use crate::study::catalog::ParamInfo;
use crate::ui::format::short;
use crate::ui::say::{fill, meaning, phrase, say, word};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, shows};

/// A parameter's place in the form.
#[derive(Clone, Copy, Debug)]
struct At {
    store: Store,
    model: ModelKind,
    info: &'static ParamInfo,
}

impl At {
    fn read<T: Default>(self, read: impl FnOnce(&ParamDraft) -> T) -> T {
        self.store.draft.with(|draft| draft.param(self.model, self.info.name).map(read)).unwrap_or_default()
    }

    fn change(self, change: impl FnOnce(&mut ParamDraft)) {
        self.store.draft.update(|draft| draft.change(self.model, self.info.name, change));
    }

    fn id(self, part: &str) -> String {
        format!("{}-{}-{part}", self.model.name(), self.info.name)
    }

    fn field(self) -> Field {
        Field::Param(self.model, self.info.name)
    }
}

/// The card.
pub fn param_card(store: Store, model: ModelKind, info: &'static ParamInfo) -> El {
    let at = At { store, model, info };
    let mode = Memo::new(move || at.read(|draft| Some(draft.mode)).unwrap_or(Mode::Default));
    let modes = Mode::all(info.domain);
    let set_mode = move |name: &str| {
        if let Some(&mode) = modes.iter().find(|mode| mode.name() == name) {
            at.change(|draft| draft.mode = mode);
        }
    };
    let (id, name) = (at.id("mode"), at.id("name"));
    let options = modes.iter().map(|one| (one.name(), word("mode", one.name())));
    let label = el("label").attrs(&[("id", &name), ("for", &id), ("title", info.name)]).text(&word("param", info.name));
    let allowed = fill("page.allowed", &[("allowed", phrase(&info.domain.to_string()))]);
    el("div")
        .attrs(&[("class", "param"), ("role", "group"), ("aria-labelledby", &name)])
        .toggle("idle", move || mode.get() == Mode::Default)
        .child(el("div").attr("class", "param-head").child(label).child(chooser(
            &id,
            options,
            move || mode.get().name(),
            set_mode,
        )))
        .shows(move || Some(fields(at, mode.get())))
        .child(complaint(store, &at.id("error"), at.field()))
        .child(note(&meaning("param", info.name)))
        .child(el("p").attr("class", "note formula").text(formula::of_param(model, info.name)))
        .child(note(&allowed))
}

fn fields(at: At, mode: Mode) -> View {
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
            note(&text)
        }
        Mode::Fixed => fixed(at),
        Mode::Between => between(at),
        Mode::OneOf if names(at.info.domain).is_empty() => {
            input(at, "choices", "page.choices", |draft| &mut draft.choices)
        }
        Mode::OneOf => choices(at),
    }
}

fn fixed(at: At) -> View {
    let known = names(at.info.domain);
    if known.is_empty() {
        return input(at, "fixed", "page.value", |draft| &mut draft.fixed);
    }
    let id = at.id("fixed");
    let chosen = move || at.read(|draft| known.iter().find(|name| **name == draft.fixed).copied()).unwrap_or_default();
    let choose = move |name: &str| at.change(|draft| draft.fixed = name.to_owned());
    let options = known.iter().map(|&name| (name, name.to_owned()));
    el("div")
        .attr("class", "pair")
        .child(el("label").attrs(&[("class", "visually-hidden"), ("for", &id)]).text(say("page.value")))
        .child(chooser(&id, options, chosen, choose))
        .into()
}

fn between(at: At) -> View {
    let log = move |on| at.change(|draft| draft.log = on);
    let pair = el("div")
        .attr("class", "pair")
        .child(input(at, "low", "page.low", |draft| &mut draft.low))
        .child(el("span").attr("aria-hidden", "true").text("–"))
        .child(input(at, "high", "page.high", |draft| &mut draft.high))
        .child(
            tick(&at.id("log"), say("page.log"), move || at.read(|draft| draft.log), log)
                .attr("title", say("page.log-meaning")),
        );
    let step = Memo::new(move || at.read(|draft| draft.step));
    let in_steps = move || Some(note(&fill("page.in-steps", &[("step", short(step.get()?))])));
    View::group([pair.into(), handles(at).into(), shows(in_steps)])
}

/// Two handles on one track, which marks the range worth searching.
fn handles(at: At) -> El {
    let slider = Memo::new(move || at.read(|draft| Some(Slider::new(at.info, draft.log, [&draft.low, &draft.high]))));
    // A text that is no number yet leaves its handle where the field's end is.
    let place = move |high: bool| {
        at.read(|draft| slider.get()?.at(if high { &draft.high } else { &draft.low }))
            .unwrap_or(f64::from(u8::from(high)))
    };
    let percent = |unit: f64| format!("{}%", 100.0 * unit);
    let usual = move || slider.get().and_then(|slider| slider.usual(at.info)).unwrap_or((0.0, 1.0));
    let handle = move |high: bool| {
        let label = fill(if high { "page.high" } else { "page.low" }, &[("name", word("param", at.info.name))]);
        let slide = move |event: web_sys::Event| {
            let unit = decimal::parse::<f64>(&event_target_value(&event)).unwrap_or_default() / STEPS;
            // A handle does not pass the other one.
            let unit = if high { unit.max(place(false)) } else { unit.min(place(true)) };
            if let Some(slider) = slider.get_untracked() {
                at.change(|draft| *(if high { &mut draft.high } else { &mut draft.low }) = slider.text(unit));
            }
        };
        let text = move || at.read(|draft| Some(if high { draft.high.clone() } else { draft.low.clone() }));
        el("input")
            .attrs(&[("type", "range"), ("min", "0"), ("max", &STEPS.to_string()), ("aria-label", &label)])
            .attr("data-testid", &at.id(if high { "high-handle" } else { "low-handle" }))
            .attr_of("aria-valuetext", text)
            .property("value", move || (STEPS * place(high)).round().to_string().into())
            .on("input", slide)
    };
    let mark = |class: &str| el("span").attr("class", class);
    el("div")
        .attr("class", "range")
        .child(
            mark("usual")
                .attr("title", say("page.usual-range"))
                .style("left", move || percent(usual().0))
                .style("width", move || percent(usual().1 - usual().0)),
        )
        .child(
            mark("chosen")
                .style("left", move || percent(place(false)))
                .style("width", move || percent((place(true) - place(false)).max(0.0))),
        )
        .children([handle(false), handle(true)])
}

fn choices(at: At) -> View {
    let ticks = names(at.info.domain).iter().map(|&name| {
        let change = move |on| at.change(|draft| draft.set_choice(name, on));
        tick(&at.id(name), name, move || at.read(|draft| draft.has_choice(name)), change)
    });
    el("div").attr("class", "pair").children(ticks).into()
}

/// A text field whose label only a screen reader says: its place says it to the eye.
fn input(at: At, part: &str, label: &str, place: fn(&mut ParamDraft) -> &mut String) -> View {
    // Reading goes through the same function as writing, on a copy: one place says which field is meant.
    let value = move || at.read(|draft| place(&mut draft.clone()).clone());
    let change = move |text| at.change(|draft| *place(draft) = text);
    text_field(at.store, &at.id(part), at.field(), value, change)
        .attr("aria-label", &fill(label, &[("name", word("param", at.info.name))]))
        .attr("aria-describedby", &at.id("error"))
        .into()
}
