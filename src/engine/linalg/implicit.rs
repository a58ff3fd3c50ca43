//! What SVD++ has besides SVD, and the two ends of a user's block: what the user's items say before the ratings are visited,
//! and what the visit changes in each of them. The visit between them is [`super::sweep`]'s.
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | p | lanes | the user's own factors |
//! | y_j | lanes | what having rated item j says |
//! | z | lanes | p + n^-1/2 sum y_j over the user's n ratings |
//! | a | 1 | (1 - learning rate x regularization)^n |
//!
//! A rating with gain g = learning rate x error moves p by g q, every y_j by g q n^-1/2, and so their sum times n^-1/2 by
//! g q as well: z moves by 2 g q, and all of them shrink alike. A visit of n ratings with that doubled rate therefore
//! leaves z' = a z + 2 D with D = sum of what p was moved by, shrunk as often as ratings followed: p' = a p + D, y_j' = a y_j + D n^-1/2.
//! This is the update of every y_j at every rating, at the cost of one.

use wide::f32x4;

use super::lanes::FactorTable;
use super::sweep::Rated;

/// The users' own factors and what having rated an item says; the sums z are the users' factors of the sweep.
#[derive(Debug)]
pub struct Implicit {
    /// p: users x factors.
    pub own: FactorTable,
    /// y: items x factors.
    pub rated: FactorTable,
    /// One row: z of the user whose ratings are being visited, as it was before them.
    before: FactorTable,
}

impl Implicit {
    /// Of zeros.
    #[must_use]
    pub fn zeros(n_users: usize, n_items: usize, n_factors: usize) -> Self {
        let [own, rated, before] = [n_users, n_items, 1].map(|rows| FactorTable::zeros(rows, n_factors));
        Self { own, rated, before }
    }

    /// Whether all numbers are finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        self.own.is_finite() && self.rated.is_finite()
    }

    /// Sets a user's z.
    pub fn describe(&self, user: usize, rows: &[Rated], users: &mut FactorTable) {
        describe(self.own.row(user), &self.rated, rows, users.row_mut(user));
    }

    /// To be called before a user's ratings are visited, and [`Self::end`] after.
    pub fn begin(&mut self, user: usize, rows: &[Rated], users: &mut FactorTable) {
        self.describe(user, rows, users);
        self.before.row_mut(0).copy_from_slice(users.row(user));
    }

    /// Brings p and y up to date. `keep` is what a rating leaves of a factor.
    pub fn end(&mut self, user: usize, rows: &[Rated], users: &FactorTable, keep: f32) {
        let left = libm::pow(f64::from(keep), rows.len() as f64) as f32;
        let z = (self.before.row_mut(0), users.row(user));
        share(self.own.row_mut(user), &mut self.rated, rows, z, left);
    }

    /// n^-1/2 sum y_j over the items of some ratings, in one row.
    #[must_use]
    pub fn said(&self, rows: &[Rated]) -> FactorTable {
        let [nobody, mut said] = [0, 1].map(|_| FactorTable::zeros(1, self.rated.n_factors()));
        describe(nobody.row(0), &self.rated, rows, said.row_mut(0));
        said
    }
}

/// Sets z. Costs an addition per lane and rating.
fn describe(p: &[f32x4], y: &FactorTable, rows: &[Rated], z: &mut [f32x4]) {
    z.fill(f32x4::ZERO);
    let (fours, rest) = rows.as_chunks::<4>();
    // Four rows at a time: each sum waits for the one before.
    for four in fours {
        let [a, b, c, d] = four.map(|rated| y.row(rated.item as usize));
        for ((((z, a), b), c), d) in z.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *z += (*a + *b) + (*c + *d);
        }
    }
    for rated in rest {
        for (z, lane) in z.iter_mut().zip(y.row(rated.item as usize)) {
            *z += *lane;
        }
    }
    let scale = f32x4::splat(inverse_root(rows.len()));
    for (z, p) in z.iter_mut().zip(p) {
        *z = *p + *z * scale;
    }
}

/// Updates p and all y_j after the user's ratings were visited, from z before and after. `before` ends as D n^-1/2.
fn share(p: &mut [f32x4], y: &mut FactorTable, rows: &[Rated], (before, after): (&mut [f32x4], &[f32x4]), a: f32) {
    let (a, half, scale) = (f32x4::splat(a), f32x4::splat(0.5), f32x4::splat(inverse_root(rows.len())));
    for ((p, before), after) in p.iter_mut().zip(before.iter_mut()).zip(after) {
        let moved = (*after - *before * a) * half;
        *p = *p * a + moved;
        *before = moved * scale;
    }
    for rated in rows {
        for (lane, moved) in y.row_mut(rated.item as usize).iter_mut().zip(&*before) {
            *lane = *lane * a + *moved;
        }
    }
}

