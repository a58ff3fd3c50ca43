//! windows-1252: what western text that is not Unicode is in, ISO 8859-1 included, as the Encoding Standard has it.

/// The characters of 0x80 to 0x9F; all other bytes are the Unicode character of the same number.
const UPPER: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}',
    '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}',
    '\u{17E}', '\u{178}',
];

/// Appends the text of bytes.
pub(super) fn decode(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        let c = match byte {
            0x80..=0x9F => UPPER[usize::from(byte - 0x80)],
            _ => char::from(byte),
        };
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    #[test]
    fn every_byte_is_what_the_standard_says() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut out = Vec::new();
        super::decode(&bytes, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), encoding_rs::WINDOWS_1252.decode(&bytes).0);
    }
}
