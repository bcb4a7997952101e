//! Facts of a person and its records as classes, figures and dates, each looked at when it is first needed.

use super::Asked;
use super::windows::Bounds;
use crate::exact::{self, Exact};
use crate::program::atoms::{Classes, Comparison, Derived, interval};
use crate::program::{AtomSet, DateExpr, FactId, Figure, Program, Region, Where};
use crate::syntax::ast::{Arith, Bound, Of, SpanOf};
use crate::value::{Person, Record, Value, day_number};
use jiff::civil::Date;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};

const NOT_YET: u8 = u8::MAX;

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No,
    /// Nothing is stated of this fact, and it decides.
    Unknown(FactId),
}

/// A number, no bound, or what it hangs on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Amount {
    Exact(Exact),
    Unbounded,
    Unknown(FactId),
    /// Divided by zero: the fact the divisor hangs on.
    ByZero(FactId),
    /// Out of the range of exact numbers.
    Undefined,
}

impl Amount {
    pub(crate) fn exact(self) -> Option<Exact> {
        match self {
            Self::Exact(number) => Some(number),
            _ => None,
        }
    }
}

/// Where a figure is asked: of a record, with the quantity that counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct At {
    pub(crate) record: Option<usize>,
    pub(crate) quantity: Option<Exact>,
}

