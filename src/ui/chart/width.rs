//! The width that a chart is given, followed as it changes: text keeps its size on a phone and at any zoom.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, PointerEvent, ResizeObserver, ResizeObserverEntry};

use crate::ui::signal::Signal;

/// The width of an element in pixels; 0 until it is on the page.
pub fn width_of(element: &Element) -> Signal<f64> {
    let width = Signal::new(0.0);
    let seen = move |entries: js_sys::Array| {
        let entry = entries.get(0).unchecked_into::<ResizeObserverEntry>();
        width.set(entry.content_rect().width());
    };
    let seen = Closure::<dyn FnMut(js_sys::Array)>::new(seen);
    if let Ok(observer) = ResizeObserver::new(seen.as_ref().unchecked_ref()) {
        observer.observe(element);
        // The chart lives as long as the page.
        seen.forget();
    }
    width
}

/// A pointer's place inside the element that hears of it, in pixels.
pub fn place(event: &Event) -> Option<(f64, f64)> {
    let event: &PointerEvent = event.dyn_ref()?;
    let element = event.current_target()?.dyn_into::<Element>().ok()?;
    let bounds = element.get_bounding_client_rect();
    Some((f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top()))
}

/// Whether a finger did it: what it was shown is read once it is lifted.
pub fn is_touch(event: &Event) -> bool {
    event.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch")
}
