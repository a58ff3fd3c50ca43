//! Numbers from text, correctly rounded. The one way in which page, links, logs and files read them.
//!
//! The standard library does the same with 10 kB of tables, which page and worker would each carry, and the one crate that
//! claims to do without them rounds some numbers wrongly. Numbers of up to 15 digits, nearly all that there are, take one
//! exact operation here (Clinger 1990, doi:10.1145/93542.93557); the others are doubled and halved as decimal digits until
//! their bits can be read off, which is slow and can not round twice.

/// What can be read from text.
pub(crate) trait Float: Sized {
    /// The nearest number of this kind, ties to even; infinite where it is beyond the largest.
    fn nearest(number: &Scanned<'_>) -> Self;
    /// Whether it is neither infinite nor no number.
    fn is_finite(&self) -> bool;
}

/// The number of a text such as `20`, `-0.5` or `1e-3`; `None` where the text is none, or none that is finite.
pub(crate) fn parse<T: Float>(text: &str) -> Option<T> {
    from_bytes(text.as_bytes())
}

/// As [`parse`], of a field that was never checked to be UTF-8.
pub(crate) fn from_bytes<T: Float>(text: &[u8]) -> Option<T> {
    Scanned::of(text).map(|number| T::nearest(&number)).filter(T::is_finite)
}

/// The f64 of the fewest digits that are this f32, so that what is written of it has no more: 0.1, where converting gives
/// 0.10000000149011612. All reals are written as f64, since a second way of writing them would weigh as much again.
#[cfg(any(feature = "engine", feature = "ui"))]
pub(crate) fn of_fewest_digits(number: f32) -> f64 {
    let of_digits = |digits: usize| {
        let text = format!("{:.*e}", digits, f64::from(number));
        parse::<f64>(&text).filter(|_| parse::<f32>(&text) == Some(number))
    };
    (0..9).find_map(of_digits).unwrap_or(number.into())
}

/// 10^0 ..= 10^22: the powers of ten that an f64 holds exactly.
const POWERS: [f64; 23] = [
    1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The bits of an f64 that an f32 lacks, of a number halfway between two of them.
const HALFWAY: u64 = 1 << 28;

impl Float for f64 {
    fn nearest(number: &Scanned<'_>) -> Self {
        let size = number.short().unwrap_or_else(|| Self::from_bits(Digits::of(number).round(53, -1_074, 2_047)));
        if number.negative { -size } else { size }
    }

    fn is_finite(&self) -> bool {
        Self::is_finite(*self)
    }
}

impl Float for f32 {
    fn nearest(number: &Scanned<'_>) -> Self {
        // What the first rounding did not put halfway, the second rounds as if it was the only one.
        let twice = number
            .short()
            .filter(|size| size.to_bits() % (2 * HALFWAY) != HALFWAY && *size > f64::from(Self::MIN_POSITIVE));
        let exact = || Self::from_bits(Digits::of(number).round(24, -149, 255) as u32);
        let size = twice.map_or_else(exact, |size| size as Self);
        if number.negative { -size } else { size }
    }

    fn is_finite(&self) -> bool {
        Self::is_finite(*self)
    }
}

/// The parts of a number's text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scanned<'a> {
    negative: bool,
    whole: &'a [u8],
    decimals: &'a [u8],
    exponent: i64,
}

impl<'a> Scanned<'a> {
    /// `None` where the text is not one of digits with at most a sign, a point and an exponent.
    fn of(text: &'a [u8]) -> Option<Self> {
        let (negative, text) = signed(text);
        let (whole, text) = digits(text);
        let (decimals, text) = text.strip_prefix(b".").map_or((&[][..], text), digits);
        if whole.is_empty() && decimals.is_empty() {
            return None;
        }
        let exponent = match text {
            [] => 0,
            [b'e' | b'E', exponent @ ..] => {
                let (negative, exponent) = signed(exponent);
                let (exponent, rest) = digits(exponent);
                if exponent.is_empty() || !rest.is_empty() {
                    return None;
                }
                // Beyond this a number is zero or infinite, whatever its digits are: no text is so long.
                let size =
                    exponent.iter().fold(0, |size: i64, digit| (size * 10 + i64::from(digit - b'0')).min(1 << 40));
                if negative { -size } else { size }
            }
            _ => return None,
        };
        Some(Self { negative, whole, decimals, exponent })
    }

