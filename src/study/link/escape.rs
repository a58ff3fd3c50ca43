//! Percent-encoding of free text in a link (RFC 3986). What a fragment may hold and a link gives no meaning to stays
//! readable.

/// Appends `text` with every byte escaped that could be read as part of the link's own syntax.
pub(super) fn push(out: &mut String, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/|;".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// The text with its escapes undone. What is no escape stays as it is: a link typed by hand is never an error here.
pub(super) fn undo(text: &str) -> String {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let high = bytes.get(at + 1).and_then(digit);
        let low = bytes.get(at + 2).and_then(digit);
        match (bytes[at], high, low) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        for text in ["a,b&c=d#e%f", "表 1.csv", "", "100%", "%2", "a|b"] {
            let mut escaped = String::new();
            push(&mut escaped, text);
            assert!(escaped.is_ascii() && !escaped.contains(['&', '=', '#', ',']), "{escaped}");
            assert_eq!(undo(&escaped), text);
        }
        assert_eq!(undo("a%zz%"), "a%zz%");
    }
}
