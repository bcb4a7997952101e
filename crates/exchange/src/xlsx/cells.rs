//! One cell of a workbook as a cell of a table.

use std::collections::HashMap;

use calamine::{DataRef, XlsxCellFormulaMetadataRecord};
use jiff::civil::{Date, DateTime};

use super::numbers::{self, Digits};
use crate::bad::Reason;
use crate::header;
use crate::slot::Slot;
use crate::table::Rows;
use crate::text::{Problem, Remark, Text};

pub(crate) type Record<'a> = XlsxCellFormulaMetadataRecord<'a>;

/// Turns cells into slots; remembers the texts that many cells share.
#[derive(Default)]
pub(crate) struct Cells {
    /// Where a shared text stands in memory → its slot. The texts live as long as the workbook.
    shared: HashMap<(usize, usize), Slot>,
    long_number: Option<String>,
}

impl Cells {
    pub(crate) fn slot(&mut self, rows: &mut Rows, record: &Record<'_>) -> Result<Slot, Problem> {
        match &record.value {
            DataRef::Empty if record.formula.is_some() => rows.bad(Reason::FormulaWithoutValue, ""),
            DataRef::Empty => Ok(Slot::default()),
            DataRef::SharedString(text) => self.shared_text(rows, text),
            DataRef::String(text) => rows.text(text),
            DataRef::Int(value) => rows.number(&value.to_string()),
            DataRef::Float(value) => self.number(rows, *value),
            DataRef::DateTime(value) => match numbers::date(*value) {
                Ok(date) => Ok(Slot::date(date)),
                Err((reason, shown)) => rows.bad(reason, &shown),
            },
            DataRef::DateTimeIso(text) => iso_date(rows, text),
            DataRef::DurationIso(text) => rows.bad(Reason::Time, text),
            DataRef::Bool(value) => rows.bad(Reason::Boolean, if *value { "TRUE" } else { "FALSE" }),
            DataRef::Error(error) => rows.bad(Reason::FormulaError, &error.to_string()),
        }
    }

    /// What is to be said once about the cells.
    pub(crate) fn remark(&self) -> Option<Remark> {
        let number = self.long_number.as_ref()?;
        let text = Text::new(
            format!("有超过 15 位的数（如 {number}）；电子表格只保存前 15 位，后面的变成 0。如果是编号，请先把单元格格式设为文本，再重新填写。"),
            format!("Some numbers have more than 15 digits (such as {number}); spreadsheets keep 15 and replace the rest by zeros. Identifiers must be typed again in cells formatted as Text."),
        );
        Some(("long-number", text))
    }

    fn shared_text(&mut self, rows: &mut Rows, text: &str) -> Result<Slot, Problem> {
        let key = (text.as_ptr() as usize, text.len());
        if let Some(slot) = self.shared.get(&key) {
            return Ok(*slot);
        }
        let slot = rows.text(text)?;
        self.shared.insert(key, slot);
        Ok(slot)
    }

    fn number(&mut self, rows: &mut Rows, value: f64) -> Result<Slot, Problem> {
        match numbers::digits(value) {
            Ok(Digits { text, long }) => {
                if long {
                    self.long_number.get_or_insert_with(|| text.clone());
                }
                rows.number(&text)
            }
            Err(reason) => rows.bad(reason, &value.to_string()),
        }
    }
}

/// Whether a cell holds nothing that a person would see.
pub(crate) fn is_blank(record: &Record<'_>) -> bool {
    match &record.value {
        DataRef::Empty => true,
        DataRef::SharedString(text) => text.trim().is_empty(),
        DataRef::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// What a cell shows, where its text decides about the header.
pub(crate) fn title(record: &Record<'_>) -> String {
    match &record.value {
        DataRef::SharedString(text) => header::title(text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => header::title(text).to_owned(),
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => numbers::digits(*value).map_or_else(|_| value.to_string(), |digits| digits.text),
        DataRef::DateTime(value) => match numbers::date(*value) {
            Ok(date) => date.to_string(),
            Err((_, shown)) => shown,
        },
        DataRef::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// How many bytes of text a cell has for itself.
pub(crate) fn own_text(record: &Record<'_>) -> usize {
    match &record.value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
        _ => 0,
    }
}

/// A cell of the rare kind that stores a date as text.
fn iso_date(rows: &mut Rows, text: &str) -> Result<Slot, Problem> {
    if let Ok(date) = text.parse::<Date>()
        && text.len() == 10
    {
        return Ok(Slot::date(date));
    }
    match text.trim_end_matches('Z').parse::<DateTime>() {
        Ok(time) if time.time() == jiff::civil::Time::midnight() => Ok(Slot::date(time.date())),
        Ok(_) => rows.bad(Reason::DateWithTime, text),
        Err(_) => rows.text(text),
    }
}
