//! The slider below a range's two fields: what its handles mean. Pure; the fields keep the last word.

use libm::{log, pow};

use crate::decimal;
use crate::study::Range;
use crate::study::catalog::{Domain, ParamInfo, Search};
use crate::ui::format::short;

/// The whole numbers that the browser's slider counts from 0.
pub const STEPS: f64 = 1_000.0;

/// A slider: the numbers at its ends, and how it goes from one to the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slider {
    low: f64,
    high: f64,
    log: bool,
    whole: bool,
}

impl Slider {
    /// The slider of a parameter whose fields hold two texts: well beyond the range worth searching, as far as the catalog
    /// allows, and never short of what the fields say.
    #[must_use]
    pub fn new(info: &ParamInfo, log: bool, texts: [&str; 2]) -> Self {
        let (least, most, whole) = match info.domain {
            Domain::Float { low, high, .. } => (low, high, false),
            Domain::Int { low, high } => (low, high, true),
            Domain::Choice(_) | Domain::Bool => (0.0, 1.0, false),
        };
        let (usual_low, usual_high) = usual(info).unwrap_or((least, most));
        let mut ends = match (log, usual_low > 0.0) {
            (true, true) => (usual_low / 10.0, usual_high * 10.0),
            _ => (2.0 * usual_low - usual_high, 2.0 * usual_high - usual_low),
        };
        ends = (ends.0.max(least), ends.1.min(most));
        for number in texts.into_iter().filter_map(|text| decimal::parse::<f64>(text.trim())) {
            ends = (ends.0.min(number.max(least)), ends.1.max(number.min(most)));
        }
        // A logarithm has no zero.
        let floor = usual_high.min(most) / 1e6;
        let low = if log && ends.0 <= 0.0 { floor } else { ends.0 };
        Self { low, high: ends.1.max(low + f64::EPSILON), log, whole }
    }

    /// Where a text's number stands, from 0 to 1; nothing where it is no number.
    #[must_use]
    pub fn at(&self, text: &str) -> Option<f64> {
        decimal::parse(text.trim()).map(|number| self.unit(number))
    }

    /// Where the range worth searching begins and ends, from 0 to 1.
    #[must_use]
    pub fn usual(&self, info: &ParamInfo) -> Option<(f64, f64)> {
        usual(info).map(|(low, high)| (self.unit(low), self.unit(high)))
    }

    /// The text for a place from 0 to 1: no more digits than a hand can choose.
    #[must_use]
    pub fn text(&self, unit: f64) -> String {
        let Self { low, high, log, whole } = *self;
        let number = if log { low * pow(high / low, unit) } else { low + unit * (high - low) };
        short(if whole { number.round() } else { number })
    }

    fn unit(&self, number: f64) -> f64 {
        let Self { low, high, log: is_log, .. } = *self;
        let number = number.clamp(low, high);
        if is_log { log(number / low) / log(high / low) } else { (number - low) / (high - low) }
    }
}

/// The range worth searching, or the least and the greatest of the values that are.
fn usual(info: &ParamInfo) -> Option<(f64, f64)> {
    match (info.search, info.default_range()) {
        (_, Range::Float { low, high, .. } | Range::Int { low, high, .. }) => Some((low, high)),
        (Search::OneOf(numbers), _) => Some((*numbers.first()?, *numbers.last()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::ModelKind;

    fn slider(name: &str, log: bool, texts: [&str; 2]) -> Slider {
        Slider::new(ModelKind::Svd.parameter(name).unwrap(), log, texts)
    }

    #[test]
    fn a_slider_goes_beyond_what_is_usual_and_stays_in_the_domain() {
        // Usual are .002 to .03, at most 10.
        let rate = slider("learning_rate", true, ["0.005", "0.03"]);
        assert_eq!([rate.text(0.0), rate.text(1.0)], ["0.0002", "0.3"]);
        let factors = slider("n_factors", true, ["4", "32"]);
        assert_eq!([factors.text(0.0), factors.text(1.0)], ["1", "2000"]);
        let usual = factors.usual(ModelKind::Svd.parameter("n_factors").unwrap()).unwrap();
        assert!(usual.0 > 0.2 && usual.1 < 0.8);
        // What the fields say is always on it.
        assert_eq!(slider("n_factors", true, ["4", "4000"]).text(1.0), "4000");
        assert_eq!(slider("init_scale", false, ["0.01", "x"]).text(0.0), "0");
        assert!(slider("init_scale", true, ["0", "0.1"]).text(0.0).parse::<f64>().unwrap() > 0.0);
    }

    #[test]
    fn places_and_texts_lead_to_each_other() {
        for log in [false, true] {
            let slider = slider("regularization", log, ["0.02", "0.2"]);
            for text in ["0.02", "0.2", "0.105"] {
                assert_eq!(slider.text(slider.at(text).unwrap()), text);
            }
            assert_eq!(slider.at("much"), None);
        }
    }
}
