//! That nothing leaves the tab, and a button that tries.

use crate::protocol::{Command, RunState};
use crate::ui::say::{fill, say};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{View, el};

/// The line at the end of the right region.
pub fn privacy(store: Store) -> View {
    let results = Memo::new(move || {
        store
            .model
            .with(|model| model.privacy.iter().map(|(role, refused)| (role.clone(), *refused)).collect::<Vec<_>>())
    });
    let workers = move || store.model.with(|model| model.ready.then_some(model.workers));
    let replaced = move || workers().map(|(_, replaced)| replaced.to_string());
    let words = move || {
        let Some((alive, replaced)) = workers() else { return String::new() };
        let fields = [("alive", alive.to_string()), ("replaced", replaced.to_string())];
        let key = match (alive, replaced) {
            (1, 0) => "page.worker",
            (_, 0) => "page.workers",
            _ => "page.workers-replaced",
        };
        fill(key, &fields)
    };
    let sentences = move || {
        let sentence = |(role, refused): (String, bool)| {
            let key = if refused { "page.privacy-refused" } else { "page.privacy-open" };
            el("li")
                .attrs(&[("data-role", &role), ("data-refused", if refused { "true" } else { "false" })])
                .attr("class", if refused { "" } else { "bad" })
                .text(&fill(key, &[("role", role_name(&role))]))
                .into()
        };
        Some(View::group(results.get().into_iter().map(sentence)))
    };
    let button = |id| el("button").attrs(&[("type", "button"), ("id", id), ("data-testid", id), ("class", "quiet")]);
    let check = button("check-privacy")
        .on("click", move |_| store.send(&Command::CheckPrivacy))
        .text(say("page.privacy-check"));
    let end = button("end-worker")
        .attr("title", say("page.end-worker-meaning"))
        .on("click", move |_| store.send(&Command::EndWorker))
        .text(say("page.end-worker"));
    let is_fewer = Memo::new(move || {
        store.model.with(|model| model.state() == Some(RunState::Running) && model.workers.0 < model.most_workers)
    });
    let fewer = move || if is_fewer.get() { say("page.fewer-workers") } else { "" }.to_owned();
    let count = el("span").attr("data-testid", "workers").attr_of("data-replaced", replaced).says(words);
    el("section")
        .attrs(&[("class", "privacy"), ("aria-label", say("page.privacy"))])
        .child(el("p").text(say("page.privacy-line")).text(" ").child(check))
        .child(el("ul").attrs(&[("role", "status"), ("data-testid", "privacy")]).shows(sentences))
        .child(el("p").attr("class", "note").child(count).text(" ").child(end))
        .child(el("p").attr("class", "note").says(fewer))
        .into()
}

fn role_name(role: &str) -> String {
    match role {
        "conductor" => say("page.role-conductor").to_owned(),
        "trainer" => say("page.role-trainer").to_owned(),
        "reader" => say("page.role-reader").to_owned(),
        other => other.to_owned(),
    }
}
