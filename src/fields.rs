//! Objects that say by one of their fields what they are, read field by field.
//!
//! serde reads such tagged enums through a buffer of its own, with code for each enum and each format that weighs more in
//! the page than all of its charts. Here one small reader serves them all. Writing stays serde's, so that JSON is what the
//! derived reading would take.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::study::Value;

/// The fields of an object that have not been taken yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<(String, Content)>);

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing: as if the field was not there.
    Nothing,
    /// A number, a text, yes or no.
    One(Value),
    /// A list.
    Many(Vec<Content>),
    /// An object.
    Object(Fields),
}

/// What can be made of a field's content.
pub trait FromContent: Sized {
    /// The value; `None` if the content is something else.
    fn from_content(content: Content) -> Option<Self>;
}

/// What can be made of an object's fields.
pub trait FromFields: Sized {
    /// Takes what it needs.
    ///
    /// # Errors
    /// Names the field that is missing or holds something else.
    fn from_fields(fields: &mut Fields) -> Result<Self, String>;
}

impl Fields {
    /// Takes a field.
    ///
    /// # Errors
    /// The field is missing, or holds something else.
    pub fn take<T: FromContent>(&mut self, name: &str) -> Result<T, String> {
        self.maybe(name)?.ok_or_else(|| format!("missing field `{name}`"))
    }

    /// Takes a field that may be left out.
    ///
    /// # Errors
    /// The field holds something else.
    pub fn maybe<T: FromContent>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(at) = self.0.iter().position(|(known, _)| known == name) else { return Ok(None) };
        match self.0.swap_remove(at).1 {
            Content::Nothing => Ok(None),
            content => T::from_content(content).map(Some).ok_or_else(|| format!("`{name}` holds something else")),
        }
    }
}

/// Says that what a tag names is not known.
pub fn unknown<T>(tag: &str, found: &str) -> Result<T, String> {
    Err(format!("unknown {tag} `{found}`"))
}

/// Implements reading by serde through [`FromFields`].
macro_rules! deserialize_by_fields {
    ($($name:ty),*) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut fields = $crate::fields::Fields::deserialize(deserializer)?;
                $crate::fields::FromFields::from_fields(&mut fields).map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(crate) use deserialize_by_fields;

impl FromContent for Value {
    fn from_content(content: Content) -> Option<Self> {
        match content {
            Content::One(value) => Some(value),
            _ => None,
        }
    }
}

impl FromContent for String {
    fn from_content(content: Content) -> Option<Self> {
        match content {
            Content::One(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl FromContent for bool {
    fn from_content(content: Content) -> Option<Self> {
        match content {
            Content::One(Value::Bool(bool)) => Some(bool),
            _ => None,
        }
    }
}

impl FromContent for f64 {
    fn from_content(content: Content) -> Option<Self> {
        match content {
            Content::One(Value::Number(number)) => Some(number),
            _ => None,
        }
    }
}

impl FromContent for u64 {
    fn from_content(content: Content) -> Option<Self> {
        // Beyond 2^53 a number is not the integer that was written.
        let is_exact = |number: &f64| number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(number);
        f64::from_content(content).filter(is_exact).map(|number| number as Self)
    }
}

impl FromContent for u32 {
    fn from_content(content: Content) -> Option<Self> {
        u64::from_content(content)?.try_into().ok()
    }
}

impl FromContent for Fields {
    fn from_content(content: Content) -> Option<Self> {
        match content {
            Content::Object(fields) => Some(fields),
            _ => None,
        }
    }
}

impl<T: FromContent> FromContent for Vec<T> {
    fn from_content(content: Content) -> Option<Self> {
        match content {
            Content::Many(items) => items.into_iter().map(T::from_content).collect(),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_map(ContentVisitor)? {
            Content::Object(fields) => Ok(fields),
            _ => Err(serde::de::Error::custom("expected an object")),
        }
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers, texts, lists and objects")
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Content, E> {
        Ok(Content::One(bool.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Content, E> {
        Ok(Content::One((number as f64).into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Content, E> {
        Ok(Content::One((number as f64).into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Content, E> {
        Ok(Content::One(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Content, E> {
        Ok(Content::One(text.into()))
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Nothing)
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Content::Many(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Content::Object(Fields(fields)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn fields_are_taken_by_name_whatever_their_order() {
        let mut fields = fields(r#"{"b": [1, 2.5], "a": "x", "c": {"d": true}, "e": null}"#);
        assert_eq!(fields.take::<String>("a").unwrap(), "x");
        assert_eq!(fields.take::<Vec<f64>>("b").unwrap(), [1.0, 2.5]);
        assert!(fields.take::<Fields>("c").unwrap().take::<bool>("d").unwrap());
        assert_eq!(fields.maybe::<f64>("e").unwrap(), None);
        assert_eq!(fields.take::<u32>("f").unwrap_err(), "missing field `f`");
    }

    #[test]
    fn a_number_that_is_no_count_is_refused() {
        for text in ["-1", "0.5", "4294967296", "\"1\""] {
            assert!(fields(&format!(r#"{{"n": {text}}}"#)).take::<u32>("n").is_err(), "{text}");
        }
        assert_eq!(fields(r#"{"n": 4294967296}"#).take::<u64>("n").unwrap(), 4_294_967_296);
        assert!(fields(r#"{"n": 1e300}"#).take::<u64>("n").is_err());
    }
}
