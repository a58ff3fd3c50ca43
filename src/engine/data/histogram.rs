//! How often each rating occurs.

use crate::order;

/// The different ratings of some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Ascending, with how often each occurs; as far as they were counted.
    values: Vec<(f32, u32)>,
    /// Whether there are more than a scale has: then they were not counted.
    many: bool,
}

/// More different ratings are no scale.
const MOST: usize = 256;
/// Spreads bits over a product's highest ones (Knuth, The Art of Computer Programming 3, 6.4).
const GOLDEN: u32 = 0x9E37_79B1;

impl Histogram {
    /// Counts ratings.
    #[must_use]
    pub fn of(ratings: impl IntoIterator<Item = f32>) -> Self {
        // Scales have few values: a short sorted list is found faster than millions of ratings are sorted.
        let mut values: Vec<(f32, u32)> = Vec::new();
        // Where a value was found last, by its bits: mostly it is there again, and no steps of a search need be foreseen.
        let mut places = [0_u8; MOST];
        for rating in ratings {
            let place = &mut places[(rating.to_bits().wrapping_mul(GOLDEN) >> 24) as usize];
            match values.get_mut(usize::from(*place)) {
                Some((value, count)) if value.to_bits() == rating.to_bits() => {
                    *count += 1;
                    continue;
                }
                _ => {}
            }
            match values.binary_search_by(|(value, _)| value.total_cmp(&rating)) {
                Ok(at) => {
                    values[at].1 += 1;
                    *place = u8::try_from(at).unwrap_or(0);
                }
                Err(_) if values.len() == MOST => return Self { values: Vec::new(), many: true },
                Err(at) => values.insert(at, (rating, 1)),
            }
        }
        Self { values, many: false }
    }

    /// The ratings, ascending, with how often each occurs; `None` where there are more than a scale has.
    #[must_use]
    pub fn few(&self) -> Option<&[(f32, u32)]> {
        (!self.many).then_some(&self.values)
    }

    /// The smallest distance between two different ratings, which are those that were counted; 0 where all are equal.
    #[must_use]
    pub fn step(&self, ratings: impl Iterator<Item = f32>) -> f64 {
        let mut values: Vec<f32> = self.values.iter().map(|(value, _)| *value).collect();
        if self.many {
            values = ratings.collect();
            order::sort(&mut values, f32::total_cmp);
            values.dedup();
        }
        let gaps = values.windows(2).map(|pair| f64::from(pair[1]) - f64::from(pair[0]));
        gaps.reduce(f64::min).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_the_smallest_gap() {
        let step = |ratings: &[f32]| Histogram::of(ratings.iter().copied()).step(ratings.iter().copied());
        assert_eq!(step(&[3.0, 0.5, 1.0, 3.0]), 0.5);
        assert_eq!(step(&[3.0, 3.0]), 0.0);
        let many: Vec<f32> = (0..1_000).rev().map(|n| n as f32 * 0.25).collect();
        assert_eq!(step(&many), 0.25);
        assert_eq!(Histogram::of(many).few(), None);
        assert_eq!(Histogram::of([3.0, 0.5, 3.0]).few(), Some(&[(0.5, 1), (3.0, 2)][..]));
    }
}
