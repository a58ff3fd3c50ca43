//! Texts of a few bytes in one register. What is done to them byte by byte otherwise, comparing, appending, reading digits,
//! needs no loop here: a loop whose end no processor foresees costs more than all else that is done to a cell.

/// A text of at most eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// The first byte is the lowest; above the text there are zeros.
    word: u64,
    len: usize,
}

/// A text with its short form, if it has one, so that it is made once.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The text.
    pub text: &'a [u8],
    /// The same in a register.
    pub short: Option<Short>,
}

impl<'a> From<&'a [u8]> for Key<'a> {
    #[inline(always)]
    fn from(text: &'a [u8]) -> Self {
        Self { text, short: Short::of(text) }
    }
}

const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

impl Short {
    /// The text, unless it is longer.
    #[must_use]
    #[inline(always)]
    pub fn of(text: &[u8]) -> Option<Self> {
        let len = text.len();
        let byte = |at: usize| u64::from(text[at]) << (8 * at);
        let word = match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            _ if len > 8 => return None,
            // The first four bytes and the last four; those that are both are the same.
            (Some(&first), Some(&last)) => {
                u64::from(u32::from_le_bytes(first)) | u64::from(u32::from_le_bytes(last)) << (8 * (len - 4))
            }
            _ if len > 0 => byte(0) | byte(len / 2) | byte(len - 1),
            _ => 0,
        };
        Some(Self { word, len })
    }

    /// Eight bytes as a text.
    #[must_use]
    pub fn eight(bytes: [u8; 8]) -> Self {
        Self { word: u64::from_le_bytes(bytes), len: 8 }
    }

    /// Its bytes, and zeros behind them.
    #[must_use]
    pub fn bytes(self) -> [u8; 8] {
        self.word.to_le_bytes()
    }

    /// How many bytes it has.
    #[must_use]
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Its value, if it is digits and nothing else.
    #[must_use]
    #[inline(always)]
    pub fn whole(self) -> Option<u32> {
        if self.len == 0 {
            return None;
        }
        // The digits' values at the upper end; what is shifted in below are leading zeros.
        let digits = (self.word ^ each(b'0')) << (64 - 8 * self.len);
        if (digits | digits.wrapping_add(each(0x7F - 9))) & each(0x80) != 0 {
            return None;
        }
        // Neighbours are joined to numbers of two digits, of four, of eight.
        let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
        let every_fourth = 0x0000_00FF_0000_00FF;
        let upper = (pairs & every_fourth).wrapping_mul(100 + (1_000_000 << 32));
        let lower = (pairs >> 16 & every_fourth).wrapping_mul(1 + (10_000 << 32));
        Some((upper.wrapping_add(lower) >> 32) as u32)
    }

    /// Its digits as a whole number and how many of them stand behind the point, if it is digits with at most one point.
    #[must_use]
    #[inline(always)]
    pub fn decimal(self) -> Option<(u32, usize)> {
        let others = self.word ^ each(b'.');
        // The lowest byte that is a point; a byte above it may be mistaken for one, but none below.
        let points = others.wrapping_sub(each(1)) & !others & each(0x80);
        if points == 0 {
            return Some((self.whole()?, 0));
        }
        let at = points.trailing_zeros() / 8;
        let below = (1_u64 << (8 * at)) - 1;
        // Without the point what is above moves down by a byte.
        let word = self.word & below | self.word >> 8 & !below;
        Some((Self { word, len: self.len - 1 }.whole()?, self.len - 1 - at as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_its_bytes() {
        let text = b"ab\xFFd\0fgh";
        for len in 0..=8 {
            let short = Short::of(&text[..len]).unwrap();
            assert_eq!((&short.bytes()[..len], short.len(), short.is_empty()), (&text[..len], len, len == 0));
            assert!(short.bytes()[len..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(Short::of(b"123456789"), None);
        assert_eq!(Some(Short::eight(*text)), Short::of(text));
        assert_ne!(Short::of(b"a"), Short::of(b"a\0"));
    }

    #[test]
    fn whole_numbers_are_digits_only() {
        for text in ["0", "7", "42", "007", "1234", "99999", "123456", "7654321", "99999999", "00000001"] {
            assert_eq!(Short::of(text.as_bytes()).unwrap().whole(), text.parse().ok(), "{text}");
        }
        // Each byte at each place of each length.
        for len in 1..=8 {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut text = *b"98765432";
                    text[at] = byte;
                    let expected = byte.is_ascii_digit().then(|| std::str::from_utf8(&text[..len]).unwrap().parse());
                    assert_eq!(Short::of(&text[..len]).unwrap().whole().map(Ok), expected, "{text:?} {len}");
                }
            }
        }
        assert_eq!(Short::of(b"").unwrap().whole(), None);
    }

    #[test]
    fn decimals_are_counted_behind_the_point() {
        for (text, expected) in [
            ("4.0", Some((40, 1))),
            (".5", Some((5, 1))),
            ("5.", Some((5, 0))),
            ("5", Some((5, 0))),
            ("12.34567", Some((1_234_567, 5))),
            ("00.01", Some((1, 2))),
            (".", None),
            ("", None),
            ("1.2.3", None),
            ("1./2", None),
            ("./2", None),
            ("-1", None),
        ] {
            assert_eq!(Short::of(text.as_bytes()).unwrap().decimal(), expected, "{text}");
        }
    }
}
