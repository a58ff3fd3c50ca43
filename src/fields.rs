//! How messages, studies and logs are read: into a small tree first, then field by field into the types. They are written
//! as JSON.
//!
//! serde's derived code is made for each type and each format: it was a third of the worker, and weighed more in the page
//! than all of its charts. Here types are written in one format, each format is read into [`Content`] alone, and each type
//! has a list of its fields.

#[cfg(any(feature = "engine", feature = "ui"))]
pub mod json;

use std::collections::BTreeMap;
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

/// Where reading failed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The way to the field, such as `models[0].params`; empty for the whole.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

impl Misfit {
    /// Something else is expected here.
    #[must_use]
    pub fn expected(what: &str) -> Self {
        Self { place: String::new(), reason: format!("{what} is expected") }
    }

    /// A name that is none of those allowed.
    #[must_use]
    pub fn unknown(kind: &str, found: &str) -> Self {
        Self { place: String::new(), reason: format!("unknown {kind} `{found}`") }
    }

    fn missing(field: &str) -> Self {
        Self { place: String::new(), reason: format!("missing field `{field}`") }
    }

    /// The same, seen from outside of a field.
    #[must_use]
    pub fn inside(mut self, outer: &str) -> Self {
        let dot = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        self.place = format!("{outer}{dot}{}", self.place);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() { f.write_str(&self.reason) } else { write!(f, "{}: {}", self.place, self.reason) }
    }
}

/// What can be made of a field's content.
pub trait FromContent: Sized {
    /// The value.
    ///
    /// # Errors
    /// The content is something else.
    fn from_content(content: Content) -> Result<Self, Misfit>;

    /// What stands for a field that is not there, if it may be left out.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }
}

/// What can be made of an object's fields.
pub trait FromFields: Sized {
    /// Takes what it needs.
    ///
    /// # Errors
    /// A field is missing, or holds something else.
    fn from_fields(fields: &mut Fields) -> Result<Self, Misfit>;
}

impl Fields {
    /// Takes a field.
    ///
    /// # Errors
    /// The field is missing and may not be, or holds something else.
    pub fn take<T: FromContent>(&mut self, name: &str) -> Result<T, Misfit> {
        match self.content(name) {
            Some(content) => T::from_content(content).map_err(|misfit| misfit.inside(name)),
            None => T::absent().ok_or_else(|| Misfit::missing(name)),
        }
    }

    /// Takes a field, or what stands for it where it is left out.
    ///
    /// # Errors
    /// The field holds something else.
    pub fn take_or<T: FromContent>(&mut self, name: &str, default: T) -> Result<T, Misfit> {
        Ok(self.take::<Option<T>>(name)?.unwrap_or(default))
    }

    /// Holds that every field was taken; an empty rest.
    ///
    /// # Errors
    /// There is one more, which nobody knows.
    pub fn nothing_else(&self) -> Result<(), Misfit> {
        self.0.first().map_or(Ok(()), |(name, _)| Err(Misfit::unknown("field", name)))
    }

    fn content(&mut self, name: &str) -> Option<Content> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1).filter(|content| *content != Content::Nothing)
    }
}

/// Reads one plain field after the other and keeps the first misfit. Where many kinds of the same are told apart, that is
/// half the code of leaving at each.
#[derive(Debug)]
pub struct Reading<'a> {
    fields: &'a mut Fields,
    misfit: Option<Misfit>,
}

impl<'a> Reading<'a> {
    /// Nothing is read yet.
    pub fn of(fields: &'a mut Fields) -> Self {
        Self { fields, misfit: None }
    }

    /// Takes a field; where it does not fit, its default, which nobody will see.
    #[inline(never)]
    pub fn take<T: FromContent + Default>(&mut self, name: &str) -> T {
        let taken = self.fields.take(name);
        taken.unwrap_or_else(|misfit| {
            self.misfit.get_or_insert(misfit);
            T::default()
        })
    }

    /// What was made of the fields, if all did fit.
    ///
    /// # Errors
    /// One did not.
    pub fn end<T>(self, read: T) -> Result<T, Misfit> {
        self.misfit.map_or(Ok(read), Err)
    }
}

