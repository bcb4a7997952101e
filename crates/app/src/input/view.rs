//! Rows of columns as they are looked at: a batch of a file, or rows gathered from several places.

use super::columns::ColumnFiles;
use std::sync::Arc;
use xueshi_exchange::{Batch, Cells};

/// Some rows of the columns that are read of files.
pub(crate) struct View<'a> {
    /// How many rows there are.
    pub(crate) rows: usize,
    /// The cells of each column, in the order of [`ColumnFiles::wanted`].
    pub(crate) columns: &'a [Cells],
    words: Vec<&'a [String]>,
    files: &'a ColumnFiles,
    places: Places<'a>,
}

/// Where rows stand, counted over all files, the first row of the first file being 0.
enum Places<'a> {
    From(u64),
    Each(&'a [u64]),
}

impl<'a> View<'a> {
    /// A batch of a file.
    pub(crate) fn batch(files: &'a ColumnFiles, file: usize, batch: &'a Batch) -> Self {
        let words = (0..batch.columns.len()).map(|at| batch.words(at)).collect();
        Self { rows: batch.rows, columns: &batch.columns, words, files, places: Places::From(files.start(file) + batch.first_row) }
    }

    /// Rows from these places, with the words of each column.
    pub(crate) fn gathered(files: &'a ColumnFiles, places: &'a [u64], columns: &'a [Cells], words: &'a [Vec<String>]) -> Self {
        Self { rows: places.len(), columns, words: words.iter().map(Vec::as_slice).collect(), files, places: Places::Each(places) }
    }

    /// The texts that a column's numbers stand for.
    pub(crate) fn words(&self, column: usize) -> &'a [String] {
        self.words.get(column).copied().unwrap_or_default()
    }

    /// Where a row stands, counted over all files.
    pub(crate) fn place(&self, row: usize) -> u64 {
        match self.places {
            Places::From(first) => first + row as u64,
            Places::Each(places) => places.get(row).copied().unwrap_or(0),
        }
    }

    /// The file a row is from and its number there, 1 being the first.
    pub(crate) fn origin(&self, row: usize) -> (&'a Arc<str>, u32) {
        self.files.origin(self.place(row))
    }
}
