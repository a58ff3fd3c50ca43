//! A short text as a QR code (ISO/IEC 18004): bytes at error correction level L, versions 1 to 13, which hold 425 bytes.
//! Pure.
//!
//! Notation: a code of version `v` has `17 + 4 v` modules to a side. Its codewords are bytes; each block of data codewords
//! has Reed-Solomon codewords of its own, and the blocks are interleaved.

/// For each version: all codewords, those for correction in each block, and blocks (level L).
const VERSIONS: [(usize, usize, usize); 13] = [
    (26, 7, 1),
    (44, 10, 1),
    (70, 15, 1),
    (100, 20, 1),
    (134, 26, 1),
    (172, 18, 2),
    (196, 20, 2),
    (242, 24, 2),
    (292, 30, 2),
    (346, 18, 4),
    (404, 20, 4),
    (466, 24, 4),
    (532, 26, 4),
];

/// Level L with mask 0, in the format's own bits. Readers take any mask, so none is searched for.
const FORMAT: u32 = 0b01_000;

/// The modules of a code, without the quiet zone around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Modules to a side.
    pub size: usize,
    /// Row by row.
    dark: Vec<bool>,
    /// Modules that belong to the pattern and hold no data.
    taken: Vec<bool>,
}

/// The code of a text; nothing if it is too long.
pub fn encode(text: &str) -> Option<Code> {
    let (version, &(total, correction, blocks)) = (1..)
        .zip(&VERSIONS)
        .find(|(version, (total, correction, blocks))| text.len() + header(*version) <= total - correction * blocks)?;
    let data = data_codewords(text.as_bytes(), version, total - correction * blocks);
    let codewords = interleave(&data, correction, blocks);
    let mut code = Code::pattern(version);
    code.place(&codewords);
    Some(code)
}

/// Bytes that mode, length and the last half byte take.
fn header(version: usize) -> usize {
    if version < 10 { 2 } else { 3 }
}

/// Mode, length, bytes and padding.
fn data_codewords(bytes: &[u8], version: usize, room: usize) -> Vec<u8> {
    // The mode takes half a byte, so everything behind it is shifted by as much.
    let length = bytes.len() as u32;
    let wide = header(version) == 3;
    let mut halves = vec![0b0100];
    let digits = if wide { 4 } else { 2 };
    halves.extend((0..digits).rev().map(|at| (length >> (4 * at)) as u8 & 15));
    halves.extend(bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]));
    halves.push(0);
    let mut data: Vec<u8> = halves.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect();
    let padding = [0xEC, 0x11].into_iter().cycle();
    data.extend(padding.take(room - data.len()));
    data
}

/// All blocks' first codewords, then all second ones and so on; first those of the data, then those for correction.
fn interleave(data: &[u8], correction: usize, blocks: usize) -> Vec<u8> {
    // The last blocks are longer by one where it does not come out even.
    let (short, longer) = (data.len() / blocks, data.len() % blocks);
    let mut parts = Vec::new();
    let mut rest = data;
    for at in 0..blocks {
        let (part, after) = rest.split_at(short + usize::from(at >= blocks - longer));
        parts.push((part, remainder(part, correction)));
        rest = after;
    }
    let mut out = Vec::new();
    for at in 0..=short {
        out.extend(parts.iter().filter_map(|(part, _)| part.get(at)));
    }
    for at in 0..correction {
        out.extend(parts.iter().filter_map(|(_, correction)| correction.get(at)));
    }
    out
}

/// The Reed-Solomon codewords: the remainder of the data, as a polynomial, by (x - 1)(x - 2)(x - 4)...
fn remainder(data: &[u8], count: usize) -> Vec<u8> {
    // The highest coefficient, which is 1, is left out.
    let mut divisor = vec![0; count];
    divisor[count - 1] = 1;
    let mut root = 1;
    for _ in 0..count {
        for at in 0..count {
            divisor[at] = product(divisor[at], root) ^ divisor.get(at + 1).copied().unwrap_or(0);
        }
        root = product(root, 2);
    }
    let mut rest = vec![0; count];
    for byte in data {
        let factor = byte ^ rest.remove(0);
        rest.push(0);
        for (at, coefficient) in divisor.iter().enumerate() {
            rest[at] ^= product(*coefficient, factor);
        }
    }
    rest
}

/// The product in the field of 256 elements modulo x^8 + x^4 + x^3 + x^2 + 1.
fn product(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |sum: u8, bit| {
        let doubled = (sum << 1) ^ if sum & 128 == 0 { 0 } else { 0x1D };
        if b >> bit & 1 == 0 { doubled } else { doubled ^ a }
    })
}

impl Code {
    /// Whether a module is dark.
    pub fn is_dark(&self, row: usize, column: usize) -> bool {
        self.dark[row * self.size + column]
    }

    fn set(&mut self, row: usize, column: usize, dark: bool) {
        let at = row * self.size + column;
        self.dark[at] = dark;
        self.taken[at] = true;
    }

