//! A policy file as typed items. Names are not resolved yet; every item knows its place.

use crate::diagnostic::{Source, Span};
use crate::exact::Exact;
use crate::text::Text;
use jiff::civil::Date;
use std::sync::Arc;

/// A word or value with its place in the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sp<T> {
    pub(crate) is: T,
    pub(crate) at: Span,
}

pub(crate) type Word = Sp<String>;

/// A decoded policy file.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) source: Arc<Source>,
    pub(crate) head: Head,
    pub(crate) account: Option<Item<Account>>,
    pub(crate) layer: Option<Item<Layer>>,
    pub(crate) clauses: Vec<Item<Clause>>,
    pub(crate) facts: Vec<Item<Fact>>,
    pub(crate) units: Vec<Item<Unit>>,
    pub(crate) buckets: Vec<Item<Bucket>>,
    pub(crate) windows: Vec<Item<Window>>,
    pub(crate) duties: Vec<Item<Duty>>,
    pub(crate) problems: Vec<Item<Problem>>,
    pub(crate) lists: Vec<Item<List>>,
    pub(crate) sets: Vec<Item<Where>>,
    pub(crate) values: Vec<Item<Value>>,
    pub(crate) readings: Vec<Item<Reading>>,
    pub(crate) coverages: Vec<Item<Coverage>>,
    pub(crate) checks: Vec<Item<Check>>,
    pub(crate) rules: Vec<Item<Rule>>,
    pub(crate) limits: Vec<Item<Limit>>,
    pub(crate) surpluses: Vec<Item<Surplus>>,
    pub(crate) requirements: Vec<Item<Requirement>>,
    pub(crate) exemptions: Vec<Item<Exemption>>,
    pub(crate) gates: Vec<Item<Gate>>,
    pub(crate) papers: Vec<Item<()>>,
    pub(crate) actors: Vec<Item<()>>,
    pub(crate) stages: Vec<Item<Stage>>,
    pub(crate) warnings: Vec<Item<Warning>>,
    pub(crate) cases: Vec<Case>,
}

/// What every item has.
#[derive(Clone, Debug)]
pub(crate) struct Item<T> {
    pub(crate) id: Word,
    pub(crate) cite: Vec<Word>,
    pub(crate) title: Text,
    pub(crate) is: T,
}

#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) id: Word,
    pub(crate) title: Text,
    pub(crate) number: Option<String>,
    pub(crate) short: Option<Text>,
    pub(crate) authority: Text,
    pub(crate) place: Word,
    pub(crate) sector: Option<String>,
    pub(crate) issued: Option<Date>,
    pub(crate) known_since: Option<Date>,
    pub(crate) governs: Governs,
    pub(crate) source_sha256: Option<Word>,
    pub(crate) not_in_hand: Vec<Text>,
    pub(crate) note: Option<Text>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Governs {
    pub(crate) from: Option<Sp<Figure>>,
    pub(crate) to: Option<Sp<Figure>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) unit: Word,
    pub(crate) round: Round,
    pub(crate) subject: Option<Word>,
    pub(crate) dated: Option<Word>,
    pub(crate) label: Option<Word>,
}

#[derive(Clone, Debug)]
pub(crate) struct Round {
    pub(crate) step: Sp<Figure>,
    pub(crate) way: Way,
}

/// Which way a figure is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Down,
    Up,
    HalfUp,
}

#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) on: Vec<Word>,
    pub(crate) takes_over: TakesOver,
    pub(crate) own_requirements: bool,
    pub(crate) delegates: Vec<Delegate>,
    pub(crate) drop: Vec<(Vec<Word>, Word)>,
}

#[derive(Clone, Debug)]
pub(crate) enum TakesOver {
    Nothing,
    Records(Where),
}

#[derive(Clone, Debug)]
pub(crate) struct Delegate {
    pub(crate) cite: Vec<Word>,
    pub(crate) to: Text,
    pub(crate) what: Where,
}

