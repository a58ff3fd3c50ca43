//! `rectune inspect`: what is in a ratings file.

use super::output::{self, Table};
use super::{Verdict, args, data};
use crate::engine::data::Dataset;
use crate::error::Error;

pub(super) fn run(args: &args::Inspect) -> Result<Verdict, Error> {
    let data = data::load(&args.data)?;
    output::finish(args.output.json.as_deref(), &data.report, || table(&data))?;
    Ok(Verdict::Done)
}

fn table(data: &Dataset) -> String {
    let report = &data.report;
    let mut table = Table::new(&["", ""]);
    let mut row = |name: &str, value: String| table.row(vec![name.to_owned(), value]);
    row("rows", report.rows.to_string());
    row("used", report.used.to_string());
    for skipped in &report.skipped {
        row("skipped", format!("{} {} (first: line {})", skipped.count, skipped.reason, skipped.first_line));
    }
    row("duplicates", report.duplicates.to_string());
    row("users", report.users.to_string());
    row("items", report.items.to_string());
    row("ratings", format!("{} to {} in steps of {}", report.scale.min, report.scale.max, report.scale.step));
    row("density", format!("{:.3} %", report.density * 100.0));
    row("columns", data::columns_text(&report.columns));
    row("hash", report.hash.clone());
    row("seconds", format!("{:.3}", report.seconds));
    data::summary(data) + &table.text()
}
