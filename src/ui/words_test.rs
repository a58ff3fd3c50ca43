//! Every key that the page asks for has words, and every word of the page is asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::settings::param::Mode;
use crate::study::form::TimeFormat;
use crate::study::link::{self, LESSONS};
use crate::study::{Cleaning, MetricSpec, ModelKind, SamplerKind, Settings as _, Study, Value};
use crate::words::{ENGLISH, Words, parts};

/// The page's sources, each with its path.
fn sources(folder: &Path, all: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else {
            let source = std::fs::read_to_string(&path).unwrap();
            all.push((path, source));
        }
    }
}

fn page() -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut all);
    all
}

/// All string literals of a source that look like a key of the family.
fn asked<'a>(source: &'a str, family: &str) -> impl Iterator<Item = &'a str> {
    let key = move |text: &&'a str| {
        text.strip_prefix(family).is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_of_key))
    };
    source.split('"').filter(key)
}

fn is_of_key(c: char) -> bool {
    c.is_ascii_lowercase() || "-_.".contains(c)
}

fn known(family: &str) -> BTreeSet<String> {
    ENGLISH.keys().filter(|key| key.starts_with(family)).map(str::to_owned).collect()
}

#[test]
fn the_page_s_words_are_all_there_and_all_used() {
    let page = page();
    for family in ["page.", "state.", "trial."] {
        let keys: BTreeSet<String> =
            page.iter().flat_map(|(_, source)| asked(source, family)).map(str::to_owned).collect();
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
fn families_of_the_data_s_panel_are_said_there_only() {
    let families = |table: &'static str| -> BTreeSet<&str> {
        let keys = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('.'));
        keys.map(|(family, _)| family).filter(|family| *family != "page").collect()
    };
    for table in [parts::link(), parts::more(), parts::offer()] {
        assert_eq!(families(table), BTreeSet::new());
    }
    let families = families(parts::data());
    assert!(families.contains("clean"));
    for (path, source) in
        page().iter().filter(|(path, _)| !path.to_string_lossy().replace('\\', "/").contains("/ui/data/"))
    {
        for family in &families {
            let said = [format!("word(\"{family}\""), format!("format!(\"{family}.")];
            assert!(
                path.ends_with("words_test.rs") || !said.iter().any(|call| source.contains(call)),
                "{path:?}: {family}"
            );
        }
    }
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

/// What is English in a sentence of another language: two words with a space between them.
fn english(sentence: &str) -> bool {
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let words: Vec<&str> = sentence.split(' ').collect();
    words.windows(2).any(|pair| is_word(pair[0]) && is_word(pair[1]))
}

#[test]
fn chinese_sentences_are_chinese_to_their_end() {
    let chinese = Words::parse(include_str!("../../www/words/zh.txt"));
    let mut errors = Vec::new();
    for info in ModelKind::ALL.into_iter().flat_map(ModelKind::parameters) {
        errors.extend(info.check(&Value::from("nothing")).err());
    }
    for key in ["v", "d", "clean", "split", "goal", "metric", "top", "relevant", "m", "k", "lr", "epochs", "patience"] {
        errors.extend(link::decode(&format!("{key}=-7")).problems);
    }
    for pair in ["s=a", "sched=a", "n=0", "lag=0", "seed=a", "hide=a", "sep=a", "d=file:a&form=a", "d=file:a&cols=a"] {
        errors.extend(link::decode(pair).problems);
    }
    for split in ["random:2", "kfold:1", "last:5000"] {
        errors.extend(link::decode(&format!("split={split}")).problems);
    }
    let (mut beyond, mut outside) = (Study::default(), Study::default());
    beyond.search.trials = 0;
    errors.extend(beyond.check().err());
    outside.first.push(outside.space().unwrap().point_at(|_| 0.5));
    outside.first[0].0[0].1 = 5_000.0.into();
    errors.extend(outside.check().err());
    assert!(errors.len() > 40);
    for error in errors {
        let sentence = chinese.sentence(&error);
        assert!(!english(&sentence), "{sentence}");
    }
}
