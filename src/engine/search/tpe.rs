//! The tree-structured Parzen estimator: points are proposed where good trials are dense and the others are not
//! (Bergstra et al. 2011, NeurIPS 24; its settings as studied by Watanabe 2023, arXiv:2304.11127).
//!
//! - Dimensions that exist under the same conditions are estimated jointly, since good values depend on each other
//!   (multivariate); where most of them are choices, each by itself, since joint densities of choices fall apart.
//! - A block under a condition is estimated from the trials that had it, once its parents are chosen.
//! - Good is a share of the best trials that falls with the number of axes, from a quarter to a tenth, at most [`MOST_GOOD`]:
//!   along few axes a tenth lies too close to what was found first, along many more than a tenth lie too far apart.
//! - A failed trial counts among the worst, by the share of failures around it: where those beside it succeeded it says
//!   little. A pending one is taken for one of the worst, so that points proposed at the same time keep apart.

mod parzen;

pub(in crate::engine) use self::parzen::mass;
use self::parzen::{Parzen, Width};
use super::cube::{Cube, INACTIVE, proposed, square};
use super::reason::slices;
use super::{History, Proposal, Sampler, Told, spread};
use crate::engine::random::{Rng, unit};
use crate::order;
use crate::protocol::{Origin, Slice};
use crate::study::{Point, Space};

/// So many points are spread evenly before there is enough to estimate from.
const START: usize = 10;
/// Of so many draws from the density of good trials the best is proposed.
const CANDIDATES: usize = 24;
/// At most so many trials are good.
const MOST_GOOD: usize = 25;
/// How often it tries to find a point that was not proposed before.
const TRIES: usize = 10;
/// So many of the latest trials have full weight among the others.
const FULL_WEIGHT: usize = 25;
/// A failed trial is seen among so many neighbours.
const NEIGHBOURS: usize = 4;

/// The sampler.
#[derive(Debug)]
pub struct Tpe {
    start: Box<dyn Sampler>,
    cube: Cube,
    /// Axes that are estimated jointly, in an order in which parents come first.
    blocks: Vec<Vec<usize>>,
}

impl Tpe {
    /// A sampler of a space; the stream is for the points that it starts from.
    #[must_use]
    pub fn new(space: &Space, rng: &mut Rng) -> Self {
        let cube = Cube::new(space);
        let blocks = blocks(space, &cube);
        Self { start: spread(space, rng), cube, blocks }
    }

