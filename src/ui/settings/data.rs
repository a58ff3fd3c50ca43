//! Which data: what ships with the page, what is generated, or a person's own file.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::study::data_spec::DEFAULT_SAMPLE;
use crate::study::{DataSource, SyntheticSpec};
use crate::ui::format::{count, percent};
use crate::ui::model::Place;
use crate::ui::say::{data, fill, say};
use crate::ui::store::Store;
use crate::ui::view::{live, problem};

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
#[component]
pub fn DataPanel(store: Store) -> impl IntoView {
    view! {
        <fieldset class="panel">
            <legend>{say("page.data")}</legend>
            <Chooser store/>
            <FilePicker store/>
            <Loading store/>
            <Summary store/>
        </fieldset>
    }
}

#[component]
fn Chooser(store: Store) -> impl IntoView {
    // The chooser shows the data that is loaded, also after a choice that failed.
    let chosen = Memo::new(move |_| store.draft.with(|draft| name_of(&draft.data.source)));
    let is = move |name| live(move || chosen.get() == name);
    let label = move || {
        store.draft.with(|draft| match &draft.data.source {
            DataSource::File { name, .. } => name.clone(),
            _ => say("page.data-file").to_owned(),
        })
    };
    let choose = move |event| match event_target_value(&event).as_str() {
        "sample" => store.choose(DataSource::Sample { name: DEFAULT_SAMPLE.to_owned() }),
        "synthetic" => store.choose(DataSource::Synthetic(SyntheticSpec::default())),
        "article" => store.choose(DataSource::Article),
        _ => {}
    };
    view! {
        <label class="visually-hidden" for="data-source">{say("page.data-source")}</label>
        <select id="data-source" data-testid="data-source" on:change=choose>
            <option value="sample" prop:selected=is("sample")>{say("page.data-sample")}</option>
            <option value="synthetic" prop:selected=is("synthetic")>{say("page.data-synthetic")}</option>
            <option value="article" prop:selected=is("article")>{say("page.data-article")}</option>
            <option value="file" prop:selected=is("file") hidden=live(move || chosen.get() != "file")>{live(label)}</option>
        </select>
    }
}

#[component]
fn FilePicker(store: Store) -> impl IntoView {
    let pick = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                store.load_file(&file);
            }
            // The same file may be chosen again after it was mended.
            input.set_value("");
        }
    };
    view! {
        <label class="drop-zone" for="file-input">
            <input id="file-input" data-testid="file-input" class="visually-hidden" type="file"
                accept=".csv,.tsv,.txt,.dat,.data,.base,.inter,.gz,.zip,text/csv,text/plain" on:change=pick/>
            <span>{say("page.drop-zone")}</span>
        </label>
    }
}

#[component]
fn Loading(store: Store) -> impl IntoView {
    let loading = Memo::new(move |_| store.model.with(|model| model.loading));
    view! {
        {live(move || loading.get().map(|(bytes, total, rows)| {
            let share = if total > 0.0 { bytes / total } else { 0.0 };
            let fields = [("percent", percent(share)), ("rows", count(rows.into()))];
            view! {
                <div data-testid="loading">
                    <progress max="1" prop:value=share aria-label=say("page.loading-label")></progress>
                    <p class="note">{fill("page.loading", &fields)}</p>
                </div>
            }
            .into_any()
        }))}
        {problem(store.problem(Place::Data), "data-error")}
    }
}

#[component]
fn Summary(store: Store) -> impl IntoView {
    let summary = Memo::new(move |_| store.model.with(|model| model.data.as_deref().map(data)));
    view! { <p class="note" data-testid="data-summary" role="status">{live(move || summary.get())}</p> }
}
