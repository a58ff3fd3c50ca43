//! Who proposes configurations: ask/tell samplers over a [`Space`], with the randomness passed in.
//!
//! [`Search`] owns the rules that hold for every sampler: proposal n draws from its own stream, no point is proposed
//! twice, and an exhausted space ends the search. A sampler that computes for long does so in pieces, and says why it
//! proposed a point when it is asked.

mod cube;
mod reason;

pub mod gp;
pub mod grid;
pub mod random;
pub mod sobol;
pub mod tpe;

use std::collections::BTreeSet;

use crate::engine::random::{Purpose, Rng};
use crate::error::Error;
use crate::protocol::{Origin, Slice};
use crate::study::{Dimension, Point, SamplerKind, Seed, Space};

/// A trial's result as a sampler sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The point that was tried.
    pub point: Point,
    /// Its objective, to be minimised; `None` when the trial failed or was cancelled.
    pub value: Option<f64>,
}

impl Told {
    /// The objective, if it is one to learn from.
    #[must_use]
    pub fn result(&self) -> Option<f64> {
        self.value.filter(|value| value.is_finite())
    }
}

/// What a sampler may know when it proposes.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// Ended trials in the order of their numbers, without gaps.
    pub told: &'a [Told],
    /// Points proposed after those, whose results are not known.
    pub pending: &'a [Point],
}

impl History<'_> {
    /// How many points were proposed: the number of the next proposal, from 0.
    #[must_use]
    pub fn number(&self) -> usize {
        self.told.len() + self.pending.len()
    }
}

/// A proposed point.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The point.
    pub point: Point,
    /// Where it came from.
    pub origin: Origin,
}

/// Proposes points.
pub trait Sampler: Send + std::fmt::Debug {
    /// The next point, or `None` when there is none left. It may be one that was proposed before: [`Search`] asks again.
    fn ask(&mut self, space: &Space, history: History<'_>, rng: &mut Rng) -> Option<Proposal>;

    /// Whether proposals depend on results, so that trials must wait for those `lag` before them.
    fn uses_results(&self) -> bool {
        false
    }

    /// Whether the next ask computes for so long that it should be prepared.
    fn thinks(&self, _history: History<'_>) -> bool {
        false
    }

    /// Does about `work` units of what the next ask has to compute; whether there is more. An ask does what is left of it.
    fn prepare(&mut self, _space: &Space, _history: History<'_>, _rng: &Rng, _work: u32) -> bool {
        false
    }

    /// What it had learned along each dimension of `point` when it proposed that, knew `history` and was given the same stream.
    fn explain(&self, _space: &Space, _history: History<'_>, _point: &Point, _rng: &mut Rng) -> Vec<Slice> {
        Vec::new()
    }
}

/// Points that are spread evenly, for a sampler to start from: a Sobol sequence, or draws where its table ends.
fn spread(space: &Space, rng: &mut Rng) -> Box<dyn Sampler> {
    match sobol::Sobol::new(space, rng) {
        Ok(sobol) => Box::new(sobol),
        Err(_) => Box::new(random::Random),
    }
}

/// How often a sampler is asked again for a point that was not proposed before, until the space is walked instead.
const RETRIES: usize = 100;
/// How many of these go to a sampler that uses results: where good points are all taken it would propose them again and
/// again, so the others are draws.
const OWN_RETRIES: usize = 2;
/// The largest space that is walked for points that are left.
const WALK: u64 = 1_000_000;

/// A search under way.
#[derive(Debug)]
pub struct Search {
    space: Space,
    sampler: Box<dyn Sampler>,
    seed: Seed,
    purpose: Purpose,
    /// Where each proposal so far came from.
    origins: Vec<Origin>,
    /// Points that come before any of the sampler's.
    first: Vec<Point>,
    /// Identities of the points proposed.
    seen: BTreeSet<String>,
}

impl Search {
    /// Starts a search.
    ///
    /// # Errors
    /// A space that the sampler can not search.
    pub fn new(kind: SamplerKind, space: Space, seed: Seed) -> Result<Self, Error> {
        Self::with_purpose(kind, space, seed, Purpose::Search)
    }