/// One person with its records under one program and window.
pub(crate) struct Scope<'a> {
    pub(crate) program: &'a Program,
    pub(crate) person: &'a Person,
    pub(crate) records: &'a [Record],
    pub(crate) window: Bounds,
    pub(crate) asked: Asked,
    facts: usize,
    of_person: Vec<Cell<u8>>,
    of_records: Vec<Cell<u8>>,
    /// Facts of the person that were needed and are not known.
    pub(crate) missing: RefCell<Vec<FactId>>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(program: &'a Program, person: &'a Person, records: &'a [Record], window: Bounds, asked: Asked) -> Self {
        let facts = program.facts.all.len();
        Self {
            program,
            person,
            records,
            window,
            asked,
            facts,
            of_person: vec![Cell::new(NOT_YET); facts],
            of_records: vec![Cell::new(NOT_YET); facts * records.len()],
            missing: RefCell::new(Vec::new()),
        }
    }

    /// The same person seen in another window.
    pub(crate) fn in_window(&self, window: Bounds) -> Scope<'a> {
        Scope::new(self.program, self.person, self.records, window, self.asked)
    }

    /// Notes that a result hangs on a fact of the person.
    pub(crate) fn needs(&self, fact: FactId) {
        let mut missing = self.missing.borrow_mut();
        if !missing.contains(&fact) {
            missing.push(fact);
        }
    }

    /// The raw value of a column.
    pub(crate) fn value(&self, fact: FactId, record: Option<usize>) -> &Value {
        const EMPTY: &Value = &Value::Empty;
        let about = self.program.facts.get(fact);
        match (about.of, record) {
            (Of::Person, _) => self.person.values.get(about.slot).unwrap_or(EMPTY),
            (Of::Record, Some(at)) => self.records[at].values.get(about.slot).unwrap_or(EMPTY),
            (Of::Record, None) => EMPTY,
        }
    }

    /// The value of a column, computed where it is derived from others.
    pub(crate) fn datum(&self, fact: FactId, record: Option<usize>) -> Cow<'_, Value> {
        match &self.program.facts.get(fact).derived {
            Some(Derived::Number(figure)) => Cow::Owned(self.figure(figure, At { record, quantity: None }).exact().map_or(Value::Empty, Value::Number)),
            Some(Derived::Date(date)) => Cow::Owned(self.date(date, record).map_or(Value::Empty, Value::Date)),
            None => Cow::Borrowed(self.value(fact, record)),
        }
    }

    /// Class of `rule` and `bucket`, set once a record is recognised.
    pub(crate) fn set_class(&self, fact: FactId, record: usize, class: u8) {
        self.of_records[record * self.facts + usize::from(fact)].set(class);
    }

    /// The class a fact falls into.
    #[inline]
    pub(crate) fn class(&self, fact: FactId, record: Option<usize>) -> u8 {
        let cell = match (self.program.facts.get(fact).of, record) {
            (Of::Person, _) => &self.of_person[usize::from(fact)],
            (Of::Record, Some(at)) => &self.of_records[at * self.facts + usize::from(fact)],
            (Of::Record, None) => return 0,
        };
        match cell.get() {
            NOT_YET => {
                let class = self.find_class(fact, record);
                cell.set(class);
                class
            }
            class => class,
        }
    }

    #[inline(never)]
    fn find_class(&self, fact: FactId, record: Option<usize>) -> u8 {
        let about = self.program.facts.get(fact);
        if fact == self.program.facts.year() {
            return match &about.classes {
                Classes::Numbers(cuts) => interval(cuts, &Exact::from_integer(i64::from(self.window.number))),
                _ => 0,
            };
        }
        if let Classes::Compare(comparison) = &about.classes {
            return match self.compare(comparison, record) {
                Some(true) => 1,
                Some(false) => 2,
                None => 0,
            };
        }
        match &about.derived {
            Some(Derived::Number(figure)) => match (&about.classes, self.figure(figure, At { record, quantity: None })) {
                (Classes::Numbers(cuts), Amount::Exact(number)) => interval(cuts, &number),
                _ => 0,
            },
            Some(Derived::Date(date)) => match (&about.classes, self.date(date, record)) {
                (Classes::Dates(cuts), Some(date)) => interval(cuts, &date),
                _ => 0,
            },
            None => match (self.value(fact, record), &about.empty, &about.classes) {
                (Value::Years(years), _, _) => {
                    if self.window.years().all(|year| years.contains(&year)) {
                        1
                    } else {
                        2
                    }
                }
                (Value::Empty, Some(empty), Classes::Numbers(cuts)) => interval(cuts, empty),
                (value, _, Classes::Texts { .. }) => self.program.facts.class(fact, value, self.list_day(record)),
                (value, ..) => self.program.facts.class(fact, value, None),
            },
        }
    }

    /// The day on which lists are looked at: the record's own, else the end of the window.
    fn list_day(&self, record: Option<usize>) -> Option<Date> {
        match record.map(|at| self.value(self.program.dated, Some(at))) {
            Some(Value::Date(date)) => Some(*date),
            _ => Some(self.window.end),
        }
    }

    fn compare(&self, comparison: &Comparison, record: Option<usize>) -> Option<bool> {
        match comparison {
            Comparison::Given(fact) => Some(self.stated(*fact, record)),
            Comparison::Numbers(fact, bounds) => {
                let value = self.number(*fact, record).exact()?;
                bounds.iter().try_fold(true, |all, (bound, figure)| match self.figure(figure, At { record, quantity: None }) {
                    Amount::Exact(with) => Some(all && in_bound(*bound, &value, &with)),
                    Amount::Unbounded => Some(all && matches!(bound, Bound::AtMost | Bound::Below)),
                    _ => None,
                })
            }
            Comparison::Dates(fact, bounds) => {
                let value = self.date(&DateExpr::Fact(*fact), record)?;
                bounds.iter().try_fold(true, |all, (bound, date)| Some(all && in_bound(*bound, &value, &self.date(date, record)?)))
            }
            Comparison::SameAs(a, b) => match (self.value(*a, record), self.value(*b, record)) {
                (Value::Empty, _) | (_, Value::Empty) => None,
                (x, y) => Some(self.words(*a, x) == self.words(*b, y)),
            },
            Comparison::Among(a, b) => match (self.value(*a, record), self.value(*b, record)) {
                (Value::Empty, _) | (_, Value::Empty) => None,
                (x, y) => {
                    let (mine, all) = (self.words(*a, x), self.words(*b, y));
                    Some(mine.iter().any(|word| all.contains(word)))
                }
            },
            Comparison::HasCode(fact, codes) => match self.value(*fact, record) {
                Value::Codes(have) => Some(codes.iter().any(|code| have.contains(code))),
                _ => Some(false),
            },
            Comparison::HasText(fact, texts) => match self.value(*fact, record) {
                Value::Texts(have) => Some(texts.iter().any(|text| have.iter().any(|word| **word == **text))),
                _ => Some(false),
            },
        }
    }

    fn stated(&self, fact: FactId, record: Option<usize>) -> bool {
        match &self.program.facts.get(fact).derived {
            Some(Derived::Number(figure)) => !matches!(self.figure(figure, At { record, quantity: None }), Amount::Unknown(_)),
            Some(Derived::Date(date)) => self.date(date, record).is_some(),
            None => *self.value(fact, record) != Value::Empty,
        }
    }

    /// The words of a value, so that values of different facts can be compared.
    fn words(&self, fact: FactId, value: &Value) -> Vec<String> {
        let code = |code: &u16| {
            let column = self.program.schema.columns.get(usize::from(fact));
            column.and_then(|column| column.codes.get(usize::from(*code))).map_or_else(String::new, |code| code.id.clone())
        };
        match value {
            Value::Text(text) => vec![text.to_string()],
            Value::Texts(texts) => texts.iter().map(ToString::to_string).collect(),
            Value::Code(at) => vec![code(at)],
            Value::Codes(codes) => codes.iter().map(code).collect(),
            Value::Number(number) => vec![exact::show(*number)],
            Value::Date(date) => vec![date.to_string()],
            Value::YesNo(yes) => vec![yes.to_string()],
            Value::Years(years) => years.iter().map(ToString::to_string).collect(),
            Value::Empty => Vec::new(),
        }
    }

    /// Whether a where holds; what it hangs on where that can not be told.
    pub(crate) fn holds(&self, is: &Where, record: Option<usize>) -> Truth {
        self.holds_with(is, record, None)
    }

    /// The same, with the bucket of an entry in place of the record's.
    pub(crate) fn holds_with(&self, is: &Where, record: Option<usize>, bucket: Option<u8>) -> Truth {
        let mut unknown = None;
        for region in &is.0 {
            match self.region(region, record, bucket) {
                Truth::Yes => return Truth::Yes,
                Truth::No => {}
                Truth::Unknown(fact) => unknown = unknown.or(Some(fact)),
            }
        }
        unknown.map_or(Truth::No, Truth::Unknown)
    }

    pub(crate) fn region(&self, region: &Region, record: Option<usize>, bucket: Option<u8>) -> Truth {
        self.conditions(&region.0, record, bucket)
    }

    /// Whether each of some facts is in its set.
    pub(crate) fn conditions(&self, all: &[(FactId, AtomSet)], record: Option<usize>, bucket: Option<u8>) -> Truth {
        let mut unknown = None;
        for (fact, set) in all {
            let class = match bucket {
                Some(bucket) if *fact == self.program.facts.bucket() => bucket + 1,
                _ => self.class(*fact, record),
            };
            if class == 0 && self.program.facts.get(*fact).strict {
                unknown = unknown.or(Some(*fact));
            } else if set >> class & 1 == 0 {
                return Truth::No;
            }
        }
        unknown.map_or(Truth::Yes, Truth::Unknown)
    }

    /// Whether a where over the person holds; an unknown fact is noted and counts as not holding.
    pub(crate) fn person_is(&self, is: &Where) -> bool {
        match self.holds(is, None) {
            Truth::Yes => true,
            Truth::No => false,
            Truth::Unknown(fact) => {
                self.needs(fact);
                false
            }
        }
    }

    /// The number of a fact.
    pub(crate) fn number(&self, fact: FactId, record: Option<usize>) -> Amount {
        let about = self.program.facts.get(fact);
        if fact == self.program.facts.year() {
            return Amount::Exact(Exact::from_integer(i64::from(self.window.number)));
        }
        match (&about.derived, self.value(fact, record), about.empty) {
            (Some(Derived::Number(figure)), ..) => self.figure(figure, At { record, quantity: None }),
            (_, Value::Number(number), _) => Amount::Exact(*number),
            (_, Value::Empty, Some(empty)) => Amount::Exact(empty),
            _ => Amount::Unknown(fact),
        }
    }

    /// The value of a figure. `{ measure … }` stands in requirements only and is evaluated there.
    pub(crate) fn figure(&self, figure: &Figure, at: At) -> Amount {
        match figure {
            Figure::Exact(number) => Amount::Exact(*number),
            Figure::Unbounded => Amount::Unbounded,
            Figure::Fact(fact) => match at.quantity {
                Some(quantity) if usize::from(*fact) == 0 => Amount::Exact(quantity),
                _ => self.number(*fact, at.record),
            },
            Figure::Table { rows, otherwise, .. } => self.table(rows, otherwise.as_deref(), at),
            Figure::Line { of, pieces } => match self.figure(of, at) {
                Amount::Exact(value) => self.line(value, pieces, at),
                other => other,
            },
            Figure::Many(arith, items) => self.many(*arith, items, at),
            Figure::Difference(pair) => self.pair(pair, at, exact::sub),
            Figure::Ratio(pair) => match self.pair(pair, at, exact::div) {
                Amount::Undefined if self.figure(&pair.1, at) == Amount::Exact(Exact::from_integer(0)) => super::missing::first_fact(self.program, &pair.1).map_or(Amount::Undefined, Amount::ByZero),
                ratio => ratio,
            },
            Figure::Span(span, pair) => self.span(*span, pair, at.record),
            Figure::YearOf(date) => match self.date(date, at.record) {
                Some(date) => Amount::Exact(Exact::from_integer(i64::from(date.year()))),
                None => self.unknown_date(date),
            },
            Figure::Count(fact) => match self.value(*fact, at.record) {
                Value::Texts(texts) => count(texts.len()),
                Value::Codes(codes) => count(codes.len()),
                Value::Years(years) => count(years.len()),
                _ => Amount::Unknown(*fact),
            },
            Figure::OverYears(inner) => self.over_years(inner, at),
            Figure::Measured(_) => Amount::Undefined,
        }
    }

    fn table(&self, rows: &[(Region, Figure)], otherwise: Option<&Figure>, at: At) -> Amount {
        let mut unknown = None;
        for (region, figure) in rows {
            match self.region(region, at.record, None) {
                Truth::Yes => return self.figure(figure, at),
                Truth::No => {}
                Truth::Unknown(fact) => unknown = unknown.or(Some(fact)),
            }
        }
        match (unknown, otherwise) {
            (Some(fact), _) => Amount::Unknown(fact),
            (None, Some(figure)) => self.figure(figure, at),
            (None, None) => Amount::Undefined,
        }
    }

    fn line(&self, value: Exact, pieces: &[(Exact, Figure)], at: At) -> Amount {
        let mut sum = Exact::from_integer(0);
        for (n, (over, each)) in pieces.iter().enumerate() {
            let upper = pieces.get(n + 1).map_or(value, |(next, _)| value.min(*next));
            if upper <= *over {
                continue;
            }
            match self.figure(each, at) {
                Amount::Exact(each) => match exact::sub(upper, *over).and_then(|width| exact::mul(width, each)).and_then(|piece| exact::add(sum, piece)) {
                    Some(next) => sum = next,
                    None => return Amount::Undefined,
                },
                other => return other,
            }
        }
        Amount::Exact(sum)
    }

    fn many(&self, arith: Arith, items: &[Figure], at: At) -> Amount {
        let mut found: Option<Amount> = None;
        for item in items {
            let next = self.figure(item, at);
            if arith == Arith::First {
                match next {
                    Amount::Unknown(_) => {
                        found = found.or(Some(next));
                        continue;
                    }
                    known => return known,
                }
            }
            found = Some(match (found, next) {
                (None, next) => next,
                (Some(Amount::Exact(a)), Amount::Exact(b)) => {
                    let both = match arith {
                        Arith::Sum => exact::add(a, b),
                        Arith::Product => exact::mul(a, b),
                        Arith::Least => Some(a.min(b)),
                        _ => Some(a.max(b)),
                    };
                    both.map_or(Amount::Undefined, Amount::Exact)
                }
                (Some(Amount::Unbounded), other) | (Some(other), Amount::Unbounded) => {
                    if arith == Arith::Least {
                        other
                    } else {
                        Amount::Unbounded
                    }
                }
                (Some(other), Amount::Exact(_)) => other,
                (Some(_), other) => other,
            });
        }
        found.unwrap_or(Amount::Undefined)
    }

    fn pair(&self, pair: &(Figure, Figure), at: At, with: fn(Exact, Exact) -> Option<Exact>) -> Amount {
        match (self.figure(&pair.0, at), self.figure(&pair.1, at)) {
            (Amount::Exact(a), Amount::Exact(b)) => with(a, b).map_or(Amount::Undefined, Amount::Exact),
            (Amount::Exact(_), other) | (other, _) => other,
        }
    }

    fn over_years(&self, inner: &Figure, at: At) -> Amount {
        let mut sum = Exact::from_integer(0);
        for year in self.window.begin.year()..=self.window.end.year() {
            let Some(bounds) = Bounds::of_year(year) else { return Amount::Undefined };
            match self.in_window(bounds).figure(inner, at) {
                Amount::Exact(number) => match exact::add(sum, number) {
                    Some(next) => sum = next,
                    None => return Amount::Undefined,
                },
                other => return other,
            }
        }
        Amount::Exact(sum)
    }

    fn span(&self, span: SpanOf, pair: &(DateExpr, DateExpr), record: Option<usize>) -> Amount {
        let (Some(from), Some(to)) = (self.date(&pair.0, record), self.date(&pair.1, record)) else {
            let unknown = if self.date(&pair.0, record).is_none() { &pair.0 } else { &pair.1 };
            return self.unknown_date(unknown);
        };
        let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month()) - i64::from(to.day() < from.day());
        let number = match span {
            SpanOf::Days => i64::from(day_number(to)) - i64::from(day_number(from)) + 1,
            SpanOf::Months => months,
            SpanOf::Years => months.div_euclid(12),
            SpanOf::CalendarYears => i64::from(to.year() - from.year()) + 1,
        };
        Amount::Exact(Exact::from_integer(number))
    }

    /// The day a date stands for, where it is known.
    pub(crate) fn date(&self, date: &DateExpr, record: Option<usize>) -> Option<Date> {
        match date {
            DateExpr::Day(day) => Some(*day),
            DateExpr::WindowBegin => Some(self.window.begin),
            DateExpr::WindowEnd => Some(self.window.end),
            DateExpr::AskedOn => self.asked.on,
            DateExpr::Fact(fact) => match (&self.program.facts.get(*fact).derived, self.value(*fact, record)) {
                (Some(Derived::Date(inner)), _) => self.date(inner, record),
                (_, Value::Date(day)) => Some(*day),
                _ => None,
            },
            DateExpr::First(items) => items.iter().find_map(|item| self.date(item, record)),
            DateExpr::Earliest(items) => items.iter().map(|item| self.date(item, record)).collect::<Option<Vec<_>>>()?.into_iter().min(),
            DateExpr::Latest(items) => items.iter().map(|item| self.date(item, record)).collect::<Option<Vec<_>>>()?.into_iter().max(),
            DateExpr::Plus(of, count, unit) => {
                let span = match unit {
                    SpanOf::Days => jiff::Span::new().try_days(*count),
                    SpanOf::Months => jiff::Span::new().try_months(*count),
                    SpanOf::Years | SpanOf::CalendarYears => jiff::Span::new().try_years(*count),
                };
                self.date(of, record)?.checked_add(span.ok()?).ok()
            }
        }
    }

    /// The fact without which a date is not known.
    fn unknown_date(&self, date: &DateExpr) -> Amount {
        match date {
            DateExpr::Fact(fact) => match &self.program.facts.get(*fact).derived {
                Some(Derived::Date(inner)) => self.unknown_date(inner),
                _ => Amount::Unknown(*fact),
            },
            DateExpr::First(items) | DateExpr::Earliest(items) | DateExpr::Latest(items) => items.first().map_or(Amount::Undefined, |item| self.unknown_date(item)),
            DateExpr::Plus(of, ..) => self.unknown_date(of),
            DateExpr::Day(_) | DateExpr::WindowBegin | DateExpr::WindowEnd | DateExpr::AskedOn => Amount::Undefined,
        }
    }
}

fn in_bound<T: Ord>(bound: Bound, value: &T, with: &T) -> bool {
    match bound {
        Bound::AtLeast => value >= with,
        Bound::Above => value > with,
        Bound::AtMost => value <= with,
        Bound::Below => value < with,
    }
}

fn count(number: usize) -> Amount {
    i64::try_from(number).map_or(Amount::Undefined, |number| Amount::Exact(Exact::from_integer(number)))
}
