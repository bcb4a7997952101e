//! The finitely many classes a program can tell apart in each fact, so that every condition is a set of bits.

use super::names::Names;
use super::walk::{self, Part};
use super::{AtomSet, DateExpr, FactId, Figure};
use crate::exact::Exact;
use crate::schema::Schema;
use crate::syntax::ast::{Bound, FactType, Of, Scalar, Test};
use crate::text::Text;
use crate::value::Value;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most classes of one fact.
pub(crate) const MOST_ATOMS: usize = 128;

/// Every fact of a program with its classes.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) all: Vec<Fact>,
    /// How many of them are columns of the schema.
    pub(crate) columns: usize,
}

/// A fact: a column, a pseudo-fact, or a comparison of facts.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) id: String,
    pub(crate) title: Arc<Text>,
    pub(crate) of: Of,
    pub(crate) kind: FactType,
    pub(crate) slot: usize,
    pub(crate) classes: Classes,
    /// What a failing `needs` on it reports.
    pub(crate) problem: Option<usize>,
    pub(crate) derived: Option<Derived>,
    /// What an empty cell states.
    pub(crate) empty: Option<Exact>,
    /// Nothing stated is unknown, and no class of its own.
    pub(crate) strict: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Derived {
    Number(Figure),
    Date(DateExpr),
}

/// How a value falls into classes. Class 0 is "nothing stated".
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Classes {
    /// Class 1: other text or a code nobody asks about; then the codes asked about.
    Codes {
        of_code: Vec<u8>,
        names: Vec<String>,
        other: bool,
    },
    /// Class 1: other text.
    Texts {
        known: BTreeMap<String, Vec<Membership>>,
        keys: Vec<TextKey>,
    },
    Numbers(Vec<Exact>),
    Dates(Vec<Date>),
    /// 1 yes, 2 no.
    YesNo,
    /// 1 holds, 2 does not.
    Compare(Box<Comparison>),
    /// `rule`, `bucket`: class n + 1 is item n.
    Items(Vec<String>),
    /// Never asked about.
    Unasked,
}

/// A text's class in a span of time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Membership {
    pub(crate) from: Option<Date>,
    pub(crate) until: Option<Date>,
    pub(crate) class: u8,
}

/// What sets a class of texts apart: which asked text it is, and on which lists it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextKey {
    pub(crate) literal: Option<String>,
    pub(crate) lists: BTreeSet<String>,
}

/// A test that compares facts with each other or looks into a fact of several values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Comparison {
    Given(FactId),
    Numbers(FactId, Vec<(Bound, Figure)>),
    Dates(FactId, Vec<(Bound, DateExpr)>),
    SameAs(FactId, FactId),
    Among(FactId, FactId),
    HasCode(FactId, Vec<u16>),
    HasText(FactId, Vec<String>),
}

/// What the policies of a stack ask of each fact.
#[derive(Default)]
struct Asked {
    words: BTreeSet<String>,
    numbers: BTreeSet<Exact>,
    dates: BTreeSet<Date>,
    lists: BTreeSet<(usize, String)>,
    order: bool,
}

impl Classes {
    /// How many classes there are, class 0 included.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Codes { names, .. } => names.len() + 2,
            Self::Texts { keys, .. } => keys.len() + 2,
            Self::Numbers(cuts) => 2 * cuts.len() + 2,
            Self::Dates(cuts) => 2 * cuts.len() + 2,
            Self::YesNo | Self::Compare(_) => 3,
            Self::Items(items) => items.len() + 1,
            Self::Unasked => 1,
        }
    }
}

impl Facts {
    /// Sorts every column of a stack into the classes its policies tell apart, and adds `rule`, `bucket` and `window.year`.
    pub(crate) fn of(names: Names<'_>, schema: &Schema, rules: Vec<String>, buckets: Vec<String>) -> Self {
        let mut asked: BTreeMap<String, Asked> = BTreeMap::new();
        for (layer, policy) in names.stack.iter().enumerate() {
            walk::policy(policy, &mut |_, part| {
                if let Part::Test(fact, test) = part {
                    note(names, layer, test, asked.entry(fact.is.clone()).or_default());
                }
            });
        }
        let none = Asked::default();
        let mut all: Vec<Fact> = schema
            .columns
            .iter()
            .map(|column| {
                let asks = asked.get(&column.id).unwrap_or(&none);
                Fact {
                    id: column.id.clone(),
                    title: Arc::new(column.title.clone()),
                    of: column.of,
                    kind: column.kind,
                    slot: column.slot,
                    classes: classes(names, column, asks),
                    problem: None,
                    derived: None,
                    empty: None,
                    strict: column.required || column.of == Of::Person && column.kind != FactType::Years || matches!(column.kind, FactType::Number | FactType::Date | FactType::YesNo),
                }
            })
            .collect();
        let columns = all.len();
        let year = asked.get("window.year").unwrap_or(&none);
        for (id, kind, classes) in [
            ("rule", FactType::Code, Classes::Items(rules)),
            ("bucket", FactType::Code, Classes::Items(buckets)),
            ("window.year", FactType::Number, Classes::Numbers(year.numbers.iter().copied().collect())),
        ] {
            let of = if id == "window.year" { Of::Person } else { Of::Record };
            all.push(Fact { id: id.to_owned(), title: Arc::new(Text::same(id)), of, kind, slot: 0, classes, problem: None, derived: None, empty: None, strict: false });
        }
        Self { all, columns }
    }

