//! JSON text into the small tree.

use crate::decimal;
use crate::fields::{Content, Fields, Misfit};
use crate::study::Value;

/// How deep lists and objects may lie in each other: beyond, a text could exhaust the stack.
const MAX_DEPTH: u32 = 128;

/// Reads a whole text.
pub(super) fn content(text: &str) -> Result<Content, Misfit> {
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    let content = reader.value(0)?;
    if reader.next_visible().is_some() { Err(reader.expected("the end")) } else { Ok(content) }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: u32) -> Result<Content, Misfit> {
        if depth > MAX_DEPTH {
            return Err(self.expected("a value that lies less deep"));
        }
        match self.next_visible() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(|string| Content::One(Value::Text(string))),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') => self.word("null", Content::Nothing),
            Some(b't') => self.word("true", Content::One(Value::Bool(true))),
            Some(b'f') => self.word("false", Content::One(Value::Bool(false))),
            _ => Err(self.expected("a value")),
        }
    }

    fn object(&mut self, depth: u32) -> Result<Content, Misfit> {
        let mut fields = Vec::new();
        self.at += 1;
        while self.goes_on(b'}', fields.is_empty())? {
            if self.next_visible() != Some(b'"') {
                return Err(self.expected("a name in quotes"));
            }
            let name = self.string()?;
            if !self.takes(b':') {
                return Err(self.expected("`:`"));
            }
            fields.push((name, self.value(depth + 1)?));
        }
        Ok(Content::Object(Fields(fields)))
    }

    fn list(&mut self, depth: u32) -> Result<Content, Misfit> {
        let mut items = Vec::new();
        self.at += 1;
        while self.goes_on(b']', items.is_empty())? {
            items.push(self.value(depth + 1)?);
        }
        Ok(Content::Many(items))
    }

    /// Whether something follows before the end of a list or object, past the comma before it.
    fn goes_on(&mut self, end: u8, is_first: bool) -> Result<bool, Misfit> {
        if self.takes(end) {
            return Ok(false);
        }
        if is_first || self.takes(b',') { Ok(true) } else { Err(self.expected("a comma or the end")) }
    }

    fn word(&mut self, word: &str, content: Content) -> Result<Content, Misfit> {
        if !self.text[self.at..].starts_with(word.as_bytes()) {
            return Err(self.expected(word));
        }
        self.at += word.len();
        Ok(content)
    }

    /// Numbers have no sign before but `-`, no zeros before, and digits on both sides of a point.
    fn number(&mut self) -> Result<Content, Misfit> {
        let rest = &self.text[self.at..];
        let is_part = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let text = &rest[..rest.iter().take_while(is_part).count()];
        let size = text.strip_prefix(b"-").unwrap_or(text);
        let is_strict = match size {
            [b'0', b'0'..=b'9', ..] | [b'+' | b'.', ..] => false,
            _ => !size.windows(2).any(|pair| pair[0] == b'.' && !pair[1].is_ascii_digit()) && !size.ends_with(b"."),
        };
        let number = decimal::from_bytes::<f64>(text).filter(|_| is_strict);
        let number = number.ok_or_else(|| self.expected("a number"))?;
        self.at += text.len();
        Ok(Content::One(number.into()))
    }

    fn string(&mut self) -> Result<String, Misfit> {
        let mut bytes = Vec::new();
        self.at += 1;
        loop {
            let byte = self.byte()?;
            match byte {
                b'"' => break,
                b'\\' => {
                    let character = self.escaped()?;
                    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..b' ' => return Err(self.expected("`\"` before the line's end")),
                _ => bytes.push(byte),
            }
        }
        // The text is UTF-8 and is cut only at ASCII.
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn escaped(&mut self) -> Result<char, Misfit> {
        Ok(match self.byte()? {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let unit = self.unit()?;
                let is_pair = (0xD800..0xDC00).contains(&unit) && self.text[self.at..].starts_with(b"\\u");
                let code = if is_pair {
                    self.at += 2;
                    0x1_0000 + ((unit - 0xD800) << 10) + (self.unit()?.wrapping_sub(0xDC00) & 0x3FF)
                } else {
                    unit
                };
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            _ => return Err(self.expected("an escape that JSON has")),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, Misfit> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit =
                char::from(self.byte()?).to_digit(16).ok_or_else(|| self.expected("four hexadecimal digits"))?;
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    fn byte(&mut self) -> Result<u8, Misfit> {
        let byte = *self.text.get(self.at).ok_or_else(|| self.expected("more"))?;
        self.at += 1;
        Ok(byte)
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_there = self.next_visible() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn next_visible(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn expected(&self, what: &str) -> Misfit {
        Misfit { place: format!("character {}", self.at + 1), ..Misfit::expected(what) }
    }
}
