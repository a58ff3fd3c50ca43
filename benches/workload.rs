//! What all figures are of: twenty epochs over the training part of MovieLens-100K's official split u1, or over generated
//! ratings of the same size where the data is not at hand. Shared by the benches; it knows no clock.

use std::io::Read;
use std::sync::Arc;

use rectune::engine::data::generate::generate;
use rectune::engine::data::interactions::Row;
use rectune::engine::data::{Genres, Interactions, ItemIdx, UserIdx};
use rectune::engine::metric::{Ranker, Sums};
use rectune::engine::model::{self, Recommender, Trainer};
use rectune::study::{ListSpec, MetricSpec, ModelKind, ModelSpec, Seed, SyntheticSpec, Value};

/// Numbers of factors that are measured.
pub const FACTORS: [u32; 4] = [20, 50, 64, 100];
/// Epochs of a fit.
pub const EPOCHS: u32 = 20;

/// Ratings to learn from and ratings to be measured on.
pub struct Workload {
    /// What is learned from.
    pub train: Arc<Interactions>,
    /// What is measured on.
    pub test: Vec<Row>,
    /// What the items are like.
    pub genres: Genres,
}

impl Workload {
    /// From the gzipped parts of an official split of MovieLens-100K; generated where they are empty.
    pub fn new(train: &[u8], test: &[u8]) -> Self {
        if train.is_empty() {
            return Self::generated();
        }
        Self::of(&rows(train), rows(test))
    }

    /// From the rows of two parts.
    pub fn of(train: &[Row], test: Vec<Row>) -> Self {
        let n_users = train.iter().chain(&test).map(|row| row.user).max().unwrap_or(0) + 1;
        let n_items = train.iter().chain(&test).map(|row| row.item).max().unwrap_or(0) + 1;
        let train = Arc::new(Interactions::from_rows(n_users, n_items, false, train));
        Self { train, test, genres: made_up(n_items) }
    }

    /// With the genres of MovieLens-100K's u.item; made up where it is empty.
    pub fn described(self, items: &[u8]) -> Self {
        if items.is_empty() {
            return self;
        }
        let is_set = |field: &[u8]| u64::from(field.trim_ascii_end() == b"1");
        // Five fields of other things come before a field for each genre.
        let set = |line: &[u8]| line.split(|byte| *byte == b'|').skip(5).fold(0, |set, field| set << 1 | is_set(field));
        let lines = items.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Self { genres: Genres::from_sets(lines.map(set).collect()), ..self }
    }

    fn generated() -> Self {
        let spec = SyntheticSpec { users: 943, items: 1682, ratings: 100_000, ..SyntheticSpec::default() };
        let (data, _) = generate(&spec).expect("the sizes are possible");
        let parted = data.interactions.rows().enumerate().partition::<Vec<_>, _>(|(at, _)| at % 5 > 0);
        let [train, test] = [parted.0, parted.1].map(|part| part.into_iter().map(|(_, row)| row).collect::<Vec<Row>>());
        let train = Arc::new(Interactions::from_rows(spec.users, spec.items, false, &train));
        Self { train, test, genres: made_up(spec.items) }
    }

    /// A training of `n_factors` factors that has not started; `settings` come on top of the defaults.
    pub fn trainer(&self, n_factors: u32, settings: &[(&str, Value)]) -> Box<dyn Trainer> {
        let factors = [("n_factors", f64::from(n_factors).into())];
        self.start(&ModelKind::Svd.with(&[&factors, settings].concat()).expect("the settings are allowed"))
    }

    /// A training that has not started.
    pub fn start(&self, spec: &ModelSpec) -> Box<dyn Trainer> {
        model::start(spec, &self.train, &self.genres, Seed(1), 0).expect("there are ratings")
    }

    /// A training of so many epochs.
    pub fn fit(&self, spec: &ModelSpec, epochs: u32) -> Box<dyn Trainer> {
        let mut trainer = self.start(spec);
        (0..epochs).for_each(|_| epoch(&mut *trainer));
        trainer
    }

    /// Root mean squared error on the test ratings.
    pub fn test_rmse(&self, model: &dyn Recommender) -> f64 {
        let errors =
            self.test.iter().map(|row| f64::from(row.rating - model.predict(UserIdx(row.user), ItemIdx(row.item))));
        (errors.map(|error| error * error).sum::<f64>() / self.test.len() as f64).sqrt()
    }

    /// NDCG@10 of lists out of all items that the user has not rated; every test rating is relevant.
    pub fn test_ndcg(&self, model: &dyn Recommender) -> f64 {
        let (n_users, n_items) = (self.train.n_users(), self.train.n_items());
        let test = Interactions::from_rows(n_users, n_items, false, &self.test);
        let list = ListSpec { length: 10, threshold: None };
        let mut ranker = Ranker::new(&self.train, list, &Arc::new(Genres::default()), 1);
        let mut sums = Sums::new(n_users, n_items, &[MetricSpec::Ndcg]);
        let mut scores = vec![0.0; n_items as usize];
        for user in (0..n_users).map(UserIdx) {
            model.scores(user, &mut scores);
            ranker.rank(user, &scores, self.train.user(user).0, test.user(user), &mut sums);
        }
        sums.metrics().get(MetricSpec::Ndcg).expect("lists were judged")
    }
}

/// One or two genres an item, all equally frequent.
fn made_up(n_items: u32) -> Genres {
    Genres::from_sets((0..n_items).map(|item| 1 << (item % 19) | 1 << (item / 19 % 19)).collect())
}

/// Trains to the end of the epoch.
pub fn epoch(trainer: &mut dyn Trainer) {
    while trainer.advance(1 << 20).expect("the settings do not diverge").epoch.is_none() {}
}

/// User, item, rating and time, separated by tabs, numbered from 1; none where there is no part.
pub fn rows(gzipped: &[u8]) -> Vec<Row> {
    let mut text = String::new();
    if !gzipped.is_empty() {
        flate2::read::GzDecoder::new(gzipped).read_to_string(&mut text).expect("the part is gzipped text");
    }
    let row = |line: &str| {
        let mut fields = line.split('\t').map(|field| field.parse::<u32>().expect("a part holds whole numbers"));
        let mut next = || fields.next().expect("a row has four fields");
        Row { user: next() - 1, item: next() - 1, rating: next() as f32, time: 0 }
    };
    text.lines().map(row).collect()
}
