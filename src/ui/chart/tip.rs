//! The small card beside the mark under the pointer or the cursor.

use super::kind::Kind;
use super::shape::{Frame, Plot};
use crate::ui::format::{fine, seconds};
use crate::ui::run::{Run, Trial};
use crate::ui::say::{fill, list, metric, param, say, sentence, trial_name, trial_state, value};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{View, el, shows};

/// The card of the trial under the pointer or the cursor: in the chart where that is.
fn card(store: Store, kind: Kind, plot: Memo<Option<Plot>>, near: Signal<bool>) -> Memo<Option<Card>> {
    Memo::new(move || {
        let number = store.hovered.get().or_else(|| store.selected.get()).filter(|_| near.get())?;
        let plot = plot.get()?;
        let card = |run: &Run| {
            let trial = run.trials.get(&number)?;
            let at = store.axes.with(|axes| kind.place(trial, axes, &plot))?;
            Some(Card { number, at, room: plot.frame, lines: lines(run, trial) })
        };
        store.run(card).flatten()
    })
}

/// What the card says of a trial, line by line.
pub fn lines(run: &Run, trial: &Trial) -> Vec<String> {
    let mut lines = vec![match trial.value {
        Some(value) => format!("{} {}", metric(run.study.objective), fine(value)),
        None => trial_state(trial).to_owned(),
    }];
    lines.extend(trial.params.0.iter().map(|(name, one)| format!("{} {}", param(name), value(one))));
    let mut ran = Vec::new();
    if trial.epochs_shown() > 0 {
        ran.push(fill("page.epochs-count", &[("count", trial.epochs_shown().to_string())]));
    }
    if trial.seconds > 0.0 {
        ran.push(seconds(trial.seconds));
    }
    if !ran.is_empty() {
        lines.push(list(ran));
    }
    lines.extend(trial.error.as_ref().map(sentence));
    if run.best == Some(trial.number) {
        lines.push(say("page.best-so-far").to_owned());
    }
    lines
}

/// What the card shows, and where.
#[derive(Clone, Debug, PartialEq)]
struct Card {
    /// The trial.
    number: u32,
    /// The place of its mark.
    at: (f64, f64),
    /// The chart's room.
    room: Frame,
    /// What is said of it.
    lines: Vec<String>,
}

/// The card, where there is one.
pub fn tip(store: Store, kind: Kind, plot: Memo<Option<Plot>>, near: Signal<bool>) -> View {
    let card = card(store, kind, plot, near);
    shows(move || {
        let Card { number, at, room, lines } = card.get()?;
        Some(card_beside(at, room, &trial_name(number), &lines))
    })
}

/// A card beside a place in a chart, in pixels.
pub fn card_beside((x, y): (f64, f64), room: Frame, title: &str, lines: &[String]) -> View {
    // On the side where there is more room.
    let (side, from) = if x < room.width / 2.0 { ("left", x + 12.0) } else { ("right", room.width - x + 12.0) };
    let lines = lines.iter().map(|line| el("span").text(line));
    el("div")
        .attrs(&[("class", "tip"), ("aria-hidden", "true")])
        .style(side, move || format!("{from}px"))
        .style("top", move || format!("{}px", (y - 12.0).max(0.0)))
        .child(el("strong").text(title))
        .children(lines)
        .into()
}
