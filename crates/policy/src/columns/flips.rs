//! One person under many programs at once: each alternative of the readings beside what is chosen.
//!
//! The person's records become columns once. What is chosen runs over them; of the alternatives only those whose classes of records,
//! limits or requirements show that something may change ([`super::alike`]), each with what it learnt from the persons before.

use super::alike::{Alike, Touched};
use super::input::{Block, Cells, NO_DAY, NO_NUMBER, Storage};
use super::person::{Columnar, Outcome, RowOutcome, Totals};
use crate::assess::{Asked, Status, record_order};
use crate::engine::Stack;
use crate::exact::{Exact, Hours};
use crate::schema::Schema;
use crate::syntax::ast::{FactType, Of};
use crate::text::Text;
use crate::value::{Person, Record, Value, day_number};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// So many different values of a column are kept; then all begins anew.
const MOST_VALUES: usize = 1 << 16;
/// So many bytes at most for the tables of all programs; then all begins anew. Below the bound of one program: none drops its persons while they are held against others.
const MOST_BYTES: usize = 64 << 20;

/// What an alternative alone gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Flip {
    /// Nothing else.
    Same,
    /// Something else.
    Other(Then),
    /// The explaining path must tell.
    Unknown,
}

/// A result under an alternative.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Then {
    pub(crate) status: Status,
    pub(crate) total: Hours,
    /// Hours of each record, in the order given.
    pub(crate) hours: Vec<Hours>,
    pub(crate) requirements: Vec<ThenAsked>,
    /// Gates that the window closes by itself.
    pub(crate) closes: Vec<Arc<str>>,
}

/// A requirement under an alternative.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ThenAsked {
    pub(crate) subject: Arc<str>,
    pub(crate) title: Arc<Text>,
    pub(crate) have: Hours,
    pub(crate) at_least: Hours,
    pub(crate) binding: bool,
}

/// A duty of a stack and the same duty under each alternative.
#[derive(Debug)]
pub(crate) struct Flips {
    stack: Arc<Stack>,
    columns: Vec<Column>,
    base: Other,
    /// Nothing where the explaining path must tell.
    others: Vec<Option<Other>>,
    /// Facts of persons that decide nothing under any of them: persons who differ in no other are the same.
    idle: Vec<usize>,
    /// How the alternatives stand to what is chosen, for persons of the same facts.
    alike: FxHashMap<Vec<Value>, Alike>,
    /// Bytes of that, roughly.
    learnt: usize,
}

/// A duty under an alternative.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) columnar: Columnar,
    /// Its stack, where records count in another order there.
    pub(super) reordered: Option<Arc<Stack>>,
    /// How many values of all columns it was told.
    told: usize,
}

/// The cells of a column for the person at hand, and the values met so far.
#[derive(Debug)]
pub(super) struct Column {
    slot: usize,
    pub(super) storage: Storage,
    pub(super) values: Vec<Value>,
    known: FxHashMap<Value, u32>,
    /// One more than the word of the empty cell, and of each code: what most cells hold is not looked up by hashing.
    empty: u32,
    codes: Vec<u32>,
    words: Vec<u32>,
    numbers: Vec<i64>,
    days: Vec<i32>,
}

impl Flips {
    /// A duty (its position in the stack) and the same under alternatives; those whose columns are others are left out.
    pub(crate) fn new(stack: &Arc<Stack>, duty: usize, asked: Asked, others: &[Option<(Arc<Stack>, usize)>]) -> Option<Self> {
        let schema = stack.schema();
        let mut columns = Vec::new();
        let mut names: Vec<(&str, Storage)> = Vec::new();
        for column in schema.columns.iter().filter(|column| column.of == Of::Record && !column.derived) {
            let storage = match column.kind {
                FactType::Number => Storage::Numbers,
                FactType::Date => Storage::Days,
                _ => Storage::Words,
            };
            names.push((&column.id, storage));
            columns.push(Column {
                slot: column.slot,
                storage,
                values: Vec::new(),
                known: FxHashMap::default(),
                empty: 0,
                codes: vec![0; column.codes.len()],
                words: Vec::new(),
                numbers: Vec::new(),
                days: Vec::new(),
            });
        }
        let columnar = |stack: &Arc<Stack>, duty| Columnar::new(Arc::clone(stack), duty, asked, &names).ok();
        let base = Other { columnar: columnar(stack, duty)?, reordered: None, told: 0 };
        let other = |(other, duty): &(Arc<Stack>, usize)| {
            let columnar = alike(other.schema(), schema).then(|| columnar(other, *duty)).flatten()?;
            let reordered = (other.program().dated != stack.program().dated).then(|| Arc::clone(other));
            Some(Other { columnar, reordered, told: 0 })
        };
        let idle = |stack: &Stack| super::uses::idle_texts(stack.program()).collect::<Vec<_>>();
        let mut nobody_asks = idle(stack);
        others.iter().flatten().map(|(other, _)| idle(other)).for_each(|idle| nobody_asks.retain(|fact| idle.contains(fact)));
        let idle = nobody_asks.into_iter().map(|fact| stack.program().facts.get(fact).slot).collect();
        let others = others.iter().map(|one| one.as_ref().and_then(other)).collect();
        Some(Self { columns, base, others, idle, alike: FxHashMap::default(), learnt: 0, stack: Arc::clone(stack) })
    }

