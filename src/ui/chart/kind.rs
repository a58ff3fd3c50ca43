//! The charts of a run, by what each draws of a trial: corners in the chart's own coordinates, one for a dot and several for
//! a line. All that charts have in common follows from them. Pure.

use std::fmt::Write as _;

use super::axis::Axis;
use super::scale::Scale;
use super::selection::Selection;
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
            Self::Curves => run.extent_of_curves()?,
            Self::Slice(_) => ((-0.04, 1.04), objective),
            Self::Parallel => ((0.0, axes.len() as f64 - 1.0), (0.0, 1.0)),
        };
        let room = if self == Self::Parallel { inset(frame.x()) } else { frame.x() };
        (frame.width > 0.0).then(|| Plot { frame, x: Scale::new(x, room), y: Scale::new(y, frame.y()), high_is_good })
    }

    /// How many corners all marks have: what it takes to draw them.
    #[must_use]
    pub fn crowd(self, run: &Run, axes: &[Axis]) -> usize {
        match self {
            Self::History | Self::Slice(_) => run.trials.len(),
            Self::Curves => run.points(),
            Self::Parallel => run.trials.len() * axes.len(),
        }
    }

    /// Gives the corners of what stands for a trial, left to right; none where it can not be drawn.
    pub fn corners(self, trial: &Trial, axes: &[Axis], each: &mut dyn FnMut(f64, f64)) {
        match self {
            Self::History => {
                if let Some(value) = Mark::of(trial).value {
                    each(f64::from(trial.number), value);
                }
            }
            Self::Slice(axis) => {
                if let Some((at, value)) = axes.get(axis).and_then(|axis| axis.at(trial)).zip(Mark::of(trial).value) {
                    each(at, value);
                }
            }
            Self::Curves => {
                for point in &trial.curve {
                    if let Some(valid) = point.valid {
                        each(f64::from(point.epoch), valid);
                    }
                }
            }
            // A trial of one model has nothing on another model's axes; one without a result has no line.
            Self::Parallel => {
                for (at, axis) in axes.iter().enumerate().filter(|_| trial.value.is_some()) {
                    if let Some(unit) = axis.unit(trial) {
                        each(at as f64, unit);
                    }
                }
            }
        }
    }

    /// Where the card of a trial points to.
    #[must_use]
    pub fn place(self, trial: &Trial, axes: &[Axis], plot: &Plot) -> Option<(f64, f64)> {
        let (mut counts, mut last) = (None, None);
        self.corners(trial, axes, &mut |x, y| {
            last = Some((x, y));
            if self == Self::Curves && x == f64::from(trial.epochs) {
                counts = last;
            }
        });
        match counts.or(last) {
            Some((x, y)) => Some((plot.x.at(x), plot.row(y))),
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
        let at = plot.x.value(x);
        let (mut before, mut found) = (None::<(f64, f64)>, None);
        self.corners(trial, axes, &mut |to, high| {
            if let Some((from, low)) = before.filter(|(from, _)| found.is_none() && *from <= at && at <= to) {
                found = Some((plot.y.at(low + (at - from) / (to - from) * (high - low)) - y).abs());
            }
            before = Some((to, high));
        });
        found
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
            self.draw(&mut path, trial, axes, &|x, y| (x * FINE.0, y * FINE.1));
        }
        path
    }

    /// The same in pixels, where few trials change with each frame.
    pub fn path<'a>(self, trials: impl Iterator<Item = &'a Trial>, axes: &[Axis], plot: &Plot) -> String {
        let mut path = String::new();
        for trial in trials {
            self.draw(&mut path, trial, axes, &|x, y| (plot.x.at(x), plot.y.at(y)));
        }
        path
    }

    /// A line through the corners of a trial, or a dot at a single one: its round ends make it.
    fn draw(self, path: &mut String, trial: &Trial, axes: &[Axis], to: &dyn Fn(f64, f64) -> (f64, f64)) {
        let mut count = 0;
        self.corners(trial, axes, &mut |x, y| {
            let command = if count == 0 { 'M' } else { 'L' };
            let (x, y) = to(x, y);
            let _written = write!(path, "{command}{} {}", x.round() as i64, y.round() as i64);
            count += 1;
        });
        if count == 1 {
            path.push_str("h0");
        }
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
pub fn at_the_edge(kind: Kind, run: &Run, axes: &[Axis], plot: &Plot, kept: &Selection) -> (String, String) {
    let (mut arrows, mut crosses) = (String::new(), String::new());
    for trial in run.trials.values().filter(|trial| kept.holds(trial.number)) {
        let Some(edge) = edge(kind, trial, axes, plot) else { continue };
        let (x, y) = (edge.x.round() as i64, edge.y.round() as i64);
        let _written = if edge.is_lost {
            write!(crosses, "M{} {}l8 8m-8 0l8-8", x - 4, y - 4)
        } else if plot.high_is_good {
            write!(arrows, "M{x} {}l4-9h-8z", y + 4)
        } else {
            write!(arrows, "M{x} {}l4 9h-8z", y - 4)
        };
    }
    (arrows, crosses)
}

/// Where a trial stands at the edge of a chart, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Whether it has no result; else it is far worse than the chart shows.
    pub is_lost: bool,
}

/// Where a trial stands at the edge, if it does.
#[must_use]
pub fn edge(kind: Kind, trial: &Trial, axes: &[Axis], plot: &Plot) -> Option<Edge> {
    let mark = Mark::of(trial);
    let is_lost = matches!(mark.state, Some(TrialState::Failed | TrialState::Cancelled));
    if kind.has_lines() || !is_lost && !mark.is_clipped(plot.y.domain, plot.high_is_good) {
        return None;
    }
    let x = match kind {
        Kind::Slice(axis) => axes.get(axis)?.at(trial)?,
        _ => f64::from(trial.number),
    };
    Some(Edge { x: plot.x.at(x), y: mark.place(plot).1, is_lost })
}

/// Room for the labels of the outer axes.
fn inset((left, right): (f64, f64)) -> (f64, f64) {
    (left + 4.0, (right - 36.0).max(left + 5.0))
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
        let mut corners = Vec::new();
        Kind::Parallel.corners(trial, &axes, &mut |x, y| corners.push((x, y)));
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
        assert_eq!(
            at_the_edge(Kind::History, &run, &axes, &plot, &Selection::default()),
            (String::new(), String::new())
        );
        for (number, state, value) in [(0, TrialState::Done, Some(9.0)), (1, TrialState::Failed, None)] {
            let trial = std::sync::Arc::make_mut(run.trials.get_mut(&number).unwrap());
            (trial.state, trial.value) = (Some(state), value);
        }
        let (arrows, crosses) = at_the_edge(Kind::History, &run, &axes, &plot, &Selection::default());
        assert_eq!((arrows.matches('M').count(), crosses.matches('M').count()), (1, 1));
    }
}
