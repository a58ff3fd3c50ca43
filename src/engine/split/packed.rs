//! A split as bytes, for its way to the trainers. Rows that several folds share are written once.
//!
//! All numbers are little-endian: the magic, the version (u8), users and items (u32), folds (u8), the refit rows, one
//! label a refit row (u8: the fold that it is validation in), the test rows, the items' genres (their count as u32, then a
//! set of bits each, u64), and BLAKE3 of all this, cut to 128 bits.
//! Rows are: their count (u32), where each user's rows end (u32), items (u32), ratings (f32), whether there are times
//! (u8), and the times (i64).

use std::sync::Arc;

use super::cut::TRAIN;
use super::{Fold, Split, select};
use crate::engine::data::interactions::Row;
use crate::engine::data::{Genres, Interactions};
use crate::error::Error;

const MAGIC: &[u8; 4] = b"RTSP";
const VERSION: u8 = 2;
const DIGEST: usize = 16;

impl Split {
    /// The split as bytes.
    ///
    /// # Panics
    /// If a fold is no cut of the refit rows into two: a bug of whoever made the split.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(VERSION);
        put(&mut out, [self.refit.n_users(), self.refit.n_items()], u32::to_le_bytes);
        out.push(u8::try_from(self.folds.len()).expect("the gate allows 100 folds"));
        write_rows(&mut out, &self.refit);
        out.extend(self.labels());
        write_rows(&mut out, &self.test);
        let sets = self.genres.sets();
        put(&mut out, [u32::try_from(sets.len()).expect("items are counted in u32")], u32::to_le_bytes);
        put(&mut out, sets.iter().copied(), u64::to_le_bytes);
        let digest = blake3::hash(&out);
        out.extend_from_slice(&digest.as_bytes()[..DIGEST]);
        out
    }

    /// The fold in which each refit row is validation.
    fn labels(&self) -> Vec<u8> {
        let rows: Vec<Row> = self.refit.rows().collect();
        let mut labels = vec![TRAIN; rows.len()];
        for (fold, label) in self.folds.iter().zip(0..) {
            assert_eq!(fold.train.len() + fold.valid.len(), rows.len(), "fold {label} is no cut");
            // Both stand in the same order, and no pair of user and item occurs twice.
            let mut at = 0;
            for valid in fold.valid.rows() {
                while (rows[at].user, rows[at].item) != (valid.user, valid.item) {
                    at += 1;
                }
                labels[at] = label;
            }
        }
        labels
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::Unreadable`] for bytes that are damaged or of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let damaged = |reason: &str| Error::Unreadable { file: "split".to_owned(), reason: reason.to_owned() };
        let (body, digest) = bytes.split_last_chunk::<DIGEST>().ok_or_else(|| damaged("it is cut off"))?;
        if !body.starts_with(MAGIC) || body.get(MAGIC.len()) != Some(&VERSION) {
            return Err(damaged("it is of another version"));
        }
        if blake3::hash(body).as_bytes()[..DIGEST] != digest[..] {
            return Err(damaged("its digest does not fit"));
        }
        decode(&body[MAGIC.len() + 1..]).ok_or_else(|| damaged("its parts do not fit"))
    }
}

/// Reads everything between version and digest; checks all that a later index relies on.
fn decode(bytes: &[u8]) -> Option<Split> {
    let mut bytes = Bytes { rest: bytes };
    let (n_users, n_items) = (bytes.u32()?, bytes.u32()?);
    let folds = bytes.take(1)?[0];
    let refit = read_rows(&mut bytes, n_users, n_items)?;
    let labels = bytes.take(refit.len())?;
    let test = read_rows(&mut bytes, n_users, n_items)?;
    let sets = bytes.u32()? as usize;
    let genres = Genres::from_sets(bytes.column(sets, u64::from_le_bytes)?);
    let fits = labels.iter().all(|&label| label < folds || label == TRAIN);
    if !bytes.rest.is_empty() || folds == 0 || !fits {
        return None;
    }
    let rows: Vec<Row> = refit.rows().collect();
    let refit = Arc::new(refit);
    let fold = |fold: u8| {
        let valid = Arc::new(select(&refit, &rows, |at| labels[at] == fold));
        let train =
            if valid.is_empty() { refit.clone() } else { Arc::new(select(&refit, &rows, |at| labels[at] != fold)) };
        Fold { train, valid }
    };
    Some(Split { folds: (0..folds).map(fold).collect(), refit, test: Arc::new(test), genres: Arc::new(genres) })
}

fn put<T, const N: usize>(out: &mut Vec<u8>, values: impl IntoIterator<Item = T>, bytes: impl Fn(T) -> [u8; N]) {
    out.extend(values.into_iter().flat_map(bytes));
}

fn write_rows(out: &mut Vec<u8>, rows: &Interactions) {
    put(out, [u32::try_from(rows.len()).expect("rows are counted in u32")], u32::to_le_bytes);
    put(out, rows.starts()[1..].iter().copied(), u32::to_le_bytes);
    put(out, rows.items().iter().copied(), u32::to_le_bytes);
    put(out, rows.ratings().iter().copied(), f32::to_le_bytes);
    out.push(u8::from(rows.is_timed()));
    put(out, rows.times().iter().copied(), i64::to_le_bytes);
}

fn read_rows(bytes: &mut Bytes<'_>, n_users: u32, n_items: u32) -> Option<Interactions> {
    let len = bytes.u32()? as usize;
    let ends = bytes.column(n_users as usize, u32::from_le_bytes)?;
    let items = bytes.column(len, u32::from_le_bytes)?;
    let ratings = bytes.column(len, f32::from_le_bytes)?;
    let times = match bytes.take(1)?[0] {
        0 => Vec::new(),
        1 => bytes.column(len, i64::from_le_bytes)?,
        _ => return None,
    };
    let starts = [0].into_iter().chain(ends).collect();
    Interactions::from_parts(n_items, starts, items, ratings, times)
}

/// Bytes that have not been read yet.
struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.column(1, u32::from_le_bytes).map(|values| values[0])
    }

    fn column<T, const N: usize>(&mut self, len: usize, value: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
        // Taken before anything is allocated: a damaged length costs nothing.
        let (values, _) = self.take(len.checked_mul(N)?)?.as_chunks::<N>();
        Some(values.iter().map(|bytes| value(*bytes)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ladder;
    use super::super::{split, split_with_test};
    use super::*;
    use crate::engine::data::article;
    use crate::study::cleaning::TestOverlap;
    use crate::study::{Seed, SplitSpec};

    #[test]
    fn every_kind_of_split_survives_its_journey() {
        for text in ["random:0.1,0.1", "user:0.2,0.2", "last:1,1", "time:0.1,0.1", "kfold:5,0.1", "kfold:3", "none"] {
            let spec = SplitSpec::parse(text).unwrap();
            let (mut whole, _) = split(&ladder(), spec, Seed(1)).unwrap();
            whole.genres = Arc::new(Genres::from_sets((0..20).collect()));
            assert_eq!(Split::from_bytes(&whole.to_bytes()), Ok(whole), "{text}");
        }
        let mut data = article::dataset();
        data.report.clean.test_overlap = TestOverlap::Keep;
        let (whole, _) = split_with_test(&data, &data, SplitSpec::None, Seed(1)).unwrap();
        assert_eq!(Split::from_bytes(&whole.to_bytes()), Ok(whole));
    }

    #[test]
    fn folds_share_their_rows() {
        let bytes = |text: &str| {
            let spec = SplitSpec::parse(text).unwrap();
            split(&ladder(), spec, Seed(1)).unwrap().0.to_bytes().len()
        };
        assert_eq!(bytes("kfold:10"), bytes("none"));
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let (whole, _) = split(&ladder(), SplitSpec::Kfold { folds: 3, test: 0.2 }, Seed(1)).unwrap();
        let bytes = whole.to_bytes();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            assert!(Split::from_bytes(&damaged).is_err(), "byte {at}");
            assert!(Split::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn no_body_panics_even_with_a_digest_that_fits() {
        let (whole, _) = split(&ladder(), SplitSpec::Kfold { folds: 3, test: 0.2 }, Seed(1)).unwrap();
        let bytes = whole.to_bytes();
        let body = &bytes[MAGIC.len() + 1..bytes.len() - DIGEST];
        for at in 0..body.len() {
            for bit in 0..8 {
                let mut damaged = body.to_vec();
                damaged[at] ^= 1 << bit;
                if let Some(split) = decode(&damaged) {
                    assert!(split.folds.iter().all(|fold| fold.train.rows().all(|row| row.rating.is_finite())));
                }
                assert!(decode(&body[..at]).is_none());
            }
        }
    }
}
