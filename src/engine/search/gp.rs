//! A Gaussian process of the objective proposes where it expects the largest improvement (Jones et al. 1998,
//! doi:10.1023/A:1008306431147; practice as in Snoek et al. 2012, arXiv:1206.2944).
//!
//! A proposal is made in three stages, each cut in pieces: the kernel's parameters are fitted to the warped results, from
//! those of the last fit and now and then from neutral ones; pending and failed trials get fantasies; the acquisition is
//! searched. It depends on the results alone and not on how the work is cut.
//!
//! Each other proposal goes where the least value is expected, without a bonus for what is unknown, where that gains a
//! little and not much: there the expected improvement would rather look elsewhere than come to the ground of a basin
//! that it has found (proposals by the mean alone: De Ath et al. 2021, doi:10.1145/3425501).
//!
//! Where little is left to gain the search has come to rest, perhaps in a basin that is not the lowest. The model that it then
//! looks by is one of an objective in which that basin is filled up; by the mean it still comes to the ground of the best.

mod acquisition;
mod basin;
mod climb;
mod descent;
mod edges;
mod kernel;
mod outlook;
mod fitting;
mod posterior;
mod surrogate;
mod warp;

use std::collections::BTreeMap;

use self::basin::Basin;
use self::climb::Climb;
use self::fitting::Fitting;
use self::kernel::Kernel;
pub use self::outlook::Outlook;
use self::posterior::{Aim, Fate, Posterior};
pub use self::surrogate::Surrogate;
use self::warp::Warp;
use super::cube::{Cube, proposed};
use super::reason::slices;
use super::{History, Proposal, Sampler, Told, spread};
use crate::engine::random::Rng;
use crate::order;
use crate::protocol::{Origin, Slice};
use crate::study::{Point, Space};

/// Points that are spread evenly before there is enough to model: two for each dimension and two more, within these bounds.
const START: (usize, usize) = (10, 20);
/// With fewer results there is nothing to fit.
const LEAST: usize = 2;
/// The model takes in at most so many results, so that no piece of work grows without bound: the best and the latest.
const MOST: usize = 200;
/// A space with at most so many points is searched point by point.
const FEW: u64 = 1024;
/// The logarithm of an improvement at which the search looks elsewhere, in deviations of the results as the model sees them.
const LITTLE: f64 = -8.0;
/// With so many filled basins the next one is the first again: what is asked of each takes time.
const MOST_BASINS: usize = 8;
/// Proposals before the next basin is filled: some come to nothing also where there is something to find.
const BREATH: usize = 4;
/// Where basins are filled, the model of the results as they are is fitted at each so many-th proposal only.
const REFIT: usize = 8;
/// Each so many-th proposal is chosen by the mean,
const MEAN_EACH: usize = 2;
/// if that promises a gain whose logarithm, in deviations of the results, lies between these. More promises the expected
/// improvement too, and less is worth no trial.
const MEAN_GAIN: (f64, f64) = (-13.0, -3.0);
/// Of the results this share counts as worse where there is no noise, and at least so much where there is.
const WORSE: f64 = 0.5;
const LEAST_WORSE: f64 = 0.03;
/// Noise with more than this variance, where all results as the model sees them have 1, makes the share of the worse fall, so
/// that the model's scale grows; with less than half of it the share rises again. By these factors with each proposal, once
/// there are enough results to tell noise from what the model has not understood yet.
const NOISY: f64 = 0.02;
const FALL: f64 = 1.5;
const RISE: f64 = 1.3;
const TELLING: usize = 20;
/// A fit starts from neutral parameters too with so few results, and else at each so many-th proposal.
const RESTART: usize = 24;
const RESTART_EACH: usize = 4;

/// The sampler.
#[derive(Debug)]
pub struct Gp {
    start: Box<dyn Sampler>,
    cube: Cube,
    /// The points of a small space in coordinates; empty if it is large.
    all: Vec<Vec<f64>>,
    /// Whether it may choose by the mean alone and look elsewhere, for someone who goes where it proposes.
    leads: bool,
    /// What each proposal was made by, by the number of proposals before it.
    fits: BTreeMap<usize, Fit>,
    /// Basins that are filled, each with the number of proposals before it was.
    basins: Vec<(usize, Basin)>,
    /// For each trial that ended by how many basins its value was looked at, and what it came to by them; `None` where it was
    /// not of interest.
    filled: Vec<Option<Valued>>,
    /// The last fit to results as they are since basins are filled, and the number of proposals before it.
    unfilled: Option<(usize, Vec<f64>)>,
    thinking: Option<Thinking>,
}

