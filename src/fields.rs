//! How messages, studies and logs are read: into a small tree first, then field by field into the types. They are written
//! as JSON.
//!
//! serde's derived code is made for each type and each format: it was a third of the worker, and weighed more in the page
//! than all of its charts. Here types are written in one format, each format is read into [`Content`] alone, and each type
//! has a list of its fields.

#[cfg(any(feature = "engine", feature = "ui"))]
pub mod json;
mod packed;

pub use packed::Packed;

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

/// What did not fit while something was read. Reading goes on behind a misfit with a stand-in that nobody will see, and
/// [`whole`] gives the first misfit in place of what was read: leaving at each field would be half of the reading's code.
#[derive(Debug, Default)]
pub struct Misfits {
    first: Option<Misfit>,
}

impl Misfits {
    /// Something does not fit.
    pub fn add(&mut self, misfit: Misfit) {
        self.first.get_or_insert(misfit);
    }

    /// Something else is expected here.
    pub fn expected(&mut self, what: &str) {
        self.add(Misfit::expected(what));
    }

    /// What is read next lies inside of something: tells [`Self::leave`] where to go on.
    fn enter(&self) -> Inside {
        Inside { was_fit: self.first.is_none() }
    }

    /// What was read lies inside of a field.
    #[inline(never)]
    fn leave(&mut self, inside: Inside, name: &str) {
        if inside.was_fit
            && let Some(misfit) = self.first.take()
        {
            self.first = Some(misfit.inside(name));
        }
    }

    /// What was read lies inside of a list.
    #[inline(never)]
    fn leave_item(&mut self, inside: Inside, at: usize) {
        if inside.was_fit && self.first.is_some() {
            self.leave(inside, &format!("[{at}]"));
        }
    }
}

/// A part that is being read.
#[derive(Clone, Copy)]
struct Inside {
    was_fit: bool,
}

/// Reads the whole of something.
///
/// # Errors
/// The first that does not fit.
pub fn whole<T: FromContent>(content: Content) -> Result<T, Misfit> {
    let mut misfits = Misfits::default();
    let read = T::read(content, &mut misfits);
    misfits.first.map_or(Ok(read), Err)
}

/// What can be made of a field's content.
pub trait FromContent: Sized {
    /// The value. Of other content the misfits hear, and any value stands in for it.
    fn read(content: Content, misfits: &mut Misfits) -> Self;

    /// Whether a field of it may be left out: then it is read from [`Content::Nothing`].
    const MAY_BE_ABSENT: bool = false;
}

/// What can be made of an object's fields.
pub trait FromFields: Sized {
    /// Takes what it needs. Of a field that is missing or holds something else the misfits hear.
    fn from_fields(fields: &mut Fields, misfits: &mut Misfits) -> Self;
}

impl Fields {
    /// Takes a field that may be left out only if its type says so.
    #[inline(never)]
    pub fn take<T: FromContent>(&mut self, name: &str, misfits: &mut Misfits) -> T {
        let (content, inside) = self.content(name, T::MAY_BE_ABSENT, misfits);
        let read = T::read(content, misfits);
        misfits.leave(inside, name);
        read
    }

    /// Takes a field, or what stands for it where it is left out.
    pub fn take_or<T: FromContent>(&mut self, name: &str, default: T, misfits: &mut Misfits) -> T {
        self.take::<Option<T>>(name, misfits).unwrap_or(default)
    }

    /// Holds that every field was taken: one more is a misfit.
    pub fn nothing_else(&self, misfits: &mut Misfits) {
        if let Some((name, _)) = self.0.first() {
            misfits.add(Misfit::unknown("field", name));
        }
    }

    /// Reads all fields, whatever their names.
    pub fn each<T>(self, misfits: &mut Misfits, read: impl Fn(&str, Content, &mut Misfits) -> T) -> Vec<T> {
        let mut all = Vec::with_capacity(self.0.len());
        for (name, content) in self.0 {
            let inside = misfits.enter();
            all.push(read(&name, content, misfits));
            misfits.leave(inside, &name);
        }
        all
    }