    /// Whether so much was learnt that it is better to begin anew.
    pub(crate) fn is_full(&self) -> bool {
        let tables = self.others.iter().flatten().chain([&self.base]).map(|one| one.columnar.bytes()).sum::<usize>();
        tables + self.learnt > MOST_BYTES || self.columns.iter().any(|column| column.values.len() > MOST_VALUES)
    }

    /// What each alternative gives a person. Nothing where not even what is chosen can be run by columns, or it comes to
    /// another status or total than the explaining path found.
    pub(crate) fn run(&mut self, person: &Person, records: &[Record], found: (Status, Hours)) -> Option<Vec<Flip>> {
        if person.rows_in_error {
            return None;
        }
        let person = &*self.deciding(person);
        let mut order = record_order(self.stack.program(), records);
        let Self { columns, base, others, alike, learnt, .. } = self;
        columns.iter_mut().try_for_each(|column| column.read(records, &order))?;
        let mut flips = vec![Flip::Unknown; others.len()];
        let here = cells(columns);
        let block = Block { rows: records.len(), columns: &here };
        let (was, rows) = run(base, person, columns, &block, |totals, rows| (then(totals, rows, &order), rows.to_vec()))?;
        if (was.status, was.total) != found {
            return None;
        }
        let alike = match alike.get_mut(&person.values) {
            Some(known) => known,
            None => {
                let new = Alike::new(base, others, person, columns);
                *learnt += new.bytes();
                alike.entry(person.values.clone()).or_insert(new)
            }
        };
        let before = alike.bytes();
        let touched = alike.touched(base, others, columns, &block, &rows);
        *learnt = (*learnt + alike.bytes()).saturating_sub(before);
        for ((flip, other), touched) in flips.iter_mut().zip(others.iter_mut()).zip(&touched) {
            let Some(other) = other else { continue };
            let told = match touched {
                Touched::Not => Some(Flip::Same),
                // The records come to the same: only what is asked is held against them.
                Touched::Asked(number, sums) => other.columnar.sums(*number, sums, |totals| if same(&was, totals, &[], &order) { Flip::Same } else { Flip::Other(then(totals, &rows, &order)) }),
                Touched::Records if other.reordered.is_none() => run(other, person, columns, &block, |totals, rows| told(&was, totals, rows, &order)),
                Touched::Records => None,
            };
            *flip = told.unwrap_or(Flip::Unknown);
        }
        for ((flip, other), touched) in flips.iter_mut().zip(others.iter_mut()).zip(&touched) {
            let Some(other) = other else { continue };
            let (Some(stack), Touched::Records) = (&other.reordered, touched) else { continue };
            let next = record_order(stack.program(), records);
            if next != order {
                let from = places(&order, &next);
                columns.iter_mut().for_each(|column| column.reorder(&from));
                order = next;
            }
            let here = cells(columns);
            let block = Block { rows: records.len(), columns: &here };
            *flip = run(other, person, columns, &block, |totals, rows| told(&was, totals, rows, &order)).unwrap_or(Flip::Unknown);
        }
        Some(flips)
    }

    /// A person without the facts that decide nothing.
    fn deciding<'a>(&self, person: &'a Person) -> Cow<'a, Person> {
        let mut person = Cow::Borrowed(person);
        for slot in &self.idle {
            if person.values.get(*slot).is_some_and(|value| *value != Value::Empty) {
                person.to_mut().values[*slot] = Value::Empty;
            }
        }
        person
    }
}

/// What a result is beside what was found before.
fn told(was: &Then, totals: &Totals<'_>, rows: &[RowOutcome], order: &[usize]) -> Flip {
    if same(was, totals, rows, order) { Flip::Same } else { Flip::Other(then(totals, rows, order)) }
}

/// Where each record of one order stands in another.
fn places(before: &[usize], next: &[usize]) -> Vec<usize> {
    let mut places = vec![0; before.len()];
    before.iter().enumerate().for_each(|(place, record)| places[*record] = place);
    next.iter().map(|record| places[*record]).collect()
}

impl Other {
    /// Tells what values there are, and begins a block.
    pub(super) fn begin(&mut self, columns: &[Column]) {
        let all: usize = columns.iter().map(|column| column.values.len()).sum();
        if self.told != all {
            self.told = all;
            for (at, column) in columns.iter().enumerate().filter(|(_, column)| column.storage == Storage::Words) {
                self.columnar.learn_values(at, &column.values);
            }
        }
        self.columnar.begin();
    }
}