/// Fitted parameters, and what a point was chosen by.
#[derive(Clone, Debug)]
struct Fit {
    theta: Vec<f64>,
    aim: Aim,
    /// The share of the results that counts as worse.
    worse: f64,
}

impl Fit {
    /// The share that counts as worse for the next fit, when so many trials have ended.
    fn next_worse(&self, ended: usize) -> f64 {
        let noise = Kernel::new(&self.theta).noise;
        if noise > NOISY && ended >= TELLING {
            (self.worse / FALL).max(LEAST_WORSE)
        } else if noise < NOISY / 2.0 {
            (self.worse * RISE).min(WORSE)
        } else {
            self.worse
        }
    }
}

/// A proposal under way.
#[derive(Debug)]
struct Thinking {
    /// Ended and pending trials that it knows.
    known: (usize, usize),
    data: Data,
    fitting: Fitting,
    /// What the first climb goes by.
    aim: Aim,
    climb: Option<Climb>,
    rng: Rng,
}

/// Trials as the model sees them.
#[derive(Debug)]
struct Data {
    /// The share of the results that counts as worse.
    worse: f64,
    warp: Warp,
    /// n x d; those with a value first.
    points: Vec<Vec<f64>>,
    fates: Vec<Fate>,
    /// Warped values of the first points.
    values: Vec<f64>,
}

/// A place or a count, and a value that goes with it.
type Valued = (usize, f64);

impl Data {
    /// `results` are what the ended trials of `history` are taken for.
    fn new(cube: &Cube, space: &Space, history: History<'_>, results: Vec<Valued>, worse: f64) -> Self {
        let done = most_telling(results, MOST);
        let failed = history.told.iter().filter(|told| told.result().is_none()).map(|told| &told.point);
        let failed: Vec<&Point> = failed.collect();
        let failed = &failed[failed.len().saturating_sub(MOST / 4)..];
        let warp = Warp::new(&done.iter().map(|&(_, value)| value).collect::<Vec<_>>(), worse);
        let values: Vec<f64> = done.iter().map(|&(_, value)| warp.forth(value)).collect();
        let done = done.iter().map(|&(at, _)| &history.told[at].point);
        let points = done.chain(failed.iter().copied()).chain(history.pending);
        let points: Vec<Vec<f64>> = points.map(|point| cube.coordinates(space, point)).collect();
        let mut fates = vec![Fate::Done; values.len()];
        fates.extend(failed.iter().map(|_| Fate::Failed));
        fates.resize(points.len(), Fate::Pending);
        Self { worse, warp, points, fates, values }
    }

    fn posterior(&self, cube: &Cube, theta: &[f64], rng: &mut Rng) -> Option<Posterior> {
        let (points, fates) = (self.points.clone(), self.fates.clone());
        Posterior::new(Kernel::new(theta), is_choice(cube), points, fates, &self.values, rng)
    }
}

/// What the trials that ended came to.
fn own_results(told: &[Told]) -> Vec<Valued> {
    told.iter().enumerate().filter_map(|(at, told)| Some((at, told.result()?))).collect()
}

/// The best half and the latest of too many results, in their order.
fn most_telling(done: Vec<Valued>, most: usize) -> Vec<Valued> {
    if done.len() <= most {
        return done;
    }
    let order = order::ranking(done.len(), &|a, b| done[a].1.total_cmp(&done[b].1));
    let mut kept = vec![false; done.len()];
    order[..most / 2].iter().for_each(|&which| kept[which] = true);
    let latest: Vec<usize> = (0..done.len()).rev().filter(|&which| !kept[which]).take(most - most / 2).collect();
    latest.into_iter().for_each(|which| kept[which] = true);
    done.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(trial, _)| trial).collect()
}

fn is_choice(cube: &Cube) -> Vec<bool> {
    cube.axes.iter().map(|axis| axis.is_choice).collect()
}

