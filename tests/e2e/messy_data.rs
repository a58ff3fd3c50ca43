//! A person's own file as it may be: with rows that can not be used, of one person, or so large that its reading is stopped.

use std::fmt::Write;

use rectune::words::ENGLISH;
use serde_json::json;

use super::browser::Browser;
use super::folder::Folder;
use super::own_data::{drop_file, ratings};
use super::page::{Page, SOON};
use super::site::Site;

/// Ratings of 60 users with times, and below them what can go wrong with a row, from line 1,802 on.
fn messy() -> String {
    let mut text = String::new();
    for (at, line) in ratings("user,item,rating", 60, 80).lines().enumerate() {
        let time = if at == 0 { "time".to_owned() } else { (1_000_000_000 + at * 1_000).to_string() };
        writeln!(text, "{line},{time}").expect("a string takes everything");
    }
    let rows = [
        "",
        "u1,i1",
        ",i1,3,1000000000",
        "u1,i1,good,1000000000",
        "u1,i1,3,yesterday",
        "u1,i79,77,1000000000",
        "u2,i6,1,2000000000",
        "monotone,i1,3,1000000000",
        "monotone,i2,3,1000000000",
        "u3,i1,0,1000000000",
    ];
    text + &rows.join("\n") + "\n"
}

/// What is said of rows that a step left out.
fn left_out(count: u32, reason: &str, line: &str) -> String {
    let reason = ENGLISH.text(&format!("skipped.{reason}")).to_owned();
    ENGLISH.fill("page.left-out-from", &[("count", count.to_string()), ("reason", reason), ("line", line.to_owned())])
}

#[test]
fn each_step_of_cleaning_tells_what_it_left_out_with_a_line_and_is_undone() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page("v=1&n=3"))?;
    page.sample()?;
    drop_file(&browser, &folder.file("messy.csv", messy().as_bytes())?)?;
    let before = page.wait_for("data-summary", SOON, "the file's sentence", |text| text.contains("61 users"))?;
    page.click("data-look")?;
    let told = |count, reason, line| {
        let sentence = left_out(count, reason, line);
        page.wait_for("data-in-full", SOON, &sentence, |text| text.contains(&sentence)).map(drop)
    };
    for (reason, line) in [
        ("blank-line", "1,802"),
        ("ragged-row", "1,803"),
        ("missing-user", "1,804"),
        ("not-a-number", "1,805"),
        ("not-a-time", "1,806"),
        ("repeated-pair", "1,808"),
    ] {
        told(1, reason, line)?;
    }
    let roles = "return [...document.querySelectorAll('[data-testid=preview] th')].map(cell => cell.dataset.role)";
    assert_eq!(browser.run(roles, &json!([]))?, json!(["user", "item", "rating", "time"]));
    // The split says what it comes to; so late a test part is no leak, one drawn at random is.
    let split = |key: &str| ENGLISH.text(key).rsplit('}').next().unwrap_or_default().to_owned();
    for (by, key, there) in [("random", "page.cut-leaks", true), ("time", "page.cut-leaks", false)] {
        page.choose("split-by", by)?;
        let sentence = split(key);
        page.wait_for("split-report", SOON, &sentence, |text| text.contains(&sentence) == there)?;
        page.wait_for("split-report", SOON, "who is unknown", |text| text.contains("known to training"))?;
    }
    page.fill("clean-scale", "1..5.5\t")?;
    told(2, "outside-scale", "1,807")?;
    page.choose("clean-zeros", "implicit")?;
    told(1, "implicit-zero", "1,811")?;
    page.choose("clean-constant_users", "skip")?;
    told(2, "constant-user", "1,809")?;
    page.click("clean-undo")?;
    page.wait_for("data-summary", SOON, "what was read at first", |text| text == before)?;
    let gone = |text: &str| !text.contains(&left_out(2, "constant-user", "1,809"));
    page.wait_for("data-in-full", SOON, "the rows that were left out, used again", gone)?;
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn what_one_person_rated_is_not_run_until_another_column_is_chosen() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page("v=1&n=3"))?;
    page.sample()?;
    let mut text = "Date,Name,Year,Letterboxd URI,Rating\n".to_owned();
    for film in 0..120 {
        let (day, year, rating) = (1 + film % 28, 1960 + film % 6, 1 + film * 7 % 5);
        writeln!(text, "2024-01-{day:02},Film {film},{year},https://boxd.it/{film},{rating}")
            .expect("a string takes everything");
    }
    drop_file(&browser, &folder.file("ratings.csv", text.as_bytes())?)?;
    let sentence = ENGLISH.fill("error.one-person", &[("file", "ratings.csv".to_owned())]);
    page.wait_for("data-error", SOON, &sentence, |text| text == sentence)?;
    page.click("run")?;
    assert_eq!(page.trials()?.len(), 0);
    page.click("data-look")?;
    page.wait_for("reasons", SOON, "what is missing", |text| text.contains(ENGLISH.text("note.one-person")))?;
    page.choose("role-2", "user")?;
    page.wait_for("reasons", SOON, "the years as users", |text| !text.contains(ENGLISH.text("note.one-person")))?;
    page.click("data-close")?;
    page.wait_for("data-summary", SOON, "years as users", |text| text.contains("6 users"))?;
    page.click("run")?;
    assert_eq!(page.finished()?.len(), 3);
    Ok(())
}

#[test]
fn reading_tells_how_far_it_is_and_can_be_stopped() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let folder = Folder::new()?;
    browser.open(&site.page("v=1&n=3"))?;
    let before = page.sample()?;
    let mut text = String::from("user,item,rating\n");
    for row in 0..6_000_000_u32 {
        writeln!(text, "{},{},{}", row / 50, row * 7 % 9_973, 1 + row % 5).expect("a string takes everything");
    }
    let large = folder.file("large.csv", text.as_bytes())?;
    // Stopped as soon as it has said how far it is.
    let stop = "new MutationObserver((_, watch) => { \
        const said = document.querySelector('[data-testid=loading]')?.innerText; \
        if (!said || said.startsWith('0')) return; \
        watch.disconnect(); window.said = said; document.querySelector('[data-testid=stop-loading]').click(); \
        }).observe(document.body, { subtree: true, childList: true, characterData: true })";
    browser.run(stop, &json!([]))?;
    drop_file(&browser, &large)?;
    let said = page.wait(SOON, "how far reading is", || {
        Ok(browser.run("return window.said ?? null", &json!([]))?.as_str().map(str::to_owned))
    })?;
    assert!(said.contains("MB") && said.contains("rows"), "{said}");
    let still = "return document.querySelector('[data-testid=loading]') === null";
    page.wait(SOON, "the end of reading", || Ok((browser.run(still, &json!([]))? == true).then_some(())))?;
    assert_eq!(page.text("data-summary")?, Some(before));
    assert_eq!(page.alerts()?, Vec::<String>::new());
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}
