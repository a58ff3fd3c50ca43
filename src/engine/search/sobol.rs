//! Scrambled Sobol points: as random as needed to be unbiased, but evenly spread.
//!
//! Points in natural order by direct evaluation; direction numbers of Joe and Kuo (2008, doi:10.1137/070709359),
//! file new-joe-kuo-6; Owen scrambling by hashing (Burley 2020, "Practical Hash-based Owen Scrambling", JCGT 9(4),
//! with the mixing constants found by Vegdahl 2021). All in 32-bit integers, so the points are the same everywhere.

use rand::Rng as _;

use super::{History, Proposal, Sampler};
use crate::engine::random::Rng;
use crate::error::Error;
use crate::protocol::Origin;
use crate::study::Space;

/// For each dimension after the first: the primitive polynomial over GF(2), as bits, and the initial direction numbers.
const JOE_KUO: [(u32, &[u32]); 39] = [
    (3, &[1]),
    (7, &[1, 3]),
    (11, &[1, 3, 1]),
    (13, &[1, 1, 1]),
    (19, &[1, 1, 3, 3]),
    (25, &[1, 3, 5, 13]),
    (37, &[1, 1, 5, 5, 17]),
    (41, &[1, 1, 5, 5, 5]),
    (47, &[1, 1, 7, 11, 19]),
    (55, &[1, 1, 5, 1, 1]),
    (59, &[1, 1, 1, 3, 11]),
    (61, &[1, 3, 5, 5, 31]),
    (67, &[1, 3, 3, 9, 7, 49]),
    (91, &[1, 1, 1, 15, 21, 21]),
    (97, &[1, 3, 1, 13, 27, 49]),
    (103, &[1, 1, 1, 15, 7, 5]),
    (109, &[1, 3, 1, 15, 13, 25]),
    (115, &[1, 1, 5, 5, 19, 61]),
    (131, &[1, 3, 7, 11, 23, 15, 103]),
    (137, &[1, 3, 7, 13, 13, 15, 69]),
    (143, &[1, 1, 3, 13, 7, 35, 63]),
    (145, &[1, 3, 5, 9, 1, 25, 53]),
    (157, &[1, 3, 1, 13, 9, 35, 107]),
    (167, &[1, 3, 1, 5, 27, 61, 31]),
    (171, &[1, 1, 5, 11, 19, 41, 61]),
    (185, &[1, 3, 5, 3, 3, 13, 69]),
    (191, &[1, 1, 7, 13, 1, 19, 1]),
    (193, &[1, 3, 7, 5, 13, 19, 59]),
    (203, &[1, 1, 3, 9, 25, 29, 41]),
    (211, &[1, 3, 5, 13, 23, 1, 55]),
    (213, &[1, 3, 7, 3, 13, 59, 17]),
    (229, &[1, 3, 1, 3, 5, 53, 69]),
    (239, &[1, 1, 5, 5, 23, 33, 13]),
    (241, &[1, 1, 7, 7, 1, 61, 123]),
    (247, &[1, 1, 7, 9, 13, 61, 49]),
    (253, &[1, 3, 3, 5, 3, 55, 33]),
    (285, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (299, &[1, 3, 5, 15, 31, 59, 63, 97]),
    (301, &[1, 3, 1, 11, 11, 11, 77, 249]),
];

/// The number of dimensions that the table serves.
pub const MAX_DIMENSIONS: usize = JOE_KUO.len() + 1;

const BITS: usize = 32;

/// The direction numbers of a dimension, as 32-bit fractions.
fn directions(dimension: usize) -> [u32; BITS] {
    let mut v = [0_u32; BITS];
    let Some((polynomial, initial)) = dimension.checked_sub(1).map(|row| JOE_KUO[row]) else {
        // The first dimension is the van der Corput sequence.
        for (bit, v) in v.iter_mut().enumerate() {
            *v = 1 << (BITS - 1 - bit);
        }
        return v;
    };
    let degree = initial.len();
    for (bit, m) in initial.iter().enumerate() {
        v[bit] = m << (BITS - 1 - bit);
    }
    for bit in degree..BITS {
        // Bratley and Fox's recurrence: the polynomial's inner coefficients choose earlier numbers.
        let mut next = v[bit - degree] ^ (v[bit - degree] >> degree);
        for back in 1..degree {
            if polynomial >> (degree - back) & 1 == 1 {
                next ^= v[bit - back];
            }
        }
        v[bit] = next;
    }
    v
}

/// A scrambled Sobol sequence in some number of dimensions.
#[derive(Debug, Clone)]
pub struct Sequence {
    directions: Vec<[u32; BITS]>,
    scrambles: Vec<u32>,
}

impl Sequence {
    /// A sequence with its own scrambling.
    ///
    /// # Errors
    /// [`Error::NotSupported`] beyond [`MAX_DIMENSIONS`].
    pub fn new(dimensions: usize, rng: &mut Rng) -> Result<Self, Error> {
        if dimensions > MAX_DIMENSIONS {
            return Err(Error::NotSupported {
                what: format!("A Sobol sequence over {dimensions} parameters"),
                reason: "its table ends earlier".into(),
                allowed: format!("at most {MAX_DIMENSIONS} parameters, or the random sampler"),
            });
        }
        let scrambles = (0..dimensions).map(|_| rng.next_u32()).collect();
        Ok(Self { directions: (0..dimensions).map(directions).collect(), scrambles })
    }

    /// Coordinate `dimension` of point `index`, in [0, 1).
    #[must_use]
    pub fn coordinate(&self, index: u32, dimension: usize) -> f64 {
        f64::from(scramble(raw(&self.directions[dimension], index), self.scrambles[dimension]))
            / f64::from(2_u32.pow(31))
            / 2.0
    }
}

/// The unscrambled coordinate as a 32-bit fraction.
fn raw(directions: &[u32; BITS], index: u32) -> u32 {
    directions.iter().enumerate().fold(0, |x, (bit, v)| if index >> bit & 1 == 1 { x ^ v } else { x })
}

/// Flips each bit depending on the bits above it: the nested uniform scrambling of Owen.
fn scramble(x: u32, seed: u32) -> u32 {
    let mut x = x.reverse_bits();
    x ^= x.wrapping_mul(0x3d20_adea);
    x = x.wrapping_add(seed);
    x = x.wrapping_mul((seed >> 16) | 1);
    x ^= x.wrapping_mul(0x0552_6c56);
    x ^= x.wrapping_mul(0x53a2_2864);
    x.reverse_bits()
}

/// The sampler: point after point of the sequence.
#[derive(Debug)]
pub struct Sobol {
    sequence: Sequence,
    next: u32,
}

impl Sobol {
    /// A sequence with one coordinate for each dimension of the space, active or not.
    ///
    /// # Errors
    /// As [`Sequence::new`].
    pub fn new(space: &Space, rng: &mut Rng) -> Result<Self, Error> {
        Ok(Self { sequence: Sequence::new(space.dimensions().len(), rng)?, next: 0 })
    }
}

impl Sampler for Sobol {
    fn ask(&mut self, space: &Space, _: History<'_>, _: &mut Rng) -> Option<Proposal> {
        let index = self.next;
        self.next = self.next.checked_add(1)?;
        let point = space.point_at(|dimension| self.sequence.coordinate(index, dimension));
        Some(Proposal { point, origin: Origin::Spread })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;
    use crate::study::Seed;

    #[test]
    fn direction_numbers_are_those_of_the_reference() {
        // From scipy 1.17's qmc.Sobol(scramble=False): its gray-code points 2^b and 2^b - 1 differ by direction number b.
        assert_eq!(
            directions(1)[..10],
            [
                2147483648, 3221225472, 2684354560, 4026531840, 2281701376, 3422552064, 2852126720, 4278190080,
                2155872256, 3233808384
            ]
        );
        assert_eq!(
            directions(5)[..10],
            [
                2147483648, 1073741824, 1610612736, 805306368, 3355443200, 603979776, 1442840576, 4211081216,
                3766484992, 1883242496
            ]
        );
        assert_eq!(
            directions(20)[..10],
            [
                2147483648, 3221225472, 3758096384, 3489660928, 1744830464, 1006632960, 2315255808, 1358954496,
                2843738112, 3720347648
            ]
        );
        assert_eq!(
            directions(39)[..10],
            [
                2147483648, 3221225472, 536870912, 2952790016, 1476395008, 738197504, 2583691264, 4177526784,
                1015021568, 2998927360
            ]
        );
    }

    #[test]
    fn each_dyadic_interval_holds_its_share() {
        let mut rng = Seed(5).stream(Purpose::Search, 0);
        let sequence = Sequence::new(MAX_DIMENSIONS, &mut rng).unwrap();
        for dimension in 0..MAX_DIMENSIONS {
            let mut counts = [0; 64];
            for index in 0..256 {
                let at = (sequence.coordinate(index, dimension) * 64.0).floor();
                counts[(0..64).find(|&cell| f64::from(cell) == at).unwrap() as usize] += 1;
            }
            assert_eq!(counts, [4; 64], "dimension {dimension}");
        }
    }

    #[test]
    fn two_dimensions_are_spread_together() {
        let mut rng = Seed(5).stream(Purpose::Search, 0);
        let sequence = Sequence::new(2, &mut rng).unwrap();
        let mut cells: Vec<(u32, u32)> = (0..64)
            .map(|index| {
                let cell =
                    |dimension| (0..8).rfind(|&c| sequence.coordinate(index, dimension) >= f64::from(c) / 8.0).unwrap();
                (cell(0), cell(1))
            })
            .collect();
        cells.sort_unstable();
        cells.dedup();
        assert_eq!(cells.len(), 64);
    }
}
