//! What neighbourhoods are made of: sums over what two rows of ratings have in common, and the cut after the strongest. It
//! knows neither users nor items.

/// Sums over the ratings a and b that two rows gave to the same things.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overlap {
    /// How many things.
    pub n: f64,
    /// Sum of a.
    pub a: f64,
    /// Sum of b.
    pub b: f64,
    /// Sum of a a.
    pub aa: f64,
    /// Sum of b b.
    pub bb: f64,
    /// Sum of a b.
    pub ab: f64,
}

/// Adds one thing to the sums of all rows that rated it: `rows` are their numbers, `ratings` what they gave, `a` is what the
/// row gave that they are compared with.
pub fn add(sums: &mut [Overlap], rows: &[u32], ratings: &[f32], a: f32) {
    let a = f64::from(a);
    for (&row, &b) in rows.iter().zip(ratings) {
        let (b, sums) = (f64::from(b), &mut sums[row as usize]);
        sums.n += 1.0;
        sums.a += a;
        sums.b += b;
        sums.aa += a * a;
        sums.bb += b * b;
        sums.ab += a * b;
    }
}

/// Lets the strongest of some positive numbers pass; of equal ones those that come first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// What is more passes.
    least: f32,
    /// How many may pass that are no more than the least.
    equal: usize,
}

impl Cut {
    /// After all of them.
    pub const ALL: Self = Self { least: 0.0, equal: usize::MAX };

    /// After the `most` strongest.
    #[must_use]
    pub fn after(numbers: &[f32], most: usize) -> Self {
        if numbers.len() <= most {
            return Self::ALL;
        }
        // Positive numbers are ordered as their bits, and so the place of the last that passes is found by halves.
        let bits = || numbers.iter().map(|number| number.to_bits());
        let (mut low, mut high) = bits().fold((u32::MAX, 0), |(low, high), bits| (low.min(bits), high.max(bits)));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            match bits().map(|bits| usize::from(bits >= middle)).sum::<usize>() {
                reached if reached > most => low = middle,
                reached if reached < most => high = middle - 1,
                // It lies between the last that passes and the first that does not.
                _ => {
                    low = middle;
                    break;
                }
            }
        }
        let least = f32::from_bits(low);
        let stronger = numbers.iter().filter(|&&number| number > least).count();
        Self { least, equal: most - stronger }
    }

    /// Whether the next number passes. Numbers must come in the order in which the cut was made.
    pub fn passes(&mut self, number: f32) -> bool {
        if number == self.least && self.equal > 0 {
            self.equal -= 1;
            return true;
        }
        number > self.least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_by_hand() {
        let mut sums = [Overlap::default(); 3];
        add(&mut sums, &[0, 2], &[2.0, 3.0], 4.0);
        add(&mut sums, &[2], &[1.0], 5.0);
        assert_eq!(sums[0], Overlap { n: 1.0, a: 4.0, b: 2.0, aa: 16.0, bb: 4.0, ab: 8.0 });
        assert_eq!(sums[1], Overlap::default());
        assert_eq!(sums[2], Overlap { n: 2.0, a: 9.0, b: 4.0, aa: 41.0, bb: 10.0, ab: 17.0 });
    }

    #[test]
    fn the_strongest_pass_and_of_equals_the_first() {
        let numbers = [0.5, 0.25, 1.0, 0.5, 0.5, 0.125];
        let passed = |most: usize| {
            let mut cut = Cut::after(&numbers, most);
            numbers.map(|number| u8::from(cut.passes(number)))
        };
        assert_eq!(passed(1), [0, 0, 1, 0, 0, 0]);
        assert_eq!(passed(3), [1, 0, 1, 1, 0, 0]);
        assert_eq!(passed(5), [1, 1, 1, 1, 1, 0]);
        assert_eq!(passed(6), [1; 6]);
    }
}
