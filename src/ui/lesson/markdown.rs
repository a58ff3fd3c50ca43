//! The few signs of Markdown that a lesson may have: headings, lists, strong, emphasis, code, and links within this page.
//! Whatever is none of these stays text, and text never becomes markup. Pure.

/// A paragraph or the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// `# ...`
    Heading(Vec<Span>),
    /// Lines up to the next blank one.
    Paragraph(Vec<Span>),
    /// Lines that begin with `- `.
    List(Vec<Vec<Span>>),
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// As it is.
    Plain(String),
    /// `**...**`
    Strong(String),
    /// `*...*`
    Emphasis(String),
    /// Between backquotes.
    Code(String),
    /// `[text](#fragment)`: a study on this page.
    Link { text: String, fragment: String },
}

/// The blocks of a text.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    // A paragraph goes on until something else begins.
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#')) {
            blocks.push(Block::Heading(spans(heading.trim())));
        } else if let Some(item) = line.strip_prefix("- ") {
            match blocks.last_mut() {
                Some(Block::List(items)) => items.push(spans(item)),
                _ => blocks.push(Block::List(vec![spans(item)])),
            }
        } else if !line.is_empty() {
            match blocks.last_mut() {
                Some(Block::Paragraph(before)) if open => {
                    before.push(Span::Plain(" ".to_owned()));
                    before.extend(spans(line));
                }
                _ => blocks.push(Block::Paragraph(spans(line))),
            }
        }
        open = !line.is_empty();
    }
    blocks
}

/// The parts of a line.
fn spans(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        if let Some((span, after)) = special(rest) {
            if !plain.is_empty() {
                spans.push(Span::Plain(std::mem::take(&mut plain)));
            }
            spans.push(span);
            rest = after;
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Plain(plain));
    }
    spans
}

/// What begins here, if it is more than text, and what follows it.
fn special(text: &str) -> Option<(Span, &str)> {
    let between = |sign: &str| {
        let (inside, after) = text.strip_prefix(sign)?.split_once(sign)?;
        (!inside.is_empty()).then(|| (inside.to_owned(), after))
    };
    if let Some((inside, after)) = between("**") {
        return Some((Span::Strong(inside), after));
    }
    if let Some((inside, after)) = between("*") {
        return Some((Span::Emphasis(inside), after));
    }
    if let Some((inside, after)) = between("`") {
        return Some((Span::Code(inside), after));
    }
    let (text, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, after) = rest.split_once(')')?;
    // Addresses of other pages, and those that run something, stay text.
    let is_ours = address.starts_with('#') && !text.contains('[');
    is_ours.then(|| (Span::Link { text: text.to_owned(), fragment: address.to_owned() }, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Span {
        Span::Plain(text.into())
    }

    #[test]
    fn blocks_are_told_by_their_lines() {
        let text = "# Why\n\nfirst\nline\n\n- one\n- two\nlast";
        let expected = [
            Block::Heading(vec![plain("Why")]),
            Block::Paragraph(vec![plain("first"), plain(" "), plain("line")]),
            Block::List(vec![vec![plain("one")], vec![plain("two")]]),
            Block::Paragraph(vec![plain("last")]),
        ];
        assert_eq!(blocks(text), expected);
        assert_eq!(blocks(" \n\n"), []);
    }

    #[test]
    fn signs_inside_a_line() {
        let expected = [
            Span::Strong("a".into()),
            plain(" "),
            Span::Emphasis("b".into()),
            plain(" "),
            Span::Code("c*d*".into()),
            plain(" "),
            Span::Link { text: "e".into(), fragment: "#n=5".into() },
            plain("."),
        ];
        assert_eq!(spans("**a** *b* `c*d*` [e](#n=5)."), expected);
        for text in ["2 * 3", "a ** b", "[x]", "[x](y", "`", "****", "数**"] {
            assert_eq!(spans(text), [plain(text)], "{text}");
        }
    }

    #[test]
    fn hostile_text_stays_text() {
        for text in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](https://example.com/)",
            "[x](//example.com)",
            "[x](data:text/html,y)",
            "&lt;b&gt;",
        ] {
            assert_eq!(blocks(text), [Block::Paragraph(vec![plain(text)])], "{text}");
        }
    }
}
