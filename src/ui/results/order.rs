//! The order of the table's rows. Pure.

use std::cmp::Ordering;

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

/// The trials in an order. Those without a value in the column come last in either direction, and equal ones stand by number.
#[derive(Debug, Default)]
pub struct Sorted {
    /// In which order, and of which run they are.
    of: Option<(Order, u32)>,
    /// The revision up to which the run's changes are taken in.
    revision: u32,
    rows: Vec<Row>,
}

/// A trial in its place.
#[derive(Debug)]
struct Row {
    key: Option<Value>,
    number: u32,
    revision: u32,
}

impl Sorted {
    /// Takes in what has become of the trials since the last call: of ten thousand only those are sorted anew.
    pub fn follow(&mut self, run: &Run, order: &Order) {
        let of = Some((order.clone(), run.first_revision));
        if self.of != of {
            (self.of, self.revision) = (of, run.first_revision);
            self.rows.clear();
        }
        let mut changed = run.changed_since(self.revision).to_vec();
        self.revision = run.revision();
        order::sort(&mut changed, u32::cmp);
        changed.dedup();
        self.rows.retain(|row| changed.binary_search(&row.number).is_err());
        let row = |number: &u32| {
            let trial = run.trials.get(number)?;
            Some(Row { key: key(trial, &order.by), number: *number, revision: trial.revision })
        };
        let mut new: Vec<Row> = changed.iter().filter_map(row).collect();
        order::sort(&mut new, |a, b| order.compare(a, b));
        let before = std::mem::take(&mut self.rows);
        if before.is_empty() {
            self.rows = new;
            return;
        }
        self.rows.reserve(before.len() + new.len());
        let mut new = new.into_iter().peekable();
        for row in before {
            while let Some(first) = new.next_if(|new| order.compare(new, &row).is_lt()) {
                self.rows.push(first);
            }
            self.rows.push(row);
        }
        self.rows.extend(new);
    }

    /// The trials with their revisions.
    pub fn rows(&self) -> impl Iterator<Item = (u32, u32)> {
        self.rows.iter().map(|row| (row.number, row.revision))
    }
}

impl Order {
    fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let by_key = match (&a.key, &b.key) {
            (Some(a), Some(b)) if self.down => compare(b, a),
            (Some(a), Some(b)) => compare(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        by_key.then(a.number.cmp(&b.number))
    }
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

    fn model() -> Model {
        let mut model = Model::default();
        for event in recorded::run(5) {
            model.apply(event, 0.0);
        }
        let (kind, params) = (crate::study::ModelKind::Svd, Default::default());
        model.apply(Event::TrialStarted { number: 5, model: kind, params }, 0.0);
        model
    }

    fn numbers(order: &Order) -> Vec<u32> {
        let mut sorted = Sorted::default();
        sorted.follow(&model().run.unwrap(), order);
        sorted.rows().map(|(number, _)| number).collect()
    }

    #[test]
    fn trials_that_come_are_put_where_they_belong() {
        let (mut model, mut sorted) = (Model::default(), Sorted::default());
        for down in [false, true] {
            let order = Order { by: Column::Value, down };
            for event in recorded::run(40) {
                model.apply(event, 1.0);
                let Some(run) = &model.run else { continue };
                sorted.follow(run, &order);
                let mut anew = Sorted::default();
                anew.follow(run, &order);
                assert!(sorted.rows().eq(anew.rows()));
            }
            assert_eq!(sorted.rows().count(), 40);
            // Another run, whose trials have the same numbers.
            model.reset();
        }
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