    /// The densities of good trials and of the others over a block, or `None` where nothing is known of it.
    fn densities<'a>(&'a self, block: &[usize], seen: &'a Seen) -> Option<(Parzen<'a>, Parzen<'a>)> {
        let has_block = |coordinates: &[f64]| self.cube.is_active(block[0], coordinates);
        // Trials keep their order, in which weights grow; ranks are by value.
        let own: Vec<&(Vec<f64>, f64)> = seen.trials.iter().filter(|(at, _)| has_block(at)).collect();
        let done = own.iter().filter(|(_, value)| value.is_finite()).count();
        if done == 0 {
            return None;
        }
        let order = order::ranking(own.len(), &|a, b| own[a].1.total_cmp(&own[b].1));
        let ordered = block.iter().filter(|&&at| !self.cube.axes[at].is_choice).count();
        let good_count = done.div_ceil(one_in(ordered)).min(MOST_GOOD);
        let mut is_good = vec![false; own.len()];
        order[..good_count].iter().for_each(|&which| is_good[which] = true);
        let (mut good, mut others) = (Vec::new(), Vec::new());
        for (which, (at, value)) in own.iter().enumerate() {
            if is_good[which] {
                good.push((at.as_slice(), 1.0));
            } else {
                let worth = if value.is_finite() { 1.0 } else { self.failing_around(block, &own, which) };
                others.push((at.as_slice(), worth));
            }
        }
        let pending = seen.pending.iter().filter(|at| has_block(at));
        others.extend(pending.map(|at| (at.as_slice(), 1.0)));
        let weights = weights(others.len());
        others.iter_mut().zip(weights).for_each(|(other, weight)| other.1 *= weight);
        let axes = || block.iter().map(|&at| (at, &self.cube.axes[at])).collect();
        Some((Parzen::new(axes(), &good, Width::Narrow), Parzen::new(axes(), &others, Width::Wide)))
    }

    /// The share of failures among a failed trial and the [`NEIGHBOURS`] that are nearest to it over a block.
    fn failing_around(&self, block: &[usize], trials: &[&(Vec<f64>, f64)], failed: usize) -> f64 {
        let distance = |which: usize| {
            let along = |&at: &usize| square(self.cube.axes[at].is_choice, trials[which].0[at], trials[failed].0[at]);
            block.iter().map(along).sum::<f64>()
        };
        let distances: Vec<f64> = (0..trials.len()).map(distance).collect();
        let order = order::ranking(trials.len(), &|a, b| distances[a].total_cmp(&distances[b]));
        let (mut seen, mut failures) = (1, 1);
        for which in order {
            if which != failed && seen <= NEIGHBOURS {
                seen += 1;
                failures += usize::from(!trials[which].1.is_finite());
            }
        }
        failures as f64 / seen as f64
    }

    fn seen(&self, space: &Space, history: History<'_>) -> Seen {
        let coordinates = |point: &Point| self.cube.coordinates(space, point);
        let worth = |told: &Told| told.result().unwrap_or(f64::INFINITY);
        Seen {
            trials: history.told.iter().map(|told| (coordinates(&told.point), worth(told))).collect(),
            pending: history.pending.iter().map(coordinates).collect(),
        }
    }

    /// The coordinates of a proposal, block after block.
    fn propose(&self, seen: &Seen, is_known: &dyn Fn(&[f64]) -> bool, rng: &mut Rng) -> Vec<f64> {
        let mut coordinates = vec![INACTIVE; self.cube.len()];
        for (number, block) in self.blocks.iter().enumerate() {
            if self.cube.is_active(block[0], &coordinates) {
                let is_whole =
                    |at: &[f64]| self.blocks[number + 1..].iter().all(|later| !self.cube.is_active(later[0], at));
                let is_done = |at: &[f64]| is_whole(at) && is_known(at);
                self.choose(block, seen, &is_done, &mut coordinates, rng);
            }
        }
        coordinates
    }

    /// Sets the coordinates of a block to the best of some draws from its density of good trials; those that give a point
    /// that `is_done` come last.
    fn choose(
        &self,
        block: &[usize],
        seen: &Seen,
        is_done: &dyn Fn(&[f64]) -> bool,
        coordinates: &mut Vec<f64>,
        rng: &mut Rng,
    ) {
        let Some((good, others)) = self.densities(block, seen) else {
            block.iter().for_each(|&at| coordinates[at] = unit(rng));
            return;
        };
        let mut best = (false, f64::NEG_INFINITY, coordinates.clone());
        for _ in 0..CANDIDATES {
            good.draw(coordinates, rng);
            let score = good.log_density(coordinates) - others.log_density(coordinates);
            // Most draws fall by their score, before anything has to be looked up.
            if score > best.1 || !best.0 {
                let is_new = !is_done(coordinates);
                if (is_new, score) > (best.0, best.1) {
                    best = (is_new, score, coordinates.clone());
                }
            }
        }
        *coordinates = best.2;
    }
}

/// What is known of the trials, in coordinates.
struct Seen {
    /// Ended trials with their objective; infinite where they failed.
    trials: Vec<(Vec<f64>, f64)>,
    pending: Vec<Vec<f64>>,
}

/// Axes with the same conditions; each by itself where most of them are choices.
fn blocks(space: &Space, cube: &Cube) -> Vec<Vec<usize>> {
    let dimensions = space.dimensions();
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for (at, dimension) in dimensions.iter().enumerate() {
        match blocks.iter_mut().find(|block| dimensions[block[0]].when == dimension.when) {
            Some(block) => block.push(at),
            None => blocks.push(vec![at]),
        }
    }
    let choices = |block: &[usize]| block.iter().filter(|&&at| cube.axes[at].is_choice).count();
    let split = blocks.into_iter().flat_map(|block| {
        if 2 * choices(&block) > block.len() { block.into_iter().map(|at| vec![at]).collect() } else { vec![block] }
    });
    split.collect()
}

