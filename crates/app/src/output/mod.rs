//! Results: each format is a [`Shape`] that turns a person's result into a piece, in any thread, and a
//! [`Sink`] that takes the pieces in order.

mod block;
mod cells;
pub(crate) mod gate_words;
mod json;
mod jsonl;
mod lines;
mod report;
mod rows;
mod rows_file;
mod table;
mod target;
mod words;
mod xlsx;

pub(crate) use cells::{BothCells, PersonCells, PersonRow, RecordCells};
pub(crate) use json::assessment_json;
pub(crate) use json::gate as gate_json;
pub(crate) use json::writer::Json;
pub(crate) use json::{JsonDocument, JsonShape, cite, row_error};
pub(crate) use jsonl::JsonLines;
pub(crate) use lines::LinesFile;
pub(crate) use report::{Report, print_note};
pub(crate) use rows::{PersonsFile, RecordsFile};
pub(crate) use rows_file::RowsKind;
pub(crate) use table::{BLOCKS, TableShape, TableSink};
pub(crate) use target::Target;
pub(crate) use words::{assessed, carried, cut, problem as problem_words, source, title};
pub(crate) use xlsx::{Workbook, not_on_a_terminal, save};

use crate::assessing::Done;
use crate::failure::Failure;

/// How a person's result looks in a format.
pub(crate) trait Shape: Sync {
    /// What the sink takes.
    type Piece: Send;

    /// The person's result in this format.
    fn piece(&self, done: &Done) -> Self::Piece;
}

/// Where the pieces of a format go.
pub(crate) trait Sink<Piece> {
    /// Takes the next person's piece.
    ///
    /// # Errors
    /// If it can not be written.
    fn put(&mut self, piece: Piece) -> Result<(), Failure>;

    /// Writes what is left, now that everything is known, and puts the file in its place.
    ///
    /// # Errors
    /// If it can not be written.
    fn close(self, report: &Report) -> Result<(), Failure>;
}
