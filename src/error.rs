//! The one error of RecTune: a code and its fields. The words stand in [`crate::words`], one table per language.
//!
//! User input never panics and never becomes free text here: a variant names what is wrong, where, and what is allowed,
//! so that page, command and tests can each say it in their own way.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::fields::{Fields, FromFields, Misfit, Misfits, deserialize};
use crate::study::Value;

/// Declares [`Error`] once, together with the views that would otherwise have to repeat its variants.
macro_rules! define_errors {
    ($( $(#[$doc:meta])* $name:ident = $code:literal { $( $field:ident : $ty:ty ),* $(,)? } )*) => {
        /// What went wrong, as data. Serialises as its code and its fields.
        #[allow(missing_docs, reason = "the sentences in www/words say what each field means")]
        pub enum Error {
            $( $(#[$doc])* $name { $( $field: $ty ),* }, )*
        }

        impl FromFields for Error {
            fn from_fields(fields: &mut Fields, misfits: &mut Misfits) -> Self {
                let code: String = fields.take("code", misfits);
                match code.as_str() {
                    $( $code => Self::$name { $( $field: fields.take(stringify!($field), misfits) ),* }, )*
                    other => {
                        misfits.add(Misfit::unknown("error", other));
                        Self::NotReady { what: code }
                    }
                }
            }
        }

        deserialize!(Error);

        impl Error {
            /// The codes of all variants: the word tables must have a sentence for each.
            pub const CODES: &'static [&'static str] = &[ $( $code ),* ];

            /// The stable code of this error, for example `missing-column`.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $( Self::$name { .. } => $code, )* }
            }

            /// The fields by name.
            fn values(&self) -> Vec<(&'static str, Value)> {
                match self { $( Self::$name { $( $field ),* } => vec![ $( (stringify!($field), $field.clone().into()) ),* ], )* }
            }
        }
    };
}

define_errors! {
    // Files.
    /// The file could not be read at all.
    Unreadable = "unreadable" { file: String, reason: String }
    /// A result could not be written.
    Unwritable = "unwritable" { file: String, reason: String }
    /// The file has no bytes, or no line with anything in it.
    EmptyFile = "empty-file" { file: String }
    /// A header without a row below it.
    NoRows = "no-rows" { file: String }
    /// Bytes that no delimiter turns into a table.
    NotATable = "not-a-table" { file: String, found: String }
    /// A column that the study names, or that a ratings file must have, is absent.
    MissingColumn = "missing-column" { file: String, column: String, found: String }
    /// A row with another number of fields than the header.
    RaggedRow = "ragged-row" { file: String, line: u64, expected: u32, found: u32 }
    /// A rating that is no finite number.
    NotANumber = "not-a-number" { file: String, line: u64, column: String, found: String }
    /// A cell that must not be empty.
    EmptyCell = "empty-cell" { file: String, line: u64, column: String }
    /// A timestamp that is no integer number of seconds.
    NotATime = "not-a-time" { file: String, line: u64, column: String, found: String }
    /// The text is not UTF-8.
    NotUtf8 = "not-utf8" { file: String, line: u64 }
    /// An archive that can not be unpacked.
    DamagedArchive = "damaged-archive" { file: String, reason: String }
    /// An archive without the member that is wanted.
    MissingMember = "missing-member" { file: String, member: String, found: String }
    /// An archive that unpacks to more than is read.
    TooMuchUnpacked = "too-much-unpacked" { file: String, limit_mib: u64 }
    /// A file of items that knows none of those that were rated.
    OtherItems = "other-items" { file: String, rows: u64 }
    /// A packed sample that does not decode.
    DamagedSample = "damaged-sample" { name: String, reason: String }
    /// There is no sample of this name.
    UnknownSample = "unknown-sample" { name: String, allowed: String }

    // Data that cannot be tuned on.
    /// Nothing can be learned about one user.
    OneUser = "one-user" { file: String, rows: u64 }
    /// Nothing says whose each rating is.
    OnePerson = "one-person" { file: String }
    /// Nothing can be learned about one item.
    OneItem = "one-item" { file: String, rows: u64 }
    /// A constant needs no model.
    ConstantRatings = "constant-ratings" { file: String, value: f64 }
    /// More rows, users or items than 32-bit indices hold.
    TooManyRows = "too-many-rows" { file: String, allowed: u64 }
    /// A split whose named part came out empty.
    EmptyPart = "empty-part" { part: String, split: String, rows: u64 }
    /// The split needs timestamps.
    NoTimes = "no-times" { split: String }
    /// The person's own test file repeats rows of the ratings.
    TestOverlaps = "test-overlaps" { overlap: u32, rows: u32 }
    /// The study was made for other data.
    OtherData = "other-data" { expected: String, found: String }

    // Studies.
    /// No such model.
    UnknownModel = "unknown-model" { model: String, allowed: String }
    /// The model has no such parameter.
    UnknownParameter = "unknown-parameter" { model: String, parameter: String, allowed: String }
    /// A value outside the parameter's domain.
    OutsideDomain = "outside-domain" { parameter: String, value: String, allowed: String }
    /// A range whose low end is above its high end.
    UpsideDown = "upside-down" { parameter: String, low: f64, high: f64 }
    /// A logarithmic range must be positive.
    LogOfZero = "log-of-zero" { parameter: String, low: f64 }
    /// A step that is not positive, or not a whole number for an integer.
    BadStep = "bad-step" { parameter: String, step: f64 }
    /// A range without a value in it.
    NoChoices = "no-choices" { parameter: String }
    /// A parameter named twice.
    Repeated = "repeated" { parameter: String }
    /// A condition on a parameter that does not stand before it.
    BadCondition = "bad-condition" { parameter: String, on: String }
    /// The study searches nothing.
    NoModel = "no-model" { allowed: String }
    /// More memory than there is.
    TooLarge = "too-large" { parameter: String, value: String, needed_mib: u64, limit_mib: u64 }
    /// A model whose square table does not fit.
    TooLargeSquare = "too-large-square" { model: String, side: u32, needed_mib: u64, limit_mib: u64 }
    /// A grid too large to count through.
    GridTooLarge = "grid-too-large" { points: f64, allowed: u64 }
    /// A setting (trials, lag, seed ...) outside its range.
    BadSetting = "bad-setting" { setting: String, value: String, allowed: String }
    /// A model that only ranks, where ratings are to be predicted.
    PredictsNoRatings = "predicts-no-ratings" { model: String, allowed: String }
    /// An objective that does not judge what the study is for.
    OtherGoal = "other-goal" { goal: String, objective: String, allowed: String }
    /// A choice that needs another one.
    NotSupported = "not-supported" { what: String, reason: String, allowed: String }

    // Links, logs and results.
    /// A link from a newer version.
    NewerVersion = "newer-version" { found: u32, known: u32 }
    /// A key that this version does not know; the rest of the link is used.
    UnknownKey = "unknown-key" { key: String, allowed: String }
    /// A value that does not parse; the default is used.
    BadValue = "bad-value" { key: String, value: String, allowed: String }
    /// Text that is not what its place asks for.
    NotParsed = "not-parsed" { file: String, line: u64, reason: String }
    /// A file whose text is right, but not what it says.
    Misfit = "misfit" { file: String, reason: String }
    /// The packed result of a link is damaged or too large.
    DamagedLink = "damaged-link" { reason: String }

    // Saved studies.
    /// The browser saves nothing for this page.
    NotSaved = "not-saved" { reason: String }
    /// The browser has no more room for this page.
    StorageFull = "storage-full" { trials: u32 }
    /// Saved studies that are none.
    DamagedStudies = "damaged-studies" { count: u32 }
    /// Saved trials that are none.
    DamagedTrials = "damaged-trials" { count: u32 }

    // Runs.
    /// There is no list to be judged.
    NothingRelevant = "nothing-relevant" { left_out: u32 }
    /// Training left the range of finite numbers.
    Diverged = "diverged" { epoch: u32 }
    /// Every trial failed or was cancelled.
    NoWinner = "no-winner" {}
    /// There is no test part to open.
    NoTestPart = "no-test-part" { split: String }
    /// Something was asked for that needs data or a run first.
    NotReady = "not-ready" { what: String }
    /// A worker went away more often than can be an accident.
    WorkerLost = "worker-lost" { times: u32 }
    /// The conductor's worker went away; the page starts another one.
    ConductorLost = "conductor-lost" {}
    /// A user or item that the data does not have.
    UnknownId = "unknown-id" { kind: String, id: String }
    /// The browser lacks something that the page needs.
    Browser = "browser" { what: String }
}

// Derived, each of these would go through all variants once more, which is code that page and worker must load.

impl Clone for Error {
    fn clone(&self) -> Self {
        let code = ("code", self.code().into());
        let mut fields: Fields = std::iter::once(code).chain(self.values()).collect();
        Self::from_fields(&mut fields, &mut Misfits::default())
    }
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code() && self.values() == other.values()
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.values();
        let mut map = serializer.serialize_map(Some(1 + values.len()))?;
        map.serialize_entry("code", self.code())?;
        for (name, value) in &values {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::words::ENGLISH.sentence(self))
    }
}

impl Error {
    /// The fields by name, as text, for the sentence's place-holders.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        self.values().into_iter().map(|(name, value)| (name, value.to_string())).collect()
    }

    /// Code and fields, for a worker's last words: the sentences would be 6 kB of it after compression.
    #[must_use]
    pub fn in_short(&self) -> String {
        let mut text = self.code().to_owned();
        for (name, value) in self.fields() {
            text.extend([" ", name, "=", &value]);
        }
        text
    }
}

