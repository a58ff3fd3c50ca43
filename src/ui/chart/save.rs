//! A chart as a file: the picture with its colours written out, or the figures behind it.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, Element, Event, HtmlElement, Url};

use super::tested::both;
use crate::protocol::{Command, ExportForm};
use crate::ui::csv;
use crate::ui::run::Run;
use crate::ui::say::say;
use crate::ui::store::Store;
use crate::ui::view::{El, View, after_frame, apart, el, listen, opens};

/// What of the page's style a picture needs to look the same elsewhere.
const STYLE: [&str; 13] = [
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-dasharray",
    "stroke-linecap",
    "vector-effect",
    "paint-order",
    "font-family",
    "font-size",
    "font-weight",
    "display",
];

/// Pixels of a saved picture for each of the page.
const DENSITY: f64 = 2.0;

/// The table behind a chart.
#[derive(Clone, Copy, Debug)]
pub enum Figures {
    /// A row for each trial.
    Trials,
    /// A row for each epoch of each trial.
    Curves,
    /// The same of the two trials that are pinned.
    Pair,
    /// The winner and the baselines on both parts.
    Tested,
    /// The candidates by every metric.
    Candidates,
    /// What a sampler had learned.
    Learned,
    /// What the objective may be over two parameters.
    Surface,
    /// How samplers stand that race.
    Race,
    /// What the data looks like.
    Profile,
}

impl Figures {
    /// A portion of the table, from the first on; that of ten thousand trials takes longer to write than a page may be held up.
    fn portion(self, store: Store, nth: usize) -> Option<String> {
        let once = |text: fn(&Run) -> Option<String>| store.untracked(text).filter(|_| nth == 0);
        match self {
            Self::Trials => store.untracked(|run| csv::trials(run, nth)),
            Self::Curves => store.untracked(|run| csv::curves(run, nth)),
            Self::Pair => {
                let both = store.pinned.get_untracked();
                store.untracked(|run| (nth == 0).then(|| csv::pair(run, &both)))
            }
            Self::Candidates => once(|run| Some(csv::candidates(run))),
            Self::Learned => once(csv::learned),
            Self::Surface => once(csv::surface),
            Self::Race => once(csv::race),
            Self::Tested => store.model.with_untracked(both).filter(|_| nth == 0).map(|all| csv::tested(&all.1)),
            Self::Profile => {
                let profile = store.model.with_untracked(|model| model.profile.clone()).filter(|_| nth == 0)?;
                Some(csv::profile(&profile))
            }
        }
    }
}

/// What a menu saves.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The table behind the chart.
    pub figures: Figures,
    /// The chart's name.
    pub name: String,
    /// The chart; none where there is the table alone.
    pub picture: Option<Element>,
    /// Whether the run itself can be saved, too.
    pub run: bool,
}

/// The menu of a chart, while there is something to save. What is in it comes when it is first opened.
pub fn save(store: Store, saved: Saved, is_there: impl Fn() -> bool + 'static) -> El {
    let menu = el("details")
        .attr("class", "save")
        .flag("hidden", move || !is_there())
        .child(el("summary").text(say("page.save")));
    let details = menu.element().clone();
    opens(menu, move || choices(store, saved.clone(), details.clone()))
}

apart!(fn choices(store: Store, saved: Saved, details: Element) = forms, in more);

fn forms(store: Store, saved: Saved, details: Element) -> View {
    let Saved { figures, name, picture, run } = saved;
    let button = move |format: &str| {
        let details = details.clone();
        el("button")
            .attrs(&[("type", "button"), ("class", "quiet"), ("data-format", format)])
            .on("click", move |_| drop(details.remove_attribute("open")))
    };
    let file = move |format: &str| format!("rectune-{name}.{format}");
    let mut all: Vec<View> = Vec::new();
    if let Some(picture) = picture {
        let (own, name) = (picture.clone(), file("svg"));
        let svg = move |_: Event| download(&blob(&Array::of1(&drawn(&own).into()), "image/svg+xml"), &name);
        let name = file("png");
        let png = move |_: Event| download_png(&picture, name.clone());
        all.push(button("svg").on("click", svg).text("SVG").into());
        all.push(button("png").on("click", png).text("PNG").into());
    }
    let name = file("csv");
    let csv = move |_: Event| collect(store, figures, Array::new(), name.clone());
    all.push(button("csv").on("click", csv).text("CSV").into());
    // The forms in which the conductor writes the run that is shown, which no link carries.
    let is_shared = move || store.run(|run| run.shared) == Some(true);
    for (format, form, key) in
        [("jsonl", ExportForm::Log, "page.save-log"), ("journal", ExportForm::Optuna, "page.save-journal")]
    {
        if run {
            let act = move |_| store.send(&Command::Export { form });
            all.push(button(format).flag("hidden", is_shared).on("click", act).text(say(key)).into());
        }
    }
    View::group(all)
}

