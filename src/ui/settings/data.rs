//! Which data: what ships with the page, what is generated, or a person's own file.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::field::{chooser, option};
use crate::protocol::Command;
use crate::study::data_spec::DEFAULT_SAMPLE;
use crate::study::{DataSource, SyntheticSpec};
use crate::ui::browser;
use crate::ui::format::count;
use crate::ui::model::Place;
use crate::ui::say::{data, fill, say};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{View, el, problem, shows};

/// The choice's name in the markup.
fn name_of(source: &DataSource) -> &'static str {
    match source {
        DataSource::Sample { .. } => "sample",
        DataSource::Synthetic(_) => "synthetic",
        DataSource::Article => "article",
        DataSource::File { .. } => "file",
    }
}

/// The data's panel.
pub fn data_panel(store: Store) -> View {
    el("fieldset")
        .attr("class", "panel data")
        .child(el("legend").text(say("page.data")))
        .child(source_chooser(store))
        .child(file_picker(store))
        .child(loading(store))
        .child(problem(move || store.problem(Place::Data), "data-error"))
        .child(summary(store))
        .child(look(store))
        .into()
}

fn source_chooser(store: Store) -> View {
    // The chooser shows the data that is loaded, also after a choice that failed.
    let chosen = move || store.draft.with(|draft| name_of(&draft.data.source));
    let label = move || {
        store.draft.with(|draft| match &draft.data.source {
            DataSource::File { name, .. } => name.clone(),
            _ => say("page.data-file").to_owned(),
        })
    };
    let choose = move |name: &str| match name {
        "sample" => store.choose(DataSource::Sample { name: DEFAULT_SAMPLE.to_owned() }),
        "synthetic" => store.choose(DataSource::Synthetic(SyntheticSpec::default())),
        "article" => store.choose(DataSource::Article),
        _ => {}
    };
    let shipped =
        [("sample", "page.data-sample"), ("synthetic", "page.data-synthetic"), ("article", "page.data-article")];
    let shipped = shipped.map(|(name, key)| (name, say(key).to_owned()));
    let file = option("file", chosen).flag("hidden", move || chosen() != "file").says(label);
    View::group([
        el("label").attrs(&[("class", "visually-hidden"), ("for", "data-source")]).text(say("page.data-source")).into(),
        chooser("data-source", shipped, chosen, choose).child(file).into(),
    ])
}

fn file_picker(store: Store) -> View {
    let pick = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            store.take_files(input.files().map(|list| browser::files(&list)).unwrap_or_default());
            // The same file may be chosen again after it was mended.
            input.set_value("");
        }
    };
    let attributes = [
        ("id", "file-input"),
        ("data-testid", "file-input"),
        ("class", "visually-hidden"),
        ("type", "file"),
        ("multiple", ""),
        ("accept", ".csv,.tsv,.txt,.dat,.data,.base,.inter,.gz,.zip,text/csv,text/plain"),
    ];
    el("label")
        .attrs(&[("class", "drop-zone"), ("for", "file-input")])
        .child(el("input").attrs(&attributes).on("change", pick))
        .child(el("span").text(say("page.drop-zone")))
        .into()
}

fn loading(store: Store) -> View {
    let is_loading = Memo::new(move || store.model.with(|model| model.loading.is_some()));
    let loading = move || store.model.with(|model| model.loading).unwrap_or_default();
    let share = move || {
        let (bytes, total, _) = loading();
        if total > 0.0 { bytes / total } else { 0.0 }
    };
    let words = move || {
        let (bytes, total, rows) = loading();
        let megabytes = |bytes: f64| figure_of_megabytes(bytes / 1e6);
        let fields = [("done", megabytes(bytes)), ("total", megabytes(total)), ("rows", count(rows.into()))];
        fill("page.loading", &fields)
    };
    shows(move || {
        is_loading.get().then(|| {
            let attributes = [("max", "1"), ("aria-label", say("page.loading-label"))];
            let progress = el("progress").attrs(&attributes).property("value", move || share().into());
            let stop = el("button")
                .attrs(&[("type", "button"), ("data-testid", "stop-loading")])
                .on("click", move |_| store.send(&Command::StopLoading))
                .text(say("page.stop-loading"));
            let line = el("div").attr("class", "spread").child(el("p").attr("class", "note").says(words)).child(stop);
            el("div").attr("data-testid", "loading").child(progress).child(line).into()
        })
    })
}

/// Megabytes with as many digits as tell them apart.
fn figure_of_megabytes(megabytes: f64) -> String {
    if megabytes < 10.0 { format!("{megabytes:.1}") } else { format!("{megabytes:.0}") }
}

/// The way to the data in full, with what the person should know before anything is run, and to what was run before.
fn look(store: Store) -> View {
    let there = Memo::new(move || store.model.with(|model| model.data.is_some()));
    let few = move || {
        let split = store.draft.with(|draft| draft.split.starts_with("kfold"));
        let rows = store.model.with(|model| model.data.as_ref().map_or(0, |data| data.used));
        if split { fill("page.data-few", &[("rows", count(rows.into()))]) } else { String::new() }
    };
    let button = el("button")
        .attrs(&[("type", "button"), ("data-testid", "data-look")])
        .flag("hidden", move || !there.get())
        .on("click", move |_| store.looking.set(true))
        .text(say("page.data-look"));
    let saved = el("button")
        .attrs(&[("type", "button"), ("class", "quiet"), ("data-testid", "open-saved")])
        .on("click", move |_| store.browsing.set(true))
        .text(say("page.saved"));
    View::group([el("p").attr("class", "note").says(few).into(), button.into(), saved.into()])
}

fn summary(store: Store) -> View {
    el("p")
        .attrs(&[("class", "note"), ("data-testid", "data-summary"), ("role", "status")])
        .says(move || store.model.with(|model| model.data.as_deref().map(data)).unwrap_or_default())
        .into()
}
