//! How configurations are proposed, and what seldom needs to be touched.

use super::draft::{Draft, Field};
use super::field::{chooser, complaint, labelled, note, text_field, tick};
use crate::protocol::{Command, Forecast};
use crate::study::{MetricSpec, SamplerKind, SchedulerKind};
use crate::ui::format::{about, count};
use crate::ui::say::{self, fill, meaning, say, word};
use crate::ui::signal::{Memo, effect};
use crate::ui::store::Store;
use crate::ui::view::{El, View, apart, el, opens};

/// The search's panel.
pub fn search(store: Store) -> View {
    let sampler = move || store.draft.with(|draft| draft.sampler);
    let pick = move |name: &str| {
        if let Some(sampler) = SamplerKind::named(name) {
            store.draft.update(|draft| draft.sampler = sampler);
        }
    };
    let grid = move || {
        store.study.with(|study| {
            let study = study.as_ref().ok().filter(|study| study.search.sampler == SamplerKind::Grid)?;
            let points = study.space().ok()?.grid_count()?;
            Some(fill("page.grid-points", &[("points", count(points))]))
        })
    };
    let options = SamplerKind::ALL.map(|one| (one.name(), word("sampler", one.name())));
    let samplers = chooser("sampler", options, move || sampler().name(), pick);
    let scheduler = move || store.draft.with(|draft| draft.scheduler.name());
    let pick = move |name: &str| {
        if let Some(scheduler) = SchedulerKind::named(name) {
            store.draft.update(|draft| draft.scheduler = scheduler);
        }
    };
    let options = SchedulerKind::ALL.map(|one| (one.name(), word("scheduler", one.name())));
    let schedulers = chooser("scheduler", options, scheduler, pick);
    let begins = move || store.draft.with(|draft| draft.first.is_some());
    let begin = move |on: bool| store.draft.update(|draft| draft.first = on.then(Vec::new));
    let given = move || {
        let count = store.draft.with(|draft| draft.first.as_ref().map_or(0, Vec::len));
        (count > 0).then(|| fill("page.first-given", &[("count", count.to_string())]))
    };
    let line = || el("p").attr("class", "note");
    el("fieldset")
        .attr("class", "panel search")
        .child(el("legend").text(say("page.search")))
        .child(labelled("sampler", say("page.sampler"), samplers))
        .child(line().says(move || meaning("sampler", sampler().name())))
        .child(line().attr("data-testid", "grid-points").says(move || grid().unwrap_or_default()))
        .child(tick("first", say("page.first"), begins, begin))
        .child(line().says(move || given().unwrap_or_default()))
        .child(labelled("scheduler", say("page.scheduler"), schedulers))
        .child(line().says(move || meaning("scheduler", scheduler())))
        .child(
            el("div")
                .attr("class", "fields")
                .child(setting(store, "trials", "page.trials", |draft| &mut draft.trials))
                .child(setting(store, "seconds", "page.seconds-limit", |draft| &mut draft.seconds))
                .child(setting(store, "seed", "page.seed", |draft| &mut draft.seed)),
        )
        .child(forecast(store))
        .into()
}

/// What the run would take, asked of the conductor whenever that may have changed: with the settings, the data, or what was
/// learned from a run.
fn forecast(store: Store) -> El {
    let asked = Memo::new(move || {
        let (loads, over) = store.model.with(|model| {
            let over = model.run.as_ref().is_some_and(|run| run.state.is_over());
            (model.data.as_ref().map(|_| model.loads), over)
        });
        let study = store.study.with(|study| study.as_ref().ok().cloned());
        Some((study?, loads?, over))
    });
    effect(move || {
        if let Some((study, ..)) = asked.get() {
            store.send(&Command::Forecast { study });
        }
    });
    let words = move || {
        let Forecast { seconds, mib, trainers } = store.model.with(|model| model.forecast)?;
        asked.with(Option::is_some).then_some(())?;
        let memory = count(about_mib(mib));
        Some(fill("page.forecast", &[("time", about(seconds)), ("memory", memory), ("trainers", trainers.to_string())]))
    };
    el("p").attrs(&[("class", "note"), ("data-testid", "forecast")]).says(move || words().unwrap_or_default())
}

/// Two digits are as much as an estimate is worth.
fn about_mib(mib: f64) -> u64 {
    let unit = if mib < 100.0 {
        1.0
    } else if mib < 1_000.0 {
        10.0
    } else {
        100.0
    };
    ((mib / unit).ceil() * unit) as u64
}

/// What seldom needs to be touched.
pub fn advanced(store: Store) -> View {
    let panel = el("details")
        .attrs(&[("class", "panel"), ("id", "advanced"), ("data-testid", "advanced")])
        .child(el("summary").text(say("page.advanced")));
    opens(panel, move || seldom(store)).into()
}

apart!(
    /// How trials are judged, cut, trained and ended.
    fn seldom(store: Store) = whole, in more
);

fn whole(store: Store) -> View {
    let early = move || store.draft.with(|draft| draft.early);
    let patience = setting(store, "patience", "page.patience", |draft| &mut draft.patience);
    let fields = || el("div").attr("class", "fields");
    let judged = fields().child(setting(store, "top", "page.top", |draft| &mut draft.top)).child(setting(
        store,
        "relevant",
        "page.relevant",
        |draft| &mut draft.relevant,
    ));
    let trained = fields()
        .child(setting(store, "epochs", "page.epochs-limit", |draft| &mut draft.epochs))
        .child(el("div").flag("hidden", move || !early()).child(patience))
        .child(setting(store, "lag", "page.lag", |draft| &mut draft.lag));
    let ended = fields().child(setting(store, "total", "page.total", |draft| &mut draft.total)).child(setting(
        store,
        "gain",
        "page.gain-least",
        |draft| &mut draft.gain,
    ));
    el("div")
        .attr("class", "fold")
        .child(objectives(store))
        .child(judged)
        .child(note(say("page.relevant-meaning")))
        .child(setting(store, "split", "page.split", |draft| &mut draft.split))
        .child(note(say("page.split-syntax")))
        .child(tick("early", say("page.early"), early, move |on| store.draft.update(|draft| draft.early = on)))
        .child(trained)
        .child(note(say("page.lag-meaning")))
        .child(ended)
        .child(note(say("page.gain-meaning")))
        .into()
}

/// What trials are judged by, among the metrics of the goal.
fn objectives(store: Store) -> El {
    let goal = Memo::new(move || store.draft.with(|draft| draft.goal));
    let objective = move || store.draft.with(|draft| draft.objective.name());
    let pick = move |name: &str| {
        if let Some(metric) = MetricSpec::named(name) {
            store.draft.update(|draft| draft.objective = metric);
        }
    };
    el("div").shows(move || {
        let options = goal.get().objectives().iter().map(|&one| (one.name(), say::metric(one)));
        Some(labelled("objective", say("page.objective"), chooser("objective", options, objective, pick)).into())
    })
}

/// The field of a plain setting.
fn setting(store: Store, name: &'static str, label: &'static str, place: fn(&mut Draft) -> &mut String) -> El {
    // Reading goes through the same function as writing, on a copy: one place says which field is meant.
    let value = move || store.draft.with(|draft| place(&mut draft.clone()).clone());
    let change = move |text| store.draft.update(|draft| *place(draft) = text);
    let error = format!("{name}-error");
    let input = text_field(store, name, Field::Setting(name), value, change).attr("aria-describedby", &error);
    labelled(name, say(label), input).child(complaint(store, &error, Field::Setting(name)))
}
