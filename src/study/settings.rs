//! Settings with a name and a text for each: written only where they differ from their default, in JSON, in links and on
//! the command line alike.

use crate::fields::{Content, Fields, FromContent as _, Misfit, Misfits};
use crate::study::Value;

/// A set of named settings.
pub trait Settings: Default + Sized {
    /// The names, in the order in which they are written.
    const KEYS: &'static [&'static str];

    /// A setting as text.
    fn get(&self, key: &str) -> String;

    /// Sets it from text; `None` where the text is none of its values.
    fn set(&mut self, key: &str, text: &str) -> Option<()>;

    /// What [`Self::set`] reads, for a sentence.
    fn allowed(key: &str) -> &'static str;

    /// The settings that differ from their default.
    #[must_use]
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let default = Self::default();
        let changed = Self::KEYS.iter().filter(|key| self.get(key) != default.get(key));
        changed.map(|key| (*key, self.get(key))).collect()
    }

    /// Whether all are at their default.
    #[must_use]
    fn is_default(&self) -> bool {
        self.pairs().is_empty()
    }

    /// Takes what a field holds. Of a setting that does not exist or has no such value the misfits hear.
    fn from_field(content: Content, misfits: &mut Misfits) -> Self {
        let mut fields = Option::<Fields>::read(content, misfits).unwrap_or_default();
        let mut settings = Self::default();
        for key in Self::KEYS {
            if let Some(value) = fields.take::<Option<Value>>(key, misfits)
                && settings.set(key, &value.to_string()).is_none()
            {
                misfits.add(Misfit::expected(Self::allowed(key)).inside(key));
            }
        }
        fields.nothing_else(misfits);
        settings
    }
}

/// Implements reading and writing by serde through [`Settings`].
macro_rules! serialize_settings {
    ($($name:ty),*) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let pairs = $crate::study::settings::Settings::pairs(self);
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for (key, text) in pairs {
                    map.serialize_entry(key, &$crate::study::settings::value(&text))?;
                }
                map.end()
            }
        }

        impl $crate::fields::FromContent for $name {
            fn read(content: $crate::fields::Content, misfits: &mut $crate::fields::Misfits) -> Self {
                $crate::study::settings::Settings::from_field(content, misfits)
            }

            const MAY_BE_ABSENT: bool = true;
        }
        $crate::fields::deserialize!($name);
    )*};
}
pub(crate) use serialize_settings;

/// A text as a number or truth where that reads back as the same text.
#[must_use]
pub fn value(text: &str) -> Value {
    let value = Value::parse(text);
    if value.to_string() == text { value } else { Value::Text(text.to_owned()) }
}

/// Declares an enum whose variants have a name each.
macro_rules! named_choices {
    ($(#[$meta:meta])* $name:ident { $( $(#[$doc:meta])* $variant:ident = $text:literal, )* } allowed $allowed:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$doc])* $variant, )* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];
            /// Their names, for a sentence.
            pub const NAMES: &'static str = $allowed;

            /// Its name in studies, links and commands.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }

            /// The one of a name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.name() == name)
            }
        }
    };
}
pub(crate) use named_choices;
