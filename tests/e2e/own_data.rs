//! A person's own ratings: chosen or dropped, read, and searched at random and over a grid.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use rectune::words::ENGLISH;
use serde_json::json;

use super::browser::Browser;
use super::folder::Folder;
use super::page::{Page, SOON};
use super::site::Site;
use super::webdriver::Session;

/// Each user rates so many items.
const EACH: usize = 30;

/// Ratings of so many users for so many items, with something to learn in them. The same text each time.
pub(crate) fn ratings(header: &str, users: usize, items: usize) -> String {
    let mut text = format!("{header}\n");
    for user in 0..users {
        for turn in 0..EACH {
            // 7 has no factor in common with the numbers of items used here, so no pair comes twice.
            let item = (user * 3 + turn * 7) % items;
            let halves = 3 + user % 4 + (item * 5) % 4 + (user * 13 + item * 29) % 3 / 2 + user % 2 * (item % 2);
            let written = writeln!(text, "u{user},i{item},{}", halves as f64 / 2.0);
            written.expect("a string takes everything");
        }
    }
    text
}

/// Chooses a file in the file picker.
///
/// # Errors
/// Those of the driver.
pub(crate) fn pick(browser: &Browser, path: &Path) -> Result<(), String> {
    pick_together(browser, &[path])
}

/// Chooses several files at once.
///
/// # Errors
/// Those of the driver.
pub(crate) fn pick_together(browser: &Browser, paths: &[impl AsRef<Path>]) -> Result<(), String> {
    Page(browser).built("file-input")?;
    let paths: Vec<_> = paths.iter().map(|path| path.as_ref().to_string_lossy()).collect();
    browser.type_into(&browser.find("#file-input")?, &paths.join("\n"))
}

/// Drags a file from outside into the window and lets it fall there.
///
/// # Errors
/// Those of the driver.
pub(crate) fn drop_file(browser: &Session, path: &Path) -> Result<(), String> {
    let data = json!({ "items": [], "files": [path], "dragOperationsMask": 1 });
    // Dropped on an element that the drag was never over, as where the page has just moved below a pointer that rests.
    for (kind, y) in [("dragEnter", 20), ("dragOver", 20), ("drop", 300)] {
        browser.devtools("Input.dispatchDragEvent", &json!({ "type": kind, "x": 400, "y": y, "data": data }))?;
    }
    Ok(())
}

/// Waits for the sentence about the data that was read.
///
/// # Errors
/// When it does not come.
pub(crate) fn is_read(page: Page, ratings: &str, users: usize, items: usize) -> Result<(), String> {
    let fields = [
        ("ratings", ratings.to_owned()),
        ("users", users.to_string()),
        ("items", items.to_string()),
        ("skipped", "0".to_owned()),
    ];
    let sentence = ENGLISH.fill("page.data-summary", &fields);
    page.wait_for("data-summary", SOON, &format!("the sentence \"{sentence}\""), |text| text == sentence).map(drop)
}

#[test]
fn nine_ratings_are_shown_as_tables_and_the_charts_come_back() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&d=article"))?;
    let tables = page.wait_for("factors", SOON, "the tables", |text| !text.is_empty())?;
    for key in ["page.factors-kicker", "page.matrix-r", "page.matrix-u", "page.matrix-v", "page.matrix-product"] {
        assert!(tables.contains(ENGLISH.text(key)), "{key} is not in: {tables}");
    }
    page.choose("data-source", "sample")?;
    page.wait_for("data-summary", SOON, "the sample's sentence", |text| text.contains("100,836"))?;
    page.fill("trials", "3")?;
    page.click("run")?;
    assert_eq!(page.finished()?.len(), 3);
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_file_is_searched_at_random_and_a_dropped_one_over_a_grid() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page(""))?;
    page.sample()?;

    // The sample's study still runs: the file ends it.
    pick(&browser, &folder.file("first.csv", ratings("user,item,rating", 60, 80).as_bytes())?)?;
    is_read(page, "1,800", 60, 80)?;
    page.fill("trials", "6")?;
    page.choose("sampler", "random")?;
    page.click("run")?;
    let random = page.finished()?;
    assert_eq!(random.len(), 6);
    assert!(random.iter().all(|trial| !trial.value.is_empty()));

    // Its columns have other names than the first file's.
    drop_file(&browser, &folder.file("second.csv", ratings("userId,movieId,rating", 70, 50).as_bytes())?)?;
    is_read(page, "2,100", 70, 50)?;
    assert_eq!(page.trials()?.len(), 0, "trials of other data are still shown");
    assert_eq!(page.alerts()?, Vec::<String>::new());
    page.choose("sampler", "grid")?;
    page.choose("svd-n_factors-mode", "one-of")?;
    page.fill("svd-n_factors-choices", "2, 4")?;
    page.choose("svd-learning_rate-mode", "one-of")?;
    page.fill("svd-learning_rate-choices", "0.01, 0.02")?;
    page.choose("svd-regularization-mode", "fixed")?;
    let count = ENGLISH.fill("page.grid-points", &[("points", "4".to_owned())]);
    page.wait_for("grid-points", SOON, "the grid's count", |text| text == count)?;
    page.fill("trials", "30")?;
    page.click("run")?;
    let grid = page.finished()?;
    let points: BTreeSet<&[String]> = grid.iter().map(|trial| &trial.cells[..2]).collect();
    assert_eq!((grid.len(), points.len()), (4, 4), "{grid:?}");

    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

