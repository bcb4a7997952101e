//! Cells under the columns of a stack: one row becomes the values of a record or a person.

use super::headers::Heads;
use super::source::{self, Source};
use xueshi_exchange as exchange;
use xueshi_policy::{Cell, FactType, Fault, FaultKind, Of, Schema, Text, Value};

/// Where the columns of a stack stand in a table.
#[derive(Debug)]
pub(crate) struct Layout {
    places: Vec<Place>,
    /// The values of an empty row.
    blank: Vec<Value>,
}

/// A column of a stack that the table has.
#[derive(Clone, Copy, Debug)]
struct Place {
    column: usize,
    header: usize,
    slot: usize,
    kind: FactType,
}

/// What a cell holds, and the codes that its spelling sets in other columns.
type Read = (Value, Vec<(String, String)>);

impl Layout {
    /// Finds the columns of a stack in a table.
    pub(crate) fn new(schema: &Schema, of: Of, heads: &Heads, source: Option<&Source>) -> Self {
        let mut blank = vec![Value::Empty; schema.slots(of)];
        let mut places = Vec::new();
        for (at, column) in schema.columns.iter().enumerate().filter(|(_, column)| column.of == of) {
            if column.kind == FactType::Years
                && let Some(slot) = blank.get_mut(column.slot)
            {
                *slot = Value::Years(Vec::new());
            }
            let header = heads.find(&column.id).filter(|header| source.is_some_and(|source| source.has(*header)));
            if let Some(header) = header.filter(|_| !column.derived) {
                places.push(Place { column: at, header, slot: column.slot, kind: column.kind });
            }
        }
        Self { places, blank }
    }

    /// The values of an empty row.
    pub(crate) fn blank(&self) -> Vec<Value> {
        self.blank.clone()
    }

    /// The values of a row, and what is wrong with it. Where a cell is at fault its place stays empty.
    pub(crate) fn read(&self, schema: &Schema, source: &Source, row: usize) -> (Vec<Value>, Vec<Fault>) {
        let mut values = self.blank();
        let (mut faults, mut set) = (Vec::new(), Vec::new());
        for place in &self.places {
            match read_cell(schema, *place, source.cell(row, place.header)) {
                Ok(None) => {}
                Ok(Some((value, also))) => {
                    if let Some(slot) = values.get_mut(place.slot) {
                        *slot = value;
                    }
                    set.extend(also.into_iter().map(|(other, code)| (*place, other, code)));
                }
                Err(fault) => faults.push(fault),
            }
        }
        for (place, other, code) in set {
            let word = || source.text(row, place.header).unwrap_or_default().into_owned();
            faults.extend(schema.set_code(&mut values, place.column, &word, &other, &code));
        }
        (values, faults)
    }
}

fn read_cell(schema: &Schema, place: Place, cell: exchange::Cell<'_>) -> Result<Option<Read>, Fault> {
    match cell {
        exchange::Cell::Empty => return Ok(None),
        exchange::Cell::Date(date) if place.kind == FactType::Date => return Ok(Some((Value::Date(date), Vec::new()))),
        _ => {}
    }
    let id = || schema.columns.get(place.column).map(|column| column.id.clone()).unwrap_or_default();
    let text = source::text(cell).map_err(|bad| bad_cell(id(), &bad))?;
    match schema.read(place.column, &text) {
        Cell::Is(value, also) => Ok(Some((value, also))),
        Cell::Bad(message) => Err(Fault { column: id(), value: text.into_owned(), message, kind: FaultKind::Cell }),
    }
}

/// A cell that holds something which is no value at all.
pub(crate) fn bad_cell(column: String, bad: &exchange::BadCell) -> Fault {
    let message = Text::new(format!("{}{}", bad.cause.zh, bad.remedy.zh), format!("{} {}", bad.cause.en, bad.remedy.en));
    Fault { column, value: bad.value.clone(), message, kind: FaultKind::Row }
}