    /// What a field holds, and that what is read next lies inside of it.
    #[inline(never)]
    fn content(&mut self, name: &str, may_be_absent: bool, misfits: &mut Misfits) -> (Content, Inside) {
        let at = self.0.iter().position(|(known, _)| known == name);
        let content = at.map_or(Content::Nothing, |at| self.0.remove(at).1);
        if matches!(content, Content::Nothing) && !may_be_absent {
            misfits.add(Misfit::missing(name));
        }
        (content, misfits.enter())
    }
}

impl<'n> FromIterator<(&'n str, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (&'n str, Value)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), Content::One(value))).collect())
    }
}

/// Reads a struct by its fields. Those after `or default` may be left out. What people write themselves ends in
/// `nothing_else`: then a field that nobody knows is refused.
macro_rules! read_struct {
    ($name:ident { $($field:ident),* $(,)? } $(or default { $($extra:ident),* $(,)? })? $(, $nothing_else:ident)?) => {
        impl $crate::fields::FromFields for $name {
            fn from_fields(fields: &mut $crate::fields::Fields, misfits: &mut $crate::fields::Misfits) -> Self {
                let read = Self {
                    $($field: fields.take(stringify!($field), misfits),)*
                    $($($extra: fields.take_or(stringify!($extra), Default::default(), misfits),)*)?
                };
                $(fields.$nothing_else(misfits);)?
                read
            }
        }
        $crate::fields::deserialize!($name);
    };
}
pub(crate) use read_struct;

/// Reads an enum whose variant one of the fields names. The first variant stands in for one that nobody knows.
macro_rules! read_tagged {
    ($name:ident by $tag:literal {
        $first:literal => $stand_in:ident $({ $($stand_field:ident),* $(,)? })? $(($stand_inner:ident))?,
        $($text:literal => $variant:ident $({ $($field:ident),* $(,)? })? $(($inner:ident))?),* $(,)?
    }) => {
        impl $crate::fields::FromFields for $name {
            fn from_fields(fields: &mut $crate::fields::Fields, misfits: &mut $crate::fields::Misfits) -> Self {
                let tag: String = fields.take($tag, misfits);
                match tag.as_str() {
                    $($text => return Self::$variant
                        $({ $($field: fields.take(stringify!($field), misfits)),* })?
                        $(({ let $inner = $crate::fields::FromFields::from_fields(fields, misfits); $inner }))?,)*
                    $first => {}
                    other => misfits.add($crate::fields::Misfit::unknown($tag, other)),
                }
                Self::$stand_in
                    $({ $($stand_field: fields.take(stringify!($stand_field), misfits)),* })?
                    $(({ let $stand_inner = $crate::fields::FromFields::from_fields(fields, misfits); $stand_inner }))?
            }
        }
        $crate::fields::deserialize!($name);
    };
}
pub(crate) use read_tagged;

/// Reads what is written as a name; the function finds it. Another stands in for one that nobody knows.
macro_rules! read_named {
    ($name:ident as $kind:literal or $stand_in:ident, $named:expr) => {
        impl $crate::fields::FromContent for $name {
            fn read(content: $crate::fields::Content, misfits: &mut $crate::fields::Misfits) -> Self {
                let name = <String as $crate::fields::FromContent>::read(content, misfits);
                let named: fn(&str) -> Option<Self> = $named;
                named(&name).unwrap_or_else(|| {
                    misfits.add($crate::fields::Misfit::unknown($kind, &name));
                    Self::$stand_in
                })
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
                $crate::fields::whole(content).map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(crate) use deserialize;

impl<T: FromFields> FromContent for T {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        T::from_fields(&mut Fields::read(content, misfits), misfits)
    }
}

impl<T: FromFields> FromFields for Box<T> {
    fn from_fields(fields: &mut Fields, misfits: &mut Misfits) -> Self {
        Self::new(T::from_fields(fields, misfits))
    }
}

impl<T: FromContent> FromContent for Option<T> {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        if matches!(content, Content::Nothing) { None } else { Some(T::read(content, misfits)) }
    }

    const MAY_BE_ABSENT: bool = true;
}

impl<T: FromContent> FromContent for Vec<T> {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        let Content::Many(items) = content else {
            misfits.expected("a list");
            return Self::new();
        };
        let mut read = Self::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let inside = misfits.enter();
            read.push(T::read(item, misfits));
            misfits.leave_item(inside, at);
        }
        read
    }
}

