//! The two axes of a chart: ticks, faint grid lines, titles.

use super::shape::{Plot, beside};
use super::ticks::ticks;
use crate::study::Goal;
use crate::ui::say::{fill, metric, yardstick};
use crate::ui::signal::Memo;
use crate::ui::store::Store;
use crate::ui::view::{El, View, shows, svg};

/// Pixels that a label of the lower axis needs.
const LABEL_WIDTH: f64 = 44.0;
/// Pixels that a character of a name takes, at most.
const CHARACTER: f64 = 7.3;
/// Pixels between two labels of the left axis.
const LABEL_HEIGHT: f64 = 34.0;

/// The axes. The lower one counts something, the left one measures the objective.
pub fn axes(store: Store, plot: Memo<Option<Plot>>, x_title: &'static str) -> View {
    let y_title = Memo::new(move || {
        let title = store.run(|run| {
            let objective = run.study.objective;
            let key = if objective.higher_is_better() { "page.y-history-high" } else { "page.y-history" };
            fill(key, &[("metric", metric(objective))])
        });
        title.unwrap_or_default()
    });
    shows(move || {
        let plot = plot.get()?;
        let ((left, right), (bottom, top)) = (plot.frame.x(), plot.frame.y());
        let across = ticks(plot.x.domain, ((right - left) / LABEL_WIDTH) as usize, true);
        let up = ticks(plot.y.domain, ((bottom - top) / LABEL_HEIGHT) as usize, false);
        let mut axes = svg("g").attrs(&[("class", "axes"), ("aria-hidden", "true")]);
        for tick in up {
            let y = plot.y.at(tick.value);
            let label = text((left - 6.0, y), "end", &tick.label).attr("dy", "0.32em");
            axes = axes.child(line((left, right), y).attr("class", "grid")).child(label);
        }
        axes = axes.child(line((left, right), bottom).attr("class", "base"));
        for tick in across {
            axes = axes.child(text((plot.x.at(tick.value), bottom + 16.0), "middle", &tick.label));
        }
        let title = |x, anchor, words| text((x, bottom + 32.0), anchor, words).attr("class", "axis-title");
        let titles = [title(right, "end", x_title), title(left, "start", &y_title.get())];
        Some(axes.children(titles).into())
    })
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

fn line((left, right): (f64, f64), y: f64) -> El {
    let [left, right, y] = [left, right, y].map(|number| number.to_string());
    svg("line").attrs(&[("x1", &left), ("x2", &right), ("y1", &y), ("y2", &y)])
}

fn text((x, y): (f64, f64), anchor: &str, words: &str) -> El {
    svg("text").attrs(&[("x", &x.to_string()), ("y", &y.to_string()), ("text-anchor", anchor)]).text(words)
}