    /// Everything that is there whatever the text is.
    fn pattern(version: usize) -> Self {
        let size = 17 + 4 * version;
        let mut code = Self { size, dark: vec![false; size * size], taken: vec![false; size * size] };
        for at in 0..size {
            code.set(6, at, at % 2 == 0);
            code.set(at, 6, at % 2 == 0);
        }
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] {
            code.square(row, column, 4);
        }
        let last = size - 7;
        let middle = (size - 1) / 2;
        let lines = match version {
            1 => vec![],
            2..=6 => vec![6, last],
            _ => vec![6, middle, last],
        };
        for &row in &lines {
            for &column in &lines {
                // Three corners have a finder already.
                if (row, column) != (6, 6) && (row, column) != (6, last) && (row, column) != (last, 6) {
                    code.square(row, column, 2);
                }
            }
        }
        if version >= 7 {
            let bits = with_check(version as u32, 12, 0x1F25);
            for at in 0..18 {
                let (far, near) = (size - 11 + at % 3, at / 3);
                code.set(near, far, bits >> at & 1 == 1);
                code.set(far, near, bits >> at & 1 == 1);
            }
        }
        code.format();
        code
    }

    /// Squares inside each other around a centre, out to `reach` modules: a finder with its light rim, or an alignment mark.
    fn square(&mut self, row: usize, column: usize, reach: usize) {
        let from = |centre: usize| centre.saturating_sub(reach)..(centre + reach + 1).min(self.size);
        let (rows, columns) = (from(row), from(column));
        for r in rows {
            for c in columns.clone() {
                let ring = r.abs_diff(row).max(c.abs_diff(column));
                self.set(r, c, if reach == 2 { ring != 1 } else { ring != 2 && ring != 4 });
            }
        }
    }

    /// Level and mask, twice.
    fn format(&mut self) {
        let bits = with_check(FORMAT, 10, 0x537) ^ 0x5412;
        let size = self.size;
        for at in 0..15 {
            let dark = bits >> at & 1 == 1;
            // Around the first finder, where the timing pattern is passed over.
            let near = |at: usize| if at < 6 { at } else { at + 1 };
            match at {
                0..=7 => self.set(near(at), 8, dark),
                8 => self.set(8, 7, dark),
                _ => self.set(8, 14 - at, dark),
            }
            if at < 8 { self.set(8, size - 1 - at, dark) } else { self.set(size - 15 + at, 8, dark) }
        }
        self.set(size - 8, 8, true);
    }

    /// Bits from the right to the left in pairs of columns, up and down in turn.
    fn place(&mut self, codewords: &[u8]) {
        let mut bits = codewords.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
        let mut up = true;
        // The column of the timing pattern belongs to no pair.
        for right in (1..self.size).rev().filter(|column| if *column > 6 { column % 2 == 0 } else { column % 2 == 1 }) {
            for step in 0..self.size {
                let row = if up { self.size - 1 - step } else { step };
                for column in [right, right - 1] {
                    let at = row * self.size + column;
                    if !self.taken[at] {
                        let bit = bits.next().unwrap_or(false);
                        self.dark[at] = bit ^ ((row + column) % 2 == 0);
                    }
                }
            }
            up = !up;
        }
    }
}

/// A number with the remainder of its division by a binary polynomial of the given degree behind it.
fn with_check(number: u32, degree: u32, divisor: u32) -> u32 {
    let mut rest = number << degree;
    for bit in (degree..32).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= divisor << (bit - degree);
        }
    }
    number << degree | rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_bits_are_the_standards() {
        // Level M with mask 5 and version 7 are the standard's own examples.
        assert_eq!(with_check(0b00_101, 10, 0x537) ^ 0x5412, 0b100_0000_1100_1110);
        assert_eq!(with_check(7, 12, 0x1F25), 0b00_0111_1100_1001_0100);
    }

    #[test]
    fn products_are_the_fields() {
        assert_eq!([product(0, 7), product(1, 7), product(2, 128), product(0x53, 0xCA)], [0, 7, 0x1D, 0x8F]);
    }

    #[test]
    fn a_code_is_that_of_other_encoders() {
        // The rows of "RecTune" as bits, the first column first, as python-qrcode 8 draws it with this level and mask.
        let rows = [
            0x1FCB7F, 0x104E41, 0x175B5D, 0x174A5D, 0x17455D, 0x104141, 0x1FD57F, 0x001B00, 0x1DFEC4, 0x1E9463,
            0x0D591F, 0x110C43, 0x11D171, 0x001EB8, 0x1FDAFB, 0x1053B1, 0x1752EF, 0x174072, 0x175135, 0x105042,
            0x1FD17B,
        ];
        let code = encode("RecTune").unwrap();
        let row = |row| (0..code.size).fold(0, |bits, column| bits << 1 | u32::from(code.is_dark(row, column)));
        assert_eq!((0..code.size).map(row).collect::<Vec<u32>>(), rows);
    }

    #[test]
    fn the_smallest_version_that_holds_the_text_is_taken() {
        let size = |length: usize| encode(&"x".repeat(length)).map(|code| code.size);
        assert_eq!([size(17), size(18), size(230), size(231)], [Some(21), Some(25), Some(53), Some(57)]);
        assert_eq!([size(425), size(426)], [Some(69), None]);
    }
}
