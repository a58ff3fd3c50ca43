//! The tabs of a phone: below headline and history stands what was chosen. On a wider screen everything stands side by side
//! and there are no tabs. The style sheet follows the radio buttons, which bring their keys with them.

use super::say::say;
use super::view::{El, View, el};

/// The tabs.
pub fn tabs() -> View {
    let tabs = [
        ("tab-results", "page.tab-results"),
        ("tab-settings", "page.settings"),
        ("tab-advice", "page.advice-own"),
        ("tab-more", "page.tab-more"),
    ];
    el("fieldset")
        .attr("class", "tabs")
        .child(el("legend").attr("class", "visually-hidden").text(say("page.tabs")))
        .children(tabs.map(|(id, key)| tab(id, say(key))))
        .into()
}

fn tab(id: &str, name: &str) -> El {
    let input = el("input").attrs(&[("type", "radio"), ("name", "tab"), ("id", id), ("data-testid", id)]);
    let input = if id == "tab-results" { input.attr("checked", "") } else { input };
    el("label").child(input).child(el("span").text(name))
}
