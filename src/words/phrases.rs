//! Phrases that stand inside of sentences: what is allowed, why something failed. They are written in English where they
//! arise, at the bottom of the engine, and travel and are logged so; another language knows them by their pattern, such as
//! `a number from {low} to {high}`.

/// The phrases of a language: each English pattern with what stands for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Phrases(Vec<(String, String)>);

impl Phrases {
    /// Adds a phrase. What is more particular stands first.
    pub(super) fn add(&mut self, english: &str, text: &str) {
        self.0.push((english.to_owned(), text.to_owned()));
    }

    /// A phrase in this language; as it is where the language does not know it. What a pattern leaves open may be a phrase too.
    pub(super) fn say(&self, english: &str) -> String {
        for (pattern, text) in &self.0 {
            if let Some(fields) = fields(pattern, english) {
                let fields: Vec<(&str, String)> =
                    fields.into_iter().map(|(name, part)| (name, self.say(part))).collect();
                return super::fill(text, &fields);
            }
        }
        english.to_owned()
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter()
    }
}

/// What stands in the gaps of a pattern, if a text has its form. A gap ends where the words behind it come first.
fn fields<'a>(pattern: &'a str, text: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut fields = Vec::new();
    let (mut pattern, mut text) = (pattern, text);
    while let Some((before, behind)) = pattern.split_once('{') {
        text = text.strip_prefix(before)?;
        let (name, rest) = behind.split_once('}')?;
        let next = rest.split('{').next().unwrap_or_default();
        let end = if next.is_empty() { text.len() } else { text.find(next).filter(|end| *end > 0)? };
        let (part, behind) = text.split_at(end);
        fields.push((name, part));
        (pattern, text) = (rest, behind);
    }
    (pattern == text).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_finds_what_stands_in_its_gaps() {
        let pattern = "a number from {low} to {high}";
        assert_eq!(fields(pattern, "a number from 0 to 10"), Some(vec![("low", "0"), ("high", "10")]));
        for other in ["a number from 0", "a number from  to 10 or so, to", "number from 0 to 10"] {
            assert!(fields(pattern, other).is_none_or(|found| found[1].1 != "10"), "{other}");
        }
        assert_eq!(fields("as it is", "as it is"), Some(vec![]));
        assert_eq!(fields("as it is", "as it is not"), None);
    }

    #[test]
    fn phrases_hold_phrases_and_unknown_ones_stay() {
        let mut phrases = Phrases::default();
        phrases.add("{syntax}; each {what}", "{syntax}；各为{what}");
        phrases.add("a number above {low}", "大于 {low} 的数");
        assert_eq!(phrases.say("A..B; each a number above 0"), "A..B；各为大于 0 的数");
        assert_eq!(phrases.say("nothing known"), "nothing known");
    }
}
