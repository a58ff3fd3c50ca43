//! Validation against test, once the test part is open: the winner and the baselines, and the diagonal on which both agree.
//! No other trial is ever measured there.

use super::axes::{LABEL_HEIGHT, Sides, draw, line, text};
use super::cursor::{Places, cursor};
use super::save::{Figures, Saved, save};
use super::scale::{Scale, extent};
use super::shape::{Frame, Plot};
use super::ticks::labels;
use super::width::width_of;
use crate::study::MetricSpec;
use crate::ui::format::{figure, fine};
use crate::ui::model::Model;
use crate::ui::say::{fill, metric, say, trial_name, word};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{View, el, svg};

const HEIGHT: f64 = 260.0;

/// What was measured on both parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Both {
    /// What it is called.
    pub name: String,
    /// On the validation rows.
    pub valid: f64,
    /// On the test rows.
    pub test: f64,
}

/// The winner first, then the baselines; with the metric.
#[must_use]
pub fn both(model: &Model) -> Option<(MetricSpec, Vec<Both>)> {
    let (run, report) = (model.run.as_ref()?, model.test.as_ref()?);
    let objective = run.study.objective;
    let winner = Both {
        name: trial_name(report.number),
        valid: run.trials.get(&report.number)?.value?,
        test: report.figures.get(objective)?.value,
    };
    let baselines = report.baselines.iter().filter_map(|tested| {
        let known = run.baselines.iter().find(|known| known.model.model == tested.model.model)?;
        let test = tested.test.get(objective)?;
        Some(Both { name: word("model", tested.model.model.name()), valid: known.value, test })
    });
    Some((objective, std::iter::once(winner).chain(baselines).collect()))
}

/// The chart with its title.
pub fn tested(store: Store) -> View {
    let canvas = el("div").attr("class", "canvas");
    let width = width_of(canvas.element());
    let all = Memo::new(move || store.model.with(both));
    let plot = Memo::new(move || {
        let frame = Frame { width: width.get(), height: HEIGHT };
        let (objective, all) = all.get()?;
        let values: Vec<f64> = all.iter().flat_map(|one| [one.valid, one.test]).collect();
        let high_is_good = objective.higher_is_better();
        // Nothing is left out, however far it is: there are a few only.
        let domain = extent(&values, values.iter().copied().max_by(f64::total_cmp), high_is_good)?;
        let (x, y) = (Scale::new(domain, frame.x()), Scale::new(domain, frame.y()));
        (frame.width > 0.0).then_some(Plot { frame, x, y, high_is_good })
    });
    let title = move || {
        let told = all.with(|all| {
            let (objective, all) = all.as_ref()?;
            let winner = all.first()?;
            let fields =
                [("metric", metric(*objective)), ("valid", figure(winner.valid)), ("test", figure(winner.test))];
            Some(fill("page.tested-title", &fields))
        });
        told.unwrap_or_default()
    };
    let drawing = svg("svg")
        .attrs(&[("height", &HEIGHT.to_string()), ("role", "img"), ("data-testid", "tested")])
        .attr("aria-labelledby", "tested-title")
        .attr_of("width", move || Some(width.get().to_string()))
        .shows(move || Some(picture(&plot.get()?, &all.get()?.1)));
    let saved = Saved {
        figures: Figures::Tested,
        name: "tested".to_owned(),
        picture: Some(drawing.element().clone()),
        run: false,
    };
    let menu = save(store, saved, move || plot.with(Option::is_some));
    let places = Memo::new(move || {
        let plot = plot.get()?;
        let place = |one: &Both| (plot.x.at(one.valid), plot.y.at(one.test));
        let at = all.with(|all| Some(all.as_ref()?.1.iter().map(place).collect()))?;
        Some(Places { room: plot.frame, at, columns: false })
    });
    let says = move |at: usize| all.with(|all| all.as_ref()?.1.get(at).map(lines));
    el("section")
        .attrs(&[("class", "chart"), ("aria-labelledby", "tested-title")])
        .child(
            el("div")
                .attr("class", "chart-head")
                .child(el("p").attr("class", "kicker").text(say("page.tested")))
                .child(menu),
        )
        .child(el("h2").attr("id", "tested-title").says(title))
        .child(el("p").attr("class", "note").text(say("page.tested-note")))
        .child(canvas.child(cursor(store, drawing, (places, Signal::new(None)), Box::new(says))))
        .into()
}

/// What is said of a dot.
fn lines(one: &Both) -> Vec<String> {
    let part = |name, value| format!("{} {}", say(name), fine(value));
    vec![one.name.clone(), part("page.x-tested", one.valid), part("page.y-tested", one.test)]
}

fn picture(plot: &Plot, all: &[Both]) -> View {
    let ((left, right), (bottom, top)) = (plot.frame.x(), plot.frame.y());
    let sides = Sides {
        across: labels(plot.x.domain, right - left, 60.0, false),
        up: labels(plot.x.domain, bottom - top, LABEL_HEIGHT, false),
        across_title: say("page.x-tested").to_owned(),
        up_title: say("page.y-tested").to_owned(),
    };
    let diagonal = line((left, right), bottom).attr("y2", &top.to_string()).attr("class", "diagonal");
    let marks = all.iter().enumerate().map(|(at, one)| {
        let (x, y) = (plot.x.at(one.valid), plot.y.at(one.test));
        let (anchor, words_x) = if x < (left + right) / 2.0 { ("start", x + 9.0) } else { ("end", x - 9.0) };
        let dot = svg("path").attr("class", if at == 0 { "best" } else { "kept" }).attr("d", &format!("M{x} {y}h0"));
        let words = text((words_x, y), anchor, &format!("{} {}", one.name, figure(one.test)));
        svg("g").attr("class", "marks dots").child(dot).child(words.attr("dy", "0.32em").attr("class", "on-lines"))
    });
    View::group([draw(plot, &sides).into(), diagonal.into(), svg("g").children(marks).into()])
}
