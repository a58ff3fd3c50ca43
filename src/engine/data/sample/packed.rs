//! How a sample is packed: columns that are small because they are differences, each deflated by itself.
//!
//! Made for MovieLens: ids are whole numbers, rows stand by user and then by item, ratings are half stars. After the
//! magic come the columns of [`Columns`], each as its length, its packed length (varints) and a deflate stream.

use crate::engine::data::builder::{Builder, Origin};
use crate::engine::data::digest::Role;
use crate::engine::data::items::year_of;
use crate::engine::data::{Catalog, Dataset, Ids, UserIdx};
use crate::engine::deflate;
use crate::order;
use crate::study::{Columns as Names, DataSource};

const MAGIC: &[u8; 5] = b"RTSM\x01";

/// A column is never longer: what claims to be is damaged.
const LONGEST: usize = 16 << 20;

/// The columns, in their order in the file. "Gap" is the distance to the one before, less one where it can not be 0.
#[derive(Debug, Default)]
struct Columns {
    /// Gap of each user's id.
    user_ids: Vec<u8>,
    /// Gap of each item's id, by ascending id: an item's rank is its place here.
    item_ids: Vec<u8>,
    /// Titles by rank, one a line.
    titles: Vec<u8>,
    /// Different lists of genres, one a line.
    genre_lists: Vec<u8>,
    /// Which list each item has, by rank.
    genres: Vec<u8>,
    /// Rows of each user.
    counts: Vec<u8>,
    /// Gap of each row's item rank.
    items: Vec<u8>,
    /// Half stars, less one, two rows a byte, the first in the low half.
    ratings: Vec<u8>,
    /// By user: how many different times, and their gaps in ascending order. Many rows share a second, and the order in
    /// which a page of films was rated is nearly random: times in row order would take a quarter more.
    times: Vec<u8>,
    /// Which of the user's times each row has: low bytes.
    which_low: Vec<u8>,
    /// The same: high bytes.
    which_high: Vec<u8>,
}

impl Columns {
    fn all(&mut self) -> [&mut Vec<u8>; 11] {
        [
            &mut self.user_ids,
            &mut self.item_ids,
            &mut self.titles,
            &mut self.genre_lists,
            &mut self.genres,
            &mut self.counts,
            &mut self.items,
            &mut self.ratings,
            &mut self.times,
            &mut self.which_low,
            &mut self.which_high,
        ]
    }
}

/// Packs a data set; `None` if it is not of the shape that the format is made for.
#[must_use]
pub fn pack(data: &Dataset) -> Option<Vec<u8>> {
    let catalog = data.catalog.as_ref()?;
    let ids = |ids: &Ids| ids.iter().map(|id| id.parse().ok()).collect::<Option<Vec<u64>>>();
    let (user_ids, item_ids) = (ids(&data.users)?, ids(&data.items)?);
    let by_id = order::ranking(item_ids.len(), &|a, b| item_ids[a].cmp(&item_ids[b]));
    let mut rank = vec![0; item_ids.len()];
    for (at, &item) in by_id.iter().enumerate() {
        rank[item] = at as u64;
    }
    let mut columns = Columns::default();
    put_ascending(&mut columns.user_ids, user_ids)?;
    put_ascending(&mut columns.item_ids, by_id.iter().map(|&item| item_ids[item]))?;
    columns.titles = lines(by_id.iter().map(|&item| catalog.titles[item].as_str()))?;
    let lists: Ids = by_id.iter().map(|&item| catalog.genres[item].as_str()).collect();
    columns.genre_lists = lines(lists.iter())?;
    for &item in &by_id {
        put(&mut columns.genres, lists.find(catalog.genres[item].as_bytes())?.into());
    }
    for user in 0..data.users.len() {
        pack_user(&mut columns, data, UserIdx(user), &rank)?;
    }
    let half_stars = |rating: &f32| (1..=16).find(|&half| *rating == half as f32 / 2.0).map(|half| half as u8 - 1);
    let ratings = data.interactions.ratings().iter().map(half_stars).collect::<Option<Vec<u8>>>()?;
    columns.ratings = ratings.chunks(2).map(|pair| pair[0] | pair.get(1).map_or(0, |high| high << 4)).collect();
    let mut out = MAGIC.to_vec();
    for column in columns.all() {
        let deflated = deflate::pack(column);
        put(&mut out, column.len() as u64);
        put(&mut out, deflated.len() as u64);
        out.extend(deflated);
    }
    Some(out)
}

