//! Tables of factor vectors in lanes of four f32, and the one order in which their products are summed. Only loads,
//! + - x and transpositions of `wide` are used: its reductions and fused products differ between machines.

use std::ops::Range;

use wide::f32x4;

/// Numbers in a lane.
pub const WIDTH: usize = 4;

/// Lane counts with a sweep compiled for them, ascending; wider rows use the sweep that reads its width at run time.
/// Between the counts a row is padded with zeros, at most by a quarter.
pub const COMPILED: [usize; 20] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14, 16, 18, 20, 25, 28, 32, 40, 50];

/// The lanes that hold `n_factors` numbers.
#[must_use]
pub fn lane_count(n_factors: usize) -> usize {
    let lanes = n_factors.div_ceil(WIDTH);
    COMPILED.into_iter().find(|&compiled| compiled >= lanes).unwrap_or(lanes)
}

/// A table of row vectors, each padded with zeros to whole lanes. Rows x factors, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorTable {
    n_factors: usize,
    lanes: usize,
    cells: Vec<f32x4>,
}

impl FactorTable {
    /// A table of zeros.
    #[must_use]
    pub fn zeros(rows: usize, n_factors: usize) -> Self {
        let lanes = lane_count(n_factors);
        Self { n_factors, lanes, cells: vec![f32x4::ZERO; rows * lanes] }
    }

    /// Bytes that a table takes.
    #[must_use]
    pub fn bytes(rows: u64, n_factors: u64) -> u64 {
        rows * lane_count(usize::try_from(n_factors).unwrap_or(usize::MAX)) as u64 * 16
    }

    /// Lanes of a row.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Factors of a row, without the padding.
    #[must_use]
    pub fn n_factors(&self) -> usize {
        self.n_factors
    }

    /// A row in lanes, padding included.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f32x4] {
        &self.cells[self.span(row)]
    }

    /// A row in lanes, to be changed. The padding must stay zero.
    pub fn row_mut(&mut self, row: usize) -> &mut [f32x4] {
        let span = self.span(row);
        &mut self.cells[span]
    }

    /// All rows in lanes.
    pub fn cells_mut(&mut self) -> &mut [f32x4] {
        &mut self.cells
    }

    /// Replaces a row by at most `n_factors` numbers, the rest zero.
    pub fn set(&mut self, row: usize, numbers: &[f32]) {
        assert!(numbers.len() <= self.n_factors, "{} numbers in a row of {}", numbers.len(), self.n_factors);
        for (lane, part) in self.row_mut(row).iter_mut().zip(numbers.chunks(WIDTH).chain(std::iter::repeat(&[][..]))) {
            let mut four = [0.0; WIDTH];
            four[..part.len()].copy_from_slice(part);
            *lane = f32x4::new(four);
        }
    }

    /// A row's numbers, without the padding.
    pub fn numbers(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        self.row(row).iter().flat_map(|lane| lane.to_array()).take(self.n_factors)
    }

    /// A row's numbers in double precision.
    pub fn wide(&self, row: usize) -> impl Iterator<Item = f64> + '_ {
        self.numbers(row).map(f64::from)
    }

    /// The inner product of a row and a vector in double precision.
    #[must_use]
    pub fn product(&self, row: usize, x: &[f64]) -> f64 {
        self.wide(row).zip(x).map(|(number, x)| number * x).sum()
    }

    /// Whether all numbers are finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        // A number times zero is zero, or NaN where it is not finite; NaN survives the sum.
        let sum = self.cells.iter().fold(f32x4::ZERO, |sum, &lane| sum + lane * f32x4::ZERO);
        sum.to_array() == [0.0; WIDTH]
    }

    fn span(&self, row: usize) -> Range<usize> {
        row * self.lanes..(row + 1) * self.lanes
    }
}

/// The inner product of two rows: lane l is added to partial sum l mod 4, in ascending order.
#[must_use]
#[inline(always)]
pub fn dot(left: &[f32x4], right: &[f32x4]) -> f32 {
    sum_lane(dot_lane(left, right))
}

