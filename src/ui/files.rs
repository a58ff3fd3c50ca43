//! A person's own files: how they are given to the conductor, read anew after a choice, and what the settings say of them.

use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use super::browser;
use super::say::fill;
use super::store::{Next, Store};
use super::view::{Missing, apart};
use crate::error::Error;
use crate::protocol::{Command, DataReport, FileRole};
use crate::study::{Cleaning, Columns, DataSource, DataSpec, Form, Point, SplitSpec, Study};

/// Bytes of a table of points that are looked at: far more than a study begins with.
const MOST_POINTS: f64 = 262_144.0;

apart!(
    /// The points of a table that a study can begin with; none where the table is something else.
    fn points_in(study: Study, name: String, text: String) -> Option<Result<Vec<Point>, Error>> =
        |study: Study, name: String, text: String| study.has_points(&text).then(|| study.points_of_table(&name, &text)),
    in data
);

impl Store {
    /// Takes in a person's files: a table of points that the study begins with, or data.
    pub fn take_files(self, files: Vec<File>) {
        match (files.as_slice(), self.study.get_untracked()) {
            ([file], Ok(study)) if file.name().ends_with(".csv") => spawn_local(async move {
                let name = files[0].name();
                let text = browser::text(&files[0], MOST_POINTS).await.unwrap_or_default();
                match points_in(study, name, text).await {
                    Ok(Some(Ok(points))) => {
                        self.said.set(fill("page.first-given", &[("count", points.len().to_string())]));
                        self.draft.update(|draft| draft.first = Some(points));
                    }
                    Ok(Some(Err(error))) => self.refuse(error),
                    // Without the means to know a table of points, a file is data.
                    Ok(None) | Err(Missing) => self.load_files(files),
                }
            }),
            _ => self.load_files(files),
        }
    }

    /// Reads a person's files: ratings, and perhaps items and a test part beside them.
    fn load_files(self, files: Vec<File>) {
        let Some(first) = files.first() else { return };
        let (source, clean) = match self.awaited.get() {
            // A link that waits for its file says how to read it. Any other file is read for what it is.
            Some(data) => (data.source, data.clean),
            None => (unread(first.name()), Cleaning::default()),
        };
        // What was to be run was another study's data, unless it was this file that was waited for.
        if self.awaited.with(Option::is_none) {
            self.once_loaded.set(Next::Wait);
        }
        self.read(source, clean, false, (files, Vec::new()));
    }

    /// Reads the loaded data once more, in another way. With `find`, what stands at its default is found in the file anew.
    pub fn reread(self, source: DataSource, clean: Cleaning, find: bool) {
        if !matches!(source, DataSource::File { .. }) {
            return self.load(source, clean, Next::Wait);
        }
        self.once_loaded.set(Next::Wait);
        let files = self.files.get();
        let roles = files.iter().map(|file| self.role(file)).collect();
        self.read(source, clean, find, (files, roles));
    }

    /// Puts a file beside the ratings, in place of one that is the same to them; or takes that away.
    pub fn put_beside(self, role: FileRole, file: Option<File>) {
        let Some(report) = self.model.with_untracked(|model| model.data.clone()) else { return };
        let others = self.files.get().into_iter().map(|file| (self.role(&file), file));
        let mut files: Vec<(FileRole, File)> = others.filter(|(other, _)| *other != role).collect();
        files.extend(file.map(|file| (role, file)));
        let (roles, files) = files.into_iter().unzip();
        self.read(report.source.clone(), report.clean.clone(), false, (files, roles));
    }

    fn read(self, source: DataSource, clean: Cleaning, find: bool, (files, roles): (Vec<File>, Vec<FileRole>)) {
        self.send_with(&Command::Load { source, clean, find, roles, saved: None }, &files);
        self.reading.set(files);
    }

    /// What a loaded file is, by what was said of it when it was read.
    fn role(self, file: &File) -> FileRole {
        let name = file.name();
        self.model.with_untracked(|model| {
            let Some(report) = &model.data else { return FileRole::Ratings };
            match &report.source {
                DataSource::File { name: ratings, .. } if *ratings == name => FileRole::Ratings,
                _ if report.test.as_ref().is_some_and(|test| test.name == name) => FileRole::Test,
                _ => FileRole::Items,
            }
        })
    }

    /// The settings now speak of the data that was read. Other data than a link asks for is told, and can be searched too.
    pub(super) fn adopt_data(self, report: &DataReport) {
        let is_file = matches!(report.source, DataSource::File { .. });
        let awaited = self.awaited.replace(None);
        let expected = awaited.as_ref().map(|data| data.hash.clone()).unwrap_or_default();
        if is_file && !expected.is_empty() && expected != report.hash {
            self.refuse(Error::OtherData { expected, found: report.hash.clone() });
        }
        // What ships with the page needs no hash in its links.
        let of_file = |hash: &String| Some(hash.clone()).filter(|_| is_file);
        let data = DataSpec {
            source: report.source.clone(),
            hash: of_file(&report.hash).unwrap_or_default(),
            test_hash: report.test.as_ref().map(|test| test.hash.clone()),
            items_hash: report.catalog.as_ref().and_then(|items| of_file(&items.hash)),
            clean: report.clean.clone(),
        };
        let split = self.recommend(report).filter(|_| awaited.is_none());
        let known = self.draft.with_untracked(|draft| draft.data.clone());
        if !is_file && (&known.source, &known.clean) == (&data.source, &data.clean) {
            return;
        }
        self.draft.update(|draft| {
            draft.data = data;
            // A split of the person's own stays.
            match split {
                Some((before, now)) if draft.split == before => draft.split = now,
                _ => {}
            }
        });
    }

    /// The split that was recommended before, and the one for this data; none where nothing can be predicted.
    fn recommend(self, report: &DataReport) -> Option<(String, String)> {
        let split = match SplitSpec::recommended(report.used, report.users) {
            SplitSpec::None => return None,
            split if report.test.is_some() => split.without_test(),
            split => split,
        };
        let split = split.to_string();
        Some((self.recommended.replace(split.clone()), split))
    }
}

/// A file whose delimiter and columns are still to be found by whoever reads it.
fn unread(name: String) -> DataSource {
    let nothing = String::new;
    let columns = Columns { user: nothing(), item: nothing(), rating: None, time: None };
    DataSource::File { name, delimiter: nothing(), columns, form: Form::default() }
}
