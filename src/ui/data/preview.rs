//! The first rows as they were cut, each column coloured by its role and with a select box to give it another.

use super::form::{correct, has_rows, of_source};
use super::mapping::{self, ROLES};
use super::{of_files, of_report};
use crate::protocol::Preview;
use crate::ui::say::{fill, say, word};
use crate::ui::settings::field::chooser;
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el};

/// More columns than this are seldom worth a look: of a matrix each is an item.
const COLUMNS: usize = 24;

pub(super) fn preview(store: Store) -> View {
    of_files(store, |store| {
        // Another role is no reason to build the table anew and to take the focus from its select box.
        let preview = Memo::new(move || of_report(store, |report| report.preview.clone()).unwrap_or_default());
        let by_row = Memo::new(move || has_rows(store));
        super::part("data-preview", "page.data-preview")
            .shows(move || Some(preview.with(|preview| table(store, preview, by_row.get()).into())))
            .into()
    })
}

fn table(store: Store, preview: &Preview, by_row: bool) -> El {
    let names = || preview.columns.iter().take(COLUMNS);
    let heads = names().enumerate().map(|(at, name)| {
        let head = coloured(store, el("th").attr("scope", "col"), name);
        if by_row { head.child(role(store, at, name)) } else { head }.child(el("span").text(name))
    });
    let cell = |(name, text): (&String, &String)| coloured(store, el("td"), name).text(text);
    let row = |row: &Vec<String>| el("tr").children(names().zip(row).map(cell));
    let rows = preview.rows.iter().map(row);
    let table = el("table")
        .child(el("thead").child(el("tr").children(heads)))
        .child(el("tbody").children(rows.collect::<Vec<_>>()));
    el("div").attrs(&[("class", "scroll preview"), ("tabindex", "0"), ("data-testid", "preview")]).child(table)
}

fn role_of(store: Store, name: &str) -> &'static str {
    of_source(store, |_, columns, _| mapping::role_of(columns, name)).unwrap_or("none")
}

fn coloured(store: Store, cell: El, name: &str) -> El {
    let name = name.to_owned();
    cell.attr_of("data-role", move || Some(role_of(store, &name).to_owned()))
}

fn role(store: Store, at: usize, name: &str) -> El {
    let kept = crate::ui::signal::Kept::new(name.to_owned());
    let chosen = move || kept.with(|name| role_of(store, name));
    let choose = move |role: &str| {
        let with_role = |columns: &_| kept.with(|name| mapping::with_role(columns, name, role));
        if let Some(columns) = of_source(store, |_, columns, _| with_role(columns)) {
            correct(store, |source| mapping::with_columns(source, columns));
        }
    };
    let label = fill("page.role-of", &[("column", name.to_owned())]);
    let options = ROLES.map(|role| (role, word("role", role)));
    chooser(&format!("role-{at}"), options, chosen, choose)
        .attr("aria-label", &label)
        .attr("title", say("page.role-hint"))
}
