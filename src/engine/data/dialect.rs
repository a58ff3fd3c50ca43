//! How a file's text is cut into fields: delimiter, quoting and layout, found in the file's first part by trying.

use std::collections::BTreeMap;

use super::cutter::{Cutter, Piece, SPACES};
use super::{names, number};
use crate::error::Error;
use crate::order;
use crate::study::form::{Decimal, Layout, Quotes};

/// The delimiters that are looked for; where two fit equally well the earlier one is taken. Runs of spaces are the last
/// resort: most texts have some.
pub const DELIMITERS: [&str; 6] = [",", ";", "\t", "|", "::", SPACES];

/// So many records are looked at.
const LOOK: usize = 400;
/// So many lines can stand before a table.
const MAX_PREAMBLE: usize = 20;

/// How a text is cut, and its first records.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialect {
    /// The delimiter.
    pub delimiter: String,
    /// How cells are quoted.
    pub quotes: Quotes,
    /// What a line holds; a matrix is found later, by its columns.
    pub layout: Layout,
    /// Records before the table: comments, a title, what Excel writes to name the delimiter.
    pub preamble: usize,
    /// The first records of the table, as text.
    pub head: Vec<Vec<String>>,
}

/// What is known already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The delimiter.
    pub delimiter: Option<String>,
    /// How cells are quoted.
    pub quotes: Option<Quotes>,
    /// What a line holds.
    pub layout: Option<Layout>,
}

/// Finds how a text is cut. `complete`: the text is the whole file, else its last record may be cut off.
///
/// # Errors
/// [`Error::NotATable`] for bytes that are no text or have no delimiter, [`Error::BadSetting`] for a known delimiter that
/// can not be one.
pub fn sniff(file: &str, text: &[u8], complete: bool, known: &Known) -> Result<Dialect, Error> {
    let not_a_table = |found: String| Error::NotATable { file: file.to_owned(), found };
    if text.iter().any(|&byte| byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0B | 0x0C | 0x1A)) {
        return Err(not_a_table("it holds bytes that are no text".to_owned()));
    }
    let named = named_delimiter(text);
    let quotes = known.quotes.unwrap_or_default();
    let best = match known.delimiter.clone().or(named) {
        Some(delimiter) => Trial::new(&delimiter, quotes, text, complete)?,
        None => best(text, complete, quotes)?,
    };
    // Quotes that are text make records of several lines, or none at all.
    let mut best = best;
    if known.quotes.is_none() && best.is_doubtful() {
        for quotes in [Quotes::Padded, Quotes::None] {
            let other = Trial::new(&best.delimiter, quotes, text, complete)?;
            // Quotes that were never meant to be closed swallow rows; where they are, more of them agree without. A cell in
            // quotes that holds delimiters and an end of line makes more of them too, but then some lack their numbers.
            let more = other.agreeing > best.agreeing
                && other.share() >= best.share()
                && other.least_numbers() >= best.least_numbers();
            if other.share() > best.share() || more {
                best = other;
            }
        }
    }
    if known.quotes.is_none() && best.quotes == Quotes::Csv && text.windows(2).any(|pair| pair == b"\\\"") {
        let other = Trial::new(&best.delimiter, Quotes::Escaped, text, complete)?;
        let fits = other.records.first().is_some_and(|record| record.len() == other.usual);
        if fits && other.share() >= best.share() {
            best = other;
        }
    }
    let best =
        if best.usual < 2 && known.quotes.is_none() { whole_lines(text, complete)?.unwrap_or(best) } else { best };
    if best.usual < 2 && known.delimiter.is_none() {
        let line = text.split(|byte| matches!(byte, b'\r' | b'\n')).find(|line| !line.trim_ascii().is_empty());
        return Err(not_a_table(format!(
            "there is no delimiter in \"{}\"",
            excerpt(line.unwrap_or(text).trim_ascii())
        )));
    }
    if known.delimiter.is_none() && best.has_pairs() {
        let found = "items with their ratings behind a colon; write one line for each rating: user,item,rating";
        return Err(not_a_table(found.to_owned()));
    }
    let layout = known.layout.unwrap_or_else(|| best.layout());
    let preamble = best.preamble(layout);
    let quotes = if known.quotes.is_none() && best.is_quoted_twice(preamble) { Quotes::Doubled } else { best.quotes };
    let head = best.records.into_iter().skip(preamble);
    let head = head.map(|mut record: Vec<String>| {
        if quotes == Quotes::Doubled {
            record.iter_mut().for_each(|cell| *cell = cell.trim_matches('"').to_owned());
        }
        record
    });
    Ok(Dialect { delimiter: best.delimiter, quotes, layout, preamble, head: head.collect() })
}

