//! The rating scale, and what does not belong to it.

use crate::engine::data::histogram::Histogram;
use crate::study::cleaning::Span;

/// Fewer rows say nothing about what is usual.
const LEAST: u32 = 10;

/// The scale of ratings where a few of them are clearly outside: a typing error, or a mark for "not rated" such as -1 or
/// 99. `None` where nothing is outside.
#[must_use]
pub fn find(ratings: &Histogram) -> Option<Span> {
    let all = ratings.few()?;
    let (mut low, mut high) = (0, all.len());
    while high - low > 3 {
        let (first, last) = (all[low], all[high - 1]);
        let (second, before) = (all[low + 1], all[high - 2]);
        // Farther away than all the others are from each other: no scale has such a gap, only a long tail of counts has.
        let above = last.0 - before.0 > before.0 - first.0 && is_odd(last, &all[low..high - 1]);
        let below = second.0 - first.0 > last.0 - second.0 && is_odd(first, &all[low + 1..high]);
        let mark = first.0 < 0.0 && second.0 >= 0.0 && is_mark(first.0) && is_scale(&all[low + 1..high]);
        match () {
            () if above => high -= 1,
            () if below || mark => low += 1,
            () => break,
        }
    }
    let cut = low > 0 || high < all.len();
    let rest = &all[low..high];
    (cut && is_scale(rest)).then(|| Span { low: rest[0].0.into(), high: rest[rest.len() - 1].0.into() })
}

/// A value that many programs write for "not rated".
fn is_mark(value: f32) -> bool {
    [-1.0, -9.0, -99.0, -999.0, 99.0, 999.0, 9999.0].contains(&value)
}

/// Whether a value far away is an accident: it is rare, or a mark.
fn is_odd((value, count): (f32, u32), rest: &[(f32, u32)]) -> bool {
    let others: u32 = rest.iter().map(|(_, count)| count).sum();
    is_mark(value) || count <= (others / 100).max(1)
}

/// Whether values are those of a rating scale: evenly spaced up to a usual end, which is not rare as the end of a tail is.
fn is_scale(values: &[(f32, u32)]) -> bool {
    let total: u32 = values.iter().map(|(_, count)| count).sum();
    let Some(&(high, often)) = values.last() else { return false };
    let ends = [3.0, 4.0, 5.0, 6.0, 7.0, 10.0, 20.0, 100.0];
    total >= LEAST && ends.contains(&high) && values[0].0 >= -high && often * 50 >= total
}

/// Zeros that are many and apart from the other ratings, as in Book-Crossing, where they mean that a book was met without
/// being rated.
#[must_use]
pub fn looks_implicit(ratings: &Histogram) -> bool {
    let Some(all) = ratings.few() else { return false };
    let total: u32 = all.iter().map(|(_, count)| count).sum();
    match *all {
        [(0.0, zeros), (second, _), .., (high, _)] => {
            zeros * 5 >= total && second > 0.0 && (4.0..=10.0).contains(&high)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(values: &[(f32, usize)]) -> Histogram {
        Histogram::of(values.iter().flat_map(|&(value, count)| std::iter::repeat_n(value, count)))
    }

    #[test]
    fn what_is_far_outside_is_found_and_nothing_else() {
        let stars = [(1.0, 5), (2.0, 9), (3.0, 20), (4.0, 40), (5.0, 20)];
        let with = |more: &[(f32, usize)]| find(&repeated(&[&stars, more].concat()));
        let span = Some(Span { low: 1.0, high: 5.0 });
        assert_eq!(with(&[]), None);
        assert_eq!(with(&[(55.0, 1)]), span);
        assert_eq!(with(&[(-1.0, 50)]), span);
        assert_eq!(with(&[(99.0, 500), (-1.0, 7)]), span);
        assert_eq!(with(&[(0.0, 50)]), None);
        assert_eq!(with(&[(6.0, 1)]), None);
        // Counts have a long tail.
        assert_eq!(find(&repeated(&[(1.0, 500), (2.0, 100), (3.0, 30), (4.0, 9), (5.0, 3), (80.0, 1)])), None);
        assert_eq!(find(&Histogram::of([1.0, 2.0, 3.0, 50.0])), None);
        assert_eq!(find(&Histogram::of([])), None);
    }

    #[test]
    fn many_zeros_beside_a_scale_look_implicit() {
        assert!(looks_implicit(&repeated(&[(0.0, 60), (5.0, 10), (8.0, 20), (10.0, 10)])));
        assert!(!looks_implicit(&repeated(&[(0.0, 1), (5.0, 10), (8.0, 20), (10.0, 10)])));
        assert!(!looks_implicit(&repeated(&[(1.0, 60), (5.0, 10)])));
    }
}