/// The inner products of a row and four others, each as by [`dot`].
#[inline(always)]
pub(super) fn dot_four(left: &[f32x4], right: [&[f32x4]; 4]) -> f32x4 {
    let [a, b, c, d] = f32x4::transpose(right.map(|right| dot_lane(left, right)));
    (a + c) + (b + d)
}

/// The lane whose sum is the inner product.
#[inline(always)]
fn dot_lane(left: &[f32x4], right: &[f32x4]) -> f32x4 {
    let mut sums = [f32x4::ZERO; 4];
    let (left_blocks, left_rest) = left.as_chunks::<4>();
    let (right_blocks, right_rest) = right.as_chunks::<4>();
    for (left, right) in left_blocks.iter().zip(right_blocks) {
        sums[0] += left[0] * right[0];
        sums[1] += left[1] * right[1];
        sums[2] += left[2] * right[2];
        sums[3] += left[3] * right[3];
    }
    // Sums are named by constants above: an index computed in the loop would keep them in memory.
    for ((&left, &right), sum) in left_rest.iter().zip(right_rest).zip(&mut sums) {
        *sum += left * right;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Adds a multiple of a row to another.
pub(super) fn add_multiple(to: &mut [f32x4], factor: f32, row: &[f32x4]) {
    let factor = f32x4::splat(factor);
    for (to, lane) in to.iter_mut().zip(row) {
        *to += *lane * factor;
    }
}

/// [`add_multiple`] of four rows, one after the other, with one pass over what they are added to.
pub(super) fn add_four(to: &mut [f32x4], factors: [f32; 4], [a, b, c, d]: [&[f32x4]; 4]) {
    let [f_a, f_b, f_c, f_d] = factors.map(f32x4::splat);
    for ((((to, a), b), c), d) in to.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *to = *to + f_a * *a + f_b * *b + f_c * *c + f_d * *d;
    }
}

/// The sum of a lane's four numbers.
#[inline(always)]
pub(super) fn sum_lane(lane: f32x4) -> f32 {
    let [a, b, c, d] = lane.to_array();
    (a + c) + (b + d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_padded_with_zeros() {
        let mut table = FactorTable::zeros(2, 6);
        table.set(1, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(table.row(1)[1].to_array(), [5.0, 6.0, 0.0, 0.0]);
        assert_eq!(table.numbers(1).collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(dot(table.row(1), table.row(1)), 91.0);
        assert_eq!(dot(table.row(0), table.row(1)), 0.0);
    }

    #[test]
    fn four_products_at_once_are_the_same_to_the_last_bit() {
        let mut table = FactorTable::zeros(5, 29);
        for row in 0..5 {
            let numbers: Vec<f32> = (0..29).map(|at| ((row * 37 + at * 11) % 23) as f32 / 23.0 - 0.45).collect();
            table.set(row, &numbers);
        }
        let others = [1, 2, 3, 4].map(|row| table.row(row));
        assert_eq!(dot_four(table.row(0), others).to_array(), others.map(|other| dot(table.row(0), other)));
    }

    #[test]
    fn lane_counts_cover_all_widths() {
        for n_factors in 1..=1000 {
            let lanes = lane_count(n_factors);
            assert!(
                lanes * WIDTH >= n_factors && lanes * WIDTH <= n_factors + n_factors / 4 + 3,
                "{n_factors} {lanes}"
            );
        }
        assert_eq!([20, 50, 64, 100, 200, 201].map(lane_count), [5, 13, 16, 25, 50, 51]);
    }

    #[test]
    fn what_is_not_finite_is_found() {
        let mut table = FactorTable::zeros(3, 5);
        assert!(table.is_finite());
        table.set(2, &[0.0, 0.0, 0.0, 0.0, f32::INFINITY]);
        assert!(!table.is_finite());
    }
}