/// One in so many trials is good, where so many axes have an order.
fn one_in(ordered: usize) -> usize {
    if ordered == 0 { 10 } else { (ordered + 3).min(10) }
}

/// Weights of observations in order: 1 for the latest, falling to 1 / count for the oldest.
fn weights(count: usize) -> Vec<f64> {
    let old = count.saturating_sub(FULL_WEIGHT);
    let oldest = 1.0 / count.max(1) as f64;
    let ramp = (0..old).map(|at| oldest + (1.0 - oldest) * at as f64 / old.max(2).saturating_sub(1) as f64);
    ramp.chain((old..count).map(|_| 1.0)).collect()
}

impl Sampler for Tpe {
    fn ask(&mut self, space: &Space, history: History<'_>, rng: &mut Rng) -> Option<Proposal> {
        if history.number() < START {
            return self.start.ask(space, history, rng);
        }
        let known = proposed(history);
        let is_known = |coordinates: &[f64]| known.contains(&space.point_at(|at| coordinates[at]).identity());
        let mut seen = self.seen(space, history);
        let mut point = Point::default();
        for _ in 0..TRIES {
            let coordinates = self.propose(&seen, &is_known, rng);
            point = space.point_at(|at| coordinates[at]);
            if !is_known(&coordinates) {
                break;
            }
            // Taken for one more bad trial, so that a branch without new points loses its attraction.
            seen.pending.push(coordinates);
        }
        let learned = history.told.iter().any(|told| told.result().is_some());
        Some(Proposal { point, origin: if learned { Origin::Learned } else { Origin::Chance } })
    }

    fn uses_results(&self) -> bool {
        true
    }

