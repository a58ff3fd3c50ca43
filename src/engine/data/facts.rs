//! What the first rows say of a column, whatever it is called.

use super::{date, number};
use crate::order;
use crate::study::form::{Decimal, TimeFormat};

/// What is in a column's first rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Cells looked at.
    pub rows: usize,
    /// Cells with a value.
    pub filled: usize,
    /// Cells with a number.
    pub numbers: usize,
    /// Whether all numbers are whole.
    pub whole: bool,
    /// Different values.
    pub distinct: usize,
    /// The lowest number.
    pub min: f32,
    /// The highest number.
    pub max: f32,
    /// Whether the values are numbers that go up by one.
    pub counting: bool,
    /// How the values are times, if they look like it.
    pub time: Option<TimeFormat>,
}

impl Facts {
    /// Looks at a column of some rows.
    #[must_use]
    pub fn of(rows: &[Vec<String>], at: usize, decimal: Decimal) -> Self {
        let cells: Vec<&str> = rows.iter().filter_map(|row| row.get(at)).map(String::as_str).collect();
        let filled: Vec<&str> = cells.iter().copied().filter(|cell| !number::is_missing(cell.as_bytes())).collect();
        let numbers: Vec<f32> = filled.iter().filter_map(|cell| number::rating_as(cell.as_bytes(), decimal)).collect();
        let distinct = order::distinct(&filled).len();
        let (min, max) = numbers.iter().fold((f32::MAX, f32::MIN), |(min, max), &n| (min.min(n), max.max(n)));
        Self {
            rows: cells.len(),
            filled: filled.len(),
            numbers: numbers.len(),
            whole: numbers.iter().all(|number| number.fract() == 0.0),
            distinct,
            min,
            max,
            counting: numbers.len() > 1
                && numbers.len() == cells.len()
                && numbers.windows(2).all(|pair| pair[1] - pair[0] == 1.0),
            time: time_format(&filled),
        }
    }

    /// Whether the column can be the rating: nearly all that is there is a number.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        self.rows == 0 || self.numbers > 0 && self.numbers * 10 >= self.filled * 9
    }

    /// Whether the numbers look like a scale: few values, and few for so many rows.
    #[must_use]
    pub fn is_scale(&self) -> bool {
        let few = self.distinct <= 101 && (self.distinct * 2 <= self.rows || self.rows < 20);
        self.numbers > 0 && self.is_numeric() && few && self.min >= -100.0 && self.max <= 100.0
    }

    /// Whether ids can be in it.
    #[must_use]
    pub fn is_id(&self) -> bool {
        self.filled * 2 > self.rows
            && (self.numbers < self.filled || self.whole)
            && (self.time.is_none() || !self.is_date())
    }

    /// Whether the values are written as dates.
    #[must_use]
    pub fn is_date(&self) -> bool {
        matches!(self.time, Some(TimeFormat::Iso | TimeFormat::DayFirst | TimeFormat::MonthFirst))
    }

    /// Whether the column can be the time: nearly all rows have one.
    #[must_use]
    pub fn is_time(&self) -> bool {
        self.time.is_some() && self.filled * 10 >= self.rows * 9
    }
}