    /// Its size by one rounding, where digits and power of ten are exact.
    fn short(&self) -> Option<f64> {
        if self.whole.len() + self.decimals.len() > 19 {
            return None;
        }
        let digits = self.whole.iter().chain(self.decimals);
        let digits = digits.fold(0_u64, |digits, digit| digits * 10 + u64::from(digit - b'0'));
        let exponent = self.exponent - self.decimals.len() as i64;
        let power = POWERS.get(usize::try_from(exponent.unsigned_abs()).ok()?)?;
        let digits = (digits <= 1 << 53).then_some(digits as f64)?;
        Some(if exponent < 0 { digits / power } else { digits * power })
    }
}

fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

/// The number 0.d1 d2 d3 ... times 10^point, exactly; d1 is not 0.
#[derive(Debug)]
struct Digits {
    digits: Vec<u8>,
    point: i64,
}

/// A halfway case of an f64 has at most 767 digits; that there is anything behind them is all that counts of the rest.
const MOST_DIGITS: usize = 800;

/// By how many bits digits are shifted at a time, so that a digit shifted is far from overflowing.
const MOST_SHIFT: i64 = 28;

impl Digits {
    fn of(number: &Scanned<'_>) -> Self {
        let all = number.whole.iter().chain(number.decimals).map(|digit| digit - b'0');
        let mut digits: Vec<u8> = all.skip_while(|digit| *digit == 0).collect();
        let zeros = number.whole.len() + number.decimals.len() - digits.len();
        if digits.len() > MOST_DIGITS {
            digits.truncate(MOST_DIGITS);
            digits.push(1);
        }
        Self { digits, point: number.whole.len() as i64 - zeros as i64 + number.exponent }
    }

    /// The bits of the nearest number of `bits` significant bits, whose smallest is 2^`least`; those of `infinite` as an
    /// exponent where it is too large.
    fn round(mut self, bits: i64, least: i64, infinite: u64) -> u64 {
        // An f64 lies between 10^-324 and 10^309.
        if self.digits.is_empty() || self.point < -400 {
            return 0;
        }
        if self.point > 400 {
            return infinite << (bits - 1);
        }
        // The number is made f * 2^exponent with f in [1/2, 1). Each step stays on its side of the goal: 2^3 < 10.
        let mut exponent = 0;
        while self.point > 0 {
            let shift = (3 * (self.point - 1)).clamp(1, MOST_SHIFT);
            self.halve(shift);
            exponent += shift;
        }
        while self.point < 0 || self.digits[0] < 5 {
            let shift = (-3 * self.point).clamp(1, MOST_SHIFT);
            self.double(shift);
            exponent -= shift;
        }
        let kept = bits.min(exponent - least);
        if kept < 0 {
            return 0;
        }
        let mut left = kept;
        while left > 0 {
            let shift = left.min(MOST_SHIFT);
            self.double(shift);
            left -= shift;
        }
        let mantissa = self.nearest_whole();
        // A mantissa that was rounded up to the next power of two carries into the exponent, as it must.
        if kept < bits { mantissa } else { (((exponent - bits - least) as u64) << (bits - 1)) + mantissa }
            .min(infinite << (bits - 1))
    }

    /// Divides by 2^shift.
    fn halve(&mut self, shift: i64) {
        let mut rest = 0_u64;
        let mut at = 0;
        let mut shifted = Vec::with_capacity(self.digits.len() + shift as usize);
        while at < self.digits.len() || rest > 0 {
            rest = rest * 10 + u64::from(self.digits.get(at).copied().unwrap_or(0));
            let digit = (rest >> shift) as u8;
            if digit > 0 || !shifted.is_empty() {
                shifted.push(digit);
            } else {
                self.point -= 1;
            }
            rest &= (1 << shift) - 1;
            at += 1;
        }
        self.digits = shifted;
    }