fn pack_user(columns: &mut Columns, data: &Dataset, user: UserIdx, rank: &[u64]) -> Option<()> {
    let (items, _) = data.interactions.user(user);
    let start = data.interactions.starts()[user.at()] as usize;
    let times = data.interactions.times().get(start..start + items.len())?;
    put(&mut columns.counts, items.len() as u64);
    put_ascending(&mut columns.items, items.iter().map(|&item| rank[item as usize]))?;
    let mut different = times.to_vec();
    order::sort(&mut different, Ord::cmp);
    different.dedup();
    put(&mut columns.times, different.len() as u64);
    put_ascending(&mut columns.times, different.iter().map(|&time| u64::try_from(time).unwrap_or(u64::MAX)))?;
    for time in times {
        let which = different.binary_search(time).ok().and_then(|which| u16::try_from(which).ok())?;
        let [low, high] = which.to_le_bytes();
        columns.which_low.push(low);
        columns.which_high.push(high);
    }
    Some(())
}

/// Unpacks a data set; `None` for bytes that are none.
#[must_use]
pub fn unpack(name: &str, bytes: &[u8]) -> Option<Dataset> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut columns = Columns::default();
    for column in columns.all() {
        let (len, packed) = (usize::try_from(get(&mut rest)?).ok()?, usize::try_from(get(&mut rest)?).ok()?);
        let (deflated, after) = rest.split_at_checked(packed)?;
        rest = after;
        *column = deflate::unpack(deflated, len.min(LONGEST)).ok()?;
        if column.len() != len {
            return None;
        }
    }
    if !rest.is_empty() {
        return None;
    }
    let item_ids: Vec<String> = ascending(&columns.item_ids)?.iter().map(u64::to_string).collect();
    let mut builder = Builder::new(Role::Ratings);
    unpack_rows(&columns, &item_ids, &mut builder)?;
    let mut data = Dataset::from(builder.finish(origin(name)).ok()?);
    data.catalog = Some(catalog(&columns, &item_ids, &data.items)?);
    Some(data)
}

fn unpack_rows(columns: &Columns, item_ids: &[String], builder: &mut Builder) -> Option<()> {
    let (mut counts, mut gaps, mut times) = (&columns.counts[..], &columns.items[..], &columns.times[..]);
    let which = columns.which_low.iter().zip(&columns.which_high).map(|(low, high)| u16::from_le_bytes([*low, *high]));
    let halves = columns.ratings.iter().flat_map(|pair| [pair & 15, pair >> 4]);
    let mut rows = which.zip(halves);
    for user in ascending(&columns.user_ids)? {
        let user = user.to_string();
        let count = get(&mut counts)?;
        let mut different = Vec::new();
        let mut time = Ascending::default();
        for _ in 0..get(&mut times)? {
            different.push(i64::try_from(time.next(get(&mut times)?)?).ok()?);
        }
        let mut rank = Ascending::default();
        for _ in 0..count {
            let item = item_ids.get(usize::try_from(rank.next(get(&mut gaps)?)?).ok()?)?;
            let (which, half) = rows.next()?;
            let time = *different.get(usize::from(which))?;
            builder.push(user.as_bytes(), item.as_bytes(), f32::from(half + 1) / 2.0, Some(time))?;
        }
    }
    (counts.is_empty() && gaps.is_empty() && times.is_empty() && columns.which_low.len() == builder.rows() as usize)
        .then_some(())
}

/// Titles and genres in the order of the data set's items.
fn catalog(columns: &Columns, item_ids: &[String], items: &Ids) -> Option<Catalog> {
    let lines = |column| Some(std::str::from_utf8(column).ok()?.split('\n').collect::<Vec<_>>());
    let (titles, lists) = (lines(&columns.titles)?, lines(&columns.genre_lists)?);
    let mut genres = &columns.genres[..];
    let empty = || vec![String::new(); items.len() as usize];
    let mut catalog = Catalog { titles: empty(), genres: empty(), years: Vec::new() };
    for (rank, id) in item_ids.iter().enumerate() {
        let list = lists.get(usize::try_from(get(&mut genres)?).ok()?)?;
        let item = items.find(id.as_bytes())? as usize;
        (*titles.get(rank)?).clone_into(&mut catalog.titles[item]);
        (*list).clone_into(&mut catalog.genres[item]);
    }
    catalog.years = catalog.titles.iter().map(|title| year_of(title).unwrap_or(0)).collect();
    Some(catalog)
}

