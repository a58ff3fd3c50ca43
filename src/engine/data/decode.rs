//! From a file's bytes to UTF-8, in chunks of any size: which encoding it is, and its decoding.
//!
//! UTF-8, UTF-16 and windows-1252 are decoded here. The tables of all other encodings are too heavy for the worker: a
//! [`Foreign`] decoder comes from whoever opened the file, and follows the same standard everywhere
//! (<https://encoding.spec.whatwg.org>). Which encoding it is is always found here, by the same rules.

mod detect;
mod latin;
mod utf16;

use std::fmt;

use crate::error::Error;
use crate::study::form::UTF_8;

/// Decodes an encoding that is not known here.
pub trait Foreign {
    /// Appends the text of the next bytes; `last` says that no more will come. Bytes that mean nothing become U+FFFD.
    fn decode(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>);
}

/// Makes a decoder for the label of an encoding; `None` for a label that is none.
pub type MakeForeign = fn(&str) -> Option<Box<dyn Foreign>>;

/// Decodes one file.
pub struct Decoder {
    state: State,
    make: MakeForeign,
    /// The text of the last chunk, where it is not the chunk itself.
    out: Vec<u8>,
}

enum State {
    /// Too few bytes to tell a byte-order mark and UTF-16.
    Start(Vec<u8>),
    /// Only ASCII so far.
    Ascii,
    /// The bytes from the first one that is not ASCII.
    Held(Vec<u8>),
    /// Passed on as it is.
    Utf8,
    Utf16(utf16::Utf16),
    Latin,
    Foreign(Box<dyn Foreign>, String),
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoder({})", self.encoding())
    }
}

/// So many bytes tell a byte-order mark and UTF-16 without one.
const START: usize = 64;
/// So many bytes from the first one that is not ASCII decide about the encoding.
const WINDOW: usize = 64 * 1024;

const BOM: &[u8; 3] = b"\xEF\xBB\xBF";

impl Decoder {
    /// A decoder that finds the encoding.
    #[must_use]
    pub fn detect(make: MakeForeign) -> Self {
        Self { state: State::Start(Vec::new()), make, out: Vec::new() }
    }

    /// A decoder of a known encoding.
    ///
    /// # Errors
    /// [`Error::BadSetting`] for a label that is none.
    pub fn known(label: &str, make: MakeForeign) -> Result<Self, Error> {
        let state = match label {
            UTF_8 | "utf8" | "ascii" | "us-ascii" => State::Utf8,
            "utf-16le" | "utf-16" => State::Utf16(utf16::Utf16::new(false)),
            "utf-16be" => State::Utf16(utf16::Utf16::new(true)),
            "windows-1252" | "latin1" | "iso-8859-1" => State::Latin,
            _ => State::Foreign(make(label).ok_or_else(|| unknown(label))?, label.to_owned()),
        };
        Ok(Self { state, make, out: Vec::new() })
    }

    /// The label of the encoding as far as it is known.
    #[must_use]
    pub fn encoding(&self) -> &str {
        match &self.state {
            State::Utf16(utf16) => utf16.label(),
            State::Latin => "windows-1252",
            State::Foreign(_, label) => label,
            State::Start(_) | State::Ascii | State::Held(_) | State::Utf8 => UTF_8,
        }
    }

    /// The text of the next bytes as far as it is certain. A byte-order mark is left where it is.
    ///
    /// # Errors
    /// [`Error::BadSetting`] where nobody can decode the encoding.
    pub fn decode<'a>(&'a mut self, bytes: &'a [u8], last: bool) -> Result<&'a [u8], Error> {
        match &mut self.state {
            State::Utf8 => return Ok(bytes),
            State::Ascii if bytes.is_ascii() => return Ok(bytes),
            _ => self.out.clear(),
        }
        self.push(bytes, last)?;
        Ok(&self.out)
    }

