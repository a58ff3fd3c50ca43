//! The keys and values of a link, taken one by one, so that what nobody takes is reported.

use super::escape;
use crate::error::Error;
use crate::study::catalog::ParamInfo;
use crate::study::{ModelKind, Study};

/// What the keys other than parameters are, for a sentence.
const KEYS: &str = "v, d, h, ht, hi, clean, sep, cols, form, split, goal, metric, top, relevant, m, epochs, patience, s, sched, first, n, total, gain, lag, seed, hide, lesson, r";

/// The keys and values of a fragment that have not been read yet.
pub(super) struct Pairs {
    pairs: Vec<(String, String)>,
    pub(super) problems: Vec<Error>,
}

impl Pairs {
    pub(super) fn new(fragment: &str) -> Self {
        let mut reader = Self { pairs: Vec::new(), problems: Vec::new() };
        let text = fragment.trim().trim_start_matches('#');
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let key = escape::undo(key);
            if reader.pairs.iter().any(|(other, _)| *other == key) {
                reader.problems.push(Error::Repeated { parameter: key });
            } else {
                reader.pairs.push((key, value.to_owned()));
            }
        }
        reader
    }

    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(other, _)| other == key)?;
        Some(self.pairs.remove(at).1)
    }

    /// Takes the key if it has exactly this value.
    pub(super) fn take_exact(&mut self, key: &str, value: &str) -> bool {
        let at = self.pairs.iter().position(|(other, text)| other == key && text == value);
        at.map(|at| self.pairs.remove(at)).is_some()
    }

    /// Takes a parameter by its short or its full name.
    pub(super) fn take_parameter(
        &mut self,
        model: ModelKind,
        info: &ParamInfo,
        several: bool,
    ) -> Option<(String, String)> {
        let names = [info.key, info.name];
        let plain = names.iter().filter(|_| !several).map(|name| (*name).to_owned());
        let prefixed = names.iter().map(|name| format!("{}.{name}", model.name()));
        plain.chain(prefixed).find_map(|key| self.take(&key).map(|text| (key, escape::undo(&text))))
    }

    /// Takes and reads a key; a value that does not parse is reported.
    pub(super) fn read<T>(&mut self, key: &str, allowed: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.take(key)?;
        let value = parse(&text);
        if value.is_none() {
            let value = escape::undo(&text);
            self.problems.push(Error::BadValue { key: key.to_owned(), value, allowed: allowed.to_owned() });
        }
        value
    }

    /// Reads a key into the study, unless the study would then be refused.
    pub(super) fn set<T>(
        &mut self,
        study: &mut Study,
        key: &str,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
        apply: impl FnOnce(&mut Study, T),
    ) {
        let Some(value) = self.read(key, allowed, |text| parse(&escape::undo(text))) else { return };
        let mut changed = study.clone();
        apply(&mut changed, value);
        match changed.check() {
            Ok(()) => *study = changed,
            Err(problem) => self.problems.push(problem),
        }
    }

    /// Reports every key that nobody took.
    pub(super) fn report_rest(&mut self, study: &Study) {
        let several = study.models.len() > 1;
        let mut allowed = vec![KEYS.to_owned()];
        for space in &study.models {
            let prefix = if several { format!("{}.", space.model.name()) } else { String::new() };
            allowed.extend(space.model.parameters().iter().map(|info| format!("{prefix}{}", info.key)));
        }
        let allowed = allowed.join(", ");
        for (key, _) in self.pairs.drain(..) {
            self.problems.push(Error::UnknownKey { key, allowed: allowed.clone() });
        }
    }
}
