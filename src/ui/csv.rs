//! The figures behind the charts as comma-separated values (RFC 4180), exact and in English: for other programs. Pure.

use std::fmt::Write as _;

use crate::protocol::{Bar, Estimate, Explanation, Profile, Slice, TrialState};
use crate::study::MetricSpec;
use crate::ui::chart::Both;
use crate::ui::chart::axis::Axis;
use crate::ui::run::{Run, Trial};

/// Trials in a portion of a table.
const PORTION: usize = 500;

/// The trials of a portion; none beyond the last. The first is there in any case: it has the header.
fn portion(run: &Run, portion: usize) -> Option<impl Iterator<Item = &Trial>> {
    let from = portion * PORTION;
    let trials = run.trials.values().skip(from).take(PORTION).map(|trial| &**trial);
    (portion == 0 || from < run.trials.len()).then_some(trials)
}

/// A row for each trial of a portion: number, model, searched parameters, metrics, epochs, state, seconds.
#[must_use]
pub fn trials(run: &Run, nth: usize) -> Option<String> {
    let portion = portion(run, nth)?;
    let measured = |metric: &MetricSpec| {
        let has = |trial: &Trial| trial.metrics.as_ref().is_some_and(|metrics| metrics.get(*metric).is_some());
        *metric == run.study.objective || run.trials.values().any(|trial| has(trial))
    };
    let metrics: Vec<MetricSpec> = MetricSpec::ALL.into_iter().filter(measured).collect();
    let mut text = String::new();
    if nth == 0 {
        text.push_str("trial,model");
        let params = run.dimensions.iter().map(|(name, _)| name.as_str());
        for name in params.chain(metrics.iter().map(|metric| metric.name())) {
            cell(&mut text, name);
        }
        text.push_str(",epochs,state,seconds\n");
    }
    for trial in portion {
        let _written = write!(text, "{},{}", trial.number, trial.model.name());
        for (name, _) in &run.dimensions {
            cell(&mut text, &trial.params.get(name).map(ToString::to_string).unwrap_or_default());
        }
        for metric in &metrics {
            let own = trial.value.filter(|_| *metric == run.study.objective);
            let value = own.or_else(|| trial.metrics.as_ref()?.get(*metric));
            cell(&mut text, &value.map(|value| value.to_string()).unwrap_or_default());
        }
        let state = trial.state.map_or("running", |state| match state {
            TrialState::Done => "done",
            TrialState::Failed => "failed",
            TrialState::Cancelled => "cancelled",
            TrialState::Stopped => "stopped",
        });
        let _written = writeln!(text, ",{},{state},{}", trial.epochs_shown(), trial.seconds);
    }
    Some(text)
}

/// A row for each epoch of each trial of a portion.
#[must_use]
pub fn curves(run: &Run, nth: usize) -> Option<String> {
    let trials = portion(run, nth)?;
    Some(epochs(run, nth == 0, trials))
}

/// A row for each epoch of either trial.
#[must_use]
pub fn pair(run: &Run, both: &[u32]) -> String {
    epochs(run, true, both.iter().filter_map(|number| run.trials.get(number)).map(|trial| &**trial))
}

fn epochs<'a>(run: &Run, has_head: bool, trials: impl Iterator<Item = &'a Trial>) -> String {
    let mut text = String::new();
    if has_head {
        let _written = writeln!(text, "trial,epoch,training,{}", run.study.objective.name());
    }
    for trial in trials {
        for point in &trial.curve {
            let valid = point.valid.map(|valid| valid.to_string()).unwrap_or_default();
            let _written = writeln!(text, "{},{},{},{valid}", trial.number, point.epoch, point.train);
        }
    }
    text
}

/// A row for the winner and for each baseline.
#[must_use]
pub fn tested(all: &[Both]) -> String {
    let mut text = String::from("validation,test,name\n");
    for one in all {
        let _written = write!(text, "{},{}", one.valid, one.test);
        cell(&mut text, &one.name);
        text.push('\n');
    }
    text
}

/// A row for each place along each parameter at which it is known what a sampler had learned.
#[must_use]
pub fn learned(run: &Run) -> Option<String> {
    learned_by(&run.why.as_ref()?.read()?, &Axis::all(run))
}

fn learned_by(why: &Explanation, axes: &[Axis]) -> Option<String> {
    let columns = |slice: &Slice| {
        let all = [
            ("expected", &slice.mean),
            ("low", &slice.low),
            ("high", &slice.high),
            ("improvement", &slice.gain),
            ("good", &slice.good),
            ("others", &slice.bad),
        ];
        all.into_iter()
            .filter(|(_, column)| !column.is_empty())
            .map(|(name, one)| (name, one.clone()))
            .collect::<Vec<_>>()
    };
    let mut text = String::from("trial,parameter,value");
    columns(why.slices.first()?).iter().for_each(|(name, _)| cell(&mut text, name));
    text.push('\n');
    for slice in &why.slices {
        let columns = columns(slice);
        for (at, &place) in slice.at.iter().enumerate() {
            let value = Axis::of(axes, &slice.name).map(|axis| axis.name(place)).unwrap_or_default();
            let _written = write!(text, "{},{}", why.number, slice.name);
            cell(&mut text, &value);
            columns.iter().for_each(|(_, column)| cell(&mut text, &column[at].to_string()));
            text.push('\n');
        }
    }
    Some(text)
}

