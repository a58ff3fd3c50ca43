//! The factors' starting values, drawn row by row so that a large table does not hold up the caller. Nothing here trains.

use super::factors::Factors;
use crate::engine::random::{self, Rng};
use crate::study::ModelSpec;

/// Work units charged for a row: a pair of normal numbers takes about as long as a visited rating of few factors.
fn work_per_row(n_factors: usize) -> u32 {
    1 + n_factors as u32 / 2
}

/// Draws the users' rows, then the items'.
#[derive(Debug)]
pub(super) struct Init {
    law: Law,
    rng: Rng,
    next_row: usize,
    done: bool,
}

/// How starting values are drawn.
#[derive(Clone, Copy, Debug)]
enum Law {
    /// All the same: every factor then sees the same gradients, so the product has rank 1 for ever.
    Constant(f64),
    /// Normal with this standard deviation.
    Normal(f64),
}

impl Init {
    pub(super) fn new(spec: &ModelSpec, rng: Rng) -> Self {
        let scale = spec.number("init_scale");
        let law = match spec.text("init") {
            "constant" => Law::Constant(scale),
            // Glorot and Bengio 2010 divide by the mean of fan-in and fan-out. A row of an embedding is a layer that one index
            // picks: what meets in the inner product are its n_factors numbers on both sides, so both fans are n_factors
            // and the deviation is init_scale / sqrt(n_factors): p . q has deviation init_scale^2 / sqrt(n_factors).
            "xavier" => Law::Normal(scale / spec.number("n_factors").sqrt()),
            _ => Law::Normal(scale),
        };
        Self { law, rng, next_row: 0, done: false }
    }

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Draws at least one row, and rows for at most about `work`; the work done. Rows of unknown users and items are drawn
    /// as well, so that the others do not depend on them, and then left at zero: they add nothing to a prediction.
    pub(super) fn advance(&mut self, model: &mut Factors, work: u32) -> u32 {
        let (n_users, n_items) = (model.known.users.len(), model.known.items.len());
        let mut numbers = vec![0.0; model.users.n_factors()];
        let mut done = 0;
        while !self.done && (done < work || done == 0) {
            self.draw(&mut numbers);
            if self.next_row < n_users {
                if model.known.users[self.next_row] {
                    model.users.set(self.next_row, &numbers);
                }
            } else if model.known.items[self.next_row - n_users] {
                model.items.set(self.next_row - n_users, &numbers);
            }
            self.next_row += 1;
            self.done = self.next_row == n_users + n_items;
            done = done.saturating_add(work_per_row(numbers.len()));
        }
        done
    }

    /// Draws one row. Of an odd count's last pair the second number is dropped.
    fn draw(&mut self, numbers: &mut [f32]) {
        match self.law {
            Law::Constant(value) => numbers.fill(value as f32),
            Law::Normal(deviation) => {
                for pair in numbers.chunks_mut(2) {
                    let (first, second) = random::normal_pair(&mut self.rng);
                    for (number, drawn) in pair.iter_mut().zip([first, second]) {
                        *number = (deviation * drawn) as f32;
                    }
                }
            }
        }
    }
}
