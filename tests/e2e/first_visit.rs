//! What a stranger's first visit shows without a single setting: the default study runs by itself, nothing complains,
//! nothing leaves, and the sealed test opens behind its button. One visit is made and recorded; each test reads it.

use std::sync::OnceLock;

use rectune::words::ENGLISH;
use serde_json::json;

use super::browser::Browser;
use super::page::{Page, SOON, STUDY, Trial};
use super::site::Site;

/// The page's own study: thirty trials.
const TRIALS: usize = 30;

/// The page never blocks: no task of its main thread is longer than this, in milliseconds.
const LONGEST_TASK: f64 = 50.0;

/// Runs before anything of the page: notes when the first finished trial stands on the chart.
const WATCH: &str = "
    window.watched = { dot: null };
    new MutationObserver((_, watch) => {
        if (document.querySelector('[data-testid=history] [data-trial][data-value]')) {
            window.watched.dot = performance.now();
            watch.disconnect();
        }
    }).observe(document, { subtree: true, childList: true, attributes: true });";

/// By how much the page is wider than the window, and the table of trials than its card.
const SPILLED: &str = "
    const table = document.querySelector('[data-testid=trials]').parentElement;
    return [document.documentElement, table].map(one => one.scrollWidth - one.clientWidth)";

/// Tries to reach another origin from the page itself: whether that failed, and whether the policy was the reason.
const REACH_OUT: &str = "
    const done = arguments[0];
    let violated = false;
    addEventListener('securitypolicyviolation', () => { violated = true; });
    fetch('https://example.com/').then(() => done(false), () => setTimeout(() => done(violated), 500));";

/// What was seen.
pub(crate) struct Visit {
    /// The trials of the default study.
    pub(crate) trials: Vec<Trial>,
    /// The fragment of the link that was copied at the end.
    pub(crate) link: String,
    headline: String,
    /// By how many pixels page and table are wider than their room.
    spilled: Vec<f64>,
    /// Milliseconds from the navigation to the first paint and to the first trial on the chart, if they came.
    paint: Option<f64>,
    dot: Option<f64>,
    complaints: Vec<String>,
    /// What the console said while other origins were tried on purpose.
    refusals: Vec<String>,
    requests: Vec<String>,
    /// The main thread's, in milliseconds of the processor's time.
    longest_task: f64,
    origin: String,
    /// Whether the page's own attempt was refused, and which worker roles' were.
    page_refused: bool,
    roles_refused: Vec<String>,
    /// The opened test part, line by line.
    test: String,
    test_value: String,
    openings: String,
}

/// The visit, made once.
///
/// # Errors
/// Whatever went wrong in it.
pub(crate) fn visit() -> Result<&'static Visit, String> {
    static VISIT: OnceLock<Result<Visit, String>> = OnceLock::new();
    VISIT.get_or_init(make).as_ref().map_err(|error| format!("the first visit failed: {error}"))
}

fn make() -> Result<Visit, String> {
    let site = Site::serve()?;
    let browser = Browser::recorded()?;
    let page = Page(&browser);
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": WATCH }))?;
    browser.open(&site.page(""))?;
    let watched = |what: &str| Ok(browser.run("return window.watched[arguments[0]]", &json!([what]))?.as_f64());
    let dot = Some(page.wait(STUDY, "the first trial on the chart", || watched("dot"))?);
    let paint = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
    let paint = browser.run(paint, &json!([]))?.as_f64();
    let trials = page.finished()?;
    let headline = page.text("headline")?.unwrap_or_default();
    let ms = |time: Option<f64>| time.map_or("no".to_owned(), |time| format!("{time:.0} ms"));
    println!("measured: first paint after {}, first trial after {}", ms(paint), ms(dot));

    let spilled = browser.run(SPILLED, &json!([]))?;
    let spilled = spilled.as_array().into_iter().flatten().filter_map(serde_json::Value::as_f64).collect();

    page.click("open-test")?;
    page.wait_for("openings", STUDY, "the sealed test's opening", |_| true)?;
    // What was measured is drawn by a part of the page that comes when it is first asked for.
    let test_value = page.wait(SOON, "the figure on the test part", || page.attribute("test-value", "data-value"))?;
    let test = page.text("test")?.unwrap_or_default();
    let openings = page.text("openings")?.unwrap_or_default();
    let link = page.copy_link()?;
    let complaints = browser.complaints()?;

    page.click("check-privacy")?;
    let roles = "return [...document.querySelectorAll('[data-testid=privacy] [data-refused=true]')].map(one => one.dataset.role)";
    let all = || {
        let roles = browser.run(roles, &json!([]))?;
        let mut roles: Vec<String> = roles.as_array().into_iter().flatten().map(ToString::to_string).collect();
        roles.sort();
        Ok((roles.len() >= 3).then_some(roles))
    };
    let roles_refused = page.wait(SOON, "the refusal of all worker roles' attempts to reach another origin", all)?;
    let page_refused = browser.run_async(REACH_OUT, &json!([]))? == true;
    let refusals = browser.complaints()?;
    let origin = site.origin().to_owned();
    let (requests, longest_task) = browser.close(&origin)?;
    println!("measured: the page's longest task took {longest_task:.0} ms of the processor's time");
    Ok(Visit {
        trials,
        link,
        headline,
        spilled,
        paint,
        dot,
        complaints,
        refusals,
        requests,
        longest_task,
        origin,
        page_refused,
        roles_refused,
        test,
        test_value,
        openings,
    })
}

