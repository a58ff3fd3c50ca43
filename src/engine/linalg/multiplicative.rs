//! The inner loops of non-negative factorisation by multiplicative updates. A factor x is multiplied by what its ratings ask
//! for over what they have: x <- x sum(q r) / (sum(q r^) + penalty x). It knows neither users nor epochs.

use wide::f32x4;

use super::lanes::{FactorTable, dot};

/// What a row's ratings ask for, sum q r, and what they have, sum q r^: lane by lane.
#[derive(Debug)]
pub struct Sums {
    asked: FactorTable,
    had: FactorTable,
}

impl Sums {
    /// Of nothing yet.
    #[must_use]
    pub fn zeros(rows: usize, n_factors: usize) -> Self {
        Self { asked: FactorTable::zeros(rows, n_factors), had: FactorTable::zeros(rows, n_factors) }
    }

    /// Multiplies a row of factors by its sums' ratio and forgets the sums. A row that has nothing stays as it is.
    pub fn apply(&mut self, row: usize, factors: &mut [f32x4], penalty: f32) {
        let penalty = f32x4::splat(penalty);
        let sums = self.asked.row_mut(row).iter_mut().zip(self.had.row_mut(row));
        for (factor, (asked, had)) in factors.iter_mut().zip(sums) {
            let (had_now, asked_now) = ((*had + penalty * *factor).to_array(), asked.to_array());
            let mut numbers = factor.to_array();
            for at in 0..numbers.len() {
                // Also where it is not a number: the caller then sees that.
                if had_now[at] != 0.0 {
                    numbers[at] *= asked_now[at] / had_now[at];
                }
            }
            *factor = f32x4::new(numbers);
            (*asked, *had) = (f32x4::ZERO, f32x4::ZERO);
        }
    }
}

/// Adds one rating to the sums of its user and of its item; the error that it has now.
pub fn visit(
    p: &[f32x4],
    items: &FactorTable,
    (of_user, of_items): (&mut Sums, &mut Sums),
    item: usize,
    r: f32,
) -> f32 {
    let q = items.row(item);
    let predicted = dot(p, q);
    let (rating, estimate) = (f32x4::splat(r), f32x4::splat(predicted));
    let user = of_user.asked.row_mut(0).iter_mut().zip(of_user.had.row_mut(0));
    for ((asked, had), q) in user.zip(q) {
        *asked += *q * rating;
        *had += *q * estimate;
    }
    let item = of_items.asked.row_mut(item).iter_mut().zip(of_items.had.row_mut(item));
    for ((asked, had), p) in item.zip(p) {
        *asked += *p * rating;
        *had += *p * estimate;
    }
    r - predicted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_by_hand() {
        let mut items = FactorTable::zeros(2, 2);
        items.set(0, &[1.0, 2.0]);
        items.set(1, &[3.0, 0.0]);
        let mut p = FactorTable::zeros(1, 2);
        p.set(0, &[1.0, 0.5]);
        let (mut of_user, mut of_items) = (Sums::zeros(1, 2), Sums::zeros(2, 2));
        // Estimates 2 and 3.
        assert_eq!(visit(p.row(0), &items, (&mut of_user, &mut of_items), 0, 4.0), 2.0);
        assert_eq!(visit(p.row(0), &items, (&mut of_user, &mut of_items), 1, 1.0), -2.0);
        // Factor 0: (1 x 4 + 3 x 1) / (1 x 2 + 3 x 3 + 3 x 1) = 7 / 14; factor 1: 8 / (4 + 3 x 0.5), times 0.5.
        let mut factors = p.row(0).to_vec();
        of_user.apply(0, &mut factors, 3.0);
        let [first, second, ..] = factors[0].to_array();
        assert!((first - 0.5).abs() < 1e-6 && (second - 0.5 * 8.0 / 5.5).abs() < 1e-6, "{first} {second}");
        // Item 0: p (4 / 2) without a penalty, and the sums are used up.
        let mut q = items.row(0).to_vec();
        of_items.apply(0, &mut q, 0.0);
        assert_eq!(q[0].to_array()[..2], [2.0, 4.0]);
        of_items.apply(0, &mut q, 0.0);
        assert_eq!(q[0].to_array()[..2], [2.0, 4.0]);
    }
}
