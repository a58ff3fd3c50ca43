//! `rectune inspect`: what is in a ratings file.

use serde::Serialize;

use super::output::{self, Table};
use super::{Verdict, args, data};
use crate::engine::data::Dataset;
use crate::engine::data::profile::profile;
use crate::error::Error;
use crate::protocol::{DataReport, Profile, SplitReport};
use crate::study::Seed;
use crate::words::ENGLISH;

#[derive(Serialize)]
struct InspectResult<'a> {
    #[serde(flatten)]
    report: &'a DataReport,
    profile: Profile,
    /// The split that is recommended for data of this size, and what it comes to.
    split: Option<SplitResult>,
}

#[derive(Serialize)]
struct SplitResult {
    spec: String,
    #[serde(flatten)]
    report: SplitReport,
}

pub(super) fn run(args: &args::Inspect) -> Result<Verdict, Error> {
    let data = data::load(&args.data)?;
    let test = args.cut.test.as_deref().map(|file| data::load_test(file, &data)).transpose()?;
    let spec = data::choose_split(args.cut.split.as_deref(), &data)?;
    let spec = if test.is_some() { spec.without_test() } else { spec };
    let split = match data::cut(&data, test.as_ref(), spec, Seed(args.seed)) {
        Ok((_, report)) => Some(SplitResult { spec: spec.to_string(), report }),
        // A recommended split that does not work out is no reason to say nothing about the file.
        Err(Error::EmptyPart { .. }) if args.cut.split.is_none() && test.is_none() => None,
        Err(error) => return Err(error),
    };
    let result = InspectResult { report: &data.report, profile: profile(&data), split };
    output::finish(args.output.json.as_deref(), &result, || table(&data, result.split.as_ref()))?;
    Ok(Verdict::Done)
}

fn table(data: &Dataset, split: Option<&SplitResult>) -> String {
    let report = &data.report;
    let mut table = Table::new(&["", ""]);
    let mut row = |name: &str, value: String| table.row(vec![name.to_owned(), value]);
    row("rows", report.rows.to_string());
    row("used", report.used.to_string());
    for skipped in &report.skipped {
        let reason = ENGLISH.fill(&format!("skipped.{}", skipped.reason), &[]);
        row("skipped", format!("{} {reason} (first: line {})", skipped.count, skipped.first_line));
    }
    row("duplicates", report.duplicates.to_string());
    for note in &report.notes {
        let fields = [("count", note.count.to_string()), ("of", note.of.to_string())];
        row("note", ENGLISH.fill(&format!("note.{}", note.code), &fields));
    }
    row("users", report.users.to_string());
    row("items", report.items.to_string());
    row("ratings", format!("{} to {} in steps of {}", report.scale.min, report.scale.max, report.scale.step));
    row("density", format!("{:.3} %", report.density * 100.0));
    row("columns", data::columns_text(&report.columns));
    for reason in &report.reasons {
        let number = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let fields = [
            ("role", reason.role.clone()),
            ("column", reason.column.clone()),
            ("values", reason.values.to_string()),
            ("min", number(reason.min)),
            ("max", number(reason.max)),
        ];
        row("", ENGLISH.fill(&format!("reason.{}", reason.why), &fields));
    }
    if let Some(items) = &report.catalog {
        row("items known", format!("{} of {} ({})", items.known, items.known + items.unknown, items.name));
        if items.others > 0 {
            row("", format!("{} more that no row names", items.others));
        }
    }
    if let Some(SplitResult { spec, report }) = split {
        row("split", spec.clone());
        row("", format!("{} training, {} validation, {} test rows", report.train, report.valid, report.test));
        row(
            "",
            format!(
                "{} users and {} items of the test part are unknown to training",
                report.cold_users, report.cold_items
            ),
        );
        if report.leaks > 0 {
            row("", format!("{} test rows are older than the newest training row", report.leaks));
        }
        if report.tied > 0 {
            row("", format!("{} rows share user and time with another", report.tied));
        }
    }
    row("hash", report.hash.clone());
    row("seconds", format!("{:.3}", report.seconds));
    data::summary(data) + &table.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::{builder, problem};

    #[test]
    fn everything_that_is_said_of_data_has_words() {
        let expected = |prefix: &str, names: &[&str]| {
            let mut names: Vec<String> = names.iter().map(|name| format!("{prefix}.{name}")).collect();
            names.sort_unstable();
            names
        };
        let words = |prefix: &str| {
            let keys = ENGLISH.keys().filter(|key| key.split('.').next() == Some(prefix));
            keys.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(words("skipped"), expected("skipped", &problem::REASONS));
        assert_eq!(words("note"), expected("note", &builder::NOTES));
        assert_eq!(
            words("reason"),
            expected("reason", &["chosen", "name", "values", "texts", "position", "layout", "words"])
        );
    }
}