impl<T: FromContent> FromContent for BTreeMap<String, T> {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        let fields = Fields::read(content, misfits);
        fields
            .each(misfits, |name, content, misfits| (name.to_owned(), T::read(content, misfits)))
            .into_iter()
            .collect()
    }
}

impl FromContent for Fields {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        let Content::Object(fields) = content else {
            misfits.expected("an object");
            return Self::default();
        };
        fields
    }
}

impl FromContent for Content {
    fn read(content: Content, _: &mut Misfits) -> Self {
        content
    }
}

/// Reads what is content of one kind, with what stands in for content of another.
macro_rules! read_plain {
    ($($type:ty: $what:literal, $stand_in:expr, $shape:pat $(if $holds:expr)? => $value:expr;)*) => {$(
        impl FromContent for $type {
            fn read(content: Content, misfits: &mut Misfits) -> Self {
                match content {
                    $shape $(if $holds)? => $value,
                    _ => {
                        misfits.expected($what);
                        $stand_in
                    }
                }
            }
        }
    )*};
}

read_plain! {
    Value: "a number, true, false or a text", false.into(), Content::One(value) => value;
    String: "a text", Self::new(), Content::One(Value::Text(text)) => text;
    bool: "true or false", false, Content::One(Value::Bool(bool)) => bool;
    f64: "a number", 0.0, Content::One(Value::Number(number)) => number;
    f32: "a number", 0.0, Content::One(Value::Number(number)) => number as Self;
    u64: "a whole number", 0, Content::One(Value::Number(number)) if is_whole(number) => number as Self;
}

/// Beyond 2^53 a number is not the integer that was written.
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number)
}

impl FromContent for u32 {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        u64::read(content, misfits).try_into().unwrap_or_else(|_| {
            misfits.expected("a whole number below 2^32");
            0
        })
    }
}

impl FromContent for (u32, u32) {
    fn read(content: Content, misfits: &mut Misfits) -> Self {
        if let [first, second] = Vec::read(content, misfits)[..] {
            return (first, second);
        }
        misfits.expected("a list of two");
        (0, 0)
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

    #[derive(Debug, PartialEq)]
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
        let misfits = &mut Misfits::default();
        assert_eq!(fields.take::<String>("a", misfits), "x");
        assert_eq!(fields.take::<Vec<f64>>("b", misfits), [1.0, 2.5]);
        assert!(fields.take::<Fields>("c", misfits).take::<bool>("d", misfits));
        assert_eq!(fields.take::<Option<f64>>("e", misfits), None);
        assert_eq!(misfits.first, None);
        fields.take::<u32>("f", misfits);
        fields.take::<u32>("g", misfits);
        assert_eq!(misfits.first.take().unwrap().to_string(), "missing field `f`");
    }

    #[test]
    fn a_number_that_is_no_count_is_refused() {
        for text in ["-1", "0.5", "4294967296", "\"1\""] {
            assert!(serde_json::from_str::<Content>(text).map(whole::<u32>).unwrap().is_err(), "{text}");
        }
        let read = |text: &str| serde_json::from_str::<Content>(text).map(whole::<u64>).unwrap();
        assert_eq!(read("4294967296"), Ok(4_294_967_296));
        assert!(read("1e300").is_err());
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
        let read = |text: &str| {
            let misfits = &mut Misfits::default();
            fields(text).take::<Vec<Pair>>("list", misfits);
            misfits.first.take().unwrap().to_string()
        };
        assert_eq!(read(r#"{"list": [{"a": 1}, {"a": true}, {"a": false}]}"#), "list[1].a: a whole number is expected");
        assert_eq!(read(r#"{"list": [{"a": 1, "c": 1}]}"#), "list[0]: unknown field `c`");
        assert_eq!(read(r#"{"list": [1]}"#), "list[0]: an object is expected");
        assert_eq!(read(r#"{"list": [{}]}"#), "list[0]: missing field `a`");
        assert_eq!(read("{}"), "missing field `list`");
    }
}
