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
    pairs(bytes, complete).encoding()
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

/// What bytes are when they are read as GB 18030, which finds the characters of the other encodings of two bytes as well.
#[derive(Default)]
struct Pairs {
    /// Characters of GB 2312, which hold nearly all Chinese text: both bytes are above ASCII. Those of four bytes, two of them
    /// digits, which no other text has by chance.
    common: usize,
    /// Other pairs. A letter of a western language before an ASCII letter looks like one.
    rare: usize,
    /// Bytes that are no character.
    broken: usize,
    /// Pairs that are kana in Shift-JIS and in EUC-JP: Japanese is full of them, and Chinese has hardly any there.
    kana: [usize; 2],
    /// Different pairs that are a syllable in EUC-KR, and pairs of GB 2312 beyond them: about every second one of a Chinese text.
    syllables: usize,
    beyond: usize,
    /// Rare pairs that are one of Big5's frequent characters: about every second one of a text, though a word that every row
    /// repeats may have none.
    frequent: usize,
}

impl Pairs {
    fn encoding(&self) -> &'static str {
        let all = self.common + self.rare;
        let is_japanese = |kana: usize| kana >= 4 && kana * 5 >= all;
        let is_whole = self.broken * 50 <= self.common;
        let is_taiwanese = self.frequent >= 4 && (self.common / 20..=self.common * 2).contains(&self.frequent);
        match () {
            () if is_japanese(self.kana[0]) => "shift_jis",
            () if is_whole && is_taiwanese && (self.rare - self.frequent) * 10 <= all => "big5",
            () if is_japanese(self.kana[1]) && self.rare * 20 <= all => "euc-jp",
            // So many different syllables and nothing else: no Chinese text is so by chance.
            () if self.syllables >= 12 && self.beyond + self.rare + self.broken == 0 => "euc-kr",
            () if is_whole && self.common > self.rare => "gb18030",
            () => "windows-1252",
        }
    }
}

/// Reads bytes as GB 18030.
fn pairs(bytes: &[u8], complete: bool) -> Pairs {
    let mut found = Pairs::default();
    let mut seen = vec![false; 1 << 16];
    let mut at = 0;
    while at < bytes.len() {
        let step = match bytes[at..] {
            [..=0x7F, ..] => 1,
            [first @ (0xA1..=0xA9 | 0xB0..=0xF7), second @ 0xA1..=0xFE, ..] => {
                found.common += 1;
                match first {
                    0xA4 | 0xA5 => found.kana[1] += 1,
                    0xB0..=0xC8 => {
                        let seen = &mut seen[usize::from(u16::from_be_bytes([first, second]))];
                        found.syllables += usize::from(!std::mem::replace(seen, true));
                    }
                    0xC9.. => found.beyond += 1,
                    _ => {}
                }
                2
            }
            [0x81..=0xFE, 0x30..=0x39, 0x81..=0xFE, 0x30..=0x39, ..] => {
                found.common += 1;
                4
            }
            [first @ 0x81..=0xFE, second @ (0x40..=0x7E | 0x80..=0xFE), ..] => {
                found.rare += 1;
                found.kana[0] += usize::from(matches!(first, 0x82 | 0x83));
                found.frequent += usize::from(matches!((first, second), (0xA4..=0xC6, ..=0x7E | 0xA1..)));
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
