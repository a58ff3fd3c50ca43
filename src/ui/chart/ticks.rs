//! Round numbers along an axis. Pure.

use libm::{floor, log10, pow};

use crate::ui::format::{decimals, short};

/// A tick: where, and how it reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value.
    pub value: f64,
    /// Its label, with the same number of decimals as its neighbours.
    pub label: String,
}

/// About `wanted` ticks at multiples of 1, 2 or 5 times a power of ten within the domain; of whole numbers only, if
/// `whole`.
#[must_use]
pub fn ticks(domain: (f64, f64), wanted: usize, whole: bool) -> Vec<Tick> {
    let (low, high) = domain;
    if !(low.is_finite() && high.is_finite() && low < high) || wanted == 0 {
        return Vec::new();
    }
    let step = step((high - low) / wanted as f64);
    let step = if whole { step.max(1.0) } else { step };
    let decimals = decimals(step);
    // Multiples are made by multiplication: repeated addition would drift off round numbers.
    let (first, last) = ((low / step).ceil(), floor(high / step));
    let count = (last - first) as usize + 1;
    let tick = |at: usize| {
        let value = (first + at as f64) * step + 0.0;
        Tick { value, label: format!("{value:.decimals$}") }
    };
    if last < first { Vec::new() } else { (0..count).map(tick).collect() }
}

/// The same ticks as the labels of a chart's side, at most one for each `room` of so many pixels.
#[must_use]
pub fn labels(domain: (f64, f64), pixels: f64, room: f64, whole: bool) -> Vec<(f64, String)> {
    ticks(domain, (pixels / room) as usize, whole).into_iter().map(|tick| (tick.value, tick.label)).collect()
}

/// At most about `wanted` ticks at 1, 2 or 5 times a power of ten, for a logarithmic axis; its ends where it is too short
/// for two of them.
#[must_use]
pub fn log_ticks((low, high): (f64, f64), wanted: usize) -> Vec<Tick> {
    if !(low > 0.0 && low < high && high.is_finite()) || wanted == 0 {
        return Vec::new();
    }
    let mut values = Vec::new();
    let mut power = pow(10.0, floor(log10(low)));
    while power <= high {
        let round = [1.0, 2.0, 5.0].map(|times| times * power);
        // A power of ten may be a hair beside the end that it was taken from.
        values.extend(round.into_iter().filter(|value| (low * 0.999_999..=high * 1.000_001).contains(value)));
        power *= 10.0;
    }
    if values.len() < 2 {
        values = vec![low, high];
    }
    let every = values.len().div_ceil(wanted).max(1);
    values.into_iter().step_by(every).map(|value| Tick { value, label: short(value) }).collect()
}

/// The round step nearest above a rough one.
fn step(rough: f64) -> f64 {
    let power = pow(10.0, floor(log10(rough)));
    let times = rough / power;
    let round = [1.0, 2.0, 5.0].into_iter().find(|&round| times <= round * 1.000_001).unwrap_or(10.0);
    round * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(domain: (f64, f64), wanted: usize, whole: bool) -> Vec<String> {
        ticks(domain, wanted, whole).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels((0.0, 10.0), 5, false), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(labels((0.843, 0.902), 5, false), ["0.86", "0.88", "0.90"]);
        assert_eq!(labels((0.84, 0.865), 5, false), ["0.840", "0.845", "0.850", "0.855", "0.860", "0.865"]);
        assert_eq!(labels((-1.0, 1.0), 4, false), ["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
    }

    #[test]
    fn counts_have_no_fractions() {
        assert_eq!(labels((0.5, 3.5), 8, true), ["1", "2", "3"]);
        assert_eq!(labels((0.5, 30.5), 6, true), ["5", "10", "15", "20", "25", "30"]);
    }

    #[test]
    fn a_logarithmic_axis_is_marked_by_tens() {
        let labels =
            |domain, wanted| -> Vec<String> { log_ticks(domain, wanted).into_iter().map(|tick| tick.label).collect() };
        assert_eq!(labels((4.0, 32.0), 6), ["5", "10", "20"]);
        assert_eq!(labels((0.001, 0.1), 7), ["0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1"]);
        assert_eq!(labels((0.001, 0.1), 3), ["0.001", "0.01", "0.1"]);
        assert_eq!(labels((6.0, 9.0), 4), ["6", "9"]);
        assert!(labels((0.0, 1.0), 4).is_empty());
    }

    #[test]
    fn an_empty_domain_has_none() {
        assert!(ticks((1.0, 1.0), 5, false).is_empty());
        assert!(ticks((f64::NAN, 1.0), 5, false).is_empty());
        assert!(ticks((0.0, 1.0), 0, false).is_empty());
    }
}
