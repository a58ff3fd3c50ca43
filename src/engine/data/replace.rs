//! Delimiters of several characters, replaced by one byte in chunks of any size, so that what follows knows single bytes;
//! and spaces before quotes, which are taken away so that it sees the quotes.

/// Stands for a delimiter that was replaced: a byte that never occurs in UTF-8.
pub const REPLACED: u8 = 0xFF;

/// What is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `::`
    Pairs,
    /// Runs of spaces and tabs; those at the ends of a line are nothing.
    Spaces {
        /// Whether spaces between quotes stay.
        quoting: bool,
    },
    /// Spaces between a delimiter and a quote: they are nothing.
    Padding {
        /// The delimiter.
        delimiter: u8,
    },
    /// Quotes around each line as a whole: they are nothing, and those within were doubled.
    Lines,
    /// A quote behind a backslash: it is doubled instead.
    Escapes,
}

/// Replaces delimiters.
#[derive(Clone, Debug)]
pub struct Replace {
    rule: Rule,
    /// A colon, a quote or a backslash whose successor has not come yet, or spaces whose line may end.
    open: bool,
    /// Whether the line has had no text yet.
    start: bool,
    quoted: bool,
    /// Whether the byte before closed a quote: another one then opens it again.
    closed: bool,
    /// Spaces that are nothing if a quote follows.
    held: usize,
    out: Vec<u8>,
}

