//! A small factorisation laid out as tables, for people to look at: the ratings, U, V and U V^T. Fit, not prediction.

use std::sync::Arc;

use crate::engine::data::{Dataset, Genres, ItemIdx, UserIdx};
use crate::engine::model;
use crate::error::Error;
use crate::protocol::Factors;
use crate::study::{ModelSpec, Seed};

/// The most cells, users x items, that a table shows.
const MAX_CELLS: usize = 400;

/// Trains a model on all ratings for `epochs`, with the bits that a trial without a held-out part has, and lays out its
/// factors. `None` for a model without factors, or a data set too large for a table.
///
/// # Errors
/// As training: data without rows, numbers that leave their range.
pub fn tables(dataset: &Dataset, spec: &ModelSpec, epochs: u32, seed: Seed) -> Result<Option<Factors>, Error> {
    let data = &dataset.interactions;
    let (n_users, n_items) = (data.n_users(), data.n_items());
    if n_users as usize * n_items as usize > MAX_CELLS {
        return Ok(None);
    }
    let mut trainer = model::start(spec, &Arc::clone(data), &Genres::default(), seed, 0)?;
    while trainer.advance(u32::MAX)?.epoch.is_none_or(|end| end.epoch < epochs) {}
    let model = trainer.model();
    let user_factors: Option<Vec<_>> = (0..n_users).map(|user| model.user_factors(UserIdx(user))).collect();
    let item_factors: Option<Vec<_>> = (0..n_items).map(|item| model.item_factors(ItemIdx(item))).collect();
    let (Some(user_factors), Some(item_factors)) = (user_factors, item_factors) else { return Ok(None) };
    let mut ratings = vec![vec![None; n_items as usize]; n_users as usize];
    let mut product = vec![vec![0.0; n_items as usize]; n_users as usize];
    for (user, row) in (0..n_users).zip(&mut product) {
        model.scores(UserIdx(user), row);
    }
    let mut squared = 0.0;
    for row in data.rows() {
        let (user, item) = (row.user as usize, row.item as usize);
        let error = f64::from(row.rating) - f64::from(product[user][item]);
        squared += error * error;
        ratings[user][item] = Some(row.rating);
    }
    let texts = |ids: &crate::engine::data::Ids| ids.iter().map(str::to_owned).collect();
    Ok(Some(Factors {
        users: texts(&dataset.users),
        items: texts(&dataset.items),
        ratings,
        user_factors,
        item_factors,
        product,
        rmse: (squared / data.len() as f64).sqrt(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::article;
    use crate::study::ModelKind;

    #[test]
    fn two_factors_fit_the_articles_nine_ratings_and_multiply_to_the_product() {
        let settings = [
            ("n_factors", 2.0.into()),
            ("biases", false.into()),
            ("init_scale", 0.5.into()),
            ("learning_rate", 0.05.into()),
        ];
        let spec = ModelKind::Svd.with(&settings).unwrap();
        let tables = tables(&article::dataset(), &spec, 300, Seed(7)).unwrap().unwrap();
        assert!(tables.rmse < 0.1, "{}", tables.rmse);
        assert_eq!(tables.ratings.iter().flatten().flatten().count(), 9);
        for (p, row) in tables.user_factors.iter().zip(&tables.product) {
            for (q, product) in tables.item_factors.iter().zip(row) {
                assert_eq!((p.len(), q.len()), (2, 2));
                assert!((p[0] * q[0] + p[1] * q[1] - product).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn a_model_without_factors_has_no_tables() {
        let spec = ModelKind::Bias.with(&[]).unwrap();
        assert_eq!(tables(&article::dataset(), &spec, 1, Seed(7)), Ok(None));
    }
}
