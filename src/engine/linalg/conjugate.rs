//! The small systems of alternating least squares by conjugate gradients, without ever forming them.

use wide::f32x4;

use super::lanes::{FactorTable, WIDTH, add_four, add_multiple, dot};

/// (weight G + sum over some rows h of h h^T + ridge I), with G a Gram matrix that many systems share.
#[derive(Debug)]
pub struct System<'a> {
    /// G.
    pub gram: &'a Gram,
    /// What G is multiplied with.
    pub weight: f32,
    /// What is added to the diagonal.
    pub ridge: f32,
    /// Where the rows are.
    pub table: &'a FactorTable,
    /// Which rows.
    pub rows: &'a [u32],
}

/// Places for the vectors of a solve, each of one row's lanes.
#[derive(Clone, Debug)]
pub struct Scratch {
    residual: Vec<f32x4>,
    direction: Vec<f32x4>,
    image: Vec<f32x4>,
}

impl Scratch {
    /// For rows of so many lanes.
    #[must_use]
    pub fn new(lanes: usize) -> Self {
        let zeros = || vec![f32x4::ZERO; lanes];
        Self { residual: zeros(), direction: zeros(), image: zeros() }
    }
}

/// A Gram matrix: the sum of h h^T over rows h. Factors x lanes.
#[derive(Clone, Debug)]
pub struct Gram {
    cells: Vec<f32x4>,
}

impl Gram {
    /// Without a row, for a table's width.
    #[must_use]
    pub fn new(table: &FactorTable) -> Self {
        Self { cells: vec![f32x4::ZERO; table.n_factors() * table.lanes()] }
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.cells.fill(f32x4::ZERO);
    }

    /// Adds a row.
    pub fn add(&mut self, row: &[f32x4]) {
        for (at, sums) in self.cells.chunks_exact_mut(row.len()).enumerate() {
            add_multiple(sums, number(row, at), row);
        }
    }
}

fn number(row: &[f32x4], at: usize) -> f32 {
    row[at / WIDTH].to_array()[at % WIDTH]
}

impl System<'_> {
    /// The matrix times a vector.
    fn apply(&self, p: &[f32x4], out: &mut [f32x4]) {
        let ridge = f32x4::splat(self.ridge);
        for (out, p) in out.iter_mut().zip(p) {
            *out = ridge * *p;
        }
        let gram_row = |at: usize| &self.gram.cells[at * p.len()..(at + 1) * p.len()];
        let n_factors = self.gram.cells.len() / p.len();
        for at in (0..n_factors / 4).map(|block| 4 * block) {
            let rows = [at, at + 1, at + 2, at + 3];
            add_four(out, rows.map(|row| self.weight * number(p, row)), rows.map(gram_row));
        }
        for at in n_factors / 4 * 4..n_factors {
            add_multiple(out, self.weight * number(p, at), gram_row(at));
        }
        let (fours, rest) = self.rows.as_chunks::<4>();
        for four in fours {
            let rows = four.map(|row| self.table.row(row as usize));
            add_four(out, rows.map(|row| dot(row, p)), rows);
        }
        for &row in rest {
            let row = self.table.row(row as usize);
            add_multiple(out, dot(row, p), row);
        }
    }

    /// Improves x as the solution of (...) x = sum of the rows, by so many steps from what it is (Hestenes and Stiefel 1952,
    /// doi:10.6028/jres.049.044). A step costs 2 x rows x factors + factors^2 products.
    pub fn improve(&self, x: &mut [f32x4], steps: u32, scratch: &mut Scratch) {
        let Scratch { residual, direction, image } = scratch;
        self.apply(x, image);
        residual.fill(f32x4::ZERO);
        for &row in self.rows {
            add_multiple(residual, 1.0, self.table.row(row as usize));
        }
        for (residual, image) in residual.iter_mut().zip(&*image) {
            *residual -= *image;
        }
        direction.copy_from_slice(residual);
        let mut square = dot(residual, residual);
        for _ in 0..steps {
            self.apply(direction, image);
            let curvature = dot(direction, image);
            // Nothing is left to improve, or nothing finite. Written so that NaN ends it too.
            if !(square > 1e-20 && curvature > 0.0) {
                return;
            }
            let step = square / curvature;
            add_multiple(x, step, direction);
            add_multiple(residual, -step, image);
            let next = dot(residual, residual);
            let keep = f32x4::splat(next / square);
            for (direction, residual) in direction.iter_mut().zip(&*residual) {
                *direction = *residual + keep * *direction;
            }
            square = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_steps_as_unknowns_solve_it() {
        // Rows (1, 0), (1, 1), (0, 2); G = [2 1; 1 5]. With weight 1/2, ridge 1 and the first two rows:
        // [1 1/2; 1/2 5/2] + [2 1; 1 1] + I = [4 3/2; 3/2 9/2], and the rows sum to (2, 1).
        let mut table = FactorTable::zeros(3, 2);
        for (row, numbers) in [[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]].iter().enumerate() {
            table.set(row, numbers);
        }
        let mut gram = Gram::new(&table);
        (0..3).for_each(|row| gram.add(table.row(row)));
        assert_eq!(gram.cells[1].to_array(), [1.0, 5.0, 0.0, 0.0]);
        let system = System { gram: &gram, weight: 0.5, ridge: 1.0, table: &table, rows: &[0, 1] };
        let mut x = vec![f32x4::splat(0.0)];
        system.improve(&mut x, 2, &mut Scratch::new(1));
        let [a, b, ..] = x[0].to_array();
        assert!((4.0 * a + 1.5 * b - 2.0).abs() < 1e-5 && (1.5 * a + 4.5 * b - 1.0).abs() < 1e-5, "{a} {b}");
    }
}