    /// Starts a search whose streams are those of another purpose, so that it does not shift the study's own.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_purpose(kind: SamplerKind, space: Space, seed: Seed, purpose: Purpose) -> Result<Self, Error> {
        // The sampler's own stream; proposals have theirs by number, counted from 0.
        let mut rng = seed.stream(purpose, u64::MAX);
        let sampler: Box<dyn Sampler> = match kind {
            SamplerKind::Grid => Box::new(grid::Grid::new(&space, &mut rng)?),
            SamplerKind::Random => Box::new(random::Random),
            SamplerKind::Sobol => Box::new(sobol::Sobol::new(&space, &mut rng)?),
            SamplerKind::Tpe => Box::new(tpe::Tpe::new(&space, &mut rng)),
            SamplerKind::Gp => Box::new(gp::Gp::new(&space, &mut rng)),
        };
        Ok(Self { space, sampler, seed, purpose, origins: Vec::new(), first: Vec::new(), seen: BTreeSet::new() })
    }

    /// The same search after these points, which are of its space and differ.
    #[must_use]
    pub fn after(mut self, first: &[Point]) -> Self {
        self.first = first.to_vec();
        self
    }

    /// The space.
    #[must_use]
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// Whether proposals depend on results.
    #[must_use]
    pub fn uses_results(&self) -> bool {
        self.sampler.uses_results()
    }

    /// How many points there are to propose in all, if that is finite.
    #[must_use]
    pub fn size(&self, kind: SamplerKind) -> Option<u64> {
        if kind != SamplerKind::Grid {
            return self.space.count();
        }
        let holds =
            |point: &Point, one: &Dimension| point.get(&one.name).is_none_or(|value| one.range.grid().contains(value));
        let is_on = |point: &&Point| self.space.dimensions().iter().all(|one| holds(point, one));
        let off = self.first.len() - self.first.iter().filter(is_on).count();
        self.space.grid_count()?.checked_add(off as u64)
    }

    /// The next point, never one that was proposed before; `None` when the space is exhausted.
    pub fn ask(&mut self, history: History<'_>) -> Option<Proposal> {
        let mut rng = self.seed.stream(self.purpose, self.origins.len() as u64);
        let proposal = self.ask_new(history, &mut rng)?;
        self.origins.push(proposal.origin);
        Some(proposal)
    }

    /// Whether the next ask with this history should be prepared, because it computes for long.
    #[must_use]
    pub fn thinks(&self, history: History<'_>) -> bool {
        self.origins.len() >= self.first.len() && self.sampler.thinks(history)
    }

    /// Does about `work` units of what the next ask with this history has to compute; whether there is more. An ask does
    /// what is left of it, so proposals do not depend on how the work is cut.
    pub fn prepare(&mut self, history: History<'_>, work: u32) -> bool {
        let rng = self.seed.stream(self.purpose, self.origins.len() as u64);
        self.sampler.prepare(&self.space, history, &rng, work)
    }

    /// Why `point`, the next after `history`, was proposed: where it came from, and what had been learned from results along
    /// each dimension, where it came from that. `None` where nothing was proposed then.
    #[must_use]
    pub fn explain(&self, history: History<'_>, point: &Point) -> Option<(Origin, Vec<Slice>)> {
        let number = history.number();
        let origin = *self.origins.get(number)?;
        if !origin.is_learned() {
            return Some((origin, Vec::new()));
        }
        let mut rng = self.seed.stream(self.purpose, number as u64);
        Some((origin, self.sampler.explain(&self.space, history, point, &mut rng)))
    }

