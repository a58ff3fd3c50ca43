//! The charts of a run, by what each draws of a trial: corners in the chart's own coordinates, one for a dot and several for
//! a line. All that charts have in common follows from them. Pure.

use std::fmt::Write as _;

use super::axis::Axis;
use super::scale::{Scale, extent};
use super::shape::{Frame, Mark, Plot};
use crate::protocol::TrialState;
use crate::ui::run::{Run, Trial};

/// A chart of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What each trial came to, by number.
    History,
    /// The objective by epoch.
    Curves,
    /// What each trial came to, by the parameter on an axis.
    Slice(usize),
    /// A line across all axes for each trial.
    Parallel,
}

/// Whole numbers are written faster and shorter: layers hold so many steps to the unit of either axis.
const FINE: (f64, f64) = (1e4, 1e6);

/// No more curves than about so many decide what the chart shows of them: it is asked with each frame of a run.
const CURVES: usize = 400;

impl Kind {
    /// Whether trials are lines.
    #[must_use]
    pub fn has_lines(self) -> bool {
        matches!(self, Self::Curves | Self::Parallel)
    }

    /// The scales of the chart, once there is something to draw.
    #[must_use]
    pub fn plot(self, run: &Run, axes: &[Axis], frame: Frame) -> Option<Plot> {
        let high_is_good = run.study.objective.higher_is_better();
        let objective = axes.last()?.domain;
        let (x, y) = match self {
            Self::History => ((-0.5, f64::from(run.budget) - 0.5), objective),
            Self::Curves => curves(run)?,
            Self::Slice(_) => ((-0.04, 1.04), objective),
            Self::Parallel => ((0.0, axes.len() as f64 - 1.0), (0.0, 1.0)),
        };
        let room = if self == Self::Parallel { inset(frame.x()) } else { frame.x() };
        (frame.width > 0.0).then(|| Plot { frame, x: Scale::new(x, room), y: Scale::new(y, frame.y()), high_is_good })
    }

    /// The corners of what stands for a trial, left to right; none where it can not be drawn.
    #[must_use]
    pub fn corners(self, trial: &Trial, axes: &[Axis]) -> Vec<(f64, f64)> {
        let value = Mark::of(trial).value;
        match self {
            Self::History => value.map(|value| (f64::from(trial.number), value)).into_iter().collect(),
            Self::Slice(axis) => axes.get(axis).and_then(|axis| axis.at(trial)).zip(value).into_iter().collect(),
            Self::Curves => {
                let valid = trial.curve.iter().filter_map(|point| Some((f64::from(point.epoch), point.valid?)));
                valid.collect()
            }
            // A trial of one model has nothing on another model's axes; one without a result has no line.
            Self::Parallel if trial.value.is_none() => Vec::new(),
            Self::Parallel => {
                let units = axes.iter().enumerate().filter_map(|(at, axis)| Some((at as f64, axis.unit(trial)?)));
                units.collect()
            }
        }
    }

    /// Where the card of a trial points to.
    #[must_use]
    pub fn place(self, trial: &Trial, axes: &[Axis], plot: &Plot) -> Option<(f64, f64)> {
        let corners = self.corners(trial, axes);
        let counts = |&&(x, _): &&(f64, f64)| self == Self::Curves && x == f64::from(trial.epochs);
        match corners.iter().find(counts).or(corners.last()) {
            Some(&(x, y)) => Some((plot.x.at(x), plot.row(y))),
            None if self == Self::History => Some(Mark::of(trial).place(plot)),
            None => None,
        }
    }

    /// How far a trial is from a pixel: from its dot, or up or down to its line.
    #[must_use]
    pub fn distance(self, trial: &Trial, axes: &[Axis], plot: &Plot, (x, y): (f64, f64)) -> Option<f64> {
        if !self.has_lines() {
            let (own_x, own_y) = self.place(trial, axes, plot)?;
            return Some(((own_x - x) * (own_x - x) + (own_y - y) * (own_y - y)).sqrt());
        }
        let corners = self.corners(trial, axes);
        let at = plot.x.value(x);
        let pair = corners.windows(2).find(|pair| pair[0].0 <= at && at <= pair[1].0)?;
        let ((from, low), (to, high)) = (pair[0], pair[1]);
        Some((plot.y.at(low + (at - from) / (to - from) * (high - low)) - y).abs())
    }

