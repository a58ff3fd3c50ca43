//! A plan as bytes, for its way to the trainers, who make its parts. Each row is written once, whatever the folds.
//!
//! All numbers are little-endian: the magic, the version (u8), users and items (u32), folds (u8), the rows, one label a row
//! (u8: the fold that it is validation in, or that it is training or test), whether a test part of its own follows (u8) and
//! its rows, the items' genres (their count as u32, then a set of bits each, u64), and BLAKE3 of all this, cut to 128 bits.
//! Rows are: how many users they have (u32), where each one's rows end (u32), items (u32) and ratings (f32).

use super::cut::{TEST, TRAIN};
use super::parts::Labelled;
use super::{Plan, Split};
use crate::engine::data::{Genres, Interactions};
use crate::error::Error;

const MAGIC: &[u8; 4] = b"RTSP";
const VERSION: u8 = 3;
const DIGEST: usize = 16;

/// About so many bytes are written at a time.
const PIECE: usize = 1 << 20;

impl Plan<'_> {
    /// Writes the plan as bytes, piece by piece: nobody needs to hold the whole.
    pub fn pack(&self, out: &mut impl FnMut(&[u8])) {
        let mut writer = Writer { out, piece: Vec::with_capacity(PIECE + 8), hasher: blake3::Hasher::new() };
        writer.bytes(MAGIC);
        writer.bytes(&[VERSION]);
        writer.column([self.counts.0, self.counts.1], u32::to_le_bytes);
        writer.bytes(&[self.folds]);
        writer.rows(self.rows);
        writer.column(self.labels.iter().copied(), |label| [label]);
        writer.bytes(&[u8::from(self.test.is_some())]);
        if let Some(test) = &self.test {
            writer.rows(test);
        }
        let sets = self.genres.sets();
        writer.column([u32::try_from(sets.len()).expect("items are counted in u32")], u32::to_le_bytes);
        writer.column(sets.iter().copied(), u64::to_le_bytes);
        writer.finish();
    }
}

/// Bytes on their way out.
struct Writer<'o, O> {
    out: &'o mut O,
    piece: Vec<u8>,
    hasher: blake3::Hasher,
}

impl<O: FnMut(&[u8])> Writer<'_, O> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.piece.extend_from_slice(bytes);
    }

    fn column<T, const N: usize>(&mut self, values: impl IntoIterator<Item = T>, bytes: impl Fn(T) -> [u8; N]) {
        for value in values {
            self.piece.extend_from_slice(&bytes(value));
            if self.piece.len() >= PIECE {
                self.flush();
            }
        }
    }

    fn rows(&mut self, rows: &Interactions) {
        self.column([rows.n_users()], u32::to_le_bytes);
        self.column(rows.starts()[1..].iter().copied(), u32::to_le_bytes);
        self.column(rows.items().iter().copied(), u32::to_le_bytes);
        self.column(rows.ratings().iter().copied(), f32::to_le_bytes);
    }

    fn flush(&mut self) {
        self.hasher.update(&self.piece);
        (self.out)(&self.piece);
        self.piece.clear();
    }

    fn finish(mut self) {
        self.flush();
        (self.out)(&self.hasher.finalize().as_bytes()[..DIGEST]);
    }
}

impl Split {
    /// Makes the parts of what [`Plan::pack`] wrote.
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
    let counts = (bytes.u32()?, bytes.u32()?);
    let folds = bytes.take(1)?[0];
    let rows = bytes.rows()?;
    let labels = bytes.take(rows.items.len())?;
    let own = match bytes.take(1)?[0] {
        0 => None,
        1 => Some(bytes.rows()?),
        _ => return None,
    };
    let sets = bytes.u32()? as usize;
    let genres = Genres::from_sets(bytes.column(sets, u64::from_le_bytes)?);
    let fits = labels.iter().all(|&label| label < folds || label == TRAIN || label == TEST);
    let users = own.as_ref().unwrap_or(&rows).starts.len();
    if !bytes.rest.is_empty() || folds == 0 || !fits || users != counts.0 as usize + 1 {
        return None;
    }
    let test = match own {
        Some(rows) => {
            let labels = vec![TEST; rows.items.len()];
            let row = |at| rows.row(at);
            Some(Labelled { counts, starts: &rows.starts, row: &row, labels: &labels }.select(&|_| true)?)
        }
        None => None,
    };
    let row = |at| rows.row(at);
    Labelled { counts, starts: &rows.starts, row: &row, labels }.parts(folds, test, genres)
}

