//! From tables to the typed rows of one person.
//!
//! ```text
//! headers ── book ──┬── index      (rows by person, rows that belong to nobody)
//!  source ──┘       └── person ── decode   (cells under the columns of a stack)
//! ```
//!
//! Nothing is guessed: what can not be read is a [`RowError`], the row is left out, and its person is marked.

mod book;
mod cards;
mod columns;
mod decode;
mod error;
mod frame;
mod headers;
mod index;
mod person;
mod source;
mod view;

pub(crate) use book::{Book, Defaults, Files, Tables, missing_cards, read_persons, unreadable};
pub(crate) use cards::Cards;
pub(crate) use columns::{ColumnFiles, parquet_among};
pub(crate) use error::{RowError, RowErrors, Table};
pub(crate) use frame::Frame;
pub(crate) use headers::{Columns, Heads, help};
pub(crate) use index::{Place, is_region, region_accepted};
pub(crate) use person::{Layouts, PersonRows};
pub(crate) use source::Source;
pub(crate) use view::View;
