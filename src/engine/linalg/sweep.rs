//! The inner loop of stochastic gradient descent on factor pairs: one user's ratings in a row, exactly as one by one, but
//! with one pass over the factors for two ratings. It knows neither epochs nor shuffling.
//!
//! A rating's error needs the inner product of vectors that the rating before has just changed, and waiting for that sum
//! takes about as long as the update itself. So ratings are taken in pairs, and the pass that makes a pair's updates also
//! sums the inner products for the next pair: p . n_1, p . n_2 and n_1 . n_2, from which the second rating's own product
//! follows, (d p + g_1 n_1) . n_2 = d (p . n_2) + g_1 (n_1 . n_2). One wait serves two ratings, and the user's vector is
//! loaded and stored once for both. Measured against one rating at a time with its successor's product: a fifth faster
//! at 64 factors; pairs of users side by side, and more than two ratings at once, gained nothing further. Which two
//! ratings come next is drawn while a pair's numbers are on their way, and of what the second error needs all is ready that
//! does not wait for the first: a tenth faster.
//!
//! | symbol | shape | meaning |
//! |---|---|---|
//! | p | lanes | the user's factors |
//! | q_1, q_2 | lanes | factors of the pair's items |
//! | n_1, n_2 | lanes | factors of the next pair's items |
//! | g_1, g_2 | 1 | learning rate x error of each rating; the user's vector may have a rate of its own |
//! | d | 1 | 1 - learning rate x regularization |

use rand_xoshiro::Xoshiro256PlusPlus;
use wide::f32x4;

use super::implicit::Implicit;
use super::lanes::{FactorTable, dot, sum_lane};
use super::shuffle::draw_two;

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
    /// Learning rate of the items' factors.
    pub factors: f32,
    /// Learning rate of the user's vector, which is a sum of two such in SVD++.
    pub users: f32,
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
    /// What SVD++ has besides.
    pub implicit: Option<&'a mut Implicit>,
}

/// What a pair of ratings hands to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Carry {
    /// For the user's next pair: p . q_1, p . q_2 and q_1 . q_2.
    pub products: [f32; 3],
    /// Squared errors so far.
    pub loss: f64,
}

/// Visits the ratings `from..to` of a user's `rows`, in an order that is drawn on the way. Both are even, or `to` is the end: a
/// pair is never cut. Where `from` is not 0, `carry` is what the visit up to `from` gave; a visit cut in two has the same bits
/// as a whole one.
///
/// Costs 9 additions, 11 multiplications, 5 loads and 3 stores per lane and pair.
#[must_use]
pub fn visit(
    parameters: &mut Parameters<'_>,
    user: usize,
    rows: &mut [Rated],
    (from, to): (usize, usize),
    rates: &Rates,
    carry: Carry,
    rng: &mut Xoshiro256PlusPlus,
) -> Carry {
    let lanes = parameters.users.lanes();
    let p = parameters.users.row_mut(user);
    let cells = parameters.items.cells_mut();
    let mut errors = Errors {
        rates,
        user_bias: &mut parameters.user_biases[user],
        item_biases: parameters.item_biases,
        loss: carry.loss,
    };
    let mut order = Order { rows, from, to, rng };
    /// Picks the sweep compiled for the lane count.
    macro_rules! compiled {
        ($($lanes:literal)*) => {
            match lanes {
                $( $lanes => visit_rows(first_lanes::<$lanes>(p), Compiled::<$lanes>::new(cells), &mut order, &mut errors, carry.products), )*
                _ => visit_rows(p, AnyWidth { lanes, cells }, &mut order, &mut errors, carry.products),
            }
        };
    }
    let products = compiled!(1 2 3 4 5 6 7 8 10 12 13 14 16 18 20 25 28 32 40 50);
    Carry { products, loss: errors.loss }
}

/// A table's rows. Two implementations, so that the common widths are known to the compiler where nearly all the time goes:
/// what else is done is compiled once for all widths, since each width weighs as much as the next.
trait Rows {
    /// Four rows to be changed; `None` if two are the same.
    fn four(&mut self, rows: [usize; 4]) -> Option<[&mut [f32x4]; 4]>;

    /// The same rows, of a width that the compiler does not know.
    fn any(&mut self) -> AnyWidth<'_>;
}

/// Rows of `LANES` lanes.
struct Compiled<'a, const LANES: usize>(&'a mut [[f32x4; LANES]]);

impl<'a, const LANES: usize> Compiled<'a, LANES> {
    #[inline(always)]
    fn new(cells: &'a mut [f32x4]) -> Self {
        Self(cells.as_chunks_mut().0)
    }
}