/// A table of which each line as a whole is in quotes, except perhaps the first one.
fn whole_lines(text: &[u8], complete: bool) -> Result<Option<Trial>, Error> {
    let mut lines = text.split(|byte| matches!(byte, b'\r' | b'\n')).map(<[u8]>::trim_ascii);
    let lines = lines.by_ref().filter(|line| !line.is_empty()).skip(1).take(LOOK).collect::<Vec<_>>();
    // The last one may be cut off.
    let whole = &lines[..lines.len() - usize::from(!complete && !lines.is_empty())];
    if whole.is_empty() || !whole.iter().all(|line| line.len() > 2 && line.starts_with(b"\"") && line.ends_with(b"\""))
    {
        return Ok(None);
    }
    for delimiter in [",", ";", "\t", "|"] {
        let trial = Trial::new(delimiter, Quotes::Lines, text, complete)?;
        if trial.usual >= 2 && trial.share() >= 0.9 {
            return Ok(Some(trial));
        }
    }
    Ok(None)
}

/// The delimiter that Excel names in a first line `sep=;`.
fn named_delimiter(text: &[u8]) -> Option<String> {
    let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let line = text[..end].trim_ascii_start();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let &[byte] = line.strip_prefix(b"sep=")? else { return None };
    byte.is_ascii().then(|| char::from(byte).to_string())
}

/// The delimiter that cuts most records into equally many fields; of those that do, the one that makes most fields.
fn best(text: &[u8], complete: bool, quotes: Quotes) -> Result<Trial, Error> {
    let mut trials = Vec::new();
    for delimiter in DELIMITERS {
        trials.push(Trial::new(delimiter, quotes, text, complete)?);
    }
    let Some(spaces) = trials.pop() else { return Trial::new(SPACES, quotes, text, complete) };
    // Later ones must be better to be taken.
    let mut best = trials.swap_remove(0);
    for trial in trials {
        if trial.rank() > best.rank() {
            best = trial;
        }
    }
    let table = best.usual >= 2 && best.share() >= 0.7;
    let is_sequence = |trial: &Trial| trial.layout() == Layout::Sequences;
    match () {
        () if best.usual < 2 && spaces.has_pairs() => Ok(spaces),
        () if best.delimiter == "," && spaces.beats_decimals(&best) => Ok(spaces),
        () if table || is_sequence(&best) => Ok(best),
        () if spaces.usual >= 2 && spaces.share() >= 0.7 && spaces.records.len() > 1 || is_sequence(&spaces) => {
            Ok(spaces)
        }
        () if best.usual < 2 && spaces.usual >= 2 && spaces.share() > 0.5 && spaces.records.len() > 1 => Ok(spaces),
        () => Ok(best),
    }
}

/// A text cut in one way.
#[derive(Clone, Debug)]
struct Trial {
    delimiter: String,
    quotes: Quotes,
    records: Vec<Vec<String>>,
    /// Fields of most records.
    usual: usize,
    /// Records with that many.
    agreeing: usize,
    /// Records that span lines, or never end.
    long: usize,
}

impl Trial {
    fn new(delimiter: &str, quotes: Quotes, text: &[u8], complete: bool) -> Result<Self, Error> {
        let mut cutter = Cutter::new(delimiter, quotes)?;
        let (mut records, mut long): (Vec<Vec<String>>, usize) = (Vec::new(), 0);
        let mut each = |piece: Piece| {
            match piece {
                Piece::Record(record) if records.len() < LOOK => {
                    long += usize::from(record.lines() > 1);
                    let cell = |at| String::from_utf8_lossy(record.field(at)).into_owned();
                    records.push((0..record.fields()).map(cell).collect());
                }
                Piece::TooLong(_) => long += 1,
                Piece::Record(_) | Piece::Blank(_) => {}
            }
            Ok(())
        };
        cutter.feed(text, &mut each)?;
        if complete {
            cutter.finish(&mut each)?;
        }
        if records.is_empty() && cutter.is_inside() {
            // Nothing but the beginning of one record: it is all there is to look at.
            cutter.finish(&mut |piece| {
                if let Piece::Record(record) = piece {
                    let cell = |at| String::from_utf8_lossy(record.field(at)).into_owned();
                    records.push((0..record.fields()).map(cell).collect());
                }
                Ok(())
            })?;
        }
        let (usual, agreeing) = usual(&records);
        Ok(Self { delimiter: delimiter.to_owned(), quotes, records, usual, agreeing, long })
    }

    /// The share of records with the usual number of fields.
    fn share(&self) -> f64 {
        let counted = self.records.iter().filter(|record| !is_block(record)).count();
        self.agreeing as f64 / counted.max(1) as f64
    }

    /// How many numbers each record below the first holds at least.
    fn least_numbers(&self) -> usize {
        let is_number = |cell: &&String| number::rating_as(cell.as_bytes(), Decimal::Point).is_some();
        self.records.iter().skip(1).map(|record| record.iter().filter(is_number).count()).min().unwrap_or(0)
    }

    /// Which of two trials cuts better.
    fn rank(&self) -> (bool, bool, usize) {
        (self.usual >= 2, self.share() >= 0.8, self.usual)
    }