impl IntoIterator for Fields {
    type Item = (String, Content);
    type IntoIter = std::vec::IntoIter<(String, Content)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Reads a struct by its fields. Those after `or default` may be left out. What people write themselves ends in
/// `nothing_else`: then a field that nobody knows is refused.
macro_rules! read_struct {
    ($name:ident { $($field:ident),* $(,)? } $(or default { $($extra:ident),* $(,)? })? $(, $nothing_else:ident)?) => {
        impl $crate::fields::FromFields for $name {
            fn from_fields(fields: &mut $crate::fields::Fields) -> Result<Self, $crate::fields::Misfit> {
                let read = Self {
                    $($field: fields.take(stringify!($field))?,)*
                    $($($extra: fields.take_or(stringify!($extra), Default::default())?,)*)?
                };
                $(fields.$nothing_else()?;)?
                Ok(read)
            }
        }
        $crate::fields::deserialize!($name);
    };
}
pub(crate) use read_struct;

/// Reads an enum whose variant one of the fields names.
macro_rules! read_tagged {
    ($name:ident by $tag:literal {
        $($text:literal => $variant:ident $({ $($field:ident),* $(,)? })? $(($inner:ident))?),* $(,)?
    }) => {
        impl $crate::fields::FromFields for $name {
            fn from_fields(fields: &mut $crate::fields::Fields) -> Result<Self, $crate::fields::Misfit> {
                let tag: String = fields.take($tag)?;
                match tag.as_str() {
                    $($text => Ok(Self::$variant
                        $({ $($field: fields.take(stringify!($field))?),* })?
                        $(({ let $inner = $crate::fields::FromFields::from_fields(fields)?; $inner }))?
                    ),)*
                    other => Err($crate::fields::Misfit::unknown($tag, other)),
                }
            }
        }
        $crate::fields::deserialize!($name);
    };
}
pub(crate) use read_tagged;

/// Reads what is written as a name; the function finds it.
macro_rules! read_named {
    ($name:ident as $kind:literal, $named:expr) => {
        impl $crate::fields::FromContent for $name {
            fn from_content(content: $crate::fields::Content) -> Result<Self, $crate::fields::Misfit> {
                let name = <String as $crate::fields::FromContent>::from_content(content)?;
                let named: fn(&str) -> Option<Self> = $named;
                named(&name).ok_or_else(|| $crate::fields::Misfit::unknown($kind, &name))
            }
        }
        $crate::fields::deserialize!($name);
    };
}
pub(crate) use read_named;

/// Implements serde's reading through [`FromContent`].
macro_rules! deserialize {
    ($($name:ty),*) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let content = $crate::fields::Content::deserialize(deserializer)?;
                $crate::fields::FromContent::from_content(content).map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(crate) use deserialize;

impl<T: FromFields> FromContent for T {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        match content {
            Content::Object(mut fields) => T::from_fields(&mut fields),
            _ => Err(Misfit::expected("an object")),
        }
    }
}

impl<T: FromFields> FromFields for Box<T> {
    fn from_fields(fields: &mut Fields) -> Result<Self, Misfit> {
        T::from_fields(fields).map(Self::new)
    }
}

impl<T: FromContent> FromContent for Option<T> {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        if content == Content::Nothing { Ok(None) } else { T::from_content(content).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromContent> FromContent for Vec<T> {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        let Content::Many(items) = content else { return Err(Misfit::expected("a list")) };
        let item = |(at, item)| T::from_content(item).map_err(|misfit| misfit.inside(&format!("[{at}]")));
        items.into_iter().enumerate().map(item).collect()
    }
}

impl<T: FromContent> FromContent for BTreeMap<String, T> {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        let fields = Fields::from_content(content)?;
        let field = |(name, content): (String, Content)| match T::from_content(content) {
            Ok(value) => Ok((name, value)),
            Err(misfit) => Err(misfit.inside(&name)),
        };
        fields.into_iter().map(field).collect()
    }
}

impl FromContent for Fields {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        match content {
            Content::Object(fields) => Ok(fields),
            _ => Err(Misfit::expected("an object")),
        }
    }
}

impl FromContent for Content {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        Ok(content)
    }
}

impl FromContent for Value {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        match content {
            Content::One(value) => Ok(value),
            _ => Err(Misfit::expected("a number, true, false or a text")),
        }
    }
}

