//! Who has what, without ratings: the items of each user, or the users of each item.

use super::interactions::Interactions;

/// A list of indices for each of several things, ascending in each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lists {
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl Lists {
    /// The items of each user.
    #[must_use]
    pub fn by_user(rows: &Interactions) -> Self {
        Self::by_item(rows).turned(rows.n_users() as usize)
    }

    /// The users of each item.
    #[must_use]
    pub fn by_item(rows: &Interactions) -> Self {
        let by_user = Self { starts: rows.starts().to_vec(), ids: rows.items().to_vec() };
        by_user.turned(rows.n_items() as usize)
    }

    /// The same the other way round, for so many things.
    fn turned(&self, len: usize) -> Self {
        let mut starts = vec![0_u32; len + 1];
        self.ids.iter().for_each(|&id| starts[id as usize + 1] += 1);
        for at in 0..len {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut ids = vec![0; self.ids.len()];
        for (at, own) in (0_u32..).zip(self.iter()) {
            for &id in own {
                ids[next[id as usize] as usize] = at;
                next[id as usize] += 1;
            }
        }
        Self { starts, ids }
    }

    /// How many things.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no thing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The list of a thing, if there is such a thing.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&[u32]> {
        let end = *self.starts.get(at + 1)?;
        Some(&self.ids[self.starts[at] as usize..end as usize])
    }

    /// All lists.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|pair| &self.ids[pair[0] as usize..pair[1] as usize])
    }

    /// How many indices there are in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.ids.len()
    }
}