impl Gp {
    /// A sampler of a space; the stream is for the points that it starts from.
    #[must_use]
    pub fn new(space: &Space, rng: &mut Rng) -> Self {
        let cube = Cube::new(space);
        let few = space.count().filter(|&count| count <= FEW && !space.dimensions().is_empty());
        let point = |number| cube.coordinates(space, &space.nth_point(number));
        let all = (0..few.unwrap_or(0)).map(point).collect();
        Self {
            start: spread(space, rng),
            cube,
            all,
            leads: true,
            fits: BTreeMap::new(),
            basins: Vec::new(),
            filled: Vec::new(),
            unfilled: None,
            thinking: None,
        }
    }

    /// Whether there is too little to model.
    fn is_starting(&self, history: History<'_>) -> bool {
        let start = (2 * self.cube.len() + 2).clamp(START.0, START.1);
        let done = history.told.iter().filter(|told| told.result().is_some()).count();
        history.number() < start || done < LEAST
    }

    /// The basins that are filled for the proposal with this number, and the place of the first of them.
    fn basins_at(&self, number: usize) -> (usize, &[(usize, Basin)]) {
        let count = self.basins.iter().take_while(|basin| basin.0 <= number).count();
        let first = count.saturating_sub(1) / MOST_BASINS * MOST_BASINS;
        (first, &self.basins[first..count])
    }

    /// Results with what is known of basins that are filled, of no more trials than can be of interest.
    fn fill(&self, space: &Space, history: History<'_>, known: impl Fn(usize) -> Option<Valued>) -> Vec<Valued> {
        let (first, basins) = self.basins_at(history.number());
        let own = own_results(history.told);
        if basins.is_empty() {
            return own;
        }
        let filled = |(at, own): Valued| {
            let (by, value) = known(at).filter(|known| known.0 >= first).unwrap_or((first, own));
            let x = self.cube.coordinates(space, &history.told[at].point);
            (at, basins[by - first..].iter().fold(value, |value, (_, basin)| basin.fill(&x, value)))
        };
        most_telling(own, 2 * MOST).into_iter().map(filled).collect()
    }

    /// As [`Self::fill`], for the latest proposal, and remembers what it came to.
    fn fill_latest(&mut self, space: &Space, history: History<'_>) -> Vec<Valued> {
        let filled = self.fill(space, history, |at| self.filled.get(at).copied().flatten());
        self.filled.resize(history.told.len(), None);
        let by = self.basins.len();
        filled.iter().for_each(|&(at, value)| self.filled[at] = Some((by, value)));
        filled
    }

    /// Begins to think about the next proposal.
    fn begin(&mut self, space: &Space, history: History<'_>, rng: &Rng, aim: Aim) -> Thinking {
        let results = match aim {
            Aim::Improvement => self.fill_latest(space, history),
            Aim::Mean => own_results(history.told),
        };
        let before = self.fits.range(..history.number()).next_back();
        let worse = before.map_or(WORSE, |(_, fit)| fit.next_worse(history.told.len()));
        let data = Data::new(&self.cube, space, history, results, worse);
        let done = data.values.len();
        let last = self.fits.last_key_value().map(|(_, fit)| fit.theta.clone());
        let neutral = kernel::neutral(self.cube.len());
        let unfilled = self.unfilled.as_ref().filter(|fit| aim == Aim::Mean && history.number() < fit.0 + REFIT);
        let (starts, fallback) = match unfilled {
            Some((_, theta)) => (Vec::new(), theta.clone()),
            None if last.is_none() || done <= RESTART || history.number().is_multiple_of(RESTART_EACH) => {
                (std::iter::once(neutral.clone()).chain(last).collect(), neutral)
            }
            None => (last.into_iter().collect(), neutral),
        };
        Thinking {
            known: (history.told.len(), history.pending.len()),
            fitting: Fitting::new(&self.cube, &data, starts, fallback),
            data,
            aim,
            climb: None,
            rng: rng.clone(),
        }
    }

