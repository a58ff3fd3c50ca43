//! What is done to the rows before they are cut: each step a setting with the rows that it left out, and a way back.

use leptos::prelude::event_target_value;

use super::of_report;
use crate::protocol::DataReport;
use crate::study::{Cleaning, Settings};
use crate::ui::format::count;
use crate::ui::say::{fill, phrase, say, word};
use crate::ui::settings::field::{chooser, labelled};
use crate::ui::signal::Signal;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el};

/// The steps in the order in which they happen, each with the reasons for which it leaves rows out.
const STEPS: [(&str, &[&str]); 11] = [
    (
        "bad_rows",
        &[
            "before-table",
            "blank-line",
            "ragged-row",
            "not-text",
            "missing-user",
            "missing-item",
            "missing-rating",
            "missing-time",
            "not-a-number",
            "not-a-time",
        ],
    ),
    ("zeros", &["implicit-zero"]),
    ("scale", &["outside-scale"]),
    ("repeats", &["repeated-pair"]),
    ("counts", &["not-a-count"]),
    ("threshold", &["below-threshold"]),
    ("constant_users", &["constant-user"]),
    ("sample_users", &["user-sample"]),
    ("core_users", &["few-of-user"]),
    ("core_items", &["few-of-item"]),
    ("test_overlap", &[]),
];

/// An optional setting that is left out.
const OFF: &str = "off";

pub(super) fn cleaning(store: Store) -> View {
    let is_changed = move || of_report(store, |report| !report.clean.is_default()).unwrap_or(false);
    let undo = el("button")
        .attrs(&[("type", "button"), ("class", "quiet"), ("data-testid", "clean-undo")])
        .flag("hidden", move || !is_changed())
        .on("click", move |_| clean(store, Cleaning::default()))
        .text(say("page.clean-undo"));
    super::part("data-cleaning", "page.data-cleaning")
        .child(el("div").attr("class", "row").children(STEPS.map(|(key, reasons)| step(store, key, reasons))))
        .child(undo)
        .into()
}

fn clean(store: Store, clean: Cleaning) {
    if let Some(report) = store.model.with_untracked(|model| model.data.clone()) {
        store.reread(report.source.clone(), clean, false);
    }
}

fn step(store: Store, key: &'static str, reasons: &'static [&'static str]) -> El {
    let id = format!("clean-{key}");
    let value = move || of_report(store, |report| report.clean.get(key)).unwrap_or_default();
    let allowed = Cleaning::allowed(key);
    let wrong = Signal::new(false);
    let choose = move |text: &str| {
        let Some(mut changed) = store.model.with_untracked(|model| model.data.as_ref().map(|data| data.clean.clone()))
        else {
            return;
        };
        let text = match text.trim() {
            "" if allowed.ends_with(OFF) => OFF,
            "" => "0",
            text => text,
        };
        wrong.set(changed.set(key, text).is_none());
        if !wrong.with_untracked(|wrong| *wrong) {
            clean(store, changed);
        }
    };
    let is_choice = Cleaning::default().set(key, allowed.split(", ").next().unwrap_or_default()).is_some();
    let control = if is_choice {
        let options = allowed.split(", ").map(|name| (name, word(&format!("clean.{key}"), name)));
        let chosen = move || {
            let value = value();
            allowed.split(", ").find(|name| *name == value).unwrap_or_default()
        };
        chooser(&id, options, chosen, choose)
    } else {
        let shown = move || Some(value()).filter(|text| text != OFF).unwrap_or_default();
        el("input")
            .attrs(&[("id", &id), ("data-testid", &id), ("type", "text"), ("autocomplete", "off")])
            .attr("placeholder", &word("clean", &format!("{key}.empty")))
            .attr_of("aria-invalid", move || wrong.get().then(|| "true".to_owned()))
            .property("value", move || shown().into())
            .on("change", move |event| choose(&event_target_value(&event)))
    };
    let complaint =
        move || if wrong.get() { fill("page.allowed", &[("allowed", phrase(allowed))]) } else { String::new() };
    let has_test = move || of_report(store, |report| report.test.is_some()).unwrap_or(false);
    labelled(&id, &word("clean", key), control)
        .flag("hidden", move || key == "test_overlap" && !has_test())
        .toggle("changed", move || value() != Cleaning::default().get(key))
        .child(el("p").attrs(&[("class", "problem"), ("role", "alert")]).says(complaint))
        .child(el("p").attr("class", "note lines").says(move || left_out(store, reasons)))
}

/// What a step left out, each reason with the line of the first, in a line of its own.
fn left_out(store: Store, reasons: &[&str]) -> String {
    let lines = |report: &DataReport| {
        let skipped = report.skipped.iter().filter(|skipped| reasons.contains(&skipped.reason.as_str()));
        let line = |skipped: &crate::protocol::Skipped| {
            let key = if skipped.first_line > 0 { "page.left-out-from" } else { "page.left-out" };
            let fields = [
                ("count", count(skipped.count.into())),
                ("reason", word("skipped", &skipped.reason)),
                ("line", count(skipped.first_line.into())),
            ];
            fill(key, &fields)
        };
        skipped.map(line).collect::<Vec<_>>().join("\n")
    };
    of_report(store, lines).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::STEPS;
    use crate::words::ENGLISH;

    #[test]
    fn whatever_is_left_out_is_told_beside_a_step() {
        for reason in ENGLISH.keys().filter_map(|key| key.strip_prefix("skipped.")) {
            assert!(STEPS.iter().any(|(_, reasons)| reasons.contains(&reason)), "{reason}");
        }
    }
}
