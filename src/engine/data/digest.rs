//! The hash by which data is known. It is taken over what was parsed, in file order and before any cleaning, so that it
//! does not depend on delimiter, quoting, line ends or the order of columns.

/// Digests rows one at a time.
///
/// A row is the user's and the item's text, each after its length in bytes (u32), the bits of the rating (f32), and 1 and
/// the time (i64) or, without a time, 0; all little-endian. The hash is BLAKE3 of all rows, cut to 128 bits.
#[derive(Clone, Debug)]
pub struct Digest {
    hasher: blake3::Hasher,
    /// Rows that were not hashed yet: BLAKE3 is several times as fast on long inputs as on short ones.
    pending: Vec<u8>,
}

/// Long enough for every width that BLAKE3 works in.
const BLOCK: usize = 64 * 1024;

impl Digest {
    /// The digest of no rows. Data in different roles has different hashes.
    #[must_use]
    pub fn new(role: Role) -> Self {
        let context = match role {
            Role::Ratings => "rectune 2026 data: ratings",
            Role::Test => "rectune 2026 data: test",
        };
        Self { hasher: blake3::Hasher::new_derive_key(context), pending: Vec::with_capacity(BLOCK + 256) }
    }

    /// Adds a row. Ids are shorter than 4 GiB.
    pub fn row(&mut self, user: &[u8], item: &[u8], rating: f32, time: Option<i64>) {
        for id in [user, item] {
            self.pending.extend_from_slice(&u32::try_from(id.len()).unwrap_or(u32::MAX).to_le_bytes());
            append(&mut self.pending, id);
        }
        self.pending.extend_from_slice(&rating.to_bits().to_le_bytes());
        match time {
            None => self.pending.push(0),
            Some(time) => {
                self.pending.push(1);
                self.pending.extend_from_slice(&time.to_le_bytes());
            }
        }
        if self.pending.len() >= BLOCK {
            self.hasher.update(&self.pending);
            self.pending.clear();
        }
    }

    /// The hash: 32 hexadecimal digits.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.hasher.update(&self.pending);
        let hex = self.hasher.finalize().to_hex();
        hex.as_str()[..32].to_owned()
    }
}

/// Appends bytes that are mostly few: as their first and their last ones, which may overlap, for in WebAssembly a copy of no
/// fixed length costs more than all else that is done to a row.
fn append(out: &mut Vec<u8>, bytes: &[u8]) {
    fn ends<const N: usize>(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
        let (first, last) = (bytes.first_chunk::<N>()?, bytes.last_chunk::<N>()?);
        let end = out.len() + bytes.len();
        out.extend_from_slice(first);
        out.truncate(end - N);
        out.extend_from_slice(last);
        Some(())
    }
    let done = match bytes.len() {
        0..4 => {
            bytes.iter().for_each(|byte| out.push(*byte));
            Some(())
        }
        4..=8 => ends::<4>(out, bytes),
        9..=16 => ends::<8>(out, bytes),
        _ => None,
    };
    if done.is_none() {
        out.extend_from_slice(bytes);
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
    fn bytes_are_appended_whatever_their_number() {
        let bytes: Vec<u8> = (1..30).collect();
        for len in 0..bytes.len() {
            let mut out = vec![0];
            append(&mut out, &bytes[..len]);
            assert_eq!(out, [&[0], &bytes[..len]].concat());
        }
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
