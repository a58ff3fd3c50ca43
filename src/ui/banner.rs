//! What stands above everything for a while: what was wrong with a link, a shared result, a copied link.

use super::actions::link_of;
use super::browser;
use super::lesson::lesson;
use super::model::Place;
use super::qr;
use super::saved::offer;
use super::say::{fill, say, sentence, verification};
use super::store::Store;
use super::view::{View, apart, el, opens, shows, svg};
use crate::study::link::Teaching;
use crate::study::{DataSource, Study};
use crate::ui::signal::Memo;

/// The lines above the page's regions.
pub fn banner(store: Store) -> View {
    let is_shared = Memo::new(move || store.model.with(|model| model.shared.is_some()));
    let is_copied = Memo::new(move || store.copied.with(Option::is_some));
    el("div")
        .attr("class", "banners")
        .child(lesson(store))
        .child(problems(store))
        .child(waiting_for_file(store))
        .child(shows(move || is_shared.get().then(|| shared_line(store))))
        .child(offer(store))
        .child(shows(move || is_copied.get().then(|| copied_line(store))))
        .child(newer_build(store))
        .into()
}

/// A newer build waits until the person wants it: a run is never ended for it.
fn newer_build(store: Store) -> View {
    shows(move || {
        store.newer.get().then(|| {
            let renew = el("button").attr("type", "button").on("click", |_| browser::tell("rectune-renew"));
            el("div")
                .attrs(&[("class", "banner"), ("role", "status"), ("data-testid", "newer")])
                .child(el("p").text(say("page.newer")))
                .child(renew.text(say("page.renew")))
                .child(quiet_button(move |_| store.newer.set(false)))
                .into()
        })
    })
}

/// What was wrong with a link, and why something is not saved.
fn problems(store: Store) -> View {
    let sentences = Memo::new(move || {
        let mut sentences: Vec<String> = store.notices.with(|notices| notices.iter().map(sentence).collect());
        sentences.extend(store.problem(Place::Link));
        sentences.extend(store.problem(Place::Saved));
        sentences
    });
    let dismiss = move |_| {
        store.notices.set(Vec::new());
        store.model.update(|model| {
            model.problems.remove(&Place::Link);
            model.problems.remove(&Place::Saved);
        });
    };
    shows(move || {
        let sentences = sentences.get();
        (!sentences.is_empty()).then(|| {
            el("div")
                .attrs(&[("class", "banner bad"), ("role", "alert"), ("data-testid", "link-error")])
                .child(el("div").children(sentences.iter().map(|text| el("p").text(text))))
                .child(quiet_button(dismiss))
                .into()
        })
    })
}

fn quiet_button(dismiss: impl FnMut(web_sys::Event) + 'static) -> View {
    el("button").attrs(&[("type", "button"), ("class", "quiet")]).on("click", dismiss).text(say("page.dismiss")).into()
}

/// A link names a file that only its reader has.
fn waiting_for_file(store: Store) -> View {
    let wanted = Memo::new(move || {
        let data = store.draft.with(|draft| draft.data.clone());
        let DataSource::File { name, .. } = data.source else { return None };
        let there = store.model.with(|model| model.data.as_ref().is_some_and(|loaded| loaded.hash == data.hash));
        (!there && !data.hash.is_empty()).then(|| {
            let hash = data.hash.chars().take(8).collect();
            fill("page.drop-to-continue", &[("name", name), ("hash", hash)])
        })
    });
    shows(move || {
        Some(el("p").attrs(&[("class", "banner"), ("data-testid", "waiting-for-file")]).text(&wanted.get()?).into())
    })
}

apart!(fn shared_line(store: Store) = shared_result, in link);
apart!(fn copied_line(store: Store) = copied_link, in link);

fn shared_result(store: Store) -> View {
    let words = Memo::new(move || {
        store.model.with(|model| {
            let trials = model.shared.as_ref()?.trials.len();
            Some(fill("page.shared-banner", &[("trials", trials.to_string())]))
        })
    });
    let verified = Memo::new(move || store.model.with(|model| model.verified.clone()));
    let verifying = move || store.model.with(|model| model.verifying);
    let no_data = move || store.model.with(|model| model.data.is_none());
    let outcome = move || {
        let verified = verified.get()?;
        let class = if verified.first_difference.is_none() { "good" } else { "bad" };
        Some(el("p").attrs(&[("class", class), ("data-testid", "verified")]).text(&verification(&verified)).into())
    };
    shows(move || {
        let words = words.get()?;
        let button = [("type", "button"), ("id", "verify"), ("data-testid", "verify")];
        let banner = el("div")
            .attrs(&[("class", "banner"), ("data-testid", "shared")])
            .child(el("div").child(el("p").text(&words)).child(el("div").attr("role", "status").shows(outcome)))
            .child(
                el("button")
                    .attrs(&button)
                    .flag("disabled", move || verifying() || no_data())
                    .on("click", move |_| store.verify())
                    .says(move || say(if verifying() { "page.verifying" } else { "page.verify" }).to_owned()),
            );
        Some(banner.into())
    })
}

fn copied_link(store: Store) -> View {
    shows(move || {
        let copied = store.copied.get()?;
        let key = if copied.done { "page.copied" } else { "page.copy-by-hand" };
        let text = fill(key, &[("characters", copied.link.chars().count().to_string())]);
        let field = [("id", "link"), ("data-testid", "link"), ("type", "text"), ("readonly", "")];
        let banner = el("div")
            .attrs(&[("class", "banner good"), ("role", "status")])
            .child(el("label").attr("for", "link").text(&text))
            .child(el("input").attrs(&field).property("value", move || copied.link.as_str().into()))
            .child(qr_of_settings(store))
            .child(quiet_button(move |_| store.copied.set(None)));
        Some(banner.into())
    })
}

/// The settings as a code that a class scans from the wall. A result is too long for one.
fn qr_of_settings(store: Store) -> View {
    let study = move || store.study.get().ok();
    let details = el("details").attr("data-testid", "qr").child(el("summary").text(say("page.qr")));
    opens(details, move || shows(move || study().map(|study| qr_of(study, store.teaching.get())))).into()
}

apart!(
    fn qr_of(study: Study, teaching: Teaching) =
        |study: Study, teaching: Teaching| picture(&link_of(&study, &teaching, None)), in more
);

fn picture(link: &str) -> View {
    const QUIET: usize = 4;
    let Some(code) = qr::encode(&browser::address(link)) else {
        return el("p").attr("class", "note").text(say("page.qr-too-long")).into();
    };
    let mut path = String::new();
    for row in 0..code.size {
        for column in (0..code.size).filter(|&column| code.is_dark(row, column)) {
            path.push_str(&format!("M{} {}h1v1h-1z", column + QUIET, row + QUIET));
        }
    }
    let side = (code.size + 2 * QUIET).to_string();
    svg("svg")
        .attrs(&[("viewBox", &format!("0 0 {side} {side}")), ("role", "img"), ("class", "qr")])
        .attr("aria-label", say("page.qr"))
        .child(svg("rect").attrs(&[("width", &side), ("height", &side), ("fill", "#fff")]))
        .child(svg("path").attr("d", &path))
        .into()
}