/// n^-1/2, and 0 for a user without ratings.
fn inverse_root(n: usize) -> f32 {
    if n == 0 { 0.0 } else { (1.0 / (n as f64).sqrt()) as f32 }
}

#[cfg(test)]
mod tests {
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::SeedableRng as _;

    use super::super::sweep::{self, Carry, Parameters, Rates};
    use super::*;

    const RATE: f64 = 0.02;
    const SHRINK: f64 = 0.1;

    /// Koren's update (2008, doi:10.1145/1401890.1401944, section 4), every y at every rating, in f64.
    fn one_by_one(p: &mut [f64], items: &mut [Vec<f64>], y: &mut [Vec<f64>], rows: &[Rated]) {
        let root = (rows.len() as f64).sqrt();
        for &Rated { item, rating } in rows {
            let sum = |f: usize| rows.iter().map(|rated| y[rated.item as usize][f]).sum::<f64>() / root;
            let z: Vec<f64> = (0..p.len()).map(|f| p[f] + sum(f)).collect();
            let q = items[item as usize].clone();
            let error = f64::from(rating) - 3.0 - z.iter().zip(&q).map(|(z, q)| z * q).sum::<f64>();
            for f in 0..p.len() {
                p[f] += RATE * (error * q[f] - SHRINK * p[f]);
                items[item as usize][f] += RATE * (error * z[f] - SHRINK * q[f]);
                for rated in rows {
                    let y = &mut y[rated.item as usize][f];
                    *y += RATE * (error * q[f] / root - SHRINK * *y);
                }
            }
        }
    }

    #[test]
    fn a_block_is_the_same_as_every_item_at_every_rating() {
        for (n_factors, n_rows) in [(3, 1), (6, 4), (20, 5), (70, 7)] {
            let number = |row: usize, at: usize| ((row * 31 + at * 7) % 13) as f32 / 13.0 - 0.4;
            let numbers = |row: usize| (0..n_factors).map(move |at| number(row, at)).collect::<Vec<f32>>();
            let table = |from: usize, rows: usize| {
                let mut table = FactorTable::zeros(rows, n_factors);
                (0..rows).for_each(|row| table.set(row, &numbers(from + row)));
                table
            };
            let wide = |from: usize, rows: usize| -> Vec<Vec<f64>> {
                (0..rows).map(|row| numbers(from + row).into_iter().map(f64::from).collect()).collect()
            };
            let mut rows: Vec<Rated> =
                (0..n_rows).map(|at| Rated { item: at, rating: 1.0 + (at * 2 % 5) as f32 }).collect();
            let (mut own, mut items, mut y) = (table(9, 1), table(0, 8), table(20, 8));
            let mut users = FactorTable::zeros(1, n_factors);
            describe(own.row(0), &y, &rows, users.row_mut(0));
            let mut before = users.row(0).to_vec();
            let keep = (1.0 - RATE * SHRINK) as f32;
            let rates = Rates {
                mean: 3.0,
                factors: RATE as f32,
                users: 2.0 * RATE as f32,
                keep_factors: keep,
                biases: 0.0,
                keep_biases: 1.0,
            };
            let mut parameters = Parameters {
                users: &mut users,
                items: &mut items,
                user_biases: &mut [0.0],
                item_biases: &mut [0.0; 8],
                implicit: None,
            };
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
            let (carry, all) = (Carry::default(), (0, rows.len()));
            let _ = sweep::visit(&mut parameters, 0, &mut rows, all, &rates, carry, &mut rng);
            let a = (0..n_rows).fold(1.0, |a, _| a * keep);
            share(own.row_mut(0), &mut y, &rows, (&mut before, users.row(0)), a);

            let (mut p, mut qs, mut ys) = (wide(9, 1), wide(0, 8), wide(20, 8));
            one_by_one(&mut p[0], &mut qs, &mut ys, &rows);
            for (table, expected) in [(&own, &p), (&items, &qs), (&y, &ys)] {
                for (row, expected) in expected.iter().enumerate() {
                    for (found, expected) in table.numbers(row).zip(expected) {
                        assert!((f64::from(found) - expected).abs() < 1e-6, "{n_factors} {n_rows}: {found} {expected}");
                    }
                }
            }
        }
    }
}
