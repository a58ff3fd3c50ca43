//! The run's controls answer at once and do exactly what they say, and a lost worker changes nothing.

use std::time::Duration;

use rectune::words::ENGLISH;

use super::browser::Browser;
use super::first_visit::visit;
use super::page::{Page, SOON, STUDY};
use super::site::Site;

/// Long enough that a trial which were still running would end.
const A_WHILE: Duration = Duration::from_secs(1);

/// Checks that no trial ends for a while.
fn stands_still(page: Page) -> Result<usize, String> {
    let before = page.ended()?;
    std::thread::sleep(A_WHILE);
    assert_eq!(page.ended()?, before, "a trial ended although the run stands still");
    Ok(before)
}

fn reaches(page: Page, count: usize) -> Result<(), String> {
    let enough = || Ok((page.ended()? >= count).then_some(()));
    page.wait(STUDY, &format!("the end of {count} trials"), enough)
}

#[test]
fn pause_step_resume_and_cancel() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    // More trials than end while this test lasts.
    browser.open(&site.page("v=1&n=2000"))?;
    reaches(page, 3)?;

    let paused = ENGLISH.text("state.paused");
    let pause = page.answer_time("pause", paused)?;
    stands_still(page)?;

    // What ran when it was paused comes to its end too, so the first step is counted by the trials given out.
    let before = page.trials()?.len();
    page.click("step")?;
    let all = || Ok((page.ended()? == before + 1).then_some(()));
    page.wait(SOON, "the end of the step", all)?;
    assert_eq!(stands_still(page)?, before + 1);
    page.click("step")?;
    reaches(page, before + 2)?;
    assert_eq!(stands_still(page)?, before + 2);
    assert_eq!(page.trials()?.len(), before + 2);

    let resume = page.answer_time("run", &format!("^(?!.*{paused})"))?;
    reaches(page, before + 4)?;
    let cancel = page.answer_time("cancel", ENGLISH.text("state.cancelled"))?;
    stands_still(page)?;
    println!("measured: answers to pause {pause:.0} ms, resume {resume:.0} ms, cancel {cancel:.0} ms");
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_lost_worker_is_replaced_and_changes_nothing() -> Result<(), String> {
    let undisturbed = visit()?;
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page(""))?;
    reaches(page, 4)?;
    page.click("end-worker")?;
    let replaced = || Ok(page.attribute("workers", "data-replaced")?.filter(|count| count == "1"));
    page.wait(SOON, "the worker's replacement", replaced)?;
    assert_eq!(page.finished()?, undisturbed.trials);
    Ok(())
}
