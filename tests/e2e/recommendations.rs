//! A person rates what they know and gets a list: found by name, answered at once, better with the best trial, again after a
//! worker was lost. Titles are texts whatever stands in them.

use rectune::words::ENGLISH;
use serde_json::json;

use super::browser::Browser;
use super::folder::Folder;
use super::own_data::{pick, pick_together, ratings};
use super::page::{Page, SOON};
use super::site::Site;

/// WebDriver's keys.
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";

/// Types a name and takes the suggestion below the first when `second`, else the first.
fn find(page: Page, field: &str, name: &str, second: bool) -> Result<(), String> {
    let input = page.0.find(&format!("[data-testid={field}]"))?;
    page.0.type_into(&input, name)?;
    // Suggestions of letters before stay until those of the last are there.
    let wanted = name.to_lowercase();
    let first = "return document.querySelector('[role=option]')?.innerText.toLowerCase() ?? ''";
    let look = || {
        let text = page.0.run(first, &json!([]))?.as_str().unwrap_or_default().to_owned();
        Ok(wanted.split(' ').all(|word| text.contains(word)).then_some(()))
    };
    page.wait(SOON, &format!("suggestions for {name}"), look)?;
    page.0.type_into(&input, if second { DOWN } else { "" })?;
    page.0.type_into(&input, ENTER)
}

fn own(page: Page) -> Result<usize, String> {
    let count = page.0.run("return document.querySelectorAll('[data-testid=own] li').length", &json!([]))?;
    Ok(count.as_u64().unwrap_or_default() as usize)
}

fn rate(page: Page, name: &str, count: usize) -> Result<(), String> {
    find(page, "find-items", name, false)?;
    page.wait(SOON, &format!("the rating of {name}"), || Ok((own(page)? == count).then_some(())))
}

/// Waits for a list by the trial that is best now, and returns its lines.
fn list(page: Page) -> Result<Vec<String>, String> {
    let script = "const list = document.querySelector('[data-testid=places]'); \
                  const best = document.querySelector('[data-testid=trials] tr.best')?.dataset.trial; \
                  const busy = list?.closest('[aria-busy]'); \
                  return list && !busy && list.dataset.trial === best ? [...list.children].map(one => one.innerText) : null";
    page.wait(SOON, "a list by the best trial", || {
        let lines = page.0.run(script, &json!([]))?;
        Ok(lines.as_array().map(|all| all.iter().filter_map(|one| one.as_str()).map(str::to_owned).collect()))
    })
}

/// Gives the first rating another value and returns after how many milliseconds the list has changed.
fn answer_time(page: Page, option: usize) -> Result<f64, String> {
    let script = "const [at, done] = arguments; const seq = () => document.querySelector('[data-testid=places]')?.dataset.seq; \
        const before = seq(), start = performance.now(); \
        const look = () => { if (seq() && seq() !== before) { watch.disconnect(); done(performance.now() - start); } }; \
        const watch = new MutationObserver(look); \
        watch.observe(document.querySelector('[data-testid=advice]'), { subtree: true, childList: true }); \
        const select = document.querySelector('[data-testid=own] select'); select.value = select.options[at].value; \
        select.dispatchEvent(new Event('change', { bubbles: true }));";
    let time = page.0.run_async(script, &json!([option]))?;
    time.as_f64().ok_or_else(|| "the list does not follow a rating".to_owned())
}

