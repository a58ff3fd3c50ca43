//! The hash by which data is known. It is taken over what was parsed, in file order and before any cleaning, so that it
//! does not depend on delimiter, quoting, line ends or the order of columns.

use super::short::Key;

/// Digests rows one at a time.
///
/// A row is the user's and the item's text, each after its length in bytes (u32), the bits of the rating (f32), and 1 and
/// the time (i64) or, without a time, 0; all little-endian. The hash is BLAKE3 of all rows, cut to 128 bits.
#[derive(Clone, Debug)]
pub struct Digest {
    hasher: blake3::Hasher,
    /// Rows that were not hashed yet: BLAKE3 is several times as fast on long inputs as on short ones.
    pending: Box<[u8]>,
    /// Bytes of them.
    filled: usize,
}

/// Long enough for every width that BLAKE3 works in.
const BLOCK: usize = 64 * 1024;
/// What is written at once.
const MOST: usize = 16;
/// Room for a row whose ids are written at once.
const ROOM: usize = 4 * MOST;

impl Digest {
    /// The digest of no rows. Data in different roles has different hashes.
    #[must_use]
    pub fn new(role: Role) -> Self {
        let context = match role {
            Role::Ratings => "rectune 2026 data: ratings",
            Role::Test => "rectune 2026 data: test",
        };
        let pending = vec![0; BLOCK + ROOM].into();
        Self { hasher: blake3::Hasher::new_derive_key(context), pending, filled: 0 }
    }

    /// Adds a row. Ids are shorter than 4 GiB.
    #[inline(always)]
    pub fn row<'a>(&mut self, user: impl Into<Key<'a>>, item: impl Into<Key<'a>>, rating: f32, time: Option<i64>) {
        if self.filled >= BLOCK {
            self.flush();
        }
        self.id(user.into());
        self.id(item.into());
        let mut end = [0; MOST];
        end[..4].copy_from_slice(&rating.to_bits().to_le_bytes());
        end[4] = u8::from(time.is_some());
        end[5..13].copy_from_slice(&time.unwrap_or(0).to_le_bytes());
        self.write(end, if time.is_some() { 13 } else { 5 });
    }

    #[inline(always)]
    fn id(&mut self, id: Key) {
        let mut start = [0; MOST];
        start[..4].copy_from_slice(&u32::try_from(id.text.len()).unwrap_or(u32::MAX).to_le_bytes());
        match id.short {
            Some(short) => {
                start[4..12].copy_from_slice(&short.bytes());
                self.write(start, 4 + short.len());
            }
            None => {
                self.write(start, 4);
                self.text(id.text);
            }
        }
    }

    /// Appends some of the bytes. All are written, for in WebAssembly a copy of no fixed length costs more than all else that is
    /// done to a row.
    #[inline(always)]
    fn write(&mut self, bytes: [u8; MOST], len: usize) {
        self.pending[self.filled..self.filled + MOST].copy_from_slice(&bytes);
        self.filled += len;
    }

    /// Appends a text of more than eight bytes.
    #[inline(never)]
    fn text(&mut self, text: &[u8]) {
        let (pieces, rest) = text.as_chunks::<MOST>();
        for piece in pieces {
            self.write(*piece, MOST);
            if self.filled >= BLOCK {
                self.flush();
            }
        }
        let mut last = [0; MOST];
        last[..rest.len()].copy_from_slice(rest);
        self.write(last, rest.len());
    }

    #[inline(never)]
    fn flush(&mut self) {
        self.hasher.update(&self.pending[..self.filled]);
        self.filled = 0;
    }

    /// The hash: 32 hexadecimal digits.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.flush();
        let hex = self.hasher.finalize().to_hex();
        hex.as_str()[..32].to_owned()
    }
}

/// What a file is to a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The ratings that are split and learned from.
    Ratings,
    /// The person's own test rows.
    Test,
}

/// Digests what is known of items, as [`Digest`] does with rows: id, title and genres after their lengths, and the year.
#[derive(Clone, Debug)]
pub struct ItemsDigest(blake3::Hasher);

impl Default for ItemsDigest {
    fn default() -> Self {
        Self::new()
    }
}

impl ItemsDigest {
    /// The digest of no items.
    #[must_use]
    pub fn new() -> Self {
        Self(blake3::Hasher::new_derive_key("rectune 2026 data: items"))
    }

    /// Adds an item; 0 is no year.
    pub fn row(&mut self, id: &str, title: &str, genres: &str, year: u16) {
        for text in [id, title, genres] {
            self.0.update(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            self.0.update(text.as_bytes());
        }
        self.0.update(&year.to_le_bytes());
    }

    /// The hash: 32 hexadecimal digits.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finalize().to_hex().as_str()[..32].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, &'static str, f32, Option<i64>);

    fn hash(rows: &[Row]) -> String {
        let mut digest = Digest::new(Role::Ratings);
        for (user, item, rating, time) in rows {
            digest.row(user.as_bytes(), item.as_bytes(), *rating, *time);
        }
        digest.finish()
    }

    #[test]
    fn a_row_is_its_lengths_texts_bits_and_time() {
        let long = "x".repeat(2 * BLOCK + 7);
        let texts = ["", "a", "12345678", "123456789", "1234567890123456", "12345678901234567", &long];
        let mut digest = Digest::new(Role::Test);
        let mut expected = blake3::Hasher::new_derive_key("rectune 2026 data: test");
        for (user, item) in
            texts.iter().flat_map(|user| texts.iter().map(move |item| (user.as_bytes(), item.as_bytes())))
        {
            for (rating, time) in [(0.5_f32, None), (-3.0, Some(-2_i64))] {
                digest.row(user, item, rating, time);
                for id in [user, item] {
                    expected.update(&(id.len() as u32).to_le_bytes()).update(id);
                }
                expected.update(&rating.to_le_bytes()).update(&[u8::from(time.is_some())]);
                time.map(|time| expected.update(&time.to_le_bytes()));
            }
        }
        assert_eq!(digest.finish(), expected.finalize().to_hex().as_str()[..32]);
    }

    #[test]
    fn everything_in_a_row_counts_and_so_does_the_order() {
        let base = hash(&[("a", "b", 1.0, None), ("c", "d", 2.0, None)]);
        assert_eq!(base.len(), 32);
        let others: [&[Row]; 6] = [
            &[("c", "d", 2.0, None), ("a", "b", 1.0, None)],
            &[("a", "b", 1.0, None)],
            &[("ab", "", 1.0, None), ("c", "d", 2.0, None)],
            &[("a", "x", 1.0, None), ("c", "d", 2.0, None)],
            &[("a", "b", 1.5, None), ("c", "d", 2.0, None)],
            &[("a", "b", 1.0, Some(0)), ("c", "d", 2.0, None)],
        ];
        for other in others {
            assert_ne!(hash(other), base);
        }
        assert_ne!(Digest::new(Role::Ratings).finish(), Digest::new(Role::Test).finish());
    }
}
