//! What Chromium itself recorded of a page's main thread: how much of the processor's time its tasks took. That says the
//! same on a busy machine as on a quiet one, which the time of the clock does not.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// What is recorded: the tasks of all threads, and which page a process has opened.
const CATEGORIES: &str = "toplevel,blink.user_timing,-*";

/// What the names of marks begin with.
const MARK: &str = "from ";

#[derive(Deserialize)]
struct Event {
    name: String,
    pid: u64,
    tid: u64,
    /// When it began, in microseconds.
    #[serde(default)]
    ts: f64,
    /// Microseconds of the processor's time.
    #[serde(default)]
    tdur: f64,
    #[serde(default)]
    args: Value,
}

#[derive(Deserialize)]
struct Trace {
    #[serde(rename = "traceEvents")]
    events: Vec<Event>,
}

/// The arguments that have Chromium record itself into a file, from its start to its end.
pub(crate) fn arguments(file: &Path) -> [String; 4] {
    [
        format!("--trace-startup={CATEGORIES}"),
        format!("--trace-startup-file={}", file.display()),
        "--trace-startup-format=json".to_owned(),
        "--trace-startup-duration=0".to_owned(),
    ]
}

/// The longest task of the main thread of the page at an address, in milliseconds of the processor's time.
///
/// # Errors
/// When there is no readable record, or none of that page.
pub(crate) fn longest_task(file: &Path, page: &str) -> Result<f64, String> {
    let trace = Trace::read(file)?;
    let is_ours = |event: &&Event| {
        let address = event.args["data"]["documentLoaderURL"].as_str();
        event.name == "navigationStart" && address.is_some_and(|address| address.starts_with(page))
    };
    let process = trace.events.iter().find(is_ours).map(|event| event.pid).ok_or(format!("no record of {page}"))?;
    let is_main = |event: &&Event| event.pid == process && event.args["name"] == "CrRendererMain";
    let thread = trace.events.iter().find(is_main).map(|event| event.tid).ok_or("no main thread")?;
    let tasks = trace.tasks((process, thread)).map(|task| task.tdur / 1e3);
    tasks.max_by(f64::total_cmp).ok_or_else(|| "no task was recorded".to_owned())
}

/// The longest task from each of the page's marks to the next one, in milliseconds of the processor's time: what
/// [`mark`] marks, and each time of it.
///
/// # Errors
/// When there is no readable record.
pub(crate) fn longest_by_mark(file: &Path) -> Result<Vec<(String, f64)>, String> {
    let trace = Trace::read(file)?;
    let mut marks: Vec<(&str, &Event)> =
        trace.events.iter().filter_map(|event| Some((event.name.strip_prefix(MARK)?, event))).collect();
    marks.sort_by(|(_, a), (_, b)| a.ts.total_cmp(&b.ts));
    let ends = marks.iter().skip(1).map(|(_, next)| next.ts).chain([f64::INFINITY]);
    let longest = marks.iter().zip(ends).map(|((name, mark), end)| {
        // A task that goes on behind the next mark is still of this one.
        let own = trace.tasks((mark.pid, mark.tid)).filter(|task| (mark.ts..end).contains(&task.ts));
        ((*name).to_owned(), own.map(|task| task.tdur / 1e3).fold(0.0, f64::max))
    });
    Ok(longest.collect())
}

/// The script that marks where something begins.
pub(crate) fn mark(name: &str) -> String {
    format!("performance.mark('{MARK}{name}')")
}

impl Trace {
    fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{} can't be read: {error}", file.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("the record broke off: {error}"))
    }

    /// The tasks of a thread.
    fn tasks(&self, thread: (u64, u64)) -> impl Iterator<Item = &Event> {
        let tasks = self.events.iter().filter(|event| event.name.ends_with("RunTask"));
        tasks.filter(move |event| (event.pid, event.tid) == thread)
    }
}
