//! What a certificate of one person's year says. Everything on it is given: nothing is reckoned here.

use crate::code::ShortCode;
use crate::hours::Hours;
use crate::text::Text;
use jiff::civil::Date;
use serde::Serialize;

/// The certificate of the hours of one person under one duty in one window.
///
/// No regulation at hand shows the layout of such a certificate, so every print says that its layout is the system's own.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// Whose hours.
    pub person: Person,
    /// Where the duty holds, as the regulation names the place.
    pub jurisdiction: Text,
    /// The duty that was assessed.
    pub duty: Text,
    /// The window of the duty: a year or a longer cycle.
    pub window: Window,
    /// What the assessment came to.
    pub status: Status,
    /// All hours that count.
    pub total: Bucket,
    /// The hours by kind, in the order of the policy.
    pub buckets: Vec<Bucket>,
    /// What the regulation asks, each with its clause.
    pub requirements: Vec<Requirement>,
    /// The records that count.
    pub records: Vec<Record>,
    /// The yearly verification, once done; without it the certificate says that it is provisional.
    pub verification: Option<Verification>,
    /// The policies it was reckoned by.
    pub policies: Vec<Policy>,
    /// Name and version of what reckoned.
    pub engine: String,
    /// How to check it.
    pub proof: Proof,
}

/// The person as printed.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The identity number, masked by the caller: this crate prints what it is given.
    pub identity: String,
    /// The employer at the end of the window.
    pub employer: String,
    /// The professional title held, or empty.
    pub title: String,
}

/// The days a duty covers, both included.
#[derive(Clone, Debug, Serialize)]
pub struct Window {
    /// What it is called: `2023 年度`, `2023`.
    pub name: Text,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// What the assessment came to.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// How it is coloured.
    pub tone: Tone,
    /// In words: `已完成`, `met`.
    pub name: Text,
    /// One sentence saying it with its figures, which opens the certificate.
    pub sentence: Text,
}

/// Whether a result is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Fulfilled or exempt.
    Good,
    /// Not decided.
    Open,
    /// Not fulfilled.
    Short,
}

/// Hours of one kind.
#[derive(Clone, Debug, Serialize)]
pub struct Bucket {
    /// The kind.
    pub name: Text,
    /// Hours that count.
    pub counted: Hours,
    /// Hours the regulation asks for, where it asks for any of this kind alone.
    pub required: Option<Hours>,
}

/// One requirement of the regulation.
#[derive(Clone, Debug, Serialize)]
pub struct Requirement {
    /// What is asked, in words.
    pub name: Text,
    /// What was measured, with its unit.
    pub measured: Text,
    /// What is asked, with its unit.
    pub asked: Text,
    /// Whether it is met.
    pub met: bool,
    /// The clause that asks, with the regulation's short name.
    pub clause: String,
}

/// One record that counts.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// What was done.
    pub activity: String,
    /// Under which heading it counts.
    pub subject: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Hours that count.
    pub hours: Hours,
    /// The rule that recognised it.
    pub rule: String,
    /// The clause of the rule, with the regulation's short name.
    pub clause: String,
}

/// The yearly verification.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// Who verified.
    pub by: String,
    /// When.
    pub on: Date,
}

/// A policy by which was reckoned.
#[derive(Clone, Debug, Serialize)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// The beginning of the SHA-256 of its file.
    pub hash: String,
}

/// How a document is checked.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// The page where it can be checked; the QR code leads to it.
    pub url: String,
    /// The code that is typed there.
    pub code: ShortCode,
    /// The entry of the ledger, once it has one.
    pub ledger: Option<LedgerEntry>,
}

/// Where an entry stands in the ledger.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerEntry {
    /// The index of the leaf.
    pub index: u64,
    /// The checkpoint it is proved against, in one line: origin, size, root.
    pub checkpoint: String,
}