    fn push(&mut self, bytes: &[u8], last: bool) -> Result<(), Error> {
        match &mut self.state {
            State::Start(held) => {
                held.extend_from_slice(bytes);
                if held.len() < START && !last {
                    return Ok(());
                }
                let held = std::mem::take(held);
                self.state = match utf16::order(&held[..held.len().min(START)]) {
                    Some(big) => State::Utf16(utf16::Utf16::new(big)),
                    None if held.starts_with(BOM) => State::Utf8,
                    None => State::Ascii,
                };
                self.push(&held, last)
            }
            State::Ascii => {
                let ascii = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len());
                self.out.extend_from_slice(&bytes[..ascii]);
                if ascii == bytes.len() {
                    return Ok(());
                }
                self.state = State::Held(Vec::new());
                self.push(&bytes[ascii..], last)
            }
            State::Held(held) => {
                held.extend_from_slice(bytes);
                if held.len() < WINDOW && !last {
                    return Ok(());
                }
                let held = std::mem::take(held);
                let label = detect::detect(&held[..held.len().min(WINDOW)], held.len() <= WINDOW && last);
                self.state = Self::known(label, self.make)?.state;
                self.push(&held, last)
            }
            State::Utf8 => {
                self.out.extend_from_slice(bytes);
                Ok(())
            }
            State::Utf16(utf16) => {
                utf16.decode(bytes, last, &mut self.out);
                Ok(())
            }
            State::Latin => {
                latin::decode(bytes, &mut self.out);
                Ok(())
            }
            State::Foreign(foreign, _) => {
                foreign.decode(bytes, last, &mut self.out);
                Ok(())
            }
        }
    }
}

fn unknown(label: &str) -> Error {
    Error::BadSetting {
        setting: "encoding".to_owned(),
        value: label.to_owned(),
        allowed: "utf-8, utf-16le, utf-16be, windows-1252, gb18030 or another label of the Encoding Standard"
            .to_owned(),
    }
}

/// No encoding but those that are decoded here.
#[must_use]
pub fn no_foreign(_label: &str) -> Option<Box<dyn Foreign>> {
    None
}

