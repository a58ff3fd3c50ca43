//! Going on with a saved study, and what is offered when.

use crate::protocol::SavedStudy;
use crate::study::DataSource;
use crate::ui::settings::draft::Draft;
use crate::ui::store::{Next, Store};

impl Store {
    /// Shows a saved study and goes on with it. Its data is read if it is not there; a person's file that is not kept is
    /// asked for.
    pub fn open_saved(self, saved: &SavedStudy) {
        self.offer_no_more();
        self.browsing.set(false);
        let mut study = saved.study.clone();
        if !matches!(study.data.source, DataSource::File { .. }) {
            // What ships with the page needs no hash in its links.
            study.data.hash.clear();
        }
        self.draft.set(Draft::of(&study));
        self.open(study, Next::Run, saved.has_files.then(|| saved.id.clone()));
    }

    /// What the page would do by itself is done or waits: what was saved last may be offered.
    pub fn offer_now(self) {
        if !self.has_chosen.get() {
            self.offers.set(true);
        }
    }

    /// The person has chosen what to do.
    pub fn offer_no_more(self) {
        self.has_chosen.set(true);
        self.offers.set(false);
    }

    /// Remembers whether the visit began without settings in the address.
    pub fn came_with(self, fragment: &str) {
        self.is_plain.set(fragment.trim_start_matches('#').is_empty());
    }
}
