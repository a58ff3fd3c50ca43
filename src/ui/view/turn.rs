//! Turns of the browser's loop: work that waits for its own, so that no single one is long.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use leptos::prelude::{request_animation_frame, set_timeout};

use crate::ui::browser;
use crate::ui::signal::{Kept, Signal, effect};

type Work = Box<dyn FnOnce()>;

thread_local! {
    static WAITING: RefCell<VecDeque<Work>> = const { RefCell::new(VecDeque::new()) };
}

/// Does something once, in a turn of its own behind the next frame: what is computed and what is drawn are then two tasks
/// and not one long one.
pub fn after_frame(work: impl FnOnce() + 'static) {
    // A hidden tab gets no frames, but its run goes on and must be able to start.
    if browser::is_hidden() {
        set_timeout(work, Duration::from_millis(200));
    } else {
        request_animation_frame(move || set_timeout(work, Duration::ZERO));
    }
}

/// What a signal says, for those to whom a change is much work: they hear of it in a turn of its own, and of several in
/// between once.
pub fn in_turn<T: Clone + PartialEq + Send + Sync + 'static>(source: Signal<T>) -> Signal<T> {
    let own = Signal::new(source.get_untracked());
    let waits = Kept::new(false);
    effect(move || {
        let differs = source.with(|value| own.with_untracked(|own| own != value));
        if differs && !waits.replace(true) {
            after_frame(move || {
                waits.set(false);
                own.set(source.get_untracked());
            });
        }
    });
    own
}

/// Does something when everything before it has had its turn, one with each frame.
pub(super) fn wait(work: Work) {
    let first = WAITING.with_borrow_mut(|waiting| {
        waiting.push_back(work);
        waiting.len() == 1
    });
    if first {
        after_frame(take_turn);
    }
}

fn take_turn() {
    // What waits stays in the queue during its turn: what it asks for itself then starts no second round.
    let work =
        WAITING.with_borrow_mut(|waiting| waiting.front_mut().map(|work| std::mem::replace(work, Box::new(|| {}))));
    if let Some(work) = work {
        work();
    }
    let more = WAITING.with_borrow_mut(|waiting| {
        waiting.pop_front();
        !waiting.is_empty()
    });
    if more {
        after_frame(take_turn);
    }
}
