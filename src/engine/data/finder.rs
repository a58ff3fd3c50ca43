//! Looking for items or users by name, as people type it: whatever the case, without accents, words in any order. Pure.

use crate::order;

/// The names that can be found.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    /// All names behind each other, as [`fold`] leaves them.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// How many ratings each has: of equally good matches the better known one is meant.
    counts: Vec<u32>,
}

impl Finder {
    /// Names by dense index, with a count for each.
    #[must_use]
    pub fn new<'a>(names: impl Iterator<Item = &'a str>, counts: Vec<u32>) -> Self {
        let mut finder = Self { counts, ..Self::default() };
        for name in names {
            fold(name, &mut finder.text);
            finder.ends.push(finder.text.len());
        }
        finder
    }

    /// How many ratings a name has.
    #[must_use]
    pub fn count(&self, idx: u32) -> u32 {
        self.counts.get(idx as usize).copied().unwrap_or(0)
    }

    /// The indices of the best matches, best first: names that begin with the query, then those with words that begin with
    /// its words, then those that hold them anywhere.
    #[must_use]
    pub fn find(&self, query: &str, most: usize) -> Vec<u32> {
        let mut wanted = String::new();
        fold(query, &mut wanted);
        let words: Vec<&str> = wanted.split(' ').filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut start = 0;
        let mut matches = (0..).zip(&self.ends).filter_map(|(idx, &end)| {
            let name = &self.text[start..end];
            start = end;
            let place = place(name, wanted.trim_end(), &words)?;
            // Counts are below 2^32.
            Some((f64::from(place) * 4_294_967_296.0 + f64::from(self.count(idx)), idx))
        });
        order::highest(most, &mut matches).into_iter().map(|(_, idx)| idx).collect()
    }
}

/// How well a name matches; `None` if it does not.
fn place(name: &str, whole: &str, words: &[&str]) -> Option<u32> {
    let begins = |word: &&str| name.split(' ').any(|part| part.starts_with(word));
    if name.starts_with(whole) {
        Some(2)
    } else if words.iter().all(begins) {
        Some(1)
    } else {
        words.iter().all(|word| name.contains(word)).then_some(0)
    }
}

/// Appends a name in small letters without accents. What is neither letter nor digit becomes one space between words, and one
/// ends the name.
fn fold(name: &str, out: &mut String) {
    let start = out.len();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            // Accents that stand behind their letter.
            '\u{300}'..='\u{36f}' => {}
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'à'..='ž' => {
                let plain = PLAIN.as_bytes()[(u32::from(letter) - 0xe0) as usize];
                out.push(char::from(plain));
            }
            _ if letter.is_alphanumeric() => out.push(letter),
            // An apostrophe stands within a word.
            '\'' | '’' => {}
            _ if out.len() > start && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    if !out[start..].ends_with(' ') {
        out.push(' ');
    }
}

/// The letters U+00E0 to U+017E without accents; capitals among them never come.
const PLAIN: &str = "aaaaaaaceeeeiiiidnooooo ouuuuypy\
                     aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjjjkkklllllll\
                     lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz";

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(name: &str) -> String {
        let mut out = String::new();
        fold(name, &mut out);
        out
    }

    #[test]
    fn case_accents_and_marks_make_no_difference() {
        assert_eq!(
            folded("Amélie (Le Fabuleux destin d'Amélie Poulain)"),
            "amelie le fabuleux destin damelie poulain "
        );
        assert_eq!(folded("  WALL·E "), "wall e ");
        assert_eq!(folded("Ame\u{301}lie"), "amelie ");
        assert_eq!(folded("Łódź Straße Œuvre Ærø Ñandú žižka"), "lodz strasse oeuvre aero nandu zizka ");
        assert_eq!([folded("Брат"), folded("千と千尋"), folded("Άλφα")], ["брат ", "千と千尋 ", "άλφα "]);
        assert_eq!([folded(""), folded("¿?")], [" ", " "]);
        assert_eq!(PLAIN.len(), 0x17e - 0xe0 + 1);
    }

    #[test]
    fn every_accented_letter_has_its_plain_one() {
        let pairs = "àa ée îi õo üu çc ýy ÿy āa čc ďd ěe ğg ħh įi ĳj ķk ľl ňn őo ŕr šs ťt ůu ŵw źz žz ŋn đd ţt øo";
        for pair in pairs.split(' ') {
            let mut letters = pair.chars();
            let (accented, plain) = (letters.next().unwrap(), letters.as_str());
            assert_eq!(folded(&accented.to_string()).trim_end(), plain, "{accented}");
        }
    }

    const NAMES: [&str; 7] = [
        "Matrix, The (1999)",
        "Enter the Matrix (2003)",
        "Thematrixes",
        "Léon: The Professional (1994)",
        "Lion King, The (1994)",
        "<b>Matrix</b> & \"Co\"",
        "",
    ];

    fn found(query: &str) -> Vec<u32> {
        Finder::new(NAMES.into_iter(), vec![10, 50, 99, 5, 20, 1, 0]).find(query, 4)
    }

    #[test]
    fn beginnings_come_first_and_of_equals_the_better_known() {
        assert_eq!(found("matrix"), [0, 1, 5, 2]);
        assert_eq!(found("the MATRIX"), [1, 0, 2]);
        assert_eq!(found("1994"), [4, 3]);
        assert_eq!(found("leon prof"), [3]);
        assert_eq!(found("b matrix"), [5]);
        assert_eq!([found(""), found("  ?"), found("nothing like it")], [[0; 0]; 3]);
    }
}
