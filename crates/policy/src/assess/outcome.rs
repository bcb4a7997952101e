//! What an assessment says: results with their reasons, for one person, one duty, one window.

use super::near::Detail;
use crate::exact::{Exact, Hours};
use crate::program::ItemRef;
use crate::syntax::ast::Strength;
use crate::text::Text;
use jiff::civil::Date;
use std::sync::Arc;

/// How a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// An approved exemption covers the year.
    Exempt,
    /// No regulation covers the person.
    NotCovered,
    /// Every binding requirement is met.
    Met,
    /// Something that could change the result is unknown or unreadable.
    Undetermined,
    /// A binding requirement is not met.
    Short,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Exempt, Self::NotCovered, Self::Met, Self::Undetermined, Self::Short];

    /// The stable word of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exempt => "exempt",
            Self::NotCovered => "not-covered",
            Self::Met => "met",
            Self::Undetermined => "undetermined",
            Self::Short => "short",
        }
    }

    /// The word for people.
    pub fn title(self) -> Text {
        match self {
            Self::Exempt => Text::new("免学", "exempt"),
            Self::NotCovered => Text::new("不适用", "not covered"),
            Self::Met => Text::new("已完成", "met"),
            Self::Undetermined => Text::new("待定", "undetermined"),
            Self::Short => Text::new("未完成", "short"),
        }
    }
}

/// A policy that took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRef {
    /// Its id.
    pub id: Arc<str>,
    /// Its title.
    pub title: Arc<Text>,
    /// SHA-256 of its file, in hexadecimal.
    pub hash: Arc<str>,
}

/// The result for one person, duty and window.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// The person's id.
    pub person: String,
    /// The year asked about.
    pub year: i16,
    /// The duty's id.
    pub duty: Arc<str>,
    /// The duty's title.
    pub duty_title: Arc<Text>,
    /// First and last day of the window.
    pub window: (Date, Date),
    /// The policies that cover the person, from the most general.
    pub policies: Vec<PolicyRef>,
    /// The unit of all hours here, where it is not the hour.
    pub unit: Arc<Text>,
    /// How the person stands.
    pub status: Status,
    /// Recognised in the window, by bucket.
    pub hours: Vec<BucketHours>,
    /// Recognised in the window, all buckets.
    pub total: Hours,
    /// What is asked, in the order of the policies.
    pub requirements: Vec<RequirementResult>,
    /// Every record, in the order of the input.
    pub records: Vec<RecordResult>,
    /// For a reviewer; they change no hours.
    pub warnings: Vec<WarningResult>,
    /// What the window closes by itself.
    pub consequences: Vec<Consequence>,
    /// Facts that are missing and could change the result.
    pub missing: Vec<Missing>,
    /// What would come out under each value of the missing facts, where they can be listed.
    pub outcomes: Vec<World>,
    /// Remarks that belong to the result.
    pub notes: Vec<Arc<Text>>,
    /// What would close the gaps; only where an explanation is asked for.
    pub remedies: Vec<Remedy>,
    /// The exemption that covers the window.
    pub exempt_by: Option<ItemRef>,
    /// The coverage that the person falls outside of.
    pub not_covered_by: Vec<ItemRef>,
}

/// Hours of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketHours {
    /// The bucket's id.
    pub bucket: Arc<str>,
    /// Its title.
    pub title: Arc<Text>,
    /// Recognised.
    pub hours: Hours,
}

/// One requirement against what was recognised.
#[derive(Clone, Debug, PartialEq)]
pub struct RequirementResult {
    /// `total`, a bucket's id, or the requirement's own id.
    pub subject: Arc<str>,
    /// The same for people.
    pub subject_title: Arc<Text>,
    /// Where it stands.
    pub item: ItemRef,
    /// Asked, up to the next hundredth; unknown where a missing fact decides it.
    pub at_least: Option<Hours>,
    /// Recognised.
    pub have: Hours,
    /// What lacks, up to the next hundredth.
    pub short: Hours,
    /// Whether it is met; unknown where a missing fact decides it.
    pub met: Option<bool>,
    /// False: a guideline, reported and not decisive.
    pub binding: bool,
    /// Its unit where it is not the account's.
    pub unit: Option<Arc<Text>>,
    /// Lower requirements of other layers on the same thing, which this one prevails over.
    pub over: Vec<(ItemRef, Hours)>,
    /// Each year, or each value, that is asked separately.
    pub parts: Vec<Part>,
    /// The ways to meet it, where there are several.
    pub ways: Vec<WayResult>,
    /// Put off from this earlier year.
    pub arrears_of: Option<i16>,
}

