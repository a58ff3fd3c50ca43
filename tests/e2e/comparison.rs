//! What a person sets side by side: trials that a filter keeps, two trials, and the candidates of all models.

use std::time::Instant;

use rectune::study::link;
use rectune::words::ENGLISH;
use serde_json::json;

use super::browser::Browser;
use super::page::{Page, SOON, STUDY};
use super::site::Site;

#[test]
fn trials_are_filtered_and_two_are_laid_side_by_side() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=8"))?;
    let all = page.finished()?;
    assert_eq!(all.len(), 8);

    page.fill("filter", "trial<3 banana")?;
    page.alert(&["banana", "n_factors"])?;
    page.fill("filter", "trial<3 rmse>0")?;
    let counted = page.wait_for("filter-count", SOON, "the filter's count", |text| !text.is_empty())?;
    assert_eq!(counted, "3 of 8 trials");
    let shown: Vec<u32> = page.trials()?.iter().map(|trial| trial.number).collect();
    assert_eq!(shown, [0, 1, 2]);

    let tick = "document.querySelector(`tr[data-trial='${arguments[0]}'] [data-testid=pin]`).click()";
    for number in [0, 2] {
        browser.run(tick, &json!([number]))?;
    }
    let told = |text: &str| text.contains("95 %");
    let verdict = page.wait_for("pair-verdict", SOON, "whether the two differ", told)?;
    assert!(verdict.contains("RMSE"), "{verdict}");
    let table = page.text("pair-table")?.unwrap_or_default();
    assert!(table.contains("trial 0") && table.contains("trial 2") && table.contains('≠'), "{table}");
    page.click("unpin")?;
    assert_eq!(page.trials()?.len(), 3);
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_trial_says_why_it_was_chosen() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=14&s=gp&lag=2"))?;
    page.finished()?;
    for (trial, key) in [(0, "page.why-start"), (13, "page.why-expected")] {
        page.click("tab-trials")?;
        let choose = "const row = document.querySelector(`tr[data-trial='${arguments[0]}'] button`); row?.click(); return Boolean(row)";
        page.wait(SOON, "the trial's row", || Ok((browser.run(choose, &json!([trial]))? == true).then_some(())))?;
        page.click("tab-why")?;
        // The sentence up to its first figure.
        let start = ENGLISH.text(key).split('{').next().unwrap_or_default();
        let told = |text: &str| text.starts_with(start) && text.to_lowercase().contains(&format!("trial {trial}"));
        let sentence = page.wait_for("why", SOON, "why the trial was chosen", told)?;
        println!("measured: {sentence}");
    }
    let drawn =
        "return [...document.querySelectorAll('[data-testid^=why-] .mean')].map(one => one.getAttribute('d').length)";
    let look = || Ok(browser.run(drawn, &json!([]))?.as_array().filter(|all| all.len() == 3).cloned());
    let drawn = page.wait(SOON, "a chart for each parameter", look)?;
    assert!(drawn.iter().all(|length| length.as_u64() > Some(100)), "{drawn:?}");
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn candidates_are_compared_by_ratings_and_by_lists() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=6&m=svd,bias"))?;
    page.finished()?;
    page.click("tab-candidates")?;
    let whole = |text: &str| text.contains(ENGLISH.text("page.candidates-lists"));
    let table = page.wait_for("candidates", SOON, "the comparison", whole)?;
    for metric in ["RMSE", "MAE", "NDCG", "coverage"] {
        assert!(table.contains(metric), "{metric}: {table}");
    }
    assert!(table.contains(ENGLISH.text("page.candidates-baseline")), "{table}");
    // Every figure has its interval, and the best, in first place, is left of all that cannot be told from it.
    let script = "const all = [...document.querySelectorAll('[data-testid=candidates] [data-group]')].map(one => Number(one.dataset.group)); \
        return [all, document.querySelectorAll('[data-testid=candidates] .judges .interval').length]";
    let seen = browser.run(script, &json!([]))?;
    let places: Vec<u64> = seen[0].as_array().into_iter().flatten().filter_map(serde_json::Value::as_u64).collect();
    assert!(places.len() == 3 && places[0] == 1 && places.is_sorted() && places[2] > 1, "{seen}");
    assert_eq!(seen[1], 3);
    // On other splits too: five trainings each, and who is ahead on how many of them.
    page.click("resplit")?;
    let told = |text: &str| text.contains("5");
    let splits = page.wait_for("resplits", STUDY, "the other splits", told)?;
    println!("measured: {splits:?}");
    assert!(splits.contains('±') && splits.contains("of 5"), "{splits}");
    // What a run will take is said before and after it.
    let forecast = page.wait_for("forecast", SOON, "the forecast", |text| text.contains("MB"))?;
    println!("measured: {forecast}");
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_goal_is_chosen_and_its_lists_are_judged_tested_and_repeated() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=4&m=bias"))?;
    page.finished()?;
    page.choose("goal", "ranking")?;
    // What is ticked for lists by itself takes longer.
    for model in ["model-ials", "model-ease"] {
        page.click(model)?;
    }
    browser.run("document.querySelector('#advanced summary').click()", &json!([]))?;
    page.fill("top", "0")?;
    page.alert(&["top = 0", "1 to 1000"])?;
    page.fill("relevant", "all")?;
    page.alert(&["relevant = all", "a number"])?;
    page.fill("top", "5")?;
    page.fill("relevant", "4")?;
    page.click("run")?;
    let of_lists = |text: &str| text.contains("NDCG");
    let headline = page.wait_for("headline", STUDY, "a best list", of_lists)?;
    page.finished()?;
    println!("measured: {headline}");

    // Several seeds for each of the best.
    page.click("repeat")?;
    let seeds = ENGLISH.text("page.finalist").split_once("{count}").map_or("", |(_, end)| end);
    let finalists = page.wait_for("finalists", STUDY, "other seeds", |text| text.contains(seeds))?;
    assert!(finalists.contains("5 seeds"), "{finalists}");

    page.click("open-test")?;
    page.wait_for("test-value", STUDY, "the figure of lists on the test part", of_lists)?;
    let verdict = page.text("verdict")?.unwrap_or_default();
    println!("measured: {verdict}");
    // They are better than those of what is popular: of lists more is better.
    assert!(verdict.starts_with("It is a winner: better than Popularity"), "{verdict}");
    let test = page.text("test")?.unwrap_or_default();
    assert!(test.contains("verage"), "the average of the best is missing: {test}");
    let link = page.copy_link()?;
    assert!(link.contains("goal=ranking&top=5&relevant=4&m=ease"), "{link}");
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

