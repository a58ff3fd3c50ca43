//! Every key that the page asks for has words, and every word of the page is asked for.

use std::collections::BTreeSet;
use std::path::Path;

use super::settings::param::Mode;
use crate::study::form::TimeFormat;
use crate::study::link::LESSONS;
use crate::study::{Cleaning, MetricSpec, ModelKind, SamplerKind, Settings as _};
use crate::words::ENGLISH;

/// All string literals of the page's sources that look like a key of the family.
fn asked(folder: &Path, family: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            asked(&path, family, found);
        } else {
            let source = std::fs::read_to_string(path).unwrap();
            let literals = source.split('"').filter(|text| text.starts_with(family));
            let is_key =
                |text: &&str| text[family.len()..].chars().all(|c| c.is_ascii_lowercase() || "-_.".contains(c));
            found.extend(literals.filter(is_key).filter(|text| text.len() > family.len()).map(str::to_owned));
        }
    }
}

fn known(family: &str) -> BTreeSet<String> {
    ENGLISH.keys().filter(|key| key.starts_with(family)).map(str::to_owned).collect()
}

#[test]
fn the_page_s_words_are_all_there_and_all_used() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    for family in ["page.", "state.", "trial."] {
        let mut keys = BTreeSet::new();
        asked(&ui, family, &mut keys);
        assert_eq!(keys, known(family), "{family}");
    }
}

#[test]
fn everything_in_the_catalog_has_a_name_and_a_meaning() {
    let mut params = BTreeSet::from(["param.model".to_owned()]);
    let mut models = BTreeSet::new();
    for model in ModelKind::ALL {
        models.extend([format!("model.{}", model.name()), format!("model.{}.meaning", model.name())]);
        for info in model.parameters() {
            params.extend([format!("param.{}", info.name), format!("param.{}.meaning", info.name)]);
        }
    }
    assert_eq!(params, known("param."));
    assert_eq!(models, known("model."));
    let both = |family: &str, name: &str| [format!("{family}.{name}"), format!("{family}.{name}.meaning")];
    let samplers: BTreeSet<String> = SamplerKind::ALL.into_iter().flat_map(|one| both("sampler", one.name())).collect();
    assert_eq!(samplers, known("sampler."));
    let metrics: BTreeSet<String> = MetricSpec::ALL.into_iter().map(|one| format!("metric.{}", one.name())).collect();
    assert_eq!(metrics, known("metric."));
    let modes = [Mode::Default, Mode::Fixed, Mode::Between, Mode::OneOf].map(|mode| format!("mode.{}", mode.name()));
    assert_eq!(BTreeSet::from(modes), known("mode."));
    let lessons = LESSONS.map(|(name, _)| format!("lesson.{name}"));
    assert_eq!(BTreeSet::from(lessons), known("lesson."));
}

#[test]
fn cleaning_and_form_have_words() {
    let mut words = BTreeSet::new();
    for key in Cleaning::KEYS.iter().filter(|key| !["sample_seed", "order"].contains(key)) {
        let names = Cleaning::allowed(key).split(", ").filter(|name| Cleaning::default().set(key, name).is_some());
        let choices: Vec<String> =
            names.filter(|name| *name != "off").map(|name| format!("clean.{key}.{name}")).collect();
        words.insert(format!("clean.{key}"));
        words.extend(if choices.is_empty() { vec![format!("clean.{key}.empty")] } else { choices });
    }
    assert_eq!(words, known("clean."));
    let times: BTreeSet<String> = TimeFormat::ALL.iter().map(|format| format!("time.{}", format.name())).collect();
    assert_eq!(times, known("time."));
}
