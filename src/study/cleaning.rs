//! What is done to ratings between reading and splitting: every step a setting that can be undone.

use super::Value;
use super::link::range;
use super::settings::{Settings, named_choices, serialize_settings};

/// The cleaning of a study's data, in the order in which it happens. The default leaves out only what can not be read and
/// all but one of repeated pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cleaning {
    /// What becomes of rows that can not be read: a missing value, no number, too few cells.
    pub bad_rows: BadRows,
    /// What zeros are.
    pub zeros: Zeros,
    /// Ratings outside are left out.
    pub scale: Option<Span>,
    /// Which of several ratings of one item by one user counts.
    pub repeats: Repeats,
    /// What becomes of play counts.
    pub counts: Counts,
    /// Ratings from here on become likes, the others are left out.
    pub threshold: Option<f64>,
    /// What becomes of users who rate everything alike.
    pub constant_users: ConstantUsers,
    /// At most so many users, drawn at random; 0 keeps all.
    pub sample_users: u32,
    /// The seed of that draw.
    pub sample_seed: u32,
    /// Users with fewer ratings are left out, again and again until none is left; 0 keeps all.
    pub core_users: u32,
    /// The same for items.
    pub core_items: u32,
    /// What the order of rows means.
    pub order: Order,
    /// What becomes of rows of the person's own test file that are also in the ratings.
    pub test_overlap: TestOverlap,
}

impl Cleaning {
    /// Only the steps that speak of single rows, as is right for a test part: whom to learn from was decided without it.
    #[must_use]
    pub fn of_rows(&self) -> Self {
        Self { constant_users: ConstantUsers::default(), sample_users: 0, core_users: 0, core_items: 0, ..self.clone() }
    }
}

/// The lowest and the highest of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The lowest.
    pub low: f64,
    /// The highest, not below the lowest.
    pub high: f64,
}

impl Span {
    /// Whether a value is between the ends or one of them.
    #[must_use]
    pub fn holds(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    fn parse(text: &str) -> Option<Self> {
        let (low, high) = range::ends(text)?;
        let (low, high) = (number(low)?, number(high)?);
        (low <= high).then_some(Self { low, high })
    }
}

named_choices! {
    /// What becomes of rows that can not be read.
    BadRows {
        /// They are left out and counted.
        #[default]
        Skip = "skip",
        /// The first one ends the reading with a sentence.
        Refuse = "refuse",
    } allowed "skip, refuse"
}

named_choices! {
    /// What zeros are.
    Zeros {
        /// Ratings.
        #[default]
        Keep = "keep",
        /// Interactions without a rating, which are left out.
        Implicit = "implicit",
    } allowed "keep, implicit"
}

named_choices! {
    /// Which of several ratings of one item by one user counts.
    Repeats {
        /// The last in time; of equal times, and without times, the last in the file.
        #[default]
        Last = "last",
        /// The first in time.
        First = "first",
        /// Their mean, at the last time.
        Mean = "mean",
        /// The highest, at the last time.
        Max = "max",
        /// Their sum, at the last time: for logs with one line an event.
        Sum = "sum",
    } allowed "last, first, mean, max, sum"
}

named_choices! {
    /// What becomes of play counts.
    Counts {
        /// They are taken as ratings.
        #[default]
        Keep = "keep",
        /// ln(1 + count), for positive counts: a long tail becomes a scale.
        Log = "log",
        /// 1 for every positive count.
        Binary = "binary",
    } allowed "keep, log, binary"
}

named_choices! {
    /// What becomes of users who rate everything alike.
    ConstantUsers {
        /// They are used.
        #[default]
        Keep = "keep",
        /// Those with several ratings, all equal, are left out.
        Skip = "skip",
    } allowed "keep, skip"
}

named_choices! {
    /// What the order of rows means.
    Order {
        /// Nothing.
        #[default]
        None = "none",
        /// Rows without times are in the order of time.
        File = "file",
    } allowed "none, file"
}

named_choices! {
    /// What becomes of rows of the person's own test file whose user and item are also in the ratings.
    TestOverlap {
        /// The file is refused: what is known needs no prediction.
        #[default]
        Refuse = "refuse",
        /// They are left out of the test part.
        Drop = "drop",
        /// They are predicted all the same.
        Keep = "keep",
    } allowed "refuse, drop, keep"
}

fn number(text: &str) -> Option<f64> {
    Value::parse(text.trim()).as_number()
}

/// An optional setting that is left out.
const OFF: &str = "off";

impl Settings for Cleaning {
    const KEYS: &'static [&'static str] = &[
        "bad_rows",
        "zeros",
        "scale",
        "repeats",
        "counts",
        "threshold",
        "constant_users",
        "sample_users",
        "sample_seed",
        "core_users",
        "core_items",
        "order",
        "test_overlap",
    ];

