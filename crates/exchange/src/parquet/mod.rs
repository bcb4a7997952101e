//! Parquet: a file of columns, read column by column in batches of rows.
//!
//! ```text
//! footer ── open ── reader ── column ──┬── page ──┬── input     a stretch of the file
//! (what a file        │                │          ├── unpack    as it was before it was packed
//!  says of itself)    │                │          └── delta     differences written out
//!                     │                ├── bits, pairs          places in a dictionary, empty cells
//!                     │                └── lane ── value        what a stored value is read as
//!                     └── words                                 texts by their numbers
//! ```
//!
//! A text in a dictionary becomes a number once; a row costs a look into a table.

mod bits;
mod column;
mod delta;
mod faults;
mod footer;
mod input;
mod kind;
mod lane;
mod open;
mod page;
mod pairs;
mod reader;
mod thrift;
mod unpack;
mod value;
mod words;
mod write;

pub use open::ParquetFile;
pub use reader::{Batch, Cells, ColumnReader};
pub(crate) use value::{days_of, is_day, parse_date, parse_number};
pub(crate) use words::Words;
pub use write::{ParquetColumn, ParquetKind, ParquetWriter};

/// No number: the cell is empty, or holds something else.
pub const NO_NUMBER: i64 = i64::MIN;

/// No day: the cell is empty, or holds something else.
pub const NO_DAY: i32 = i32::MIN;

/// What the cells of a column are read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Texts; a number, a date or a logical value is read as its text.
    Words,
    /// Numbers of at most two decimal places, not negative.
    Number,
    /// Dates.
    Date,
    /// Identifiers: whole numbers stay numbers, everything else is text.
    Id,
}