/// Every model at its defaults on MovieLens' small data set, with the tuned baselines; then every list is judged.
#[test]
fn all_candidates_are_trained_and_scored() -> Result<(), String> {
    let site = Site::serve()?;
    for (goal, models) in [
        ("rating", "svd,svdpp,nmf,als,item-knn,user-knn,slope-one,bias,mean"),
        ("ranking", "ease,ials,bpr,popular,item-knn,content-knn"),
    ] {
        let browser = Browser::chromium()?;
        let page = Page(&browser);
        let count = models.split(',').count();
        let decoded = link::decode(&format!("v=1&goal={goal}&m={models}&n={count}&split=random:0.1,0.1"));
        assert!(decoded.problems.is_empty(), "{:?}", decoded.problems);
        let mut study = decoded.study;
        let default = |model: &str| study.first_point(&[("model".to_owned(), model.into())]);
        study.first = models.split(',').map(default).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        let start = Instant::now();
        browser.open(&site.page(&link::encode(&study)))?;
        let trials = page.finished()?;
        let trained = start.elapsed().as_secs_f64();
        assert_eq!(page.alerts()?, Vec::<String>::new());
        let names: Vec<&str> = trials.iter().filter_map(|trial| trial.cells.first()).map(String::as_str).collect();
        assert!(names.iter().copied().eq(models.split(',')), "{names:?}");
        assert!(trials.iter().all(|trial| !trial.value.is_empty()), "{trials:?}");
        page.click("tab-candidates")?;
        let whole = |text: &str| text.contains(ENGLISH.text("page.candidates-lists"));
        page.wait_for("candidates", STUDY, "the comparison", whole)?;
        let scored = start.elapsed().as_secs_f64();
        println!(
            "measured: {goal}: {count} models from the page's start in {trained:.1} s, every list judged after {scored:.1} s"
        );
        assert_eq!(browser.complaints()?, Vec::<String>::new());
    }
    Ok(())
}

