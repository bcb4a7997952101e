//! CSV: bytes are decoded to text, the text split into rows of fields, the fields put in a table.

mod decode;
mod faults;
mod read;
mod split;
mod write;

pub(crate) use faults::{blank_rows, empty, too_many_rows};
pub(crate) use read::{ReadTable, read};
pub use write::CsvWriter;
