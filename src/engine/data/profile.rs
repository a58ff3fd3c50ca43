//! What a data set looks like: counts for its charts, all of them small whatever the size of the data.

use super::Dataset;
use super::histogram::Histogram;
use crate::order;
use crate::protocol::{Bar, GenreCount, Profile, Sequence, Step};

/// More bars than this are not told apart.
const BARS: usize = 40;
/// Different genres that are counted.
const GENRES: usize = 40;

/// Rows that make a sequence worth a look, and those of it that are shown.
const FEW: u32 = 3;
const STEPS: usize = 12;

/// Looks at a data set.
#[must_use]
pub fn profile(data: &Dataset) -> Profile {
    let interactions = &*data.interactions;
    let timed = data.report.timed;
    let times = if timed { interactions.times() } else { &[] };
    Profile {
        ratings: ratings(interactions.ratings()),
        per_user: doubling(interactions.user_counts().map(u64::from)),
        per_item: doubling(interactions.item_counts().into_iter().map(u64::from)),
        times: equal(times.iter().map(|&time| time as f64)),
        gaps: if timed { gaps(interactions.starts(), times) } else { Vec::new() },
        tied: if timed { interactions.tied() } else { 0 },
        years: years(data),
        genres: genres(data),
        sequence: if data.report.ordered { sequence(data) } else { None },
    }
}

/// The rows of the first user who has a few, in the order of time.
fn sequence(data: &Dataset) -> Option<Sequence> {
    let rows = &*data.interactions;
    let user = rows.user_counts().position(|count| count >= FEW)?;
    let own = rows.starts()[user] as usize..rows.starts()[user + 1] as usize;
    let mut order: Vec<usize> = own.clone().collect();
    order::sort(&mut order, |a, b| rows.times()[*a].cmp(&rows.times()[*b]));
    let step = |&at: &usize| {
        let item = rows.items()[at];
        let title =
            data.catalog.as_ref().map(|catalog| &*catalog.titles[item as usize]).filter(|title| !title.is_empty());
        Step {
            item: title.unwrap_or_else(|| data.items.text(item)).to_owned(),
            rating: rows.ratings()[at].into(),
            time: rows.times()[at] as f64,
        }
    };
    let steps = order.iter().take(STEPS).map(step).collect();
    let user = u32::try_from(user).ok()?;
    Some(Sequence { user: data.users.text(user).to_owned(), of: own.len() as u32, steps })
}

/// One bar for each rating where there are few, else bars of equal width.
fn ratings(ratings: &[f32]) -> Vec<Bar> {
    match Histogram::of(ratings.iter().copied()).few() {
        Some(values) if values.len() <= BARS => {
            values.iter().map(|&(value, count)| Bar { low: value.into(), high: value.into(), count }).collect()
        }
        _ => equal(ratings.iter().map(|&rating| f64::from(rating))),
    }
}

/// Bars of equal width from the lowest to the highest value.
fn equal(values: impl Iterator<Item = f64> + Clone) -> Vec<Bar> {
    let Some(first) = values.clone().next() else { return Vec::new() };
    let (low, high) = values.clone().fold((first, first), |(low, high), value| (low.min(value), high.max(value)));
    let width = (high - low) / BARS as f64;
    if width <= 0.0 {
        return vec![Bar { low, high, count: u32::try_from(values.count()).unwrap_or(u32::MAX) }];
    }
    let edge = |at: usize| low + width * at as f64;
    let mut bars: Vec<Bar> = (0..BARS).map(|at| Bar { low: edge(at), high: edge(at + 1), count: 0 }).collect();
    for value in values {
        // The highest value belongs to the last bar.
        let at = (((value - low) / width) as usize).min(BARS - 1);
        bars[at].count += 1;
    }
    bars
}

/// Bars that double: 0, 1, 2 to 3, 4 to 7 and so on; those beyond the last value are left out.
fn doubling(values: impl Iterator<Item = u64>) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    values.for_each(|value| count(&mut bars, value));
    bars
}

