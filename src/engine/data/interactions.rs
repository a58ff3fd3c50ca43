//! The ratings as the trainers see them: immutable, user-major, dense indices.

/// A dense user index, by first appearance in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserIdx(pub u32);

/// A dense item index, by first appearance in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemIdx(pub u32);

impl UserIdx {
    /// For indexing.
    #[must_use]
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

impl ItemIdx {
    /// For indexing.
    #[must_use]
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// Ratings by user. All parts of a split share the numbers of users and items, so an index means the same in each.
#[derive(Clone, Debug, PartialEq)]
pub struct Interactions {
    n_items: u32,
    /// Where each user's rows start; one more than users.
    starts: Vec<u32>,
    items: Vec<u32>,
    ratings: Vec<f32>,
    /// Seconds since 1970 for each row, or empty.
    times: Vec<i64>,
}

/// One rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Who.
    pub user: u32,
    /// What.
    pub item: u32,
    /// How much.
    pub rating: f32,
    /// When; 0 where unknown.
    pub time: i64,
}

impl Interactions {
    /// Orders rows by user. Within a user they keep the order in which they are given.
    ///
    /// # Panics
    /// If a row's user or item is outside the counts: a bug of the caller.
    #[must_use]
    pub fn from_rows(n_users: u32, n_items: u32, timed: bool, rows: &[Row]) -> Self {
        let users: Vec<u32> = rows.iter().map(|row| row.user).collect();
        let items: Vec<u32> = rows.iter().map(|row| row.item).collect();
        let ratings: Vec<f32> = rows.iter().map(|row| row.rating).collect();
        let times: Vec<i64> = if timed { rows.iter().map(|row| row.time).collect() } else { Vec::new() };
        Self::from_columns((n_users, n_items), &users, &items, &ratings, &times)
    }

    /// As [`Self::from_rows`], from columns of equal length; `times` may be empty.
    ///
    /// # Panics
    /// As [`Self::from_rows`]; and if there are more rows than u32 counts.
    #[must_use]
    pub fn from_columns(
        (n_users, n_items): (u32, u32),
        users: &[u32],
        items: &[u32],
        ratings: &[f32],
        times: &[i64],
    ) -> Self {
        assert!(u32::try_from(users.len()).is_ok(), "{} rows", users.len());
        let mut starts = vec![0_u32; n_users as usize + 1];
        for &user in users {
            starts[user as usize + 1] += 1;
        }
        for user in 0..n_users as usize {
            starts[user + 1] += starts[user];
        }
        let mut next = starts.clone();
        let mut sorted = Self {
            n_items,
            starts,
            items: vec![0; items.len()],
            ratings: vec![0.0; ratings.len()],
            times: vec![0; times.len()],
        };
        for (row, &user) in users.iter().enumerate() {
            assert!(items[row] < n_items, "item {} of {n_items}", items[row]);
            let at = next[user as usize] as usize;
            next[user as usize] += 1;
            sorted.items[at] = items[row];
            sorted.ratings[at] = ratings[row];
            if let Some(&time) = times.get(row) {
                sorted.times[at] = time;
            }
        }
        sorted
    }

    /// The same ratings by item: what were items are its users. Users come in ascending order; there are no times.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let users: Vec<u32> = self.rows().map(|row| row.user).collect();
        Self::from_columns((self.n_items, self.n_users()), &self.items, &users, &self.ratings, &[])
    }

    /// Puts columns together again that are in order already; `None` where they do not fit together.
    #[must_use]
    pub fn from_parts(
        n_items: u32,
        starts: Vec<u32>,
        items: Vec<u32>,
        ratings: Vec<f32>,
        times: Vec<i64>,
    ) -> Option<Self> {
        let ascending = starts.first() == Some(&0) && starts.is_sorted();
        let complete = starts.last().is_some_and(|&end| end as usize == items.len());
        let equal = ratings.len() == items.len() && (times.is_empty() || times.len() == items.len());
        let inside = items.iter().all(|&item| item < n_items) && ratings.iter().all(|rating| rating.is_finite());
        (ascending && complete && equal && inside).then_some(Self { n_items, starts, items, ratings, times })
    }

    /// The same for columns that are known to fit together.
    pub(super) fn from_grouped(
        n_items: u32,
        starts: Vec<u32>,
        items: Vec<u32>,
        ratings: Vec<f32>,
        times: Vec<i64>,
    ) -> Self {
        Self { n_items, starts, items, ratings, times }
    }

    /// Number of users, including those without a row here.
    #[must_use]
    pub fn n_users(&self) -> u32 {
        // The constructor made one start more than users, and users are counted in u32.
        u32::try_from(self.starts.len() - 1).unwrap_or(u32::MAX)
    }

