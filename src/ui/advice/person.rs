//! Who recommendations are for, and what is asked and said of them. Pure.

use crate::protocol::{Advice, Named, Question, Rated, Recommended, Scale};
use crate::ui::format::percent;
use crate::ui::say::{fill, list};

/// Items on a list.
const COUNT: u32 = 10;

/// Reasons that are named: there is little room.
const REASONS: usize = 2;

/// A scale with more steps is offered in so many.
const MOST_STEPS: f64 = 20.0;

/// Who recommendations are for. Both may have been said; one is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Person {
    /// The hash of the data that this was said of.
    data: String,
    /// Whether a user of the data is looked at.
    pub(super) of_data: bool,
    /// That user.
    pub(super) user: Option<Named>,
    /// What the person has rated, the latest last.
    pub(super) own: Vec<(Named, f64)>,
}

impl Person {
    /// What is known of the person for this data: items and users of other data are none here.
    pub(super) fn of(&self, data: &str) -> Self {
        if self.data == data { self.clone() } else { Self { data: data.to_owned(), ..Self::default() } }
    }

    /// Rates an item, or rates it anew.
    pub(super) fn rate(&mut self, item: Named, rating: f64) {
        match self.own.iter_mut().find(|(own, _)| own.idx == item.idx) {
            Some(own) => own.1 = rating,
            None => self.own.push((item, rating)),
        }
    }

    /// Takes a rating back.
    pub(super) fn remove(&mut self, item: u32) {
        self.own.retain(|(own, _)| own.idx != item);
    }

    /// What is asked; nothing while there is nobody to ask for. Its number is the caller's.
    pub(super) fn question(&self, trial: Option<u32>, relevant: Option<f64>) -> Option<Question> {
        let (user, ratings) = if self.of_data {
            (Some(self.user.as_ref()?.idx), Vec::new())
        } else {
            (None, self.own.iter().map(|(item, rating)| Rated { item: item.idx, rating: *rating as f32 }).collect())
        };
        let question = Question { seq: 0, user, ratings, trial, count: COUNT, relevant };
        (question.user.is_some() || !question.ratings.is_empty()).then_some(question)
    }
}

/// From which rating on somebody likes an item, where a study does not say it: the first that can be given in the upper
/// quarter of the scale. None where all ratings are alike.
pub(super) fn liked(scale: Scale) -> Option<f64> {
    let from = scale.min + 0.75 * (scale.max - scale.min);
    let steps = steps(scale).into_iter().filter(|step| *step >= from);
    steps.min_by(f64::total_cmp).filter(|_| scale.max > scale.min)
}

/// The ratings that can be given, the highest first.
pub(super) fn steps(scale: Scale) -> Vec<f64> {
    let range = scale.max - scale.min;
    if scale.step <= 0.0 || range <= 0.0 {
        return vec![scale.max];
    }
    let step = scale.step.max(range / MOST_STEPS);
    let count = (range / step + 1e-6) as u32;
    (0..=count).map(|at| scale.max - f64::from(at) * step).collect()
}

/// The name of an item of an answer.
pub(super) fn name(advice: &Advice, item: u32) -> &str {
    advice.names.iter().find(|named| named.idx == item).map_or("", |named| &named.name)
}

/// Why an item is recommended: what speaks for it most. Nothing where nothing does.
pub(super) fn because(advice: &Advice, person: &Person, scale: Scale, place: &Recommended) -> Option<String> {
    let reason = |share: &crate::protocol::Share| format!("{} ({})", name(advice, share.item), percent(share.share));
    let reasons: Vec<String> = place.because.iter().take(REASONS).map(reason).collect();
    let is_liked = |item: u32| {
        let own = person.own.iter().find(|(own, _)| own.idx == item);
        own.is_some_and(|(_, rating)| *rating >= (scale.min + scale.max) / 2.0)
    };
    let key = if person.of_data {
        "page.because-user"
    } else if place.because.iter().take(REASONS).all(|share| is_liked(share.item)) {
        "page.because-liked"
    } else {
        // What was disliked speaks for what is unlike it.
        "page.because-rated"
    };
    (!reasons.is_empty()).then(|| fill(key, &[("items", list(reasons))]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Share;
    use crate::study::ModelKind;

    fn named(idx: u32, name: &str) -> Named {
        Named { idx, name: name.into(), genres: String::new(), count: 1 }
    }

    #[test]
    fn what_is_asked_follows_what_is_said() {
        let mut person = Person::default().of("data");
        assert_eq!(person.question(None, None), None);
        person.rate(named(3, "A"), 5.0);
        person.rate(named(4, "B"), 1.5);
        person.rate(named(3, "A"), 4.0);
        let ratings = vec![Rated { item: 3, rating: 4.0 }, Rated { item: 4, rating: 1.5 }];
        let question = Question { seq: 0, user: None, ratings, trial: Some(7), count: COUNT, relevant: Some(4.0) };
        assert_eq!(person.question(Some(7), Some(4.0)), Some(question));
        person.of_data = true;
        assert_eq!(person.question(None, None), None);
        person.user = Some(named(8, "u8"));
        assert_eq!(person.question(None, None).unwrap().user, Some(8));
        person.of_data = false;
        person.remove(3);
        assert_eq!(person.question(None, None).unwrap().ratings.len(), 1);
        assert_eq!(person.of("data"), person);
        assert_eq!(person.of("other").question(None, None), None);
    }

    #[test]
    fn ratings_are_given_on_the_scale_of_the_data() {
        let scale = |min, max, step| Scale { min, max, step };
        assert_eq!(steps(scale(0.5, 5.0, 0.5)).len(), 10);
        assert_eq!(steps(scale(1.0, 5.0, 1.0)), [5.0, 4.0, 3.0, 2.0, 1.0]);
        assert_eq!(steps(scale(1.0, 1.0, 0.0)), [1.0]);
        let fine = steps(scale(-10.0, 10.0, 0.01));
        assert_eq!((fine.len(), fine[0], fine[20]), (21, 10.0, -10.0));
    }

    #[test]
    fn what_is_liked_lies_in_the_upper_quarter() {
        let liked = |min, max, step| liked(Scale { min, max, step });
        assert_eq!((liked(1.0, 5.0, 1.0), liked(0.5, 5.0, 0.5), liked(1.0, 1.0, 0.0)), (Some(4.0), Some(4.0), None));
    }

    #[test]
    fn reasons_say_what_was_liked_and_what_was_only_rated() {
        let because = vec![Share { item: 3, share: 0.42 }, Share { item: 4, share: 0.185 }];
        let place = Recommended { item: 9, score: 4.0, probability: None, parts: None, because };
        let names = vec![named(3, "<i>A</i> {items}"), named(4, "B")];
        let (list, history) = (vec![place.clone()], vec![]);
        let advice = Advice { seq: 1, trial: 0, model: ModelKind::Svd, list, history, names, error: None };
        let scale = Scale { min: 1.0, max: 5.0, step: 1.0 };
        let mut person = Person::default();
        person.rate(named(3, "A"), 5.0);
        person.rate(named(4, "B"), 4.0);
        let said = |person: &Person| super::because(&advice, person, scale, &place).unwrap();
        assert_eq!(said(&person), "Because you liked <i>A</i> {items} (42 %), B (18 %)");
        person.rate(named(4, "B"), 1.0);
        assert!(said(&person).starts_with("Because you rated"));
        person.of_data = true;
        assert!(said(&person).starts_with("Because of their"));
        assert_eq!(super::because(&advice, &person, scale, &Recommended { because: vec![], ..place.clone() }), None);
    }
}