    /// The order in which arrow keys walk the trials.
    #[must_use]
    pub fn order(self, trial: &Trial, axes: &[Axis]) -> Option<f64> {
        match self {
            Self::Slice(axis) => axes.get(axis)?.at(trial),
            _ => Some(trial.number.into()),
        }
    }

    /// A path through some trials in whole steps of the chart's own coordinates: it stays the same however the scales change.
    pub fn layer<'a>(self, trials: impl Iterator<Item = &'a Trial>, axes: &[Axis]) -> String {
        let mut path = String::new();
        for trial in trials {
            let corners = self.corners(trial, axes);
            let whole = |(x, y): (f64, f64)| ((x * FINE.0).round() as i64, (y * FINE.1).round() as i64);
            draw(&mut path, corners.into_iter().map(whole));
        }
        path
    }

    /// The same in pixels, where few trials change with each frame.
    pub fn path<'a>(self, trials: impl Iterator<Item = &'a Trial>, axes: &[Axis], plot: &Plot) -> String {
        let mut path = String::new();
        for trial in trials {
            let corners = self.corners(trial, axes);
            let pixels = |(x, y): (f64, f64)| (plot.x.at(x).round() as i64, plot.y.at(y).round() as i64);
            draw(&mut path, corners.into_iter().map(pixels));
        }
        path
    }
}

/// The transformation from a layer's steps to pixels.
#[must_use]
pub fn transform(plot: &Plot) -> String {
    let per_step =
        |scale: &Scale, fine: f64| (scale.pixels.1 - scale.pixels.0) / (scale.domain.1 - scale.domain.0) / fine;
    let (a, d) = (per_step(&plot.x, FINE.0), per_step(&plot.y, FINE.1));
    format!("matrix({a} 0 0 {d} {} {})", plot.x.at(0.0), plot.y.at(0.0))
}

/// Marks in pixels of what the layers leave out: an arrow where a trial is far worse than the chart shows, a cross where one
/// has no result. Shapes, since colours alone are not told apart by everyone.
#[must_use]
pub fn at_the_edge(kind: Kind, run: &Run, axes: &[Axis], plot: &Plot) -> (String, String) {
    let (mut arrows, mut crosses) = (String::new(), String::new());
    for trial in run.trials.values() {
        let mark = Mark::of(trial);
        let lost = matches!(mark.state, Some(TrialState::Failed | TrialState::Cancelled));
        if !lost && !mark.is_clipped(plot) {
            continue;
        }
        let x = match kind {
            Kind::Slice(axis) => axes.get(axis).and_then(|axis| axis.at(trial)),
            _ => Some(f64::from(trial.number)),
        };
        let Some(x) = x.map(|x| plot.x.at(x).round() as i64) else { continue };
        let y = mark.place(plot).1.round() as i64;
        let _written = if lost {
            write!(crosses, "M{} {}l8 8m-8 0l8-8", x - 4, y - 4)
        } else if plot.high_is_good {
            write!(arrows, "M{x} {}l4-9h-8z", y + 4)
        } else {
            write!(arrows, "M{x} {}l4 9h-8z", y - 4)
        };
    }
    (arrows, crosses)
}

/// The last epoch and the extent of what is measured; of a great many trials it is that of every n-th and of the best.
fn curves(run: &Run) -> Option<((f64, f64), (f64, f64))> {
    let some = run.trials.values().step_by(run.trials.len() / CURVES + 1).chain(run.best_trial());
    let values: Vec<f64> = some.flat_map(|trial| &trial.curve).filter_map(|point| point.valid).collect();
    let last = run.trials.values().filter_map(|trial| trial.curve.last()).map(|point| point.epoch).max()?;
    // Short curves at the start of a run would otherwise fill the chart and then shrink.
    Some(((1.0, f64::from(last.max(10))), extent(&values, None, run.study.objective.higher_is_better())?))
}

