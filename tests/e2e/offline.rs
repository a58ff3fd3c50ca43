//! Without a network the page is there all the same, after one visit: it opens, and its workers train.

use serde_json::json;

use super::browser::Browser;
use super::page::{Page, SOON};
use super::site::Site;

#[test]
fn the_page_opens_and_trains_with_the_network_cut() -> Result<(), String> {
    let mut site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let url = site.page("v=1&n=3");
    browser.open(&url)?;
    let trials = page.finished()?;
    let kept =
        "const done = arguments[0]; navigator.serviceWorker.getRegistration().then(one => done(Boolean(one?.active)))";
    page.wait(
        SOON,
        "the page's files to be kept",
        || Ok((browser.run_async(kept, &json!([]))? == true).then_some(())),
    )?;
    // Nobody serves the page any more.
    site.cut();
    browser.open("about:blank")?;
    browser.open(&url)?;
    assert_eq!(page.finished()?, trials);
    page.click("language")?;
    page.wait_for("copy-link", SOON, "a button in Chinese", |text| text.contains('复')).map(drop)
}