    pub(crate) fn find(&self, id: &str) -> Option<FactId> {
        self.all.iter().position(|fact| fact.id == id).and_then(|at| FactId::try_from(at).ok())
    }

    pub(crate) fn get(&self, fact: FactId) -> &Fact {
        &self.all[usize::from(fact)]
    }

    pub(crate) fn rule(&self) -> FactId {
        FactId::try_from(self.columns).unwrap_or(0)
    }

    pub(crate) fn bucket(&self) -> FactId {
        self.rule() + 1
    }

    pub(crate) fn year(&self) -> FactId {
        self.rule() + 2
    }

    /// Every class of a fact.
    pub(crate) fn domain(&self, fact: FactId) -> AtomSet {
        let fact = self.get(fact);
        let all = if fact.classes.count() >= MOST_ATOMS { AtomSet::MAX } else { (1 << fact.classes.count()) - 1 };
        let all = if matches!(fact.classes, Classes::Codes { other: false, .. }) { all & !0b10 } else { all };
        if fact.strict || matches!(fact.classes, Classes::Compare(_)) { all & !1 } else { all }
    }

    /// The fact of a comparison, made where it is new.
    pub(crate) fn comparison(&mut self, base: FactId, comparison: Comparison) -> FactId {
        let wanted = Classes::Compare(Box::new(comparison));
        if let Some(at) = self.all.iter().position(|fact| fact.classes == wanted) {
            return FactId::try_from(at).unwrap_or(0);
        }
        let about = self.get(base);
        let mut of = about.of;
        if let Classes::Compare(is) = &wanted
            && let Comparison::SameAs(_, other) | Comparison::Among(_, other) = **is
            && self.get(other).of == Of::Record
        {
            of = Of::Record;
        }
        let strict = !matches!(&wanted, Classes::Compare(is) if matches!(**is, Comparison::Given(_)));
        self.all.push(Fact { classes: wanted, of, strict, kind: FactType::YesNo, derived: None, empty: None, ..about.clone() });
        FactId::try_from(self.all.len() - 1).unwrap_or(0)
    }

    /// The class of a column's value on a day; comparisons and pseudo-facts are the assessment's.
    pub(crate) fn class(&self, fact: FactId, value: &Value, on: Option<Date>) -> u8 {
        match (&self.get(fact).classes, value) {
            (_, Value::Empty) | (Classes::Unasked, _) => 0,
            (Classes::Codes { of_code, .. }, Value::Code(code)) => of_code.get(usize::from(*code)).copied().unwrap_or(1),
            (Classes::Codes { .. }, _) => 1,
            (Classes::Texts { known, .. }, Value::Text(text)) => known.get(&**text).map_or(1, |spans| {
                let holds = |span: &&Membership| span.from.is_none_or(|from| on.is_some_and(|on| on >= from)) && span.until.is_none_or(|until| on.is_some_and(|on| on <= until));
                spans.iter().find(holds).map_or(1, |span| span.class)
            }),
            (Classes::Numbers(cuts), Value::Number(number)) => interval(cuts, number),
            (Classes::Dates(cuts), Value::Date(date)) => interval(cuts, date),
            (Classes::YesNo, Value::YesNo(yes)) => {
                if *yes {
                    1
                } else {
                    2
                }
            }
            _ => 0,
        }
    }
}

/// Class of a value among sorted cuts: odd classes are the open intervals, even ones the cuts themselves.
pub(crate) fn interval<T: Ord>(cuts: &[T], value: &T) -> u8 {
    match cuts.binary_search(value) {
        Ok(at) => u8::try_from(2 * at + 2).unwrap_or(u8::MAX),
        Err(at) => u8::try_from(2 * at + 1).unwrap_or(u8::MAX),
    }
}

/// Collects what a test mentions.
fn note(names: Names<'_>, layer: usize, test: &Test, asks: &mut Asked) {
    match test {
        Test::OneOf(values) => values.iter().for_each(|value| note_value(names, layer, &value.is, asks)),
        Test::Not(inner) => note(names, layer, inner, asks),
        Test::Range(bounds) => {
            asks.order = true;
            bounds.iter().for_each(|(_, value)| note_value(names, layer, &value.is, asks));
        }
        Test::In(list) => {
            asks.lists.extend(names.list(layer, &list.is).map(|(at, item)| (at, item.id.is.clone())));
        }
        Test::Given(_) | Test::SameAs(_) | Test::Among(_) => {}
    }
}

