//! Ids as text and as dense indices. All texts of one kind lie behind each other in one allocation.

use hashbrown::HashTable;

use super::short::Key;

/// Different texts, numbered by first appearance.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
    /// Finds a text's number. It is only ever asked for a text, never walked: its order means nothing.
    table: HashTable<u32>,
    /// The same for texts that are whole numbers of a few digits, by value, plus one: most ids are, and need no hash.
    plain: Vec<u32>,
    /// The last number that was found by a hash: files are mostly sorted by user, whose rows follow each other.
    last: u32,
}

impl PartialEq for Ids {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && self.text == other.text
    }
}

impl Eq for Ids {}

impl Ids {
    /// All texts behind each other, and where each ends.
    #[must_use]
    pub fn parts(&self) -> (&str, &[u32]) {
        (&self.text, &self.ends)
    }

    /// Puts together again what [`Self::parts`] took apart; `None` for texts that can not come from there.
    #[must_use]
    pub fn from_parts(text: &str, ends: &[u32]) -> Option<Self> {
        let mut ids =
            Self { text: String::with_capacity(text.len()), ends: Vec::with_capacity(ends.len()), ..Self::default() };
        let mut start = 0;
        for (&end, idx) in ends.iter().zip(0..) {
            let own = text.get(start..end as usize)?;
            start = end as usize;
            (ids.intern(own.as_bytes())? == idx).then_some(())?;
        }
        (start == text.len()).then_some(ids)
    }

    /// Number of texts.
    #[must_use]
    pub fn len(&self) -> u32 {
        // `intern` keeps the count within u32.
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a number.
    ///
    /// # Panics
    /// If there is no such number: a bug of the caller.
    #[must_use]
    pub fn text(&self, idx: u32) -> &str {
        &self.text[range(&self.ends, idx)]
    }

    /// All texts in the order of their numbers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|idx| {
            let start = if idx == 0 { 0 } else { self.ends[idx - 1] as usize };
            &self.text[start..self.ends[idx] as usize]
        })
    }

    /// The number of a text, if it has one.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<u32> {
        if let Some(value) = plain(text.into()) {
            return self.plain.get(value)?.checked_sub(1);
        }
        self.table.find(hash(text), |&idx| self.text.as_bytes()[range(&self.ends, idx)] == *text).copied()
    }

    /// The number of a text, which gets the next one if it is new; `None` once 32 bits can not count further. Text is
    /// UTF-8: bytes that are not become the replacement character.
    #[inline(always)]
    pub fn intern<'a>(&mut self, text: impl Into<Key<'a>>) -> Option<u32> {
        let key = text.into();
        let Some(value) = plain(key) else { return self.intern_by_hash(key.text) };
        match self.plain.get(value) {
            Some(&known) if known > 0 => Some(known - 1),
            _ => self.add_plain(value, key.text),
        }
    }

    /// Numbers a whole number that is new.
    #[cold]
    fn add_plain(&mut self, value: usize, text: &[u8]) -> Option<u32> {
        if value >= self.plain.len() {
            self.plain.resize((value + 1).next_power_of_two(), 0);
        }
        let idx = self.add(text)?;
        self.plain[value] = idx + 1;
        Some(idx)
    }

    fn intern_by_hash(&mut self, text: &[u8]) -> Option<u32> {
        let Self { text: arena, ends, table, last, .. } = self;
        let is = |idx: u32| arena.as_bytes()[range(ends, idx)] == *text;
        if (*last as usize) < ends.len() && is(*last) {
            return Some(*last);
        }
        let hashed = hash(text);
        let idx = match table.find(hashed, |&idx| is(idx)) {
            Some(&idx) => idx,
            None => {
                let idx = self.add(text)?;
                let Self { text: arena, ends, table, .. } = self;
                table.insert_unique(hashed, idx, |&idx| hash(&arena.as_bytes()[range(ends, idx)]));
                idx
            }
        };
        self.last = idx;
        Some(idx)
    }

    /// Gives a text the next number.
    fn add(&mut self, text: &[u8]) -> Option<u32> {
        let idx = u32::try_from(self.ends.len()).ok().filter(|&idx| idx < u32::MAX)?;
        let valid = String::from_utf8_lossy(text);
        let end = u32::try_from(self.text.len() + valid.len()).ok()?;
        self.text.push_str(&valid);
        self.ends.push(end);
        Some(idx)
    }
}

impl<T: AsRef<str>> FromIterator<T> for Ids {
    /// Numbers texts as they come; a repeated one keeps its first number.
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut ids = Self::default();
        for text in texts {
            ids.intern(text.as_ref().as_bytes());
        }
        ids
    }
}

fn range(ends: &[u32], idx: u32) -> std::ops::Range<usize> {
    let idx = idx as usize;
    let start = if idx == 0 { 0 } else { ends[idx - 1] as usize };
    start..ends[idx] as usize
}

/// The value of a text that is a whole number of a few digits as programs write it: two of them are different texts.
#[inline(always)]
fn plain(key: Key) -> Option<usize> {
    let short = key.short.filter(|short| short.len() <= 6 && (short.bytes()[0] != b'0' || short.len() == 1))?;
    short.whole().map(|value| value as usize)
}

/// The seed only has to be something: no result depends on it.
fn hash(text: &[u8]) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let mut hasher = foldhash::fast::FixedState::with_seed(0).build_hasher();
    hasher.write(text);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_appearance() {
        let mut ids = Ids::default();
        let numbers: Vec<_> =
            ["7", "007", "", "é", "7", "é", "0", "1234567", "0"].map(|id| ids.intern(id.as_bytes()).unwrap()).into();
        assert_eq!(numbers, [0, 1, 2, 3, 0, 3, 4, 5, 4]);
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["7", "007", "", "é", "0", "1234567"]);
        assert_eq!((ids.len(), ids.text(3), ids.find(b"007"), ids.find(b"8")), (6, "é", Some(1), None));
        assert_eq!([ids.find(b"0"), ids.find(b"7"), ids.find(b"1234567")], [Some(4), Some(0), Some(5)]);
    }

    #[test]
    fn what_is_taken_apart_is_put_together_again() {
        let ids: Ids = ["7", "", "é"].iter().collect();
        let (text, ends) = ids.parts();
        let again = Ids::from_parts(text, ends).unwrap();
        assert_eq!((&again, again.find("é".as_bytes())), (&ids, Some(2)));
        for (text, ends) in [("7é", &[1, 2][..]), ("77", &[1, 2]), ("7", &[2]), ("12", &[2, 1]), ("12", &[1])] {
            assert_eq!(Ids::from_parts(text, ends), None, "{text} {ends:?}");
        }
    }

    #[test]
    fn many_ids_keep_their_numbers() {
        let ids: Ids = (0..10_000).map(|id| id.to_string()).collect();
        assert!((0..10_000).all(|id| ids.find(id.to_string().as_bytes()) == Some(id)));
    }
}