/// The decoders of encoding_rs, natively.
#[cfg(not(target_family = "wasm"))]
#[must_use]
pub fn native(label: &str) -> Option<Box<dyn Foreign>> {
    struct Native(encoding_rs::Decoder);
    impl Foreign for Native {
        fn decode(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
            let room = self.0.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
            let start = out.len();
            out.resize(start + room, 0);
            let (_, _, written, _) = self.0.decode_to_utf8(bytes, &mut out[start..], last);
            out.truncate(start + written);
        }
    }
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    Some(Box::new(Native(encoding.new_decoder_without_bom_handling())))
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    /// Decodes in chunks of `size` bytes.
    fn decode(bytes: &[u8], size: usize) -> (String, String) {
        let mut decoder = Decoder::detect(native);
        let mut out = Vec::new();
        for (chunk, last) in bytes.chunks(size).map(|chunk| (chunk, false)).chain([(&b""[..], true)]) {
            out.extend_from_slice(decoder.decode(chunk, last).expect("natively everything is decoded"));
        }
        (decoder.encoding().to_owned(), String::from_utf8(out).expect("what is decoded is text"))
    }

    #[test]
    fn encodings_are_found_and_decoded_however_the_bytes_are_cut() {
        let german = "nutzer;film;wertung\nJürgen;Die Blechtrommel;5\nÄnne;Über uns das All;3\nx;M – Eine Stadt;4\n";
        let chinese = "用户,电影,评分\n张三,霸王别姬,5\n李四,千与千寻,4\n王五,阿甘正传,3\n";
        let russian = "пользователь;фильм;оценка\nИван;Солярис;5\nАнна;Зеркало;4\nИван;Сталкер;3\n";
        let japanese = "ユーザー,映画,評価\n田中,となりのトトロ,5\n佐藤,千と千尋の神隠し,4\n";
        let taiwanese = "使用者,電影,評分\n王一,霸王別姬,5\n王二,千與千尋,4\n王三,阿甘正傳,3\n王四,臥虎藏龍,2\n";
        let korean = "사용자,영화,평점\n김철수,기생충,5\n이영희,올드보이,4\n박민수,살인의 추억,3\n";
        let rare = "用户,项目,得分\n㐀1,𠀀1,5\n㐀2,𠀀1,4\n㐀2,𠀀7,3\n㐀3,𠀀7,1\n";
        let utf16 = |text: &str, big: bool, bom: bool| {
            let units = bom.then_some(0xFEFF_u16).into_iter().chain(text.encode_utf16());
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect::<Vec<u8>>()
        };
        let cases = [
            (german.as_bytes().to_vec(), "utf-8", german.to_owned()),
            (chinese.as_bytes().to_vec(), "utf-8", chinese.to_owned()),
            (b"a,b,c\n1,2,3\n".to_vec(), "utf-8", "a,b,c\n1,2,3\n".to_owned()),
            (encoding_rs::WINDOWS_1252.encode(german).0.into_owned(), "windows-1252", german.to_owned()),
            (encoding_rs::GB18030.encode(chinese).0.into_owned(), "gb18030", chinese.to_owned()),
            (encoding_rs::WINDOWS_1251.encode(russian).0.into_owned(), "windows-1251", russian.to_owned()),
            (encoding_rs::SHIFT_JIS.encode(japanese).0.into_owned(), "shift_jis", japanese.to_owned()),
            (encoding_rs::EUC_JP.encode(japanese).0.into_owned(), "euc-jp", japanese.to_owned()),
            (encoding_rs::BIG5.encode(taiwanese).0.into_owned(), "big5", taiwanese.to_owned()),
            (encoding_rs::EUC_KR.encode(korean).0.into_owned(), "euc-kr", korean.to_owned()),
            (encoding_rs::GB18030.encode(rare).0.into_owned(), "gb18030", rare.to_owned()),
            (utf16(german, false, true), "utf-16le", format!("\u{FEFF}{german}")),
            (utf16(chinese, true, true), "utf-16be", format!("\u{FEFF}{chinese}")),
            (
                utf16("user\titem\trating\n1\t2\t3\n4\t5\t😀\n", false, false),
                "utf-16le",
                "user\titem\trating\n1\t2\t3\n4\t5\t😀\n".into(),
            ),
        ];
        for (bytes, encoding, text) in cases {
            for size in [1, 2, 7, 64, 4096] {
                assert_eq!(decode(&bytes, size), (encoding.to_owned(), text.clone()), "{size}");
            }
        }
    }

    #[test]
    fn a_late_letter_decides_as_well_as_an_early_one() {
        let mut bytes = b"user,item,rating\n".to_vec();
        for row in 0..20_000 {
            bytes.extend_from_slice(format!("{row},x,3\n").as_bytes());
        }
        let mut latin = bytes.clone();
        latin.extend_from_slice(b"Andr\xE9,x,4\n");
        bytes.extend_from_slice("André,x,4\n".as_bytes());
        assert_eq!(decode(&latin, 999), ("windows-1252".to_owned(), String::from_utf8(bytes.clone()).unwrap()));
        assert_eq!(decode(&bytes, 999).0, "utf-8");
    }

    #[test]
    fn an_encoding_that_nobody_decodes_is_an_error() {
        assert_eq!(Decoder::known("klingon", native).unwrap_err().code(), "bad-setting");
        let mut decoder = Decoder::detect(no_foreign);
        let bytes =
            encoding_rs::GB18030.encode("用户,电影,评分,用户,电影,评分,用户,电影,评分,用户,电影,评分").0.into_owned();
        assert_eq!(decoder.decode(&bytes, true).unwrap_err().code(), "bad-setting");
    }
}
