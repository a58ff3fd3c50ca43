//! What the marks of a run are: positions and paths. Pure.

use std::fmt::Write as _;

use super::scale::Scale;
use crate::protocol::TrialState;
use crate::ui::run::Trial;

/// The room of a chart, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Width of the whole.
    pub width: f64,
    /// Height of the whole.
    pub height: f64,
}

/// The height of words in pixels.
const WORDS: f64 = 11.0;

impl Frame {
    /// Room for the labels of the left axis.
    pub const LEFT: f64 = 52.0;
    /// Room to the right.
    pub const RIGHT: f64 = 10.0;
    /// Room above.
    pub const TOP: f64 = 12.0;
    /// Room for the labels of the lower axis and its title.
    pub const BOTTOM: f64 = 38.0;

    /// From left to right.
    #[must_use]
    pub fn x(&self) -> (f64, f64) {
        (Self::LEFT, (self.width - Self::RIGHT).max(Self::LEFT + 1.0))
    }

    /// From bottom to top.
    #[must_use]
    pub fn y(&self) -> (f64, f64) {
        (self.height - Self::BOTTOM, Self::TOP)
    }
}

/// A chart's frame with its two scales.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plot {
    /// The room.
    pub frame: Frame,
    /// Left to right.
    pub x: Scale,
    /// Bottom to top.
    pub y: Scale,
    /// Whether high values are the good ones.
    pub high_is_good: bool,
}

impl Plot {
    /// The pixel row of a value, held inside the frame.
    #[must_use]
    pub fn row(&self, value: f64) -> f64 {
        let (bottom, top) = self.frame.y();
        self.y.at(value).clamp(top, bottom)
    }
}

/// One trial in the history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The trial.
    pub number: u32,
    /// Its objective, or how far it has come while it runs.
    pub value: Option<f64>,
    /// How it ended; `None` while it runs.
    pub state: Option<TrialState>,
}

impl Mark {
    /// The mark of a trial.
    #[must_use]
    pub fn of(trial: &Trial) -> Self {
        let so_far = || trial.curve.last().and_then(|point| point.valid);
        let value = trial.value.or_else(|| if trial.state.is_none() { so_far() } else { None });
        Self { number: trial.number, value, state: trial.state }
    }

    /// Where it stands. Without a value it stands on the edge where the worst are.
    #[must_use]
    pub fn place(&self, plot: &Plot) -> (f64, f64) {
        let (bottom, top) = plot.frame.y();
        let worst = if plot.high_is_good { bottom } else { top };
        let row = self.value.map_or(worst, |value| plot.row(value));
        (plot.x.at(f64::from(self.number)), row)
    }

    /// Whether it is worse than a chart shows of the objective, and is drawn as an arrow on the edge.
    #[must_use]
    pub fn is_clipped(&self, (low, high): (f64, f64), high_is_good: bool) -> bool {
        self.value.is_some_and(|value| if high_is_good { value < low } else { value > high })
    }
}

/// Where the words at a level line stand, and which end of them is at that place: above or below the line, at its right end
/// or its left one, wherever they cover the fewest marks.
#[must_use]
pub fn beside(frame: &Frame, line: f64, width: f64, marks: &[(f64, f64)]) -> ((f64, f64), &'static str) {
    let ((left, right), (bottom, top)) = (frame.x(), frame.y());
    let covered = |from: f64, row: f64| {
        let over =
            |&&(x, y): &&(f64, f64)| x > from - 6.0 && x < from + width + 6.0 && y > row - WORDS - 4.0 && y < row + 6.0;
        marks.iter().filter(over).count()
    };
    let rows = [line - 6.0, line + WORDS + 3.0];
    let has_room = |row: &f64| *row > top + WORDS - 2.0 && *row < bottom - 2.0;
    let ends = rows.into_iter().filter(has_room).flat_map(|row| [(right, row, "end"), (left + 6.0, row, "start")]);
    let place = ends.min_by_key(|&(x, row, anchor)| covered(if anchor == "end" { x - width } else { x }, row));
    place.map_or(((right, line - 6.0), "end"), |(x, row, anchor)| ((x, row), anchor))
}

/// A line through corners, as a path.
#[must_use]
pub fn line_through(corners: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (x, y) in corners {
        let _written = write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { 'M' } else { 'L' });
    }
    path
}

