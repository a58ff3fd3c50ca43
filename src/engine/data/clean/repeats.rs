//! Several ratings of one item by one user become one.

use crate::engine::data::rows::Rows;
use crate::study::cleaning::Repeats;

/// The rating of an item by the user at hand.
#[derive(Clone, Copy, Default)]
struct Pair {
    /// The row that stands for it, plus one; 0 for none.
    row: u32,
    count: u32,
    sum: f64,
    max: f32,
}

/// Leaves one row of each pair; how many went, and which row of the file was the first to repeat another.
pub(super) fn merge(rows: &mut Rows, n_users: u32, n_items: u32, rule: Repeats) -> Option<(u32, u32)> {
    let by_user = rows.by_user(n_users);
    let mut pairs = vec![Pair::default(); n_items as usize];
    let mut out = vec![false; rows.len()];
    let mut first: Option<u32> = None;
    for own in by_user.users() {
        for at in own.clone() {
            let pair = &mut pairs[rows.item[at] as usize];
            let rating = rows.rating[at];
            // Rows are counted in u32, with one value to spare.
            let row = u32::try_from(at).unwrap_or(u32::MAX - 1) + 1;
            if pair.row == 0 {
                *pair = Pair { row, count: 1, sum: rating.into(), max: rating };
                continue;
            }
            let number = rows.number(at);
            first = Some(first.map_or(number, |first| first.min(number)));
            pair.count += 1;
            pair.sum += f64::from(rating);
            pair.max = pair.max.max(rating);
            let time = |at: usize| if rows.time.is_empty() { 0 } else { rows.time[at] };
            let (old, new) = (time(pair.row as usize - 1), time(at));
            // Without times all are equal, and the file's order decides.
            let replaces = if rule == Repeats::First { new < old } else { new >= old };
            if replaces {
                out[pair.row as usize - 1] = true;
                pair.row = row;
            } else {
                out[at] = true;
            }
        }
        for at in own {
            let pair = std::mem::take(&mut pairs[rows.item[at] as usize]);
            if pair.count < 2 {
                continue;
            }
            let value = match rule {
                Repeats::Last | Repeats::First => continue,
                Repeats::Mean => (pair.sum / f64::from(pair.count)) as f32,
                Repeats::Max => pair.max,
                Repeats::Sum => pair.sum as f32,
            };
            rows.rating[pair.row as usize - 1] = value;
        }
    }
    let (count, _) = rows.retain(|_, at| !out[at])?;
    Some((count, first?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_pair_is_left() {
        let rows = |timed: bool| Rows {
            user: [0, 0, 1, 0, 0].into_iter().collect(),
            item: [0, 1, 0, 0, 0].into_iter().collect(),
            rating: [1.0, 2.0, 3.0, 5.0, 3.0].into_iter().collect(),
            time: [30, 0, 0, 10, 20].into_iter().filter(|_| timed).collect(),
            ..Rows::default()
        };
        for (rule, timed, value) in [
            (Repeats::Last, true, 1.0),
            (Repeats::Last, false, 3.0),
            (Repeats::First, true, 5.0),
            (Repeats::First, false, 1.0),
            (Repeats::Mean, true, 3.0),
            (Repeats::Max, false, 5.0),
            (Repeats::Sum, true, 9.0),
        ] {
            let mut merged = rows(timed);
            assert_eq!(merge(&mut merged, 2, 2, rule), Some((2, 3)));
            let left = (0..merged.len()).filter(|&at| (merged.user[at], merged.item[at]) == (0, 0));
            assert_eq!(left.map(|at| merged.rating[at]).collect::<Vec<_>>(), [value], "{rule:?} {timed}");
            assert_eq!(merged.len(), 3);
        }
        let mut none = Rows {
            user: [0, 1].into_iter().collect(),
            item: [0, 0].into_iter().collect(),
            rating: [1.0, 2.0].into_iter().collect(),
            ..Rows::default()
        };
        assert_eq!(merge(&mut none, 2, 1, Repeats::Last), None);
    }
}
