//! The figures behind the charts as comma-separated values (RFC 4180), exact and in English: for other programs. Pure.

use std::fmt::Write as _;

use crate::protocol::TrialState;
use crate::study::MetricSpec;
use crate::ui::chart::Both;
use crate::ui::run::{Run, Trial};

/// A row for each trial: number, model, searched parameters, metrics, epochs, state, seconds.
#[must_use]
pub fn trials(run: &Run) -> String {
    let searched = run.searched();
    let measured = |metric: &MetricSpec| {
        let has = |trial: &Trial| trial.metrics.as_ref().is_some_and(|metrics| metrics.get(*metric).is_some());
        *metric == run.study.objective || run.trials.values().any(|trial| has(trial))
    };
    let metrics: Vec<MetricSpec> = MetricSpec::ALL.into_iter().filter(measured).collect();
    let mut text = String::from("trial,model");
    for name in searched.iter().map(String::as_str).chain(metrics.iter().map(|metric| metric.name())) {
        cell(&mut text, name);
    }
    text.push_str(",epochs,state,seconds\n");
    for trial in run.trials.values() {
        let _written = write!(text, "{},{}", trial.number, trial.model.name());
        for name in &searched {
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
    text
}

/// A row for each epoch of each trial.
#[must_use]
pub fn curves(run: &Run) -> String {
    let mut text = format!("trial,epoch,training,{}\n", run.study.objective.name());
    for trial in run.trials.values() {
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
    use crate::ui::recorded;

    #[test]
    fn a_run_is_a_table() {
        let run = recorded::shown(2);
        let text = trials(&run);
        let mut lines = text.lines();
        assert_eq!(
            lines.next().unwrap(),
            "trial,model,n_factors,learning_rate,regularization,rmse,mae,epochs,state,seconds"
        );
        let first: Vec<&str> = lines.next().unwrap().split(',').collect();
        assert_eq!((first[0], first[1], first[5], first[7], first[8]), ("0", "svd", "0.845", "12", "done"));
        assert_eq!(lines.count(), 1);
        assert_eq!(curves(&run).lines().count(), 1 + 2 * 12);
        assert!(curves(&run).starts_with("trial,epoch,training,rmse\n0,1,0.89,"));
    }

    #[test]
    fn cells_with_commas_are_quoted() {
        let mut text = String::new();
        cell(&mut text, "a,\"b\"");
        assert_eq!(text, ",\"a,\"\"b\"\"\"");
    }
}
