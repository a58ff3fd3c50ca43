//! Numbers as people read them, with their units in the language that is spoken. English and Chinese group and point
//! numbers alike. The exact values stay in `data-value` attributes and links.

use libm::{floor, log10, pow};

use super::say::fill;

/// An error figure as in the headline: three decimals.
pub fn figure(value: f64) -> String {
    format!("{value:.3}")
}

/// An error figure as in the table: four decimals, since trials differ in the third.
pub fn fine(value: f64) -> String {
    format!("{value:.4}")
}

/// A difference with its sign: a true minus, so that columns line up.
pub fn signed(value: f64) -> String {
    with_sign(value, 4)
}

/// An end of a difference's interval: one digit less than the difference itself, which is as much as it is worth.
pub fn bound(value: f64) -> String {
    with_sign(value, 3)
}

fn with_sign(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    match (text.bytes().any(|digit| (b'1'..=b'9').contains(&digit)), value < 0.0) {
        (false, _) => "0".to_owned(),
        (true, true) => format!("−{text}"),
        (true, false) => format!("+{text}"),
    }
}

/// A parameter's value: three significant digits, no trailing zeros.
pub fn short(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    if value.fract() == 0.0 && value.abs() < 1e6 {
        return value.to_string();
    }
    let decimals = (2.0 - floor(log10(value.abs()))).clamp(0.0, 12.0);
    let text = format!("{value:.*}", decimals as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A count with a comma at each thousand.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A fraction as a percentage without its sign: one decimal below ten.
pub fn percent(fraction: f64) -> String {
    let percent = 100.0 * fraction.abs();
    with_unit("page.percent", percent, usize::from(percent < 9.95))
}

/// A duration: `0.12 s`, `12 s`, `3 min`, `2 h`.
pub fn seconds(seconds: f64) -> String {
    let decimals = match seconds {
        _ if seconds < 0.995 => 2,
        _ if seconds < 9.95 => 1,
        _ => 0,
    };
    duration(seconds, decimals)
}

/// A rough duration for an estimate: never more precise than it is.
pub fn about(left: f64) -> String {
    duration(if left < 10.0 { left.ceil().max(1.0) } else { (left / 5.0).ceil() * 5.0 }, 0)
}

fn duration(seconds: f64, decimals: usize) -> String {
    if seconds < 100.0 {
        with_unit("page.seconds", seconds, decimals)
    } else if seconds < 5_400.0 {
        with_unit("page.minutes", seconds / 60.0, 0)
    } else {
        with_unit("page.hours", seconds / 3_600.0, 0)
    }
}

fn with_unit(key: &str, number: f64, decimals: usize) -> String {
    fill(key, &[("number", format!("{number:.decimals$}"))])
}

/// The decimals with which multiples of `step` are told apart.
pub fn decimals(step: f64) -> usize {
    let mut decimals = 0;
    while decimals < 12 {
        let scaled = step * pow(10.0, decimals as f64);
        if (scaled - scaled.round()).abs() < 1e-6 * scaled {
            break;
        }
        decimals += 1;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_digits_that_matter() {
        assert_eq!(figure(0.8614), "0.861");
        assert_eq!(fine(0.861_449), "0.8614");
        assert_eq!([signed(0.0123), signed(-0.0123), signed(-0.000_01)], ["+0.0123", "−0.0123", "0"]);
        assert_eq!([bound(0.0123), bound(-0.0004)], ["+0.012", "0"]);
        assert_eq!([short(0.012_345), short(20.0), short(12.34), short(0.000_5)], ["0.0123", "20", "12.3", "0.0005"]);
        assert_eq!([short(1e6), short(0.0)], ["1000000", "0"]);
    }

    #[test]
    fn counts_and_shares_read_well() {
        assert_eq!(
            [count(0), count(610), count(9_724), count(100_836), count(1_000_000)],
            ["0", "610", "9,724", "100,836", "1,000,000"]
        );
        assert_eq!([percent(0.014), percent(-0.2)], ["1.4 %", "20 %"]);
    }

    #[test]
    fn durations_get_coarser_as_they_grow() {
        assert_eq!(
            [seconds(0.123), seconds(2.0), seconds(42.4), seconds(150.0), seconds(7_200.0)],
            ["0.12 s", "2.0 s", "42 s", "2 min", "2 h"]
        );
        assert_eq!([about(0.2), about(2.3), about(11.0)], ["1 s", "3 s", "15 s"]);
    }

    #[test]
    fn steps_know_their_decimals() {
        assert_eq!([decimals(5.0), decimals(0.1), decimals(0.02), decimals(0.005), decimals(2.5)], [0, 1, 2, 3, 1]);
    }
}
