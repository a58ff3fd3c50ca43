//! The order of the table's rows. Pure.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::order;
use crate::study::Value;
use crate::ui::run::{Run, Trial};

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// The trial's number.
    Number,
    /// A searched parameter.
    Param(String),
    /// The objective.
    Value,
    /// The epochs.
    Epochs,
    /// How it ended.
    State,
    /// The trainer's time.
    Seconds,
}

/// How the rows are sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// By which column.
    pub by: Column,
    /// From the highest down.
    pub down: bool,
}

impl Order {
    /// What a click on a column's header leads to.
    #[must_use]
    pub fn clicked(&self, column: &Column) -> Self {
        Self { by: column.clone(), down: self.by == *column && !self.down }
    }
}

/// The trials in this order. Those without a value in the column come last in either direction, and equal ones stand by
/// number.
#[must_use]
pub fn sorted(run: &Run, order: &Order) -> Vec<Arc<Trial>> {
    // Keys are made once for each trial: of ten thousand each is compared many times.
    let mut trials: Vec<_> = run.trials.values().map(|trial| (key(trial, &order.by), trial)).collect();
    // The sort is stable, and the trials come by number.
    order::sort(&mut trials, |(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) if order.down => compare(b, a),
        (Some(a), Some(b)) => compare(a, b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    trials.into_iter().map(|(_, trial)| Arc::clone(trial)).collect()
}

fn key(trial: &Trial, column: &Column) -> Option<Value> {
    match column {
        Column::Number => Some(f64::from(trial.number).into()),
        Column::Param(name) => trial.params.get(name).cloned(),
        Column::Value => trial.value.map(Value::from),
        Column::Epochs => Some(f64::from(trial.epochs_shown()).into()),
        // Running trials stand first.
        Column::State => Some(trial.state.map_or(0.0, |state| 1.0 + f64::from(state as u8)).into()),
        Column::Seconds => (trial.seconds > 0.0).then(|| trial.seconds.into()),
    }
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.total_cmp(b),
        (a, b) => a.to_string().cmp(&b.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Event;
    use crate::ui::{model::Model, recorded};

    fn numbers(order: &Order) -> Vec<u32> {
        let mut model = Model::default();
        for event in recorded::run(5) {
            model.apply(event, 0.0);
        }
        let (model_kind, params) = (crate::study::ModelKind::Svd, Default::default());
        model.apply(Event::TrialStarted { number: 5, model: model_kind, params }, 0.0);
        sorted(&model.run.unwrap(), order).iter().map(|trial| trial.number).collect()
    }

    #[test]
    fn rows_without_a_value_come_last_in_both_directions() {
        // The recorded values wobble by number x 7 mod 11: 0, 7, 3, 10, 6.
        assert_eq!(numbers(&Order { by: Column::Value, down: false }), [0, 2, 4, 1, 3, 5]);
        assert_eq!(numbers(&Order { by: Column::Value, down: true }), [3, 1, 4, 2, 0, 5]);
        assert_eq!(numbers(&Order { by: Column::Number, down: true }), [5, 4, 3, 2, 1, 0]);
        assert_eq!(numbers(&Order { by: Column::State, down: false })[0], 5);
    }

    #[test]
    fn a_second_click_turns_the_order() {
        let order = Order { by: Column::Number, down: false };
        let once = order.clicked(&Column::Value);
        assert_eq!(once, Order { by: Column::Value, down: false });
        assert!(once.clicked(&Column::Value).down);
    }
}
