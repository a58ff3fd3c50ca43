//! The two browsers, each with a new profile, and what they tell about themselves: console and network.

use std::fs;
use std::ops::Deref;
use std::time::Duration;

use serde_json::{Value, json};

use super::folder::Folder;
use super::site::root;
use super::trace;
use super::webdriver::Session;

/// The file of the record, in the browser's folder.
const TRACE: &str = "trace.json";

/// How long a record of some minutes may take to be written.
const WRITING: Duration = Duration::from_secs(60);

/// A running browser. Dropping it ends it and removes its profile.
pub(crate) struct Browser {
    // Declared first: a browser that still runs would write its profile anew.
    session: Session,
    folder: Folder,
}

impl Browser {
    /// Chromium with a new profile. It keeps a log of every request that goes out, whoever made it.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn chromium() -> Result<Self, String> {
        Self::start(Folder::new()?, &[])
    }

    /// The same, and it keeps a record of its tasks.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn recorded() -> Result<Self, String> {
        let folder = Folder::new()?;
        let arguments = trace::arguments(&folder.join(TRACE));
        Self::start(folder, &arguments)
    }

    fn start(folder: Folder, more: &[String]) -> Result<Self, String> {
        let mut options = options("goog:chromeOptions")?;
        let own = [
            format!("--user-data-dir={}", folder.join("profile").display()),
            format!("--log-net-log={}", folder.join("network.json").display()),
            "--window-size=1280,900".to_owned(),
        ];
        if let Some(arguments) = options["args"].as_array_mut() {
            arguments.extend(own.iter().chain(more).cloned().map(Value::from));
        }
        let wanted = json!({
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" },
        });
        let session = Session::start("CHROMEDRIVER", "chromedriver", &["--port=0"], &wanted)?;
        Ok(Self { session, folder })
    }

    /// Firefox; its driver makes a new profile for each session.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn firefox() -> Result<Self, String> {
        let wanted = json!({ "browserName": "firefox", "moz:firefoxOptions": options("moz:firefoxOptions")? });
        let session = Session::start("GECKODRIVER", "geckodriver", &["--port", "0"], &wanted)?;
        Ok(Self { session, folder: Folder::new()? })
    }

    /// What the console said since the last call that a person would have to mend.
    ///
    /// # Errors
    /// Those of the driver.
    pub(crate) fn complaints(&self) -> Result<Vec<String>, String> {
        let entries = self.console()?;
        let bad = entries.iter().filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        Ok(bad.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Ends a Chromium that recorded itself. Returns the addresses that were asked for on behalf of pages of `origin` and their
    /// workers, which is all that its network service sent out, not what a page says of itself; and the longest task of the
    /// page's main thread, in milliseconds of the processor's time.
    ///
    /// # Errors
    /// When the browser has written no readable log.
    pub(crate) fn close(self, origin: &str) -> Result<(Vec<String>, f64), String> {
        let Self { session, folder } = self;
        drop(session);
        let path = folder.join("network.json");
        let text = fs::read_to_string(&path).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
        let log: Value = serde_json::from_str(&text).map_err(|error| format!("the network log broke off: {error}"))?;
        let starts = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"].as_u64();
        let events = log["events"].as_array().ok_or("the network log has no events")?;
        let asked = events.iter().filter(|event| event["type"].as_u64() == starts && starts.is_some());
        let ours = asked.map(|event| &event["params"]).filter(|request| request["initiator"] == origin);
        let requests = ours.filter_map(|request| request["url"].as_str()).map(str::to_owned).collect();
        Ok((requests, trace::longest_task(&folder.join(TRACE), origin)?))
    }
}

impl Browser {
    /// Ends a Chromium that recorded itself; returns the longest task of the page's main thread from each of its marks to the
    /// next one, in milliseconds of the processor's time.
    ///
    /// # Errors
    /// When the browser has written no readable record.
    pub(crate) fn close_marked(self) -> Result<Vec<(String, f64)>, String> {
        let Self { session, folder } = self;
        session.close_itself(WRITING)?;
        drop(session);
        trace::longest_by_mark(&folder.join(TRACE))
    }
}

impl Deref for Browser {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

/// A browser's options that all of the project's browser tests share.
fn options(key: &str) -> Result<Value, String> {
    let path = root().join("webdriver.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
    let mut all: Value = serde_json::from_str(&text).map_err(|error| format!("webdriver.json: {error}"))?;
    Ok(all[key].take())
}