impl<const LANES: usize> Rows for Compiled<'_, LANES> {
    #[inline(always)]
    fn four(&mut self, rows: [usize; 4]) -> Option<[&mut [f32x4]; 4]> {
        self.0.get_disjoint_mut(rows).ok().map(|rows| rows.map(|row| &mut row[..]))
    }

    #[inline(always)]
    fn any(&mut self) -> AnyWidth<'_> {
        AnyWidth { lanes: LANES, cells: self.0.as_flattened_mut() }
    }
}

/// Rows of a width that is read at run time.
struct AnyWidth<'a> {
    lanes: usize,
    cells: &'a mut [f32x4],
}

impl AnyWidth<'_> {
    fn row(&self, row: usize) -> &[f32x4] {
        &self.cells[row * self.lanes..(row + 1) * self.lanes]
    }

    #[inline(always)]
    fn several<const N: usize>(&mut self, rows: [usize; N]) -> Option<[&mut [f32x4]; N]> {
        self.cells.get_disjoint_mut(rows.map(|row| row * self.lanes..(row + 1) * self.lanes)).ok()
    }
}

impl Rows for AnyWidth<'_> {
    #[inline(always)]
    fn four(&mut self, rows: [usize; 4]) -> Option<[&mut [f32x4]; 4]> {
        self.several(rows)
    }

    #[inline(always)]
    fn any(&mut self) -> AnyWidth<'_> {
        AnyWidth { lanes: self.lanes, cells: self.cells }
    }
}

/// A row whose length the compiler knows.
#[inline(always)]
fn first_lanes<const LANES: usize>(row: &mut [f32x4]) -> &mut [f32x4] {
    &mut row[..LANES]
}

/// The scalar side of a rating.
struct Errors<'a> {
    rates: &'a Rates,
    user_bias: &'a mut f32,
    item_biases: &'a mut [f32],
    loss: f64,
}

impl Errors<'_> {
    /// [`Self::gain`] of two ratings of different items, the second as it is after the first. `products` are p . q_1, p . q_2
    /// and q_1 . q_2.
    #[inline(always)]
    fn gains(&mut self, pair: [Rated; 2], [product_1, product_2, between]: [f32; 3]) -> [Gain; 2] {
        let rates = self.rates;
        let [base_1, base_2] = pair.map(|rated| rates.mean + self.item_biases[rated.item as usize]);
        let kept = *self.user_bias * rates.keep_biases;
        let ready = pair[1].rating - base_2 - kept - rates.keep_factors * product_2;
        let by_first = rates.biases + rates.users * between;
        let error_1 = pair[0].rating - base_1 - *self.user_bias - product_1;
        let error_2 = ready - error_1 * by_first;
        let step_1 = self.learn(pair[0].item, error_1);
        let step_2 = self.learn(pair[1].item, error_2);
        *self.user_bias = (kept + step_1) * rates.keep_biases + step_2;
        [error_1, error_2].map(|error| self.rates.gain(error))
    }

    /// Counts the rating's error, moves the biases, and returns learning rate x error for the user's and the item's factors.
    #[inline(always)]
    fn gain(&mut self, Rated { item, rating }: Rated, product: f32) -> Gain {
        let base = self.rates.mean + self.item_biases[item as usize];
        let error = rating - base - *self.user_bias - product;
        *self.user_bias = *self.user_bias * self.rates.keep_biases + self.learn(item, error);
        self.rates.gain(error)
    }

    /// Counts an error and moves the item's bias; what the user's bias is to be moved by.
    #[inline(always)]
    fn learn(&mut self, item: u32, error: f32) -> f32 {
        self.loss += f64::from(error) * f64::from(error);
        let step = self.rates.biases * error;
        let item_bias = &mut self.item_biases[item as usize];
        *item_bias = *item_bias * self.rates.keep_biases + step;
        step
    }
}

impl Rates {
    #[inline(always)]
    fn gain(&self, error: f32) -> Gain {
        Gain { user: self.users * error, item: self.factors * error }
    }
}

/// The part of a user's ratings that is visited, and where its order comes from.
struct Order<'a> {
    rows: &'a mut [Rated],
    from: usize,
    to: usize,
    rng: &'a mut Xoshiro256PlusPlus,
}

impl Order<'_> {
    /// The pair at a place that has not been drawn, if there are two.
    #[inline(always)]
    fn draw(&mut self, at: usize) -> Option<[Rated; 2]> {
        draw_two(self.rows, at, self.rng)
    }
}

