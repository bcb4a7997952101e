//! Columns as they come from a file: words by their number, quantities in hundredths, days.

use crate::exact::Exact;
use crate::schema::{Cell, Column, Schema};
use crate::syntax::ast::{FactType, Of};
use crate::value::Value;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

/// An empty or unreadable cell of numbers.
pub const NO_NUMBER: i64 = i64::MIN;
/// An empty or unreadable cell of days.
pub const NO_DAY: i32 = i32::MIN;

/// How a column's cells are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Numbers of words; word 0 is the empty cell.
    Words,
    /// Hundredths.
    Numbers,
    /// Days since 1970-01-01.
    Days,
}

/// The cells of a column in a block.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'a> {
    /// Numbers of words that [`super::Columnar::learn`] was told.
    Words(&'a [u32]),
    /// Hundredths, or [`NO_NUMBER`].
    Numbers(&'a [i64]),
    /// Days since 1970-01-01, or [`NO_DAY`].
    Days(&'a [i32]),
}

/// Some rows; the rows of a person stand together. Columns in the order in which [`super::Columnar::new`] was told of them.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// How many rows.
    pub rows: usize,
    /// The cells of each column.
    pub columns: &'a [Cells<'a>],
}

impl Block<'_> {
    /// A cell as a number that is equal for equal cells of one column.
    pub(super) fn raw(&self, column: usize, row: usize) -> i64 {
        match self.columns[column] {
            Cells::Words(ids) => i64::from(ids[row]),
            Cells::Numbers(numbers) => numbers[row],
            Cells::Days(days) => i64::from(days[row]),
        }
    }
}

/// A column of the schema as the file has it.
#[derive(Debug)]
pub(super) struct Input {
    /// Its position in the schema.
    pub(super) column: usize,
    pub(super) slot: usize,
    pub(super) required: bool,
    pub(super) storage: Storage,
    /// What each word stands for; nothing where the schema does not accept it, or where its spelling sets other columns too.
    pub(super) words: Vec<Option<Value>>,
    /// For each word a number that is equal for words of one meaning.
    pub(super) meanings: Vec<u32>,
    same: FxHashMap<Value, u32>,
}

impl Input {
    pub(super) fn new(schema: &Schema, column: usize, storage: Storage) -> Option<Self> {
        let about: &Column = schema.columns.get(column)?;
        let fits = about.of == Of::Record
            && !about.derived
            && match about.kind {
                FactType::Number => storage == Storage::Numbers,
                FactType::Date => storage == Storage::Days,
                _ => storage == Storage::Words,
            };
        fits.then(|| Self { column, slot: about.slot, required: about.required, storage, words: Vec::new(), meanings: Vec::new(), same: FxHashMap::default() })
    }

    /// Reads words that were not there before.
    pub(super) fn learn(&mut self, schema: &Schema, words: &[String]) {
        for text in words.iter().skip(self.words.len()) {
            let value = match schema.read(self.column, text) {
                Cell::Is(Value::Empty, _) if self.required => None,
                Cell::Is(value, sets) if sets.is_empty() => Some(value),
                _ => None,
            };
            self.push(value);
        }
    }

    /// Takes values that were not there before.
    pub(super) fn learn_values(&mut self, values: &[Value]) {
        for value in values.iter().skip(self.words.len()) {
            self.push(if *value == Value::Empty && self.required { None } else { Some(value.clone()) });
        }
    }

    fn push(&mut self, value: Option<Value>) {
        let next = u32::try_from(self.same.len()).unwrap_or(u32::MAX);
        self.meanings.push(value.as_ref().map_or(u32::MAX, |value| *self.same.entry(value.clone()).or_insert(next)));
        self.words.push(value);
    }

    /// The value of a cell; nothing where its row is in error.
    pub(super) fn value(&self, cells: Cells<'_>, row: usize) -> Option<Value> {
        let empty = (!self.required).then_some(Value::Empty);
        match cells {
            Cells::Words(ids) => self.words.get(ids[row] as usize)?.clone(),
            Cells::Numbers(numbers) if numbers[row] == NO_NUMBER => empty,
            Cells::Numbers(numbers) => Some(Value::Number(Exact::new(numbers[row], 100))),
            Cells::Days(days) if days[row] == NO_DAY => empty,
            Cells::Days(days) => day(days[row]).map(Value::Date),
        }
    }
}

/// The date of a day since 1970-01-01.
pub(super) fn day(days: i32) -> Option<Date> {
    Date::new(1970, 1, 1).ok()?.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}
