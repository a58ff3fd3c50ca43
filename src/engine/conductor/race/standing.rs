//! How the samplers of a race stand: what their runs fall short of the best that any has seen, and who beats whom.

use crate::order;
use crate::protocol::Entrant;
use crate::study::SamplerKind;

/// The least loss after each trial; infinite before there is a result.
pub(super) fn best_so_far(losses: &[Option<f64>]) -> Vec<f64> {
    let mut best = f64::INFINITY;
    let least = losses.iter().map(|loss| {
        best = loss.map_or(best, |loss| best.min(loss));
        best
    });
    least.collect()
}

/// The standing after so many trials of each run, whose curves are given; one that ended before stays where it was. Before its
/// first result a run stands where the worst of all results does.
pub(super) fn entrants(
    samplers: &[SamplerKind],
    curves: &[(SamplerKind, Vec<f64>)],
    rounds: usize,
    least: f64,
) -> Vec<Entrant> {
    let finite = curves.iter().flat_map(|(_, curve)| curve).copied().filter(|loss| loss.is_finite());
    let worst = finite.max_by(f64::total_cmp).unwrap_or(least);
    let at = |curve: &[f64], round: usize| match curve.get(round).or(curve.last()) {
        Some(loss) if loss.is_finite() => *loss,
        _ => worst,
    };
    let runs =
        |wanted: SamplerKind| curves.iter().filter(move |(sampler, _)| *sampler == wanted).map(|(_, curve)| curve);
    let entrant = |&sampler: &SamplerKind| {
        let mut columns = [Vec::new(), Vec::new(), Vec::new()];
        for round in 0..rounds {
            let mut short: Vec<f64> = runs(sampler).map(|curve| at(curve, round) - least).collect();
            order::sort(&mut short, f64::total_cmp);
            for (column, quarter) in columns.iter_mut().zip([1.0, 2.0, 3.0]) {
                column.push(quantile(&short, quarter / 4.0));
            }
        }
        let [low, median, high] = columns;
        let last = rounds.saturating_sub(1);
        let (mut won, mut pairs) = (0.0, 0.0_f64);
        for own in runs(sampler) {
            for (_, other) in curves.iter().filter(|(other, _)| *other != sampler) {
                let (own, other) = (at(own, last), at(other, last));
                won += if own < other { 1.0 } else { f64::from(u8::from(own == other)) / 2.0 };
                pairs += 1.0;
            }
        }
        Entrant { sampler, median, low, high, wins: won / pairs.max(1.0) }
    };
    samplers.iter().map(entrant).collect()
}

/// A quantile of sorted values, straight between two of them.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * sorted.len().saturating_sub(1) as f64;
    let (below, part) = (at as usize, at.fract());
    let value = |at: usize| sorted.get(at).or(sorted.last()).copied().unwrap_or(0.0);
    value(below) + part * (value(below + 1) - value(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_so_far_waits_for_a_first_result_and_never_rises() {
        let best = best_so_far(&[None, Some(2.0), Some(3.0), None, Some(1.0)]);
        assert_eq!(best, [f64::INFINITY, 2.0, 2.0, 2.0, 1.0]);
    }

    #[test]
    fn quartiles_and_pairs_by_hand() {
        let runs = |sampler, ends: [f64; 5]| ends.map(|end| (sampler, vec![9.0, end]));
        let mut curves = runs(SamplerKind::Random, [3.0, 4.0, 5.0, 6.0, 7.0]).to_vec();
        curves.extend(runs(SamplerKind::Gp, [1.0, 2.0, 3.0, 3.5, 8.0]));
        let [random, gp] = &entrants(&[SamplerKind::Random, SamplerKind::Gp], &curves, 2, 1.0)[..] else {
            panic!("two took part")
        };
        assert_eq!((&random.median[..], random.low[1], random.high[1]), (&[8.0, 4.0][..], 3.0, 5.0));
        assert_eq!((gp.median[1], gp.low[1], gp.high[1]), (2.0, 1.0, 2.5));
        // Of 25 pairs 1.0 and 2.0 win all five, 3.0 four and a half, 3.5 four and 8.0 none.
        assert_eq!((gp.wins, random.wins), (18.5 / 25.0, 6.5 / 25.0));
    }

    #[test]
    fn a_run_that_ended_early_stays_and_one_without_results_is_last() {
        let curves = [(SamplerKind::Grid, vec![2.0]), (SamplerKind::Random, vec![f64::INFINITY, 5.0, 5.0])];
        let all = entrants(&[SamplerKind::Grid, SamplerKind::Random], &curves, 3, 2.0);
        assert_eq!((&all[0].median[..], &all[1].median[..]), (&[0.0; 3][..], &[3.0; 3][..]));
        assert_eq!((all[0].wins, all[1].wins), (1.0, 0.0));
    }
}
