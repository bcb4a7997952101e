//! One person under many programs at once: each alternative of the readings beside what is chosen.
//!
//! The person's records become columns once; every program runs over them with what it learnt from the persons before.

use super::input::{Block, Cells, NO_DAY, NO_NUMBER, Storage, day_number};
use super::person::{Columnar, Outcome, RowOutcome, Totals};
use crate::assess::{Asked, Status, record_order};
use crate::engine::Stack;
use crate::exact::{Exact, Hours};
use crate::schema::Schema;
use crate::syntax::ast::{FactType, Of};
use crate::text::Text;
use crate::value::{Person, Record, Value};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// So many different values of a column are kept; then all begins anew.
const MOST_VALUES: usize = 1 << 16;

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
    base: Columnar,
    /// Nothing where the explaining path must tell.
    others: Vec<Option<Columnar>>,
}

/// The cells of a column for the person at hand, and the values met so far.
#[derive(Debug)]
struct Column {
    slot: usize,
    storage: Storage,
    values: Vec<Value>,
    known: FxHashMap<Value, u32>,
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
            columns.push(Column { slot: column.slot, storage, values: Vec::new(), known: FxHashMap::default(), words: Vec::new(), numbers: Vec::new(), days: Vec::new() });
        }
        let columnar = |stack: &Arc<Stack>, duty| Columnar::new(Arc::clone(stack), duty, asked, &names).ok();
        let base = columnar(stack, duty)?;
        let other = |other: &Option<(Arc<Stack>, usize)>| other.as_ref().filter(|(other, _)| alike(other.schema(), schema)).and_then(|(other, duty)| columnar(other, *duty));
        let others = others.iter().map(other).collect();
        Some(Self { columns, base, others, stack: Arc::clone(stack) })
    }

    /// Whether so much was learnt that it is better to begin anew.
    pub(crate) fn is_full(&self) -> bool {
        self.columns.iter().any(|column| column.values.len() > MOST_VALUES)
    }

    /// What each alternative gives a person. Nothing where not even what is chosen can be run by columns, or it comes to
    /// another status or total than the explaining path found.
    pub(crate) fn run(&mut self, person: &Person, records: &[Record], found: (Status, Hours)) -> Option<Vec<Flip>> {
        if person.rows_in_error {
            return None;
        }
        let order = record_order(self.stack.program(), records);
        self.columns.iter_mut().try_for_each(|column| column.read(records, &order))?;
        let Self { columns, base, others, .. } = self;
        let cells: Vec<Cells<'_>> = columns.iter().map(Column::cells).collect();
        let block = Block { rows: records.len(), columns: &cells };
        let base = run(base, person, &block, columns, |totals, rows| then(totals, rows, &order)).flatten().filter(|base| (base.status, base.total) == found)?;
        let flip = |other: &mut Option<Columnar>| {
            let found = other.as_mut().and_then(|other| run(other, person, &block, columns, |totals, rows| if same(&base, totals, rows, &order) { None } else { then(totals, rows, &order) }));
            match found {
                None => Flip::Unknown,
                Some(None) => Flip::Same,
                Some(Some(then)) => Flip::Other(then),
            }
        };
        Some(others.iter_mut().map(flip).collect())
    }
}

impl Column {
    /// Takes the cells of a person's records in their order. Nothing where a number has more than two places.
    fn read(&mut self, records: &[Record], order: &[usize]) -> Option<()> {
        self.words.clear();
        self.numbers.clear();
        self.days.clear();
        for at in order {
            let value = records[*at].values.get(self.slot).unwrap_or(&Value::Empty);
            match (self.storage, value) {
                (Storage::Numbers, Value::Number(number)) => {
                    let number: &Exact = number;
                    let scale = 100_i64.checked_div(*number.denom()).filter(|scale| scale * number.denom() == 100)?;
                    self.numbers.push(number.numer().checked_mul(scale)?);
                }
                (Storage::Numbers, _) => self.numbers.push(NO_NUMBER),
                (Storage::Days, Value::Date(day)) => self.days.push(day_number(*day)),
                (Storage::Days, _) => self.days.push(NO_DAY),
                (Storage::Words, value) => {
                    let next = u32::try_from(self.values.len()).ok()?;
                    let word = match self.known.get(value) {
                        Some(word) => *word,
                        None => {
                            self.values.push(value.clone());
                            self.known.insert(value.clone(), next);
                            next
                        }
                    };
                    self.words.push(word);
                }
            }
        }
        Some(())
    }

    fn cells(&self) -> Cells<'_> {
        match self.storage {
            Storage::Words => Cells::Words(&self.words),
            Storage::Numbers => Cells::Numbers(&self.numbers),
            Storage::Days => Cells::Days(&self.days),
        }
    }
}

/// Runs one program over a person; nothing where the explaining path must tell.
fn run<T>(columnar: &mut Columnar, person: &Person, block: &Block<'_>, columns: &[Column], take: impl Fn(&Totals<'_>, &[RowOutcome]) -> T) -> Option<T> {
    for (at, column) in columns.iter().enumerate().filter(|(_, column)| column.storage == Storage::Words) {
        columnar.learn_values(at, &column.values);
    }
    columnar.begin();
    let number = columnar.person(person);
    let mut taken = None;
    columnar.assess(number, block, &[0, block.rows], true, |_, outcome, rows| {
        if let Outcome::Totals(totals) = outcome {
            taken = Some(take(&totals, rows));
        }
    });
    taken
}

fn then(totals: &Totals<'_>, rows: &[RowOutcome], order: &[usize]) -> Option<Then> {
    let mut hours = vec![Hours::ZERO; order.len()];
    for (row, at) in rows.iter().zip(order) {
        hours[*at] = row.hours;
    }
    let requirements = totals.asked().map(|(subject, title, binding, have, at_least)| ThenAsked { subject: Arc::clone(subject), title: Arc::clone(title), have, at_least, binding });
    Some(Then { status: totals.status, total: totals.total, hours, requirements: requirements.collect(), closes: totals.closes().to_vec() })
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
        && a.columns
            .iter()
            .zip(&b.columns)
            .all(|(a, b)| a.id == b.id && a.of == b.of && a.kind == b.kind && a.slot == b.slot && a.derived == b.derived && a.required == b.required && codes(a) == codes(b))
}
