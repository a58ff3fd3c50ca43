//! The width that a chart is given, followed as it changes: text keeps its size on a phone and at any zoom.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{ResizeObserver, ResizeObserverEntry};

/// The width of an element in pixels; 0 until it is on the page.
pub fn width_of(node: NodeRef<Div>) -> ReadSignal<f64> {
    let (width, set_width) = signal(0.0);
    Effect::new(move || {
        let Some(element) = node.get() else { return };
        let seen = move |entries: js_sys::Array| {
            let entry = entries.get(0).unchecked_into::<ResizeObserverEntry>();
            set_width.set(entry.content_rect().width());
        };
        let seen = Closure::<dyn FnMut(js_sys::Array)>::new(seen);
        if let Ok(observer) = ResizeObserver::new(seen.as_ref().unchecked_ref()) {
            observer.observe(&element);
            // The chart lives as long as the page.
            seen.forget();
        }
    });
    width
}

/// A pointer's place inside the element that hears of it, in pixels.
pub fn place(event: &web_sys::PointerEvent) -> Option<(f64, f64)> {
    let element = event.current_target()?.dyn_into::<web_sys::Element>().ok()?;
    let bounds = element.get_bounding_client_rect();
    Some((f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top()))
}