    /// Whether it cuts better than commas do because all commas stand before decimals.
    fn beats_decimals(&self, commas: &Self) -> bool {
        let decimal =
            |cell: &String| !cell.contains(',') || number::rating_as(cell.as_bytes(), Decimal::Comma).is_some();
        let better = self.usual > commas.usual && self.share() >= commas.share();
        commas.usual >= 2 && better && self.records.iter().flatten().all(decimal)
    }

    /// Whether all but the first cell of each record are an item and a rating with a colon between them, as libsvm writes them.
    fn has_pairs(&self) -> bool {
        let is_pair = |cell: &String| {
            cell.split_once(':').is_some_and(|(item, rating)| {
                number::seconds(item.as_bytes()).is_some() && number::rating(rating.as_bytes()).is_some()
            })
        };
        let of_pairs = |record: &&Vec<String>| record.len() > 1 && record[1..].iter().all(is_pair);
        let pairs = self.records.iter().filter(of_pairs).count();
        pairs > 1 && pairs * 10 >= self.records.len() * 9
    }

    fn is_doubtful(&self) -> bool {
        self.long > 0 || self.share() < 0.9
    }

    fn layout(&self) -> Layout {
        let blocks = self.records.iter().filter(|record| is_block(record)).count();
        if blocks > 0 && self.records.first().is_some_and(|record| is_block(record)) {
            return Layout::Blocks;
        }
        // Users one a line, each with items of the same kind, and with different numbers of them.
        let users = order::distinct(self.records.iter().filter_map(|record| record.first()));
        let several = self.records.len() >= 3 && users.len() == self.records.len();
        let plain = |cell: &String| !cell.is_empty() && !cell.contains([' ', '.', '"', ':', '/']) && cell.len() <= 40;
        let is_ids = || self.records.iter().all(|record| record.len() >= 2 && record.iter().all(plain));
        let longer = self.records.iter().filter(|record| record.len() > 2).count();
        let lengths = order::distinct(self.records.iter().map(Vec::len));
        let named =
            self.records.first().is_some_and(|first| first.iter().filter(|cell| names::is_known(cell)).count() > 1);
        let spaced = self.delimiter == SPACES || self.delimiter == "\t";
        let ragged = (lengths.len() > 2 || spaced) && self.share() < 0.7;
        // Where all users have equally many: items seldom come again, ratings do.
        let differ = |record: &Vec<String>| order::distinct(&record[1..]).len() * 10 >= (record.len() - 1) * 9;
        let even = spaced && self.usual > 6 && self.records.iter().all(differ);
        if several && (ragged || even) && !named && longer * 2 > self.records.len() && is_ids() {
            return Layout::Sequences;
        }
        Layout::Rows
    }

    /// Records before the table: they have no two cells, or are comments.
    fn preamble(&self, layout: Layout) -> usize {
        let is_outside = |record: &Vec<String>| {
            let single = record.iter().filter(|cell| !cell.is_empty()).count() < 2;
            let comment = record[0].starts_with('#') || record[0].starts_with('%');
            let outside = single && (self.usual > 2 || record[0].starts_with("sep="));
            // A header may begin with `#`; what begins with `%` is always a comment.
            let other = record.len() != self.usual || record[0].starts_with('%') || record[0] == "#";
            (outside || comment && other) && !is_block(record)
        };
        if layout == Layout::Blocks {
            return 0;
        }
        let before = self.records.iter().take(MAX_PREAMBLE).take_while(|record| is_outside(record)).count();
        if before == self.records.len() { 0 } else { before }
    }

    /// Whether quotes are left around the cells of a column once the table's own are gone.
    fn is_quoted_twice(&self, preamble: usize) -> bool {
        // The header may be written otherwise.
        let rows = self.records.get(preamble + 1..).unwrap_or_default();
        let wrapped = |cell: &String| cell.len() > 2 && cell.starts_with('"') && cell.ends_with('"');
        let column = |at: usize| rows.iter().filter_map(move |row| row.get(at));
        self.quotes == Quotes::Csv && !rows.is_empty() && (0..self.usual.min(8)).any(|at| column(at).all(wrapped))
    }
}

/// A line of one item and a colon, as the Netflix Prize had them.
#[must_use]
pub fn is_block<T: AsRef<str>>(record: &[T]) -> bool {
    record.first().is_some_and(|cell| cell.as_ref().len() > 1 && cell.as_ref().ends_with(':'))
        && record[1..].iter().all(|cell| cell.as_ref().is_empty())
}

/// The most frequent number of fields, the larger of equals, and how many records have it.
fn usual(records: &[Vec<String>]) -> (usize, usize) {
    let mut counts = BTreeMap::new();
    for record in records.iter().filter(|record| !is_block(record)) {
        *counts.entry(record.len()).or_insert(0_usize) += 1;
    }
    let best = counts.into_iter().max_by_key(|&(fields, records)| (records, fields));
    best.unwrap_or((0, 0))
}

/// The beginning of a text, for a sentence.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    const LONGEST: usize = 60;
    let text = String::from_utf8_lossy(text);
    if text.chars().nth(LONGEST).is_none() {
        return text.into_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
