//! What a person does on the page and reads from it, by the names that the page gives its parts (`data-testid`).

use std::time::Duration;

use rectune::words::ENGLISH;
use serde_json::{Value, json};

use super::browser::Browser;
use super::wait;

/// A whole study on two slow cores, with much to spare.
pub(crate) const STUDY: Duration = Duration::from_secs(120);
/// Anything that is not a study.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// The page in a browser.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a>(pub(crate) &'a Browser);

/// A row of the table of trials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    pub(crate) number: u32,
    /// As the page says it.
    pub(crate) state: String,
    /// The objective with all its digits; empty without one. Equal texts are equal bits.
    pub(crate) value: String,
    /// What else the row shows of the configuration and its result: parameters, epochs, figures.
    pub(crate) cells: Vec<String>,
}

impl Trial {
    pub(crate) fn has_ended(&self) -> bool {
        self.state != ENGLISH.text("trial.running")
    }
}

impl Page<'_> {
    /// Waits for something of the page. A failure also says what the page showed instead.
    pub(crate) fn wait<T>(
        self,
        limit: Duration,
        what: &str,
        look: impl FnMut() -> Result<Option<T>, String>,
    ) -> Result<T, String> {
        wait::until(limit, what, look).map_err(|error| {
            let parts = ["status", "headline", "data-summary", "workers"];
            let shown = parts.map(|part| self.text(part).ok().flatten().unwrap_or_default());
            let (alerts, console) = (self.alerts().unwrap_or_default(), self.0.console().unwrap_or_default());
            format!("{error}. Shown: {shown:?}; errors: {alerts:?}; console: {console:?}")
        })
    }

    /// What a part shows; nothing if it is not there.
    pub(crate) fn text(self, part: &str) -> Result<Option<String>, String> {
        let script = "return document.querySelector(arguments[0])?.innerText";
        Ok(self.0.run(script, &json!([selector(part)]))?.as_str().map(str::to_owned))
    }

    /// An attribute of a part.
    pub(crate) fn attribute(self, part: &str, name: &str) -> Result<Option<String>, String> {
        let script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1])";
        Ok(self.0.run(script, &json!([selector(part), name]))?.as_str().map(str::to_owned))
    }

    /// Waits until a part shows what `wanted` accepts, and returns it.
    pub(crate) fn wait_for(
        self,
        part: &str,
        limit: Duration,
        what: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<String, String> {
        self.wait(limit, what, || Ok(self.text(part)?.filter(|text| wanted(text))))
    }

    /// Waits until a part is there: the page is built in turns, from the top.
    pub(crate) fn built(self, part: &str) -> Result<(), String> {
        let look = || Ok(self.attribute(part, "data-testid")?.map(|_| ()));
        self.wait(SOON, &format!("the part {part}"), look)
    }

    /// Clicks a button once it can be clicked.
    pub(crate) fn click(self, part: &str) -> Result<(), String> {
        // What is hidden below the bar counts as in sight for a driver, but not for the page's own scrolling.
        let ready = "const part = document.querySelector(arguments[0]); \
                     const is = Boolean(part && !part.disabled && part.checkVisibility()); \
                     if (is) part.scrollIntoView({ block: 'nearest' }); return is";
        let look = || Ok((self.0.run(ready, &json!([selector(part)]))? == true).then_some(()));
        self.wait(SOON, &format!("the button {part}, ready to be clicked,"), look)?;
        self.0.click(&self.0.find(&selector(part))?)
    }

    /// Replaces what stands in a text field, by keyboard.
    pub(crate) fn fill(self, part: &str, text: &str) -> Result<(), String> {
        self.built(part)?;
        let field = self.0.find(&selector(part))?;
        // Emptied, and not only selected: some drivers put the caret behind the text first.
        let script = "const field = document.querySelector(arguments[0]); field.value = ''; \
                      field.dispatchEvent(new Event('input', { bubbles: true }))";
        self.0.run(script, &json!([selector(part)]))?;
        self.0.type_into(&field, text)
    }

    /// Chooses an entry of a list.
    pub(crate) fn choose(self, part: &str, value: &str) -> Result<(), String> {
        self.built(part)?;
        let script = "const list = document.querySelector(arguments[0]); list.value = arguments[1]; \
                      list.dispatchEvent(new Event('change', { bubbles: true })); return list.value";
        let chosen = self.0.run(script, &json!([selector(part), value]))?;
        if chosen == value { Ok(()) } else { Err(format!("{part} has no entry {value}")) }
    }

    /// Presses a button and returns after how many milliseconds the run's state says what `wanted` finds in it.
    pub(crate) fn answer_time(self, button: &str, wanted: &str) -> Result<f64, String> {
        let script = "const [button, wanted, done] = arguments; const status = document.getElementById('status'); \
            const start = performance.now(); \
            const look = () => { if (RegExp(wanted).test(status.textContent)) { watch.disconnect(); done(performance.now() - start); } }; \
            const watch = new MutationObserver(look); \
            watch.observe(status, { subtree: true, childList: true, characterData: true }); \
            document.querySelector(button).click(); look();";
        let time = self.0.run_async(script, &json!([selector(button), wanted]))?;
        time.as_f64().ok_or_else(|| format!("{button} was not answered by \"{wanted}\""))
    }

    /// Copies the link and returns its fragment.
    pub(crate) fn copy_link(self) -> Result<String, String> {
        self.click("copy-link")?;
        let value =
            || Ok(self.0.run("return document.getElementById('link')?.value", &json!([]))?.as_str().map(str::to_owned));
        let link = self.wait(SOON, "the copied link", value)?;
        link.split_once('#').map(|(_, fragment)| fragment.to_owned()).ok_or(format!("{link} has no fragment"))
    }

    /// The table of trials, by number.
    pub(crate) fn trials(self) -> Result<Vec<Trial>, String> {
        // The last column is the time it took; the difference to the best and what it says of the state come when the run is
        // at rest.
        let script = "return [...document.querySelectorAll('[data-testid=trials] tr[data-trial]')].map(row => [ \
            Number(row.dataset.trial), row.dataset.state, row.dataset.value ?? '', \
            [...row.cells].slice(1, -1).filter(cell => !['difference', 'state'].includes(cell.dataset.testid)).map(cell => cell.innerText)])";
        let rows = self.0.run(script, &json!([]))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let trial = |row: &Value| Trial {
            number: row[0].as_u64().unwrap_or_default() as u32,
            state: text(&row[1]),
            value: text(&row[2]),
            cells: row[3].as_array().into_iter().flatten().map(text).collect(),
        };
        let mut trials: Vec<Trial> = rows.as_array().into_iter().flatten().map(trial).collect();
        trials.sort_by_key(|trial| trial.number);
        Ok(trials)
    }

    /// Trials that have ended.
    pub(crate) fn ended(self) -> Result<usize, String> {
        Ok(self.trials()?.iter().filter(|trial| trial.has_ended()).count())
    }

    /// Waits until the sample is read, and returns what is said of it.
    pub(crate) fn sample(self) -> Result<String, String> {
        self.wait_for("data-summary", SOON, "the sample's sentence", |text| !text.is_empty())
    }

    /// Waits until the run is over by itself, and returns its trials.
    pub(crate) fn finished(self) -> Result<Vec<Trial>, String> {
        let over = [ENGLISH.text("state.finished"), ENGLISH.text("state.exhausted")];
        let is_over = |text: &str| over.iter().any(|word| text.ends_with(word));
        self.wait_for("status", STUDY, "the end of the run", is_over)?;
        self.trials()
    }

    /// All error sentences that can be seen.
    pub(crate) fn alerts(self) -> Result<Vec<String>, String> {
        let script = "return [...document.querySelectorAll('[role=alert]')] \
                      .filter(one => one.checkVisibility()).map(one => one.innerText)";
        let alerts = self.0.run(script, &json!([]))?;
        Ok(alerts.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Waits for an error sentence that holds all of `parts`.
    pub(crate) fn alert(self, parts: &[&str]) -> Result<String, String> {
        let holds = |alert: &String| parts.iter().all(|part| alert.contains(part));
        let look = || Ok(self.alerts()?.into_iter().find(holds));
        self.wait(SOON, &format!("a sentence with {parts:?}"), look)
    }
}

fn selector(part: &str) -> String {
    format!("[data-testid=\"{part}\"]")
}
