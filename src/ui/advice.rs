//! Recommendations: what the best trial's model would show somebody, and why. The person rates some items, or looks at a
//! user of the data; the conductor answers. Titles are texts and never markup.

mod combobox;
mod list;
mod own;
mod person;

use self::person::Person;
use super::say::say;
use super::settings::field::chooser;
use super::store::Store;
use super::view::{View, el};
use crate::protocol::{Command, Question};
use crate::ui::signal::{Kept, Memo, Signal, effect};

/// As what a recommended item is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    /// By its predicted rating, or the score that the model ranks by.
    Rating,
    /// By how likely the person is to like it.
    Probability,
    /// By its place alone.
    Ranking,
}

/// What the panel's parts share. It outlives them: what a person has rated stays when the page changes its language.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    store: Store,
    /// Who it is about, as far as the person has said.
    said: Signal<Person>,
    /// The same, if it was said of the data that is loaded.
    person: Memo<Person>,
    /// What was asked last; nothing before.
    asked: Signal<u32>,
    /// As what a place on the list is shown.
    output: Signal<Output>,
    /// Questions so far, of whatever kind.
    questions: Kept<u32>,
}

impl Panel {
    /// A panel where nobody has said anything yet.
    pub fn new(store: Store) -> Self {
        let said = Signal::new(Person::default());
        let person = move || {
            let data = store.model.with(|model| model.data.as_ref().map(|data| data.hash.clone()));
            said.with(|said| said.of(&data.unwrap_or_default()))
        };
        let (person, asked, questions) = (Memo::new(person), Signal::new(0), Kept::new(0));
        let output = Signal::new(Output::Rating);
        let panel = Self { store, said, person, asked, output, questions };
        // The conductor forgets what was asked when it reads data, and a new one never knew.
        let question = Memo::new(move || {
            let trial = store.selected.get();
            let relevant = (output.get() == Output::Probability).then(|| panel.liked()).flatten();
            let question = person.with(|person| person.question(trial, relevant));
            question.map(|question| (question, store.model.with(|model| model.loads)))
        });
        effect(move || {
            if let Some((question, _)) = question.get() {
                let question = Question { seq: panel.next(), ..question };
                asked.set(question.seq);
                store.send(&Command::Advise(question));
            }
        });
        panel
    }

    /// From which rating on an item is liked; none where all ratings are alike.
    fn liked(self) -> Option<f64> {
        let of_study = self.store.run(|run| run.study.list.threshold).flatten();
        let of_data = || person::liked(self.store.model.with(|model| model.data.as_ref().map(|data| data.scale))?);
        of_study.or_else(of_data)
    }

    /// The number of the next question.
    fn next(self) -> u32 {
        self.questions.set(self.questions.get() + 1);
        self.questions.get()
    }

    /// Something about the person is said.
    fn change(self, change: impl FnOnce(&mut Person)) {
        let mut person = self.person.get_untracked();
        change(&mut person);
        self.said.set(person);
    }
}

/// The panel.
pub fn advice(panel: Panel) -> View {
    let of_data = Memo::new(move || panel.person.with(|person| person.of_data));
    let whose = [("own", say("page.advice-own").to_owned()), ("user", say("page.advice-user").to_owned())];
    let chosen = move || if of_data.get() { "user" } else { "own" };
    let choose = move |name: &str| panel.change(|person| person.of_data = name == "user");
    // Both stay and one is hidden: a field that is taken away while it has the focus would still be told that it lost it.
    let own = el("div")
        .attr("class", "person")
        .flag("hidden", move || of_data.get())
        .child(combobox::combobox(panel, false, "find-items", say("page.find-items")))
        .child(own::own_ratings(panel));
    let user = el("div").flag("hidden", move || !of_data.get()).child(combobox::combobox(
        panel,
        true,
        "find-users",
        say("page.find-users"),
    ));
    el("section")
        .attrs(&[("class", "card advice"), ("aria-labelledby", "advice-title"), ("data-testid", "advice")])
        .child(el("h2").attr("id", "advice-title").text(say("page.advice")))
        .child(chooser("advice-whose", whose, chosen, choose).attr("aria-label", say("page.advice-whose")))
        .child(own)
        .child(user)
        .child(list::list(panel))
        .into()
}