    /// Number of items, including those without a row here.
    #[must_use]
    pub fn n_items(&self) -> u32 {
        self.n_items
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether the rows have times.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        !self.times.is_empty()
    }

    /// The same without times.
    #[must_use]
    pub fn untimed(&self) -> Self {
        Self { times: Vec::new(), ..self.clone() }
    }

    /// The same rows with other ratings, each from its row as it was.
    #[must_use]
    pub fn rerated(mut self, rating: &dyn Fn(Row) -> f32) -> Self {
        self.ratings = self.rows().map(rating).collect();
        self
    }

    /// A user's items and ratings, in file order.
    #[must_use]
    pub fn user(&self, user: UserIdx) -> (&[u32], &[f32]) {
        let range = self.starts[user.at()] as usize..self.starts[user.at() + 1] as usize;
        (&self.items[range.clone()], &self.ratings[range])
    }

    /// Where each user's rows start; one more than users.
    #[must_use]
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// How many rows each user has.
    pub fn user_counts(&self) -> impl Iterator<Item = u32> + '_ {
        self.starts.windows(2).map(|range| range[1] - range[0])
    }

    /// How many rows each item has.
    #[must_use]
    pub fn item_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.n_items as usize];
        self.items.iter().for_each(|&item| counts[item as usize] += 1);
        counts
    }

    /// The item of each row.
    #[must_use]
    pub fn items(&self) -> &[u32] {
        &self.items
    }

    /// The rating of each row.
    #[must_use]
    pub fn ratings(&self) -> &[f32] {
        &self.ratings
    }

    /// The time of each row; empty where there are none.
    #[must_use]
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// All rows, user by user.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        (0..self.n_users()).flat_map(move |user| {
            let range = self.starts[user as usize] as usize..self.starts[user as usize + 1] as usize;
            range.map(move |at| Row {
                user,
                item: self.items[at],
                rating: self.ratings[at],
                time: self.times.get(at).copied().unwrap_or(0),
            })
        })
    }

    /// Rows that share user and time with another, so that their order is not known.
    #[must_use]
    pub fn tied(&self) -> u32 {
        let mut tied = 0_usize;
        let mut own = Vec::new();
        for range in self.starts.windows(2) {
            own.clear();
            own.extend_from_slice(self.times.get(range[0] as usize..range[1] as usize).unwrap_or_default());
            own.sort_unstable();
            tied += own.chunk_by(|a, b| a == b).map(<[i64]>::len).filter(|same| *same > 1).sum::<usize>();
        }
        u32::try_from(tied).unwrap_or(u32::MAX)
    }

    /// The mean rating, summed in f64 in row order; 0 without rows.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.is_empty() {
            return 0.0;
        }
        self.ratings.iter().map(|&rating| f64::from(rating)).sum::<f64>() / self.len() as f64
    }

    /// The lowest and highest rating; (0, 0) without rows.
    #[must_use]
    pub fn scale(&self) -> (f32, f32) {
        scale(self.ratings.iter().copied())
    }
}

/// The lowest and highest of some ratings; (0, 0) where there are none.
#[must_use]
pub fn scale(mut ratings: impl Iterator<Item = f32>) -> (f32, f32) {
    let Some(first) = ratings.next() else { return (0.0, 0.0) };
    let wider = |(low, high), rating| {
        // Ratings are finite; f32's own functions would also look for what is no number.
        (if rating < low { rating } else { low }, if rating > high { rating } else { high })
    };
    ratings.fold((first, first), wider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_grouped_by_user_and_keep_their_order() {
        let row = |user, item, rating| Row { user, item, rating, time: 0 };
        let rows = [row(1, 0, 1.0), row(0, 2, 2.0), row(1, 1, 3.0)];
        let data = Interactions::from_rows(3, 3, false, &rows);
        assert_eq!(data.user(UserIdx(1)), (&[0, 1][..], &[1.0, 3.0][..]));
        assert_eq!(data.user(UserIdx(2)).0.len(), 0);
        assert_eq!(data.rows().collect::<Vec<_>>(), [rows[1], rows[0], rows[2]]);
        assert_eq!((data.mean(), data.scale()), (2.0, (1.0, 3.0)));
        let transposed = data.transposed();
        assert_eq!((transposed.n_users(), transposed.n_items()), (3, 3));
        assert_eq!(transposed.user(UserIdx(1)), (&[1][..], &[3.0][..]));
        assert_eq!(transposed.transposed().user(UserIdx(1)), data.user(UserIdx(1)));
    }
}
