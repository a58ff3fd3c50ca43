//! A link reproduces the experiment to the last bit: in a new profile, by the native command, and in another engine's
//! browser.

use rectune::words::ENGLISH;

use super::browser::Browser;
use super::first_visit::visit;
use super::folder::Folder;
use super::own_data::{is_read, pick, ratings};
use super::page::{Page, SOON, STUDY};
use super::site::Site;

/// Waits until the page says that all trials of the link were reproduced.
///
/// # Errors
/// When it says something else.
pub(crate) fn reproduced(page: Page, trials: usize) -> Result<(), String> {
    let verified = page.wait_for("verified", STUDY, "the link's verification", |text| !text.is_empty())?;
    let count = trials.to_string();
    assert_eq!(verified, ENGLISH.fill("page.verified", &[("same", count.clone()), ("trials", count)]));
    Ok(())
}

#[test]
fn a_new_profile_reproduces_a_link_exactly() -> Result<(), String> {
    let sent = visit()?;
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    println!("measured: the link has {} characters", site.page(&sent.link).len());
    browser.open(&site.page(&sent.link))?;
    // What the sender saw is drawn before anything is computed.
    let drawn = || Ok((page.trials()?.len() == sent.trials.len()).then_some(()));
    page.wait(SOON, "the sender's trials", drawn)?;
    assert_ne!(page.trials()?, sent.trials, "a link carries rounded figures");
    page.click("verify")?;
    reproduced(page, sent.trials.len())?;
    // The sender's opening of the test part is known here too.
    assert_eq!(page.text("openings")?.as_deref(), Some(ENGLISH.text("page.test-opened-once")));
    // Running it again replaces the link's rounded figures by exact ones.
    assert_eq!(page.finished()?, sent.trials);
    Ok(())
}

#[test]
fn a_link_to_a_file_waits_for_it() -> Result<(), String> {
    let site = Site::serve()?;
    let folder = Folder::new()?;
    let file = folder.file("mine.csv", ratings("userId,movieId,rating", 60, 80).as_bytes())?;
    let other = folder.file("other.csv", ratings("userId,movieId,rating", 70, 50).as_bytes())?;
    let link = {
        let browser = Browser::chromium()?;
        let page = Page(&browser);
        browser.open(&site.page("v=1&n=3"))?;
        page.sample()?;
        pick(&browser, &file)?;
        is_read(page, "1,800", 60, 80)?;
        page.click("run")?;
        page.finished()?;
        page.copy_link()?
    };
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page(&link))?;
    page.wait_for("waiting-for-file", SOON, "the question for the file", |text| text.contains("mine.csv"))?;
    pick(&browser, &other)?;
    page.alert(&["This study was made on data with the hash"])?;
    pick(&browser, &file)?;
    is_read(page, "1,800", 60, 80)?;
    page.click("verify")?;
    reproduced(page, 3)
}

#[cfg(feature = "cli")]
#[test]
fn the_native_command_reproduces_a_link_exactly() -> Result<(), String> {
    let sent = visit()?;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rectune"));
    let link = format!("https://example.org/rectune/#{}", sent.link);
    let output = command.args(["verify", &link, "--json", "-"]).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let verification: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    assert_eq!(verification["trials"], sent.trials.len());
    assert_eq!(verification["same"], sent.trials.len());
    assert_eq!(verification["exact"], true);
    Ok(())
}

#[test]
fn firefox_gives_the_same_bits() -> Result<(), String> {
    let sent = visit()?;
    let site = Site::serve()?;
    let browser = Browser::firefox()?;
    browser.open(&site.page(""))?;
    assert_eq!(Page(&browser).finished()?, sent.trials);
    Ok(())
}
