//! After a reload: what was searched last can go on. Nothing is offered on a first visit, nor where a link says what to do.

use super::described::{name, trials};
use crate::protocol::SavedStudy;
use crate::study::Study;
use crate::ui::say::{fill, say};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{View, apart, el, shows};

/// The line that offers it.
pub fn offer(store: Store) -> View {
    let may_be = Memo::new(move || store.offers.get() && store.model.with(|model| !model.saved.is_empty()));
    shows(move || may_be.get().then(|| line(store)))
}

apart!(fn line(store: Store) = last, in offer);

fn last(store: Store) -> View {
    let offered = Memo::new(move || {
        let running = store.run(|run| run.study.clone());
        let settings = store.study.get().ok();
        let is_plain = store.is_plain.get();
        store.model.with(|model| offered(&model.saved, running.as_ref(), settings.as_ref(), is_plain).cloned())
    });
    shows(move || {
        let study = offered.get()?;
        let text = fill("page.saved-offer", &[("trials", trials(&study)), ("name", name(&study))]);
        let goes_on = study.trials < study.study.search.trials;
        let go_on = el("button")
            .attrs(&[("type", "button"), ("data-testid", "saved-continue")])
            .on("click", move |_| store.open_saved(&study))
            .text(say(if goes_on { "page.saved-continue" } else { "page.saved-open" }));
        let dismiss = el("button")
            .attrs(&[("type", "button"), ("class", "quiet")])
            .on("click", move |_| store.offer_no_more())
            .text(say("page.dismiss"));
        let line = [("class", "banner"), ("role", "status"), ("data-testid", "saved-offer")];
        let buttons = el("div").attr("class", "group").child(go_on).child(dismiss);
        Some(el("div").attrs(&line).child(el("p").text(&text)).child(buttons).into())
    })
}

/// What was saved last, unless it is what runs; where the address has settings, only if they are its own.
fn offered<'a>(
    saved: &'a [SavedStudy],
    running: Option<&Study>,
    settings: Option<&Study>,
    is_plain: bool,
) -> Option<&'a SavedStudy> {
    let last = saved.first()?;
    let is_own = |settings: &Study| {
        let mut study = settings.clone();
        study.data.hash.clone_from(&last.study.data.hash);
        last.is_of(&study)
    };
    let wanted = is_plain || settings.is_some_and(is_own);
    (wanted && !running.is_some_and(|study| last.is_of(study))).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Seed;

    #[test]
    fn what_was_saved_last_is_offered_where_no_link_says_otherwise() {
        let mut study = Study::default();
        study.data.hash = "ab".into();
        let other = Study { seed: Seed(8), ..study.clone() };
        let saved = [study.clone(), other.clone()].map(|study| SavedStudy::new("id".into(), study));
        let first = Some(&saved[0]);
        assert_eq!(offered(&[], None, None, true), None);
        // A visit without a link, which runs something else or nothing.
        assert_eq!(offered(&saved, None, Some(&Study::default()), true), first);
        assert_eq!(offered(&saved, Some(&other), Some(&other), true), first);
        assert_eq!(offered(&saved, Some(&study), Some(&study), true), None);
        // Its own settings in the address, whatever the budget; and those of another study.
        let mut longer = Study::default();
        longer.search.trials += 20;
        assert_eq!(offered(&saved, None, Some(&longer), false), first);
        assert_eq!(offered(&saved, None, Some(&other), false), None);
    }
}
