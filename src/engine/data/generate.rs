//! Ratings made from a truth that is known: low-rank structure plus noise. A model that finds the truth has the noise as its
//! error, and none can have less.

use super::Dataset;
use super::builder::{Builder, Origin};
use super::digest::Role;
use crate::engine::random::{Purpose, Rng, below, normal_pair};
use crate::error::Error;
use crate::study::{Columns, DataSource, Seed, SyntheticSpec};

/// The mean over all cells, between the ends of the scale.
const MEAN: f64 = 3.25;
/// The standard deviation of users' and of items' biases.
const BIAS: f64 = 0.35;
/// The variance of p_u . q_i.
const INTERPLAY: f64 = 0.4;
/// Ratings are half stars between these.
const SCALE: (f64, f64) = (0.5, 5.0);
/// More users, items, ratings or factors are not generated.
const MOST: u32 = 10_000_000;

/// What the ratings were made from: mu + b_u + b_i + p_u . q_i, by the data set's dense indices.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    user_biases: Vec<f64>,
    item_biases: Vec<f64>,
    /// Users x rank.
    user_factors: Vec<f64>,
    /// Items x rank.
    item_factors: Vec<f64>,
    rank: usize,
}

impl Truth {
    /// The rating without noise, neither clipped nor rounded.
    #[must_use]
    pub fn rating(&self, user: u32, item: u32) -> f64 {
        let (user, item) = (user as usize, item as usize);
        let p = &self.user_factors[user * self.rank..][..self.rank];
        let q = &self.item_factors[item * self.rank..][..self.rank];
        let interplay: f64 = p.iter().zip(q).map(|(p, q)| p * q).sum();
        MEAN + self.user_biases[user] + self.item_biases[item] + interplay
    }
}

/// Makes the data set with the ids u1, u2, ... and i1, i2, ..., and its truth.
///
/// Every user rates equally many items, give or take one, at random.
///
/// # Errors
/// [`Error::BadSetting`] for sizes that can not be; and as [`Builder::finish`].
pub fn generate(spec: &SyntheticSpec) -> Result<(Dataset, Truth), Error> {
    check(spec)?;
    let stream = |index| Seed(spec.seed).stream(Purpose::Generate, index);
    let (users, items, rank) = (spec.users as usize, spec.items as usize, spec.rank as usize);
    // The variance of a sum of `rank` products of two factors is rank x deviation^4.
    let deviation = (INTERPLAY / f64::from(spec.rank)).sqrt().sqrt();
    let mut truth = Truth {
        user_biases: normals(&mut stream(0), users, BIAS),
        item_biases: normals(&mut stream(1), items, BIAS),
        user_factors: normals(&mut stream(2), users * rank, deviation),
        item_factors: normals(&mut stream(3), items * rank, deviation),
        rank,
    };
    let noise = normals(&mut stream(4), spec.ratings as usize, spec.noise);
    let mut noise = noise.into_iter();
    let mut choice = stream(5);
    let mut builder = Builder::new(Role::Ratings);
    let mut order: Vec<u32> = (0..spec.items).collect();
    for user in 0..spec.users {
        let count = spec.ratings / spec.users + u32::from(user < spec.ratings % spec.users);
        let id = format!("u{}", user + 1);
        for at in 0..count {
            order.swap(at as usize, (at + below(&mut choice, spec.items - at)) as usize);
            let item = order[at as usize];
            let exact = truth.rating(user, item) + noise.next().unwrap_or(0.0);
            let rating = ((exact * 2.0).round() / 2.0).clamp(SCALE.0, SCALE.1) as f32;
            let pushed = builder.push(id.as_bytes(), format!("i{}", item + 1).as_bytes(), rating, None);
            pushed.ok_or_else(|| Error::TooManyRows { file: NAME.to_owned(), allowed: u32::MAX.into() })?;
        }
    }
    let data = builder.finish(origin(spec))?.into();
    truth.follow(&data);
    Ok((data, truth))
}

const NAME: &str = "synthetic";

