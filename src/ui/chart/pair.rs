//! The learning curves of two trials in one small chart.

use std::fmt::Write as _;

use super::axes::{LABEL_HEIGHT, LABEL_WIDTH, Sides, draw};
use super::cursor::{Places, cursor};
use super::save::{Figures, Saved, save};
use super::scale::{Scale, extent};
use super::shape::{Frame, Plot};
use super::ticks::labels;
use super::width::width_of;
use crate::ui::format::fine;
use crate::ui::run::Run;
use crate::ui::say::{fill, metric, say, trial_name};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{View, el, svg};

const HEIGHT: f64 = 200.0;

/// What is drawn: the axes, and a path for either trial: its curve, and the dot of the epoch that counts.
#[derive(Clone, Debug, PartialEq)]
struct Picture {
    plot: Plot,
    sides: Sides,
    paths: [String; 2],
    /// The epochs, and what is said of each.
    places: Places,
    lines: Vec<Vec<String>>,
}

/// The chart.
pub fn pair_of_curves(store: Store, both: [u32; 2]) -> View {
    let canvas = el("div").attr("class", "canvas");
    let width = width_of(canvas.element());
    let picture = Memo::new(move || {
        let frame = Frame { width: width.get(), height: HEIGHT };
        store.run(|run| picture(run, both, frame)).flatten()
    });
    let drawing = svg("svg")
        .attrs(&[("height", &HEIGHT.to_string()), ("role", "img"), ("aria-labelledby", "pair-curves")])
        .attr_of("width", move || Some(width.get().to_string()))
        .shows(move || {
            let Picture { plot, sides, paths, .. } = picture.get()?;
            let classes = ["one", "other"];
            let paths = classes.iter().zip(&paths).map(|(class, d)| svg("path").attrs(&[("class", class), ("d", d)]));
            Some(View::group([draw(&plot, &sides).into(), svg("g").attr("class", "marks two").children(paths).into()]))
        });
    let saved =
        Saved { figures: Figures::Pair, name: "pair".to_owned(), picture: Some(drawing.element().clone()), run: false };
    let menu = save(store, saved, move || picture.with(Option::is_some));
    let places = Memo::new(move || picture.with(|picture| Some(picture.as_ref()?.places.clone())));
    let says = move |at: usize| picture.with(|picture| picture.as_ref()?.lines.get(at).cloned());
    let missing = move || {
        let shared = store.run(|run| run.shared) == Some(true);
        say(if shared { "page.curves-shared" } else { "page.curves-empty" }).to_owned()
    };
    let legend = ["one", "other"].into_iter().zip(both);
    let legend = legend.map(|(class, number)| el("span").attr("class", class).text(&trial_name(number)));
    el("div")
        .attr("class", "chart")
        .child(
            el("div")
                .attr("class", "chart-head")
                .child(el("p").attrs(&[("id", "pair-curves"), ("class", "kicker")]).text(say("page.curves")))
                .child(menu),
        )
        .child(el("p").attr("class", "two legend").children(legend))
        .child(
            canvas.child(cursor(store, drawing, (places, Signal::new(None)), Box::new(says))).child(
                el("p").attr("class", "empty").flag("hidden", move || picture.with(Option::is_some)).says(missing),
            ),
        )
        .into()
}

fn picture(run: &Run, both: [u32; 2], frame: Frame) -> Option<Picture> {
    let [one, other] = both.map(|number| run.trials.get(&number));
    let trials = [one?, other?];
    let curves = trials.map(|trial| {
        let points = trial.curve.iter().filter_map(|point| Some((f64::from(point.epoch), point.valid?)));
        points.collect::<Vec<_>>()
    });
    let objective = run.study.objective;
    let all = || curves.iter().flatten();
    let last = all().map(|corner| corner.0).max_by(f64::total_cmp)?;
    let values: Vec<f64> = all().map(|corner| corner.1).collect();
    let x = Scale::new((1.0, last.max(10.0)), frame.x());
    let y = Scale::new(extent(&values, None, objective.higher_is_better())?, frame.y());
    let plot = Plot { frame, x, y, high_is_good: objective.higher_is_better() };
    let labels = |scale: &Scale, room: f64, whole| {
        let (from, to) = scale.pixels;
        labels(scale.domain, (to - from).abs(), room, whole)
    };
    let key = if plot.high_is_good { "page.y-history-high" } else { "page.y-history" };
    let sides = Sides {
        across: labels(&x, LABEL_WIDTH, true),
        up: labels(&y, LABEL_HEIGHT, false),
        across_title: say("page.x-curves").to_owned(),
        up_title: fill(key, &[("metric", metric(objective))]),
    };
    let path = |at: usize| {
        let mut path = String::new();
        let place = |corner: &(f64, f64)| (plot.x.at(corner.0).round(), plot.row(corner.1).round());
        for (nth, corner) in curves[at].iter().enumerate() {
            let (x, y) = place(corner);
            let _written = write!(path, "{}{x} {y}", if nth == 0 { 'M' } else { 'L' });
        }
        let counts = curves[at].iter().find(|corner| corner.0 == f64::from(trials[at].epochs));
        if let Some((x, y)) = counts.map(place) {
            let _written = write!(path, "M{} {y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0", x - 4.0);
        }
        path
    };
    let mut places = Places { room: frame, at: Vec::new(), columns: true };
    let mut lines: Vec<Vec<String>> = Vec::new();
    for epoch in 1..=last as u32 {
        let at = |curve: &Vec<(f64, f64)>| curve.iter().find(|corner| corner.0 == f64::from(epoch)).copied();
        let values = [at(&curves[0]), at(&curves[1])];
        let Some(first) = values.iter().flatten().next() else { continue };
        let named = values
            .iter()
            .zip(both)
            .filter_map(|(corner, number)| corner.map(|(_, value)| format!("{} {}", trial_name(number), fine(value))));
        let title = format!("{} {epoch}", say("page.x-curves"));
        places.at.push((plot.x.at(first.0), plot.row(first.1)));
        lines.push(std::iter::once(title).chain(named).collect());
    }
    (frame.width > 0.0).then(|| Picture { plot, sides, paths: [path(0), path(1)], places, lines })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    #[test]
    fn both_curves_are_drawn_with_the_epoch_that_counts() {
        let run = recorded::shown(3);
        let frame = Frame { width: 300.0, height: HEIGHT };
        let Picture { paths, sides, places, lines, .. } = picture(&run, [0, 2], frame).unwrap();
        for path in &paths {
            assert_eq!((path.matches('L').count(), path.matches('a').count()), (11, 2));
        }
        assert_ne!(paths[0], paths[1]);
        let curve = &run.trials[&2].curve;
        assert_eq!((places.at.len(), lines.len()), (curve.len(), curve.len()));
        let (valid, lines) = (curve[4].valid.unwrap(), &lines[4]);
        assert_eq!((lines.len(), lines[0].as_str()), (3, "epoch 5"));
        assert_eq!(lines[2], format!("trial 2 {valid:.4}"));
        assert!(sides.up.len() > 1 && sides.up_title.contains("RMSE"));
        assert_eq!(picture(&run, [0, 99], frame), None);
    }
}
