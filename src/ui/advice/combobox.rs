//! A field that suggests items or users while a name is typed: the combobox of the ARIA practices, with the keys that they
//! give it. The focus stays in the field; the suggestion that the arrows have come to is named by it.

use leptos::prelude::{event_target_value, untrack};
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::Panel;
use super::person::steps;
use crate::protocol::{Command, Named};
use crate::ui::format::count;
use crate::ui::say::{fill, say};
use crate::ui::signal::{Kept, Memo, Signal, effect};
use crate::ui::view::{El, View, el};

/// Suggestions at a time.
const SUGGESTIONS: u32 = 8;

/// The state of one field.
#[derive(Clone, Copy)]
struct Field {
    panel: Panel,
    users: bool,
    id: &'static str,
    label: &'static str,
    text: Signal<String>,
    /// The first and the last question since the suggestions were opened; none while they are closed.
    open: Signal<Option<(u32, u32)>>,
    /// Which suggestion the arrows have come to.
    active: Signal<usize>,
    /// Whether Enter came before the answer to the last letters: the choice is made when that is there.
    hasty: Kept<bool>,
    /// What is suggested; `None` while they are closed or there is no answer yet.
    found: Memo<Option<Vec<Named>>>,
}

impl Field {
    fn new(panel: Panel, users: bool, id: &'static str, label: &'static str) -> Self {
        let open: Signal<Option<(u32, u32)>> = Signal::new(None);
        let found = move || {
            let (first, _) = open.get()?;
            // Those of the letters before stay until the next are there.
            let found = |found: &(u32, _)| found.0 >= first;
            panel.store.model.with(|model| model.found.clone().filter(found).map(|(_, names)| names.to_vec()))
        };
        let (text, active, found) = (Signal::new(String::new()), Signal::new(0), Memo::new(found));
        let hasty = Kept::new(false);
        Self { panel, users, id, label, text, open, active, hasty, found }
    }

    fn ask(self, text: String) {
        let seq = self.panel.next();
        self.active.set(0);
        self.hasty.set(false);
        self.open.update(|open| {
            let first = open.map_or(seq, |(first, _)| first);
            *open = (!text.trim().is_empty()).then_some((first, seq));
        });
        self.text.set(text.clone());
        self.panel.store.send(&Command::Find { seq, users: self.users, text, count: SUGGESTIONS });
    }

    /// Takes a suggestion; if it answers letters that have been typed over since, the first of the answer that is to come.
    fn choose(self, at: usize) {
        let last = self.panel.store.model.with_untracked(|model| model.found.as_ref().map(|found| found.0));
        let asked = self.open.get_untracked().map(|(_, asked)| asked);
        if last != asked {
            self.hasty.set(asked.is_some());
            return;
        }
        self.hasty.set(false);
        let found = self.found.get_untracked().unwrap_or_default();
        let Some(named) = found.into_iter().nth(at) else { return };
        self.close();
        let scale = self.panel.store.model.with_untracked(|model| model.data.as_ref().map(|data| data.scale));
        self.panel.change(|person| match (self.users, scale) {
            (true, _) => person.user = Some(named),
            // Who looks for something by name mostly likes it.
            (false, Some(scale)) => person.rate(named, steps(scale)[0]),
            (false, None) => {}
        });
    }

    fn close(self) {
        self.text.set(String::new());
        self.open.set(None);
    }

    fn press(self, event: &Event) {
        let event: &KeyboardEvent = event.unchecked_ref();
        let len = self.found.with_untracked(|found| found.as_ref().map_or(0, Vec::len));
        let step = |by: usize| self.active.update(|active| *active = (*active + by) % len.max(1));
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(len.max(1) - 1),
            // While letters are being composed, Enter is theirs.
            "Enter" if !event.is_composing() => self.choose(self.active.get_untracked()),
            "Escape" => self.close(),
            _ => return,
        }
        event.prevent_default();
    }

    fn option_id(self, at: usize) -> String {
        format!("{}-{at}", self.id)
    }

    fn option(self, at: usize, named: &Named) -> El {
        let known = fill("page.find-count", &[("count", count(named.count.into()))]);
        el("li")
            .attrs(&[("role", "option"), ("id", &self.option_id(at))])
            .attr_of("aria-selected", move || Some((self.active.get() == at).to_string()))
            .on("click", move |_| self.choose(at))
            .child(el("span").text(&named.name))
            .child(el("span").attr("class", "note").text(&known))
    }

    fn suggestions(self) -> Option<View> {
        let found = self.found.get()?;
        let options = (0..).zip(&found).map(|(at, named)| self.option(at, named));
        let list = [("role", "listbox"), ("id", &format!("{}-list", self.id)), ("aria-label", self.label)];
        // The field must keep the focus when a suggestion is pressed.
        let list = el("ul").attrs(&list).on("mousedown", |event| event.prevent_default()).children(options);
        Some(if found.is_empty() {
            el("p").attrs(&[("class", "note none"), ("role", "status")]).text(say("page.find-none")).into()
        } else {
            list.into()
        })
    }
}

/// The field with its label and suggestions.
pub(super) fn combobox(panel: Panel, users: bool, id: &'static str, label: &'static str) -> View {
    let field = Field::new(panel, users, id, label);
    effect(move || {
        panel.store.model.with(|_| ());
        if field.hasty.get() {
            untrack(|| field.choose(0));
        }
    });
    let is_open = move || field.found.with(|found| found.as_ref().is_some_and(|found| !found.is_empty()));
    let attributes = [
        ("id", id),
        ("data-testid", id),
        ("type", "text"),
        ("role", "combobox"),
        ("aria-autocomplete", "list"),
        ("aria-controls", &format!("{id}-list")),
        ("aria-label", label),
        ("placeholder", label),
        ("autocomplete", "off"),
        ("spellcheck", "false"),
    ];
    let input = el("input")
        .attrs(&attributes)
        .attr_of("aria-expanded", move || Some(is_open().to_string()))
        .attr_of("aria-activedescendant", move || is_open().then(|| field.option_id(field.active.get())))
        .property("value", move || field.text.get().into())
        // Whoever makes lists starts now, so as to be there when something is chosen.
        .on("focus", move |_| field.ask(field.text.get_untracked()))
        .on("blur", move |_| field.open.set(None))
        .on("input", move |event| field.ask(event_target_value(&event)))
        .on("keydown", move |event| field.press(&event));
    el("div").attr("class", "combo").child(input).shows(move || field.suggestions()).into()
}
