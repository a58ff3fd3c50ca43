//! Ridge regression of one factor vector on rows of a table, the step of alternating least squares: the x that minimises
//! sum over rows (y_r - q_r . x)^2 + penalty |x|^2, in single precision and by Cholesky. Every entry of a product is one sum
//! over the rows in their order, whatever the tile.
//!
//! With fewer rows than factors the same x is found among the combinations of the rows, x = Q^T (Q Q^T + penalty I)^-1 y,
//! for a smaller matrix.
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | Q | n x k | the rows |
//! | y | n | what they should multiply to |
//! | A | k x k or n x n | Q^T Q or Q Q^T, plus penalty I; its upper triangle, row-major in lanes, becomes U with A = U^T U |

use wide::f32x4;

use super::lanes::{FactorTable, WIDTH, add_multiple, dot};

/// Rows that are multiplied into A at a time: their panel stays in the first cache.
const PANEL: usize = 64;

/// Solves one system after the other in the same memory.
#[derive(Debug, Default)]
pub struct Normal {
    /// A, then U. Entries below the diagonal are not read.
    matrix: Vec<f32x4>,
    /// The right-hand side, then the solution.
    x: Vec<f32x4>,
    /// Lanes x rows of a panel: lane l of all its rows, then lane l + 1.
    panel: Vec<f32x4>,
}

impl Normal {
    /// Solves for one vector. Rows and targets are equally many; without any the solution is zero.
    ///
    /// Costs n k^2 / 2 + k^3 / 6 products; n^2 k / 2 + n^3 / 6 where n < k.
    pub fn solve(&mut self, table: &FactorTable, rows: &[u32], targets: &[f32], penalty: f32, to: &mut [f32x4]) {
        to.fill(f32x4::ZERO);
        if rows.is_empty() {
            return;
        }
        if rows.len() < table.n_factors() {
            self.combine(table, rows, targets, penalty);
            for (at, &row) in rows.iter().enumerate() {
                add_multiple(to, self.x[at / WIDTH].to_array()[at % WIDTH], table.row(row as usize));
            }
        } else {
            self.regress(table, rows, targets, penalty);
            to.copy_from_slice(&self.x);
        }
    }

    /// x by A = Q^T Q + penalty I.
    fn regress(&mut self, table: &FactorTable, rows: &[u32], targets: &[f32], penalty: f32) {
        let lanes = table.lanes();
        self.clear(lanes);
        for (rows, targets) in rows.chunks(PANEL).zip(targets.chunks(PANEL)) {
            let n = rows.len();
            self.panel.resize(lanes * PANEL, f32x4::ZERO);
            for (at, (&row, &target)) in rows.iter().zip(targets).enumerate() {
                let row = table.row(row as usize);
                add_multiple(&mut self.x, target, row);
                for (cell, lane) in self.panel[at..].iter_mut().step_by(n).zip(row) {
                    *cell = *lane;
                }
            }
            multiply(&mut self.matrix, &self.panel[..lanes * n], lanes, n);
        }
        self.finish(lanes, penalty);
    }

    /// The coefficients of the rows by A = Q Q^T + penalty I.
    fn combine(&mut self, table: &FactorTable, rows: &[u32], targets: &[f32], penalty: f32) {
        let lanes = rows.len().div_ceil(WIDTH);
        self.clear(lanes);
        for (at, &row) in rows.iter().enumerate() {
            let left = table.row(row as usize);
            let to = &mut self.matrix[at * lanes..(at + 1) * lanes];
            for (lane, four) in to.iter_mut().zip(rows.chunks(WIDTH)).skip(at / WIDTH) {
                let mut products = [0.0; WIDTH];
                for (product, &other) in products.iter_mut().zip(four) {
                    *product = dot(left, table.row(other as usize));
                }
                *lane = f32x4::new(products);
            }
        }
        for (lane, four) in self.x.iter_mut().zip(targets.chunks(WIDTH)) {
            let mut numbers = [0.0; WIDTH];
            numbers[..four.len()].copy_from_slice(four);
            *lane = f32x4::new(numbers);
        }
        self.finish(lanes, penalty);
    }

    fn clear(&mut self, lanes: usize) {
        self.matrix.clear();
        self.matrix.resize(lanes * WIDTH * lanes, f32x4::ZERO);
        self.x.clear();
        self.x.resize(lanes, f32x4::ZERO);
    }