/// How values are times; `None` where they are none.
#[must_use]
pub fn time_format(filled: &[&str]) -> Option<TimeFormat> {
    use TimeFormat::{DayFirst, Iso, Microseconds, Milliseconds, MonthFirst, Seconds};
    let all = |format| {
        let good = filled.iter().filter(|cell| number::time(cell.as_bytes(), format).is_some()).count();
        good > 0 && good * 10 >= filled.len() * 9
    };
    let compact = || filled.iter().all(|cell| cell.len() == 8) && all(Iso);
    if compact() {
        return Some(Iso);
    }
    if all(Seconds) {
        let mut values: Vec<i64> = filled.iter().filter_map(|cell| number::time(cell.as_bytes(), Seconds)).collect();
        order::sort(&mut values, Ord::cmp);
        // 1979 to 2100 in each unit; they do not overlap.
        return match values[values.len() / 2] {
            300_000_000..4_102_444_800 => Some(Seconds),
            300_000_000_000..4_102_444_800_000 => Some(Milliseconds),
            300_000_000_000_000..4_102_444_800_000_000 => Some(Microseconds),
            _ => None,
        };
    }
    if all(Iso) {
        return Some(Iso);
    }
    let told = date::day_or_month_first(filled.iter().copied());
    // Where no date tells, points mean Europe and strokes America.
    let untold = if filled.iter().any(|cell| cell.contains('/')) { MonthFirst } else { DayFirst };
    Some(told.unwrap_or(untold)).filter(|format| all(*format))
}

/// What stands before decimals: a comma where it makes numbers of a column's cells that a point does not. Where all commas
/// could as well stand between thousands, they do if a number without one comes near to a thousand, or one has several.
#[must_use]
pub fn decimal(rows: &[Vec<String>], fields: usize) -> Decimal {
    let is_comma = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).filter(|cell| !number::is_missing(cell.as_bytes()));
        let (mut filled, mut numbers, mut commas) = (0, 0, 0);
        let (mut grouped, mut large) = (true, false);
        for cell in cells {
            let number = number::rating_as(cell.as_bytes(), Decimal::Comma).is_some();
            filled += 1;
            numbers += usize::from(number);
            let has_comma = cell.contains(',');
            commas += usize::from(number && has_comma);
            grouped &= !has_comma || number::is_grouped(cell.as_bytes(), b',');
            large |= if has_comma { cell.len() > "1,234".len() } else { cell.len() >= 3 && !cell.contains('.') };
        }
        commas > 0 && numbers * 2 > filled && !(grouped && large)
    };
    if (0..fields).any(is_comma) { Decimal::Comma } else { Decimal::Point }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Facts {
        let rows: Vec<Vec<String>> = cells.iter().map(|cell| vec![(*cell).to_owned()]).collect();
        Facts::of(&rows, 0, decimal(&rows, 1))
    }

    #[test]
    fn values_tell_what_a_column_is() {
        let stars = column(&["4", "3.5", "", "0.5", "4"]);
        assert_eq!((stars.filled, stars.distinct, stars.min, stars.max), (4, 3, 0.5, 4.0));
        assert!(stars.is_scale() && !stars.is_id() && !stars.is_time());
        assert!(column(&["4,5", "3"]).is_scale());
        for (cells, max) in [
            (["1,234", "987", "12"], 1_234.0),
            (["12,345", "1", "2"], 12_345.0),
            (["3,667", "4,333", "5"], 5.0),
            (["1,5", "987", "12"], 987.0),
        ] {
            assert_eq!(column(&cells).max, max, "{cells:?}");
        }
        assert!(column(&["u1", "u1", "u2"]).is_id());
        assert!(!column(&["u1", "4"]).is_numeric());
        assert!(column(&["0", "1", "2"]).counting);
    }

    #[test]
    fn times_are_known_by_their_size_or_shape() {
        use TimeFormat::{DayFirst, Iso, Microseconds, Milliseconds, MonthFirst, Seconds};
        for (cells, format) in [
            (vec!["881250949", "891717742"], Some(Seconds)),
            (vec!["881250949000"], Some(Milliseconds)),
            (vec!["1588888888000000"], Some(Microseconds)),
            (vec!["20200131"], Some(Iso)),
            (vec!["2005-09-06"], Some(Iso)),
            (vec!["1/13/2020 10:00", "1/2/2020 11:00"], Some(MonthFirst)),
            (vec!["1.2.2020"], Some(DayFirst)),
            (vec!["5", "3"], None),
            (vec!["x"], None),
            (vec![], None),
        ] {
            assert_eq!(time_format(&cells), format, "{cells:?}");
        }
    }
}