/// Learning rate x error of a rating.
#[derive(Clone, Copy)]
struct Gain {
    user: f32,
    item: f32,
}

/// [`visit`], with the products for the pair after the last.
fn visit_rows(
    p: &mut [f32x4],
    mut items: impl Rows,
    order: &mut Order<'_>,
    errors: &mut Errors<'_>,
    mut products: [f32; 3],
) -> [f32; 3] {
    let d = errors.rates.keep_factors;
    if order.from == 0
        && let Some(first) = order.draw(0)
    {
        products = fresh_products(p, &items.any(), first);
    }
    // A pair is drawn in the turn of the pair before, also where a visit ends between them.
    let to = order.to;
    for at in (order.from..to - to % 2).step_by(2) {
        let pair = [order.rows[at], order.rows[at + 1]];
        let [i, j] = pair.map(|rated| rated.item as usize);
        let next = order.draw(at + 2);
        if i != j
            && let Some([n_1, n_2]) = next.map(|next| next.map(|rated| rated.item as usize))
            && let Some([q_1, q_2, n_1, n_2]) = items.four([i, j, n_1, n_2])
        {
            let gains = errors.gains(pair, products);
            products = update_pair_and_dot(p, [q_1, q_2], [n_1, n_2], gains, d);
        } else {
            products = visit_pair(p, items.any(), pair, next, products, errors);
        }
    }
    if to == order.rows.len() && to % 2 == 1 {
        visit_last(p, items.any(), order.rows[to - 1], errors);
    }
    products
}

/// A user's last pair, or one with an item that is rated again at once; with the products of the next.
#[inline(never)]
fn visit_pair(
    p: &mut [f32x4],
    mut items: AnyWidth<'_>,
    pair: [Rated; 2],
    next: Option<[Rated; 2]>,
    products: [f32; 3],
    errors: &mut Errors<'_>,
) -> [f32; 3] {
    if let Some([q_1, q_2]) = items.several(pair.map(|rated| rated.item as usize)) {
        let [gain_1, gain_2] = errors.gains(pair, products);
        update(p, q_1, gain_1, errors.rates.keep_factors);
        update(p, q_2, gain_2, errors.rates.keep_factors);
    } else {
        // The second rating needs what the first made of the item.
        visit_single(p, &mut items, pair[0], products[0], errors);
        visit_last(p, items.any(), pair[1], errors);
    }
    next.map_or(products, |next| fresh_products(p, &items, next))
}

/// A rating whose product is not known yet.
#[inline(never)]
fn visit_last(p: &mut [f32x4], mut items: AnyWidth<'_>, rated: Rated, errors: &mut Errors<'_>) {
    let product = dot(p, items.row(rated.item as usize));
    visit_single(p, &mut items, rated, product, errors);
}

fn visit_single(p: &mut [f32x4], items: &mut AnyWidth<'_>, rated: Rated, product: f32, errors: &mut Errors<'_>) {
    let gain = errors.gain(rated, product);
    if let Some([q]) = items.several([rated.item as usize]) {
        update(p, q, gain, errors.rates.keep_factors);
    }
}

#[inline(never)]
fn fresh_products(p: &[f32x4], items: &AnyWidth<'_>, pair: [Rated; 2]) -> [f32; 3] {
    let [q_1, q_2] = pair.map(|rated| items.row(rated.item as usize));
    [dot(p, q_1), dot(p, q_2), dot(q_1, q_2)]
}

/// p <- d p + g q, q <- d q + g p, both from the old values.
fn update(p: &mut [f32x4], q: &mut [f32x4], g: Gain, d: f32) {
    let (user, item, d) = (f32x4::splat(g.user), f32x4::splat(g.item), f32x4::splat(d));
    for (p, q) in p.iter_mut().zip(q) {
        (*p, *q) = (*p * d + *q * user, *q * d + *p * item);
    }
}

