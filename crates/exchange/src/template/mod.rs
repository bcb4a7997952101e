//! The workbook to be filled in: a sheet for each table with its headers, drop-down lists and
//! checks, and a guide that explains every column.

mod guide;
mod lists;
mod sheet;

use std::path::Path;

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::out::ColumnKind;
use crate::text::{FileError, Text};
use crate::xlsx::cannot_write;

/// A column to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateColumn {
    /// The Chinese title and the English name; the one in the template's language is the header.
    pub header: Text,
    /// What is to be filled in.
    pub help: Text,
    /// Whether every row needs it.
    pub required: bool,
    /// The accepted values. A column of the kind `Choice` offers them as a list and accepts no
    /// others; for other kinds they stand in the guide only.
    pub choices: Vec<String>,
    /// What the column holds.
    pub kind: ColumnKind,
    /// A value for the example row; nothing if empty. A date as YYYY-MM-DD.
    pub example: String,
    /// The width in half-width characters; never less than the header needs.
    pub width: u16,
}

/// A sheet to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateSheet {
    /// The sheet's name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<TemplateColumn>,
}

/// The sheet that explains the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateGuide {
    /// The sheet's name.
    pub name: String,
    /// What is said before the columns, one line each.
    pub intro: Vec<String>,
}

/// Writes a workbook to be filled in: the sheets in order, the first with a row of examples in
/// grey, then the guide. Its language is Chinese or English.
///
/// # Errors
/// If the file cannot be written or a sheet's name cannot be used.
pub fn write_template(path: &Path, sheets: &[TemplateSheet], guide: &TemplateGuide, lang_zh: bool) -> Result<(), FileError> {
    write(path, sheets, guide, lang_zh).map_err(|error| cannot_write(&error).at_path(path))
}

fn write(path: &Path, sheets: &[TemplateSheet], guide: &TemplateGuide, zh: bool) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let mut lists = lists::Lists::default();
    for (index, sheet) in sheets.iter().enumerate() {
        sheet::write(workbook.add_worksheet(), sheet, &mut lists, index == 0, zh)?;
    }
    guide::write(&mut workbook, sheets, guide, zh)?;
    // Last, so that the sheets to be filled in are the first ones of the workbook.
    lists.write(&mut workbook)?;
    workbook.save(path)
}
