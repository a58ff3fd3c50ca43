//! How the data is cut, and what that comes to before anything is run.

use super::of_report;
use crate::protocol::{Command, SplitReport};
use crate::study::SplitSpec;
use crate::ui::format::count;
use crate::ui::model::Place;
use crate::ui::say::{fill, say, word};
use crate::ui::settings::field::{chooser, labelled};
use crate::ui::signal::{Memo, effect};
use crate::ui::store::Store;
use crate::ui::view::{View, el, problem};

/// What each way of cutting begins with. Fractions of one's own are written under "Advanced".
const WAYS: [(&str, &str); 5] = [
    ("random", "random:0.1,0.1"),
    ("user", "user:0.1,0.1"),
    ("kfold", "kfold:5,0.1"),
    ("last", "last:1,1"),
    ("time", "time:0.1,0.1"),
];

pub(super) fn cut(store: Store) -> View {
    let way = move || {
        store.draft.with(|draft| {
            let by = draft.split.split(':').next().unwrap_or_default();
            WAYS.iter().find(|(way, _)| *way == by).map_or("", |(way, _)| way)
        })
    };
    let choose = move |way: &str| {
        let split = WAYS.iter().find(|(known, _)| *known == way).and_then(|(_, text)| SplitSpec::parse(text));
        let has_test = of_report(store, |report| report.test.is_some()).unwrap_or(false);
        if let Some(split) = split {
            let split = if has_test { split.without_test() } else { split };
            store.draft.update(|draft| draft.split = split.to_string());
        }
    };
    let wanted = Memo::new(move || {
        let loads = store.model.with(|model| model.loads);
        let cut = |study: &crate::study::Study| (loads, study.split, study.seed);
        store.study.with(|study| study.as_ref().ok().map(cut))
    });
    effect(move || {
        if let Some((1.., split, seed)) = wanted.get() {
            store.send(&Command::TrySplit { split, seed });
        }
    });
    let tried = Memo::new(move || store.model.with(|model| model.tried));
    let options = WAYS.map(|(way, _)| (way, word("split", way)));
    super::part("data-cut", "page.split")
        .child(el("div").attr("class", "row").child(labelled(
            "split-by",
            say("page.split-by"),
            chooser("split-by", options, way, choose),
        )))
        .child(problem(move || store.problem(Place::Run), "split-problem"))
        .shows(move || {
            let report = tried.get()?;
            let lines = sentences(&report).into_iter().map(|line| el("li").text(&line));
            Some(el("ul").attrs(&[("class", "note"), ("data-testid", "split-report")]).children(lines).into())
        })
        .into()
}

/// What a split comes to, in sentences.
fn sentences(report: &SplitReport) -> Vec<String> {
    let fields = [
        ("train", count(report.train.into())),
        ("valid", count(report.valid.into())),
        ("test", count(report.test.into())),
        ("folds", report.folds.to_string()),
        ("users", count(report.cold_users.into())),
        ("items", count(report.cold_items.into())),
        ("uncut", count(report.uncut_users.into())),
        ("leaks", count(report.leaks.into())),
        ("overlap", count(report.overlap.into())),
    ];
    let cold = report.cold_users + report.cold_items;
    let all = [
        ("page.cut-parts", true),
        ("page.cut-folds", report.folds > 1),
        ("page.cut-cold", cold > 0),
        ("page.cut-known", cold == 0 && report.test > 0),
        ("page.cut-uncut", report.uncut_users > 0),
        ("page.cut-leaks", report.leaks > 0),
        ("page.cut-overlap", report.overlap > 0),
    ];
    all.into_iter().filter(|(_, is_so)| *is_so).map(|(key, _)| fill(key, &fields)).collect()
}
