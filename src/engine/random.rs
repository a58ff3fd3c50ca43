//! Streams of random numbers, one per purpose, and the few draws the engine needs.
//!
//! The generator is xoshiro256++ (Blackman and Vigna 2021, doi:10.1145/3460772): portable, fast, 256 bits of state.
//! A stream's state is the BLAKE3 digest of seed, purpose and index, so streams are independent whatever their keys.

use rand::{RngExt, SeedableRng};
pub use rand_xoshiro::Xoshiro256PlusPlus as Rng;

use crate::study::Seed;
pub use crate::study::seed::Purpose;

impl Seed {
    /// The stream of a purpose. Equal arguments give equal streams; any other, an independent one.
    #[must_use]
    pub fn stream(self, purpose: Purpose, index: u64) -> Rng {
        let mut hasher = blake3::Hasher::new_derive_key("rectune 2026 random stream");
        hasher.update(&self.0.to_le_bytes());
        hasher.update(&(purpose as u64).to_le_bytes());
        hasher.update(&index.to_le_bytes());
        Rng::from_seed(*hasher.finalize().as_bytes())
    }
}

/// A number uniform in [0, 1), with 53 random bits.
pub fn unit(rng: &mut Rng) -> f64 {
    rng.random::<f64>()
}

/// A whole number uniform below `limit`, which is not 0 (Lemire 2019, doi:10.1145/3230636).
pub fn below(rng: &mut Rng, limit: u32) -> u32 {
    // The high half of a product is uniform once the few low halves that would favour some values are drawn again.
    let skewed = limit.wrapping_neg() % limit;
    loop {
        let product = u64::from(rng.random::<u32>()) * u64::from(limit);
        if product as u32 >= skewed {
            return (product >> 32) as u32;
        }
    }
}

/// Two independent standard normal numbers (Box and Muller 1958, doi:10.1214/aoms/1177706645).
pub fn normal_pair(rng: &mut Rng) -> (f64, f64) {
    // 1 - u lies in (0, 1], where the logarithm is finite.
    let radius = (-2.0 * libm::log(1.0 - unit(rng))).sqrt();
    let angle = std::f64::consts::TAU * unit(rng);
    let (sin, cos) = libm::sincos(angle);
    (radius * cos, radius * sin)
}

#[cfg(test)]
mod tests {
    use rand::Rng as _;

    use super::*;

    #[test]
    fn streams_are_keyed_by_all_three() {
        let first = |seed, purpose, index| Seed(seed).stream(purpose, index).next_u64();
        let base = first(1, Purpose::Split, 0);
        assert_eq!(base, first(1, Purpose::Split, 0));
        assert_ne!(base, first(2, Purpose::Split, 0));
        assert_ne!(base, first(1, Purpose::Init, 0));
        assert_ne!(base, first(1, Purpose::Split, 1));
    }

    #[test]
    fn whole_numbers_below_a_limit_are_equally_frequent() {
        let mut rng = Seed(3).stream(Purpose::Split, 0);
        let mut counts = [0; 6];
        for _ in 0..60_000 {
            counts[below(&mut rng, 6) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
        assert_eq!(below(&mut rng, 1), 0);
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        let mut rng = Seed(3).stream(Purpose::Init, 0);
        let numbers: Vec<f64> = (0..10_000).flat_map(|_| <[f64; 2]>::from(normal_pair(&mut rng))).collect();
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
    }
}
