//! What-if: the same persons under the policies in force and under others. Who changes and why, and how all stand before and after.
//!
//! ```text
//! trial (what is tried) ──┬── both (row by row) ─────┬── tally (all) ──┬── table   (for people)
//!                         │    compared (one person) │   facts (groups)├── json
//!                         └── columns (of many) ─────┘                 ├── sheets  (CSV, XLSX)
//!                                                                      └── chart   (SVG)
//! ```

mod both;
mod came;
mod chart;
mod columns;
mod compared;
mod facts;
mod json;
mod sheets;
mod table;
mod tally;
mod trial;
mod words;

pub(crate) use both::Both;
pub(crate) use chart::draw;
pub(crate) use columns::Comparison;
pub(crate) use facts::Facts;
pub(crate) use json::document;
pub(crate) use sheets::{csv, workbook};
pub(crate) use table::{SHOWN, page};
pub(crate) use tally::Tally;
pub(crate) use trial::{Trial, Wanted};

use xueshi_policy::{Lang, Library};

/// The same thing under the policies in force and under what is tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Pair<T> {
    pub(crate) before: T,
    pub(crate) after: T,
}

impl<T> Pair<T> {
    /// Both sides turned into something else.
    pub(crate) fn map<U>(&self, mut of: impl FnMut(&T) -> U) -> Pair<U> {
        Pair { before: of(&self.before), after: of(&self.after) }
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether the two sides differ.
    pub(crate) fn differs(&self) -> bool {
        self.before != self.after
    }
}

/// A simulation that was run, to be shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Simulated<'a> {
    pub(crate) year: i16,
    pub(crate) region: &'a str,
    pub(crate) trial: &'a Trial,
    pub(crate) tally: &'a Tally,
    /// The policies of either side, by which clauses are cited.
    pub(crate) libraries: Pair<&'a Library>,
    pub(crate) lang: Lang,
}
