//! The intermediate form: one stack of policies for one year, layers merged, readings applied, names resolved to positions.

pub(crate) mod algebra;
mod asked;
pub(crate) mod atoms;
pub(crate) mod compile;
mod declare;
pub(crate) mod figures;
pub(crate) mod items;
pub(crate) mod names;
mod order;
mod resolve;
pub(crate) mod walk;
mod wheres;

pub(crate) use atoms::{Classes, Facts};
pub(crate) use compile::{Choice, Compiler, Usage, compile, dropped_by};

use crate::exact::Exact;
use crate::schema::Schema;
use crate::syntax::ast::{Arith, SpanOf, Strength, Way};
use crate::text::Text;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// The position of a fact: first the columns of the schema, then `rule`, `bucket`, `window.year`, then tests that compare facts.
pub(crate) type FactId = u16;

/// A set of the classes a program can tell apart in a fact; bit 0 is "nothing stated".
pub(crate) type AtomSet = u128;

/// Where an item comes from; shared, so that every result can name it.
pub type ItemRef = Arc<ItemInfo>;

/// Where an item comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ItemInfo {
    /// The policy's id.
    pub policy: Arc<str>,
    /// `rule`, `limit`, `requirement` …
    pub kind: &'static str,
    /// The item's id.
    pub id: Arc<str>,
    /// Its clauses.
    pub cite: Vec<Arc<str>>,
    /// Its title, or nothing.
    pub title: Text,
}

/// A conjunction: every fact named is in its set; all others are free.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Region(pub(crate) Vec<(FactId, AtomSet)>);

/// A union of regions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Where(pub(crate) Vec<Region>);

impl Where {
    pub(crate) fn is_all(&self) -> bool {
        self.0.iter().any(|region| region.0.is_empty())
    }

    pub(crate) fn all() -> Self {
        Self(vec![Region::default()])
    }
}

/// How much.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Figure {
    Exact(Exact),
    Unbounded,
    Fact(FactId),
    /// Exactly one row holds, else `otherwise`.
    Table {
        rows: Vec<(Region, Figure)>,
        otherwise: Option<Box<Figure>>,
        at: TablePlace,
    },
    Line {
        of: Box<Figure>,
        pieces: Vec<(Exact, Figure)>,
    },
    Many(Arith, Vec<Figure>),
    Difference(Box<(Figure, Figure)>),
    Ratio(Box<(Figure, Figure)>),
    Span(SpanOf, Box<(DateExpr, DateExpr)>),
    YearOf(Box<DateExpr>),
    Count(FactId),
    OverYears(Box<Figure>),
    Measured(Box<(Measure, Where)>),
}

/// Where a table stands: the layer and the place in its file.
#[derive(Clone, Debug)]
pub(crate) struct TablePlace {
    pub(crate) layer: usize,
    pub(crate) span: crate::diagnostic::Span,
}