#[test]
fn the_list_follows_ratings_trials_and_lost_workers() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page(""))?;
    page.sample()?;

    // While the study runs.
    for (count, name) in (1..).zip(["toy story", "MATRIX the", "amelie", "pulp fict", "godfather"]) {
        rate(page, name, count)?;
    }
    assert!(page.text("own")?.unwrap_or_default().contains("Amelie"), "found whatever the accents");
    let running: Vec<f64> = (1..6).map(|option| answer_time(page, option)).collect::<Result<_, _>>()?;
    page.finished()?;
    let lines = list(page)?;
    assert_eq!(lines.len(), 10);
    assert!(lines.iter().all(|line| line.contains("Because you") && line.contains('%')), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains("Toy Story (1995)\n")), "what was rated is listed: {lines:?}");
    let resting: Vec<f64> = (1..6).map(|option| answer_time(page, option)).collect::<Result<_, _>>()?;
    println!("measured: lists after {running:.0?} ms while trials run, {resting:.0?} ms at rest");

    // The same ratings have the same list, also from another worker.
    answer_time(page, 0)?;
    let before = list(page)?;
    page.click("end-worker")?;
    let replaced = || Ok(page.attribute("workers", "data-replaced")?.filter(|count| count == "1"));
    page.wait(SOON, "the worker's replacement", replaced)?;
    answer_time(page, 4)?;
    answer_time(page, 0)?;
    assert_eq!(list(page)?, before);

    // As a probability, calibrated on the validation rows, and as places alone: the same items in the same order.
    let first = |line: &String| line.lines().next().unwrap_or_default().to_owned();
    let titles = |lines: &[String]| lines.iter().map(first).collect::<Vec<_>>();
    page.choose("advice-output", "probability")?;
    let percent = |text: &str| text.lines().filter(|line| line.ends_with('%') && line.len() < 8).count() == 10;
    page.wait_for("places", SOON, "probabilities", percent)?;
    let likely = list(page)?;
    println!("measured: {likely:?}");
    assert_eq!(titles(&likely), titles(&before));
    page.choose("advice-output", "ranking")?;
    page.wait_for("places", SOON, "places alone", |text| {
        !text.lines().any(|line| line.ends_with('%') && line.len() < 8)
    })?;
    page.choose("advice-output", "rating")?;
    assert_eq!(list(page)?, before);

    page.choose("advice-whose", "user")?;
    find(page, "find-users", "414", false)?;
    page.wait_for("theirs", SOON, "what the user rated", |text| text.contains('★'))?;
    let theirs = list(page)?;
    assert!(theirs.len() == 10 && theirs != before);
    assert!(theirs.iter().all(|line| line.contains("Because of their")), "{theirs:?}");
    assert_eq!(page.alerts()?, Vec::<String>::new());
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn hostile_titles_stay_texts() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page("v=1&n=3"))?;
    page.sample()?;
    let hostile = "<img src=x onerror='window.hacked=1'>";
    // Every item bears it, so that list, reasons and suggestions are full of it.
    let text = ratings("user,item,rating", 60, 80).replace(",i", &format!(",{hostile}"));
    let text = text.replace(&format!("user,{hostile}tem"), "user,item");
    pick(&browser, &folder.file("hostile.csv", text.as_bytes())?)?;
    let sentence = |text: &str| text.contains("1,800");
    page.wait_for("data-summary", SOON, "the file's sentence", sentence)?;
    page.click("run")?;
    page.finished()?;
    find(page, "find-items", "img", true)?;
    let lines = list(page)?;
    assert!(lines.len() == 10 && lines.iter().all(|line| line.matches(hostile).count() >= 2), "{lines:?}");
    let harm = browser.run(
        "return [window.hacked ?? null, document.querySelectorAll('[data-testid=advice] img').length]",
        &json!([]),
    )?;
    assert_eq!(harm, json!([null, 0]));
    assert!(page.text("own")?.unwrap_or_default().contains(hostile));
    page.choose("advice-whose", "user")?;
    find(page, "find-users", "u7", false)?;
    page.wait_for("theirs", SOON, "what the user rated", |text| text.contains(hostile))?;
    let empty = ENGLISH.text("page.advice-no-user");
    assert!(!page.text("advice")?.unwrap_or_default().contains(empty));
    Ok(())
}

#[test]
fn what_nobody_has_rated_is_recommended_by_its_genre() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page("v=1&goal=ranking&m=content-knn&n=2"))?;
    page.sample()?;
    let genre = |item: usize| if item < 5 { "War|Drama" } else { ["Comedy", "Drama"][item % 2] };
    let name = |item: usize| ["Anna", "Boris", "Clara", "Dora", "Emil"].get(item).copied().unwrap_or("Film");
    let rated: String = (0..80).map(|item| format!("i{item},{} {item},{}\n", name(item), genre(item))).collect();
    let files = [
        folder.file("films.csv", format!("item,title,genres\n{rated}new,Never seen,War|Drama\n").as_bytes())?,
        folder.file("mine.csv", ratings("user,item,rating", 60, 80).as_bytes())?,
    ];
    pick_together(&browser, &files)?;
    page.wait_for("data-summary", SOON, "the files' sentence", |text| text.contains("60 users"))?;
    page.click("data-look")?;
    let others = ENGLISH.fill("page.items-others", &[("count", "1".to_owned())]);
    page.wait_for("data-in-full", SOON, "the item without ratings", |text| text.contains(&others))?;
    page.click("data-close")?;
    page.click("run")?;
    page.finished()?;
    for (count, name) in (1..).zip(["anna", "boris", "clara"]) {
        rate(page, name, count)?;
    }
    // Of the same genres as all that is liked are two more, which somebody has rated, and then this one.
    let lines = list(page)?;
    let unrated = format!("War, Drama · {}", ENGLISH.text("page.unrated"));
    assert!(lines[2].starts_with("Never seen") && lines[2].contains(&unrated), "{lines:?}");
    assert!(lines[2].contains("Because you liked Anna 0"), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.contains(ENGLISH.text("page.unrated"))).count(), 1, "{lines:?}");
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}
