//! Ratings and times from text: exact, without allocating.

use super::date;
use super::short::Short;
use crate::decimal;
use crate::study::form::{Decimal, TimeFormat};

/// 10^0 ..= 10^8: powers of ten that f32 holds exactly.
const POWERS: [f32; 9] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/// A finite number, correctly rounded; `None` where the text is none.
#[must_use]
pub fn rating(text: &[u8]) -> Option<f32> {
    short_decimal(text).or_else(|| long_decimal(text))
}

/// What [`short_decimal`] does not read.
#[cold]
fn long_decimal(text: &[u8]) -> Option<f32> {
    // The sum turns -0 into 0, so that equal ratings have equal bits.
    decimal::from_bytes::<f32>(text).map(|value| value + 0.0)
}

/// Digits with at most one point: what nearly all ratings look like.
///
/// Digits below 2^24 and the power of ten are both exact in f32, so their quotient is the correctly rounded value
/// (Clinger 1990, doi:10.1145/93542.93557).
#[inline(always)]
fn short_decimal(text: &[u8]) -> Option<f32> {
    let (digits, decimals) = Short::of(text)?.decimal()?;
    (digits < 1 << 24).then(|| digits as f32 / POWERS[decimals])
}

/// As [`rating`], with this before decimals.
#[must_use]
#[inline(always)]
pub fn rating_as(text: &[u8], decimal: Decimal) -> Option<f32> {
    match short_decimal(text) {
        Some(value) if decimal == Decimal::Point => Some(value),
        _ => loose_as(text, decimal),
    }
}

#[cold]
fn loose_as(text: &[u8], decimal: Decimal) -> Option<f32> {
    if decimal == Decimal::Point {
        return long_decimal(text).or_else(|| grouped(text, b',', b'.')).or_else(|| loose(text));
    }
    if let Some(value) = grouped(text, b'.', b',') {
        return Some(value);
    }
    let mut buffer = [0; 32];
    let point = buffer.get_mut(..text.len())?;
    point.copy_from_slice(text);
    for byte in point.iter_mut().filter(|byte| **byte == b',') {
        *byte = b'.';
    }
    rating(point).or_else(|| loose(point))
}

/// A number whose digits stand in groups of three: `1,234` and `1,234,567.5`.
fn grouped(text: &[u8], separator: u8, point: u8) -> Option<f32> {
    let whole = text.split(|byte| *byte == point).next()?;
    if !is_grouped(whole, separator) {
        return None;
    }
    let mut buffer = [0; 32];
    let digits = text.iter().filter(|byte| **byte != separator);
    let mut len = 0;
    for &byte in digits {
        *buffer.get_mut(len)? = if byte == point { b'.' } else { byte };
        len += 1;
    }
    rating(&buffer[..len])
}

/// Whether a text is digits in groups of three and nothing else.
#[must_use]
pub fn is_grouped(text: &[u8], separator: u8) -> bool {
    let mut groups = text.split(|byte| *byte == separator);
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    let digits = |group: &[u8]| group.iter().all(u8::is_ascii_digit);
    (1..=3).contains(&first.len())
        && first[0] != b'0'
        && digits(first)
        && rest.peek().is_some()
        && rest.all(|group| group.len() == 3 && digits(group))
}

/// Stars, full ones and perhaps a half and empty ones behind them: `★★★½☆`.
fn stars(text: &[u8]) -> Option<f32> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.starts_with(['★', '☆', '⭐', '½']))?;
    let mut sum = 0.0;
    for letter in text.chars() {
        sum += match letter {
            '★' | '⭐' => 1.0,
            '½' => 0.5,
            '☆' => 0.0,
            _ => return None,
        };
    }
    Some(sum)
}

/// Words for yes and no, as far as they leave no doubt.
const WORDS: [(&str, f32); 16] = [
    ("true", 1.0),
    ("yes", 1.0),
    ("like", 1.0),
    ("liked", 1.0),
    ("thumbs up", 1.0),
    ("up", 1.0),
    ("👍", 1.0),
    ("喜欢", 1.0),
    ("false", 0.0),
    ("no", 0.0),
    ("dislike", 0.0),
    ("disliked", 0.0),
    ("thumbs down", 0.0),
    ("down", 0.0),
    ("👎", 0.0),
    ("不喜欢", 0.0),
];

/// A number with what people write behind it: `80%`, `4/5`, `5 stars`; stars themselves; and words for yes and no.
fn loose(text: &[u8]) -> Option<f32> {
    if let Some((_, value)) = WORDS.iter().find(|(word, _)| word.as_bytes().eq_ignore_ascii_case(text)) {
        return Some(*value);
    }
    if text.first().is_some_and(|byte| *byte >= 0x80) {
        return stars(text);
    }
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let (number, rest) = text.split_at(digits);
    let rest = rest.trim_ascii();
    let of = rest.strip_prefix(b"/").or_else(|| rest.strip_prefix(b"out of "));
    let is_of = of.is_some_and(|of| (1..=3).contains(&of.len()) && of.iter().all(u8::is_ascii_digit));
    let is_unit = rest == b"%" || rest.eq_ignore_ascii_case(b"stars") || rest.eq_ignore_ascii_case(b"star");
    (is_of || is_unit).then(|| rating(number)).flatten()
}