    /// A thought that has come to its end, or what is thought next where it came to nothing that is worth a trial; whether
    /// there is more to do.
    fn think_on(&mut self, space: &Space, history: History<'_>, rng: &Rng, mut thought: Thinking) -> (Thinking, bool) {
        let Some(climb) = thought.climb.take() else { return (thought, false) };
        let (promise, number) = (climb.promise(), history.number());
        let is_at_rest =
            self.leads && promise < LITTLE && self.basins.last().is_none_or(|basin| basin.0 + BREATH <= number);
        let is_filled = !self.basins_at(number).1.is_empty();
        if is_filled && thought.aim == Aim::Mean && self.unfilled.as_ref().is_none_or(|fit| fit.0 + REFIT <= number) {
            self.unfilled = self.fits.get(&number).map(|fit| (number, fit.theta.clone()));
        }
        match thought.aim {
            Aim::Mean if (MEAN_GAIN.0..MEAN_GAIN.1).contains(&promise) => {}
            Aim::Mean if !is_filled => {
                // The model is the same.
                thought.aim = Aim::Improvement;
                thought.look(&self.cube, &self.all, &mut self.fits, climb.into_posterior());
                return (thought, true);
            }
            Aim::Mean => return (self.begin(space, history, rng, Aim::Improvement), true),
            // A small space is looked through as a whole.
            Aim::Improvement if is_at_rest && self.all.is_empty() => {
                let results = self.fill_latest(space, history).into_iter();
                let results = results.map(|(at, value)| (self.cube.coordinates(space, &history.told[at].point), value));
                let results: Vec<(Vec<f64>, f64)> = results.collect();
                self.basins.push((number, Basin::new(climb.into_posterior(), &results)));
                return (self.begin(space, history, rng, Aim::Improvement), true);
            }
            Aim::Improvement => {}
        }
        thought.climb = Some(climb);
        (thought, false)
    }
}

impl Thinking {
    /// Does about `work` units; whether there is more to do.
    fn advance(&mut self, cube: &Cube, all: &[Vec<f64>], fits: &mut BTreeMap<usize, Fit>, mut work: u32) -> bool {
        while self.climb.is_none() {
            let cost = self.fitting.step();
            if let Some(theta) = self.fitting.take_theta() {
                let posterior = self.data.posterior(cube, &theta, &mut self.rng);
                fits.insert(self.number(), Fit { theta, aim: self.aim, worse: self.data.worse });
                let Some(posterior) = posterior else { return false };
                self.look(cube, all, fits, posterior);
            }
            work = work.saturating_sub(cost);
            if work == 0 {
                return true;
            }
        }
        self.climb.as_mut().is_some_and(|climb| climb.advance(cube, work).is_none())
    }

    fn number(&self) -> usize {
        self.known.0 + self.known.1
    }

    /// Begins to look for the best point of a model.
    fn look(&mut self, cube: &Cube, all: &[Vec<f64>], fits: &mut BTreeMap<usize, Fit>, posterior: Posterior) {
        if let Some(fit) = fits.get_mut(&self.number()) {
            fit.aim = self.aim;
        }
        let values = &self.data.values;
        let order = order::ranking(values.len(), &|a, b| values[a].total_cmp(&values[b]));
        let nests: Vec<&[f64]> = order.into_iter().map(|which| self.data.points[which].as_slice()).collect();
        let candidates = climb::candidates(cube, all, &nests, &mut self.rng);
        self.climb = Some(Climb::new(posterior, self.aim, candidates, self.rng.clone()));
    }
}

impl Sampler for Gp {
    fn ask(&mut self, space: &Space, history: History<'_>, rng: &mut Rng) -> Option<Proposal> {
        if self.is_starting(history) {
            return self.start.ask(space, history, rng);
        }
        while self.prepare(space, history, rng, u32::MAX) {}
        let known = proposed(history);
        let thought = self.thinking.take();
        let origin = match thought.as_ref().map(|thought| thought.aim) {
            Some(Aim::Mean) => Origin::Ground,
            _ if self.basins_at(history.number()).1.is_empty() => Origin::Learned,
            _ => Origin::Elsewhere,
        };
        let thought = thought.and_then(|thinking| thinking.climb);
        let ranked = thought.iter().flat_map(Climb::ranked);
        let mut points = ranked.map(|coordinates| space.point_at(|at| coordinates[at]));
        match points.find(|point| !known.contains(&point.identity())) {
            Some(point) => Some(Proposal { point, origin }),
            // The model came to nothing, or everything that it looked at was proposed before.
            None => self.start.ask(space, history, rng),
        }
    }

    fn uses_results(&self) -> bool {
        true
    }

    fn thinks(&self, history: History<'_>) -> bool {
        !self.is_starting(history)
    }

