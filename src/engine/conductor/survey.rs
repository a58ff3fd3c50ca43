//! What the objective may be over two parameters, by the trials that have ended: modelled and drawn in pieces, so that the run
//! goes on meanwhile.

use crate::engine::search::gp::Surrogate;
use crate::fields::Packed;
use crate::protocol::{Event, Surface};
use crate::study::MetricSpec;

/// What was asked for last.
#[derive(Debug, Default)]
pub(super) struct Survey {
    asked: Option<(Surrogate, Surface)>,
}

impl Survey {
    /// Begins, in place of what was asked before.
    pub(super) fn ask(&mut self, surrogate: Surrogate, held: u32, names: (String, String)) {
        let (across, up) = surrogate.places();
        let (x, y, known) = (names.0, names.1, surrogate.known() as u32);
        self.asked = Some((surrogate, Surface { x, y, held, known, across, up, mean: Vec::new() }));
    }

    /// Whether something is under way.
    pub(super) fn is_pending(&self) -> bool {
        self.asked.is_some()
    }

    /// Does about `work` units; whether there is more to do.
    pub(super) fn advance(&mut self, mut work: u32, objective: MetricSpec, events: &mut Vec<Event>) -> bool {
        let Some((surrogate, surface)) = &mut self.asked else { return false };
        if surrogate.advance(work) {
            return true;
        }
        let (count, rows) = (surface.across.len(), surface.up.len());
        while surface.mean.len() < count * rows {
            let row = surrogate.row(surface.mean.len() / count);
            if row.is_empty() {
                break;
            }
            surface.mean.extend(row.into_iter().map(|loss| objective.loss(loss)));
            work = work.saturating_sub(surrogate.cost().saturating_mul(count as u32));
            if work == 0 && surface.mean.len() < count * rows {
                return true;
            }
        }
        events.extend(self.asked.take().map(|(_, surface)| Event::Surveyed { surface: Packed::new(&surface) }));
        false
    }
}
