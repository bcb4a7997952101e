//! From tables to the typed rows of one person.
//!
//! ```text
//! headers ── book ──┬── index      (rows by person, what is wrong with a row as such)
//!                   └── person ── decode   (cells under the columns of a stack)
//! ```
//!
//! Nothing is guessed: what can not be read is a [`RowError`], the row is left out, and its person is marked.

mod book;
mod decode;
mod error;
mod headers;
mod index;
mod person;

pub(crate) use book::{Book, Defaults, Files};
pub(crate) use decode::Layouts;
pub(crate) use error::{RowError, Table};
pub(crate) use headers::{Columns, Head};
pub(crate) use index::Place;
pub(crate) use person::PersonRows;
