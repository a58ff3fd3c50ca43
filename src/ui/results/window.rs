//! Which rows of a long table are on the page: those in sight and some around them. Ten thousand rows would take the
//! browser seconds; and a few rows with each frame keep even those in sight from holding the page up.

use std::ops::Range;

use leptos::prelude::{request_animation_frame, untrack};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::view::after_frame;

/// The height of a row in pixels, as the style sheet gives it, until one was measured: on a phone rows are cards.
const ROW: f64 = 42.0;
/// Rows on the page before and behind those in sight.
const AROUND: usize = 40;
/// Rows that are added with each frame.
const PER_FRAME: usize = 6;
/// The window moves by so many rows at once, so that scrolling seldom changes the page.
const STRIDE: usize = 10;
/// Rows that are built anew at once, where all of them are others.
const AT_ONCE: usize = 12;

/// The window of a table.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    rows: Memo<usize>,
    /// The height of a row.
    height: Signal<f64>,
    /// The first row in sight and how many are.
    sight: Signal<(usize, usize)>,
    /// Those that the person has scrolled to, which may still be on their way.
    goal: Signal<(usize, usize)>,
    /// Rows that may be on the page by now.
    allowed: Signal<usize>,
}

impl Window {
    /// The window of a table of so many rows.
    pub fn new(rows: Memo<usize>) -> Self {
        let (height, sight, allowed) = (Signal::new(ROW), Signal::new((0, 0)), Signal::new(PER_FRAME));
        let window = Self { rows, height, sight, goal: Signal::new((0, 0)), allowed };
        // A table that was emptied begins with a few rows again.
        effect(move || {
            if rows.get() == 0 {
                window.allowed.set(PER_FRAME);
            } else if window.allowed.get() < window.whole().len() {
                request_animation_frame(move || window.allowed.update(|allowed| *allowed += PER_FRAME));
            }
        });
        window
    }

    /// The rows that are on the page.
    pub fn range(self) -> Range<usize> {
        within(self.whole(), self.sight.get(), self.allowed.get())
    }

    /// The height of the rows before and behind those on the page, in pixels.
    pub fn gaps(self) -> (f64, f64) {
        let (range, height) = (self.range(), self.height.get());
        (range.start as f64 * height, (self.rows.get() - range.end) as f64 * height)
    }

    /// All rows are about to be others: those in sight come first.
    pub fn narrow(self) {
        self.allowed.update(|allowed| *allowed = AT_ONCE.min(*allowed));
    }

    /// The region was scrolled.
    pub fn scrolled(self, event: &Event) {
        let Some(region) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let height = measured(&region).unwrap_or(ROW);
        if (self.height.get_untracked() - height).abs() > 0.5 {
            self.height.set(height);
        }
        let first = (f64::from(region.scroll_top()) / height) as usize / STRIDE * STRIDE;
        let count = (f64::from(region.client_height()) / height) as usize + STRIDE;
        self.goal.set((first, count));
        let range = untrack(|| self.range());
        if first + count <= range.start || first >= range.end {
            // Rows that go and rows that come have a turn each.
            self.narrow();
            after_frame(move || self.arrive());
        } else if self.sight.get_untracked() != (first, count) {
            self.arrive();
        }
    }

    /// What was scrolled to last comes in sight, if the table still stands.
    fn arrive(self) {
        self.sight.update(|sight| *sight = self.goal.get_untracked());
    }

    fn whole(self) -> Range<usize> {
        around(self.sight.get(), self.rows.get())
    }
}

/// The distance from the first row on the page to the next one.
fn measured(region: &Element) -> Option<f64> {
    let row = region.query_selector("tr[data-trial]").ok()??;
    let next = row.next_element_sibling()?;
    let top = |row: &Element| row.get_bounding_client_rect().top();
    Some(top(&next) - top(&row)).filter(|height| *height >= 1.0)
}

fn around((first, count): (usize, usize), rows: usize) -> Range<usize> {
    // A table that became shorter is scrolled back by the browser, but only once it is drawn.
    let first = first.min(rows.saturating_sub(count));
    first.saturating_sub(AROUND)..(first + count + AROUND).min(rows)
}

/// As many of the rows of a range as are allowed: those in sight first, then those around.
fn within(whole: Range<usize>, (first, count): (usize, usize), allowed: usize) -> Range<usize> {
    let first = first.min(whole.end.saturating_sub(count)).max(whole.start);
    let before = (allowed.saturating_sub(count) / 2).min(first - whole.start);
    let start = first - before;
    start..whole.end.min(start + allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_table_is_there_as_a_whole() {
        assert_eq!(around((0, 0), 30), 0..30);
        assert_eq!(around((0, 20), 0), 0..0);
    }

    #[test]
    fn a_long_table_is_there_where_it_is_in_sight() {
        assert_eq!(around((5_000, 20), 10_000), 4_960..5_060);
        assert_eq!(around((9_990, 20), 10_000), 9_940..10_000);
        assert_eq!(around((9_990, 20), 5), 0..5);
    }
    #[test]
    fn rows_in_sight_come_before_those_around() {
        let whole = around((5_000, 20), 10_000);
        assert_eq!(within(whole.clone(), (5_000, 20), 18), 5_000..5_018);
        assert_eq!(within(whole.clone(), (5_000, 20), 24), 4_998..5_022);
        assert_eq!(within(whole.clone(), (5_000, 20), 200), whole);
        assert_eq!(within(0..40, (0, 0), 6), 0..6);
        assert_eq!(within(9_940..10_000, (9_990, 20), 18), 9_980..9_998);
        assert_eq!(within(0..5, (9_990, 20), 18), 0..5);
    }
}
