//! The Cholesky factor of a dense matrix in double precision, its inverse, and the two loops they consist of. Matrices are
//! row-major; only the lower triangle is read and written, so the upper one stays what it was.

/// The inner product in four partial sums: number i is added to sum i mod 4, the rest to the last.
#[must_use]
pub fn dot(left: &[f64], right: &[f64]) -> f64 {
    let (left_blocks, left_rest) = left.as_chunks::<4>();
    let (right_blocks, right_rest) = right.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (left, right) in left_blocks.iter().zip(right_blocks) {
        for lane in 0..4 {
            sums[lane] += left[lane] * right[lane];
        }
    }
    for (left, right) in left_rest.iter().zip(right_rest) {
        sums[3] += left * right;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Adds a multiple of one row to another.
pub fn add_multiple(to: &mut [f64], factor: f64, row: &[f64]) {
    for (to, number) in to.iter_mut().zip(row) {
        *to += factor * number;
    }
}

/// Replaces the lower triangle of a symmetric matrix of `size` rows by its factor L, A = L L^T; false where the matrix is
/// not positive definite. Costs size^3 / 6 products.
#[must_use]
pub fn factor(matrix: &mut [f64], size: usize) -> bool {
    (0..size).all(|i| factor_row(matrix, size, i))
}

/// Row `i` of [`factor`], whose rows above are done.
#[must_use]
pub fn factor_row(matrix: &mut [f64], size: usize, i: usize) -> bool {
    let (above, row) = matrix.split_at_mut(i * size);
    let row = &mut row[..=i];
    for j in 0..i {
        let other = &above[j * size..=j * size + j];
        row[j] = (row[j] - dot(&row[..j], &other[..j])) / other[j];
    }
    let rest = row[i] - dot(&row[..i], &row[..i]);
    // Written so that NaN fails too.
    if !(rest > 0.0 && rest.is_finite()) {
        return false;
    }
    row[i] = rest.sqrt();
    true
}

/// Replaces row `i` of a factor by that of its inverse; the rows above have been replaced.
pub fn invert_row(matrix: &mut [f64], size: usize, i: usize) {
    let (above, row) = matrix.split_at_mut(i * size);
    let row = &mut row[..=i];
    let scale = 1.0 / row[i];
    let own = row[..i].to_vec();
    row[..i].fill(0.0);
    for (j, number) in own.into_iter().enumerate() {
        add_multiple(&mut row[..=j], -number * scale, &above[j * size..=j * size + j]);
    }
    row[i] = scale;
}

/// Replaces row `k` of a factor's inverse by that of L^-T L^-1 as far as the rows up to `k` give it; the rows above have been
/// replaced. After the last row the lower triangle is that of A^-1.
pub fn multiply_row(matrix: &mut [f64], size: usize, k: usize) {
    let own = matrix[k * size..=k * size + k].to_vec();
    matrix[k * size..=k * size + k].fill(0.0);
    for (i, &number) in own.iter().enumerate() {
        add_multiple(&mut matrix[i * size..=i * size + i], number, &own[..=i]);
    }
}

/// The inverse of a factor, lower triangular as well. Costs size^3 / 6 products.
#[must_use]
pub fn inverse_factor(factor: &[f64], size: usize) -> Vec<f64> {
    let mut inverse = factor.to_vec();
    (0..size).for_each(|i| invert_row(&mut inverse, size, i));
    inverse
}

/// L^-1 v.
#[must_use]
pub fn whiten(inverse: &[f64], v: &[f64]) -> Vec<f64> {
    let size = v.len();
    (0..size).map(|i| dot(&inverse[i * size..=i * size + i], &v[..=i])).collect()
}

/// L^-T v.
#[must_use]
pub fn unwhiten(inverse: &[f64], v: &[f64]) -> Vec<f64> {
    let size = v.len();
    let mut result = vec![0.0; size];
    for (i, &number) in v.iter().enumerate() {
        add_multiple(&mut result[..=i], number, &inverse[i * size..=i * size + i]);
    }
    result
}

/// The lower triangle of A^-1 = L^-T L^-1. Costs size^3 / 6 products.
#[must_use]
pub fn inverse_from(inverse: &[f64], size: usize) -> Vec<f64> {
    let mut whole = inverse.to_vec();
    (0..size).for_each(|k| multiply_row(&mut whole, size, k));
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A = L L^T with L = [2; 1 3; 4 5 6].
    const MATRIX: [f64; 9] = [4.0, 9.0, 9.0, 2.0, 10.0, 9.0, 8.0, 19.0, 77.0];

    #[test]
    fn a_factor_by_hand() {
        let mut matrix = MATRIX;
        assert!(factor(&mut matrix, 3));
        // The upper triangle, here of nines, is left alone.
        assert_eq!(matrix, [2.0, 9.0, 9.0, 1.0, 3.0, 9.0, 4.0, 5.0, 6.0]);
        let inverse = inverse_factor(&matrix, 3);
        let x = unwhiten(&inverse, &whiten(&inverse, &[14.0, 31.0, 123.0]));
        // A (1, 1, 1) = (14, 31, 104), and the last row is 77 + 19 + 8.
        let expected = unwhiten(&inverse, &whiten(&inverse, &[14.0, 31.0, 104.0]));
        assert!(expected.iter().all(|x| (x - 1.0).abs() < 1e-12), "{expected:?}");
        assert!((x[2] - (1.0 + 19.0 / 36.0)).abs() < 1e-12, "{x:?}");
    }

    #[test]
    fn the_inverse_undoes_the_matrix() {
        let size = 23;
        let entry = |i: usize, j: usize| if i == j { 2.0 } else { 1.0 / (1.0 + (i + j) as f64) };
        let whole: Vec<f64> = (0..size * size).map(|at| entry(at / size, at % size)).collect();
        let mut lower = whole.clone();
        assert!(factor(&mut lower, size));
        let inverse = inverse_from(&inverse_factor(&lower, size), size);
        let full = |i: usize, j: usize| inverse[i.max(j) * size + i.min(j)];
        // In place, the same bits.
        (0..size).for_each(|row| invert_row(&mut lower, size, row));
        (0..size).for_each(|row| multiply_row(&mut lower, size, row));
        assert!((0..size).all(|i| lower[i * size..=i * size + i] == inverse[i * size..=i * size + i]));
        for i in 0..size {
            for j in 0..size {
                let product: f64 = (0..size).map(|k| whole[i * size + k] * full(k, j)).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert!(!factor(&mut [1.0, 0.0, 2.0, 1.0], 2));
        assert!(!factor(&mut [f64::NAN], 1));
    }
}
