//! Where rows come from: a table in a file, or rows that were typed or sent.

use super::frame::Frame;
use std::borrow::Cow;
use std::sync::Arc;
use xueshi_exchange::{BadCell, Cell};

/// Rows under the headers of [`super::headers::Heads`].
#[derive(Debug)]
pub(crate) enum Source {
    /// A table of a file.
    File(Arc<str>, Box<xueshi_exchange::Table>),
    /// Rows taken out of columns.
    Frame(Box<Frame>),
    /// Rows, each a text for each header.
    Typed(Vec<Vec<String>>),
}

impl Source {
    /// The file of a row as the user named it, with the sheet where it is not the first one.
    pub(crate) fn file(&self, row: usize) -> Arc<str> {
        match self {
            Self::File(name, _) => Arc::clone(name),
            Self::Frame(frame) => frame.file(row),
            Self::Typed(_) => Arc::from(""),
        }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::File(_, table) => table.len(),
            Self::Frame(frame) => frame.len(),
            Self::Typed(rows) => rows.len(),
        }
    }

    /// The number of a row, 1 being the first row of data.
    pub(crate) fn number(&self, row: usize) -> u32 {
        match self {
            Self::File(_, table) => table.row_number(row),
            Self::Frame(frame) => frame.number(row),
            Self::Typed(_) => u32::try_from(row + 1).unwrap_or(u32::MAX),
        }
    }

    /// Whether there is a column for a header.
    pub(crate) fn has(&self, header: usize) -> bool {
        match self {
            Self::File(_, table) => table.has(header),
            Self::Frame(frame) => frame.has(header),
            Self::Typed(rows) => rows.iter().any(|cells| cells.get(header).is_some_and(|cell| !cell.is_empty())),
        }
    }

    /// A cell.
    pub(crate) fn cell(&self, row: usize, header: usize) -> Cell<'_> {
        match self {
            Self::File(_, table) => table.cell(row, header),
            Self::Frame(frame) => frame.cell(row, header),
            Self::Typed(rows) => match rows.get(row).and_then(|cells| cells.get(header)).map(|cell| cell.trim()) {
                None | Some("") => Cell::Empty,
                Some(text) => Cell::Text(text),
            },
        }
    }

    /// A cell as text, without outer white space; empty where nothing stands there.
    ///
    /// # Errors
    /// If the cell holds something that is no text, number or date.
    pub(crate) fn text(&self, row: usize, header: usize) -> Result<Cow<'_, str>, Box<BadCell>> {
        text(self.cell(row, header))
    }
}

/// What stands in a cell, as text.
///
/// # Errors
/// If it is no text, number or date.
pub(crate) fn text(cell: Cell<'_>) -> Result<Cow<'_, str>, Box<BadCell>> {
    match cell {
        Cell::Empty => Ok(Cow::Borrowed("")),
        Cell::Text(text) | Cell::Number(text) => Ok(Cow::Borrowed(text.trim())),
        Cell::Date(date) => Ok(Cow::Owned(date.to_string())),
        Cell::Bad(bad) => Err(Box::new(bad)),
    }
}
