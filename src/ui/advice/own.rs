//! The person's own ratings: each can be changed and taken back.

use leptos::prelude::event_target_value;

use super::Panel;
use super::person::steps;
use crate::decimal;
use crate::ui::browser;
use crate::ui::format::short;
use crate::ui::say::fill;
use crate::ui::signal::Memo;
use crate::ui::view::{El, Key, View, el, rows};

/// The ratings, and how many there are.
pub(super) fn own_ratings(panel: Panel) -> View {
    let keys = move || panel.person.with(|person| person.own.iter().map(|(own, _)| (own.idx, 0)).collect());
    let count = Memo::new(move || panel.person.with(|person| person.own.len()));
    let so_far = move || {
        let count = count.get();
        if count == 0 { String::new() } else { fill("page.rated-so-far", &[("count", count.to_string())]) }
    };
    View::group([
        el("ul")
            .attrs(&[("class", "own"), ("data-testid", "own")])
            .child(rows(keys, move |key| rated(panel, key)))
            .into(),
        el("p").attr("class", "note").flag("hidden", move || count.get() == 0).says(so_far).into(),
    ])
}

fn rated(panel: Panel, (item, _): Key) -> El {
    let own = panel.person.with(|person| person.own.iter().find(|(own, _)| own.idx == item).cloned());
    let Some((named, rating)) = own else { return el("li") };
    let data = panel.store.model.with_untracked(|model| model.data.clone());
    let name = [("name", named.name.clone())];
    let id = format!("remove-{item}");
    let remove = [("type", "button"), ("class", "quiet"), ("id", &id), ("aria-label", &fill("page.remove", &name))];
    let own_id = id.clone();
    let remove = el("button").attrs(&remove).text("×").on("click", move |_| {
        browser::pass_focus(&own_id, "find-items");
        panel.change(|person| person.remove(item));
    });
    let mut line = el("li").child(el("span").text(&named.name));
    // Where a row only says that something happened, there is nothing to choose from.
    if let Some(data) = data.filter(|data| !data.implicit) {
        let rate = move |event: web_sys::Event| {
            let Some(rating) = decimal::parse(&event_target_value(&event)) else { return };
            let again = named.clone();
            panel.change(|person| person.rate(again, rating));
        };
        let option = |step: f64| {
            let option = el("option").attr("value", &step.to_string()).text(&format!("{} ★", short(step)));
            if step == rating { option.attr("selected", "") } else { option }
        };
        let label = fill("page.rating-of", &name);
        let select = el("select").attr("aria-label", &label).on("change", rate);
        line = line.child(select.children(steps(data.scale).into_iter().map(option)));
    }
    line.child(remove)
}
