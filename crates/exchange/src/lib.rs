//! Tables in and out of the product: CSV and XLSX files become a [`Table`] of raw cells, Parquet
//! files columns of values, and results become files of any of the three.
//!
//! ```text
//! read ── sniff ──┬── csv::decode ── csv::split ── csv::read ──┬── Table
//!                 └── xlsx::package ── xlsx::book ── xlsx::read┘     ├ notices     (said once)
//!                                                                    ├ row_errors  (that row only)
//!                                                                    └ cells       (raw, unjudged)
//! ParquetFile ── ColumnReader ── Batch (also of a Table): texts by number, hundredths, days, identifiers
//! ```
//!
//! What is never done here:
//!
//! * no value is interpreted: a cell is text, a number's digits, a date or unreadable; what a
//!   column accepts is the caller's knowledge, who says of a Parquet column what to read it as;
//! * nothing is guessed or repaired in silence: a recognised encoding, a skipped row, a column
//!   left out is a [`Notice`]; an unreadable row is a [`RowFault`]; an unreadable file is a
//!   [`FileError`];
//! * no text of a user becomes a formula in a file that is written;
//! * no hostile file may take memory or time out of proportion to its [`Limits`].

#![allow(clippy::result_large_err, reason = "an error comes once a file, and its fields are the interface")]

mod bad;
mod columns;
mod csv;
mod header;
mod limits;
mod out;
mod parquet;
mod read;
mod slot;
mod sniff;
mod table;
mod template;
mod text;
mod xlsx;

pub use bad::BadCell;
pub use csv::CsvWriter;
pub use header::Header;
pub use limits::Limits;
pub use out::{ColumnKind, Out};
pub use parquet::{Batch, Cells, ColumnReader, NO_DAY, NO_NUMBER, ParquetColumn, ParquetFile, ParquetKind, ParquetWriter, Reading};
pub use read::{Which, read, read_all, read_with};
pub use table::{Cell, Table};
pub use template::{TemplateColumn, TemplateGuide, TemplateSheet, write_template};
pub use text::{FileError, Notice, RowFault, Text};
pub use xlsx::{SheetColumn, XlsxWriter};