/// Room for the labels of the outer axes.
fn inset((left, right): (f64, f64)) -> (f64, f64) {
    (left + 4.0, (right - 36.0).max(left + 5.0))
}

/// A line through corners, or a dot at a single one: its round ends make it.
fn draw(path: &mut String, corners: impl Iterator<Item = (i64, i64)>) {
    let mut count = 0;
    for (x, y) in corners {
        let command = if count == 0 { 'M' } else { 'L' };
        let _written = write!(path, "{command}{x} {y}");
        count += 1;
    }
    if count == 1 {
        path.push_str("h0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    fn run() -> Run {
        recorded::shown(4)
    }

    const FRAME: Frame = Frame { width: 456.0, height: 150.0 };

    #[test]
    fn a_trial_is_a_dot_or_a_line() {
        let run = run();
        let axes = Axis::all(&run);
        let trial = |number: u32| std::iter::once(run.trials[&number].as_ref());
        // Trial 1 wobbles by 7 / 11 on its objective.
        let value = 0.845 + 0.05 * 7.0 / 11.0;
        let steps = (value * 1e6_f64).round();
        assert_eq!(Kind::History.layer(trial(1), &axes), format!("M10000 {steps}h0"));
        let plot = Kind::History.plot(&run, &axes, FRAME).unwrap();
        let (x, y) = (plot.x.at(1.0).round(), plot.y.at(value).round());
        assert_eq!(Kind::History.path(trial(1), &axes, &plot), format!("M{x} {y}h0"));
        assert_eq!(Kind::Parallel.layer(trial(1), &axes).matches('L').count(), 3);
        assert_eq!(Kind::Curves.layer(trial(1), &axes).matches('L').count(), 11);
        assert!(Kind::Slice(0).layer(trial(1), &axes).ends_with("h0"));
        assert_eq!(Kind::Slice(9).layer(trial(1), &axes), "");
    }

    #[test]
    fn steps_and_scale_together_are_pixels() {
        let run = run();
        let plot = Kind::History.plot(&run, &Axis::all(&run), FRAME).unwrap();
        let text = transform(&plot);
        let numbers: Vec<f64> = text[7..text.len() - 1].split(' ').map(|number| number.parse().unwrap()).collect();
        assert!((numbers[0] * 2.0 * FINE.0 + numbers[4] - plot.x.at(2.0)).abs() < 1e-6);
        assert!((numbers[3] * 0.85 * FINE.1 + numbers[5] - plot.y.at(0.85)).abs() < 1e-6);
    }

    #[test]
    fn lines_are_near_where_they_pass() {
        let run = run();
        let axes = Axis::all(&run);
        let plot = Kind::Parallel.plot(&run, &axes, FRAME).unwrap();
        let trial = &run.trials[&2];
        let corners = Kind::Parallel.corners(trial, &axes);
        let middle = (plot.x.at(0.5), plot.y.at((corners[0].1 + corners[1].1) / 2.0));
        assert!(Kind::Parallel.distance(trial, &axes, &plot, middle).unwrap() < 1e-9);
        assert_eq!(Kind::Parallel.distance(trial, &axes, &plot, (0.0, 0.0)), None);
        let plot = Kind::History.plot(&run, &axes, FRAME).unwrap();
        let (x, y) = Kind::History.place(trial, &axes, &plot).unwrap();
        assert!((Kind::History.distance(trial, &axes, &plot, (x + 3.0, y - 4.0)).unwrap() - 5.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_far_worse_or_lost_stands_at_the_edge() {
        let mut run = run();
        let axes = Axis::all(&run);
        let plot = Kind::History.plot(&run, &axes, FRAME).unwrap();
        assert_eq!(at_the_edge(Kind::History, &run, &axes, &plot), (String::new(), String::new()));
        for (number, state, value) in [(0, TrialState::Done, Some(9.0)), (1, TrialState::Failed, None)] {
            let trial = std::sync::Arc::make_mut(run.trials.get_mut(&number).unwrap());
            (trial.state, trial.value) = (Some(state), value);
        }
        let (arrows, crosses) = at_the_edge(Kind::History, &run, &axes, &plot);
        assert_eq!((arrows.matches('M').count(), crosses.matches('M').count()), (1, 1));
    }
}
