//! The files beside the ratings: what is known of the items, and a test part of the person's own.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{of_files, of_report};
use crate::protocol::FileRole;
use crate::ui::browser;
use crate::ui::format::count;
use crate::ui::say::{fill, say};
use crate::ui::store::Store;
use crate::ui::view::{El, View, el};

pub(super) fn beside(store: Store) -> View {
    of_files(store, |store| {
        super::part("data-beside", "page.data-beside")
            .child(el("div").attr("class", "row").children([
                file(store, FileRole::Items, ("items-file", "page.items-file"), items),
                file(store, FileRole::Test, ("test-file", "page.test-file"), test),
            ]))
            .child(el("p").attr("class", "note").text(say("page.data-stays")))
            .into()
    })
}

fn items(store: Store) -> Option<String> {
    of_report(store, |report| {
        let items = report.catalog.as_ref()?;
        let fields = [
            ("name", items.name.clone()),
            ("known", count(items.known.into())),
            ("unknown", count(items.unknown.into())),
        ];
        let read = fill("page.items-read", &fields);
        Some(match items.others {
            0 => read,
            others => format!("{read} {}", fill("page.items-others", &[("count", count(others.into()))])),
        })
    })?
}

fn test(store: Store) -> Option<String> {
    of_report(store, |report| {
        let test = report.test.as_ref()?;
        Some(fill("page.test-read", &[("name", test.name.clone()), ("rows", count(test.rows.into()))]))
    })?
}

fn file(
    store: Store,
    role: FileRole,
    (id, label): (&'static str, &'static str),
    read: fn(Store) -> Option<String>,
) -> El {
    let pick = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let file = input.files().map(|list| browser::files(&list)).unwrap_or_default().pop();
        if file.is_some() {
            store.put_beside(role, file);
        }
        input.set_value("");
    };
    let input = el("input").attrs(&[("id", id), ("data-testid", id), ("type", "file")]).on("change", pick);
    let away = el("button")
        .attrs(&[("type", "button"), ("class", "quiet")])
        .flag("hidden", move || read(store).is_none())
        .on("click", move |_| store.put_beside(role, None))
        .text(say("page.take-away"));
    el("div")
        .attr("class", "field")
        .child(el("label").attr("for", id).text(say(label)))
        .child(input)
        .child(el("p").attr("class", "note").says(move || read(store).unwrap_or_default()))
        .child(away)
}