    fn prepare(&mut self, space: &Space, history: History<'_>, rng: &Rng, work: u32) -> bool {
        if self.is_starting(history) {
            return false;
        }
        let known = (history.told.len(), history.pending.len());
        let mut thinking = match self.thinking.take() {
            Some(thinking) if thinking.known == known => thinking,
            _ => {
                let by_mean = self.leads && history.number() % MEAN_EACH == 1;
                self.begin(space, history, rng, if by_mean { Aim::Mean } else { Aim::Improvement })
            }
        };
        let more = thinking.advance(&self.cube, &self.all, &mut self.fits, work);
        let (thinking, more) = if more { (thinking, true) } else { self.think_on(space, history, rng, thinking) };
        self.thinking = Some(thinking);
        more
    }

    /// What the process expected along each dimension, with the same fantasies of what was pending.
    fn explain(&self, space: &Space, history: History<'_>, point: &Point, rng: &mut Rng) -> Vec<Slice> {
        let Some(Fit { theta, aim, worse }) = self.fits.get(&history.number()) else { return Vec::new() };
        let results = match aim {
            Aim::Improvement => self.fill(space, history, |_| None),
            Aim::Mean => own_results(history.told),
        };
        let data = Data::new(&self.cube, space, history, results, *worse);
        let Some(posterior) = data.posterior(&self.cube, theta, rng) else { return Vec::new() };
        let coordinates = self.cube.coordinates(space, point);
        let mut most = f64::NEG_INFINITY;
        let along = |(axis, mut slice): (usize, Slice)| {
            for u in slice.at.clone() {
                let mut x = coordinates.clone();
                x[axis] = u;
                self.cube.snap(&mut x);
                let (mean, deviation) = posterior.expect(&x);
                slice.mean.push(data.warp.back(mean));
                slice.low.push(data.warp.back(mean - deviation));
                slice.high.push(data.warp.back(mean + deviation));
                slice.gain.push(posterior.worth(*aim, &x));
            }
            most = slice.gain.iter().copied().fold(most, f64::max);
            slice
        };
        let mut slices: Vec<Slice> = slices(space, &self.cube, &coordinates).into_iter().map(along).collect();
        let gains = slices.iter_mut().flat_map(|slice| &mut slice.gain);
        gains.for_each(|gain| *gain = libm::exp(*gain - most));
        slices
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::search::{Search, Told};
    use crate::study::{Dimension, Range, SamplerKind, Seed, Value};

    fn space(ranges: &[(&str, Range)]) -> Space {
        let dimension = |(name, range): &(&str, Range)| Dimension {
            name: (*name).to_owned(),
            range: range.clone(),
            when: BTreeMap::new(),
        };
        Space::new(ranges.iter().map(dimension).collect()).unwrap()
    }

    fn float() -> Range {
        Range::Float { low: 0.0, high: 1.0, log: false, step: None }
    }

    fn number(point: &Point, name: &str) -> f64 {
        point.get(name).and_then(Value::as_number).unwrap()
    }

    /// Runs a search with results that come `lag` late, its thinking cut in pieces of `work` units; all that was told.
    fn search(
        space: Space,
        trials: usize,
        lag: usize,
        work: u32,
        value: impl Fn(&Point) -> Option<f64>,
    ) -> (Search, Vec<Told>) {
        let mut search = Search::new(SamplerKind::Gp, space, Seed(2)).unwrap();
        let mut told: Vec<Told> = Vec::new();
        while told.len() < trials {
            let seen = (told.len() + 1).saturating_sub(lag);
            let pending: Vec<Point> = told[seen..].iter().map(|told| told.point.clone()).collect();
            let history = History { told: &told[..seen], pending: &pending };
            while search.thinks(history) && search.prepare(history, work) {}
            let Some(proposal) = search.ask(history) else { break };
            told.push(Told { value: value(&proposal.point), point: proposal.point });
        }
        (search, told)
    }

    fn mixed() -> Space {
        let choices = vec!["a".into(), "b".into(), "c".into()];
        space(&[
            ("x", float()),
            ("k", Range::Int { low: 1.0, high: 40.0, log: true, step: None }),
            ("c", Range::Categorical { choices }),
        ])
    }

    fn bowl(point: &Point) -> Option<f64> {
        let away = number(point, "x") - 0.37;
        let apart = libm::log(number(point, "k") / 12.0);
        let toll = if point.get("c") == Some(&"b".into()) { 0.0 } else { 0.4 };
        Some(away * away + 0.2 * apart * apart + toll)
    }

    fn best(told: &[Told]) -> f64 {
        told.iter().filter_map(|told| told.value).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn numbers_integers_and_choices_are_found_together() {
        for (lag, limit) in [(1, 1e-5), (8, 1e-4)] {
            let (_, told) = search(mixed(), 40, lag, u32::MAX, bowl);
            assert!(best(&told) < limit, "lag {lag}: {}", best(&told));
        }
    }

    #[test]
    fn how_the_work_is_cut_changes_nothing() {
        let (_, whole) = search(mixed(), 20, 3, u32::MAX, bowl);
        for work in [1, 5_000] {
            assert_eq!(search(mixed(), 20, 3, work, bowl).1, whole);
        }
    }

    #[test]
    fn the_best_is_found_beside_a_region_that_fails() {
        // The objective falls towards the region in which every trial fails.
        let (_, told) = search(space(&[("x", float()), ("y", float())]), 50, 1, u32::MAX, |point| {
            let (x, y) = (number(point, "x"), number(point, "y"));
            (x < 0.6).then_some((y - 0.3) * (y - 0.3) - x)
        });
        assert!(best(&told) < -0.55, "{}", best(&told));
    }

    #[test]
    fn a_search_at_rest_looks_for_another_basin() {
        // The lower of two basins is narrow, and most searches come to rest in the other one first.
        let two = |point: &Point| {
            let bowl = |at: f64, width: f64| {
                let (x, y) = (number(point, "x") - at, number(point, "y") - at);
                libm::exp(-(x * x + y * y) / width)
            };
            Some(-bowl(0.75, 0.08) - 1.2 * bowl(0.2, 0.03))
        };
        let space = || space(&[("x", float()), ("y", float())]);
        let (search_at_rest, told) = search(space(), 60, 1, u32::MAX, two);
        let origin = |number: usize| {
            let history = History { told: &told[..number], pending: &[] };
            search_at_rest.explain(history, &told[number].point).unwrap().0
        };
        let origins: Vec<Origin> = (10..60).map(origin).collect();
        let first = origins.iter().position(|origin| *origin == Origin::Elsewhere).unwrap();
        assert!(
            origins[..first].contains(&Origin::Learned) && origins[first..].contains(&Origin::Ground),
            "{origins:?}"
        );
        assert!(!origins[first..].contains(&Origin::Learned), "{origins:?}");
        assert!(best(&told[..20]) > -1.01 && best(&told) < -1.19, "{}", best(&told));
        assert_eq!(search(space(), 60, 1, 5_000, two).1, told);
    }

    #[test]
    fn a_search_in_which_everything_fails_goes_on() {
        let (_, told) = search(mixed(), 20, 1, u32::MAX, |_| None);
        assert_eq!(told.len(), 20);
    }

    #[test]
    fn the_model_says_why() {
        let (search, told) = search(mixed(), 20, 1, u32::MAX, bowl);
        let (mut aims, mut origins) = (vec![], vec![]);
        for number in 10..19 {
            let history = History { told: &told[..number], pending: &[] };
            let (origin, slices) = search.explain(history, &told[number].point).unwrap();
            assert!(origin.is_learned(), "{origin:?}");
            assert_eq!(slices.iter().map(|slice| slice.name.as_str()).collect::<Vec<_>>(), ["x", "k", "c"]);
            let x = &slices[0];
            for at in 0..x.at.len() {
                assert!(x.low[at] <= x.mean[at] && x.mean[at] <= x.high[at] && (0.0..=1.0).contains(&x.gain[at]));
            }
            // The chosen coordinate is among those drawn, and none of them is worth more.
            assert!((x.at[x.chosen as usize] - self::number(&told[number].point, "x")).abs() < 1e-12);
            assert!(slices.iter().all(|slice| slice.gain[slice.chosen as usize] > 0.99), "{number}");
            assert_eq!((slices[2].at.len(), &slices[2].good), (3, &vec![]));
            // What has the largest gain has the least mean too where it was chosen by that.
            let least = x.mean.iter().copied().fold(f64::INFINITY, f64::min);
            let away = x.mean[x.chosen as usize] - least;
            assert!(away < 1e-3 || origin != Origin::Ground, "{number}: {away}");
            aims.push(away == 0.0);
            origins.push(origin);
        }
        assert!(aims.contains(&true) && aims.contains(&false), "{aims:?}");
        assert!(origins.contains(&Origin::Ground) && origins.contains(&Origin::Learned), "{origins:?}");
        let early = History { told: &told[..4], pending: &[] };
        assert_eq!(search.explain(early, &told[4].point), Some((Origin::Spread, vec![])));
    }
}
