//! The form of a file's text: what was found, and select boxes to correct it.

use super::mapping::{self, Trait};
use super::{of_files, of_report};
use crate::study::form::{Layout, TimeFormat};
use crate::study::{Columns, DataSource, Form};
use crate::ui::say::{fill, say, word};
use crate::ui::settings::field::{chooser, labelled};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el};

const DELIMITERS: [(&str, &str); 6] =
    [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|"), ("::", "::"), (" ", "spaces")];
const ENCODINGS: [&str; 10] = [
    "utf-8",
    "gb18030",
    "windows-1252",
    "windows-1251",
    "big5",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "utf-16le",
    "utf-16be",
];

pub(super) fn form(store: Store) -> View {
    of_files(store, |store| {
        super::part("data-form", "page.data-form")
            .child(el("div").attr("class", "row").children(controls(store)))
            .child(reasons(store))
            .into()
    })
}

fn controls(store: Store) -> [El; 4] {
    let delimiters = DELIMITERS.map(|(delimiter, name)| (delimiter, word("delimiter", name)));
    let delimiters_known = DELIMITERS.map(|one| one.0);
    let delimiter = move || of_source(store, |own, _, _| known(own, delimiters_known)).unwrap_or_default();
    let encodings = ENCODINGS.map(|name| (name, name.to_uppercase()));
    let encoding = move || of_source(store, |_, _, form| known(&form.encoding, ENCODINGS)).unwrap_or_default();
    let header = move || of_report(store, |report| if report.header { "yes" } else { "no" }).unwrap_or("no");
    let headers = [("yes", say("page.yes").to_owned()), ("no", say("page.no").to_owned())];
    let times = TimeFormat::ALL.iter().map(|format| (format.name(), word("time", format.name())));
    let time = move || of_source(store, |_, _, form| form.time.name()).unwrap_or("seconds");
    let timed = move || of_source(store, |_, columns, _| columns.time.is_some()).unwrap_or(false);
    let change = move |which| move |value: &str| correct(store, |source| mapping::with_trait(source, which, value));
    [
        labelled(
            "delimiter",
            say("page.delimiter"),
            chooser("delimiter", delimiters, delimiter, change(Trait::Delimiter)),
        ),
        labelled("encoding", say("page.encoding"), chooser("encoding", encodings, encoding, change(Trait::Encoding))),
        labelled("header", say("page.header"), chooser("header", headers, header, change(Trait::Header))),
        labelled("time-format", say("page.time-format"), chooser("time-format", times, time, change(Trait::Time)))
            .flag("hidden", move || !timed()),
    ]
}

/// The one of some names that a text is; no name at all leaves the box empty.
fn known<const N: usize>(text: &str, names: [&'static str; N]) -> &'static str {
    names.into_iter().find(|name| *name == text).unwrap_or_default()
}

/// Something of the file's form.
pub(super) fn of_source<T>(store: Store, read: impl FnOnce(&str, &Columns, &Form) -> T) -> Option<T> {
    let of_file = |source: &DataSource| match source {
        DataSource::File { delimiter, columns, form, .. } => Some(read(delimiter, columns, form)),
        _ => None,
    };
    of_report(store, |report| of_file(&report.source)).flatten()
}

/// Has the file read as a person corrects it.
pub(super) fn correct(store: Store, change: impl FnOnce(&DataSource) -> DataSource) {
    let Some(report) = store.model.with_untracked(|model| model.data.clone()) else { return };
    // A scale that was found belongs to the column that it was found in.
    let clean = crate::study::Cleaning { scale: None, ..report.clean.clone() };
    store.reread(change(&report.source), clean, true);
}

/// Whether each line is a row with a column for each role.
pub(super) fn has_rows(store: Store) -> bool {
    of_source(store, |_, _, form| form.layout == Layout::Rows).unwrap_or(false)
}

/// Why each column has its role, in sentences, and what a person should know besides.
pub(super) fn reasons(store: Store) -> View {
    let sentences = Memo::new(move || {
        let sentences = of_report(store, |report| {
            let number = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
            let reason = |reason: &crate::protocol::Reason| {
                let fields = [
                    ("role", word("role", &reason.role)),
                    ("column", reason.column.clone()),
                    ("values", reason.values.to_string()),
                    ("min", number(reason.min)),
                    ("max", number(reason.max)),
                ];
                fill(&format!("reason.{}", reason.why), &fields)
            };
            let note = |note: &crate::protocol::Note| {
                let fields = [("count", note.count.to_string()), ("of", note.of.to_string())];
                fill(&format!("note.{}", note.code), &fields)
            };
            report.reasons.iter().map(reason).chain(report.notes.iter().map(note)).collect::<Vec<_>>()
        });
        sentences.unwrap_or_default()
    });
    let list = move || {
        let lines = sentences.get().into_iter().map(|line| el("li").text(&line));
        Some(el("ul").attrs(&[("class", "note"), ("data-testid", "reasons")]).children(lines).into())
    };
    crate::ui::view::shows(list)
}