/// Two tables that say the same are the same, wherever they stand.
impl PartialEq for TablePlace {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A day.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DateExpr {
    Day(Date),
    Fact(FactId),
    WindowBegin,
    WindowEnd,
    AskedOn,
    First(Vec<DateExpr>),
    Earliest(Vec<DateExpr>),
    Latest(Vec<DateExpr>),
    Plus(Box<DateExpr>, i32, SpanOf),
}

/// What is reckoned over records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Measure {
    Sum,
    Largest,
    Records,
    Distinct(FactId),
    SumOf(Box<Figure>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Round {
    pub(crate) step: Figure,
    pub(crate) way: Way,
}

/// The units a rule accepts, and how much each gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Accepts {
    Grant(Figure),
    Units(Vec<(u16, Figure)>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PerUnit {
    All(Figure),
    Units(Vec<(u16, Figure)>),
}

impl PerUnit {
    pub(crate) fn of(&self, unit: Option<u16>) -> Option<&Figure> {
        match self {
            Self::All(figure) => Some(figure),
            Self::Units(units) => units.iter().find(|(code, _)| Some(*code) == unit).map(|(_, figure)| figure),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Proof {
    None,
    Any,
    /// One of each group of evidence codes.
    Groups(Vec<Vec<u16>>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spread {
    Ladder(Vec<Rung>),
    Across { from: DateExpr, to: DateExpr, each: bool },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rung {
    pub(crate) year: i16,
    pub(crate) at_most: Option<Figure>,
    pub(crate) part: Option<Figure>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) item: ItemRef,
    pub(crate) layer: usize,
    pub(crate) matches: Where,
    /// Positions in `Program::takeovers` inside which this rule does not speak.
    pub(crate) silenced: Vec<usize>,
    /// Rules (positions) that it speaks before.
    pub(crate) before: Vec<usize>,
    pub(crate) duties: Vec<usize>,
    pub(crate) needs: Option<Where>,
    pub(crate) accepts: Accepts,
    pub(crate) counted_in: Option<PerUnit>,
    pub(crate) quantity_at_most: Option<PerUnit>,
    pub(crate) times: Vec<Figure>,
    pub(crate) round: Option<Round>,
    pub(crate) at_most: Option<Figure>,
    /// None: the bucket the record states.
    pub(crate) bucket: Option<u8>,
    pub(crate) dated: Option<FactId>,
    pub(crate) counts_in: Option<usize>,
    pub(crate) spread: Option<Spread>,
    pub(crate) proof: Proof,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Check {
    pub(crate) item: ItemRef,
    pub(crate) of: Where,
    pub(crate) needs: Where,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limit {
    pub(crate) item: ItemRef,
    pub(crate) of: Where,
    pub(crate) window: usize,
    /// Facts of the record; a person's own id needs no mention.
    pub(crate) per: Vec<FactId>,
    pub(crate) persons: Where,
    pub(crate) keep: Keep,
    pub(crate) problem: Option<usize>,
    /// Asked of records before a rule is looked for.
    pub(crate) early: bool,
    pub(crate) after: Vec<usize>,
    pub(crate) across_people: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Keep {
    AtMost(Figure, Option<Round>),
    /// None: a record; else a value of the fact.
    One {
        fact: Option<FactId>,
        most: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Surplus {
    pub(crate) item: ItemRef,
    pub(crate) of: Where,
    pub(crate) persons: Where,
    pub(crate) above: Figure,
    pub(crate) to: SurplusTo,
    pub(crate) at_most: Option<Figure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SurplusTo {
    Bucket(u8),
    Windows(i16),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Requirement {
    pub(crate) item: ItemRef,
    pub(crate) label: Label,
    /// What it is called in results, and for people.
    pub(crate) name: (Arc<str>, Arc<Text>),
    pub(crate) duty: usize,
    pub(crate) window: usize,
    pub(crate) each: Option<usize>,
    pub(crate) per: Vec<(FactId, Option<FactId>)>,
    pub(crate) persons: Where,
    pub(crate) only_for: Vec<String>,
    pub(crate) ways: Vec<Way_>,
    pub(crate) binding: bool,
    pub(crate) unit: Option<Arc<Text>>,
}

/// What a requirement is called in results: the total, a bucket, or its own id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Total,
    Bucket(u8),
    Own,
}

/// One way to meet a requirement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Way_ {
    pub(crate) title: Text,
    pub(crate) what: Measure,
    pub(crate) of: Where,
    pub(crate) at_least: Figure,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Coverage {
    pub(crate) item: ItemRef,
    pub(crate) layer: usize,
    pub(crate) persons: Where,
    pub(crate) drops_layer: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exemption {
    pub(crate) item: ItemRef,
    pub(crate) persons: Where,
    /// Requirement ids; empty: all.
    pub(crate) lifts: Vec<String>,
    pub(crate) defers_years: i16,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gate {
    pub(crate) item: ItemRef,
    pub(crate) gate: Arc<str>,
    pub(crate) persons: Where,
    pub(crate) from: Figure,
    pub(crate) to: Figure,
    pub(crate) duty: Option<usize>,
    pub(crate) any_year: bool,
    /// None: the status of the whole.
    pub(crate) requirement: Option<String>,
    pub(crate) passes: Vec<String>,
    pub(crate) unless: Option<Where>,
    pub(crate) strength: Strength,
    pub(crate) papers: Vec<Text>,
    pub(crate) message: Arc<Text>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delegate {
    pub(crate) item: ItemRef,
    pub(crate) to: Arc<Text>,
    pub(crate) what: Where,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Warning {
    pub(crate) item: ItemRef,
    pub(crate) of: Where,
    pub(crate) overlap: Option<(FactId, FactId)>,
    pub(crate) when: Option<Where>,
    pub(crate) message: Arc<Text>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    /// The date fact that places records of a duty of this window.
    pub(crate) dated: FactId,
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) shape: WindowShape,
    pub(crate) numbered_by_end: bool,
    pub(crate) stands_for: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WindowShape {
    Calendar { years: i16, begins: (i8, i8), first: Option<Figure> },
    Term { from: DateExpr, to: DateExpr },
    BackFromWindow { years: i16, window: usize },
    BackFromDate { years: i16, date: DateExpr },
    Ever,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Duty {
    pub(crate) id: Arc<str>,
    pub(crate) title: Arc<Text>,
    pub(crate) window: usize,
    pub(crate) role: String,
    pub(crate) persons: Where,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) id: Arc<str>,
    pub(crate) title: Arc<Text>,
    pub(crate) within: Option<u8>,
}

/// Why a record gives nothing; in the order in which it is checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) id: Arc<str>,
    pub(crate) text: Arc<Text>,
}

/// The problems that are not a fact's or a limit's but the engine's own steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Structural {
    pub(crate) outside: usize,
    pub(crate) no_rule: usize,
    pub(crate) unit: usize,
    pub(crate) evidence: usize,
}

/// One stack for one year, ready to assess.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) schema: Arc<Schema>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) facts: Facts,
    pub(crate) step: Figure,
    pub(crate) way: Way,
    pub(crate) unit: Arc<Text>,
    /// What is asked of a fact, in words, for every condition of a rule.
    pub(crate) wants: FxHashMap<(FactId, AtomSet), Arc<Text>>,
    /// The words of each list: its title and its entries.
    pub(crate) lists: HashMap<String, (Text, Vec<Text>)>,
    /// The columns a record is told by: codes that rules ask about, and days.
    pub(crate) shown: Vec<FactId>,
    /// For each unit, the fact taken off quantities in it.
    pub(crate) unit_less: Vec<Option<FactId>>,
    pub(crate) subject: FactId,
    pub(crate) dated: FactId,
    pub(crate) evidence: Option<FactId>,
    /// The fact that names a record.
    pub(crate) label: Option<FactId>,
    pub(crate) buckets: Vec<Bucket>,
    /// The bucket of each code of the subject fact.
    pub(crate) subject_buckets: Vec<Option<u8>>,
    pub(crate) windows: Vec<Window>,
    pub(crate) duties: Vec<Duty>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) structural: Structural,
    pub(crate) takeovers: Vec<Where>,
    /// Exceptions before what they except.
    pub(crate) rules: Vec<Rule>,
    pub(crate) checks: Vec<Check>,
    /// In the order in which they cut.
    pub(crate) limits: Vec<Limit>,
    pub(crate) surpluses: Vec<Surplus>,
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) coverages: Vec<Coverage>,
    pub(crate) exemptions: Vec<Exemption>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) delegates: Vec<Delegate>,
    pub(crate) warnings: Vec<Warning>,
    reached: OnceLock<Vec<AtomSet>>,
}

/// A policy of the stack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layer {
    pub(crate) policy: Arc<str>,
    pub(crate) title: Arc<Text>,
    pub(crate) hash: Arc<str>,
    pub(crate) note: Option<Arc<Text>>,
    /// False where the person is not covered and the layer dropped out.
    pub(crate) active: bool,
    pub(crate) own_requirements: bool,
}

impl Program {
    /// For each rule, the stated subjects of the records it really speaks of; nothing for a rule that others silence.
    pub(crate) fn reached(&self) -> &[AtomSet] {
        self.reached.get_or_init(|| {
            (0..self.rules.len())
                .map(|at| {
                    let left = items::speaks(self, at).map(|left| left.0).unwrap_or_default();
                    let subject = |region: &Region| region.0.iter().find(|(fact, _)| *fact == self.subject).map_or_else(|| self.facts.domain(self.subject), |(_, set)| *set);
                    left.iter().map(subject).fold(0, |all, set| all | set)
                })
                .collect()
        })
    }

    /// The positions of the buckets in which hours of `bucket` count: itself and those it lies within.
    pub(crate) fn bucket_set(&self, bucket: u8) -> AtomSet {
        let mut set = 0;
        let mut at = Some(bucket);
        while let Some(here) = at {
            if set >> (here + 1) & 1 == 1 {
                break;
            }
            set |= 1 << (here + 1);
            at = self.buckets.get(usize::from(here)).and_then(|bucket| bucket.within);
        }
        set
    }
}