fn note_value(names: Names<'_>, layer: usize, value: &Scalar, asks: &mut Asked) {
    match value {
        Scalar::Number(number) => drop(asks.numbers.insert(*number)),
        Scalar::Date(date) => drop(asks.dates.insert(*date)),
        Scalar::Text(word) => {
            asks.numbers.extend(names.constant(layer, word));
            if let Some(Scalar::Date(date)) = names.scalar(layer, word) {
                asks.dates.insert(*date);
            }
            asks.words.insert(word.clone());
        }
        Scalar::Bool(_) => {}
    }
}

fn classes(names: Names<'_>, column: &crate::schema::Column, asks: &Asked) -> Classes {
    match column.kind {
        FactType::Code => {
            let few = column.codes.len() <= 100;
            let listed = list_words(names, asks);
            let asked = |id: &String| few || asks.words.contains(id) || listed.contains(id) || asks.order;
            let mut names: Vec<String> = Vec::new();
            let of_code = column.codes.iter().map(|code| {
                if !asked(&code.id) || names.len() + 3 > MOST_ATOMS {
                    return 1;
                }
                names.push(code.id.clone());
                u8::try_from(names.len() + 1).unwrap_or(1)
            });
            let of_code: Vec<u8> = of_code.collect();
            let other = column.open || of_code.contains(&1);
            Classes::Codes { of_code, names, other }
        }
        FactType::Text => texts(names, asks),
        FactType::Number => Classes::Numbers(asks.numbers.iter().copied().collect()),
        FactType::Date => Classes::Dates(asks.dates.iter().copied().collect()),
        FactType::YesNo | FactType::Years => Classes::YesNo,
        FactType::Codes | FactType::Texts => Classes::Unasked,
    }
}

fn list_words(names: Names<'_>, asks: &Asked) -> BTreeSet<String> {
    let entries = asks.lists.iter().filter_map(|(at, id)| names.list(*at, id)).flat_map(|(_, item)| &item.is.entries);
    entries.map(|entry| entry.id.clone()).collect()
}

/// A list a text stands on, from when and until when.
type Listed = (String, Option<Date>, Option<Date>);

/// Classes of a text: which asked word it is, and on which lists it stands in which span of time.
fn texts(names: Names<'_>, asks: &Asked) -> Classes {
    let mut spans: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for word in &asks.words {
        spans.entry(word.clone()).or_default();
    }
    for (at, id) in &asks.lists {
        let Some((at, list)) = names.list(*at, id) else { continue };
        let name = list_name(names, at, id);
        for entry in &list.is.entries {
            for word in [&entry.id, &entry.title.zh, &entry.title.en] {
                if !word.is_empty() {
                    spans.entry(word.clone()).or_default().push((name.clone(), entry.from, entry.to));
                }
            }
        }
    }
    let mut keys: Vec<TextKey> = Vec::new();
    let mut known = BTreeMap::new();
    for (word, memberships) in spans {
        let literal = asks.words.contains(&word).then(|| word.clone());
        let mut days: BTreeSet<Option<Date>> = BTreeSet::from([None]);
        for (_, from, to) in &memberships {
            days.extend(from.map(Some));
            days.extend(to.and_then(|to| to.tomorrow().ok()).map(Some));
        }
        let days: Vec<Option<Date>> = days.into_iter().collect();
        let found = days.iter().enumerate().map(|(n, from)| {
            let holds = |start: &Option<Date>, end: &Option<Date>| start.is_none_or(|s| from.is_some_and(|d| d >= s)) && end.is_none_or(|e| from.is_none_or(|d| d <= e));
            let lists = memberships.iter().filter(|(_, start, end)| holds(start, end)).map(|(name, ..)| name.clone()).collect();
            let key = TextKey { literal: literal.clone(), lists };
            let class = if key.literal.is_none() && key.lists.is_empty() {
                1
            } else {
                let at = keys.iter().position(|k| *k == key).unwrap_or_else(|| {
                    keys.push(key);
                    keys.len() - 1
                });
                u8::try_from(at + 2).unwrap_or(1)
            };
            Membership { from: *from, until: days.get(n + 1).and_then(|next| next.and_then(|day| day.yesterday().ok())), class }
        });
        let found = found.collect();
        known.insert(word, found);
    }
    Classes::Texts { known, keys }
}

/// The qualified name of a list.
pub(crate) fn list_name(names: Names<'_>, layer: usize, id: &str) -> String {
    format!("{}/{id}", names.stack[layer].head.id.is)
}
