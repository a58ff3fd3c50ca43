//! What was searched is there after a reload, goes on to the same bits, and is renamed, compared and deleted.

use rectune::words::ENGLISH;
use serde_json::json;

use super::browser::Browser;
use super::folder::Folder;
use super::own_data::{is_read, pick, ratings};
use super::page::{Page, SOON, STUDY, Trial};
use super::site::Site;

/// How a page of other settings is opened: an address that differs by its fragment only loads nothing.
fn open_anew(browser: &Browser, address: &str) -> Result<(), String> {
    browser.open("about:blank")?;
    browser.open(address)
}

/// The trials of a run that nothing interrupts.
fn uninterrupted(site: &Site, link: &str) -> Result<Vec<Trial>, String> {
    let browser = Browser::chromium()?;
    browser.open(&site.page(link))?;
    Page(&browser).finished()
}

/// All trials of a run that is over, which may be faster than its table is drawn.
fn all(page: Page, count: usize) -> Result<Vec<Trial>, String> {
    page.finished()?;
    let look = || Ok(Some(page.trials()?).filter(|trials| trials.len() == count));
    page.wait(SOON, &format!("the rows of {count} trials"), look)
}

/// Waits until so many trials have ended.
fn some_ended(page: Page, count: usize) -> Result<usize, String> {
    let look = || page.ended().map(|ended| (ended >= count).then_some(ended));
    page.wait(STUDY, &format!("the end of {count} trials"), look)
}

/// Opens the list and waits until it has so many studies.
fn list(page: Page, count: usize) -> Result<(), String> {
    page.click("open-saved")?;
    counted(page, count)
}

fn counted(page: Page, count: usize) -> Result<(), String> {
    let look = || Ok((page.0.run(ROWS, &json!([]))? == count).then_some(()));
    page.wait(SOON, &format!("{count} saved studies"), look)
}

const ROWS: &str = "return document.querySelectorAll('[data-testid=saved-study]').length";

/// Trials whose result was saved: they took no time.
const READ: &str = "return [...document.querySelectorAll('[data-testid=trials] tr[data-trial]')] \
                    .filter(row => row.lastElementChild.innerText.trim() === '').length";

