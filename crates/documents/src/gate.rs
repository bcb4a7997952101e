//! A kept answer of a gate as a sheet: what was asked about somebody's years, what each text answered, and how far it was endorsed.

use crate::certificate::{Person, Policy, Tone};
use crate::hours::Hours;
use crate::text::Text;
use jiff::civil::Date;
use serde::Serialize;

/// The print of a kept answer. It is no certificate, and no code verifies it: it says so on every page.
#[derive(Clone, Debug, Serialize)]
pub struct GateSheet {
    /// The number of the answer, by which it is found in the system.
    pub number: i64,
    /// Whom it is about, as registered when it is printed.
    pub person: Person,
    /// What was asked: `职称评审`, `title review`.
    pub question: Text,
    /// The day that was asked about, `YYYY-MM-DD`.
    pub on: String,
    /// When and by whom.
    pub asked: Asked,
    /// How the answer is coloured.
    pub tone: Tone,
    /// The answer in a word.
    pub answer: Text,
    /// What each text answered; empty where none speaks of it.
    pub texts: Vec<GateText>,
    /// The state of the endorsement (签注) in a word, where one was asked for.
    pub endorsement: Option<Text>,
    /// The steps of the endorsement, in order.
    pub endorsed: Vec<Endorsed>,
    /// The SHA-256 of the facts it came from.
    pub facts: String,
    /// The policies it came from.
    pub policies: Vec<Policy>,
    /// Name and version of what answered.
    pub engine: String,
    /// The entry of the ledger that holds it.
    pub entry: i64,
}

/// When an answer was asked for, and by whom.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// Date and time of day in Shanghai, to the minute.
    pub at: String,
    /// The role.
    pub role: Text,
    /// The sign-in name.
    pub by: String,
}

/// What one text answered.
#[derive(Clone, Debug, Serialize)]
pub struct GateText {
    /// How its answer is coloured.
    pub tone: Tone,
    /// Its answer in a word.
    pub answer: Text,
    /// How much hangs on it: `不达要求即不予通过`, `重要条件`.
    pub strength: Text,
    /// What the text says.
    pub message: Text,
    /// Why it answers so.
    pub reason: Text,
    /// The regulation's short name with its clauses.
    pub clause: String,
    /// One of the years is enough.
    pub any_year: bool,
    /// The years it looks at.
    pub years: Vec<GateYear>,
    /// The papers that the clause asks for.
    pub papers: Vec<Text>,
}

/// A year that a text looks at.
#[derive(Clone, Debug, Serialize)]
pub struct GateYear {
    /// The year.
    pub year: i64,
    /// How it is coloured.
    pub tone: Tone,
    /// What it came to; nothing where that could not be told.
    pub status: Option<Text>,
    /// Hours that were determined; nothing where the year was never determined.
    pub hours: Option<Hours>,
    /// What lacks.
    pub lacks: Vec<Lack>,
    /// The year is verified.
    pub verified: bool,
}

/// Something that lacks of a year.
#[derive(Clone, Debug, Serialize)]
pub struct Lack {
    /// What.
    pub name: Text,
    /// How many hours of it.
    pub short: Hours,
}

/// A step of an endorsement.
#[derive(Clone, Debug, Serialize)]
pub struct Endorsed {
    /// The day.
    pub on: Date,
    /// The step in a word.
    pub step: Text,
    /// The office; where it is not known, nothing.
    pub office: Option<String>,
    /// The role.
    pub role: Text,
    /// The sign-in name.
    pub by: String,
    /// The opinion, or empty.
    pub opinion: String,
    /// What was sealed, in words; nothing where nobody was asked for a seal.
    pub seal: Option<Text>,
    /// Its entry in the ledger.
    pub entry: Option<i64>,
}