impl FromContent for String {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        match content {
            Content::One(Value::Text(text)) => Ok(text),
            _ => Err(Misfit::expected("a text")),
        }
    }
}

impl FromContent for bool {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        match content {
            Content::One(Value::Bool(bool)) => Ok(bool),
            _ => Err(Misfit::expected("true or false")),
        }
    }
}

impl FromContent for f64 {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        match content {
            Content::One(Value::Number(number)) => Ok(number),
            _ => Err(Misfit::expected("a number")),
        }
    }
}

impl FromContent for f32 {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        f64::from_content(content).map(|number| number as Self)
    }
}

impl FromContent for u64 {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        // Beyond 2^53 a number is not the integer that was written.
        let is_exact = |number: f64| number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
        match f64::from_content(content) {
            Ok(number) if is_exact(number) => Ok(number as Self),
            _ => Err(Misfit::expected("a whole number")),
        }
    }
}

impl FromContent for u32 {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        u64::from_content(content)?.try_into().map_err(|_| Misfit::expected("a whole number below 2^32"))
    }
}

impl FromContent for (u32, u32) {
    fn from_content(content: Content) -> Result<Self, Misfit> {
        match Vec::from_content(content)?[..] {
            [first, second] => Ok((first, second)),
            _ => Err(Misfit::expected("a list of two")),
        }
    }
}

deserialize!(Fields, Value);

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

    #[derive(Debug, Default, PartialEq)]
    struct Pair {
        a: u32,
        b: Option<bool>,
    }

    read_struct!(Pair { a } or default { b }, nothing_else);

    #[derive(Debug, PartialEq)]
    enum Shape {
        Dot,
        Line { length: f64 },
        Both(Box<Pair>),
    }

    read_tagged!(Shape by "shape" { "dot" => Dot, "line" => Line { length }, "both" => Both(pair) });

    #[test]
    fn fields_are_taken_by_name_whatever_their_order() {
        let mut fields = fields(r#"{"b": [1, 2.5], "a": "x", "c": {"d": true}, "e": null}"#);
        assert_eq!(fields.take::<String>("a").unwrap(), "x");
        assert_eq!(fields.take::<Vec<f64>>("b").unwrap(), [1.0, 2.5]);
        assert!(fields.take::<Fields>("c").unwrap().take::<bool>("d").unwrap());
        assert_eq!(fields.take::<Option<f64>>("e").unwrap(), None);
        assert_eq!(fields.take::<u32>("f").unwrap_err().to_string(), "missing field `f`");
    }

    #[test]
    fn a_number_that_is_no_count_is_refused() {
        for text in ["-1", "0.5", "4294967296", "\"1\""] {
            assert!(fields(&format!(r#"{{"n": {text}}}"#)).take::<u32>("n").is_err(), "{text}");
        }
        assert_eq!(fields(r#"{"n": 4294967296}"#).take::<u64>("n").unwrap(), 4_294_967_296);
        assert!(fields(r#"{"n": 1e300}"#).take::<u64>("n").is_err());
    }

    #[test]
    fn a_variant_is_found_by_its_tag() {
        let read = |text: &str| serde_json::from_str::<Shape>(text).map_err(|error| error.to_string());
        assert_eq!(read(r#"{"shape": "dot"}"#), Ok(Shape::Dot));
        assert_eq!(read(r#"{"length": 2, "shape": "line"}"#), Ok(Shape::Line { length: 2.0 }));
        assert_eq!(read(r#"{"shape": "both", "a": 1}"#), Ok(Shape::Both(Box::new(Pair { a: 1, b: None }))));
        assert_eq!(read(r#"{"shape": "cube"}"#), Err("unknown shape `cube`".to_owned()));
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_place() {
        let read = |text: &str| fields(text).take::<Vec<Pair>>("list").unwrap_err().to_string();
        assert_eq!(read(r#"{"list": [{"a": 1}, {"a": true}]}"#), "list[1].a: a whole number is expected");
        assert_eq!(read(r#"{"list": [{"a": 1, "c": 1}]}"#), "list[0]: unknown field `c`");
        assert_eq!(read(r#"{"list": [1]}"#), "list[0]: an object is expected");
        assert_eq!(read(r#"{"list": [{}]}"#), "list[0]: missing field `a`");
    }
}