    fn finish(&mut self, lanes: usize, penalty: f32) {
        for i in 0..lanes * WIDTH {
            let mut lane = self.matrix[i * lanes + i / WIDTH].to_array();
            lane[i % WIDTH] += penalty;
            self.matrix[i * lanes + i / WIDTH] = f32x4::new(lane);
        }
        factor(&mut self.matrix, lanes, penalty);
        substitute(&self.matrix, lanes, &mut self.x);
    }
}

/// Squared errors of a vector on the rows.
#[must_use]
pub fn loss(table: &FactorTable, rows: &[u32], targets: &[f32], x: &[f32x4]) -> f64 {
    let errors = rows.iter().zip(targets).map(|(&row, target)| f64::from(target - dot(table.row(row as usize), x)));
    errors.map(|error| error * error).sum()
}

/// Adds the panel's Q^T Q to the upper triangle, in tiles of 4 x 8.
fn multiply(matrix: &mut [f32x4], panel: &[f32x4], lanes: usize, n: usize) {
    for top in 0..lanes {
        let left = &panel[top * n..(top + 1) * n];
        let rows = &mut matrix[top * WIDTH * lanes..(top + 1) * WIDTH * lanes];
        let mut at = top;
        while at + 1 < lanes {
            let right = (&panel[at * n..(at + 1) * n], &panel[(at + 1) * n..(at + 2) * n]);
            let mut sums = [0, 1, 2, 3].map(|row| [rows[row * lanes + at], rows[row * lanes + at + 1]]);
            tile(left, right, &mut sums);
            for (row, sums) in sums.into_iter().enumerate() {
                rows[row * lanes + at..row * lanes + at + 2].copy_from_slice(&sums);
            }
            at += 2;
        }
        if at < lanes {
            let last = &panel[at * n..(at + 1) * n];
            let mut sums = [0, 1, 2, 3].map(|row| [rows[row * lanes + at], f32x4::ZERO]);
            tile(left, (last, last), &mut sums);
            for (row, sums) in sums.into_iter().enumerate() {
                rows[row * lanes + at] = sums[0];
            }
        }
    }
}

#[inline(always)]
fn tile(left: &[f32x4], right: (&[f32x4], &[f32x4]), sums: &mut [[f32x4; 2]; 4]) {
    let mut own = *sums;
    for ((left, first), second) in left.iter().zip(right.0).zip(right.1) {
        let [a, b, c, d] = left.to_array().map(f32x4::splat);
        own[0][0] += a * *first;
        own[0][1] += a * *second;
        own[1][0] += b * *first;
        own[1][1] += b * *second;
        own[2][0] += c * *first;
        own[2][1] += c * *second;
        own[3][0] += d * *first;
        own[3][1] += d * *second;
    }
    *sums = own;
}

/// Replaces the upper triangle by U, four rows at a time: each is finished, then all rows below change by the four at once.
/// What lies left of the diagonal in the diagonal's own lane becomes zero. No pivot is smaller than the penalty, but for
/// rounding.
fn factor(matrix: &mut [f32x4], lanes: usize, penalty: f32) {
    for block in 0..lanes {
        let (above, below) = matrix.split_at_mut((block + 1) * WIDTH * lanes);
        let four = &mut above[block * WIDTH * lanes..];
        finish_four(four, block, lanes, penalty);
        let (row_0, rest) = four.split_at(lanes);
        let (row_1, rest) = rest.split_at(lanes);
        let (row_2, row_3) = rest.split_at(lanes);
        for (i, row) in below.chunks_exact_mut(lanes).enumerate() {
            let at = block + 1 + i / WIDTH;
            let [a, b, c, d] = [row_0, row_1, row_2, row_3].map(|row| f32x4::splat(row[at].to_array()[i % WIDTH]));
            let four = row_0[at..].iter().zip(&row_1[at..]).zip(&row_2[at..]).zip(&row_3[at..]);
            for (cell, (((u_0, u_1), u_2), u_3)) in row[at..].iter_mut().zip(four) {
                *cell = *cell - (a * *u_0 + b * *u_1) - (c * *u_2 + d * *u_3);
            }
        }
    }
}

/// The rows of a block on the diagonal, from the block's lane on.
fn finish_four(four: &mut [f32x4], block: usize, lanes: usize, penalty: f32) {
    for t in 0..WIDTH {
        let (row, later) = four[t * lanes..].split_at_mut(lanes);
        let row = &mut row[block..];
        let mut first = row[0].to_array();
        first[..t].fill(0.0);
        // Written so that NaN stays and is seen in the solution.
        if first[t] < penalty {
            first[t] = penalty;
        }
        let scale = f32x4::splat(1.0 / first[t].sqrt());
        row[0] = f32x4::new(first);
        row.iter_mut().for_each(|lane| *lane *= scale);
        let first = row[0].to_array();
        for (later, factor) in later.chunks_exact_mut(lanes).zip(&first[t + 1..]) {
            add_multiple(&mut later[block..], -factor, row);
        }
    }
}

