//! The search for the point that is worth most: many candidates are scored, and from the most promising ones
//! local searches climb. Each alternates a descent over the ordered axes with a walk over the values of the others.

use super::descent::Descent;
use super::posterior::{Aim, Posterior};
use crate::engine::random::{Rng, below, normal_pair, unit};
use crate::engine::search::cube::Cube;
use crate::engine::search::sobol::Sequence;
use crate::order;

/// Candidates spread over the cube.
const SPREAD: u32 = 1024;
/// Good trials that candidates are strewn around.
const NESTS: usize = 4;
/// How far from a nest candidates lie, as a share of the range.
const SCALES: [f64; 6] = [0.2, 0.06, 0.02, 0.006, 0.002, 0.0006];
/// Candidates for each nest and scale.
const STREWN: usize = 4;
/// Local searches.
const CLIMBS: usize = 8;
/// Steps of a local search.
const STEPS: u32 = 40;
/// Rounds of descent and walk.
const ROUNDS: u32 = 3;
/// A stepped axis with more levels than this is searched as if it were continuous, and walked to its neighbours only.
const WALKED: usize = 16;
/// The descent moves no further in one step, as a share of the range.
const REACH: f64 = 0.25;

/// Candidates: all points of a space where they are few, else spread ones and some near the best trials.
pub(super) fn candidates(cube: &Cube, all: &[Vec<f64>], nests: &[&[f64]], rng: &mut Rng) -> Vec<Vec<f64>> {
    if !all.is_empty() {
        return all.to_vec();
    }
    let axes = cube.len();
    let mut candidates: Vec<Vec<f64>> = match Sequence::new(axes, rng) {
        Ok(sequence) => {
            (0..SPREAD).map(|index| (0..axes).map(|axis| sequence.coordinate(index, axis)).collect()).collect()
        }
        Err(_) => (0..SPREAD).map(|_| (0..axes).map(|_| unit(rng)).collect()).collect(),
    };
    for nest in nests.iter().take(NESTS) {
        for scale in SCALES {
            for _ in 0..STREWN {
                candidates.push((0..axes).map(|axis| near(cube, axis, nest[axis], scale, rng)).collect());
            }
        }
    }
    candidates.iter_mut().for_each(|candidate| cube.snap(candidate));
    candidates
}

/// A coordinate near another one; now and then any choice.
fn near(cube: &Cube, axis: usize, u: f64, scale: f64, rng: &mut Rng) -> f64 {
    let axis = &cube.axes[axis];
    let step = normal_pair(rng).0 * scale;
    if !axis.is_choice {
        return (u + step).clamp(0.0, 1.0);
    }
    if unit(rng) < scale { axis.middle(below(rng, axis.levels() as u32) as usize) } else { u }
}

/// A search under way.
#[derive(Debug)]
pub(super) struct Climb {
    posterior: Posterior,
    aim: Aim,
    candidates: Vec<Vec<f64>>,
    /// What each candidate is worth, so far.
    scores: Vec<f64>,
    /// Where local searches are still to start, the best last.
    starts: Vec<Vec<f64>>,
    current: Option<Local>,
    /// What points are worth that local searches ended at.
    found: Vec<(f64, Vec<f64>)>,
    rng: Rng,
}

/// A local search.
#[derive(Debug)]
struct Local {
    descent: Descent,
    steps: u32,
    rounds: u32,
}

impl Climb {
    pub fn new(posterior: Posterior, aim: Aim, candidates: Vec<Vec<f64>>, rng: Rng) -> Self {
        let scores = Vec::with_capacity(candidates.len());
        Self { posterior, aim, candidates, scores, starts: Vec::new(), current: None, found: Vec::new(), rng }
    }

    /// Does about `work` units; those left over, or `None` when there is more to do.
    pub fn advance(&mut self, cube: &Cube, mut work: u32) -> Option<u32> {
        let cost = self.posterior.cost(self.aim);
        while self.scores.len() < self.candidates.len() {
            self.scores.push(self.posterior.worth(self.aim, &self.candidates[self.scores.len()]));
            work = work.saturating_sub(cost);
            if self.scores.len() == self.candidates.len() {
                self.choose_starts();
            }
            if work == 0 {
                return None;
            }
        }
        loop {
            if self.current.is_none() {
                let Some(start) = self.starts.pop() else { return Some(work) };
                self.current = Some(self.local(cube, start, 0));
            }
            work = work.saturating_sub(self.step(cube).saturating_mul(cost));
            if work == 0 {
                return None;
            }
        }
    }

