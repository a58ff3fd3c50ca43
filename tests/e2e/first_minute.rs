//! The first minute of a stranger, step by step, with its times: what is there at once, what they do with it, and what a
//! colleague sees who gets the link.

use std::time::Instant;

use rectune::words::ENGLISH;

use super::browser::Browser;
use super::folder::Folder;
use super::links::reproduced;
use super::own_data::{drop_file, is_read, pick, ratings};
use super::page::{Page, SOON, STUDY};
use super::site::Site;

/// What was reached when.
struct Clock {
    start: Instant,
    steps: Vec<String>,
}

impl Clock {
    fn note(&mut self, what: &str) {
        self.steps.push(format!("{what} {:.1} s", self.start.elapsed().as_secs_f64()));
    }
}

#[test]
fn the_first_minute() -> Result<(), String> {
    let site = Site::serve()?;
    let folder = Folder::new()?;
    let file = folder.file("mine.csv", ratings("user,item,rating", 60, 80).as_bytes())?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let mut clock = Clock { start: Instant::now(), steps: Vec::new() };

    browser.open(&site.page(""))?;
    page.wait(STUDY, "a first trial", || Ok((page.ended()? >= 1).then_some(())))?;
    clock.note("first trial");
    let better =
        ENGLISH.text("page.better").replace("{percent} ", "").replace("{baseline}", ENGLISH.text("page.by-rating"));
    page.wait_for("headline", STUDY, "a best trial below the averages", |text| text.contains(&better))?;
    clock.note("better than averages");

    page.answer_time("pause", ENGLISH.text("state.paused"))?;
    let before = page.trials()?.len();
    page.click("step")?;
    page.wait(SOON, "one more trial", || Ok((page.trials()?.len() > before).then_some(())))?;
    clock.note("paused and stepped");

    drop_file(&browser, &file)?;
    is_read(page, "1,800", 60, 80)?;
    clock.note("own file read");
    page.fill("trials", "5")?;
    page.click("run")?;
    let trials = page.finished()?;
    assert_eq!(trials.len(), 5);
    clock.note("own file searched");
    let link = page.copy_link()?;
    clock.note("link copied");

    // A colleague, who has the file and a browser that has never been here.
    drop(browser);
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page(&link))?;
    page.wait(SOON, "the sender's trials", || Ok((page.trials()?.len() == trials.len()).then_some(())))?;
    page.wait_for("shared", SOON, "the label of a shared result", |text| text.contains("sender"))?;
    clock.note("link opened");
    page.wait_for("waiting-for-file", SOON, "the question for the file", |text| text.contains("mine.csv"))?;
    pick(&browser, &file)?;
    page.click("verify")?;
    reproduced(page, trials.len())?;
    clock.note("verified");
    println!("measured: the first minute: {}", clock.steps.join(", "));
    Ok(())
}
