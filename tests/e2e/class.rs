//! Links for a class: what they hide, what they say, and that nothing in them ever becomes markup.

use serde_json::json;

use super::browser::Browser;
use super::page::{Page, SOON};
use super::site::Site;

/// How many elements of a link's making there are, and whether something of it has run.
const MADE: &str = "return [document.querySelectorAll('img, iframe, script:not(#boot), b').length, window.hit ?? null]";

#[test]
fn a_lesson_is_text_whatever_it_says() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    let hostile = "%3Cimg%20src%3Dx%20onerror%3D%22hit%3D1%22%3E%3Cscript%3Ehit%3D1%3C%2Fscript%3E%20%5Bx%5D(javascript%3Ahit%3D1)";
    let link = format!(
        "v=1&n=3&hide=data,test&lesson=%23%20Why%0A%0A**bold**%20{hostile}&%3Cb%3E=1&d=file:%3Cimg%20src%3Dy%3E&h=%3Cb%3E"
    );
    browser.open(&site.page(&link))?;
    let lesson = page.wait_for("lesson", SOON, "the lesson", |text| text.contains("bold"))?;
    for part in ["<img src=x onerror=\"hit=1\">", "<script>hit=1</script>", "[x](javascript:hit=1)"] {
        assert!(lesson.contains(part), "{lesson}");
    }
    page.alert(&["<b>"])?;
    page.wait_for("waiting-for-file", SOON, "the question for the file", |text| text.contains("<img src=y>"))?;
    assert_eq!(browser.run(MADE, &json!([]))?, json!([0, null]));
    let hidden =
        "return ['.data', '[data-testid=test]', '.search'].map(one => document.querySelector(one).checkVisibility())";
    page.built("test")?;
    page.built("trials")?;
    assert_eq!(browser.run(hidden, &json!([]))?, json!([false, false, true]));
    Ok(())
}

#[test]
fn a_seed_left_to_chance_is_drawn_and_written_back() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("seed=random&n=1&hide=goal"))?;
    page.finished()?;
    let fragment = browser.run("return location.hash", &json!([]))?;
    let fragment = fragment.as_str().unwrap_or_default();
    assert!(!fragment.contains("random") && fragment.ends_with("&hide=goal"), "{fragment}");
    // The code for the wall holds the same settings.
    page.copy_link()?;
    page.built("qr")
}

#[test]
fn a_lesson_of_the_page_leads_to_its_study() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=1"))?;
    page.finished()?;
    browser.run("document.querySelector('.lessons a').click()", &json!([]))?;
    page.wait_for("lesson", SOON, "the lesson", |text| text.contains("regularisation"))?;
    page.wait(SOON, "the lesson's three trials", || Ok((page.ended()? == 3).then_some(())))?;
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}