/// The step line of the best so far: a path from the first of some marks with a result to the last, through those that are
/// better than all before.
#[must_use]
pub fn best_so_far(marks: impl Iterator<Item = Mark>, plot: &Plot) -> String {
    let mut path = String::new();
    let mut best = f64::INFINITY;
    let mut last = 0.0;
    for mark in marks {
        let (Some(value), Some(TrialState::Done | TrialState::Stopped)) = (mark.value, mark.state) else { continue };
        last = plot.x.at(f64::from(mark.number));
        let loss = if plot.high_is_good { -value } else { value };
        if loss < best {
            let row = plot.row(value);
            let _written =
                if path.is_empty() { write!(path, "M{last:.1} {row:.1}") } else { write!(path, "H{last:.1}V{row:.1}") };
            best = loss;
        }
    }
    if !path.is_empty() {
        let _written = write!(path, "H{last:.1}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot() -> Plot {
        let frame = Frame { width: 162.0, height: 150.0 };
        Plot {
            frame,
            x: Scale::new((0.0, 10.0), frame.x()),
            y: Scale::new((0.0, 100.0), frame.y()),
            high_is_good: false,
        }
    }

    fn mark(number: u32, value: f64) -> Mark {
        Mark { number, value: Some(value), state: Some(TrialState::Done) }
    }

    #[test]
    fn the_best_so_far_only_steps_down() {
        let marks = [mark(0, 50.0), mark(1, 80.0), mark(2, 20.0), mark(4, 30.0)];
        assert_eq!(best_so_far(marks.into_iter(), &plot()), "M52.0 62.0H72.0V92.0H92.0");
        assert_eq!(best_so_far([].into_iter(), &plot()), "");
    }

    #[test]
    fn where_high_is_good_the_best_steps_up_and_the_worst_are_below() {
        let plot = Plot { high_is_good: true, ..plot() };
        let marks = [mark(0, 50.0), mark(1, 40.0), mark(2, 80.0)];
        let (bottom, top) = plot.frame.y();
        let row = |value: f64| bottom + (top - bottom) * value / 100.0;
        let x = |number: f64| plot.x.at(number);
        let path = format!("M{:.1} {:.1}H{:.1}V{:.1}H{:.1}", x(0.0), row(50.0), x(2.0), row(80.0), x(2.0));
        assert_eq!(best_so_far(marks.into_iter(), &plot), path);
        let is_clipped = |value| mark(0, value).is_clipped(plot.y.domain, true);
        assert!(is_clipped(-1.0) && !is_clipped(101.0));
        assert_eq!(Mark { value: None, ..mark(0, 0.0) }.place(&plot).1, bottom);
    }

    #[test]
    fn a_running_trial_is_no_best() {
        let running = Mark { number: 1, value: Some(1.0), state: None };
        assert_eq!(best_so_far([mark(0, 50.0), running].into_iter(), &plot()), "M52.0 62.0H52.0");
    }

    #[test]
    fn a_hopeless_trial_stands_on_the_edge() {
        let far = mark(3, 900.0);
        assert!(far.is_clipped(plot().y.domain, false));
        assert_eq!(far.place(&plot()), (82.0, Frame::TOP));
        let failed = Mark { number: 3, value: None, state: Some(TrialState::Failed) };
        assert!(!failed.is_clipped(plot().y.domain, false));
        assert_eq!(failed.place(&plot()), (82.0, Frame::TOP));
    }

    #[test]
    fn words_at_a_line_stand_where_no_mark_is() {
        // From 52 to 152 across, from 112 up to 12.
        let frame = plot().frame;
        let at = |marks: &[(f64, f64)]| beside(&frame, 60.0, 40.0, marks);
        assert_eq!(at(&[]), ((152.0, 54.0), "end"));
        assert_eq!(at(&[(126.0, 50.0)]), ((58.0, 54.0), "start"));
        assert_eq!(at(&[(126.0, 50.0), (66.0, 52.0)]), ((152.0, 74.0), "end"));
        // Where every place has some, the one with the fewest; and no place beyond the chart.
        let all = [(126.0, 50.0), (66.0, 52.0), (126.0, 70.0), (127.0, 70.0), (66.0, 70.0), (136.0, 51.0)];
        assert_eq!(at(&all), ((58.0, 54.0), "start"));
        assert_eq!(beside(&frame, 14.0, 40.0, &[]).0, (152.0, 28.0));
    }
}
