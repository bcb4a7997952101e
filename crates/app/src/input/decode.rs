//! Cells under the columns of a stack: one row becomes the values of a record or a person.

use super::headers::Heads;
use super::source::{self, Source};
use xueshi_exchange as exchange;
use xueshi_policy::{Cell, FactType, Of, Schema, Text, Value, text};

/// Something wrong with a row under the columns of one stack.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) message: Text,
    pub(crate) kind: FaultKind,
}

/// What kind of fault: other stacks that read the same row may see it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// A text that this stack's column does not accept.
    Cell,
    /// A value that this stack asks for and that is not there.
    Required,
    /// Something that is wrong under any stack.
    Row,
}

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
            faults.extend(set_code(schema, &mut values, place.column, &word, &other, &code));
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

/// Sets the code that a spelling stands for in another column (专利: kind = patent).
fn set_code(schema: &Schema, values: &mut [Value], column: usize, word: &dyn Fn() -> String, other: &str, code: &str) -> Option<Fault> {
    let at = schema.find(other)?;
    let about = schema.columns.get(at)?;
    let wanted = Value::Code(schema.code(at, code)?);
    let slot = values.get_mut(about.slot)?;
    if *slot == Value::Empty {
        *slot = wanted;
        return None;
    }
    if *slot == wanted {
        return None;
    }
    let title = about.codes.iter().find(|known| known.id == code).map_or_else(|| Text::same(code), |known| known.title.clone());
    let (zh, en) = (format!("{}（{}）", about.title.zh, title.zh), format!("{other} = {code}"));
    let value = word();
    let message = text!("“{value}”即{zh}，与该行所填不符；请改其中一项，或空着后者", "“{value}” means {en}, which is not what the row says; correct one of the two, or leave {other} blank");
    Some(Fault { column: schema.columns.get(column)?.id.clone(), value, message, kind: FaultKind::Row })
}

/// What is wrong with a record whose cells can each be read: empty required columns, dates and quantities that do not go together.
pub(crate) fn check_record(schema: &Schema, values: &[Value], faults: &mut Vec<Fault>) {
    let of_record = schema.columns.iter().filter(|column| column.of == Of::Record);
    for column in of_record.filter(|column| column.required && values.get(column.slot) == Some(&Value::Empty)) {
        if faults.iter().all(|fault| fault.column != column.id) {
            let message = Text::new("必填，不能空白", "required: must not be blank");
            faults.push(Fault { column: column.id.clone(), value: String::new(), message, kind: FaultKind::Required });
        }
    }
    let value = |id: &str| schema.find(id).and_then(|at| schema.columns.get(at)).filter(|column| column.of == Of::Record).and_then(|column| values.get(column.slot));
    if let (Some(Value::Date(start)), Some(Value::Date(end))) = (value("start"), value("end"))
        && start > end
    {
        let message = text!("开始日期晚于结束日期 {end}", "the start is after the end, {end}");
        faults.push(Fault { column: "start".to_owned(), value: start.to_string(), message, kind: FaultKind::Row });
    }
    if let (Some(Value::Number(quantity)), Some(Value::Code(unit))) = (value("quantity"), value("unit"))
        && schema.whole(*unit)
        && !quantity.is_integer()
    {
        let title = schema.find("unit").and_then(|at| schema.columns[at].codes.get(usize::from(*unit))).map(|code| code.title.clone()).unwrap_or_default();
        let (zh, en) = (title.get(xueshi_policy::Lang::Zh), title.get(xueshi_policy::Lang::En));
        let message = text!("以“{zh}”计的数量须为整数", "a quantity in {en} must be a whole number");
        let value = decimal(*quantity);
        faults.push(Fault { column: "quantity".to_owned(), value, message, kind: FaultKind::Row });
    }
}

/// A quantity as it was read: at most two places.
fn decimal(quantity: xueshi_policy::Exact) -> String {
    xueshi_policy::Hours::floor(quantity).map(|value| value.to_string()).unwrap_or_default()
}
