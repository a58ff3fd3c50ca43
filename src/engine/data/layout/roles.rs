//! Gives the roles to the columns.

use super::header::Table;
use super::{Pick, Picks};
use crate::engine::data::facts::Facts;
use crate::engine::data::names::{self, Role};
use crate::error::Error;
use crate::protocol::Reason;
use crate::study::form;

/// The places of the roles.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) user: usize,
    pub(super) item: usize,
    pub(super) rating: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) items_down: bool,
    pub(super) reasons: Vec<Reason>,
}

impl Found {
    /// The place of a role by its name.
    pub(super) fn place(&self, role: &str) -> Option<usize> {
        match role {
            "user" => Some(self.user),
            "item" => Some(self.item),
            "rating" => self.rating,
            _ => self.time,
        }
    }
}

/// Whether the columns are items: their names are none of the usual ones, and below them is nothing but numbers and gaps.
pub(super) fn is_matrix(table: &Table, all: &[Facts]) -> bool {
    if !table.header || table.fields() < 4 || table.rows.len() < 2 {
        return false;
    }
    let unusual = (1..table.fields()).all(|at| !names::is_known(table.cell(at)));
    let numbers = all[1..].iter().all(|facts| facts.numbers == facts.filled);
    let gaps = all[1..].iter().any(|facts| facts.filled < facts.rows);
    let scale = all[1..].iter().filter(|facts| facts.filled > 0).all(|facts| facts.max <= 100.0 && facts.min >= -100.0);
    unusual && numbers && scale && (gaps || table.fields() >= 20) && all[0].distinct == all[0].rows
}

/// The work of giving roles to columns.
struct Search<'a> {
    file: &'a str,
    table: &'a Table<'a>,
    all: &'a [Facts],
    picks: &'a Picks,
    places: [Option<usize>; 4],
    reasons: Vec<Reason>,
}

pub(super) fn find(
    file: &str,
    table: &Table,
    all: &[Facts],
    kind: form::Layout,
    picks: &Picks,
) -> Result<Found, Error> {
    let mut search = Search { file, table, all, picks, places: [None; 4], reasons: Vec::new() };
    match kind {
        form::Layout::Rows => search.rows()?,
        form::Layout::Blocks => search.blocks()?,
        form::Layout::Sequences | form::Layout::Matrix => search.lines(kind)?,
    }
    let items_down = kind == form::Layout::Matrix
        && (picks.user == Pick::Column(super::ELSEWHERE.to_owned())
            || picks.user == Pick::Guess
                && Role::Item.fit(table.cell(0)).is_some()
                && Role::User.fit(table.cell(0)).is_none());
    if kind == form::Layout::Rows && search.is_nameless() {
        let found = "numbers without names: write items' names in the first line and users' in the first column";
        return Err(Error::NotATable { file: file.to_owned(), found: found.to_owned() });
    }
    let must = |role: Role| search.places[role as usize].ok_or_else(|| search.without(role));
    let (user, item) = (must(Role::User)?, must(Role::Item)?);
    let [_, _, rating, time] = search.places;
    Ok(Found { user, item, rating, time, items_down, reasons: search.reasons })
}

