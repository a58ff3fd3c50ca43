//! Ridge regression with few unknowns, solved through the normal equations. Products are written out, so that their order
//! is fixed; the factorisation is nalgebra's, whose loops are sequential without its `matrixmultiply` feature.

use nalgebra::linalg::Cholesky;
use nalgebra::{DMatrix, DVector, Dyn};

/// The normal equations of min |y - Z x|^2 + sum_c penalty_c x_c^2, factorised. Z is rows x columns.
#[derive(Debug)]
pub struct Ridge {
    cholesky: Cholesky<f64, Dyn>,
}

/// Penalties are at least this, so that fewer rows than unknowns still have one solution.
pub const LEAST_PENALTY: f64 = 1e-6;

impl Ridge {
    /// Factorises Z^T Z + diag(penalty), at a cost of rows x columns^2 + columns^3 / 3. `design` is row-major.
    ///
    /// Without a factorisation (numbers out of range) there is nothing to be solved.
    #[must_use]
    pub fn new(design: &[f64], penalty: &[f64]) -> Option<Self> {
        Self::with_products(vec![0.0; penalty.len() * penalty.len()], design, penalty)
    }

    /// The same with the products of further rows, columns x columns, as [`add_products`] makes them.
    #[must_use]
    pub fn with_products(mut products: Vec<f64>, design: &[f64], penalty: &[f64]) -> Option<Self> {
        let columns = penalty.len();
        add_products(&mut products, design, columns);
        let mut normal = DMatrix::from_vec(columns, columns, products);
        for (c, &penalty) in penalty.iter().enumerate() {
            normal[(c, c)] += penalty.max(LEAST_PENALTY);
        }
        Some(Self { cholesky: Cholesky::new(normal)? })
    }

    /// x of (Z^T Z + diag(penalty)) x = right.
    #[must_use]
    pub fn solve(&self, right: Vec<f64>) -> Vec<f64> {
        let mut x = DVector::from_vec(right);
        self.cholesky.solve_mut(&mut x);
        x.data.into()
    }
}

/// Adds Z^T Z to `products`, columns x columns. `design` is row-major.
pub fn add_products(products: &mut [f64], design: &[f64], columns: usize) {
    for row in design.chunks_exact(columns) {
        for (cells, &left) in products.chunks_exact_mut(columns).zip(row) {
            for (cell, &right) in cells.iter_mut().zip(row) {
                *cell += left * right;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_regression_by_hand() {
        // Z = [1 0; 1 1], Z^T Z + I = [3 1; 1 2], its inverse [2 -1; -1 3] / 5, and Z^T (1, 2) = (3, 2).
        let ridge = Ridge::new(&[1.0, 0.0, 1.0, 1.0], &[1.0, 1.0]).unwrap();
        let x = ridge.solve(vec![3.0, 2.0]);
        assert!((x[0] - 0.8).abs() < 1e-12 && (x[1] - 0.6).abs() < 1e-12, "{x:?}");
        // The first row's products are brought along.
        let ridge = Ridge::with_products(vec![1.0, 0.0, 0.0, 0.0], &[1.0, 1.0], &[1.0, 1.0]).unwrap();
        assert_eq!(ridge.solve(vec![3.0, 2.0]), x);
    }

    #[test]
    fn numbers_out_of_range_have_no_solution() {
        assert!(Ridge::new(&[f64::NAN], &[1.0]).is_none());
    }
}
