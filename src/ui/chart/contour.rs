//! What the objective may be over two parameters: bands of equal height, from the worst to the best, with the trials on them.
//! The conductor models it when somebody looks.

use std::fmt::Write as _;

use leptos::prelude::{event_target_value, untrack};

use super::axes::{LABEL_HEIGHT, LABEL_WIDTH, Sides, axis_name, draw, text};
use super::axis::Axis;
use super::cursor::{Places, cursor, ring};
use super::save::{Figures, Saved, save};
use super::scale::Scale;
use super::shape::{Frame, Plot};
use super::tip;
use super::width::width_of;
use crate::protocol::{Command, Surface};
use crate::study::check::MODEL_DIMENSION;
use crate::ui::format::fine;
use crate::ui::run::Run;
use crate::ui::say::{fill, metric, say, trial_name};
use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, svg};

const HEIGHT: f64 = 360.0;
/// Pixels on top in which the colours are explained.
const KEY: f64 = 38.0;
/// Bands; the style has so many colours.
const BANDS: usize = 8;
/// After so many more trials it is modelled anew while a run goes on.
const PORTION: u32 = 10;

/// The chart below the choice of its two parameters.
pub fn contour(store: Store, in_sight: Memo<bool>) -> View {
    let wanted = Signal::new((String::new(), String::new()));
    let names = Memo::new(move || store.axes.with(|axes| drawable(axes)));
    let chosen = Memo::new(move || {
        let wanted = wanted.get();
        names.with(|names| pair(names, store.run(important).unwrap_or_default(), wanted))
    });
    let due = Memo::new(move || {
        let names = chosen.get().filter(|_| in_sight.get())?;
        let portion = |run: &Run| {
            let done = run.ranked().count() as u32;
            let told = (run.first_revision, if run.state.is_over() { done } else { done / PORTION * PORTION });
            (!run.shared && told.1 > 1).then_some(told)
        };
        store.run(portion).flatten().map(|told| (names, told))
    });
    effect(move || {
        if let Some(((x, y), _)) = due.get() {
            store.send(&Command::Survey { x, y });
        }
    });
    let surface = Memo::new(move || store.run(|run| run.surface.clone()).flatten()?.read());
    let canvas = el("div").attr("class", "canvas");
    let width = width_of(canvas.element());
    let picture = Memo::new(move || {
        let (frame, names) = (Frame { width: width.get(), height: HEIGHT }, chosen.get()?);
        let picture = |run: &Run, axes: &[Axis]| {
            surface.with(|surface| {
                let own = surface.as_ref().filter(|surface| (&surface.x, &surface.y) == (&names.0, &names.1));
                picture(run, axes, own?, frame)
            })
        };
        store.axes.with(|axes| store.run(|run| picture(run, axes))).flatten()
    });
    // A trial that is lit elsewhere is lit here.
    let lit = move || {
        let lit = store.lit()?;
        let at = |one: &Picture| Some(one.places.at[one.trials.iter().position(|number| *number == lit)?]);
        picture.with(|one| one.as_ref().and_then(at)).map(ring)
    };
    let drawing = svg("svg")
        .attrs(&[("height", &HEIGHT.to_string()), ("role", "img"), ("aria-labelledby", "contour-title")])
        .attr("data-testid", "contour")
        .attr_of("width", move || Some(width.get().to_string()))
        .shows(move || Some(drawn(&picture.get()?)))
        .on("click", move |_| store.choose_trial(store.hovered.get_untracked()))
        .child(svg("path").attr("class", "cursor").attr_of("d", lit));
    let saved = Saved {
        figures: Figures::Surface,
        name: "contour".to_owned(),
        picture: Some(drawing.element().clone()),
        run: false,
    };
    let plot = Memo::new(move || picture.with(|picture| picture.as_ref().map(|picture| picture.plot)));
    let places = Memo::new(move || picture.with(|one| Some(one.as_ref()?.places.clone())));
    let number = move |at: usize| picture.with(|one| one.as_ref()?.trials.get(at).copied());
    let says = move |at: usize| {
        let of = |run: &Run| {
            let trial = run.trials.get(&number(at)?)?;
            Some(std::iter::once(trial_name(trial.number)).chain(tip::lines(run, trial)).collect())
        };
        store.run(of).flatten()
    };
    // The trial under the pointer is lit in all charts and in the table.
    let pointed = Signal::new(None::<u32>);
    effect(move || {
        let trial = pointed.get().and_then(|at| untrack(|| number(at as usize)));
        if store.hovered.get_untracked() != trial {
            store.hovered.set(trial);
        }
    });
    let title = move || picture.with(|one| one.as_ref().map(|one| one.title.clone()));
    let note = move || picture.with(|one| one.as_ref().map(|one| one.note.clone())).unwrap_or_default();
    let empty = move || {
        let shared = store.run(|run| run.shared) == Some(true);
        say(if shared { "page.why-shared" } else { "page.why-none" }).to_owned()
    };
    let select = |id: &'static str, key: &'static str, is_x: bool| {
        let pick = move |name: String| {
            let (x, y) = chosen.get_untracked().unwrap_or_default();
            // The other one gives way where it would be the same.
            wanted.set(match is_x {
                true if name == y => (name, x),
                true => (name, y),
                false if name == x => (y, name),
                false => (x, name),
            });
        };
        let options = move || {
            let (x, y) = chosen.get()?;
            let own = if is_x { x } else { y };
            let option = |name: &String| {
                let called = crate::ui::say::param(name);
                let (value, is_own) = (name.clone(), *name == own);
                el("option").attr("value", &value).property("selected", move || is_own.into()).text(&called).into()
            };
            Some(names.with(|names| View::group(names.iter().map(option))))
        };
        let list = el("select")
            .attrs(&[("id", id), ("data-testid", id)])
            .on("change", move |event| pick(event_target_value(&event)))
            .shows(options);
        el("div").attr("class", "field").child(el("label").attr("for", id).text(say(key))).child(list)
    };
    el("section")
        .attrs(&[("class", "chart contour"), ("aria-labelledby", "contour-title")])
        .flag("hidden", move || names.with(|names| names.len() < 2))
        .child(
            el("div")
                .attr("class", "chart-head")
                .child(el("p").attr("class", "kicker").text(say("page.contour")))
                .child(save(store, saved, move || plot.with(Option::is_some))),
        )
        .child(
            el("h2")
                .attr("id", "contour-title")
                .says(move || title().unwrap_or_else(|| say("page.contour").to_owned())),
        )
        .child(el("p").attr("class", "note").says(note))
        .child(el("div").attr("class", "fields").child(select("contour-x", "page.contour-x", true)).child(select(
            "contour-y",
            "page.contour-y",
            false,
        )))
        .child(
            canvas.child(cursor(store, drawing, (places, pointed), Box::new(says))).child(
                el("p").attr("class", "empty").flag("hidden", move || picture.with(Option::is_some)).says(empty),
            ),
        )
        .into()
}

