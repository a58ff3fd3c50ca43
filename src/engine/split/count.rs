//! What a plan comes to, counted before any of its parts is made.

use super::cut::TEST;
use super::{Plan, SplitReport};
use crate::engine::data::Interactions;
use crate::engine::data::interactions::Row;
use crate::error::Error;
use crate::study::SplitSpec;

impl Plan<'_> {
    /// Fills in the sizes of the parts.
    ///
    /// # Errors
    /// [`Error::EmptyPart`] where a part that was asked for gets no rows.
    pub(super) fn count(&mut self, spec: SplitSpec) -> Result<(), Error> {
        let mut sizes = [0_u32; 256];
        for &label in &self.labels {
            sizes[usize::from(label)] += 1;
        }
        let rows = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        let refit = rows - sizes[usize::from(TEST)];
        let valid = &sizes[..usize::from(self.folds)];
        let empty =
            |part: &str| Err(Error::EmptyPart { part: part.to_owned(), split: spec.to_string(), rows: rows.into() });
        if spec.has_test() && refit == rows {
            return empty("test");
        }
        if spec.has_validation() && valid.contains(&0) {
            return empty("validation");
        }
        if valid.contains(&refit) {
            return empty("training");
        }
        let own = self.test.as_ref().map(|test| u32::try_from(test.len()).unwrap_or(u32::MAX));
        let (cold_users, cold_items) = self.cold();
        self.report = SplitReport {
            train: refit - valid[0],
            valid: valid[0],
            test: own.unwrap_or(rows - refit),
            folds: self.folds.into(),
            cold_users,
            cold_items,
            ..self.report
        };
        Ok(())
    }

    /// Users and items with a row in the test part and none in the others.
    fn cold(&self) -> (u32, u32) {
        let mut users = vec![true; self.counts.0 as usize];
        let mut items = vec![true; self.counts.1 as usize];
        for (row, &label) in self.rows.rows().zip(&self.labels) {
            if label != TEST {
                users[row.user as usize] = false;
                items[row.item as usize] = false;
            }
        }
        let (mut cold_users, mut cold_items) = (0, 0);
        self.each_test(|row| {
            // Taken, so that each is counted once.
            cold_users += u32::from(std::mem::take(&mut users[row.user as usize]));
            cold_items += u32::from(std::mem::take(&mut items[row.item as usize]));
        });
        (cold_users, cold_items)
    }

    /// Test rows that are older than the newest row that is learned from: they are predicted from their future.
    pub(super) fn older(&self) -> u32 {
        let times = self.rows.times().iter().zip(&self.labels);
        let Some(newest) = times.filter(|(_, label)| **label != TEST).map(|(time, _)| *time).max() else { return 0 };
        let timed = self.test.as_ref().is_none_or(Interactions::is_timed);
        let mut older = 0;
        self.each_test(|row| older += u32::from(timed && row.time < newest));
        older
    }

    /// All test rows.
    fn each_test(&self, mut each: impl FnMut(Row)) {
        match &self.test {
            Some(test) => test.rows().for_each(each),
            None => {
                let rows = self.rows.rows().zip(&self.labels);
                rows.filter(|(_, label)| **label == TEST).for_each(|(row, _)| each(row));
            }
        }
    }
}
