//! What only a part of its readers looks into: it is kept as it came, and read by who wants it. So the page holds the code of
//! rare reports where it shows them, and not where all messages are read.

use std::fmt;
use std::marker::PhantomData;

use serde::{Serialize, Serializer};

use super::{Content, FromContent, Misfits};
use crate::study::Value;

/// Something of a type, not read yet.
pub struct Packed<T> {
    content: Content,
    of: PhantomData<fn() -> T>,
}

#[cfg(feature = "engine")]
impl<T: Serialize> Packed<T> {
    /// Packs it.
    ///
    /// # Panics
    /// What is no plain data can not be packed.
    #[must_use]
    pub fn new(what: &T) -> Self {
        let text = super::json::write(what).expect("what is packed is plain data");
        let content = super::json::read(&text).expect("what was written can be read");
        Self { content, of: PhantomData }
    }
}

impl<T: FromContent> Packed<T> {
    /// Reads it; nothing where it is something else.
    #[must_use]
    pub fn read(&self) -> Option<T> {
        super::whole(self.content.clone()).ok()
    }
}

impl<T> FromContent for Packed<T> {
    fn read(content: Content, _: &mut Misfits) -> Self {
        Self { content, of: PhantomData }
    }
}

impl<T> Serialize for Packed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.content.serialize(serializer)
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_unit(),
            Self::One(Value::Number(number)) => serializer.serialize_f64(*number),
            Self::One(value) => value.serialize(serializer),
            Self::Many(items) => serializer.collect_seq(items),
            Self::Object(fields) => serializer.collect_map(fields.0.iter().map(|(name, value)| (name, value))),
        }
    }
}

// Derived, these would ask the same of `T`.
impl<T> Clone for Packed<T> {
    fn clone(&self) -> Self {
        Self { content: self.content.clone(), of: PhantomData }
    }
}

impl<T> PartialEq for Packed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl<T> fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.content.fmt(f)
    }
}