/// Solves U^T U x = b in place.
fn substitute(matrix: &[f32x4], lanes: usize, x: &mut [f32x4]) {
    for (j, row) in matrix.chunks_exact(lanes).enumerate() {
        let (at, lane) = (j / WIDTH, j % WIDTH);
        let mut own = x[at].to_array();
        own[lane] /= row[at].to_array()[lane];
        let z = own[lane];
        add_multiple(&mut x[at..], -z, &row[at..]);
        let mut rest = x[at].to_array();
        rest[lane] = z;
        x[at] = f32x4::new(rest);
    }
    for (j, row) in matrix.chunks_exact(lanes).enumerate().rev() {
        let (at, lane) = (j / WIDTH, j % WIDTH);
        let mut own = x[at].to_array();
        let z = std::mem::replace(&mut own[lane], 0.0);
        x[at] = f32x4::new(own);
        // What stands at and before j in this lane of U is zero, or is multiplied by the zero just written.
        own[lane] = (z - dot(&row[at..], &x[at..])) / row[at].to_array()[lane];
        x[at] = f32x4::new(own);
    }
}

#[cfg(test)]
mod tests {
    use super::super::ridge::Ridge;
    use super::*;

    /// Rows of numbers without a pattern that a product could hide.
    fn table(rows: usize, n_factors: usize) -> FactorTable {
        let mut table = FactorTable::zeros(rows, n_factors);
        for row in 0..rows {
            let numbers: Vec<f32> =
                (0..n_factors).map(|at| ((row * 37 + at * 11 + row * at) % 23) as f32 / 23.0 - 0.45).collect();
            table.set(row, &numbers);
        }
        table
    }

    #[test]
    fn the_solution_is_that_of_ridge_regression_in_double_precision() {
        let mut normal = Normal::default();
        for (n, k) in [(1, 1), (3, 2), (70, 3), (2, 9), (9, 9), (200, 20), (12, 30), (40, 33), (150, 64)] {
            let table = table(n + 5, k);
            let rows: Vec<u32> = (0..n as u32).map(|at| (at * 3) % (n as u32 + 5)).collect();
            let targets: Vec<f32> = (0..n).map(|at| (at % 5) as f32 - 2.0).collect();
            let penalty = 0.1 * n as f32;
            let mut x = vec![f32x4::ZERO; table.lanes()];
            normal.solve(&table, &rows, &targets, penalty, &mut x);

            let row = |row: &u32| table.numbers(*row as usize).map(f64::from);
            let design: Vec<f64> = rows.iter().flat_map(row).collect();
            let mut right = vec![0.0; k];
            for (row, &target) in design.chunks(k).zip(&targets) {
                right.iter_mut().zip(row).for_each(|(right, cell)| *right += f64::from(target) * cell);
            }
            let expected = Ridge::new(&design, &vec![f64::from(penalty); k]).unwrap().solve(right);
            let found: Vec<f32> = x.iter().flat_map(|lane| lane.to_array()).collect();
            for (at, found) in found.into_iter().enumerate() {
                let expected = expected.get(at).copied().unwrap_or(0.0);
                assert!((f64::from(found) - expected).abs() < 2e-5, "{n} x {k}, {at}: {found} {expected}");
            }
        }
    }

    #[test]
    fn nothing_is_solved_by_zero_and_what_is_not_a_number_is_seen() {
        let mut normal = Normal::default();
        let mut broken = table(3, 2);
        let mut x = broken.row(0).to_vec();
        normal.solve(&broken, &[], &[], 1.0, &mut x);
        assert_eq!(x[0].to_array(), [0.0; 4]);
        broken.set(1, &[f32::NAN, 1.0]);
        normal.solve(&broken, &[0, 1, 2], &[1.0; 3], 1.0, &mut x);
        assert!(x[0].to_array()[0].is_nan());
    }

    #[test]
    fn the_loss_by_hand() {
        let mut table = FactorTable::zeros(2, 2);
        table.set(0, &[1.0, 2.0]);
        table.set(1, &[0.0, 3.0]);
        let x = [f32x4::new([2.0, 1.0, 0.0, 0.0])];
        assert_eq!(loss(&table, &[0, 1], &[5.0, 1.0], &x), 5.0);
    }
}
