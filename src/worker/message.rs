//! What the conductor and its trainers and readers say to each other beyond jobs and reports, and how it travels: a plain
//! value and the bulk that goes beside it.

use js_sys::{Array, Float64Array, Uint32Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

use crate::channel;
use crate::error::Error;
use crate::fields::read_tagged;
use crate::protocol::{CurvePoint, DataReport, FileRole, Job, Outcome, Question, Recommended, Report};
use crate::study::{Cleaning, DataSource};

/// What the conductor wants of a trainer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub enum Order {
    /// Read the packed split that comes beside this, as a blob.
    Hold,
    /// Start a job. There is no other.
    Work {
        /// The job.
        job: Job,
    },
    /// Train the job's model on all rows that are not test, and keep it to be asked. There is no other job.
    Keep {
        /// The job.
        job: Job,
    },
    /// Ask the model that is kept.
    Advise {
        /// What is asked.
        question: Question,
    },
    /// Abandon this job, if it still runs.
    Drop {
        /// Its id.
        job: u32,
    },
    /// Stand still.
    Rest,
    /// Go on.
    Go,
    /// Try to reach another origin.
    CheckPrivacy,
    /// End without a word, as a crash would.
    End,
}

read_tagged!(Order by "order" {
    "hold" => Hold,
    "work" => Work { job },
    "keep" => Keep { job },
    "advise" => Advise { question },
    "drop" => Drop { job },
    "rest" => Rest,
    "go" => Go,
    "check-privacy" => CheckPrivacy,
    "end" => End,
});

/// What a trainer says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// It listens.
    Ready,
    /// It has read its split.
    Held,
    /// It could not read its split.
    Unheld {
        /// Why.
        error: Error,
    },
    /// The job is prepared and runs in slices from now on.
    Begun {
        /// The job's id.
        job: u32,
    },
    /// It lives.
    Alive,
    /// It begins work that is not cut, and will be silent for longer.
    Absorbed,
    /// The job finished an epoch. Not every epoch is told.
    Epoch {
        /// The job's id.
        job: u32,
        /// The curve's new point.
        point: CurvePoint,
    },
    /// The job ended; the sums by user come beside this.
    Ended {
        /// Its report.
        report: Report,
    },
    /// The job's model is trained and kept.
    Kept {
        /// The job's id.
        job: u32,
    },
    /// What the kept model answered.
    Advice {
        /// The question's number.
        seq: u32,
        /// The best items.
        list: Vec<Recommended>,
    },
    /// What its attempt to reach another origin came to.
    Privacy {
        /// Whether the browser refused it.
        refused: bool,
    },
}

read_tagged!(Answer by "answer" {
    "ready" => Ready,
    "held" => Held,
    "unheld" => Unheld { error },
    "begun" => Begun { job },
    "alive" => Alive,
    "absorbed" => Absorbed,
    "epoch" => Epoch { job, point },
    "ended" => Ended { report },
    "kept" => Kept { job },
    "advice" => Advice { seq, list },
    "privacy" => Privacy { refused },
});

/// An order with its blob as one value.
///
/// # Errors
/// As [`channel::to_js`].
pub fn order(order: &Order, blob: &JsValue) -> Result<JsValue, Error> {
    Ok(Array::of2(&channel::to_js(order)?, blob).into())
}

/// Reads an order and what came beside it.
///
/// # Errors
/// As [`channel::from_js`].
pub fn read_order(message: &JsValue) -> Result<(Order, JsValue), Error> {
    let pair: Array = Array::from(message);
    Ok((channel::from_js(pair.get(0))?, pair.get(1)))
}

/// An answer as one value, and the buffers in it that are handed over instead of copied.
///
/// # Errors
/// As [`channel::to_js`].
pub fn answer(mut answer: Answer) -> Result<(JsValue, Array), Error> {
    let beside = match &mut answer {
        Answer::Ended { report: Report { outcome: Outcome::Done(fit), .. } } => {
            // As plain objects the numbers of 100,000 users would take a hundred milliseconds.
            let users = &mut fit.users;
            let columns = Array::new();
            for counts in [&mut users.user, &mut users.rows, &mut users.lists] {
                columns.push(&Uint32Array::from(&std::mem::take(counts)[..]));
            }
            for column in &mut users.columns {
                columns.push(&Float64Array::from(&std::mem::take(&mut column.sums)[..]));
            }
            columns
        }
        _ => Array::new(),
    };
    let buffers = buffers(&beside)?;
    Ok((Array::of2(&channel::to_js(&answer)?, &beside).into(), buffers))
}

