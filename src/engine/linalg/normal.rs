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

use super::lanes::{FactorTable, WIDTH, add_four, add_multiple, dot, dot_four};

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
            add_rows(to, table, rows, self.x.iter().copied());
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
            add_rows(&mut self.x, table, rows, targets.chunks(WIDTH).map(lane));
            for (at, &row) in rows.iter().enumerate() {
                for (cell, lane) in self.panel[at..].iter_mut().step_by(n).zip(table.row(row as usize)) {
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
            let (fours, rest) = rows.as_chunks::<WIDTH>();
            let row = |row: u32| table.row(row as usize);
            for (to, four) in to.iter_mut().zip(fours).skip(at / WIDTH) {
                *to = dot_four(left, four.map(row));
            }
            if !rest.is_empty() {
                let mut products = [0.0; WIDTH];
                products.iter_mut().zip(rest).for_each(|(product, &other)| *product = dot(left, row(other)));
                to[fours.len()] = f32x4::new(products);
            }
        }
        self.x.iter_mut().zip(targets.chunks(WIDTH).map(lane)).for_each(|(to, lane)| *to = lane);
        self.finish(lanes, penalty);
    }

    fn clear(&mut self, lanes: usize) {
        self.matrix.clear();
        self.matrix.resize(lanes * WIDTH * lanes, f32x4::ZERO);
        self.x.clear();
        self.x.resize(lanes, f32x4::ZERO);
    }

    fn finish(&mut self, lanes: usize, penalty: f32) {
        let diagonal: [f32x4; WIDTH] =
            std::array::from_fn(|row| f32x4::new(std::array::from_fn(|at| if at == row { penalty } else { 0.0 })));
        for (block, four) in self.matrix.chunks_exact_mut(WIDTH * lanes).enumerate() {
            for (row, penalty) in four.chunks_exact_mut(lanes).zip(diagonal) {
                row[block] += penalty;
            }
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

/// At most four numbers in a lane, the rest zero.
fn lane(numbers: &[f32]) -> f32x4 {
    let mut four = [0.0; WIDTH];
    four[..numbers.len()].copy_from_slice(numbers);
    f32x4::new(four)
}

/// Adds multiples of rows of a table, one row after the other.
fn add_rows(to: &mut [f32x4], table: &FactorTable, rows: &[u32], factors: impl Iterator<Item = f32x4>) {
    for (rows, factors) in rows.chunks(WIDTH).zip(factors) {
        let factors = factors.to_array();
        if let Ok(four) = <[u32; WIDTH]>::try_from(rows) {
            add_four(to, factors, four.map(|row| table.row(row as usize)));
        } else {
            rows.iter().zip(factors).for_each(|(&row, factor)| add_multiple(to, factor, table.row(row as usize)));
        }
    }
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

/// Replaces the upper triangle by U, four rows at a time: the rows that are done are taken off them in tiles of 4 x 8, then
/// they are finished. What lies left of the diagonal in the diagonal's own lane becomes zero. No pivot is smaller than the
/// penalty, but for rounding.
fn factor(matrix: &mut [f32x4], lanes: usize, penalty: f32) {
    for block in 0..lanes {
        let (done, rest) = matrix.split_at_mut(block * WIDTH * lanes);
        let four = &mut rest[..WIDTH * lanes];
        let mut at = block;
        while at + 1 < lanes {
            take_off::<2>(done, four, block, at, lanes);
            at += 2;
        }
        if at < lanes {
            take_off::<1>(done, four, block, at, lanes);
        }
        finish_four(four, block, lanes, penalty);
    }
}

/// Takes the rows that are done off a tile of `LANES` lanes, from lane `at` on, of the four rows of a block.
#[inline(always)]
fn take_off<const LANES: usize>(done: &[f32x4], four: &mut [f32x4], block: usize, at: usize, lanes: usize) {
    let mut own = [0, 1, 2, 3].map(|row| std::array::from_fn::<f32x4, LANES, _>(|lane| four[row * lanes + at + lane]));
    for rows in done.chunks_exact(WIDTH * lanes) {
        let (first, last) = rows.split_at(2 * lanes);
        for two in [first, last] {
            let (upper, lower) = two.split_at(lanes);
            let (left, right) = (upper[block].to_array(), lower[block].to_array());
            let (upper, lower) = (&upper[at..at + LANES], &lower[at..at + LANES]);
            for ((own, a), b) in own.iter_mut().zip(left).zip(right) {
                let (a, b) = (f32x4::splat(a), f32x4::splat(b));
                for ((own, upper), lower) in own.iter_mut().zip(upper).zip(lower) {
                    *own -= a * *upper + b * *lower;
                }
            }
        }
    }
    for (row, own) in own.into_iter().enumerate() {
        four[row * lanes + at..row * lanes + at + LANES].copy_from_slice(&own);
    }
}

/// The rows of a block on the diagonal, from the block's lane on.
fn finish_four(four: &mut [f32x4], block: usize, lanes: usize, penalty: f32) {
    finish_row::<0>(four, block, lanes, penalty);
    finish_row::<1>(four, block, lanes, penalty);
    finish_row::<2>(four, block, lanes, penalty);
    finish_row::<3>(four, block, lanes, penalty);
}

/// A row of such a block. Its place is known to the compiler, as that of a number in a lane: one that is computed would keep
/// the lane in memory.
#[inline(always)]
fn finish_row<const ROW: usize>(four: &mut [f32x4], block: usize, lanes: usize, penalty: f32) {
    let (row, later) = four[ROW * lanes..].split_at_mut(lanes);
    let row = &mut row[block..];
    let mut first = row[0].to_array();
    first[..ROW].fill(0.0);
    // Written so that NaN stays and is seen in the solution.
    if first[ROW] < penalty {
        first[ROW] = penalty;
    }
    let scale = f32x4::splat(1.0 / first[ROW].sqrt());
    row[0] = f32x4::new(first);
    row.iter_mut().for_each(|lane| *lane *= scale);
    let first = row[0].to_array();
    for (later, factor) in later.chunks_exact_mut(lanes).zip(&first[ROW + 1..]) {
        add_multiple(&mut later[block..], -factor, row);
    }
}

/// Solves U^T U x = b in place.
fn substitute(matrix: &[f32x4], lanes: usize, x: &mut [f32x4]) {
    for (block, four) in matrix.chunks_exact(WIDTH * lanes).enumerate() {
        let (own, later) = x[block..].split_first_mut().expect("there is a lane for each block");
        let rows = [0, 1, 2, 3].map(|row| &four[row * lanes + block..(row + 1) * lanes]);
        forward::<0>(rows[0][0], own);
        forward::<1>(rows[1][0], own);
        forward::<2>(rows[2][0], own);
        forward::<3>(rows[3][0], own);
        add_four(later, own.to_array().map(|z| -z), rows.map(|row| &row[1..]));
    }
    for (block, four) in matrix.chunks_exact(WIDTH * lanes).enumerate().rev() {
        let x = &mut x[block..];
        backward::<3>(four, block, lanes, x);
        backward::<2>(four, block, lanes, x);
        backward::<1>(four, block, lanes, x);
        backward::<0>(four, block, lanes, x);
    }
}

/// Finds a number of the block's lane, and takes it off those after it there.
#[inline(always)]
fn forward<const ROW: usize>(row: f32x4, own: &mut f32x4) {
    let mut numbers = own.to_array();
    numbers[ROW] /= row.to_array()[ROW];
    let z = numbers[ROW];
    let mut rest = (f32x4::new(numbers) - row * f32x4::splat(z)).to_array();
    rest[ROW] = z;
    *own = f32x4::new(rest);
}

/// Finds a number of the first lane of x by those after it.
#[inline(always)]
fn backward<const ROW: usize>(four: &[f32x4], block: usize, lanes: usize, x: &mut [f32x4]) {
    let row = &four[ROW * lanes + block..(ROW + 1) * lanes];
    let mut own = x[0].to_array();
    let z = std::mem::replace(&mut own[ROW], 0.0);
    x[0] = f32x4::new(own);
    // What stands at and before the row in this lane of U is zero, or is multiplied by the zero just written.
    own[ROW] = (z - dot(row, x)) / row[0].to_array()[ROW];
    x[0] = f32x4::new(own);
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
