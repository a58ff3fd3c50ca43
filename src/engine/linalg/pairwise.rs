//! The inner loop of learning from pairs of items: how far one scores above the other, and the step that widens it.

use wide::f32x4;

use super::lanes::{FactorTable, dot};

/// What remains of each vector after a step, and how far the step goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Learning rate x error.
    pub gain: f32,
    /// 1 - learning rate x regularization, of the user's factors.
    pub keep_user: f32,
    /// The same of the item that should score higher.
    pub keep_positive: f32,
    /// The same of the other.
    pub keep_negative: f32,
}

/// p . (q_i - q_j).
#[must_use]
pub fn margin(p: &[f32x4], items: &FactorTable, [i, j]: [usize; 2]) -> f32 {
    dot(p, items.row(i)) - dot(p, items.row(j))
}

/// p <- d_u p + g (q_i - q_j), q_i <- d_i q_i + g p, q_j <- d_j q_j - g p, all from the old values; i and j differ.
pub fn widen(p: &mut [f32x4], items: &mut FactorTable, [i, j]: [usize; 2], step: &Step) {
    let lanes = items.lanes();
    let rows = [i * lanes..(i + 1) * lanes, j * lanes..(j + 1) * lanes];
    let Ok([q_i, q_j]) = items.cells_mut().get_disjoint_mut(rows) else { return };
    let [g, d_u, d_i, d_j] = [step.gain, step.keep_user, step.keep_positive, step.keep_negative].map(f32x4::splat);
    for ((p, q_i), q_j) in p.iter_mut().zip(q_i).zip(q_j) {
        let old = *p;
        *p = old * d_u + (*q_i - *q_j) * g;
        *q_i = *q_i * d_i + old * g;
        *q_j = *q_j * d_j - old * g;
    }
}
