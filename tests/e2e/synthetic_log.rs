//! A made-up run of any length, saved in a browser as the page itself saves one: whoever opens its link sees its trials come
//! in, from the conductor and through its events, as fast as the page takes them. Nothing of it is trained but the baselines.

use rectune::engine::data::generate::generate;
use rectune::engine::search::{History, Search};
use rectune::engine::share::saving::Line;
use rectune::engine::share::{Saving, Unsaved, saved_id};
use rectune::error::Error;
use rectune::protocol::{ByMetric, Column, CurvePoint, Event, SavedStudy, TrialRecord, TrialState, UserSums};
use rectune::study::{DataSource, MetricSpec, ModelKind, Point, Study, Value, link};
use serde_json::json;

use super::browser::Browser;

/// Lines that go into the browser at once.
const AT_ONCE: usize = 500;

/// Users that intervals are made from.
const USERS: u32 = 40;

/// The log.
pub(crate) struct Log {
    /// The study as a link.
    pub(crate) link: String,
    unsaved: Unsaved,
}

impl Log {
    /// A random search of so many trials on generated ratings.
    ///
    /// # Errors
    /// When the engine refuses the study.
    pub(crate) fn of(trials: u32) -> Result<Self, String> {
        let link = format!("v=1&d=synthetic:users={USERS},items=60,ratings=1600&split=random:0.2,0.2&n={trials}");
        let mut study = link::decode(&link).study;
        let DataSource::Synthetic(spec) = &study.data.source else { return Err(format!("{link} generates nothing")) };
        let (data, _) = generate(spec).map_err(|error| format!("{error:?}"))?;
        study.data.hash = data.report.hash;
        let saved = SavedStudy::new(saved_id(&study), study.clone());
        let (mut saving, _) = Saving::resume(saved, &[]);
        saving.hear(&events(&study, trials)?, &study, &[]);
        let unsaved = saving.take().ok_or("a run without trials is not saved")?;
        Ok(Self { link, unsaved })
    }

    /// Saves it in a browser that shows a page of the site.
    ///
    /// # Errors
    /// Those of the driver.
    pub(crate) fn save(&self, browser: &Browser) -> Result<(), String> {
        let script = "const [id, study, lines, done] = arguments; const request = indexedDB.open('rectune'); \
            request.onsuccess = () => { \
                const change = request.result.transaction(['studies', 'lines'], 'readwrite'); \
                change.objectStore('studies').put(study, id); \
                for (const [number, rung, text] of lines) change.objectStore('lines').put(text, [id, number, rung]); \
                change.oncomplete = () => { request.result.close(); done(true); }; \
            };";
        let study = json!(self.unsaved.study).to_string();
        for lines in self.unsaved.lines.chunks(AT_ONCE) {
            let lines: Vec<_> = lines.iter().map(|Line { number, rung, text }| json!([number, rung, text])).collect();
            browser.run_async(script, &json!([self.unsaved.study.id, study, lines]))?;
        }
        Ok(())
    }
}

/// What a conductor would say of it. The points are those that the study proposes, or they would be trained.
fn events(study: &Study, trials: u32) -> Result<Vec<Event>, String> {
    let space = study.space().map_err(|error| format!("{error:?}"))?;
    let mut search = Search::new(study.search.sampler, space, study.seed).map_err(|error| format!("{error:?}"))?;
    let mut events = Vec::new();
    for number in 0..trials {
        let proposal = search.ask(History { told: &[], pending: &[] }).ok_or("the space is exhausted")?;
        events.push(Event::TrialEnded(Box::new(trial(number, proposal.point))));
    }
    Ok(events)
}

/// A number from 0 to 1 that looks random and is the same each time.
fn wobble(number: u32) -> f64 {
    f64::from(number.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24)
}

/// A trial that depends on its parameters as trials do: one in a hundred diverges, and some are far worse than the others.
fn trial(number: u32, params: Point) -> TrialRecord {
    let of = |name: &str| params.get(name).and_then(Value::as_number).unwrap_or(0.01);
    let (rate, regularization) = (of("learning_rate"), of("regularization"));
    let away = |value: f64, best: f64| libm::log(value / best) * libm::log(value / best);
    let value = 0.84 + 0.05 * away(rate, 0.012) + 0.02 * away(regularization, 0.06) + 0.03 * wobble(number);
    let value = if number % 97 == 3 { value + 2.0 } else { value };
    let last = 12 + number % 19;
    let (epochs, diverged) = (last - 4, number % 101 == 7);
    let curve = (1..=last).map(|epoch| CurvePoint {
        epoch,
        train: value - 0.02 * f64::from(epoch),
        valid: Some(
            value + 0.15 / f64::from(epoch) - 0.15 / f64::from(epochs) + 0.002 * f64::from(epoch.abs_diff(epochs)),
        ),
    });
    let figure = |figure| (!diverged).then_some(figure);
    TrialRecord {
        number,
        model: ModelKind::Svd,
        params,
        state: if diverged { TrialState::Failed } else { TrialState::Done },
        value: figure(value),
        metrics: (!diverged).then(|| ByMetric(vec![(MetricSpec::Rmse, value), (MetricSpec::Mae, value - 0.2)])),
        epochs: if diverged { 0 } else { epochs },
        curve: curve.collect(),
        error: diverged.then_some(Error::Diverged { epoch: last }),
        seconds: 0.1,
        users: if diverged { UserSums::default() } else { sums(value, number) },
        fallback: Default::default(),
        lists: Default::default(),
        rung: 0,
    }
}

/// Squared errors by user, eight rows each.
fn sums(value: f64, number: u32) -> UserSums {
    let one = |user: u32| 8.0 * value * value * (0.9 + 0.2 * wobble(number * USERS + user));
    UserSums {
        user: (0..USERS).collect(),
        rows: vec![8; USERS as usize],
        lists: vec![0; USERS as usize],
        columns: vec![Column { metric: MetricSpec::Rmse, sums: (0..USERS).map(one).collect() }],
    }
}
