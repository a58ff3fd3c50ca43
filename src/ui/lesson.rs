//! A lesson: the text of a link, or one of the page's own, shown above everything else. Links of the lesson lead to studies
//! on this page and nowhere else.

mod markdown;

use leptos::prelude::untrack;
use wasm_bindgen_futures::spawn_local;

use self::markdown::{Block, Span, blocks};
use super::browser;
use super::language::{Language, lessons_file};
use super::say::{say, word};
use super::store::Store;
use super::view::{El, View, apart, el, shows};
use crate::study::link::LESSONS;
use crate::ui::signal::{Memo, Signal, effect};
use crate::words::Words;

/// The page's own lessons, as links.
pub fn lessons() -> View {
    let link = |(name, link): (&str, &str)| {
        el("a").attr("href", &format!("#{link}&lesson={name}")).text(&word("lesson", name))
    };
    el("nav")
        .attrs(&[("class", "lessons"), ("aria-label", say("page.lessons"))])
        .child(el("span").attr("class", "note").text(say("page.lessons")))
        .children(LESSONS.map(link))
        .into()
}

/// The lesson that the link brings.
pub fn lesson(store: Store) -> View {
    let is_wanted = Memo::new(move || store.teaching.with(|teaching| teaching.lesson.is_some()));
    shows(move || is_wanted.get().then(|| wanted(store)))
}

apart!(fn wanted(store: Store) = brought, in link);

fn brought(store: Store) -> View {
    let wanted = Memo::new(move || store.teaching.with(|teaching| teaching.lesson.clone()));
    let text = Signal::new(None);
    let language = store.language.get_untracked().unwrap_or(Language::English);
    effect(move || {
        let wanted = wanted.get();
        match wanted.clone().filter(|name| LESSONS.iter().any(|(known, _)| known == name)) {
            None => text.set(wanted),
            Some(name) => spawn_local(async move {
                let table = browser::fetch(&lessons_file(language)).await.map(|table| Words::parse(&table));
                let own = table.map(|table| table.text(&name).replace("\\n", "\n"));
                // Another one may have been asked for in the meantime.
                if wanted == untrack(|| store.teaching.with(|teaching| teaching.lesson.clone())) {
                    text.set(own);
                }
            }),
        }
    });
    let close = move |_| store.teaching.update(|teaching| teaching.lesson = None);
    shows(move || {
        let text = text.get()?;
        let button = el("button").attrs(&[("type", "button"), ("class", "quiet")]).on("click", close);
        Some(
            el("section")
                .attrs(&[("class", "card lesson"), ("aria-label", say("page.lesson")), ("data-testid", "lesson")])
                .child(write(&text))
                .child(button.text(say("page.dismiss")))
                .into(),
        )
    })
}

fn write(text: &str) -> View {
    View::group(blocks(text).iter().map(|block| drawn(block).into()))
}

fn drawn(block: &Block) -> El {
    match block {
        Block::Heading(spans) => line("h2", spans),
        Block::Paragraph(spans) => line("p", spans),
        Block::List(items) => el("ul").children(items.iter().map(|spans| line("li", spans))),
    }
}

fn line(tag: &str, spans: &[Span]) -> El {
    spans.iter().fold(el(tag), |line, span| match span {
        Span::Plain(text) => line.text(text),
        Span::Strong(text) => line.child(el("strong").text(text)),
        Span::Emphasis(text) => line.child(el("em").text(text)),
        Span::Code(text) => line.child(el("code").text(text)),
        Span::Link { text, fragment } => line.child(el("a").attr("href", fragment).text(text)),
    })
}
