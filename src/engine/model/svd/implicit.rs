//! What SVD++ adds to SVD (Koren 2008, doi:10.1145/1401890.1401944, section 4): r^ = mu + b_u + b_i + q_i . z_u with
//! z_u = p_u + n_u^-1/2 sum of y_j over the n_u items that the user has rated.
//!
//! Objective and updates are those of SVD with z_u in place of p_u; each rating moves p_u by lr (e q_i - reg_f p_u) and all
//! y_j by lr (e q_i n_u^-1/2 - reg_f y_j). A user's ratings are visited in a row, so that the update of all y_j can wait
//! for the last of them and is still exact: see [`crate::engine::linalg::implicit`]. A rating costs twice that of SVD.
//!
//! Where this differs from the paper: one learning rate and one regularisation for p, q and y, as in Surprise.

use super::factors::{Factors, FoldedIntoFactors};
use crate::engine::data::ItemIdx;
use crate::engine::linalg::implicit::Implicit;
use crate::engine::linalg::lanes::{FactorTable, dot};
use crate::engine::linalg::sweep::Rated;
use crate::engine::model::FoldedUser;

/// What having rated the items says of a new user is known; the rest is folded in as in SVD, on top of it.
pub(super) fn fold_in<'a>(
    model: &'a Factors,
    implicit: &'a Implicit,
    ratings: &[(ItemIdx, f32)],
) -> Box<dyn FoldedUser + 'a> {
    let rows: Vec<Rated> = ratings.iter().map(|&(item, rating)| Rated { item: item.0, rating }).collect();
    let said = implicit.said(&rows);
    let unsaid = |&(item, rating): &(ItemIdx, f32)| (item, rating - dot(said.row(0), model.items.row(item.at())));
    let rest: Vec<(ItemIdx, f32)> = ratings.iter().map(unsaid).collect();
    let rest = model.fold(&rest);
    Box::new(FoldedIntoImplicit { model, implicit, rows, said, rest })
}

struct FoldedIntoImplicit<'a> {
    model: &'a Factors,
    implicit: &'a Implicit,
    rows: Vec<Rated>,
    /// One row: n^-1/2 sum y_j.
    said: FactorTable,
    rest: FoldedIntoFactors<'a>,
}

impl FoldedUser for FoldedIntoImplicit<'_> {
    fn scores(&self, out: &mut [f32]) {
        self.rest.scores(out);
        for (item, score) in out.iter_mut().enumerate() {
            *score += dot(self.said.row(0), self.model.items.row(item));
        }
    }

    fn bias(&self) -> f64 {
        self.rest.bias()
    }

    /// A rating adds what it does in SVD, and what having rated its item says: n^-1/2 q_i . y_j.
    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let scale = 1.0 / (self.rows.len() as f64).sqrt();
        let q = self.model.items.row(item.at());
        let said =
            self.rows.iter().map(|rated| scale * f64::from(dot(self.implicit.rated.row(rated.item as usize), q)));
        self.rest.contributions(item).into_iter().zip(said).map(|(rest, said)| rest + said).collect()
    }
}
