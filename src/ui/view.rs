//! How the page is built: elements, and what keeps them in step with signals.
//!
//! Reactivity is Leptos'; its views are not used, since each element, attribute and closure of a view is a type of its
//! own there, compiled anew. Here an element is one type and a closure is boxed, so that a further view costs little
//! more than its words. Who reads nothing that changes is built once and never touched again.

mod apart;
mod element;
mod list;
mod turn;

use leptos::prelude::{RenderEffect, StoredValue, document, untrack};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, Node};

use crate::ui::signal::{Memo, Signal, effect};

pub(in crate::ui) use apart::apart;
pub use apart::{Later, Missing, arrives, opens};
pub use element::{El, el, listen, svg};
pub use list::Key;
pub use turn::{after_frame, in_turn};

/// A closure of a view.
pub type Live<T> = Box<dyn Fn() -> T>;

/// A part of the page: an element, a text, or several of both.
#[derive(Clone, Debug)]
pub struct View(Node);

impl View {
    /// Several parts, one after the other.
    pub fn group(parts: impl IntoIterator<Item = Self>) -> Self {
        let fragment = Node::from(document().create_document_fragment());
        for part in parts {
            append(&fragment, &part);
        }
        Self(fragment)
    }

    /// The node to be put into the document.
    pub fn node(&self) -> &Node {
        &self.0
    }

    fn text(text: &str) -> Self {
        Self(document().create_text_node(text).into())
    }
}

impl From<El> for View {
    fn from(element: El) -> Self {
        Self(element.into_node())
    }
}

/// Runs something now, and again whenever what it has read changes, for as long as the part of the page stands that it
/// belongs to.
fn follow(mut act: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_: Option<()>| act());
    StoredValue::new_local(effect);
}

fn append(parent: &Node, view: &View) {
    parent.append_child(&view.0).expect("an element takes any part of a page");
}

/// Puts a part before a node that stands on the page.
fn insert(node: &Node, before: &Node) {
    let parent = before.parent_node().expect("a mark stays where it is");
    parent.insert_before(node, Some(before)).expect("an element takes any part of a page");
}

/// A text that changes.
fn says(read: Live<String>) -> View {
    let view = View::text("");
    let node = view.0.clone();
    let mut last = String::new();
    follow(Box::new(move || {
        let text = read();
        if text != last {
            node.set_text_content(Some(&text));
            last = text;
        }
    }));
    view
}

/// A part that is built anew whenever what it has read changes.
pub fn shows(read: impl Fn() -> Option<View> + 'static) -> View {
    region(Box::new(read))
}

fn region(read: Live<Option<View>>) -> View {
    // Two empty texts mark where the part begins and ends, wherever they are moved.
    let (start, end) = (View::text(""), View::text(""));
    let whole = View::group([start.clone(), end.clone()]);
    follow(Box::new(move || {
        let view = read();
        while let Some(node) = start.0.next_sibling().filter(|node| *node != end.0) {
            node.parent_node().expect("it has a sibling").remove_child(&node).expect("it is there");
        }
        if let Some(view) = view {
            insert(&view.0, &end.0);
        }
    }));
    whole
}

/// Elements, one for each key: an element stays as long as its key does. What draws one is not read again.
pub fn rows(keys: impl Fn() -> Vec<Key> + 'static, draw: impl Fn(Key) -> El + 'static) -> View {
    list::rows(Box::new(keys), Box::new(draw))
}

/// A part of the page that is built in a turn of its own, one with each frame in the order in which they were asked for.
/// Built and laid out all at once, the page would hold the browser up for longer than a person's click may wait.
pub fn later(build: impl Fn() -> View + 'static) -> View {
    let turn = Signal::new(false);
    turn::wait(Box::new(move || turn.set(true)));
    shows(move || turn.get().then(|| untrack(&build)))
}

/// A dialog over the page while `open` says so. What is in it is built when it opens.
pub fn dialog(open: Signal<bool>, title: &str, hook: &str, content: impl Fn() -> View + 'static) -> View {
    let dialog = el("dialog")
        .attrs(&[("class", "data"), ("aria-labelledby", title), ("data-testid", hook)])
        .on("close", move |_| open.set(false))
        .shows(move || open.get().then(&content));
    let element = dialog.element().clone().unchecked_into::<HtmlDialogElement>();
    effect(move || {
        if !open.get() {
            element.close();
        } else if !element.open() {
            // It can only be open already, or be gone with the page.
            let _shown = element.show_modal();
        }
    });
    dialog.into()
}

/// The sentence about something that is wrong, where there is one.
pub fn problem(sentence: impl Fn() -> Option<String> + Send + Sync + 'static, hook: &'static str) -> View {
    // Told once: a paragraph that is built anew is read out anew.
    let sentence = Memo::new(sentence);
    shows(move || {
        let attributes = [("class", "problem"), ("role", "alert"), ("data-testid", hook)];
        Some(el("p").attrs(&attributes).text(&sentence.get()?).into())
    })
}
