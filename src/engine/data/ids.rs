//! Ids as text and as dense indices. All texts of one kind lie behind each other in one allocation.

use hashbrown::HashTable;

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

    /// Whether a number is that of a text.
    #[must_use]
    pub fn is(&self, idx: u32, text: &[u8]) -> bool {
        self.text.as_bytes()[range(&self.ends, idx)] == *text
    }

    /// The number of a text, if it has one.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<u32> {
        if let Some(value) = plain(text) {
            return self.plain.get(value)?.checked_sub(1);
        }
        self.table.find(hash(text), |&idx| self.text.as_bytes()[range(&self.ends, idx)] == *text).copied()
    }

    /// The number of a text, which gets the next one if it is new; `None` once 32 bits can not count further. Text is
    /// UTF-8: bytes that are not become the replacement character.
    pub fn intern(&mut self, text: &[u8]) -> Option<u32> {
        let Self { text: arena, ends, table, plain: by_value } = self;
        let next = u32::try_from(ends.len()).ok().filter(|&idx| idx < u32::MAX);
        if let Some(value) = plain(text) {
            if value >= by_value.len() {
                by_value.resize((value + 1).next_power_of_two(), 0);
            }
            let known = &mut by_value[value];
            if *known == 0 {
                let end = u32::try_from(arena.len() + text.len()).ok()?;
                *known = next? + 1;
                arena.extend(text.iter().map(|digit| char::from(*digit)));
                ends.push(end);
            }
            return Some(*known - 1);
        }
        let bytes = arena.as_bytes();
        let hashed = hash(text);
        if let Some(&idx) = table.find(hashed, |&idx| bytes[range(ends, idx)] == *text) {
            return Some(idx);
        }
        let idx = next?;
        let valid = String::from_utf8_lossy(text);
        let end = u32::try_from(arena.len() + valid.len()).ok()?;
        arena.push_str(&valid);
        ends.push(end);
        table.insert_unique(hashed, idx, |&idx| hash(&arena.as_bytes()[range(ends, idx)]));
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
fn plain(text: &[u8]) -> Option<usize> {
    if text.is_empty() || text.len() > 6 || text[0] == b'0' && text.len() > 1 {
        return None;
    }
    text.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + usize::from(byte - b'0')))
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
        assert!(ids.is(2, b"") && ids.is(1, b"007") && !ids.is(0, b"007"));
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
