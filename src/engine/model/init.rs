//! The factors' starting values, drawn row by row so that a large table does not hold up the caller. Nothing here trains.

use crate::engine::linalg::lanes::FactorTable;
use crate::engine::random::{self, Rng};
use crate::study::ModelSpec;

/// Work units charged for a row: a pair of normal numbers takes about as long as a visited rating of few factors.
fn work_per_row(n_factors: usize) -> u32 {
    1 + n_factors as u32 / 2
}

/// Draws the rows of one table after the other.
#[derive(Debug)]
pub(super) struct Init {
    law: Law,
    rng: Rng,
    /// The table and the row that come next.
    next: (usize, usize),
    done: bool,
}

/// A table to be filled, and which of its rows are known.
pub(super) type Table<'a> = (&'a mut FactorTable, &'a [bool]);

/// How starting values are drawn.
#[derive(Clone, Copy, Debug)]
enum Law {
    /// All the same: every factor then sees the same gradients, so the product has rank 1 for ever.
    Constant(f64),
    /// Normal with this standard deviation.
    Normal(f64),
    /// Uniform from 0 to this.
    Uniform(f64),
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
        Self { law, rng, next: (0, 0), done: false }
    }

    /// Normal numbers with this standard deviation.
    pub(super) fn normal(deviation: f64, rng: Rng) -> Self {
        Self { law: Law::Normal(deviation), rng, next: (0, 0), done: false }
    }

    /// Uniform numbers from 0 to `high`.
    pub(super) fn uniform(high: f64, rng: Rng) -> Self {
        Self { law: Law::Uniform(high), rng, next: (0, 0), done: false }
    }

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Draws at least one row, and rows for at most about `work`; the work done. Rows of unknown users and items are drawn
    /// as well, so that the others do not depend on them, and then left at zero: they add nothing to a prediction.
    pub(super) fn advance(&mut self, tables: &mut [Table<'_>], work: u32) -> u32 {
        let mut numbers = vec![0.0; tables[0].0.n_factors()];
        let mut done = 0;
        while !self.done && (done < work || done == 0) {
            let (at, row) = self.next;
            let Some((table, known)) = tables.get_mut(at) else {
                self.done = true;
                break;
            };
            if row == known.len() {
                self.next = (at + 1, 0);
                continue;
            }
            self.draw(&mut numbers);
            if known[row] {
                table.set(row, &numbers);
            }
            self.next.1 += 1;
            done = done.saturating_add(work_per_row(numbers.len()));
        }
        done
    }

    /// Draws one row. Of an odd count's last pair the second number is dropped.
    fn draw(&mut self, numbers: &mut [f32]) {
        match self.law {
            Law::Constant(value) => numbers.fill(value as f32),
            Law::Uniform(high) => {
                for number in numbers {
                    *number = (high * random::unit(&mut self.rng)) as f32;
                }
            }
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