/// The same ratings as an office in China saves them: odd names, semicolons, its own encoding, and a column of numbers before
/// the ratings that could be one of ratings too.
fn foreign() -> Vec<u8> {
    let plain = ratings("", 60, 80);
    let mut text = "甲;乙;丙;丁\r\n".to_owned();
    for (at, line) in plain.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        write!(text, "用{};品{};{};{}\r\n", cells[0], cells[1], 1 + at % 5, cells[2])
            .expect("a string takes everything");
    }
    encoding_rs::GB18030.encode(&text).0.into_owned()
}

#[test]
fn a_foreign_file_is_read_corrected_in_one_click_and_run() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page("v=1&n=3"))?;
    page.sample()?;
    drop_file(&browser, &folder.file("导出.csv", &foreign())?)?;
    is_read(page, "1,800", 60, 80)?;
    page.click("data-look")?;
    page.wait_for("reasons", SOON, "why the third column is the rating", |text| text.contains("丙"))?;
    let value = |id: &str| browser.run("return document.getElementById(arguments[0]).value", &json!([id]));
    assert_eq!([value("delimiter")?, value("encoding")?, value("role-2")?], [";", "gb18030", "rating"]);
    page.choose("role-3", "rating")?;
    page.wait_for("reasons", SOON, "the fourth column as chosen", |text| text.contains("丁"))?;
    assert_eq!([value("role-2")?, value("role-3")?], ["none", "rating"]);
    // A step of cleaning is done, told with its line, and undone.
    page.choose("clean-bad_rows", "refuse")?;
    page.fill("clean-threshold", "4\t")?;
    page.wait_for("data-in-full", SOON, "the rows below the threshold", |text| text.contains("below the threshold"))?;
    page.click("clean-undo")?;
    is_read(page, "1,800", 60, 80)?;
    page.click("data-close")?;
    page.click("run")?;
    assert_eq!(page.finished()?.len(), 3);
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn files_that_are_chosen_together_are_told_apart() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page("v=1&n=3"))?;
    page.sample()?;
    let text = ratings("user,item,rating", 60, 80);
    let (train, test): (Vec<&str>, Vec<&str>) = text.lines().skip(1).partition(|line| line.len() % 4 != 0);
    let table = |rows: &[&str]| format!("user,item,rating\n{}\n", rows.join("\n"));
    let titles: String = (0..80).map(|item| format!("i{item},Film {item} (1999)\n")).collect();
    let files = [
        folder.file("titles.csv", format!("item,title\n{titles}").as_bytes())?,
        folder.file("mine.test.csv", table(&test).as_bytes())?,
        folder.file("mine.base.csv", table(&train).as_bytes())?,
    ];
    pick_together(&browser, &files)?;
    // What is said while files are read moves what stands below it.
    page.wait_for("data-summary", SOON, "the files' sentence", |text| text.contains("60 users"))?;
    page.click("data-look")?;
    let counts = [format!("{} rows, in place of", test.len()), "80 rated items described".to_owned()];
    let told = |text: &str| counts.iter().all(|count| text.contains(count));
    page.wait_for("data-in-full", SOON, "what each file is", told)?;
    page.click("data-close")?;
    page.click("run")?;
    assert_eq!(page.finished()?.len(), 3);
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}