impl Replace {
    /// Before the first line.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self { rule, open: false, start: true, quoted: false, closed: false, held: 0, out: Vec::new() }
    }

    /// The chunk with its delimiters replaced, together with what was left over from the chunk before.
    pub fn replace(&mut self, chunk: &[u8]) -> &[u8] {
        self.out.clear();
        match self.rule {
            Rule::Pairs => chunk.iter().for_each(|&byte| self.pair(byte)),
            Rule::Spaces { quoting } => chunk.iter().for_each(|&byte| self.space(byte, quoting)),
            Rule::Padding { delimiter } => chunk.iter().for_each(|&byte| self.padding(byte, delimiter)),
            Rule::Lines => chunk.iter().for_each(|&byte| self.line(byte)),
            Rule::Escapes => chunk.iter().for_each(|&byte| self.escape(byte)),
        }
        &self.out
    }

    fn pair(&mut self, byte: u8) {
        if byte == b':' {
            if self.open {
                self.out.push(REPLACED);
            }
            self.open = !self.open;
            return;
        }
        if self.open {
            self.out.push(b':');
            self.open = false;
        }
        self.text(byte);
    }

    fn space(&mut self, byte: u8, quoting: bool) {
        match byte {
            _ if self.quoted => {
                self.quoted = byte != b'"';
                self.text(byte);
            }
            b' ' | b'\t' => self.open = !self.start,
            b'\r' | b'\n' => {
                (self.open, self.start) = (false, true);
                self.out.push(byte);
            }
            _ => {
                self.quoted = quoting && byte == b'"' && (self.open || self.start);
                if std::mem::take(&mut self.open) {
                    self.out.push(REPLACED);
                }
                self.start = false;
                self.text(byte);
            }
        }
    }

    fn padding(&mut self, byte: u8, delimiter: u8) {
        if self.start && byte == b' ' && !self.quoted {
            self.held += 1;
            return;
        }
        let spaces = std::mem::take(&mut self.held);
        let opens = byte == b'"' && (self.start || self.closed) && !self.quoted;
        if !(opens && self.start) {
            self.out.resize(self.out.len() + spaces, b' ');
        }
        self.closed = self.quoted && byte == b'"';
        self.quoted = opens || self.quoted && !self.closed;
        self.start = !self.quoted && (byte == delimiter || byte == b'\r' || byte == b'\n');
        self.out.push(byte);
    }

    fn line(&mut self, byte: u8) {
        let is_end = matches!(byte, b'\r' | b'\n');
        let opened = std::mem::take(&mut self.open);
        match byte {
            b'"' if self.start => self.quoted = true,
            b'"' if self.quoted && !opened => self.open = true,
            _ => {
                // A single quote closes the line, if this is its end.
                if opened && byte != b'"' && !is_end {
                    self.out.push(b'"');
                }
                self.out.push(byte);
            }
        }
        self.quoted &= !is_end;
        self.start = is_end;
    }

    fn escape(&mut self, byte: u8) {
        let is_escaped = std::mem::take(&mut self.open);
        match byte {
            b'\\' if !is_escaped => self.open = true,
            b'"' if is_escaped => self.out.extend_from_slice(b"\"\""),
            _ => {
                if is_escaped && byte != b'\\' {
                    self.out.push(b'\\');
                }
                self.out.push(byte);
            }
        }
    }

    fn text(&mut self, byte: u8) {
        // The byte that means a delimiter is no text; neither is its neighbour, which will be found to be none.
        self.out.push(if byte == REPLACED { REPLACED - 1 } else { byte });
    }

    /// What is left at the end.
    pub fn finish(&mut self) -> &'static [u8] {
        match self.rule {
            Rule::Pairs if std::mem::take(&mut self.open) => b":",
            Rule::Escapes if std::mem::take(&mut self.open) => b"\\",
            _ => b"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole_and_by_bytes(rule: Rule, text: &[u8]) -> Vec<u8> {
        let mut whole = Replace::new(rule);
        let mut expected = whole.replace(text).to_vec();
        expected.extend_from_slice(whole.finish());
        let (mut replace, mut out) = (Replace::new(rule), Vec::new());
        for byte in text {
            out.extend_from_slice(replace.replace(&[*byte]));
        }
        out.extend_from_slice(replace.finish());
        assert_eq!(out, expected);
        out
    }

    #[test]
    fn pairs_are_replaced_across_chunks() {
        let out = whole_and_by_bytes(Rule::Pairs, b"1::a:b:::c::::\xFF:");
        assert_eq!(out, b"1\xFFa:b\xFF:c\xFF\xFF\xFE:");
    }

    #[test]
    fn spaces_before_quotes_are_nothing() {
        let padded = |text: &str| {
            let out = whole_and_by_bytes(Rule::Padding { delimiter: b',' }, text.as_bytes());
            String::from_utf8(out).unwrap()
        };
        assert_eq!(padded("1,  \"a, \"\"b\"\", \"\"c\", 3\n \"x\"  y"), "1,\"a, \"\"b\"\", \"\"c\", 3\n\"x\"  y");
        assert_eq!(padded("a, b\n"), "a, b\n");
    }

    #[test]
    fn quotes_around_lines_are_nothing_and_those_within_single() {
        let out =
            whole_and_by_bytes(Rule::Lines, b"user,\"item\"\n\"1,\"\"a, \"\"\"\"b\"\"\"\"\"\",3\"\r\n\"4,5\"x\n\"6\"");
        assert_eq!(out, b"user,\"item\"\n1,\"a, \"\"b\"\"\",3\r\n4,5\"x\n6");
    }

    #[test]
    fn escaped_quotes_are_doubled() {
        let out = whole_and_by_bytes(Rule::Escapes, br#""a \"b\"; c";C:\\d\e;"f\\"\"#);
        assert_eq!(out, br#""a ""b""; c";C:\d\e;"f\"\"#);
    }

    #[test]
    fn runs_of_spaces_are_one_delimiter_and_those_at_the_ends_none() {
        let spaces = |quoting| whole_and_by_bytes(Rule::Spaces { quoting }, b"  1 \t 2  \r\n\"a  b\" 3\"x y\n ");
        assert_eq!(spaces(true), b"1\xFF2\r\n\"a  b\"\xFF3\"x\xFFy\n");
        assert_eq!(spaces(false), b"1\xFF2\r\n\"a\xFFb\"\xFF3\"x\xFFy\n");
    }
}
