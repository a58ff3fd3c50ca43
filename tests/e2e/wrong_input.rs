//! Whatever is wrong gets a sentence that says what and where, and the state from before stays.

use rectune::error::Error;
use rectune::words::ENGLISH;
use serde_json::json;

use super::browser::Browser;
use super::folder::Folder;
use super::own_data::{is_read, pick, ratings};
use super::page::{Page, SOON};
use super::site::Site;

/// A page with a file of its own and a finished run, which no mistake may change.
struct Before<'a> {
    page: Page<'a>,
    data: Option<String>,
    trials: Vec<super::page::Trial>,
}

impl<'a> Before<'a> {
    fn prepare(browser: &'a Browser, site: &Site, folder: &Folder) -> Result<Self, String> {
        let page = Page(browser);
        browser.open(&site.page("v=1&n=3"))?;
        page.sample()?;
        pick(browser, &folder.file("good.csv", ratings("user,item,rating", 60, 80).as_bytes())?)?;
        is_read(page, "1,800", 60, 80)?;
        page.click("run")?;
        let trials = page.finished()?;
        assert_eq!(trials.len(), 3);
        Ok(Self { page, data: page.text("data-summary")?, trials })
    }

    fn stays(&self) -> Result<(), String> {
        assert_eq!(self.page.text("data-summary")?, self.data);
        assert_eq!(self.page.trials()?, self.trials);
        Ok(())
    }
}

/// Files that cannot be tuned on: a name, what they hold, and what the sentence says beside the name.
fn bad_files() -> Vec<(&'static str, Vec<u8>, Vec<&'static str>)> {
    let text = |lines: &[&str]| lines.join("\n").into_bytes();
    let one_user = (0..40).fold("user,item,rating".to_owned(), |all, item| format!("{all}\nu1,i{item},{}", item % 5));
    let equal = (0..40).fold("user,item,rating".to_owned(), |all, row| format!("{all}\nu{},i{},3", row % 8, row / 8));
    let binary = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0, 1, 2, 0xff, 0xfe, 0].repeat(50)].concat();
    vec![
        ("empty.csv", Vec::new(), vec!["is empty"]),
        ("binary.csv", binary, vec!["not a table"]),
        ("letter.csv", text(&["Dear reader", "this is a letter and no table at all"]), vec![]),
        ("columns.csv", text(&["user,stars_given", "u1,4", "u2,3"]), vec!["no column \"item\""]),
        ("word.csv", text(&["user,item,rating", "u1,i1,4", "u2,i2,good"]), vec!["line 3", "rating", "good"]),
        ("one.csv", one_user.into_bytes(), vec!["one user only", "40 rows"]),
        ("equal.csv", equal.into_bytes(), vec!["are 3"]),
    ]
}

#[test]
fn files_that_cannot_be_tuned_on() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let folder = Folder::new()?;
    let before = Before::prepare(&browser, &site, &folder)?;
    for (name, content, says) in bad_files() {
        pick(&browser, &folder.file(name, &content)?)?;
        let parts: Vec<&str> = says.into_iter().chain([name]).collect();
        println!("{}", before.page.alert(&parts)?);
        before.stays()?;
    }
    // And a good one is read after all that.
    pick(&browser, &folder.file("good-again.csv", ratings("userId,movieId,rating", 70, 50).as_bytes())?)?;
    is_read(before.page, "2,100", 70, 50)?;
    before.page.wait(SOON, "the end of the old complaints", || Ok(before.page.alerts()?.is_empty().then_some(())))?;
    Ok(())
}

#[test]
fn settings_and_links_that_cannot_be_run() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let folder = Folder::new()?;
    let before = Before::prepare(&browser, &site, &folder)?;
    let page = before.page;

    // The range is logarithmic, as the page starts with.
    let outside = |value: &str| Error::OutsideDomain {
        parameter: "n_factors".into(),
        value: value.into(),
        allowed: String::new(),
    };
    for (mode, fields, wrong) in [
        (
            "between",
            vec![("low", "32"), ("high", "4")],
            Error::UpsideDown { parameter: "n_factors".into(), low: 32.0, high: 4.0 },
        ),
        ("between", vec![("low", "0"), ("high", "32")], Error::LogOfZero { parameter: "n_factors".into(), low: 0.0 }),
        ("fixed", vec![("fixed", "0")], outside("0")),
        ("fixed", vec![("fixed", "100000")], outside("100000")),
    ] {
        page.choose("svd-n_factors-mode", mode)?;
        for (field, text) in fields {
            page.fill(&format!("svd-n_factors-{field}"), text)?;
        }
        // The sentence up to what is allowed.
        let sentence = ENGLISH.sentence(&wrong);
        let sentence = sentence.split("Allowed").next().unwrap_or_default().trim();
        println!("{}", page.alert(&[sentence])?);
        let blocked = browser.run("return document.getElementById('run').disabled", &json!([]))?;
        assert_eq!(blocked, true, "a study that is refused can be run");
        before.stays()?;
    }
    page.fill("svd-n_factors-fixed", "8")?;
    page.wait(SOON, "the end of the complaint", || Ok(page.alerts()?.is_empty().then_some(())))?;

    browser.run("location.hash = 'v=999&n=7'", &json!([]))?;
    let newer = ENGLISH.sentence(&Error::NewerVersion { found: 999, known: rectune::study::ENGINE.0 });
    println!("{}", page.alert(&[&newer])?);
    before.stays()?;
    Ok(())
}

#[test]
fn a_model_that_does_not_fit_into_memory() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=3"))?;
    let trials = page.finished()?;
    // Ten folds of the largest model, with the sample's users and items.
    browser.run("location.hash = 'v=1&n=3&split=kfold:10,0.1&k=4096'", &json!([]))?;
    println!("{}", page.alert(&["n_factors = 4096", "MiB"])?);
    // What was found before is still there, and can be gone back to.
    assert_eq!(page.trials()?, trials);
    page.choose("svd-n_factors-mode", "default")?;
    page.click("run")?;
    page.wait(SOON, "the end of the complaint", || Ok(page.alerts()?.is_empty().then_some(())))?;
    Ok(())
}
