//! JSON (RFC 8259): what page and workers say to each other, links, event logs, and what is hashed.
//!
//! What people write themselves is read natively by serde_json; its tables, and its code for every type, would be a tenth
//! of the worker. Both write the same text and read the same bits.

#[cfg(feature = "engine")]
mod reader;
mod writer;

use serde::Serialize;

#[cfg(feature = "engine")]
use super::{FromContent, Misfit, whole};
use writer::{Unwritable, Writer};

/// A value as JSON, on one line.
///
/// # Errors
/// The value holds what [`Unwritable`] lists.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Result<String, Unwritable> {
    let mut text = String::new();
    value.serialize(Writer(&mut text)).map(|()| text)
}

/// Reads what [`write`] wrote, or any other JSON of the same meaning.
///
/// # Errors
/// The text is no JSON, or holds something else.
#[cfg(feature = "engine")]
pub fn read<T: FromContent>(text: &str) -> Result<T, Misfit> {
    reader::content(text).and_then(whole)
}

#[cfg(all(test, feature = "engine", not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::fields::{Content, Fields};
    use crate::study::Value;
    use proptest::prelude::*;

    fn theirs(text: &str) -> Option<Content> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        let refused = |text: &str| read::<Content>(text).unwrap_err().to_string();
        assert_eq!(refused(""), "character 1: a value is expected");
        assert_eq!(refused("[1 2]"), "character 4: a comma or the end is expected");
        assert_eq!(refused(r#"{"a" 1}"#), "character 6: `:` is expected");
        assert_eq!(refused("{} {}"), "character 4: the end is expected");
        for text in [
            "01",
            "+1",
            ".5",
            "5.",
            "5.e3",
            "-",
            "1e",
            "nul",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"",
            "[",
            "{",
            "1e999",
            "NaN",
            "'a'",
        ] {
            refused(text);
            assert_eq!(theirs(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_lies_too_deep_is_refused() {
        assert!(read::<Content>(&"[".repeat(1_000_000)).is_err());
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(read::<Content>(&deep(100)).is_ok());
    }

    #[test]
    fn escapes_are_read() {
        let text = r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 é""#;
        assert_eq!(read::<String>(text).unwrap(), serde_json::from_str::<String>(text).unwrap());
        assert_eq!(read::<String>(r#""\ud83d""#).unwrap(), "\u{fffd}");
    }

    #[test]
    fn an_integer_beyond_what_javascript_has_is_not_written() {
        assert_eq!(write(&9_007_199_254_740_991_u64).unwrap(), "9007199254740991");
        for refused in [write(&9_007_199_254_740_992_u64), write(&u64::MAX), write(&i64::MIN)] {
            refused.unwrap_err();
        }
    }

    fn content() -> impl Strategy<Value = Content> {
        let number = prop_oneof![proptest::num::f64::ANY, (-9_999..9_999_i32).prop_map(f64::from), 0.0..1.0];
        let leaf = prop_oneof![
            Just(Content::Nothing),
            any::<bool>().prop_map(|bool| Content::One(bool.into())),
            number.prop_filter("finite", |number| number.is_finite()).prop_map(|number| Content::One(number.into())),
            any::<String>().prop_map(|text| Content::One(Value::Text(text))),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Content::Many),
                proptest::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|fields| Content::Object(Fields(fields))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_here_and_there(content in content()) {
            let text = write(&content).unwrap();
            prop_assert_eq!(&read::<Content>(&text).unwrap(), &content);
            prop_assert_eq!(theirs(&text), Some(content));
        }

        #[test]
        fn it_is_what_others_write(content in content(), whole in -1e17..1e17_f64, count: i32) {
            // Of two shortest texts of a number that are equally near to it, either may be written: -115969718483744.63
            // here is -115969718483744.62 there. So the length is compared; that both say the same is the test above.
            prop_assert_eq!(write(&content).unwrap().len(), serde_json::to_string(&content).unwrap().len());
            let numbers = (whole.trunc(), count, [count]);
            prop_assert_eq!(write(&numbers).unwrap(), serde_json::to_string(&numbers).unwrap());
        }

        #[test]
        fn an_f32_is_read_back_to_the_bit_and_has_no_digit_too_many(number in proptest::num::f32::NORMAL) {
            let written = read::<f64>(&write(&number).unwrap()).unwrap();
            prop_assert_eq!(written.to_string().len(), number.to_string().len());
            prop_assert_eq!(read::<f32>(&write(&number).unwrap()).unwrap().to_bits(), number.to_bits());
        }

        #[test]
        fn what_others_write_is_read(content in content()) {
            prop_assert_eq!(read::<Content>(&serde_json::to_string_pretty(&content).unwrap()), Ok(content));
        }

        #[test]
        fn no_text_is_read_otherwise_than_by_others(text in r#"[\[\]{}:,"\\ 0-9.eEtrufalsn+-]{0,24}"#) {
            prop_assert_eq!(read::<Content>(&text).ok(), theirs(&text), "{}", text);
        }
    }
}
