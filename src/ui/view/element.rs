//! An element in the making. What it holds besides is said by closures, each of which is read again on its own.

use leptos::prelude::document;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, HtmlElement, Node};

use super::{Live, View, append, follow, region, says};

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element in the making.
#[derive(Clone, Debug)]
#[must_use = "an element that is put nowhere is not seen"]
pub struct El(Element);

/// An element of HTML.
pub fn el(tag: &str) -> El {
    El(document().create_element(tag).expect("the name of an element"))
}

/// An element of SVG.
pub fn svg(tag: &str) -> El {
    El(document().create_element_ns(Some(SVG), tag).expect("the name of an element"))
}

impl El {
    /// The browser's element.
    pub fn element(&self) -> &Element {
        &self.0
    }

    pub(super) fn into_node(self) -> Node {
        self.0.into()
    }

    /// An attribute that stays.
    pub fn attr(self, name: &str, value: &str) -> Self {
        write(&self.0, name, Some(value));
        self
    }

    /// Attributes that stay.
    pub fn attrs(self, attributes: &[(&str, &str)]) -> Self {
        for (name, value) in attributes {
            write(&self.0, name, Some(value));
        }
        self
    }

    /// An attribute that follows what is read; none where nothing is.
    pub fn attr_of(self, name: &'static str, read: impl Fn() -> Option<String> + 'static) -> Self {
        self.follow_attribute(name, Box::new(read));
        self
    }

    /// An attribute that is there or not.
    pub fn flag(self, name: &'static str, read: impl Fn() -> bool + 'static) -> Self {
        self.attr_of(name, move || read().then(String::new))
    }

    /// A class that is there or not.
    pub fn toggle(self, class: &'static str, read: impl Fn() -> bool + 'static) -> Self {
        self.follow_class(class, Box::new(read));
        self
    }

    /// A property of the browser's object, such as the text that stands in a field.
    pub fn property(self, name: &'static str, read: impl Fn() -> JsValue + 'static) -> Self {
        self.follow_property(name, Box::new(read));
        self
    }

    /// A property of the style. The page's policy refuses the attribute.
    pub fn style(self, name: &'static str, read: impl Fn() -> String + 'static) -> Self {
        self.follow_style(name, Box::new(read));
        self
    }

    /// What is done when something happens to it.
    pub fn on(self, event: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        listen(&self.0, event, Box::new(act));
        self
    }

    /// A part inside, after those before.
    pub fn child(self, view: impl Into<View>) -> Self {
        append(&self.0, &view.into());
        self
    }

    /// Parts inside, after those before.
    pub fn children(self, views: impl IntoIterator<Item = El>) -> Self {
        for view in views {
            append(&self.0, &view.into());
        }
        self
    }

    /// A text inside.
    pub fn text(self, text: &str) -> Self {
        append(&self.0, &View::text(text));
        self
    }

    /// A text inside that follows what is read.
    pub fn says(self, read: impl Fn() -> String + 'static) -> Self {
        append(&self.0, &says(Box::new(read)));
        self
    }

    /// A part inside that is built anew whenever what it has read changes.
    pub fn shows(self, read: impl Fn() -> Option<View> + 'static) -> Self {
        append(&self.0, &region(Box::new(read)));
        self
    }

    fn follow_attribute(&self, name: &'static str, read: Live<Option<String>>) {
        let element = self.0.clone();
        let mut last = None;
        follow(Box::new(move || {
            let value = read();
            if value != last {
                write(&element, name, value.as_deref());
                last = value;
            }
        }));
    }

    fn follow_class(&self, class: &'static str, read: Live<bool>) {
        let classes = self.0.class_list();
        follow(Box::new(move || {
            classes.toggle_with_force(class, read()).expect("the name of a class");
        }));
    }

    fn follow_property(&self, name: &'static str, read: Live<JsValue>) {
        let element = self.0.clone();
        let mut last = JsValue::UNDEFINED;
        follow(Box::new(move || {
            let value = read();
            if value != last {
                js_sys::Reflect::set(&element, &name.into(), &value).expect("an element's own property");
                last = value;
            }
        }));
    }

    fn follow_style(&self, name: &'static str, read: Live<String>) {
        let style = self.0.unchecked_ref::<HtmlElement>().style();
        follow(Box::new(move || style.set_property(name, &read()).expect("the name of a property")));
    }
}

fn write(element: &Element, name: &str, value: Option<&str>) {
    let written = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
    written.expect("the name of an attribute");
}

/// Does something whenever an event reaches a target. The browser lets go of it together with the target.
pub fn listen(target: &EventTarget, event: &str, act: Box<dyn FnMut(Event)>) {
    let heard = Closure::wrap(act).into_js_value();
    target.add_event_listener_with_callback(event, heard.unchecked_ref()).expect("the name of an event");
}
