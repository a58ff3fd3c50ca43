//! For everybody: axe-core finds nothing serious in any state of the page, light or dark, wide or narrow, in either language;
//! the keys do what the help says; a phone gets its tabs and its bar.

use rectune::words::{ENGLISH, Words};
use serde_json::json;

use super::browser::Browser;
use super::page::{Page, SOON, STUDY};
use super::site::{Site, root};

/// What axe-core calls serious or critical, one line each: the rule, and where.
fn serious(browser: &Browser, state: &str) -> Result<Vec<String>, String> {
    let path = root().join("target/tools/axe/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&path)
        .map_err(|error| format!("{} can't be read: {error}; `cargo xtask test` installs it", path.display()))?;
    browser.run(&axe, &json!([]))?;
    let check = "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] }).then(found => done(found.violations \
        .filter(one => ['serious', 'critical'].includes(one.impact)) \
        .map(one => one.id + ' at ' + one.nodes.map(node => node.target.join(' ')).join(', '))), error => done([String(error)]))";
    let found = browser.run_async(check, &json!([]))?;
    let lines = found.as_array().into_iter().flatten().filter_map(|line| line.as_str());
    Ok(lines.map(|line| format!("{state}: {line}")).collect())
}

/// A wide window, or that of a phone; light or dark.
fn appear(browser: &Browser, phone: bool, dark: bool) -> Result<(), String> {
    let (width, height) = if phone { (390, 844) } else { (1280, 800) };
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
    browser.devtools("Emulation.setDeviceMetricsOverride", &size)?;
    let scheme = if dark { "dark" } else { "light" };
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    browser.devtools("Emulation.setEmulatedMedia", &features).map(drop)
}

/// Presses a key that belongs to no control.
fn press(browser: &Browser, key: &str) -> Result<(), String> {
    let script = "document.activeElement.blur(); \
                  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], bubbles: true, cancelable: true }))";
    browser.run(script, &json!([key])).map(drop)
}

#[test]
fn axe_finds_nothing_serious() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let mut found = Vec::new();
    for dark in [false, true] {
        let scheme = if dark { "dark" } else { "light" };
        appear(&browser, false, dark)?;
        browser.open("about:blank")?;
        browser.open(&site.page("v=1&n=500"))?;
        page.wait(STUDY, "a few trials", || Ok((page.ended()? >= 3).then_some(())))?;
        found.extend(serious(&browser, &format!("running, {scheme}"))?);
        press(&browser, "?")?;
        found.extend(serious(&browser, &format!("help, {scheme}"))?);
        browser.open("about:blank")?;
        browser.open(&site.page("v=1&n=3&k=9..4&what=1&lesson=averages"))?;
        page.finished()?;
        page.copy_link()?;
        page.fill("trials", "none")?;
        page.wait_for("lesson", SOON, "the lesson", |text| !text.is_empty())?;
        found.extend(serious(&browser, &format!("errors and a lesson, {scheme}"))?);
        appear(&browser, true, dark)?;
        for tab in ["tab-results", "tab-settings", "tab-advice", "tab-more"] {
            browser.run("document.getElementById(arguments[0]).click()", &json!([tab]))?;
            found.extend(serious(&browser, &format!("phone, {tab}, {scheme}"))?);
        }
    }
    appear(&browser, false, false)?;
    page.click("language")?;
    page.wait_for("run", SOON, "the button in Chinese", |text| chinese().text("page.run") == text)?;
    found.extend(serious(&browser, "Chinese")?);
    assert_eq!(found, Vec::<String>::new());
    Ok(())
}

fn chinese() -> Words {
    ENGLISH.clone().with(include_str!("../../www/words/zh.txt"))
}

#[test]
fn the_switch_changes_the_language_and_is_remembered() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=3"))?;
    let trials = page.finished()?;
    let words = chinese();
    page.click("language")?;
    page.wait_for("copy-link", SOON, "a button in Chinese", |text| text == words.text("page.copy-link"))?;
    // What was found stays, and so does the focus.
    let same = || {
        Ok((page.trials()?.iter().map(|trial| &trial.value).eq(trials.iter().map(|trial| &trial.value))).then_some(()))
    };
    page.wait(SOON, "the same trials", same)?;
    let state = "return [document.documentElement.lang, document.activeElement.id]";
    let focused = || Ok((browser.run(state, &json!([]))? == json!(["zh-CN", "language"])).then_some(()));
    page.wait(SOON, "the page's language and the focus on its switch", focused)?;
    browser.open("about:blank")?;
    browser.open(&site.page(""))?;
    page.wait_for("copy-link", SOON, "a button in Chinese", |text| text == words.text("page.copy-link"))?;
    page.click("language")?;
    page.wait_for("copy-link", SOON, "a button in English", |text| text == ENGLISH.text("page.copy-link"))?;
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn keys_run_step_reset_and_help() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=2000"))?;
    page.wait(STUDY, "a first trial", || Ok((page.ended()? >= 1).then_some(())))?;
    let says = |key: &'static str| {
        page.wait_for("status", SOON, ENGLISH.text(key), move |text| text.contains(ENGLISH.text(key))).map(drop)
    };
    press(&browser, " ")?;
    says("state.paused")?;
    let before = page.trials()?.len();
    press(&browser, "s")?;
    page.wait(SOON, "one more trial", || Ok((page.trials()?.len() > before).then_some(())))?;
    press(&browser, "?")?;
    page.wait_for("help", SOON, "the help", |text| text.contains(ENGLISH.text("page.help-space")))?;
    browser.run("document.getElementById('close-help').click()", &json!([]))?;
    press(&browser, "r")?;
    says("page.no-run")
}

#[test]
fn a_hidden_tab_pauses() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=2000"))?;
    page.wait(STUDY, "a first trial", || Ok((page.ended()? >= 1).then_some(())))?;
    let hide = "Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true }); \
                document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))";
    browser.run(hide, &json!([true]))?;
    page.wait_for("status", SOON, "the pause", |text| text.contains(ENGLISH.text("state.paused")))?;
    browser.run(hide, &json!([false]))?;
    page.wait_for("status", SOON, "the run going on", |text| !text.contains(ENGLISH.text("state.paused"))).map(drop)
}
