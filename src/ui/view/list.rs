//! A list of elements that follows a list of keys: what stays is not built anew.

use std::mem;

use leptos::prelude::{Owner, untrack};
use web_sys::{Element, Node};

use super::{El, Live, View, follow, insert};

/// What tells an element of a list from the others: a number, and something that changes when it must be drawn anew.
pub type Key = (u32, u32);

struct Row {
    key: Key,
    element: Element,
    owner: Owner,
}

pub(super) fn rows(keys: Live<Vec<Key>>, draw: Box<dyn Fn(Key) -> El>) -> View {
    let (start, end) = (View::text(""), View::text(""));
    let whole = View::group([start.clone(), end]);
    // Rows outlive the run of the effect that draws them, so they belong to whoever the list belongs to.
    let outer = Owner::current().unwrap_or_default();
    let draw = move |key| {
        let owner = outer.child();
        let element = untrack(|| owner.with(|| draw(key))).element().clone();
        Row { key, element, owner }
    };
    let mut shown: Vec<Row> = Vec::new();
    follow(Box::new(move || {
        let wanted = keys();
        let mut known: Vec<Option<Row>> = mem::take(&mut shown).into_iter().map(Some).collect();
        let mut from = 0;
        let kept: Vec<Option<Row>> = wanted.iter().map(|key| take(&mut known, &mut from, *key)).collect();
        for row in known.into_iter().flatten() {
            row.element.remove();
            row.owner.cleanup();
        }
        let mut next = after(start.node());
        for (key, kept) in wanted.into_iter().zip(kept) {
            let row = kept.unwrap_or_else(|| draw(key));
            if *row.element == next {
                next = after(&next);
            } else {
                insert(&row.element, &next);
            }
            shown.push(row);
        }
    }));
    whole
}

/// Takes the row of a key out. Lists mostly keep their order, so the search begins behind the row that was taken last.
fn take(known: &mut [Option<Row>], from: &mut usize, key: Key) -> Option<Row> {
    let (before, behind) = known.split_at(*from);
    let is_it = |row: &Option<Row>| row.as_ref().is_some_and(|row| row.key == key);
    let at = behind.iter().position(is_it).map(|at| at + *from).or_else(|| before.iter().position(is_it))?;
    *from = at + 1;
    known[at].take()
}

/// The next node: at the latest the one that marks the end.
fn after(node: &Node) -> Node {
    node.next_sibling().expect("a list has an end")
}