    fn ask_new(&mut self, history: History<'_>, rng: &mut Rng) -> Option<Proposal> {
        if let Some(point) = self.first.get(self.origins.len()).cloned() {
            self.seen.insert(point.identity());
            return Some(Proposal { point, origin: Origin::Given });
        }
        if self.space.count().is_some_and(|count| self.seen.len() as u64 >= count) {
            return None;
        }
        let own = if self.uses_results() { OWN_RETRIES } else { RETRIES };
        for attempt in 0..RETRIES {
            let proposal = if attempt < own {
                self.sampler.ask(&self.space, history, rng)?
            } else {
                random::Random.ask(&self.space, history, rng)?
            };
            if self.seen.insert(proposal.point.identity()) {
                return Some(proposal);
            }
        }
        self.walk()
    }

    /// The first point in the space's own order that was not proposed: what is left when chance hardly meets it.
    fn walk(&mut self) -> Option<Proposal> {
        let count = self.space.count()?.min(WALK);
        let points = (0..count).map(|number| self.space.nth_point(number));
        let point = points.into_iter().find(|point| !self.seen.contains(&point.identity()))?;
        self.seen.insert(point.identity());
        Some(Proposal { point, origin: Origin::Order })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::study::Range;

    fn space(ranges: &[Range]) -> Space {
        let named = ranges.iter().enumerate().map(|(at, range)| Dimension {
            name: format!("x{at}"),
            range: range.clone(),
            when: BTreeMap::new(),
        });
        Space::new(named.collect()).unwrap()
    }

    fn int(low: f64, high: f64) -> Range {
        Range::Int { low, high, log: false, step: None }
    }

    fn ask_all(kind: SamplerKind, space: Space, seed: u64, most: usize) -> Vec<String> {
        let mut search = Search::new(kind, space, Seed(seed)).unwrap();
        let history = History { told: &[], pending: &[] };
        let proposals = std::iter::from_fn(|| search.ask(history));
        proposals.take(most).map(|proposal| proposal.point.identity()).collect()
    }

    #[test]
    fn every_sampler_exhausts_a_small_space_without_repeating() {
        for kind in SamplerKind::ALL {
            let ranges = [int(1.0, 5.0), Range::Categorical { choices: vec!["a".into(), "b".into(), "c".into()] }];
            let mut points = ask_all(kind, space(&ranges), 1, 100);
            assert_eq!(points.len(), 15, "{kind:?}");
            points.sort();
            points.dedup();
            assert_eq!(points.len(), 15, "{kind:?}");
        }
    }

    #[test]
    fn first_come_the_points_that_are_given() {
        for kind in SamplerKind::ALL {
            let space = space(&[int(1.0, 9.0)]);
            let first = [space.point_at(|_| 0.5), space.point_at(|_| 0.9)];
            let mut search = Search::new(kind, space, Seed(1)).unwrap().after(&first);
            let history = History { told: &[], pending: &[] };
            let points: Vec<Point> =
                std::iter::from_fn(|| search.ask(history)).map(|proposal| proposal.point).collect();
            assert_eq!(points[..2], first);
            // A grid of five levels holds 5 and 9; the others walk all nine numbers.
            assert_eq!(points.len() as u64, search.size(kind).unwrap(), "{kind:?}");
        }
    }

    #[test]
    fn a_space_without_dimensions_has_one_point() {
        for kind in SamplerKind::ALL {
            assert_eq!(ask_all(kind, Space::default(), 1, 100), [""], "{kind:?}");
        }
    }

    #[test]
    fn the_seed_decides() {
        let float = Range::Float { low: 0.0, high: 1.0, log: false, step: None };
        for kind in SamplerKind::ALL {
            let ranges = [float.clone(), int(1.0, 9.0)];
            let run = |seed| ask_all(kind, space(&ranges), seed, 20);
            assert_eq!(run(1), run(1));
            assert_ne!(run(1), run(2));
        }
    }

    #[test]
    fn a_longer_budget_only_adds() {
        let ranges = [Range::Float { low: 0.0, high: 1.0, log: false, step: None }, int(1.0, 9.0)];
        for kind in SamplerKind::ALL {
            let (short, long) = (ask_all(kind, space(&ranges), 3, 10), ask_all(kind, space(&ranges), 3, 20));
            assert_eq!(short, long[..10]);
        }
    }
}
