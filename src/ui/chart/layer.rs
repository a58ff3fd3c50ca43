//! The marks of a chart. What has ended is drawn in layers of many trials each, in the chart's own coordinates: a layer is
//! written when one of its trials ends or a brush moves, and when the scales change only the group around it is. So ten
//! thousand trials are a few hundred elements. What runs, is best or is lit is few, and drawn above them.

use super::axis::{Brush, keeps};
use super::kind::{Kind, at_the_edge, transform};
use super::shape::Plot;
use crate::protocol::TrialState;
use crate::ui::run::{Run, Trial};
use crate::ui::signal::{Kept, Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{El, Key, View, after_frame, rows, svg};

/// Trials in a layer.
const CHUNK: u32 = 64;

/// All marks.
pub fn marks(store: Store, kind: Kind, plot: Memo<Option<Plot>>) -> View {
    let brushes = in_turn(store);
    let few = move |class, pick: fn(&Run, &Trial, Lit) -> bool| some(store, kind, plot, class, pick);
    let edge = Memo::new(move || {
        let plot = plot.get().filter(|_| !kind.has_lines())?;
        store.axes.with(|axes| store.run(|run| at_the_edge(kind, run, axes, &plot)))
    });
    let best = store.best;
    let value = move || store.run(|run| run.best_trial()?.value).flatten().map(|value| value.to_string());
    svg("g")
        .attr("class", if kind.has_lines() { "marks lines" } else { "marks dots" })
        .child(layers(store, kind, plot, brushes, Group::Faded))
        .child(layers(store, kind, plot, brushes, Group::Stopped))
        .child(layers(store, kind, plot, brushes, Group::Kept))
        .child(svg("path").attr("class", "arrows").attr_of("d", move || Some(edge.get()?.0)))
        .child(svg("path").attr("class", "crosses").attr_of("d", move || Some(edge.get()?.1)))
        .child(few("running", |_, trial, _| trial.state.is_none()))
        .child(
            few("best", |run, trial, _| run.best == Some(trial.number))
                .attr_of("data-trial", move || best.get().map(|number| number.to_string()))
                .attr_of("data-value", value),
        )
        .child(few("lit", |_, trial, lit| lit == Some(trial.number)))
        .into()
}

/// The brushes as this chart knows them: each chart draws itself anew in a turn of its own, and what has moved on by then is
/// drawn once.
fn in_turn(store: Store) -> Signal<Vec<Brush>> {
    let own = Signal::new(store.brushes.get_untracked());
    let waits = Kept::new(false);
    effect(move || {
        let differs = store.brushes.with(|brushes| own.with_untracked(|own| own != brushes));
        if differs && !waits.replace(true) {
            after_frame(move || {
                waits.set(false);
                own.set(store.brushes.get_untracked());
            });
        }
    });
    own
}

/// The lit trial.
type Lit = Option<u32>;

/// The path of the few trials that are picked.
fn some(store: Store, kind: Kind, plot: Memo<Option<Plot>>, class: &str, pick: fn(&Run, &Trial, Lit) -> bool) -> El {
    let path = move || {
        let (plot, lit) = (plot.get()?, store.lit());
        let path = |run: &Run| {
            let trials = run.trials.values().map(|trial| &**trial).filter(|trial| pick(run, trial, lit));
            store.axes.with(|axes| kind.path(trials, axes, &plot))
        };
        store.run(path)
    };
    svg("path").attr("class", class).attr_of("d", path)
}

/// Trials that ended, by how they are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    /// Some brush does not hold them.
    Faded,
    /// Those that were not trained to their end.
    Stopped,
    /// The others.
    Kept,
}

impl Group {
    fn of(trial: &Trial, is_kept: bool) -> Self {
        match trial.state {
            _ if !is_kept => Self::Faded,
            Some(TrialState::Stopped) => Self::Stopped,
            _ => Self::Kept,
        }
    }
}

/// The trials of a group.
fn layers(store: Store, kind: Kind, plot: Memo<Option<Plot>>, brushes: Signal<Vec<Brush>>, group: Group) -> El {
    let chunks = Memo::new(move || {
        let drawn = plot.with(Option::is_some) && (group != Group::Faded || !brushes.with(Vec::is_empty));
        store.run(|run| if drawn { chunks_of(run) } else { Vec::new() }).unwrap_or_default()
    });
    let draw = move |(chunk, _): Key| {
        let path = move || {
            // Only there the objective is a height on the page, which its scale decides.
            if kind == Kind::Parallel {
                store.axes.track();
            }
            let brushes = brushes.get();
            let path = |run: &Run| {
                store.axes.with_untracked(|axes| {
                    let own = chunk * CHUNK..(chunk + 1) * CHUNK;
                    let trials = own.filter_map(|number| run.trials.get(&number)).map(|trial| &**trial);
                    let trials = trials.filter(|trial| trial.state.is_some() && trial.value.is_some());
                    let is_own = |trial: &&Trial| Group::of(trial, keeps(&brushes, axes, trial)) == group;
                    kind.layer(trials.filter(is_own), axes)
                })
            };
            store.model.with_untracked(|model| model.run.as_ref().map(path))
        };
        svg("path").attr_of("d", path)
    };
    svg("g")
        .attr("class", ["faded", "stopped", "kept"][group as usize])
        .attr_of("transform", move || plot.get().map(|plot| transform(&plot)))
        .child(rows(move || chunks.get(), draw))
}

/// The layers that have trials, with what changes when one of them ends.
fn chunks_of(run: &Run) -> Vec<Key> {
    let mut chunks: Vec<Key> = Vec::new();
    for trial in run.trials.values().filter(|trial| trial.state.is_some()) {
        let chunk = trial.number / CHUNK;
        match chunks.last_mut().filter(|last| last.0 == chunk) {
            Some(last) => last.1 = last.1.max(trial.revision),
            None => chunks.push((chunk, trial.revision)),
        }
    }
    chunks
}
