//! The two axes of a chart: ticks, faint grid lines, titles; and the dashed line of averages alone.

use super::axis::Axis;
use super::kind::Kind;
use super::shape::{Plot, beside};
use super::ticks::labels;
use crate::study::Goal;
use crate::ui::run::Run;
use crate::ui::say::{fill, metric, param, say, yardstick};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, shows, svg};

/// Pixels that a label of the lower axis needs.
pub const LABEL_WIDTH: f64 = 44.0;
/// Pixels that a character of a name takes, at most.
const CHARACTER: f64 = 7.3;
/// Pixels between two labels of the left axis.
pub const LABEL_HEIGHT: f64 = 34.0;

/// What stands at a chart's two sides: labels at their coordinates, and what is measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sides {
    /// Labels of the lower axis.
    pub across: Vec<(f64, String)>,
    /// Labels of the left axis.
    pub up: Vec<(f64, String)>,
    /// What the lower axis measures.
    pub across_title: String,
    /// What the left axis measures.
    pub up_title: String,
}

/// The axes of a chart. The lower one counts something or is a parameter's, the left one measures the objective.
pub fn axes(store: Store, kind: Kind, plot: Memo<Option<Plot>>) -> View {
    let sides = Memo::new(move || {
        let plot = plot.get()?;
        store.axes.with(|axes| store.run(|run| sides(kind, run, axes, &plot)))
    });
    shows(move || {
        let (plot, sides) = (plot.get()?, sides.get()?);
        Some(draw(&plot, &sides).into())
    })
}

fn sides(kind: Kind, run: &Run, axes: &[Axis], plot: &Plot) -> Sides {
    let ((left, right), (bottom, top)) = (plot.frame.x(), plot.frame.y());
    let counted = || labels(plot.x.domain, right - left, LABEL_WIDTH, true);
    let (across, across_title) = match kind {
        // Its axes are drawn with what is marked on them.
        Kind::Parallel => return Sides::default(),
        Kind::History => (counted(), say("page.x-history").to_owned()),
        Kind::Curves => (counted(), say("page.x-curves").to_owned()),
        Kind::Slice(at) => match axes.get(at) {
            Some(axis) => (axis.ticks(((right - left) / LABEL_WIDTH) as usize), axis_name(run, axis)),
            None => return Sides::default(),
        },
    };
    Sides {
        across,
        up: labels(plot.y.domain, bottom - top, LABEL_HEIGHT, false),
        across_title,
        up_title: up_title(run, kind),
    }
}

/// What the left axis measures.
fn up_title(run: &Run, kind: Kind) -> String {
    let objective = run.study.objective;
    let key = match kind {
        // There is no room for more.
        Kind::Slice(_) => return metric(objective),
        _ if objective.higher_is_better() => "page.y-history-high",
        _ => "page.y-history",
    };
    fill(key, &[("metric", metric(objective))])
}

/// What an axis is called.
pub fn axis_name(run: &Run, axis: &Axis) -> String {
    axis.param.as_ref().map_or_else(|| metric(run.study.objective), |(name, _)| param(name))
}

/// The axes as they are drawn.
pub fn draw(plot: &Plot, sides: &Sides) -> El {
    let ((left, right), (bottom, top)) = (plot.frame.x(), plot.frame.y());
    let mut axes = svg("g").attrs(&[("class", "axes"), ("aria-hidden", "true")]);
    for (at, label) in &sides.up {
        let y = plot.y.at(*at);
        let label = text((left - 6.0, y), "end", label).attr("dy", "0.32em");
        axes = axes.child(line((left, right), y).attr("class", "grid")).child(label);
    }
    if sides.up.is_empty() {
        return axes;
    }
    axes = axes.child(line((left, right), bottom).attr("class", "base"));
    for (at, label) in &sides.across {
        axes = axes.child(text((plot.x.at(*at), bottom + 16.0), "middle", label));
    }
    let title = |at, anchor, words| text(at, anchor, words).attr("class", "axis-title");
    let below = bottom + 32.0;
    // Where a chart is too narrow for both, one stands above.
    let needed = small_width(&sides.across_title) + small_width(&sides.up_title) + LABEL_HEIGHT / 2.0;
    let up = if needed < right - left { below } else { top - 3.0 };
    axes.children([title((right, below), "end", &sides.across_title), title((left, up), "start", &sides.up_title)])
}

/// The width of small words in pixels, about: characters that are no letters of the Latin alphabet are wider.
fn small_width(words: &str) -> f64 {
    words.chars().map(|character| if character.is_ascii() { 6.4 } else { 12.0 }).sum()
}

/// The dashed line of the baseline alone, with its name at the right end.
pub fn averages(store: Store, plot: Memo<Option<Plot>>, words: fn(Goal, f64) -> String) -> View {
    averages_among(store, plot, words, |_| Vec::new())
}

/// The same, with its name where it covers the fewest of the marks that stand at some places.
pub fn averages_among(
    store: Store,
    plot: Memo<Option<Plot>>,
    words: fn(Goal, f64) -> String,
    places: impl Fn(&Plot) -> Vec<(f64, f64)> + Send + Sync + 'static,
) -> View {
    let line_at = Memo::new(move || store.run(|run| Some((run.study.goal, run.baseline()?))).flatten());
    let named = Memo::new(move || {
        let (plot, (goal, value)) = (plot.get()?, line_at.get()?);
        let words = words(goal, value);
        let width = CHARACTER * words.chars().count() as f64;
        let name = beside(&plot.frame, plot.y.at(value), width, &places(&plot));
        plot.y.shows(value).then_some((words, name))
    });
    shows(move || {
        let (words, (place, anchor)) = named.get()?;
        let (plot, (_, value)) = (plot.get()?, line_at.get()?);
        let line = line(plot.frame.x(), plot.y.at(value));
        Some(
            svg("g")
                .attrs(&[("class", "averages"), ("data-testid", "averages"), ("data-value", &value.to_string())])
                .child(line)
                .child(text(place, anchor, &words))
                .into(),
        )
    })
}

/// The words at the line of a chart that says nothing more of it.
pub fn averages_name(goal: Goal, _: f64) -> String {
    fill("page.averages", &[("baseline", yardstick(goal))])
}

/// A level line.
pub fn line((left, right): (f64, f64), y: f64) -> El {
    let [left, right, y] = [left, right, y].map(|number| number.to_string());
    svg("line").attrs(&[("x1", &left), ("x2", &right), ("y1", &y), ("y2", &y)])
}

/// Words at a place.
pub fn text((x, y): (f64, f64), anchor: &str, words: &str) -> El {
    svg("text").attrs(&[("x", &x.to_string()), ("y", &y.to_string()), ("text-anchor", anchor)]).text(words)
}