/// What people and programs write where there is no value.
#[must_use]
pub fn is_missing(text: &[u8]) -> bool {
    let words: [&[u8]; 9] = [b"nan", b"na", b"n/a", b"null", b"none", b"\\n", b"-", b"#n/a", b"?"];
    text.is_empty() || words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The time of a text in seconds since 1970; `None` where it is none.
#[must_use]
pub fn time(text: &[u8], format: TimeFormat) -> Option<i64> {
    let per_second = match format {
        TimeFormat::Seconds => 1,
        TimeFormat::Milliseconds => 1_000,
        TimeFormat::Microseconds => 1_000_000,
        TimeFormat::Iso | TimeFormat::DayFirst | TimeFormat::MonthFirst => return date::parse(text, format),
    };
    let count = seconds(text).or_else(|| real(text))?;
    Some(if per_second == 1 { count } else { count.div_euclid(per_second) })
}

/// The whole part of a number with decimals or an exponent: spreadsheets make such times of whole ones.
#[cold]
fn real(text: &[u8]) -> Option<i64> {
    let value: f64 = decimal::from_bytes(text)?;
    // Beyond this an f64 is no longer exact, and no time is that far.
    (value.abs() < 9e15).then(|| value.floor() as i64)
}

/// A whole number of seconds; `None` where the text is none.
#[must_use]
#[inline]
pub fn seconds(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // 18 digits can not overflow.
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let (first, eights) = digits.as_rchunks::<8>();
    let mut value = if first.is_empty() { 0 } else { i64::from(Short::of(first)?.whole()?) };
    for eight in eights {
        value = value * 100_000_000 + i64::from(Short::eight(*eight).whole()?);
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_are_numbers_and_finite() {
        for (text, value) in [
            ("5", 5.0),
            ("4.0", 4.0),
            ("3.5", 3.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("-1", -1.0),
            ("+2", 2.0),
            ("1e1", 10.0),
            ("00012.50", 12.5),
            ("16777216", 16_777_216.0),
        ] {
            assert_eq!(rating(text.as_bytes()), Some(value), "{text}");
        }
        assert_eq!(rating(b"-0").map(f32::to_bits), Some(0));
        for text in ["", ".", "good", "1,5", "nan", "inf", "-infinity", "1e39", "1.2.3", "0x10", "5 stars"] {
            assert_eq!(rating(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn thousands_may_stand_in_groups() {
        use Decimal::{Comma, Point};
        for (text, decimal, value) in [
            ("1,234", Point, Some(1_234.0)),
            ("12,345,678", Point, Some(12_345_678.0)),
            ("1,234.5", Point, Some(1_234.5)),
            ("1.234", Comma, Some(1_234.0)),
            ("1.234,5", Comma, Some(1_234.5)),
            ("3,125", Comma, Some(3.125)),
            ("1.5", Comma, Some(1.5)),
            ("1,23", Point, None),
            ("0,123", Point, None),
            ("1234,567", Point, None),
            ("1,234,56", Point, None),
            ("1,2a4", Point, None),
            (",234", Point, None),
        ] {
            assert_eq!(rating_as(text.as_bytes(), decimal), value, "{text} {decimal:?}");
        }
    }

    #[test]
    fn stars_are_counted() {
        for (text, value) in [("★★★☆☆", Some(3.0)), ("★★½", Some(2.5)), ("☆☆", Some(0.0)), ("★x", None), ("é", None)]
        {
            assert_eq!(rating_as(text.as_bytes(), Decimal::Point), value, "{text}");
        }
    }

    #[test]
    fn the_short_way_rounds_as_the_long_way() {
        for number in 0..100_000_u32 {
            for decimals in 0..=5 {
                let digits = format!("{number:06}");
                let text = format!("{}.{}", &digits[..6 - decimals], &digits[6 - decimals..]);
                assert_eq!(short_decimal(text.as_bytes()), text.parse().ok(), "{text}");
            }
        }
    }

    #[test]
    fn times_are_whole_seconds() {
        assert_eq!(seconds(b"964982703"), Some(964_982_703));
        assert_eq!(seconds(b"-1"), Some(-1));
        for text in ["", "-", "1.5", "2020-01-01", "9999999999999999999", "+1"] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn times_are_brought_to_seconds() {
        for (text, format, expected) in [
            ("964982703", TimeFormat::Seconds, Some(964_982_703)),
            ("964982703.0", TimeFormat::Seconds, Some(964_982_703)),
            ("9.64982703E8", TimeFormat::Seconds, Some(964_982_703)),
            ("964982703999", TimeFormat::Milliseconds, Some(964_982_703)),
            ("-1", TimeFormat::Milliseconds, Some(-1)),
            ("964982703999999", TimeFormat::Microseconds, Some(964_982_703)),
            ("2000-07-30T18:45:03Z", TimeFormat::Iso, Some(964_982_703)),
            ("nan", TimeFormat::Seconds, None),
            ("inf", TimeFormat::Seconds, None),
        ] {
            assert_eq!(time(text.as_bytes(), format), expected, "{text}");
        }
    }

    #[test]
    fn what_people_write_behind_a_number_does_no_harm() {
        for (text, value) in
            [("80%", 80.0), ("4/5", 4.0), ("4.5 / 5", 4.5), ("5 stars", 5.0), ("True", 1.0), ("no", 0.0)]
        {
            let text = text.replace(" / ", " /");
            assert_eq!(rating_as(text.as_bytes(), Decimal::Point), Some(value), "{text}");
        }
        for text in ["1/2/2020", "/5", "%", "5 apples", "four stars", "4/"] {
            assert_eq!(rating_as(text.as_bytes(), Decimal::Point), None, "{text}");
        }
    }

    #[test]
    fn a_comma_before_decimals_is_read_where_it_is_one() {
        assert_eq!(rating_as(b"4,5", Decimal::Comma), Some(4.5));
        assert_eq!(rating_as(b"4.5", Decimal::Comma), Some(4.5));
        assert_eq!(rating_as(b"4,5", Decimal::Point), None);
        assert_eq!(rating_as(b"1,2,3", Decimal::Comma), None);
        assert_eq!(rating_as(&[b'1'; 99], Decimal::Comma), None);
    }
}
