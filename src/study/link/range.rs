//! The values of a parameter as text, in links and on the command line: `20`, `4..32`, `4..32:log`, `0..1:step=0.1`,
//! `a,b,c`. A list of one ends with a comma.

use std::fmt::Write as _;

use crate::decimal;
use crate::error::Error;
use crate::study::catalog::{Domain, ParamInfo};
use crate::study::{Range, Value};

/// What [`parse`] reads.
pub const SYNTAX: &str = "VALUE, LOW..HIGH, LOW..HIGH:log, LOW..HIGH:step=STEP, A,B,C";

/// Writes a range so that [`parse`] reads it back exactly.
#[must_use]
pub fn format(info: &ParamInfo, range: &Range) -> String {
    match range {
        Range::Float { low, high, log, step } => bounds(*low, *high, *log, *step),
        Range::Int { low, high, log, step } => {
            let mut text = bounds(*low, *high, *log, *step);
            // Whole numbers of a real parameter: nothing else says so.
            if !matches!(info.domain, Domain::Int { .. }) {
                text.push_str(":int");
            }
            text
        }
        Range::Categorical { choices } if choices.len() == 1 => format!("{},", choices[0]),
        Range::Categorical { choices } => choices.iter().map(Value::to_string).collect::<Vec<_>>().join(","),
        Range::Fixed { value } => value.to_string(),
    }
}

fn bounds(low: f64, high: f64, log: bool, step: Option<f64>) -> String {
    let mut text = format!("{low}..{high}");
    if log {
        text.push_str(":log");
    }
    if let Some(step) = step {
        // Writing to a String can not fail.
        let _ = write!(text, ":step={step}");
    }
    text
}

/// The two ends of `LOW..HIGH`, with what stands behind it.
#[must_use]
pub fn ends(text: &str) -> Option<(&str, &str)> {
    let between = text.as_bytes().windows(2).position(|pair| pair == b"..")?;
    Some((&text[..between], &text[between + 2..]))
}

/// Reads a parameter's values and checks them against its domain.
///
/// # Errors
/// [`Error::BadValue`] under the key as the person wrote it, or what [`ParamInfo::check_range`] says.
pub fn parse(info: &ParamInfo, key: &str, text: &str) -> Result<Range, Error> {
    let bad = || Error::BadValue {
        key: key.to_owned(),
        value: text.to_owned(),
        allowed: format!("{SYNTAX}; each {}", info.domain),
    };
    let range = if let Some((low, rest)) = ends(text) {
        let mut parts = rest.split(':');
        let number = |text: Option<&str>| text.and_then(decimal::parse::<f64>).map(|number| number + 0.0);
        let (low, high) = (number(Some(low)).ok_or_else(bad)?, number(parts.next()).ok_or_else(bad)?);
        let (mut log, mut step, mut whole) = (false, None, matches!(info.domain, Domain::Int { .. }));
        for part in parts {
            match part.split_once('=').unwrap_or((part, "")) {
                ("log", "") => log = true,
                ("int", "") => whole = true,
                ("step", text) => step = Some(number(Some(text)).ok_or_else(bad)?),
                _ => return Err(bad()),
            }
        }
        if whole { Range::Int { low, high, log, step } } else { Range::Float { low, high, log, step } }
    } else if text.contains(',') {
        let choices = text.strip_suffix(',').unwrap_or(text).split(',').map(Value::parse).collect();
        Range::Categorical { choices }
    } else {
        Range::Fixed { value: Value::parse(text) }
    };
    info.check_range(&range)?;
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::ModelKind;

    fn info(name: &str) -> &'static ParamInfo {
        ModelKind::Svd.parameter(name).unwrap()
    }

    #[test]
    fn ranges_read_what_they_write() {
        for (name, text) in [
            ("n_factors", "20"),
            ("n_factors", "4..32"),
            ("n_factors", "4..32:log"),
            ("n_factors", "8..64:step=8"),
            ("n_factors", "8,16,32"),
            ("n_factors", "8,"),
            ("init_scale", "0..1:step=0.1"),
            ("init_scale", "1..5:log:int"),
            ("learning_rate", "0.005..0.03:log"),
            ("init", "constant,xavier"),
            ("biases", "false"),
        ] {
            let range = parse(info(name), name, text).unwrap();
            assert_eq!(format(info(name), &range), text);
        }
    }

    #[test]
    fn bad_ranges_say_what_is_allowed() {
        let code = |name: &str, text: &str| parse(info(name), name, text).unwrap_err().code();
        assert_eq!(code("n_factors", "4..x"), "bad-value");
        assert_eq!(code("n_factors", "4..32:lin"), "bad-value");
        assert_eq!(code("n_factors", "32..4"), "upside-down");
        assert_eq!(code("n_factors", "0"), "outside-domain");
        assert_eq!(code("n_factors", "many"), "outside-domain");
        assert_eq!(code("init_scale", "0..1:log"), "log-of-zero");
        assert_eq!(code("init", "gaussian,gaussian"), "repeated");
    }
}
