//! The trained factors and biases, and what they say about known, unknown and new users. Nothing here trains.

use super::implicit;
use crate::engine::data::{Interactions, ItemIdx, UserIdx};
use crate::engine::linalg::implicit::Implicit;
use crate::engine::linalg::lanes::{FactorTable, dot};
use crate::engine::linalg::ridge::Ridge;
use crate::engine::linalg::sweep::Parameters;
use crate::engine::model::init::Table;
use crate::engine::model::{FoldedUser, Known, Recommender};
use crate::study::{ModelKind, ModelSpec};

/// mu + b_u + b_i + p_u . q_i, or p_u . q_i alone.
#[derive(Debug)]
pub(super) struct Factors {
    /// Mean of the training ratings.
    pub(super) mean: f32,
    /// Whether mean and biases are part of a prediction.
    pub(super) biases: bool,
    /// Users x factors; rows of unknown users are zero.
    pub(super) users: FactorTable,
    /// Items x factors; rows of unknown items are zero.
    pub(super) items: FactorTable,
    pub(super) user_biases: Vec<f32>,
    pub(super) item_biases: Vec<f32>,
    pub(super) known: Known,
    /// Of factors and biases, per rating; what folding in penalises too.
    regularization: (f64, f64),
    /// What only SVD++ has; `users` then holds the sums that it makes.
    pub(super) implicit: Option<Implicit>,
}

impl Factors {
    pub(super) fn zeros(spec: &ModelSpec, train: &Interactions, known: Known) -> Self {
        let n_factors = spec.number("n_factors") as usize;
        let (n_users, n_items) = (known.users.len(), known.items.len());
        let implicit = spec.model == ModelKind::Svdpp;
        Self {
            mean: train.mean() as f32,
            biases: implicit || spec.flag("biases"),
            users: FactorTable::zeros(n_users, n_factors),
            items: FactorTable::zeros(n_items, n_factors),
            user_biases: vec![0.0; n_users],
            item_biases: vec![0.0; n_items],
            known,
            regularization: (spec.number("regularization_factors"), spec.number("regularization_biases")),
            implicit: implicit.then(|| Implicit::zeros(n_users, n_items, n_factors)),
        }
    }

    /// What is drawn at the start.
    pub(super) fn tables(&mut self) -> Vec<Table<'_>> {
        let items: Table<'_> = (&mut self.items, &self.known.items);
        match &mut self.implicit {
            None => vec![(&mut self.users, &self.known.users), items],
            Some(Implicit { own, rated, .. }) => vec![(own, &self.known.users), items, (rated, &self.known.items)],
        }
    }

    pub(super) fn parameters(&mut self) -> Parameters<'_> {
        Parameters {
            users: &mut self.users,
            items: &mut self.items,
            user_biases: &mut self.user_biases,
            item_biases: &mut self.item_biases,
            implicit: self.implicit.as_mut(),
        }
    }

    pub(super) fn is_finite(&self) -> bool {
        let finite = |numbers: &[f32]| numbers.iter().all(|number| number.is_finite());
        let implicit = self.implicit.as_ref().is_none_or(Implicit::is_finite);
        let tables = self.users.is_finite() && self.items.is_finite();
        implicit && tables && finite(&self.user_biases) && finite(&self.item_biases)
    }

    /// What an item is predicted at for a user of whom nothing is known, apart from the fall-back of a plain product.
    pub(super) fn base(&self, item: ItemIdx) -> f32 {
        if self.biases { self.mean + self.item_biases[item.at()] } else { 0.0 }
    }

    /// What an item multiplies a folded user's unknowns with: 1 for the bias, if there are biases, then the item's factors.
    fn design_row(&self, item: ItemIdx) -> impl Iterator<Item = f64> + '_ {
        self.biases.then_some(1.0).into_iter().chain(self.items.wide(item.at()))
    }
}

impl Recommender for Factors {
    /// The unclipped score. Without biases, an unknown user or item leaves only the mean to predict.
    fn score(&self, user: UserIdx, item: ItemIdx) -> f32 {
        let known = self.known.user(user) && self.known.item(item);
        if !known && !self.biases {
            return self.mean;
        }
        self.base(item) + self.user_biases[user.at()] + dot(self.users.row(user.at()), self.items.row(item.at()))
    }

