//! The cursor of a chart that draws no trials: pointer or arrow keys choose one of its places, and a card says what is there.

use leptos::prelude::untrack;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::shape::Frame;
use super::shell::REACH;
use super::tip::card_beside;
use super::walk::lead;
use super::width::{is_touch, place};
use crate::ui::say::{list, say};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{El, View, shows, svg};

/// Where a chart has something to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Places {
    /// The chart's room.
    pub room: Frame,
    /// The places, in pixels.
    pub at: Vec<(f64, f64)>,
    /// Whether everything that is as far across is one place, as it is where lines are drawn.
    pub columns: bool,
}

impl Places {
    /// The place that a pointer means.
    fn near(&self, (x, y): (f64, f64)) -> Option<u32> {
        let far = |&(own_x, own_y): &(f64, f64)| {
            let (across, down) = (own_x - x, if self.columns { 0.0 } else { own_y - y });
            across * across + down * down
        };
        let far = self.at.iter().map(far).enumerate().filter(|(_, far)| self.columns || *far <= REACH * REACH);
        far.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(at, _)| at as u32)
    }

    /// The place that a key leads to, left to right.
    fn by_key(&self, from: Option<u32>, key: &str) -> Option<u32> {
        let order: Vec<(f64, u32)> = self.at.iter().zip(0..).map(|(&(x, _), at)| (x, at)).collect();
        lead(&order, from, key)
    }

    /// What is drawn at a place: a line down the column, or a ring around the dot.
    fn mark(&self, at: u32) -> Option<String> {
        let (x, y) = *self.at.get(at as usize)?;
        let (bottom, top) = self.room.y();
        Some(match self.columns {
            true => format!("M{} {top}V{bottom}", x.round()),
            false => ring((x, y)),
        })
    }
}

/// The path of a ring around a dot.
pub fn ring((x, y): (f64, f64)) -> String {
    format!("M{} {}a7 7 0 1 0 14 0a7 7 0 1 0-14 0", x.round() - 7.0, y.round())
}

/// What a chart's card says of a place, line by line, its title first.
pub type Says = Box<dyn Fn(usize) -> Option<Vec<String>> + Send + Sync>;

/// A drawing with its cursor, which stands at the `chosen` place.
pub fn cursor(
    store: Store,
    drawing: El,
    (places, chosen): (Memo<Option<Places>>, Signal<Option<u32>>),
    says: Says,
) -> View {
    let go = move |to: Option<u32>| {
        if chosen.get_untracked() != to {
            chosen.set(to);
        }
    };
    let point = move |event: Event| {
        let near = |at| places.with_untracked(|places| places.as_ref()?.near(at));
        go(place(&event).and_then(near));
    };
    let mark = move || places.with(|places| places.as_ref()?.mark(chosen.get()?));
    let lines = Memo::new(move || {
        let at = chosen.get()? as usize;
        let (place, room) = places.with(|places| places.as_ref().map(|all| (all.at.get(at).copied(), all.room)))?;
        Some((place?, room, says(at)?))
    });
    let walk = move |event: Event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        let from = chosen.get_untracked();
        let to = |places: &Option<Places>| places.as_ref()?.by_key(from, &event.key());
        if let Some(to) = places.with_untracked(to) {
            event.prevent_default();
            go(Some(to));
            let said = untrack(|| lines.get()).map(|(.., lines)| list(lines));
            store.said.set(said.unwrap_or_default());
        }
    };
    let drawing = drawing
        .attrs(&[("tabindex", "0"), ("aria-description", say("page.cursor-keys"))])
        .on("pointermove", point)
        .on("pointerdown", point)
        .on("pointerleave", move |event| {
            if !is_touch(&event) {
                go(None);
            }
        })
        .on("blur", move |_| go(None))
        .on("keydown", walk)
        .child(svg("path").attr("class", "cursor").attr_of("d", mark));
    let card = shows(move || {
        let (at, room, lines) = lines.get()?;
        let (title, lines) = lines.split_first()?;
        Some(card_beside(at, room, title, lines))
    });
    View::group([drawing.into(), card])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(columns: bool) -> Places {
        let room = Frame { width: 200.0, height: 100.0 };
        Places { room, at: vec![(60.0, 20.0), (160.0, 80.0), (110.0, 30.0)], columns }
    }

    #[test]
    fn a_pointer_means_the_nearest_dot_or_column() {
        let (dots, columns) = (places(false), places(true));
        assert_eq!((dots.near((65.0, 25.0)), columns.near((65.0, 25.0))), (Some(0), Some(0)));
        assert_eq!((dots.near((150.0, 20.0)), columns.near((150.0, 20.0))), (None, Some(1)));
    }

    #[test]
    fn keys_lead_from_left_to_right() {
        let places = places(true);
        assert_eq!(places.by_key(None, "ArrowRight"), Some(0));
        assert_eq!(places.by_key(Some(0), "ArrowRight"), Some(2));
        assert_eq!(places.by_key(Some(1), "ArrowRight"), Some(1));
        assert_eq!(places.by_key(Some(1), "Home"), Some(0));
        assert_eq!(places.by_key(Some(1), "a"), None);
    }

    #[test]
    fn a_column_is_a_line_and_a_dot_a_ring() {
        let (bottom, top) = places(true).room.y();
        assert_eq!(places(true).mark(1), Some(format!("M160 {top}V{bottom}")));
        assert!(places(false).mark(1).unwrap().starts_with("M153 80a7"));
        assert_eq!(places(false).mark(9), None);
    }
}