/// Counts a value where it belongs among bars that double.
fn count(bars: &mut Vec<Bar>, value: u64) {
    let at = (u64::BITS - value.leading_zeros()) as usize;
    while bars.len() <= at {
        let (low, high) = match bars.len() {
            0 => (0, 0),
            n => (1_u64 << (n - 1), (1_u64 << (n - 1)) * 2 - 1),
        };
        bars.push(Bar { low: low as f64, high: high as f64, count: 0 });
    }
    bars[at].count += 1;
}

/// Seconds from each row of a user to the next one in time, in bars that double.
fn gaps(starts: &[u32], times: &[i64]) -> Vec<Bar> {
    let (mut gaps, mut own) = (Vec::new(), Vec::new());
    for range in starts.windows(2) {
        own.clear();
        own.extend_from_slice(&times[range[0] as usize..range[1] as usize]);
        own.sort_unstable();
        // Times are within 19 digits, and their distance is within 20.
        own.windows(2).for_each(|pair| count(&mut gaps, pair[1].abs_diff(pair[0]).min(u64::MAX >> 2)));
    }
    gaps
}

/// Items by decade.
fn years(data: &Dataset) -> Vec<Bar> {
    let Some(catalog) = &data.catalog else { return Vec::new() };
    let mut decades = std::collections::BTreeMap::new();
    for year in catalog.years.iter().filter(|year| **year > 0) {
        *decades.entry(year / 10 * 10).or_insert(0) += 1;
    }
    decades.into_iter().map(|(low, count)| Bar { low: low.into(), high: f64::from(low + 9), count }).collect()
}

/// Items of each genre, the most frequent first.
fn genres(data: &Dataset) -> Vec<GenreCount> {
    let Some(catalog) = &data.catalog else { return Vec::new() };
    let mut counts = std::collections::BTreeMap::new();
    for genre in catalog.genres.iter().flat_map(|genres| genres.split('|')).filter(|genre| !genre.is_empty()) {
        *counts.entry(genre).or_insert(0_u32) += 1;
    }
    let mut counts: Vec<GenreCount> =
        counts.into_iter().map(|(name, count)| GenreCount { name: name.to_owned(), count }).collect();
    order::sort(&mut counts, |a, b| b.count.cmp(&a.count));
    counts.truncate(GENRES);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::sample::Sample;

    #[test]
    fn bars_double() {
        let bars = doubling([0, 1, 2, 3, 4, 9].into_iter());
        let bars: Vec<_> = bars.iter().map(|bar| (bar.low, bar.high, bar.count)).collect();
        assert_eq!(bars, [(0.0, 0.0, 1), (1.0, 1.0, 1), (2.0, 3.0, 2), (4.0, 7.0, 1), (8.0, 15.0, 1)]);
    }

    #[test]
    fn the_sample_looks_as_it_should() {
        let sample = Sample::named("ml-latest-small").unwrap();
        let data = sample.unpack(sample.bytes()).unwrap();
        let profile = profile(&data);
        let sum = |bars: &[Bar]| bars.iter().map(|bar| bar.count).sum::<u32>();
        assert_eq!((profile.ratings.len(), sum(&profile.ratings)), (10, 100_836));
        assert_eq!((sum(&profile.per_user), sum(&profile.per_item), sum(&profile.times)), (610, 9_724, 100_836));
        assert_eq!(sum(&profile.gaps), 100_836 - 610);
        assert_eq!(profile.genres[0].name, "Drama");
        // 23 % of the rows share user and second.
        assert!((20_000..60_000).contains(&profile.tied), "{}", profile.tied);
        assert!(sum(&profile.years) > 9_600);
        let sequence = profile.sequence.unwrap();
        assert_eq!((sequence.user.as_str(), sequence.of, sequence.steps.len()), ("1", 232, STEPS));
        assert!(sequence.steps.windows(2).all(|pair| pair[0].time <= pair[1].time));
        assert_eq!(sequence.steps[0].time, 964_980_499.0);
    }
}