impl Search<'_> {
    fn missing(&self, column: &str) -> Error {
        let found = self.table.names.join(", ");
        let found = if found.chars().count() > 300 { found.chars().take(300).chain(['…']).collect() } else { found };
        Error::MissingColumn { file: self.file.to_owned(), column: column.to_owned(), found }
    }

    /// Without a column of ids. Ratings of things, and none that says whose they are, are those of one person.
    fn without(&self, role: Role) -> Error {
        let nobody = self.is_rated() && !self.is_named(Role::User);
        if nobody { Error::OnePerson { file: self.file.to_owned() } } else { self.missing(role.name()) }
    }

    /// Whether rows say that something happened to an item.
    fn is_rated(&self) -> bool {
        self.places[Role::Rating as usize].or(self.places[Role::Time as usize]).is_some()
    }

    fn is_named(&self, role: Role) -> bool {
        let is_so = |reason: &Reason| reason.role == role.name() && matches!(reason.why.as_str(), "name" | "chosen");
        self.reasons.iter().any(is_so)
    }

    /// Whether this is a matrix that names neither its items nor its users: nothing but numbers as of a scale, beside the first
    /// column.
    fn is_nameless(&self) -> bool {
        let is_cell = |facts: &Facts| facts.numbers == facts.filled && facts.min >= -100.0 && facts.max <= 100.0;
        !self.table.header && self.all.len() >= 8 && self.picks.item == Pick::Guess && self.all[1..].iter().all(is_cell)
    }

    fn set(&mut self, role: Role, at: usize, why: &str) {
        self.places[role as usize] = Some(at);
        self.explain(role, at, why);
    }

    fn explain(&mut self, role: Role, at: usize, why: &str) {
        let facts = self.all.get(at).filter(|_| why == "words");
        self.reasons.push(Reason {
            role: role.name().to_owned(),
            column: self.table.names[at].clone(),
            why: why.to_owned(),
            values: facts.map_or(0, |facts| u32::try_from(facts.distinct).unwrap_or(u32::MAX)),
            min: None,
            max: None,
        });
    }

    fn is_free(&self, at: usize) -> bool {
        !self.places.contains(&Some(at))
    }

    /// Takes the columns that a person named.
    fn chosen(&mut self, roles: &[Role]) -> Result<(), Error> {
        for &role in roles {
            if let Pick::Column(name) = self.picks.of(role) {
                let at = column(&self.table.names, name).ok_or_else(|| self.missing(name))?;
                self.set(role, at, "chosen");
            }
        }
        Ok(())
    }

    fn wants(&self, role: Role) -> bool {
        self.places[role as usize].is_none() && *self.picks.of(role) == Pick::Guess
    }

    /// One rating or interaction a line.
    fn rows(&mut self) -> Result<(), Error> {
        self.chosen(&Role::ALL)?;
        for role in Role::ALL {
            self.by_name(role);
        }
        self.by_values();
        Ok(())
    }

    fn by_name(&mut self, role: Role) {
        if !self.wants(role) || !self.table.header {
            return;
        }
        let fits = |at: usize| match role {
            Role::User | Role::Item => {
                role.is_exactly(self.table.cell(at)) || self.all[at].rows == 0 || self.all[at].filled > 0
            }
            Role::Rating => self.all[at].is_numeric(),
            Role::Time => self.all[at].rows == 0 || self.all[at].is_time() || self.is_small_time(at),
        };
        let free = (0..self.table.fields()).filter(|&at| self.is_free(at) && fits(at));
        let best = free.filter_map(|at| role.fit(self.table.cell(at)).map(|fit| (fit, at))).min();
        // What is called a rating and is no number is not passed over: its rows will say what is wrong.
        let exact = || (0..self.table.fields()).find(|&at| self.is_free(at) && role.is_exactly(self.table.cell(at)));
        let named = best.map(|(_, at)| at).or_else(|| if role == Role::Rating { exact() } else { None });
        if let Some(at) = named {
            self.set(role, at, "name");
        }
    }

    /// Whether a column that is called a time has whole numbers that are no dates of our days: steps, or seconds from a
    /// start of its own.
    fn is_small_time(&self, at: usize) -> bool {
        let facts = &self.all[at];
        facts.numbers == facts.rows && facts.whole && facts.time.is_none()
    }

    fn by_values(&mut self) {
        let fields = self.table.fields();
        let header = self.table.header;
        let own = |at: usize| names::plain(self.table.cell(at));
        let is_row_number = |at: usize| header && names::is_row_number(self.table.cell(at)) && self.all[at].counting;
        let candidates: Vec<usize> = (0..fields).filter(|&at| !is_row_number(at)).collect();
        let ids_wanted = usize::from(self.wants(Role::User)) + usize::from(self.wants(Role::Item));
        // Without names user and item stand first, so the others are looked for behind them.
        let behind = if header { 0 } else { ids_wanted };
        // A date is none of them wherever it stands.
        let is_behind = |at: usize| at >= behind || self.all[at].is_date();
        if self.wants(Role::Time) {
            let is_time =
                |&at: &usize| self.is_free(at) && self.all[at].is_time() && is_behind(at) && !own(at).ends_with("id");
            if let Some(at) = candidates.iter().copied().find(is_time) {
                self.set(Role::Time, at, "values");
            }
        }
        if self.wants(Role::Rating) {
            self.rating_by_values(&candidates, behind);
        }
        let words = if self.wants(Role::Rating) { self.words() } else { None };
        for role in [Role::User, Role::Item] {
            if self.wants(role) {
                self.id_by_values(role, &candidates);
            }
        }
        self.swap_products();
        if let Some(at) = words.filter(|&at| self.is_free(at)) {
            self.explain(Role::Rating, at, "words");
        }
    }

    /// A column of a few words where a rating could be: they are passed over, and a person is told.
    fn words(&self) -> Option<usize> {
        let is_words = |facts: &Facts| {
            facts.rows >= 10 && (2..=12).contains(&facts.distinct) && facts.numbers == 0 && facts.time.is_none()
        };
        (0..self.all.len()).find(|&at| self.is_free(at) && is_words(&self.all[at]))
    }

    fn rating_by_values(&mut self, candidates: &[usize], behind: usize) {
        let header = self.table.header;
        let free: Vec<usize> = candidates.iter().copied().filter(|&at| self.is_free(at) && at >= behind).collect();
        let differs = |at: usize| self.all[at].distinct > 1 || self.all[at].rows < 2;
        let is_scale =
            |&at: &usize| self.all[at].is_scale() && differs(at) && !names::plain(self.table.cell(at)).ends_with("id");
        let third = free
            .iter()
            .copied()
            .find(|&at| !header && at == 2 && self.all[at].numbers > 0 && self.all[at].is_numeric() && differs(at));
        let scale = || free.iter().copied().find(is_scale);
        // Counts have no end. Only a file without names has to be taken at its numbers alone.
        let number = || {
            free.iter().copied().find(|&at| !header && at >= 2 && self.all[at].numbers > 0 && self.all[at].is_numeric())
        };
        let enough =
            free.len() > usize::from(self.wants(Role::User)) + usize::from(self.wants(Role::Item)) || behind > 0;
        if let Some(at) = third.filter(|_| behind == 2) {
            self.set(Role::Rating, at, "position");
        } else if let Some(at) = scale().filter(|_| enough).or_else(number) {
            self.set(Role::Rating, at, "values");
        }
    }

    fn id_by_values(&mut self, role: Role, candidates: &[usize]) {
        let header = self.table.header;
        let is_id = |at: usize| self.all[at].rows == 0 || self.all[at].is_id();
        // Who acts or what is acted on comes again; what never does is a row's own name or a text.
        let again = |at: usize| !header || self.all[at].distinct < self.all[at].filled || self.all[at].rows < 20;
        let taken_by_name = |at: usize| header && names::is_known(self.table.cell(at));
        let other = |at: usize| header && role == Role::User && names::is_attribute(self.table.cell(at));
        let free = |at: usize| self.is_free(at) && is_id(at) && again(at) && !other(at);
        let find = |fits: &dyn Fn(usize) -> bool| candidates.iter().copied().find(|&at| fits(at));
        let best = find(&|at| free(at) && !taken_by_name(at)).or_else(|| find(&free));
        // What is rated is known, and nobody who does it: then any column is taken for a person to change, and told.
        let rated = role == Role::User && header && self.is_named(Role::Item) && self.is_rated();
        let any = || find(&|at| rated && self.is_free(at) && is_id(at) && !other(at));
        if let Some(at) = best.or_else(any) {
            self.set(role, at, if header { "values" } else { "position" });
        }
    }

    /// Amazon's files without a header have the product first since 2018; its numbers have a form of their own.
    fn swap_products(&mut self) {
        let [Some(user), Some(item), ..] = self.places else { return };
        let position = |reason: &Reason| reason.why == "position" && (reason.role == "user" || reason.role == "item");
        if self.reasons.iter().filter(|reason| position(reason)).count() < 2 {
            return;
        }
        let all = |at: usize, is: fn(&str) -> bool| {
            self.table.rows.iter().all(|row| row.get(at).is_some_and(|cell| is(cell)))
        };
        let is_product = |cell: &str| {
            cell.len() == 10 && (cell.starts_with("B0") || cell.bytes().filter(u8::is_ascii_digit).count() >= 9)
        };
        let is_reviewer = |cell: &str| cell.starts_with('A') && (10..=21).contains(&cell.len());
        if all(user, is_product) && all(item, is_reviewer) {
            self.places.swap(0, 1);
            for reason in &mut self.reasons {
                match reason.role.as_str() {
                    "user" => reason.column.clone_from(&self.table.names[item]),
                    "item" => reason.column.clone_from(&self.table.names[user]),
                    _ => continue,
                }
                "values".clone_into(&mut reason.why);
            }
        }
    }

    /// An item above its rows of user, rating and time.
    fn blocks(&mut self) -> Result<(), Error> {
        self.chosen(&[Role::User, Role::Rating, Role::Time])?;
        if self.wants(Role::User) {
            self.set(Role::User, 0, "position");
        }
        // The item stands above; no column can be it.
        self.places[Role::Item as usize] = self.places[Role::User as usize];
        if self.wants(Role::Time) {
            let time = (1..self.table.fields()).find(|&at| self.is_free(at) && self.all[at].is_time());
            if let Some(at) = time {
                self.set(Role::Time, at, "values");
            }
        }
        if self.wants(Role::Rating) {
            let rating = (1..self.table.fields())
                .find(|&at| self.is_free(at) && self.all[at].is_numeric() && self.all[at].numbers > 0);
            if let Some(at) = rating {
                self.set(Role::Rating, at, "position");
            }
        }
        Ok(())
    }

    /// A user and then many cells.
    fn lines(&mut self, kind: form::Layout) -> Result<(), Error> {
        let named = |pick: &Pick| matches!(pick, Pick::Column(name) if name != super::ELSEWHERE);
        let down = if named(&self.picks.user) { &self.picks.user } else { &self.picks.item };
        let at = match down {
            Pick::Column(name) if kind == form::Layout::Matrix && name != super::ELSEWHERE => {
                column(&self.table.names, name).ok_or_else(|| self.missing(name))?
            }
            _ => 0,
        };
        if self.table.fields() < 2 {
            return Err(self.missing(Role::Item.name()));
        }
        self.set(Role::User, at, "layout");
        self.places[Role::Item as usize] = Some(1);
        Ok(())
    }
}

/// A column by its name, in any case if need be, or by its number.
pub(super) fn column(names: &[String], wanted: &str) -> Option<usize> {
    let wanted = wanted.trim();
    let exact = names.iter().position(|name| name == wanted);
    let lower = |name: &str| name.chars().flat_map(char::to_lowercase).collect::<String>();
    let any_case = || names.iter().position(|name| lower(name) == lower(wanted));
    let number =
        || wanted.parse().ok().filter(|number| (1..=names.len()).contains(number)).map(|number: usize| number - 1);
    exact.or_else(any_case).or_else(number)
}
