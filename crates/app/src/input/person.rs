//! The rows of one person, read for whichever stack asks.

use super::book::Book;
use super::decode::{Layout, bad_cell};
use super::error::{RowError, RowErrors, Table};
use super::headers::Columns;
use super::source::Source;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use xueshi_policy::{Cell, Fault, FaultKind, Of, Person, Record, Rows, Schema, Stack, Value, text};

/// The layouts of every stack met so far. Stacks live as long as their engine, so that the address tells them apart.
#[derive(Debug, Default)]
pub(crate) struct Layouts {
    known: RefCell<Vec<(*const Schema, Rc<Both>)>>,
}

/// Where the columns of a stack stand in the two tables.
#[derive(Debug)]
struct Both {
    records: Layout,
    persons: Layout,
}

impl Layouts {
    fn of(&self, schema: &Schema, book: &Book) -> Rc<Both> {
        let mut known = self.known.borrow_mut();
        let address: *const Schema = schema;
        if let Some((_, both)) = known.iter().find(|(other, _)| *other == address) {
            return Rc::clone(both);
        }
        let both = Rc::new(Both {
            records: Layout::new(schema, Of::Record, &book.columns.records, Some(&book.records)),
            persons: Layout::new(schema, Of::Person, &book.columns.persons, book.cards.as_ref().map(|cards| &cards.source)),
        });
        known.push((address, Rc::clone(&both)));
        both
    }
}

/// The rows of one person. What is wrong with them is collected while they are read.
#[derive(Debug)]
pub(crate) struct PersonRows<'a> {
    book: &'a Book,
    person: usize,
    layouts: &'a Layouts,
    /// The stacks that answer for the person in the year assessed.
    stacks: &'a [Arc<Stack>],
    /// The id of each record; none where the row is in error whatever its other cells say.
    ids: Vec<Option<String>>,
    in_error: bool,
    errors: RefCell<RowErrors>,
}

impl<'a> PersonRows<'a> {
    /// The rows of a person, to be assessed under these stacks.
    pub(crate) fn new(book: &'a Book, person: usize, layouts: &'a Layouts, stacks: &'a [Arc<Stack>]) -> Self {
        let mut rows = Self { book, person, layouts, stacks, ids: Vec::new(), in_error: book.entry(person).in_error, errors: RefCell::default() };
        rows.read_ids();
        rows
    }

    /// What was found wrong with the rows so far.
    pub(crate) fn into_errors(self) -> RowErrors {
        self.errors.into_inner()
    }

    /// Reads the ids of the records: the row number where there is none; the second of two alike is in error.
    fn read_ids(&mut self) {
        let rows = self.book.rows(self.person);
        let mut first: HashMap<String, u32> = HashMap::with_capacity(rows.len());
        for row in rows {
            let row = *row as usize;
            let number = self.book.records.number(row);
            let id = match self.book.records.text(row, Columns::RECORD) {
                Ok(id) if id.is_empty() => number.to_string(),
                Ok(id) => id.into_owned(),
                Err(bad) => {
                    self.report(&self.book.records, Table::Records, row, bad_cell("record".to_owned(), &bad));
                    self.in_error = true;
                    self.ids.push(None);
                    continue;
                }
            };
            if let Some(other) = first.get(&id) {
                let message = text!("该人员的记录编号重复：第 {other} 行已有；请改为不同的编号", "the person's record of row {other} has this id already; give it another");
                let fault = Fault { column: "record".to_owned(), value: id, message, kind: FaultKind::Row };
                self.report(&self.book.records, Table::Records, row, fault);
                self.in_error = true;
                self.ids.push(None);
                continue;
            }
            first.insert(id.clone(), number);
            self.ids.push(Some(id));
        }
    }

    /// Reports a fault of a row, once for each cell.
    fn report(&self, source: &Source, table: Table, row: usize, fault: Fault) {
        let heads = if table == Table::Records { &self.book.columns.records } else { &self.book.columns.persons };
        let title = heads.title(&fault.column);
        let error = RowError { table, file: source.file(row), row: source.number(row), column: fault.column, title, value: fault.value, message: fault.message };
        self.errors.borrow_mut().push(error);
    }

    /// Whether a fault is one of the row, and not just of the stack that reads it: a code of a sector means
    /// nothing to the regulation of the region, which then leaves the record out.
    fn is_error(&self, fault: &Fault) -> bool {
        let column = |schema: &Schema| schema.find(&fault.column).and_then(|at| schema.columns.get(at).map(|column| (at, column.required)));
        let mut schemas = self.stacks.iter().map(|stack| stack.schema());
        match fault.kind {
            FaultKind::Row => true,
            FaultKind::Required => schemas.any(|schema| column(schema).is_some_and(|(_, required)| required)),
            FaultKind::Cell => !schemas.any(|schema| column(schema).is_some_and(|(at, _)| matches!(schema.read(at, &fault.value), Cell::Is(..)))),
        }
    }

    /// The person's facts, and whether they could be read.
    fn read_person(&self, schema: &Schema, layout: &Layout) -> (Vec<Value>, bool) {
        let card = self.book.card(self.person);
        let (mut values, faults) = card.map_or_else(|| (layout.blank(), Vec::new()), |(persons, row)| layout.read(schema, persons, row));
        for (column, text) in &self.book.defaults.facts {
            let Some(at) = schema.find(column).filter(|_| faults.iter().all(|fault| fault.column != *column)) else { continue };
            let slot = schema.columns.get(at).filter(|about| about.of == Of::Person).and_then(|about| values.get_mut(about.slot));
            if let (Some(slot @ Value::Empty), Cell::Is(value, _)) = (slot, schema.read(at, text)) {
                *slot = value;
            }
        }
        let mut fine = true;
        if let Some((persons, row)) = card {
            for fault in faults.into_iter().filter(|fault| self.is_error(fault)) {
                self.report(persons, Table::Persons, row, fault);
                fine = false;
            }
        }
        (values, fine)
    }
}

impl Rows for PersonRows<'_> {
    fn read(&self, schema: &Schema) -> (Person, Vec<Record>) {
        let layout = self.layouts.of(schema, self.book);
        let (values, fine) = self.read_person(schema, &layout.persons);
        let mut rows_in_error = self.in_error || !fine;
        let mut records = Vec::with_capacity(self.ids.len());
        for (row, id) in self.book.rows(self.person).iter().zip(&self.ids) {
            let row = *row as usize;
            let (values, mut faults) = layout.records.read(schema, &self.book.records, row);
            schema.check_record(&values, &mut faults);
            if let Some(id) = id.as_ref().filter(|_| faults.is_empty()) {
                records.push(Record { id: id.clone(), row: self.book.records.number(row), values });
            }
            for fault in faults.into_iter().filter(|fault| self.is_error(fault)) {
                self.report(&self.book.records, Table::Records, row, fault);
                rows_in_error = true;
            }
        }
        (Person { id: self.book.entry(self.person).id.clone(), values, rows_in_error }, records)
    }
}
