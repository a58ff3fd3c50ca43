//! What the data looks like: small bar charts of counts that the conductor made. A bar is an element of the list that the
//! chart is, so that it can be read without being seen.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};

use super::of_report;
use crate::protocol::{Bar, GenreCount, Profile, Sequence, Step};
use crate::ui::chart::{Figures, Saved, is_touch, lead, save};
use crate::ui::format::{count, seconds, short};
use crate::ui::say::{fill, say};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{El, View, el};

/// How the end of a bar is written.
type Label<'a> = &'a dyn Fn(f64) -> String;

pub(super) fn charts(store: Store) -> View {
    let profile = Memo::new(move || store.model.with(|model| model.profile.clone()));
    let saved = Saved { figures: Figures::Profile, name: "data".to_owned(), picture: None, run: false };
    super::part("data-charts", "page.data-charts")
        .child(save(store, saved, move || profile.with(Option::is_some)))
        .shows(move || {
            let profile = profile.get()?;
            Some(
                el("div")
                    .attrs(&[("class", "charts"), ("data-testid", "data-charts")])
                    .children(all(store, &profile))
                    .into(),
            )
        })
        .shows(move || profile.with(|profile| profile.as_ref()?.sequence.as_ref().map(|own| sequence(store, own))))
        .child(el("p").attr("class", "note").says(move || warnings(store)))
        .into()
}

/// How a user's rows follow each other.
fn sequence(store: Store, sequence: &Sequence) -> View {
    let (timed, implicit) = of_report(store, |report| (report.timed, report.implicit)).unwrap_or_default();
    let step = |step: &Step| {
        let what = [Some(step.item.clone()), (!implicit).then(|| short(step.rating)), timed.then(|| day(step.time))];
        el("li").text(&what.into_iter().flatten().collect::<Vec<_>>().join(" · "))
    };
    let fields = [
        ("user", sequence.user.clone()),
        ("shown", count(sequence.steps.len() as u64)),
        ("of", count(sequence.of.into())),
    ];
    View::group([
        el("p").attr("class", "sequence-of").text(&fill("page.sequence", &fields)).into(),
        el("ol")
            .attrs(&[("class", "sequence note"), ("data-testid", "sequence")])
            .children(sequence.steps.iter().map(step).collect::<Vec<_>>())
            .into(),
    ])
}

fn all(store: Store, profile: &Profile) -> Vec<El> {
    let whole = |value| count(value as u64);
    // Genres have names in place of numbers: the bars count them.
    let genre = |at: f64| profile.genres.get(at as usize).map(|genre| genre.name.clone()).unwrap_or_default();
    let bar = |(at, genre): (u32, &GenreCount)| Bar { low: at.into(), high: at.into(), count: genre.count };
    let genres: Vec<Bar> = (0..).zip(&profile.genres).map(bar).collect();
    let charts: [(_, &[Bar], _, Label); 7] = [
        ("page.bars-ratings", &profile.ratings, false, &short),
        ("page.bars-users", &profile.per_user, true, &whole),
        ("page.bars-items", &profile.per_item, true, &whole),
        ("page.bars-times", &profile.times, false, &day),
        ("page.bars-gaps", &profile.gaps, true, &duration),
        ("page.bars-years", &profile.years, false, &|year| format!("{year}")),
        ("page.bars-genres", &genres, false, &genre),
    ];
    let charts = charts.into_iter().filter(|(_, bars, ..)| !bars.is_empty());
    charts.map(|(title, bars, log, label)| chart(store, title, bars, log, label)).collect()
}

/// With `log`, heights are logarithmic: what is rare can be seen beside what is frequent.
fn chart(store: Store, title: &'static str, bars: &[Bar], log: bool, label: Label) -> El {
    let height = |count: u32| if log { libm::log2(f64::from(count) + 1.0) } else { f64::from(count) };
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    let range = |bar: &Bar| match bar.low == bar.high {
        true => label(bar.low),
        false => format!("{} – {}", label(bar.low), label(bar.high)),
    };
    let words = |bar: &Bar| fill("page.bar", &[("range", range(bar)), ("count", count(bar.count.into()))]);
    let words: Rc<[String]> = bars.iter().map(words).collect();
    // The bar under the pointer or the cursor.
    let lit = Signal::new(None::<u32>);
    let bar = |(at, bar): (u32, &Bar)| {
        let share = height(bar.count) / height(most).max(1.0);
        // What is there is seen.
        let percent = if bar.count > 0 { (100.0 * share).max(1.5) } else { 0.0 };
        el("li")
            .attr("aria-label", &words[at as usize])
            .toggle("lit", move || lit.get() == Some(at))
            .on("pointerenter", move |_| lit.set(Some(at)))
            .child(el("i").style("height", move || format!("{percent:.1}%")))
    };
    let bars_of = (0..).zip(bars).map(bar).collect::<Vec<El>>();
    let ends = [bars.first().map_or(0.0, |bar| bar.low), bars.last().map_or(0.0, |bar| bar.high)];
    let order: Vec<(f64, u32)> = (0..bars.len() as u32).map(|at| (at.into(), at)).collect();
    let own = Rc::clone(&words);
    let walk = move |event: Event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        if let Some(to) = lead(&order, lit.get_untracked(), &event.key()) {
            event.prevent_default();
            lit.set(Some(to));
            store.said.set(own.get(to as usize).cloned().unwrap_or_default());
        }
    };
    let told = move || lit.get().and_then(|at| words.get(at as usize).cloned()).unwrap_or_else(|| count(most.into()));
    el("figure")
        .child(el("figcaption").text(say(title)).child(el("span").attr("class", "note").says(told)))
        .child(
            el("ol")
                .attrs(&[("class", "bars"), ("tabindex", "0"), ("aria-label", say(title))])
                .on("pointerleave", move |event| {
                    if !is_touch(&event) {
                        lit.set(None);
                    }
                })
                .on("blur", move |_| lit.set(None))
                .on("keydown", walk)
                .children(bars_of),
        )
        .child(el("div").attr("class", "ends note").children(ends.map(|end| el("span").text(&label(end)))))
}

/// Seconds since 1970 as a day, or as they are where there are no days any more.
fn day(seconds: f64) -> String {
    const LAST: f64 = 8.64e12;
    if seconds.abs() > LAST {
        return short(seconds);
    }
    let date = js_sys::Date::new(&(seconds * 1_000.0).into());
    let text: String = date.to_iso_string().into();
    text.chars().take(10).collect()
}

fn duration(value: f64) -> String {
    const DAY: f64 = 86_400.0;
    if value < 2.0 * DAY { seconds(value) } else { fill("page.days", &[("days", count((value / DAY) as u64))]) }
}

/// What times can not tell.
fn warnings(store: Store) -> String {
    let tied = store.model.with(|model| model.profile.as_ref().map_or(0, |profile| profile.tied));
    let words = of_report(store, |report| match () {
        () if !report.timed && report.ordered => say("page.order-of-file").to_owned(),
        () if !report.timed => fill("note.no-times", &[]),
        () if tied > 0 => fill("page.tied-times", &[("tied", count(tied.into())), ("of", count(report.used.into()))]),
        () => String::new(),
    });
    words.unwrap_or_default()
}
