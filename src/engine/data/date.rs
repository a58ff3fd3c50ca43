//! Dates and times from text, without allocating: what people write, as seconds since 1970.

use crate::study::form::TimeFormat;

/// A part of a date's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// Digits, and how many.
    Number(u64, usize),
    /// The first three letters of a word in lower case.
    Word([u8; 3]),
    /// Any other character that is not white space.
    Mark(u8),
}

/// No date has more parts.
const MOST: usize = 20;

const MONTHS: [&[u8; 3]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
/// Words that say nothing that is needed.
const IDLE: [&[u8; 3]; 14] = [
    b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun", b"utc", b"gmt", b"t\0\0", b"z\0\0", b"th\0", b"st\0",
    b"nd\0",
];

/// The seconds since 1970 of a date, in UTC unless it names a zone; `None` for what is none. A month by its English name is
/// understood whatever the format.
#[must_use]
pub fn parse(text: &[u8], format: TimeFormat) -> Option<i64> {
    let mut tokens = [Token::Mark(0); MOST];
    let count = tokens_of(text, &mut tokens)?;
    let tokens = &tokens[..count];
    let (mut date, mut numbers, mut month, mut clock, mut zone) = ([(0, 0); 3], 0, None, None, 0);
    let mut at = 0;
    while at < count {
        match tokens[at..] {
            [Token::Number(hour, _), Token::Mark(b':'), Token::Number(minute, _), ..] if clock.is_none() => {
                let second = match tokens[at + 3..] {
                    [Token::Mark(b':'), Token::Number(second, _), ..] => {
                        at += 2;
                        second
                    }
                    _ => 0,
                };
                at += 3;
                if let [Token::Mark(b'.' | b','), Token::Number(..), ..] = tokens[at..] {
                    at += 2;
                }
                clock = Some((hour, minute, second));
                continue;
            }
            [Token::Mark(sign @ (b'+' | b'-')), Token::Number(hours, digits), ..] if clock.is_some() => {
                at += 2;
                let (hours, mut minutes) = if digits == 4 { (hours / 100, hours % 100) } else { (hours, 0) };
                if let [Token::Mark(b':'), Token::Number(more, _), ..] = tokens[at..] {
                    minutes = more;
                    at += 2;
                }
                let ahead = i64::try_from(hours * 3600 + minutes * 60).ok().filter(|ahead| *ahead <= 15 * 3600)?;
                zone = if sign == b'-' { -ahead } else { ahead };
                continue;
            }
            [Token::Number(value, digits), ..] => {
                *date.get_mut(numbers)? = (value, digits);
                numbers += 1;
            }
            [Token::Word(word), ..] => clock = after_word(word, &mut month, clock)?,
            [Token::Mark(_), ..] | [] => {}
        }
        at += 1;
    }
    let (year, month, day) = order(&date[..numbers], month, format)?;
    let (hour, minute, second) = clock.unwrap_or((0, 0, 0));
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = i64::try_from(hour * 3600 + minute * 60 + second).ok()?;
    Some(days(year, month, day)? * 86_400 + seconds - zone)
}

type Clock = (u64, u64, u64);

/// Takes a word: a month, the half of the day, or nothing.
#[expect(clippy::option_option, reason = "the outer one says whether the word belongs into a date")]
fn after_word(word: [u8; 3], month: &mut Option<u64>, clock: Option<Clock>) -> Option<Option<Clock>> {
    if let Some(at) = MONTHS.iter().position(|name| **name == word) {
        *month = Some(at as u64 + 1);
        return Some(clock);
    }
    match (&word, clock) {
        (b"pm\0", Some((hour, minute, second))) if hour < 12 => Some(Some((hour + 12, minute, second))),
        (b"am\0", Some((12, minute, second))) => Some(Some((0, minute, second))),
        (b"am\0" | b"pm\0", clock) => Some(clock),
        _ => IDLE.contains(&&word).then_some(clock),
    }
}

fn tokens_of(text: &[u8], tokens: &mut [Token; MOST]) -> Option<usize> {
    let (mut at, mut count) = (0, 0);
    while at < text.len() {
        let byte = text[at];
        let run = |is: fn(&u8) -> bool| text[at..].iter().take_while(|byte| is(byte)).count();
        let (token, len) = if byte.is_ascii_digit() {
            let len = run(u8::is_ascii_digit);
            if len > 14 {
                return None;
            }
            let value = text[at..at + len].iter().fold(0, |value, byte| value * 10 + u64::from(byte - b'0'));
            (Token::Number(value, len), len)
        } else if byte.is_ascii_alphabetic() {
            let len = run(u8::is_ascii_alphabetic);
            let mut word = [0; 3];
            for (to, from) in word.iter_mut().zip(&text[at..at + len]) {
                *to = from.to_ascii_lowercase();
            }
            (Token::Word(word), len)
        } else {
            (Token::Mark(byte), 1)
        };
        at += len;
        // The bytes of a letter that is not ASCII stand for a mark, as in 2020年1月2日.
        if byte.is_ascii_whitespace() || byte >= 0xC0 || (0x80..0xC0).contains(&byte) {
            continue;
        }
        *tokens.get_mut(count)? = token;
        count += 1;
    }
    Some(count)
}

/// Year, month and day from a date's numbers.
fn order(numbers: &[(u64, usize)], month: Option<u64>, format: TimeFormat) -> Option<(i64, u64, u64)> {
    let year = |(value, digits): (u64, usize)| {
        let value = i64::try_from(value).ok()?;
        match digits {
            4 => Some(value),
            2 if value < 70 => Some(2000 + value),
            2 => Some(1900 + value),
            _ => None,
        }
    };
    let is_year = |(_, digits): (u64, usize)| digits == 4;
    match (month, numbers) {
        (Some(month), &[first, second]) if is_year(first) => Some((year(first)?, month, second.0)),
        (Some(month), &[first, second]) => Some((year(second)?, month, first.0)),
        (Some(_), _) => None,
        (None, &[(value, 8)]) => Some((i64::try_from(value / 10_000).ok()?, value / 100 % 100, value % 100)),
        (None, &[first, second]) if is_year(first) => Some((year(first)?, second.0, 1)),
        (None, &[first, second, third]) if is_year(first) => Some((year(first)?, second.0, third.0)),
        (None, &[first, second, third]) => match format {
            TimeFormat::DayFirst => Some((year(third)?, second.0, first.0)),
            TimeFormat::MonthFirst => Some((year(third)?, first.0, second.0)),
            _ => None,
        },
        _ => None,
    }
}

/// Days since 1970 in the Gregorian calendar; `None` for a day that there is not.
/// After Howard Hinnant, "chrono-compatible low-level date algorithms" (2013).
fn days(year: i64, month: u64, day: u64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    let (month, day) = (i64::try_from(month).ok()?, i64::try_from(day).ok()?);
    // Years begin in March, so that the day that comes and goes is their last one.
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// In which order dates with the year at their end are: shown by a number that can be no month. `None` where no date says.
#[must_use]
pub fn day_or_month_first<'a>(texts: impl Iterator<Item = &'a str>) -> Option<TimeFormat> {
    let mut tokens = [Token::Mark(0); MOST];
    for text in texts {
        let count = tokens_of(text.as_bytes(), &mut tokens)?;
        if let [Token::Number(first, 1..=2), Token::Mark(_), Token::Number(second, 1..=2), ..] = tokens[..count] {
            match () {
                () if first > 12 => return Some(TimeFormat::DayFirst),
                () if second > 12 => return Some(TimeFormat::MonthFirst),
                () => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        use TimeFormat::{DayFirst, Iso, MonthFirst};
        for (text, format, seconds) in [
            ("1970-01-01", Iso, 0),
            ("2000-02-29T12:30:15Z", Iso, 951_827_415),
            ("2000-02-29 12:30:15.123456", Iso, 951_827_415),
            ("2000-02-29T13:30:15+01:00", Iso, 951_827_415),
            ("2000-02-29T07:30:15-0500", Iso, 951_827_415),
            ("2000-02-29T13:30:15.123456+01:00", Iso, 951_827_415),
            ("2000/02/29 12:30", Iso, 951_827_400),
            ("20000229", Iso, 951_782_400),
            ("2000年2月29日", Iso, 951_782_400),
            ("2000年2月29日 12:30:15", Iso, 951_827_415),
            ("Tue Feb 29 12:30:15 -0000 2000", Iso, 951_827_415),
            ("29 Feb 2000, 12:30", Iso, 951_827_400),
            ("Feb 29, 2000", Iso, 951_782_400),
            ("February 29th, 2000 at", Iso, 0),
            ("29.02.2000", DayFirst, 951_782_400),
            ("29/02/00 12:30 PM", DayFirst, 951_827_400),
            ("2/29/2000 12:30:15 AM", MonthFirst, 951_784_215),
            ("02 29, 2000", MonthFirst, 951_782_400),
            ("1969-12-31", Iso, -86_400),
            ("1600-03-01", Iso, -11_670_912_000),
        ] {
            let expected = (!text.ends_with(" at")).then_some(seconds);
            assert_eq!(parse(text.as_bytes(), format), expected, "{text}");
        }
        for text in ["", "yesterday", "2001-02-29", "2000-13-01", "12", "1,5", "29.02.2000", "2000-01-01 25:00", ":::"]
        {
            assert_eq!(parse(text.as_bytes(), Iso), None, "{text}");
        }
    }

    #[test]
    fn a_number_above_twelve_tells_day_from_month() {
        let first = |texts: &[&str]| day_or_month_first(texts.iter().copied());
        assert_eq!(first(&["1/2/2020", "13/2/2020"]), Some(TimeFormat::DayFirst));
        assert_eq!(first(&["1/2/2020", "2/13/2020"]), Some(TimeFormat::MonthFirst));
        assert_eq!(first(&["1/2/2020"]), None);
    }
}
