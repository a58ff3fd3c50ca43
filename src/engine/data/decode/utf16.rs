//! UTF-16 in either order of bytes, which Excel calls "Unicode text".

/// Decodes bytes that may be cut anywhere.
#[derive(Clone, Debug)]
pub(super) struct Utf16 {
    big: bool,
    /// The first byte of a unit whose second has not come.
    half: Option<u8>,
    /// The first unit of a pair of surrogates.
    high: Option<u16>,
}

/// Whether bytes are UTF-16, and if so whether the larger byte comes first: by their mark, or because every other byte of
/// a table of numbers and delimiters is zero.
pub(super) fn order(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(false),
        [0xFE, 0xFF, ..] => return Some(true),
        _ => {}
    }
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let many = bytes.len() / 4;
    match () {
        () if bytes.len() < 4 => None,
        () if first * 4 < second && second > many.max(1) => Some(false),
        () if second * 4 < first && first > many.max(1) => Some(true),
        () => None,
    }
}

impl Utf16 {
    pub(super) fn new(big: bool) -> Self {
        Self { big, half: None, high: None }
    }

    pub(super) fn label(&self) -> &'static str {
        if self.big { "utf-16be" } else { "utf-16le" }
    }

    /// Appends the text of the next bytes.
    pub(super) fn decode(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
        for &byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(byte);
                continue;
            };
            let unit = [first, byte];
            self.unit(if self.big { u16::from_be_bytes(unit) } else { u16::from_le_bytes(unit) }, out);
        }
        if last && (self.half.take().is_some() | self.high.take().is_some()) {
            push(char::REPLACEMENT_CHARACTER, out);
        }
    }

    fn unit(&mut self, unit: u16, out: &mut Vec<u8>) {
        if let Some(high) = self.high.take() {
            if (0xDC00..0xE000).contains(&unit) {
                let pair = 0x1_0000 + (u32::from(high - 0xD800) << 10) + u32::from(unit - 0xDC00);
                push(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER), out);
                return;
            }
            push(char::REPLACEMENT_CHARACTER, out);
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            push(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER), out);
        }
    }
}

fn push(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