#[test]
fn samplers_race_beside_a_run_that_has_come_to_rest() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=4&m=bias"))?;
    page.finished()?;
    page.click("tab-race")?;
    page.click("race-run")?;
    let whole = |text: &str| text.starts_with("4 of 4");
    let told = page.wait_for("race-told", STUDY, "the end of the race", whole)?;
    println!("measured: {told}");
    let table = page.text("race-table")?.unwrap_or_default();
    assert!(table.contains("Random") && table.contains('%'), "{table}");
    let lines = "return document.querySelectorAll('[data-testid=race] .line').length";
    assert_eq!(browser.run(lines, &json!([]))?, 3);
    // The run itself is what it was.
    page.click("tab-trials")?;
    page.wait(SOON, "the run's own trials", || Ok((page.trials()?.len() == 4).then_some(())))?;
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_search_ends_when_little_is_expected_and_shows_how_little() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=60&s=gp&lag=2&gain=0.0002"))?;
    let words = ENGLISH.text("page.gain-left").replace("{gain}", "");
    let mut shown: Vec<String> = Vec::new();
    let look = || {
        let status = page.text("status")?.unwrap_or_default();
        let gain = status.split(", ").find_map(|part| part.strip_prefix(&words));
        let new = gain.map(str::to_owned).filter(|gain| shown.last() != Some(gain));
        shown.extend(new);
        Ok(status.ends_with(ENGLISH.text("state.finished")).then_some(()))
    };
    page.wait(STUDY, "the end of the run", look)?;
    let all = page.trials()?;
    println!("measured: {} trials; expected gains: {}", all.len(), shown.join(", "));
    assert!(all.len() < 60, "{} trials", all.len());
    let gains: Vec<f64> = shown.iter().filter_map(|gain| gain.parse().ok()).collect();
    // The end is told with what led to it, and nothing but figures is shown.
    assert!(gains.len() == shown.len() && gains.len() > 1 && gains.last() < Some(&0.0002), "{shown:?}");
    assert!(gains[0] > 0.0002, "{shown:?}");
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}

#[test]
fn two_parameters_are_drawn_with_what_is_expected_over_them() -> Result<(), String> {
    let site = Site::serve()?;
    let browser = Browser::chromium()?;
    let page = Page(&browser);
    browser.open(&site.page("v=1&n=12&s=gp&lag=2"))?;
    page.finished()?;
    page.click("tab-parameters")?;
    // Titles, note, bands that are drawn, dots of trials, and the names of the parameters that can be chosen.
    let script = "const text = name => document.querySelector(name)?.innerText ?? ''; \
        const paths = [...document.querySelectorAll('[data-testid=contour] path')].map(one => one.getAttribute('d') ?? ''); \
        const [x, y] = ['contour-x', 'contour-y'].map(id => document.getElementById(id)); \
        return [text('#contour-title'), text('.contour .note'), paths.filter(one => one.includes('Z')).length, \
            paths.join('').split('h0').length - 1, x?.value, y?.value, x ? [...x.options].map(one => one.value) : []]";
    let look = |apart_from: &str| {
        let seen = browser.run(script, &json!([]))?;
        let is_other = seen[0].as_str().is_some_and(|title| title != apart_from);
        Ok((is_other && seen[2].as_u64() > Some(8)).then_some(seen))
    };
    let seen = page.wait(SOON, "two parameters with bands", || look(""))?;
    println!("measured: {}", seen[0]);
    let title = seen[0].as_str().unwrap_or_default();
    assert!(title.starts_with("RMSE ") && seen[1].as_str().is_some_and(|note| note.contains("12 trials")), "{seen}");
    assert!(seen[3].as_u64() >= Some(12), "{seen}");
    // Another parameter in place of the first draws another picture.
    let names = seen[6].as_array().cloned().unwrap_or_default();
    let third = names.iter().find(|name| **name != seen[4] && **name != seen[5]).and_then(|name| name.as_str());
    page.choose("contour-x", third.ok_or("there are three parameters")?)?;
    let other = page.wait(SOON, "another picture", || look(title))?;
    assert!(other[4] == *third.unwrap_or_default() && other[5] == seen[5], "{other}");
    // The pointer reads a trial of it, which is lit there.
    let point = "const svg = document.querySelector('[data-testid=contour]'); svg.scrollIntoView({ block: 'center' }); \
        const box = svg.getBoundingClientRect(); svg.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, \
            clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 })); \
        return Boolean(svg.querySelector('.cursor')?.getAttribute('d'))";
    page.wait(SOON, "the trial under the pointer", || Ok((browser.run(point, &json!([]))? == true).then_some(())))?;
    assert_eq!(browser.complaints()?, Vec::<String>::new());
    Ok(())
}
