//! The marks of a chart. What has ended is drawn in layers of many trials each, in the chart's own coordinates: a layer is
//! written when one of its trials ends or is kept no more, and when the scales change only the group around it is. What runs,
//! is best or is lit is few, and drawn above them. Beyond what elements can be, [`raster`](super::raster) draws the layers.

use super::axis::Axis;
use super::kind::{Kind, at_the_edge, transform};
use super::selection::{CHUNK, Selection};
use super::shape::{Mark, Plot};
use crate::protocol::TrialState;
use crate::ui::run::{Run, Trial};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{El, Key, View, in_turn, rows, svg};

/// All marks, but those of ended trials only while they are drawn `here`.
pub fn marks(store: Store, kind: Kind, plot: Memo<Option<Plot>>, here: Memo<bool>) -> View {
    // Each chart draws what is kept anew in a turn of its own.
    let kept = in_turn(store.kept);
    let few = move |class, pick: Pick| some(store, kind, plot, class, pick);
    let edge = Memo::new(move || {
        let plot = plot.get().filter(|_| here.get() && !kind.has_lines())?;
        let edge = |run: &Run| store.axes.with(|axes| kept.with(|kept| at_the_edge(kind, run, axes, &plot, kept)));
        store.run(edge)
    });
    let chunks = Memo::new(move || {
        let drawn = here.get() && plot.with(Option::is_some);
        store.run(|run| if drawn { chunks_of(run) } else { Vec::new() }).unwrap_or_default()
    });
    let best = store.best;
    let value = move || store.run(|run| run.best_trial()?.value).flatten().map(|value| value.to_string());
    svg("g")
        .attr("class", if kind.has_lines() { "marks lines" } else { "marks dots" })
        .child(layers(store, kind, plot, (chunks, kept), Group::Faded))
        .child(layers(store, kind, plot, (chunks, kept), Group::Stopped))
        .child(layers(store, kind, plot, (chunks, kept), Group::Kept))
        .child(svg("path").attr("class", "arrows").attr_of("d", move || Some(edge.get()?.0)))
        .child(svg("path").attr("class", "crosses").attr_of("d", move || Some(edge.get()?.1)))
        .child(few("running", |run, _| run.running().map(|trial| &**trial).collect()))
        .child(
            few("best", |run, _| run.best_trial().map(|trial| &**trial).into_iter().collect())
                .attr_of("data-trial", move || best.get().map(|number| number.to_string()))
                .attr_of("data-value", value),
        )
        .child(few("lit", |run, lit| {
            lit.and_then(|lit| run.trials.get(&lit)).map(|trial| &**trial).into_iter().collect()
        }))
        .into()
}

/// The lit trial.
type Lit = Option<u32>;

/// Picks the few trials of a path.
type Pick = fn(&Run, Lit) -> Vec<&Trial>;

/// The path of the few trials that are picked.
fn some(store: Store, kind: Kind, plot: Memo<Option<Plot>>, class: &str, pick: Pick) -> El {
    let path = move || {
        let (plot, lit) = (plot.get()?, store.lit());
        store.run(|run| store.axes.with(|axes| kind.path(pick(run, lit).into_iter(), axes, &plot)))
    };
    svg("path").attr("class", class).attr_of("d", path)
}

/// Trials that ended, by how they are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Some brush does not hold them.
    Faded,
    /// Those that were not trained to their end.
    Stopped,
    /// The others.
    Kept,
}

impl Group {
    /// How an ended trial is drawn.
    #[must_use]
    pub fn of(trial: &Trial, is_kept: bool) -> Self {
        match trial.state {
            _ if !is_kept => Self::Faded,
            Some(TrialState::Stopped) => Self::Stopped,
            _ => Self::Kept,
        }
    }
}

/// The trials of a group.
fn layers(
    store: Store,
    kind: Kind,
    plot: Memo<Option<Plot>>,
    (chunks, kept): (Memo<Vec<Key>>, Signal<Selection>),
    group: Group,
) -> El {
    let own = move || {
        let drawn = group != Group::Faded || !kept.with(Selection::is_all);
        if drawn { chunks.get() } else { Vec::new() }
    };
    let draw = move |(chunk, _): Key| {
        let path = move || {
            // What the objective's scale shows decides how high a line is, and which dots give way to an arrow.
            if kind != Kind::Curves {
                store.axes.track();
            }
            let bits = kept.with(|kept| kept.of_chunk(chunk));
            let path = |run: &Run| {
                store.axes.with_untracked(|axes| kind.layer(of_group(kind, run, axes, (chunk, bits), group), axes))
            };
            store.model.with_untracked(|model| model.run.as_ref().map(path))
        };
        svg("path").attr_of("d", path)
    };
    svg("g")
        .attr("class", ["faded", "stopped", "kept"][group as usize])
        .attr_of("transform", move || plot.get().map(|plot| transform(&plot)))
        .child(rows(own, draw))
}

/// The trials of a layer that are drawn as a group: those with a result, but no dots that give way to an arrow at the edge.
/// `bits` says which of the layer's trials are kept.
fn of_group<'a>(
    kind: Kind,
    run: &'a Run,
    axes: &[Axis],
    (chunk, bits): (u32, u64),
    group: Group,
) -> impl Iterator<Item = &'a Trial> {
    let shown = axes.last().filter(|_| !kind.has_lines()).map(|objective| objective.domain);
    let high_is_good = run.study.objective.higher_is_better();
    let is_clipped = move |trial: &Trial| shown.is_some_and(|shown| Mark::of(trial).is_clipped(shown, high_is_good));
    let own = (chunk * CHUNK..(chunk + 1) * CHUNK).filter_map(|number| run.trials.get(&number)).map(|trial| &**trial);
    own.filter(move |trial| {
        let is_kept = bits >> (trial.number % CHUNK) & 1 == 1;
        trial.state.is_some() && trial.value.is_some() && !is_clipped(trial) && Group::of(trial, is_kept) == group
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    #[test]
    fn a_dot_beyond_the_chart_is_an_arrow_alone() {
        let mut run = recorded::shown(4);
        let axes = Axis::all(&run);
        std::sync::Arc::make_mut(run.trials.get_mut(&1).unwrap()).value = Some(axes.last().unwrap().domain.1 + 1e-9);
        let drawn = |kind, bits, group| {
            let trials = of_group(kind, &run, &axes, (0, bits), group);
            trials.map(|trial| trial.number).collect::<Vec<_>>()
        };
        assert_eq!(drawn(Kind::History, u64::MAX, Group::Kept), [0, 2, 3]);
        assert_eq!(drawn(Kind::Parallel, u64::MAX, Group::Kept), [0, 1, 2, 3]);
        assert_eq!(drawn(Kind::Slice(0), 0b0100, Group::Faded), [0, 3]);
    }
}
