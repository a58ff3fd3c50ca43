//! The small card beside the mark under the pointer or the cursor.

use super::shape::Frame;
use crate::ui::format::{fine, seconds};
use crate::ui::run::{Run, Trial};
use crate::ui::say::{fill, list, metric, param, say, sentence, trial_name, trial_state, value};
use crate::ui::signal::Memo;
use crate::ui::view::{View, el, shows};

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
pub struct Card {
    /// The trial.
    pub number: u32,
    /// The place of its mark.
    pub at: (f64, f64),
    /// The chart's room.
    pub room: Frame,
    /// What is said of it.
    pub lines: Vec<String>,
}

/// The card, where there is one.
pub fn tip(card: Memo<Option<Card>>) -> View {
    shows(move || {
        let Card { number, at: (x, y), room, lines } = card.get()?;
        // On the side where there is more room.
        let (side, from) = if x < room.width / 2.0 { ("left", x + 12.0) } else { ("right", room.width - x + 12.0) };
        let lines = lines.iter().map(|line| el("span").text(line));
        let card = el("div")
            .attrs(&[("class", "tip"), ("aria-hidden", "true")])
            .style(side, move || format!("{from}px"))
            .style("top", move || format!("{}px", (y - 12.0).max(0.0)))
            .child(el("strong").text(&trial_name(number)))
            .children(lines);
        Some(card.into())
    })
}
