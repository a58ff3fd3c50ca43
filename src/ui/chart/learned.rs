//! What a sampler had learned along one parameter when it proposed a trial: a small chart. A Gaussian process is drawn with
//! what it expected, and below that where it hoped for an improvement; a Parzen estimator with its two densities.

use super::axes::{LABEL_HEIGHT, LABEL_WIDTH, Sides, axis_name, draw};
use super::axis::Axis;
use super::save::{Figures, Saved, save};
use super::scale::{Scale, extent};
use super::shape::{Frame, Plot, line_through};
use super::ticks::labels;
use super::width::width_of;
use crate::protocol::{Explanation, Slice};
use crate::ui::run::Run;
use crate::ui::say::{fill, metric, say};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, svg};

const HEIGHT: f64 = 200.0;
/// Pixels below what is expected in which the expected improvement is drawn, and between the two.
const STRIP: (f64, f64) = (26.0, 8.0);

/// What is drawn: the axes, and paths by their class, in their order.
#[derive(Clone, Debug, PartialEq)]
struct Picture {
    plot: Plot,
    sides: Sides,
    paths: Vec<(&'static str, String)>,
}

/// The chart of the explanation's slice at a place.
pub fn learned(store: Store, why: Memo<Option<Explanation>>, at: usize) -> El {
    let canvas = el("div").attr("class", "canvas");
    let width = width_of(canvas.element());
    let picture = Memo::new(move || {
        let frame = Frame { width: width.get(), height: HEIGHT };
        let picture = |run: &Run, axes: &[Axis]| why.with(|why| picture(run, axes, why.as_ref()?, at, frame));
        store.axes.with(|axes| store.run(|run| picture(run, axes))).flatten()
    });
    let plot = Memo::new(move || picture.with(|picture| picture.as_ref().map(|picture| picture.plot)));
    let title = Memo::new(move || {
        let title = |run: &Run, axes: &[Axis]| {
            why.with(|why| {
                let slice = why.as_ref()?.slices.get(at)?;
                let axis = Axis::of(axes, &slice.name)?;
                let value = axis.name(*slice.at.get(slice.chosen as usize)?);
                Some(fill("page.why-along", &[("name", axis_name(run, axis)), ("value", value)]))
            })
        };
        store.axes.with(|axes| store.run(|run| title(run, axes))).flatten().unwrap_or_default()
    });
    let (id, name) = (format!("why-{at}-title"), format!("why-{at}"));
    let drawing = svg("svg")
        .attrs(&[("height", &HEIGHT.to_string()), ("role", "img"), ("aria-labelledby", &id), ("data-testid", &name)])
        .attr_of("width", move || Some(width.get().to_string()))
        .shows(move || {
            let Picture { plot, sides, paths } = picture.get()?;
            let paths = paths.iter().map(|(class, d)| svg("path").attrs(&[("class", class), ("d", d)]));
            let marks = svg("g").attr("class", "learned").children(paths);
            Some(View::group([marks.into(), draw(&plot, &sides).into()]))
        });
    let saved = Saved { figures: Figures::Learned, name, picture: Some(drawing.element().clone()), run: false };
    el("section")
        .attrs(&[("class", "chart"), ("aria-labelledby", &id)])
        .child(el("div").attr("class", "chart-head").child(save(store, saved, move || plot.with(Option::is_some))))
        .child(el("h3").attr("id", &id).says(move || title.get()))
        .child(canvas.child(drawing))
}

fn picture(run: &Run, axes: &[Axis], why: &Explanation, at: usize, frame: Frame) -> Option<Picture> {
    let slice = why.slices.get(at)?;
    let axis = Axis::of(axes, &slice.name)?;
    let (expects, high_is_good) = (!slice.mean.is_empty(), run.study.objective.higher_is_better());
    let (bottom, top) = frame.y();
    let came = run.trials.get(&why.number).and_then(|trial| trial.value).filter(|_| expects);
    let domain = if expects {
        let best = |slice: &Slice| if high_is_good { slice.high.clone() } else { slice.low.clone() };
        let values: Vec<f64> =
            why.slices.iter().flat_map(|slice| [slice.mean.clone(), best(slice)]).flatten().collect();
        extent(&values, came, high_is_good)?
    } else {
        let all = why.slices.iter().flat_map(|slice| slice.good.iter().chain(&slice.bad));
        (0.0, all.copied().max_by(f64::total_cmp)? * 1.05)
    };
    let floor = if expects { bottom - STRIP.0 - STRIP.1 } else { bottom };
    let x = Scale::new((-0.02, 1.02), frame.x());
    let plot = Plot { frame, x, y: Scale::new(domain, (floor, top)), high_is_good };
    let row = |value: f64| plot.y.at(value).clamp(top, floor);
    let column = |values: &[f64]| -> Vec<(f64, f64)> {
        slice.at.iter().zip(values).map(|(&at, &value)| (plot.x.at(at), row(value))).collect()
    };
    let chosen = plot.x.at(*slice.at.get(slice.chosen as usize)?);
    let mut paths = Vec::new();
    if expects {
        let back = column(&slice.low).into_iter().rev();
        paths.push(("band", format!("{}Z", line_through(column(&slice.high).into_iter().chain(back)))));
        paths.push(("chosen", format!("M{chosen:.1} {top}V{bottom}")));
        paths.push(("mean", line_through(column(&slice.mean).into_iter())));
        let hoped = slice.at.iter().zip(&slice.gain).map(|(&at, gain)| (plot.x.at(at), bottom - STRIP.0 * gain));
        let ends = [slice.at.first(), slice.at.last()].map(|end| (plot.x.at(end.copied().unwrap_or_default()), bottom));
        paths.push(("gain", format!("{}Z", line_through([ends[0]].into_iter().chain(hoped).chain([ends[1]])))));
    } else {
        paths.push(("chosen", format!("M{chosen:.1} {top}V{bottom}")));
        paths.push(("bad", line_through(column(&slice.bad).into_iter())));
        paths.push(("good", line_through(column(&slice.good).into_iter())));
    }
    paths.extend(came.map(|value| ("came", format!("M{chosen:.1} {:.1}h0", row(value)))));
    let ((left, right), height) = (frame.x(), floor - top);
    let sides = Sides {
        across: axis.ticks(((right - left) / LABEL_WIDTH) as usize),
        up: labels(domain, height, LABEL_HEIGHT, false),
        across_title: axis_name(run, axis),
        up_title: if expects { metric(run.study.objective) } else { say("page.why-density").to_owned() },
    };
    (frame.width > 0.0).then_some(Picture { plot, sides, paths })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Origin;
    use crate::ui::recorded;

    fn slice(name: &str) -> Slice {
        Slice { name: name.into(), at: vec![0.0, 0.5, 1.0], chosen: 1, ..Slice::default() }
    }

    fn drawn(slice: &Slice, frame: Frame) -> Option<Picture> {
        let run = recorded::shown(4);
        let (origin, slices) = (Origin::Learned, vec![slice.clone()]);
        let why = Explanation { number: 2, known: 1, pending: 1, origin, slices };
        picture(&run, &Axis::all(&run), &why, 0, frame)
    }

    const FRAME: Frame = Frame { width: 300.0, height: HEIGHT };

    #[test]
    fn a_process_is_drawn_with_its_band_and_what_it_hoped_for() {
        let (mean, low, high) = (vec![0.88, 0.86, 0.9], vec![0.87, 0.84, 0.85], vec![0.89, 0.88, 0.95]);
        let slice = Slice { mean, low, high, gain: vec![0.2, 1.0, 0.0], ..slice("learning_rate") };
        let Picture { plot, sides, paths } = drawn(&slice, FRAME).unwrap();
        let classes: Vec<&str> = paths.iter().map(|(class, _)| *class).collect();
        assert_eq!(classes, ["band", "chosen", "mean", "gain", "came"]);
        assert_eq!((paths[0].1.matches('L').count(), paths[2].1.matches('L').count()), (5, 2));
        // All of what was hoped for is the whole height of its strip, at the point that was chosen.
        let (bottom, _) = FRAME.y();
        let peak = format!("L{:.1} {:.1}", plot.x.at(0.5), bottom - STRIP.0);
        assert!(paths[3].1.contains(&peak), "{} has no {peak}", paths[3].1);
        assert!(sides.up.len() > 1 && sides.up_title == "RMSE" && !sides.across.is_empty());
        assert_eq!(drawn(&slice, Frame { width: 0.0, ..FRAME }), None);
    }

    #[test]
    fn two_densities_are_drawn_from_nothing_up() {
        let known = Slice { good: vec![0.5, 3.0, 0.1], bad: vec![1.5, 0.5, 1.0], ..slice("n_factors") };
        let Picture { plot, paths, .. } = drawn(&known, FRAME).unwrap();
        let classes: Vec<&str> = paths.iter().map(|(class, _)| *class).collect();
        assert_eq!((classes, plot.y.domain.0), (vec!["chosen", "bad", "good"], 0.0));
        assert_eq!(drawn(&slice("nobody"), FRAME), None);
    }
}