    /// The best candidate, and others drawn by how much they promise.
    fn choose_starts(&mut self) {
        let order = self.candidates_ranked();
        let Some(&best) = order.first() else { return };
        let most = self.scores[best];
        let mut weights: Vec<f64> = self.scores.iter().map(|score| libm::exp(score - most)).collect();
        let mut chosen = vec![best];
        weights[best] = 0.0;
        while chosen.len() < CLIMBS {
            let total: f64 = weights.iter().sum();
            if !(total > 0.0 && total.is_finite()) {
                break;
            }
            let mut lot = unit(&mut self.rng) * total;
            let drawn = weights.iter().position(|weight| {
                lot -= weight;
                lot < 0.0
            });
            let Some(drawn) = drawn else { break };
            weights[drawn] = 0.0;
            chosen.push(drawn);
        }
        self.starts = chosen.into_iter().rev().map(|which| self.candidates[which].clone()).collect();
    }

    fn local(&self, cube: &Cube, start: Vec<f64>, rounds: u32) -> Local {
        let bound = |axis: usize| {
            let (own, u) = (&cube.axes[axis], start[axis]);
            let moves =
                !own.is_choice && (own.edges.is_empty() || own.levels() > WALKED) && cube.is_active(axis, &start);
            if moves { (0.0, 1.0) } else { (u, u) }
        };
        let bounds = (0..cube.len()).map(bound).collect();
        let descent = Descent::new(start, bounds, REACH, &mut |x, gradient| self.posterior.loss(self.aim, x, gradient));
        Local { descent, steps: 0, rounds }
    }

    /// One step of the local search under way; how many evaluations that took.
    fn step(&mut self, cube: &Cube) -> u32 {
        let Some(mut local) = self.current.take() else { return 0 };
        let mut evaluations = 0;
        local.steps += 1;
        let goes_on = local.descent.step(&mut |x, gradient| {
            evaluations += 2;
            self.posterior.loss(self.aim, x, gradient)
        });
        if goes_on && local.steps < STEPS {
            self.current = Some(local);
            return evaluations;
        }
        let mut x = local.descent.x;
        cube.snap(&mut x);
        let before = x.clone();
        let (score, walked) = self.walk(cube, &mut x);
        if x != before && local.rounds + 1 < ROUNDS {
            self.current = Some(self.local(cube, x, local.rounds + 1));
        } else {
            self.found.push((score, x));
        }
        evaluations + walked
    }

    /// Moves along each axis that has levels to its best one; what it is worth there, and how many were looked at.
    fn walk(&self, cube: &Cube, x: &mut Vec<f64>) -> (f64, u32) {
        let mut score = self.posterior.worth(self.aim, x);
        let mut looks = 1;
        for axis in 0..cube.len() {
            let own = &cube.axes[axis];
            if own.edges.is_empty() || !cube.is_active(axis, x) {
                continue;
            }
            let here = own.level(x[axis]);
            let levels = if own.is_choice || own.levels() <= WALKED {
                0..own.levels()
            } else {
                here.saturating_sub(1)..(here + 2).min(own.levels())
            };
            for level in levels.filter(|&level| level != here) {
                let mut moved = x.clone();
                moved[axis] = own.middle(level);
                cube.snap(&mut moved);
                let found = self.posterior.worth(self.aim, &moved);
                looks += 1;
                if found > score {
                    (score, *x) = (found, moved);
                }
            }
        }
        (score, looks)
    }

    /// Candidates by what they promise, the most promising first.
    fn candidates_ranked(&self) -> Vec<usize> {
        order::ranking(self.scores.len(), &|a, b| self.scores[b].total_cmp(&self.scores[a]))
    }

    /// The mean and the deviation of the objective at a point.
    pub fn expect(&self, x: &[f64]) -> (f64, f64) {
        self.posterior.expect(x)
    }

    /// The model that is searched.
    pub fn into_posterior(self) -> Posterior {
        self.posterior
    }

    /// The logarithm of the improvement that is expected of the best point that was found, in the model's units: by chance,
    /// or, where the mean alone counts, for sure.
    pub fn promise(&self) -> f64 {
        let most = self.most();
        match self.aim {
            Aim::Improvement => most,
            Aim::Mean => libm::log((self.posterior.least() + most).max(0.0)),
        }
    }

    fn most(&self) -> f64 {
        let all = self.found.iter().map(|(score, _)| score).chain(&self.scores);
        all.copied().fold(f64::NEG_INFINITY, f64::max)
    }

    /// All points that were looked at in the order in which they should be proposed.
    pub fn ranked(&self) -> impl Iterator<Item = &[f64]> {
        let mut found: Vec<&(f64, Vec<f64>)> = self.found.iter().collect();
        order::sort(&mut found, |a, b| b.0.total_cmp(&a.0));
        let order = self.candidates_ranked();
        let scored = order.into_iter().map(|which| self.candidates[which].as_slice());
        found.into_iter().map(|(_, x)| x.as_slice()).chain(scored)
    }
}
