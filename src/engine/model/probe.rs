//! The training error of a model that meets no error while it is trained: measured afterwards on rows evenly spread over
//! the training rows, because all of them would take longer than the training.

use super::Recommender;
use crate::engine::data::{Interactions, UserIdx};

/// Rows that are measured at most, or one less than twice as many.
const ROWS: usize = 4096;

/// Units of work for so many short steps: a visit of a rating by gradient descent takes about as long as eight.
pub(super) fn share_of_visit(steps: usize) -> u32 {
    1 + (steps / 8) as u32
}

/// How far the measurement has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    /// The next row that is measured.
    row: usize,
    user: u32,
    measured: u32,
    loss: f64,
}

impl Probe {
    pub(super) fn new() -> Self {
        Self { row: 0, user: 0, measured: 0, loss: 0.0 }
    }

    /// Measures the rows of one user after the other for at most about `work`, where a row costs `each`; the work done. The
    /// model's scores are what it would predict without the rows themselves.
    pub(super) fn advance(&mut self, train: &Interactions, (work, each): (u32, u32), model: &dyn Recommender) -> u32 {
        let stride = (train.len() / ROWS).max(1);
        let mut done = 0;
        while !self.is_done(train) && done < work {
            let end = train.starts()[self.user as usize + 1] as usize;
            let rows = || (self.row..end).step_by(stride);
            let items: Vec<u32> = rows().map(|row| train.items()[row]).collect();
            if !items.is_empty() {
                for (row, score) in rows().zip(model.scores_of(UserIdx(self.user), &items)) {
                    let error = f64::from(train.ratings()[row] - score);
                    self.loss += error * error;
                }
            }
            let n = items.len() as u32;
            self.row += n as usize * stride;
            self.measured += n;
            self.user += 1;
            done = done.saturating_add(1).saturating_add(n.saturating_mul(each));
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