/// The buffers of typed arrays, to be handed over instead of copied.
///
/// # Errors
/// [`Error::Browser`] for something without a buffer: a bug of the caller.
pub fn buffers(columns: &Array) -> Result<Array, Error> {
    let buffers = Array::new();
    for column in columns.iter() {
        buffers.push(&js_sys::Reflect::get(&column, &"buffer".into()).map_err(|error| channel::thrown(&error))?);
    }
    Ok(buffers)
}

/// Reads an answer.
///
/// # Errors
/// As [`channel::from_js`].
pub fn read_answer(message: &JsValue) -> Result<Answer, Error> {
    let pair: Array = Array::from(message);
    let mut answer = channel::from_js(pair.get(0))?;
    if let Answer::Ended { report: Report { outcome: Outcome::Done(fit), .. } } = &mut answer {
        let columns: Array = pair.get(1).unchecked_into();
        let users = &mut fit.users;
        for (at, counts) in (0..).zip([&mut users.user, &mut users.rows, &mut users.lists]) {
            *counts = columns.get(at).unchecked_into::<Uint32Array>().to_vec();
        }
        for (at, column) in (3..).zip(&mut users.columns) {
            column.sums = columns.get(at).unchecked_into::<Float64Array>().to_vec();
        }
    }
    Ok(answer)
}

/// What the conductor wants of a reader.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "request", rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "where pointers have 64 bits; each reader gets one, which is never kept")]
pub enum Request {
    /// Read data. A person's files come beside this.
    Read {
        /// Which data.
        source: DataSource,
        /// What is done to it after reading.
        clean: Cleaning,
        /// Whether what stands at its default is found in the file anew.
        find: bool,
        /// What each of the files is.
        roles: Vec<FileRole>,
    },
    /// Try to reach another origin.
    CheckPrivacy,
}

read_tagged!(Request by "request" {
    "check-privacy" => CheckPrivacy,
    "read" => Read { source, clean, find, roles },
});

/// What a reader says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    /// It listens.
    Ready,
    /// It has come so far.
    Loading {
        /// Bytes read.
        bytes: f64,
        /// Bytes of the whole.
        total: f64,
        /// Rows read.
        rows: u32,
    },
    /// It has read the data, whose columns come beside this, those of the test part behind those of the ratings.
    Read {
        /// What was found while reading.
        report: Box<DataReport>,
        /// The same of the person's own test part.
        test: Option<Box<DataReport>>,
        /// Why a file beside the ratings is of no use.
        problems: Vec<Error>,
    },
    /// It could not.
    Unread {
        /// Why.
        error: Error,
    },
    /// What its attempt to reach another origin came to.
    Privacy {
        /// Whether the browser refused it.
        refused: bool,
    },
}

read_tagged!(Reply by "reply" {
    "ready" => Ready,
    "loading" => Loading { bytes, total, rows },
    "read" => Read { report, test, problems },
    "unread" => Unread { error },
    "privacy" => Privacy { refused },
});

/// A request with its files as one value.
///
/// # Errors
/// As [`channel::to_js`].
pub fn request<'a>(request: &Request, files: impl Iterator<Item = &'a File>) -> Result<JsValue, Error> {
    let message = Array::of1(&channel::to_js(request)?);
    for file in files {
        message.push(file);
    }
    Ok(message.into())
}

/// Reads a request and the files beside it.
///
/// # Errors
/// As [`channel::from_js`].
pub fn read_request(message: &JsValue) -> Result<(Request, Vec<File>), Error> {
    let mut parts = Array::from(message).into_iter();
    let request = channel::from_js(parts.next().unwrap_or_default())?;
    Ok((request, parts.map(JsValue::unchecked_into).collect()))
}

/// A reply with the columns beside it as one value.
///
/// # Errors
/// As [`channel::to_js`].
pub fn reply(reply: &Reply, columns: &Array) -> Result<JsValue, Error> {
    Ok(Array::of2(&channel::to_js(reply)?, columns).into())
}

/// Reads a reply and what came beside it.
///
/// # Errors
/// As [`channel::from_js`].
pub fn read_reply(message: &JsValue) -> Result<(Reply, Array), Error> {
    let pair: Array = Array::from(message);
    Ok((channel::from_js(pair.get(0))?, pair.get(1).unchecked_into()))
}