#[test]
fn a_reload_goes_on_from_what_is_saved_to_the_same_trials() -> Result<(), String> {
    let site = Site::serve()?;
    // Proposals that use results, so that a trial which differs would change those behind it.
    let link = "v=1&s=tpe&n=30&seed=11";
    let expected = uninterrupted(&site, link)?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page(link))?;
    some_ended(page, 8)?;
    open_anew(&browser, &site.page(link))?;
    // What was saved is there at once, long before it could be trained.
    some_ended(page, 6)?;
    assert_eq!(all(page, expected.len())?, expected);
    // And once more, when all of it is: nothing is trained.
    open_anew(&browser, &site.page(link))?;
    assert_eq!(all(page, expected.len())?, expected);
    assert_eq!(browser.run(READ, &json!([]))?, expected.len());
    assert_eq!(page.text("saved-offer")?, None, "it goes on by itself: nothing is offered");
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn an_own_file_is_offered_after_a_reload_and_need_not_be_given_again() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page("v=1&n=6"))?;
    page.finished()?;
    assert_eq!(page.text("saved-offer")?, None, "nothing is offered on a first visit");
    pick(&browser, &folder.file("mine.csv", ratings("user,item,rating", 60, 80).as_bytes())?)?;
    is_read(page, "1,800", 60, 80)?;
    page.click("run")?;
    let trials = all(page, 6)?;
    // The files are kept behind the run's back.
    std::thread::sleep(std::time::Duration::from_secs(1));
    open_anew(&browser, &site.page(""))?;
    let offer = page.wait_for("saved-offer", SOON, "the offer to go on", |text| text.contains("mine.csv"))?;
    assert!(offer.contains("6 of 6"), "{offer}");
    page.click("saved-continue")?;
    is_read(page, "1,800", 60, 80)?;
    assert_eq!(all(page, 6)?, trials);
    assert_eq!(page.text("saved-offer")?, None);
    // The file can be read in another way without being given again.
    page.click("data-look")?;
    page.fill("clean-threshold", "2\t")?;
    page.wait_for("data-in-full", SOON, "the rows below the threshold", |text| text.contains("below the threshold"))?;
    page.click("data-close")?;
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn two_studies_are_named_compared_opened_and_deleted() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=4"))?;
    let first = page.finished()?;
    open_anew(&browser, &site.page("v=1&n=3&s=sobol"))?;
    let second = page.finished()?;
    list(page, 2)?;
    // The latest stands first.
    page.fill("saved-name", "evenly spread\t")?;
    let boxes = "document.querySelectorAll('[data-testid=saved-compare]').forEach(one => one.click())";
    browser.run(boxes, &json!([]))?;
    let whole = |text: &str| text.contains("evenly spread") && text.contains("Best of the first 2");
    let table = page.wait_for("saved-comparison", SOON, "the comparison", whole)?;
    assert!(table.contains("4 of 4 trials") && table.contains("3 of 3 trials"), "{table}");
    let open = "[...document.querySelectorAll('[data-testid=saved-open]')].at(arguments[0]).click()";
    browser.run(open, &json!([1]))?;
    assert_eq!(all(page, 4)?, first);
    assert_eq!(browser.run("return document.getElementById('trials').value", &json!([]))?, "4");
    open_anew(&browser, &site.page("v=1&n=3&s=sobol"))?;
    assert_eq!(all(page, 3)?, second);
    list(page, 2)?;
    let names = "return [...document.querySelectorAll('[data-testid=saved-name]')].map(one => one.value).sort().join()";
    assert_eq!(browser.run(names, &json!([]))?, ",evenly spread");
    // One click asks, the second deletes.
    page.click("saved-delete")?;
    assert_eq!(page.text("saved-delete")?.as_deref(), Some(ENGLISH.text("page.saved-delete-sure")));
    page.click("saved-delete")?;
    counted(page, 1)?;
    page.click("saved-close")?;
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn what_is_damaged_or_can_not_be_saved_is_told_in_a_sentence_and_the_run_goes_on() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=3"))?;
    let trials = page.finished()?;
    // Lines that are none, and a study that is none.
    let damage = "const done = arguments[0]; const request = indexedDB.open('rectune'); request.onsuccess = () => { \
        const change = request.result.transaction(['studies', 'lines'], 'readwrite'); \
        change.objectStore('studies').put('nonsense', 'other'); const lines = change.objectStore('lines'); \
        lines.getAllKeys().onsuccess = event => lines.put('nonsense', event.target.result[1]); \
        change.oncomplete = () => done(true); }";
    browser.run_async(damage, &json!([]))?;
    open_anew(&browser, &site.page("v=1&n=3"))?;
    assert_eq!(all(page, 3)?, trials);
    page.alert(&["can not be read"])?;
    page.click("open-saved")?;
    page.alert(&["Some saved studies (1) can not be read"])?;
    page.click("saved-close")?;
    // A database that this page can not open.
    browser.open(&format!("{}icon.svg", site.page("")))?;
    let newer = "const done = arguments[0]; indexedDB.open('rectune', 9).onsuccess = event => { \
                 event.target.result.close(); done(true); }";
    browser.run_async(newer, &json!([]))?;
    browser.open(&site.page("v=1&n=3"))?;
    assert_eq!(all(page, 3)?, trials);
    page.alert(&["saves no studies for this page"]).map(drop)
}

#[test]
fn full_storage_is_told_in_a_sentence_and_the_run_goes_on() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    // Before anything is written: what a page was allotted it keeps for a while.
    browser.devtools("Storage.overrideQuotaForOrigin", &json!({ "origin": site.origin(), "quotaSize": 1 }))?;
    browser.open(&site.page("v=1&n=4&s=sobol"))?;
    all(page, 4)?;
    let sentence = page.alert(&["no more room", "0 trials", "Delete saved studies"])?;
    println!("measured: {sentence}");
    Ok(())
}