fn origin(name: &str) -> Origin {
    let column = |name: &str| name.to_owned();
    let columns = Names {
        user: column("userId"),
        item: column("movieId"),
        rating: Some(column("rating")),
        time: Some(column("timestamp")),
    };
    let source = DataSource::Sample { name: name.to_owned() };
    Origin { delimiter: ",".to_owned(), header: true, ..Origin::made(name, source, columns) }
}

/// Texts, one a line; `None` if one of them has several lines.
fn lines<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Vec<u8>> {
    let texts: Vec<&str> = texts.collect();
    (!texts.iter().any(|text| text.contains('\n'))).then(|| texts.join("\n").into_bytes())
}

/// Undoes the gaps of ascending numbers.
#[derive(Default)]
struct Ascending {
    /// The least that the next number can be.
    least: u64,
}

impl Ascending {
    fn next(&mut self, gap: u64) -> Option<u64> {
        let value = self.least.checked_add(gap)?;
        self.least = value.checked_add(1)?;
        Some(value)
    }
}

/// Writes the gaps of numbers that ascend; `None` if they do not.
fn put_ascending(out: &mut Vec<u8>, values: impl IntoIterator<Item = u64>) -> Option<()> {
    let mut least = 0;
    for value in values {
        put(out, value.checked_sub(least)?);
        least = value.checked_add(1)?;
    }
    Some(())
}

/// Reads a whole column of gaps.
fn ascending(mut column: &[u8]) -> Option<Vec<u64>> {
    let mut numbers = Ascending::default();
    let mut values = Vec::new();
    while !column.is_empty() {
        values.push(numbers.next(get(&mut column)?)?);
    }
    Some(values)
}

/// Writes a number in groups of seven bits, the lowest first; all but the last have the highest bit set (LEB128).
fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads what [`put`] wrote.
fn get(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::{Options, Reader};

    fn dataset(text: &str) -> Dataset {
        let mut reader = Reader::new(Options::guess("f"));
        reader.feed(text.as_bytes()).unwrap();
        let mut data = reader.finish().unwrap();
        let named = |prefix: &str| data.items.iter().map(|id| format!("{prefix}{id}")).collect();
        let years = vec![0; data.items.len() as usize];
        data.catalog = Some(Catalog { titles: named("film é "), genres: named("A|B"), years });
        data
    }

    const TABLE: &str =
        "userId,movieId,rating,timestamp\n1,10,0.5,7\n1,300,5,7\n1,4000,3,2\n9,4,4.5,1500000000\n9,10,8,0\n";

    #[test]
    fn unpacking_undoes_packing() {
        let data = dataset(TABLE);
        let unpacked = unpack("f", &pack(&data).unwrap()).unwrap();
        let mut expected = data;
        expected.report.source = DataSource::Sample { name: "f".into() };
        // Nothing had to be found.
        expected.report.reasons.clear();
        expected.report.preview = Default::default();
        assert_eq!(unpacked, expected);
    }

    #[test]
    fn other_shapes_are_not_packed() {
        assert_eq!(pack(&dataset(&TABLE.replace("4.5", "4.25"))), None);
        assert_eq!(pack(&dataset(&TABLE.replace("9,", "b,"))), None);
        assert_eq!(pack(&dataset(&TABLE.replace("9,4,", "9,11,"))), None);
        assert_eq!(pack(&dataset(&TABLE.replace(",7\n", ",-7\n"))), None);
    }

    #[test]
    fn damaged_bytes_never_panic() {
        let bytes = pack(&dataset(TABLE)).unwrap();
        for at in 0..bytes.len() {
            assert_eq!(unpack("f", &bytes[..at]), None);
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                let _ = unpack("f", &damaged);
            }
        }
    }
}