/// A row for each place over two parameters at which the objective is modelled.
#[must_use]
pub fn surface(run: &Run) -> Option<String> {
    let (surface, axes) = (run.surface.as_ref()?.read()?, Axis::all(run));
    let mut text = format!("{},{},{}\n", surface.x, surface.y, run.study.objective.name());
    let (x, y) = (Axis::of(&axes, &surface.x)?, Axis::of(&axes, &surface.y)?);
    for (at, value) in surface.mean.iter().enumerate() {
        let (across, up) = (at % surface.across.len(), at / surface.across.len());
        text.push_str(&x.name(surface.across[across]));
        cell(&mut text, &y.name(surface.up[up]));
        cell(&mut text, &value.to_string());
        text.push('\n');
    }
    Some(text)
}

/// A row for each sampler of a race after each trial.
#[must_use]
pub fn race(run: &Run) -> Option<String> {
    let race = run.race.as_ref()?.read()?;
    let mut text = String::from("sampler,trial,median,low,high\n");
    for one in &race.entrants {
        for (at, median) in one.median.iter().enumerate() {
            let (name, low, high) = (one.sampler.name(), one.low[at], one.high[at]);
            let _written = writeln!(text, "{name},{at},{median},{low},{high}");
        }
    }
    Some(text)
}

/// A row for each metric of each candidate: its value with the ends of the interval, best first.
#[must_use]
pub fn candidates(run: &Run) -> String {
    let mut text = String::from("place,model,trial,epochs,metric,value,low,high\n");
    for one in &run.candidates {
        for metric in MetricSpec::ALL {
            let Some(Estimate { value, low, high }) = one.figures.get(metric) else { continue };
            let [trial, low, high] = [one.number.map(f64::from), low, high]
                .map(|number| number.map(|number| number.to_string()).unwrap_or_default());
            let (place, model, metric) = (one.group, one.model.model.name(), metric.name());
            let _written = writeln!(text, "{place},{model},{trial},{},{metric},{value},{low},{high}", one.epochs);
        }
    }
    text
}

/// A row for each bar of each chart of the data.
#[must_use]
pub fn profile(profile: &Profile) -> String {
    let mut text = String::from("chart,low,high,count\n");
    let Profile { ratings, per_user, per_item, times, gaps, years, genres, .. } = profile;
    let charts = [("ratings", ratings), ("users", per_user), ("items", per_item), ("times", times), ("gaps", gaps)];
    for (name, bars) in charts.into_iter().chain([("years", years)]) {
        for Bar { low, high, count } in bars {
            let _written = writeln!(text, "{name},{low},{high},{count}");
        }
    }
    for genre in genres {
        text.push_str("genres");
        cell(&mut text, &genre.name);
        cell(&mut text, &genre.name);
        let _written = writeln!(text, ",{}", genre.count);
    }
    text
}

fn cell(text: &mut String, value: &str) {
    let _written = if value.contains([',', '"', '\n']) {
        write!(text, ",\"{}\"", value.replace('"', "\"\""))
    } else {
        write!(text, ",{value}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ByMetric, Candidate};
    use crate::ui::recorded;

    #[test]
    fn a_run_is_a_table() {
        let run = recorded::shown(2);
        let text = trials(&run, 0).unwrap();
        let mut lines = text.lines();
        assert_eq!(
            lines.next().unwrap(),
            "trial,model,n_factors,learning_rate,regularization,rmse,mae,epochs,state,seconds"
        );
        let first: Vec<&str> = lines.next().unwrap().split(',').collect();
        assert_eq!((first[0], first[1], first[5], first[7], first[8]), ("0", "svd", "0.845", "12", "done"));
        assert_eq!(lines.count(), 1);
        let text = curves(&run, 0).unwrap();
        assert_eq!(text.lines().count(), 1 + 2 * 12);
        assert!(text.starts_with("trial,epoch,training,rmse\n0,1,0.89,"));
        assert_eq!(pair(&run, &[1, 9]).lines().count(), 1 + 12);
    }

    #[test]
    fn a_long_table_comes_in_portions_with_one_head() {
        let run = recorded::shown(1_200);
        let portions: Vec<String> = (0..).map_while(|nth| trials(&run, nth)).collect();
        assert_eq!(portions.iter().map(|text| text.lines().count()).collect::<Vec<_>>(), [501, 500, 200]);
        assert!(portions[2].starts_with("1000,svd,"));
        assert_eq!(curves(&run, 3), None);
    }

    #[test]
    fn candidates_are_rows_by_metric() {
        let mut run = recorded::shown(1);
        let figure = |value| Estimate { value, low: Some(value - 0.5), high: None };
        let best = run.best_trial().unwrap().params.clone();
        run.candidates.push(Candidate {
            number: Some(0),
            model: run.study.resolve(&best).unwrap(),
            epochs: 12,
            figures: ByMetric(vec![(MetricSpec::Rmse, figure(0.75))]),
            difference: figure(0.0),
            group: 1,
        });
        assert_eq!(candidates(&run).lines().nth(1), Some("1,svd,0,12,rmse,0.75,0.25,"));
    }

    #[test]
    fn what_was_learned_is_a_table() {
        use crate::protocol::Origin;
        let run = recorded::shown(2);
        assert_eq!(learned(&run), None);
        let slice = Slice { name: "n_factors".into(), at: vec![0.0, 1.0], good: vec![0.5, 2.0], ..Slice::default() };
        let slices = vec![Slice { bad: vec![1.0, 1.5], ..slice }];
        let why = Explanation { number: 1, known: 1, pending: 0, origin: Origin::Learned, slices };
        let table = "trial,parameter,value,good,others\n1,n_factors,4,0.5,1\n1,n_factors,32,2,1.5\n";
        assert_eq!(learned_by(&why, &Axis::all(&run)).as_deref(), Some(table));
    }

    #[test]
    fn cells_with_commas_are_quoted() {
        let mut text = String::new();
        cell(&mut text, "a,\"b\"");
        assert_eq!(text, ",\"a,\"\"b\"\"\"");
    }
}
