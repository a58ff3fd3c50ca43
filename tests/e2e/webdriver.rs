//! The part of W3C WebDriver that the tests speak: a session over blocking HTTP, its elements and scripts, and the two
//! extensions of Chromium's driver (its log, and DevTools commands). Nothing here knows the page.
//!
//! <https://www.w3.org/TR/webdriver2/>

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use super::process::Process;
use super::wait;

/// The key under which an element's reference stands.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// A script may wait this long for what it waits for.
const SCRIPT_LIMIT: Duration = Duration::from_secs(60);
/// Longer than any script.
const REQUEST_LIMIT: Duration = Duration::from_secs(90);

/// A driver program of its own with one session. Dropping it ends the browser and the driver.
pub(crate) struct Session {
    agent: Agent,
    address: String,
    browser: Option<u64>,
    _driver: Process,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub(crate) struct Element(String);

impl Session {
    /// Starts the driver that the variable names, or the one on the path, and a session of these capabilities.
    ///
    /// # Errors
    /// When driver or browser do not start.
    pub(crate) fn start(variable: &str, program: &str, arguments: &[&str], wanted: &Value) -> Result<Self, String> {
        let program = std::env::var_os(variable).map_or_else(|| PathBuf::from(program), PathBuf::from);
        let (driver, port) = Process::start(Command::new(program).args(arguments), port)?;
        let config = Agent::config_builder().timeout_global(Some(REQUEST_LIMIT)).http_status_as_error(false);
        let mut session = Self {
            agent: config.build().into(),
            address: format!("http://127.0.0.1:{port}/session"),
            browser: None,
            _driver: driver,
        };
        let answer = session.post("", &json!({ "capabilities": { "alwaysMatch": wanted } }))?;
        let id = answer["sessionId"].as_str().ok_or("a session has an id")?;
        session.address = format!("{}/{id}", session.address);
        let capabilities = &answer["capabilities"];
        session.browser = ["goog:processID", "moz:processID"].iter().find_map(|key| capabilities[key].as_u64());
        session.post("/timeouts", &json!({ "script": SCRIPT_LIMIT.as_millis() as u64 }))?;
        Ok(session)
    }

    /// Goes to an address and waits for it to load.
    pub(crate) fn open(&self, url: &str) -> Result<(), String> {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    /// Runs the body of a function in the page and returns what it returns.
    pub(crate) fn run(&self, script: &str, arguments: &Value) -> Result<Value, String> {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// The same for a body that calls its last argument with the result.
    pub(crate) fn run_async(&self, script: &str, arguments: &Value) -> Result<Value, String> {
        self.post("/execute/async", &json!({ "script": script, "args": arguments }))
    }

    /// The one element that a selector finds.
    pub(crate) fn find(&self, selector: &str) -> Result<Element, String> {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }))?;
        found[ELEMENT].as_str().map(|id| Element(id.to_owned())).ok_or_else(|| format!("{selector} is no element"))
    }

    /// Clicks with the pointer: fails for what is hidden or covered.
    pub(crate) fn click(&self, element: &Element) -> Result<(), String> {
        self.post(&format!("/element/{}/click", element.0), &json!({})).map(drop)
    }

    /// Types on the keyboard; for a file input, chooses the file of that path.
    pub(crate) fn type_into(&self, element: &Element, text: &str) -> Result<(), String> {
        self.post(&format!("/element/{}/value", element.0), &json!({ "text": text })).map(drop)
    }

    /// The entries of Chromium's console since the last call, of the page and its workers.
    pub(crate) fn console(&self) -> Result<Vec<Value>, String> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }))?;
        Ok(entries.as_array().cloned().unwrap_or_default())
    }

    /// A command of Chromium's DevTools protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Result<Value, String> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let request = self.agent.post(format!("{}{path}", self.address)).content_type("application/json");
        read(path, request.send(body.to_string()))
    }

    /// Has Chromium close itself and waits until it has gone: its driver would give it a few seconds and then kill it, and a
    /// long record takes longer to be written.
    ///
    /// # Errors
    /// When it has not gone within that time.
    pub(crate) fn close_itself(&self, patience: Duration) -> Result<(), String> {
        // The answer may be lost with the browser.
        let _closing = self.devtools("Browser.close", &json!({}));
        let Some(browser) = self.browser else { return Ok(()) };
        let gone = || Ok((!PathBuf::from(format!("/proc/{browser}/exe")).exists()).then_some(()));
        wait::until(patience, "the browser's end", gone)
    }

    /// Ends the browser, at the latest by force.
    fn end(&mut self) {
        let asked = self.agent.delete(&self.address).call().is_ok();
        let Some(browser) = self.browser.take() else { return };
        let patience = Duration::from_secs(if asked { 5 } else { 0 });
        let gone = || Ok((!PathBuf::from(format!("/proc/{browser}/exe")).exists()).then_some(()));
        if wait::until(patience, "the browser's end", gone).is_err() {
            let _killed = Command::new("kill").args(["-9", &browser.to_string()]).status();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end();
    }
}

/// The port in the line in which a driver says that it listens.
fn port(line: &str) -> Option<u16> {
    let says = line.contains("started successfully") || line.contains("Listening on");
    let digits = line.trim_end_matches('.').rsplit(|letter: char| !letter.is_ascii_digit()).next()?;
    if says { digits.parse().ok() } else { None }
}

/// The value of an answer, or the driver's sentence.
fn read(path: &str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, String> {
    let mut answer = answer.map_err(|error| format!("the driver does not answer {path}: {error}"))?;
    let text =
        answer.body_mut().read_to_string().map_err(|error| format!("the answer to {path} broke off: {error}"))?;
    let mut parsed: Value =
        serde_json::from_str(&text).map_err(|error| format!("the answer to {path} is no JSON: {error}"))?;
    let value = parsed["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(format!("{path}: {error}: {}", value["message"].as_str().unwrap_or_default())),
        None => Ok(value),
    }
}