impl std::fmt::Debug for Error {
    /// In short. Derived, it would be 20 kB of the worker that nobody ever sees.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.in_short())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_its_journey_as_json() {
        let error = Error::MissingColumn { file: "a.csv".into(), column: "rating".into(), found: "x, y".into() };
        let text = serde_json::to_string(&error).unwrap();
        assert_eq!(text, r#"{"code":"missing-column","file":"a.csv","column":"rating","found":"x, y"}"#);
        assert_eq!(serde_json::from_str::<Error>(&text).unwrap(), error);
    }

    #[test]
    fn a_copy_of_an_error_is_the_same_error() {
        let errors = [
            Error::NotANumber {
                file: "a.csv".into(),
                line: u64::from(u32::MAX) + 7,
                column: "c".into(),
                found: "x".into(),
            },
            Error::UpsideDown { parameter: "k".into(), low: 2.5, high: -1e300 },
            Error::GridTooLarge { points: f64::INFINITY, allowed: 1 },
            Error::ConductorLost {},
        ];
        for error in errors {
            assert_eq!(error.clone(), error);
            assert_eq!(error.clone().in_short(), error.in_short());
            assert_ne!(error, Error::NoWinner {});
        }
        let (one, other) = (Error::Diverged { epoch: 1 }, Error::Diverged { epoch: 2 });
        assert_ne!(one, other);
    }
}