    fn get(&self, key: &str) -> String {
        let off = || OFF.to_owned();
        match key {
            "bad_rows" => self.bad_rows.name().to_owned(),
            "zeros" => self.zeros.name().to_owned(),
            "scale" => self.scale.map_or_else(off, |scale| format!("{}..{}", scale.low, scale.high)),
            "repeats" => self.repeats.name().to_owned(),
            "counts" => self.counts.name().to_owned(),
            "threshold" => self.threshold.map_or_else(off, |threshold| threshold.to_string()),
            "constant_users" => self.constant_users.name().to_owned(),
            "sample_users" => self.sample_users.to_string(),
            "sample_seed" => self.sample_seed.to_string(),
            "core_users" => self.core_users.to_string(),
            "core_items" => self.core_items.to_string(),
            "order" => self.order.name().to_owned(),
            _ => self.test_overlap.name().to_owned(),
        }
    }

    fn set(&mut self, key: &str, text: &str) -> Option<()> {
        let optional = |text: &str| if text == OFF { Some(None) } else { number(text).map(Some) };
        match key {
            "bad_rows" => self.bad_rows = BadRows::named(text)?,
            "zeros" => self.zeros = Zeros::named(text)?,
            "scale" => self.scale = if text == OFF { None } else { Some(Span::parse(text)?) },
            "repeats" => self.repeats = Repeats::named(text)?,
            "counts" => self.counts = Counts::named(text)?,
            "threshold" => self.threshold = optional(text)?,
            "constant_users" => self.constant_users = ConstantUsers::named(text)?,
            "sample_users" => self.sample_users = text.parse().ok()?,
            "sample_seed" => self.sample_seed = text.parse().ok()?,
            "core_users" => self.core_users = text.parse().ok()?,
            "core_items" => self.core_items = text.parse().ok()?,
            "order" => self.order = Order::named(text)?,
            "test_overlap" => self.test_overlap = TestOverlap::named(text)?,
            _ => return None,
        }
        Some(())
    }

    fn allowed(key: &str) -> &'static str {
        match key {
            "bad_rows" => BadRows::NAMES,
            "zeros" => Zeros::NAMES,
            "scale" => "LOW..HIGH, off",
            "repeats" => Repeats::NAMES,
            "counts" => Counts::NAMES,
            "threshold" => "a number, off",
            "constant_users" => ConstantUsers::NAMES,
            "order" => Order::NAMES,
            "test_overlap" => TestOverlap::NAMES,
            _ => "a whole number from 0",
        }
    }
}

serialize_settings!(Cleaning);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written_and_it_is_read_again() {
        assert_eq!(serde_json::to_string(&Cleaning::default()).unwrap(), "{}");
        let clean = Cleaning {
            scale: Some(Span { low: -0.5, high: 5.0 }),
            threshold: Some(4.0),
            core_users: 5,
            repeats: Repeats::Mean,
            ..Cleaning::default()
        };
        let text = serde_json::to_string(&clean).unwrap();
        assert_eq!(text, r#"{"scale":"-0.5..5","repeats":"mean","threshold":4,"core_users":5}"#);
        assert_eq!(serde_json::from_str::<Cleaning>(&text).unwrap(), clean);
        assert_eq!(serde_json::from_str::<Cleaning>(r#"{"core_users": 5, "scale": "off"}"#).unwrap().core_users, 5);
        for bad in [r#"{"scale": "5..1"}"#, r#"{"threshold": "high"}"#, r#"{"core_users": -1}"#, r#"{"zeroes": 1}"#] {
            assert!(serde_json::from_str::<Cleaning>(bad).is_err(), "{bad}");
        }
    }
}
