//! Which sampler suits a space and a budget. The answer is stored when a study is made; a study never says "auto".

use super::{Range, SamplerKind, Space};

/// Beyond so many trials a Gaussian process takes longer to propose than its proposals are worth.
const MODELLED_TRIALS: u32 = 250;
/// Beyond so many parameters there are too few trials to learn a scale for each.
const MODELLED_PARAMETERS: usize = 20;
/// A choice among more values than this tells a Gaussian process little, since no two values are alike to it.
const SMALL_CHOICE: usize = 8;

impl SamplerKind {
    /// The sampler for a search: a Gaussian process for up to 250 trials over at most 20 parameters that are mostly numbers
    /// or small choices and always exist; TPE otherwise.
    #[must_use]
    pub fn recommended(space: &Space, trials: u32) -> Self {
        let dimensions = space.dimensions();
        let choices = dimensions.iter().filter_map(|dimension| match &dimension.range {
            Range::Categorical { choices } => Some(choices.len()),
            _ => None,
        });
        let is_modelled = trials <= MODELLED_TRIALS
            && dimensions.len() <= MODELLED_PARAMETERS
            && dimensions.iter().all(|dimension| dimension.when.is_empty())
            && 2 * choices.clone().count() <= dimensions.len()
            && choices.max().unwrap_or(0) <= SMALL_CHOICE;
        if is_modelled { Self::Gp } else { Self::Tpe }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::study::{Dimension, Study, Value};

    fn space(choices: usize, numbers: usize, size: usize) -> Space {
        let dimension = |at: usize| Dimension {
            name: format!("x{at}"),
            range: if at < choices {
                Range::Categorical { choices: (0..size).map(|value| Value::from(value as f64)).collect() }
            } else {
                Range::Float { low: 0.0, high: 1.0, log: false, step: None }
            },
            when: BTreeMap::new(),
        };
        Space::new((0..choices + numbers).map(dimension).collect()).unwrap()
    }

    #[test]
    fn space_and_budget_decide() {
        assert_eq!(SamplerKind::recommended(&Study::default().space().unwrap(), 60), SamplerKind::Gp);
        assert_eq!(SamplerKind::recommended(&space(1, 4, 4), 250), SamplerKind::Gp);
        assert_eq!(SamplerKind::recommended(&space(1, 4, 4), 251), SamplerKind::Tpe);
        assert_eq!(SamplerKind::recommended(&space(1, 4, 9), 60), SamplerKind::Tpe);
        assert_eq!(SamplerKind::recommended(&space(3, 2, 4), 60), SamplerKind::Tpe);
        assert_eq!(SamplerKind::recommended(&space(0, 21, 4), 60), SamplerKind::Tpe);
    }

    #[test]
    fn several_models_are_a_conditional_space() {
        let mut study = Study::default();
        study.models.push(crate::study::ModelSpace::starting(crate::study::ModelKind::Bias));
        assert_eq!(SamplerKind::recommended(&study.space().unwrap(), 60), SamplerKind::Tpe);
    }
}