/// [`update`] by q_1, then by q_2, in one pass, and p . n_1, p . n_2 and n_1 . n_2 of the new p, each summed lane by lane.
#[inline(always)]
fn update_pair_and_dot(
    p: &mut [f32x4],
    [q_1, q_2]: [&mut [f32x4]; 2],
    [n_1, n_2]: [&mut [f32x4]; 2],
    gains: [Gain; 2],
    d: f32,
) -> [f32; 3] {
    let [user_1, user_2] = gains.map(|gain| f32x4::splat(gain.user));
    let [item_1, item_2] = gains.map(|gain| f32x4::splat(gain.item));
    let d = f32x4::splat(d);
    let mut sums = [f32x4::ZERO; 3];
    for ((((p, q_1), q_2), n_1), n_2) in p.iter_mut().zip(q_1).zip(q_2).zip(n_1).zip(n_2) {
        let between = *p * d + *q_1 * user_1;
        let after = between * d + *q_2 * user_2;
        *q_1 = *q_1 * d + *p * item_1;
        *q_2 = *q_2 * d + between * item_2;
        *p = after;
        sums[0] += after * *n_1;
        sums[1] += after * *n_2;
        sums[2] += *n_1 * *n_2;
    }
    sums.map(sum_lane)
}

#[cfg(test)]
mod tests {
    use rand_xoshiro::rand_core::SeedableRng as _;

    use super::*;

    /// The same updates one by one in f64.
    fn one_by_one(p: &mut [f64], items: &mut [Vec<f64>], biases: &mut [f64], rows: &[Rated]) -> f64 {
        let mut loss = 0.0;
        for &Rated { item, rating } in rows {
            let q = &mut items[item as usize];
            let product: f64 = p.iter().zip(&*q).map(|(p, q)| p * q).sum();
            let error = f64::from(rating) - 3.0 - biases[0] - biases[1 + item as usize] - product;
            loss += error * error;
            for bias in [0, 1 + item as usize] {
                biases[bias] += 0.02 * (error - 0.5 * biases[bias]);
            }
            for (p, q) in p.iter_mut().zip(q) {
                (*p, *q) = (0.98 * *p + 0.03 * error * *q, 0.98 * *q + 0.01 * error * *p);
            }
        }
        loss
    }

    #[test]
    fn pairs_are_the_same_as_one_by_one() {
        // All widths with a remainder of their own, an odd end, and in some orders the same item in a pair, and in the pair after.
        for (n_factors, seed) in [1, 5, 17, 64, 100, 250].into_iter().flat_map(|n| (0..6).map(move |seed| (n, seed))) {
            for items_of_user in [&[0, 1, 2, 3, 4][..], &[2, 2, 1, 0], &[0, 1, 1, 2, 0, 3], &[4]] {
                let number = |row: usize, at: usize| ((row * 31 + at * 7) % 13) as f32 / 13.0 - 0.4;
                let numbers = |row: usize| (0..n_factors).map(move |at| number(row, at));
                let mut users = FactorTable::zeros(1, n_factors);
                let mut items = FactorTable::zeros(5, n_factors);
                users.set(0, &numbers(9).collect::<Vec<_>>());
                (0..5).for_each(|item| items.set(item, &numbers(item).collect::<Vec<_>>()));
                let rated = |&item: &u32| Rated { item, rating: 1.0 + (item * 2 % 5) as f32 };
                let mut rows: Vec<Rated> = items_of_user.iter().map(rated).collect();
                let n = rows.len();
                let rates = Rates {
                    mean: 3.0,
                    factors: 0.01,
                    users: 0.03,
                    keep_factors: 0.98,
                    biases: 0.02,
                    keep_biases: 0.99,
                };
                let (mut user_biases, mut item_biases) = ([0.5], [0.1, 0.2, 0.3, 0.4, 0.5]);
                let mut parameters = Parameters {
                    users: &mut users,
                    items: &mut items,
                    user_biases: &mut user_biases,
                    item_biases: &mut item_biases,
                    implicit: None,
                };
                let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
                let carry = visit(&mut parameters, 0, &mut rows, (0, n), &rates, Carry::default(), &mut rng);

                let mut p: Vec<f64> = numbers(9).map(f64::from).collect();
                let mut qs: Vec<Vec<f64>> = (0..5).map(|item| numbers(item).map(f64::from).collect()).collect();
                let mut biases = [0.5, 0.1, 0.2, 0.3, 0.4, 0.5];
                let loss = one_by_one(&mut p, &mut qs, &mut biases, &rows);
                let close = |left: f32, right: f64| assert!((f64::from(left) - right).abs() < 1e-5, "{left} {right}");
                assert!((carry.loss - loss).abs() < 1e-3 * loss, "{} {loss}", carry.loss);
                users.numbers(0).zip(&p).for_each(|(left, &right)| close(left, right));
                for (item, q) in qs.iter().enumerate() {
                    items.numbers(item).zip(q).for_each(|(left, &right)| close(left, right));
                }
                user_biases.iter().chain(&item_biases).zip(&biases).for_each(|(&left, &right)| close(left, right));
            }
        }
    }
}
