//! The genres of items as sets of bits, for distances between items. Nothing here reads a file.

/// One set for each item, also for those that no row names, behind the others; empty where nothing is known of it. Without any
/// item, there are no genres.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Genres {
    sets: Vec<u64>,
}

impl Genres {
    /// From each item's genres, separated by `|`. They are numbered by first appearance; those from the 64th on share a bit.
    pub fn of<'a>(items: impl Iterator<Item = &'a String>) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut bit = |name| {
            let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            1_u64 << at.min(63)
        };
        let sets =
            items.map(|genres| genres.split('|').filter(|name| !name.is_empty()).fold(0, |set, name| set | bit(name)));
        Self::from_sets(sets.collect())
    }

    /// From sets of bits by item; none where no item has a genre.
    #[must_use]
    pub fn from_sets(sets: Vec<u64>) -> Self {
        if sets.iter().all(|&set| set == 0) { Self::default() } else { Self { sets } }
    }

    /// The sets by item.
    #[must_use]
    pub fn sets(&self) -> &[u64] {
        &self.sets
    }

    /// Whether nothing is known of any item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// An item's set. Items beyond those that are known have none.
    #[must_use]
    pub fn set(&self, item: u32) -> u64 {
        self.sets.get(item as usize).copied().unwrap_or(0)
    }

    /// What two items have in common: the Jaccard similarity of their sets, 1 for two of which nothing is known.
    #[must_use]
    pub fn similarity(&self, left: u32, right: u32) -> f64 {
        let (left, right) = (self.set(left), self.set(right));
        match (left | right).count_ones() {
            0 => 1.0,
            either => f64::from((left & right).count_ones()) / f64::from(either),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_items_have_in_common() {
        let genres = ["Comedy|Drama", "Drama", "", "Drama|War|Comedy", ""].map(str::to_owned).to_vec();
        let genres = Genres::of(genres.iter());
        assert_eq!(genres.similarity(0, 1), 0.5);
        assert_eq!(genres.similarity(0, 3), 2.0 / 3.0);
        assert_eq!((genres.similarity(0, 2), genres.similarity(2, 4), genres.similarity(9, 0)), (0.0, 1.0, 0.0));
        assert!(Genres::from_sets(vec![0, 0]).is_empty());
    }
}
