//! Shuffling as things are used (Fisher and Yates, from the front): each step decides which two come next, so that the
//! drawing hides behind what is done with the two before.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng as _;

/// Draws which of the things from `at` on stand at `at` and behind it, from one number's two halves: the bias of a draw among
/// n is below n / 2^32. Where one is left or none, nothing is drawn.
#[inline(always)]
pub(super) fn draw_two<T: Copy>(things: &mut [T], at: usize, rng: &mut Xoshiro256PlusPlus) -> Option<[T; 2]> {
    let left = things.get_mut(at..).filter(|left| left.len() > 1)?;
    let bits = rng.next_u64();
    let among = |n: usize, half: u64| ((half * n as u64) >> 32) as usize;
    left.swap(0, among(left.len(), bits >> 32));
    left.swap(1, 1 + among(left.len() - 1, bits & u64::from(u32::MAX)));
    Some([left[0], left[1]])
}

/// Shuffles all of them.
pub(super) fn shuffle<T: Copy>(things: &mut [T], rng: &mut Xoshiro256PlusPlus) {
    for at in (0..things.len()).step_by(2) {
        draw_two(things, at, rng);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_xoshiro::rand_core::SeedableRng as _;

    #[test]
    fn a_shuffle_keeps_what_it_moves() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for len in 0..20 {
            let mut things: Vec<u32> = (0..len).collect();
            shuffle(&mut things, &mut rng);
            things.sort_unstable();
            assert_eq!(things, (0..len).collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_order_is_as_likely() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
        let mut times = std::collections::BTreeMap::new();
        const SHUFFLES: u32 = 24_000;
        for _ in 0..SHUFFLES {
            let mut things = [0, 1, 2, 3];
            shuffle(&mut things, &mut rng);
            *times.entry(things).or_insert(0_u32) += 1;
        }
        assert_eq!(times.len(), 24);
        // Five standard deviations of a count with mean 1,000.
        assert!(times.values().all(|&times| times.abs_diff(SHUFFLES / 24) < 155), "{times:?}");
    }
}