#[test]
fn the_default_study_runs_by_itself() -> Result<(), String> {
    let visit = visit()?;
    assert_eq!(visit.trials.len(), TRIALS);
    assert!(visit.trials.iter().all(|trial| trial.state == ENGLISH.text("trial.done") && !trial.value.is_empty()));
    assert!(visit.paint.is_some() && visit.dot.is_some());
    // The best of thirty beats averages alone on this data, and the line on top says so.
    let better = ENGLISH.text("page.better").replace("{baseline}", ENGLISH.text("page.by-rating"));
    let better = better.replace("{percent}", "").trim().to_owned();
    assert!(visit.headline.contains(&better), "{}", visit.headline);
    Ok(())
}

#[test]
fn nothing_is_complained_about_on_the_console() -> Result<(), String> {
    let visit = visit()?;
    assert_eq!(visit.complaints, Vec::<String>::new());
    let others: Vec<_> = visit.refusals.iter().filter(|line| !line.contains("https://example.com/")).collect();
    assert!(others.is_empty(), "{others:?}");
    Ok(())
}

#[test]
fn nothing_is_wider_than_its_room() -> Result<(), String> {
    assert_eq!(visit()?.spilled, [0.0, 0.0]);
    Ok(())
}

#[test]
fn the_page_never_blocks() -> Result<(), String> {
    let longest = visit()?.longest_task;
    assert!(longest <= LONGEST_TASK, "a task of the main thread took {longest:.0} ms of the processor's time");
    Ok(())
}

#[test]
fn nothing_leaves_and_every_attempt_is_refused() -> Result<(), String> {
    let visit = visit()?;
    // Page and all kinds of workers fetched something, so all of them are in the log.
    for part in ["boot.js", "worker_bg.wasm", "reader_bg.wasm"] {
        assert!(visit.requests.iter().any(|url| url.ends_with(part)), "{part} is not in {:?}", visit.requests);
    }
    let own = format!("{}/rectune/", visit.origin);
    let elsewhere: Vec<_> =
        visit.requests.iter().filter(|url| !url.starts_with(&own) && !url.starts_with("blob:")).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    assert!(visit.page_refused);
    assert_eq!(visit.roles_refused, ["\"conductor\"", "\"reader\"", "\"trainer\""]);
    Ok(())
}

#[test]
fn the_sealed_test_opens_behind_its_button_and_is_counted() -> Result<(), String> {
    let visit = visit()?;
    let value: f64 = visit.test_value.parse().map_err(|_| format!("no test figure in: {}", visit.test))?;
    assert!((0.5..1.5).contains(&value), "{value}");
    let average = ENGLISH.text("page.average-of-best").split(" {").next().unwrap_or_default();
    assert!(visit.test.contains(average), "{}", visit.test);
    for part in ["model.mean", "model.bias"] {
        assert!(visit.test.contains(ENGLISH.text(part)), "{part} is not in: {}", visit.test);
    }
    assert_eq!(visit.openings, ENGLISH.text("page.test-opened-once"));
    Ok(())
}
