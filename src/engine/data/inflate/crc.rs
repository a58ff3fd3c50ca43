//! The check sum of gzip and ZIP: CRC-32 as in RFC 1952, section 8.
//!
//! A crate's tables would be 16 kB of the worker, random bytes that no compression makes fewer. These are made when they
//! are first needed, which takes some microseconds.

use std::sync::LazyLock;

/// What a byte becomes that has 0 to 7 bytes behind it: eight bytes then take a step (Kounavis and Berry 2008,
/// doi:10.1109/TC.2008.85).
static TABLES: LazyLock<[[u32; 256]; 8]> = LazyLock::new(|| {
    let mut tables = [[0; 256]; 8];
    for byte in 0..256 {
        let shifted = |sum: u32, _| (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 };
        let mut sum = (0..8).fold(byte as u32, shifted);
        for table in &mut tables {
            table[byte] = sum;
            sum = (0..8).fold(sum, shifted);
        }
    }
    tables
});

/// The sum of bytes that come one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crc(u32);

impl Crc {
    /// Of no bytes.
    pub(super) fn new() -> Self {
        Self(u32::MAX)
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        let tables = &*TABLES;
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            let [a, b, c, d] = self.0.to_le_bytes();
            let [e, f, g, h, rest @ ..] = *eight;
            self.0 = [a ^ e, b ^ f, c ^ g, d ^ h]
                .iter()
                .chain(&rest)
                .zip(tables.iter().rev())
                .fold(0, |sum, (&byte, table)| sum ^ table[usize::from(byte)]);
        }
        for byte in rest {
            self.0 = tables[0][usize::from(*byte ^ self.0 as u8)] ^ (self.0 >> 8);
        }
    }

    pub(super) fn sum(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_value_comes_out_however_it_is_cut() {
        for cut in 0..9 {
            let mut crc = Crc::new();
            crc.update(&b"123456789"[..cut]);
            crc.update(&b"123456789"[cut..]);
            assert_eq!(crc.sum(), 0xCBF4_3926);
        }
    }

    #[test]
    fn it_is_the_sum_that_others_write() {
        let bytes: Vec<u8> = (0..1000_u32).map(|at| ((at * at) >> 3) as u8).collect();
        for len in [0, 7, 8, 15, 16, 333, 1000] {
            let mut theirs = flate2::Crc::new();
            theirs.update(&bytes[..len]);
            let mut ours = Crc::new();
            ours.update(&bytes[..len]);
            assert_eq!(ours.sum(), theirs.sum());
        }
    }
}
