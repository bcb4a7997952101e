//! A file of rows for programs: CSV or Parquet, with the same names and values.

use super::Target;
use crate::failure::Failure;
use std::io::Write;
use xueshi_exchange::{CsvWriter, Out, ParquetColumn, ParquetKind, ParquetWriter};

/// What kind of file rows are written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowsKind {
    Csv,
    Parquet,
}

/// A file of rows, written as they come.
pub(super) struct RowsFile {
    target: Target,
    writer: Writer,
    /// How many columns it has.
    width: usize,
}

enum Writer {
    Csv(Box<CsvWriter<Box<dyn Write + Send>>>),
    Parquet(Box<ParquetWriter<Box<dyn Write + Send>>>),
}

/// Columns that hold texts; the year is a whole number, all others are hours.
const TEXTS: [&str; 10] = ["person", "status", "policies", "duty", "record", "subject", "rule", "policy", "clause", "problem"];

impl RowsFile {
    /// Starts the file. `numbers`: persons are whole numbers where the file tells kinds of columns.
    ///
    /// # Errors
    /// If it can not be written.
    pub(super) fn new(target: Target, kind: RowsKind, titles: &[&str], numbers: bool) -> Result<Self, Failure> {
        let column = |title: &&str| {
            let kind = match *title {
                "year" => ParquetKind::Integer,
                "person" if numbers => ParquetKind::Identifier,
                title if TEXTS.contains(&title) => ParquetKind::Text,
                _ => ParquetKind::Number,
            };
            ParquetColumn { title: (*title).to_owned(), kind }
        };
        let writer = match kind {
            RowsKind::Csv => Writer::Csv(Box::new(CsvWriter::new(target.writer()?, titles)?)),
            RowsKind::Parquet => Writer::Parquet(Box::new(ParquetWriter::new(target.writer()?, &titles.iter().map(column).collect::<Vec<_>>())?)),
        };
        Ok(Self { target, writer, width: titles.len() })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// If it can not be written.
    pub(super) fn row(&mut self, cells: &[Out<'_>]) -> Result<(), Failure> {
        match &mut self.writer {
            Writer::Csv(file) => file.row(cells)?,
            Writer::Parquet(file) => file.row(cells)?,
        }
        Ok(())
    }

    /// Writes rows; `cell` gives what stands in a column of a row.
    ///
    /// # Errors
    /// If they can not be written.
    pub(super) fn rows<'a>(&mut self, count: usize, cell: impl Fn(usize, usize) -> Out<'a>) -> Result<(), Failure> {
        match &mut self.writer {
            Writer::Csv(file) => {
                let mut cells = Vec::new();
                for row in 0..count {
                    cells.clear();
                    cells.extend((0..self.width).map(|column| cell(column, row)));
                    file.row(&cells)?;
                }
            }
            Writer::Parquet(file) => file.rows(count, cell)?,
        }
        Ok(())
    }

    /// Finishes the file and puts it in its place.
    ///
    /// # Errors
    /// If it can not be written.
    pub(super) fn close(self) -> Result<(), Failure> {
        match self.writer {
            Writer::Csv(file) => file.finish()?.flush()?,
            Writer::Parquet(file) => file.finish()?,
        }
        self.target.complete()
    }
}

/// The names of the columns of persons: buckets, then what lacks of each subject.
pub(super) fn person_titles<'a>(hours: impl Iterator<Item = &'a str>, short: impl Iterator<Item = &'a str>, has_duties: bool) -> Vec<String> {
    let mut titles: Vec<String> = ["person", "year", "status"].map(str::to_owned).to_vec();
    titles.extend(hours.map(str::to_owned));
    titles.push("total".to_owned());
    titles.extend(short.map(|id| format!("short_{id}")));
    titles.push("policies".to_owned());
    titles.extend(has_duties.then(|| "duty".to_owned()));
    titles
}
