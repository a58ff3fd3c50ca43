//! A table of ratings in the form of MovieLens, for whoever measures how fast one is read.

use rectune::engine::data::generate::generate;
use rectune::study::SyntheticSpec;

/// A million rows, 24 bytes each.
pub fn table() -> Vec<u8> {
    let spec = SyntheticSpec { users: 6_000, items: 4_000, ratings: 1_000_000, ..SyntheticSpec::default() };
    let (data, _) = generate(&spec).expect("the sizes are possible");
    let mut text = "userId,movieId,rating,timestamp\n".to_owned();
    for (row, time) in data.interactions.rows().zip(978_300_000..) {
        text += &format!("{},{},{:.1},{time}\n", row.user + 1, row.item * 7 + 1, row.rating);
    }
    text.into_bytes()
}
