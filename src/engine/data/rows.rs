//! Rows as columns in the order of the file, while they are cleaned; and by user, when they are.

use super::Interactions;
use super::column::Column;

/// Rows in the order of the file; the columns are equally long, or empty where there are no times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Dense user indices.
    pub user: Column<u32>,
    /// Dense item indices.
    pub item: Column<u32>,
    /// Ratings.
    pub rating: Column<f32>,
    /// Seconds since 1970, or places in the order of time.
    pub time: Column<i64>,
    /// Which row of the file each is; empty as long as all are there.
    pub(super) number: Column<u32>,
}

impl From<&Interactions> for Rows {
    fn from(data: &Interactions) -> Self {
        Self {
            user: data.rows().map(|row| row.user).collect(),
            item: data.items().iter().copied().collect(),
            rating: data.ratings().iter().copied().collect(),
            time: data.times().iter().copied().collect(),
            number: Column::default(),
        }
    }
}

/// Where the rows of each user are.
#[derive(Debug)]
pub struct ByUser {
    /// Where each user's rows begin; one more than users.
    pub starts: Vec<u32>,
    /// The rows' places, user by user and in the order of the file within each; `None` where the file is in this order.
    places: Option<Vec<u32>>,
}

impl ByUser {
    /// The places of each user's rows, in the order of the file.
    pub fn users(&self) -> impl Iterator<Item = impl Iterator<Item = usize> + Clone + '_> + '_ {
        self.starts.windows(2).map(|range| (range[0] as usize..range[1] as usize).map(|at| self.place(at)))
    }

    #[inline(always)]
    fn place(&self, at: usize) -> usize {
        self.places.as_ref().map_or(at, |places| places[at] as usize)
    }
}

/// Rows by user, within each in the order of the file: what [`Interactions`] has in one piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouped {
    n_items: u32,
    /// Where each user's rows start; one more than users.
    pub starts: Vec<u32>,
    /// The item of each row.
    pub items: Column<u32>,
    /// The rating of each row.
    pub ratings: Column<f32>,
    /// Seconds since 1970 for each row, or empty.
    pub times: Column<i64>,
}

impl Grouped {
    /// The same in one piece.
    #[must_use]
    pub fn whole(self) -> Interactions {
        let Self { n_items, starts, items, ratings, times } = self;
        Interactions::from_grouped(n_items, starts, items.into_vec(), ratings.into_vec(), times.into_vec())
    }
}

impl Rows {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rating.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rating.is_empty()
    }

    /// Which row of the file this is.
    #[must_use]
    pub fn number(&self, at: usize) -> u32 {
        if self.number.is_empty() { u32::try_from(at).unwrap_or(u32::MAX) } else { self.number[at] }
    }

    /// Leaves out what is not kept; how many went, and which row of the file went first.
    pub fn retain(&mut self, keep: impl Fn(&Self, usize) -> bool) -> Option<(u32, u32)> {
        let (mut to, mut gone) = (0, None);
        let timed = !self.time.is_empty();
        for from in 0..self.len() {
            if !keep(self, from) {
                gone.get_or_insert((0, self.number(from))).0 += 1;
                if self.number.is_empty() {
                    self.number = (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect();
                }
                continue;
            }
            if gone.is_some() {
                self.user[to] = self.user[from];
                self.item[to] = self.item[from];
                self.rating[to] = self.rating[from];
                self.number[to] = self.number[from];
                if timed {
                    self.time[to] = self.time[from];
                }
            }
            to += 1;
        }
        self.user.truncate(to);
        self.item.truncate(to);
        self.rating.truncate(to);
        self.time.truncate(to);
        self.number.truncate(to);
        gone
    }

    /// Where each user's rows are.
    #[must_use]
    pub fn by_user(&self, n_users: u32) -> ByUser {
        let mut starts = vec![0_u32; n_users as usize + 1];
        let (mut last, mut sorted) = (0, true);
        self.user.iter().for_each(|user| {
            starts[user as usize + 1] += 1;
            sorted &= last <= user;
            last = user;
        });
        for user in 0..n_users as usize {
            starts[user + 1] += starts[user];
        }
        let places = (!sorted).then(|| {
            let (mut next, mut places) = (starts.clone(), vec![0_u32; self.len()]);
            (0_u32..).zip(self.user.iter()).for_each(|(at, user)| {
                let place = &mut next[user as usize];
                places[*place as usize] = at;
                *place += 1;
            });
            places
        });
        ByUser { starts, places }
    }

    /// Whether a pair of user and item occurs twice.
    #[must_use]
    pub fn has_repeats(&self, by_user: &ByUser, n_items: u32) -> bool {
        // The user, plus one, who had each item last.
        let mut last = vec![0_u32; n_items as usize];
        (1_u32..)
            .zip(by_user.users())
            .any(|(user, mut own)| own.any(|at| std::mem::replace(&mut last[self.item[at] as usize], user) == user))
    }

    /// The rows by user. A column is gathered into what the one before it has given back.
    #[must_use]
    pub fn grouped(self, by_user: ByUser, n_items: u32) -> Grouped {
        let Self { user, item, rating, time, number } = self;
        drop((user, number));
        let ByUser { starts, places } = by_user;
        let Some(places) = places else {
            return Grouped { n_items, starts, items: item, ratings: rating, times: time };
        };
        let (items, ratings) = (item.gathered(&places), rating.gathered(&places));
        let times = if time.is_empty() { time } else { time.gathered(&places) };
        Grouped { n_items, starts, items, ratings, times }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::interactions::Row;

    fn rows(rows: &[Row], timed: bool) -> Rows {
        Rows {
            user: rows.iter().map(|row| row.user).collect(),
            item: rows.iter().map(|row| row.item).collect(),
            rating: rows.iter().map(|row| row.rating).collect(),
            time: rows.iter().map(|row| row.time).filter(|_| timed).collect(),
            number: Column::default(),
        }
    }

    #[test]
    fn rows_are_grouped_by_user_in_any_order() {
        let row = |user, item, rating, time| Row { user, item, rating, time };
        let mixed = [row(1, 0, 1.0, 7), row(0, 2, 2.0, 8), row(1, 1, 3.0, 9), row(0, 2, 4.0, 6)];
        let mut sorted = mixed;
        sorted.sort_by_key(|row| row.user);
        for (own, repeats) in [(&mixed[..], true), (&sorted, true), (&mixed[..3], false), (&[], false)] {
            for timed in [false, true] {
                let rows = rows(own, timed);
                let by_user = rows.by_user(3);
                assert_eq!(rows.has_repeats(&by_user, 3), repeats);
                assert_eq!(rows.grouped(by_user, 3).whole(), Interactions::from_rows(3, 3, timed, own));
            }
        }
    }
}