/// The parameters that can be an axis: which model is trained is none, since the others depend on it.
fn drawable(axes: &[Axis]) -> Vec<String> {
    let names = axes.iter().filter_map(|axis| axis.param.as_ref().map(|(name, _)| name.clone()));
    names.filter(|name| name != MODEL_DIMENSION).collect()
}

/// The parameters of the best trial's model, the one that mattered most first.
fn important(run: &Run) -> Vec<String> {
    let Some(best) = run.best_trial() else { return Vec::new() };
    let model = run.importance.iter().find(|model| model.model == best.model);
    let mut shares: Vec<(String, f64)> = Vec::new();
    for (name, _) in &best.params.0 {
        let share = model.and_then(|model| model.params.iter().find(|param| name.ends_with(&param.name)));
        shares.push((name.clone(), share.map_or(0.0, |param| param.share)));
    }
    crate::order::sort(&mut shares, |a, b| b.1.total_cmp(&a.1));
    shares.into_iter().map(|(name, _)| name).collect()
}

/// The two parameters that are drawn: those that are wanted, or the two that mattered most. Both are of one model.
fn pair(names: &[String], important: Vec<String>, wanted: (String, String)) -> Option<(String, String)> {
    let model = |name: &str| name.split_once('.').map(|(model, _)| model.to_owned());
    let goes = |name: &String| names.contains(name);
    let mut order = important;
    order.extend(names.iter().cloned());
    let first = [wanted.0].into_iter().find(goes).or_else(|| order.iter().find(|name| goes(name)).cloned())?;
    let fits = |name: &String| goes(name) && *name != first && model(name) == model(&first);
    let second = [wanted.1].into_iter().chain(order).find(fits)?;
    Some((first, second))
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
struct Picture {
    plot: Plot,
    sides: Sides,
    /// For each band, from the worst to the best, where it is or a better one, and its trials.
    bands: Vec<(String, String)>,
    /// All trials, and the best.
    dots: (String, String),
    /// The trials, and where each is.
    trials: Vec<u32>,
    places: Places,
    /// Where the colours are explained, and their bounds from the worst to the best.
    key: Vec<(f64, String)>,
    title: String,
    note: String,
}

fn picture(run: &Run, axes: &[Axis], surface: &Surface, frame: Frame) -> Option<Picture> {
    let (x_axis, y_axis) = (Axis::of(axes, &surface.x)?, Axis::of(axes, &surface.y)?);
    let objective = run.study.objective;
    let ((left, right), (bottom, top)) = (frame.x(), frame.y());
    let plot = Plot {
        frame,
        x: Scale::new((0.0, 1.0), (left, right)),
        y: Scale::new((0.0, 1.0), (bottom, top + KEY)),
        high_is_good: objective.higher_is_better(),
    };
    // As losses the best is the lowest, whichever way the objective goes.
    let losses: Vec<f64> = surface.mean.iter().map(|&value| objective.loss(value)).collect();
    let lowest = losses.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    let (low, high) = (*lowest.1, losses.iter().copied().max_by(f64::total_cmp)?);
    let bound = |band: usize| high - (high - low) * band as f64 / BANDS as f64;
    let band_of = |loss: f64| (0..BANDS).rev().find(|&band| loss <= bound(band)).unwrap_or(0);
    // Ten thousand trials are gone through once.
    let (mut of_bands, mut of_best) = (vec![String::new(); BANDS], String::new());
    let (mut trials, mut places) = (Vec::new(), Places { room: frame, at: Vec::new(), columns: false });
    for (trial, value) in run.ranked() {
        let Some((x, y)) = x_axis.at(trial).zip(y_axis.at(trial)) else { continue };
        let at = (plot.x.at(x), plot.y.at(y));
        dot(&mut of_bands[band_of(objective.loss(value))], at);
        if run.best == Some(trial.number) {
            dot(&mut of_best, at);
        }
        trials.push(trial.number);
        places.at.push(at);
    }
    let place = |at: usize, up: usize| (plot.x.at(surface.across[at]), plot.y.at(surface.up[up]));
    let area = |band: usize| {
        let inside = if band == 0 { f64::INFINITY } else { bound(band) };
        area(surface.across.len(), surface.up.len(), &losses, inside, &place)
    };
    let dots = (of_bands.concat(), of_best);
    let bands = of_bands.into_iter().enumerate().map(|(band, dots)| (area(band), dots));
    let key = (0..=BANDS).map(|band| {
        let x = left + (right - left).min(360.0) * band as f64 / BANDS as f64;
        (x, if band % 2 == 0 { fine(objective.loss(bound(band))) } else { String::new() })
    });
    let across = surface.across.get(lowest.0 % surface.across.len())?;
    let up = surface.up.get(lowest.0 / surface.across.len())?;
    let title = [
        ("metric", metric(objective)),
        ("value", fine(objective.loss(low))),
        ("x", format!("{} {}", axis_name(run, x_axis), x_axis.name(*across))),
        ("y", format!("{} {}", axis_name(run, y_axis), y_axis.name(*up))),
    ];
    let note = [("known", surface.known.to_string()), ("trial", trial_name(surface.held))];
    let sides = Sides {
        across: x_axis.ticks(((right - left) / LABEL_WIDTH) as usize),
        up: y_axis.ticks(((bottom - top - KEY) / LABEL_HEIGHT) as usize),
        across_title: format!("{} →", axis_name(run, x_axis)),
        up_title: format!("↑ {}", axis_name(run, y_axis)),
    };
    let picture = || Picture {
        plot,
        sides,
        bands: bands.collect(),
        dots,
        trials,
        places,
        key: key.collect(),
        title: fill("page.contour-title", &title),
        note: fill("page.contour-note", &note),
    };
    (frame.width > 0.0).then(picture)
}

/// A dot: the round ends of a line without length make it.
fn dot(path: &mut String, at: (f64, f64)) {
    go_to(path, 'M', at);
    path.push_str("h0");
}

/// A step of a path to a place in tenths of a pixel. Whole numbers are written many times as fast as others.
fn go_to(path: &mut String, command: char, (x, y): (f64, f64)) {
    let [x, y] = [x, y].map(|at| (10.0 * at).round() as u32);
    let _written = write!(path, "{command}{}.{} {}.{}", x / 10, x % 10, y / 10, y % 10);
}

/// Where a surface is at most so high: in each cell between four places a polygon whose corners lie where a straight line
/// between two places comes to that height. `losses` has a row of `count` for each of `rows`.
fn area(count: usize, rows: usize, losses: &[f64], height: f64, place: &dyn Fn(usize, usize) -> (f64, f64)) -> String {
    let mut path = String::new();
    for up in 1..rows {
        for at in 1..count {
            let corners = [(at - 1, up - 1), (at, up - 1), (at, up), (at - 1, up)];
            let mut is_open = false;
            let mut go = |at: (f64, f64)| {
                go_to(&mut path, if is_open { 'L' } else { 'M' }, at);
                is_open = true;
            };
            for side in 0..4 {
                let (from, to) = (corners[side], corners[(side + 1) % 4]);
                let loss = |(at, up): (usize, usize)| losses[up * count + at];
                let (start, end) = (place(from.0, from.1), place(to.0, to.1));
                if loss(from) <= height {
                    go(start);
                }
                if (loss(from) <= height) != (loss(to) <= height) {
                    let part = (height - loss(from)) / (loss(to) - loss(from));
                    go((start.0 + part * (end.0 - start.0), start.1 + part * (end.1 - start.1)));
                }
            }
            if is_open {
                path.push('Z');
            }
        }
    }
    path
}

fn drawn(picture: &Picture) -> View {
    let Picture { plot, sides, bands, dots, key, .. } = picture;
    let (_, top) = plot.frame.y();
    let path = |class: &str, d: &str| svg("path").attrs(&[("class", class), ("d", d)]);
    let banded = |at: usize, d: &str| svg("path").attr("d", d).style("--colour", move || format!("var(--band-{at})"));
    let areas = bands.iter().enumerate().map(|(at, (area, _))| banded(at, area));
    let inner = bands.iter().enumerate().map(|(at, (_, dots))| banded(at, dots));
    let swatches = key.windows(2).enumerate().map(|(at, ends)| {
        let (from, to) = (ends[0].0, ends[1].0);
        banded(at, &format!("M{from:.1} {}H{to:.1}v12H{from:.1}Z", top - 6.0))
    });
    let bounds = key.iter().enumerate().map(|(at, (x, words))| {
        let anchor = match at {
            0 => "start",
            BANDS => "end",
            _ => "middle",
        };
        text((*x, top + 20.0), anchor, words)
    });
    let group = |class: &str, parts: Vec<El>| svg("g").attr("class", class).children(parts).into();
    View::group([
        draw(plot, sides).into(),
        group("bands", areas.collect()),
        group("bands", swatches.collect()),
        group("axes", bounds.collect()),
        group("pins", vec![path("rim best", &dots.1), path("rim", &dots.0), path("gap", &dots.0)]),
        group("pins inner", inner.collect()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::recorded;

    fn surface() -> Surface {
        // Rises from left to right, wherever it is from bottom to top.
        let (across, up) = (vec![0.0, 0.5, 1.0], vec![0.0, 1.0]);
        let mean = [0.8, 0.9, 1.0, 0.8, 0.9, 1.0].to_vec();
        Surface { x: "n_factors".into(), y: "learning_rate".into(), held: 1, known: 4, across, up, mean }
    }

    fn drawn(surface: Surface) -> Option<Picture> {
        let run = recorded::shown(4);
        picture(&run, &Axis::all(&run), &surface, Frame { width: 456.0, height: HEIGHT })
    }

    #[test]
    fn each_band_reaches_as_far_as_the_surface_is_that_good() {
        let picture = drawn(surface()).unwrap();
        assert_eq!(picture.bands.len(), BANDS);
        // The worst fills the whole, the best an eighth of it from the left.
        let reach = |path: &str| {
            let numbers = path.split(['M', 'L', 'Z']).filter_map(|pair| pair.split(' ').next()?.parse::<f64>().ok());
            numbers.fold(0.0, f64::max)
        };
        let (left, right) = picture.plot.frame.x();
        assert_eq!(reach(&picture.bands[0].0), right);
        let eighth = left + (right - left) / 8.0;
        assert!((reach(&picture.bands[7].0) - eighth).abs() < 0.1, "{}", picture.bands[7].0);
        // Every trial stands in one band, and the best among all.
        let all: usize = picture.bands.iter().map(|(_, dots)| dots.matches('M').count()).sum();
        assert_eq!((all, picture.dots.0.matches('M').count(), picture.dots.1.matches('M').count()), (4, 4, 1));
        assert!(picture.title.contains("0.8000") && picture.title.contains("factors 4"), "{}", picture.title);
        assert_eq!((picture.key[0].1.as_str(), picture.key[8].1.as_str()), ("1.0000", "0.8000"));
        assert_eq!(drawn(Surface { x: "nobody".into(), ..surface() }), None);
    }

    #[test]
    fn a_corner_that_is_low_alone_is_a_triangle() {
        let place = |at: usize, up: usize| (at as f64, up as f64);
        assert_eq!(area(2, 2, &[0.0, 1.0, 1.0, 1.0], 0.5, &place), "M0.0 0.0L0.5 0.0L0.0 0.5Z");
        assert_eq!(area(2, 2, &[1.0; 4], 0.5, &place), "");
        assert_eq!(area(2, 2, &[0.0; 4], 0.5, &place), "M0.0 0.0L1.0 0.0L1.0 1.0L0.0 1.0Z");
    }

    #[test]
    fn both_parameters_are_of_one_model() {
        let names = ["svd.k", "svd.rate", "als.k", "als.alpha"].map(String::from);
        let of = |important: &[&str], x: &str, y: &str| {
            let important = important.iter().map(ToString::to_string).collect();
            pair(&names, important, (x.into(), y.into())).map(|(x, y)| format!("{x} {y}"))
        };
        assert_eq!(of(&[], "", "").as_deref(), Some("svd.k svd.rate"));
        assert_eq!(of(&["als.alpha", "als.k"], "", "").as_deref(), Some("als.alpha als.k"));
        assert_eq!(of(&[], "als.k", "svd.k").as_deref(), Some("als.k als.alpha"));
        assert_eq!(of(&[], "svd.rate", "svd.k").as_deref(), Some("svd.rate svd.k"));
        assert_eq!(pair(&names[..1], vec![], (String::new(), String::new())), None);
    }
}
