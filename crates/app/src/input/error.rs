//! What is wrong with a row: file, row, column, value and what is accepted.

use crate::terminal::excerpt;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;
use xueshi_exchange::RowFault;
use xueshi_policy::{Lang, Text};

/// One of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Table {
    /// The learning records.
    Records,
    /// The persons.
    Persons,
}

/// An error of a row. The row is left out; all others are assessed.
#[derive(Clone, Debug)]
pub(crate) struct RowError {
    /// The table it is in.
    pub(crate) table: Table,
    /// The file as the user named it.
    pub(crate) file: Arc<str>,
    /// The data row, the first being 1.
    pub(crate) row: u32,
    /// The column's id; empty where no column is at fault.
    pub(crate) column: String,
    /// The column's Chinese title.
    pub(crate) title: String,
    /// What stands there.
    pub(crate) value: String,
    /// Why it can not be read and what is accepted.
    pub(crate) message: Text,
}

impl RowError {
    /// A row that the table's file could not give.
    pub(crate) fn unreadable(table: Table, file: &Arc<str>, fault: &RowFault) -> Self {
        let column = fault.column.clone().unwrap_or_default();
        Self {
            table,
            file: Arc::clone(file),
            row: fault.row,
            title: column.clone(),
            column,
            value: fault.value.clone(),
            message: Text::new(format!("{}{}", fault.cause.zh, fault.remedy.zh), format!("{} {}", fault.cause.en, fault.remedy.en)),
        }
    }

    /// The order of tables and rows.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        (self.table, self.row).cmp(&(other.table, other.row))
    }

    /// The error as a line: `file:row column value: message`.
    pub(crate) fn line(&self, lang: Lang) -> String {
        let column = if lang == Lang::Zh { &self.title } else { &self.column };
        let mut line = format!("{}:{}", self.file, self.row);
        for part in [column.as_str(), &excerpt(&self.value)] {
            if !part.is_empty() {
                line.push(' ');
                line.push_str(part);
            }
        }
        line.push_str(if lang == Lang::Zh { "：" } else { ": " });
        line.push_str(self.message.get(lang));
        line
    }
}

/// Errors of rows, one for each cell.
#[derive(Debug, Default)]
pub(crate) struct RowErrors {
    list: Vec<RowError>,
    cells: HashSet<(Table, u32, String)>,
}

impl RowErrors {
    /// Adds an error, unless its cell has one.
    pub(crate) fn push(&mut self, error: RowError) {
        if self.cells.insert((error.table, error.row, error.column.clone())) {
            self.list.push(error);
        }
    }

    /// The errors as they came.
    pub(crate) fn into_list(self) -> Vec<RowError> {
        self.list
    }
}
