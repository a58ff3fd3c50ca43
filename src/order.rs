//! Sorting and counting what differs, with the code of one sort for all types: the standard library's is compiled anew for
//! each, and together they weighed a tenth of the worker and a fiftieth of the page. For lists that are short beside the ratings.

use std::cmp::Ordering;
#[cfg(feature = "engine")]
use std::collections::BTreeSet;

/// Sorts by `compare`; equal ones keep their order.
pub fn sort<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = ranking(items.len(), &|a, b| compare(&items[a], &items[b]));
    permute(items, order);
}

/// Which of `len` items comes first, second, and so on; equal ones keep their order.
pub fn ranking(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// The different ones. Collecting into a set would sort, and bring a sort of its own.
#[cfg(feature = "engine")]
pub fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// The `most` highest, highest first; of equals the one that comes first. A list of candidates is not sorted for ten of them.
#[cfg(feature = "engine")]
pub fn highest(most: usize, candidates: &mut dyn Iterator<Item = (f64, u32)>) -> Vec<(f64, u32)> {
    let mut highest: Vec<(f64, u32)> = Vec::new();
    for candidate in candidates {
        let place = highest.iter().rposition(|kept| kept.0.total_cmp(&candidate.0).is_ge()).map_or(0, |at| at + 1);
        if place < most {
            highest.truncate(most - 1);
            highest.insert(place, candidate);
        }
    }
    highest
}

/// Moves item `order[at]` to `at`, one cycle after the other.
fn permute<T>(items: &mut [T], mut order: Vec<usize>) {
    for start in 0..items.len() {
        let mut at = start;
        while order[at] != start {
            let next = order[at];
            items.swap(at, next);
            order[at] = at;
            at = next;
        }
        order[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        for len in 0..60u32 {
            let mut items: Vec<(u32, u32)> = (0..len).map(|at| (at * 7919 % 13, at)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort(&mut items, |a, b| a.0.cmp(&b.0));
            assert_eq!(items, expected);
        }
    }

    #[cfg(feature = "engine")]
    #[test]
    fn the_highest_are_those_that_a_sort_puts_first() {
        let candidates: Vec<(f64, u32)> = (0..60).map(|at| (f64::from(at * 7919 % 13), at)).collect();
        let mut sorted = candidates.clone();
        sort(&mut sorted, |a, b| b.0.total_cmp(&a.0));
        for most in [0, 1, 7, 60, 99] {
            assert_eq!(highest(most, &mut candidates.iter().copied()), sorted[..most.min(60)]);
        }
    }

    #[cfg(feature = "engine")]
    #[test]
    fn the_different_ones_are_counted_once() {
        assert_eq!(distinct([3, 1, 3, 2, 1]).into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }
}
