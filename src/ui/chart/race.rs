//! How the samplers of a race stand after each trial: a line for the median of what their runs fall short of the best that any
//! has seen, and a band between the quartiles.

use super::axes::{LABEL_HEIGHT, LABEL_WIDTH, Sides, draw};
use super::cursor::{Places, cursor};
use super::save::{Figures, Saved, save};
use super::scale::{Scale, extent};
use super::shape::{Frame, Plot, line_through};
use super::ticks::labels;
use super::width::width_of;
use crate::protocol::{Entrant, RaceReport};
use crate::ui::format::fine;
use crate::ui::run::Run;
use crate::ui::say::{fill, metric, say, word};
use crate::ui::signal::{Memo, Signal};
use crate::ui::store::Store;
use crate::ui::view::{El, View, el, svg};

const HEIGHT: f64 = 280.0;
/// What tells the lines apart besides their colours.
const DASHES: [&str; 5] = ["none", "7 3", "2 3", "10 3 2 3", "4 4"];

/// The colour of a sampler, by its place.
pub fn racer_colour(at: usize) -> String {
    format!("var(--racer-{at})")
}

/// What is drawn: the axes, and for each sampler its band and its line.
#[derive(Clone, Debug, PartialEq)]
struct Picture {
    plot: Plot,
    sides: Sides,
    racers: Vec<[String; 2]>,
    /// The trials, on the first sampler's line.
    places: Places,
}

/// The chart, named by the words of `title`.
pub fn race_chart(store: Store, race: Memo<Option<RaceReport>>, title: &str) -> El {
    let canvas = el("div").attr("class", "canvas");
    let width = width_of(canvas.element());
    let picture = Memo::new(move || {
        let frame = Frame { width: width.get(), height: HEIGHT };
        race.with(|race| store.run(|run| picture(run, race.as_ref()?, frame))).flatten()
    });
    let plot = Memo::new(move || picture.with(|picture| picture.as_ref().map(|picture| picture.plot)));
    let drawing = svg("svg")
        .attrs(&[("height", &HEIGHT.to_string()), ("role", "img"), ("aria-labelledby", title), ("data-testid", "race")])
        .attr_of("width", move || Some(width.get().to_string()))
        .shows(move || {
            let Picture { plot, sides, racers, .. } = picture.get()?;
            let part = |at: usize, which: usize| {
                let path = svg("path").attrs(&[("class", ["band", "line"][which]), ("d", &racers[at][which])]);
                let path = path.style("--colour", move || racer_colour(at));
                if which == 1 { path.attr("stroke-dasharray", DASHES[at % DASHES.len()]) } else { path }
            };
            let parts = [0, 1].into_iter().flat_map(|which| (0..racers.len()).map(move |at| (at, which)));
            let racers = svg("g").attr("class", "racers").children(parts.map(|(at, which)| part(at, which)));
            Some(View::group([draw(&plot, &sides).into(), racers.into()]))
        });
    let saved =
        Saved { figures: Figures::Race, name: "race".to_owned(), picture: Some(drawing.element().clone()), run: false };
    let places = Memo::new(move || picture.with(|picture| Some(picture.as_ref()?.places.clone())));
    let says = move |at: usize| race.with(|race| race.as_ref().map(|race| lines(race, at)));
    el("div")
        .attr("class", "chart")
        .flag("hidden", move || race.with(Option::is_none))
        .child(
            el("div")
                .attr("class", "chart-head")
                .child(el("p").attr("class", "kicker").text(say("page.race-kicker")))
                .child(save(store, saved, move || plot.with(Option::is_some))),
        )
        .child(canvas.child(cursor(store, drawing, (places, Signal::new(None)), Box::new(says))))
}

/// What is said of a trial's place: how far each sampler is then.
fn lines(race: &RaceReport, at: usize) -> Vec<String> {
    let far = |one: &Entrant| Some(format!("{} {}", word("sampler", one.sampler.name()), fine(*one.median.get(at)?)));
    let title = format!("{} {}", say("page.x-history"), at + 1);
    std::iter::once(title).chain(race.entrants.iter().filter_map(far)).collect()
}

fn picture(run: &Run, race: &RaceReport, frame: Frame) -> Option<Picture> {
    let all: Vec<f64> = race.entrants.iter().flat_map(|one| one.median.iter().chain(&one.high)).copied().collect();
    let top = extent(&all, None, false)?.1.max(1e-9);
    let (right, left) = (f64::from(race.budget.max(2)), 1.0);
    let plot = Plot {
        frame,
        x: Scale::new((left, right), frame.x()),
        y: Scale::new((0.0, top), frame.y()),
        high_is_good: false,
    };
    let place = |(at, value): (usize, &f64)| (plot.x.at(at as f64 + 1.0), plot.row(*value));
    let racer = |one: &Entrant| {
        let back = one.low.iter().enumerate().rev().map(place);
        let band = line_through(one.high.iter().enumerate().map(place).chain(back));
        [format!("{band}Z"), line_through(one.median.iter().enumerate().map(place))]
    };
    let ((from, to), (bottom, upper)) = (frame.x(), frame.y());
    let sides = Sides {
        across: labels(plot.x.domain, to - from, LABEL_WIDTH, true),
        up: labels(plot.y.domain, bottom - upper, LABEL_HEIGHT, false),
        across_title: say("page.x-history").to_owned(),
        up_title: fill("page.race-short", &[("metric", metric(run.study.objective))]),
    };
    let racers = race.entrants.iter().map(racer).collect();
    let at = race.entrants.first()?.median.iter().enumerate().map(place).collect();
    let places = Places { room: frame, at, columns: true };
    (frame.width > 0.0).then_some(Picture { plot, sides, racers, places })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::SamplerKind;
    use crate::ui::recorded;

    #[test]
    fn each_sampler_has_a_line_within_its_band() {
        let entrant = |sampler, at: f64| Entrant {
            sampler,
            median: vec![at, at / 2.0],
            low: vec![at / 2.0, 0.0],
            high: vec![2.0 * at, at],
            wins: 0.5,
        };
        let entrants = vec![entrant(SamplerKind::Random, 0.04), entrant(SamplerKind::Gp, 0.02)];
        let race = RaceReport { rounds: 2, budget: 10, entrants, ..RaceReport::default() };
        let frame = Frame { width: 400.0, height: HEIGHT };
        let Picture { plot, sides, racers, places } = picture(&recorded::shown(2), &race, frame).unwrap();
        assert_eq!((racers.len(), plot.x.domain), (2, (1.0, 10.0)));
        assert_eq!((racers[0][0].matches('L').count(), racers[0][1].matches('L').count()), (3, 1));
        assert_eq!(places.at.len(), 2);
        assert_eq!(lines(&race, 1), ["trial 2", "Random 0.0200", "Gaussian process 0.0100"]);
        assert!(sides.up.len() > 1 && sides.up[0].0 == 0.0 && sides.up_title.contains("RMSE"), "{sides:?}");
        assert_eq!(picture(&recorded::shown(2), &RaceReport::default(), frame), None);
    }
}
