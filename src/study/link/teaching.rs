//! What a link says about the page around its study, for a class: what is hidden, and a text that is shown above. It
//! changes no result.

use super::escape;
use super::pairs::Pairs;
use crate::error::Error;

/// The page's own lessons: a name, by which a link asks for the text, and the study that it is about. What they claim of it is
/// tested (tests/lessons.rs).
pub const LESSONS: [(&str, &str); 5] = [
    ("overfitting", "k=32&lr=0.01&reg=0,0.02,0.1&epochs=50&patience=off&s=grid&n=3"),
    ("grid", "k=4,32&lr=0.002,0.03&reg=0.01,0.2&sd=0.02,0.2&s=grid&n=16"),
    ("bayes", "k=8&lr=0.001..0.05:log&reg=0.002..0.5:log&sd=0.02..0.5:log&epochs=20&s=gp&n=24&lag=2"),
    ("averages", "n=12"),
    ("sealed", "k=8&lr=0.01&reg=0.05&sd=0.02..0.3:log&split=random:0.005,0.3&n=30"),
];

/// The longest lesson, in characters. A longer one is cut off there.
const LONGEST: usize = 4_000;

/// What a link says about the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Teaching {
    /// The parts of the page that are hidden, of [`Self::PARTS`].
    pub hidden: Vec<String>,
    /// A text for the reader, or the name of one of the page's own lessons. Somebody else's words: never markup.
    pub lesson: Option<String>,
}

impl Teaching {
    /// The parts that can be hidden.
    pub const PARTS: [&'static str; 13] = [
        "data", "goal", "models", "search", "advanced", "lessons", "history", "curves", "trials", "advice", "test",
        "best", "facts",
    ];

    pub(super) fn take(pairs: &mut Pairs) -> Self {
        let mut hidden: Vec<String> = Vec::new();
        for name in pairs.take("hide").unwrap_or_default().split(',').filter(|name| !name.is_empty()) {
            if !Self::PARTS.contains(&name) {
                let value = escape::undo(name);
                let allowed = Self::PARTS.join(", ");
                pairs.problems.push(Error::BadValue { key: "hide".to_owned(), value, allowed });
            } else if !hidden.iter().any(|other| other == name) {
                hidden.push(name.to_owned());
            }
        }
        let lesson = pairs.take("lesson").map(|text| escape::undo(&text).chars().take(LONGEST).collect());
        Self { hidden, lesson: lesson.filter(|text: &String| !text.trim().is_empty()) }
    }

    /// A link that says this too.
    #[must_use]
    pub fn add_to(&self, mut link: String) -> String {
        if !self.hidden.is_empty() {
            link.push_str("&hide=");
            link.push_str(&self.hidden.join(","));
        }
        if let Some(lesson) = &self.lesson {
            link.push_str("&lesson=");
            escape::push(&mut link, lesson);
        }
        link
    }
}
