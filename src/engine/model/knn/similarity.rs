//! How alike two rows of ratings are, from the ratings that they have in common.

use crate::engine::linalg::overlap::Overlap;
use crate::study::ModelSpec;

/// A measure and its shrinkage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Similarity {
    measure: Measure,
    /// A similarity of n ratings in common is multiplied by (n - 1) / (n - 1 + shrinkage).
    shrinkage: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Measure {
    /// The cosine of the angle between the ratings.
    Cosine,
    /// The correlation of the ratings.
    Pearson,
    /// The cosine of the ratings without their biases: a correlation around what was expected.
    PearsonBaseline,
    /// 1 / (1 + mean squared difference).
    Msd,
}

impl Similarity {
    pub(super) fn new(spec: &ModelSpec) -> Self {
        let measure = match spec.text("similarity") {
            "cosine" => Measure::Cosine,
            "pearson" => Measure::Pearson,
            "msd" => Measure::Msd,
            _ => Measure::PearsonBaseline,
        };
        Self { measure, shrinkage: spec.number("shrinkage") }
    }

    /// Whether it is of the ratings without their biases.
    pub(super) fn of_residuals(&self) -> bool {
        self.measure == Measure::PearsonBaseline
    }

    /// The similarities of a row to all rows, 0 to itself.
    pub(super) fn of_all(&self, row: u32, sums: &[Overlap]) -> Vec<f32> {
        let mut all: Vec<f32> = sums.iter().map(|sums| self.of(sums)).collect();
        all[row as usize] = 0.0;
        all
    }

    /// 0 where there is nothing in common, or nothing that differs.
    pub(super) fn of(&self, sums: &Overlap) -> f32 {
        let &Overlap { n, a, b, aa, bb, ab } = sums;
        if n == 0.0 {
            return 0.0;
        }
        let ratio = |product: f64, squares: f64| if squares > 0.0 { product / squares.sqrt() } else { 0.0 };
        let plain = match self.measure {
            Measure::Cosine | Measure::PearsonBaseline => ratio(ab, aa * bb),
            Measure::Pearson => ratio(n * ab - a * b, (n * aa - a * a) * (n * bb - b * b)),
            Measure::Msd => 1.0 / (1.0 + (aa + bb - 2.0 * ab) / n),
        };
        let shrunk = if self.shrinkage > 0.0 { (n - 1.0) / (n - 1.0 + self.shrinkage) } else { 1.0 };
        (plain * shrunk) as f32
    }
}
