//! The training error of a model that meets no error while it is trained: measured afterwards on rows evenly spread over
//! the training rows, because all of them would take longer than the training.

use crate::engine::data::{Interactions, ItemIdx, UserIdx};

/// Rows that are measured at most, or one less than twice as many.
const ROWS: usize = 4096;

/// Units of work for so many short steps: a visit of a rating by gradient descent takes about as long as eight.
pub(super) fn share_of_visit(steps: usize) -> u32 {
    1 + (steps / 8) as u32
}

/// How far the measurement has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    row: usize,
    user: u32,
    measured: u32,
    loss: f64,
}

impl Probe {
    pub(super) fn new() -> Self {
        Self { row: 0, user: 0, measured: 0, loss: 0.0 }
    }

    /// Measures rows for at most about `work`, each of which costs `each`; the work done. `score` is what would be predicted
    /// without the row itself.
    pub(super) fn advance(
        &mut self,
        train: &Interactions,
        (work, each): (u32, u32),
        score: &dyn Fn(UserIdx, ItemIdx) -> f32,
    ) -> u32 {
        let stride = (train.len() / ROWS).max(1);
        let mut done = 0;
        while !self.is_done(train) && done < work {
            while train.starts()[self.user as usize + 1] as usize <= self.row {
                self.user += 1;
            }
            let item = ItemIdx(train.items()[self.row]);
            let error = f64::from(train.ratings()[self.row] - score(UserIdx(self.user), item));
            self.loss += error * error;
            self.measured += 1;
            self.row += stride;
            done = done.saturating_add(each);
        }
        done
    }

    pub(super) fn is_done(&self, train: &Interactions) -> bool {
        self.row >= train.len()
    }

    /// Root mean squared error of the rows measured.
    pub(super) fn rmse(&self) -> f64 {
        (self.loss / f64::from(self.measured)).sqrt()
    }
}
