//! In which line of its file each row stands, in little memory: rows mostly follow each other line by line.

/// The line of each row.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    runs: Vec<Run>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    /// The first row.
    row: u32,
    /// Its line.
    line: u64,
    /// Lines from one row to the next: 1, or 0 where a line holds several rows.
    step: u64,
}

impl Lines {
    /// Says where a row stands. Rows come in order.
    pub fn push(&mut self, row: u32, line: u64) {
        match self.runs.last_mut() {
            Some(run) if run.line + u64::from(row - run.row) * run.step == line => {}
            Some(run) if row == run.row + 1 && line == run.line => run.step = 0,
            _ => self.runs.push(Run { row, line, step: 1 }),
        }
    }

    /// The line of a row; 0 where there are no lines.
    #[must_use]
    pub fn of(&self, row: u32) -> u32 {
        let at = self.runs.partition_point(|run| run.row <= row);
        let Some(run) = at.checked_sub(1).map(|at| self.runs[at]) else { return 0 };
        u32::try_from(run.line + u64::from(row - run.row) * run.step).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_knows_its_line() {
        let expected = [2, 3, 4, 7, 8, 8, 8, 9, 9, 12, 5_000_000_000];
        let mut lines = Lines::default();
        for (row, line) in (0..).zip(expected) {
            lines.push(row, line);
        }
        for (row, line) in (0..).zip(expected) {
            assert_eq!(lines.of(row), u32::try_from(line).unwrap_or(u32::MAX), "{row}");
        }
        assert!(lines.runs.len() <= 7);
        assert_eq!(Lines::default().of(3), 0);
    }
}
