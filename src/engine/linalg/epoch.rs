//! The way of an epoch through the ratings: by user, in an order that is shuffled anew each time, and each user's ratings in a
//! row, shuffled as they are visited. What a visit does is [`sweep`]'s, what SVD++ does around it [`super::implicit`]'s; when training ends, the trainer's.

use rand_xoshiro::Xoshiro256PlusPlus;

use super::shuffle::shuffle;
use super::sweep::{self, Carry, Parameters, Rated, Rates};

/// The ratings on their way through an epoch.
#[derive(Debug)]
pub struct Epoch {
    /// The ratings by user, in the order of each user's last visit; and where each user's start.
    rows: Vec<Rated>,
    starts: Vec<u32>,
    /// The users that have ratings.
    order: Vec<u32>,
    at: Place,
}

/// How far an epoch has come.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// Position in the order of users; an epoch begins at 0.
    user: usize,
    /// Ratings of that user already visited.
    row: usize,
    carry: Carry,
    /// Users in the order whose vectors were made anew when all had been visited, for SVD++.
    described: usize,
}

impl Epoch {
    /// The ratings by user; user u's begin at `starts[u]` and end at `starts[u + 1]`. `order` holds the users that have some.
    #[must_use]
    pub fn new(rows: Vec<Rated>, starts: Vec<u32>, order: Vec<u32>) -> Self {
        Self { rows, starts, order, at: Place::default() }
    }

    /// Visits `work` ratings, or one more, or those that are left; the number visited.
    pub fn visit(
        &mut self,
        parameters: &mut Parameters<'_>,
        rates: &Rates,
        work: usize,
        rng: &mut Xoshiro256PlusPlus,
    ) -> usize {
        // "As much as there is" must not overflow below, where a usize has 32 bits.
        let work = work.min(self.rows.len());
        if work > 0 && self.at.user == 0 && self.at.row == 0 {
            shuffle(&mut self.order, rng);
        }
        let mut visited = 0;
        while visited < work && self.at.user < self.order.len() {
            let user = self.order[self.at.user] as usize;
            let rows = &mut self.rows[self.starts[user] as usize..self.starts[user + 1] as usize];
            if self.at.row == 0
                && let Some(implicit) = &mut parameters.implicit
            {
                implicit.begin(user, rows, parameters.users);
            }
            // A pair of ratings is never cut.
            let to = rows.len().min((self.at.row + work - visited).next_multiple_of(2));
            self.at.carry = sweep::visit(parameters, user, rows, (self.at.row, to), rates, self.at.carry, rng);
            visited += to - self.at.row;
            self.at.row = to;
            if to == rows.len() {
                if let Some(implicit) = &mut parameters.implicit {
                    implicit.end(user, rows, parameters.users, rates.keep_factors);
                }
                self.at.user += 1;
                self.at.row = 0;
            }
        }
        visited
    }

    /// Makes users' vectors anew from what all the others' ratings have changed since, once every rating has been visited:
    /// those of at most about `work` ratings. The work done.
    pub fn describe(&mut self, parameters: &mut Parameters<'_>, work: u32) -> u32 {
        if self.at.user < self.order.len() {
            return 0;
        }
        let Some(implicit) = &parameters.implicit else {
            self.at.described = self.order.len();
            return 0;
        };
        let mut done = 0;
        while self.at.described < self.order.len() && done < work {
            let user = self.order[self.at.described] as usize;
            let rows = &self.rows[self.starts[user] as usize..self.starts[user + 1] as usize];
            implicit.describe(user, rows, parameters.users);
            self.at.described += 1;
            done = done.saturating_add(rows.len() as u32);
        }
        done
    }

    /// The users that have ratings, in the order of the last epoch.
    #[must_use]
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// A user's ratings, in the order of the user's last visit.
    #[must_use]
    pub fn rows(&self, user: usize) -> &[Rated] {
        &self.rows[self.starts[user] as usize..self.starts[user + 1] as usize]
    }

    /// Whether every rating has been visited and every vector made.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.at.described == self.order.len()
    }

    /// Goes back to the start; the mean of the squared errors on the way.
    pub fn end(&mut self) -> f64 {
        let loss = self.at.carry.loss;
        self.at = Place::default();
        loss / self.rows.len() as f64
    }
}