/// A part of a requirement that is asked of each year or value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The year or the value.
    pub of: String,
    /// Asked.
    pub at_least: Hours,
    /// Recognised.
    pub have: Hours,
    /// What lacks.
    pub short: Hours,
}

/// One of several ways to meet a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayResult {
    /// What it is.
    pub title: Text,
    /// Asked.
    pub at_least: Hours,
    /// Recognised.
    pub have: Hours,
    /// Whether it is met.
    pub met: bool,
}

/// One record's result.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordResult {
    /// Its id.
    pub record: String,
    /// Its data row.
    pub row: u32,
    /// The bucket it counts in, or the subject it states.
    pub subject: Arc<str>,
    /// Recognised in the window.
    pub hours: Hours,
    /// The rule that spoke.
    pub rule: Option<ItemRef>,
    /// What caps and limits took away in this window.
    pub cuts: Vec<Cut>,
    /// Hours that count in later windows, by their year.
    pub carried_to: Vec<(i16, Hours)>,
    /// Why it gives nothing.
    pub problem: Option<ProblemResult>,
    /// The year it ended in, where its hours here were carried from there.
    pub carried_from: Option<i16>,
    /// The reckoning, where a rule spoke.
    pub steps: Option<Steps>,
    /// The fact without which it can not be assessed: an error of its row.
    pub missing: Option<Missing>,
    /// What the record states, in words; only where an explanation is asked for.
    pub words: Option<RecordWords>,
}

/// A record in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordWords {
    /// What it is called.
    pub title: Box<str>,
    /// Its codes: form, level …
    pub kind: Vec<Arc<Text>>,
    /// The quantity stated.
    pub quantity: Exact,
    /// Its unit.
    pub unit: Arc<Text>,
    /// First and last of the days it names.
    pub days: Option<(Date, Date)>,
}

/// A way to close a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// The requirement: `total`, a bucket, or its id.
    pub subject: Arc<str>,
    /// The rule that would recognise the study.
    pub rule: ItemRef,
    /// How much of it is needed, in `unit`; the hours of one grant where there is no unit.
    pub needs: Hours,
    /// The unit; nothing where each such study gives so many hours whatever its length.
    pub unit: Option<Arc<Text>>,
    /// At most so many hours at one time, where that is less than what lacks.
    pub at_most: Option<Hours>,
    /// What a limit of the window still leaves, where that is less than what lacks.
    pub room: Option<Hours>,
}

/// How a record's hours came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// The rule gives the same whatever the quantity.
    pub grant: bool,
    /// The quantity stated.
    pub quantity: Exact,
    /// What was taken off it (travel days).
    pub less: Exact,
    /// The quantity that counts.
    pub counted: Exact,
    /// Before rounding.
    pub exact: Exact,
    /// After rounding, before caps.
    pub rounded: Hours,
}

/// Hours that a cap or limit took away.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// How many.
    pub hours: Hours,
    /// The rule whose cap, or the limit.
    pub by: ItemRef,
}

/// Why a record gives nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemResult {
    /// The code.
    pub code: Arc<str>,
    /// What it means.
    pub message: Arc<Text>,
    /// The item whose condition failed, where one did.
    pub by: Option<ItemRef>,
    /// More: what is missing, what would be accepted.
    pub detail: Detail,
}

/// A missing fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The column to fill in.
    pub column: String,
    /// Its title.
    pub title: Arc<Text>,
    /// True: of the person; false: of a record.
    pub of_person: bool,
    /// It is given, and the reckoning divides by zero with it.
    pub by_zero: bool,
}

/// The result under one set of values for missing facts.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// Column and the value assumed.
    pub assuming: Vec<(String, Text)>,
    /// The status then.
    pub status: Status,
    /// Subject, asked, what lacks.
    pub requirements: Vec<(Arc<str>, Option<Hours>, Hours)>,
}

/// A remark for a reviewer.
#[derive(Clone, Debug, PartialEq)]
pub struct WarningResult {
    /// Its id.
    pub code: Arc<str>,
    /// The records it is about.
    pub records: Vec<String>,
    /// What it says.
    pub message: Arc<Text>,
    /// Where it stands.
    pub by: ItemRef,
}

/// A gate that the window closes by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Consequence {
    /// The question.
    pub gate: Arc<str>,
    /// Where it stands.
    pub by: ItemRef,
    /// What it says.
    pub message: Arc<Text>,
    /// How strongly.
    pub strength: Strength,
}