#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub(crate) became: Vec<Word>,
    pub(crate) gist: Text,
}

/// Whose a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A learning record's.
    Record,
    /// A person's.
    Person,
}

/// What a fact holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactType {
    /// One of declared codes, or other text where the fact is open.
    Code,
    /// Several of declared codes.
    Codes,
    /// An exact decimal.
    Number,
    /// A day of the calendar.
    Date,
    /// Any text.
    Text,
    /// Several texts.
    Texts,
    /// Yes or no.
    YesNo,
    /// A set of years; asked as yes or no of the year assessed.
    Years,
}

#[derive(Clone, Debug)]
pub(crate) struct Fact {
    /// Absent: adds codes to a fact that a layer below declares.
    pub(crate) kind: Option<(Of, FactType)>,
    pub(crate) help: Text,
    pub(crate) unit: Option<Word>,
    pub(crate) codes: Vec<CodeDef>,
    pub(crate) ordered: bool,
    pub(crate) open: bool,
    pub(crate) required: bool,
    pub(crate) problem: Option<Word>,
    pub(crate) empty: Option<Sp<Figure>>,
    pub(crate) derived: Option<Sp<Figure>>,
}

#[derive(Clone, Debug)]
pub(crate) struct CodeDef {
    pub(crate) id: Word,
    pub(crate) title: Text,
    pub(crate) also: Vec<Alias>,
}

#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub(crate) value: String,
    pub(crate) sets: Vec<(Word, Word)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) less: Option<Word>,
    pub(crate) whole: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) within: Option<Word>,
}

#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) dated: Word,
    pub(crate) shape: WindowShape,
    pub(crate) numbered_by_end: bool,
    pub(crate) stands_for: Option<Word>,
}

#[derive(Clone, Debug)]
pub(crate) enum WindowShape {
    Calendar { years: i16, begins: (i8, i8), first: Option<Sp<Figure>> },
    Term { from: Word, to: Word },
    Back { years: i16, ending: Word },
    Ever,
}

#[derive(Clone, Debug)]
pub(crate) struct Duty {
    pub(crate) window: Word,
    pub(crate) role: String,
    pub(crate) persons: Where,
}

#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) text: Text,
    pub(crate) after: Option<Word>,
}

#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) of: Vec<Word>,
    pub(crate) kept_by: String,
    /// The public register that its entries stand in.
    pub(crate) register: Option<String>,
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Figure(Sp<Figure>),
    Gives(Gives),
    Proof(Proof),
}

#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) text: Text,
    pub(crate) value: Option<Sp<Scalar>>,
    pub(crate) alternatives: Vec<Alternative>,
}

#[derive(Clone, Debug)]
pub(crate) struct Alternative {
    pub(crate) text: Text,
    pub(crate) at: Span,
    pub(crate) value: Option<super::node::Node>,
    pub(crate) change: Option<super::node::Node>,
}

#[derive(Clone, Debug)]
pub(crate) struct Coverage {
    pub(crate) persons: Where,
    pub(crate) drops_layer: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Check {
    pub(crate) of: Where,
    pub(crate) needs: Where,
    pub(crate) everyone: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) matches: Where,
    pub(crate) before: Vec<Word>,
    pub(crate) duties: Vec<Word>,
    pub(crate) governs: Governs,
    pub(crate) needs: Option<Where>,
    pub(crate) counted_in: Option<PerUnit>,
    pub(crate) quantity_at_most: Option<PerUnit>,
    pub(crate) gives: Gives,
    pub(crate) times: Vec<Sp<Figure>>,
    pub(crate) round: Option<Round>,
    pub(crate) at_most: Option<Sp<Figure>>,
    pub(crate) bucket: Option<Word>,
    pub(crate) dated: Option<Word>,
    pub(crate) counts_in: Option<Word>,
    pub(crate) spread: Option<Spread>,
    pub(crate) proof: Proof,
    pub(crate) replaces: Option<Word>,
    pub(crate) examples: Vec<Example>,
}