fn check(spec: &SyntheticSpec) -> Result<(), Error> {
    let cells = u64::from(spec.users) * u64::from(spec.items);
    let most = |limit: u64| u32::try_from(limit.min(MOST.into())).unwrap_or(MOST);
    let sizes = [
        ("users", spec.users, MOST),
        ("items", spec.items, MOST),
        ("ratings", spec.ratings, most(cells)),
        ("rank", spec.rank, most(u64::from(MOST) / u64::from(spec.users.max(spec.items).max(1)))),
    ];
    for (setting, value, most) in sizes {
        if !(1..=most).contains(&value) {
            let allowed = format!("a whole number from 1 to {most}");
            return Err(Error::BadSetting { setting: setting.to_owned(), value: value.to_string(), allowed });
        }
    }
    if !(0.0..=100.0).contains(&spec.noise) {
        let allowed = "a number from 0 to 100".to_owned();
        return Err(Error::BadSetting { setting: "noise".to_owned(), value: spec.noise.to_string(), allowed });
    }
    Ok(())
}

impl Truth {
    /// Reorders the truth by the data set's indices, which follow first appearance.
    fn follow(&mut self, data: &Dataset) {
        let number = |id: &str| id[1..].parse::<usize>().expect("ids were numbered above") - 1;
        let users: Vec<usize> = data.users.iter().map(number).collect();
        let items: Vec<usize> = data.items.iter().map(number).collect();
        let rank = self.rank;
        let rows = |order: &[usize], from: &[f64], width: usize| -> Vec<f64> {
            order.iter().flat_map(|&at| from[at * width..(at + 1) * width].iter().copied()).collect()
        };
        self.user_biases = rows(&users, &self.user_biases, 1);
        self.item_biases = rows(&items, &self.item_biases, 1);
        self.user_factors = rows(&users, &self.user_factors, rank);
        self.item_factors = rows(&items, &self.item_factors, rank);
    }
}

fn normals(rng: &mut Rng, count: usize, deviation: f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(count + 1);
    while values.len() < count {
        let (first, second) = normal_pair(rng);
        values.extend([first * deviation, second * deviation]);
    }
    values.truncate(count);
    values
}

fn origin(spec: &SyntheticSpec) -> Origin {
    let columns = Columns { user: "user".into(), item: "item".into(), rating: Some("rating".into()), time: None };
    Origin::made(NAME, DataSource::Synthetic(*spec), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_has_the_noise_as_its_error() {
        let spec = SyntheticSpec::default();
        let (data, truth) = generate(&spec).unwrap();
        let report = &data.report;
        assert_eq!((report.used, report.users, report.items, report.duplicates), (100_000, 1_000, 1_000, 0));
        let rmse = |predict: &dyn Fn(u32, u32) -> f64| {
            let errors = data.interactions.rows().map(|row| f64::from(row.rating) - predict(row.user, row.item));
            (errors.map(|error| error * error).sum::<f64>() / data.interactions.len() as f64).sqrt()
        };
        let best = rmse(&|user, item| truth.rating(user, item).clamp(SCALE.0, SCALE.1));
        // Rounding to half stars adds a variance of 1/48, clipping takes a little away.
        assert!((best - 0.5).abs() < 0.02, "{best}");
        let mean = data.interactions.mean();
        assert!(rmse(&|_, _| mean) > 0.85);
    }

    #[test]
    fn equal_specs_give_equal_data_and_seeds_differ() {
        let spec = SyntheticSpec { users: 20, items: 30, ratings: 101, rank: 2, noise: 0.1, seed: 1 };
        let (data, truth) = generate(&spec).unwrap();
        assert_eq!(generate(&spec).unwrap(), (data.clone(), truth));
        assert_eq!(data.report.hash, "35f0745168584a4ecfe4613c885342f0");
        let (other, _) = generate(&SyntheticSpec { seed: 2, ..spec }).unwrap();
        assert_ne!(other.report.hash, data.report.hash);
        assert_eq!((data.users.text(0), data.interactions.starts()[1]), ("u1", 6));
    }

    #[test]
    fn a_full_matrix_can_be_made_and_more_can_not() {
        let spec = SyntheticSpec { users: 3, items: 4, ratings: 12, rank: 1, noise: 0.5, seed: 1 };
        assert_eq!(generate(&spec).unwrap().0.report.density, 1.0);
        for bad in [
            SyntheticSpec { ratings: 13, ..spec },
            SyntheticSpec { rank: 0, ..spec },
            SyntheticSpec { users: 0, ..spec },
            SyntheticSpec { noise: f64::NAN, ..spec },
        ] {
            assert_eq!(generate(&bad).unwrap_err().code(), "bad-setting");
        }
    }
}