/// Writes a table, a portion in each turn, and hands it to the person as a file.
fn collect(store: Store, figures: Figures, portions: Array, name: String) {
    if let Some(portion) = figures.portion(store, portions.length() as usize) {
        portions.push(&portion.into());
        after_frame(move || collect(store, figures, portions, name));
    } else {
        download(&blob(&portions, "text/csv"), &name);
    }
}

apart!(
    /// Hands a text that the conductor wrote to the person as a file.
    fn save_export(form: ExportForm, text: String) -> () = |form, text: String| save_text(form, &text), in more
);

fn save_text(form: ExportForm, text: &str) {
    let name = match form {
        ExportForm::Log => "rectune-log.jsonl",
        ExportForm::Optuna => "rectune-optuna.jsonl",
    };
    download(&blob(&Array::of1(&text.into()), "application/x-ndjson"), name);
}

fn blob(texts: &Array, kind: &str) -> Blob {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_str_sequence_and_options(texts, &options).expect("texts make a blob")
}

/// Hands a blob to the person as a file.
fn download(blob: &Blob, name: &str) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return };
    let link = el("a").attrs(&[("href", &url), ("download", name)]);
    link.element().unchecked_ref::<HtmlElement>().click();
    // The browser has taken the blob by then.
    let _freed = Url::revoke_object_url(&url);
}

/// The picture as a document of its own, in the colours that it has on the page.
fn drawn(picture: &Element) -> String {
    let copy: Element = picture.clone_node_with_deep(true).expect("an element has a copy").unchecked_into();
    let all = |element: &Element| {
        Array::from(&call(element, "querySelectorAll", &["*".into()]))
            .iter()
            .map(JsCast::unchecked_into::<Element>)
            .collect::<Vec<_>>()
    };
    for (own, copied) in all(picture).iter().zip(all(&copy)) {
        let Ok(Some(style)) = window().get_computed_style(own) else { continue };
        for name in STYLE {
            let value = style.get_property_value(name).unwrap_or_default();
            let _written = copied.set_attribute(name, &value);
        }
    }
    let surface = document().body().and_then(|body| window().get_computed_style(&body).ok().flatten());
    let surface = surface.and_then(|style| style.get_property_value("--surface").ok()).unwrap_or_default();
    // HTML knows names for characters that a document of its own does not.
    let inside = copy.inner_html().replace("&nbsp;", " ");
    let [width, height] = size(picture);
    let marks = raster(picture).unwrap_or_default();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\
         <rect width=\"100%\" height=\"100%\" fill=\"{surface}\"/>{marks}{inside}</svg>\n"
    )
}

/// The marks that are on a canvas below the picture, as an image of its size.
fn raster(picture: &Element) -> Option<String> {
    let canvas = picture.parent_element()?.query_selector("canvas").ok()??;
    let style = window().get_computed_style(&canvas).ok().flatten()?;
    let opacity = style.get_property_value("opacity").unwrap_or_default();
    let pixels = call(&canvas, "toDataURL", &[]).as_string()?;
    let [width, height] = size(&canvas);
    Some(format!("<image width=\"{width}\" height=\"{height}\" opacity=\"{opacity}\" href=\"{pixels}\"/>"))
}

fn size(picture: &Element) -> [f64; 2] {
    let bounds = picture.get_bounding_client_rect();
    [bounds.width(), bounds.height()]
}

/// Draws the picture on a canvas, whose pixels become a file.
fn download_png(picture: &Element, name: String) {
    let Ok(url) = Url::create_object_url_with_blob(&blob(&Array::of1(&drawn(picture).into()), "image/svg+xml")) else {
        return;
    };
    let [width, height] = size(picture).map(|pixels| pixels * DENSITY);
    let image = el("img");
    let source = image.element().clone();
    let canvas = el("canvas").attrs(&[("width", &width.to_string()), ("height", &height.to_string())]);
    let canvas = canvas.element().clone();
    let free = url.clone();
    let mut name = Some(name);
    let loaded = move |_: Event| {
        let context = call(&canvas, "getContext", &["2d".into()]);
        call(&context, "drawImage", &[source.clone().into(), 0.into(), 0.into(), width.into(), height.into()]);
        let name = name.take().unwrap_or_default();
        let done = wasm_bindgen::closure::Closure::once_into_js(move |blob: JsValue| {
            if let Ok(blob) = blob.dyn_into::<Blob>() {
                download(&blob, &name);
            }
        });
        call(&canvas, "toBlob", &[done]);
        let _freed = Url::revoke_object_url(&free);
    };
    listen(image.element(), "load", Box::new(loaded));
    let _asked = image.attr("src", &url);
}

/// Calls a method by its name: what is drawn once in a while needs no types of its own.
fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> JsValue {
    let method = Reflect::get(object, &name.into()).ok().and_then(|method| method.dyn_into::<Function>().ok());
    let arguments: Array = arguments.iter().collect();
    method.and_then(|method| method.apply(object, &arguments).ok()).unwrap_or(JsValue::UNDEFINED)
}
