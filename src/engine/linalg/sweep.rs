//! The inner loop of stochastic gradient descent on factor pairs: one user's ratings in a row, each with one pass over the
//! two vectors. It knows neither epochs nor shuffling.
//!
//! A rating's error needs the inner product of vectors that the rating before has just changed. Waiting for that sum
//! takes about as long as the update itself; so the pass that updates the user's vector also multiplies it with the next
//! item's vector, which saves a second pass over the user's vector and lets the sum end soon after the update.
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | p | lanes | the user's factors |
//! | q, n | lanes | factors of this rating's item, and of the next one's |
//! | g | 1 | learning rate x error |
//! | d | 1 | 1 - learning rate x regularization |

use wide::f32x4;

use super::lanes::{FactorTable, dot, reduce};

/// A rating of the user at hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rated {
    /// Dense item index.
    pub item: u32,
    /// The rating.
    pub rating: f32,
}

/// The coefficients of an epoch's updates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// The mean of the training ratings; 0 without biases.
    pub mean: f32,
    /// Learning rate of the factors.
    pub factors: f32,
    /// What remains of a factor: 1 - learning rate x regularization.
    pub keep_factors: f32,
    /// Learning rate of the biases; 0 without biases.
    pub biases: f32,
    /// What remains of a bias; 1 without biases.
    pub keep_biases: f32,
}

/// What an epoch changes.
#[derive(Debug)]
pub struct Parameters<'a> {
    /// Users x factors.
    pub users: &'a mut FactorTable,
    /// Items x factors.
    pub items: &'a mut FactorTable,
    /// One bias per user.
    pub user_biases: &'a mut [f32],
    /// One bias per item.
    pub item_biases: &'a mut [f32],
}

/// What one rating hands to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Carry {
    /// The inner product for the next rating of the same user.
    pub product: f32,
    /// Squared errors so far.
    pub loss: f64,
}

/// Visits ratings `from..to` of a user's `rows`. Where `from` is not 0, `carry` is what the visit up to `from` gave, so
/// that a visit cut in two has the same bits as a whole one.
///
/// Costs 8 arithmetic operations, 3 loads and 2 stores per lane and rating.
#[must_use]
pub fn visit(
    parameters: &mut Parameters<'_>,
    user: usize,
    rows: &[Rated],
    (from, to): (usize, usize),
    rates: &Rates,
    carry: Carry,
) -> Carry {
    /// Picks the sweep compiled for the lane count.
    macro_rules! compiled {
        ($($lanes:literal)*) => {
            match parameters.users.lanes() {
                $( $lanes => visit_lanes::<$lanes>(parameters, user, rows, (from, to), rates, carry), )*
                _ => visit_lanes::<0>(parameters, user, rows, (from, to), rates, carry),
            }
        };
    }
    compiled!(1 2 3 4 5 6 7 8 9 10 12 13 14 16 18 20 22 25 28 32 40 50)
}

/// [`visit`] for rows of `LANES` lanes, or of any width for 0.
fn visit_lanes<const LANES: usize>(
    parameters: &mut Parameters<'_>,
    user: usize,
    rows: &[Rated],
    (from, to): (usize, usize),
    rates: &Rates,
    mut carry: Carry,
) -> Carry {
    let lanes = if LANES == 0 { parameters.users.lanes() } else { LANES };
    let p = &mut parameters.users.row_mut(user)[..lanes];
    let items = parameters.items.cells_mut();
    let item_biases = &mut *parameters.item_biases;
    let mut user_bias = parameters.user_biases[user];
    let span = |item: u32| item as usize * lanes..(item as usize + 1) * lanes;
    if from == 0 && to > 0 {
        carry.product = dot(p, &items[span(rows[0].item)]);
    }
    for at in from..to {
        let Rated { item, rating } = rows[at];
        let item_bias = &mut item_biases[item as usize];
        let error = rating - (rates.mean + user_bias + *item_bias) - carry.product;
        carry.loss += f64::from(error) * f64::from(error);
        let step = rates.biases * error;
        user_bias = user_bias * rates.keep_biases + step;
        *item_bias = *item_bias * rates.keep_biases + step;
        let gain = rates.factors * error;
        match rows.get(at + 1).map(|next| items.get_disjoint_mut([span(item), span(next.item)])) {
            Some(Ok([q, next])) => carry.product = update_and_dot(p, q, next, gain, rates.keep_factors),
            // The same item twice in a row: its new factors are needed at once.
            Some(Err(_)) => {
                update(p, &mut items[span(item)], gain, rates.keep_factors);
                carry.product = dot(p, &items[span(item)]);
            }
            None => update(p, &mut items[span(item)], gain, rates.keep_factors),
        }
    }
    parameters.user_biases[user] = user_bias;
    carry
}

/// p <- d p + g q, q <- d q + g p, both from the old values.
#[inline(always)]
fn update(p: &mut [f32x4], q: &mut [f32x4], g: f32, d: f32) {
    let (g, d) = (f32x4::splat(g), f32x4::splat(d));
    for (p, q) in p.iter_mut().zip(q) {
        (*p, *q) = moved(*p, *q, g, d);
    }
}

/// [`update`], and the inner product of the new p with n in the order of [`dot`].
#[inline(always)]
fn update_and_dot(p: &mut [f32x4], q: &mut [f32x4], n: &[f32x4], g: f32, d: f32) -> f32 {
    let (g, d) = (f32x4::splat(g), f32x4::splat(d));
    let mut sums = [f32x4::ZERO; 4];
    let (p_blocks, p_rest) = p.as_chunks_mut::<4>();
    let (q_blocks, q_rest) = q.as_chunks_mut::<4>();
    let (n_blocks, n_rest) = n.as_chunks::<4>();
    for ((p, q), n) in p_blocks.iter_mut().zip(q_blocks).zip(n_blocks) {
        // Written out: an index computed in the loop would keep the partial sums in memory.
        (p[0], q[0]) = moved(p[0], q[0], g, d);
        sums[0] += p[0] * n[0];
        (p[1], q[1]) = moved(p[1], q[1], g, d);
        sums[1] += p[1] * n[1];
        (p[2], q[2]) = moved(p[2], q[2], g, d);
        sums[2] += p[2] * n[2];
        (p[3], q[3]) = moved(p[3], q[3], g, d);
        sums[3] += p[3] * n[3];
    }
    for (((p, q), &n), sum) in p_rest.iter_mut().zip(q_rest).zip(n_rest).zip(&mut sums) {
        (*p, *q) = moved(*p, *q, g, d);
        *sum += *p * n;
    }
    reduce(sums)
}

#[inline(always)]
fn moved(p: f32x4, q: f32x4, g: f32x4, d: f32x4) -> (f32x4, f32x4) {
    (p * d + q * g, q * d + p * g)
}
