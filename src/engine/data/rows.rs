//! Rows as columns in the order of the file, while they are cleaned.

use super::Interactions;

/// Rows in the order of the file; the columns are equally long, or empty where there are no times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Dense user indices.
    pub user: Vec<u32>,
    /// Dense item indices.
    pub item: Vec<u32>,
    /// Ratings.
    pub rating: Vec<f32>,
    /// Seconds since 1970, or places in the order of time.
    pub time: Vec<i64>,
    /// Which row of the file each is; empty as long as all are there.
    pub(super) number: Vec<u32>,
}

impl From<&Interactions> for Rows {
    fn from(data: &Interactions) -> Self {
        let user = data.rows().map(|row| row.user).collect();
        let (item, rating) = (data.items().to_vec(), data.ratings().to_vec());
        Self { user, item, rating, time: data.times().to_vec(), number: Vec::new() }
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
        self.number.get(at).copied().unwrap_or_else(|| u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// Leaves out what is not kept; how many went, and which row of the file went first.
    pub fn retain(&mut self, keep: impl Fn(&Self, usize) -> bool) -> Option<(u32, u32)> {
        let (mut to, mut gone) = (0, None);
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
                if let Some(&time) = self.time.get(from) {
                    self.time[to] = time;
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

    /// Row positions by user, in the order of the file within each, and where each user's begin.
    #[must_use]
    pub fn by_user(&self, n_users: u32) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0_u32; n_users as usize + 1];
        for &user in &self.user {
            starts[user as usize + 1] += 1;
        }
        for user in 0..n_users as usize {
            starts[user + 1] += starts[user];
        }
        let (mut next, mut order) = (starts.clone(), vec![0_u32; self.len()]);
        for (at, &user) in (0_u32..).zip(&self.user) {
            let place = &mut next[user as usize];
            order[*place as usize] = at;
            *place += 1;
        }
        (order, starts)
    }
}
