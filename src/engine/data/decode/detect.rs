//! Which encoding bytes are in that are not all ASCII and not UTF-16.

/// The label of the encoding, from the bytes that begin with the first one that is not ASCII. `complete`: nothing follows.
pub(super) fn detect(bytes: &[u8], complete: bool) -> &'static str {
    let (valid, invalid) = utf8(bytes, complete);
    // A damaged byte here and there makes no other encoding of it.
    if invalid == 0 || invalid * 8 < valid {
        return "utf-8";
    }
    if is_cyrillic(bytes) {
        return "windows-1251";
    }
    let chinese = pairs(bytes, complete);
    if chinese.broken * 50 <= chinese.common && chinese.common > chinese.rare { "gb18030" } else { "windows-1252" }
}

/// Whether bytes are Russian in windows-1251: nearly all small letters, which are the highest bytes, and next to each other.
/// Letters of the West stand alone, and Chinese has most of its bytes below.
fn is_cyrillic(bytes: &[u8]) -> bool {
    let is_small = |byte: u8| byte >= 0xE0;
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    let small = bytes.iter().filter(|byte| is_small(**byte)).count();
    let together = bytes.windows(2).filter(|pair| is_small(pair[0]) && is_small(pair[1])).count();
    small >= 8 && small * 4 >= high * 3 && together * 3 >= small * 2
}

/// Characters of several bytes that are UTF-8, and places that are not.
fn utf8(bytes: &[u8], complete: bool) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    let mut rest = bytes;
    loop {
        let (good, error) = match std::str::from_utf8(rest) {
            Ok(text) => (text, None),
            Err(error) => {
                let (good, _) = rest.split_at(error.valid_up_to());
                (std::str::from_utf8(good).unwrap_or(""), Some(error))
            }
        };
        valid += good.chars().filter(|c| !c.is_ascii()).count();
        let Some(error) = error else { return (valid, invalid) };
        match error.error_len() {
            Some(len) => {
                invalid += 1;
                rest = &rest[error.valid_up_to() + len..];
            }
            // Cut off within a character: the window's doing, unless it is the file's end.
            None => return (valid, invalid + usize::from(complete)),
        }
    }
}

#[derive(Default)]
struct Pairs {
    /// Characters of GB 2312, which hold nearly all Chinese text: both bytes are above ASCII. Those of four bytes, two of them
    /// digits, which no other text has by chance.
    common: usize,
    /// Other pairs. A letter of a western language before an ASCII letter looks like one.
    rare: usize,
    /// Bytes that are no character.
    broken: usize,
}

/// Reads bytes as GB 18030.
fn pairs(bytes: &[u8], complete: bool) -> Pairs {
    let mut found = Pairs::default();
    let mut at = 0;
    while at < bytes.len() {
        let step = match bytes[at..] {
            [..=0x7F, ..] => 1,
            [0xA1..=0xA9 | 0xB0..=0xF7, 0xA1..=0xFE, ..] => {
                found.common += 1;
                2
            }
            [0x81..=0xFE, 0x30..=0x39, 0x81..=0xFE, 0x30..=0x39, ..] => {
                found.common += 1;
                4
            }
            [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, ..] => {
                found.rare += 1;
                2
            }
            [_] if !complete => 1,
            _ => {
                found.broken += 1;
                1
            }
        };
        at += step;
    }
    found
}