    /// Multiplies by 2^shift.
    fn double(&mut self, shift: i64) {
        let mut carry = 0_u64;
        for digit in self.digits.iter_mut().rev() {
            carry += u64::from(*digit) << shift;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        let mut front = Vec::new();
        while carry > 0 {
            front.push((carry % 10) as u8);
            carry /= 10;
        }
        self.point += front.len() as i64;
        self.digits.splice(0..0, front.into_iter().rev());
    }

    /// The nearest whole number, ties to even.
    fn nearest_whole(&self) -> u64 {
        let digit = |at: i64| usize::try_from(at).ok().and_then(|at| self.digits.get(at)).copied().unwrap_or(0);
        let whole = (0..self.point).fold(0_u64, |whole, at| whole * 10 + u64::from(digit(at)));
        let behind =
            usize::try_from(self.point + 1).map_or(&self.digits[..], |at| self.digits.get(at..).unwrap_or(&[]));
        let is_up = match digit(self.point) {
            5 => behind.iter().any(|digit| *digit > 0) || whole % 2 == 1,
            digit => digit > 5,
        };
        whole + u64::from(is_up)
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            " ",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1.5.2",
            "1,5",
            "0x10",
            "1_000",
            " 1",
            "1 ",
            "inf",
            "-Infinity",
            "NaN",
            "1e999",
        ] {
            assert_eq!(parse::<f64>(text), None, "{text:?}");
            assert_eq!(parse::<f32>(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_people_write_is_read() {
        for (text, number) in
            [("20", 20.0), ("+0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("-1e-3", -0.001), ("1E5", 1e5), ("007", 7.0)]
        {
            assert_eq!(parse::<f64>(text), Some(number), "{text}");
        }
    }

    /// The texts on which readers are known to fail: halfway cases, subnormals, the ends of the range, long tails.
    #[test]
    #[cfg(any(feature = "engine", feature = "ui"))]
    fn an_f32_has_its_own_digits_as_an_f64() {
        assert_eq!(
            [0.1, -2.5, 3e38, 1e-45, 16_777_216.0].map(of_fewest_digits),
            [0.1, -2.5, 3e38, 1e-45, 16_777_216.0]
        );
        assert!(
            of_fewest_digits(-0.0).is_sign_negative()
                && of_fewest_digits(f32::INFINITY).is_infinite()
                && of_fewest_digits(f32::NAN).is_nan()
        );
    }

    #[test]
    fn the_hard_cases_round_as_the_standard_library_does() {
        let long = format!("0.{}1", "0".repeat(400));
        let halfway = format!("9007199254740993{}", "0".repeat(300));
        for text in [
            "9007199254740993",
            "9007199254740992.999999999999999999999999999",
            "9007199254740993.000000000000000000000000001",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "4.9406564584124654e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "1.7976931348623157e308",
            "0.1000000000000000055511151231257827021181583404541015625",
            "8388609.5",
            "16777217",
            "1.1754943508222875e-38",
            "7.0064923216240853e-46",
            "7.0064923216240854e-46",
            &long,
            &halfway,
        ] {
            assert_eq!(
                parse::<f64>(text).map(f64::to_bits),
                text.parse().ok().filter(|n: &f64| n.is_finite()).map(f64::to_bits),
                "{text}"
            );
            assert_eq!(
                parse::<f32>(text).map(f32::to_bits),
                text.parse().ok().filter(|n: &f32| n.is_finite()).map(f32::to_bits),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_number_is_read_as_the_standard_library_reads_it(
            digits in "[0-9]{1,40}", decimals in "(\\.[0-9]{0,40})?", exponent in -345..320_i32, has_exponent: bool,
        ) {
            let exponent = if has_exponent { format!("e{exponent}") } else { String::new() };
            let text = format!("{digits}{decimals}{exponent}");
            let theirs = text.parse::<f64>().ok().filter(Float::is_finite);
            prop_assert_eq!(parse::<f64>(&text).map(f64::to_bits), theirs.map(f64::to_bits), "{}", text);
            let theirs = text.parse::<f32>().ok().filter(Float::is_finite);
            prop_assert_eq!(parse::<f32>(&text).map(f32::to_bits), theirs.map(f32::to_bits), "{}", text);
        }

        #[test]
        fn what_is_written_is_read_back_to_the_bit(bits: u64) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            prop_assert_eq!(parse::<f64>(&number.to_string()).map(f64::to_bits), Some(bits));
            prop_assert_eq!(parse::<f64>(&format!("{number:e}")).map(f64::to_bits), Some(bits));
        }

        #[test]
        fn a_text_is_a_number_here_where_it_is_one_there(text in "[-+]?[0-9.eE+-]{0,12}") {
            prop_assert_eq!(parse::<f64>(&text), text.parse::<f64>().ok().filter(Float::is_finite));
        }
    }
}
