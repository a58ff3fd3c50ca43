//! The factors' starting values, drawn row by row so that a large table does not hold up the caller. Nothing here trains.

use crate::engine::linalg::lanes::FactorTable;
use crate::engine::random::{self, Rng};
use crate::study::{ModelKind, ModelSpec};

/// Work units charged for a row: a pair of normal numbers takes about as long as a visited rating of few factors.
fn work_per_row(n_factors: usize) -> u32 {
    1 + n_factors as u32 / 2
}

/// Draws the rows of one table after the other.
#[derive(Debug)]
pub(super) struct Init {
    law: Law,
    /// Whether signs are dropped.
    positive: bool,
    rng: Rng,
    /// The table and the row that come next.
    next: (usize, usize),
    done: bool,
}

/// A table to be filled, and which of its rows are known.
pub(super) type Table<'a> = (&'a mut FactorTable, &'a [bool]);

/// How starting values are drawn.
#[derive(Clone, Copy, Debug)]
enum Law {
    /// All the same: every factor then sees the same gradients, so the product has rank 1 for ever.
    Constant(f64),
    /// Normal with this standard deviation.
    Normal(f64),
    /// Uniform from 0 to this.
    Uniform(f64),
}

impl Init {
    /// As the model's parameters `init`, `init_scale` and `n_factors` say. NMF has no negative factors: of normal numbers the
    /// signs are dropped there.
    pub(super) fn new(spec: &ModelSpec, rng: Rng) -> Self {
        let scale = spec.number("init_scale");
        let law = match spec.text("init") {
            "constant" => Law::Constant(scale),
            "uniform" => Law::Uniform(scale),
            // Glorot and Bengio 2010 divide by the mean of fan-in and fan-out. A row of an embedding is a layer that one index
            // picks: what meets in the inner product are its n_factors numbers on both sides, so both fans are n_factors
            // and the deviation is init_scale / sqrt(n_factors): p . q has deviation init_scale^2 / sqrt(n_factors).
            "xavier" => Law::Normal(scale / spec.number("n_factors").sqrt()),
            _ => Law::Normal(scale),
        };
        Self { law, positive: spec.model == ModelKind::Nmf, rng, next: (0, 0), done: false }
    }

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Draws at least one row, and rows for at most about `work`; the work done. Rows of unknown users and items are drawn
    /// as well, so that the others do not depend on them, and then left at zero: they add nothing to a prediction.
    pub(super) fn advance(&mut self, tables: &mut [Table<'_>], work: u32) -> u32 {
        let mut numbers = vec![0.0; tables[0].0.n_factors()];
        let mut done = 0;
        while !self.done && (done < work || done == 0) {
            let (at, row) = self.next;
            let Some((table, known)) = tables.get_mut(at) else {
                self.done = true;
                break;
            };
            if row == known.len() {
                self.next = (at + 1, 0);
                continue;
            }
            self.draw(&mut numbers);
            if known[row] {
                table.set(row, &numbers);
            }
            self.next.1 += 1;
            done = done.saturating_add(work_per_row(numbers.len()));
        }
        done
    }

    /// Draws one row. Of an odd count's last pair the second number is dropped.
    fn draw(&mut self, numbers: &mut [f32]) {
        match self.law {
            Law::Constant(value) => numbers.fill(value as f32),
            Law::Uniform(high) => {
                for number in numbers {
                    *number = (high * random::unit(&mut self.rng)) as f32;
                }
            }
            Law::Normal(deviation) => {
                for pair in numbers.chunks_mut(2) {
                    let (first, second) = random::normal_pair(&mut self.rng);
                    for (number, drawn) in pair.iter_mut().zip([first, second]) {
                        let drawn = if self.positive { drawn.abs() } else { drawn };
                        *number = (deviation * drawn) as f32;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;
    use crate::study::Seed;

    const MODELS: [ModelKind; 6] =
        [ModelKind::Svd, ModelKind::Svdpp, ModelKind::Nmf, ModelKind::Als, ModelKind::Ials, ModelKind::Bpr];

    /// A hundred rows of sixteen factors.
    fn drawn(spec: &ModelSpec) -> Vec<f64> {
        let (mut table, known) = (FactorTable::zeros(100, 16), [true; 100]);
        let mut init = Init::new(spec, Seed(3).stream(Purpose::Init, 0));
        while !init.is_done() {
            init.advance(&mut [(&mut table, &known)], 50);
        }
        (0..100).flat_map(|row| table.numbers(row).collect::<Vec<_>>()).map(f64::from).collect()
    }

    #[test]
    fn each_model_with_factors_starts_as_it_is_told() {
        for model in MODELS {
            let spec = |init: &str| {
                model.with(&[("init", init.into()), ("init_scale", 0.4.into()), ("n_factors", 16.0.into())]).unwrap()
            };
            assert!(drawn(&spec("constant")).iter().all(|&number| (number - 0.4).abs() < 1e-6));
            let root_mean_square = |init: &str| {
                let numbers = drawn(&spec(init));
                let is_negative = numbers.iter().any(|&number| number < 0.0);
                assert_eq!(is_negative, model != ModelKind::Nmf, "{} {init}", model.name());
                (numbers.iter().map(|number| number * number).sum::<f64>() / numbers.len() as f64).sqrt()
            };
            let near = |init: &str, expected: f64| {
                let found = root_mean_square(init);
                assert!((found / expected - 1.0).abs() < 0.06, "{} {init}: {found}", model.name());
            };
            near("gaussian", 0.4);
            near("xavier", 0.1);
            if model == ModelKind::Nmf {
                near("uniform", 0.4 / 3.0_f64.sqrt());
            } else {
                assert!(model.with(&[("init", "uniform".into())]).is_err());
            }
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_published_models() {
        let expected = ["gaussian", "gaussian", "uniform", "gaussian", "xavier", "xavier"];
        assert_eq!(MODELS.map(|model| model.with(&[]).unwrap().text("init").to_owned()), expected);
    }
}
