//! The nine ratings of the small example in the article that this project follows: a matrix that fits on a hand's breadth,
//! factorised with two factors and shown as R, U, V and U V^T. It is fitted, never predicted from.

use super::Dataset;
use super::builder::{Builder, Origin};
use super::digest::Role;
use crate::study::{Columns, DataSource};

/// The ratings: 3 users x 4 items, nine of twelve cells known. Users 1 and 2 agree, user 3 is their opposite, so that two
/// factors describe the matrix well; the unknown cells are what a recommender would fill.
pub const RATINGS: [(u32, u32, f32); 9] = [
    (1, 1, 5.0),
    (1, 2, 3.0),
    (1, 4, 1.0),
    (2, 1, 4.0),
    (2, 3, 2.0),
    (2, 4, 1.0),
    (3, 1, 1.0),
    (3, 3, 5.0),
    (3, 4, 4.0),
];

/// The ratings as a data set.
///
/// # Panics
/// Never: the ratings are constant, and tested.
#[must_use]
pub fn dataset() -> Dataset {
    let mut builder = Builder::new(Role::Ratings);
    for (user, item, rating) in RATINGS {
        builder.push(format!("u{user}").as_bytes(), format!("i{item}").as_bytes(), rating, None).expect("nine are few");
    }
    let columns = Columns { user: "user".into(), item: "item".into(), rating: Some("rating".into()), time: None };
    let origin = Origin::made("article", DataSource::Article, columns);
    builder.finish(origin).expect("three users rated differently").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_ratings_of_three_users() {
        let report = dataset().report;
        assert_eq!((report.used, report.users, report.items, report.scale.step), (9, 3, 4, 1.0));
        assert_eq!(report.hash, "f6cfd4bff5592e1617aedb6a4c650ab7");
    }
}
