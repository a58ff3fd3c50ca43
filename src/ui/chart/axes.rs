//! The two axes of a chart: ticks, faint grid lines, titles.

use leptos::prelude::*;

use super::shape::{Frame, Plot};
use super::ticks::ticks;
use crate::ui::view::live;

/// Pixels that a label of the lower axis needs.
const LABEL_WIDTH: f64 = 44.0;
/// Pixels between two labels of the left axis.
const LABEL_HEIGHT: f64 = 34.0;

/// The axes. The lower one counts something.
#[component]
pub fn Axes(
    /// The scales.
    plot: Memo<Option<Plot>>,
    /// What the lower axis counts.
    x_title: &'static str,
    /// What the left axis measures.
    #[prop(into)]
    y_title: Signal<String>,
) -> impl IntoView {
    live(move || {
        plot.get().map(|plot| {
            let ((left, right), (bottom, top)) = (plot.frame.x(), plot.frame.y());
            let across = ticks(plot.x.domain, ((right - left) / LABEL_WIDTH) as usize, true);
            let up = ticks(plot.y.domain, ((bottom - top) / LABEL_HEIGHT) as usize, false);
            let across = across.into_iter().map(|tick| {
                let x = plot.x.at(tick.value);
                view! { <text x=x y=bottom + 16.0 text-anchor="middle">{tick.label}</text> }
            });
            let up = up.into_iter().map(|tick| {
                let y = plot.y.at(tick.value);
                view! {
                    <line class="grid" x1=left x2=right y1=y y2=y/>
                    <text x=left - 6.0 y=y dy="0.32em" text-anchor="end">{tick.label}</text>
                }
            });
            view! {
                <g class="axes" aria-hidden="true">
                    {up.collect_view()}
                    <line class="base" x1=left x2=right y1=bottom y2=bottom/>
                    {across.collect_view()}
                    <text class="axis-title" x=right y=bottom + 32.0 text-anchor="end">{x_title}</text>
                    <text class="axis-title" x=left y=bottom + 32.0 text-anchor="start">{y_title.get()}</text>
                </g>
            }
            .into_any()
        })
    })
}

/// The dashed line of averages alone, with its name at the right end.
#[component]
pub fn Averages(
    /// The scales.
    plot: Memo<Option<Plot>>,
    /// The line's value and words.
    line: Memo<Option<(f64, String)>>,
) -> impl IntoView {
    live(move || {
        let (plot, (value, words)) = (plot.get()?, line.get()?);
        let (left, right) = plot.frame.x();
        let y = plot.y.at(value);
        // The words stand above the line, unless there is no room.
        let above = if y > Frame::TOP + 16.0 { y - 6.0 } else { y + 14.0 };
        plot.y.shows(value).then(|| {
            view! {
                <g class="averages" data-testid="averages" data-value=value.to_string()>
                    <line x1=left x2=right y1=y y2=y/>
                    <text x=right y=above text-anchor="end">{words}</text>
                </g>
            }
            .into_any()
        })
    })
}