/// A figure for every unit, or one for each.
#[derive(Clone, Debug)]
pub(crate) enum PerUnit {
    All(Sp<Figure>),
    Units(Vec<(Word, Sp<Figure>)>),
}

#[derive(Clone, Debug)]
pub(crate) enum Gives {
    /// Whatever the quantity and its unit.
    Grant(Sp<Figure>),
    /// Only these units are accepted, so much each.
    Units(Vec<(Word, Sp<Figure>)>),
    /// The name of a value; a grant or units.
    Named(Word),
}

#[derive(Clone, Debug)]
pub(crate) enum Proof {
    None,
    Any,
    Groups(Vec<Vec<Word>>),
    Named(Word),
}

#[derive(Clone, Debug)]
pub(crate) enum Spread {
    Ladder(Vec<Rung>),
    Across { from: Sp<DateFigure>, to: Sp<DateFigure>, each: bool },
}

#[derive(Clone, Debug)]
pub(crate) struct Rung {
    pub(crate) year: i16,
    pub(crate) at_most: Option<Sp<Figure>>,
    pub(crate) part: Option<Sp<Figure>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) of: Where,
    pub(crate) window: Word,
    pub(crate) per: Vec<Word>,
    pub(crate) persons: Where,
    pub(crate) keep: Keep,
    pub(crate) problem: Option<Word>,
    pub(crate) round: Option<Round>,
    pub(crate) after: Vec<Word>,
    pub(crate) replaces: Option<Word>,
    pub(crate) across_people: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Keep {
    AtMost(Sp<Figure>),
    One { what: Word, which: Word },
}

#[derive(Clone, Debug)]
pub(crate) struct Surplus {
    pub(crate) of: Where,
    pub(crate) persons: Where,
    pub(crate) above: Sp<Figure>,
    pub(crate) to: SurplusTo,
    pub(crate) at_most: Option<Sp<Figure>>,
    pub(crate) after: Vec<Word>,
}

#[derive(Clone, Debug)]
pub(crate) enum SurplusTo {
    Bucket(Word),
    Windows(i16),
}

#[derive(Clone, Debug)]
pub(crate) struct Requirement {
    pub(crate) duty: Option<Word>,
    pub(crate) window: Option<Word>,
    pub(crate) each: Option<Word>,
    pub(crate) per: Vec<(Word, Option<Word>)>,
    pub(crate) persons: Where,
    pub(crate) only_for: Vec<Word>,
    pub(crate) ways: Vec<Measured>,
    pub(crate) binding: Sp<Scalar>,
    pub(crate) unit: Option<Word>,
    pub(crate) governs: Governs,
    pub(crate) replaces: Option<Word>,
}

/// A measure over records against a figure.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) title: Text,
    pub(crate) what: Measure,
    pub(crate) of: Where,
    pub(crate) at_least: Sp<Figure>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Measure {
    Sum,
    Largest,
    Records,
    Distinct(Word),
    SumOf(Box<Sp<Figure>>),
}

#[derive(Clone, Debug)]
pub(crate) struct Exemption {
    pub(crate) persons: Where,
    /// Empty: all requirements.
    pub(crate) lifts: Vec<Word>,
    pub(crate) defers_years: i16,
    pub(crate) grounds: Vec<Ground>,
}

#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub(crate) id: String,
    pub(crate) title: Text,
    /// Empty where the text names nobody.
    pub(crate) approver: Text,
    /// Who approves for those who have returned; empty where it is the same.
    pub(crate) returned: Text,
}

#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) gate: Word,
    pub(crate) persons: Where,
    pub(crate) from: Sp<Figure>,
    pub(crate) to: Sp<Figure>,
    pub(crate) duty: Option<Word>,
    pub(crate) hold: Option<Word>,
    pub(crate) asks: Asks,
    pub(crate) unless: Option<Where>,
    pub(crate) strength: Strength,
    pub(crate) papers: Vec<Word>,
    pub(crate) message: Text,
}