impl Column {
    /// Takes the cells of a person's records in their order. Nothing where a number has more than two places.
    fn read(&mut self, records: &[Record], order: &[usize]) -> Option<()> {
        self.words.clear();
        self.numbers.clear();
        self.days.clear();
        let slot = self.slot;
        let values = order.iter().map(|at| records[*at].values.get(slot).unwrap_or(&Value::Empty));
        match self.storage {
            Storage::Words => {
                self.words.reserve(order.len());
                for value in values {
                    let word = self.word(value)?;
                    self.words.push(word);
                }
            }
            Storage::Numbers => {
                for value in values {
                    let number = if let Value::Number(number) = value { hundredths(number)? } else { NO_NUMBER };
                    self.numbers.push(number);
                }
            }
            Storage::Days => self.days.extend(values.map(|value| if let Value::Date(day) = value { day_number(*day) } else { NO_DAY })),
        }
        Some(())
    }

    /// The word of a value; a new one where it is new.
    fn word(&mut self, value: &Value) -> Option<u32> {
        let at_hand = match value {
            Value::Empty => self.empty,
            Value::Code(code) => self.codes.get(usize::from(*code)).copied().unwrap_or(0),
            _ => 0,
        };
        if let Some(word) = at_hand.checked_sub(1) {
            return Some(word);
        }
        // Records of one person often agree.
        let last = self.words.last().copied().filter(|last| self.values.get(*last as usize) == Some(value));
        if let Some(word) = last.or_else(|| self.known.get(value).copied()) {
            return Some(word);
        }
        let word = u32::try_from(self.values.len()).ok()?;
        match value {
            Value::Empty => self.empty = word + 1,
            Value::Code(code) => {
                if let Some(known) = self.codes.get_mut(usize::from(*code)) {
                    *known = word + 1;
                }
            }
            _ => {}
        }
        self.values.push(value.clone());
        self.known.insert(value.clone(), word);
        Some(word)
    }

    /// Puts the cells into another order; `from`: where each stood before.
    fn reorder(&mut self, from: &[usize]) {
        match self.storage {
            Storage::Words => self.words = from.iter().map(|at| self.words[*at]).collect(),
            Storage::Numbers => self.numbers = from.iter().map(|at| self.numbers[*at]).collect(),
            Storage::Days => self.days = from.iter().map(|at| self.days[*at]).collect(),
        }
    }

    fn cells(&self) -> Cells<'_> {
        match self.storage {
            Storage::Words => Cells::Words(&self.words),
            Storage::Numbers => Cells::Numbers(&self.numbers),
            Storage::Days => Cells::Days(&self.days),
        }
    }
}

/// Hundredths of a number that has no more places.
fn hundredths(number: &Exact) -> Option<i64> {
    let scale = if *number.denom() == 1 { 100 } else { 100_i64.checked_div(*number.denom()).filter(|scale| scale * number.denom() == 100)? };
    number.numer().checked_mul(scale)
}

fn cells(columns: &[Column]) -> Vec<Cells<'_>> {
    columns.iter().map(Column::cells).collect()
}

/// Runs one program over a person; nothing where the explaining path must tell.
fn run<T>(other: &mut Other, person: &Person, columns: &[Column], block: &Block<'_>, take: impl Fn(&Totals<'_>, &[RowOutcome]) -> T) -> Option<T> {
    other.begin(columns);
    let number = other.columnar.person(person);
    let mut taken = None;
    other.columnar.assess(number, block, &[0, block.rows], true, |_, outcome, rows| {
        if let Outcome::Totals(totals) = outcome {
            taken = Some(take(&totals, rows));
        }
    });
    taken
}

fn then(totals: &Totals<'_>, rows: &[RowOutcome], order: &[usize]) -> Then {
    let mut hours = vec![Hours::ZERO; order.len()];
    for (row, at) in rows.iter().zip(order) {
        hours[*at] = row.hours;
    }
    let requirements = totals.asked().map(|(subject, title, binding, have, at_least)| ThenAsked { subject: Arc::clone(subject), title: Arc::clone(title), have, at_least, binding });
    Then { status: totals.status, total: totals.total, hours, requirements: requirements.collect(), closes: totals.closes().to_vec() }
}

/// Whether a result is what was found before, without writing it down.
fn same(base: &Then, totals: &Totals<'_>, rows: &[RowOutcome], order: &[usize]) -> bool {
    base.status == totals.status
        && base.total == totals.total
        && rows.iter().zip(order).all(|(row, at)| row.hours == base.hours[*at])
        && totals.closes() == base.closes.as_slice()
        && base.requirements.len() == totals.asked().count()
        && base
            .requirements
            .iter()
            .zip(totals.asked())
            .all(|(was, (subject, _, binding, have, at_least))| was.subject == *subject && was.binding == binding && was.have == have && was.at_least == at_least)
}

/// Whether records of one schema can be read under the other.
fn alike(a: &Schema, b: &Schema) -> bool {
    let codes = |column: &crate::schema::Column| column.codes.iter().map(|code| code.id.clone()).collect::<Vec<_>>();
    a.columns.len() == b.columns.len()
        && a.columns.iter().zip(&b.columns).all(|(a, b)| a.id == b.id && a.of == b.of && a.kind == b.kind && a.slot == b.slot && a.derived == b.derived && codes(a) == codes(b))
}
