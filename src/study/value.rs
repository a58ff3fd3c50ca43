//! Values of parameters and points of a search space.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::decimal;
use crate::fields::{Content, Fields, FromContent, Misfits, deserialize};

/// A parameter's value. Integers are numbers too: one representation, so that no journey through JSON or JavaScript
/// turns 2.0 into a different value than 2.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer or real number; finite, and never -0.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// One of a set of names.
    Text(String),
}

/// All integers up to here are exact in an f64.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

impl Value {
    /// The number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }

    /// Reads a value as a person writes it: `true`, `20`, `0.02`, `gaussian`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "true" => Self::Bool(true),
            "false" => Self::Bool(false),
            _ => decimal::parse::<f64>(text).map_or_else(|| text.into(), Self::from),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Rust prints the shortest text that reads back to the same bits.
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(bool) => write!(f, "{bool}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        // This turns -0 into 0, so that equal values have equal bits.
        Self::Number(number + 0.0)
    }
}

/// Whole numbers are exact up to 2^53.
impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Self::Bool(bool)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) if number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER => {
                serializer.serialize_i64(*number as i64)
            }
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Bool(bool) => serializer.serialize_bool(*bool),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// All parameters of a model by name.
pub type Params = BTreeMap<String, Value>;

/// A point of a search space: its active parameters, after step and rounding, in the space's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point(pub Vec<(String, Value)>);

impl Point {
    /// The value of a parameter, if it is active here.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// What makes two points the same: names and exact values.
    #[must_use]
    pub fn identity(&self) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }
}

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl FromContent for Point {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        let fields = Fields::read(content, misfits);
        Self(fields.each(misfits, |name, content, misfits| (name.to_owned(), Value::read(content, misfits))))
    }
}

deserialize!(Point);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_stay_what_they_are_through_json() {
        for text in ["2", "2.5", "0.02", "-3", "true", "\"gaussian\"", "1e300"] {
            let value: Value = serde_json::from_str(text).unwrap();
            let back: Value = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
            assert_eq!(value, back);
        }
        assert_eq!(serde_json::to_string(&Value::Number(2.0)).unwrap(), "2");
        assert_eq!(serde_json::from_str::<Value>("2").unwrap(), serde_json::from_str::<Value>("2.0").unwrap());
    }

    #[test]
    fn minus_zero_is_zero() {
        let Value::Number(number) = Value::parse("-0") else { panic!() };
        assert_eq!(number.to_bits(), 0);
    }

    #[test]
    fn a_point_keeps_its_order() {
        let point = Point(vec![("z".into(), 1.0.into()), ("a".into(), "x".into())]);
        let text = serde_json::to_string(&point).unwrap();
        assert_eq!(text, r#"{"z":1,"a":"x"}"#);
        assert_eq!(serde_json::from_str::<Point>(&text).unwrap(), point);
        assert_eq!(point.identity(), "z=1&a=x");
    }
}