#[derive(Clone, Debug)]
pub(crate) struct Asks {
    /// Absent: the status of the whole.
    pub(crate) requirement: Option<Word>,
    pub(crate) is: Vec<Word>,
    pub(crate) negated: bool,
}

/// How strongly a gate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// Closed to whoever does not meet it.
    Bar,
    /// 重要条件: the body that decides is told, and decides.
    ImportantCondition,
    /// 重要依据: no bar by itself.
    ImportantBasis,
    /// What the law of that licence decides.
    OtherLaw,
    /// Announced, nothing else.
    Notice,
}

impl Strength {
    /// The word it is written by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::ImportantCondition => "important-condition",
            Self::ImportantBasis => "important-basis",
            Self::OtherLaw => "other-law",
            Self::Notice => "notice",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) by: Vec<Word>,
    pub(crate) after: Option<Word>,
    pub(crate) until: Option<Word>,
    pub(crate) checks: Vec<Text>,
    pub(crate) decides: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Warning {
    pub(crate) of: Where,
    pub(crate) overlap: Option<(Word, Word)>,
    pub(crate) when: Option<Where>,
    pub(crate) message: Text,
}

/// Facts against sets and bounds: any of the tables, all conditions of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Where {
    pub(crate) at: Span,
    /// One empty table: everything.
    pub(crate) any: Vec<Vec<Condition>>,
}

impl Where {
    pub(crate) fn all() -> Self {
        Self { at: 0..0, any: vec![Vec::new()] }
    }

    pub(crate) fn is_all(&self) -> bool {
        self.any.iter().any(Vec::is_empty)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(crate) fact: Word,
    pub(crate) test: Test,
    pub(crate) at: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    OneOf(Vec<Sp<Scalar>>),
    Not(Box<Test>),
    Given(bool),
    In(Word),
    Range(Vec<(Bound, Sp<Scalar>)>),
    SameAs(Word),
    Among(Word),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Bound {
    AtLeast,
    Above,
    AtMost,
    Below,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Text(String),
    Number(Exact),
    Date(Date),
    Bool(bool),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Figure {
    Exact(Exact),
    Name(String),
    Unbounded,
    Table(Box<DecisionTable>),
    Line {
        of: Box<Sp<Figure>>,
        pieces: Vec<(Exact, Sp<Figure>)>,
    },
    Many(Arith, Vec<Sp<Figure>>),
    Difference(Box<(Sp<Figure>, Sp<Figure>)>),
    Ratio(Box<(Sp<Figure>, Sp<Figure>)>),
    Span(SpanOf, Box<(Sp<DateFigure>, Sp<DateFigure>)>),
    YearOf(Box<Sp<DateFigure>>),
    Count(Word),
    OverYears(Box<Sp<Figure>>),
    Measured(Box<(Measure, Where)>),
    /// A date where a fact of type date is derived.
    Date(Box<Sp<DateFigure>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Arith {
    Sum,
    Product,
    Least,
    Greatest,
    First,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SpanOf {
    Days,
    Months,
    Years,
    CalendarYears,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DecisionTable {
    pub(crate) by: Vec<Word>,
    /// Cells for `by`, then the figure. Cross tables are unfolded on reading.
    pub(crate) rows: Vec<(Vec<Test>, Sp<Figure>, Span)>,
    pub(crate) otherwise: Option<Sp<Figure>>,
    pub(crate) at: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DateFigure {
    Name(String),
    Date(Date),
    First(Vec<Sp<DateFigure>>),
    Earliest(Vec<Sp<DateFigure>>),
    Latest(Vec<Sp<DateFigure>>),
    Plus(Box<Sp<DateFigure>>, i32, SpanOf),
}

/// A worked example under a rule, or a whole case.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) at: Span,
    pub(crate) node: super::node::Node,
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) at: Span,
    pub(crate) node: super::node::Node,
}