/// Rows where they stand among the bytes: only their parts are copied.
struct Packed<'a> {
    starts: Vec<u32>,
    items: &'a [[u8; 4]],
    ratings: &'a [[u8; 4]],
}

impl Packed<'_> {
    /// Item and rating.
    fn row(&self, at: usize) -> (u32, f32) {
        (u32::from_le_bytes(self.items[at]), f32::from_le_bytes(self.ratings[at]))
    }
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
        Some(self.values(len)?.iter().map(|bytes| value(*bytes)).collect())
    }

    fn values<const N: usize>(&mut self, len: usize) -> Option<&'a [[u8; N]]> {
        // Taken before anything is allocated: a damaged length costs nothing.
        Some(self.take(len.checked_mul(N)?)?.as_chunks::<N>().0)
    }

    fn rows(&mut self) -> Option<Packed<'a>> {
        let users = self.u32()? as usize;
        let mut starts = vec![0];
        starts.extend(self.values(users)?.iter().map(|bytes| u32::from_le_bytes(*bytes)));
        let len = *starts.last()? as usize;
        // Ascending, and so within the columns.
        starts.is_sorted().then_some(Packed { starts, items: self.values(len)?, ratings: self.values(len)? })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ladder;
    use super::super::{plan, plan_dataset};
    use super::*;
    use crate::engine::data::article;
    use crate::study::cleaning::TestOverlap;
    use crate::study::{Seed, SplitSpec};

    fn packed(plan: &Plan) -> Vec<u8> {
        let mut bytes = Vec::new();
        plan.pack(&mut |piece| bytes.extend_from_slice(piece));
        bytes
    }

    fn thirds() -> Vec<u8> {
        let data = ladder();
        let mut plan = plan(&data, SplitSpec::Kfold { folds: 3, test: 0.2 }, Seed(1)).unwrap();
        plan.genres = Genres::from_sets((0..20).collect());
        packed(&plan)
    }

    #[test]
    fn every_kind_of_split_survives_its_journey() {
        for text in ["random:0.1,0.1", "user:0.2,0.2", "last:1,1", "time:0.1,0.1", "kfold:5,0.1", "kfold:3", "none"] {
            let (data, spec) = (ladder(), SplitSpec::parse(text).unwrap());
            let mut plan = plan(&data, spec, Seed(1)).unwrap();
            plan.genres = Genres::from_sets((0..20).collect());
            assert_eq!(Split::from_bytes(&packed(&plan)), Ok(plan.parts()), "{text}");
        }
        let mut data = article::dataset();
        data.report.clean.test_overlap = TestOverlap::Keep;
        let plan = plan_dataset(&data, Some(&data), SplitSpec::None, Seed(1)).unwrap();
        assert_eq!(Split::from_bytes(&packed(&plan)), Ok(plan.parts()));
    }

    #[test]
    fn folds_share_their_rows() {
        let bytes = |text: &str| {
            let (data, spec) = (ladder(), SplitSpec::parse(text).unwrap());
            packed(&plan(&data, spec, Seed(1)).unwrap()).len()
        };
        assert_eq!(bytes("kfold:10"), bytes("none"));
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let bytes = thirds();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x40;
            assert!(Split::from_bytes(&damaged).is_err(), "byte {at}");
            assert!(Split::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn no_body_panics_even_with_a_digest_that_fits() {
        let bytes = thirds();
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