    /// The two densities along each dimension of a block that something is known of.
    fn explain(&self, space: &Space, history: History<'_>, point: &Point, _: &mut Rng) -> Vec<Slice> {
        let seen = self.seen(space, history);
        let coordinates = self.cube.coordinates(space, point);
        let active = self.blocks.iter().filter(|block| self.cube.is_active(block[0], &coordinates));
        let densities: Vec<_> = active.filter_map(|block| self.densities(block, &seen)).collect();
        let slices = slices(space, &self.cube, &coordinates).into_iter().filter_map(|(axis, mut slice)| {
            let (good, bad) = densities.iter().find(|(good, _)| good.marginal(axis, coordinates[axis]).is_some())?;
            let along =
                |density: &Parzen<'_>| slice.at.iter().filter_map(|&u| density.marginal(axis, u)).collect::<Vec<_>>();
            (slice.good, slice.bad) = (along(good), along(bad));
            Some(slice)
        });
        slices.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::engine::search::Search;
    use crate::study::{Dimension, Range, SamplerKind, Seed};

    fn dimension(name: &str, range: Range) -> Dimension {
        Dimension { name: name.to_owned(), range, when: BTreeMap::new() }
    }

    fn float(name: &str) -> Dimension {
        dimension(name, Range::Float { low: 0.0, high: 1.0, log: false, step: None })
    }

    fn choice(name: &str) -> Dimension {
        dimension(name, Range::Categorical { choices: vec!["a".into(), "b".into(), "c".into()] })
    }

    /// Runs a search whose results come at once; all that was told.
    fn search(space: Space, trials: usize, value: impl Fn(&Point) -> Option<f64>) -> (Search, Vec<Told>) {
        let mut search = Search::new(SamplerKind::Tpe, space, Seed(4)).unwrap();
        let mut told = Vec::new();
        while told.len() < trials {
            let Some(proposal) = search.ask(History { told: &told, pending: &[] }) else { break };
            told.push(Told { value: value(&proposal.point), point: proposal.point });
        }
        (search, told)
    }

    #[test]
    fn weights_rise_to_the_latest() {
        assert_eq!(weights(3), [1.0, 1.0, 1.0]);
        let found = weights(27);
        assert_eq!((found[0], found[1], found[2], found[26]), (1.0 / 27.0, 1.0, 1.0, 1.0));
    }

    #[test]
    fn blocks_follow_conditions_and_choices() {
        let under =
            |name: &str| Dimension { when: BTreeMap::from([("c".to_owned(), vec!["a".into()])]), ..float(name) };
        let of = |dimensions: Vec<Dimension>| {
            let space = Space::new(dimensions).unwrap();
            blocks(&space, &Cube::new(&space))
        };
        assert_eq!(of(vec![float("x"), choice("c"), float("y")]), [[0, 1, 2]]);
        assert_eq!(of(vec![choice("c"), under("x"), under("y")]), [vec![0], vec![1, 2]]);
        assert_eq!(of(vec![choice("c"), choice("d"), float("x")]), [[0], [1], [2]]);
    }

    #[test]
    fn the_good_side_of_each_branch_is_searched() {
        let under = |name: &str, branch: &str| Dimension {
            when: BTreeMap::from([("c".to_owned(), vec![branch.into()])]),
            ..float(name)
        };
        let space = Space::new(vec![choice("c"), under("x", "a"), under("y", "b")]).unwrap();
        let (_, told) = search(space, 80, |point| {
            let number = |name: &str| point.get(name).and_then(crate::study::Value::as_number);
            match (number("x"), number("y")) {
                (Some(x), _) => Some((x - 0.8).abs()),
                (_, Some(y)) => Some(0.3 + y),
                _ => None,
            }
        });
        let late = &told[40..];
        let near = late.iter().filter(|told| told.value.is_some_and(|value| value < 0.2)).count();
        assert!(near > 20, "{near} of 40");
        // The branch that always fails is left alone.
        let failed = late.iter().filter(|told| told.value.is_none()).count();
        assert!(failed < 8, "{failed} of 40");
    }

    #[test]
    fn a_failure_counts_by_the_failures_around_it() {
        let space = Space::new(vec![float("x"), choice("c")]).unwrap();
        let tpe = Tpe::new(&space, &mut Seed(1).stream(crate::engine::random::Purpose::Search, 0));
        let trials: Vec<(Vec<f64>, f64)> =
            [(0.1, f64::INFINITY), (0.2, f64::INFINITY), (0.3, 1.0), (0.7, 2.0), (0.8, 3.0)]
                .into_iter()
                .chain([(0.9, f64::INFINITY), (0.95, 4.0)])
                .map(|(x, value)| (vec![x, 0.5], value))
                .collect();
        let trials: Vec<&(Vec<f64>, f64)> = trials.iter().collect();
        assert_eq!(tpe.failing_around(&[0, 1], &trials, 0), 0.4);
        assert_eq!(tpe.failing_around(&[0, 1], &trials, 5), 0.2);
        assert_eq!(tpe.failing_around(&[0, 1], &trials[..2], 0), 1.0);
        assert_eq!(tpe.failing_around(&[0, 1], &trials[..1], 0), 1.0);
    }

    #[test]
    fn two_densities_say_why() {
        let space = Space::new(vec![float("x"), choice("c")]).unwrap();
        let x = |point: &Point| point.get("x").and_then(crate::study::Value::as_number).unwrap();
        let (search, told) = search(space, 40, |point| Some((x(point) - 0.3).abs()));
        let history = History { told: &told[..39], pending: &[] };
        let (origin, slices) = search.explain(history, &told[39].point).unwrap();
        assert_eq!(origin, Origin::Learned);
        assert_eq!(slices.iter().map(|slice| slice.name.as_str()).collect::<Vec<_>>(), ["x", "c"]);
        let x = &slices[0];
        let peak = x.good.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
        assert!((x.at[peak] - 0.3).abs() < 0.15, "{}", x.at[peak]);
        let chosen = x.chosen as usize;
        assert!(x.good[chosen] > x.bad[chosen] && x.bad.len() == x.at.len());
        assert_eq!((slices[1].at.len(), slices[1].good.len(), &slices[1].mean), (3, 3, &vec![]));
        let early = History { told: &told[..5], pending: &[] };
        assert_eq!(search.explain(early, &told[5].point), Some((Origin::Spread, vec![])));
        assert_eq!(search.explain(History { told: &told, pending: &[] }, &told[39].point), None);
    }
}