    fn item_bias(&self, item: ItemIdx) -> Option<(f64, f64)> {
        self.biases.then(|| (f64::from(self.mean), f64::from(self.item_biases[item.at()])))
    }

    fn user_bias(&self, user: UserIdx) -> f64 {
        f64::from(self.user_biases[user.at()])
    }

    fn user_factors(&self, user: UserIdx) -> Option<Vec<f32>> {
        Some(self.users.numbers(user.at()).collect())
    }

    fn item_factors(&self, item: ItemIdx) -> Option<Vec<f32>> {
        Some(self.items.numbers(item.at()).collect())
    }

    fn known(&self) -> &Known {
        &self.known
    }

    /// The user's bias and factors x minimise, with the items z = (1, q) as they are, the same objective as training:
    /// sum over own ratings of (r - base - z . x)^2 + reg_b x_0^2 + reg_f |x_1..|^2. In SVD++, base has also what having
    /// rated the items says of the user.
    fn fold_in(&self, ratings: &[(ItemIdx, f32)]) -> Box<dyn FoldedUser + '_> {
        match &self.implicit {
            None => Box::new(self.fold(ratings)),
            Some(implicit) => implicit::fold_in(self, implicit, ratings),
        }
    }
}

impl Factors {
    /// The user's bias and factors on top of what is said of the user already: nothing.
    pub(super) fn fold(&self, ratings: &[(ItemIdx, f32)]) -> FoldedIntoFactors<'_> {
        let (factors, biases) = self.regularization;
        let n = ratings.len() as f64;
        let penalty: Vec<f64> = self
            .biases
            .then_some(biases * n)
            .into_iter()
            .chain(std::iter::repeat_n(factors * n, self.items.n_factors()))
            .collect();
        let design: Vec<f64> = ratings.iter().flat_map(|&(item, _)| self.design_row(item)).collect();
        let residuals = ratings.iter().map(|&(item, rating)| f64::from(rating) - f64::from(self.base(item))).collect();
        let ridge = Ridge::new(&design, &penalty);
        FoldedIntoFactors { model: self, columns: penalty.len(), design, residuals, ridge }
    }
}

/// The normal equations of a folded user, kept to tell what each rating contributes.
pub(super) struct FoldedIntoFactors<'a> {
    model: &'a Factors,
    columns: usize,
    /// Own ratings x columns.
    design: Vec<f64>,
    /// Own ratings without the items' base.
    residuals: Vec<f64>,
    /// Absent where the numbers left the range: the user then stays unknown.
    ridge: Option<Ridge>,
}

impl FoldedIntoFactors<'_> {
    /// The user's bias, if there are biases, and factors.
    fn solution(&self) -> Vec<f64> {
        let mut right = vec![0.0; self.columns];
        for (row, residual) in self.design.chunks_exact(self.columns).zip(&self.residuals) {
            for (right, cell) in right.iter_mut().zip(row) {
                *right += cell * residual;
            }
        }
        self.ridge.as_ref().map_or_else(|| vec![0.0; self.columns], |ridge| ridge.solve(right))
    }
}

impl FoldedUser for FoldedIntoFactors<'_> {
    fn scores(&self, out: &mut [f32]) {
        let x = self.solution();
        for (item, score) in (0..).map(ItemIdx).zip(out) {
            let own: f64 = self.model.design_row(item).zip(&x).map(|(cell, x)| cell * x).sum();
            *score = (f64::from(self.model.base(item)) + own) as f32;
        }
    }

    fn bias(&self) -> f64 {
        if self.model.biases { self.solution()[0] } else { 0.0 }
    }

    /// x is linear in the residuals y: z_i . x = sum_j y_j z_j . A^-1 z_i, a term for each own rating j.
    fn contributions(&self, item: ItemIdx) -> Vec<f64> {
        let Some(ridge) = &self.ridge else { return vec![0.0; self.residuals.len()] };
        let solved = ridge.solve(self.model.design_row(item).collect());
        let rows = self.design.chunks_exact(self.columns).zip(&self.residuals);
        rows.map(|(row, residual)| residual * row.iter().zip(&solved).map(|(cell, x)| cell * x).sum::<f64>()).collect()
    }
}
