//! What a list says of a saved study. Pure.

use crate::protocol::SavedStudy;
use crate::study::{DataSource, Study};
use crate::ui::data;
use crate::ui::format::figure;
use crate::ui::say::{fill, list, metric, word};
use crate::ui::view::Key;

/// What tells it from the others in a list, and from what it was before.
pub fn key(study: &SavedStudy) -> Key {
    let id = study.id.get(..8).and_then(|id| u32::from_str_radix(id, 16).ok()).unwrap_or_default();
    (id, study.trials)
}

/// Its own name, or what stands for it.
#[must_use]
pub fn name(study: &SavedStudy) -> String {
    if study.name.is_empty() { title(&study.study) } else { study.name.clone() }
}

/// How a study without a name is called: by its models, who proposes, and its data.
#[must_use]
pub fn title(study: &Study) -> String {
    let models = list(study.models.iter().map(|space| word("model", space.model.name())));
    [models, word("sampler", study.search.sampler.name()), source(&study.data.source)].join(" · ")
}

/// How data is called.
fn source(source: &DataSource) -> String {
    match source {
        DataSource::Sample { name } => name.clone(),
        source => data::called(source),
    }
}

/// How far it came, its best figure, and when.
#[must_use]
pub fn facts(study: &SavedStudy, when: String) -> String {
    let best = study.value.map(|value| format!("{} {}", metric(study.study.objective), figure(value)));
    let parts = [Some(trials(study)), best, Some(when)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// How far it came.
#[must_use]
pub fn trials(study: &SavedStudy) -> String {
    // The budget may have been lowered since.
    let budget = study.study.search.trials.max(study.trials);
    fill("page.saved-trials", &[("done", study.trials.to_string()), ("budget", budget.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_study_is_called_by_what_it_searches_until_it_has_a_name() {
        let mut study = SavedStudy::new("0badcafe00".into(), Study::default());
        assert_eq!(name(&study), "Matrix factorisation (SVD) · Random · ml-latest-small");
        study.name = "mine".into();
        assert_eq!(name(&study), "mine");
        (study.trials, study.value) = (12, Some(0.845_67));
        assert_eq!(facts(&study, "today".into()), "12 of 30 trials · RMSE 0.846 · today");
        assert_eq!(key(&study), (0x0bad_cafe, 12));
        study.study.search.trials = 5;
        assert_eq!(trials(&study), "12 of 12 trials");
    }
}
